"""Time functions in turn, and collect the results in one table: on the screen and in a CSV file.

A row is written as soon as it is measured, and replaces an older one of the same name.

Goals are ratios where possible, because a machine twice as fast gives the same ratio. The two sides
of a ratio are timed in turn, one round each, so that whatever slows the machine down slows both.
"""

import os
import statistics
import time

import pandas as pd
import pytest
import torch

from utils.corpora import load_corpus
from utils.experiments.tables import Table
from utils.system.environment import writable_folder
from utils.system.paths import DATA, RESULTS

ROUNDS = 5  # after a warm-up round
MEASURED, TABLE = pytest.StashKey[list](), pytest.StashKey[Table]()
THREADS = torch.get_num_threads()  # tests/toy.py takes one; it is imported after this file


class Bench:
    """Times functions with pytest-benchmark, and records values beside their goals."""

    def __init__(self, benchmark, rows, table):
        self.benchmark, self.rows, self.table = benchmark, rows, table

    def seconds(self, measured, **options):
        """Return the seconds of each round."""
        options = {"rounds": ROUNDS, "warmup_rounds": 1} | options
        self.benchmark.pedantic(measured, **options)
        return self.benchmark.stats.stats.data

    def in_turn(self, measured, reference):
        """Time two functions in turn; return the seconds of the first, and of the second."""
        others = []

        def before():
            started = time.perf_counter()
            reference()
            others.append(time.perf_counter() - started)

        return self.seconds(measured, setup=before), others[-ROUNDS:]

    def record(self, name, values, unit, at_least=None, at_most=None, note=""):
        """Record the median of the values, their range, and whether they reach the goal."""
        median, goal, reached = statistics.median(values), "", ""
        if at_least is not None:
            goal, reached = f"≥ {at_least}", "yes" if median >= at_least else "no"
        if at_most is not None:
            goal, reached = f"≤ {at_most}", "yes" if median <= at_most else "no"
        row = {"benchmark": name, "median": median, "low": min(values), "high": max(values)}
        row |= {"unit": unit, "n": len(values), "goal": goal, "reached": reached, "note": note}
        self.rows.append(row)
        others = self.table.rows
        if not others.empty:
            self.table.rows = others[others.benchmark != name]
        self.table.add([row])


@pytest.fixture
def bench(benchmark, request):
    return Bench(benchmark, request.config.stash[MEASURED], request.config.stash[TABLE])


@pytest.fixture(scope="session", autouse=True)
def all_threads():
    torch.set_num_threads(THREADS)


@pytest.fixture(scope="session")
def multi30k():
    folder = writable_folder("MULTI30K_CACHE", DATA / "multi30k")
    if not folder.is_dir() or len(list(folder.glob("*.gz"))) < 6:
        pytest.skip("Multi30k is not on this machine: load_corpus('multi30k') downloads it.")
    return load_corpus("multi30k")


def pytest_configure(config):
    """Open the table, and note how busy the machine was before, as its load average."""
    load = f"load before: {os.getloadavg()[0]:.2f}"  # mean over a minute
    circumstances = f"make bench; threads in use: {THREADS}; {load}"
    config.stash[TABLE] = Table(RESULTS / "bench.csv", ("benchmark",), circumstances)
    config.stash[MEASURED] = []


def pytest_terminal_summary(terminalreporter, config):
    """Show the rows of this run."""
    rows = config.stash[MEASURED]
    if not rows:
        return
    terminalreporter.section("benchmarks")
    terminalreporter.write_line(config.stash[TABLE].environments[-1])
    text = pd.DataFrame(rows).to_string(index=False, float_format="{:.3g}".format)
    terminalreporter.write_line(text)
