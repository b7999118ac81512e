"""Texts, code and outputs of cells as HTML for a slide."""

import re
from functools import cache
from html import escape

import mistune
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers.python import PythonLexer

from utils.publishing.explorers import has_explorer

ASKED = re.compile(r"<p>(<strong>(?:(?!</?(?:strong|p)>).)*</strong>)</p>", flags=re.DOTALL)
INDENT = re.compile(r"^((?:<span[^>]*>)*)\s+")  # of a line, also inside a string that began before
ROOMY = 66  # characters: lines that are no longer have room for larger letters


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


def code_html(source: str) -> str:
    """Return Python as HTML, a block for each line, which hangs where it must be broken."""
    lines = highlight(source, PythonLexer(), HtmlFormatter(nowrap=True)).rstrip("\n").split("\n")
    rows = []
    for line, plain in zip(lines, source.split("\n"), strict=True):
        indent = len(plain) - len(plain.lstrip())
        text = INDENT.sub(r"\1", line) or " "
        rows.append(f'<span class="row" style="--indent: {indent}ch">{text}</span>')
    look = "code roomy" if max(map(len, source.split("\n"))) <= ROOMY else "code"
    return f'<pre class="{look}"><code>{"".join(rows)}</code></pre>'


def output_html(cell: NotebookNode) -> list[tuple[str, str]]:
    """Return a cell's outputs, each as its kind ("picture", "explorer", "table", "text") and HTML.

    A stream and a result that follow each other are two outputs; progress and errors are text.
    """
    return [_output(output) for output in cell.get("outputs", [])]


def _output(output: NotebookNode) -> tuple[str, str]:
    data = output.get("data", {})
    if has_explorer(output):
        return "explorer", str(data["text/html"])
    if "image/png" in data:
        alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
        png = str(data["image/png"]).replace("\n", "")
        return "picture", f'<img alt="{escape(alt)}" src="data:image/png;base64,{png}">'
    if "text/html" in data:
        return "table", str(data["text/html"])
    written = output.get("text") or output.get("evalue") or data.get("text/plain", "")
    return "text", f'<pre class="output">{escape(str(written).rstrip())}</pre>'
