"""The series as slides: which cells, how much of each, and whether it fits on a screen."""

import re
import shutil
from itertools import chain

import nbformat
import pytest
from lab import shared_browser, skip_without_browser
from nbformat.v4 import new_code_cell, new_output
from toy import REPOSITORY

from utils.publishing.explorers import files_for
from utils.publishing.slides import __main__ as command
from utils.publishing.slides.condense import (
    code_lines,
    condense,
    first_sentences,
    height,
    shown_blocks,
    text_height,
)
from utils.publishing.slides.deck import (
    HEIGHT,
    MOST_LINES,
    ROOM,
    WIDTH,
    begin_where_full,
    build_deck,
    deck_of,
    markdown_cell,
    slide_type,
)

PATHS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
per_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
# How far down and right the visible parts of each slide reach, once everything has faded in. An
# explorer has an edge, and is painted anew a moment after its slide is shown.
EXTENTS = """() => Reveal.getSlides().map((slide) => {
  const {h, v} = Reveal.getIndices(slide);
  Reveal.slide(h, v, 99);
  const parts = [...slide.querySelectorAll("*")].filter(
    (part) => !part.closest("aside.notes, [data-explorer] *")
      && (part.tagName === "math" || !part.closest("math"))
  );
  const boxes = parts.map((part) => part.getBoundingClientRect()).filter((box) => box.height);
  const reach = (side) => Math.max(...boxes.map((box) => box[side]));
  return [slide.innerText.slice(0, 60), reach("bottom"), reach("right")];
})"""


def read(path):
    return nbformat.read(path, as_version=4)


def types(cells):
    return [slide_type(cell) for cell in cells]


@per_notebook
def test_every_cell_has_a_slide_type(path):
    cells = read(path).cells
    assert all("slideshow" in cell.metadata for cell in cells)
    assert set(types(cells)) <= {"slide", "-", "fragment", "notes", "skip"}
    assert slide_type(cells[0]) == "slide"
    for cell in cells:
        if cell.source.startswith("## ") and cell.cell_type == "markdown":
            assert slide_type(cell) in ("slide", "skip")


@per_notebook
def test_a_deck_is_a_lesson_and_shows_little_code(path):
    cells = deck_of(read(path), path.stem[:2]).cells
    begun = sum(kind in ("slide", "subslide") for kind in types(cells))
    assert 8 <= begun <= 60
    lines = 0
    for cell in cells:
        lines = code_lines(cell) + (lines if slide_type(cell) in ("-", "fragment", "notes") else 0)
        assert lines <= MOST_LINES


@per_notebook
def test_answers_to_exercises_are_not_shown(path):
    for cell in read(path).cells:
        if "exercise" in cell.metadata.get("tags", []) or cell.source.startswith("check("):
            assert slide_type(cell) == "skip"


def test_of_a_paragraph_the_first_sentences_are_shown():
    text = 'One half is 0.5. "Two" follows. `x.y` is code: a third. Four.'
    assert first_sentences(text, 20) == "One half is 0.5."
    assert first_sentences(text, 31) == 'One half is 0.5. "Two" follows.'
    assert first_sentences(text, 500) == text
    assert first_sentences("**What to notice.** It falls. It rises.", 5) == (
        "**What to notice.** It falls."
    )
    assert first_sentences("no end at all", 5) == "no end at all"


def test_tables_lists_and_formulas():
    short, long = "| a |\n|---|\n| b |", "| a |\n|---|" + "\n| b |" * 20
    assert (condense(short), condense(long)) == (short, "")
    assert condense(f"- One. X{'x' * 200}\n- Two.") == "- One.\n- Two."
    assert condense("⟦3⟧") == "⟦3⟧"
    assert shown_blocks("A.\n\n```\nx\n\ny\n```\n\n## References\n\n- B") == [
        "A.",
        "```\nx\n\ny\n```",
    ]


def test_more_text_and_more_code_are_higher():
    assert text_height("word " * 10) < text_height("word " * 60) < text_height("![](a.png)") < ROOM
    print_it = new_code_cell("print(1)", outputs=[new_output("stream", text="1\n")])
    picture = new_code_cell("draw()", outputs=[new_output("display_data", {"image/png": "x"})])
    assert height(new_code_cell("x = 1")) < height(print_it) < height(picture)


def test_what_does_not_fit_begins_a_new_slide():
    high = "\n".join(["- one line"] * 9)  # more than half of a slide
    cells = [markdown_cell(high, "slide"), markdown_cell("Short.", "-"), markdown_cell(high, "-")]
    begin_where_full(cells)
    assert types(cells) == ["slide", "-", "subslide"]
    assert 2 * text_height(high) > ROOM > text_height(high)


def test_a_slide_shows_twelve_lines_of_code_at_most():
    cells = [new_code_cell("x = 1\n" * (lines - 1) + "x") for lines in (7, 5, 1)]
    for cell in cells:
        cell.metadata["slideshow"] = {"slide_type": "-"}
    begin_where_full(cells)
    assert types(cells) == ["-", "-", "subslide"]


def test_what_to_notice_stays_with_its_figure():
    text, finding = "\n".join(["- one line"] * 10), "Notice this. " * 20
    cells = [markdown_cell(text, "slide"), markdown_cell("Figure.", "-")]
    cells.append(markdown_cell(finding, "fragment"))
    begin_where_full(cells)
    assert types(cells) == ["slide", "subslide", "fragment"]


def test_the_whole_text_is_in_the_notes():
    path = PATHS[5]
    notes = [c.source for c in deck_of(read(path), "05").cells if slide_type(c) == "notes"]
    shown = [c for c in read(path).cells if c.cell_type == "markdown" and slide_type(c) != "skip"]
    assert notes == [cell.source for cell in shown]


@pytest.mark.slow
def test_a_deck_with_reveal_beside_it_needs_no_network():
    page = build_deck(PATHS[5], "reveal.js")
    wanted = re.findall(r'<(?:script|link|img|iframe)[^>]*\s(?:src|href)="([^"]*)', page)
    beside = {each for each in wanted if not each.startswith("data:")}
    assert beside and all(each.startswith(("reveal.js/", "explorers/")) for each in beside)
    assert re.findall(r"url\(['\"]?https?:|@import", page) == []


def test_without_npm_it_says_that_the_decks_need_the_network(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command.shutil, "which", lambda name: None)
    monkeypatch.setattr(command, "NOTEBOOKS", tmp_path)
    shutil.copy(PATHS[0], tmp_path)
    assert command.main([str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "npm could not fetch reveal.js, so the slides will need a network connection." in said
    assert 'src="https://' in (tmp_path / "slides" / PATHS[0].with_suffix(".html").name).read_text(
        "utf-8"
    )


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    """Return a folder of all decks with reveal.js beside them."""
    skip_without_browser()
    folder = tmp_path_factory.mktemp("slides")
    if not command.fetch_reveal(folder):
        pytest.skip("reveal.js cannot be had by npm here")
    pages = {f"{path.stem}.html": build_deck(path, command.REVEAL) for path in PATHS}
    written = ((name, page.encode()) for name, page in pages.items())
    for name, content in chain(written, files_for(pages.values())):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


# Explorers live, or ask whether to load a large model.
ALIVE = """() => [...document.querySelectorAll("[data-explorer]")].every(
  (each) => each.dataset.ready || each.querySelector(".at-load")
)"""


@pytest.mark.browser
def test_no_slide_is_larger_than_the_screen(decks):
    too_large = []
    page = shared_browser().new_page(viewport={"width": WIDTH, "height": HEIGHT})
    failed = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    for deck in sorted(decks.glob("*.html")):
        page.goto(deck.as_uri())
        page.wait_for_function("Reveal.isReady()")
        page.wait_for_function(ALIVE)
        page.wait_for_timeout(200)  # until they are painted
        extents = page.evaluate(EXTENTS)
        assert len(extents) >= 8
        too_large += [(deck.stem, *e) for e in extents if e[1] > HEIGHT or e[2] > WIDTH]
    page.close()
    assert (too_large, failed) == ([], [])
