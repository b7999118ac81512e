"""The map as an error detector on real captions: does it say where the translator did badly?

There are no gold links here, and a caption has more than one right translation. So a sentence is as
good as its chrF (Popović 2015), and a word counts as wrong if it is not in the reference. The
second is a proxy: a synonym counts as wrong, and a word in the wrong place as right.

The captions are those of the validation split.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sacrebleu.metrics import CHRF

from utils.corpora import detokenize, load_corpus
from utils.corpora.pairs import Pair
from utils.experiments.captions import RNN
from utils.experiments.detector import (
    OF_SENTENCES,
    OF_WORDS,
    score_signals,
    sentence_signals,
    with_both,
)
from utils.experiments.signals import (
    Reading,
    area_under_curve,
    bootstrap_interval,
    rank_correlation,
    read_again,
)
from utils.translator import Translation, Translator

SEARCHES = [(1,), (5,)]  # beam sizes: greedy, and the search that the translator is used with


def measure_detector_captions(beam_size: int) -> list[dict[str, Any]]:
    """Score the signals of the shipped translator of captions, with one search."""
    pairs = load_corpus("multi30k").valid
    rows = score_captions(pairs, Translator.load(RNN), beam_size)
    return [{"beam_size": beam_size} | row for row in rows]


def score_captions(
    pairs: Sequence[Pair], translator: Translator, beam_size: int
) -> list[dict[str, Any]]:
    """Return rows of two levels, with n, value, and low and high, its bootstrap interval.

    "sentence": value is Spearman's ρ between the signal and chrF. "word": value is the area under
    the ROC curve, resampled by sentences, since the words of one belong together; its bins have
    bin_low, bin_high, n and wrong.
    """
    found = translator.translate([pair.source for pair in pairs], beam_size)
    own = [Pair(p.source, t.tokens) for p, t in zip(pairs, found, strict=True)]
    readings = read_again(translator, own)
    sentences = [{"level": "sentence"} | row for row in correlate(pairs, found, readings)]
    words = caption_words(pairs, found, readings)
    signals = {name: signal for name, signal in OF_WORDS.items() if name in words}
    table = [{"level": "word"} | row for row in score_signals(words, signals)]
    for row in table:
        row["value"] = row.pop("auc", np.nan)
        if "bin_low" not in row:
            values = signals[row["signal"]].sign * words[row["signal"]].to_numpy()
            row["low"], row["high"] = _area_interval(words, values)
    return [*sentences, *table]


def correlate(
    pairs: Sequence[Pair], found: Sequence[Translation], readings: Sequence[Reading]
) -> list[dict[str, Any]]:
    """Return a row for each signal: its rank correlation with chrF, over all sentences."""
    rows = pd.DataFrame(
        sentence_signals(reading) | {"length": len(pair.source)}
        for pair, reading in zip(pairs, readings, strict=True)
    )
    rows, metric = with_both(rows, "mean entropy", "mean probability"), CHRF(lowercase=True)
    quality = np.array(
        [
            metric.sentence_score(str(translation), [detokenize(pair.target)]).score
            for translation, pair in zip(found, pairs, strict=True)
        ]
    )
    return [
        {"signal": name, "n": len(rows)} | _correlation(rows[name].to_numpy(dtype=float), quality)
        for name in OF_SENTENCES
        if name in rows
    ]


def _correlation(values: np.ndarray, quality: np.ndarray) -> dict[str, float]:
    low, high = bootstrap_interval(
        lambda drawn: rank_correlation(values[drawn], quality[drawn]), len(values)
    )
    return {"value": rank_correlation(values, quality), "low": low, "high": high}


def caption_words(
    pairs: Sequence[Pair], found: Sequence[Translation], readings: Sequence[Reading]
) -> pd.DataFrame:
    """Return a row for each written word: sentence, its signals, and whether it counts as wrong."""
    rows = [
        {
            "sentence": number,
            "entropy": reading.entropy[t],
            "largest weight": reading.largest[t],
            "probability": np.exp(reading.log_probability[t]),
            "position": t,
            "wrong": word not in pair.target,
        }
        for number, (pair, one, reading) in enumerate(zip(pairs, found, readings, strict=True))
        for t, word in enumerate(one.tokens)
    ]
    return with_both(pd.DataFrame(rows), "entropy", "probability")


def _area_interval(words: pd.DataFrame, suspicion: np.ndarray) -> tuple[float, float]:
    """Return the interval of the area under the curve: whole sentences are drawn."""
    wrong = words["wrong"].to_numpy()
    places = list(words.groupby("sentence").indices.values())  # of the words of each sentence

    def area(drawn: np.ndarray) -> float:
        chosen = np.concatenate([places[number] for number in drawn])
        return area_under_curve(suspicion[chosen], wrong[chosen])

    return bootstrap_interval(area, len(places))
