"""A notebook's cell that did not run to its end is a failure, whatever nbval makes of it."""

import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from toy import REPOSITORY

WAIT = "import time; time.sleep(60)"
STOPPABLE = f"try:\n    {WAIT}\nexcept KeyboardInterrupt:\n    print('stopped')"  # as `fit` is
DEAF = f"import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n{WAIT}"
EXPECTED = new_code_cell(f"{WAIT}", metadata={"tags": ["raises-exception"]})
OVERDUE = "took longer than --nbval-cell-timeout allows"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cells", "outcomes", "said"),
    [
        (["a = 1", "a + 1"], {"passed": 2}, ""),
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
def test_a_cell_that_did_not_run_to_its_end_is_a_failure(tmp_path, cells, outcomes, said):
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
