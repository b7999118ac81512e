"""The map of the series matches the notebooks: picture, table and headers agree."""

import re
from xml.etree import ElementTree

import nbformat
import pytest

from utils.system.paths import NOTEBOOKS

START = NOTEBOOKS / "00_start_here.ipynb"
ROW = re.compile(r"^\| (\d\d) \| \[(.+)\]\((.+)\) \| (\d+) \| (.+) \|$", re.MULTILINE)


def markdown(path):
    """Return the Markdown cells of a notebook."""
    cells = nbformat.read(path, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "markdown"]


def table():
    """Return the rows of the table in notebook 00: number, title, file, minutes, question."""
    return ROW.findall("\n".join(markdown(START)))


def boxes():
    """Return the text in the picture's boxes, in drawing order."""
    picture = ElementTree.parse(NOTEBOOKS / "images" / "series_map.svg")
    groups = [group for group in picture.iter() if re.fullmatch(r"n\d\d", group.get("id", ""))]
    return [
        {text.get("class"): " ".join("".join(text.itertext()).split()) for text in group}
        for group in groups
    ]


def test_the_table_lists_every_notebook_as_its_header_does():
    listed = [(number, title, file, minutes) for number, title, file, minutes, _ in table()]
    found = []
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        header = markdown(path)[0]
        number, title = re.match(r"# (\d\d) · (.+)", header).groups()
        minutes = re.search(r"\*\*Time\.\*\* about (\d+) minutes", header)[1]
        found.append((number, title, path.name, minutes))
    assert listed == found


@pytest.mark.parametrize("column", ["number", "title", "minutes", "question"])
def test_the_picture_says_what_the_table_says(column):
    rows = [
        {"number": number, "title": title, "minutes": f"{minutes} min", "question": question}
        for number, title, _, minutes, question in table()
    ]
    assert rows
    assert [box[column] for box in boxes()] == [row[column] for row in rows]
