"""The middle of a page: a notebook's cells as HTML, with its opening set apart."""

import ast
import re
from functools import cache
from html import escape
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from utils.exercises import exercises_of
from utils.plots.colors import THEMES
from utils.publishing.explorers import has_explorer, kinds_of, with_lesson
from utils.publishing.first_cell import CELL_ID
from utils.publishing.pages.contents import Heading, headings_of, with_anchors
from utils.publishing.pages.formulas import put_formulas_back
from utils.publishing.pages.page import prepare
from utils.publishing.pages.pictures import take_pictures_out
from utils.publishing.pages.symbols import Marker, first_in_reach
from utils.publishing.pages.terms import Glossary
from utils.publishing.pages.typography import align_numbers, keep_together, typeset

BUTTON = re.compile(r'<summary style="[^"]*">(.*?)</summary>')
UNTRIED = re.compile(r"<p>○ Not attempted yet[^<]*</p>(?=<details>)")
CHECK = re.compile(r'check\("(\d\d)\.(\d+)"')
STILL = re.compile(r'(?<!<figure class="picture">)<img\b[^>]*>')
STYLE = re.compile(r"<style scoped[^>]*>.*?</style>", re.DOTALL)
TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
LEAD = re.compile(r"<p><strong>Promise\.</strong>\s*(.*?)</p>", re.DOTALL)
TIME = re.compile(r"<p><strong>Time\.</strong>.*?</p>", re.DOTALL)
LABEL = re.compile(r"<p><strong>(You will be able to|Where we are)\.?</strong>")
OUTPUT = re.compile(r'<pre class="output">(.*?)</pre>', re.DOTALL)
PLACE = re.compile(r"\w+ = None\b")  # for an answer
KERNEL_ONLY = re.compile(r'<span class="notebook">.*?</span>\s?', re.DOTALL)
EXERCISES = (  # what notebooks say above their exercises, and pages
    "Each exercise has a cell for your answer and a cell that checks it. Stuck, or done? *Show an "
    "answer* below each check opens one way to do it.",
    "Try each on paper first, or in the notebook, where a cell checks your answer. Stuck, or done? "
    "*Show an answer* opens one way to do it.",
)
INLINE_COLOR = re.compile(r"((?:color|solid|background):? ?)(#[0-9A-Fa-f]{6})\b")
COLOR_NAMES = {str(color).upper(): name for name, color in THEMES["light"].items()}
UNCOLORED = re.compile(r'<span class="(?:n|p|w|nn)">([^<]*)</span>')  # most of what code is made of


class Article(NamedTuple):
    """A page's middle, its headings, and its pictures by their addresses."""

    html: str
    headings: list[Heading]
    pictures: dict[str, bytes]


@cache
def exporter() -> HTMLExporter:
    """Return what turns cells into HTML with the template beside this file. Cached: it is slow."""
    return HTMLExporter(
        template_name="base",
        template_file="article.html.j2",
        extra_template_paths=[str(Path(__file__).parent)],
    )


def build_article(notebook: NotebookNode, name: str, marker: Marker, glossary: Glossary) -> Article:
    """Return the middle of the page with this name, such as "05_dot_attention"."""
    drawn: list[str] = []
    ready = prepare(notebook, drawn)
    ready.cells = [cell for cell in ready.cells if cell.id != CELL_ID]
    for cell in ready.cells:
        show_exercise(cell)
        leave_kernel_out(cell)
    fold_code(ready)
    html, _ = exporter().from_notebook_node(ready)
    html = typeset(with_lesson(tidy(html)))
    headings = [
        each._replace(html=put_formulas_back(each.html, drawn)) for each in headings_of(html)
    ]
    html, pictures = take_pictures_out(with_anchors(html), name)
    marked = [marker.mark_formula(each) for each in drawn]
    html = keep_together(glossary.mark(marker.mark_code(html)), drawn)
    html = put_formulas_back(html, marked)
    return Article(first_in_reach(html), headings, pictures)


def tidy(html: str) -> str:
    """Return cells with what belongs to a page: tables that scroll, buttons, an opening.

    An explorer's still picture is loaded only where no script brings the explorer to life.
    """
    html = UNCOLORED.sub(r"\1", STYLE.sub("", html)).replace("<pre><span></span>", "<pre>")
    html = STILL.sub(r"<noscript>\g<0></noscript>", html)
    html = UNTRIED.sub("", html)
    html = BUTTON.sub(r'<summary class="button">\1</summary>', html)
    html = OUTPUT.sub(_lines_apart, theme_colors(html))
    html = TABLE.sub(lambda table: f'<div class="table">{table[0]}</div>', html)
    html = LEAD.sub(r'<p class="lead">\1</p>', html, count=1)
    html = TIME.sub("", html, count=1)
    html = LABEL.sub(r'<p class="label">\1</p><p>', html, count=2).replace("<p></p>", "")
    return align_numbers(html)


def theme_colors(html: str) -> str:
    """Return tables that follow the theme of the page where they have a color of the light one."""

    def themed(found: re.Match) -> str:
        name = COLOR_NAMES.get(found[2].upper())
        return f"{found[1]}var(--at-{name})" if name else found[0]

    return INLINE_COLOR.sub(themed, html)


def _lines_apart(output: re.Match) -> str:
    """Set each printed line apart, so that the rest of a long one is indented below it."""
    if "<span" in output[1]:  # colored as in a terminal, perhaps over several lines
        return output[0]
    lines = output[1].rstrip("\n").split("\n")
    return '<pre class="output">{}</pre>'.format("".join(map("<span>{}\n</span>".format, lines)))


def leave_kernel_out(cell: NotebookNode) -> None:
    """Leave out of a text what only somebody with a kernel can do."""
    if cell.cell_type == "markdown":
        cell.source = KERNEL_ONLY.sub("", cell.source).replace(*EXERCISES)


def fold_code(notebook: NotebookNode) -> None:
    """Fold code that is not the lesson, in place: what starts an explorer, checks, or prepares.

    A folded cell without outputs goes along with the next cell, if that is folded too.
    """
    cells: list[NotebookNode] = []
    for cell in notebook.cells:
        if cell.cell_type == "code" and (any(map(has_explorer, cell.outputs)) or checks(cell)):
            cell.metadata["jupyter"] = {"source_hidden": True}
        if cells and _is_folded(cell) and _is_folded(cells[-1]) and not cells[-1].outputs:
            cell.source = f"{cells.pop().source}\n\n\n{cell.source}"
        cells.append(cell)
    notebook.cells = cells


def checks(cell: NotebookNode) -> bool:
    """Tell whether a code cell only asserts what the text says, and shows nothing."""
    try:
        lines = ast.parse(cell.source).body
    except SyntaxError:  # a line for the shell
        return False
    return bool(lines) and all(isinstance(line, ast.Assert) for line in lines) and not cell.outputs


def _is_folded(cell: NotebookNode) -> bool:
    is_code = cell.cell_type == "code" and cell.source
    return bool(is_code and cell.metadata.get("jupyter", {}).get("source_hidden"))


def show_exercise(cell: NotebookNode) -> None:
    """Leave of a cell that asks what readers need: questions, or hints and an answer, folded.

    A cell that only holds a name for the answer is dead on a page.
    """
    if "exercise" in cell.metadata.get("tags", []) and PLACE.match(cell.source):
        cell.source = ""
    if any("quiz" in kinds_of(output) for output in cell.get("outputs", [])):
        cell.source = ""  # it only calls the quick questions
    found = CHECK.match(cell.source) if cell.cell_type == "code" else None
    if found is None:
        return
    cell.source = ""
    hints = "".join(f"<li>{escape(hint)}</li>" for hint in hints_of(*found.groups()))
    folded = f'<details><summary style="">Show hints</summary><ul>{hints}</ul></details>'
    for output in cell.outputs:
        if hints and "text/html" in output.get("data", {}):
            shown = output.data["text/html"]
            output.data["text/html"] = shown.replace("<details>", folded + "<details>", 1)


def hints_of(notebook: str, number: str) -> list[str]:
    """Return what a checker would say to the usual mistakes of an exercise."""
    exercise = exercises_of(notebook)[f"{notebook}.{number}"]
    hints = [mistake.hint for mistake in getattr(exercise, "mistakes", ())]
    return list(dict.fromkeys(hints))


def markdown_page(text: str) -> NotebookNode:
    """Return a notebook with one Markdown cell."""
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
