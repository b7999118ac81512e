"""mypy finds nothing wrong in utils, checked as pyproject.toml says."""

import subprocess
import sys

from utils.system.paths import ROOT


def test_mypy_finds_no_error():
    command = [sys.executable, "-m", "mypy", "--no-color-output"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
