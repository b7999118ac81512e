"""Each word of a sentence in a color of its own: the same in figures, tables and explorers.

A word's color depends on its place alone, so that it keeps it while its sentence grows. There are
sixteen; the seventeenth word has the first again. `js/draw/paint.js` does the same for explorers.
"""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import cycle, islice
from typing import NamedTuple

from utils.plots.colors import THEMES

__all__ = ["WordTable", "word_colors", "word_table"]

COLORS = tuple(str(THEMES["light"][f"word-{number}"]) for number in range(1, 17))
CHIP = "border-bottom:0.3em solid {color};padding:0 0.3em;font-weight:bold"


def word_colors(count: int) -> list[str]:
    """Return the colors of `count` words in the order of their sentence, as "#" and six digits."""
    return list(islice(cycle(COLORS), count))


class WordTable(NamedTuple):
    """A table with a column for each word; a notebook shows each word in its color."""

    words: tuple[str, ...]
    rows: dict[str, tuple[str, ...]]

    def __repr__(self) -> str:
        """Return the table as text, its columns below each other."""
        lines = [("", *self.words), *((name, *cells) for name, cells in self.rows.items())]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        padded = (zip(line, widths, strict=True) for line in lines)
        return "\n".join("  ".join(c.rjust(w) for c, w in line).rstrip() for line in padded)

    def _repr_html_(self) -> str:
        colors = word_colors(len(self.words))
        heads = "".join(
            f'<th><span style="{CHIP.format(color=color)}">{escape(word)}</span></th>'
            for word, color in zip(self.words, colors, strict=True)
        )
        body = "".join(
            "".join([f"<tr><th>{escape(name)}</th>", *(f"<td>{escape(c)}</td>" for c in cells)])
            for name, cells in self.rows.items()
        )
        return f"<table><thead><tr><th></th>{heads}</tr></thead><tbody>{body}</tbody></table>"


def word_table(
    words: Sequence[str], rows: Mapping[str, Sequence[object]], numbers: str = ".2f"
) -> WordTable:
    """Put values below the words of a sentence: a row of S values for each name.

    `numbers` formats those that are numbers. Raises ValueError for a row of another length.
    """
    for name, values in rows.items():
        if len(values) != len(words):
            raise ValueError(f"row {name!r} has {len(values)} values for {len(words)} words.")
    cells = {name: tuple(_cell(value, numbers) for value in row) for name, row in rows.items()}
    return WordTable(tuple(words), cells)


def _cell(value: object, numbers: str) -> str:
    """Return a value as text; tensors of one number count as numbers."""
    if isinstance(value, str):
        return value
    return format(float(value), numbers)  # type: ignore[arg-type]
