"""The whole book, before it becomes a file: its chapters in order, and their pictures."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any, NamedTuple

import yaml
from lxml.html import HtmlElement
from PIL import Image

from utils.publishing.book.chapters import parse, print_name, settle, to_xhtml
from utils.publishing.book.cover import cover
from utils.publishing.book.folds import open_asides, take_folds, text_of
from utils.publishing.book.matter import (
    ABOUT,
    BACK,
    back_matter,
    front_matter,
    questions_matter,
    templates,
)
from utils.publishing.book.places import QUESTIONS, SUFFIX, Places, start_of
from utils.publishing.pages.article import build_article
from utils.publishing.pages.front import build_front
from utils.publishing.pages.page import LANGUAGE, read_series
from utils.publishing.pages.pictures import COLORS, is_light
from utils.publishing.pages.site import Link, read_site
from utils.publishing.pages.symbols import Marker
from utils.publishing.pages.terms import Glossary
from utils.publishing.series import PARTS
from utils.system.paths import ROOT

COVER = "figures/cover.png"


class Place(NamedTuple):
    """A heading that the contents show: its text and its id."""

    title: str
    id: str


class Chapter(NamedTuple):
    """A chapter, or a part of the book before or after them, as XHTML."""

    name: str
    title: str
    kind: str  # as EPUB calls it: "preface", "chapter" or "appendix"
    html: str
    places: list[Place]
    entry: Link | None = None  # what the map says of a notebook

    @property
    def file(self) -> str:
        """The chapter's file in the EPUB."""
        return self.name + SUFFIX

    @property
    def id(self) -> str:
        """The id of the chapter as a whole."""
        return start_of(self.name)


class Book(NamedTuple):
    """What CITATION.cff says of the book, its chapters in order, and its pictures by address."""

    about: dict[str, Any]
    promise: str
    address: str
    chapters: list[Chapter]
    pictures: dict[str, bytes]
    language: str = LANGUAGE

    @property
    def author(self) -> str:
        """All authors."""
        return ", ".join(each["name"] for each in self.about["authors"])


def build_book() -> Book:
    """Return the whole series as a book."""
    site = read_site()
    entries = {
        link.file.removesuffix(".ipynb"): link for part in site.parts.values() for link in part
    }
    front, places = build_front(list(entries.values())), Places(site.address)
    trees, pictures = read_chapters(site.address, places)
    trees |= {ABOUT: front_matter(front, site), QUESTIONS: questions_matter(front)}
    for name in (ABOUT, QUESTIONS, *BACK):
        places.ids[name, ""] = start_of(name)
    for name, tree in trees.items():
        places.link(tree, name)
    folds = [fold for name, tree in trees.items() for fold in take_folds(tree, name)]
    for tree in trees.values():
        open_asides(tree)
    back = {name: back_matter(name, folds, entries) for name in BACK}
    chapters = [
        close(ABOUT, "preface", trees[ABOUT]),
        *(close(name, "chapter", trees[name], entry) for name, entry in entries.items()),
        *(close(name, "appendix", tree) for name, tree in back.items()),
        close(QUESTIONS, "appendix", trees[QUESTIONS]),
    ]
    about = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    pictures[COVER] = cover(site.title)
    return Book(about, front.promise, site.address, chapters, pictures)


def read_chapters(address: str, places: Places) -> tuple[dict[str, HtmlElement], dict[str, bytes]]:
    """Return the notebooks as chapters, by the names of their pages, and all pictures."""
    trees: dict[str, HtmlElement] = {}
    pictures: dict[str, bytes] = {}
    for name, notebook in read_series().items():
        article = build_article(notebook, name, Marker([]), Glossary([]))
        trees[name] = parse(article.html)
        settle(trees[name], f"{address}{name}.html")
        places.rename(trees[name], name)
        pictures |= {
            print_name(at): as_png(webp) for at, webp in article.pictures.items() if is_light(at)
        }
    return trees, pictures


def as_png(webp: bytes) -> bytes:
    """Return a picture of the web pages as PNG, with the same few colors."""
    file = BytesIO()
    Image.open(BytesIO(webp)).convert("RGB").quantize(COLORS).save(file, "PNG")
    return file.getvalue()


def close(name: str, kind: str, tree: HtmlElement, entry: Link | None = None) -> Chapter:
    """Return a chapter whose tree is complete."""
    tree.tag = "section"
    tree.set("id", start_of(name))
    tree.set("class", kind)
    title = text_of(tree.xpath(".//h1")[0])
    headings = [Place(text_of(each), each.get("id")) for each in tree.xpath(".//h2[@id]")]
    return Chapter(name, title, kind, to_xhtml(tree), headings, entry)


def contents(book: Book, deep: bool = False, pages: Mapping[str, int] | None = None) -> str:
    """Return the table of contents as XHTML.

    `deep` shows the headings of chapters as well; `pages` has the numbers of pages by the ids of
    chapters.
    """
    numbers = {name: set(part) for name, part in PARTS.items()}
    inside = {
        name: [each for each in book.chapters if each.entry and each.entry.number in part]
        for name, part in numbers.items()
    }
    before = [each for each in book.chapters if each.kind == "preface"]
    after = [each for each in book.chapters if each.kind == "appendix"]
    template = templates().get_template("contents.xhtml.j2")
    parts = {"before": before, "inside": inside, "after": after}
    return template.render(parts=parts, deep=deep, pages=pages)
