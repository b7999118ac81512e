"""Scores, weights and a context from vectors of two numbers that you move."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import ipywidgets as widgets
import numpy as np
import torch
from torch import Tensor

from utils.models.attention import ATTENTIONS, Attention
from utils.plots import ACCENT, COLORS, NEUTRAL
from utils.plots.colors import FAINT
from utils.widgets.explorer import Explorer, View
from utils.widgets.pictures import bars
from utils.widgets.sliders import FloatSlider
from utils.widgets.svg import HALO, element, line, picture, text

LARGEST = 3.0  # the ends of the plane
PLANE = 360  # pixels
SAME, SWAPPED = [[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]]  # what a matrix does
# The attentions to choose from, each with weights that are easy to check.
WEIGHTS: dict[str, dict[str, list]] = {
    "dot": {},
    "general": {"W.weight": SWAPPED},
    "additive": {
        "W1.weight": SAME,
        "W2.weight": SAME,
        "W2.bias": [0.0, 0.0],
        "v.weight": [[1.0, 1.0]],
    },
}


class Setting(NamedTuple):
    """What the controls say: the score's kind, query (2,), memory (S, 2), mask (S,), divisor."""

    kind: str
    query: Tensor
    memory: Tensor
    mask: Tensor
    temperature: float = 1.0


class Scored(NamedTuple):
    """One step of attention: scores e (S,), undivided; weights α (S,); context c (2,)."""

    scores: Tensor
    weights: Tensor
    context: Tensor


def make_attention(kind: str) -> Attention:
    """Return an attention between vectors of two numbers, with the weights of `WEIGHTS`."""
    attention = ATTENTIONS[kind](2, 2)
    attention.load_state_dict({name: torch.tensor(w) for name, w in WEIGHTS[kind].items()})
    return attention


@torch.no_grad()
def score_words(setting: Setting) -> Scored:
    """Compute equations (2), (4) and (5).

    The scores are divided by the temperature before the softmax. At least one word must be real.
    """
    attention, memory = make_attention(setting.kind), setting.memory
    keys = attention.project(memory.unsqueeze(0))
    scores = attention.score(setting.query.unsqueeze(0), keys)[0]  # (2)
    divided = scores / setting.temperature
    weights = divided.masked_fill(~setting.mask, -torch.inf).softmax(dim=0)  # (4)
    return Scored(scores, weights, weights @ memory)  # (5)


class ScoreCalculator(Explorer):
    """Move the query s and the states h_j, choose the score, mask a word, divide the scores."""

    def __init__(
        self,
        words: Sequence[str],
        memory: Sequence[Sequence[float]],
        query: Sequence[float],
        kind: str = "dot",
    ):
        _check_shapes(words, memory, query, kind)
        self.words = tuple(words)
        self.kind = widgets.Dropdown(options=list(WEIGHTS), value=kind, description="score")
        self.temperature = FloatSlider(1.0, 0.1, 5, description="divide scores by")
        self.query = _number_pair("s", query)
        self.memory = [_number_pair(f"h{j}", h) for j, h in enumerate(memory, start=1)]
        self.real = [widgets.Checkbox(True, description=f"{word} is a real word") for word in words]
        rows = [(*pair, check) for pair, check in zip(self.memory, self.real, strict=True)]
        super().__init__((self.kind, self.temperature), self.query, *rows)

    def view(self) -> View:
        """Show scores, weights and context for the present numbers."""
        mask = torch.tensor([check.value for check in self.real])
        if not mask.any():
            return View("", "All words are masked: let at least one be a real word.")
        query = torch.tensor([slider.value for slider in self.query])
        memory = torch.tensor([[x.value, y.value] for x, y in self.memory])
        setting = Setting(self.kind.value, query, memory, mask, self.temperature.value)
        scored = score_words(setting)
        finding = describe_scores(self.words, scored)
        return View(draw_scores(self.words, setting, scored, finding), finding)


def _check_shapes(
    words: Sequence[str], memory: Sequence[Sequence[float]], query: Sequence[float], kind: str
) -> None:
    """Raise ValueError unless `kind` exists and each word, like the query, has two numbers."""
    if kind not in list(WEIGHTS):
        raise ValueError(f"unknown score {kind!r:.60}: choose one of {', '.join(WEIGHTS)}.")
    try:
        shapes = [np.asarray(numbers, float).shape for numbers in (memory, query)]
        right = shapes == [(len(words), 2), (2,)] and len(words) > 0
    except (TypeError, ValueError):  # not numbers, or rows of different lengths
        right = False
    if not right:
        raise ValueError(
            "give one or more words, a pair of numbers for each, and one for the query, "
            "such as ['der', 'Mann'], [[1, 0], [0, 1]], [1, 1]."
        )


def _number_pair(name: str, values: Sequence[float]) -> tuple[FloatSlider, ...]:
    """Return two sliders; their numbers can also be typed."""
    return tuple(
        FloatSlider(value, -LARGEST, LARGEST, description=f"{name}, {which} number")
        for value, which in zip(values, ("first", "second"), strict=True)
    )


def describe_scores(words: Sequence[str], scored: Scored) -> str:
    """Say which word gets the most weight, and where the context ends up."""
    j = int(scored.weights.argmax())
    x, y = scored.context.tolist()
    return (
        f"The heaviest weight is on {words[j]}: {scored.weights[j]:.2f}, with a score of "
        f"{scored.scores[j]:.2f}. The context is c = ({x:.2f}, {y:.2f})."
    )


def draw_scores(words: Sequence[str], setting: Setting, scored: Scored, title: str) -> str:
    """Draw the vectors as arrows on the left, scores and weights on the right.

    Words are gray, the query stands out; the context has the color of the score and its weights.
    """
    shapes, mask, color = [_axes()], setting.mask.tolist(), COLORS[setting.kind]
    for j, (word, h) in enumerate(zip(words, setting.memory.tolist(), strict=True)):
        shapes.append(_arrow(h, NEUTRAL if mask[j] else FAINT, f"h{j + 1} {word}"))
    shapes.append(_arrow(setting.query.tolist(), ACCENT, "s"))
    shapes.append(_arrow(scored.context.tolist(), color, "c", beside=True))
    x, divisor = PLANE + 30, setting.temperature
    numbers = [
        f"α = {weight:.2f}, e = {score:+.2f}" if real else "masked"
        for weight, score, real in zip(scored.weights, scored.scores, mask, strict=True)
    ]
    divided = "" if divisor == 1 else f", divided by {divisor:.1f}"
    heading = f"weights α, scores e ({setting.kind}{divided})"
    shapes.append(text(x, 40, heading, font_size=16))
    shapes.append(bars(scored.weights.tolist(), words, x, 55, color, 150, numbers))
    return picture(PLANE + 520, PLANE + 10, title, *shapes)


def _axes() -> str:
    middle = PLANE / 2
    style = {"stroke": FAINT, "stroke_width": 1}
    return line(0, middle, PLANE, middle, **style) + line(middle, 0, middle, PLANE, **style)


def _arrow(vector: Sequence[float], color: str, name: str, beside: bool = False) -> str:
    """Draw a vector from the middle of the plane: a ring at its tip, and its name.

    The name goes beyond the tip, so that nobody takes it for another arrow's, or `beside` the
    arrow: the context may end where a word does.
    """
    scale = PLANE / 2 / (LARGEST + 0.5)
    right, up = vector[0] * scale, vector[1] * scale
    x, y = PLANE / 2 + right, PLANE / 2 - up
    ring = element("circle", cx=round(x, 1), cy=round(y, 1), r=5, fill=color)
    length = math.hypot(right, up) or 1.0
    name_x, name_y, anchor = x, y - 12, "end" if right > 0 else "start"
    if beside:
        name_x = x - 0.3 * right - 12 * up / length
        name_y, anchor = y + 0.3 * up - 12 * right / length + 5, "middle"
    elif abs(vector[0]) <= 0.8 * LARGEST:  # there is room beyond the tip
        sideways = right / length  # from -1 (left) to 1 (right)
        name_x, name_y = x + 12 * sideways, y - 16 * up / length + 5
        anchor = "start" if sideways > 0.4 else "end" if sideways < -0.4 else "middle"
    label = text(name_x, name_y, name, text_anchor=anchor, font_weight="bold", **HALO)
    return line(PLANE / 2, PLANE / 2, x, y, stroke=color, stroke_width=3) + ring + label
