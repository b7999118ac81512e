"""Scores, weights and a context from vectors of two numbers that you move."""

from collections.abc import Sequence
from typing import NamedTuple

import ipywidgets as widgets
import torch
from torch import Tensor

from utils.attention import ATTENTIONS, Attention
from utils.plots import COLORS
from utils.widgets.explorer import Explorer, View
from utils.widgets.pictures import bars
from utils.widgets.sliders import FloatSlider
from utils.widgets.svg import FAINT, HIGHLIGHT, INK, element, line, picture, text

SCORES = ("dot", "general", "additive")
LARGEST = 3.0  # the ends of the plane
PLANE = 360  # pixels
WORD_COLORS = ("#0072B2", "#009E73", "#CC79A7", "#E69F00")
MATRIX = [[0.0, 1.0], [1.0, 0.0]]  # W of general attention: it swaps the two numbers


class Scored(NamedTuple):
    """One step of attention: scores e (S,), weights α (S,), context c (2,)."""

    scores: Tensor
    weights: Tensor
    context: Tensor


def make_attention(kind: str) -> Attention:
    """Return an attention between vectors of two numbers, with weights that are easy to check.

    general: W swaps the two numbers. additive: W₁ and W₂ change nothing, and v = (1, 1).
    """
    attention = ATTENTIONS[kind](2, 2)
    with torch.no_grad():
        if kind == "general":
            attention.W.weight.copy_(torch.tensor(MATRIX))
        elif kind == "additive":
            for layer in (attention.W1, attention.W2):
                layer.weight.copy_(torch.eye(2))
            attention.W2.bias.zero_()
            attention.v.weight.fill_(1.0)
    return attention


@torch.no_grad()
def score_words(
    kind: str, query: Tensor, memory: Tensor, mask: Tensor, temperature: float = 1.0
) -> Scored:
    """Compute equations (2), (4) and (5) for a query (2,), memory (S, 2) and mask (S,).

    The scores are divided by the temperature before the softmax. At least one word must be real.
    """
    attention = make_attention(kind)
    keys = attention.project(memory.unsqueeze(0))
    scores = attention.score(query.unsqueeze(0), keys)[0] / temperature  # (2)
    weights = scores.masked_fill(~mask, -torch.inf).softmax(dim=0)  # (4)
    return Scored(scores, weights, weights @ memory)  # (5)


class ScoreCalculator(Explorer):
    """Move the query s and the states h_j, choose the score, mask a word, divide the scores."""

    def __init__(
        self,
        words: Sequence[str],
        memory: Sequence[Sequence[float]],
        query: Sequence[float],
    ):
        self.words = tuple(words)
        self.kind = widgets.Dropdown(options=SCORES, description="score")
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
        scored = score_words(self.kind.value, query, memory, mask, self.temperature.value)
        finding = describe_scores(self.words, scored)
        drawn = draw_scores(self.words, query, memory, mask, scored, self.kind.value, finding)
        return View(drawn, finding)


def _number_pair(name: str, values: Sequence[float]) -> tuple[FloatSlider, ...]:
    """Return two sliders, whose numbers can be typed, too."""
    return tuple(
        FloatSlider(value, -LARGEST, LARGEST, description=f"{name}, {which} number")
        for value, which in zip(values, ("first", "second"), strict=True)
    )


def describe_scores(words: Sequence[str], scored: Scored) -> str:
    """Say which word gets most weight, and where the context ends up."""
    j = int(scored.weights.argmax())
    x, y = scored.context.tolist()
    return (
        f"The heaviest weight is on {words[j]}: {scored.weights[j]:.2f}, with a score of "
        f"{scored.scores[j]:.2f}. The context is c = ({x:.2f}, {y:.2f})."
    )


def draw_scores(
    words: Sequence[str],
    query: Tensor,
    memory: Tensor,
    mask: Tensor,
    scored: Scored,
    kind: str,
    title: str,
) -> str:
    """Draw the vectors as arrows on the left, scores and weights on the right."""
    shapes = [_axes()]
    for j, (word, h) in enumerate(zip(words, memory.tolist(), strict=True)):
        color = WORD_COLORS[j % len(WORD_COLORS)] if mask[j] else FAINT
        shapes.append(_arrow(h, color, f"h{j + 1} {word}"))
    shapes.append(_arrow(query.tolist(), INK, "s"))
    shapes.append(_arrow(scored.context.tolist(), HIGHLIGHT, "c"))
    x = PLANE + 30
    numbers = [
        f"α = {weight:.2f}    e = {score:+.2f}" if real else "masked"
        for weight, score, real in zip(scored.weights, scored.scores, mask, strict=True)
    ]
    shapes.append(text(x, 40, f"weights α and scores e ({kind})", font_size=16))
    shapes.append(bars(scored.weights.tolist(), words, x, 55, COLORS[kind], 150, numbers))
    return picture(PLANE + 520, PLANE + 10, title, *shapes)


def _axes() -> str:
    middle = PLANE / 2
    style = {"stroke": FAINT, "stroke_width": 1}
    return line(0, middle, PLANE, middle, **style) + line(middle, 0, middle, PLANE, **style)


def _arrow(vector: Sequence[float], color: str, name: str) -> str:
    """Draw a vector from the middle of the plane, with a ring at its tip and its name beside it."""
    scale = PLANE / 2 / (LARGEST + 0.5)
    x, y = PLANE / 2 + vector[0] * scale, PLANE / 2 - vector[1] * scale
    ring = element("circle", cx=round(x, 1), cy=round(y, 1), r=5, fill=color)
    label = text(x + 8, y - 6, name, fill=color, font_weight="bold")
    return line(PLANE / 2, PLANE / 2, x, y, stroke=color, stroke_width=3) + ring + label
