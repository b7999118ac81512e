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
REPLACEMENT_FONT = "Last Resort"  # has a box for every character, and shows none


def drawable(words: Iterable[object]) -> tuple[list[str], dict[str, Any]]:
    """Return words as figures show them, and the properties of matplotlib's `Text` for them.

    Long words are cut. A character without a picture, or that no font here has, becomes an escape
    such as \\u4e2d. Dollars begin no formula.
    """
    shown = [_cut(str(word)) for word in words]
    others = {char: _other_font(char) for char in set("".join(shown)) if not _is_usual(char)}
    escapes = {ord(char): _escape(char) for char, font in others.items() if font is None}
    look: dict[str, Any] = {"parse_math": False}
    if fonts := sorted({font for font in others.values() if font is not None}):
        look["fontfamily"] = [*rcParams["font.family"], *fonts]
    return [word.translate(escapes) for word in shown], look


def without_font(words: Sequence[str]) -> list[str]:
    """Return the characters of words that have a picture, but in no font that is installed."""
    shown = sorted(set("".join(_cut(word) for word in words)))
    candidates = [char for char in shown if char.isprintable() and not _is_usual(char)]
    return [char for char in candidates if _other_font(char) is None]


def _cut(word: str) -> str:
    return word if len(word) <= LONGEST else f"{word[: LONGEST - 1]}…"


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _is_usual(char: str) -> bool:
    """Tell whether the fonts in which figures are set have a picture of the character."""
    if not char.isprintable():
        return False
    families = rcParams["font.family"]
    fonts = [findfont(FontProperties(family=[family])) for family in families]
    return any(get_font(font).get_char_index(ord(char)) for font in fonts)


@cache
def _other_font(char: str) -> str | None:
    """Return the name of a font on this computer that has a picture of the character."""
    for path in sorted(findSystemFonts()) if char.isprintable() else ():
        try:
            font = get_font(path)
            is_found = font.scalable and font.get_char_index(ord(char))
        except (OSError, RuntimeError):  # a font that matplotlib cannot read is as good as none
            continue
        if is_found and not font.family_name.startswith(REPLACEMENT_FONT):
            fontManager.addfont(path)  # it may be newer than matplotlib's list of fonts
            return font.family_name
    return None
