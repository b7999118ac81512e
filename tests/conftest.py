"""Draw without a display, set before anything imports matplotlib; skip tests that need a GPU."""

import os

import pytest

os.environ["MPLBACKEND"] = "Agg"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip tests that need a GPU if torch can't use one."""
    if item.get_closest_marker("gpu"):
        import torch

        if not torch.cuda.is_available():
            pytest.skip("no GPU that torch can use")
