"""What five seeds say: means, differences and the next run, each with an interval.

The intervals are Student's, for five values: they say how much the choice of first weights and of
the order of the batches matters. What they cannot say is how another corpus would turn out.
"""

import math
from statistics import NormalDist

import pandas as pd

from utils.evaluation import CONFIDENCE, T_95, T_999
from utils.experiments.variants import VARIANTS

SEEDS = 5  # `T_95` and `T_999` are for as many


def mean_by_length(rows: pd.DataFrame, value: str = "bleu") -> pd.DataFrame:
    """Return the mean over the seeds in each bucket: bucket, `value`, low, high (95 %).

    `rows` are those of one variant at one scale, a row for each seed and bucket.
    """
    table = [
        (bucket, *mean_interval(values))
        for bucket, values in rows.groupby("bucket", sort=False)[value]
    ]
    return pd.DataFrame(table, columns=["bucket", value, "low", "high"])


def effects(rows: pd.DataFrame, bucket: str, value: str = "bleu") -> pd.DataFrame:
    """Return what each change does: variant, against, change, low, high (95 %).

    A change is the mean over the seeds of the difference between the variant and its baseline with
    the same seed. `rows` are those of one scale.
    """
    inside = rows[rows.bucket == bucket].set_index(["variant", "seed"])[value]
    table = [
        (name, variant.baseline, *mean_interval(inside[name] - inside[variant.baseline]))
        for name, variant in VARIANTS.items()
        if variant.baseline is not None
    ]
    return pd.DataFrame(table, columns=["variant", "against", "change", "low", "high"])


def mean_interval(values: pd.Series) -> tuple[float, float, float]:
    """Return the mean of five values, and the ends of its 95 % interval."""
    return _interval(values, T_95 / math.sqrt(SEEDS))


def next_run_interval(values: pd.Series) -> tuple[float, float]:
    """Return the ends of an interval that holds the value of one more seed, 999 times in 1,000."""
    _, low, high = _interval(values, T_999 * math.sqrt(1 + 1 / SEEDS))
    return low, high


def wilson_interval(hits: int, n: int) -> tuple[float, float]:
    """Return the ends of the 95 % interval of a share, 0 … 1: `hits` of `n`; Wilson (1927).

    0 of n leaves room for a few, and n of n for a few less. It takes the n for independent of each
    other. Raises ValueError unless 0 <= hits <= n and n > 0.
    """
    if not 0 <= hits <= n or n == 0:
        raise ValueError(f"{hits} of {n} is no share: give 0 to n hits of at least one.")
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)  # 1.96
    middle, total = hits + z**2 / 2, n + z**2
    margin = z * math.sqrt(hits * (n - hits) / n + z**2 / 4)
    return max(0.0, (middle - margin) / total), min(1.0, (middle + margin) / total)


def shares(rows: pd.DataFrame, count: str) -> pd.DataFrame:
    """Return the rows with three columns more: share (`count` of n), low, high.

    The interval is Wilson's: for other items of the same kind, and this one trained model. Words of
    one sentence are not independent, so for words it is too narrow. How much another seed would
    change, `mean_interval` of five shares says.
    """
    pairs = zip(rows[count], rows.n, strict=True)
    low, high = zip(*(wilson_interval(int(hits), int(n)) for hits, n in pairs), strict=True)
    return rows.assign(share=rows[count] / rows.n, low=low, high=high)


def _interval(values: pd.Series, deviations: float) -> tuple[float, float, float]:
    """Return the mean, and the mean less and plus so many standard deviations."""
    if len(values) != SEEDS:
        raise ValueError(f"the interval is for {SEEDS} seeds, and there are {len(values)} values.")
    mean, margin = values.mean(), deviations * values.std()
    return mean, mean - margin, mean + margin
