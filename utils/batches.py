"""Bucketed batches: sentences of similar length side by side, by torchtext 0.6."""

import random
from collections.abc import Iterator, Sequence
from tempfile import TemporaryFile
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torchtext import data

from utils.corpora import Pair
from utils.system import sizes
from utils.system.limits import COUNT, check_type, checked
from utils.text import Fields

LISTED = 1_000_000  # pairs; the order of more than that is kept in a file, not in a list


class Batch(NamedTuple):
    """Sentence pairs as numbers, padded on the right.

    source (B, S), source_lengths (B,), target (B, T) with `<sos>` first and `<eos>` last.
    """

    source: Tensor
    source_lengths: Tensor
    target: Tensor

    def to(self, device: torch.device | str) -> "Batch":
        """Return the batch on `device`; the lengths stay on the CPU, where packing wants them."""
        return Batch(self.source.to(device), self.source_lengths, self.target.to(device))

    def count_words(self, padding: int) -> int:
        """Return the number of words to be predicted: all target words but `<sos>` and padding."""
        return int((self.target[:, 1:] != padding).sum())


class _Examples:
    """The torchtext examples of pairs, each made when it is asked for."""

    def __init__(self, pairs: Sequence[Pair], fields: Fields):
        self.pairs = pairs
        self.columns = [("source", fields.source), ("target", fields.target)]

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, number: int) -> data.Example:
        pair = self.pairs[number]
        example = data.Example.fromlist([pair.source, pair.target], self.columns)
        sizes.check_read(max(len(example.source), len(example.target)), f"pair {number + 1}")
        return example


class _Buckets(data.BucketIterator):
    """torchtext's bucketing, without a list of all examples.

    torchtext shuffles all pairs, sorts 100 batches of them by length, and shuffles those batches.
    It would make every example first; this hands it one at a time.
    """

    def data(self) -> Iterator[data.Example]:
        """Yield the examples in the order in which they are to be bucketed."""
        count = len(self.dataset)
        order: Sequence[int] | np.ndarray = range(count)
        # A list takes 36 bytes a pair. It stays for all but the largest corpora, because another
        # way of shuffling would give other batches, and so other models, for the same seed.
        if self.shuffle:
            order = self.random_shuffler(order) if count <= LISTED else self._order_in_a_file()
        return (self.dataset[number] for number in order)

    def _order_in_a_file(self) -> np.ndarray:
        """Return the numbers of all examples (N,) in random order, 4 bytes each, on disk."""
        count = len(self.dataset)
        with TemporaryFile() as file:  # without a name: it goes when the array does
            order = np.asarray(np.memmap(file, np.uint32, "w+", shape=(count,)))
        for start in range(0, count, LISTED):  # in parts, or `arange` would take it all in memory
            order[start : start + LISTED] = np.arange(start, min(start + LISTED, count))
        # NumPy shuffles the file in place, which `random_shuffler` cannot. Its seed comes from the
        # shuffler, so that the order still follows from the seed of `make_batches`.
        with self.random_shuffler.use_internal_state():
            seed = random.getrandbits(64)
        np.random.default_rng(seed).shuffle(order)
        return order


def make_batches(
    pairs: Sequence[Pair], fields: Fields, batch_size: int, shuffle: bool, seed: int = 0
) -> Iterator[Batch]:
    """Yield batches of at most `batch_size` sentence pairs.

    With `shuffle`, sentences of similar length share a batch (bucketing: little padding) and the
    batches come in random order, the same order for the same `seed`. Without it, pairs come in the
    order given. Pairs are read when they are needed, those of 100 batches at a time.
    """
    check_type("pairs", pairs, Sequence, "a list of pairs, such as corpus.train")
    batch_size = checked("batch_size", batch_size, COUNT)
    examples = _Examples(pairs, fields)
    iterator = _Buckets(
        data.Dataset(examples, examples.columns),
        batch_size,
        sort_key=lambda example: (len(example.source), len(example.target)),
        shuffle=shuffle,
        sort=False,
        sort_within_batch=shuffle,
    )
    iterator.random_shuffler.random_state = random.Random(seed).getstate()
    for batch in iterator:
        source, lengths = batch.source
        yield Batch(source, lengths, batch.target)


def parts_of(batch: Batch, padding: int) -> Iterator[Batch]:
    """Yield a batch of padded pairs whole, or in parts if its sentences are long.

    A part has at most LARGEST_UPDATE attention weights, or is a single pair. `padding` is the
    index of `<pad>`.
    """
    rows = max(1, sizes.LARGEST_UPDATE // (batch.source.shape[1] * batch.target.shape[1]))
    for first in range(0, len(batch.source), rows):
        source, lengths, target = (tensor[first : first + rows] for tensor in batch)
        width = int((target != padding).sum(dim=1).max())
        yield Batch(source[:, : int(lengths.max())], lengths, target[:, :width])
