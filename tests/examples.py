"""One explorer of each kind, as the notebooks show them, for the tests that drive them."""

from functools import cache

import pandas as pd
from toy import number_pairs, toy_fields, toy_model

from utils.corpora import Corpus, Pair, load_corpus
from utils.training import Epoch, Settings, fit
from utils.translator import Translator
from utils.widgets import (
    AttentionEditor,
    AttentionStepper,
    BeamExplorer,
    HeadViewer,
    LengthExplorer,
    Playground,
    QuickQuestions,
    ScoreCalculator,
    TrainingRecorder,
    TrainingViewer,
)

RUNNING = "gestern hat die Frau dem alten Lehrer einen Apfel gegeben ."
READS = "am Bahnhof liest Lena ."  # greedy search with one fixed vector writes another name
COUNTS, BACKWARDS = "zwei drei fünf sieben acht neun", "nine eight seven five three two"
PHRASES = (  # as in notebook 03: one sentence that grows
    "Tom liest|Tom reads",
    "das Buch|the book",
    "im Garten|in the garden",
    ", weil das Kind schläft|because the child sleeps",
    ", und Anna wartet|, and Anna waits",
    "am Bahnhof|at the station",
    ", aber die Frau liest|, but the woman reads",
    "einen Brief|a letter",
    ", obwohl Paul nicht schläft|, although Paul does not sleep",
)
BUCKETS = ["4–5", "6–10", "11–15", "16–20", "21–25", "26–30", "31–40", "41–50"]
CURVES = {  # only their shape matters here
    "fixed": [99.0, 98.0, 95.0, 85.0, 65.0, 44.0, 25.0, 15.0],
    "dot": [99.5, 99.5, 99.0, 99.0, 98.7, 98.4, 90.0, 75.0],
}


@cache
def mini(name: str) -> Translator:
    """Return a shipped translator of the mini corpus."""
    return Translator.load(f"mini-{name}")


@cache
def long_pair() -> Pair:
    """Return a test pair of 30 source words."""
    return next(pair for pair in load_corpus("mini").test if len(pair.source) == 30)


def growing_pairs(count: int = len(PHRASES)) -> list[Pair]:
    """Return the beginnings of one sentence, of 1 to `count` phrases."""
    sides = [phrase.split("|") for phrase in PHRASES[:count]]
    grown = [
        [(" ".join(side) + " .").split() for side in zip(*sides[:size], strict=True)]
        for size in range(1, count + 1)
    ]
    return [Pair(tuple(source), tuple(target), None) for source, target in grown]


def length_explorer() -> LengthExplorer:
    """Return a length explorer with the beginnings of one long sentence."""
    curves = {
        name: pd.DataFrame({"bucket": BUCKETS, "bleu": bleu}) for name, bleu in CURVES.items()
    }
    test = load_corpus("mini").test
    return LengthExplorer({name: mini(name) for name in CURVES}, curves, test, growing_pairs())


def still_training(sentence: str) -> TrainingViewer:
    """Return a viewer of six epochs in which nothing changes but the losses."""
    recorder = TrainingRecorder(mini("additive"), sentence)
    for number in range(1, 7):
        recorder(Epoch(number, 3 / number, 3.2 / number, None, 1.0))
    return TrainingViewer(recorder)


def training_viewer() -> TrainingViewer:
    """Return a viewer of a real training, of some seconds, in which an alignment emerges."""
    model = toy_model(hidden_size=32, embedding_size=16)
    recorder = TrainingRecorder(Translator(model, toy_fields()), COUNTS, BACKWARDS)
    corpus = Corpus(number_pairs(400, seed=1), number_pairs(20, seed=2), [])
    watch = {"on_epoch": recorder, "on_part": recorder, "quiet": True}
    fit(model, toy_fields(), corpus, Settings(epochs=7, batch_size=8, learning_rate=0.01), **watch)
    return TrainingViewer(recorder)


EXAMPLES = {
    "playground": Playground,
    "calculator": lambda: ScoreCalculator(
        ["zhīshi", "jiùshì", "lìliàng"], [(1.6, -0.45), (0.55, 2.15), (-0.5, 2.5)], (1.6, 0.6)
    ),
    "stepper": lambda: AttentionStepper(
        {name: mini(name) for name in ("additive", "dot", "fixed")}, RUNNING
    ),
    "length": length_explorer,
    "editor": lambda: AttentionEditor({name: mini(name) for name in ("additive", "dot")}, RUNNING),
    "beam": lambda: BeamExplorer(mini("fixed"), READS),
    "training": training_viewer,
    "head": lambda: HeadViewer(mini("transformer"), RUNNING),
    "quiz": lambda: QuickQuestions("05"),
}
