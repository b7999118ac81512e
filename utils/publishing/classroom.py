"""The edition for students: `make classroom` writes the notebooks without a single answer.

In the notebooks as they come, each check has a button that opens an answer, and quick questions
say why each option is right or wrong. Both are saved outputs, and here they are left out.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import nbformat
from nbformat import NotebookNode

from utils.publishing.editions import choose_folder, read_notebook, shown, write_edition
from utils.publishing.leaks import find_leaks
from utils.system.failures import run
from utils.system.paths import NOTEBOOKS, ROOT

TELLING = ("check(", "QuickQuestions(")  # calls whose outputs hold answers


def clear_answers(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of a notebook in which no saved output gives an answer away.

    All other outputs stay, so that it can be read before it runs. What widgets have saved goes: it
    holds the quick questions as a teacher left them.
    """
    notebook = NotebookNode(nbformat.from_dict(notebook))
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "code" and any(call in cell.source for call in TELLING):
            cell.outputs, cell.execution_count = [], None
            cell.metadata["tags"] = [tag for tag in tags(cell) if tag != "nbval-check-output"]
    return notebook


def tags(cell: NotebookNode) -> list[str]:
    """Return the tags of a cell."""
    return cell.metadata.get("tags", [])


def student_notebooks() -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each notebook for students, and of the pictures in them.

    Raises ValueError if an answer would be left in one.
    """
    for path in sorted(NOTEBOOKS.glob("images/*")):
        yield f"images/{path.name}", path.read_bytes()
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = clear_answers(read_notebook(path))
        leaks = find_leaks(notebook, path.stem[:2])
        if leaks:
            raise ValueError(f"{path} shows an answer ({leaks[0][:60]}…): clear that output.")
        yield path.name, nbformat.writes(notebook).encode()


def edition(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each file that students get in `folder`."""
    root = quote(Path(os.path.relpath(ROOT, folder)).as_posix()).encode()
    for name, content in student_notebooks():
        is_notebook = name.endswith(".ipynb")
        yield name, content.replace(b"](../", b"](" + root + b"/") if is_notebook else content


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the notebooks without answers; return the exit code."""
    what = "Write the notebooks without answers. What you changed there is kept."
    folder = choose_folder("utils.publishing.classroom", "classroom", what, arguments)
    kept = write_edition(edition(folder), folder)
    count = len(list(NOTEBOOKS.glob("*.ipynb")))
    print(f"{count} notebooks without answers in {shown(folder)}/", *kept, sep="\n")
    return 0


if __name__ == "__main__":
    run(main)
