"""Long captions beside joined ones: does the length cost quality, or the border between captions?

Joining captions changes two things at once. So inputs of equal length are compared, a single
caption here and several joined to one there. The captions are those of the validation split.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from utils.corpora import detokenize, load_corpus
from utils.corpora.pairs import Pair
from utils.evaluation import sacrebleu_interval
from utils.experiments.captions import CHOSEN, RNN, join_captions
from utils.experiments.signals import bootstrap_interval
from utils.translator import Translation, Translator

WIDTH, FEWEST = 5, 40  # German words from one group to the next; a group of fewer inputs is dropped
JOINED = [(count,) for count in range(1, 6)]


def measure_lengths(joined: int) -> list[dict[str, Any]]:
    """Return a row for each group of about equal length, `joined` captions in one input.

    shortest and longest are its bounds in German words, training the captions of that length in
    the training split; ratio is the words written for each word of the references.
    """
    corpus = load_corpus("multi30k")
    pairs = join_captions(corpus.valid, joined)
    found = Translator.load(RNN).translate([pair.source for pair in pairs], CHOSEN[0])
    trained = np.array([len(pair.source) for pair in corpus.train])
    groups = np.array([len(pair.source) for pair in pairs]) // WIDTH
    rows = []
    for group in np.unique(groups):
        places = np.flatnonzero(groups == group)
        if len(places) >= FEWEST:
            row = {"joined": joined, "shortest": group * WIDTH, "longest": (group + 1) * WIDTH - 1}
            row |= score_group([pairs[i] for i in places], [found[i] for i in places])
            rows.append(row | {"training": int((trained // WIDTH == group).sum())})
    return rows


def score_group(pairs: Sequence[Pair], found: Sequence[Translation]) -> dict[str, Any]:
    """Return BLEU and ratio of some inputs' translations, with bootstrap intervals over inputs."""
    references = [detokenize(pair.target) for pair in pairs]
    bleu, low, high = sacrebleu_interval([str(one) for one in found], references)
    written = np.array([len(one.tokens) for one in found])
    wanted = np.array([len(pair.target) for pair in pairs])
    ratio = partial(_ratio, written, wanted)
    ratio_low, ratio_high = bootstrap_interval(ratio, len(pairs))
    return {
        "n": len(pairs),
        "words": float(np.mean([len(pair.source) for pair in pairs])),
        "bleu": bleu,
        "low": low,
        "high": high,
        "ratio": ratio(np.arange(len(pairs))),
        "ratio_low": ratio_low,
        "ratio_high": ratio_high,
    }


def _ratio(written: np.ndarray, wanted: np.ndarray, drawn: np.ndarray) -> float:
    return float(written[drawn].sum() / wanted[drawn].sum())
