"""What pages fold away. A book has no buttons: hints and answers stand at the back."""

import re
from typing import NamedTuple

from lxml.html import HtmlElement
from lxml.html.builder import CLASS, DIV, A, P

from utils.publishing.book.places import SUFFIX

HINTS, ANSWERS = "hints", "answers"  # the chapters at the back
PUT_OFF = re.compile(r"^(?:Show|Open) ")  # what a button says before it names what it shows
# Only answers have to wait: those of exercises, and those that a text marks by this class.
WAITING = ".//details[summary[@class='button'] or @class='answer']"


class Fold(NamedTuple):
    """Something for the back of the book: where it stands there, and where it was asked for."""

    part: str  # HINTS or ANSWERS
    id: str
    page: str  # the name of the chapter that asks
    turn: str  # the id of the place that leads here
    heading: str  # the text of the heading above that place
    content: HtmlElement


def text_of(element: HtmlElement) -> str:
    """Return the text in an element on one line."""
    return " ".join(element.text_content().split())


def drop_code(tree: HtmlElement) -> None:
    """Remove folded code, which imports or draws, and the cells that held nothing else."""
    for details in tree.xpath(".//details[contains(@class, 'folded')]"):
        cell = details.getparent()
        details.drop_tree()
        if not text_of(cell) and not cell.xpath(".//img"):
            cell.drop_tree()


def take_folds(tree: HtmlElement, name: str) -> list[Fold]:
    """Take what is folded out of a chapter, in place; a line with links to it remains."""
    folds: list[Fold] = []
    for cell in tree.xpath(f".//div[contains(@class, 'cell')][{WAITING}]"):
        back = f"n{name[:2]}-turn-{len(folds)}"
        line = P(CLASS("turn"), id=back)
        found = cell.xpath(WAITING)
        found[0].addprevious(line)
        for details in found:
            label, content = _open(details)
            part = HINTS if label == "Hints" else ANSWERS
            place = f"n{name[:2]}-{part}-{len(folds)}"
            folds.append(Fold(part, place, name, back, _heading(cell), content))
            line.append(A(f"{label} →", href=f"{part}{SUFFIX}#{place}"))
            line[-1].tail = " "
    return folds


def open_asides(tree: HtmlElement) -> None:
    """Turn what else is folded into a box with its label above, in place."""
    for details in tree.xpath(".//details"):
        details.tag = "div"
        details.set("class", "aside")
        label = P(CLASS("label"), _label(details[0]))
        details.replace(details[0], label)


def _open(details: HtmlElement) -> tuple[str, HtmlElement]:
    """Take a folded part out of its page; return its label, such as "Hints", and its content."""
    label = _label(details[0])
    details[0].drop_tree()
    content = DIV(*details)
    content.text = details.text
    details.drop_tree()
    return label, content


def _label(summary: HtmlElement) -> str:
    label = PUT_OFF.sub("", text_of(summary))
    return label[:1].upper() + label[1:]


def _heading(cell: HtmlElement) -> str:
    above = cell.xpath("(.//h2 | .//h3 | preceding::h2 | preceding::h3)[last()]")
    return text_of(above[0]) if above else ""
