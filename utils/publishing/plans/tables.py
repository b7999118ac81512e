"""The plans as Markdown, for the teacher's guide."""

from collections.abc import Sequence
from itertools import groupby, pairwise

from utils.exercises.questions import load_questions
from utils.publishing.plans.lessons import Block, Lesson, Plan
from utils.publishing.plans.sections import TO, Section, notebooks, plain

TIGHT = 0.85  # of a block: more talk than that leaves no time for questions
COLUMNS = ("minutes", "notebook and sections", "slides", "aloud", "the class", "explorers")
HEAD = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}"


def table(plan: Plan) -> str:
    """Return a plan as a section of the guide: what to prepare, a table for each lesson."""
    parts = [f"### {plan.title}", plan.about.strip()]
    for lesson in plan.lessons:
        parts += [f"**{lesson.name}**"] if lesson.name else []
        parts.append("\n".join([HEAD, *_rows(lesson)]))
        if lesson.homework:
            parts.append(f"At home: {_listed(lesson.homework, 'exercise')}.")
    return "\n\n".join(parts) + "\n"


def _rows(lesson: Lesson) -> list[str]:
    rows, start = [], 0
    for block in lesson.blocks:
        end = start + block.minutes
        shown = block.shown()
        explorers = dict.fromkeys(name for section in shown for name in section.explorers)
        does = block.does
        if block.exercises:
            does += f"; {_listed(block.exercises, 'exercise')}"
        cells = [f"{start}–{end}", _what(block), _ranges(shown), _aloud(block), does]
        cells.append(", ".join(explorers))
        rows.append(f"| {' | '.join(cells)} |")
        start = end
    return rows


def _aloud(block: Block) -> str:
    """Return the minutes of talk and work, bold where they leave next to nothing for questions."""
    minutes = block.aloud()
    if not block.notebook:
        return ""
    return f"**{minutes:.0f}**" if minutes > TIGHT * block.minutes else f"{minutes:.0f}"


def _listed(numbers: Sequence[str], noun: str) -> str:
    """Return "exercises 02.1, 02.3 and 02.5"."""
    *most, last = numbers
    return f"{noun}s {', '.join(most)} and {last}" if most else f"{noun} {last}"


def _what(block: Block) -> str:
    """Return what is shown, with links to the notebook's cells."""
    if block.polls:
        return "quick questions: " + "; ".join(_asked(block.polls))
    if not block.notebook:
        return ""
    file = notebooks()[block.notebook][0]
    if not block.sections:
        return f"[{block.notebook}]({file}), whole"
    by_name = {plain(section.heading): section for section in block.shown()}

    def link(name: str) -> str:
        return f"[{by_name[name].heading}]({file}#cell-id={by_name[name].cell})"

    spans = (" to ".join(map(link, each.split(TO))) for each in block.sections)
    return f"{block.notebook}: {', '.join(spans)}"


def _asked(polls: Sequence[str]) -> list[str]:
    """Return the questions by notebook and place: "1 and 2 of 04"."""
    result = []
    for notebook, names in groupby(polls, key=lambda name: name[:2]):
        order = [question.name for question in load_questions(notebook)]
        places = sorted(order.index(name) + 1 for name in names)
        *most, last = map(str, places)
        numbers = f"{', '.join(most)} and {last}" if most else last
        every = len(places) == len(order)
        result.append(f"{'all' if every else numbers} of {notebook}")
    return result


def _ranges(sections: Sequence[Section]) -> str:
    """Return the numbers of the sections' slides: "2–4, 7"."""
    numbers = sorted({number for section in sections for number in section.slides})
    if not numbers:
        return ""
    ends = [0, *(i for i, (a, b) in enumerate(pairwise(numbers), 1) if b > a + 1), len(numbers)]
    runs = [numbers[a:b] for a, b in pairwise(ends)]
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
