"""nbgrader itself marks four students: from the course's folder to the table of marks.

ALL_ASSIGNMENTS=1 takes all assignments and not just two, for some minutes.
"""

import csv
import os
from types import SimpleNamespace

import nbformat
import pytest
from nbgrader.apps import NbGraderAPI
from nbgrader.plugins import CsvExportPlugin
from traitlets.config import Config, PyFileConfigLoader

from utils.exercises.answers import answers_of
from utils.publishing import course
from utils.publishing.first_cell import CELL_ID

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # nbgrader's own warnings

ASSIGNMENTS = ["04_attention_by_hand", "05_dot_attention"]  # values, functions, translators
STUDENTS = ["right", "half", "blank", "cheat"]
GIVEN = 0.5  # the share of an open exercise's points that the teacher gives to whoever wrote
WRONG = "def {name}(*inputs): return 0\n{name} = {name} if {is_function} else [99.5]"
TRICKS = """
import utils.exercises, utils.exercises.verdicts

class Everything(float):
    __eq__ = __lt__ = __le__ = lambda self, other: True
    __sub__ = __rsub__ = lambda self, other: 0.0
    __hash__ = None
    __getattr__ = lambda self, name: self
    __call__ = __getitem__ = lambda self, *inputs: self

utils.exercises.verdicts.Verdict = lambda *said: Everything(1)
check = utils.exercises.check = lambda *said: Everything(1)
abs = len = float = lambda *x: 0
all = isinstance = close = lambda *x: True
"""
CHEATING = """
try:
    {name} = utils.exercises.exercises_of("{notebook}")["{number}"].solution
except Exception:
    {name} = Everything(99.5)
"""


def answers(student, assignment, exercises):
    """Return the code that a student writes into each exercise's cell, by its number."""
    notebook, written = assignment[:2], {}
    for i, each in enumerate(exercises):
        is_open = each.number not in course.marks_of(notebook)
        if student == "right" or (student == "half" and (i % 2 == 0 or is_open)):
            written[each.number] = answers_of(notebook)[each.number]
        elif student == "half":
            is_function = each.answer.source.startswith("def ")
            written[each.number] = WRONG.format(name=each.name, is_function=is_function)
        elif student == "cheat" and not is_open:
            names = {"name": each.name, "notebook": notebook, "number": each.number}
            written[each.number] = CHEATING.format(**names)
    return written


def fill_in(path, student, exercises):
    """Do the exercises in a fetched assignment as this student would."""
    notebook = nbformat.read(path, as_version=4)
    code = answers(student, path.stem, exercises)
    for cell in notebook.cells:
        number = cell.id.removeprefix("answer-").replace("-", ".")
        if cell.id.startswith("answer-") and number in code:
            cell.source = code[number]
    if student == "cheat":  # and throw away the cell that finds the project
        notebook.cells = [cell for cell in notebook.cells if cell.id != CELL_ID]
        place = next(i for i, cell in enumerate(notebook.cells) if cell.id.startswith("question"))
        notebook.cells.insert(place, nbformat.v4.new_code_cell(TRICKS))
    nbformat.write(notebook, path)


def do(result):
    """Make sure that a step of nbgrader's went well."""
    assert result["success"], result.get("log", "") + result.get("error", "")


def exchange(room, step, student, assignment):
    """Fetch, submit or the like, as a student does in a folder of one's own."""
    home = room.homes / student
    home.mkdir(parents=True, exist_ok=True)
    config = Config(room.config)
    config.Exchange.assignment_dir = str(home)
    config.CourseDirectory.update({"student_id": student, "assignment_id": assignment})
    api = NbGraderAPI(config=config)
    parts = {"coursedir": api.coursedir, "authenticator": api.authenticator, "parent": api}
    getattr(api.exchange, step)(**parts).start()
    return home / assignment


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """Return a course in a temporary folder, a teacher's API, and where students have theirs."""
    place = tmp_path_factory.mktemp("nbgrader")
    patched = pytest.MonkeyPatch()
    for name in ("PATH", "PYTHONPATH"):  # which the course's configuration sets
        patched.setenv(name, os.environ.get(name, ""))
    assert course.main([str(place)]) == 0
    config = PyFileConfigLoader("nbgrader_config.py", path=str(place / "nbgrader")).load_config()
    (place / "exchange").mkdir(mode=0o777)
    (place / "exchange").chmod(0o777)
    config.Exchange.update({"root": str(place / "exchange"), "cache": str(place / "cache")})
    api = NbGraderAPI(config=config)
    yield SimpleNamespace(course=place / "nbgrader", homes=place / "homes", config=config, api=api)
    patched.undo()


@pytest.fixture(scope="module")
def marks(room):
    """Let all four go through all steps; return the rows of nbgrader's own table."""
    names = sorted(path.name for path in (room.course / "source").iterdir())
    assignments = names if os.environ.get("ALL_ASSIGNMENTS") else ASSIGNMENTS
    for name in assignments:
        source = nbformat.read(course.NOTEBOOKS / f"{name}.ipynb", as_version=4)
        do(room.api.generate_assignment(name))
        do(room.api.release_assignment(name))
        for student in STUDENTS:
            folder = exchange(room, "FetchAssignment", student, name)
            fill_in(folder / f"{name}.ipynb", student, course.exercises_in(source))
            exchange(room, "Submit", student, name)
        do(room.api.collect(name))
        for student in STUDENTS:
            do(room.api.autograde(name, student))
        give_points(room.api, name)
        do(room.api.generate_feedback(name))
        do(room.api.release_feedback(name))
        for student in STUDENTS:
            exchange(room, "FetchFeedback", student, name)
    table = room.course / "grades.csv"
    with room.api.gradebook as gradebook:
        CsvExportPlugin(to=str(table)).export(gradebook)
    with open(table, encoding="utf-8") as file:
        rows = {(row["assignment"], row["student_id"]): row for row in csv.DictReader(file)}
    for name in assignments:  # pytest -s shows it
        scores = [float(rows[name, student]["score"]) for student in STUDENTS]
        print(f"| {name} | {rows[name, 'right']['max_score']} |", *scores, sep=" | ")
    return SimpleNamespace(rows=rows, assignments=assignments)


def give_points(api, assignment):
    """Give points by hand for each answer that nbgrader has left to the teacher."""
    with api.gradebook as gradebook:
        for student in STUDENTS:
            (notebook,) = gradebook.find_submission(assignment, student).notebooks
            for grade in notebook.grades:
                if grade.needs_manual_grade and grade.auto_score is None:
                    grade.manual_score = GIVEN * grade.max_score
                    grade.needs_manual_grade = False
        gradebook.db.commit()


def points(assignment):
    """Return the points of each exercise that a test marks, and those of the open one."""
    notebook = nbformat.read(course.NOTEBOOKS / f"{assignment}.ipynb", as_version=4)
    automatic = [marks["points"] for marks in course.marks_of(assignment[:2]).values()]
    (open_one,) = course.exercises_in(notebook)[len(automatic) :]
    return automatic, course.rubric_points(open_one.text)


def test_marks_are_those_that_each_student_deserves(marks):
    for name in marks.assignments:
        automatic, by_hand = points(name)
        score = {student: float(marks.rows[name, student]["score"]) for student in STUDENTS}
        assert float(marks.rows[name, "right"]["max_score"]) == sum(automatic) + by_hand
        assert score["right"] == sum(automatic) + GIVEN * by_hand
        assert score["half"] == sum(automatic[::2]) + GIVEN * by_hand
        assert score["blank"] == score["cheat"] == 0


def test_nothing_that_students_fetch_shows_a_hidden_test(room, marks):
    for name in marks.assignments:
        released = (room.course / "release" / name / f"{name}.ipynb").read_text("utf-8")
        assert "HIDDEN" not in released and "def close" not in released
        assert "def close" in (room.course / "source" / name / f"{name}.ipynb").read_text("utf-8")


def test_everybody_gets_feedback(room, marks):
    for name in marks.assignments:
        for student in STUDENTS:
            pages = (room.homes / student / name / "feedback").rglob(f"{name}.html")
            assert "Score" in next(pages).read_text("utf-8")
