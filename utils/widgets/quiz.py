"""Quick questions to click, with an explanation for each answer, and the same as text."""

import textwrap
from typing import Any

import anywidget
import traitlets

from utils.exercises.questions import Question, load_questions
from utils.widgets.scripts import HERE, join_scripts

WIDTH = 92  # letters in a line of the text version


class QuickQuestions(anywidget.AnyWidget):
    """The questions of a notebook, as groups of radio buttons. `chosen` is what was clicked."""

    _esm = join_scripts("keys.js", "quiz.js")
    _css = HERE / "quiz.css"
    questions: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    chosen: traitlets.List[int | None] = traitlets.List().tag(sync=True)

    def __init__(self, notebook: str):
        self.loaded = load_questions(notebook)
        entries = [
            {"text": question.text, "options": [option._asdict() for option in question.options]}
            for question in self.loaded
        ]
        super().__init__(questions=entries, chosen=[None] * len(entries))

    def __repr__(self) -> str:
        """Say what to do where no kernel runs, in place of the questions."""
        return "Quick questions: run the notebook to answer them."

    def snapshot(self) -> None:
        """Print the questions, and below them the answers, for readers without a kernel."""
        print(as_text(self.loaded))


def as_text(questions: list[Question]) -> str:
    """Return questions with lettered options, and then which is right and why."""
    asked, answers = [], ["Answers"]
    for number, (text, options) in enumerate(questions, start=1):
        asked.append(_wrap(f"{number}. {text}"))
        for letter, option in zip("abcd", options, strict=False):
            asked.append(_wrap(f"   {letter}) {option.text}"))
            mark = "right" if option.right else "wrong"
            answers.append(_wrap(f"{number}{letter} {mark}: {option.why}"))
    return "\n".join([*asked, "", *answers])


def _wrap(text: str) -> str:
    """Break a long line; what follows is indented by three more than its beginning."""
    indent = " " * (len(text) - len(text.lstrip()) + 3)
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, drop_whitespace=True)
