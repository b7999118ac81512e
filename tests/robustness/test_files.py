"""Translators and checkpoints from elsewhere are read as they are, or refused in one sentence."""

import hashlib
import os
import pickle
import random
import re
import shutil
import zipfile

import numpy as np
import pytest
import torch
from toy import (
    decided_model,
    fit_with,
    same_weights,
    stopped,
    toy_corpus,
    toy_fields,
    toy_model,
)

from utils.corpora import Corpus, Pair
from utils.models.transformer import build_transformer
from utils.system.paths import MODELS
from utils.system.storage import load_safely
from utils.text import build_fields, fields_from_words
from utils.training import fit
from utils.translator import Translator

INF, NAN = float("inf"), float("nan")
OPTIONS = {"epochs": 2, "batch_size": 20, "quiet": True, "average": 2}
REMEDY = "(use|choose) another|another checkpoint|update|git lfs pull|name a file|give the file"


class Attack:
    """Creates a folder if it is unpickled carelessly."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return a folder with a translator, one with subwords, a Transformer, and a checkpoint."""
    folder = tmp_path_factory.mktemp("files")
    Translator(decided_model(), toy_fields()).save(folder / "toy.pt")
    fields = build_fields(toy_corpus(), subwords=40)
    model = build_transformer(fields, 8, 2, 1, 8, seed=1)
    Translator(model, fields).save(folder / "pieces.pt")
    options = OPTIONS | {"checkpoint": folder / "run.ckpt", "on_epoch": stop}
    stopped(toy_model(), toy_fields(), toy_corpus(), **options)
    return folder


def stop(_):
    raise KeyboardInterrupt


def train(path, model=None, **options):
    model = toy_model() if model is None else model
    return fit_with(model, toy_fields(), toy_corpus(), checkpoint=path, **OPTIONS | options)


def refused(path, as_checkpoint=False):
    """Return the one-sentence message that refuses a file; loading it has no side effects."""
    model, before = toy_model(), path.read_bytes() if path.is_file() else b""
    with pytest.raises(ValueError) as caught:
        train(path, model) if as_checkpoint else Translator.load(path)
    sentence = str(caught.value)
    assert type(caught.value) is ValueError
    assert str(path) in sentence and "\n" not in sentence
    assert len(sentence) < 300 + len(str(path))
    assert re.search(REMEDY, sentence), sentence
    assert same_weights(model.state_dict(), toy_model().state_dict())
    assert (path.read_bytes() if path.is_file() else b"") == before
    return sentence


# --- files that are something else ---


def write_zip(path, files, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def as_pickle(content):
    def write(path):
        path.write_bytes(pickle.dumps(content, protocol=2))

    return write


def as_bytes(content):
    return lambda path: path.write_bytes(content)


def as_saved(content, **options):
    return lambda path: torch.save(content, path, **options)


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 9032539\n"
ELSE = {
    "an empty file": as_bytes(b""),
    "a text": as_bytes("Ein Hund schläft.\n".encode() * 50),
    "a page of the web": as_bytes(b"<!DOCTYPE html><title>404</title>"),
    "a pointer of Git LFS": as_bytes(POINTER),
    "two letters of a zip": as_bytes(b"PK"),
    "random bytes": as_bytes(random.Random(0).randbytes(5000)),
    "a zip of something else": lambda path: write_zip(path, {"a.txt": b"a", "b/c.txt": b"b"}),
    "a zip with a pickle": lambda path: write_zip(path, {"x/data.pkl": pickle.dumps({"a": 1})}),
    "an empty zip": lambda path: write_zip(path, {}),
    "a pickle": as_pickle({"weights": [1.0, 2.0]}),
    "a NumPy pickle": as_pickle(np.zeros(3)),
    "a list": as_saved([1, 2]),
    "a tensor": as_saved(torch.zeros(3)),
    "nothing": as_saved(None),
    "another dictionary": as_saved({"a": 1}),
    "numbers as keys": as_saved({1: 2, (3,): 4}),
    "weights alone": as_saved(toy_model().state_dict()),
    "a whole model": as_saved(torch.nn.Linear(2, 2)),
    "the old format of torch": as_saved({"a": 1}, _use_new_zipfile_serialization=False),
    "a folder": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("as_checkpoint", [False, True], ids=["translator", "checkpoint"])
@pytest.mark.parametrize("kind", ELSE)
def test_any_other_file_is_refused(tmp_path, kind, as_checkpoint):
    path = tmp_path / "file.pt"
    ELSE[kind](path)
    if kind == "a folder" and not as_checkpoint:
        with pytest.raises(FileNotFoundError, match=r"file\.pt: give a file"):
            Translator.load(path)
        return
    if kind == "a folder":
        with pytest.raises(OSError, match=r"file\.pt cannot be written: it is a folder; name a"):
            train(path)
        return
    sentence = refused(path, as_checkpoint)
    assert (kind != "a pointer of Git LFS") or "git lfs pull" in sentence


@pytest.mark.parametrize("as_checkpoint", [False, True], ids=["translator", "checkpoint"])
@pytest.mark.parametrize("write", [torch.save, lambda content, path: as_pickle(content)(path)])
def test_no_code_is_run(tmp_path, files, as_checkpoint, write):
    path, trace = tmp_path / "file.pt", tmp_path / "trace"
    content = torch.load(files / ("run.ckpt" if as_checkpoint else "toy.pt"), weights_only=True)
    write(content | {"languages": Attack(trace), "history": Attack(trace)}, path)
    refused(path, as_checkpoint)
    assert not trace.exists()


def test_reading_does_not_wait_for_a_fifo(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="pipe is a folder or a device: name a file"):
        load_safely(tmp_path / "pipe")


def test_a_zip_bomb_is_refused(tmp_path):
    path = tmp_path / "bomb.pt"
    write_zip(path, {"x/data.pkl": bytes(50_000_000)}, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 100_000
    refused(path)


def test_a_translator_and_a_checkpoint_are_told_apart(files, tmp_path):
    assert "is a checkpoint, from which a training goes on" in refused(files / "run.ckpt")
    assert "is a translator, not a checkpoint" in refused(files / "toy.pt", as_checkpoint=True)
    shipped = shutil.copyfile(MODELS / "mini-dot.pt", tmp_path / "dot.pt")
    assert "is a translator, not a checkpoint" in refused(shipped, as_checkpoint=True)


# --- bytes that changed ---


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("name", ["toy.pt", "run.ckpt"])
def test_a_file_that_is_cut_off_is_refused(tmp_path, files, name, part):
    path, content = tmp_path / name, (files / name).read_bytes()
    path.write_bytes(content[: int(part * len(content))])
    assert "is damaged" in refused(path, name == "run.ckpt")


@pytest.mark.parametrize("name", ["toy.pt", "pieces.pt", "run.ckpt"])
def test_a_changed_byte_in_any_part_is_detected(tmp_path, files, name):
    """Each member of the archive in turn: every weight, and the structure around them."""
    path, content = tmp_path / name, (files / name).read_bytes()
    with zipfile.ZipFile(files / name) as archive:
        parts = [part for part in archive.infolist() if part.file_size]
    assert len(parts) > 10
    draw = random.Random(0)
    for part in parts:
        with zipfile.ZipFile(files / name) as archive:
            start = content.index(archive.read(part), part.header_offset)
        damaged = bytearray(content)
        damaged[start + draw.randrange(part.file_size)] ^= 1 << draw.randrange(8)
        path.write_bytes(damaged)
        assert "is damaged" in refused(path, name == "run.ckpt")


@pytest.mark.parametrize("name", ["toy.pt", "run.ckpt"])
def test_a_file_with_one_changed_byte_is_refused_or_reads_the_same(tmp_path, files, name):
    path, content, draw = tmp_path / name, (files / name).read_bytes(), random.Random(1)
    expected = load_safely(files / name)["weights"]
    found = []
    for _ in range(150):
        damaged = bytearray(content)
        damaged[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
        path.write_bytes(damaged)
        try:
            found.append(same_weights(load_safely(path)["weights"], expected))
        except ValueError as error:
            assert str(error).startswith(f"{path} is damaged")
    assert all(found) and len(found) < 100  # harmless bytes lie between the members


# --- parts that are not what they should be ---


def change(content, place, value):
    """Return the content with another value at a place such as ("config", "dropout")."""
    first, *rest = place
    if value is DELETED and not rest:
        return type(content)((k, v) for k, v in content.items() if k != first)
    if isinstance(content, list):
        return [*content[:first], change_inside(content[first], rest, value), *content[first + 1 :]]
    return content | {first: change_inside(content.get(first), rest, value)}


def change_inside(content, rest, value):
    if not rest:
        return value(content) if callable(value) else value
    return change(content, rest, value)


DELETED = object()
BIAS = "decoder.output.bias"


def with_first(number):
    """Return a function that replaces a tensor's first entry."""

    def put(weight):
        weight = weight.clone()
        weight.view(-1)[0] = number
        return weight

    return put


HUGE = torch.zeros(1).expand(10**6, 10**6)
CHANGES = [
    *[((part,), DELETED) for part in ("format", "kind", "config", "languages", "subwords")],
    *[((part,), DELETED) for part in ("source_words", "target_words", "weights")],
    (("format",), 1),
    (("config", "tied"), DELETED),
    *[((part,), 3) for part in ("config", "kind", "source_words", "weights", "subwords")],
    (("config",), {}),
    (("config",), [("attention", "dot")]),
    (("config", "attention"), "bilinear"),
    (("config", "attention"), ["dot"]),
    (("config", "attention"), torch.zeros(3)),
    (("config", "attention"), "dot"),
    (("config", "dropout"), NAN),
    (("config", "dropout"), 1.5),
    (("config", "dropout"), "0.1"),
    (("config", "dropout"), -0.5),
    (("config", "hidden_size"), -8),
    (("config", "hidden_size"), 10**12),
    (("config", "hidden_size"), 100_000),
    (("config", "hidden_size"), 20_000),
    (("config", "memory_size"), 7),
    (("config", "embedding_size"), 10.0),
    (("config", "source_size"), 10**9),
    (("config", "source_padding"), 0),
    (("config", "target_padding"), 99),
    (("config", "tied"), True),
    (("config", "tied"), 1),
    (("config", "heads"), 2),
    (("config", "dropout"), DELETED),
    (("kind",), "Linear"),
    (("kind",), ["ModelConfig"]),
    (("kind",), "TransformerConfig"),
    *[(("source_words",), lambda w, m=m: [x for x in w if x != m]) for m in ("<unk>", "<pad>")],
    *[
        (("target_words",), lambda w, m=m: ["a" if x == m else x for x in w])
        for m in ("<unk>", "<pad>", "<sos>", "<eos>")
    ],
    (("source_words",), lambda words: [*words[:-1], words[-2]]),
    (("source_words",), lambda words: [*words[:-1], 7]),
    (("source_words",), lambda words: [*words[:-1], None]),
    (("source_words",), lambda words: [*words, "more"]),
    (("source_words",), lambda words: words[::-1]),
    (("source_words",), lambda words: " ".join(words)),
    (("target_words",), lambda words: dict.fromkeys(words)),
    (("target_words",), lambda words: [[word] for word in words]),
    (("languages",), ["de"]),
    (("languages",), ("de", 3)),
    (("languages",), "de"),
    (("languages",), None),
    (("languages",), 7),
    (("subwords",), torch.tensor([1, 2, 3], dtype=torch.uint8)),
    (("subwords",), torch.zeros(0, dtype=torch.uint8)),
    (("subwords",), torch.zeros(3)),
    (("subwords",), torch.zeros(3, 3, dtype=torch.uint8)),
    (("subwords",), b"\x00\x01"),
    (("weights",), {}),
    (("weights",), lambda weights: list(weights.values())),
    (("weights", BIAS), DELETED),
    (("weights", "another.weight"), torch.zeros(2)),
    (("weights", BIAS), 0.5),
    (("weights", BIAS), [0.5] * 14),
    (("weights", BIAS), with_first(NAN)),
    (("weights", BIAS), with_first(INF)),
    (("weights", "encoder.embedding.weight"), with_first(-INF)),
    (("weights", BIAS), lambda weight: weight[:-1].clone()),
    (("weights", BIAS), lambda weight: weight[None]),
    (("weights", BIAS), lambda weight: weight.to(torch.int64)),
    (("weights", BIAS), lambda weight: weight.to(torch.complex64)),
    (("weights", BIAS), lambda weight: weight.to_sparse()),
    (("weights", BIAS), lambda weight: weight.to("meta")),
    (("weights", BIAS), lambda weight: weight[:1].expand(14)),
    (("weights", "encoder.embedding.weight"), HUGE),
    (("format",), 99),
    (("format",), torch.zeros(3)),
    (("format",), torch.zeros(3).to_sparse()),
    (("format",), 2.5),
    (("format",), "new"),
]


def name_of(row):
    place, value = row
    value = "deleted" if value is DELETED else getattr(value, "__name__", repr(value))
    return f"{'.'.join(map(str, place))}={value:.20}"


@pytest.mark.parametrize(("place", "value"), CHANGES, ids=map(name_of, CHANGES))
def test_a_translator_with_a_wrong_part_is_refused(tmp_path, files, place, value):
    path = tmp_path / "toy.pt"
    torch.save(change(torch.load(files / "toy.pt", weights_only=True), place, value), path)
    refused(path)


PIECES = [
    (("subwords",), lambda numbers: numbers[: len(numbers) // 2]),
    (("subwords",), lambda numbers: numbers[5:]),
    (("subwords",), lambda numbers: numbers.int()),
    (("source_words",), lambda words: [w if w != "▁e" else "▁ee" for w in words[:-1]] + ["new"]),
    (("config", "heads"), 3),
    (("config", "layers"), 50),
    (("config", "layers"), 10**6),
    (("config", "size"), 9),
    (("config", "hidden_size"), 10**5),
    (("config", "attention"), "dot"),
]


@pytest.mark.parametrize(("place", "value"), PIECES, ids=map(name_of, PIECES))
def test_a_transformer_with_subwords_and_a_wrong_part_is_refused(tmp_path, files, place, value):
    path = tmp_path / "pieces.pt"
    torch.save(change(torch.load(files / "pieces.pt", weights_only=True), place, value), path)
    refused(path)


def test_a_config_with_huge_sizes_allocates_no_memory(tmp_path, files, monkeypatch):
    """No tensor is created before the file is known to hold that many weights."""
    path = tmp_path / "toy.pt"
    content = torch.load(files / "toy.pt", weights_only=True)
    torch.save(change(content, ("config", "hidden_size"), 10_000), path)
    monkeypatch.setattr(torch.nn.Module, "__init__", lambda *_: 1 / 0)
    assert "fewer weights than the configuration asks for" in refused_quietly(path)


def refused_quietly(path):
    with pytest.raises(ValueError) as caught:
        Translator.load(path)
    return str(caught.value)


CHECKPOINT = [
    *[
        ((part,), DELETED)
        for part in (
            "history",
            "weights",
            "best_weights",
            "last_weights",
            "optimizer",
            "random_state",
            "cuda_random_states",
            "identity",
        )
    ],
    *[((part,), 3) for part in ("history", "weights", "last_weights", "optimizer", "identity")],
    (("identity", "epochs"), DELETED),
    (("identity", "epochs"), torch.tensor([2, 2])),
    (("identity", "source vocabulary"), [torch.zeros(2)] * 12),
    (("history",), []),
    (("history",), lambda history: history * 2),
    (("history",), lambda history: [*history, *history, *history]),
    (("history", 0, "valid_loss"), NAN),
    (("history", 0, "valid_loss"), "0.1"),
    (("history", 0, "valid_loss"), DELETED),
    (("history", 0, "train_loss"), None),
    (("history", 0, "number"), 5),
    (("history", 0, "mood"), 1),
    (("weights", BIAS), DELETED),
    (("weights", BIAS), with_first(NAN)),
    (("weights", BIAS), lambda weight: weight.half()),
    (("weights", BIAS), lambda weight: weight[1:].clone()),
    (("best_weights",), {}),
    (("best_weights", BIAS), with_first(INF)),
    (("last_weights",), []),
    (("last_weights", 0, BIAS), with_first(NAN)),
    (("last_weights", 0, BIAS), DELETED),
    (("optimizer",), {}),
    (("optimizer", 0), {}),
    (("optimizer", 99), {}),
    (("optimizer", "a"), {}),
    (("optimizer", 0, "step"), torch.tensor(99.0)),
    (("optimizer", 0, "step"), 2),
    (("optimizer", 0, "exp_avg"), with_first(NAN)),
    (("optimizer", 0, "exp_avg"), torch.zeros(2)),
    (("optimizer", 0, "exp_avg_sq"), DELETED),
    (("random_state",), torch.zeros(3)),
    (("random_state",), torch.zeros(3, dtype=torch.uint8)),
    (("random_state",), lambda state: torch.full_like(state, 255)),
    (("cuda_random_states",), 3),
    (("cuda_random_states",), torch.tensor(3)),
    (("format",), torch.zeros(3)),
    (("optimizer", 0, "step"), torch.zeros(0)),
]


@pytest.mark.parametrize(("place", "value"), CHECKPOINT, ids=map(name_of, CHECKPOINT))
def test_a_checkpoint_with_a_wrong_part_is_refused(tmp_path, files, place, value):
    path = tmp_path / "run.ckpt"
    torch.save(change(torch.load(files / "run.ckpt", weights_only=True), place, value), path)
    refused(path, as_checkpoint=True)


# --- files that the package itself writes ---


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ((["<unk>", "<pad>", "eins"], ["<unk>", "<pad>", "<sos>", "<eos>"]), "vocabularies of 12"),
        ((["<unk>", "a"], ["<unk>", "<pad>", "<sos>", "<eos>"]), "source vocabulary lacks <pad>"),
        ((["<unk>", "<pad>"], ["<unk>", "<pad>", "<sos>"]), "target vocabulary lacks <eos>"),
        ((["<unk>", "<pad>", "a", "a"], ["<unk>"]), "source vocabulary holds 'a' 2 times"),
    ],
)
def test_fit_and_translator_both_refuse_mismatched_fields(words, what):
    fields, model, said = fields_from_words(*words), toy_model(), []
    for work in (lambda: fit(model, fields, toy_corpus()), lambda: Translator(model, fields)):
        with pytest.raises(ValueError, match=what) as caught:
            work()
        said.append(str(caught.value))
    assert said[0] == said[1]


def test_a_model_of_another_vocabulary_is_not_trained():
    pairs = [Pair(("eins", "zwei"), ("one",), None)] * 8
    fields = build_fields(Corpus(pairs, pairs, pairs))
    with pytest.raises(ValueError, match=r"vocabularies of 12 and 14 words, .* have 4 and 5: use"):
        fit(toy_model(), fields, Corpus(pairs, pairs, pairs))


def test_a_custom_model_that_could_not_be_loaded_is_not_saved(tmp_path):
    model = toy_model("dot")
    model.decoder.attention = torch.nn.Bilinear(8, 8, 1)
    with pytest.raises(ValueError, match="are those of another model, which differs in dec"):
        Translator(model, toy_fields()).save(tmp_path / "toy.pt")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("half", [False, True])
def test_what_is_saved_can_be_read(tmp_path, half):
    model = decided_model()
    Translator(model, toy_fields()).save(tmp_path / "toy.pt", half=half)
    loaded = Translator.load(tmp_path / "toy.pt").model.state_dict()
    expected = model.half().float() if half else model
    assert same_weights(loaded, expected.state_dict())


# --- the shipped translators ---

SHIPPED = {
    "mini-additive": "018c9742e940a7f0",
    "mini-dot": "fe7e90dd10615930",
    "mini-fixed": "a36cb88f1f963c00",
    "mini-general": "58cdc7291bf3d05c",
    "multi30k-additive": "f9af2b1768d26c8f",
    "mini-transformer": "e4dd5468fc2a95be",
    "multi30k-transformer": "05c4eb42914ceea8",
}


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_translators_have_unchanged_weights(name):
    total = hashlib.sha256()
    for key, weight in sorted(Translator.load(name).model.state_dict().items()):
        total.update(key.encode() + weight.numpy().tobytes())
    assert total.hexdigest()[:16] == SHIPPED[name]


def test_every_shipped_translator_is_in_the_table():
    assert {path.stem for path in MODELS.glob("*.pt")} == SHIPPED.keys()
