"""Judges answers: what a notebook's `check` does."""

from typing import Any

from utils.exercises.answers import answer_of
from utils.exercises.catalog import MODULES, exercises_of, has_checkers
from utils.exercises.record import note_exercise
from utils.exercises.verdicts import Verdict

NO_CHECKER = Verdict(None, "There are no checkers in this copy: your teacher marks your answer.")


def check(number: str, answer: Any) -> Verdict:
    """Judge an answer to the exercise `number`, such as "05.1". Raises ValueError for others.

    A notebook shows a button below the verdict, which opens an answer. A try is noted in the
    reader's own record; see `progress`.
    """
    number = str(number)
    notebook = number.partition(".")[0]
    if notebook in MODULES and not has_checkers(notebook):
        return NO_CHECKER
    if notebook not in MODULES or number not in exercises_of(notebook):
        raise ValueError(f"there is no exercise {number!r}: take the number from its heading.")
    verdict = exercises_of(notebook)[number].judge(answer)
    is_done = bool(verdict.right) or verdict.handed_in
    is_tried = is_done or verdict.right is False
    standing = note_exercise(number, is_done) if is_tried else ""
    return verdict._replace(answer=answer_of(number), standing=standing if is_done else "")
