"""Pictures of the explorers' own drawings, for where no JavaScript runs: paper, GitHub, slides."""

from functools import cache

from utils.widgets.engine import Engine
from utils.widgets.png import png_of
from utils.widgets.scripts import bundle


@cache
def drawings() -> Engine:
    """Return an engine that knows all functions which draw."""
    return Engine(bundle("draw/master.js"))


def still(function: str, *arguments: object, theme: str = "light") -> str:
    """Return a drawing as SVG text with the colors of one theme, "light" or "dark".

    `function` is a drawing function's name, such as "drawMaster".
    """
    engine = drawings()
    return engine.call("bakeTheme", engine.call(function, *arguments), theme)


def still_png(function: str, *arguments: object, theme: str = "light", zoom: float = 2.0) -> bytes:
    """Return a drawing in one theme as PNG, twice as sharp as its size unless told otherwise."""
    return png_of(still(function, *arguments, theme=theme), zoom)
