"""One page for each notebook, and an index."""

import re
from functools import cache
from html import escape
from itertools import zip_longest
from pathlib import Path

import nbformat
from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from utils.publishing.editions import read_notebook
from utils.publishing.explorers import enliven
from utils.system.paths import NOTEBOOKS
from utils.widgets import Playground

LANGUAGE = "en"
SERIES = "Attention, from one vector to looking back"
# How nbconvert shows cells, on a page as on a slide.
CELL_OPTIONS = {
    "embed_images": True,
    "exclude_input_prompt": True,
    "exclude_output_prompt": True,
}
# Code first, so that a dollar in it begins no formula; then $$…$$, then $…$.
CODE_OR_FORMULA = re.compile(
    r"(?P<code>```.*?```|~~~.*?~~~|`[^`\n]*`)|\$\$(?P<block>.+?)\$\$|\$(?P<inline>[^$\n]+)\$",
    flags=re.DOTALL,
)
NUMBER = re.compile(r"\\tag\{([^}]*)\}")  # of an equation
TITLE = re.compile(r"""title(?:=|\()(["'])(.+?)\1""")  # what code writes above a figure
TO_NOTEBOOK = re.compile(r'(<a href="\d\d_\w+)\.ipynb')  # in the map of the series
NOTICE = re.compile(r"\*\*What to notice\.\*\* (.+?[.!?])(?=\s|$)", flags=re.DOTALL)


def take_formulas_out(text: str, drawn: list[str]) -> str:
    """Replace each formula of a Markdown text by a mark, and put its MathML into `drawn`.

    Markdown would take MathML apart. Code stays as it is.
    """

    def draw(found: re.Match) -> str:
        if found["code"]:
            return found["code"]
        display = "block" if found["block"] else "inline"
        formula = NUMBER.sub(r"\\qquad \\text{(\1)}", found["block"] or found["inline"])
        drawn.append(convert(formula.strip(), display=display))
        return f"⟦{len(drawn) - 1}⟧"

    return CODE_OR_FORMULA.sub(draw, text)


def put_formulas_back(page: str, drawn: list[str]) -> str:
    """Put each formula in the place of its mark."""
    return re.sub(r"⟦(\d+)⟧", lambda mark: drawn[int(mark[1])], page)


def link_to_pages(text: str) -> str:
    """Turn links to notebooks into links to pages; a link out of the folder becomes plain text."""
    text = re.sub(r"(\]\(<?)(\d\d_\w+)\.ipynb", r"\1\2.html", text)
    text = re.sub(r"\]\((TEACHING|SERVER)\.md", lambda name: f"]({name[1].lower()}.html", text)
    return re.sub(r"\[([^\]]*)\]\(\.\./[^)]*\)", r"\1", text)


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
                output.data["text/html"] = TO_NOTEBOOK.sub(r"\1.html", output.data["text/html"])
    return prepared


def title_of(notebook: NotebookNode) -> str:
    """Return the first heading, such as "05 · Dot attention"."""
    return notebook.cells[0].source.splitlines()[0].lstrip("# ")


def navigation(names: dict[str, str], name: str) -> str:
    """Return links to the page before, the index, and the page after; `names` maps to titles."""
    order = list(names)
    place = order.index(name)
    before, after = order[max(place - 1, 0) : place], order[place + 1 : place + 2]
    nothing = ["<span></span>"]  # keeps the index in the middle
    left = [f'<a href="{n}.html" rel="prev">← {escape(names[n])}</a>' for n in before]
    right = [f'<a href="{n}.html" rel="next">{escape(names[n])} →</a>' for n in after]
    middle = ['<a href="index.html">all notebooks</a>']
    parts = (left or nothing) + middle + (right or nothing)
    return f'<nav class="series">{"".join(parts)}</nav>'


@cache
def page_exporter() -> HTMLExporter:
    """Return what makes pages, with the template beside this file. It reads many files: cached."""
    return HTMLExporter(
        template_name="lab",
        template_file="page.html.j2",
        extra_template_paths=[str(Path(__file__).parent)],
        **CELL_OPTIONS,
    )


def render(notebook: NotebookNode, title: str, links: str) -> str:
    """Return a notebook as one page; only its explorers need files beside it."""
    resources = {
        "series_navigation": links,
        "metadata": {"name": title, "path": str(NOTEBOOKS)},
        "language_code": LANGUAGE,
    }
    drawn: list[str] = []
    page, _ = page_exporter().from_notebook_node(prepare(notebook, drawn), resources)
    return enliven(put_formulas_back(page, drawn))


def index_of(notebooks: dict[str, NotebookNode]) -> NotebookNode:
    """Return a notebook with the playground, and a list of all notebooks with their promises."""
    begin = [f"# {SERIES}\n", "Two small networks learn to write words backwards. Press **Train**."]
    playground = nbformat.v4.new_output("display_data", {"text/html": Playground().page_html(True)})
    hidden = {"jupyter": {"source_hidden": True}}
    rows = []
    for name, notebook in notebooks.items():
        promise = re.search(r"\*\*Promise\.\*\* (.+)", notebook.cells[0].source)
        rows.append(f"- **[{title_of(notebook)}]({name}.ipynb)**  ")
        rows += [f"  {promise.group(1)}"] if promise else []
    rows.append("\nFor teachers: [the guide](TEACHING.md), and [a class on one server](SERVER.md).")
    page = markdown_page("\n".join(begin))
    page.cells.append(nbformat.v4.new_code_cell(outputs=[playground], metadata=hidden))
    return nbformat.v4.new_notebook(cells=page.cells + markdown_page("\n".join(rows)).cells)


def markdown_page(text: str) -> NotebookNode:
    """Return a notebook with one Markdown cell."""
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])


def read_series() -> dict[str, NotebookNode]:
    """Return every notebook by its name, without .ipynb, in their order."""
    paths = sorted(NOTEBOOKS.glob("*.ipynb"))
    return {path.stem: read_notebook(path) for path in paths}


def build_pages() -> dict[str, str]:
    """Return every page by its name, without .html."""
    notebooks = read_series()
    names = {name: title_of(notebook) for name, notebook in notebooks.items()}
    pages = {n: render(book, names[n], navigation(names, n)) for n, book in notebooks.items()}
    home = '<nav class="series"><a href="index.html">all notebooks</a></nav>'
    for name, title in {"TEACHING": "Teaching", "SERVER": "A class on one server"}.items():
        text = markdown_page((NOTEBOOKS / f"{name}.md").read_text(encoding="utf-8"))
        pages[name.lower()] = render(text, title, home)
    pages["index"] = render(index_of(notebooks), SERIES, "")
    return pages
