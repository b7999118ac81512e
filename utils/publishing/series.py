"""The series as a whole: its notebooks, their minutes and questions, and the map."""

import json
import re
from collections.abc import Iterator
from html import escape
from typing import NamedTuple

from utils.system.paths import NOTEBOOKS

HEADER = re.compile(r"# (\d\d) · (.+)")
MINUTES = re.compile(r"\*\*Time\.\*\* about (\d+) minutes")
PARTS = {  # of the walk, each with its notebooks' questions
    "See it": {"00": "What is attention, and does it help?"},
    "One vector, and where it breaks": {
        "01": "How does a sentence become numbers?",
        "02": "Can one vector carry a whole sentence?",
        "03": "Where does it break, and why?",
    },
    "Attention, built by hand": {
        "04": "What is attention, in numbers I can check?",
        "05": "Does looking back repair long sentences?",
        "06": "What if the two sides differ in size?",
        "07": "What are v and tanh for in the first attention?",
    },
    "Measured, and doubted": {
        "08": "Which differences are larger than chance?",
        "09": "How far can I trust a heat map?",
    },
    "Real sentences, and beyond": {
        "10": "How do I find a good sentence, and score it?",
        "11": "What does it take on sentences people wrote?",
        "12": "Can the RNN go?",
        "13": "How do I build one for my own data?",
    },
}
ROW = "display:flex;flex-wrap:wrap;gap:8px;margin:4px 0 14px"
BOX = (
    "flex:1 1 180px;max-width:300px;padding:8px 12px;border:1px solid;border-radius:8px;"
    "color:inherit;text-decoration:none;line-height:1.35"
)


class Entry(NamedTuple):
    """What the map says of a notebook."""

    number: str
    title: str
    file: str
    minutes: int
    question: str


def entries() -> list[Entry]:
    """Return all notebooks in the order of their numbers, as their first cells call themselves.

    Raises ValueError for a notebook that no part of the walk holds.
    """
    questions = {number: question for part in PARTS.values() for number, question in part.items()}
    found = []
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        # Not by nbformat: where a notebook is read elsewhere, as in Colab, it may be missing.
        opening = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
        header, minutes = HEADER.search(opening), MINUTES.search(opening)
        if header is None or minutes is None or header[1] not in questions:
            raise ValueError(f"the map has no place for {path.name}: add its question to PARTS.")
        number, title = header.groups()
        found.append(Entry(number, title, path.name, int(minutes[1]), questions[number]))
    return found


def parts() -> dict[str, list[Entry]]:
    """Return the parts of the walk by their names, each with its notebooks."""
    known = {entry.number: entry for entry in entries()}
    return {name: [known[n] for n in part if n in known] for name, part in PARTS.items()}


class SeriesMap(NamedTuple):
    """The map: a row of boxes for each part of the walk; a box is a link to its notebook."""

    parts: dict[str, list[Entry]]

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for part, found in self.parts.items():
            yield part
            for each in found:
                yield f"  {each.number} {each.title} ({each.minutes} min): {each.question}"

    def _repr_html_(self) -> str:
        rows = []
        for part, found in self.parts.items():
            boxes = "".join(map(_box, found))
            rows.append(f'<p><b>{escape(part)}</b></p><div style="{ROW}">{boxes}</div>')
        return "".join(rows)


def _box(entry: Entry) -> str:
    """Return one notebook's box."""
    return (
        f'<a href="{entry.file}" style="{BOX}"><b>{entry.number} · {escape(entry.title)}</b><br>'
        f"{escape(entry.question)}<br><small>{entry.minutes} min</small></a>"
    )


def series_map() -> SeriesMap:
    """Return the map of the series, for a notebook to show."""
    return SeriesMap(parts())
