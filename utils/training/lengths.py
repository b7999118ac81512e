"""Find sentences that are too long before the first step, not hours later in their batch.

A word of n characters has at most n + 1 pieces, so a count of characters clears nearly all
sentences for any vocabulary. Only the others are split.
"""

from collections.abc import Iterable, Sequence

from utils.corpora import Corpus, Pair
from utils.corpora.on_disk import PairsOnDisk
from utils.system.sizes import MOST_READ, check_letters, check_read
from utils.text import Fields


def check_lengths(corpus: Corpus, splits: Iterable[str], fields: Fields) -> None:
    """Raise ValueError for the first sentence in the splits that is longer than `sizes` allows.

    The message names the file and line, or the split and the pair.
    """
    for split in splits:
        pairs = getattr(corpus, split)
        for place in _perhaps_too_long(pairs):
            pair = pairs[place]
            sides = (fields.source, pair.source), (fields.target, pair.target)
            for side, (field, words) in enumerate(sides):
                try:
                    check_letters(sum(map(len, words)))
                    check_read(len(field.preprocess(words)))
                except ValueError as error:
                    raise ValueError(f"{_where(corpus, split, side, place)}: {error}") from None


def _perhaps_too_long(pairs: Sequence[Pair]) -> Iterable[int]:
    if isinstance(pairs, PairsOnDisk):  # a line never has more words or letters than bytes
        return pairs.longer_than(MOST_READ // 2)
    return (
        place
        for place, pair in enumerate(pairs)
        if _most_pieces(pair.source) > MOST_READ or _most_pieces(pair.target) > MOST_READ
    )


def _most_pieces(words: Sequence[str]) -> int:
    return len(words) + sum(map(len, words))


def _where(corpus: Corpus, split: str, side: int, place: int) -> str:
    if corpus.folder is None:
        return f"{split}, pair {place + 1}"
    return f"{corpus.folder / f'{split}.{corpus.languages[side]}'}, line {place + 1}"
