"""Commands that write files, in odd, read-only and shared folders: no user's work is lost."""

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from dataclasses import replace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from toy import REPOSITORY, write_toy_corpus

from utils.corpora import Pair
from utils.corpora.grammar import __main__ as grammar
from utils.corpora.grammar import write_splits
from utils.publishing import classroom, editions, notebooks
from utils.publishing.editions import WRITTEN, read_notebook, write_edition

# --- files that a user added or changed ---

FIRST = {"a.txt": b"one", "b.txt": b"two", "images/c.txt": b"three"}
NEXT = {"a.txt": b"one, mended", "b.txt": b"two", "d.txt": b"four"}


def contents(folder):
    """Return what a folder holds, except the list of written files."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != WRITTEN]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize(
    ("theirs", "stays", "kept"),
    [
        ({}, {}, []),
        ({"notes.txt": b"mine"}, {"notes.txt": b"mine"}, []),
        ({"a.txt": b"solved"}, {"a.txt": b"solved"}, ["a.txt"]),
        ({"a.txt": b""}, {"a.txt": b""}, ["a.txt"]),
        ({"a.txt": b"one, mended"}, {}, []),
        ({"images/c.txt": b"mine"}, {"images/c.txt": b"mine"}, []),
        ({"images/mine.txt": b"m"}, {"images/mine.txt": b"m"}, []),
        ({"d.txt": b"mine"}, {"d.txt": b"mine"}, ["d.txt"]),
        ({".hidden/d.txt": b"mine"}, {".hidden/d.txt": b"mine"}, []),
        ({WRITTEN: b"no list"}, {"a.txt": b"one", "images/c.txt": b"three"}, ["a.txt"]),
        ({WRITTEN: b"[1]"}, {"a.txt": b"one", "images/c.txt": b"three"}, ["a.txt"]),
    ],
    ids=[
        "nothing",
        "notes",
        "work in a file",
        "an emptied file",
        "the same as the new one",
        "work in a file that is no longer written",
        "a picture",
        "a file by the name of a new one",
        "a hidden folder",
        "a damaged list",
        "a list of another kind",
    ],
)
def test_a_persons_own_files_stay(tmp_path, theirs, stays, kept):
    assert write_edition(FIRST.items(), tmp_path) == []
    assert contents(tmp_path) == FIRST
    for name, content in theirs.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    said = write_edition(NEXT.items(), tmp_path)
    assert contents(tmp_path) == NEXT | stays
    assert said == [
        f"Kept as you have them: {', '.join(kept)}. Move them away to get new ones."
    ] * bool(kept)
    assert write_edition(NEXT.items(), tmp_path) == said  # and the file stays the next time


def test_anything_but_a_regular_file_stays(tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_bytes(b"elsewhere")
    folder = tmp_path / "folder"
    (folder / "a.txt").mkdir(parents=True)
    (folder / "b.txt").symlink_to(outside)
    (folder / "d.txt").symlink_to(tmp_path / "nowhere")
    (said,) = write_edition(NEXT.items(), folder)
    assert "a.txt, b.txt, d.txt" in said
    assert (folder / "a.txt").is_dir() and (folder / "d.txt").is_symlink()
    assert outside.read_bytes() == b"elsewhere"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_in_place_of_a_file_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    (said,) = write_edition(FIRST.items(), tmp_path)
    assert said.startswith("Kept as you have them: a.txt.")


def test_an_interrupted_run_is_completed_by_the_next(tmp_path):
    def stops():
        yield "a.txt", b"one, mended"
        raise KeyboardInterrupt

    write_edition(FIRST.items(), tmp_path)
    with pytest.raises(KeyboardInterrupt):
        write_edition(stops(), tmp_path)
    assert contents(tmp_path) == FIRST | {"a.txt": b"one, mended"}
    assert write_edition(NEXT.items(), tmp_path) == []
    assert contents(tmp_path) == NEXT


def test_a_students_work_outlives_a_new_edition(tmp_path, capsys):
    assert classroom.main([str(tmp_path)]) == 0
    folder = tmp_path / "classroom"
    work, other = sorted(folder.glob("*.ipynb"))[4:6]
    notebook = nbformat.read(work, as_version=4)
    notebook.cells[0].source += "\n\nMy own notes."
    nbformat.write(notebook, work)
    mine = work.read_bytes()
    (folder / "notes.md").write_text("Ask about v.", "utf-8")
    new = other.read_bytes()
    other.unlink()
    capsys.readouterr()
    assert classroom.main([str(tmp_path)]) == 0
    assert work.read_bytes() == mine and other.read_bytes() == new
    assert (folder / "notes.md").exists()
    assert f"Kept as you have them: {work.name}." in capsys.readouterr().out
    assert work.name in json.loads((folder / WRITTEN).read_text("utf-8"))


# --- commands in folders that they cannot write to ---

COMMANDS = [
    "utils.publishing.classroom",
    "utils.publishing.pages",
    "utils.publishing.figures",
    "utils.publishing.slides",
    "utils.publishing.questions",
    "utils.publishing.book",
]


def ends(monkeypatch, capsys, module, *arguments):
    """Run a command as `python -m` does, in this process; return its exit code and output."""
    monkeypatch.setattr(sys, "argv", [module, *map(str, arguments)])
    for name in (module, f"{module}.__main__"):
        if name in sys.modules and not hasattr(sys.modules[name], "__path__"):
            monkeypatch.delitem(sys.modules, name)  # runpy would warn of a second copy
    with pytest.raises(SystemExit) as caught:
        runpy.run_module(module, run_name="__main__")
    return caught.value.code, capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_cannot_write_says_so_at_once(tmp_path, monkeypatch, capsys, command):
    (tmp_path / "file").touch()
    code, said = ends(monkeypatch, capsys, command, tmp_path / "file")
    assert code == 1 and len(said.splitlines()) == 1
    assert said.startswith(f"error: {tmp_path / 'file'}")
    assert f"Name another place for it, as in: .venv/bin/python -m {command} FOLDER" in said


@pytest.mark.parametrize("name", [WRITTEN, "a" * 300, "a\0b"])
def test_an_impossible_folder_is_refused(tmp_path, name):
    (tmp_path / WRITTEN).touch()
    with pytest.raises((OSError, ValueError)):
        editions.choose_folder("utils.publishing.pages", "html", "", [str(tmp_path / name)])


def test_a_tilde_means_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    name = os.fsdecode("Ü b".encode())
    found = editions.choose_folder("utils.publishing.pages", "html", "", [f"~/{name}"])
    assert found == tmp_path / name / "html"


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"\xff\xfe", b"<<<<<<< HEAD\n{}\n=======\n", b"null", b'{"cells": 3}'],
)
def test_a_file_that_is_not_a_notebook_is_named(tmp_path, content):
    path = tmp_path / "05_dot.ipynb"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"05_dot\.ipynb is not a notebook: repair it") as caught:
        read_notebook(path)
    assert "\n" not in str(caught.value)


def test_a_missing_notebook_is_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_notebook(tmp_path / "none.ipynb")


def test_a_notebook_that_cannot_be_saved_is_not_run(tmp_path, monkeypatch):
    path = tmp_path / "try.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1")]), path)

    def refuse(_):
        raise OSError("not here")

    monkeypatch.setattr(notebooks, "check_writable", refuse)
    monkeypatch.setattr(notebooks, "NotebookClient", None)  # nothing is started
    with pytest.raises(OSError, match="not here"):
        notebooks.execute(path)


def test_the_grammar_overwrites_no_corpus_of_your_own(tmp_path):
    (tmp_path / "train.de").write_text("Mein Satz .\n", "utf-8")
    with pytest.raises(ValueError, match="is not empty: name a new folder"):
        grammar.main([str(tmp_path)])
    assert (tmp_path / "train.de").read_text("utf-8") == "Mein Satz .\n"


def test_the_grammar_says_at_once_where_it_cannot_write(tmp_path, monkeypatch):
    monkeypatch.setattr(grammar, "make_splits", None)  # nothing is made
    (tmp_path / "a file").touch()
    with pytest.raises(OSError, match=r"a file.* cannot be written: part of its path is a file"):
        grammar.main([str(tmp_path / "a file")])


def test_a_corpus_is_replaced_as_a_whole_or_not_at_all(tmp_path):
    """The second split cannot be written, as on a disk that has become full."""
    pair = Pair(("ja",), ("yes",), frozenset({(0, 0)}))
    write_splits({"train": [pair]}, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    new = {"train": [pair, pair], "valid": [replace(pair, source=("\ud800",))]}
    with pytest.raises(UnicodeEncodeError):
        write_splits(new, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


# --- the whole project in another folder ---

ODD = os.fsdecode("Ü ber 100% & l'école 中文 $x".encode())  # readable even if the locale is ASCII


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """Return a copy of the project, without git, in a folder with an odd name."""
    folder = tmp_path_factory.mktemp("places") / ODD
    left_out = ["__pycache__", "multi30k", ".ipynb_checkpoints", "0[1-46-9]_*", "1?_*"]
    for name in ("utils", "data", "notebooks"):  # only two notebooks: 00 and 05
        ignored = shutil.ignore_patterns(*left_out)
        shutil.copytree(REPOSITORY / name, folder / name, ignore=ignored)
    shutil.copy(REPOSITORY / "pyproject.toml", folder)
    write_toy_corpus(folder / "texts")
    return folder


def run(folder, *arguments, **settings):
    """Run Python in the folder, with only these variables in its environment."""
    usual = {"PYTHONPATH": str(folder), "PYTHONWARNDEFAULTENCODING": "1"}
    usual |= {name: os.environ[name] for name in ["SYSTEMROOT"] if name in os.environ}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=folder, env=usual | settings, capture_output=True, encoding="utf-8"
    )


OWN_WARNING = re.compile(
    r"^(?!.*site-packages).*\b(?:utils|tests)\S*\.py:\d+: \w*Warning.*", flags=re.MULTILINE
)


def test_a_missing_encoding_would_be_caught(tmp_path):
    (tmp_path / "utils").mkdir()
    (tmp_path / "utils" / "reads.py").write_text("open(__file__).close()", "utf-8")
    said = run(tmp_path, "utils/reads.py").stderr
    assert "'encoding' argument not specified" in OWN_WARNING.search(said)[0]


ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
SMALL = ["--corpus=texts", "--epochs=1", "--hidden-size=8", "--device=cpu"]
# The grammar's command, with a corpus of two pairs: test_grammar.py writes the whole one.
SMALL_GRAMMAR = """
import sys
from utils.corpora.grammar import __main__ as command, generate_pairs
command.make_splits = lambda: {"train": generate_pairs(2, (9, 9))}
sys.exit(command.main(["new corpus"]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["-m", "utils.translate", "--translator=mini-dot", "das Kind schläft im Garten ."],
            "the child sleeps",
        ),
        (["-m", "utils.training", *SMALL, "--output=ü b/t.pt"], "epoch"),
        (["-m", "utils.publishing.classroom"], "notebooks without answers in build/classroom/"),
        (["-m", "utils.publishing.figures"], "figures: open build/figures/index.html"),
        (["-m", "utils.publishing.slides", "ö"], "decks in"),
        (["-m", "utils.publishing.questions", "ö"], "more for exams"),
        (["-c", SMALL_GRAMMAR], ""),
    ],
    ids=["translate", "training", "classroom", "figures", "slides", "questions", "grammar"],
)
def test_commands_work_in_an_odd_place_where_ascii_is_all(elsewhere, arguments, said):
    result = run(elsewhere, *arguments, **ASCII)
    assert result.returncode == 0, result.stderr
    assert said in result.stdout
    assert "Traceback" not in result.stderr
    assert OWN_WARNING.findall(result.stderr) == []
