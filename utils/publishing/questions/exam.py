"""An exam on paper, and its solutions: data/exam/exam.toml names the questions."""

import tomllib
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import jinja2
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from utils.exercises.objectives import load_objectives
from utils.exercises.questions import EXAM
from utils.publishing.questions.cards import LETTERS, Card, to_html

PATH = EXAM / "exam.toml"
FIELDS = {"title", "minutes", "pass", "questions"}


class Exam(NamedTuple):
    """An exam: its title, its minutes, the points that pass, and its questions in order.

    Each right answer is a point.
    """

    title: str
    minutes: int
    passing: int
    cards: tuple[Card, ...]


def load_exam(cards: Sequence[Card], path: Path = PATH) -> Exam:
    """Return the exam that a file describes, its questions being among `cards`.

    Raises ValueError for a field too many or too few, and for a question unknown or named twice.
    """
    entry = tomllib.loads(path.read_text(encoding="utf-8"))
    if set(entry) != FIELDS:
        raise ValueError(f"{path.name} needs {', '.join(sorted(FIELDS))}, and nothing else.")
    names, known = entry["questions"], {card.question.name: card for card in cards}
    if unknown := sorted(set(names) - set(known)):
        raise ValueError(f"{path.name}: there is no question {', '.join(unknown)} in {EXAM.name}/.")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{path.name} asks {', '.join(twice)} twice: take one of them out.")
    if not 0 < entry["pass"] <= len(names):
        raise ValueError(f"{path.name}: pass is a number of points, from 1 to {len(names)}.")
    chosen = tuple(known[name] for name in names)
    return Exam(entry["title"], entry["minutes"], entry["pass"], chosen)


def exam_page(exam: Exam) -> bytes:
    """Return the exam as an HTML page that prints on two sheets of A4."""
    return _page("exam.html.j2", exam)


def solutions_page(exam: Exam) -> bytes:
    """Return the solutions: letters, reasons, objectives and where to reread."""
    return _page("solutions.html.j2", exam)


def _page(template: str, exam: Exam) -> bytes:
    shared = {"exam": exam, "letters": LETTERS, "objectives": load_objectives()}
    return (_templates().get_template(template).render(shared) + "\n").encode()


@cache
def _templates() -> Environment:
    """Return what fills the pages in; a name that nobody has set is an error."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["html"] = lambda text: Markup(to_html(text))
    made.filters["data"] = lambda png: b64encode(png).decode()
    return made
