"""What a reader waits for: imports, the corpus, JupyterLab; with files in the disk cache."""

import re
import subprocess
import sys
from contextlib import ExitStack

import pytest
from lab import FLAGS, find_browser, jupyterlab, skip_without_browser
from playwright.sync_api import sync_playwright
from test_browser import open_notebook

from utils.batches import make_batches
from utils.corpora import load_corpus
from utils.text import build_fields

TRAINING = "import utils.training, utils.translator"
NOTEBOOK = f"{TRAINING}, utils.exercises, utils.plots, utils.widgets"
SELF_TIME = re.compile(r"^import time: +(\d+) \|.*\| +utils\b", re.MULTILINE)  # microseconds


def run_python(*arguments):
    command = [sys.executable, *arguments]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stderr


@pytest.mark.parametrize(
    ("name", "statement", "goal"),
    [
        ("import torch", "import torch", None),
        ("import utils to train and translate", TRAINING, 2.5),
        ("import utils as the notebooks do", NOTEBOOK, 2.5),
    ],
)
def test_imports_take_little_time(bench, name, statement, goal):
    bench.record(name, bench.seconds(lambda: run_python("-c", statement)), "s", at_most=goal)


def test_the_modules_of_utils_take_little_of_it(bench):
    reports = []
    bench.seconds(lambda: reports.append(run_python("-X", "importtime", "-c", NOTEBOOK)))
    own = [sum(map(int, SELF_TIME.findall(report))) / 1e6 for report in reports]
    own = own[1:]  # the first round does not count
    bench.record("of it, the modules of utils", own, "s", at_most=0.3)


def test_the_mini_corpus_is_loaded(bench):
    bench.record("load_corpus, mini", bench.seconds(lambda: load_corpus("mini")), "s")


def test_captions_are_loaded(bench, multi30k):
    bench.record("load_corpus, multi30k", bench.seconds(lambda: load_corpus("multi30k")), "s")


def test_vocabularies_are_built(bench, multi30k):
    seconds = bench.seconds(lambda: build_fields(multi30k, min_freq=2))
    bench.record("build_fields, multi30k", seconds, "s")


def test_an_epoch_of_batches_is_made(bench, multi30k):
    fields = build_fields(multi30k, min_freq=2)

    def epoch():
        for _ in make_batches(multi30k.train, fields, 128, shuffle=True):
            pass

    bench.record("one epoch of batches, multi30k", bench.seconds(epoch), "s")


@pytest.fixture
def page():
    """Return a window of a browser that is already running, as a reader's would be."""
    skip_without_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        yield browser.new_page()
        browser.close()


def test_jupyterlab_opens_the_first_notebook(bench, page, tmp_path_factory):
    def open_lab(stack):
        address = stack.enter_context(jupyterlab(tmp_path_factory.mktemp("lab")))
        open_notebook(page, address, "00_start_here")  # until its kernel waits for a cell

    seconds = bench.seconds(
        open_lab, setup=lambda: ((ExitStack(),), {}), teardown=lambda stack: stack.close()
    )
    bench.record("JupyterLab, from the command to a kernel", seconds, "s")
