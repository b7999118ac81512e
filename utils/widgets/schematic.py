"""The master picture as a figure: one step of a translation, or a variant of it.

`js/draw/master.js` draws it, so a figure looks like the explorers, each word in its own color.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape
from math import hypot
from typing import Any

from utils.plots.colors import INK, THEMES
from utils.text import END
from utils.trace import Trace
from utils.widgets.png import small_png_of
from utils.widgets.stills import drawings, still

__all__ = [
    "captioned",
    "choice_of",
    "noted",
    "schematic",
    "schematic_of",
    "side_by_side",
    "state_of",
]

ZOOM = 1.5  # pixels of the picture for one of the drawing's
WIDTH = 960
SVG_TITLE = ("<title>", "</title>")
ARROW_FROM_WORD = re.compile(  # the word, x, and where the arrow ends
    r'data-from="word" data-to="h"[^>]*data-word="(\d+)"[^>]*>'
    r'<path d="M([\d.]+) [\d.]+L[\d.]+ ([\d.]+)'
)
NOTE = 17  # pixels: the letters of a note
SIZE = re.compile(r'<svg [^>]*?width="([\d.]+)" height="([\d.]+)"')
GAP = 20  # pixels between two pictures


@dataclass(frozen=True)
class Schematic:
    """A drawing as SVG text, and what a screen reader says; a notebook shows it as a picture."""

    svg: str
    alt: str

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data = {"image/png": small_png_of(self.svg, ZOOM), "text/plain": self.alt}
        return data, {"image/png": {"alt": self.alt, "width": WIDTH}}


def schematic(
    source: Sequence[str],
    weights: Sequence[float],
    variant: str | Sequence[str] = "dot",
    *,
    alt: str = "",
    width: int = WIDTH,
    hide: Sequence[str] = (),
    state: dict[str, Any] | None = None,
    **options: Any,
) -> Schematic:
    """Draw one step: S source words, and their weights (S), which sum to one.

    `variant` is one of these, or several: dot, fixed, general, additive (the score), current
    (s_t asks), feeding (input feeding), heads, self (self-attention), block (cross-attention in a
    Transformer). `hide` names parts to leave out. `state` and `options` are those of `drawMaster`,
    such as state={"scores": …, "target": …, "best": …} and decoder=False.
    Raises ValueError for a variant that is not known, and if words and weights differ in number.
    """
    if len(source) != len(weights):
        raise ValueError(f"there are {len(source)} words and {len(weights)} weights: give as many.")
    known = drawings().call("Object.keys(VARIANTS).concat")
    names = [variant] if isinstance(variant, str) else list(variant)
    if unknown := set(names) - set(known):
        raise ValueError(f"no variant {min(unknown)!r}: take of {', '.join(known)}.")
    told = {"source": list(source), "weights": [float(weight) for weight in weights]}
    asked = {"variant": names, "hide": list(hide), "width": width, **options}
    svg = still("drawMaster", {**told, **(state or {})}, asked)
    start, end = (svg.find(mark) for mark in SVG_TITLE)
    return Schematic(svg, alt or unescape(svg[start + len(SVG_TITLE[0]) : end]))


def captioned(picture: Schematic, words: str) -> Schematic:
    """Write words in the upper left corner, where a picture of a whole step is empty."""
    look = f'font-size="17" font-weight="bold" fill="{THEMES["light"]["ink"]}"'
    text = f'<text x="14" y="24" {look}>{escape(words)}</text>'
    return Schematic(picture.svg.removesuffix("</svg>") + text + "</svg>", picture.alt)


def choice_of(trace: Trace, step: int, note: str, **options: Any) -> Schematic:
    """Draw the decoder's half of a step of a fixed-vector model, and mark where a word is chosen.

    `note` stands beside that arrow, from the probabilities to the next word. `options` are those of
    `schematic`. Raises ValueError if the translation has no such step.
    """
    words = ", ".join(f"{word} {share:.0%}" for word, share in trace.steps[step - 1].best)
    alt = f"The decoder says which word may come next: {words}. {note}"
    look = {"compact": True, "encoder": False, "choice": note, "alt": alt}
    return schematic_of(trace, step, "fixed", **look, **options)


def side_by_side(*pictures: Schematic, columns: int = 2) -> Schematic:
    """Put pictures in one, row by row: draw each with the `width` that a column is to have."""
    rows = [pictures[i : i + columns] for i in range(0, len(pictures), columns)]
    placed, y, right = [], 0.0, 0.0
    for row in rows:
        x, heights = 0.0, []
        for picture in row:
            width, height = (float(size) for size in SIZE.findall(picture.svg)[0])
            placed.append(picture.svg.replace("<svg ", f'<svg x="{x}" y="{y}" ', 1))
            x, right = x + width + GAP, max(right, x + width)
            heights.append(height)
        y += max(heights) + GAP
    size = f'width="{right}" height="{y - GAP}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(placed)}</svg>'
    return Schematic(svg, " ".join(picture.alt for picture in pictures))


def state_of(picture: Schematic, word: int) -> tuple[float, float]:
    """Return x and y where the arrow from source word `word`, from 1, meets its state."""
    for j, x, y in ARROW_FROM_WORD.findall(picture.svg):
        if int(j) == word - 1:
            return float(x), float(y)
    raise ValueError(f"the picture has no arrow from a word {word} to its state.")


def noted(
    picture: Schematic,
    notes: Sequence[tuple[float, float, str]],
    arrows: Sequence[Sequence[tuple[float, float]]] = (),
    alt: str = "",
) -> Schematic:
    """Write notes on a picture: x, y of the first line's middle, and text, its first line bold.

    Each of `arrows` is a path of points with a tip at its end; each is fainter than the one before.
    """
    shapes = [
        _arrow(points, 1 - 0.75 * k / max(len(arrows) - 1, 1)) for k, points in enumerate(arrows)
    ]
    for x, y, text in notes:
        for i, line in enumerate(text.split("\n")):
            place = f'x="{x}" y="{y + 1.3 * NOTE * i}" text-anchor="middle"'
            look = f'font-size="{NOTE}" font-weight="{"normal" if i else "bold"}" fill="{INK}"'
            shapes.append(f"<text {place} {look}>{escape(line)}</text>")
    svg = f"{picture.svg.removesuffix('</svg>')}{''.join(shapes)}</svg>"
    return Schematic(svg, alt or picture.alt)


def _arrow(points: Sequence[tuple[float, float]], strength: float) -> str:
    """Return a path with a tip at its end, as wide and dark as its strength, 0 to 1, says."""
    (x0, y0), (x, y) = points[-2:]
    length = hypot(x - x0, y - y0)
    dx, dy = ((6 + 3 * strength) * way / length for way in (x - x0, y - y0))  # the tip's length
    base_x, base_y = x - dx, y - dy
    wings = [(base_x - 0.6 * dy, base_y + 0.6 * dx), (base_x + 0.6 * dy, base_y - 0.6 * dx)]
    line, tip = (
        "L".join(f"{a:.1f} {b:.1f}" for a, b in path)
        for path in ([*points[:-1], (base_x, base_y)], [(x, y), *wings])
    )
    look = f'fill="none" stroke="{INK}" stroke-width="{1 + 1.2 * strength:.1f}"'
    shapes = f'<path d="M{line}" {look}/><path d="M{tip}Z" fill="{INK}"/>'
    return f'<g opacity="{strength:.2f}">{shapes}</g>'


def schematic_of(
    trace: Trace, step: int, variant: str | Sequence[str] = "dot", **options: Any
) -> Schematic:
    """Draw step `step`, from 1, of a translation that `utils.trace.trace` kept.

    Raises ValueError if the translation has no such step.
    """
    if not 1 <= step <= len(trace.steps):
        raise ValueError(f"there are the steps 1 to {len(trace.steps)}, and no {step}.")
    now, words = trace.steps[step - 1], [each.word for each in trace.steps]
    state = {
        "scores": None if now.scores is None else now.scores.tolist(),
        "target": words[: step - 1],
        "best": [[word, probability] for word, probability in now.best],
        "words": [word for word in words if word != END],
        "rows": trace.weights[:step].tolist(),
    }
    return schematic(trace.source, now.weights.tolist(), variant, state=state, **options)
