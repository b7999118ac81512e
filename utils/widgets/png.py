"""SVG text as a PNG that looks the same on every machine."""

from io import BytesIO
from pathlib import Path

import resvg_py
from matplotlib import get_data_path
from PIL import Image

COLORS = 256  # in a picture that is to be small: a third of the bytes, and no eye sees it


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
    drawn = Image.open(BytesIO(png_of(svg, zoom))).convert("RGBA")
    method, dither = Image.Quantize.FASTOCTREE, Image.Dither.NONE
    small = BytesIO()
    drawn.quantize(COLORS, method=method, dither=dither).save(small, "PNG", optimize=True)
    return small.getvalue()
