"""Which exercises there are, and which module holds those of each notebook."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from utils.exercises.answers import answer_of
from utils.exercises.verdicts import Exercise, Verdict

MODULES = {
    "01": "tensors",
    "02": "fixed_vector",
    "03": "long_sentences",
    "04": "by_hand",
    "05": "dot",
    "06": "general",
    "07": "additive",
    "08": "comparing",
    "09": "reading",
    "10": "searching",
    "11": "captions",
    "12": "transformer",
    "13": "own",
}


# What `check` says where a teacher has left the modules of `MODULES` out.
NO_CHECKER = Verdict(None, "There are no checkers in this copy: your teacher marks your answer.")


def exercises_of(notebook: str) -> dict[str, Exercise]:
    """Return the exercises of the notebook with this number, "01" to "13", by their own numbers.

    Raises ValueError if this copy of the project has no checkers.
    """
    if not has_checkers(notebook):
        raise ValueError(f"{NO_CHECKER.message} To have them, get the whole project.")
    return import_module(f"utils.exercises.{MODULES[notebook]}").EXERCISES


def has_checkers(notebook: str) -> bool:
    """Tell whether the module with a notebook's exercises is there."""
    return find_spec(f"utils.exercises.{MODULES[notebook]}") is not None


def check(number: str, answer: Any) -> Verdict:
    """Judge an answer to the exercise `number`, such as "05.1". Raises ValueError for others.

    A notebook shows a button below the verdict, which opens an answer.
    """
    number = str(number)
    notebook = number.partition(".")[0]
    if notebook in MODULES and not has_checkers(notebook):
        return NO_CHECKER
    if notebook not in MODULES or number not in exercises_of(notebook):
        raise ValueError(f"there is no exercise {number!r}: take the number from its heading.")
    return exercises_of(notebook)[number].judge(answer)._replace(answer=answer_of(number))
