"""What a reader has done: kept for her alone, shown, handed in, and deleted."""

import csv
import io
import json

import pytest

from utils.exercises import check, exercises_of, progress
from utils.exercises.record import FILE, PLACE, Progress, note_questions, place, read_progress
from utils.publishing.class_table import class_table, main
from utils.widgets import QuickQuestions

RIGHT = exercises_of("04")["04.1"].solution


@pytest.fixture
def record(tmp_path, monkeypatch):
    """Return the file of a reader who has done nothing yet."""
    path = tmp_path / FILE
    monkeypatch.setenv(PLACE, str(path))
    return path


def test_a_right_answer_is_kept_and_says_what_is_next(record):
    number = len(exercises_of("04"))
    assert repr(check("04.1", RIGHT)).endswith(f"(1 of {number} in 04; next: 04.2)")
    assert read_progress(record).exercises == {"04.1": {"tries": 1, "right": True}}
    check("04.1", [7, 5, 3])
    assert progress().exercises == {"04.1": {"tries": 2, "right": True}}  # once right, always


def test_no_answer_leaves_no_trace(record):
    verdict = check("04.1", None)
    assert not record.exists() and "next" not in repr(verdict)


def test_a_text_that_only_people_can_grade_counts_once_it_is_long_enough(record):
    check("04.6", "too short")
    assert not record.exists()
    check("04.6", "word " * 40)
    assert progress().is_right("04.6")


def test_outside_a_notebook_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.delenv(PLACE, raising=False)
    monkeypatch.chdir(tmp_path)
    assert place() is None
    assert check("04.1", RIGHT).right and not list(tmp_path.iterdir())


def test_first_answers_to_questions_stay(record):
    quiz = QuickQuestions("05")
    right = [
        question.options.index(next(o for o in question.options if o.right))
        for question in quiz.loaded
    ]
    none = [None] * len(right)
    quiz.first = [right[0], *none[1:]]
    quiz.first = none  # she starts over
    quiz.first = [(right[0] + 1) % 3, right[1], *none[2:]]
    assert progress().questions["05"] == [True, True, *none[2:]]
    assert f"2 of {len(right)} questions" in repr(progress())


def test_other_questions_begin_a_new_list(record):
    note_questions("05", [True, False])
    note_questions("05", [None, None, True])
    assert progress().questions["05"] == [None, None, True]


def test_the_next_exercise_follows_the_latest_one():
    record = Progress()
    assert record.following() == "01.1"
    record.note_exercise("05.2", True)
    assert record.following() == "05.3"
    for notebook in ("05", "04"):
        for number in exercises_of(notebook):
            record.note_exercise(number, True)
    assert record.following() == "06.1"


def test_it_is_handed_in_under_a_name_and_deleted(record):
    check("04.1", RIGHT)
    file = progress().export("Anna Weber")
    assert file == record.with_name("progress-anna-weber.json")
    assert read_progress(file).name == "Anna Weber"
    with pytest.raises(ValueError, match="whose record"):
        progress().export(" / ")
    with pytest.raises(ValueError, match="whose record"):
        progress().export()
    assert "Nothing yet" in repr(progress().forget())
    assert not record.exists() and "Nothing yet" in repr(progress())


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"format": 2}', '{"format": 1, "exercises": {"04.1": 1}, "questions": {}}',
     '{"format": 1, "exercises": {}, "questions": {"05": ["<b>"]}}'],
)  # fmt: skip
def test_a_damaged_record_is_named_kept_and_in_nobodys_way(record, content):
    record.write_text(content, encoding="utf-8")
    assert check("04.1", RIGHT).right
    assert record.read_text(encoding="utf-8") == content
    with pytest.raises(ValueError, match=f"{record.name} holds no record"):
        progress()


def test_a_class_becomes_one_table(record, tmp_path, capsys):
    check("04.1", RIGHT)
    check("04.2", [9, 9, 9])
    note_questions("05", [True, False, None])
    files = [str(progress().export(name)) for name in ("Zoë", "=1+1")]
    output = tmp_path / "class.csv"
    assert main([*files, "--output", str(output)]) == 0
    assert capsys.readouterr().out == f"2 students in {output}\n"
    first, second = csv.DictReader(io.StringIO(output.read_text(encoding="utf-8")))
    assert first["name"] == "'=1+1" and second["name"] == "Zoë"
    assert (second["exercises right"], second["questions right"]) == ("1", "1")
    assert (second["04.1"], second["04.2"], second["04.3"]) == ("1", "0", "")
    assert second["05 questions"] == "1" and second["06 questions"] == ""


def test_a_table_is_written_whole_or_not_at_all(record, tmp_path):
    check("04.1", RIGHT)
    good = progress().export("Anna")
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps({"format": 9}), encoding="utf-8")
    for files, problem in (([good, bad], "bad.json holds no"), ([good, good], "already")):
        with pytest.raises(ValueError, match=problem):
            main([*map(str, files), "--output", str(tmp_path / "class.csv")])
    assert not (tmp_path / "class.csv").exists()


def test_a_table_has_every_exercise_once():
    head = class_table([]).splitlines()[0].split(",")
    assert len(set(head)) == len(head)
