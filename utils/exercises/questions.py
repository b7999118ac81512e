"""Quick questions with several answers to choose from: data/questions/01.toml and so on."""

import tomllib
from typing import NamedTuple

from utils.system.paths import DATA

FOLDER = DATA / "questions"


class Option(NamedTuple):
    """An answer to choose, whether it is right, and why."""

    text: str
    right: bool
    why: str


class Question(NamedTuple):
    """A question and its options; exactly one is right."""

    text: str
    options: tuple[Option, ...]


def load_questions(notebook: str) -> list[Question]:
    """Return the questions of the notebook with this number, such as "05".

    Raises ValueError when it has none.
    """
    path = FOLDER / f"{notebook}.toml"
    if not path.is_file():
        raise ValueError(f"there are no questions on notebook {notebook!r}: try '05'.")
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["question"]
    return [
        Question(entry["text"], tuple(Option(**option) for option in entry["option"]))
        for entry in entries
    ]
