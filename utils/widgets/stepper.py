"""Attention, step by step: query, scores, weights, context, next words, and the growing map."""

from collections.abc import Mapping

from utils.plots import COLORS
from utils.plots.colors import HIGHLIGHT, NEXT
from utils.text import END
from utils.trace import Trace
from utils.translator import Translator
from utils.widgets.explorer import View
from utils.widgets.pictures import CELL, LABEL, bars, heat_map, heat_map_size, strip
from utils.widgets.sentences import SentenceExplorer
from utils.widgets.svg import SMALL, picture, text

COLUMN = 400  # width of the left half
PLAY = 1200  # milliseconds for a step


class AttentionStepper(SentenceExplorer):
    """Type a sentence, choose a model, and step through its translation or press Play.

    `translators` maps the names to choose from, such as "dot", to translators.
    """

    def __init__(self, translators: Mapping[str, Translator], sentence: str):
        super().__init__(translators, sentence, interval=PLAY)

    def view(self) -> View:
        """Show the chosen step."""
        if self.trace is None:
            return View("", self.note)
        finding = " ".join(filter(None, [self.note, describe_step(self.trace, self.step.value)]))
        color = COLORS.get(self.model.value, HIGHLIGHT)
        return View(draw_step(self.trace, self.step.value, color), finding)


def describe_step(traced: Trace, t: int) -> str:
    """Say what step t (from 1) did: where it looked, and what it wrote."""
    step = traced.steps[t - 1]
    j = int(step.weights.argmax())
    what = "ends the sentence" if step.word == END else f"writes “{step.word}”"
    return (
        f"Step {t} of {len(traced.steps)}: the heaviest weight, {step.weights[j]:.2f}, is on "
        f"“{traced.source[j]}”, and the model {what} (p = {step.best[0][1]:.2f})."
    )


def draw_step(traced: Trace, t: int, color: str) -> str:
    """Draw step t (from 1) on the left, and the heat map of the steps so far on the right."""
    step, source = traced.steps[t - 1], traced.source
    rows = len(source)
    below = 90 + rows * CELL  # where the bars of the source words end
    shapes = [
        strip(
            step.query, 10, 30, COLUMN - 30, f"query s{subscript(t - 1)}, {len(step.query)} numbers"
        ),
        text(LABEL + 10, 72, f"weights α{subscript(t)}", font_size=SMALL),
        text(LABEL + 205, 72, "scores e", font_size=SMALL),
        bars(step.weights.tolist(), source, 10, 80, color),
        _scores(traced, t),
        strip(step.context, 10, below + 30, COLUMN - 30, _name_context(traced, t)),
        text(10, below + 72, "the five best next words", font_size=SMALL),
        bars([p for _, p in step.best], [w for w, _ in step.best], 10, below + 80, NEXT),
    ]
    target = [each.word for each in traced.steps[:t]]
    width, height = heat_map_size(source, len(traced.steps))
    shapes.append(heat_map(traced.weights[:t], source, target, COLUMN, 0, marked=t - 1))
    height = max(height + 10, below + 90 + len(step.best) * CELL)
    return picture(COLUMN + width + 10, height, describe_step(traced, t), *shapes)


def _scores(traced: Trace, t: int) -> str:
    """Write the score of each source word, right of its weight."""
    scores = traced.steps[t - 1].scores
    if scores is None:
        return text(LABEL + 205, 97, "none", font_size=SMALL)
    return "".join(
        text(LABEL + 205, 97 + j * CELL, f"{score:+.2f}", font_size=SMALL)
        for j, score in enumerate(scores.tolist())
    )


def _name_context(traced: Trace, t: int) -> str:
    """Say what the context is; a fixed one is not a weighted sum."""
    fixed = traced.steps[t - 1].scores is None
    return "context c, the same at every step" if fixed else f"context c{subscript(t)} = Σ αh"


def subscript(number: int) -> str:
    """Return a number in subscript digits."""
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
