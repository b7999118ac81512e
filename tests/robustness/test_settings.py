"""Meaningless numbers are refused in one sentence; NumPy's become Python's."""

import math
import os
import re
import subprocess
import sys
from dataclasses import fields as fields_of
from fractions import Fraction

import numpy as np
import pytest
import torch
from toy import REPOSITORY, fit_with, same_weights, toy_corpus, toy_fields, toy_model

from utils.models.config import ModelConfig
from utils.models.seq2seq import build_model
from utils.models.transformer import TransformerConfig, build_transformer
from utils.system.limits import MOST_WEIGHTS, checked
from utils.system.storage import load_safely
from utils.training import Settings, fit
from utils.training import __main__ as command
from utils.translator import Translator

INF, NAN = math.inf, math.nan
WRONG = {
    "learning_rate": [INF, NAN, 0, -1e-3, 1e10, True, "3e-3", None, [1e-3], 1j, np.float64(NAN)],
    "clip": [NAN, 0, -1, -INF, 10**400, "1", np.float32(-1)],
    "dropout": [1, 1.5, -0.1, NAN, INF, False, "0.1", torch.tensor(2.0)],
    "label_smoothing": [1, 1.1, -0.1, NAN, np.array([0.1, 0.2]), None],
    "seed": [-1, 2**32, 10**30, 1.0, 0.5, True, "0", np.float64(3), torch.tensor([1, 2])],
    "epochs": [0, -1, True, 2.5, 2.0, "3", None, NAN, 10**12, np.bool_(True), b"3"],
    "batch_size": [0, -8, 10**12, 8.0, INF, torch.tensor(True)],
    "average": [0, -1, 1.5, False, np.int64(-2)],
    "hidden_size": [0, -8, 10**9, 8.0, "8", NAN],
    "embedding_size": [0, -6, 10**12, None],
    "layers": [0, 1000],
    "heads": [0, -1, 2.0],
    "tied": [1, "yes", None, np.int64(0)],
}
ROWS = [(name, value) for name, values in WRONG.items() for value in values]
ROWS = [pytest.param(*row, id=f"{row[0]}={row[1]!r:.25}") for row in ROWS]
RIGHT = [
    ("learning_rate", np.float64(3e-3), 3e-3),
    ("learning_rate", torch.tensor(0.5), 0.5),
    ("learning_rate", Fraction(1, 4), 0.25),
    ("learning_rate", 1, 1.0),
    ("clip", INF, INF),
    ("clip", np.float32(0.5), 0.5),
    ("dropout", 0, 0.0),
    ("label_smoothing", np.float16(0.5), 0.5),
    ("epochs", np.int64(3), 3),
    ("seed", torch.tensor(7), 7),
    ("seed", 2**32 - 1, 2**32 - 1),
    ("batch_size", np.array([8]), 8),
    ("tied", np.bool_(True), True),
]
LIMITS = {
    field.name: field.metadata["limit"]
    for kind in (TransformerConfig, ModelConfig, Settings)
    for field in fields_of(kind)
    if field.metadata["limit"] is not None
}
SETTINGS = [field.name for field in fields_of(Settings)]


@pytest.mark.parametrize(("name", "value"), ROWS)
def test_a_meaningless_number_is_refused(name, value):
    sentence = rf"{name} must be .* from .*|{name} must be (a number above 0|True or False)"
    with pytest.raises(ValueError, match=sentence) as caught:
        checked(name, value, LIMITS[name])
    assert len(str(caught.value)) < 160


@pytest.mark.parametrize(("name", "value", "plain"), RIGHT)
def test_a_number_becomes_a_python_number(name, value, plain):
    number = checked(name, value, LIMITS[name])
    assert number == plain
    assert type(number) is LIMITS[name].kind


@pytest.mark.parametrize("name", SETTINGS)
def test_training_checks_each_setting_before_it_begins(name):
    model = toy_model()
    model.register_forward_pre_hook(lambda *_: 1 / 0)
    with pytest.raises(ValueError, match=f"{name} must be"):
        fit_with(model, toy_fields(), toy_corpus(), **{name: "much"})


@pytest.mark.parametrize("name", ["embedding_size", "hidden_size", "dropout", "tied", "seed"])
def test_a_model_checks_its_numbers(name):
    with pytest.raises(ValueError, match=f"{name} must be"):
        build_model(toy_fields(), **{name: WRONG[name][0]})


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ({"hidden_size": 7}, r"hidden_size must be even, .* not 7: .*give an even memory_size"),
        ({"hidden_size": 1, "attention": "dot"}, "hidden_size must be even, .* not 1: choose an"),
        ({"hidden_size": np.int64(99)}, "hidden_size must be even, .* not 99: choose an even"),
        ({"memory_size": 9}, "^memory_size must be even, .* not 9: choose another"),
        ({"hidden_size": 7, "memory_size": 5}, "^memory_size must be even, .* not 5: choose"),
    ],
)
def test_an_odd_size_is_named_as_it_was_given(sizes, said):
    with pytest.raises(ValueError, match=said):
        build_model(toy_fields(), **sizes)
    build_model(toy_fields(), "general", hidden_size=7, memory_size=6)


@pytest.mark.parametrize("name", ["heads", "layers", "hidden_size", "dropout", "seed"])
def test_a_transformer_checks_its_numbers(name):
    with pytest.raises(ValueError, match=f"{name} must be"):
        build_transformer(toy_fields(), **{name: WRONG[name][0]})


@pytest.mark.parametrize(
    ("build", "sizes"),
    [
        (build_model, {"hidden_size": 100_000}),
        (build_model, {"embedding_size": 100_000, "hidden_size": 2}),
        (build_model, {"hidden_size": 2, "memory_size": 60_000}),
        (build_transformer, {"size": 20_000, "heads": 4}),
        (build_transformer, {"hidden_size": 100_000, "layers": 100}),
    ],
)
def test_a_model_too_large_for_memory_is_not_built(build, sizes):
    with pytest.raises(ValueError, match=f"weights, more than the {MOST_WEIGHTS:,} allowed: "):
        build(toy_fields(), **sizes)


# --- each option is defined once ---


def test_options_are_defined_only_in_settings():
    for name in ("epochs", "learning_rate", "label_smoothing", "clip", "average"):
        written = rf"\b{name}: [\w.| ]+ = |--{name.replace('_', '-')}\b"
        paths = (REPOSITORY / "utils").rglob("*.py")
        places = {p.name: len(re.findall(written, p.read_text("utf-8"))) for p in paths}
        places = {place: count for place, count in places.items() if count}
        assert places == {"settings.py": 1}, name


def test_average_cannot_exceed_the_number_of_epochs():
    with pytest.raises(ValueError, match="average must be at most the number of epochs, 2, not 3"):
        Settings(epochs=2, average=3)


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("learning_rate", "nan"),
        ("learning_rate", "1e10"),
        ("clip", "-1"),
        ("dropout", "1.5"),
        ("label_smoothing", "1"),
        ("seed", "-1"),
        ("batch_size", "1000000000000"),
        ("batch_size", "0"),
        ("epochs", "-3"),
        ("average", "0"),
        ("hidden_size", "1000000000"),
    ],
)
def test_the_command_makes_the_same_checks_before_it_reads_the_corpus(monkeypatch, name, option):
    monkeypatch.setattr(command, "load_corpus", lambda *_, **__: 1 / 0)
    number = float(option) if name in ("learning_rate", "clip", "dropout") else int(option)
    with pytest.raises(ValueError) as expected:
        checked(name, number, LIMITS[name])
    with pytest.raises(ValueError) as found:
        command.main([f"--{name.replace('_', '-')}={option}"])
    if LIMITS[name].kind is int:
        assert str(found.value) == str(expected.value)
    assert str(found.value).startswith(f"{name} must be {LIMITS[name].words}, not ")


# --- files with NumPy numbers can be loaded ---


def test_files_with_numpy_numbers_can_be_loaded(tmp_path):
    options = {"embedding_size": np.int64(6), "hidden_size": torch.tensor(8)}
    options |= {"dropout": np.float64(0.1), "seed": np.int32(1)}
    model = build_model(toy_fields(), "dot", **options)
    path = tmp_path / "run.pt"
    numbers = {"epochs": np.int64(2), "learning_rate": np.float64(3e-3), "seed": np.uint8(3)}
    fit_with(model, toy_fields(), toy_corpus(), checkpoint=path, quiet=True, **numbers)
    identity = load_safely(path)["identity"]
    assert (identity["learning_rate"], identity["epochs"], identity["seed"]) == (3e-3, 2, 3)
    Translator(model, toy_fields()).save(tmp_path / "toy.pt")
    assert Translator.load(tmp_path / "toy.pt").model.config == model.config


def test_numpy_numbers_give_the_same_model_as_python_numbers():
    one = build_transformer(toy_fields(), np.int64(8), np.int8(2), torch.tensor(1), seed=1)
    other = build_transformer(toy_fields(), 8, 2, 1, seed=1)
    assert same_weights(one.state_dict(), other.state_dict())
    assert one.config == other.config


# --- a loss that is not finite ---


def copy_of(model):
    return {name: weight.clone() for name, weight in model.state_dict().items()}


def poison(model, number):
    """Make the weights infinite when the model reads the batch with that number."""
    calls = []

    def spoil(*_):
        calls.append(1)
        if len(calls) == number:
            with torch.no_grad():
                model.decoder.output.bias.fill_(INF)

    model.register_forward_pre_hook(spoil)
    return model


@pytest.mark.parametrize(
    ("batch", "when", "kept"),
    [
        (1, "at step 1 of epoch 1", "its initial weights"),
        (3, "at step 3 of epoch 1", "its initial weights"),
        (6, "on the validation pairs after epoch 1", "its initial weights"),
        (7, "at step 1 of epoch 2", "the weights of epoch 1"),
        (12, "on the validation pairs after epoch 2", "the weights of epoch 1"),
    ],
)
def test_a_loss_that_is_not_finite_stops_the_training(tmp_path, batch, when, kept):
    path, after = tmp_path / "run.pt", []
    model = poison(toy_model(), batch)
    before = copy_of(model)
    options = {"epochs": 3, "batch_size": 8, "checkpoint": path, "quiet": True}
    with pytest.raises(ValueError, match=rf"the loss is \w+ {when}: .*0\.006.* has {kept}"):
        fit_with(
            model,
            toy_fields(),
            toy_corpus(),
            on_epoch=lambda _: after.append(copy_of(model)),
            **options,
        )
    assert same_weights(model.state_dict(), [before, *after][-1])
    assert not model.training
    done = load_safely(path)
    assert len(done["history"]) == len(after)
    assert all(weight.isfinite().all() for weight in done["weights"].values())
    history = fit_with(toy_model(), toy_fields(), toy_corpus(), **options)  # resumes from there
    assert len(history.epochs) == 3


def test_weights_that_are_not_finite_cannot_be_trained_or_saved(tmp_path):
    model = toy_model()
    with torch.no_grad():
        model.encoder.embedding.weight[4] = NAN
    with pytest.raises(ValueError, match="some weights are not finite: train again with a lower"):
        Translator(model, toy_fields()).save(tmp_path / "toy.pt")
    with pytest.raises(ValueError, match=r"the loss is nan .* weights that were not finite"):
        fit(model, toy_fields(), toy_corpus(), Settings(epochs=1), quiet=True)
    assert list(tmp_path.iterdir()) == []


def test_weights_too_large_for_16_bits_are_not_saved_as_such(tmp_path):
    model = toy_model()
    with torch.no_grad():
        model.decoder.output.bias[3] = 70_000.0
    translator = Translator(model, toy_fields())
    with pytest.raises(ValueError, match="too large for 16 bits, so leave half out"):
        translator.save(tmp_path / "toy.pt", half=True)
    translator.save(tmp_path / "toy.pt")


def test_the_command_saves_no_useless_translator(monkeypatch, tmp_path):
    monkeypatch.setattr(command, "build", lambda *_: poison(toy_model(), 8))
    monkeypatch.setattr(command, "build_fields", lambda *_: toy_fields())
    monkeypatch.setattr(command, "load_corpus", lambda *_, **__: toy_corpus())
    output = tmp_path / "toy.pt"
    with pytest.raises(ValueError, match="the loss is nan at step 2 of epoch 2"):
        command.main(["--batch-size=8", "--device=cpu", f"--output={output}"])
    assert not output.exists()


RANK = """
import math, sys
from pathlib import Path
from toy import toy_corpus, toy_fields, toy_model
from utils.training import Settings, fit
from utils.training.joining import join_processes

with join_processes("cpu") as (processes, _):
    model = toy_model()
    if processes.rank == 1:
        model.register_forward_hook(lambda _, __, result: (result[0] * math.nan, result[1]))
    try:
        settings = Settings(batch_size=8)
        fit(model, toy_fields(), toy_corpus(), settings, quiet=True, processes=processes)
    except ValueError as error:
        Path(sys.argv[1], str(processes.rank)).write_text(str(error), "utf-8")
"""


@pytest.mark.slow
def test_several_processes_stop_together(tmp_path):
    """One process's loss is not finite; both report it, and neither waits for the other."""
    (tmp_path / "rank.py").write_text(RANK, "utf-8")
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    subprocess.run(
        [*launcher, "--local-addr=localhost", "--nproc-per-node=2", tmp_path / "rank.py", tmp_path],
        env=os.environ | {"PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'tests'}"},
        check=True,
        timeout=240,
        capture_output=True,
    )
    first, second = ((tmp_path / str(rank)).read_text("utf-8") for rank in range(2))
    assert first == second
    assert first.startswith("the loss is nan at step 1 of epoch 1: ")
