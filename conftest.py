"""How pytest runs, wherever it starts: in how many processes, and what a notebook's cell may do.

nbval lets cells pass that never ran.
"""

import os
from collections.abc import Iterator

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return the number of cores, plus one where slow tests run: many wait for something.

    They wait for a browser, a package index, or a time limit. The fast tests compute.
    """
    return (os.cpu_count() or 1) + ("not slow" not in config.option.markexpr)


def is_overdue(item: pytest.Item) -> bool:
    """Tell whether a cell of the item's notebook has taken longer than it may."""
    return getattr(item.parent, "timed_out", False)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail the cells after one that took too long; nbval would take any result for expected."""
    if is_overdue(item):
        pytest.fail("did not run, because an earlier cell took too long", pytrace=False)
    if hasattr(item, "cell"):  # its kernel, which starts next, is no busy waiter, as in `make lab`
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a cell that is skipped, and one that took too long even if it caught the interrupt."""
    try:
        yield
    except pytest.skip.Exception:
        if hasattr(item, "cell"):
            pytest.fail(f"{item.name} did not run: take the mark out", pytrace=False)
        raise
    if is_overdue(item):
        pytest.fail(f"{item.name} took longer than --nbval-cell-timeout allows", pytrace=False)
