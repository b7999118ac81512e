"""Which slide a link leads to: to a cell that has none, the slide that its text belongs to."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

from nbformat import NotebookNode

from utils.publishing.slides.plan import parts_of

LINK = re.compile(r"(?<!!)\[(?P<text>(?:[^\[\]]|\[[^\]]*\])*)\]\(<?(?P<target>[^)\s>]+)>?\)")
NOTEBOOK = re.compile(r"(\d\d_\w+)\.ipynb(?:#cell-id=(.+))?")

Places = Mapping[str, str]  # by a cell's id, or a heading as links write it: a slide's id


def slide_id(cell: NotebookNode, number: int) -> str:
    """Return the id of the slide that a cell begins as its first, second, … (from 1)."""
    return cell.id if number == 1 else f"{cell.id}-{number}"


def places_of(notebook: NotebookNode) -> dict[str, str]:
    """Return the slide for each cell and each heading of a notebook.

    A cell that shows nothing belongs to the slide before it.
    """
    places: dict[str, str] = {}
    here = notebook.cells[0].id
    for cell in notebook.cells:
        begun = sum(bool(part.title) for part in parts_of(cell))
        first = slide_id(cell, 1) if begun else here
        here = slide_id(cell, begun) if begun else here
        places[cell.id] = first
        if cell.cell_type == "markdown":
            for heading in re.findall(r"^#+ +(.+?)\s*$", cell.source, flags=re.MULTILINE):
                places.setdefault(re.sub(r"[*`]", "", heading).replace(" ", "-"), first)
    return places


def link_to_slides(text: str, own: Places, series: Mapping[str, Places]) -> str:
    """Turn links to notebooks into links to their decks, and links within one to its slides.

    A link to anything else in the project becomes plain text; addresses on the web stay.
    """

    def lead(found: re.Match) -> str:
        target = unquote(found["target"])
        if re.match(r"https?:", target):
            return found[0]
        if target.startswith("#"):
            slide = own.get(target[1:])
            return f"[{found['text']}](#/{slide})" if slide else found["text"]
        there = NOTEBOOK.fullmatch(target)
        if there is None or there[1] not in series:
            return str(found["text"])
        slide = series[there[1]].get(there[2] or "")
        return f"[{found['text']}]({there[1]}.html{f'#/{slide}' if slide else ''})"

    return LINK.sub(lead, text)
