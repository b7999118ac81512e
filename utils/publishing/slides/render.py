"""Texts, code and outputs of cells as HTML for a slide."""

import re
from collections.abc import Mapping
from functools import cache
from html import escape, unescape
from json import dumps, loads
from typing import Any

import mistune
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers.python import PythonLexer

from utils.plots.words import COLORS
from utils.publishing.explorers import ELEMENT, has_explorer
from utils.publishing.slides.pictures import cut
from utils.publishing.slides.plan import Part

ASKED = re.compile(r"<p>(<strong>(?:(?!</?(?:strong|p)>).)*</strong>)</p>", flags=re.DOTALL)
INDENT = re.compile(r"^((?:<span[^>]*>)*)\s+")  # of a line, also inside a string that began before
ROOMY = 66  # characters: lines that are no longer have room for larger letters
LONGEST = 78  # characters: a comment that makes a line longer is left out
COMMENT = re.compile(r"\s+# .*$")

SHOWN = Part(output=True)


@cache
def markdown() -> mistune.Markdown:
    """Return what turns Markdown into HTML."""
    made = mistune.create_markdown(escape=False, plugins=["table"])
    assert isinstance(made, mistune.Markdown)
    return made


def text_html(text: str) -> str:
    """Return Markdown as HTML; a paragraph that is all bold asks the class."""
    return ASKED.sub('<p class="ask">\\1</p>', str(markdown()(text)))


def line_html(text: str) -> str:
    """Return one line of Markdown as HTML, without a paragraph around it."""
    return text_html(text).strip().removeprefix("<p>").removesuffix("</p>")


def number_html(number: str) -> str:
    """Return a number, such as "44 → 98", as the one thing to look at."""
    return f'<p class="large">{line_html(number)}</p>'


def chips_html(words: str) -> str:
    """Return words, parted by spaces, each in the color of its place."""
    return "".join(
        f'<span style="--word: var(--at-word-{place % len(COLORS) + 1})">{escape(word)}</span>'
        for place, word in enumerate(words.split())
    )


def code_html(source: str, is_lit: bool = False) -> str:
    """Return Python as HTML, a block for each line, which hangs where it must be broken.

    `is_lit` marks a line at each press.
    """
    source = "\n".join(map(_without_long_comment, source.split("\n")))
    lines = highlight(source, PythonLexer(), HtmlFormatter(nowrap=True)).rstrip("\n").split("\n")
    rows, row = [], "row fragment custom" if is_lit else "row"
    for line, plain in zip(lines, source.split("\n"), strict=True):
        indent = len(plain) - len(plain.lstrip())
        text = INDENT.sub(r"\1", line) or " "
        rows.append(f'<span class="{row}" style="--indent: {indent}ch">{text}</span>')
    look = "code roomy" if max(map(len, source.split("\n"))) <= ROOMY else "code"
    return f'<pre class="{look}"><code>{"".join(rows)}</code></pre>'


def _without_long_comment(line: str) -> str:
    return line if len(line) <= LONGEST else COMMENT.sub("", line)


def with_options(html: str, options: Mapping[str, Any]) -> str:
    """Return an explorer that begins with other options."""

    def changed(found: re.Match[str]) -> str:
        known = loads(unescape(found["options"]))
        written = escape(dumps(known | dict(options), ensure_ascii=False))
        return found[0][: found.start("mark") - found.start()] + f'"{written}"'

    return ELEMENT.sub(changed, html) if options else html


def output_html(cell: NotebookNode, part: Part = SHOWN) -> list[tuple[str, str]]:
    """Return a cell's outputs, each as its kind ("picture", "explorer", "table", "text") and HTML.

    A stream and a result that follow each other are two outputs; progress and errors are text.
    `part` says which kinds are wanted, and how they look.
    """
    shown = (_output(output, part) for output in cell.get("outputs", []))
    return [each for each in shown if part.output in (True, each[0])]


def _output(output: NotebookNode, part: Part) -> tuple[str, str]:
    data = output.get("data", {})
    if has_explorer(output):
        return "explorer", with_options(str(data["text/html"]), part.options)
    if "image/png" in data:
        alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
        png = cut(str(data["image/png"]), tuple(part.crop), part.untitled)
        return "picture", f'<img alt="{escape(alt)}" src="data:image/png;base64,{png}">'
    if "text/html" in data:
        return "table", str(data["text/html"])
    written = output.get("text") or output.get("evalue") or data.get("text/plain", "")
    return "text", f'<pre class="output">{escape(str(written).rstrip())}</pre>'
