"""Run notebooks from top to bottom and save them with their outputs.

    python -m utils.notebooks notebooks/03_the_long_sentence_problem.ipynb

What changes with every run or machine, or means nothing once the kernel is gone, is not saved:
timings, the way to an error (its message stays), the state of widgets and the views of them (the
text beside a view stays), and progress bars, which would stand at 0 % forever. A notebook that
fails is left as it was.

A cell whose metadata says `"picture": "images/name.png"` also writes what it draws to that file,
which the README shows.
"""

import base64
import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
SECONDS_PER_CELL = 400


def execute(path: Path) -> None:
    """Run the notebook in its own folder and save it; the first cell that fails raises."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=SECONDS_PER_CELL,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    remove_traces(notebook)
    save_pictures(notebook, path.parent)
    nbformat.write(notebook, path)


def remove_traces(notebook: NotebookNode) -> None:
    """Take out of the notebook, in place, what only this run or its kernel could use."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata.language_info.pop("version", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.metadata.pop("execution", None)
            cell.outputs = [output for output in cell.outputs if not _is_progress_bar(output)]
            for output in cell.outputs:
                output.get("data", {}).pop(WIDGET_VIEW, None)
                if "traceback" in output:  # its last line says what happened; the rest, where
                    output.traceback = output.traceback[-1:]


def save_pictures(notebook: NotebookNode, folder: Path) -> None:
    """Write the PNG of each cell that names a file for it."""
    for cell in notebook.cells:
        if "picture" in cell.metadata:
            (png,) = [output.data["image/png"] for output in cell.outputs if "data" in output]
            (folder / cell.metadata["picture"]).write_bytes(base64.b64decode(png))


def _is_progress_bar(output: NotebookNode) -> bool:
    data = output.get("data", {})
    return WIDGET_VIEW in data and re.search(r"\d+%\|.*\|", data.get("text/plain", "")) is not None


def main(names: list[str]) -> None:
    """Execute the named notebooks one after the other, and say how long each took."""
    for name in names:
        print(name, end=" ", flush=True)
        started = time.perf_counter()
        execute(Path(name))
        print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
