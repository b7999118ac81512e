"""How long one run of each notebook takes, from kernel start: `make bench ONLY=notebooks`."""

import shutil

import pytest

from utils.publishing.notebooks import execute
from utils.system.environment import ROOT

NAMES = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
LONGEST = 120  # seconds


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory):
    """Return a folder with a copy of the notebooks, beside the data."""
    folder = tmp_path_factory.mktemp("series")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    (folder / "data").symlink_to(ROOT / "data")
    return folder / "notebooks"


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_within_two_minutes(bench, notebooks, name):
    seconds = bench.seconds(lambda: execute(notebooks / name), rounds=1, warmup_rounds=0)
    bench.record(f"notebook {name}", seconds, "s", at_most=LONGEST)
