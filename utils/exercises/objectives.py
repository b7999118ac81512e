"""What a reader can do after the series: data/objectives.toml."""

import tomllib
from functools import cache
from typing import NamedTuple

from utils.system.paths import DATA

PATH = DATA / "objectives.toml"
FIELDS = {"id", "text", "headings", "exercises"}


class Objective(NamedTuple):
    """Something that a reader can do afterward: "pad a batch", where that is taught and practiced.

    `headings` holds the sections that teach it, by notebook; `exercises` are numbers such as
    "05.1".
    """

    text: str
    headings: dict[str, list[str]]
    exercises: list[str]


@cache
def load_objectives() -> dict[str, Objective]:
    """Return all objectives by their ids, in the order of the series.

    Raises ValueError for one with a field too many or too few, and for an id used twice.
    """
    found: dict[str, Objective] = {}
    for entry in tomllib.loads(PATH.read_text(encoding="utf-8"))["objective"]:
        place = f"{PATH.name}, objective {entry.get('id')!r}"
        if wrong := sorted(FIELDS ^ set(entry)):
            raise ValueError(f"{place}: an objective has {', '.join(sorted(FIELDS))}; see {wrong}.")
        name = entry.pop("id")
        if name in found:
            raise ValueError(f"{place}: this id is used twice; give one of them another.")
        found[name] = Objective(**entry)
    return found
