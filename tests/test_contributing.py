"""What CONTRIBUTING.md promises: its commands run, and adding an attention or language is easy."""

import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from dataclasses import make_dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import torch
from toy import REPOSITORY, toy_corpus, toy_fields, toy_model, write_toy_corpus

from utils import plots, translate
from utils.corpora import CorpusError, load_corpus
from utils.models import attention
from utils.models.attention import ATTENTIONS, lengths_to_mask
from utils.system.limits import SHARE, option
from utils.training import Settings, fit
from utils.training import __main__ as training
from utils.training.identity import identify
from utils.training.options import chosen
from utils.translator import Translator
from utils.widgets import BeamExplorer, TrainingRecorder, TrainingViewer

TEXT = (REPOSITORY / "CONTRIBUTING.md").read_text("utf-8")
COMMANDS = re.findall(r"^    (make .+|\.venv/.+)$", TEXT, flags=re.MULTILINE)
SENTENCE = "eins zwei drei"
SMALL = ["--epochs=1", "--hidden-size=8", "--embedding-size=6", "--device=cpu"]


def command(beginning: str) -> list[str]:
    """Return the one command that begins like this, as words, without its beginning."""
    (found,) = [each for each in COMMANDS if each.startswith(beginning)]
    return shlex.split(found.removeprefix(beginning), comments=True)


# Commands


def test_the_make_targets_exist():
    targets = re.findall(r"^(\w+):", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE)
    asked = [shlex.split(each, comments=True)[1:] for each in COMMANDS if each.startswith("make")]
    asked += [words.split() for words in re.findall(r"`make (.+?)`", TEXT)]
    assert len(asked) > 5
    for target, *arguments in asked:
        assert target in targets
        for path in re.findall(r"(?:ARGS=|^)([\w./]+\.\w+)", " ".join(arguments)):
            assert (REPOSITORY / path).exists()


@pytest.mark.slow
def test_a_notebook_goes_to_text_and_back_byte_for_byte(tmp_path):
    original = REPOSITORY / "notebooks" / "05_dot_attention.ipynb"
    (tmp_path / "project" / "notebooks").mkdir(parents=True)
    copy = shutil.copy(original, tmp_path / "project" / "notebooks")
    for words in ("--to py:percent", "--to ipynb"):
        arguments = shlex.split(words) + command(f".venv/bin/jupytext {words} ")
        jupytext = [sys.executable, "-m", "jupytext", "--quiet", *arguments]
        subprocess.run(jupytext, cwd=tmp_path / "project", check=True)
    assert (tmp_path / "draft.py").exists()
    assert Path(copy).read_bytes() == original.read_bytes()


def test_a_report_can_name_the_machine(capsys):
    (code,) = command(".venv/bin/python -c ")
    exec(code, {})
    assert f"torch {torch.__version__.partition('+')[0]}" in capsys.readouterr().out


# An attention


@pytest.fixture
def location(monkeypatch):
    """Register the example, as an entry in `ATTENTIONS` would."""
    (source,) = re.findall(r"```python\n( *class .+?)```", TEXT, flags=re.DOTALL)
    names = dict(vars(attention))
    exec(textwrap.dedent(source), names)
    entry = re.search(r'`"(\w+)": (\w+)`', TEXT)
    monkeypatch.setitem(ATTENTIONS, entry[1], names[entry[2]])
    return entry[1]


@pytest.fixture
def translator(location):
    """Train the example for two epochs."""
    model = toy_model(location)
    fit(model, toy_fields(), toy_corpus(), Settings(epochs=2), quiet=True)
    return Translator(model, toy_fields())


def test_the_example_computes_its_equation(location):
    equation = eval(re.search(r'`"\w+": (lambda .+)`', TEXT)[1])
    looks = ATTENTIONS[location](4, 6)
    query, memory, mask = torch.randn(2, 4), torch.randn(2, 60, 6), lengths_to_mask([60, 3])
    _, weights = looks(query, memory, mask)
    for b, length in enumerate((looks.positions, 3)):
        scores = [equation(looks, query[b], memory[b, j], j) for j in range(length)]
        torch.testing.assert_close(weights[b, :length], torch.stack(scores).softmax(dim=0))
        assert weights[b, length:].eq(0).all()


def test_one_entry_is_enough_to_train_translate_and_save(translator, tmp_path):
    translator.save(tmp_path / "location.pt")
    loaded = Translator.load(tmp_path / "location.pt")
    (before,), (after,) = (each.translate([SENTENCE], beam_size=3) for each in (translator, loaded))
    assert before.tokens == after.tokens
    assert after.weights.shape == (len(after.tokens), 3)


def test_one_entry_is_enough_for_the_command_line(location, tmp_path, capsys):
    folder, output = write_toy_corpus(tmp_path / "corpus"), tmp_path / "toy.pt"
    arguments = [f"--corpus={folder}", f"--attention={location}", f"--output={output}", *SMALL]
    assert training.main(arguments) == 0
    assert translate.main([SENTENCE, f"--translator={output}"]) == 0
    assert "saved" in capsys.readouterr().out


def test_one_entry_is_enough_to_draw(location, translator):
    recorder = TrainingRecorder(translator, SENTENCE)
    fit(
        translator.model,
        toy_fields(),
        toy_corpus(),
        Settings(epochs=1),
        on_epoch=recorder,
        quiet=True,
    )
    curves = {location: pd.DataFrame({"bucket": ["1–3"], "bleu": [50.0], "low": 40, "high": 60})}
    assert TrainingViewer(recorder).picture()[0].startswith("<svg")
    figure, ax = plt.subplots()
    plots.length_curve(curves, ax)
    plt.close(figure)


def test_every_attention_has_its_own_color_and_marker():
    assert set(ATTENTIONS) <= plots.COLORS.keys() == plots.MARKERS.keys()
    for looks in (plots.PALETTE, plots.SHAPES, plots.COLORS.values(), plots.MARKERS.values()):
        assert len(set(looks)) == len(looks)


# A language pair


@pytest.fixture
def texts(tmp_path):
    """Return a folder with English and French files, at least by name, for each split."""
    return write_toy_corpus(tmp_path / "texts", languages=("en", "fr"))


def test_the_commands_for_a_language_pair_train_and_translate(texts, tmp_path, capsys):
    files = {"texts": str(texts), "runs/en-fr.pt": str(tmp_path / "en-fr.pt"), "4000": "40"}
    train = command(".venv/bin/python -m utils.training ")
    assert training.main([*(files.get(word, word) for word in train), *SMALL]) == 0
    found = command(".venv/bin/python -m utils.translate ")
    assert translate.main([files.get(word, word) for word in found]) == 0
    assert "saved" in capsys.readouterr().out
    translator = Translator.load(files["runs/en-fr.pt"])
    assert translator.fields.languages == ("en", "fr")
    with pytest.raises(TypeError, match="text in English"):
        BeamExplorer(translator, 7)


def test_the_source_is_the_language_named_first(texts):
    forward = load_corpus(texts, languages=("en", "fr"))
    backward = load_corpus(texts, languages=["fr", "en"])
    assert forward.languages == ("en", "fr") and backward.languages == ("fr", "en")
    assert [pair.source for pair in forward.test] == [pair.target for pair in backward.test]
    on_disk = load_corpus(texts, in_memory=False, languages=("en", "fr"))
    assert tuple(on_disk.train) == forward.train


@pytest.mark.parametrize(
    ("languages", "sentence"),
    [
        (("de", "en"), r"holds train in en, fr, and was asked for de and en; name two of them"),
        (("en", "ga"), r"holds train in en, fr, and was asked for en and ga; name two of them"),
        (("en", "en"), r"'en en' is not a pair of languages"),
        (("en",), r"'en' is not a pair of languages"),
        ("en", r"not a pair of languages"),
        (("en", "align"), r"not a pair of languages"),
        (("en", "../fr"), r"not a pair of languages"),
    ],
)
def test_other_languages_are_refused(texts, languages, sentence):
    with pytest.raises(CorpusError, match=sentence):
        load_corpus(texts, languages=languages)


def test_the_mini_corpus_has_one_direction():
    with pytest.raises(CorpusError, match="mini has links from de to en, not from en to de"):
        load_corpus("mini", languages=("en", "de"))


def test_shipped_translators_read_german():
    fields = Translator.load("mini-dot").fields
    assert (fields.languages, fields.source_language) == (("de", "en"), "German")


# A training option


def test_a_new_option_is_one_line_of_settings(monkeypatch, capsys):
    (line,) = re.findall(r"```python\nweight_decay: float = (option.+)\n```", TEXT)
    field = ("weight_decay", float, eval(line, {"option": option, "SHARE": SHARE}))
    new = make_dataclass("New", [field], bases=(Settings,), frozen=True)
    monkeypatch.setattr(training, "Settings", new)
    assert training.parse([]).weight_decay == 0.0
    assert new(**chosen(training.parse(["--weight-decay=0.25"]), new)).weight_decay == 0.25
    with pytest.raises(ValueError, match="weight_decay must be a number from 0 to below 1"):
        chosen(training.parse(["--weight-decay=7"]), new)
    with pytest.raises(SystemExit):
        training.parse(["--help"])
    assert "pull of each weight toward zero" in " ".join(capsys.readouterr().out.split())
    assert identify(toy_model(), toy_fields(), toy_corpus(), new())["weight_decay"] == 0.0
