"""Exercises come unsolved with an answer on demand; in the students' edition, not even that."""

import json
import re
from html import escape
from urllib.parse import unquote

import nbformat
import pytest
from toy import REPOSITORY

from utils.exercises import check, exercises_of
from utils.exercises.answers import answers_of
from utils.exercises.questions import load_questions
from utils.publishing.classroom import clear_answers, edition, main, student_notebooks, tags
from utils.publishing.leaks import find_leaks, squeezed
from utils.system.paths import BUILD

PATHS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
PICTURES = REPOSITORY / "notebooks" / "images"
WITH_EXERCISES = [path for path in PATHS if path.stem[:2] != "00"]
per_notebook = pytest.mark.parametrize("path", WITH_EXERCISES, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def to_fill_in(notebook):
    """Return the number of each cell for an answer; the cell after it checks it."""
    return [i for i, cell in enumerate(notebook.cells) if "exercise" in tags(cell)]


def questions(notebook):
    """Return the number of the cell with the quick questions."""
    (number,) = (i for i, cell in enumerate(notebook.cells) if "QuickQuestions(" in cell.source)
    return number


@per_notebook
def test_the_students_edition_differs_in_outputs_that_tell_alone(path):
    teachers = read(path)
    students = clear_answers(teachers)
    telling = {i + 1 for i in to_fill_in(teachers)} | {questions(teachers)}
    assert len(teachers.cells) == len(students.cells)
    for i, (one, other) in enumerate(zip(teachers.cells, students.cells, strict=True)):
        assert one.source == other.source
        assert (one == other) == (i not in telling)


def everything_told(number):
    """Return every option's reason and every answer's own lines, as `find_leaks` would see them."""
    options = (option for question in load_questions(number) for option in question.options)
    answers = (answer.split("\n", 1) for answer in answers_of(number).values())
    bodies = (each[1] if each[0].startswith("def ") else "\n".join(each) for each in answers)
    return [squeezed([text]) for text in [*(option.why for option in options), *bodies]]


@per_notebook
def test_no_answer_is_left_in_the_whole_file(path):
    number = path.stem[:2]
    students = clear_answers(read(path))
    text = squeezed([json.dumps(students)])  # outputs and metadata included
    assert [told for told in everything_told(number) if told in text] == []
    assert find_leaks(students, number) == []
    assert "Showananswer" not in text.replace("*Showananswer*", "")


@per_notebook
def test_the_search_finds_answers_in_the_notebooks_as_they_come(path):
    """Nearly all of them: a question that has changed since the notebook ran is not there yet."""
    text = squeezed([json.dumps(read(path))])
    told = everything_told(path.stem[:2])
    assert sum(each in text for each in told) > 0.5 * len(told)


PLACES = {
    "an output elsewhere": lambda n, text: n.cells[3].update(
        cell_type="code", outputs=[nbformat.v4.new_output("stream", text=text)]
    ),
    "a note on a slide": lambda n, text: n.cells[2].metadata.update(slide=[{"say": text}]),
    "what a widget saved": lambda n, text: n.metadata.update(widgets={"state": {"why": text}}),
    "HTML": lambda n, text: n.cells[2].metadata.update(html=escape(escape(text))),
    "JSON inside": lambda n, text: n.cells[2].metadata.update(script=json.dumps([text])),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_reason_is_found_wherever_it_is(place):
    students = clear_answers(read(PATHS[5]))
    option = next(o for q in load_questions("05") for o in q.options if o.right)
    PLACES[place](students, option.why)
    assert find_leaks(students, "05") == [squeezed([option.why])]


def test_what_a_widget_has_saved_goes():
    teachers = read(PATHS[5])
    teachers.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    assert "widgets" not in clear_answers(teachers).metadata


def test_the_command_refuses_to_write_an_answer(tmp_path, monkeypatch):
    leaking = read(PATHS[5])
    leaking.cells[2].metadata["note"] = answers_of("05")["05.4"]
    nbformat.write(leaking, tmp_path / PATHS[5].name)
    monkeypatch.setattr("utils.publishing.classroom.NOTEBOOKS", tmp_path)
    with pytest.raises(ValueError, match=r"05_dot_attention\.ipynb shows an answer"):
        list(student_notebooks())


@per_notebook
def test_every_exercise_waits_for_an_answer_and_shows_one_on_demand(path):
    notebook = read(path)
    checks = [notebook.cells[i + 1] for i in to_fill_in(notebook)]
    numbers = list(exercises_of(path.stem[:2]))
    assert [cell.source.split('"')[1] for cell in checks] == numbers
    for number, cell in zip(numbers, checks, strict=True):
        assert "nbval-check-output" in tags(cell)
        shown = cell.outputs[0]["data"]
        assert shown["text/plain"].startswith("○ Not attempted yet")
        assert escape(answers_of(path.stem[:2])[number]) in shown["text/html"]


@per_notebook
def test_every_exercise_can_be_begun_anywhere(path):
    """The cells to fill in need nothing from the rest of the notebook, so they run on their own."""
    notebook = read(path)
    for number in to_fill_in(notebook):
        names = {"check": check}
        exec(notebook.cells[number].source, names)
        verdict = eval(notebook.cells[number + 1].source, names)
        assert repr(verdict).startswith("○ Not attempted yet"), verdict


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
