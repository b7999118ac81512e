"""Any word can be drawn: no traceback, no warning, and nothing that looks like a different word."""

from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from toy import toy_translator

from utils import translate
from utils.plots import attention_map, labels, map_size, word_bars, word_grid

WORDS = {
    "a surrogate": ("a\ud800b", "a\\ud800b"),
    "what the shell could not decode": ("f\udcfcnf", "f\\udcfcnf"),
    "NUL": ("a\0b", "a\\x00b"),
    "a bell": ("a\x07b", "a\\x07b"),
    "a color of terminals": ("\x1b[31m", "\\x1b[31m"),
    "a line's end": ("a\nb", "a\\nb"),
    "U+0085": ("a\x85b", "a\\x85b"),
    "a direction mark": ("\u202eabc", "\\u202eabc"),
    "a zero-width joiner": ("a\u200db", "a\\u200db"),
    "no character": ("\uffff", "\\uffff"),
    "a formula": ("$x$", "$x$"),
    "a formula with a mistake": ("$\\foo{$", "$\\foo{$"),
    "half a formula": ("a_b^$c$", "a_b^$c$"),
    "a price": ("$5", "$5"),
    "a backslash": ("\\alpha", "\\alpha"),
    "what TeX reads": ("100%_#{}~^&", "100%_#{}~^&"),
    "what SVG reads": ("</text>&<>\"'", "</text>&<>\"'"),
    "Hebrew": ("שלום", "שלום"),
    "combining marks": ("e\u0301\u0301\u0301", "e\u0301\u0301\u0301"),
    "an emoji of many": ("🧿", "\\U0001f9ff"),
    "Chinese": ("中文", "\\u4e2d\\u6587"),
    "a very long word": ("x" * 5000, "x" * 39 + "…"),
    "nothing": ("", ""),
}
each_word = pytest.mark.parametrize(("word", "shown"), WORDS.values(), ids=WORDS)


@pytest.fixture(autouse=True)
def no_fonts(monkeypatch):
    """Leave only the fonts that come with matplotlib, and forget what was found before."""
    monkeypatch.setattr(labels, "findSystemFonts", list)
    labels._other_font.cache_clear()
    yield
    labels._other_font.cache_clear()


def drawn(figure):
    """Return the words on the axes of a figure's first plot, after drawing it."""
    figure.canvas.draw()
    ax = figure.axes[0]
    texts = [*ax.get_xticklabels(), *ax.get_yticklabels(), *ax.texts]
    return {text.get_text().strip() for text in texts}


@each_word
@pytest.mark.parametrize("suffix", ["png", "svg", "pdf", "eps"])
def test_an_attention_map_of_any_word_is_written(tmp_path, caplog, word, shown, suffix):
    """Warnings are errors in all tests."""
    figure = Figure(figsize=map_size([word, "ja"], ["yes", word]), layout="constrained")
    attention_map(np.eye(2), [word, "ja"], ["yes", word], figure.subplots())
    figure.savefig(tmp_path / f"map.{suffix}")
    assert (tmp_path / f"map.{suffix}").stat().st_size > 1000
    assert drawn(figure) | {""} == {shown, "ja", "yes", ""}  # a line to a word has no text
    assert max(figure.get_size_inches()) < 16
    assert caplog.messages == []


@each_word
def test_bars_and_grids_of_any_word_are_drawn(word, shown):
    figure = Figure()
    word_bars([1, 2], [word, "ja"], figure.subplots(), "#555555")
    assert {shown, "ja"} <= drawn(figure)
    figure = Figure()
    word_grid([[word, "ja"]], np.ones((1, 2)), ["first"], figure.subplots())
    assert {shown, "ja"} <= drawn(figure)


TYPES = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
CIRCLED = "Ⓐ"  # in STIX, but not in the figures' own fonts


def test_a_font_that_has_the_character_is_chosen(monkeypatch, tmp_path):
    broken = tmp_path / "broken-Regular.ttf"
    broken.write_bytes(b"no font")
    fonts = [broken, tmp_path / "gone.ttf", TYPES / "LastResortHE-Regular.ttf"]
    fonts.append(TYPES / "STIXGeneralBol.ttf")
    monkeypatch.setattr(labels, "findSystemFonts", lambda: list(map(str, fonts)))
    words, look = labels.drawable([CIRCLED, "ja", "中"])
    assert words == [CIRCLED, "ja", "\\u4e2d"]
    assert look["fontfamily"] == [*matplotlib.rcParams["font.family"], "STIXGeneral"]
    assert labels.without_font([CIRCLED, "ja", "中", "\0"]) == ["中"]
    figure = Figure()
    word_bars([1], [CIRCLED], figure.subplots(), "#555555")
    assert CIRCLED in drawn(figure)


def test_ordinary_words_are_drawn_unchanged():
    words = ["zwölf", "Straße", "don't", "“so”", "–"]
    assert labels.drawable(words) == (words, {"parse_math": False})


@pytest.fixture
def run(tmp_path, capsys):
    """Return a function that draws a sentence and returns the command's remarks on the picture."""
    toy_translator().save(tmp_path / "toy.pt")

    def run(sentence, name):
        picture = f"--attention={tmp_path / name}"
        translate.main([f"--translator={tmp_path / 'toy.pt'}", picture, "--", sentence])
        said = capsys.readouterr().err.splitlines(keepends=True)
        return "".join(line for line in said if "unknown words" not in line)

    return run


@pytest.mark.parametrize("name", ["map.png", "map.svg", "map.pdf", "map.eps", "map.jpg", "map.raw"])
def test_the_command_says_which_characters_no_font_has(run, tmp_path, name):
    said = run("eins 中文 $x^ 🧿", name)
    assert said == "note: no font here has 中 文 🧿: the picture has escapes in their place.\n"
    assert (tmp_path / name).stat().st_size > 1000


def test_the_command_says_nothing_about_ordinary_words(run):
    assert run("eins $5 a\0b zwei", "map.png") == ""


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("map.pgf", "would need TeX, for which words can be commands: use .pdf"),
        ("map.PGF", "would need TeX"),
        ("map.docx", "has no suffix of a picture: use .png, .pdf or .svg"),
        ("map", "has no suffix of a picture: use .png, .pdf or .svg"),
    ],
)
def test_a_format_that_cannot_be_drawn_is_refused(run, tmp_path, name, complaint):
    with pytest.raises(ValueError, match=complaint):
        run("eins", name)
    assert not (tmp_path / name).exists()
