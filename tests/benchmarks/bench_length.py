"""How time and memory of a training step grow with length, measured as in the study `cost`.

The study's own results, one row per length, are in data/results/cost.csv, and notebook 08 draws it.
"""

import pytest

from utils.experiments.speed import LENGTHS, fitted_exponent, measure_cost
from utils.models.attention import ATTENTIONS


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_a_training_step_against_the_length(bench, attention):
    sweeps = []

    def sweep():
        sweeps.append([measure_cost(attention, length, len(sweeps))[0] for length in LENGTHS])

    bench.seconds(sweep, warmup_rounds=0)
    for quantity in ("seconds", "megabytes"):
        exponents = [fitted_exponent(LENGTHS, [row[quantity] for row in rows]) for rows in sweeps]
        longest = sorted(rows[-1][quantity] for rows in sweeps)[len(sweeps) // 2]
        bench.record(
            f"{quantity} against length, {attention}",
            exponents,
            "exponent",
            note=f"{LENGTHS[-1]} words: {longest:.3g} {quantity}",
        )
