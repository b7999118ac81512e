"""Words above the columns of a map: no line from a word down to its column passes another word.

`js/draw/columnnames.js` does the same for explorers.
"""

from collections.abc import Sequence
from typing import NamedTuple, cast

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import (
    Affine2D,
    Affine2DBase,
    ScaledTranslation,
    Transform,
    blended_transform_factory,
)

from utils.plots.labels import drawable
from utils.plots.style import LETTER
from utils.plots.words import word_colors

MOST_LEVELS = 12  # lines of words: enough for 30 in one of two panels
POINTS = 72  # in an inch; all heights above a map are in points
LINE, STRIP, FAN = 18, 6, 12  # of a word, of a column's color, and of lines that turn to columns
BASE, DESCENT = 8, 6  # from there up to the lowest words; what hangs below their line
SPARE = 0.7  # of the room for the names of the rows: words of the first columns may use it
CAREFUL = 0.88  # of a column's width is counted on: bars and titles come later, and take some
APART = 5  # between a word and its neighbor, or its neighbor's line


class Name(NamedTuple):
    """Where a word stands, in columns: its left end, where its line begins, and on which level."""

    left: float
    foot: float
    level: int


def name_columns(words: Sequence[str], rows: Sequence[str], ax: Axes) -> None:
    """Write the words above the columns of a map, each on a strip of its color.

    Neighbors take turns on as few lines as there can be, and a line leads from each word down to
    its column, between words of lower lines. `rows` are the names of the rows.
    """
    shown, look = drawable(words)
    style = ax.xaxis.get_major_ticks()[0].label1.get_fontproperties()
    across = blended_transform_factory(ax.transData, _points_above(ax))  # columns, points
    texts = [
        ax.text(0, 0, word, ha="center", transform=across, fontproperties=style, **look)
        for word in shown
    ]
    scale = POINTS / ax.figure.dpi
    widths = [text.get_window_extent().width * scale for text in texts]
    names, column = _fitting_names(widths, rows, ax)
    levels = max(name.level for name in names) + 1
    fan = FAN if any(abs(name.foot - j - 0.5) > 0.02 for j, name in enumerate(names)) else 0
    for j, color in enumerate(word_colors(len(names))):
        name, text, width = names[j], texts[j], widths[j] / column
        strip = Rectangle((j + 0.04, 0), 0.92, STRIP, color=color, lw=0, clip_on=False)
        strip.set_transform(across)
        ax.add_artist(strip)
        base = STRIP + fan + BASE + LINE * name.level
        text.set_position((name.left + width / 2, base))
        if fan or name.level:
            x, y = [name.foot, name.foot, j + 0.5], [base - DESCENT, STRIP + fan, STRIP]
            ax.add_artist(Line2D(x, y, color=color, lw=1.2, clip_on=False, transform=across))
    _hold_room(ax, levels, STRIP + fan + BASE)


def placed_names(
    widths: Sequence[float], levels: int, start: float, end: float, gap: float
) -> list[Name] | None:
    """Return the places of S words above columns at 0.5, 1.5, …; None if there is no room.

    Neighbors take turns on `levels` lines between `start` and `end`. All widths are in columns.
    """
    words = [_Word(w, j % levels, j + 0.5 - w / 2, j + 0.5) for j, w in enumerate(widths)]
    least = _pushed([word._replace(left=start, foot=start) for word in words], levels, gap)
    if any(name.left + word.width > end for name, word in zip(least, words, strict=True)):
        return None
    most = _mirrored(
        [word._replace(left=end - word.width, foot=end) for word in words], levels, gap
    )
    ways = (_pushed(words, levels, gap), _mirrored(words, levels, gap), least, most)
    return [
        Name(
            _between(*(name.left for name in names)),
            _between(*(name.foot for name in names)),
            names[0].level,
        )
        for names in zip(*ways, strict=True)
    ]


def _between(right: float, left: float, least: float, most: float) -> float:
    """Return the middle of two places, within limits."""
    return max(min((right + left) / 2, most), least)


class _Word(NamedTuple):
    """A word's width and level, and where it and its line are wanted."""

    width: float
    level: int
    left: float
    foot: float


def _pushed(words: Sequence[_Word], levels: int, gap: float) -> list[Name]:
    """Move words to the right of where they are wanted, as far as they must.

    No word lies on another of its level, or on the line that comes down from a higher one.
    """
    ends = [float("-inf")] * levels  # of what is on each level so far
    names = []
    for width, level, left, foot in words:
        wanted = max(left, ends[level] + gap)
        foot = max(foot, wanted, *(end + gap for end in ends[:level]))
        left = max(wanted, foot - width)
        ends[:level] = [foot] * level
        ends[level] = left + width
        names.append(Name(left, foot, level))
    return names


def _mirrored(words: Sequence[_Word], levels: int, gap: float) -> list[Name]:
    """Do the same to the left."""
    turned = [word._replace(left=-word.left - word.width, foot=-word.foot) for word in words]
    names = _pushed(turned[::-1], levels, gap)[::-1]
    return [
        Name(-name.left - word.width, -name.foot, name.level)
        for name, word in zip(names, words, strict=True)
    ]


def _fitting_names(
    widths: Sequence[float], rows: Sequence[str], ax: Axes
) -> tuple[list[Name], float]:
    """Return the places of words, widths in points, on as few lines as they need; and a column's.

    Where that is not enough, they overlap.
    """
    left = SPARE * LETTER * max(map(len, rows), default=0) * POINTS
    for levels in range(1, MOST_LEVELS + 1):
        column = _column(len(widths), rows, levels, ax)
        ends = (-left / column, len(widths) + 8 / column)
        names = placed_names([width / column for width in widths], levels, *ends, APART / column)
        if names and levels == 1:  # no line of a higher word passes: they begin in the middle
            names = [
                name._replace(foot=name.left + width / column / 2)
                for name, width in zip(names, widths, strict=True)
            ]
        if names:
            return names, column
    return _crowded(widths, column), column


def _crowded(widths: Sequence[float], column: float) -> list[Name]:
    """Place words, widths in points, above their columns, whether they overlap or not."""
    return [
        Name(j + 0.5 - width / column / 2, j + 0.5, j % MOST_LEVELS)
        for j, width in enumerate(widths)
    ]


def _column(count: int, rows: Sequence[str], levels: int, ax: Axes) -> float:
    """Return about how many points wide a panel leaves each of `count` columns."""
    panel = ax.get_window_extent()
    left = LETTER * max(map(len, rows), default=0) / 2  # half of the names lies beside the panel
    wide = (panel.width / ax.figure.dpi - left) / max(count, 1)
    tall = panel.height / ax.figure.dpi - (levels * LINE + FAN) / POINTS
    return CAREFUL * max(min(wide, tall / max(len(rows), 1)), 0.01) * POINTS


def _points_above(ax: Axes) -> Transform:
    """Return the transform of heights in points above a panel."""
    points = Affine2D().scale(1 / POINTS) + ax.figure.dpi_scale_trans
    return points + ScaledTranslation(0, 1, cast(Affine2DBase, ax.transAxes))


def _hold_room(ax: Axes, levels: int, base: float) -> None:
    """Put a label of blanks above the panel: titles make room for such, and not for texts."""
    ax.tick_params(axis="x", pad=base)
    ax.set_xticks([0.5], ["\n".join(" " * levels)], linespacing=1.1)
