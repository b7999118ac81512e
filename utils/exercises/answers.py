"""Reads an answer to each exercise from `data/answers`, for those who ask to see one.

A teacher may leave that folder out. Then the button says so, and all else works.
"""

import tomllib
from functools import cache

from utils.system.paths import DATA

WITH_THE_TEACHER = "# Your teacher has the answer."


@cache
def answers_of(notebook: str) -> dict[str, str]:
    """Return code by exercise for the notebook with this number, "01" to "13"; {} if none is kept.

    Raises ValueError if the file cannot be read.
    """
    path = DATA / "answers" / f"{notebook}.toml"
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} cannot be read ({error}): restore it from git.") from error
    return {number: code.strip() for number, code in found.items()}


def answer_of(number: str) -> str:
    """Return the code that answers the exercise `number`, such as "05.1"; "" if none is kept."""
    if not (DATA / "answers").is_dir():
        return WITH_THE_TEACHER
    return answers_of(number.partition(".")[0]).get(number, "")
