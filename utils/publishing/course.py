"""A course for nbgrader: `make nbgrader` writes it to build/nbgrader/.

Each notebook's exercises become an assignment of their own, with no more of the notebook than they
need, so that marking trains nothing. `data/marks` has points and hidden tests. The course's folder
also holds the code and the data that the answers need, but no checker: whatever a student's cell
asks for a solution, it isn't there while nbgrader runs it. `notebooks/MARKS.md` says how to use it.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from utils.exercises.answers import answers_of
from utils.publishing.classroom import tags
from utils.publishing.editions import choose_folder, read_notebook, shown, write_edition
from utils.publishing.first_cell import first_cell, read_address
from utils.publishing.handout import project
from utils.publishing.slices import names_set, needed
from utils.system.failures import run
from utils.system.paths import DATA, NOTEBOOKS

MARKS = DATA / "marks"
FOR_MARKING = ("pyproject.toml", "utils/", "data/")  # what the course needs of the project
TRAINING = re.compile(r"\bfit\(")
CODE = re.compile(r"```.*?```|`[^`\n]+`", flags=re.DOTALL)  # in Markdown
DEFINITION = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
CONFIG = '''\
"""What nbgrader has to know about this course; notebooks/MARKS.md of the project explains it."""

import os
import sys
from pathlib import Path

HERE = str(Path(__file__).resolve().parent)
os.environ["PYTHONPATH"] = HERE  # so answers run with the code of this folder, without checkers
tools = Path(sys.executable).parent  # nbgrader calls another program, installed beside it
os.environ["PATH"] = f"{tools}{os.pathsep}{os.environ['PATH']}"

c = get_config()  # noqa: F821
c.CourseDirectory.root = HERE
c.CourseDirectory.course_id = "attention"
c.Execute.timeout = 60  # seconds for a cell
c.ClearHiddenTests.enforce_metadata = False
'''
OPENING = """\
# {title}: exercises

Read the notebook first. Then replace the `None` or the `...` of each cell below by your answer; a
text goes between triple quotes. {points} points: {automatic} by tests, some of which you don't see,
and {by_hand} by your teacher, with the table below the question.
"""


class Exercise(NamedTuple):
    """An exercise in its notebook: its number, and the three cells that belong to it."""

    number: str
    text: str
    answer: NotebookNode
    check: NotebookNode

    @property
    def name(self) -> str:
        """What the answer is called: the second argument of `check`."""
        call = ast.parse(self.check.source).body[-1]
        assert isinstance(call, ast.Expr) and isinstance(call.value, ast.Call)
        return ast.unparse(call.value.args[1])


def exercises_in(notebook: NotebookNode) -> list[Exercise]:
    """Return a notebook's exercises, in order. A heading is the last one above the answer."""
    found = []
    for text, answer, check in zip(
        notebook.cells, notebook.cells[1:], notebook.cells[2:], strict=False
    ):
        if "exercise" in tags(answer):
            number = re.search(r'check\("([\d.]+)"', check.source)
            if number is None:
                raise ValueError(f"cell {check.id} should check {answer.source!r}: mend it.")
            question = text.source[text.source.index("### ") :]
            found.append(Exercise(number[1], _without_links(question), answer, check))
    return found


def _without_links(text: str) -> str:
    """Return Markdown with links into the project as plain text: they lead nowhere from here."""
    return re.sub(r"\[([^\]]+)\]\((?!https?:)[^)]*\)", r"\1", text)


def marks_of(notebook: str) -> dict[str, dict]:
    """Return points and hidden test by exercise for the notebook with this number, "01" to "13".

    Raises ValueError if the file is missing or cannot be read.
    """
    path = MARKS / f"{notebook}.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} cannot be read ({error}): restore it from git.") from error


def rubric_points(text: str) -> int:
    """Return the points of the table below an open question; 0 if there is none."""
    return sum(map(int, re.findall(r"^\| *(\d+) *\|", text, flags=re.MULTILINE)))


def hidden_test(name: str, test: str) -> str:
    """Return the code that nbgrader hides from students: it tests what they call `name`."""
    compare = (MARKS / "compare.py").read_text(encoding="utf-8").strip()
    inside = f"{compare}\n\n\nanswer = {name}\n{test.strip()}"
    return f"### BEGIN HIDDEN TESTS\n{inside}\n### END HIDDEN TESTS"


def setup(notebook: NotebookNode, exercises: Sequence[Exercise]) -> str:
    """Return the lines of a notebook that its exercises need, and that train nothing.

    That is what the answers need, the functions and classes that a question's text names, PyTorch,
    and what comes with Python. Other libraries would take seconds to load, for each student.
    """
    before = notebook.cells[: notebook.cells.index(exercises[0].answer)]
    sources = [cell.source for cell in before if cell.cell_type == "code"]
    cells = [s for s in sources if not s.startswith(("#", "from utils.exercises"))]
    statements = [statement for cell in cells for statement in ast.parse(cell).body]
    libraries = [each for each in statements if _imports_a_library(each)]
    tools = {n for each in statements if isinstance(each, DEFINITION) for n in names_set(each)}
    code = " ".join(code for each in exercises for code in CODE.findall(each.text))
    named = tools & set(re.findall(r"\w+", code))
    automatic = set(marks_of(exercises[0].number[:2]))
    answers = answers_of(exercises[0].number[:2]).items()
    wanted = [answer for number, answer in answers if number in automatic]
    wanted += [name for name in sorted(named) if not TRAINING.search(needed(name, cells))]
    wanted += [name for each in libraries for name in sorted(names_set(each))]
    return f"from utils.exercises import check\n{needed(chr(10).join(wanted), cells)}"


def _imports_a_library(statement: ast.stmt) -> bool:
    """Tell whether a statement imports PyTorch, or something that comes with Python."""
    if isinstance(statement, ast.ImportFrom):
        names = [str(statement.module)]
    elif isinstance(statement, ast.Import):
        names = [alias.name for alias in statement.names]
    else:
        return False
    return {name.split(".")[0] for name in names} <= {"torch", *sys.stdlib_module_names}


def assignment(notebook: NotebookNode) -> NotebookNode:
    """Return the exercises of a notebook as an assignment, unsolved and with hidden tests."""
    exercises = exercises_in(notebook)
    graded = [cell for each in exercises for cell in _cells_of(each)]
    locked = {"grade": False, "solution": False, "locked": True}
    start = first_cell(read_address())
    start.execution_count = None
    start.metadata["nbgrader"] = _for_nbgrader("find-the-project", **locked)
    code = new_code_cell(setup(notebook, exercises), id="what-the-exercises-need")
    code.metadata = {"nbgrader": _for_nbgrader("what-the-exercises-need", **locked)}
    points = {True: 0, False: 0}
    for cell in graded:
        marks = cell.metadata.get("nbgrader", {})
        points[marks.get("solution", True)] += marks.get("points", 0)
    title = notebook.cells[0].source.split("\n")[0].removeprefix("# ")
    opening = OPENING.format(
        title=title, points=sum(points.values()), automatic=points[False], by_hand=points[True]
    )
    kernel = {"kernelspec": notebook.metadata.kernelspec}
    return new_notebook(
        cells=[new_markdown_cell(opening, id="opening"), start, code, *graded], metadata=kernel
    )


def _cells_of(exercise: Exercise) -> Iterator[NotebookNode]:
    """Yield the cells of an exercise: question, answer, and a test if one can judge it."""
    number = exercise.number.replace(".", "-")
    yield new_markdown_cell(exercise.text, id=f"question-{number}")
    marks = marks_of(exercise.number[:2]).get(exercise.number)
    answer = new_code_cell(exercise.answer.source, id=f"answer-{number}")
    if marks is None:
        points = rubric_points(exercise.text)
        if not points:
            raise ValueError(f"exercise {exercise.number} has neither marks nor a rubric: add one.")
        kind = {"grade": True, "solution": True, "locked": False, "points": points}
        answer.metadata["nbgrader"] = _for_nbgrader(answer.id, **kind)
        yield answer
        yield new_code_cell(exercise.check.source, id=f"check-{number}")
        return
    kind = {"grade": False, "solution": True, "locked": False}
    answer.metadata["nbgrader"] = _for_nbgrader(answer.id, **kind)
    yield answer
    code = f"{exercise.check.source}\n{hidden_test(exercise.name, marks['test'])}"
    test = new_code_cell(code, id=f"marks-{number}")
    kind = {"grade": True, "solution": False, "locked": True, "points": marks["points"]}
    test.metadata["nbgrader"] = _for_nbgrader(test.id, **kind)
    yield test


def _for_nbgrader(name: str, **kind: bool | int) -> dict:
    """Return what nbgrader keeps about a cell."""
    return {"schema_version": 3, "grade_id": name, "task": False, **kind}


def course() -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each file of the course."""
    yield "nbgrader_config.py", CONFIG.encode()
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = read_notebook(path)
        if exercises_in(notebook):
            name = f"source/{path.stem}/{path.name}"
            yield name, nbformat.writes(assignment(notebook)).encode()
    for name, content in project(checkers=False):
        if name.startswith(FOR_MARKING):
            yield name, content


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the course; return the exit code."""
    what = "Write a course for nbgrader. What you changed there is kept."
    folder: Path = choose_folder("utils.publishing.course", "nbgrader", what, arguments)
    kept = write_edition(course(), folder)
    print(f"A course for nbgrader is in {shown(folder)}/", *kept, sep="\n")
    return 0


if __name__ == "__main__":
    run(main)
