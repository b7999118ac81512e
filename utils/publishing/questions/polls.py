"""Tables of plain text, as UTF-8 with commas: for live polls, and for planning a course."""

import csv
import re
from collections.abc import Sequence
from io import StringIO

from utils.exercises.objectives import load_objectives
from utils.exercises.questions import Question
from utils.publishing.questions.cards import LETTERS, Card

SECONDS = {1: 60, 2: 90, 3: 120}  # to think, by difficulty
PLAIN = re.compile(r"`([^`]*)`")


def poll_table(cards: Sequence[Card]) -> bytes:
    """Return a row for each card: the question, four answers, seconds, the right answer from 1.

    These columns come in the order in which poll tools read them, others follow. A question that
    has a picture names its file, and says in words what is to be seen.
    """
    answers = [f"answer {number}" for number in range(1, len(LETTERS) + 1)]
    head = ["question", *answers, "seconds", "right", "why", "name", "picture", "picture in words"]
    rows = []
    for question, picture, _ in cards:
        texts = [to_plain(option.text) for option in question.options]
        texts += [""] * (len(answers) - len(texts))
        why = to_plain(question.options[question.answer].why)
        seen = ["", ""] if picture is None else [f"pictures/{picture.file}", picture.said]
        asked = [to_plain(question.text), *texts, SECONDS[question.difficulty]]
        rows.append([*asked, question.answer + 1, why, question.name, *seen])
    return _table([head, *rows])


def objective_table(shown: Sequence[Question], kept: Sequence[Question]) -> bytes:
    """Return a row for each objective: where it is taught, practiced, asked, and examined."""
    head = ["objective", "the reader can", "sections", "exercises", "questions", "for exams"]
    rows = []
    for name, objective in load_objectives().items():
        sections = [f"{nb}: {text}" for nb, found in objective.headings.items() for text in found]
        asked, examined = (
            [question.name for question in questions if name in question.objectives]
            for questions in (shown, kept)
        )
        cells = (sections, objective.exercises, asked, examined)
        rows.append([name, objective.text, *("; ".join(cell) for cell in cells)])
    return _table([head, *rows])


def to_plain(text: str) -> str:
    """Return a question's text without the marks of code."""
    return PLAIN.sub(r"\1", text)


def _table(rows: Sequence[Sequence[object]]) -> bytes:
    written = StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue().encode("utf-8-sig")  # so that spreadsheets see that it is UTF-8
