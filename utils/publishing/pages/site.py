"""Everything that `make html` writes: the pages, and what lies beside them."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader
from nbformat import NotebookNode

from utils.publishing import series
from utils.publishing.explorers import ELEMENT, files_for
from utils.publishing.first_cell import read_address
from utils.publishing.pages.article import build_article, markdown_page
from utils.publishing.pages.assets import FOLDER, shared_files
from utils.publishing.pages.card import social_card
from utils.publishing.pages.contents import Heading, contents_of, plain
from utils.publishing.pages.front import build_front, looking, questions_of, read_readme
from utils.publishing.pages.page import LANGUAGE, SERIES, read_series, title_of
from utils.publishing.pages.search import Section, search_script, sections_of
from utils.publishing.pages.symbols import TABLE, Marker, read_symbols
from utils.publishing.pages.terms import TERMS, Glossary, read_terms
from utils.system.paths import NOTEBOOKS, ROOT
from utils.widgets.stills import drawings

SHORT = "Attention"
CARD = "Built by hand, measured, and pulled apart with the mouse"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
DECKS = "../slides"  # where `make slides` writes the decks, seen from a page
NONE: Mapping[str, str] = MappingProxyType({})
BOOKS = {kind: f"../book/attention.{kind.lower()}" for kind in ("EPUB", "PDF")}  # of `make book`
TEXTS = {
    "TEACHING": "Teaching with this series",
    "MARKS": "Marks with nbgrader",
    "SERVER": "A class on one server",
}
EXTRAS = tuple({"page": f"{name.lower()}.html", "title": title} for name, title in TEXTS.items())
START, OWN = "00_start_here", "13_your_own"
HELP = f"{OWN}.html#cell-id=when-it-does-not-work"
LONGEST = 200  # characters of a description, as search engines show it


class Link(NamedTuple):
    """A notebook's page, as the pages around it link to it."""

    number: str
    title: str
    file: str
    minutes: int
    question: str

    @property
    def page(self) -> str:
        """The page's file."""
        return self.file.replace(".ipynb", ".html")


class Page(NamedTuple):
    """A page: its file, its title, what it is about, its middle, and where it stands."""

    file: str
    title: str
    about: str
    article: str
    contents: Sequence[Heading] = ()
    entry: Link | None = None
    before: Link | None = None
    after: Link | None = None
    is_front: bool = False

    @property
    def explorers(self) -> list[str]:
        """The kinds of explorers on the page."""
        return sorted({found["name"] for found in ELEMENT.finditer(self.article)})


class Site(NamedTuple):
    """All pages by their names, without .html, and all other files by their paths."""

    pages: dict[str, str]
    files: dict[str, bytes]


class Setting(NamedTuple):
    """What the templates know of the whole site."""

    address: str  # where it is published, with a slash at its end
    repository: str
    parts: dict[str, list[Link]]
    title: str = SERIES
    short: str = SHORT
    language: str = LANGUAGE
    decks: str = ""  # where the decks are, seen from a page, if they have been written
    help: str = HELP
    symbols: str = f"{START}.html#cell-id={TABLE}"
    terms: str = f"{START}.html#cell-id={TERMS}"
    extras: Sequence[dict[str, str]] = EXTRAS
    books: Mapping[str, str] = NONE  # those of BOOKS that have been made


def decks_beside(folder: Path) -> str:
    """Return where pages written to `folder` find the decks; nothing if none are there."""
    return DECKS if (folder.parent / Path(DECKS).name / f"{START}.html").is_file() else ""


def read_site(root: Path = ROOT, decks: str = "", books: Mapping[str, str] = NONE) -> Setting:
    """Return what all pages know; pyproject.toml has the addresses, and is their one place.

    `books` has those of BOOKS that have been made.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    links = {name: [Link(*each) for each in part] for name, part in series.parts().items()}
    return Setting(
        address=project["tool"]["pages"]["address"],
        repository=read_address(root),
        parts=links,
        decks=decks,
        books=books,
    )


@cache
def templates() -> Environment:
    """Return the templates beside this file."""
    loader = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=loader, trim_blocks=True, lstrip_blocks=True)


def render(page: Page, site: Setting) -> str:
    """Return a page with everything around its middle."""
    return templates().get_template("site.html.j2").render(page=page, site=site)


def about(notebook: NotebookNode, article: str) -> str:
    """Return in a sentence what a page is about: its promise, or its first paragraph."""
    promise = article.partition('<p class="lead">')[2] or article.partition("<p>")[2]
    text = plain(promise.partition("</p>")[0])
    short = text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0] + " …"
    return escape(short)


def sitemap(address: str, pages: Iterable[str]) -> str:
    """Return the list of all pages that search engines read; pages are given by name."""
    names = sorted(pages, key=lambda name: (name != "index", name))
    places = "".join(f"<url><loc>{address}{name}.html</loc></url>\n" for name in names)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<urlset xmlns="{SITEMAP}">\n{places}</urlset>\n'


class Built:
    """Collects pages, their files, and what the search looks through."""

    def __init__(self, site: Setting, marker: Marker, glossary: Glossary):
        self.site, self.marker, self.glossary = site, marker, glossary
        self.pages: dict[str, str] = {}
        self.files: dict[str, bytes] = {}
        self.sections: list[Section] = []

    def add(self, notebook: NotebookNode, name: str, title: str, **around: Any) -> None:
        """Add the page of a notebook, or of a text that has become one."""
        article = build_article(notebook, name, self.marker, self.glossary)
        file = f"{name}.html"
        contents = contents_of(article.headings)
        what = about(notebook, article.html)
        page = Page(file, title, what, article.html, contents, **around)
        self.pages[name] = render(page, self.site)
        self.files |= article.pictures
        self.sections += sections_of(article.html, file, title)

    def add_front(self, links: list[Link]) -> None:
        """Add the front page."""
        front = build_front(links)
        article = templates().get_template("front.html.j2").render(front=front, site=self.site)
        page = Page("index.html", SERIES, escape(front.promise), article, is_front=True)
        self.pages["index"] = render(page, self.site)


def build_site(decks: str = "", books: Mapping[str, str] = NONE) -> Site:
    """Return all pages and all files of the series as a site, with links to decks and books."""
    site, notebooks = read_site(decks=decks, books=books), read_series()
    symbols, terms = read_symbols(notebooks[START]), read_terms(notebooks[START])
    links = [link for part in site.parts.values() for link in part]
    built = Built(site, Marker(symbols), Glossary(terms))
    for before, link, after in zip([None, *links], links, [*links[1:], None], strict=False):
        name = link.file.removesuffix(".ipynb")
        title = title_of(notebooks[name])
        built.add(notebooks[name], name, title, entry=link, before=before, after=after)
        built.files[f"notebooks/{link.file}"] = (NOTEBOOKS / link.file).read_bytes()
    for name, title in TEXTS.items():
        text = markdown_page((NOTEBOOKS / f"{name}.md").read_text(encoding="utf-8"))
        built.add(text, name.lower(), title)
    built.add_front(links)
    built.files |= shared_files(symbols, terms) | dict(files_for(built.pages.values()))
    search = search_script(built.sections, questions_of(read_readme()))
    built.files[f"{FOLDER}/search.js"] = search.encode()
    picture = drawings().call("bakeTheme", looking(), "light")
    built.files[f"{FOLDER}/card.png"] = social_card(SERIES, picture, CARD)
    built.files["sitemap.xml"] = sitemap(site.address, built.pages).encode()
    return Site(built.pages, built.files)
