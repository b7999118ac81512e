"""What a reader has done so far, in a file of her own: `progress()` shows it, nothing sends it.

`check` and the quick questions note down what was answered: in progress.json beside the notebook,
in that format:

    {"format": 1, "exercises": {"05.1": {"tries": 2, "right": true}},
     "questions": {"05": [true, false, null]}}

A list of questions holds the first answers: right, wrong, or null where none was given. The pages
keep the same in the browser, and save it as such a file.
"""

import builtins
import json
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from utils.exercises.catalog import MODULES, exercises_of
from utils.system.storage import write_text_atomically

FORMAT = 1
FILE = "progress.json"
PLACE = "ATTENTION_PROGRESS"  # environment variable: another file; "" to keep no record


def place() -> Path | None:
    """Return the file that holds the record: None outside a notebook, where nobody keeps one."""
    chosen = os.environ.get(PLACE)
    if chosen is not None:
        return Path(chosen) if chosen else None
    return Path(FILE) if hasattr(builtins, "__IPYTHON__") else None


@dataclass
class Progress:
    """A reader's record: how often each exercise was tried, and the first answers to questions."""

    exercises: dict[str, dict[str, Any]] = field(default_factory=dict)  # the latest one last
    questions: dict[str, list[bool | None]] = field(default_factory=dict)
    name: str = ""  # of the reader, in a file for a teacher

    def note_exercise(self, number: str, right: bool) -> None:
        """Count a try; what was right once stays right."""
        before = self.exercises.pop(number, {"tries": 0, "right": False})
        self.exercises[number] = {
            "tries": before["tries"] + 1,
            "right": before["right"] or right,
        }

    def note_questions(self, notebook: str, first: Sequence[bool | None]) -> None:
        """Keep the first answers to a notebook's quick questions; starting over erases none."""
        before = self.questions.get(notebook, [])
        if len(before) != len(first):  # none yet, or the questions are others now
            before = [None] * len(first)
        pairs = zip(before, first, strict=True)
        self.questions[notebook] = [new if old is None else old for old, new in pairs]

    def is_right(self, number: str) -> bool:
        """Tell whether an exercise is done."""
        return bool(self.exercises.get(number, {}).get("right"))

    def following(self) -> str:
        """Return the exercise to go on with: after the latest one that is not right yet, or ""."""
        numbers = [number for notebook in MODULES for number in exercises_of(notebook)]
        latest = next(reversed(self.exercises), None)
        start = numbers.index(latest) if latest in numbers else 0
        open_ones = [each for each in numbers[start:] + numbers[:start] if not self.is_right(each)]
        return open_ones[0] if open_ones else ""

    def line(self, notebook: str) -> str:
        """Return where a reader stands in a notebook, such as "2 of 6 in 05; next: 05.3"."""
        done, following = f"{self.done(notebook)} in {notebook}", self.following()
        return f"{done}; next: {following}" if following else f"{done}; all are done"

    def done(self, notebook: str) -> str:
        """Return how many of a notebook's exercises are right, such as "2 of 6"."""
        numbers = exercises_of(notebook)
        return f"{sum(map(self.is_right, numbers))} of {len(numbers)}"

    def rows(self) -> list[tuple[str, str, str]]:
        """Return notebook, exercises and questions, for each notebook that was worked on."""
        rows = []
        for notebook in MODULES:
            first = self.questions.get(notebook, [])
            if not first and self.exercises.keys().isdisjoint(exercises_of(notebook)):
                continue
            asked = f"{first.count(True)} of {len(first)}" if first else ""
            rows.append((notebook, self.done(notebook), asked))
        return rows

    def __repr__(self) -> str:
        if not self.rows():
            return "Nothing yet: `check` an answer, or click one of the quick questions."
        lines = [
            f"{notebook}: {done} exercises"
            + (f", {asked} questions at the first try" * bool(asked))
            for notebook, done, asked in self.rows()
        ]
        return "\n".join([*lines, f"Next: {self.following() or 'nothing is left'}"])

    def _repr_html_(self) -> str:
        if not self.rows():
            return re.sub("`(.+?)`", r"<code>\1</code>", f"<p>{escape(repr(self))}</p>")
        head = "<tr><th>notebook</th><th>exercises</th><th>questions at the first try</th></tr>"
        body = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in self.rows())
        return f"<table>{head}{body}</table><p>Next: {self.following() or 'nothing is left'}</p>"

    def as_json(self) -> str:
        """Return the record as the text of a file."""
        content = {"format": FORMAT, "exercises": self.exercises, "questions": self.questions}
        named = {"name": self.name} if self.name else {}
        return json.dumps(named | content, ensure_ascii=False, indent=1) + "\n"

    def export(self, name: str = "") -> Path:
        """Write the record under the reader's name, to hand in; return the new file.

        Raises ValueError without a name, and OSError where nothing can be written.
        """
        letters = re.sub(r"\W+", "-", name).strip("-_").lower()
        if not letters:
            raise ValueError('say whose record it is, as in progress().export("Anna Weber").')
        path = (place() or Path(FILE)).with_name(f"progress-{letters}.json")
        named = Progress(self.exercises, self.questions, name.strip())
        write_text_atomically(path, named.as_json())
        return path

    def forget(self) -> "Progress":
        """Delete the record; return it, empty now. What was exported stays."""
        self.exercises, self.questions = {}, {}
        path = place()
        if path is not None:
            path.unlink(missing_ok=True)
        return self


def read_progress(path: Path) -> Progress:
    """Return the record in a file. Raises ValueError, with the file's name, if it holds none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return _checked(content)
    except FileNotFoundError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(
            f"{path} holds no record of progress: take another copy, or delete it and begin anew."
        ) from error


def _checked(content: dict[str, Any]) -> Progress:
    """Return a record whose every part is of the right kind; an error of its own for each kind."""
    if content["format"] != FORMAT:
        raise ValueError(f"format {content['format']!r}")
    exercises = {
        str(number): {"tries": int(each["tries"]), "right": each["right"] is True}
        for number, each in content["exercises"].items()
    }
    questions = {str(notebook): list(first) for notebook, first in content["questions"].items()}
    if any(each not in (True, False, None) for first in questions.values() for each in first):
        raise ValueError("an answer that is neither right, wrong nor missing")
    return Progress(exercises, questions, str(content.get("name", "")))


def progress() -> Progress:
    """Return the reader's record, empty at first. Raises ValueError if its file is damaged."""
    path = place()
    if path is None:
        return Progress()
    try:
        return read_progress(path)
    except FileNotFoundError:
        return Progress()


def note_exercise(number: str, right: bool) -> str:
    """Note a try at an exercise; return where the reader stands, or "" where no record is kept.

    An answer is worth more than its record: where that cannot be written, nothing is said.
    """
    path = place()
    if path is None:
        return ""
    with suppress(OSError, ValueError):
        record = progress()
        record.note_exercise(number, right)
        write_text_atomically(path, record.as_json())
        return record.line(number.partition(".")[0])
    return ""


def note_questions(notebook: str, first: Sequence[bool | None]) -> None:
    """Note the first answers to a notebook's quick questions, as `note_exercise` does."""
    path = place()
    if path is None or all(each is None for each in first):
        return
    with suppress(OSError, ValueError):
        record = progress()
        record.note_questions(notebook, first)
        write_text_atomically(path, record.as_json())
