"""How well a variant translates and aligns, by sentence length."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from utils.corpora import Corpus, load_corpus
from utils.corpora.pairs import Pair
from utils.evaluation import alignment_error_rate, bleu_by_length, links_from_weights
from utils.experiments.variants import CAUSES, VARIANTS, Variant
from utils.text import build_fields
from utils.training import Settings, fit
from utils.translator import Translator


@dataclass(frozen=True)
class Scale:
    """How large a measurement is: the longest training sentence, epochs, buckets of length."""

    longest: int
    epochs: int
    edges: tuple[int, ...]


SCALES = {
    "full": Scale(30, Settings.epochs, (4, 6, 11, 16, 21, 26, 31, 41, 51)),
    "small": Scale(10, Settings.epochs, (4, 6, 11, 16)),
}


def train_variant(
    variant: Variant, scale: Scale, seed: int, quiet: bool = True
) -> tuple[Translator, Corpus]:
    """Train a variant on the mini corpus; return it with the corpus as the variant reads it."""
    mini = load_corpus("mini")
    short = [pair for pair in mini.train if len(pair.source) <= scale.longest]
    valid = [pair for pair in mini.valid if len(pair.source) <= scale.longest]
    corpus = Corpus(
        train=variant.prepare(short),
        valid=variant.prepare(valid),
        test=variant.prepare(mini.test),
        long=variant.prepare(mini.long),
    )
    fields = build_fields(corpus)
    model = variant.build(fields, seed)
    fit(model, fields, corpus, Settings(scale.epochs * variant.longer, seed=seed), quiet=quiet)
    return Translator(model, fields), corpus


def score_by_length(
    translator: Translator, pairs: Sequence[Pair], edges: Sequence[int]
) -> list[dict[str, Any]]:
    """Return a row for each bucket of length: bucket, n, bleu, exact, aer.

    aer is the alignment error rate, teacher-forced on the reference; NaN where the pairs have no
    alignment to compare with.
    """
    sources = [pair.source for pair in pairs]
    written = [translation.tokens for translation in translator.translate(sources)]
    table = bleu_by_length(written, [pair.target for pair in pairs], sources, edges)
    rows = table[["bucket", "n", "bleu", "exact"]].to_dict("records")
    for row, (first, end) in zip(rows, pairwise(edges), strict=True):
        inside = [pair for pair in pairs if first <= len(pair.source) < end]
        row["aer"] = _error_rate(translator, inside)
    return rows


def _error_rate(translator: Translator, pairs: Sequence[Pair]) -> float:
    sure = [pair.alignment for pair in pairs if pair.alignment is not None]
    if len(sure) < len(pairs):
        return float("nan")
    return alignment_error_rate(links_from_weights(translator.align(pairs)), sure)


def measure_quality(scale: str, variant: str, seed: int) -> list[dict[str, Any]]:
    """Train and score one variant with one seed."""
    run = {"scale": scale, "variant": variant, "seed": seed}
    return [run | row for row in _measure(VARIANTS[variant], SCALES[scale], seed)]


def measure_cause(cause: str, seed: int) -> list[dict[str, Any]]:
    """Train and score one of `CAUSES` with one seed, on sentences of all lengths."""
    rows = _measure(CAUSES[cause], SCALES["full"], seed)
    return [{"cause": cause, "seed": seed} | row for row in rows]


def _measure(variant: Variant, scale: Scale, seed: int) -> list[dict[str, Any]]:
    translator, corpus = train_variant(variant, scale, seed)
    return score_by_length(translator, [*corpus.test, *corpus.long], scale.edges)
