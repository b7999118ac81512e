"""How fast the models are, how much memory they take, and how both grow with the length.

Sizes here are in megabytes of 10⁶ bytes, times in seconds on the CPU.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from statistics import median
from typing import Any, TypedDict

import torch
from torch import Tensor

from utils.batches import Batch, make_batches
from utils.corpora import load_corpus
from utils.models import build_model, count_parameters
from utils.models.seq2seq import Seq2Seq
from utils.text import build_fields
from utils.training import Settings, word_loss
from utils.training.loop import train_epoch
from utils.training.run import Run
from utils.translator import Sentence, Translator

BATCH_SIZE = 64
REPEATS = 5  # of what is timed in less than a second
LENGTHS = (10, 20, 40, 80, 160)


class Sizes(TypedDict):
    """The sizes of a model."""

    embedding_size: int
    hidden_size: int


LARGE_MODEL: Sizes = {"embedding_size": 256, "hidden_size": 512}


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute in one thread, whatever PyTorch has been given.

    Threads wait for each other by keeping their cores busy. If anything else wants a core, two of
    them are many times slower than one, and the time says more about the neighbors than the model.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@one_thread()
def measure_speed(
    attention: str, seed: int, batches: int = 60, repeats: int = REPEATS
) -> list[dict[str, Any]]:
    """Return one row: weights, target words a second in training, sentences a second, memory.

    All in one thread. Training is timed over `batches` updates of Adam with batches of the mini
    corpus, after ten that are not timed. Greedy decoding is timed over the mini test split, as
    `decoding_seconds` says, with the shipped translator, because one that has not learned to stop
    would write too much. So the seed has no part in it: five seeds are five measurements. The
    memory is what one batch of 30-word sentences keeps for the backward pass.
    """
    corpus = load_corpus("mini")
    fields = build_fields(corpus)
    model = build_model(fields, attention, seed=seed)
    train = list(make_batches(corpus.train, fields, BATCH_SIZE, shuffle=True, seed=seed))
    padding = fields.padding
    time_updates(model, train[:10], padding)
    timed = train[10 : 10 + batches]
    words = sum(batch.count_words(padding) for batch in timed)
    translator, sources = Translator.load(f"mini-{attention}"), [p.source for p in corpus.test]
    decoding = decoding_seconds(translator, sources, repeats)
    return [
        {
            "attention": attention,
            "seed": seed,
            "weights": count_parameters(model),
            "train_words_per_second": words / time_updates(model, timed, padding),
            "decoded_sentences_per_second": len(sources) / decoding,
            "megabytes": kept_megabytes(model, random_batch(model, 30, seed), padding),
        }
    ]


@one_thread()
def decoding_seconds(
    translator: Translator, sources: Sequence[Sentence], repeats: int = REPEATS
) -> float:
    """Return the seconds that a greedy translation of all sources takes: the median of `repeats`.

    They run in one thread. Before them comes one that is not timed, because the first is slower.
    """
    translator.translate(sources)
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        translator.translate(sources)
        seconds.append(time.perf_counter() - started)
    return median(seconds)


def measure_cost(attention: str, length: int, seed: int, batch_size: int = 16) -> list[dict]:
    """Return one row: time and memory of a training step with `length` words on both sides.

    The time is the best of three steps forward and backward; the first weights do not matter.
    """
    fields = build_fields(load_corpus("mini"))
    model = build_model(fields, attention, seed=seed)
    padding = fields.padding
    batch = random_batch(model, length, seed, batch_size)
    seconds = min(time_updates(model, [batch], padding) for _ in range(3))
    megabytes = kept_megabytes(model, batch, padding)
    row = {"attention": attention, "length": length, "seed": seed}
    return [row | {"seconds": seconds, "megabytes": megabytes}]


def measure_pace(seed: int, batches: int = 60) -> list[dict[str, Any]]:
    """Return one row: target words a second in training, with a model fit for millions of pairs.

    Timed are `batches` steps as `fit` takes them, with batches of Multi30k, after ten that are not.
    """
    corpus = load_corpus("multi30k")
    fields = build_fields(corpus)
    model = build_model(fields, "additive", **LARGE_MODEL, seed=seed)
    settings = Settings(epochs=1, batch_size=BATCH_SIZE, seed=seed)
    run = Run(model, fields, corpus, settings)
    train = make_batches(corpus.train, fields, BATCH_SIZE, shuffle=True, seed=seed)
    train_epoch(run, 1, islice(train, 10))
    timed = list(islice(train, batches))
    words = sum(batch.count_words(fields.padding) for batch in timed)
    started = time.perf_counter()
    train_epoch(run, 1, timed)
    pace = words / (time.perf_counter() - started)
    weights = count_parameters(model)
    return [{"seed": seed, **LARGE_MODEL, "weights": weights, "train_words_per_second": pace}]


def random_batch(model: Seq2Seq, length: int, seed: int, size: int = BATCH_SIZE) -> Batch:
    """Return a batch of random words without padding: `length` on each side, and `<eos>`."""
    generator = torch.Generator().manual_seed(seed)
    config = model.config
    source = torch.randint(4, config.source_size, (size, length), generator=generator)
    target = torch.randint(4, config.target_size, (size, length + 2), generator=generator)
    return Batch(source, torch.full((size,), length), target)


def kept_megabytes(model: Seq2Seq, batch: Batch, padding: int) -> float:
    """Return how much a training step keeps between its forward and its backward pass.

    Counted are the tensors that autograd saves, each piece of memory once; the weights are not
    counted.
    """
    weights = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    kept = {}

    def remember(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(remember, lambda tensor: tensor):
        loss = word_loss(model(*batch)[0], batch.target, padding)
    del loss  # until here the pieces stay where they are, so that no two share an address
    return sum(kept.values()) / 1e6


def time_updates(model: Seq2Seq, batches: list[Batch], padding: int) -> float:
    """Return the seconds that one update with each batch takes, all together."""
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
    started = time.perf_counter()
    for batch in batches:
        optimizer.zero_grad()
        word_loss(model(*batch)[0], batch.target, padding).backward()
        optimizer.step()
    return time.perf_counter() - started


def fitted_exponent(lengths: list[int], values: list[float]) -> float:
    """Return b of the best power law, value = a · lengthᵇ: least squares of the logarithms."""
    x, y = (torch.tensor(numbers, dtype=torch.float64).log() for numbers in (lengths, values))
    x, y = x - x.mean(), y - y.mean()
    return float((x * y).sum() / (x * x).sum())
