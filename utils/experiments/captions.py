"""The shipped translator of captions: how to search, and what happens on longer inputs.

The searches are compared on the validation captions. The test captions are translated with a beam
of 5, alone and several joined to one input, and with the search that did best on validation.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from utils.corpora import detokenize, load_corpus
from utils.corpora.pairs import Pair
from utils.evaluation import sacrebleu_interval
from utils.translator import Translator

TRANSLATOR = "multi30k-additive"
CHOSEN, BEST = (5, 1.0), (20, 1.0)  # beam size, length normalization
SEARCHES = [(1, 1.0), (2, 1.0), (3, 1.0), CHOSEN, (10, 1.0), BEST]
SEARCHES += [(5, alpha) for alpha in (0.0, 0.5, 1.5, 2.0)]
# split, captions in one input, beam size, length normalization
RUNS = [("valid", 1, *search) for search in SEARCHES]
RUNS += [("test", joined, *CHOSEN) for joined in (1, 2, 3, 4, 5)]
RUNS += [("test", 1, 1, 1.0), ("test", 1, *BEST)]


def join_captions(pairs: Sequence[Pair], count: int) -> list[Pair]:
    """Join neighbors, `count` at a time, to one pair; a rest of fewer is left out."""
    groups = [pairs[i : i + count] for i in range(0, len(pairs) - count + 1, count)]
    return [
        Pair(
            tuple(word for pair in group for word in pair.source),
            tuple(word for pair in group for word in pair.target),
            None,
        )
        for group in groups
    ]


def measure_captions(
    split: str, joined: int, beam_size: int, length_normalization: float
) -> list[dict[str, Any]]:
    """Return one row: how the shipped translator does on a split of Multi30k.

    words is the mean length of an input; ratio is the words written for each word of the reference.
    """
    corpus, translator = _loaded()
    pairs = join_captions(getattr(corpus, split), joined)
    found = translator.translate(
        [pair.source for pair in pairs], beam_size, length_normalization=length_normalization
    )
    references = [detokenize(pair.target) for pair in pairs]
    bleu, low, high = sacrebleu_interval([str(t) for t in found], references)
    words = sum(len(pair.target) for pair in pairs)
    return [
        {
            "split": split,
            "joined": joined,
            "beam_size": beam_size,
            "length_normalization": length_normalization,
            "n": len(pairs),
            "words": sum(len(pair.source) for pair in pairs) / len(pairs),
            "bleu": bleu,
            "low": low,
            "high": high,
            "ratio": sum(len(t.tokens) for t in found) / words,
        }
    ]


@cache
def _loaded() -> tuple[Any, Translator]:
    return load_corpus("multi30k"), Translator.load(TRANSLATOR)
