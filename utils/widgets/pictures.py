"""Parts of pictures that several explorers share: heat map, bars, strip of numbers."""

from collections.abc import Sequence
from math import isnan

from torch import Tensor

from utils.plots.colors import EMPTY, FAINT, HIGHLIGHT, INK, TRACK
from utils.widgets.svg import SMALL, blue, element, polyline, rect, red_or_blue, short, text

CELL = 24  # side of a cell in a heat map
LABEL = 150  # room for a word


def heat_map(
    weights: Tensor,
    source: Sequence[str],
    target: Sequence[str],
    x: float,
    y: float,
    marked: int | None = None,
) -> str:
    """Draw weights (T, S), a row for each target word; row number `marked` gets a frame.

    The upper left corner of the labels is at x, y. The labels above the columns lean to the right.
    """
    left, top = x + LABEL, y + heat_map_top(source)
    shapes = []
    for j, word in enumerate(source):
        place = f"translate({left + (j + 0.6) * CELL:.1f} {top - 6:.1f}) rotate(-50)"
        shapes.append(text(0, 0, short(word), transform=place))
    for t, (word, row) in enumerate(zip(target, weights.tolist(), strict=True)):
        middle = top + (t + 0.7) * CELL
        shapes.append(text(left - 8, middle, short(word), text_anchor="end"))
        for j, weight in enumerate(row):
            corner = (left + j * CELL, top + t * CELL)
            shapes.append(rect(*corner, CELL, CELL, fill=blue(weight), stroke=EMPTY))
    if marked is not None:
        frame = {"fill": "none", "stroke": HIGHLIGHT, "stroke_width": 3}
        shapes.append(rect(left, top + marked * CELL, len(source) * CELL, CELL, **frame))
    return element("g", "".join(shapes))


def heat_map_top(source: Sequence[str]) -> float:
    """Return the height of the labels above the columns."""
    return 20 + 6 * max(len(short(word)) for word in source)


def heat_map_size(source: Sequence[str], rows: int) -> tuple[float, float]:
    """Return width and height of a heat map with this many rows."""
    leaning = 6 * len(short(source[-1]))  # the last label sticks out
    return LABEL + len(source) * CELL + leaning, heat_map_top(source) + rows * CELL


def bars(
    values: Sequence[float],
    labels: Sequence[str],
    x: float,
    y: float,
    color: str,
    length: float = 120,
    numbers: Sequence[str] | None = None,
) -> str:
    """Draw a bar 0…1 for each label, downward from x, y; `numbers` come after the bars."""
    shapes = []
    numbers = [f"{value:.2f}" for value in values] if numbers is None else numbers
    for row, (value, label, number) in enumerate(zip(values, labels, numbers, strict=True)):
        top = y + row * CELL
        shapes.append(text(x + LABEL - 8, top + 17, short(label), text_anchor="end"))
        shapes.append(rect(x + LABEL, top + 4, length, CELL - 8, fill=TRACK))
        shapes.append(rect(x + LABEL, top + 4, length * value, CELL - 8, fill=color))
        shapes.append(text(x + LABEL + length + 8, top + 17, number, font_size=SMALL))
    return element("g", "".join(shapes))


def marker(kind: str, x: float, y: float, color: str) -> str:
    """Draw a point of a curve: "o", "s", "^", "v", "<" or "D", as matplotlib calls its markers."""
    corners = {
        "s": [(-5, -5), (5, -5), (5, 5), (-5, 5)],
        "^": [(0, -7), (7, 5), (-7, 5)],
        "v": [(0, 7), (7, -5), (-7, -5)],
        "<": [(-7, 0), (5, 7), (5, -7)],
        "D": [(0, -7), (7, 0), (0, 7), (-7, 0)],
    }
    if kind not in corners:
        return element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=5, fill=color)
    points = " ".join(f"{x + right:.1f},{y + down:.1f}" for right, down in corners[kind])
    return element("polygon", points=points, fill=color)


def curve(points: Sequence[tuple[float, float]], color: str, kind: str = "o") -> str:
    """Draw a line through the points, with a marker on each; a point that is NaN is left out."""
    known = [point for point in points if not isnan(point[1])]
    markers = (marker(kind, x, y, color) for x, y in known)
    return polyline(known, stroke=color, stroke_width=3) + "".join(markers)


def strip(numbers: Tensor, x: float, y: float, width: float, name: str) -> str:
    """Draw a vector as a strip of cells: red above zero, blue below, white at zero."""
    values = numbers.tolist()
    largest, cell = max(abs(value) for value in values), width / len(values)
    shapes = [text(x, y - 5, name, font_size=SMALL, fill=INK)]
    for i, value in enumerate(values):
        shapes.append(rect(x + i * cell, y, cell + 0.2, 16, fill=red_or_blue(value, largest)))
    shapes.append(rect(x, y, width, 16, fill="none", stroke=FAINT))
    return element("g", "".join(shapes))
