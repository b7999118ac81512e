"""How long a notebook takes to read: `python -m utils.publishing.minutes` prints it for each.

200 words a minute, and half a minute for each picture, explorer and code cell to study. Not
counted are folded cells, cells of up to three lines, whatever stands in `<details>`, and from the
exercises on, which have minutes of their own, or from the table of symbols on.
"""

import re
from collections.abc import Iterator

from nbformat import NotebookNode

from utils.publishing.editions import read_notebook
from utils.publishing.explorers import has_explorer
from utils.system.failures import run
from utils.system.paths import NOTEBOOKS

WORDS = 200  # a minute
LOOK = 0.5  # minutes for a picture, or a code cell
SHORT = 3  # lines of code that need no study
ENDS = ("## Exercises", "## What does every symbol mean")
FOLDED = re.compile(r"<details\b[^>]*>.*?</details>", re.DOTALL)
PICTURE = re.compile(r"!\[[^]]*\]\([^)]*\)")


def reading_minutes(notebook: NotebookNode) -> float:
    """Return the minutes that a notebook takes to read, up to its exercises."""
    return sum(map(_minutes_of, _before_exercises(notebook)))


def _before_exercises(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """Yield the cells up to what is not read from top to bottom."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith(ENDS):
            return
        yield cell


def _minutes_of(cell: NotebookNode) -> float:
    """Return the minutes that one cell takes."""
    if cell.cell_type == "markdown":
        text = FOLDED.sub("", cell.source)
        return len(PICTURE.sub("", text).split()) / WORDS + LOOK * len(PICTURE.findall(text))
    shown = any("image/png" in o.get("data", {}) or has_explorer(o) for o in cell.outputs)
    hidden = cell.metadata.get("jupyter", {}).get("source_hidden", False)
    lines = [line for line in cell.source.splitlines() if line.strip()]
    return LOOK * shown + LOOK * (len(lines) > SHORT and not hidden)


def main() -> int:
    """Print the minutes of each notebook; return the exit code."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        print(f"{path.stem:34}{reading_minutes(read_notebook(path)):5.1f}")
    return 0


if __name__ == "__main__":
    run(main)
