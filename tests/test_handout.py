"""What students get as a project works, and holds none of what their teacher keeps."""

import os
import re
import subprocess
import sys

import pytest
from toy import REPOSITORY

from utils.exercises.answers import WITH_THE_TEACHER
from utils.publishing.handout import CHECKERS, KEPT, main, project

pytestmark = pytest.mark.slow

GUIDE = (REPOSITORY / "notebooks" / "MARKS.md").read_text("utf-8")
CHECK = (
    "from utils.exercises import check; v = check('05.1', 1); print(v.message, v.answer, sep='|')"
)

ENVIRONMENT = os.environ | {"PYTHONIOENCODING": "utf-8"}
QUESTIONS = """
from utils.widgets import QuickQuestions
questions = QuickQuestions("05")
questions.chosen = [0] * len(questions.chosen)
print(questions)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with the project for students."""
    place = tmp_path_factory.mktemp("students")
    assert main([str(place)]) == 0
    return place / "handout"


def run(folder, code):
    """Run code with the project in this folder; return what it prints."""
    command = [sys.executable, "-c", code]
    said = subprocess.run(
        command, cwd=folder, capture_output=True, encoding="utf-8", check=True, env=ENVIRONMENT
    )
    return said.stdout


def test_nothing_that_a_teacher_keeps_is_in_it(folder):
    assert not any((folder / name).exists() for name in (*KEPT, "tests", "notebooks/TEACHING.md"))
    assert (folder / "data" / "models" / "mini-dot.pt").is_file()
    assert len(list((folder / "notebooks").glob("*.ipynb"))) == 14


def test_no_file_in_it_links_to_one_that_is_not(folder):
    for path in folder.rglob("*.md"):
        for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text("utf-8")):
            assert (path.parent / link).exists(), f"{path}: {link}"


def test_in_a_handout_checks_work_and_the_teacher_has_the_answers(folder):
    message, answer = run(folder, CHECK).strip().split("|")
    assert message.startswith("A query has two numbers") and answer == WITH_THE_TEACHER


def test_without_the_checkers_the_teacher_marks(tmp_path):
    for name, content in project(checkers=False):
        if name.startswith(("utils/", "data/")) and not name.startswith("data/models/"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(content)
    assert not any((tmp_path / name).exists() for name in CHECKERS)
    said = run(tmp_path, f"{CHECK}\n{QUESTIONS}")
    assert "your teacher marks" in said and "QuickQuestions" in said


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"`(gradebook\.db|grades\.csv|submitted/|feedback/)", GUIDE)))
)
@pytest.mark.parametrize("place", ["", "build/nbgrader/"])
def test_git_ignores_what_students_hand_in_and_their_marks(place, name):
    path = f"{place}{name}{'ada/05.ipynb' if name.endswith('/') else ''}"
    git = ["git", "check-ignore", "--quiet", "--no-index", path]
    assert subprocess.run(git, cwd=REPOSITORY, check=False).returncode == 0
