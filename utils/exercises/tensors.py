"""The exercises of notebook 01, on sentences and tensors."""

import random
from collections.abc import Callable

import torch
from torch import Tensor

from utils.exercises.verdicts import Mistake, Open, Predict, Write

UNKNOWN, PADDING = 0, 1  # the numbers of <unk> and <pad>
WORDS = 112  # in the German vocabulary, the special ones included
LIMIT = 24  # source positions of a batch, in the inputs of 01.5


def real_words(source: Tensor) -> Tensor:
    """Mark the real words, known or not: source (B, S) -> mask (B, S)."""
    return source != PADDING


def numbered_batch(seed: int) -> tuple[Tensor]:
    """Return a source (3, 6) with two unknown words and padding."""
    chance = torch.Generator().manual_seed(seed)
    source = torch.randint(2, WORDS, (3, 6), generator=chance)
    source[0, seed % 6] = source[1, 1] = UNKNOWN
    source[1, 4:] = PADDING
    source[2, 1 + seed % 4 :] = PADDING
    return (source,)


def padding_of(lengths: list[int], batch_size: int) -> float:
    """Return the share of padding when sentences of these lengths fill batches in this order."""
    return _padding_if(lambda batch, batch_size, lengths: len(batch) * max(batch))(
        lengths, batch_size
    )


def _cut(lengths: list[int], batch_size: int) -> list[list[int]]:
    """Cut the lengths into batches; the last may be short."""
    return [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]


def _padding_if(positions_of: Callable[[list[int], int, list[int]], int]) -> Callable[..., float]:
    """Return the share of padding as a function, given how to count a batch's positions."""

    def padding(lengths: list[int], batch_size: int) -> float:
        batches = _cut(lengths, batch_size)
        positions = sum(positions_of(batch, batch_size, lengths) for batch in batches)
        return 1 - sum(lengths) / positions

    return padding


def _mean_of_shares(lengths: list[int], batch_size: int) -> float:
    """Average the batches' shares of padding, as if all batches were of one size."""
    batches = _cut(lengths, batch_size)
    return sum(padding_of(batch, batch_size) for batch in batches) / len(batches)


def lengths_in_order(seed: int) -> tuple[list[int], int]:
    """Return the lengths of 20 sentences and a batch size that leaves a short last batch."""
    chance = random.Random(seed)
    return [chance.randint(4, 30) for _ in range(20)], 6 + seed % 3


def fill(lengths: list[int], limit: int) -> list[list[int]]:
    """Cut sentences, in the order given, into batches of at most `limit` positions.

    Returns the indices of each batch's sentences. No sentence is longer than `limit`.
    """
    return _fill_if(_fits)(lengths, limit)


def _fits(batch: list[int], new: int, limit: int) -> bool:
    """Tell whether the rectangle of a batch with a new sentence keeps to the limit."""
    return max(*batch, new) * (len(batch) + 1) <= limit


def _fill_if(fits: Callable[[list[int], int, int], bool]) -> Callable[..., list[list[int]]]:
    """Return a way to fill batches: `fits` gets a batch's lengths, a new length, and the limit."""

    def filled(lengths: list[int], limit: int) -> list[list[int]]:
        batches = [[0]]
        for index in range(1, len(lengths)):
            if not fits([lengths[i] for i in batches[-1]], lengths[index], limit):
                batches.append([])
            batches[-1].append(index)
        return batches

    return filled


def lengths_and_limit(seed: int) -> tuple[list[int], int]:
    """Return the lengths of 20 short sentences, and how many positions a batch may have."""
    chance = random.Random(seed)
    return [chance.choice((2, 3, 4, 6, 8, 12)) for _ in range(20)], LIMIT


EXERCISES = {
    "01.1": Predict(
        solution=1 - (63 * 5 + 30) / (64 * 30),
        mistakes=(
            Mistake(
                (63 * 5 + 30) / (64 * 30),
                "That is the share of words. The rest of the rectangle is padding.",
            ),
            Mistake(
                63 * 25,
                "That counts the padded positions. For their share, divide by all positions.",
            ),
            Mistake(
                1 - 5 / 30,
                "That's right for the 63 short sentences. The 64th has no padding, but it has "
                "positions: count them as well.",
            ),
            Mistake(
                100 * (1 - (63 * 5 + 30) / (64 * 30)),
                "That's a percentage. Answer with a share between 0 and 1.",
            ),
        ),
        hint="B is 64, and S is 30, the length of the longest sentence. Add up the words, then use "
        "the formula.",
        praise="Right. One long sentence among 64 makes 82% of the rectangle padding.",
    ),
    "01.2": Predict(
        solution=[7, 12, 84, 22, 0, 3, 1, 1, 1, 1, 1],
        mistakes=(
            Mistake(
                [*(7, 12, 84, 22, 1, 3, 1, 1, 1, 1, 1)],
                "1 is the number of <pad>, where there is no word at all. Zebra is a word; the "
                "vocabulary just doesn't know it.",
            ),
            Mistake(
                [*(7, 12, 84, 22, 3, 1, 1, 1, 1, 1, 1)],
                "You leave Zebra out. An unknown word keeps its place: it is read as <unk>.",
            ),
            Mistake(
                [*(7, 12, 84, 22, 0, 3)],
                "Those are the words alone. The row has to be as long as the longest of the three.",
            ),
            Mistake(
                [*(7, 12, 84, 22, 0, 3, 0, 0, 0, 0, 0)],
                "You pad with 0, the number of unknown words. Look up the number of <pad>.",
            ),
        ),
        hint="Answer with a list of S = 11 numbers. The other words keep the numbers printed for "
        "`source`.",
        praise="Right. The mask stays as it was: an unknown word is still a real word.",
    ),
    "01.3": Write(
        solution=real_words,
        inputs=numbered_batch,
        mistakes=(
            Mistake(
                lambda source: source > PADDING,
                "That is the fault: <unk> has the number 0, so you mark unknown words as padding.",
            ),
            Mistake(
                lambda source: source != UNKNOWN,
                "You leave out unknown words and keep the padding. Which number do you find on "
                "padding alone?",
            ),
            Mistake(
                lambda source: source == PADDING,
                "You mark the padding. The mask is True where a word stands.",
            ),
            Mistake(
                lambda source: source >= UNKNOWN,
                "You mark every position. Which of them hold no word?",
            ),
        ),
        hint="You need True on every word, known or not, and False on <pad>, in the shape (B, S) "
        "of `source`.",
        praise="Right. Mini's training text has no unknown words, so there the fault never shows.",
    ),
    "01.4": Write(
        solution=padding_of,
        inputs=lengths_in_order,
        mistakes=(
            Mistake(
                _mean_of_shares,
                "You average the shares of the batches, but batches differ in size. Add up their "
                "positions first, then divide once.",
            ),
            Mistake(
                _padding_if(lambda batch, size, lengths: size * max(batch)),
                "Your last batch has too many rows. It holds only the sentences that are left.",
            ),
            Mistake(
                _padding_if(lambda batch, size, lengths: len(batch) * max(lengths)),
                "You make all batches equally wide. Each is only as wide as its own longest "
                "sentence.",
            ),
            Mistake(
                lambda lengths, batch_size: 1 - padding_of(lengths, batch_size),
                "That is the share of words. What is the rest?",
            ),
        ),
        hint="A batch of n sentences has n times as many positions as its longest sentence has "
        "words. Add up over the batches.",
        praise="Right. It takes nothing but the lengths, so you can plan batches before you make a "
        "tensor.",
    ),
    "01.5": Write(
        solution=fill,
        inputs=lengths_and_limit,
        mistakes=(
            Mistake(
                _fill_if(lambda batch, new, limit: sum(batch) + new <= limit),
                "You count only the words. Padding takes up positions as well: think of the "
                "rectangle.",
            ),
            Mistake(
                _fill_if(lambda batch, new, limit: new * (len(batch) + 1) <= limit),
                "You take the width from the newest sentence. An earlier one may be longer.",
            ),
            Mistake(
                _fill_if(lambda batch, new, limit: max(batch) * (len(batch) + 1) <= limit),
                "You leave the batch as wide as it was. The newest sentence may stretch it.",
            ),
            Mistake(
                _fill_if(lambda batch, new, limit: max(*batch, new) * (len(batch) + 1) < limit),
                "A batch may have exactly `limit` positions. Look at your comparison again.",
            ),
            Mistake(
                lambda lengths, limit: fill(lengths, limit)[:-1],
                "Your last batch is missing. Who keeps it when the loop ends?",
            ),
        ),
        hint="Put the sentence in: does the batch now have more than `limit` positions? Then the "
        "sentence opens a new batch instead. Return lists of indices.",
        praise="Right. Sorted by length, mini's training pairs make 207 batches of at most 1,000 "
        "positions, with 32 to 250 pairs in each.",
    ),
    "01.6": Open(
        rubric="eight points, in the table above. A plan that names a number to measure, before "
        "and after, is worth more than one with a longer list of tools.",
        words=60,
    ),
}
