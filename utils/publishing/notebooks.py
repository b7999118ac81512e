"""Run notebooks from top to bottom and save them with their outputs.

    python -m utils.publishing.notebooks notebooks/03_the_long_sentence_problem.ipynb

Nothing is saved that changes with every run or machine, or means nothing once the kernel is gone:
timings, tracebacks (the error message stays), the state, the views and the numbers of widgets (an
explorer's still picture stays), and progress bars, which would stay at 0 % forever. A notebook that
fails is left as it was.

A cell whose metadata says `"picture": "images/name.png"` also writes what it draws to that file,
which the README shows.
"""

import argparse
import base64
import os
import re
import time
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from utils.publishing.editions import read_notebook
from utils.system.failures import run
from utils.system.storage import check_writable, write_bytes_atomically, write_text_atomically

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_NUMBER = re.compile(r' data-widget="[0-9a-f]{32}"')  # of an explorer in one kernel
SECONDS_PER_CELL = 400
# Threads that wait for each other give up their core: busy waiting takes it from whoever has work.
WAITING = {"OMP_WAIT_POLICY": "PASSIVE"}


def execute(path: Path) -> None:
    """Run the notebook in its own folder and save it; the first cell that fails raises."""
    notebook = read_notebook(path)
    check_writable(path)
    client = NotebookClient(
        notebook,
        timeout=SECONDS_PER_CELL,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute(env=WAITING | os.environ)
    remove_traces(notebook)
    save_pictures(notebook, path.parent)
    write_text_atomically(path, nbformat.writes(notebook) + "\n")


def remove_traces(notebook: NotebookNode) -> None:
    """Remove from the notebook, in place, what only this run or its kernel could use."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata.language_info.pop("version", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.metadata.pop("execution", None)
            cell.outputs = [output for output in cell.outputs if not _is_progress_bar(output)]
            for output in cell.outputs:
                data = output.get("data", {})
                data.pop(WIDGET_VIEW, None)
                if "text/html" in data:
                    data["text/html"] = WIDGET_NUMBER.sub("", data["text/html"])
                if "traceback" in output:  # its last line says what happened; the rest, where
                    output.traceback = output.traceback[-1:]


def save_pictures(notebook: NotebookNode, folder: Path) -> None:
    """Write the PNG of each cell that names a file for it."""
    for cell in notebook.cells:
        if "picture" in cell.metadata:
            (png,) = [output.data["image/png"] for output in cell.outputs if "data" in output]
            write_bytes_atomically(folder / cell.metadata["picture"], base64.b64decode(png))


def _is_progress_bar(output: NotebookNode) -> bool:
    """Tell whether an output is the view of a bar such as "100%|████|"."""
    data = output.get("data", {})
    return WIDGET_VIEW in data and re.search(r"\d+%\|.*\|", data.get("text/plain", "")) is not None


def say_what_failed(error: Exception) -> str:
    """Return in one line why a notebook did not run to its end."""
    if isinstance(error, CellExecutionError):
        return f"a cell raised {error.ename}: {' '.join(error.evalue.split())[:300]}"
    if isinstance(error, CellTimeoutError):
        return f"a cell took longer than {SECONDS_PER_CELL} s"
    return "its kernel died, perhaps because the memory was full"


def main(arguments: Sequence[str] | None = None) -> int:
    """Execute the named notebooks one after the other, and say how long each took."""
    parser = argparse.ArgumentParser(
        prog="python -m utils.publishing.notebooks",
        description="Run notebooks from top to bottom and save them with their outputs.",
    )
    parser.add_argument("notebooks", nargs="+", type=Path, help="files that end in .ipynb")
    for path in parser.parse_args(arguments).notebooks:
        print(path, end=" ", flush=True)
        started = time.perf_counter()
        try:
            execute(path)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            print("failed")
            raise ValueError(
                f"{path} is as it was: {say_what_failed(error)}. Open it and run it to see where."
            ) from error
        print(f"{time.perf_counter() - started:.0f} s")
    return 0


if __name__ == "__main__":
    run(main)
