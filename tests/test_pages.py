"""The series as web pages: self-contained, linked, with every formula and figure described."""

import re
from urllib.parse import unquote

import nbformat
import pytest
from toy import REPOSITORY

from utils.pages import (
    build_pages,
    describe_figure,
    link_to_pages,
    navigation,
    put_formulas_back,
    take_formulas_out,
)

PATHS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
NAMES = [path.stem for path in PATHS]
ALL = [*NAMES, "teaching", "server", "index"]
per_page = pytest.mark.parametrize("name", ALL)


@pytest.fixture(scope="module")
def pages():
    return build_pages()


def test_there_is_a_page_for_each_notebook_and_text_and_an_index(pages):
    assert sorted(pages) == sorted(ALL)


@per_page
def test_a_page_needs_nothing_else(pages, name):
    page = pages[name]
    assert "<script" not in page
    assert re.findall(r"<(?:link|iframe|object|embed)\b", page) == []
    assert re.findall(r"url\(['\"]?https?:|@import", page) == []
    assert all(
        source.startswith("data:") for source in re.findall(r'<img[^>]*\ssrc="([^"]*)', page)
    )


@per_page
def test_every_picture_is_described(pages, name):
    for image in re.findall(r"<img[^>]*>", pages[name]):
        (alt,) = re.findall(r'alt="([^"]*)"', image)
        assert len(alt) > 10
        assert "No description" not in alt


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
def test_answers_are_folded(pages, name):
    assert 3 <= pages[name].count('<details class="answer">') <= 5


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
    ("source", "described"),
    [
        ('ax.set_title("It falls")', "Figure: It falls."),
        ('ax.set(title="It falls", x=1); figure.suptitle("Both")', "Figure: It falls; Both."),
        ('ax.set_title(f"{x} falls")', "A figure. The text below says what to notice."),
    ],
)
def test_a_figure_is_described_by_its_titles(source, described):
    assert describe_figure(source) == described


def test_pages_are_in_a_row():
    names = {"a": "A", "b": "<B>", "c": "C"}
    assert re.findall(r'href="(.*?)"', navigation(names, "a")) == ["index.html", "b.html"]
    assert re.findall(r'href="(.*?)"', navigation(names, "b")) == ["a.html", "index.html", "c.html"]
    assert "&lt;B&gt;" in navigation(names, "c")
    assert navigation(names, "a").startswith('<nav class="series"><span></span><a ')
    assert navigation(names, "c").endswith("</a><span></span></nav>")
