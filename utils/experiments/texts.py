"""Translations as text: how good they are, and whether one system's are better than another's."""

from collections.abc import Sequence
from typing import cast

import pandas as pd
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.metrics.base import Metric
from sacrebleu.significance import PairedTest, Result

from utils.evaluation import RESAMPLES, sacrebleu_interval


def scores(texts: Sequence[str], references: Sequence[str]) -> dict[str, float]:
    """Return BLEU with the ends of its bootstrap interval, and chrF; both lower-cased."""
    score, low, high = sacrebleu_interval(texts, references)
    chrf = CHRF(lowercase=True).corpus_score(list(texts), [list(references)]).score
    return {"bleu": score, "low": low, "high": high, "chrf": chrf}


def paired_bootstrap(
    texts: Sequence[str], others: Sequence[str], references: Sequence[str]
) -> dict[str, float]:
    """Return the changes from `others` to `texts` in BLEU and chrF, and p of each; Koehn (2004)."""
    if list(texts) == list(others):  # sacreBLEU would give the smallest p that it has
        return {"bleu": 0.0, "bleu_p": 1.0, "chrf": 0.0, "chrf_p": 1.0}
    metrics: dict[str, Metric] = {
        "bleu": BLEU(lowercase=True, references=[references]),
        "chrf": CHRF(lowercase=True, references=[references]),
    }
    systems = [("others", others), ("texts", texts)]
    _, table = PairedTest(systems, metrics, None, test_type="bs", n_samples=RESAMPLES)()
    row: dict[str, float] = {}
    _, *results = table.values()  # the first column names the systems
    for name, both in zip(metrics, results, strict=True):
        before, after = cast(list[Result], both)
        row |= {name: after.score - before.score, f"{name}_p": cast(float, after.p_value)}
    return row


def two_sided(p: pd.Series) -> pd.Series:
    """Double sacreBLEU's p, which counts differences in one direction only."""
    return (2 * p).clip(upper=1)
