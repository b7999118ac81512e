"""The words: data/lexicon.toml, read when one is first needed, and checked as a whole.

People edit that file. A mistake becomes a ValueError that names the entry and what is expected of
it, or the line, where the file is no TOML.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from utils.corpora.grammar.schema import check_lexicon
from utils.system.failures import explain
from utils.system.paths import DATA

PATH = DATA / "lexicon.toml"


class Table(Mapping[str, Any]):
    """A table of the lexicon; the file is read when somebody first looks into one."""

    def __init__(self, entries: Callable[[], Mapping[str, Any]]):
        self._entries = entries

    def __getitem__(self, name: str) -> Any:
        return self._entries()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries())

    def __len__(self) -> int:
        return len(self._entries())


@cache
def lexicon() -> dict[str, dict[str, Any]]:
    """Return all tables of the shipped lexicon; it is read once."""
    return read_lexicon(PATH)


def read_lexicon(path: Path) -> dict[str, dict[str, Any]]:
    """Read a lexicon and check every entry; ValueError names the first mistake."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ValueError(explain(error, path)) from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}{_explain_toml(str(error), path)}") from None
    try:
        check_lexicon(tables)
    except ValueError as error:
        raise ValueError(f"{path}, {error}") from None
    return tables


def _explain_toml(said: str, path: Path) -> str:
    """Turn "Cannot overwrite a value (at line 9, column 2)" into where, what, and what to do."""
    place = re.search(r" \(at (?:line (\d+)|end of document).*", said)
    what = said[: place.start()] if place else said
    if place is None or place[1] is None:
        return f": {what} at its end; close what was opened last"
    line = path.read_text(encoding="utf-8-sig").split("\n")[int(place[1]) - 1]
    remedy = "an entry is written once, as name = { english = … } or [nouns.name]"
    if re.match(r"\s*(\[[\w.]*[^\x00-\x7f]|[\w.]*[^\x00-\x7f]\w*\s*=)", line):
        remedy = 'a name with ä, ö, ü or ß needs quotes, as in "müde"'
    return f", line {place[1]}: {what}; {remedy}"


LEXICON = Table(lexicon)
NOUNS = Table(lambda: lexicon()["nouns"])
VERBS = Table(lambda: lexicon()["verbs"])
ADJECTIVES = Table(lambda: lexicon()["adjectives"])
