"""Searches a notebook for answers that students should not find in it."""

import html
import re
from collections.abc import Iterator

import nbformat
from nbformat import NotebookNode

from utils.exercises import MODULES
from utils.exercises.answers import answers_of
from utils.exercises.questions import load_questions

SHORTEST = 12  # letters: a shorter line of code stands elsewhere by chance


def find_leaks(notebook: NotebookNode, number: str) -> list[str]:
    """Return what the notebook with this number, such as "05", gives away, without spaces.

    Nowhere in the file may stand a right option's reason or a whole answer, and outside the cells'
    own text not even a line of an answer: there the lesson may say the same, an output may not.
    """
    if number not in MODULES:
        return []
    shown = NotebookNode(nbformat.from_dict(notebook))
    for cell in shown.cells:
        cell.source = ""
    places = {"whole": squeezed(_texts(notebook)), "line": squeezed(_texts(shown))}
    return [secret for kind, secret in _secrets_of(number) if secret in places[kind]]


def _secrets_of(number: str) -> Iterator[tuple[str, str]]:
    """Yield each right option's reason, each answer as a whole, and its lines, all squeezed."""
    for option in (option for question in load_questions(number) for option in question.options):
        if option.right:
            yield "whole", squeezed([option.why])
    for answer in answers_of(number).values():
        lines = [line for line in answer.splitlines() if not line.startswith("def ")]
        yield "whole", squeezed(lines)
        squeezed_lines = (squeezed([line]) for line in lines)
        yield from (("line", line) for line in squeezed_lines if len(line) >= SHORTEST)


def squeezed(texts: Iterator[str] | list[str]) -> str:
    """Join texts without spaces, quotes and escapes, however JSON, HTML or JavaScript write it."""
    text = html.unescape(html.unescape("".join(texts)))
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)
    return re.sub(r"\\[nt]|[\s\\\"'`]", "", text)


def _texts(part: object) -> Iterator[str]:
    """Yield all texts in nested lists and dictionaries, keys included."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for key, value in part.items():
            yield str(key)
            yield from _texts(value)
    elif isinstance(part, list):
        for each in part:
            yield from _texts(each)
