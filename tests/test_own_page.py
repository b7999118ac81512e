"""The page of notebook 13 is short, needs nothing of this project, and learns."""

import ast
import random
import re
import sys

import nbformat
import pytest
import torch
from toy import REPOSITORY

from utils.experiments.dates import the_page

MARK = re.compile(r"  # page (\d):")
ALLOWED = {"torch", "matplotlib"}


@pytest.fixture(scope="module")
def page():
    """Return the cells whose first line says which part of the page they are."""
    notebook = nbformat.read(REPOSITORY / "notebooks" / "13_your_own.ipynb", as_version=4)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return [source for source in sources if MARK.search(source)]


def test_it_has_eight_parts_in_order_and_at_most_150_lines(page):
    assert [int(MARK.search(part)[1]) for part in page] == list(range(1, 9))
    assert sum(bool(line.strip()) for part in page for line in part.splitlines()) <= 150


def test_it_imports_nothing_but_torch_matplotlib_and_the_standard_library(page):
    for node in ast.walk(ast.parse("\n".join(page))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            roots = [node.module] if isinstance(node, ast.ImportFrom) else names
            for root in (name.split(".")[0] for name in roots):
                assert root in ALLOWED | set(sys.stdlib_module_names)


@pytest.mark.slow
def test_it_runs_by_itself_and_learns(page):
    own = {}
    exec("\n".join(page), own)
    assert not {day for _, day in own["train"]} & {day for _, day in own["test"]}
    torch.manual_seed(0), random.seed(0)
    model = own["Translator"]()
    losses = own["fit"](model, own["train"][:16], epochs=100)
    assert losses[-1] < 0.1 < 2.5 < losses[0]
    assert own["exact"](model, own["train"][:16]) == 16


def test_a_short_text_beside_a_long_one_is_read_as_if_alone(page):
    own = {}
    exec("\n".join(page), own)
    model = own["Translator"]().eval()
    short, long = "3 Mai 2021", "Donnerstag, 23. September 2021"
    (alone,), weights = own["translate"](model, [short])
    beside, both = own["translate"](model, [short, long])
    assert beside[0] == alone
    steps = min(weights.shape[1], both.shape[1])
    torch.testing.assert_close(both[:1, :steps, : len(short)], weights[:, :steps])
    assert both[0, :, len(short) :].abs().max() == 0


def test_words_take_the_place_of_letters(page):
    pairs = [
        (f"{der} {alte} {frau}".split(), f"the {old} {woman}".split())
        for der, frau, woman in (("die", "Frau", "woman"), ("der", "Mann", "man"))
        for alte, old in (("alte", "old"), ("junge", "young"), ("kleine", "small"))
    ]
    own = {"train": pairs, "valid": pairs, "test": pairs}
    exec("\n".join(page[2:]), own)  # the first two cells are the data
    torch.manual_seed(0), own["random"].seed(0)
    model = own["Translator"]()
    own["fit"](model, pairs, epochs=100)
    assert own["exact"](model, pairs) == len(pairs)
    assert own["translate"](model, [pairs[0][0]])[0] == [["the", "old", "woman"]]


def test_the_study_runs_the_page():
    assert {"train", "test", "translate", "heat_map"} <= set(the_page())
