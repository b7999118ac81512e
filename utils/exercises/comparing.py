"""The exercises of notebook 08, on comparing attention."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from utils.evaluation import T_95
from utils.exercises.verdicts import Design, Mistake, Open, Predict, Write

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


def find_fault_of_lead(lead: float) -> str | None:
    """Find out which runs went into a mean difference of additive and dot attention."""
    lead = float(lead)
    if math.isclose(lead, LEAD, abs_tol=ROUNDING):
        return None
    for mistake in LEADS:
        if math.isclose(lead, mistake.answer, abs_tol=ROUNDING):
            return mistake.hint
    return "Take additive minus dot for each of the seeds 0, 1, 3 and 4, then the mean of the four."


def holm(p: Tensor) -> Tensor:
    """Correct p values (m,) for how many they are, by Holm (1979): -> (m,), in the same order."""
    return _by_rank(p, lambda ordered, factors: _rising(ordered * factors))


def _rising(values: Tensor) -> Tensor:
    """Let no value be smaller than one before it, and none exceed 1."""
    return values.cummax(dim=0).values.clamp(max=1)


def _by_rank(p: Tensor, correct: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """Correct sorted p values, given their factors m … 1, and put them back in their order."""
    order = p.argsort()
    corrected = correct(p[order], torch.arange(len(p), 0, -1))
    return torch.empty_like(p).index_put((order,), corrected)


def some_p_values(seed: int) -> tuple[Tensor]:
    """Return six p values in no order: small ones, two close ones, and a large one."""
    random = torch.Generator().manual_seed(seed)
    small = torch.tensor([0.003, 0.012, 0.0125, 0.02, 0.6, 0.85])
    return (
        (small * (1 + 0.1 * torch.rand(6, generator=random)))[torch.randperm(6, generator=random)],
    )


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
    mean, margin = values.mean(), T_95 * values.std() / math.sqrt(5)
    low, high = mean - margin, mean + margin
    if low <= 0:
        return None
    return (
        f"The mean is {mean:.1f}, and the interval, {low:.1f} to {high:.1f}, does not reach 0. "
        "What makes the standard deviation grow faster than the mean?"
    )


EXERCISES = {
    "08.1": Predict(
        solution=1 - 0.95**20,
        mistakes=(
            Mistake(0.05, "That is the risk of a single test. There are 20 of them."),
            Mistake(
                20 * 0.05,
                "Chances of alarms do not add up: a false alarm would be certain. Ask for the "
                "chance that all 20 tests stay silent.",
            ),
            Mistake(0.95**20, "That is the chance that all 20 stay silent. And of the opposite?"),
            Mistake(1 - 0.95, "That is the risk of a single test. There are 20 of them."),
            Mistake(
                20 * 0.05 * 0.95**19,
                "That is the chance of exactly one false alarm. Two would be a scandal as well.",
            ),
        ),
        hint="A single test stays silent with 0.95. How often do 20 independent ones all stay so?",
        praise="Right. 0.64: more likely than not, something comes out.",
        within=0.005,
    ),
    "08.2": Design(
        solution=LEAD,
        find_fault=find_fault_of_lead,
        praise="Right. The lead changes hands. Whoever may drop a run for its low score chooses "
        "the winner, so give the reason before you see the scores.",
    ),
    "08.3": Write(
        solution=holm,
        inputs=some_p_values,
        mistakes=(
            Mistake(
                lambda p: (p * len(p)).clamp(max=1),
                "You multiply each by the number of tests. That is Bonferroni's correction, which "
                "is right but stricter than it need be: only the smallest takes the full factor.",
            ),
            Mistake(
                lambda p: _by_rank(p, lambda ordered, factors: (ordered * factors).clamp(max=1)),
                "Almost: a larger p came out smaller than one before it. Which function keeps the "
                "largest so far?",
            ),
            Mistake(
                lambda p: _rising(p.sort().values * torch.arange(len(p), 0, -1)),
                "The values are right, but sorted. Put each back where its p stood.",
            ),
            Mistake(
                lambda p: _by_rank(p, lambda ordered, factors: _rising(ordered * factors.flip(0))),
                "Upside down: you multiply the largest p by the number of tests, and the smallest "
                "by 1.",
            ),
            Mistake(
                lambda p: _by_rank(
                    p, lambda ordered, factors: (ordered * factors).cummax(dim=0).values
                ),
                "A p value is a share: let none exceed 1.",
            ),
        ),
        hint="Sort; multiply by 6, 5, … for six; let none be smaller than the one before; put them "
        "back in their order.",
        praise="Right. Even the strictest referee must accept what survives this.",
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
    "08.6": Open(
        rubric="eight points, in the table above. Most reviewers miss the second line: the best of "
        "three is not a run, it is a choice.",
        words=40,
    ),
}
