"""The book's style sheet and fonts."""

import re
from functools import cache
from pathlib import Path

from utils.plots.colors import THEMES
from utils.publishing.pages.assets import ASSETS, compact_style

FONTS = "fonts"
COLOR = re.compile(r"var\(--at-([a-z0-9-]+)\)")


@cache
def style_sheet() -> str:
    """Return the style sheet of the EPUB, which paper uses too.

    Colors stand in it as they are, for readers that know no variables: those of the light theme,
    then those of the dark one for readers that ask for it.
    """
    text, colors = (
        Path(__file__).with_name(name).read_text(encoding="utf-8")
        for name in ("book.css", "colors.css")
    )
    dark = f"@media (prefers-color-scheme: dark) {{\n{bake(colors, 'dark')}{DARK}}}\n"
    return compact_style("\n".join([text, bake(colors, "light"), dark]))


# Some readers turn a page dark by themselves, so only the dark theme sets a ground. Figures are
# drawn on white: their lightness turns around, and their hues stay.
DARK = f"""body {{ background: {THEMES["dark"]["ground"]}; color: {THEMES["dark"]["ink"]}; }}
img {{ filter: invert(0.93) hue-rotate(180deg); }}
"""


def bake(style: str, theme: str) -> str:
    """Return a style sheet with the colors of a theme in place of their variables."""
    return COLOR.sub(lambda name: str(THEMES[theme][name[1]]), style)


def font_files() -> dict[str, bytes]:
    """Return the fonts by their paths in the book."""
    return {
        f"{FONTS}/{path.name}": path.read_bytes()
        for path in sorted((ASSETS / FONTS).glob("*.woff2"))
    }
