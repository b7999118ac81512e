"""`make figures`: every figure of the series on one page, to look at as a set.

First at the width of a page, then at half of it: on a slide, or beside a text, a figure is no
larger, and its words must still be readable.
"""

import base64
import mimetypes
import re
from collections.abc import Iterator, Sequence
from html import escape, unescape
from itertools import chain
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import nbformat
from nbformat import NotebookNode

from utils.plots.colors import INK
from utils.publishing.editions import choose_folder, shown, write_edition
from utils.publishing.explorers import still_of
from utils.publishing.pages.page import LANGUAGE, describe_figures, read_series, title_of
from utils.system.failures import run
from utils.system.paths import NOTEBOOKS

PAGES = "../html"  # where `make html` writes the series, seen from this page
BYTES = "application/octet-stream"  # a file of a kind that is not known
WIDTH = 900  # pixels, that of a page
HEADING_OR_DRAWING = re.compile(
    r"^#{1,6} +(?P<heading>.+?) *$|!\[(?P<alt>[^\]]*)\]\((?P<file>[^)]+)\)", flags=re.MULTILINE
)
STYLE = f"""
body {{ font: 16px/1.4 sans-serif; color: {INK}; }}
body {{ max-width: {WIDTH * 3 // 2}px; margin: 1em auto; }}
h2 {{ margin: 2em 0 0; }}
figure {{ margin: 1.5em 0; }}
figure img {{ width: {WIDTH}px; }}
.half {{ display: flex; flex-wrap: wrap; align-items: flex-start; }}
.half img {{ width: {WIDTH // 2}px; }}
"""


class Picture(NamedTuple):
    """A figure: what it shows, the heading it stands under, and its file as a data: address."""

    alt: str
    heading: str
    address: str


def data_address(kind: str, content: bytes) -> str:
    """Return an address that holds the file itself; `kind` is its type, such as "image/png"."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def pictures_of(notebook: NotebookNode, folder: Path) -> Iterator[Picture]:
    """Yield the figures of a notebook in `folder`: drawings in its text and what its code drew."""
    notebook, heading = nbformat.from_dict(notebook), ""
    describe_figures(notebook)
    for cell in notebook.cells:
        found = HEADING_OR_DRAWING.finditer(cell.source) if cell.cell_type == "markdown" else ()
        for each in found:
            heading = each["heading"] or heading
            if each["file"]:
                content = (folder / each["file"]).read_bytes()
                kind, _ = mimetypes.guess_type(each["file"])
                yield Picture(each["alt"], heading, data_address(kind or BYTES, content))
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                content = base64.b64decode(output.data["image/png"])
                alt = output.metadata["image/png"]["alt"]
                yield Picture(alt, heading, data_address("image/png", content))
            if still := still_of(output):
                yield Picture(still.alt, heading, data_address("image/png", still.png))


def image(number: str, picture: Picture) -> str:
    """Return a figure without its caption."""
    return f'<img src="{picture.address}" alt="{number}: {escape(picture.alt)}">'


def large(number: str, name: str, picture: Picture) -> str:
    """Return a figure with what it shows, and a link to its place in the notebook `name`."""
    heading = re.sub(r"[*`]", "", unescape(picture.heading))
    place = f"{PAGES}/{name}.html#{quote(heading.replace(' ', '-'))}"
    finding = escape(picture.alt.removeprefix("Figure: "))
    link = f'<a href="{place}">{escape(heading)}</a>'
    return (
        f"<figure>{image(number, picture)}\n"
        f"<figcaption><b>{number}</b> {finding} In: {link}</figcaption></figure>"
    )


def section(name: str, notebook: NotebookNode, folder: Path) -> str:
    """Return a notebook's figures, numbered 05.1, 05.2, …: large ones, then all at half size."""
    pictures = {
        f"{name[:2]}.{count}": picture
        for count, picture in enumerate(pictures_of(notebook, folder), start=1)
    }
    wide = [large(number, name, picture) for number, picture in pictures.items()]
    half = [image(number, picture) for number, picture in pictures.items()]
    rows = [f"<h2>{escape(title_of(notebook))}</h2>", *wide, '<div class="half">', *half, "</div>"]
    return "\n".join(rows)


def build_sheet(notebooks: dict[str, NotebookNode], folder: Path = NOTEBOOKS) -> str:
    """Return one self-contained page with the figures of the notebooks, given by name."""
    begin = [
        f'<!DOCTYPE html>\n<html lang="{LANGUAGE}">\n<head>\n<meta charset="utf-8">',
        f"<title>Every figure of the series</title>\n<style>{STYLE}</style>\n</head>\n<body>",
        f"<h1>Every figure of the series</h1>\n<p>Each is shown {WIDTH} pixels wide; below the",
        f"figures of a notebook stand the same at half that width, {WIDTH // 2} pixels.</p>",
    ]
    sections = (section(name, notebook, folder) for name, notebook in notebooks.items())
    return "\n".join(chain(begin, sections, ["</body>\n</html>\n"]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page; return the exit code."""
    what = "Write a page with every figure of the series."
    folder = choose_folder("utils.publishing.figures", "figures", what, arguments)
    sheet = build_sheet(read_series())
    kept = write_edition([("index.html", sheet.encode())], folder)
    count = sheet.count("<figure>")
    print(f"{count} figures: open {shown(folder / 'index.html')}", *kept, sep="\n")
    return 0


if __name__ == "__main__":
    run(main)
