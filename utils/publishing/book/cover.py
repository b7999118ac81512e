"""The cover: the title above the picture of a network that looks at two words."""

from html import escape
from textwrap import wrap

from utils.plots.colors import THEMES
from utils.publishing.pages.front import looking
from utils.widgets.png import png_of
from utils.widgets.stills import drawings

WIDTH, HEIGHT = 1240, 1754  # pixels, in the proportions of A4
LINE, LETTERS = 124, 16  # pixels between two lines of the title; letters in a line
SAYS = "Built by hand, measured, and pulled apart with the mouse"


def cover(title: str) -> bytes:
    """Return the cover as PNG."""
    colors = THEMES["light"]
    picture = drawings().call("bakeTheme", looking(), "light")
    placed = f'<g transform="translate(90 780) scale(1.9)">{picture}</g>'
    font = 'font-size="104" font-weight="bold"'
    lines = "".join(
        f'<text x="100" y="{260 + LINE * row}" {font}>{escape(each)}</text>'
        for row, each in enumerate(wrap(title, LETTERS))
    )
    return png_of(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="sans-serif" fill="{colors["ink"]}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{colors["ground"]}"/>'
        f'<rect width="{WIDTH}" height="28" fill="{colors["link"]}"/>{lines}{placed}'
        f'<text x="100" y="1640" font-size="35" fill="{colors["quiet"]}">{SAYS}</text></svg>'
    )
