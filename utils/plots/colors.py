"""Every color of the project, read from `colors.json`: the one file to change.

Figures are drawn on white paper and use the light theme, by the names below. Explorers, pages and
their style sheets use both: `python -m utils.widgets.themes` hands them on.
"""

from json import loads
from pathlib import Path

THEMES: dict[str, dict[str, str | float]] = loads(
    Path(__file__).with_name("colors.json").read_text("utf-8")
)
_LIGHT = {name: str(value) for name, value in THEMES["light"].items()}

# One for each model, which color-blind readers can tell apart (after Okabe and Ito 2008).
MODELS = ("fixed", "dot", "general", "additive", "other")
PALETTE = tuple(_LIGHT[f"model-{name}"] for name in MODELS)
TRANSFORMER = _LIGHT["model-transformer"]
ACCENT = _LIGHT["query"]  # what is no model, but stands out: a query, for example

INK = _LIGHT["ink"]  # words and lines
NEUTRAL = _LIGHT["neutral"]  # what belongs to no model, in figures
QUIET = _LIGHT["quiet"]  # the faintest color that words can be read in: contrast 7 on white
NEXT = _LIGHT["next"]  # bars of the words that may come next
EMPTY = _LIGHT["empty"]  # lines between cells; padding
GROUND = _LIGHT["ground"]  # behind a picture; words on a dark shape

WRONG = _LIGHT["wrong"]  # a word that the reference does not have
LINK = _LIGHT["link"]
WORD = _LIGHT["mask"]  # a position that is no padding
