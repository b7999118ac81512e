"""A sentence in two languages: what corpora hold, and what the grammar makes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """A sentence in two languages, as words, and which word translates which.

    `alignment` holds (source position, target position), counted from 0; None if unknown.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    alignment: frozenset[tuple[int, int]] | None = None
