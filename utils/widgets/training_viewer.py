"""What a model could do after each epoch of its training: one sentence, its map, and the loss."""

from typing import NamedTuple

from torch import Tensor

from utils.plots import COLORS
from utils.training import Epoch
from utils.translator import Translator
from utils.widgets.explorer import Explorer, View
from utils.widgets.pictures import heat_map, heat_map_size
from utils.widgets.sliders import IntSlider
from utils.widgets.svg import FAINT, HIGHLIGHT, element, line, picture, polyline, text

WIDTH, HEIGHT = 360, 220  # the curve of the loss
PLAY = 1200  # milliseconds for an epoch


class Snap(NamedTuple):
    """What one epoch left behind: its losses, and the translation of the fixed sentence."""

    epoch: Epoch
    words: tuple[str, ...]
    weights: Tensor


class TrainingRecorder:
    """Translate one sentence after each epoch: `fit(..., on_epoch=TrainingRecorder(…))`."""

    def __init__(self, translator: Translator, sentence: str):
        self.translator, self.source = translator, translator.read(sentence)
        if not self.source:
            raise ValueError("the sentence to watch has no words: give a German sentence.")
        self.snaps: list[Snap] = []

    def __call__(self, epoch: Epoch) -> None:
        """Note what the model makes of the sentence now."""
        (translation,) = self.translator.translate([self.source])
        self.snaps.append(Snap(epoch, translation.tokens, translation.weights))


class TrainingViewer(Explorer):
    """Scrub through the epochs of a training run that a `TrainingRecorder` has watched."""

    def __init__(self, recorder: TrainingRecorder):
        if not recorder.snaps:
            raise ValueError("nothing is recorded yet: train with on_epoch=recorder first.")
        self.recorder = recorder
        last = len(recorder.snaps)
        self.epoch = IntSlider(1, 1, last, description="after epoch", interval=PLAY)
        super().__init__((self.epoch,))

    def view(self) -> View:
        """Show the model after the chosen epoch."""
        snaps, chosen = self.recorder.snaps, self.epoch.value - 1
        finding = describe_snap(snaps[chosen])
        width, height = WIDTH + 90, HEIGHT + 80
        shapes = [_curve(snaps, chosen)]
        if snaps[chosen].words:
            source, target = self.recorder.source, snaps[chosen].words
            shapes.append(heat_map(snaps[chosen].weights, source, target, WIDTH + 60, 0))
            map_width, map_height = heat_map_size(source, len(target))
            width, height = WIDTH + 70 + map_width, max(height, map_height + 10)
        return View(picture(width, height, finding, *shapes), finding)


def describe_snap(snap: Snap) -> str:
    """Say what the model wrote after an epoch, and how good it was by then."""
    return (
        f"After epoch {snap.epoch.number}, validation loss {snap.epoch.valid_loss:.2f} nats per "
        f"word, the model writes: {' '.join(snap.words) or '(nothing)'}"
    )


def _curve(snaps: list[Snap], chosen: int) -> str:
    """Draw the validation loss after each epoch, with a ring around the chosen one."""
    losses = [snap.epoch.valid_loss for snap in snaps]
    left, top, largest = 50, 30, max(losses)
    step = WIDTH / max(len(losses), 2)
    points = [
        (left + (i + 0.5) * step, top + HEIGHT * (1 - loss / largest))
        for i, loss in enumerate(losses)
    ]
    shapes = [text(8, top - 10, "validation loss (nats per word)")]
    shapes.append(line(left, top + HEIGHT, left + WIDTH, top + HEIGHT, stroke=FAINT))
    shapes.append(polyline(points, stroke=COLORS["fixed"], stroke_width=3))
    for i, (x, y) in enumerate(points):
        ring = {"r": 8, "fill": "none", "stroke": HIGHLIGHT, "stroke_width": 3}
        dot = {"r": 4, "fill": COLORS["fixed"]}
        shapes.append(element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", **dot))
        if i == chosen:
            shapes.append(element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", **ring))
        shapes.append(text(x, top + HEIGHT + 20, str(i + 1), text_anchor="middle"))
        shapes.append(text(x, y - 12, f"{losses[i]:.2f}", text_anchor="middle", font_size=12))
    shapes.append(text(left + WIDTH / 2, top + HEIGHT + 42, "epoch", text_anchor="middle"))
    return "".join(shapes)
