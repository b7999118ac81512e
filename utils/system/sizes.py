"""How long a sentence may be, and how many are worked on together: what keeps memory within bounds.

A search keeps the weights of each step, and a sentence of S words has up to 2S + 10 steps: time and
memory grow with the square of its length. So they do in training.
"""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

Batch = TypeVar("Batch", bound=Any)
MOST_LETTERS = 5_000  # in a sentence
MOST_READ = 1_000  # words in a sentence, or pieces of words where a model reads those
BATCH_SIZE = 128  # sentences that are translated together, if they are no longer than usual
LARGEST_BATCH = 2**25  # numbers in the weights of a search, or in its probabilities: 134 MB
LARGEST_UPDATE = 2**20  # pairs × source words × target words that are trained on at a time


def check_letters(letters: int) -> None:
    """Raise ValueError for a sentence of more than MOST_LETTERS, before it is even split."""
    if letters > MOST_LETTERS:
        raise ValueError(
            f"the sentence has more than {MOST_LETTERS:,} characters, the most there may be; "
            "shorten it"
        )


def check_read(size: int, whose: str = "the sentence") -> int:
    """Return how many words or pieces a sentence has; ValueError if they are too many."""
    if size > MOST_READ:
        raise ValueError(
            f"{whose} has {size:,} words or pieces of words, and there may be {MOST_READ:,}; "
            "shorten it"
        )
    return size


def batches_by_size(sizes: Sequence[int], beam_size: int, vocabulary: int) -> Iterator[list[int]]:
    """Yield the places of those sentences that have words, similar sizes together.

    A batch has BATCH_SIZE of them, and fewer where long ones or a wide beam would take more than
    LARGEST_BATCH numbers.
    """
    batch: list[int] = []
    for place in sorted((i for i, size in enumerate(sizes) if size), key=sizes.__getitem__):
        weights = sizes[place] * (2 * sizes[place] + 10)  # of one hypothesis, at most
        room = LARGEST_BATCH // (beam_size * max(weights, vocabulary))
        if batch and len(batch) >= min(room, BATCH_SIZE):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def parts_of(batch: Batch, padding: int) -> Iterator[Batch]:
    """Yield a batch of padded pairs whole, or in parts if its sentences are long.

    A part has at most LARGEST_UPDATE numbers in its weights, or is a single pair. `batch` holds
    source (B, S), source_lengths (B,) and target (B, T); `padding` is what fills the target.
    """
    rows = max(1, LARGEST_UPDATE // (batch.source.shape[1] * batch.target.shape[1]))
    for first in range(0, len(batch.source), rows):
        source, lengths, target = (tensor[first : first + rows] for tensor in batch)
        width = int((target != padding).sum(dim=1).max())
        yield batch._replace(
            source=source[:, : int(lengths.max())], source_lengths=lengths, target=target[:, :width]
        )
