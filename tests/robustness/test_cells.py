"""A notebook's cell that did not run to its end is a failure, whatever nbval makes of it."""

import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from toy import REPOSITORY

from utils.publishing import notebooks
from utils.publishing.notebooks import execute

WAIT = "import time; time.sleep(60)"
STOPPABLE = f"try:\n    {WAIT}\nexcept KeyboardInterrupt:\n    print('stopped')"
DEAF = f"import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n{WAIT}"
EXPECTED = new_code_cell(f"{WAIT}", metadata={"tags": ["raises-exception"]})
WAITS = "import os\nassert os.environ['OMP_WAIT_POLICY'] == 'PASSIVE'"
OVERDUE = "took longer than --nbval-cell-timeout allows"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cells", "outcomes", "said"),
    [
        (["a = 1", WAITS], {"passed": 2}, ""),
        ([STOPPABLE, "1 + 1", "no_such_name"], {"failed": 1, "errors": 2}, OVERDUE),
        ([WAIT, "1 + 1"], {"failed": 1, "error": 1}, "an earlier cell took too long"),
        ([EXPECTED, "1 + 1"], {"failed": 1, "error": 1}, OVERDUE),
        ([DEAF, "1 + 1"], {"failed": 1, "error": 1}, "an earlier cell took too long"),
        (["import os; os._exit(1)", "1 + 1"], {"failed": 1, "error": 1}, "earlier cell"),
        (["1 / 0", "1 + 1"], {"failed": 1, "passed": 1}, "ZeroDivisionError"),
        (["# NBVAL_SKIP\nno_such_name", "1 + 1"], {"failed": 1, "passed": 1}, "take the mark out"),
    ],
    ids=[
        "all is well",
        "caught the interrupt",
        "interrupted",
        "an error was expected",
        "cannot be interrupted",
        "its kernel dies",
        "an error",
        "skipped",
    ],
)
def test_a_cell_that_did_not_run_to_its_end_is_a_failure(
    tmp_path, monkeypatch, cells, outcomes, said
):
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, tmp_path)
    made = [new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    nbformat.write(new_notebook(cells=made), tmp_path / "try.ipynb")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "try.ipynb"]
    command.append("--nbval-cell-timeout=2")
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8")
    counts = re.findall(r"(\d+) (\w+)", result.stdout.splitlines()[-1].partition(" in ")[0])
    assert {name: int(count) for count, name in counts} == outcomes, result.stdout
    assert result.returncode == int(outcomes != {"passed": 2})
    assert said in result.stdout


@pytest.mark.slow
def test_a_notebook_that_is_run_to_be_saved_waits_in_the_same_way(tmp_path, monkeypatch):
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    path = tmp_path / "try.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(WAITS)]), path)
    execute(path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("1 / 0", "a cell raised ZeroDivisionError: division by zero"),
        ("raise ValueError('one\\ntwo')", "a cell raised ValueError: one two"),
        ("import os; os._exit(1)", "its kernel died"),
        (WAIT, "a cell took longer than 2 s"),
    ],
    ids=["an error", "an error of two lines", "its kernel dies", "too slow"],
)
def test_a_notebook_that_fails_stays_and_one_line_says_why(tmp_path, monkeypatch, cell, said):
    monkeypatch.setattr(notebooks, "SECONDS_PER_CELL", 2)
    path = tmp_path / "try.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(cell)]), path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=said) as caught:
        notebooks.main([str(path)])
    assert str(caught.value).startswith(f"{path} is as it was: ")
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before
