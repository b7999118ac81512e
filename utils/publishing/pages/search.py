"""What the search looks through: the sections of all pages, in a script of their own.

A page opened as a file may not fetch another, but it may load a script: this one holds MiniSearch
and the sections' texts, and is loaded when a reader first searches.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from utils.publishing.pages.assets import VENDOR
from utils.publishing.pages.contents import HEADING, plain
from utils.publishing.pages.front import Question
from utils.widgets.scripts import compact

DROPPED = re.compile(  # code, pictures, explorers, and the links beside headings
    r"<(script|style|svg)\b.*?</\1>"
    r'|<details class="folded">.*?</details>'
    r'|<div class="code">.*?</div></div>'
    r'|<div data-explorer=.*?(?=<div class="cell)'
    r'|<a class="anchor".*?</a>',
    re.DOTALL,
)
BLOCK = re.compile(r"</(?:p|li|td|th|tr|h\d|div|pre)>")
LONGEST = 3000  # characters of a section; a table may have more


class Section(NamedTuple):
    """A part of a page below one heading: its address, its page's title, heading and text."""

    place: str
    page: str
    heading: str
    text: str


def sections_of(article: str, file: str, title: str) -> Iterator[Section]:
    """Yield the sections of a page's article."""
    article = DROPPED.sub(" ", article)
    found = list(HEADING.finditer(article))
    ends = [each.start() for each in found[1:]] + [len(article)]
    for heading, end in zip(found, ends, strict=True):
        text = plain(BLOCK.sub(" ", article[heading.end() : end]))
        yield Section(f"{file}#{heading[2]}", title, plain(heading[3]), text[:LONGEST])


def search_script(sections: Sequence[Section], questions: Sequence[Question]) -> str:
    """Return the script that the search loads: the library, and all that it looks through."""
    library = compact((VENDOR / "minisearch.js").read_text(encoding="utf-8"))
    license = (VENDOR / "minisearch.LICENSE.txt").read_text(encoding="utf-8")
    rows = [*sections, *(Section(q.place, "Question", plain(q.html), "") for q in questions)]
    data = json.dumps([list(row) for row in rows], ensure_ascii=False, separators=(",", ":"))
    return f"/* MiniSearch 7.2.0\n{license}*/\n{library}\nglobalThis.siteSections = {data};\n"
