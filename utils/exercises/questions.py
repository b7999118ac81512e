"""Quick questions with several answers to choose from: data/questions/01.toml and so on."""

import tomllib
from typing import Any, NamedTuple

from utils.exercises.pictures import check_picture
from utils.system.paths import DATA

FOLDER = DATA / "questions"


class Option(NamedTuple):
    """An answer to choose, whether it is right, and why."""

    text: str
    right: bool
    why: str


class Question(NamedTuple):
    """A question and its options, of which exactly one is right.

    `picture` is part of the question, or None; `reread` is the heading of the notebook's section
    that has the answer, or "". `data/README.md` describes both.
    """

    text: str
    options: tuple[Option, ...]
    picture: dict[str, Any] | None = None
    reread: str = ""


def load_questions(notebook: str) -> list[Question]:
    """Return the questions of the notebook with this number, such as "05".

    Raises ValueError when it has none, and when a picture is not as `check_picture` wants it.
    """
    path = FOLDER / f"{notebook}.toml"
    if not path.is_file():
        raise ValueError(f"there are no questions on notebook {notebook!r}: try '05'.")
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["question"]
    return [read_question(entry, f"{path.name}, {entry['text']!r}") for entry in entries]


def read_question(entry: dict[str, Any], place: str) -> Question:
    """Return a question of a TOML file; `place` is where an error says that it stands."""
    options = tuple(Option(**option) for option in entry["option"])
    picture = entry.get("picture")
    if picture is not None:
        try:
            picture = check_picture(picture)
        except ValueError as error:
            raise ValueError(f"{place}: {error}") from None
    return Question(entry["text"], options, picture, entry.get("reread", ""))
