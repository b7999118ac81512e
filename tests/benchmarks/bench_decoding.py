"""Greedy search for a batch of sentences or one at a time, and beam search against greedy."""

import time
from statistics import median

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from utils.decoding import next_words
from utils.system.sizes import BATCH_SIZE
from utils.translator import Translator


@pytest.fixture(scope="module")
def sources(multi30k):
    return [pair.source for pair in multi30k.test]  # 1,000 captions


@pytest.fixture(scope="module")
def translator():
    return Translator.load("multi30k-additive")


def multiply():
    """Multiply two large matrices; return how many operations a second that takes."""
    size = 2048
    one, other = torch.randn(2, size, size)
    started = time.perf_counter()
    torch.mm(one, other)
    return 2 * size**3 / (time.perf_counter() - started)


def test_greedy_search_in_batches(bench, translator, sources):
    """How far this can go depends on the machine.

    One sentence at a time, each step reads every weight from memory for a single row. The smaller
    and the farther the cache, the slower that is. In batches, the search can't be faster than its
    multiplications, at the rate of large matrices: that is the floor in the note.
    """

    def one_at_a_time():
        rates.append(multiply())  # under the same neighbors
        for source in sources:
            translator.translate([source])

    rates = []
    with FlopCounterMode(display=False) as counter:
        translator.translate(sources)
    batched, alone = bench.in_turn(lambda: translator.translate(sources), one_at_a_time)
    ratios = [slow / fast for fast, slow in zip(batched, alone, strict=True)]
    floor = counter.get_total_flops() / max(rates)
    note = (
        f"{median(batched):.2f} s, one at a time {median(alone):.1f} s; floor: {floor:.2f} s, "
        f"{counter.get_total_flops() / 1e9:.0f} GFLOP at {max(rates) / 1e9:.0f} GFLOP/s"
    )
    unit = "times as fast as one at a time"
    bench.record("greedy, 1,000 captions in batches", ratios, unit, at_least=15, note=note)


@torch.no_grad()
def test_a_step_with_half_of_the_sentences(bench, translator, sources):
    """If it takes half as long, little is gained by filling the places of finished sentences."""
    captions = [translator.read(source) for source in sources[:BATCH_SIZE]]
    state, encoded = translator.model.encode(*translator.encode(captions))
    words = torch.full((BATCH_SIZE,), translator.fields.start)

    def steps_with(rows):
        parts = words[:rows], state[:rows], encoded.select(slice(rows))
        return lambda: [next_words(translator.model.decoder, *parts) for _ in range(20)]

    half, whole = bench.in_turn(steps_with(BATCH_SIZE // 2), steps_with(BATCH_SIZE))
    ratios = [2 * less / more for less, more in zip(half, whole, strict=True)]
    note = f"{1000 * median(whole) / 20:.1f} ms with {BATCH_SIZE} sentences"
    unit = "times half of a whole step's time"
    bench.record("greedy, a step with half of the sentences", ratios, unit, note=note)


def test_beam_of_five(bench, translator, sources):
    beam, greedy = bench.in_turn(
        lambda: translator.translate(sources, beam_size=5), lambda: translator.translate(sources)
    )
    ratios = [slow / fast for slow, fast in zip(beam, greedy, strict=True)]
    note = f"{median(beam):.2f} s, greedy {median(greedy):.2f} s"
    bench.record(
        "beam of 5, 1,000 captions in batches", ratios, "times greedy", at_most=6, note=note
    )
