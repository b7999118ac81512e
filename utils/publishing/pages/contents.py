"""The headings of a page: what it holds, and where."""

import re
from html import unescape
from typing import NamedTuple

HEADING = re.compile(r'<h([1-4]) id="([^"]*)">(.*?)(?:<a class="anchor-link".*?</a>)?</h\1>', re.S)
TAG = re.compile(r"<[^>]*>")
DEEPEST = 3  # level of heading in the contents of a page
MOST = 18  # lines there: they fit beside the text on a small laptop
SPACE = re.compile(r"\s+")


class Heading(NamedTuple):
    """A heading with its level, the name that links lead to, and its HTML without links."""

    level: int
    anchor: str
    html: str

    @property
    def text(self) -> str:
        """The heading in plain letters."""
        return plain(self.html)


def plain(html: str) -> str:
    """Return HTML as text on one line."""
    return SPACE.sub(" ", unescape(TAG.sub("", html.replace("<msqrt>", "√")))).strip()


def headings_of(article: str) -> list[Heading]:
    """Return the headings of an article, from its title on."""
    return [
        Heading(int(level), anchor, re.sub(r"</?a\b[^>]*>", "", html).strip())
        for level, anchor, html in HEADING.findall(article)
    ]


def contents_of(headings: list[Heading]) -> list[Heading]:
    """Return the headings that the contents of a page show: below the title, as many as fit."""
    shown = [each for each in headings if 2 <= each.level <= DEEPEST]
    return shown if len(shown) <= MOST else [each for each in shown if each.level == 2]


def with_anchors(article: str) -> str:
    """Return an article whose headings say their own address: a sign to copy or to follow."""

    def anchor(found: re.Match) -> str:
        level, name, html = found.groups()
        if level == "1":
            return f'<h1 id="{name}">{html}</h1>'
        label = plain(html).replace('"', "&quot;").replace("<", "&lt;")
        link = f'<a class="anchor" href="#{name}" aria-label="Link to: {label}">#</a>'
        return f'<h{level} id="{name}">{html.strip()} {link}</h{level}>'

    return HEADING.sub(anchor, article)
