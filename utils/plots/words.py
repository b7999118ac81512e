"""Each word of a sentence in a color of its own: the same in figures, tables and explorers.

Up to six words have colors that anybody can tell apart. In longer sentences the hue says which
word it is: warm and cool take turns, and hues beside each other differ in lightness.
`js/draw/paint.js` does the same for the explorers.
"""

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, cos, radians, sin
from typing import NamedTuple

from utils.plots.colors import THEMES

__all__ = ["WordTable", "word_colors", "word_table"]

CATEGORICAL = 6
WARM = ((16.0, 32.0), (116.0, 152.0))  # degrees, without the hues of amber, the query
COOL = (215.0, 325.0)
CHIP = "border-bottom:0.3em solid {color};padding:0 0.3em;font-weight:bold"


def word_colors(count: int) -> list[str]:
    """Return the colors of `count` words in the order of their sentence, as "#" and six digits."""
    light = THEMES["light"]
    if count <= CATEGORICAL:
        return [str(light[f"word-{j + 1}"]) for j in range(count)]
    return [_color_of(j, count) for j in range(count)]


def _color_of(position: int, count: int) -> str:
    """Return the color of one word of many; its hue and lightness come from its position."""
    half, turn = ceil(ceil(count / 2) / 2), position // 2
    place = turn % 2 * half + turn // 2  # words two places apart are half a range apart
    share = place / max(ceil(count / 2) - 1, 1)
    if position % 2:
        hue = COOL[0] + share * (COOL[1] - COOL[0])
    else:
        (first, until), (second, end) = WARM
        way = share * (until - first + end - second)
        hue = first + way + (second - until if way > until - first else 0)
    light = THEMES["light"]
    lightness = light["word-deep" if place % 2 else "word-lightness"]
    return oklch(float(lightness), float(light["word-chroma"]), round(hue, 1))


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """Return the sRGB color of OKLCH values (Ottosson 2020); the hue is in degrees."""
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    # The three kinds of cones in the eye answer with cube roots.
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
    channels = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
    )
    return "#" + "".join(map(_hexadecimal, channels))


def _hexadecimal(light: float) -> str:
    """Return a channel of linear light, 0 to 1, as two digits of sRGB."""
    light = min(max(light, 0.0), 1.0)
    encoded = 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return f"{int(255 * encoded + 0.5):02X}"


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
