"""Any word as a figure can show it: fonts for what has a picture, escapes for what has none."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from matplotlib import rcParams
from matplotlib.font_manager import (
    FontProperties,
    findfont,
    findSystemFonts,
    fontManager,
    get_font,
)

LONGEST = 40  # letters of a word that are shown
NO_PICTURES = "lastresort"  # in the name of a font that has a box for every character


def drawable(words: Iterable[object]) -> tuple[list[str], dict[str, Any]]:
    """Return words as figures show them, and the properties of matplotlib's `Text` for them.

    Long words are cut. A character without a picture, or that no font here has, becomes an escape
    such as \\u4e2d. Dollars begin no formula.
    """
    shown = [_cut(str(word)) for word in words]
    others = {char: _other_font(char) for char in _unusual(shown)}
    escapes = {
        ord(char): char.encode("unicode_escape").decode("ascii")
        for char, font in others.items()
        if font is None
    }
    look: dict[str, Any] = {"parse_math": False}
    if fonts := sorted({font for font in others.values() if font is not None}):
        look["fontfamily"] = [*rcParams["font.family"], *fonts]
    return [word.translate(escapes) for word in shown], look


def without_font(words: Sequence[str]) -> list[str]:
    """Return the characters of words that have a picture, but in no font that is installed."""
    unusual = _unusual([_cut(word) for word in words])
    return [char for char in unusual if char.isprintable() and _other_font(char) is None]


def _cut(word: str) -> str:
    return word if len(word) <= LONGEST else f"{word[: LONGEST - 1]}…"


def _unusual(words: Sequence[str]) -> list[str]:
    """Return the characters of which the fonts of figures have no picture, in their order."""
    fonts = [
        get_font(findfont(FontProperties(family=[family]))) for family in rcParams["font.family"]
    ]
    return [
        char
        for char in sorted(set("".join(words)))
        if not (char.isprintable() and any(font.get_char_index(ord(char)) for font in fonts))
    ]


@cache
def _other_font(char: str) -> str | None:
    """Return the name of a font on this computer that has a picture of the character."""
    if not char.isprintable():
        return None
    for path in sorted(findSystemFonts(), key=lambda path: ("Regular" not in path, path)):
        try:
            font = get_font(path)
            is_found = font.scalable and font.get_char_index(ord(char)) > 0
        except (OSError, RuntimeError):  # a font that matplotlib cannot read is as good as none
            continue
        if is_found and NO_PICTURES not in path.lower():
            fontManager.addfont(path)  # it may be newer than matplotlib's list of fonts
            return font.family_name
    return None
