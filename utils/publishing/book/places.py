"""Where a page's links lead in the book.

In print all chapters are one document, so a name that several pages use needs the chapter's number
before it. The same names serve the EPUB, whose chapters are files.
"""

import re
from urllib.parse import unquote

from lxml.html import HtmlElement

SUFFIX = ".xhtml"
QUESTIONS = "questions"  # the chapter that stands for this part of the front page
ELSEWHERE = re.compile(r"[a-z]+:")
SIGNS = re.compile(r"[^A-Za-z0-9]+")  # an XML name may not hold all that a cell's name may


def start_of(name: str) -> str:
    """Return the id of a chapter as a whole; `name` is its page's, such as "05_dot_attention"."""
    return f"chapter-{name[:2] if name[:2].isdigit() else name}"


class Places:
    """The ids of the book by page and by their names there, and the addresses of links.

    `address` is that of the web pages, where links lead to what the book lacks.
    """

    def __init__(self, address: str):
        self.address = address
        self.ids: dict[tuple[str, str], str] = {}

    def rename(self, tree: HtmlElement, name: str) -> None:
        """Give each place of a page an id that no other page has."""
        self.ids[name, ""] = start_of(name)
        taken: set[str] = set()
        for element in tree.xpath(".//*[@id]"):
            old = unquote(element.get("id"))
            stem = f"n{name[:2]}-{SIGNS.sub('-', old.removeprefix('cell-id=')).strip('-')}"
            new = stem if stem not in taken else f"{stem}-{len(taken)}"
            taken.add(new)
            self.ids[name, old] = new
            element.set("id", new)

    def link(self, tree: HtmlElement, name: str) -> None:
        """Let the links of a page lead to places of the book."""
        for element in tree.xpath(".//a[@href]"):
            element.set("href", self.address_of(element.get("href"), name))

    def address_of(self, href: str, name: str) -> str:
        """Return where a link on a page leads; ValueError if the book lacks that place."""
        if ELSEWHERE.match(href):
            return href
        file, _, anchor = href.partition("#")
        page = file.removesuffix(".html") or name
        if page == "index":
            return f"{QUESTIONS}{SUFFIX}#{start_of(QUESTIONS)}"
        if (page, "") not in self.ids:
            return self.address + href
        if (page, unquote(anchor)) not in self.ids:
            raise ValueError(f"{name} links to {href}, which the book does not have.")
        return f"{page}{SUFFIX}#{self.ids[page, unquote(anchor)]}"
