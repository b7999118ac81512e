"""The plans in data/plans.toml, and what would make one impossible to teach."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from utils.exercises.questions import Question, all_questions
from utils.publishing.plans.sections import (
    Section,
    chosen,
    exercise_minutes,
    notebooks,
    plain,
)
from utils.system.paths import DATA

PATH = DATA / "plans.toml"
VOTE = 1  # minutes to vote on a quick question and read why


@dataclass(frozen=True)
class Block:
    """Some minutes of a lesson: sections of one notebook, or a poll, or work in groups.

    Without `sections`, the whole notebook. `polls` are names of quick questions: "05-longer-query".
    """

    minutes: int
    does: str
    notebook: str = ""
    sections: list[str] = field(default_factory=list)
    exercises: list[str] = field(default_factory=list)
    polls: list[str] = field(default_factory=list)

    def shown(self) -> list[Section]:
        """Return the sections that it goes through. Raises ValueError for one that is not there."""
        return chosen(self.notebook, self.sections) if self.notebook else []

    def work(self) -> int:
        """Return the minutes of its exercises and polls. Raises ValueError for an unknown one."""
        return sum(map(minutes_of_exercise, self.exercises)) + VOTE * len(self.polls)

    def aloud(self) -> float:
        """Return the minutes it takes to talk it through, with its exercises and polls."""
        return sum(section.minutes for section in self.shown()) + self.work()


@dataclass(frozen=True)
class Lesson:
    """Blocks one after the other, and exercises to do at home."""

    minutes: int
    blocks: list[Block]
    name: str = ""
    homework: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """One lesson or several, under a title; `about` says what to prepare."""

    title: str
    about: str
    lessons: list[Lesson]


def read_plans(path: Path = PATH) -> list[Plan]:
    """Return the plans. Raises ValueError for a key that no plan has, or one that is missing."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["plan"]
    try:
        return [_plan(entry) for entry in entries]
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path.name}: a key is missing or wrong: {error}.") from error


def _plan(entry: dict[str, Any]) -> Plan:
    lessons = [
        Lesson(**(lesson | {"blocks": [Block(**block) for block in lesson["blocks"]]}))
        for lesson in entry["lessons"]
    ]
    return Plan(entry["title"], entry["about"], lessons)


def minutes_of_exercise(number: str) -> int:
    """Return the minutes of an exercise such as "05.1". Raises ValueError if there is none."""
    notebook = number.partition(".")[0]
    minutes = exercise_minutes(notebook) if notebook in notebooks() else {}
    if number not in minutes:
        raise ValueError(f"there is no exercise {number!r}: name one as in 05.1.")
    return minutes[number]


def question_named(name: str) -> Question:
    """Return a quick question. Raises ValueError if there is none with this name."""
    for question in all_questions():
        if question.name == name:
            return question
    raise ValueError(f"there is no quick question {name!r}: take an id from data/questions.")


def faults(plan: Plan) -> Iterator[str]:
    """Yield what would go wrong: minutes that don't add up or suffice, a poll on the untaught."""
    taught: set[tuple[str, str]] = set()
    for lesson in plan.lessons:
        place = f"{plan.title} {lesson.name}".strip()
        total = sum(block.minutes for block in lesson.blocks)
        if total != lesson.minutes:
            yield f"{place}: the blocks add up to {total} minutes, not {lesson.minutes}."
        for block in lesson.blocks:
            taught |= {(block.notebook, plain(section.heading)) for section in block.shown()}
            yield from (f"{place}, {fault}" for fault in _faults_of(block, taught))
        for number in lesson.homework:
            minutes_of_exercise(number)


def _faults_of(block: Block, taught: set[tuple[str, str]]) -> Iterator[str]:
    name = f'"{block.does}"'
    if block.aloud() > block.minutes:
        yield f"{name}: {block.aloud():.0f} minutes do not fit into {block.minutes}."
    if block.notebook and not any(section.slides for section in block.shown()):
        yield f"{name}: no slide shows it."
    for question in map(question_named, block.polls):
        if (question.notebook, question.reread) not in taught:
            yield f'{name}: asks {question.name} before "{question.reread}" was taught.'
    seen = {notebook for notebook, _ in taught}
    for number in block.exercises:
        if number[:2] not in seen:
            yield f"{name}: exercise {number} comes before its notebook."
