"""The map of the series leads to every notebook, and says what the notebooks say of themselves."""

import re

import nbformat
import pytest

from utils.publishing.pages.page import prepare
from utils.publishing.series import entries, series_map
from utils.system.paths import NOTEBOOKS


def test_every_notebook_is_on_the_map_once_as_its_header_calls_it():
    found = []
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        header = nbformat.read(path, as_version=4).cells[0].source
        number, title = re.match(r"# (\d\d) · (.+)", header).groups()
        minutes = re.search(r"\*\*Time\.\*\* about (\d+) minutes", header)[1]
        found.append((number, title, path.name, int(minutes)))
    assert [entry[:4] for entry in entries()] == found
    assert [entry for part in series_map().parts.values() for entry in part] == entries()


def test_a_box_is_a_link_to_its_notebook_and_on_a_page_to_its_page():
    shown = series_map()
    boxes = shown._repr_html_()
    assert re.findall(r'href="([^"]+)"', boxes) == [entry.file for entry in entries()]
    output = nbformat.v4.new_output("display_data", {"text/html": boxes})
    cell = nbformat.v4.new_code_cell(outputs=[output])
    (prepared,) = prepare(nbformat.v4.new_notebook(cells=[cell]), []).cells
    assert ".ipynb" not in prepared.outputs[0].data["text/html"]
    assert repr(shown).count("\n") == len(entries()) + len(shown.parts) - 1


def test_a_notebook_without_a_place_is_named(monkeypatch, tmp_path):
    text = "# 99 · Unknown\n\n**Time.** about 5 minutes"
    cells = [nbformat.v4.new_markdown_cell(text)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "99_unknown.ipynb")
    monkeypatch.setattr("utils.publishing.series.NOTEBOOKS", tmp_path)
    with pytest.raises(ValueError, match=r"no place for 99_unknown\.ipynb"):
        entries()
