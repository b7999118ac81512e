"""The answers that notebooks show on demand are right, and need nothing but their notebook."""

import nbformat
import pytest
from toy import REPOSITORY

from utils.exercises import MODULES, check, exercises_of
from utils.exercises.answers import WITH_THE_TEACHER, answer_of, answers_of
from utils.exercises.verdicts import Open
from utils.publishing import slices

PATHS = {path.stem[:2]: path for path in sorted((REPOSITORY / "notebooks").glob("*.ipynb"))}
EXERCISES = [
    (notebook, number)
    for notebook in MODULES
    for number, each in exercises_of(notebook).items()
    if not isinstance(each, Open)
]
TRAINING = "fit("


def before(notebook, number):
    """Return the code of the cells before an exercise, and the source of its check."""
    code = []
    for cell in nbformat.read(PATHS[notebook], as_version=4).cells:
        if cell.cell_type == "code" and f'check("{number}"' in cell.source:
            return [c for c in code if not c.startswith(("#", "check("))], cell.source
        if cell.cell_type == "code":
            code.append(cell.source)
    raise AssertionError(f"no cell checks {number}")


@pytest.mark.parametrize("notebook", MODULES)
def test_every_exercise_has_an_answer(notebook):
    assert list(answers_of(notebook)) == list(exercises_of(notebook))


@pytest.mark.parametrize(("notebook", "number"), EXERCISES, ids=[n for _, n in EXERCISES])
def test_the_answer_is_right(notebook, number):
    cells, checked = before(notebook, number)
    answer = answer_of(number)
    code = slices.needed(answer, cells)
    assert TRAINING not in code, "an answer must not need a training: use a shipped translator"
    names = {}
    exec(f"from utils.exercises import check\n{code}\n{answer}", names)
    assert eval(checked, names).right is True


def test_without_the_folder_the_button_says_who_has_the_answer(monkeypatch, tmp_path):
    monkeypatch.setattr("utils.exercises.answers.DATA", tmp_path)
    assert answer_of("05.1") == WITH_THE_TEACHER
    verdict = check("05.1", None)
    assert verdict.right is None and WITH_THE_TEACHER in verdict._repr_html_()


def test_a_damaged_file_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr("utils.exercises.answers.DATA", tmp_path)
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "05.toml").write_text("05.1 = ", encoding="utf-8")
    answers_of.cache_clear()
    with pytest.raises(ValueError, match="restore it from git"):
        answer_of("05.1")
    answers_of.cache_clear()
