"""How good is a translation, and how good are the weights as word alignments?

All BLEU here is sacreBLEU's. For the bootstrap it counts each sentence's n-grams once, and the
resampled corpora add up those counts.
"""

from collections.abc import Callable, Iterable, Sequence, Set
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
T_95 = 2.776  # Student's t for five values (4 degrees of freedom): 95 % lie within ± t


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
    if any(isinstance(words, str) for words in sentences):
        raise TypeError(
            "this score takes each sentence as a list of words: split it, as in text.split(), or "
            "use sacrebleu_lowercase for text."
        )
    return [" ".join(words) for words in sentences]


def sacrebleu_lowercase(hypotheses: Sequence[str], references: Sequence[str]) -> tuple[float, str]:
    """Return sacreBLEU's score of detokenized text, and its signature, which says how to repeat it.

    Lower-cased and tokenized by sacreBLEU's own 13a rules, so that scores can be compared between
    projects; Post (2018).
    """
    _check_same_length(hypotheses=hypotheses, references=references)
    metric = BLEU(lowercase=True)
    score = metric.corpus_score(list(hypotheses), [list(references)]).score
    return score, str(metric.get_signature())


def sacrebleu_interval(
    hypotheses: Sequence[str], references: Sequence[str], seed: int = 0
) -> tuple[float, float, float]:
    """Return the score of `sacrebleu_lowercase`, and the ends of its 95 % bootstrap interval.

    All three are unsmoothed: they are 0 where no run of four words matches at all.
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
    low, high = _interval(bleu_from_counts, counts, rng)
    return float(bleu_from_counts(counts.sum(axis=0))), low, high


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
    return float(_error_rate(_summed(_link_counts(predicted, sure, possible))))


def alignment_interval(
    predicted: Sequence[Links],
    sure: Sequence[Links],
    possible: Sequence[Links] | None = None,
    seed: int = 0,
) -> tuple[float, float, float]:
    """Return the alignment error rate, and the ends of its 95 % bootstrap interval.

    The interval is for other sentences of the same kind; links and their makers stay the same.
    Raises ValueError without any link.
    """
    counts = _link_counts(predicted, sure, possible)
    error_rate = float(_error_rate(_summed(counts)))
    return error_rate, *_interval(_error_rate, counts, np.random.default_rng(seed))


def alignment_difference(
    predicted: Sequence[Links],
    other: Sequence[Links],
    sure: Sequence[Links],
    possible: Sequence[Links] | None = None,
    seed: int = 0,
) -> tuple[float, float, float]:
    """Return the error rate of `predicted` minus that of `other`, and its 95 % bootstrap interval.

    Both are scored on the same drawn sentences, so hard sentences are hard for both; Koehn (2004).
    Raises ValueError where either has no link to compare.
    """
    both = [_link_counts(links, sure, possible) for links in (predicted, other)]

    def difference(counts: np.ndarray) -> np.ndarray:  # (…, 8) -> (…)
        return _error_rate(counts[..., :4]) - _error_rate(counts[..., 4:])

    change = float(_error_rate(_summed(both[0])) - _error_rate(_summed(both[1])))
    return change, *_interval(difference, np.hstack(both), np.random.default_rng(seed))


def precision_and_recall(
    predicted: Sequence[Links], sure: Sequence[Links], possible: Sequence[Links] | None = None
) -> tuple[float, float]:
    """Return |A ∩ P| / |A| and |A ∩ S| / |S|, both 0 … 1; Och and Ney (2003), section 6.1.

    What is predicted has to be possible, and what is sure has to be predicted. NaN where there is
    nothing to divide by. Raises ValueError without any link.
    """
    found_sure, found_possible, all_predicted, all_sure = _summed(
        _link_counts(predicted, sure, possible)
    )
    with np.errstate(invalid="ignore"):
        return float(found_possible / all_predicted), float(found_sure / all_sure)


def _link_counts(
    predicted: Sequence[Links], sure: Sequence[Links], possible: Sequence[Links] | None = None
) -> np.ndarray:
    """Return what the error rate adds up, for each of N sentences: |A∩S|, |A∩P|, |A|, |S| (N, 4).

    Raises ValueError when the lists differ in length.
    """
    possible = sure if possible is None else possible
    _check_same_length(predicted=predicted, sure=sure, possible=possible)
    counts = [
        (len(a & s), len(a & (p | s)), len(a), len(s))
        for a, s, p in zip(predicted, sure, possible, strict=True)
    ]
    return np.array(counts, dtype=float)


def _summed(counts: np.ndarray) -> np.ndarray:
    """Add up the counts of all sentences, (N, 4) -> (4,); ValueError without any link."""
    total = counts.sum(axis=0)
    if not total.any():
        raise ValueError("there is not one link to compare: give alignments with links.")
    return total


def _error_rate(counts: np.ndarray) -> np.ndarray:
    """Turn summed counts of links (…, 4) into alignment error rates (…)."""
    found_sure, found_possible, all_predicted, all_sure = np.moveaxis(counts, -1, 0)
    with np.errstate(invalid="ignore"):  # a drawn corpus may have no link, and no rate
        return 1 - (found_sure + found_possible) / (all_predicted + all_sure)


def _interval(
    score: Callable[[np.ndarray], np.ndarray], counts: np.ndarray, rng: np.random.Generator
) -> tuple[float, float]:
    """Return the ends of the 95 % bootstrap interval of a score over N sentences.

    `counts` (N, K) are what the score adds up; it turns sums (RESAMPLES, K) into (RESAMPLES,).
    """
    # how often each sentence is drawn: (RESAMPLES, N)
    draws = rng.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=RESAMPLES)
    margin = (1 - CONFIDENCE) / 2
    low, high = np.nanquantile(score(draws @ counts), [margin, 1 - margin])
    return float(low), float(high)


def _check_same_length(**lists: Sequence) -> None:
    """Raise ValueError unless all lists are equally long and not empty."""
    lengths = {len(values) for values in lists.values()}
    if len(lengths) > 1:
        sizes = ", ".join(f"{len(values)} {name}" for name, values in lists.items())
        raise ValueError(f"every sentence needs one of each, not {sizes}: make the lists as long.")
    if lengths == {0}:
        raise ValueError("there is nothing to score: give at least one sentence.")
