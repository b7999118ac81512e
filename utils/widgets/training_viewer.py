"""What a model could do after each epoch of its training: one sentence, its map, and the loss."""

from math import ceil, isfinite, isnan, nan
from typing import NamedTuple

from utils.models.seq2seq import ModelConfig
from utils.plots import COLORS
from utils.plots.colors import FAINT, HIGHLIGHT, INK
from utils.system.limits import check_type
from utils.trace import Trace, has_fixed_context, trace
from utils.training import Epoch
from utils.translator import Translator
from utils.widgets.explorer import Explorer, View
from utils.widgets.pictures import CELL, LABEL, bars, curve, heat_map, heat_map_size
from utils.widgets.sentences import check_translator
from utils.widgets.sliders import IntSlider
from utils.widgets.svg import SMALL, element, line, picture, text

LEFT, TOP, WIDTH, HEIGHT = 50, 65, 360, 220  # the curve of the loss
MOST_LABELS = 12  # more would run into each other
PLAY = 1200  # milliseconds for an epoch


class Snap(NamedTuple):
    """What one epoch left behind: its losses, and the translation of the fixed sentence."""

    epoch: Epoch
    trace: Trace


class TrainingRecorder:
    """Translate one sentence after each epoch: `fit(..., on_epoch=TrainingRecorder(…))`."""

    def __init__(self, translator: Translator, sentence: str):
        check_translator(translator)
        self.translator, self.source = translator, translator.read(sentence)
        has_fixed_context(translator)  # a model that cannot be traced is refused now, not later
        if not self.source:
            language = translator.fields.source_language
            raise ValueError(f"the sentence to watch has no words: give one in {language}.")
        self.snaps: list[Snap] = []

    def __call__(self, epoch: Epoch) -> None:
        """Note what the model makes of the sentence now; a new run clears the one before."""
        if self.snaps and epoch.number <= self.snaps[-1].epoch.number:
            self.snaps = []
        self.snaps.append(Snap(epoch, trace(self.translator, self.source)))


class TrainingViewer(Explorer):
    """Scrub through the epochs of a training run that a `TrainingRecorder` has watched."""

    def __init__(self, recorder: TrainingRecorder):
        check_type("recorder", recorder, TrainingRecorder, "what fit was given as on_epoch")
        if not recorder.snaps:
            raise ValueError("nothing is recorded yet: train with on_epoch=recorder first.")
        self.recorder = recorder
        first, last = (recorder.snaps[i].epoch.number for i in (0, -1))
        self.epoch = IntSlider(first, first, last, description="after epoch", interval=PLAY)
        super().__init__((self.epoch,))

    def view(self) -> View:
        """Show the model after the chosen epoch."""
        snaps, chosen = self.recorder.snaps, self.epoch.value - self.epoch.min
        finding = describe_snap(snaps[chosen])
        config = self.recorder.translator.model.config
        kind = config.attention if isinstance(config, ModelConfig) else "Transformer"
        color = COLORS.get(kind, HIGHLIGHT)
        shapes = [_curve(snaps, chosen, color)]
        fixed = has_fixed_context(self.recorder.translator)
        drawn, width, height = _right_half(snaps[chosen].trace, WIDTH + 60, color, fixed)
        size = (WIDTH + 70 + width, max(HEIGHT + 125, height + 10))
        return View(picture(*size, finding, *shapes, drawn), finding)


def describe_snap(snap: Snap) -> str:
    """Say what the model wrote after an epoch, and how good it was by then."""
    return (
        f"After epoch {snap.epoch.number}, validation loss {snap.epoch.valid_loss:.2f} nats per "
        f"word, the model writes: {' '.join(snap.trace.words) or '(nothing)'}"
    )


def _right_half(traced: Trace, x: float, color: str, fixed: bool) -> tuple[str, float, float]:
    """Draw the heat map or, for a fixed context, how sure the model was of each word.

    Returns the drawing, its width and its height.
    """
    words = [step.word for step in traced.steps]
    if not fixed:
        size = heat_map_size(traced.source, len(words))
        return heat_map(traced.weights, traced.source, words, x, 0), *size
    sure = [step.best[0][1] for step in traced.steps]
    heading = text(x + LABEL, 20, "probability of each word")
    return (
        heading + bars(sure, words, x, 30, color),
        LABEL + 180,
        30 + len(words) * CELL,
    )


def _curve(snaps: list[Snap], chosen: int, color: str) -> str:
    """Draw the validation loss after each epoch, with a ring around the chosen one."""
    losses = [snap.epoch.valid_loss for snap in snaps]
    largest = max([loss for loss in losses if isfinite(loss)], default=1.0)
    step, bottom = WIDTH / max(len(losses), 2), TOP + HEIGHT
    heights = [HEIGHT * loss / largest if isfinite(loss) else nan for loss in losses]
    points = [(LEFT + (i + 0.5) * step, bottom - height) for i, height in enumerate(heights)]
    shapes = [text(8, 20, "validation loss (nats per word)")]
    shapes.append(line(LEFT, bottom, LEFT + WIDTH, bottom, stroke=FAINT))
    shapes.append(curve(points, color))
    shapes.append(text(LEFT + WIDTH / 2, bottom + 42, "epoch", text_anchor="middle"))
    every = ceil(len(snaps) / MOST_LABELS)
    for i in {*range(0, len(snaps), every), chosen}:
        x, y = points[i]
        shapes += _labels(snaps[i].epoch, x, y, ring=i == chosen)
    return "".join(shapes)


def _labels(epoch: Epoch, x: float, y: float, ring: bool) -> list[str]:
    """Write the epoch's number on the axis, and its loss above its point, unless it has none."""
    style = {"text_anchor": "middle", "font_size": SMALL}
    shapes = [text(x, TOP + HEIGHT + 20, str(epoch.number), **style)]
    if not isnan(y):
        shapes.append(text(x, y - 14, f"{epoch.valid_loss:.2f}", **style))
        if ring:
            center = {"cx": f"{x:.1f}", "cy": f"{y:.1f}"}
            shapes.append(element("circle", r=9, fill="none", stroke=INK, stroke_width=3, **center))
    return shapes
