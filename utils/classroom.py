"""The edition for students: `make classroom` writes the notebooks without the answers.

Answers stand between nbgrader's marks, `### BEGIN SOLUTION` and `### END SOLUTION`, and nbgrader's
own preprocessor takes them out. The same files can be used in an nbgrader course.
"""

import shutil

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearSolutions
from traitlets.config import Config

from utils.environment import ROOT
from utils.storage import write_text_atomically

NOTEBOOKS, CLASSROOM = ROOT / "notebooks", ROOT / "build" / "classroom"
STUB = "..."  # what stands in the place of an answer


def clear_solutions(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of a notebook without answers, and without what they printed.

    The cells to fill in are open in it, not folded. All other outputs stay, so that it can be read
    before it is run. Raises RuntimeError where an answer has a beginning and no end.
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


def main() -> int:
    """Write build/classroom/ anew; return the exit code."""
    if CLASSROOM.exists():
        shutil.rmtree(CLASSROOM)
    CLASSROOM.mkdir(parents=True)
    shutil.copytree(NOTEBOOKS / "images", CLASSROOM / "images")
    paths = sorted(NOTEBOOKS.glob("*.ipynb"))
    for path in paths:
        text = nbformat.writes(clear_solutions(nbformat.read(path, as_version=4)))
        text = text.replace("](../", "](../../")  # this folder lies one deeper
        write_text_atomically(CLASSROOM / path.name, text)
    print(f"{len(paths)} notebooks without answers in {CLASSROOM.relative_to(ROOT)}/")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
