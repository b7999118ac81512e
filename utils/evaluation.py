"""How good is a translation, and how good are the weights as word alignments?

All BLEU here is sacreBLEU's. For the bootstrap it counts each sentence's n-grams once, and the
resampled corpora add up those counts.
"""

from collections.abc import Iterable, Sequence, Set
from itertools import pairwise

import numpy as np
import pandas as pd
from sacrebleu.metrics import BLEU
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
from torch import Tensor

Tokens = Sequence[str]
Links = Set[tuple[int, int]]

RESAMPLES = 1000
CONFIDENCE = 0.95
# Student's t for five values (4 degrees of freedom): 95 % and 99.9 % lie within ± t.
T_95, T_999 = 2.776, 8.610


def bleu(hypotheses: Sequence[Tokens], references: Sequence[Tokens]) -> float:
    """Return the BLEU score of a whole corpus, 0…100; Papineni et al. (2002).

    One reference per hypothesis, both as sequences of words. Not a mean over sentences: the n-gram
    counts of all sentences are added up first. Raises ValueError when the two differ in length.
    """
    _check_same_length(hypotheses=hypotheses, references=references)
    metric = _bleu_of_words(force=True)  # or it warns of text that is in tokens already
    return metric.corpus_score(_join(hypotheses), [_join(references)]).score


def _bleu_of_words(force: bool = False, effective_order: bool = False) -> BLEU:
    """Return sacreBLEU for sentences that are words already; a corpus without matches scores 0."""
    return BLEU(tokenize="none", smooth_method="none", force=force, effective_order=effective_order)


def _join(sentences: Sequence[Tokens]) -> list[str]:
    return [" ".join(words) for words in sentences]


def sacrebleu_lowercase(hypotheses: Sequence[str], references: Sequence[str]) -> tuple[float, str]:
    """Return sacreBLEU's score of detokenized text, and its signature, which says how to repeat it.

    Lower-cased and tokenized by sacreBLEU's own 13a rules, so that scores can be compared between
    projects; Post (2018).
    """
    metric = BLEU(lowercase=True)
    score = metric.corpus_score(list(hypotheses), [list(references)]).score
    return score, str(metric.get_signature())


def sacrebleu_interval(
    hypotheses: Sequence[str], references: Sequence[str], seed: int = 0
) -> tuple[float, float, float]:
    """Return the score of `sacrebleu_lowercase`, and the ends of its 95 % bootstrap interval.

    The interval is for other sentences of the same kind (Koehn 2004); the model stays the same.
    """
    tokenize = Tokenizer13a()
    words = [
        [tokenize(text.lower()).split() for text in texts] for texts in (hypotheses, references)
    ]
    return _bleu_with_interval(ngram_counts(*words), np.random.default_rng(seed))


def exact_match(hypotheses: Sequence[Tokens], references: Sequence[Tokens]) -> float:
    """Return the percentage of hypotheses that equal their reference word for word, 0…100."""
    _check_same_length(hypotheses=hypotheses, references=references)
    matches = [tuple(h) == tuple(r) for h, r in zip(hypotheses, references, strict=True)]
    return 100 * float(np.mean(matches))


def bleu_by_length(
    hypotheses: Sequence[Tokens],
    references: Sequence[Tokens],
    sources: Sequence[Tokens],
    edges: Sequence[int],
    seed: int = 0,
) -> pd.DataFrame:
    """Return BLEU for buckets of source length, with 95 % bootstrap intervals.

    Bucket i holds the sentences with edges[i] <= words < edges[i + 1]; others are not counted.
    Columns: bucket ("6–10"), n (sentences), bleu, exact (% word for word), low, high (the interval
    of bleu; Koehn 2004). An empty bucket has n = 0 and NaN.
    """
    _check_same_length(hypotheses=hypotheses, references=references, sources=sources)
    counts = ngram_counts(hypotheses, references)
    matches = np.array([tuple(h) == tuple(r) for h, r in zip(hypotheses, references, strict=True)])
    lengths = np.array([len(source) for source in sources])
    rng = np.random.default_rng(seed)
    rows = []
    for first, end in pairwise(edges):
        chosen = (lengths >= first) & (lengths < end)
        score, low, high = _bleu_with_interval(counts[chosen], rng)
        exact = 100 * matches[chosen].mean() if chosen.any() else np.nan
        bucket = f"{first}–{end - 1}"
        rows.append((bucket, int(chosen.sum()), score, low, high, exact))
    return pd.DataFrame(rows, columns=["bucket", "n", "bleu", "low", "high", "exact"])


def ngram_counts(hypotheses: Sequence[Tokens], references: Sequence[Tokens]) -> np.ndarray:
    """Return what BLEU adds up, for each of N sentences: (N, 10).

    Four counts of matching n-grams, four of all n-grams, the hypothesis's and reference's length.
    """
    metric = _bleu_of_words(effective_order=True)  # or it warns of scores, which nobody reads
    counts = []
    for hypothesis, reference in zip(_join(hypotheses), _join(references), strict=True):
        score = metric.sentence_score(hypothesis, [reference])
        counts.append([*score.counts, *score.totals, score.sys_len, score.ref_len])
    return np.array(counts, dtype=float).reshape(-1, 10)


def bleu_from_counts(counts: np.ndarray) -> np.ndarray:
    """Turn summed n-gram counts (…, 10) into BLEU (…), 0…100: precision times brevity penalty."""
    matching, total, hypothesis, reference = np.split(counts, [4, 8, 9], axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.exp(np.log(matching / total).mean(axis=-1))
        brevity = np.exp(np.minimum(0, 1 - reference / hypothesis))[..., 0]
    return np.nan_to_num(100 * precision * brevity)


def _bleu_with_interval(counts: np.ndarray, rng: np.random.Generator) -> tuple[float, float, float]:
    """Return BLEU and its bootstrap interval over the sentences of counts (N, 10)."""
    if len(counts) == 0:
        return np.nan, np.nan, np.nan
    # how often each sentence is drawn: (RESAMPLES, N)
    draws = rng.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=RESAMPLES)
    margin = (1 - CONFIDENCE) / 2
    low, high = np.quantile(bleu_from_counts(draws @ counts), [margin, 1 - margin])
    return float(bleu_from_counts(counts.sum(axis=0))), float(low), float(high)


def links_from_weights(weights: Iterable[Tensor]) -> list[set[tuple[int, int]]]:
    """Read weights (T, S) as alignments: link each target word to its heaviest source word.

    Returns a set of (source, target) positions for each sentence.
    """
    return [
        {(int(row.argmax()), target) for target, row in enumerate(matrix)} for matrix in weights
    ]


def alignment_error_rate(
    predicted: Sequence[Links], sure: Sequence[Links], possible: Sequence[Links] | None = None
) -> float:
    """Return the alignment error rate, 0 (perfect) … 1; Och and Ney (2003), section 6.1.

    AER = 1 − (|A ∩ S| + |A ∩ P|) / (|A| + |S|), over lists of sets of (source, target) positions:
    A predicted, S sure, P possible links. P contains S; without `possible`, P = S. Raises
    ValueError without any link.
    """
    possible = sure if possible is None else possible
    _check_same_length(predicted=predicted, sure=sure, possible=possible)
    hits = total = 0
    for a, s, p in zip(predicted, sure, possible, strict=True):
        hits += len(a & s) + len(a & (p | s))
        total += len(a) + len(s)
    if total == 0:
        raise ValueError("there is not one link to compare: give alignments with links.")
    return 1 - hits / total


def _check_same_length(**lists: Sequence) -> None:
    """Raise ValueError unless all lists are equally long and not empty."""
    lengths = {len(values) for values in lists.values()}
    if len(lengths) > 1:
        sizes = ", ".join(f"{len(values)} {name}" for name, values in lists.items())
        raise ValueError(f"every sentence needs one of each, not {sizes}: make the lists as long.")
    if lengths == {0}:
        raise ValueError("there is nothing to score: give at least one sentence.")
