"""Pictures of notebooks as slides show them: without margins, without a title, or a part alone."""

import base64
import io
from functools import cache

import numpy as np
from PIL import Image

WHOLE = (0.0, 0.0, 1.0, 1.0)
INK = 12  # how far from white a pixel must be to count as drawn
GAP = 4  # blank rows below a title
TITLE = 0.25  # of a picture's height: what goes on below is no title
EDGE = 8  # pixels that stay around what is drawn


@cache
def cut(png: str, part: tuple[float, ...] = WHOLE, is_untitled: bool = False) -> str:
    """Return a picture, base64 of a PNG, without its margins, for a slide that has little room.

    `part` is what to show: left, top, right and bottom, as fractions of the picture.
    `is_untitled` leaves out the line at the top, where the slide's title says the same.
    Raises ValueError for a part that is outside the picture or shows nothing.
    """
    left, top, right, bottom = part
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise ValueError(f"crop {list(part)}: give left, top, right, bottom between 0 and 1.")
    whole = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA")
    paper = Image.new("RGBA", whole.size, "white")
    paper.alpha_composite(whole)
    width, height = paper.size
    box = (left * width, top * height, right * width, bottom * height)
    shown = _trimmed(paper.convert("RGB").crop(box))
    if is_untitled:
        shown = _trimmed(shown.crop((0, _end_of_title(shown), *shown.size)))
    written = io.BytesIO()
    shown.save(written, "PNG")
    return base64.b64encode(written.getvalue()).decode()


def _drawn(picture: Image.Image) -> np.ndarray:
    """Return where something is drawn, shape (height, width)."""
    distance: np.ndarray = 255 - np.asarray(picture, dtype=int).min(axis=2)
    return distance > INK


def _trimmed(picture: Image.Image) -> Image.Image:
    drawn = _drawn(picture)
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    if not len(rows):
        raise ValueError("nothing is drawn in this part of a picture: choose another crop.")
    width, height = picture.size
    return picture.crop(
        (
            max(0, columns[0] - EDGE),
            max(0, rows[0] - EDGE),
            min(width, columns[-1] + EDGE + 1),
            min(height, rows[-1] + EDGE + 1),
        )
    )


def _end_of_title(picture: Image.Image) -> int:
    """Return the first blank row below the topmost line; 0 if that goes on into the picture."""
    is_blank: np.ndarray = np.logical_not(_drawn(picture).any(axis=1))
    for row in range(int(np.argmin(is_blank)), int(TITLE * len(is_blank))):
        if is_blank[row : row + GAP].all():
            return row
    return 0
