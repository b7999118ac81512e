"""How well a variant translates and aligns, by sentence length."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from utils.corpora import Corpus, load_corpus
from utils.corpora.pairs import Pair
from utils.evaluation import alignment_error_rate, bleu, bleu_by_length, links_from_weights
from utils.experiments.variants import (
    AT_RATES,
    CAUSES,
    FEWER,
    FORMS,
    ONCE,
    STARTS,
    TAUGHT,
    VARIANTS,
    Variant,
)
from utils.system.paths import RUNS
from utils.text import build_fields
from utils.training import Epoch, Settings, fit, validation_loss
from utils.translator import Translator


@dataclass(frozen=True)
class Scale:
    """How large a measurement is: the longest training sentence, buckets of length."""

    longest: int
    edges: tuple[int, ...]


SCALES = {
    "full": Scale(30, (4, 6, 11, 16, 21, 26, 31, 41, 51)),
    "small": Scale(10, (4, 6, 11, 16)),
}
FULL = SCALES["full"]


def corpus_of(variant: Variant, scale: Scale) -> Corpus:
    """Return the mini corpus as a variant reads it."""
    mini = load_corpus("mini")
    train = [pair for pair in mini.train if len(pair.source) <= scale.longest]
    valid = [pair for pair in mini.valid if len(pair.source) <= scale.longest]
    return Corpus(
        train=variant.prepare(train),
        valid=variant.prepare(valid),
        test=variant.prepare(mini.test),
        long=variant.prepare(mini.long),
    )


def train_variant(
    variant: Variant,
    scale: Scale,
    seed: int,
    quiet: bool = True,
    on_epoch: Callable[[Translator, Epoch], None] = lambda translator, epoch: None,
) -> tuple[Translator, Corpus]:
    """Train a variant on the mini corpus; return it with the corpus as the variant reads it."""
    corpus = corpus_of(variant, scale)
    fields = build_fields(corpus)
    translator = Translator(variant.build(fields, seed), fields)
    fit(
        translator.model,
        fields,
        variant.sample(corpus, seed),
        Settings(seed=seed, **variant.settings),
        on_epoch=lambda epoch: on_epoch(translator, epoch),
        quiet=quiet,
    )
    return translator, corpus


def kept(name: str, seed: int, train: Callable[[], Translator]) -> Translator:
    """Return a translator that is trained once and kept in `runs/experiments/`.

    All studies that look into a model read it from there.
    """
    path = RUNS / "experiments" / f"{name}-{seed}.pt"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        train().save(path)
    return Translator.load(path)


def trained(name: str, seed: int) -> Translator:
    """Return one of the plain variants, "dot" for example, trained at full size and kept."""
    return kept(name, seed, lambda: train_variant(VARIANTS[name], FULL, seed)[0])


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
    return _measure(run, VARIANTS[variant], SCALES[scale])


def measure_cause(cause: str, seed: int) -> list[dict[str, Any]]:
    """Train and score one of `CAUSES` with one seed, on sentences of all lengths."""
    return _measure({"cause": cause, "seed": seed}, CAUSES[cause])


def measure_start(start: str, seed: int) -> list[dict[str, Any]]:
    """Train and score one of `STARTS` with one seed."""
    return _measure({"start": start, "seed": seed}, STARTS[start])


def measure_form(form: str, seed: int) -> list[dict[str, Any]]:
    """Train and score one of `FORMS` with one seed."""
    return _measure({"form": form, "seed": seed}, FORMS[form])


def measure_once(enters: str, seed: int) -> list[dict[str, Any]]:
    """Train and score one of `ONCE` with one seed."""
    return _measure({"enters": enters, "seed": seed}, ONCE[enters])


def measure_fewer(score: str, pairs: int, seed: int) -> list[dict[str, Any]]:
    """Train a score on fewer pairs; return its rows by length."""
    return _measure({"score": score, "pairs": pairs, "seed": seed}, FEWER[score, pairs])


def measure_rate(score: str, rate: float, seed: int) -> list[dict[str, Any]]:
    """Train a score with a learning rate; return one row: loss and BLEU on the validation split."""
    translator, corpus = train_variant(AT_RATES[score, rate], FULL, seed)
    found = translator.translate([pair.source for pair in corpus.valid])
    valid_bleu = bleu([t.tokens for t in found], [pair.target for pair in corpus.valid])
    valid_loss = validation_loss(translator.model, translator.fields, corpus.valid)
    run = {"score": score, "rate": rate, "seed": seed}
    return [run | {"valid_loss": valid_loss, "valid_bleu": valid_bleu}]


def measure_best(score: str, rate: float, seed: int) -> list[dict[str, Any]]:
    """Train a score with a learning rate; return its rows by length."""
    return _measure({"score": score, "rate": rate, "seed": seed}, AT_RATES[score, rate])


def measure_forcing(ratio: str, seed: int) -> list[dict[str, Any]]:
    """Train dot attention with a teacher-forcing ratio; rows by length.

    valid_loss is the loss given the reference's words, whatever training read.
    """
    translator, corpus = train_variant(TAUGHT[ratio], FULL, seed)
    loss = validation_loss(translator.model, translator.fields, corpus.valid)
    run = {"ratio": ratio, "seed": seed, "valid_loss": loss}
    return rows_by_length(run, translator, corpus)


def _measure(run: dict[str, Any], variant: Variant, scale: Scale = FULL) -> list[dict[str, Any]]:
    """Train a variant with the seed of a run; return the run's rows by length."""
    translator, corpus = train_variant(variant, scale, run["seed"])
    return rows_by_length(run, translator, corpus, scale)


def rows_by_length(
    run: dict[str, Any], translator: Translator, corpus: Corpus, scale: Scale = FULL
) -> list[dict[str, Any]]:
    """Score all sentences of the test and the long split; each row says which run it is of."""
    rows = score_by_length(translator, [*corpus.test, *corpus.long], scale.edges)
    return [run | row for row in rows]
