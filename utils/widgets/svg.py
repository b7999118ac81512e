"""A picture as SVG text: quick to draw, sharp at any size, and the same in a saved notebook.

Sizes and positions are in pixels, with y growing downward.
"""

from base64 import b64encode
from functools import cache
from html import escape

from matplotlib import colormaps
from matplotlib.colors import to_hex

from utils.plots.colors import GROUND, INK
from utils.widgets.png import png_of

HALO = {"stroke": GROUND, "stroke_width": 4, "paint_order": "stroke"}  # around words
SMALL = 13  # pixels: the smallest letters and numbers; words have 14
LONGEST_WORD = 18  # letters; longer words are cut
JOINER = "\u200d"  # joins several emoji to one
SHARPNESS = 1.5  # pixels in a PNG for each pixel of the SVG


def element(name: str, content: str = "", /, **attributes: object) -> str:
    """Return an SVG element around `content`, which is SVG already; font_size means font-size."""
    named = (f' {key.replace("_", "-")}="{escape(str(v))}"' for key, v in attributes.items())
    return f"<{name}{''.join(named)}>{content}</{name}>"


def text(x: float, y: float, words: str, /, **attributes: object) -> str:
    """Write `words`, whatever they contain, on the baseline that begins at x, y."""
    style = {"font_size": 14, "fill": INK} | attributes
    return element("text", escape(printable(words)), x=round(x, 1), y=round(y, 1), **style)


def rect(x: float, y: float, width: float, height: float, /, **attributes: object) -> str:
    """Draw a rectangle with its upper left corner at x, y."""
    size = {"width": round(max(width, 0), 1), "height": round(max(height, 0), 1)}
    return element("rect", x=round(x, 1), y=round(y, 1), **size, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, /, **attributes: object) -> str:
    """Draw a straight line."""
    ends = {"x1": round(x1, 1), "y1": round(y1, 1), "x2": round(x2, 1), "y2": round(y2, 1)}
    return element("line", **ends, **({"stroke": INK, "stroke_width": 2} | attributes))


def polyline(points: list[tuple[float, float]], **attributes: object) -> str:
    """Draw a line through the points."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return element("polyline", points=path, fill="none", **({"stroke": INK} | attributes))


def picture(width: float, height: float, title: str, *shapes: str) -> str:
    """Put the shapes on a white ground; a screen reader reads the title out."""
    ground = rect(0, 0, width, height, fill=GROUND)
    return element(
        "svg",
        element("title", escape(printable(title))) + ground + "".join(shapes),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        width=f"{width:.0f}",
        role="img",
        aria_label=printable(title),
        font_family="Helvetica, Arial, sans-serif",
    )


def printable(words: str) -> str:
    """Return the text with a box for each character that has no shape, such as a control code."""
    return "".join(letter if letter.isprintable() or letter == JOINER else "□" for letter in words)


def to_png(drawn: str) -> tuple[str, int]:
    """Return a picture as PNG in base64, and the width in pixels at which to show it."""
    png = png_of(drawn, SHARPNESS)
    width = int.from_bytes(png[16:20], "big")  # where the PNG format has it
    return b64encode(png).decode(), round(width / SHARPNESS)


def short(word: str, longest: int = LONGEST_WORD) -> str:
    """Cut a word that would run into its neighbors."""
    return word if len(word) <= longest else word[: longest - 1] + "…"


@cache
def palette(name: str) -> list[str]:
    """Return the 256 colors of one of matplotlib's color maps."""
    return [to_hex(color) for color in colormaps[name](range(256))]


def blue(share: float) -> str:
    """Return the color of a weight 0…1, from white to dark blue."""
    return palette("Blues")[round(255 * min(max(share, 0.0), 1.0))]


def red_or_blue(number: float, largest: float) -> str:
    """Return the color of a number: blue below zero, white at zero, red above."""
    share = 0.5 + number / (2 * max(largest, 1e-9))
    return palette("RdBu_r")[round(255 * min(max(share, 0.0), 1.0))]
