"""What stands before and after the chapters: a preface, hints, answers, an index of questions."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from lxml.html import HtmlElement
from lxml.html.builder import CLASS, DIV, H1, H2, H3, A, E

from utils.publishing.book.chapters import parse
from utils.publishing.book.folds import ANSWERS, HINTS, Fold
from utils.publishing.book.places import SUFFIX, start_of
from utils.publishing.pages.front import Front
from utils.publishing.pages.site import Link, Setting

ABOUT = "about"
BACK = {HINTS: "Hints", ANSWERS: "Answers"}


@cache
def templates() -> Environment:
    """Return the templates beside this file. They escape nothing by themselves."""
    loader = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=loader, trim_blocks=True, lstrip_blocks=True)


def front_matter(front: Front, site: Setting) -> HtmlElement:
    """Return the preface."""
    return parse(templates().get_template("about.html.j2").render(front=front, site=site))


def questions_matter(front: Front) -> HtmlElement:
    """Return the questions that readers ask, each a link to its answer."""
    return parse(templates().get_template("questions.html.j2").render(front=front))


def back_matter(part: str, folds: Sequence[Fold], entries: Mapping[str, Link]) -> HtmlElement:
    """Return all hints, or all answers; a heading leads back to where the text asks."""
    tree = DIV(H1(BACK[part]))
    for page, found in groupby((fold for fold in folds if fold.part == part), _page):
        entry = entries[page]
        tree.append(H2(f"{entry.number} · {entry.title}", id=f"{part}-{start_of(page)}"))
        for fold in found:
            heading = H3(A(fold.heading, href=f"{page}{SUFFIX}#{fold.turn}"))
            tree.append(E.section(CLASS("fold"), heading, fold.content, id=fold.id))
    return tree


def _page(fold: Fold) -> str:
    return fold.page
