"""The series as web pages: linked, alive, with every formula and figure described."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote

import nbformat
import pytest
from lab import shared_browser, skip_without_browser
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import expect
from toy import REPOSITORY

from utils.publishing.explorers import ELEMENT, enliven, files_for, still_of
from utils.publishing.figures import build_sheet, pictures_of
from utils.publishing.pages.page import (
    build_pages,
    describe_figure,
    link_to_pages,
    navigation,
    put_formulas_back,
    read_series,
    take_formulas_out,
)

PATHS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
NAMES = [path.stem for path in PATHS]
ALL = [*NAMES, "teaching", "server", "index"]
per_page = pytest.mark.parametrize("name", ALL)


class Page(HTMLParser):
    """A page's images, links, and number of captioned figures."""

    def __init__(self, page):
        super().__init__()
        self.images, self.links, self.figures = [], [], 0
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.figures += tag == "figure"
        if tag == "img":
            self.images.append(attributes)
        if tag == "a":
            self.links.append(attributes["href"])


@pytest.fixture(scope="module", params=[pytest.param("slow", marks=pytest.mark.slow)])
def pages():
    return build_pages()


def test_there_is_a_page_for_each_notebook_and_text_and_an_index(pages):
    assert sorted(pages) == sorted(ALL)


@per_page
def test_a_page_needs_nothing_but_its_explorers(pages, name):
    page = pages[name]
    kinds = {found["name"] for found in ELEMENT.finditer(page)}
    assert set(re.findall(r"<script\b[^>]*", page)) == {
        f'<script src="explorers/{kind}.js"' for kind in kinds
    }
    assert set(re.findall(r"<(?:link|iframe|object|embed)\b[^>]*", page)) == {
        f'<link rel="stylesheet" href="explorers/{kind}.css"' for kind in kinds
    }
    assert re.findall(r"url\(['\"]?https?:|@import", page) == []
    assert all(
        source.startswith("data:") for source in re.findall(r'<img[^>]*\ssrc="([^"]*)', page)
    )


@per_page
def test_every_picture_is_described(pages, name):
    for image in Page(pages[name]).images:
        assert len(image["alt"]) > 10
        assert "No description" not in image["alt"]


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_every_formula_is_drawn(pages, path):
    drawn = []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            take_formulas_out(cell.source, drawn)
    page = pages[path.stem]
    assert page.count("<math") == len(drawn)
    assert "⟦" not in page
    assert "<merror" not in page


@per_page
def test_links_between_pages_lead_somewhere(pages, name):
    for target in re.findall(r'<a [^>]*href="([^"]*)"', pages[name]):
        if re.match(r"https?:", target):
            continue
        page, _, anchor = unquote(target.replace("&#39;", "'")).partition("#")
        there = pages[page.removesuffix(".html") if page else name]
        ids = {unquote(each) for each in re.findall(r'\sid="([^"]*)"', there)}
        assert not anchor or anchor in ids, target


@pytest.mark.parametrize("name", NAMES[1:])
def test_answers_wait_for_a_press(pages, name):
    assert (
        3 <= len(re.findall(r"<details><summary[^>]*>Show an answer</summary>", pages[name])) <= 6
    )


def test_formulas_are_found_and_code_is_not():
    text = "a $x_1$ b `$y$` c\n```\n$z$\n```\n$$w \\tag{3c}$$"
    drawn = []
    marked = take_formulas_out(text, drawn)
    assert marked == "a ⟦0⟧ b `$y$` c\n```\n$z$\n```\n⟦1⟧"
    assert "<msub><mi>x</mi><mn>1</mn></msub>" in drawn[0] and 'display="inline"' in drawn[0]
    assert "(3c)" in drawn[1] and 'display="block"' in drawn[1]
    assert put_formulas_back("<p>⟦1⟧, ⟦0⟧</p>", ["A", "B"]) == "<p>B, A</p>"


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("[x](04_by_hand.ipynb#Why?)", "[x](04_by_hand.html#Why?)"),
        ("[x](<04_by_hand.ipynb>)", "[x](<04_by_hand.html>)"),
        ("[the README](../README.md) too", "the README too"),
        ("[x](TEACHING.md)", "[x](teaching.html)"),
        ("[x](https://a.org/05_x.ipynb)", "[x](https://a.org/05_x.ipynb)"),
    ],
)
def test_links_go_to_pages(text, linked):
    assert link_to_pages(text) == linked


@pytest.mark.parametrize(
    ("source", "below", "described"),
    [
        ('ax.set_title("It falls")', "", "Figure: It falls."),
        ('ax.set(title="It falls", x=1); figure.suptitle("Both")', "", "Figure: It falls; Both."),
        ("ax.set_title('\"It\" falls')", "", 'Figure: "It" falls.'),
        ('ax.set_title("It\\nfalls")', "**What to notice.** No.", "Figure: It falls."),
        (
            'ax.set_title(f"{x} falls")',
            "**What to notice.** The *curve* of $c$ in [03](03_x.ipynb)\nfalls by 0.5. Why?",
            "Figure: The curve of c in 03 falls by 0.5.",
        ),
        (
            'ax.set_title(f"{x} falls")',
            "It falls.",
            "A figure. The text below says what to notice.",
        ),
    ],
)
def test_a_figure_is_described_by_its_titles_or_by_the_text_below(source, below, described):
    assert describe_figure(source, below) == described


def test_pages_are_in_a_row():
    names = {"a": "A", "b": "<B>", "c": "C"}
    assert re.findall(r'href="(.*?)"', navigation(names, "a")) == ["index.html", "b.html"]
    assert re.findall(r'href="(.*?)"', navigation(names, "b")) == ["a.html", "index.html", "c.html"]
    assert "&lt;B&gt;" in navigation(names, "c")
    assert navigation(names, "a").startswith('<nav class="series"><span></span><a ')
    assert navigation(names, "c").endswith("</a><span></span></nav>")


# --- alive ---


def test_the_files_of_explorers_are_named_by_the_pages_that_need_them():
    files = dict(files_for([STILL, "<p>nothing</p>"]))
    assert sorted(files) == ["explorers/stepper.css", "explorers/stepper.js", "models/mini-dot.js"]
    assert all(len(content) > 1000 for content in files.values())
    page = enliven(f"<html><head></head><body>{STILL}</body></html>")
    assert page.index("stepper.css") < page.index("<body>") < page.index("stepper.js")


@pytest.mark.browser
@pytest.mark.parametrize("number", ["00", "04", "05"])
def test_the_explorers_of_a_page_live_without_a_kernel(pages, tmp_path, number):
    skip_without_browser()
    (name,) = (each for each in NAMES if each.startswith(number))
    page = pages[name]
    kinds = [found["name"] for found in ELEMENT.finditer(page)]
    assert len(kinds) >= 1
    for path, content in files_for([page]):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    (tmp_path / "page.html").write_text(page, "utf-8")
    window = shared_browser().new_page()
    errors = []
    window.on("pageerror", lambda error: errors.append(str(error)))
    window.goto((tmp_path / "page.html").as_uri())
    expect(window.locator("[data-explorer][data-ready=true]")).to_have_count(len(kinds))
    window.close()
    assert errors == []


# --- every figure on one page ---


STILL = (
    '<div data-explorer="stepper" data-options="{&quot;models&quot;: {&quot;dot&quot;: '
    '{&quot;id&quot;: &quot;mini-dot&quot;}}}"><div class="at-still"><p>Step 5.</p>'
    '<img alt="Step 5." src="data:image/png;base64,aGk="></div></div>'
)


def png(source, **about):
    """Return a cell that drew a picture; aGk= is "hi"."""
    data, metadata = {"image/png": "aGk="}, {"image/png": about} if about else {}
    return new_code_cell(source, outputs=[new_output("display_data", data, metadata=metadata)])


def test_the_figures_of_a_toy_notebook(tmp_path):
    (tmp_path / "a.svg").write_text("<svg/>", "utf-8")
    cells = [
        new_markdown_cell("# 07 · Toy\n\n![<An> idea](a.svg)\n\n## Is `v` it?"),
        png('ax.set_title("It falls")'),
        new_markdown_cell("Text."),
        new_code_cell("explorer", outputs=[new_output("display_data", {"text/html": STILL})]),
    ]
    notebook = new_notebook(cells=cells)
    found = list(pictures_of(notebook, tmp_path))
    assert [(each.alt, each.heading) for each in found] == [
        ("<An> idea", "07 · Toy"),
        ("Figure: It falls.", "Is `v` it?"),
        ("Step 5.", "Is `v` it?"),
    ]
    assert [each.address for each in found] == [
        "data:image/svg+xml;base64,PHN2Zy8+",
        *["data:image/png;base64,aGk="] * 2,
    ]
    assert cells[1].outputs[0].metadata == {}  # the notebook stays as it was
    page = build_sheet({"07_toy": notebook}, tmp_path)
    sheet = Page(page)
    numbered = ["07.1: <An> idea", "07.2: Figure: It falls.", "07.3: Step 5."]
    assert [each["alt"] for each in sheet.images] == numbered * 2  # full size, then half size
    assert sheet.links[1] == "../html/07_toy.html#Is-v-it%3F"
    assert "<b>07.2</b> It falls. In: " in page


def test_the_sheet_shows_every_figure_of_the_series_twice(pages):
    notebooks = read_series()
    cells = [cell for notebook in notebooks.values() for cell in notebook.cells]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    drawn = sum(
        "image/png" in output.get("data", {}) or still_of(output) is not None for output in outputs
    )
    markdown = [cell.source for cell in cells if cell.cell_type == "markdown"]
    drawings = sum(text.count("](images/") for text in markdown)
    page = build_sheet(notebooks)
    sheet = Page(page)
    assert sheet.figures == drawn + drawings > 60
    assert len(sheet.images) == 2 * sheet.figures
    assert all(len(each["alt"]) > len("05.1: ") + 10 for each in sheet.images)
    assert all(each["src"].startswith("data:image/") for each in sheet.images)
    assert "<script" not in page and "<link" not in page
    for link in sheet.links:
        name, anchor = re.fullmatch(r"\.\./html/(\w+)\.html#(.+)", link).groups()
        ids = {unquote(each) for each in re.findall(r'\sid="([^"]*)"', pages[name])}
        assert unquote(anchor) in ids
