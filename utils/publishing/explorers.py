"""The explorers in pages and slides: alive from a file, with no kernel, server or network.

A notebook's output holds an explorer's element, with its options and a still picture. What brings
it to life lies beside the page, one style sheet and one script for each kind, and the weights of
each translator in a script of its own, which a page loads only if an explorer on it asks.
"""

import base64
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape, unescape
from typing import NamedTuple

from nbformat import NotebookNode

from utils.widgets.kinds import EXPLORERS
from utils.widgets.live import HOST, page_script, shared_script, style_of
from utils.widgets.pages import model_script
from utils.widgets.playground import LESSON, Playground
from utils.widgets.scripts import modules_of
from utils.widgets.weights import model_file

FOLDER = "explorers"  # beside the pages
SHARED = "shared"  # the script with what several kinds need, in that folder
OFTEN = 2  # kinds: what a single one needs is in its own script
ELEMENT = re.compile(
    r'<div data-explorer="(?P<name>\w+)"[^>]*?'
    r""" data-options=(?P<mark>["'])(?P<options>.*?)(?P=mark)"""
)
STILL = re.compile(r'<img alt="(?P<alt>[^"]*)" src="data:image/png;base64,(?P<png>[^"]*)"')


class Still(NamedTuple):
    """An explorer's still picture: PNG, and what it shows."""

    png: bytes
    alt: str


def has_explorer(output: NotebookNode) -> bool:
    """Tell whether an output of a cell is an explorer."""
    return kinds_of(output) != set()


def kinds_of(output: NotebookNode) -> set[str]:
    """Return the kinds of explorers in an output of a cell."""
    html = output.get("data", {}).get("text/html", "")
    return {found["name"] for found in ELEMENT.finditer(html)}


def still_of(output: NotebookNode) -> Still | None:
    """Return an explorer's still picture; None for other outputs, and explorers of text."""
    found = STILL.search(output.data["text/html"]) if has_explorer(output) else None
    return found and Still(base64.b64decode(found["png"]), unescape(found["alt"]))


@cache
def shared_modules() -> tuple[str, ...]:
    """Return the JavaScript modules that several kinds of explorers need, in a fixed order."""
    needed = Counter(
        module for name in EXPLORERS for module in modules_of(f"explorers/{name}.js", HOST)
    )
    several = {module for module, count in needed.items() if count >= OFTEN}
    return tuple(sorted({part for module in several for part in modules_of(module)}))


def with_lesson(page: str) -> str:
    """Return a page whose usual playgrounds show a training's end until their reader begins.

    So what a script brings to life is the still picture, and says the same.
    """

    def teach(found: re.Match) -> str:
        options = json.loads(unescape(found["options"]))
        lesson = json.loads(LESSON.read_text("utf-8"))
        chosen = {name: options.get(name, lesson["options"][name]) for name in Playground.CHOICES}
        is_usual = chosen.items() <= lesson["options"].items()
        if found["name"] != Playground.name or not is_usual or {"link", "word"} & options.keys():
            return found[0]
        told = {name: lesson[name] for name in ("state", "history")}
        whole = escape(json.dumps(options | {"lesson": told}))
        return f'<div data-explorer="{found["name"]}" data-options="{whole}"'

    return ELEMENT.sub(teach, page)


def enliven(page: str) -> str:
    """Return a page with the style sheets and the scripts of its explorers."""
    names = sorted({found["name"] for found in ELEMENT.finditer(page)})
    sheets = [f'<link rel="stylesheet" href="{FOLDER}/{name}.css">' for name in names]
    scripts = [f'<script src="{FOLDER}/{name}.js"></script>' for name in (SHARED, *names)]
    page = page.replace("</head>", "\n".join([*sheets, "</head>"]), 1)
    start, end, rest = page.rpartition("</body>")
    return "\n".join([start, *scripts, end]) + rest if names else page


def files_for(pages: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the files that the explorers of pages need, each with its path from the pages."""
    names, models = set(), set()
    for page in pages:
        for found in ELEMENT.finditer(page):
            names.add(found["name"])
            options = json.loads(unescape(found["options"]))
            models |= {each["id"] for each in options.get("models", {}).values() if each}
    if names:
        yield f"{FOLDER}/{SHARED}.js", shared_script(shared_modules()).encode()
    for name in sorted(names):
        yield f"{FOLDER}/{name}.css", style_of(name).encode()
        yield (
            f"{FOLDER}/{name}.js",
            page_script(name, EXPLORERS[name].worker, shared_modules()).encode(),
        )
    for model in sorted(models):
        yield model_file(model), model_script(model).encode()
