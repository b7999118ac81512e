"""The picture that other sites show beside a link to this one, drawn by our own drawing code."""

from html import escape
from textwrap import wrap

from utils.plots.colors import THEMES
from utils.widgets.png import png_of

WIDTH, HEIGHT = 1200, 630  # pixels, as such sites want it
LINE = 64  # pixels between two lines of the title
LETTERS = 19  # in a line


def social_card(title: str, picture: str, says: str) -> bytes:
    """Return the card as PNG: a title, a picture as SVG text, and a line about the series."""
    ink, quiet, ground, link = (
        THEMES["light"][name] for name in ("ink", "quiet", "ground", "link")
    )
    font = 'font-size="50" font-weight="bold"'
    lines = "".join(
        f'<text x="60" y="{150 + LINE * row}" {font}>{escape(line)}</text>'
        for row, line in enumerate(wrap(title, LETTERS))
    )
    placed = picture.replace("<svg ", '<svg x="600" y="115" ', 1)
    return png_of(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="sans-serif" fill="{ink}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{ground}"/>'
        f'<rect width="{WIDTH}" height="14" fill="{link}"/>{lines}'
        f'<text x="60" y="545" font-size="24" fill="{quiet}">{escape(says)}</text>{placed}</svg>'
    )
