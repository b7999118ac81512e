"""One function for each kind of picture. It takes and returns a matplotlib Axes."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import to_rgb
from matplotlib.patches import Patch, Rectangle
from torch import Tensor

from utils.plots.colors import EMPTY, GROUND, INK, NEUTRAL, WORD
from utils.plots.columns import name_columns
from utils.plots.labels import drawable
from utils.plots.style import CELL, COLORS, LARGEST_CELL, LETTER, MARKERS, PADDING_OR_WORD
from utils.plots.words import word_colors

__all__ = [
    "BY_LENGTH",
    "attention_map",
    "changes",
    "length_curve",
    "map_size",
    "shared_bar",
    "vectors",
    "word_bars",
    "word_grid",
]

DARK = 0.5  # below this mean of red, green and blue, words in a cell are white


def map_size(source: Sequence[str], target: Sequence[str]) -> tuple[float, float]:
    """Return width and height, in inches, of a figure with one attention map of these words."""
    cell = max(CELL, min(LARGEST_CELL, 4 / max(len(source), len(target))))
    left, top = (LETTER * max(map(len, drawable(words)[0])) for words in (target, source))
    return 1.6 + left + cell * len(source), 0.8 + top + cell * len(target)


# What may be drawn against length: its name with its unit, and the upper end of the axis.
BY_LENGTH = {
    "bleu": ("BLEU", 104),
    "exact": ("exact match (%)", 104),
    "aer": ("alignment error rate", 1.04),
}


def length_curve(
    scores: Mapping[str, pd.DataFrame],
    ax: Axes,
    colors: Mapping[str, str] = COLORS,
    markers: Mapping[str, str] = MARKERS,
    value: str = "bleu",
) -> Axes:
    """Draw BLEU, or another `value` of `BY_LENGTH`, against source length with its intervals.

    `scores` maps a model's name to a frame with the columns bucket, low, high and the value, such
    as `evaluation.bleu_by_length` returns. The models' points stand side by side in a bucket, so
    that no interval hides another.
    """
    for i, (name, frame) in enumerate(scores.items()):
        error = np.array([frame[value] - frame.low, frame.high - frame[value]])
        buckets = np.arange(len(frame))
        ax.errorbar(
            buckets + 0.08 * (i - (len(scores) - 1) / 2),
            frame[value],
            error,
            label=name,
            capsize=4,
            color=colors.get(name, NEUTRAL),
            marker=markers.get(name, "o"),
        )
        ax.set_xticks(buckets, frame.bucket)
    ylabel, top = BY_LENGTH[value]
    ax.set(xlabel="source length (words)", ylabel=ylabel, ylim=(0, top))
    ax.legend()
    return ax


def changes(table: pd.DataFrame, ax: Axes, names: Sequence[str] = (), color: str = INK) -> Axes:
    """Draw changes with their intervals beside a line at 0, the first on top.

    `table` has the columns second, first (what it is compared with), change, low, high and
    corrected_p, as `seeds.compare` returns. A point is filled where that p is below 5 %. `names`
    stand at the left, if the columns' names are not to.
    """
    error = np.array([table.change - table.low, table.high - table.change])
    names = names or [f"{row.second} against {row.first}" for row in table.itertuples()]
    ax.axvline(0, color=NEUTRAL, lw=1.5)
    ax.errorbar(table.change, names, xerr=error, fmt="none", ecolor=color, capsize=5)
    inside = np.where(table.corrected_p < 0.05, color, GROUND)
    ax.scatter(table.change, names, s=110, c=inside, edgecolors=color, linewidths=2, zorder=3)
    ax.set_ylim(len(table) - 0.5, -0.5)
    ax.grid(axis="y", visible=False)
    return ax


def attention_map(
    weights: Tensor | np.ndarray,
    source: Sequence[str],
    target: Sequence[str],
    ax: Axes,
    numbers: str = "",
    bar: bool = True,
) -> Axes:
    """Draw weights (T, S): a row for each target word, a column for each source word.

    A cell is as strong as its weight, in the color of its source word. With a format such as
    ".3f", `numbers` writes each weight into its cell. The `bar` says how strong is how much; one of
    several maps needs it.
    """
    rows = np.clip(np.asarray(weights), 0, 1)
    inks = np.array([to_rgb(color) for color in word_colors(len(source))])
    cells = 1 - rows[:, :, None] * (1 - inks)  # (T, S, 3): from white to the word's color
    ax.pcolormesh(cells, edgecolors=EMPTY, linewidth=0.5)
    ax.set(aspect="equal", ylim=(len(target), 0))
    for (t, j), weight in np.ndenumerate(rows) if numbers else ():
        ink = GROUND if cells[t, j].mean() < DARK else INK
        ax.text(j + 0.5, t + 0.5, format(weight, numbers), color=ink, ha="center", va="center")
    ax.grid(visible=False)  # it would show where weights are missing
    ax.spines[:].set_visible(False)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    words, look = drawable(target)
    name_columns(source, words, ax)
    ax.set_yticks(np.arange(len(words)) + 0.5, words, **look, va="center")
    if bar:
        shared_bar(np.array([ax]))
    return ax


def shared_bar(axes: np.ndarray, label: str = "weight α") -> None:
    """Put one color bar beside several maps drawn without one, so that all stay equally large."""
    rows = np.atleast_2d(axes).shape[0]
    strength = ScalarMappable(cmap="gray_r")  # 0 to 1
    axes.flat[0].figure.colorbar(strength, ax=axes, label=label, shrink=0.6 / rows)


def word_bars(
    values: Sequence[float],
    words: Sequence[str],
    ax: Axes,
    color: str | Sequence[str] | None = None,
    numbers: str = "",
) -> Axes:
    """Draw one bar for each word, in the order of the sentence, each in its word's color.

    `color` is another one for all, or a color for each.

    With a format such as "{:.3f}", `numbers` writes each value at the end of its bar.
    """
    positions = np.arange(len(words))
    bars = ax.bar(positions, values, color=word_colors(len(words)) if color is None else color)
    if numbers:
        ax.bar_label(bars, fmt=numbers, padding=2, size="small")
    labels, look = drawable(words)
    ax.set_xticks(positions, labels, **look, rotation=60, ha="right", rotation_mode="anchor")
    ax.grid(axis="x", visible=False)
    return ax


def vectors(arrows: Mapping[str, Sequence[float]], ax: Axes, colors: Sequence[str]) -> Axes:
    """Draw vectors of two numbers as arrows from the origin, each with its name at the tip."""
    for (name, (x, y)), color in zip(arrows.items(), colors, strict=True):
        ax.quiver(0, 0, x, y, color=color, angles="xy", scale_units="xy", scale=1, width=0.012)
        ax.annotate(name, (x, y), color=INK, xytext=(6, 4), textcoords="offset points")
    largest = max(max(abs(float(x)), abs(float(y))) for x, y in arrows.values())
    ax.set(xlim=(-0.2, largest + 0.6), ylim=(-0.2, largest + 0.4), aspect="equal")
    ax.set(xlabel="first number", ylabel="second number")
    return ax


def word_grid(
    rows: Sequence[Sequence[str]],
    mask: Tensor | np.ndarray,
    names: Sequence[str],
    ax: Axes,
    colors: Sequence[str] | Sequence[Sequence[str]] = (),
) -> Axes:
    """Draw padded sentences, a word in each cell, colored by mask (B, S): True is a real word.

    `names` are the B labels of the rows. With `colors`, a real word has the color of its position,
    one of S, or a color of its own, from B rows of S.
    """
    mask = np.asarray(mask)
    shown = np.zeros_like(mask) if colors else mask
    ax.pcolormesh(shown, cmap=PADDING_OR_WORD, vmin=0, vmax=1, edgecolors=GROUND, linewidth=2)
    for b, row in enumerate(rows):
        words, look = drawable(row)
        look |= {"ha": "center", "va": "center", "color": INK, "size": 15}
        for j, word in enumerate(words):
            ax.text(j + 0.5, b + 0.5, word, **look)
    ax.set_xticks(np.arange(mask.shape[1]) + 0.5, [str(j) for j in range(mask.shape[1])])
    ax.set_yticks(np.arange(len(names)) + 0.5, names)
    ax.set(xlabel="position", ylim=(len(names), 0), aspect="auto")
    ax.tick_params(length=0)
    ax.grid(visible=False)
    if colors:
        _color_words(mask, ax, colors)
        return ax
    handles = [Patch(color=WORD, label="mask True"), Patch(color=EMPTY, label="False")]
    ax.legend(handles=handles, loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False)
    return ax


def _color_words(
    mask: np.ndarray, ax: Axes, colors: Sequence[str] | Sequence[Sequence[str]]
) -> None:
    """Give each real word of a grid a tint of its color, and a strip below."""
    shades = np.broadcast_to(np.array(colors), mask.shape)  # (S,) or (B, S) -> (B, S)
    for b, j in zip(*np.nonzero(mask), strict=True):
        look = {"color": shades[b, j], "lw": 0}
        ax.add_patch(Rectangle((j + 0.02, b + 0.03), 0.96, 0.94, color=GROUND, lw=0))
        ax.add_patch(Rectangle((j + 0.02, b + 0.03), 0.96, 0.94, alpha=0.25, **look))
        ax.add_patch(Rectangle((j + 0.02, b + 0.87), 0.96, 0.1, **look))
