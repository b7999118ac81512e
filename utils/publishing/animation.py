"""The moving picture of the README: `make animation` translates a sentence word by word.

Each frame is one step of a decoder with attention: the weights of this step on the left, all rows
of weights so far on the right.
"""

from io import BytesIO

import torch
from matplotlib.figure import Figure
from PIL import Image

from utils import plots
from utils.system.failures import run
from utils.system.paths import NOTEBOOKS
from utils.system.storage import check_writable, write_atomically
from utils.text import END
from utils.trace import Trace, trace
from utils.translator import Translator

TARGET = NOTEBOOKS / "images" / "stepper.gif"
SENTENCE = "heute ruft der Lehrer die Eltern an , weil das Kind nicht im Garten schläft ."
TRANSLATOR = "additive"
MILLISECONDS = 900  # how long a frame stays
PAUSE = 3000  # how long the last one does


def draw_frame(traced: Trace, t: int) -> Image.Image:
    """Draw step t (from 1): its weights as bars, and the heat map of all steps up to it."""
    step, source = traced.steps[t - 1], traced.source
    figure = Figure(figsize=(13, 7), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.6))
    left.barh(range(len(source)), step.weights.tolist(), color=plots.COLORS[TRANSLATOR])
    left.set_yticks(range(len(source)), source)
    left.set(xlim=(0, 1), ylim=(len(source) - 0.5, -0.5), xlabel="weight α")
    what = "the end" if step.word == END else f"“{step.word}”"
    left.set_title(f"step {t}: looks, and writes {what}")
    weights = torch.full((len(traced.steps), len(source)), torch.nan)  # rows to come stay empty
    weights[:t] = traced.weights[:t]
    words = [each.word for each in traced.steps[:t]] + [""] * (len(traced.steps) - t)
    plots.attention_map(weights, source, words, right)
    file = BytesIO()
    figure.savefig(file, format="png", dpi=70)
    return Image.open(file).convert("P", palette=Image.Palette.ADAPTIVE, colors=64)


def main() -> int:
    """Write the animation; return the exit code."""
    check_writable(TARGET)
    plots.set_style()
    translator = Translator.load(f"mini-{TRANSLATOR}")
    traced = trace(translator, translator.read(SENTENCE))
    first, *others = (draw_frame(traced, t) for t in range(1, len(traced.steps) + 1))
    times = [MILLISECONDS] * len(others) + [PAUSE]
    moving = {"save_all": True, "append_images": others, "duration": times, "loop": 0}
    write_atomically(TARGET, lambda file: first.save(file, "GIF", optimize=True, **moving))
    return 0


if __name__ == "__main__":
    run(main)
