"""The benchmarks train what they time; `make bench` runs them."""

import importlib

import pytest
import torch
from toy import REPOSITORY, toy_corpus

from utils.models.attention import ATTENTIONS
from utils.models.seq2seq import build_model
from utils.training import Settings

SIZES = {"embedding_size": 8, "hidden_size": 8}


@pytest.fixture
def load(monkeypatch):
    """Return a function that imports a file from tests/benchmarks/."""
    monkeypatch.syspath_prepend(REPOSITORY / "tests" / "benchmarks")
    return importlib.import_module


@pytest.mark.slow
@pytest.mark.parametrize("attention", ATTENTIONS)
def test_a_model_and_the_floor_below_it_are_trained_on_the_same_words(load, attention):
    settings = Settings(batch_size=3)
    trainer = load("bench_training").Trainer(toy_corpus(), settings, batches=1000, **SIZES)
    model = build_model(trainer.fields, attention, seed=0, **SIZES)
    floor = load("floor").Floor(model.config)
    for each in (model, floor):
        before = each.output.weight if each is floor else each.decoder.output.weight
        start = before.detach().clone()
        trainer.updates(each)()
        assert not torch.equal(before, start)
    assert trainer.words == sum(len(pair.target) + 1 for pair in toy_corpus().train)  # and <eos>
