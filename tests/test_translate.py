"""`python -m utils.translate`: sentences or a file in, one line per sentence out, and a picture."""

import runpy
import subprocess
import sys

import pytest
from toy import REPOSITORY, toy_translator

from utils import translate


@pytest.fixture
def translator(tmp_path):
    path = tmp_path / "toy.pt"
    toy_translator().save(path)
    return f"--translator={path}"


@pytest.fixture
def run(translator, capsys):
    """Run the command with a toy translator; return its exit code and its lines."""

    def run(*arguments):
        code = translate.main([translator, *map(str, arguments)])
        return code, capsys.readouterr().out.splitlines()

    return run


def refused(monkeypatch, capsys, *arguments):
    """Run as `python -m` does, in this process; return what it says when it exits with 1."""
    monkeypatch.setattr(sys, "stdout", sys.stdout)  # the command wraps them
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    monkeypatch.setattr(sys, "argv", ["utils.translate", *map(str, arguments)])
    monkeypatch.delitem(sys.modules, "utils.translate", raising=False)
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("utils.translate", run_name="__main__")
    assert caught.value.code == 1
    return capsys.readouterr().err.removesuffix("\n")


@pytest.mark.parametrize("beam", [1, 5])
def test_each_sentence_has_a_line_of_output(run, beam):
    sentences = ["eins zwei", "acht", ""]
    expected = toy_translator().translate(sentences, beam, copy_unknown=True)
    assert run(*sentences, f"--beam={beam}") == (0, [str(t) for t in expected])


def test_each_line_of_a_file_has_a_line_of_output(run, tmp_path):
    file = tmp_path / "numbers.txt"
    file.write_bytes("\ufeffeins zwei\r\n\r\nacht\r\n".encode())
    assert run("--file", file) == run("eins zwei", "", "acht")


@pytest.mark.parametrize("name", ["map.png", "map.SVG", "new/folder/map.pdf"])
def test_a_picture_shows_where_it_looked(run, tmp_path, name):
    code, lines = run("eins zwei", "--attention", tmp_path / name)
    assert code == 0 and len(lines) == 1
    picture = (tmp_path / name).read_bytes()
    assert len(picture) > 1000
    if name.endswith("SVG"):
        assert b"<svg" in picture


@pytest.mark.slow
def test_it_runs_from_the_command_line():
    done = subprocess.run(
        [sys.executable, "-m", "utils.translate", "Der Lehrer liest das Buch.", "--beam=2"],
        cwd=REPOSITORY,
        capture_output=True,
        timeout=120,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("the teacher is reading")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "give either sentences in quotes or --file"),
        (["eins", "--file=x.txt"], "give either sentences in quotes or --file"),
        (["eins", "zwei", "--attention=x.png"], "--attention draws one sentence"),
        (["--file=x.txt", "--attention=x.png"], "--attention draws one sentence"),
    ],
)
def test_a_command_that_makes_no_sense_is_refused(arguments, complaint, capsys):
    with pytest.raises(SystemExit) as caught:
        translate.main(arguments)
    assert caught.value.code == 2
    assert complaint in capsys.readouterr().err


def test_bad_input_is_refused_in_one_line(monkeypatch, capsys, translator, tmp_path):
    latin = tmp_path / "latin.txt"
    latin.write_bytes("fünf".encode("latin-1"))
    picture = tmp_path / "map.doc"
    missing = tmp_path / "none.txt"
    for arguments, complaint in {
        ("--file", latin): "latin.txt, line 1: not UTF-8; save it as plain text, UTF-8",
        ("eins", "--attention", picture): "has no suffix of a picture: use .png, .pdf or .svg.",
        ("", "--attention", tmp_path / "map.png"): "there is no word to draw",
        ("--file", missing): "none.txt",
        ("eins", "--beam", 0): "beam_size cannot be 0",
    }.items():
        said = refused(monkeypatch, capsys, translator, *arguments)
        assert said.startswith("error: ") and complaint in said and "\n" not in said
    said = refused(monkeypatch, capsys, "eins", "--translator=none")
    assert said.startswith("error: no translator none")
    assert not picture.exists()
