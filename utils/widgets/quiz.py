"""Quick questions to click, with an explanation for each answer."""

from base64 import b64encode
from html import escape
from typing import Any

import traitlets

from utils.exercises.questions import Question, load_questions
from utils.exercises.record import note_questions
from utils.widgets.live import FALLBACK, STILL_ZOOM, LiveExplorer, engine_of
from utils.widgets.png import small_png_of

PICTURE_WIDTH = 420  # pixels, in a still
RUN_IT = "Run this cell in JupyterLab to answer by clicking."


def picture_png(picture: dict[str, Any]) -> bytes:
    """Return a question's picture as a PNG file, to be shown `PICTURE_WIDTH` pixels wide."""
    call = engine_of("quiz").call
    drawn = call("bakeTheme", call("drawQuizPicture", picture, PICTURE_WIDTH), "light")
    return small_png_of(drawn, STILL_ZOOM)


def picture_said(picture: dict[str, Any]) -> str:
    """Return what a question's picture shows, with its numbers, for those who cannot see it."""
    said: str = engine_of("quiz").call("describeQuizPicture", picture)
    return said


def picture_image(picture: dict[str, Any] | None) -> str:
    """Return a question's picture as an HTML image with its numbers as alt text; "" for None."""
    if picture is None:
        return ""
    alt = escape(picture_said(picture))
    png = b64encode(picture_png(picture)).decode()
    return f'<img width="{PICTURE_WIDTH}" alt="{alt}" src="data:image/png;base64,{png}">'


def browser_entry(question: Question) -> dict[str, Any]:
    """Return what the browser shows of a question; the rest is for teachers."""
    return {
        "text": question.text,
        "options": [option._asdict() for option in question.options],
        "picture": question.picture,
        "reread": question.reread,
    }


class QuickQuestions(LiveExplorer):
    """The questions of a notebook, one at a time.

    `chosen` holds the option chosen for each question, from 0, or None; `first` the first choice,
    which the score counts. `question` is the one shown, from 1; one past the last is the score.
    """

    name = "quiz"
    questions: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    chosen: traitlets.List[int | None] = traitlets.List().tag(sync=True)
    first: traitlets.List[int | None] = traitlets.List().tag(sync=True)
    question = traitlets.Int(1).tag(sync=True)

    def __init__(self, notebook: str):
        self.loaded = load_questions(notebook)
        entries = [browser_entry(question) for question in self.loaded]
        none = [None] * len(entries)
        super().__init__(questions=entries, chosen=none, first=none)
        self.observe(lambda change: note_questions(notebook, self.first_right()), "first")

    def first_right(self) -> list[bool | None]:
        """Return for each question whether the first choice was right; None if none was made."""
        pairs = zip(self.loaded, self.first, strict=True)
        return [None if i is None else question.options[i].right for question, i in pairs]

    def still_html(self, themed: bool = False) -> str:
        """Return the questions as text with pictures, and the answers, folded away."""
        call = engine_of(self.name).call
        if themed:
            drawn = FALLBACK.sub(r"\1", call("drawQuizPaper", self.questions))
            return f'<div class="at-still">{drawn}</div>'
        images = [picture_image(question.picture) for question in self.loaded]
        asked = call("drawQuizPaper", self.questions, images)
        return f'<div class="at-still">{asked}<p class="at-run">{RUN_IT}</p></div>'

    @traitlets.validate("chosen")
    def _check_chosen(self, proposal: dict[str, Any]) -> list[int | None]:
        """Return the choices; TraitError unless there is one for each question."""
        chosen: list[int | None] = proposal["value"]
        counts = [len(question.options) for question in self.loaded]
        fits = len(chosen) == len(counts) and all(
            option is None or (type(option) is int and 0 <= option < count)
            for option, count in zip(chosen, counts, strict=True)
        )
        if not fits:
            raise traitlets.TraitError(
                f"chosen needs {len(counts)} entries, one for each question: the position of an "
                f"option, from 0, or None, not {chosen!r}."
            )
        return chosen

    @traitlets.validate("question")
    def _check_question(self, proposal: dict[str, Any]) -> int:
        """Return the number; TraitError unless it is a question's, or one past the last."""
        most = len(self.loaded) + 1
        number: int = proposal["value"]
        if not 1 <= number <= most:
            raise traitlets.TraitError(
                f"question is a number from 1 to {most - 1}, or {most} for the score, not {number}."
            )
        return number
