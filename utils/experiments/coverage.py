"""Coverage in a beam of captions: does a penalty for words that were not looked at help?

Wu et al. (2016), section 7: a translation's rank gets β times the sum of the logs of what each
source word received in all, cut at 1. Here 1 to 5 captions make one input, and both rankings choose
from the same beam. The captions are those of the validation split.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from torch import Tensor

from utils.corpora import load_corpus
from utils.evaluation import bleu_from_counts, ngram_counts
from utils.experiments.captions import RNN, join_captions
from utils.experiments.signals import bootstrap_interval
from utils.translator import Translation, Translator

Split = Callable[[Sequence[str]], Sequence[str]]  # words to pieces

BETA, BEAM_SIZE = 0.2, 10
JOINED = [(count,) for count in range(1, 6)]


def coverage_penalty(weights: Tensor) -> float:
    """Return 0 if each source word of weights (T, S) received 1 or more in all; else less."""
    return float(weights.sum(dim=0).clamp(1e-6, 1).log().sum())


def with_coverage(beam: Sequence[Translation], split: Split) -> Translation:
    """Return the translation that ranks first: its score for each piece, plus the penalty."""

    def rank(one: Translation) -> float:
        count = len(split(one.tokens)) + 1  # 1 is for <eos>
        return one.score / count + BETA * coverage_penalty(one.weights)

    return max(beam, key=rank)


def measure_coverage(joined: int) -> list[dict[str, Any]]:
    """Return a row: both rankings on validation captions, `joined` of them in one input.

    recall is the share of the references' words that were written; change is that of BLEU by the
    penalty, with its bootstrap interval over inputs; changed is the share of other translations.
    """
    pairs = join_captions(load_corpus("multi30k").valid, joined)
    translator = Translator.load(RNN)
    subwords = translator.fields.subwords  # a score is a sum over pieces, where there are any
    split = subwords.split if subwords else list[str]
    beams = translator.n_best([pair.source for pair in pairs], BEAM_SIZE)
    plain = [beam[0].tokens for beam in beams]
    covered = [with_coverage(beam, split).tokens for beam in beams]
    references = [pair.target for pair in pairs]
    row = {
        "joined": joined,
        "n": len(pairs),
        "words": float(np.mean([len(pair.source) for pair in pairs])),
        **change_of_bleu(plain, covered, references),
        "changed": float(np.mean([a != b for a, b in zip(plain, covered, strict=True)])),
    }
    for name, found in (("plain", plain), ("covered", covered)):
        counts = ngram_counts(found, references)
        row |= {
            f"{name}_bleu": float(bleu_from_counts(counts.sum(axis=0))),
            f"{name}_recall": word_recall(found, references),
        }
    return [row]


def change_of_bleu(
    before: Sequence[Sequence[str]],
    after: Sequence[Sequence[str]],
    references: Sequence[Sequence[str]],
) -> dict[str, float]:
    """Return the change of BLEU from one set of translations to another, and its interval."""
    old, new = (ngram_counts(found, references) for found in (before, after))

    def change(drawn: np.ndarray) -> float:
        both = (bleu_from_counts(counts[drawn].sum(axis=0)) for counts in (new, old))
        return float(next(both) - next(both))

    low, high = bootstrap_interval(change, len(references))
    return {"change": change(np.arange(len(references))), "low": low, "high": high}


def word_recall(found: Sequence[Sequence[str]], references: Sequence[Sequence[str]]) -> float:
    """Return the share of all references' words that were written, each as often as it stands."""
    hits = sum(
        (Counter(words) & Counter(reference)).total()
        for words, reference in zip(found, references, strict=True)
    )
    return hits / sum(map(len, references))
