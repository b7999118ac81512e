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
WHAT_TO_SEE = {"code", "picture", "table"}
READ = re.compile(r'<div class="part (?:text|number|chips)\b')
NOT_SAID = ("### ", "*Until minute ")  # what the guide says of a notebook; the time
HEADING = re.compile(r"(#+) +(.+)")
EXERCISES = "Exercises"
EXERCISE = re.compile(r"^### Exercise (\d+)\b", re.MULTILINE)
EXERCISE_MINUTES = re.compile(r"^\*\((\d+) minutes?\b", re.MULTILINE)
TO = " .. "
MOST_IN_A_CELL = 9  # slides


class Section(NamedTuple):
    """A heading and what stands below it, up to the next heading.

    `slides` are numbers in the notebook's deck, from 1. `minutes` is the time it takes to read
    aloud slides and notes, or the notebook's text where that has more words, to look, to guess and
    to drag: 0 where no slide shows it.
    """

    level: int
    heading: str
    cell: str
    slides: tuple[int, ...]
    explorers: tuple[str, ...]
    minutes: float


@cache
def notebooks() -> dict[str, tuple[str, NotebookNode]]:
    """Return each notebook by its number, with the name of its file."""
    return {name[:2]: (f"{name}.ipynb", notebook) for name, notebook in read_series().items()}


@cache
def sections_of(number: str) -> tuple[Section, ...]:
    """Return the sections of a notebook, the exercises left out."""
    notebook = notebooks()[number][1]
    slides = Deck(notebook, {}).slides
    groups: list[list[NotebookNode]] = []
    for cell in notebook.cells:
        if _heading(cell):
            groups.append([])
        groups[-1].append(cell)
    found = [_section(cells, slides) for cells in groups]
    return tuple(each for each in found if not _is_exercise(each))


def _section(cells: list[NotebookNode], slides: Sequence[Slide]) -> Section:
    """Return a section of these cells; `slides` are those of the whole deck."""
    begun = {slide_id(cell, number) for cell in cells for number in range(1, MOST_IN_A_CELL + 1)}
    own = [(number, slide) for number, slide in enumerate(slides, start=1) if slide.id in begun]
    explorers = dict.fromkeys(name for cell in cells for name in _explorers(cell))
    level, heading = _heading(cells[0]) or (0, "")
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return Section(
        level,
        heading,
        cells[0].id,
        slides=tuple(number for number, _ in own),
        explorers=tuple(explorers),
        minutes=minutes_of([slide for _, slide in own], text),
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


def minutes_of(slides: Sequence[Slide], text: str = "") -> float:
    """Return the minutes for slides that belong to this `text` of a notebook; 0 without slides.

    A poll has minutes of its own.
    """
    slides = [slide for slide in slides if slide.title != "Quick questions"]
    if not slides:
        return 0
    shown = [_shown(slide) for slide in slides]
    notes = [note for slide in slides for note in slide.notes if not note.startswith(NOT_SAID)]
    spoken = max(_words("\n".join([*shown, *notes])), _words(FOLDED.sub("", text))) / SPOKEN
    looks = LOOK * sum(bool(slide.kinds & WHAT_TO_SEE) for slide in slides)
    guesses = GUESS * sum('class="ask"' in each for each in shown)
    return spoken + looks + guesses + DRAG * sum("explorer" in slide.kinds for slide in slides)


def _shown(slide: Slide) -> str:
    """Return the HTML of what is read from a slide, so neither code nor output."""
    return "".join(part for part in slide.texts + slide.shown if READ.match(part))


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
    found: list[Section] = []
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
