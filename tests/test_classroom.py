"""The students' edition: no answers, every exercise waits for one, and nothing else differs."""

import re
from urllib.parse import unquote

import nbformat
import pytest
from nbclient import NotebookClient
from toy import REPOSITORY

from utils.exercises import check, exercises_of
from utils.publishing.classroom import STUB, clear_solutions, edition, main, tags
from utils.system.paths import BUILD

PATHS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
PICTURES = REPOSITORY / "notebooks" / "images"
WITH_EXERCISES = [path for path in PATHS if path.stem[:2] != "00"]
MARKS = ("### BEGIN SOLUTION", "### END SOLUTION")
per_notebook = pytest.mark.parametrize("path", WITH_EXERCISES, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def answers(notebook):
    """Return the number of each cell with an answer; the cell after it checks it."""
    return [i for i, cell in enumerate(notebook.cells) if "solution" in tags(cell)]


@per_notebook
def test_the_students_edition_differs_in_answers_and_their_checks_alone(path):
    teachers = read(path)
    students = clear_solutions(teachers)
    changed = {i + k for i in answers(teachers) for k in (0, 1)}
    assert len(teachers.cells) == len(students.cells)
    for i, (one, other) in enumerate(zip(teachers.cells, students.cells, strict=True)):
        assert (one == other) == (i not in changed)


@per_notebook
def test_no_answer_is_left(path):
    text = nbformat.writes(clear_solutions(read(path)))
    assert not any(mark in text for mark in MARKS)
    for number in answers(read(path)):
        source = read(path).cells[number].source
        _, answer, _ = (part.strip() for part in _split(source))
        assert answer and answer not in text


def _split(source):
    before, _, rest = source.partition(MARKS[0])
    inside, _, after = rest.partition(MARKS[1])
    return before, inside, after


@per_notebook
def test_every_exercise_has_an_answer_folded_away_and_a_check_that_passes(path):
    notebook = read(path)
    checks = [notebook.cells[i + 1] for i in answers(notebook)]
    numbers = list(exercises_of(path.stem[:2]))
    assert [cell.source.split('"')[1] for cell in checks] == numbers
    for number, cell in zip(answers(notebook), checks, strict=True):
        assert notebook.cells[number].metadata["jupyter"] == {"source_hidden": True}
        assert "nbval-check-output" in tags(cell)
        assert cell.outputs[0]["data"]["text/plain"].startswith("✓ Right.")


@per_notebook
def test_every_exercise_waits_for_students(path):
    """The cells to fill in need nothing from the rest of the notebook, so they run on their own."""
    notebook = clear_solutions(read(path))
    for number in answers(read(path)):
        names = {"check": check}
        exec(notebook.cells[number].source, names)
        verdict = eval(notebook.cells[number + 1].source, names)
        assert repr(verdict).startswith("○ Not attempted yet"), verdict


@pytest.mark.slow
def test_a_students_notebook_runs_from_top_to_bottom(tmp_path):
    (path,) = (path for path in PATHS if path.stem.startswith("04"))
    notebook = clear_solutions(read(path))
    NotebookClient(notebook, timeout=300).execute()
    said = [notebook.cells[i + 1].outputs[0]["data"]["text/plain"] for i in answers(notebook)]
    assert len(said) == len(exercises_of("04"))
    assert all(text.startswith("○ Not attempted yet") for text in said)


def test_the_command_writes_every_notebook(tmp_path, capsys):
    folder = tmp_path / "classroom"
    assert main([str(tmp_path)]) == 0
    assert sorted(folder.glob("*.ipynb")) == [folder / path.name for path in PATHS]
    assert len(list((folder / "images").iterdir())) == len(list(PICTURES.iterdir()))
    assert capsys.readouterr().out == f"{len(PATHS)} notebooks without answers in {folder}/\n"


def test_links_lead_out_of_the_folder_wherever_it_is(tmp_path):
    for folder in (BUILD / "classroom", tmp_path / "a class"):
        text = dict(edition(folder))[PATHS[0].name].decode()
        (link,) = set(re.findall(r"\]\(([^)]*/README\.md)", text))
        assert (folder / unquote(link)).resolve() == REPOSITORY / "README.md"


def test_an_answer_without_an_end_is_refused():
    cell = nbformat.v4.new_code_cell(
        f"x = None\n{MARKS[0]}\nx = 1", metadata={"tags": ["solution"]}
    )
    with pytest.raises(RuntimeError, match="no end solution statement"):
        clear_solutions(nbformat.v4.new_notebook(cells=[cell]))


def test_an_answer_becomes_a_stub():
    source = f"def double(x):\n    {MARKS[0]}\n    return 2 * x\n    {MARKS[1]}"
    cells = [
        nbformat.v4.new_code_cell(source, metadata={"tags": ["solution"]}),
        nbformat.v4.new_code_cell("double(3)", outputs=[], metadata={"tags": []}),
    ]
    notebook = clear_solutions(nbformat.v4.new_notebook(cells=cells))
    assert notebook.cells[0].source == f"def double(x):\n    {STUB}"
