"""The edition for students: `make classroom` writes the notebooks without the answers.

Answers stand between nbgrader's marks, `### BEGIN SOLUTION` and `### END SOLUTION`, and nbgrader's
own preprocessor removes them. The same files work in an nbgrader course.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearSolutions
from traitlets.config import Config

from utils.publishing.editions import choose_folder, read_notebook, shown, write_edition
from utils.system.failures import run
from utils.system.paths import NOTEBOOKS, ROOT

STUB = "..."  # what replaces an answer


def clear_solutions(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of a notebook without answers, and without what they printed.

    The cells to fill in are unfolded. All other outputs stay, so that it can be read before it
    runs. Raises RuntimeError if an answer has a mark for its beginning and none for its end.
    """
    notebook = NotebookNode(nbformat.from_dict(notebook))
    answers = [i for i, cell in enumerate(notebook.cells) if "solution" in tags(cell)]
    settings = {"enforce_metadata": False, "code_stub": {"python": STUB}}
    notebook, _ = ClearSolutions(config=Config(ClearSolutions=settings)).preprocess(notebook, {})
    for answer in answers:
        notebook.cells[answer].metadata.pop("jupyter", None)
        for cell in notebook.cells[answer : answer + 2]:  # the answer, and its check
            cell.outputs, cell.execution_count = [], None
            cell.metadata["tags"] = [tag for tag in tags(cell) if tag != "nbval-check-output"]
    return notebook


def tags(cell: NotebookNode) -> list[str]:
    """Return the tags of a cell."""
    return cell.metadata.get("tags", [])


def edition(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each file that students get in `folder`."""
    root = quote(Path(os.path.relpath(ROOT, folder)).as_posix())
    for path in sorted(NOTEBOOKS.glob("images/*")):
        yield f"images/{path.name}", path.read_bytes()
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        try:
            text = nbformat.writes(clear_solutions(read_notebook(path)))
        except RuntimeError as error:
            raise ValueError(f"{path}: {error}") from error
        yield path.name, text.replace("](../", f"]({root}/").encode()


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
