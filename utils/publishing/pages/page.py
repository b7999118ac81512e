"""A notebook's cells, made ready for a page or a slide: links, formulas, descriptions."""

import re
from itertools import zip_longest

import nbformat
from nbformat import NotebookNode

from utils.publishing.editions import read_notebook
from utils.publishing.pages.formulas import take_formulas_out
from utils.system.paths import NOTEBOOKS

LANGUAGE = "en"
SERIES = "Attention, from one vector to looking back"
TITLE = re.compile(r"""title(?:=|\()(["'])(.+?)\1""")  # what code writes above a figure
TO_NOTEBOOK = re.compile(r'(<a href="\d\d_\w+)\.ipynb')  # in the map of the series
NOTICE = re.compile(r"\*\*What to notice\.\*\* (.+?[.!?])(?=\s|$)", flags=re.DOTALL)


def link_to_pages(text: str) -> str:
    """Turn links to notebooks into links to pages; a link out of the folder becomes plain text."""
    text = re.sub(r"(\]\(<?)(\d\d_\w+)\.ipynb", r"\1\2.html", text)
    text = text.replace(
        "](../README.md#questions-readers-ask)", "](index.html#questions-readers-ask)"
    )
    text = re.sub(
        r"\]\((TEACHING|SERVER|MARKS)\.md", lambda name: f"]({name[1].lower()}.html", text
    )
    return re.sub(r"\[([^\]]*)\]\(\.\./[^)]*\)", r"\1", text)


def link_map(html: str) -> str:
    """Turn links to notebooks in an output, such as the map of the series, into links to pages."""
    return TO_NOTEBOOK.sub(r"\1.html", html)


def describe_figure(source: str, below: str = "") -> str:
    """Describe a figure for those who cannot see it: by the title that its code writes above it.

    Where the code computes the title, the text `below` the figure says what to notice.
    """
    titles = "; ".join(dict.fromkeys(title for _, title in TITLE.findall(source))).replace(
        "\\n", " "
    )
    if titles:
        return f"Figure: {titles}."
    notice = NOTICE.search(below)
    if notice is None:
        return "A figure. The text below says what to notice."
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)|[*`$]", r"\1", notice[1])  # no links, no marks
    return f"Figure: {' '.join(plain.split())}"


def describe_figures(notebook: NotebookNode) -> None:
    """Give each PNG of a notebook a description, in place, unless it has one."""
    for cell, following in zip_longest(notebook.cells, notebook.cells[1:]):
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                about = output.metadata.setdefault("image/png", {})
                below = "" if following is None else following.source
                about.setdefault("alt", describe_figure(cell.source, below))


def prepare(notebook: NotebookNode, drawn: list[str]) -> NotebookNode:
    """Return a notebook with links and descriptions of figures, and marks for its formulas."""
    prepared = nbformat.from_dict(notebook)
    describe_figures(prepared)
    for cell in prepared.cells:
        if cell.cell_type == "markdown":
            cell.source = take_formulas_out(link_to_pages(cell.source), drawn)
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}):
                output.data["text/html"] = link_map(output.data["text/html"])
    return prepared


def title_of(notebook: NotebookNode) -> str:
    """Return the first heading, such as "05 · Dot attention"."""
    return notebook.cells[0].source.splitlines()[0].lstrip("# ")


def read_series() -> dict[str, NotebookNode]:
    """Return every notebook by its name, without .ipynb, in their order."""
    paths = sorted(NOTEBOOKS.glob("*.ipynb"))
    return {path.stem: read_notebook(path) for path in paths}
