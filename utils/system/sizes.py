"""Limits on sentence length and batch size, which keep memory within bounds.

A search keeps the attention weights of each step, and a sentence of S words takes up to 2S + 10
steps, so time and memory grow with the square of its length. The same goes for training.
"""

from collections.abc import Iterator, Sequence

MOST_LETTERS = 5_000  # characters in a sentence
MOST_READ = 1_000  # words in a sentence, or pieces of words if the model reads subwords
BATCH_SIZE = 128  # sentences translated together, unless some are very long
LARGEST_BATCH = 2**25  # attention weights, or probabilities, that a search may hold: 134 MB
LARGEST_UPDATE = 2**20  # pairs × source words × target words in one backward pass


def check_letters(letters: int) -> None:
    """Raise ValueError for more than MOST_LETTERS, before anything splits the sentence."""
    if letters > MOST_LETTERS:
        raise ValueError(
            f"the sentence has more than {MOST_LETTERS:,} characters, which is the limit; "
            "shorten it"
        )


def check_read(size: int, whose: str = "the sentence") -> int:
    """Return `size`, in words or pieces of words; ValueError if it exceeds MOST_READ."""
    if size > MOST_READ:
        raise ValueError(
            f"{whose} has {size:,} words or pieces of words, and the limit is {MOST_READ:,}; "
            "shorten it"
        )
    return size


def batches_by_size(sizes: Sequence[int], beam_size: int, vocabulary: int) -> Iterator[list[int]]:
    """Yield batches of sentence indices, similar lengths together; empty sentences are left out.

    A batch has BATCH_SIZE sentences, or fewer if long ones or a wide beam would need more than
    LARGEST_BATCH numbers.

    When a sentence is finished, none from the next batch takes its place. On a CPU little would be
    gained: the time of a step goes with the sentences that are still there (`make bench
    ONLY=decoding` measures it). And those that began at different steps do not fit together in a
    state that grows with each word, as a Transformer's does.
    """
    batch: list[int] = []
    for place in sorted((i for i, size in enumerate(sizes) if size), key=sizes.__getitem__):
        weights = sizes[place] * (2 * sizes[place] + 10)  # per hypothesis, at most
        room = LARGEST_BATCH // (beam_size * max(weights, vocabulary))
        if batch and len(batch) >= min(room, BATCH_SIZE):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
