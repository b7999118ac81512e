"""What pages fold away. A book has no buttons: hints and answers stand at the back."""

from typing import NamedTuple

from lxml.html import HtmlElement
from lxml.html.builder import CLASS, DIV, A, P

from utils.publishing.book.places import SUFFIX

HINTS, ANSWERS = "hints", "answers"  # the chapters at the back
PUT_OFF = "Show "  # what a button says before it names what it shows


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
    for cell in tree.xpath(".//div[contains(@class, 'cell')][.//details]"):
        back = f"n{name[:2]}-turn-{len(folds)}"
        line = P(CLASS("turn"), id=back)
        found = cell.xpath(".//details")
        found[0].addprevious(line)
        for details in found:
            label, content = _open(details)
            part = HINTS if label == "Hints" else ANSWERS
            place = f"n{name[:2]}-{part}-{len(folds)}"
            folds.append(Fold(part, place, name, back, _heading(cell), content))
            line.append(A(f"{label} →", href=f"{part}{SUFFIX}#{place}"))
            line[-1].tail = " "
    return folds


def _open(details: HtmlElement) -> tuple[str, HtmlElement]:
    """Take a folded part out of its page; return its label, such as "Hints", and its content."""
    label = text_of(details[0]).removeprefix(PUT_OFF)
    details[0].drop_tree()
    content = DIV(*details)
    content.text = details.text
    details.drop_tree()
    return label[:1].upper() + label[1:], content


def _heading(cell: HtmlElement) -> str:
    above = cell.xpath("(.//h2 | .//h3 | preceding::h2 | preceding::h3)[last()]")
    return text_of(above[0]) if above else ""
