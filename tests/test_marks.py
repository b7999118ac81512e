"""Hidden tests agree with the checkers on every answer that these know, and borrow nothing."""

import ast

import nbformat
import pytest
import torch
from test_designs import FAULTS
from toy import REPOSITORY

from utils.exercises import MODULES, exercises_of
from utils.exercises.verdicts import Design, Open, Predict, Write
from utils.publishing.course import assignment, exercises_in, hidden_test, marks_of, setup

PATHS = {path.stem[:2]: path for path in sorted((REPOSITORY / "notebooks").glob("*.ipynb"))}
EVERY = {number: each for name in MODULES for number, each in exercises_of(name).items()}
AUTOMATIC = {number: each for number, each in EVERY.items() if not isinstance(each, Open)}
PREDICTED = {n: each for n, each in AUTOMATIC.items() if isinstance(each, Predict)}
WRONG = [
    pytest.param(number, mistake.answer, id=f"{number}-{i}")
    for number, each in AUTOMATIC.items()
    if not isinstance(each, Design)
    for i, mistake in enumerate(each.mistakes)
]
WRONG += [
    pytest.param(number, answer, id=f"{number}-{i}")
    for number, faults in FAULTS.items()
    for i, (answer, _) in enumerate(faults)
]
BLANK = {Predict: None, Design: None, Write: lambda *inputs: ...}
every_test = pytest.mark.parametrize("number", AUTOMATIC)
per_notebook = pytest.mark.parametrize("notebook", MODULES)


def passes(number, answer, **others):
    """Tell whether an exercise's hidden test lets an answer through, among a student's `others`."""
    code = hidden_test("given", marks_of(number[:2])[number]["test"])
    try:
        exec(code, {"given": answer, **others})
    except Exception:
        return False
    return True


def read(notebook):
    return nbformat.read(PATHS[notebook], as_version=4)


@per_notebook
def test_every_exercise_that_a_checker_judges_has_marks_and_no_other(notebook):
    checked = [number for number in AUTOMATIC if number[:2] == notebook]
    assert list(marks_of(notebook)) == checked
    assert all(marks["points"] >= 1 for marks in marks_of(notebook).values())


@every_test
def test_the_checkers_solution_passes(number):
    assert passes(number, AUTOMATIC[number].solution)


@pytest.mark.parametrize(("number", "answer"), WRONG)
def test_a_mistake_fails(number, answer):
    assert not passes(number, answer)


@every_test
def test_an_untouched_cell_fails(number):
    assert not passes(number, BLANK[type(AUTOMATIC[number])])


def rounded(value, digits):
    if isinstance(value, list):
        return [rounded(each, digits) for each in value]
    return round(value, digits) if isinstance(value, float) else value


@pytest.mark.parametrize("digits", range(6))
@pytest.mark.parametrize("number", PREDICTED)
def test_rounded_and_otherwise_written_numbers_pass_if_the_checker_takes_them(number, digits):
    exercise = PREDICTED[number]
    answer = rounded(exercise.solution, digits)
    forms = [answer]
    if isinstance(answer, int | float):
        forms += [str(answer), torch.tensor(answer)]
    elif not isinstance(answer, str) and not isinstance(answer[0], str):
        forms += [torch.tensor(answer), tuple(answer)]
    for form in forms:
        assert passes(number, form) == exercise.judge(form).right


@pytest.mark.parametrize("number", PREDICTED)
def test_the_margin_for_rounding_is_the_checkers(number):
    exercise = PREDICTED[number]
    if isinstance(exercise.solution, int | float):
        for factor in (0.9, 1.1):
            size = max(exercise.within, abs(exercise.solution) * 1e-3)
            answer = exercise.solution + factor * size
            assert passes(number, answer) == exercise.judge(answer).right == (factor < 1)


class Pretends(float):
    """Says that it equals whatever it is compared with, and lies 0 away from it."""

    def __eq__(self, other):
        return True

    __hash__ = float.__hash__

    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__


@pytest.mark.parametrize("number", PREDICTED)
def test_what_only_pretends_to_be_right_fails(number):
    assert not passes(number, Pretends(99.5))


@every_test
def test_names_that_a_student_has_changed_help_nobody(number):
    changed = {"abs": lambda x: 0, "all": lambda x: True, "close": lambda *x: True}
    assert not passes(number, 99.5, **changed)


@per_notebook
def test_hidden_tests_do_not_borrow_from_what_students_hold(notebook):
    for marks in marks_of(notebook).values():
        for node in ast.walk(ast.parse(marks["test"])):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [getattr(node, "module", ""), *(alias.name for alias in node.names)]
                assert not any(str(name).startswith("utils.exercises") for name in names)


@per_notebook
def test_what_an_assignment_begins_with_runs_without_training(notebook):
    code = setup(read(notebook), exercises_in(read(notebook)))
    called = [node.func for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    assert "fit" not in [getattr(each, "id", getattr(each, "attr", "")) for each in called]


@per_notebook
def test_an_assignment_has_points_for_each_exercise(notebook):
    made = assignment(read(notebook))
    nbformat.validate(made)
    marks = [cell.metadata.get("nbgrader", {}) for cell in made.cells]
    graded = {each.grade_id.split("-", 1)[1]: each.points for each in marks if each.get("grade")}
    assert list(graded) == [number.replace(".", "-") for number in exercises_of(notebook)]
    assert all(points >= 1 for points in graded.values())
