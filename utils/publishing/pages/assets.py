"""What all pages share, each once: style sheet, scripts, fonts and signs."""

import json
from collections.abc import Sequence
from pathlib import Path

from utils.publishing.pages.symbols import Symbol
from utils.publishing.pages.terms import Term
from utils.publishing.pages.typography import typeset
from utils.widgets.scripts import bundle, compact
from utils.widgets.themes import color_sheet

ASSETS = Path(__file__).parent / "assets"
VENDOR = ASSETS / "vendor"
FOLDER = "assets"  # beside the pages
SHEETS = ("fonts", "base", "frame", "text", "code", "front", "overlay", "print")


def style_sheet() -> str:
    """Return the style sheet of all pages, below the colors of both themes."""
    parts = [(ASSETS / "css" / f"{name}.css").read_text(encoding="utf-8") for name in SHEETS]
    return compact_style("\n".join([color_sheet(), *parts]))


def compact_style(sheet: str) -> str:
    """Return a style sheet without indentation and empty lines."""
    return "\n".join(line for line in map(str.strip, sheet.splitlines()) if line) + "\n"


def script(entry: str) -> str:
    """Return a script made of modules; it leaves no global name."""
    return f"(() => {{\n{compact(bundle(entry, folder=ASSETS / 'js'))}}})();\n"


def meaning_script(symbols: Sequence[Symbol], terms: Sequence[Term]) -> str:
    """Return what symbols and terms mean as a script, which the first look-up loads."""
    rows = {
        "symbol": [[typeset(cell) for cell in symbol.cells] for symbol in symbols],
        "term": [(term.forms[0], typeset(term.meaning), term.number, term.place) for term in terms],
    }
    return f"globalThis.siteMeanings = {json.dumps(rows, ensure_ascii=False)};\n"


def shared_files(symbols: Sequence[Symbol], terms: Sequence[Term]) -> dict[str, bytes]:
    """Return the files that all pages share, by their paths from the pages."""
    texts = {
        "site.css": style_sheet(),
        "site.js": script("site.js"),
        "theme.js": script("theme.js"),
        "meanings.js": meaning_script(symbols, terms),
    }
    files = {f"{FOLDER}/{name}": text.encode() for name, text in texts.items()}
    files[f"{FOLDER}/icon.svg"] = (ASSETS / "icon.svg").read_bytes()
    return files | {f"{FOLDER}/{name}": content for name, content in fonts().items()}


def fonts() -> dict[str, bytes]:
    """Return the fonts with their licenses, by the paths that `fonts.css` gives them."""
    return {f"fonts/{path.name}": path.read_bytes() for path in (ASSETS / "fonts").iterdir()}
