"""The sections of a notebook as a lecturer meets them: slides, explorers, minutes of talk."""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from nbformat import NotebookNode

from utils.publishing.explorers import has_explorer
from utils.publishing.minutes import FOLDED, LOOK
from utils.publishing.pages.page import read_series
from utils.publishing.slides.deck import Deck, Slide
from utils.publishing.slides.links import slide_id
from utils.widgets.kinds import KINDS
from utils.widgets.quiz import QuickQuestions

SPOKEN = 130  # words a minute
GUESS = 0.5  # minutes in which the class answers a question on a slide
DRAG = 2  # minutes with an explorer
EXPLORERS = tuple(kind.__name__ for kind in KINDS if kind is not QuickQuestions)
WHAT_TO_SEE = ("code", "picture", "table")
HEADING = re.compile(r"(#+) +(.+)")
EXERCISES = "Exercises"
EXERCISE = re.compile(r"^### Exercise (\d+)\b", re.MULTILINE)
EXERCISE_MINUTES = re.compile(r"^\*\((\d+) minutes?\b", re.MULTILINE)
TO = " .. "
MOST_IN_A_CELL = 9  # slides


class Section(NamedTuple):
    """A heading and what stands below it, up to the next heading.

    `slides` are numbers in the notebook's deck, from 1. `brief` is the time in minutes that it
    takes to read aloud what stands on them, to look, to guess and to drag; in `full`, the notes
    are read instead where they say more.
    """

    level: int
    heading: str
    cell: str
    slides: tuple[int, ...]
    explorers: tuple[str, ...]
    brief: float
    full: float


@cache
def notebooks() -> dict[str, tuple[str, NotebookNode]]:
    """Return each notebook by its number, with the name of its file."""
    return {name[:2]: (f"{name}.ipynb", notebook) for name, notebook in read_series().items()}


@cache
def sections_of(number: str) -> tuple[Section, ...]:
    """Return the sections of a notebook, the exercises left out."""
    notebook = notebooks()[number][1]
    slides = Deck(notebook, {}).slides
    minutes = minutes_of(slides)
    timed = [(slide.id, *each) for slide, each in zip(slides, minutes, strict=True)]
    groups: list[list[NotebookNode]] = []
    for cell in notebook.cells:
        if _heading(cell):
            groups.append([])
        groups[-1].append(cell)
    found = [_section(cells, timed) for cells in groups]
    return tuple(each for each in found if not _is_exercise(each))


def _section(cells: list[NotebookNode], timed: list[tuple[str, float, float]]) -> Section:
    """Return a section of these cells; `timed` has the id and minutes of all the deck's slides."""
    begun = {slide_id(cell, number) for cell in cells for number in range(1, MOST_IN_A_CELL + 1)}
    own = [(n, brief, full) for n, (id, brief, full) in enumerate(timed, start=1) if id in begun]
    explorers = dict.fromkeys(name for cell in cells for name in _explorers(cell))
    level, heading = _heading(cells[0]) or (0, "")
    return Section(
        level,
        heading,
        cells[0].id,
        slides=tuple(n for n, _, _ in own),
        explorers=tuple(explorers),
        brief=sum(brief for _, brief, _ in own),
        full=sum(full for _, _, full in own),
    )


def _heading(cell: NotebookNode) -> tuple[int, str] | None:
    """Return the level and the text of the heading that a cell begins with."""
    found = HEADING.match(cell.source) if cell.cell_type == "markdown" else None
    return (len(found[1]), found[2].strip()) if found else None


def _explorers(cell: NotebookNode) -> list[str]:
    if cell.cell_type != "code" or not any(map(has_explorer, cell.outputs)):
        return []
    return [name for name in EXPLORERS if re.search(rf"\b{name}\(", cell.source)]


def _is_exercise(section: Section) -> bool:
    return section.heading == EXERCISES or section.heading.startswith("Exercise ")


def minutes_of(slides: Sequence[Slide]) -> list[tuple[float, float]]:
    """Return for each slide its minutes: what stands on it, and with the notes in place of that.

    Notes that a slide shares with the one before it are read once.
    """
    result = []
    before: list[str] = []
    for slide in slides:
        shown = "".join(part for part in slide.texts + slide.shown if 'class="part text' in part)
        told = [] if slide.notes is before else [n for n in slide.notes if not n.startswith("### ")]
        before = slide.notes
        other = LOOK * bool(slide.kinds & set(WHAT_TO_SEE)) + GUESS * ('class="ask"' in shown)
        other += DRAG * ("explorer" in slide.kinds)
        words = _words(shown)
        spoken = max(words, _words(FOLDED.sub("", "\n".join(told))))
        is_poll = slide.title == "Quick questions"
        result.append((0, 0) if is_poll else (words / SPOKEN + other, spoken / SPOKEN + other))
    return result


def _words(html: str) -> int:
    return len(re.sub(r"<[^>]*>", " ", html).split())


def plain(heading: str) -> str:
    """Return a heading without the marks of code."""
    return heading.replace("`", "")


def chosen(number: str, names: Sequence[str]) -> list[Section]:
    """Return the sections with these headings, each with those below it; all if none is named.

    "A .. B" stands for all from A to B. Raises ValueError for a heading that is not there.
    """
    everything = sections_of(number)
    if not names:
        return list(everything)
    found = []
    for name in names:
        first, _, last = name.partition(TO)
        start, end = _find(number, first), _find(number, last or first)
        if end < start:
            raise ValueError(f'"{name}": in notebook {number} the second one comes first.')
        level = everything[end].level
        while end + 1 < len(everything) and everything[end + 1].level > level:
            end += 1
        found += everything[start : end + 1]
    return found


def _find(number: str, name: str) -> int:
    headings = [plain(section.heading) for section in sections_of(number)]
    if name not in headings:
        raise ValueError(f'notebook {number} has no heading "{name}": take one as it stands there.')
    return headings.index(name)


@cache
def exercise_minutes(number: str) -> dict[str, int]:
    """Return the minutes that a notebook gives to its exercises, by their numbers: "05.1"."""
    found: dict[str, int] = {}
    current = ""
    for cell in notebooks()[number][1].cells:
        for exercise in EXERCISE.findall(cell.source):
            current = f"{number}.{exercise}"
        minutes = EXERCISE_MINUTES.search(cell.source)
        if cell.cell_type == "markdown" and current and minutes:
            found.setdefault(current, int(minutes[1]))
    return found
