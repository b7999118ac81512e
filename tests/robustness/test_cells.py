"""A cell that did not run to its end is a failure, whatever nbval makes of it."""

import os
import shutil
import subprocess
import sys
from xml.etree import ElementTree

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


# For each notebook: its cells, their outcomes, and the message.
NOTEBOOKS = {
    "all_is_well": (["a = 1", WAITS], ["passed", "passed"], ""),
    "caught": ([STOPPABLE, "1 + 1", "no_such_name"], ["failure", "error", "error"], OVERDUE),
    "interrupted": ([WAIT, "1 + 1"], ["failure", "error"], "an earlier cell took too long"),
    "expected": ([EXPECTED, "1 + 1"], ["failure", "error"], OVERDUE),
    "deaf": ([DEAF, "1 + 1"], ["failure", "error"], "an earlier cell took too long"),
    "dies": (["import os; os._exit(1)", "1 + 1"], ["failure", "error"], "earlier cell"),
    "raises": (["1 / 0", "1 + 1"], ["failure", "passed"], "ZeroDivisionError"),
    "skipped": (
        ["# NBVAL_SKIP\nno_such_name", "1 + 1"],
        ["failure", "passed"],
        "take the mark out",
    ),
}


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Run all notebooks in parallel, since most just wait; return the cells' reports by name."""
    folder = tmp_path_factory.mktemp("cells")
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, folder)
    for name, (cells, _, _) in NOTEBOOKS.items():
        made = [new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
        nbformat.write(new_notebook(cells=made), folder / f"{name}.ipynb")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--junitxml=report.xml"]
    # Kernels of a busy machine start slowly, and the first cell's time begins before they do.
    command += ["-n", "4", "--dist", "loadfile", "--nbval-cell-timeout=9"]
    command += [f"{name}.ipynb" for name in NOTEBOOKS]
    ours = ("PYTEST_", "OMP_WAIT_POLICY")  # of the pytest that runs this test
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    done = subprocess.run(command, cwd=folder, env=clean, capture_output=True, encoding="utf-8")
    assert done.returncode == 1, done.stdout + done.stderr
    cells = list(ElementTree.parse(folder / "report.xml").iter("testcase"))
    return {name: [c for c in cells if name in c.get("classname")] for name in NOTEBOOKS}


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_cell_that_did_not_run_to_its_end_fails(reports, name):
    _, outcomes, said = NOTEBOOKS[name]
    found = [cell[0].tag if len(cell) else "passed" for cell in reports[name]]
    assert found == outcomes
    text = "\n".join(text for cell in reports[name] for text in cell.itertext())
    assert said in text


@pytest.mark.slow
def test_running_a_notebook_to_save_it_uses_the_same_wait_policy(tmp_path, monkeypatch):
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
def test_a_failed_notebook_stays_unchanged_and_one_line_says_why(tmp_path, monkeypatch, cell, said):
    monkeypatch.setattr(notebooks, "SECONDS_PER_CELL", 2)
    path = tmp_path / "try.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(cell)]), path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=said) as caught:
        notebooks.main([str(path)])
    assert str(caught.value).startswith(f"{path} is as it was: ")
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before
