"""How long an explorer takes to repaint, with the shipped models and a sentence of 30 words."""

from itertools import cycle

import pytest
from test_widgets import curve

from utils.corpora import load_corpus
from utils.training import Epoch
from utils.translator import Translator
from utils.widgets import (
    AttentionEditor,
    AttentionStepper,
    BeamExplorer,
    LengthExplorer,
    ScoreCalculator,
    TrainingRecorder,
    TrainingViewer,
)

LIMIT = 150  # milliseconds: a response within this time feels immediate
SENTENCES = tuple(
    " ".join(pair.source) for pair in load_corpus("mini").test if len(pair.source) == 30
)[1:4]


@pytest.fixture(scope="module")
def explorers():
    """Return the explorers by name."""
    pairs = [pair for pair in load_corpus("mini").test if len(pair.source) == 30]
    sentence = " ".join(pairs[0].source)
    models = {name: Translator.load(f"mini-{name}") for name in ("dot", "additive", "fixed")}
    with_weights = {name: models[name] for name in ("dot", "additive")}
    watcher = TrainingRecorder(models["dot"], sentence)
    for number in range(1, 11):
        watcher(Epoch(number, 1 / number, 1 / number, None, 1.0))
    points = [(2, 0), (2, 2), (0, 2)]
    return {
        "stepper": AttentionStepper(with_weights, sentence),
        "editor": AttentionEditor(with_weights, sentence),
        "beam": BeamExplorer(models["additive"], sentence),
        "length": LengthExplorer(
            models, {name: curve() for name in models}, load_corpus("mini").test, pairs[:1]
        ),
        "calculator": ScoreCalculator(["a", "b", "c"], points, (1, -1)),
        "training": TrainingViewer(watcher),
    }


@pytest.mark.parametrize(
    ("name", "control", "values"),
    [
        ("stepper", "step", (2, 3, 4, 5, 6)),
        ("stepper", "sentence", SENTENCES),
        ("stepper", "model", ("additive", "dot")),
        ("editor", "step", (2, 3, 4, 5, 6)),
        ("editor", "sentence", SENTENCES),
        ("beam", "beam_size", (2, 4, 5, 3)),
        ("beam", "alpha", (0.0, 0.5, 2.0, 1.0)),
        ("beam", "sentence", SENTENCES),
        ("length", "length", (10, 20, 30)),
        ("calculator", "kind", ("general", "additive", "dot")),
        ("training", "epoch", (2, 4, 6, 8, 10)),
    ],
)
def test_an_explorer_repaints_at_once(bench, explorers, name, control, values):
    chosen, others = getattr(explorers[name], control), cycle(values)
    seconds = bench.seconds(
        lambda value: setattr(chosen, "value", value),
        setup=lambda: ((next(others),), {}),
        rounds=11,
    )
    milliseconds = [1000 * each for each in seconds]
    bench.record(f"{name}, another {control}", milliseconds, "ms", at_most=LIMIT)
