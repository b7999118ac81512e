"""Questions with several answers to choose from, of which one is right.

data/questions/ holds the quick questions that notebooks show, data/exam/ those kept for exams; a
file for each notebook: 01.toml and so on. data/README.md describes the format.
"""

import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from utils.exercises.objectives import load_objectives
from utils.exercises.pictures import check_picture
from utils.system.paths import DATA

SHOWN = DATA / "questions"
EXAM = DATA / "exam"  # a teacher may leave it out: nothing that readers open depends on it
NEEDED = {"id", "text", "reread", "objectives", "difficulty", "option"}
OPTIONAL = {"picture"}
IDS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LEVELS = (1, 2, 3)


class Option(NamedTuple):
    """An answer to choose, whether it is right, and why."""

    text: str
    right: bool
    why: str


class Question(NamedTuple):
    """A question and its options, of which exactly one is right.

    `picture` is part of the question, or None. `reread` is the heading of the section that has the
    answer. `name` tells it from all others: the notebook and an id, "05-longer-query".
    `difficulty` goes from 1, a definition or one computation, to 3, where two ideas meet.
    """

    text: str
    options: tuple[Option, ...]
    picture: dict[str, Any] | None
    reread: str
    name: str
    objectives: tuple[str, ...]
    difficulty: int

    @property
    def notebook(self) -> str:
        """The number of its notebook, such as "05"."""
        return self.name[:2]

    @property
    def answer(self) -> int:
        """The position of the right option, from 0."""
        return [option.right for option in self.options].index(True)


def load_questions(notebook: str, folder: Path = SHOWN) -> list[Question]:
    """Return the questions on the notebook with this number, such as "05".

    Raises ValueError when `folder` has none, and when one of them breaks a rule of the format.
    """
    path = folder / f"{notebook}.toml"
    if not path.is_file():
        raise ValueError(f"there are no questions on notebook {notebook!r}: try '05'.")
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("question", [])
    return [
        read_question(entry, notebook, f"{path.name}, question {i}")
        for i, entry in enumerate(entries, start=1)
    ]


def all_questions(folder: Path = SHOWN) -> list[Question]:
    """Return the questions of all notebooks; none if a teacher has left the folder out.

    Raises ValueError as `load_questions` does, and when two questions have the same name.
    """
    numbers = sorted(path.stem for path in folder.glob("[0-9][0-9].toml"))
    found = [question for number in numbers for question in load_questions(number, folder)]
    names = [question.name for question in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{folder.name}: {', '.join(twice)} is used twice; change one of the ids.")
    return found


def read_question(entry: dict[str, Any], notebook: str, place: str) -> Question:
    """Return a question of a TOML file; `place` is where an error says that it stands."""
    try:
        _check(entry)
        picture = check_picture(entry["picture"]) if "picture" in entry else None
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None
    return Question(
        text=entry["text"],
        options=tuple(Option(**option) for option in entry["option"]),
        picture=picture,
        reread=entry["reread"],
        name=f"{notebook}-{entry['id']}",
        objectives=tuple(entry["objectives"]),
        difficulty=entry["difficulty"],
    )


def _check(entry: dict[str, Any]) -> None:
    """Raise ValueError for the first rule of the format that a question breaks."""
    if missing := sorted(NEEDED - set(entry)):
        raise ValueError(f"a question needs {', '.join(missing)}.")
    if unknown := sorted(set(entry) - NEEDED - OPTIONAL):
        raise ValueError(f"a question has no {', '.join(unknown)}.")
    for field in ("id", "text", "reread"):
        if not isinstance(entry[field], str) or not entry[field].strip():
            raise ValueError(f"{field} is a text, not {entry[field]!r}.")
    if not IDS.fullmatch(entry["id"]):
        raise ValueError(f"id is lower-case words with hyphens between them, not {entry['id']!r}.")
    objectives = entry["objectives"]
    if not objectives or set(objectives) - set(load_objectives()):
        raise ValueError(f"objectives are ids of objectives.toml, one or more, not {objectives}.")
    if entry["difficulty"] not in LEVELS:
        raise ValueError(f"difficulty is 1, 2 or 3, not {entry['difficulty']!r}.")
    _check_options(entry["option"])


def _check_options(options: list[dict[str, Any]]) -> None:
    for option in options:
        if set(option) != set(Option._fields):
            raise ValueError(f"an option has text, right and why, not {sorted(option)}.")
    if not 3 <= len(options) <= 4:
        raise ValueError(f"a question has three or four options, not {len(options)}.")
    if len({option["text"] for option in options}) < len(options):
        raise ValueError("two options have the same text: change one of them.")
    right = [option["right"] for option in options].count(True)
    if right != 1:
        raise ValueError(f"one option is right, not {right}.")
