"""SVG text as a PNG that looks the same on every machine."""

from pathlib import Path

import resvg_py
from matplotlib import get_data_path


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
