"""Notebooks are saved with what a reader needs, and without what only one run could use."""

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

from utils.publishing.notebooks import execute

CELLS = """\
import time, ipywidgets
from tqdm.auto import tqdm
print(ipywidgets.__name__)
---
for i in tqdm(range(2)):
    print(i, flush=True)
    time.sleep(0.5)
---
ipywidgets.HTML("text")
"""


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a notebook of these cells and returns its path."""

    def write(text):
        cells = [new_code_cell(source.strip()) for source in text.split("---")]
        cells[0].metadata["execution"] = {"iopub.status.busy": "2026-01-01T00:00:00Z"}
        state = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
        path = tmp_path / "01_try.ipynb"
        nbformat.write(new_notebook(cells=cells, metadata={"widgets": state}), path)
        return path

    return write


@pytest.mark.slow
def test_saved_notebooks_hold_nothing_of_one_run(write):
    path = write(CELLS)
    execute(path)
    notebook = nbformat.read(path, as_version=4)
    first, loop, widget = notebook.cells
    assert [cell.execution_count for cell in notebook.cells] == [1, 2, 3]
    assert first.outputs[0].text == "ipywidgets\n"
    assert [output.text for output in loop.outputs] == ["0\n1\n"]
    assert widget.outputs[0].data == {"text/plain": "HTML(value='text')"}
    assert all(cell.metadata == {} for cell in notebook.cells)
    assert "widgets" not in notebook.metadata
    before = path.read_bytes()
    execute(path)
    assert path.read_bytes() == before


@pytest.mark.slow
def test_a_picture_is_written_to_the_file_that_its_cell_names(write):
    path = write("from IPython.display import Image\nImage(data=b'\\x89PNG line', format='png')")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].metadata["picture"] = "line.png"
    nbformat.write(notebook, path)
    execute(path)
    assert (path.parent / "line.png").read_bytes() == b"\x89PNG line"


def test_of_an_expected_error_only_the_message_is_saved(write):
    path = write("print(1)\n---\nraise ValueError('too long')")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].metadata["tags"] = ["raises-exception"]
    nbformat.write(notebook, path)
    execute(path)
    (error,) = nbformat.read(path, as_version=4).cells[1].outputs
    assert len(error.traceback) == 1
    assert "ValueError" in error.traceback[0]
    assert "too long" in error.traceback[0]


def test_a_notebook_that_fails_is_left_as_it_was(write):
    path = write("print(1)\n---\n1 / 0")
    before = path.read_bytes()
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        execute(path)
    assert path.read_bytes() == before
