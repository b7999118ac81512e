"""Draw without a display: set before anything imports matplotlib. And skip what needs a GPU."""

import os

import pytest

os.environ["MPLBACKEND"] = "Agg"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test that needs a GPU where torch can use none."""
    if item.get_closest_marker("gpu"):
        import torch

        if not torch.cuda.is_available():
            pytest.skip("no GPU that torch can use")
