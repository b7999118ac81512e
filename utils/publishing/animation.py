"""The moving picture of the README: `make animation` translates a sentence step by step.

Its frames are the attention stepper's own drawings, those between two steps as well.
"""

from collections import Counter
from io import BytesIO
from typing import Any

from PIL import Image

from utils.system.failures import run
from utils.system.paths import NOTEBOOKS
from utils.system.storage import check_writable, write_atomically
from utils.translator import Translator
from utils.widgets.live import engine_of
from utils.widgets.png import png_of
from utils.widgets.weights import pack_translator

TARGET = NOTEBOOKS / "images" / "stepper.gif"
SENTENCE = "gestern hat die Frau dem alten Lehrer einen Apfel gegeben ."
TRANSLATOR = "mini-additive"
WIDTH = 1000  # pixels
BETWEEN = 6  # pictures from one step to the next
MOVE = 70  # milliseconds that each of them stays,
REST = 1100  # that a step does,
PAUSE = 3500  # and the last one


def draw_frames() -> list[tuple[Image.Image, int]]:
    """Draw the film: pictures of one size, and how many milliseconds each stays."""
    model = pack_translator(Translator.load(TRANSLATOR)).as_json()
    options = {"sentence": SENTENCE, "width": WIDTH, "between": BETWEEN, "theme": "light"}
    film = engine_of("stepper", "explorers/stepperstill.js").call("stepperFilm", model, options)
    times = [REST if shot["isAtRest"] else MOVE for shot in film]
    times[-1] = PAUSE
    images = [on_white(png_of(shot["svg"])) for shot in film]
    palette = palette_of(images)
    few = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    return list(zip(few, times, strict=True))


def on_white(png: bytes) -> Image.Image:
    """Return a picture without its transparent corners."""
    image = Image.open(BytesIO(png)).convert("RGBA")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image).convert("RGB")


def palette_of(images: list[Image.Image]) -> Image.Image:
    """Return a picture with the most frequent colors of all, which GIF can hold 256 of.

    If each picture had colors of its own, what stands still would flicker.
    """
    counts: Counter[tuple[int, ...]] = Counter()
    for image in images:
        found: list[tuple[int, Any]] = image.getcolors(image.width * image.height) or []
        counts.update({color: number for number, color in found})
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for color, _ in counts.most_common(256) for part in color])
    return palette


def main() -> int:
    """Write the animation; return the exit code."""
    check_writable(TARGET)
    (first, *others), times = zip(*draw_frames(), strict=True)
    moving = {"save_all": True, "append_images": others, "duration": list(times), "loop": 0}
    write_atomically(TARGET, lambda file: first.save(file, "GIF", optimize=True, **moving))
    return 0


if __name__ == "__main__":
    run(main)
