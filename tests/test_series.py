"""The notebooks are one series: every question is answered, and each symbol explained once."""

import re
from collections.abc import Iterable
from pathlib import Path

import nbformat
import pytest

from utils.system.paths import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
START = ROOT / "notebooks" / "00_start_here.ipynb"


def markdown(path: Path) -> list[str]:
    cells = nbformat.read(path, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "markdown"]


def table(lines: str, first: str) -> list[list[str]]:
    """Return the rows of the Markdown table whose heading row begins with `first`."""
    rows = re.search(rf"^\| *{re.escape(first)} *\|.*\n\|[-| ]+\|\n((?:\|.*\n?)+)", lines, re.M)
    assert rows, f"there is no table that begins with {first!r}"
    return [re.split(r" *(?<!\\)\| *", row.strip("| ")) for row in rows[1].splitlines()]


# --- the questions ---

ANSWERS = table((ROOT / "README.md").read_text("utf-8"), "question")


def test_no_question_is_listed_twice():
    assert len({question for question, _ in ANSWERS}) == len(ANSWERS) >= 24


@pytest.mark.parametrize(("question", "answer"), ANSWERS, ids=[q for q, _ in ANSWERS])
def test_each_question_has_a_heading_that_answers_it(question, answer):
    ((file, anchor),) = re.findall(r"\]\(([^)#]+)#([^)]+)\)", answer)
    cells = nbformat.read(ROOT / file, as_version=4).cells
    (cell,) = [cell for cell in cells if anchor == f"cell-id={cell.id}"]
    assert re.match(r"#{2,} +.", cell.source)


# --- the table of notebooks ---


def test_the_guide_has_the_minutes_of_every_notebook():
    guide = (ROOT / "notebooks" / "TEACHING.md").read_text(encoding="utf-8")
    told = re.findall(r"^### (\d\d) ·.*?^\*\*Minutes\.\*\* (\d+)", guide, re.MULTILINE | re.DOTALL)
    openings = {path.stem[:2]: nbformat.read(path, as_version=4).cells[0] for path in NOTEBOOKS}
    time = re.compile(r"\*\*Time\.\*\* about (\d+) minutes")
    assert dict(told) == {number: time.search(c.source)[1] for number, c in openings.items()}


def test_the_readme_lists_every_notebook_with_its_title_and_minutes():
    rows = table((ROOT / "README.md").read_text("utf-8"), "no.")
    listed = {
        (number, *re.match(r"\[(.+)\]\((.+)\)", link).groups(), minutes)
        for number, link, minutes, _ in rows
    }
    found = set()
    for path in NOTEBOOKS:
        opening = markdown(path)[0]
        number, title = re.match(r"# (\d\d) · (.+)", opening).groups()
        minutes = re.search(r"\*\*Time\.\*\* about (\d+) minutes", opening)[1]
        found.add((number, title, f"notebooks/{path.name}", minutes))
    assert listed == found


# --- the notation ---

WORDS = r"\\(?:text|mathrm|operatorname|tag|begin|end)\{[^}]*\}"  # words in formulas, not symbols
ACCENTS = r"\\(?:overrightarrow|overleftarrow|tilde|hat|mathbf)(?:\{(\w)\}| (\w))"
GREEK = {"alpha", "beta", "eta", "kappa", "mu", "partial", "phi", "psi", "rho", "sigma"}
INDEX = r"[\dtTjkin,+\-<  ]*"  # a subscript that counts: s_{t-1}, h_j, e_{tj}


def symbols(formula: str) -> set[str]:
    """Return the symbols of a formula, without the indices that count.

    s_{t-1} becomes s, but W_q and W_1 stay, because those subscripts tell matrices apart.
    """
    formula = re.sub(WORDS, " ", formula).replace("_{T_x}", "_j")
    formula = re.sub(ACCENTS, r"\1\2", formula)
    found = set()
    token = r"(\\[A-Za-z]+|[A-Za-z])(?:_(?:\{([^{}]*)\}|(\w)))?"
    for name, braced, single in re.findall(token, formula):
        if name.startswith("\\") and name[1:] not in GREEK:
            continue
        subscript = braced or single
        counts = re.fullmatch(INDEX, subscript) and not (name.isupper() and subscript.isdigit())
        found.add(name if counts else f"{name}_{subscript}")
    return found


def formulas(text: str) -> list[str]:
    text = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.S)
    return [a or b for a, b in re.findall(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", text, flags=re.S)]


def all_symbols(texts: Iterable[str]) -> set[str]:
    return {symbol for text in texts for formula in formulas(text) for symbol in symbols(formula)}


def notation() -> dict[str, list[str]]:
    """Return the rows of the table of symbols in notebook 00, by symbol."""
    rows = [
        row for cell in markdown(START) if "| symbol |" in cell for row in table(cell, "symbol")
    ]
    return {symbol: row for symbol, *row in rows}


def test_symbols_of_a_formula():
    assert symbols(r"e_{tj} = v^\top \tanh(W_1 h_j + W_2\, s_{t-1}) \tag{3c}") == {
        *["e", "v", "W_1", "h", "W_2", "s"]
    }
    assert symbols(r"\hat{G} + \mathbf{h}\,\tilde s_t + W_{ik}") == {"G", "h", "s", "W"}
    assert symbols(r"\frac{\exp(\alpha_{tj})}{\sum_k \mathrm{AER}}") == {"\\alpha"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_symbol_is_in_the_table(path):
    known, used = all_symbols(notation()), all_symbols(markdown(path))
    assert used <= known, f"not in the table of notebook 00: {sorted(used - known)}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_with_formulas_links_to_the_table(path):
    text = "\n".join(markdown(path))
    if path != START and formulas(text):
        assert "00_start_here.ipynb#cell-id=what-does-every-symbol-mean-with-its-shape" in text


def test_no_other_table_contradicts_it():
    for path in NOTEBOOKS:
        for cell in markdown(path):
            if path != START and re.search(r"^\| *symbol *\|", cell, flags=re.M):
                rows = table(cell, "symbol")
                assert {symbol: row for symbol, *row in rows}.items() <= notation().items()
