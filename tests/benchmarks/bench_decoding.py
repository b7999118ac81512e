"""Greedy search for a batch of sentences or one at a time, and beam search against greedy."""

from statistics import median

import pytest

from utils.translator import Translator


@pytest.fixture(scope="module")
def sources(multi30k):
    return [pair.source for pair in multi30k.test]  # 1,000 captions


@pytest.fixture(scope="module")
def translator():
    return Translator.load("multi30k-additive")


def test_greedy_search_in_batches(bench, translator, sources):
    def one_at_a_time():
        for source in sources:
            translator.translate([source])

    batched, alone = bench.in_turn(lambda: translator.translate(sources), one_at_a_time)
    ratios = [slow / fast for fast, slow in zip(batched, alone, strict=True)]
    note = f"{median(batched):.2f} s, one at a time {median(alone):.1f} s"
    unit = "times as fast as one at a time"
    bench.record("greedy, 1,000 captions in batches", ratios, unit, at_least=20, note=note)


def test_beam_of_five(bench, translator, sources):
    beam, greedy = bench.in_turn(
        lambda: translator.translate(sources, beam_size=5), lambda: translator.translate(sources)
    )
    ratios = [slow / fast for slow, fast in zip(beam, greedy, strict=True)]
    note = f"{median(beam):.2f} s, greedy {median(greedy):.2f} s"
    bench.record(
        "beam of 5, 1,000 captions in batches", ratios, "times greedy", at_most=6, note=note
    )
