"""One deck for each notebook."""

from functools import cache
from itertools import zip_longest
from pathlib import Path

import nbformat
from nbconvert import SlidesExporter
from nbformat import NotebookNode

from utils.exercises.questions import Question, load_questions
from utils.publishing.editions import read_notebook
from utils.publishing.explorers import enliven, has_explorer
from utils.publishing.pages.formulas import put_formulas_back
from utils.publishing.pages.page import CELL_OPTIONS, LANGUAGE, prepare, title_of
from utils.publishing.slides.condense import EXPLORER, code_lines, height, shown_blocks
from utils.system.paths import NOTEBOOKS

WIDTH, HEIGHT = 1280, 720
ROOM = 620  # pixels for what a slide holds
MOST_LINES = 12  # of code on a slide
QUESTIONS = 'data-explorer="quiz"'  # a slide for each, for a room that answers aloud


def slide_type(cell: NotebookNode) -> str:
    """Return the slide type that a notebook gives to a cell; "skip" if it gives none."""
    return cell.metadata.get("slideshow", {}).get("slide_type", "skip")


def markdown_cell(text: str, kind: str) -> NotebookNode:
    """Return a cell of Markdown with a slide type."""
    return nbformat.v4.new_markdown_cell(text, metadata={"slideshow": {"slide_type": kind}})


def shown_text(cell: NotebookNode) -> list[NotebookNode]:
    """Return the blocks of a Markdown cell that are shown, and its whole text as notes.

    A "What to notice" is one block, so that it stays with its figure. A heading begins a slide.
    """
    first, *others = shown_blocks(cell.source)
    if slide_type(cell) == "fragment":
        others = []
    kinds = ["slide" if block.startswith("## ") else "-" for block in others]
    shown = [markdown_cell(text, kind) for text, kind in zip(others, kinds, strict=True)]
    opening = markdown_cell(first, slide_type(cell))
    opening.id = cell.id  # links lead to it
    return [opening, *shown, markdown_cell(cell.source, "notes")]


def shown_code(cell: NotebookNode) -> NotebookNode:
    """Return a code cell; its code is hidden if it draws a figure or is longer than a slide."""
    draws = any(
        "image/png" in output.get("data", {}) or has_explorer(output) for output in cell.outputs
    )
    if draws or code_lines(cell) > MOST_LINES:
        cell.metadata["transient"] = {"remove_source": True}
    return cell


def shown_question(number: int, question: Question, kind: str) -> list[NotebookNode]:
    """Return the slide of a quick question: the options, then the right one and why."""
    options = "\n".join(f"- {option.text}" for option in question.options)
    right = next(option for option in question.options if option.right)
    return [
        markdown_cell(f"### Question {number}: {question.text}\n\n{options}", kind),
        markdown_cell(f"**{right.text}.** {right.why}", "fragment"),
    ]


def shows_questions(cell: NotebookNode) -> bool:
    """Tell whether a cell shows the quick questions."""
    outputs = cell.get("outputs", [])
    return any(QUESTIONS in output.get("data", {}).get("text/html", "") for output in outputs)


def deck_of(notebook: NotebookNode, number: str) -> NotebookNode:
    """Return a notebook with what the slides show; `number` is the original's, such as "05"."""
    cells = []
    for cell in notebook.cells:
        kind = slide_type(cell)
        if shows_questions(cell) and kind != "skip":
            for place, question in enumerate(load_questions(number), 1):
                cells += shown_question(place, question, kind if place == 1 else "subslide")
        elif cell.cell_type == "markdown" and kind not in ("notes", "skip"):
            cells += shown_text(cell)
        elif kind != "skip":
            cells.append(cell if kind == "notes" else shown_code(cell))
    begin_where_full(cells)
    return nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata)


def begin_where_full(cells: list[NotebookNode]) -> None:
    """Let a cell that goes on ("-") begin a new slide where it, or its code, does not fit.

    What fades in after a cell ("fragment") must fit as well; after an explorer, nothing does.
    """
    shown = [cell for cell in cells if slide_type(cell) != "notes"]
    pixels = lines = 0  # on this slide so far
    for cell, following in zip_longest(shown, shown[1:]):
        needed = height(cell)
        if following is not None and slide_type(following) == "fragment":
            needed += height(following)
        is_full = pixels + needed > ROOM or lines + code_lines(cell) > MOST_LINES
        no_room = slide_type(cell) == "fragment" and pixels >= EXPLORER
        if no_room or (slide_type(cell) == "-" and is_full):
            cell.metadata["slideshow"]["slide_type"] = "subslide"
        if slide_type(cell) in ("slide", "subslide"):
            pixels = lines = 0
        pixels += height(cell)
        lines += code_lines(cell)


@cache
def deck_exporter(reveal: str | None) -> SlidesExporter:
    """Return what makes decks; `reveal` is the path of reveal.js from the deck."""
    options = {} if reveal is None else {"reveal_url_prefix": reveal}
    here = Path(__file__).parent
    return SlidesExporter(
        template_file="deck.html.j2",
        extra_template_paths=[str(here), str(here.parent / "pages")],
        reveal_theme="white",
        **CELL_OPTIONS,
        **options,
    )


def build_deck(path: Path, reveal: str | None) -> str:
    """Return the deck of the notebook at `path` as a web page that shows slides.

    `reveal` is the folder with reveal.js; None takes it from the web when the slides are shown.
    """
    notebook = read_notebook(path)
    drawn: list[str] = []
    deck = deck_of(prepare(notebook, drawn), path.stem[:2])
    resources = {
        "metadata": {"name": title_of(notebook), "path": str(NOTEBOOKS)},
        "language_code": LANGUAGE,
        "slide_size": (WIDTH, HEIGHT),
    }
    page, _ = deck_exporter(reveal).from_notebook_node(deck, resources)
    return enliven(put_formulas_back(page, drawn))
