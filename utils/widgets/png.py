"""SVG text as a PNG that looks the same on every machine."""

from io import BytesIO
from pathlib import Path

import numpy as np
import resvg_py
from matplotlib import get_data_path
from PIL import Image

COLORS = 256  # in a picture that is to be small: under half the bytes, and no eye sees it
EXACT = 3 / 8  # of them are the most frequent ones, which areas have; the others serve soft edges


def png_of(svg: str, zoom: float = 1.0) -> bytes:
    """Return a drawing as PNG, `zoom` pixels for each of its own, in matplotlib's font."""
    fonts = Path(get_data_path()) / "fonts" / "ttf"
    files = [str(fonts / f"DejaVuSans{style}.ttf") for style in ("", "-Bold", "-Oblique")]
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        zoom=zoom,
        font_files=files,
        skip_system_fonts=True,
        sans_serif_family="DejaVu Sans",
    )


def small_png_of(svg: str, zoom: float = 1.0) -> bytes:
    """Return a drawing as PNG with at most 256 colors, as one to be kept in a notebook."""
    small = BytesIO()
    with_few_colors(Image.open(BytesIO(png_of(svg, zoom)))).save(small, "PNG", optimize=True)
    return small.getvalue()


def with_few_colors(picture: Image.Image, most: int = COLORS) -> Image.Image:
    """Return a drawing with a palette of at most `most` colors, 256 unless told otherwise.

    Areas keep their colors exactly: a word's is the same in every picture.
    """
    drawn = np.asarray(picture.convert("RGBA"))  # (H, W, 4)
    packed = np.ascontiguousarray(drawn).view(np.uint32)[:, :, 0]
    kinds, places, counts = np.unique(packed, return_inverse=True, return_counts=True)
    palette, nearest = _few_colors(kinds.view(np.uint8).reshape(-1, 4), counts, most)
    few = Image.fromarray(nearest[places.reshape(packed.shape)])
    few.putpalette(palette.tobytes(), "RGBA")
    return few


def _few_colors(colors: np.ndarray, counts: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Return `most` of K colors, (K, 4) with their frequencies, and each one's nearest (K,).

    After the most frequent ones, the next is always the color that would be changed worst.
    """
    signed = colors.astype(np.int32)
    chosen = list(np.argsort(-counts)[: int(EXACT * most)])
    error = np.full(len(colors), np.iinfo(np.int32).max)
    nearest = np.zeros(len(colors), np.uint8)
    for place in range(min(most, len(colors))):
        if place == len(chosen):
            chosen.append(np.argmax(error * np.sqrt(counts)))
        distance = ((signed - signed[chosen[place]]) ** 2).sum(axis=1)
        nearest[distance < error] = place
        error = np.minimum(error, distance)
    return colors[chosen], nearest
