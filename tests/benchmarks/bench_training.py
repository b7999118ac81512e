"""Training with each attention, against the floor: whole updates, with the same batches."""

from itertools import islice
from statistics import median

import pytest
from floor import Floor

from utils.batches import make_batches
from utils.corpora import load_corpus
from utils.experiments.all_at_once import AllAtOnceDecoder
from utils.experiments.parts import LuongDecoder, replace_part
from utils.models.attention import ATTENTIONS
from utils.models.seq2seq import build_model
from utils.text import build_fields
from utils.training import Settings
from utils.training.loop import train_epoch
from utils.training.run import Run

LARGE_GOALS = {"dot": 0.85, "additive": 0.80}
LUONG = {"Luong": LuongDecoder, "Luong, all steps at once": AllAtOnceDecoder}
every_luong = pytest.mark.parametrize(
    ("form", "attention"), [(f, a) for f in LUONG for a in ("dot", "general", "additive")]
)


class Trainer:
    """Trains models on the same few batches of a corpus."""

    def __init__(self, corpus, settings, batches, min_freq=1, **sizes):
        self.corpus, self.settings, self.sizes = corpus, settings, sizes
        self.fields = build_fields(corpus, min_freq)
        pairs, size = corpus.train, settings.batch_size
        self.batches = list(islice(make_batches(pairs, self.fields, size, shuffle=True), batches))
        padding = self.fields.padding
        self.words = sum(batch.count_words(padding) for batch in self.batches)

    def updates(self, model):
        """Return a function that trains the model on each batch once."""
        run = Run(model, self.fields, self.corpus, self.settings)
        return lambda: train_epoch(run, 1, self.batches)

    def compare(self, bench, name, attention, goal, form=None):
        model = build_model(self.fields, attention, seed=0, **self.sizes)
        if form:
            replace_part(model, "decoder", LUONG[form](model.config))
            name = f"{name}, {form}"
        ours, floor = bench.in_turn(self.updates(model), self.updates(Floor(model.config)))
        ratios = [theirs / own for own, theirs in zip(ours, floor, strict=True)]
        own, floors = self.words / median(ours), self.words / median(floor)
        note = f"{own:.0f} words/s, the floor {floors:.0f}"
        unit = "of the floor's words/s"
        bench.record(f"{name}, {attention}", ratios, unit, at_least=goal, note=note)


@pytest.fixture(scope="module")
def mini():
    return Trainer(load_corpus("mini"), Settings(), batches=10)


@pytest.fixture(scope="module")
def large(multi30k):
    settings = Settings(batch_size=128)
    return Trainer(multi30k, settings, 3, min_freq=2, embedding_size=256, hidden_size=512)


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_training_at_the_size_of_the_mini_models(bench, mini, attention):
    mini.compare(bench, "training, 80/128", attention, 0.60)


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_training_at_a_large_size(bench, large, attention):
    large.compare(bench, "training, 256/512", attention, LARGE_GOALS.get(attention))


@every_luong
def test_training_the_luong_decoder_at_the_size_of_the_mini_models(bench, mini, form, attention):
    mini.compare(bench, "training, 80/128", attention, 0.60, form)


@every_luong
def test_training_the_luong_decoder_at_a_large_size(bench, large, form, attention):
    large.compare(bench, "training, 256/512", attention, LARGE_GOALS.get(attention), form)
