"""Draw without a display, set before anything imports matplotlib; skip tests that need a GPU.

The browser that a module's tests share ends with the module.
"""

import os
import sys
from collections.abc import Iterator

import pytest

os.environ["MPLBACKEND"] = "Agg"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip tests that need a GPU if torch can't use one."""
    if item.get_closest_marker("gpu"):
        import torch

        if not torch.cuda.is_available():
            pytest.skip("no GPU that torch can use")


@pytest.fixture(scope="module", autouse=True)
def browser_ends_with_its_module() -> Iterator[None]:
    """End the shared browser after the last test of a module that started it."""
    yield
    if "lab" in sys.modules:  # it is not imported for modules without a browser
        sys.modules["lab"].close_browser()
