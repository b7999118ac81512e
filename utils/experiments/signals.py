"""What a model shows while it writes: how sharp its weights are, and how sure it is of its words.

A signal is good at finding errors if wrong words have other values of it than right ones. The
area under the ROC curve says how good, whatever the threshold.
"""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from utils.batches import make_batches, parts_of
from utils.corpora.pairs import Pair
from utils.decoding import length_limits
from utils.evaluation import CONFIDENCE, RESAMPLES
from utils.system.sizes import BATCH_SIZE
from utils.text import Fields
from utils.text.subwords import WORD_START, weights_of_words, word_numbers
from utils.translator import Translator

Statistic = Callable[[np.ndarray], float]  # of the positions of what was drawn


class Reading(NamedTuple):
    """What a model shows at each of the T words of its translation, `<eos>` the last of them.

    A runaway output, cut off at its length limit, has no `<eos>`.

    entropy (T,): -Σ_j α_tj ln α_tj, in nats. largest (T,): the largest α_tj. heaviest (T,): its j.
    log_probability (T,): ln p(y_t), all pieces of a word together.
    """

    entropy: np.ndarray
    largest: np.ndarray
    heaviest: np.ndarray
    log_probability: np.ndarray


@torch.no_grad()
def read_again(translator: Translator, pairs: Sequence[Pair]) -> list[Reading]:
    """Return what a model showed when it wrote the target of each pair.

    The targets are its own translations, fed in: so all steps of a batch are there at once, and
    they are the steps of the search.
    """
    fields = translator.fields
    translator.model.eval()
    pairs = [Pair(translator.read(pair.source), pair.target) for pair in pairs]
    batches = make_batches(pairs, fields, BATCH_SIZE, shuffle=False)
    steps: list[tuple[Tensor, Tensor]] = []  # for each pair weights (T, S) and ln p (T,), padded
    for batch in chain.from_iterable(parts_of(batch, fields.padding) for batch in batches):
        logits, weights = translator.model(*batch.to(translator.model.device))
        written = batch.target[:, 1:].to(logits.device)  # (B, T)
        chosen = logits.log_softmax(dim=-1).gather(2, written.unsqueeze(2)).squeeze(2)  # (B, T)
        steps.extend(zip(weights.cpu(), chosen.cpu(), strict=True))
    return [_reading(*step, pair, fields) for step, pair in zip(steps, pairs, strict=True)]


def _reading(weights: Tensor, chosen: Tensor, pair: Pair, fields: Fields) -> Reading:
    """Cut padding off; what belongs to pieces comes to belong to words."""
    source = fields.source.preprocess(pair.source)
    target = [*fields.target.preprocess(pair.target), WORD_START]  # the last one for <eos>,
    target = target[: int(length_limits(torch.tensor(len(source))))]  # if the model got there
    weights, chosen = weights[: len(target), : len(source)], chosen[: len(target)]
    if fields.subwords is not None:
        weights = weights_of_words(weights, target, source)
        words = torch.tensor(word_numbers(target))
        chosen = torch.zeros(len(weights)).index_add(0, words, chosen)
    largest, heaviest = weights.max(dim=1)
    parts = (torch.special.entr(weights).sum(dim=1), largest, heaviest, chosen)
    return Reading(*(part.numpy() for part in parts))


def ranks(values: np.ndarray) -> np.ndarray:
    """Return the ranks of N values from 1; equal values share the mean of theirs."""
    return pd.Series(values).rank().to_numpy()


def area_under_curve(suspicion: np.ndarray, wrong: np.ndarray) -> float:
    """Return the area under the ROC curve of N suspicions, N times wrong or not.

    It is the probability that something wrong is more suspicious than something right, a tie
    counting half: 1 is perfect, 0.5 is chance (Hanley and McNeil 1982). NaN where all are wrong,
    or none.
    """
    errors = int(wrong.sum())
    right = len(wrong) - errors
    if not errors or not right:
        return float("nan")
    return float((ranks(suspicion)[wrong].sum() - errors * (errors + 1) / 2) / (errors * right))


def areas_of_draws(
    suspicion: np.ndarray, wrong: np.ndarray, sentence: np.ndarray, seed: int = 0
) -> np.ndarray:
    """Return the areas under the curve of RESAMPLES draws of whole sentences, with replacement.

    `sentence` has the number of each word's sentence, from 0. Equal seeds draw equal sentences, so
    that two signals can be compared draw by draw. NaN where a draw has no wrong word.
    """
    count = int(sentence[-1]) + 1
    draws = np.random.default_rng(seed).integers(count, size=(RESAMPLES, count))
    times = np.stack([np.bincount(draw, minlength=count) for draw in draws])  # how often it is in
    order = np.argsort(suspicion, kind="stable")
    ordered, errors = suspicion[order], np.flatnonzero(wrong)
    right = times[:, sentence[order]] * ~wrong[order]
    below = np.pad(right.cumsum(axis=1), ((0, 0), (1, 0)))  # right words among the first k
    ends = [np.searchsorted(ordered, suspicion[errors], side) for side in ("left", "right")]
    found = (below[:, ends[0]] + below[:, ends[1]]) / 2  # a tie counts half
    drawn = times[:, sentence[errors]]
    with np.errstate(invalid="ignore"):
        return (drawn * found).sum(axis=1) / (drawn.sum(axis=1) * below[:, -1])


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Return Spearman's ρ, the correlation of the ranks: -1 … 1; NaN if all values are equal."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(np.corrcoef(ranks(first), ranks(second))[0, 1])


def bootstrap_interval(statistic: Statistic, count: int, seed: int = 0) -> tuple[float, float]:
    """Return the ends of a statistic's 95 % interval, for other sentences of the same kind.

    It is computed anew for each of RESAMPLES draws of `count` sentences, with replacement.
    """
    draws = np.random.default_rng(seed).integers(count, size=(RESAMPLES, count))
    margin = (1 - CONFIDENCE) / 2
    low, high = np.nanquantile([statistic(draw) for draw in draws], [margin, 1 - margin])
    return float(low), float(high)
