"""Commands end with one clear sentence, whatever system error they hit."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from utils.system.failures import REASONS, expand, explain


def run(script: str, folder: Path, output: str | None = None, shell: str = "") -> tuple:
    """Run a command whose `main` has this body; return its exit code, output and errors."""
    body = "".join(f"\n    {line}" for line in script.splitlines())
    code = (
        f"import os, sys\nfrom utils.system.failures import run\ndef main():{body}\n    return 0\n"
    )
    (folder / "command.py").write_text(code + f"run(main{shell})\n", encoding="utf-8")
    command = [sys.executable, str(folder / "command.py")]
    if output is None:
        result = subprocess.run(command, capture_output=True, encoding="utf-8")
        return result.returncode, result.stdout, result.stderr
    with open(output, "w", encoding="utf-8") as target:
        result = subprocess.run(command, stdout=target, stderr=subprocess.PIPE, encoding="utf-8")
    return result.returncode, "", result.stderr


@pytest.mark.parametrize(
    ("script", "code", "error"),
    [
        ("print('fine')", 0, ""),
        ("raise ValueError('say two words')", 1, "error: say two words\n"),
        ("raise KeyboardInterrupt", 130, ""),
        ("raise MemoryError", 1, "error: out of memory; pass in less at a time"),
        ("open('/nowhere/a')", 1, "error: /nowhere/a cannot be read: it does not exist"),
        ("raise ConnectionError('no connection')", 1, "error: no connection\n"),
        ("return 3", 3, ""),
    ],
)
def test_a_command_ends_with_one_line(tmp_path, script, code, error):
    found, _, said = run(script, tmp_path)
    assert found == code
    assert said.startswith(error) and len(said.splitlines()) <= 1


FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="no device that is always full here")
TALKS = """for number in range(3):
    print('line', number, flush=True)
    open(sys.argv[0] + str(number), 'wb').close()"""


@needs_full
@pytest.mark.parametrize(("goes_on", "steps"), [(False, 0), (True, 3)])
def test_a_full_disk_under_the_output_is_reported(tmp_path, goes_on, steps):
    code, _, error = run(TALKS, tmp_path, str(FULL), f", goes_on_unheard={goes_on}")
    assert code == 1
    assert error.startswith("error: the output cannot be written: the disk is full; free some")
    assert len(list(tmp_path.glob("command.py?"))) == steps


@pytest.mark.parametrize(("goes_on", "steps"), [(False, 0), (True, 3)])
def test_a_closed_pipe_is_not_an_error(tmp_path, goes_on, steps):
    run(TALKS, tmp_path, shell=f", goes_on_unheard={goes_on}")
    for path in tmp_path.glob("command.py?"):
        path.unlink()
    command = [sys.executable, str(tmp_path / "command.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        error = process.stderr.read()
    assert (process.returncode, error) == (0, b"")
    assert len(list(tmp_path.glob("command.py?"))) == steps


def test_characters_the_output_cannot_encode_become_escapes(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    assert run("print('zwölf 中')", tmp_path)[:2] == (0, "zw\\xf6lf \\u4e2d\n")


@pytest.mark.parametrize("number", REASONS)
def test_every_reason_says_what_to_do(number):
    sentence = explain(OSError(number, "as the system says it"), "runs/a.pt", "written")
    assert sentence.startswith("runs/a.pt cannot be written: ")
    assert "; " in sentence and "as the system says it" not in sentence


def test_an_unknown_reason_keeps_the_systems_message():
    error = OSError(errno.EBADMSG, "Bad message", "a.pt")
    assert explain(error) == "a.pt cannot be read: Bad message; choose another location"


def test_a_tilde_means_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert expand("~/a.pt") == tmp_path / "a.pt"
