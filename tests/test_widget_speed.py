"""How long an explorer takes to repaint, with the shipped models and a sentence of 30 words."""

import statistics
import time

import pytest
from test_widgets import curve

from utils.corpora import load_corpus
from utils.translator import Translator
from utils.widgets import (
    AttentionEditor,
    AttentionStepper,
    BeamExplorer,
    LengthExplorer,
    ScoreCalculator,
)

LIMIT = 150  # milliseconds: what follows a movement within them seems to follow at once


@pytest.fixture(scope="module")
def made():
    """Return the explorers, and for each the control to move."""
    pairs = [pair for pair in load_corpus("mini").test if len(pair.source) == 30]
    sentence = " ".join(pairs[0].source)
    models = {name: Translator.load(f"mini-{name}") for name in ("dot", "additive", "fixed")}
    with_weights = {name: models[name] for name in ("dot", "additive")}
    curves = {name: curve() for name in models}
    stepper, editor = (kind(with_weights, sentence) for kind in (AttentionStepper, AttentionEditor))
    beam = BeamExplorer(models["additive"], sentence)
    length = LengthExplorer(models, curves, load_corpus("mini").test, pairs[:1])
    calculator = ScoreCalculator(["a", "b", "c"], [(2, 0), (2, 2), (0, 2)], (1, -1))
    return {
        "stepper, next step": stepper.step,
        "editor, another row": editor.step,
        "beam, another size": beam.beam_size,
        "length, another sentence": length.length,
        "calculator, another number": calculator.query[0],
    }


@pytest.mark.parametrize(
    "name",
    [
        "stepper, next step",
        "editor, another row",
        "beam, another size",
        "length, another sentence",
        "calculator, another number",
    ],
)
def test_an_explorer_repaints_at_once(made, name, capsys):
    control, times = made[name], []
    for i in range(11):
        value = control.min + i % 5 + 1
        started = time.perf_counter()
        control.value = value
        times.append(1000 * (time.perf_counter() - started))
    median = statistics.median(times)
    with capsys.disabled():
        print(f"\n{name}: {median:.0f} ms (median of {len(times)})")
    assert median <= LIMIT
