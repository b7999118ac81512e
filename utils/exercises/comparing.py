"""The exercises of notebook 08, on comparing attention."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from utils.evaluation import T_95, T_999
from utils.exercises.verdicts import Design, Mistake, Write

INTERVALS = {  # change of BLEU at 26–30 words, recorded at full size: 95 % intervals
    "s_t asks": (-0.1, 1.5),
    "Luong": (-0.6, 0.7),
    "input feeding": (-0.8, 0.2),
    "one direction": (-3.4, -0.6),
    "no mask": (-0.6, 0.6),
    "fixed, 64 numbers": (-13.0, -8.8),
    "fixed, 256 numbers": (7.8, 11.9),
    "fixed, one direction": (-2.2, 2.6),
    "fixed, reversed": (-2.4, 0.1),
}
CLEAR = ["one direction", "fixed, 64 numbers", "fixed, 256 numbers"]
LEADS = (  # a mean of additive minus dot at 41–50 words, and what went wrong on the way to it
    Mistake(
        4.2, "That is the lead with all five seeds. Leave out seed 2, then average the others."
    ),
    Mistake(1.0, "The size is right. Mind the order: additive minus dot, and who is ahead now?"),
    Mistake(
        -1.2, "You left seed 2 out for dot only. A pair shares its seed, so drop it from both rows."
    ),
    Mistake(-0.8, "You divide by five. How many differences are left?"),
)
LEAD, ROUNDING = -1.0, 0.06


def find_fault_of_names(names: list[str] | str) -> str | None:
    """Find out which changes are wrongly on the list of clear ones, or missing from it."""
    if isinstance(names, str) or not all(isinstance(name, str) for name in names):
        return 'Hand over a list of names, with quotation marks: ["…", "…"].'
    known = {name.lower(): name for name in INTERVALS}
    given = [name.strip().lower() for name in names]
    unknown = [name for name in given if name not in known]
    if unknown:
        return f"There is no change called {unknown[0]!r}: copy the names from the table."
    chosen = {known[name] for name in given}
    for name in INTERVALS:
        if name in chosen and name not in CLEAR:
            low, high = INTERVALS[name]
            return f"The interval of {name!r} runs from {low} to {high}. Where does 0 lie?"
    missing = set(CLEAR) - chosen
    if not missing:
        return None
    if all(INTERVALS[name][1] < 0 for name in missing):
        return "A loss counts as well as a gain. Look for intervals to the left of 0."
    return "There are more. Read the whole table: both pictures, both sides of 0."


def find_fault_of_lead(lead: float) -> str | None:
    """Find out which runs went into a mean difference of additive and dot attention."""
    lead = float(lead)
    if math.isclose(lead, LEAD, abs_tol=ROUNDING):
        return None
    for mistake in LEADS:
        if math.isclose(lead, mistake.answer, abs_tol=ROUNDING):
            return mistake.hint
    return "Take additive minus dot for each of the seeds 0, 1, 3 and 4, then the mean of the four."


def paired_interval(one: Tensor, other: Tensor) -> tuple[float, float, float]:
    """Mean, low and high (95 %) of the difference: scores (5,) and (5,), by seed."""
    return _paired_by(lambda change: change.std() / math.sqrt(5))(one, other)


def _around(mean: Tensor, error: Tensor, t: float = T_95) -> tuple[float, float, float]:
    """Return a mean, and the ends of its interval: t standard errors below and above it."""
    return mean.item(), (mean - t * error).item(), (mean + t * error).item()


def _unpaired(one: Tensor, other: Tensor) -> tuple[float, float, float]:
    """Return the interval for two models that share no seeds."""
    return _around(one.mean() - other.mean(), ((one.var() + other.var()) / 5).sqrt())


def _paired_by(
    error: Callable[[Tensor], Tensor], t: float = T_95
) -> Callable[[Tensor, Tensor], tuple[float, float, float]]:
    """Return a paired interval, given the standard error of the differences (5,), and t."""
    return lambda one, other: _around((one - other).mean(), error(one - other), t)


def paired_scores(seed: int) -> tuple[Tensor, Tensor]:
    """Return the scores of two models with the same five seeds, (5,) and (5,)."""
    random = torch.Generator().manual_seed(seed)
    luck, more_luck, own = torch.randn(3, 5, generator=random)
    return 80 + 5 * luck + more_luck + seed, 79 + 5 * luck + own


def exponents(lengths: Tensor, costs: Tensor) -> Tensor:
    """Exponent of the growth from each length to the next: (N,), (N,) -> (N − 1,)."""
    return costs.log().diff() / lengths.log().diff()


def measured_costs(seed: int) -> tuple[Tensor, Tensor]:
    """Return five growing lengths and their costs, (5,) and (5,)."""
    random = torch.Generator().manual_seed(seed)
    lengths = 10 + torch.randint(5, 60, (5,), generator=random).cumsum(0).float()
    return lengths, 0.3 * lengths + (0.002 + 0.01 * torch.rand(1, generator=random)) * lengths**2


def find_fault_of_differences(differences: list[float]) -> str | None:
    """Find out why five differences are not all positive with an interval that includes 0."""
    values = torch.tensor([float(value) for value in differences], dtype=torch.double)
    if len(values) != 5 or not values.isfinite().all():
        return f"Give five numbers, one for each seed. There are {int(values.isfinite().sum())}."
    if not (values > 0).all():
        return "Not all five seeds favor the new model: every difference has to be larger than 0."
    mean, low, high = _around(values.mean(), values.std() / math.sqrt(5))
    if low <= 0:
        return None
    return (
        f"The mean is {mean:.1f}, and the interval, {low:.1f} to {high:.1f}, does not reach 0. "
        "What makes the standard deviation grow faster than the mean?"
    )


EXERCISES = {
    "08.1": Design(
        solution=CLEAR,
        find_fault=find_fault_of_names,
        praise="Right. The other six may help or hurt a little: five seeds cannot tell.",
    ),
    "08.2": Design(
        solution=LEAD,
        find_fault=find_fault_of_lead,
        praise="Right. The lead changes hands. Whoever may drop a run for its low score chooses "
        "the winner, so give the reason before you see the scores.",
    ),
    "08.3": Write(
        solution=paired_interval,
        inputs=paired_scores,
        mistakes=(
            Mistake(
                _unpaired,
                "You add the spreads of two strangers. But two runs with the same seed share its "
                "luck: take the differences first, then their spread.",
            ),
            Mistake(
                _paired_by(lambda change: change.std()),
                "That is how far single differences scatter. The mean of five scatters less: by "
                "which factor?",
            ),
            Mistake(
                _paired_by(lambda change: change.std(correction=0) / math.sqrt(5)),
                "Your variance divides by 5. But the mean comes from the same five values, so "
                "divide by one less.",
            ),
            Mistake(
                lambda one, other: paired_interval(other, one),
                "You compare the other way around. The change is the first model minus the second.",
            ),
            Mistake(
                _paired_by(lambda change: change.std() / math.sqrt(5), t=1.96),
                "1.96 is for many values. With five the factor is larger: the notebook gives it.",
            ),
            Mistake(
                _paired_by(lambda change: change.std() * math.sqrt(6 / 5), t=T_999),
                "That t is for a single new run. Notebook 08 has another factor for the mean.",
            ),
        ),
        hint="Return three numbers: the mean of the differences, and the two ends. What does the "
        "formula below the picture say for n = 5?",
        praise="Right. The luck that both models share cancels in each difference, so the interval "
        "is narrower than for two independent groups.",
    ),
    "08.4": Write(
        solution=exponents,
        inputs=measured_costs,
        mistakes=(
            Mistake(
                lambda lengths, costs: costs.diff() / lengths.diff(),
                "That is the slope on plain axes: cost per word. An exponent is the slope where "
                "both axes are logarithmic.",
            ),
            Mistake(
                lambda lengths, costs: (costs[1:] / costs[:-1]) / (lengths[1:] / lengths[:-1]),
                "You divide one ratio by the other. In a power law, cost ratio = (length ratio)^b: "
                "which function brings b down?",
            ),
            Mistake(
                lambda lengths, costs: costs.log2().diff(),
                "You assume that each length is twice the one before. Use the lengths you get.",
            ),
            Mistake(
                lambda lengths, costs: costs[1:].log() / lengths[1:].log(),
                "You use one point at a time, so the unit of the cost matters. Compare each point "
                "with the one before.",
            ),
            Mistake(
                lambda lengths, costs: lengths.log().diff() / costs.log().diff(),
                "Upside down: you say how the length grows with the cost.",
            ),
        ),
        hint="If cost is proportional to a power of T, what does log cost do when log T grows by "
        "one?",
        praise="Right. For the memory of additive attention you get 1.34, 1.52, 1.69 and 1.82: it "
        "still bends toward 2.",
    ),
    "08.5": Design(
        solution=[1.0, 1.0, 1.0, 1.0, 20.0],
        find_fault=find_fault_of_differences,
        praise="Right. One large gain widens the interval on both sides. The formula assumes "
        "normally distributed scores, so look at the single runs as well.",
    ),
}
