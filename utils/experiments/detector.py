"""The map as an error detector: do entropy and missing links give wrong words away?

A translator of mini writes its own greedy translations. The grammar allows one translation of each
sentence, so a word is wrong where the translation first differs from the reference: that word, and
no other. The words before it are right. Those after it are not judged, because from there on the
reference's words and links belong to another sentence.

So every judged word follows a right beginning, and the gold links of its position hold for it.
`<eos>` has no link and is no judged word, unless it comes where the reference still has a word.

A sentence is wrong if it is not the reference. Its signals are over all that was written, `<eos>`
included; its missing links are counted among its judged words.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from utils.corpora import load_corpus
from utils.corpora.grammar.conventions import sure_and_possible
from utils.corpora.pairs import Pair
from utils.evaluation import alignment_error_rate, links_from_weights
from utils.experiments.quality import trained
from utils.experiments.signals import Reading, area_under_curve, ranks, read_again
from utils.text import END
from utils.translator import Translator

# German words: as many as in training, and more than that
LENGTHS = {"4–30": range(4, 31), "31–50": range(31, 51)}

ENTROPIES = (0, 0.01, 0.03, 0.1, 0.2, 0.4, 0.7, 1, 1.5, 2, math.inf)  # nats
WEIGHTS = (0, 0.3, 0.5, 0.7, 0.9, 0.99, 1)
PROBABILITIES = (0, 0.3, 0.5, 0.7, 0.75, 0.8, 0.85, 0.88, 0.9, 1)  # label smoothing: 0.9 is sure
NO_YES = (0, 1, 2)


class Signal(NamedTuple):
    """sign: 1 where large values are suspicious, -1 where small ones are. edges: of its bins."""

    sign: int
    edges: Sequence[float] = ()


# "missing link": the heaviest weight is on no gold link; "… freely": on no possible one either.
# The signals without bins are for comparison: what would be known without a look at the model, and
# whether two signals together are better than one.
OF_WORDS = {
    "entropy": Signal(1, ENTROPIES),
    "largest weight": Signal(-1, WEIGHTS),
    "missing link": Signal(1, NO_YES),
    "missing link, freely": Signal(1, NO_YES),
    "probability": Signal(-1, PROBABILITIES),
    "entropy and probability": Signal(1),
    "position": Signal(1),
}
OF_SENTENCES = {
    "mean entropy": Signal(1, ENTROPIES),
    "highest entropy": Signal(1, ENTROPIES),
    "missing link": Signal(1, NO_YES),
    "missing link, freely": Signal(1, NO_YES),
    "mean probability": Signal(-1, PROBABILITIES),
    "lowest probability": Signal(-1, PROBABILITIES),
    "entropy and probability": Signal(1),
    "length": Signal(1),
}


def first_deviation(written: Sequence[str], reference: Sequence[str]) -> int | None:
    """Return the position of the first word that is not the reference's; None if all are.

    `<eos>` is a word: a translation that stops too early is wrong where it stops.
    """
    both = zip([*written, END], [*reference, END], strict=False)
    return next((t for t, (word, wanted) in enumerate(both) if word != wanted), None)


def judge_words(pair: Pair, written: Sequence[str], reading: Reading) -> pd.DataFrame:
    """Return a row for each judged word of a translation: its signals, and whether it is wrong."""
    deviation = first_deviation(written, pair.target)
    judged = len(pair.target) if deviation is None else min(deviation + 1, len(pair.target))
    looked = [(int(j), t) for t, j in enumerate(reading.heaviest[:judged])]
    _, possible = sure_and_possible(pair)
    return pd.DataFrame(
        {
            "entropy": reading.entropy[:judged],
            "largest weight": reading.largest[:judged],
            "missing link": [link not in (pair.alignment or ()) for link in looked],
            "missing link, freely": [link not in possible for link in looked],
            "probability": np.exp(reading.log_probability[:judged]),
            "position": np.arange(judged),
            "wrong": np.arange(judged) == deviation,
        }
    )


def sentence_signals(reading: Reading) -> dict[str, float]:
    """Return the signals of a sentence that need no gold links.

    The mean probability is the geometric mean over its words.
    """
    return {
        "mean entropy": float(reading.entropy.mean()),
        "highest entropy": float(reading.entropy.max()),
        "mean probability": float(np.exp(reading.log_probability.mean())),
        "lowest probability": float(np.exp(reading.log_probability.min())),
    }


def judge(pairs: Sequence[Pair], translator: Translator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Translate the sources; return all judged words and all sentences, a row for each."""
    written = [
        translation.tokens for translation in translator.translate([p.source for p in pairs])
    ]
    own = [Pair(pair.source, tokens) for pair, tokens in zip(pairs, written, strict=True)]
    words, sentences = [], []
    for pair, tokens, reading in zip(pairs, written, read_again(translator, own), strict=True):
        words.append(judge_words(pair, tokens, reading))
        links = words[-1][["missing link", "missing link, freely"]].any().to_dict()
        about = {"length": len(pair.source), "wrong": tokens != pair.target}
        sentences.append(sentence_signals(reading) | links | about)
    return (
        with_both(pd.concat(words), "entropy", "probability"),
        with_both(pd.DataFrame(sentences), "mean entropy", "mean probability"),
    )


def with_both(rows: pd.DataFrame, entropy: str, probability: str) -> pd.DataFrame:
    """Add the signal that uses two: the rank of the entropy plus that of the improbability."""
    both = ranks(rows[entropy].to_numpy()) + ranks(-rows[probability].to_numpy())
    return rows.assign(**{"entropy and probability": both})


def score_signals(rows: pd.DataFrame, signals: Mapping[str, Signal]) -> list[dict[str, Any]]:
    """Return how well each signal finds what is wrong, and how many are wrong in each of its bins.

    A row for each signal has n, wrong (how many of them) and auc; those of its bins have n and
    wrong, and the ends of the bin, bin_low <= value < bin_high.
    """
    wrong, table = rows["wrong"].to_numpy(dtype=bool), []
    for name, (sign, edges) in signals.items():
        values = rows[name].to_numpy(dtype=float)
        area = area_under_curve(sign * values, wrong)
        whole = {"n": len(rows), "wrong": int(wrong.sum()), "auc": area}
        bins = count_bins(values, wrong, edges) if edges else []
        table += [{"signal": name} | row for row in (whole, *bins)]
    return table


def count_bins(
    values: np.ndarray, wrong: np.ndarray, edges: Sequence[float]
) -> list[dict[str, Any]]:
    """Return n and wrong for each bin that is not empty; the last one holds its upper edge, too."""
    inside = np.clip(values, edges[0], edges[-1])  # a sum of float32 weights may exceed 1
    places = np.clip(np.searchsorted(edges, inside, side="right") - 1, 0, len(edges) - 2)
    return [
        {
            "bin_low": edges[k],
            "bin_high": edges[k + 1],
            "n": int((places == k).sum()),
            "wrong": int(wrong[places == k].sum()),
        }
        for k in np.unique(places)
    ]


def measure_detector(attention: str, seed: int) -> list[dict[str, Any]]:
    """Score all signals of one trained translator, on short and on long sentences of mini."""
    translator, run = trained(attention, seed), {"attention": attention, "seed": seed}
    table = []
    for name, pairs in pairs_by_length().items():
        words, sentences = judge(pairs, translator)
        for level, rows in (
            ("word", score_signals(words, OF_WORDS)),
            ("sentence", score_signals(sentences, OF_SENTENCES)),
        ):
            table += [run | {"lengths": name, "level": level} | row for row in rows]
    return table


def pairs_by_length() -> dict[str, list[Pair]]:
    """Return the pairs of mini that no training has seen, by the number of German words."""
    mini = load_corpus("mini")
    pairs = [*mini.test, *mini.long]
    return {name: [p for p in pairs if len(p.source) in span] for name, span in LENGTHS.items()}


def measure_conventions(attention: str, seed: int) -> list[dict[str, Any]]:
    """Compare the map of each reference with its gold links, by both conventions.

    n: target words. missed: those whose heaviest weight is on no possible link. aer: the alignment
    error rate. All are teacher-forced; "grammar" takes the gold links as sure, and nothing else as
    possible.
    """
    translator, table = trained(attention, seed), []
    for name, pairs in pairs_by_length().items():
        found = links_from_weights(translator.align(pairs))
        gold = [pair.alignment or frozenset() for pair in pairs]
        sure, possible = zip(*map(sure_and_possible, pairs), strict=True)
        for convention, (s, p) in {"grammar": (gold, gold), "free": (sure, possible)}.items():
            missed = sum(len(links - allowed) for links, allowed in zip(found, p, strict=True))
            aer = alignment_error_rate(found, s, p)
            row = {"n": sum(map(len, found)), "missed": missed, "aer": aer}
            table.append({"lengths": name, "convention": convention} | row)
    return [{"attention": attention, "seed": seed} | row for row in table]
