"""What five seeds say: means and differences, each with an interval.

The intervals are Student's, for five values: they say how much the choice of first weights and of
the order of the batches matters. What they cannot say is how another corpus would turn out. A share
has Wilson's, which says how much the choice of what was counted matters.
"""

import math
from collections.abc import Iterable
from statistics import NormalDist

import pandas as pd
import torch

from utils.evaluation import CONFIDENCE, T_95

SEEDS = 5  # `T_95` is for as many


def mean_interval(values: pd.Series) -> tuple[float, float, float]:
    """Return the mean of five values, and the ends of its 95 % interval."""
    if len(values) != SEEDS:
        raise ValueError(f"the interval is for {SEEDS} seeds, and there are {len(values)} values.")
    mean, margin = values.mean(), T_95 * values.std() / math.sqrt(SEEDS)
    return mean, mean - margin, mean + margin


def p_value(differences: pd.Series) -> float:
    """Return the two-sided p of a paired t-test on five differences, with 4 degrees of freedom.

    For 4 degrees, Student's distribution has a closed form (Abramowitz & Stegun 1964, 26.7.4):
    p = 1 - sin θ (1 + cos² θ / 2) with tan θ = |t| / 2.
    """
    mean, low, _ = mean_interval(differences)
    if mean == low:  # five equal differences
        return float(mean == 0)
    t = abs(mean) / (differences.std() / math.sqrt(SEEDS))
    theta = math.atan(t / 2)
    return 1 - math.sin(theta) * (1 + math.cos(theta) ** 2 / 2)


def welch(
    values: pd.DataFrame, others: pd.DataFrame, columns: Iterable[str] | None = None
) -> pd.DataFrame:
    """Compare two kinds of models whose seeds make no pairs: Welch (1947).

    A row of either frame is a training. The `columns`, all by default, are one family. Returns
    column, first, second, change (second minus first), low, high (95 %), p, corrected_p.
    """
    rows = []
    for column in values.columns if columns is None else columns:
        one, other = values[column], others[column]
        spread, more = one.var() / len(one), other.var() / len(other)
        change, error = other.mean() - one.mean(), math.sqrt(spread + more)
        degrees = (spread + more) ** 2 / (
            spread**2 / (len(one) - 1) + more**2 / (len(other) - 1) or math.inf
        )
        margin = t_quantile(degrees) * error if error else 0.0
        p = t_tail(abs(change) / error, degrees) if error else float(change == 0)
        rows.append((column, one.mean(), other.mean(), change, change - margin, change + margin, p))
    table = pd.DataFrame(rows, columns=["column", "first", "second", "change", "low", "high", "p"])
    return table.assign(corrected_p=holm(table.p))


def t_tail(t: float, degrees: float) -> float:
    """Return how often a Student's t of so many degrees of freedom lies beyond t or -t, t >= 0.

    With t = √degrees tan θ, the density becomes cos θ to the power of (degrees - 1).
    """

    def area(start: float) -> float:  # from an angle to the right angle
        angle = torch.linspace(start, math.pi / 2, 10_001, dtype=torch.float64)
        return float(torch.trapezoid(angle.cos() ** (degrees - 1), angle))

    return area(math.atan(t / math.sqrt(degrees))) / area(0.0)


def t_quantile(degrees: float) -> float:
    """Return the t beyond which, on both sides together, 5 % of Student's distribution lie."""
    low, high = 0.0, 1e4
    while high - low > 1e-5:
        middle = (low + high) / 2
        low, high = (middle, high) if t_tail(middle, degrees) > 1 - CONFIDENCE else (low, middle)
    return high


def holm(p_values: pd.Series) -> pd.Series:
    """Return p values corrected for how many there are, by Holm (1979).

    The k-th smallest of m is multiplied by m - k + 1, and none falls below a smaller one.
    """
    ordered = p_values.sort_values()
    corrected = ordered * pd.Series(range(len(ordered), 0, -1), index=ordered.index)
    return corrected.cummax().clip(upper=1).reindex(p_values.index)


def compare(values: pd.DataFrame, pairs: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """Compare pairs of columns, which together are one family; a row of `values` is a seed.

    Returns first, second, change (second minus first), low, high (95 %), p, corrected_p.
    """
    rows = []
    for first, second in pairs:
        differences = values[second] - values[first]
        rows.append((first, second, *mean_interval(differences), p_value(differences)))
    table = pd.DataFrame(rows, columns=["first", "second", "change", "low", "high", "p"])
    return table.assign(corrected_p=holm(table.p))


def wilson_interval(hits: int, n: int) -> tuple[float, float]:
    """Return the ends of a share's 95 % interval, `hits` of `n`; Wilson (1927).

    Unlike share ± 1.96 standard errors, it stays within 0 … 1 and has a width even where all are
    hits, or none. Raises ValueError unless 0 <= hits <= n and n > 0.
    """
    if not 0 <= hits <= n or n == 0:
        raise ValueError(f"{hits} of {n} is no share: count hits among at least one.")
    z, share = NormalDist().inv_cdf((1 + CONFIDENCE) / 2), hits / n
    middle = share + z**2 / (2 * n)
    margin = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low, high = ((middle + sign * margin) / (1 + z**2 / n) for sign in (-1, 1))
    return max(0.0, low), min(1.0, high)  # rounding leaves 0 and 1 by 1e-17
