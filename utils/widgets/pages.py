"""Explorers in pages that need no kernel, no server and no network: opened as a file, they live.

A page has an explorer's element, its style and its script; the weights of translators are scripts
in the folder `models` beside the page, loaded by the explorer that asks for them.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from utils.system.storage import write_text_atomically
from utils.translator import Translator
from utils.widgets.live import LiveExplorer, page_script, style_of
from utils.widgets.weights import model_file, pack_translator

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0; background: var(--at-ground); }}
{style}</style>
<main>{explorer}</main>
<script>
{script}</script>
</html>
"""


def write_page(explorer: LiveExplorer, folder: Path) -> Path:
    """Write a page with nothing but an explorer, and the weights it needs; returns its path."""
    path = folder / f"{explorer.name}.html"
    options = explorer.page_options()
    write_models((each["id"] for each in options.get("models", {}).values() if each), folder)
    page = PAGE.format(
        title=type(explorer).__name__,
        style=style_of(explorer.name),
        explorer=explorer.page_html(themed=True),
        script=page_script(explorer.name, explorer.worker),
    )
    write_text_atomically(path, page)
    return path


def write_models(names: Iterable[str], folder: Path) -> None:
    """Write the scripts with the weights of shipped translators where a page in `folder` asks."""
    for name in names:
        path = folder / model_file(name)
        path.parent.mkdir(exist_ok=True)
        write_text_atomically(path, model_script(name))


@cache
def model_script(name: str) -> str:
    """Return a shipped translator as a script of ASCII letters."""
    return pack_translator(Translator.load(name)).as_script(name)
