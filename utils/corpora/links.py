"""Links made by hand, between the words of a split that is not stored in tokens.

A corpus needs one answer for each word, so its `.align` files have sure links only. Whoever links
real sentences is sometimes in doubt, and an error rate can make use of that: here `0-0` is a sure
link, and `1?2` one that a good reader might make or leave out.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from utils.corpora.lines import POSSIBLE, SURE, parse_links, read_lines
from utils.corpora.pairs import CorpusError, Pair

Links = frozenset[tuple[int, int]]


class HandLinks(NamedTuple):
    """For each pair the sure and the merely possible links, as (source, target) positions."""

    sure: list[Links]
    possible: list[Links]

    @property
    def all(self) -> list[Links]:
        """The links of each pair, of both kinds."""
        return [sure | possible for sure, possible in zip(*self, strict=True)]


def read_links(path: Path, pairs: Sequence[Pair]) -> HandLinks:
    """Read a line of links for each pair; positions are those of the pair's words, from 0.

    Raises CorpusError, which names file and line: no link, one that points outside its pair or
    is of both kinds, or a line too few or too many.
    """
    lines = read_lines(path)
    if len(lines) != len(pairs):
        raise CorpusError(
            f"{path}, line {min(len(lines), len(pairs)) + 1}: there are {len(lines)} lines for "
            f"{len(pairs)} pairs; give each pair a line"
        )
    rows = [
        _read_line(line, pair, f"{path}, line {number}")
        for number, (line, pair) in enumerate(zip(lines, pairs, strict=True), 1)
    ]
    return HandLinks([sure for sure, _ in rows], [possible for _, possible in rows])


def _read_line(line: str, pair: Pair, where: str) -> tuple[Links, Links]:
    """Return the sure and the possible links of a pair."""
    links = parse_links(line, len(pair.source), len(pair.target), where, SURE + POSSIBLE)
    sure, possible = links[SURE], links[POSSIBLE]
    if both := sorted(sure & possible):
        source, target = both[0]
        raise CorpusError(
            f"{where}: {source}-{target} is also there as {source}?{target}; "
            "a link is sure or possible, keep one of them"
        )
    return sure, possible
