"""What a cell puts on slides: read from its metadata, never guessed.

`"slide"` is a list of parts. A part with a title begins a slide; one without joins the slide before
it. The keys of a part are the fields of `Part`. A cell that is shown without such a list gives its
heading as the title, and everything below it, or its code and outputs.
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from html import unescape
from json import loads
from typing import Any, NamedTuple

from nbformat import NotebookNode

from utils.publishing.explorers import ELEMENT
from utils.publishing.slides.pictures import WHOLE

MOST_LINES = 8  # of code on a slide
GAP = "…"  # stands for lines of code that are left out
RECALL = (
    "**Ask** for three sentences before you show these. **Then** compare; the exercises come next."
)
HEADING = re.compile(r"#+ +(.+?)\s*(?:\n|$)")
CLOSING = re.compile(r"^## (?:References|Next)\b.*", flags=re.MULTILINE | re.DOTALL)
PROMISE = re.compile(r"^\*\*Promise\.\*\* (.+)", flags=re.MULTILINE)


class Part(NamedTuple):
    """What a cell adds to a slide.

    `number` is shown large, `text` below it. `chips` are words, each in the color of its place.
    `code` names lines by how they begin: one line, or "first .. last"; True shows all of them.
    `lit` marks one of these lines after the other.
    `output` may be a single kind of output: "picture", "table", "text" or "explorer".
    `crop` is the part of a picture to show: left, top, right, bottom, as fractions. `untitled`
    leaves out its title. `options` change those of an explorer.
    `beside` sets the texts of a new slide beside its picture. `fade` waits for the next press.
    `say` is for the speaker: what to say, to ask and to wait for.
    """

    title: str = ""
    number: str = ""
    chips: str = ""
    text: str = ""
    code: bool | list[str] = False
    lit: bool = False
    output: bool | str = False
    crop: Sequence[float] = WHOLE
    untitled: bool = False
    options: Mapping[str, Any] = {}
    fade: bool = False
    beside: bool = False
    say: str = ""


def slide_type(cell: NotebookNode) -> str:
    """Return the slide type that a notebook gives to a cell; "skip" if it gives none."""
    return str(cell.metadata.get("slideshow", {}).get("slide_type", "skip"))


def parts_of(cell: NotebookNode) -> list[Part]:
    """Return what a cell adds to slides; ValueError for metadata that say something else."""
    kind = slide_type(cell)
    if kind in ("skip", "notes"):
        return []
    if "slide" not in cell.metadata:
        return [_whole(cell)]
    try:
        return [Part(**entry) for entry in cell.metadata["slide"]]
    except TypeError as error:
        raise ValueError(f'cell {cell.id}: "slide" in its metadata is wrong: {error}') from None


def questions_of(cell: NotebookNode) -> list[dict[str, Any]]:
    """Return the quick questions that a cell shows; nothing for other cells."""
    for output in cell.get("outputs", []):
        found = ELEMENT.search(output.get("data", {}).get("text/html", ""))
        if found is not None and found["name"] == "quiz":
            return list(loads(unescape(found["options"]))["questions"])
    return []


def _whole(cell: NotebookNode) -> Part:
    """Return a cell as it is: of the opening the promise, a text without its references, code."""
    kind = slide_type(cell)
    if questions_of(cell):
        return Part(title="Quick questions", output=True)
    if cell.cell_type != "markdown":
        return Part(code=True, output=True, fade=kind == "fragment")
    text = CLOSING.sub("", cell.source).strip()
    heading, promise = HEADING.match(text), PROMISE.search(text)
    if heading and promise:
        return Part(title=heading[1], text=promise[1])
    if heading is None:
        return Part(text=text, fade=kind == "fragment")
    say = RECALL if heading[1] == "Summary" else ""
    return Part(
        title=heading[1], text=text[heading.end() :].strip(), fade=kind == "fragment", say=say
    )


def excerpt(source: str, chosen: bool | list[str]) -> str:
    """Return the chosen lines of code; ValueError for a line that is not there.

    Whatever is left out between them becomes a line with three dots.
    """
    if isinstance(chosen, bool):
        return source if chosen else ""
    lines = source.split("\n")
    kept: list[str] = []
    end = None
    for each in chosen:
        first, _, last = each.partition(" .. ")
        start = _find(lines, first, 0 if end is None else end)
        if end is not None and start > end:
            indent = re.match(" *", lines[start])
            kept.append((indent[0] if indent else "") + GAP)
        end = _find(lines, last or first, start) + 1
        kept += lines[start:end]
    return textwrap.dedent("\n".join(kept))


def _find(lines: list[str], beginning: str, start: int) -> int:
    """Return the number of the first line from `start` on that begins like this."""
    for number, line in enumerate(lines[start:], start):
        if line.strip().startswith(beginning):
            return number
    raise ValueError(f"no line of this cell begins with {beginning!r}, so no slide can show it.")
