"""The first cell of every notebook, and the project's address in the places that name it.

    python -m utils.publishing.first_cell

writes both, after a change of `FIRST_CELL` below, or of the address in pyproject.toml.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from utils.publishing.editions import read_notebook, shown
from utils.system.failures import run
from utils.system.paths import ROOT
from utils.system.storage import write_text_atomically

FIRST_CELL = """\
# Find this project's code. Colab and Kaggle do not have it: there it is fetched first.
import os
import sys
from pathlib import Path
from runpy import run_path

from IPython.core.error import UsageError

ADDRESS, START = "<address>", "utils/system/start.py"
hosted = "google.colab" in sys.modules or "KAGGLE_KERNEL_RUN_TYPE" in os.environ
if hosted and not os.path.isdir("attention-notebooks"):
    os.system(f"git clone --quiet --depth=1 {ADDRESS} attention-notebooks")
here = Path(globals().get("__vsc_ipynb_file__", "attention-notebooks")).resolve()
homes = [p for p in (here, *here.parents, *map(Path, sys.path)) if (p / START).exists()]
if not homes:
    raise UsageError(f"Get all of {ADDRESS} and open this notebook in it (on Kaggle: Internet on).")
run_path(str(homes[0] / START))["begin"](hosted)
"""
CELL_ID = "find-the-project"
METADATA = {"jupyter": {"source_hidden": True}, "slideshow": {"slide_type": "skip"}}
BADGES = re.compile(r"^\[!\[Open in Colab\].*\n.*Binder.*$", flags=re.MULTILINE)
START = "notebooks/00_start_here.ipynb"


def read_address(root: Path = ROOT) -> str:
    """Return the project's address; pyproject.toml is the one place that has it."""
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"]["urls"]["Repository"]


def first_cell(address: str) -> NotebookNode:
    """Return the cell that every notebook begins with, below its opening."""
    return nbformat.v4.new_code_cell(
        FIRST_CELL.replace("<address>", address).strip(),
        id=CELL_ID,
        metadata=METADATA,
        execution_count=1,
    )


def put_first(notebook: NotebookNode, cell: NotebookNode) -> None:
    """Put the first cell into a notebook, in place of an old one, and renumber the code cells."""
    notebook.cells = [each for each in notebook.cells if each.id != CELL_ID]
    notebook.cells.insert(1, cell)
    code = [each for each in notebook.cells if each.cell_type == "code"]
    for count, each in enumerate(code, start=1):
        each.execution_count = count
        for output in each.outputs:
            if "execution_count" in output:
                output.execution_count = count


def badges(address: str) -> str:
    """Return the two lines of the README that open the series on Colab and on Binder."""
    place = address.removeprefix("https://github.com/")
    colab = f"https://colab.research.google.com/github/{place}/blob/HEAD/{START}"
    binder = f"https://mybinder.org/v2/gh/{place}/HEAD?urlpath=lab/tree/{START}"
    return (
        "[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]"
        f"({colab})\n[![Open on Binder](https://mybinder.org/badge_logo.svg)]({binder})"
    )


def rewritten(root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """Yield each file that holds the address or the first cell, with the text it should have."""
    address = read_address(root)
    readme = root / "README.md"
    yield readme, BADGES.sub(lambda _: badges(address), readme.read_text(encoding="utf-8"))
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        notebook = read_notebook(path)
        put_first(notebook, first_cell(address))
        yield path, nbformat.writes(notebook) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write what has changed; return the exit code."""
    for path, text in rewritten():
        if path.read_text(encoding="utf-8") != text:
            write_text_atomically(path, text)
            print(f"{shown(path)} is rewritten")
    return 0


if __name__ == "__main__":
    run(main)
