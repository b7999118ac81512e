"""A question ready to be written: its picture drawn, its texts as HTML."""

import re
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from utils.exercises.questions import Question
from utils.publishing.series import entries
from utils.widgets.quiz import PICTURE_WIDTH, picture_png, picture_said

# `code`, and formulas such as s_{t-1}, h_j and length^ρ. A subscript follows a single letter, so
# that build_fields is none.
MARKUP = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|(?<=(?<!\w)[^\W\d_])_(?:\{(?P<below>[^{}]+)\}|(?P<low>[^\W_]))(?![A-Za-z0-9_])"
    r"|\^(?:\{(?P<above>[^{}]+)\}|(?P<high>\w))"
)
LETTERS = "abcd"


class Picture(NamedTuple):
    """A question's picture: a file's name and its PNG, and what it shows in words."""

    file: str
    png: bytes
    said: str

    def html(self, folder: str) -> str:
        """Return an image element, the file being in `folder`, which ends with a slash or is ""."""
        said = escape(self.said)
        return f'<img src="{folder}{self.file}" alt="{said}" width="{PICTURE_WIDTH}" />'


class Card(NamedTuple):
    """A question, its picture or None, and the title of its notebook."""

    question: Question
    picture: Picture | None
    title: str

    @property
    def letter(self) -> str:
        """The letter of the right option: "a"."""
        return LETTERS[self.question.answer]

    @property
    def reread(self) -> str:
        """Where the answer stands, as HTML."""
        return f"Reread: {to_html(self.question.reread)} ({escape(self.title)})"


def make_cards(questions: Sequence[Question]) -> list[Card]:
    """Return a card for each question."""
    titles = {entry.number: f"{entry.number} {entry.title}" for entry in entries()}
    return [
        Card(each, draw_picture(each), titles.get(each.notebook, each.notebook))
        for each in questions  # a course may have left a notebook out
    ]


def draw_picture(question: Question) -> Picture | None:
    """Return a question's picture, drawn; None if it has none."""
    if question.picture is None:
        return None
    file = f"{question.name}.png"
    return Picture(file, picture_png(question.picture), picture_said(question.picture))


def to_html(text: str) -> str:
    """Return a text of a question as HTML, which is well-formed XML too."""
    parts, end = [], 0
    for found in MARKUP.finditer(text):
        parts += [escape(text[end : found.start()], quote=False), _element(found)]
        end = found.end()
    return "".join(parts) + escape(text[end:], quote=False)


def _element(found: re.Match[str]) -> str:
    below, above = found["below"] or found["low"], found["above"] or found["high"]
    name, inside = ("code", found["code"]) if found["code"] else ("sub", below)
    if above:
        name, inside = "sup", above
    if name != "code":
        inside = inside.replace("-", "−")
    return f"<{name}>{escape(inside, quote=False)}</{name}>"
