"""The exercises of notebook 04, on attention by hand."""

import torch
from torch import Tensor

from utils.exercises.verdicts import Design, Mistake, Open, Predict, Write
from utils.models.attention import lengths_to_mask

CHINESE, ENGLISH = ("zhīshi", "jiùshì", "lìliàng"), ("<sos>", "knowledge", "is", "power", "<eos>")
MEMORY = torch.tensor([[2.0, 0.0], [2.0, 2.0], [0.0, 2.0]])  # (S, M), the states of the notebook
ROWS = torch.tensor([[0.0, 0.0], [2.0, 0.0], [1.0, 1.0], [-1.0, 1.0], [-2.0, 0.0]])  # W_o (V, E)


def _shares(*scores: float) -> Tensor:
    """Return the weights (S,) of these scores, as in equation (4)."""
    return torch.tensor(scores).softmax(dim=0)


def first_step(query: Tensor) -> tuple[Tensor, str]:
    """Take step 1 of the notebook's decoder: s_0 (Q,) -> weights (S,), the word it writes."""
    weights = (MEMORY @ query).softmax(dim=0)
    context = weights @ MEMORY  # (M,)
    across, up = query + context  # y_0 is zero
    state = torch.tanh(torch.stack([-up, across]))  # (6): a quarter turn to the left
    return weights, ENGLISH[int((ROWS @ (state + context)).argmax())]  # (7)


def find_fault_of_start(start: Tensor | list | tuple) -> str | None:
    """Find out why the decoder does not write "power" first."""
    start = torch.as_tensor(start, dtype=torch.float)
    if start.shape != (2,):
        return "s_0 has two numbers here: [across, up]."
    weights, word = first_step(start)
    if word == "power":
        return None
    shares = ", ".join(f"{w} {share:.2f}" for w, share in zip(CHINESE, weights, strict=True))
    if weights.argmax() != 2:
        return (
            f'The first word is "{word}"; the weights are {shares}. Which arrow does your s_0 '
            "meet best, and which should it meet?"
        )
    return (
        f'The first word is "{word}", though lìliàng has the largest weight: {shares}. The others '
        "still pull the context to the right. Which turn makes them lighter?"
    )


def some_weights(seed: int) -> tuple[Tensor]:
    """Return the weights (S,) of one step."""
    scores = torch.randn(3 + seed, generator=torch.Generator().manual_seed(seed))
    return (scores.softmax(dim=0),)


def unmasked_batch(seed: int) -> tuple[Tensor, Tensor]:
    """Return weights (3, 6) of a softmax over all positions, and the mask (3, 6)."""
    scores = torch.randn(3, 6, generator=torch.Generator().manual_seed(seed))
    mask = lengths_to_mask([6, 3, 2 + seed % 4], 6)
    return scores.masked_fill(~mask, 0.0).softmax(dim=1), mask


def repair(weights: Tensor, mask: Tensor) -> Tensor:
    """Share the weight out among the real words: weights (B, S), mask (B, S) -> (B, S)."""
    kept = weights * mask
    return kept / kept.sum(dim=1, keepdim=True)


def _equal_parts(weights: Tensor, mask: Tensor) -> Tensor:
    """Give each real word the same part of the weight on padding."""
    lost = (weights * ~mask).sum(dim=1, keepdim=True)  # (B, 1)
    return mask * (weights + lost / mask.sum(dim=1, keepdim=True))


def slopes(alpha: Tensor) -> Tensor:
    """How weight j changes with score k, in row j and column k: weights (S,) -> (S, S)."""
    return torch.diag(alpha) - torch.outer(alpha, alpha)


EXERCISES = {
    "04.1": Predict(
        solution=_shares(2.0, 0.0, -2.0).tolist(),
        mistakes=(
            Mistake(
                [7, 5, 3],
                "Those are the new scores, and they are right. Now share out: equation (4).",
            ),
            Mistake(
                [7 / 15, 5 / 15, 3 / 15],
                "You divide each score by the sum of the scores. Equation (4) takes exponentials "
                "first.",
            ),
            Mistake(
                [1 / 3, 1 / 3, 1 / 3],
                "Equal weights need equal scores. How far apart are 7, 5 and 3? And 2, 0 and -2?",
            ),
            Mistake(
                (5 + _shares(2.0, 0.0, -2.0)).tolist(),
                "You add 5 to the weights, so they no longer sum to 1. Add it to the scores.",
            ),
            Mistake(
                [1, 0, 0],
                "Those would be the weights if the first score were far ahead. Are 7, 5 and 3 "
                "farther apart than 2, 0 and -2?",
            ),
        ),
        hint="Hand over three numbers: [weight of zhīshi, of jiùshì, of lìliàng]. exp(e + 5) is "
        "exp(e) times exp(5): what happens to that factor?",
        praise="Right. Every exponential grows by the factor exp(5), and so does their sum: the "
        "factor cancels. Only differences between scores count.",
        within=0.006,
    ),
    "04.2": Predict(
        solution=(_shares(1.0, 0.0, -1.0) @ MEMORY).tolist(),
        mistakes=(
            Mistake(
                (_shares(2.0, 0.0, -2.0) @ MEMORY / 2).tolist(),
                "Half the query does not mean half the context: weights still sum to 1. Compute "
                "them from the scores 1, 0, -1.",
            ),
            Mistake(
                (_shares(2.0, 0.0, -2.0) @ MEMORY).tolist(),
                "That is the context of the whole query. Half of it points the same way, but a dot "
                "product depends on length as well.",
            ),
            Mistake(
                _shares(1.0, 0.0, -1.0).tolist(),
                "Those are the weights, and they are right. One move is left: mix the states.",
            ),
            Mistake(
                [2.0, -2.0],
                "You mix the states with raw scores. Turn them into shares first, with equation "
                "(4).",
            ),
        ),
        hint="Compare, share out, mix: three scores, three weights that sum to 1, and then c = [a, "
        "b], each with three decimals.",
        praise="Right. A shorter query brings the scores closer together, so zhīshi loses weight "
        "and the other two gain.",
        within=0.006,
    ),
    "04.3": Design(
        solution=[-1.0, 1.0],
        find_fault=find_fault_of_start,
        praise='Right. "power" needs more than half of the weight on lìliàng, and now it has it.',
    ),
    "04.4": Write(
        solution=repair,
        inputs=unmasked_batch,
        mistakes=(
            Mistake(
                lambda weights, mask: weights * mask,
                "The rows no longer sum to 1: the weight that padding had is lost. Who should get "
                "it?",
            ),
            Mistake(
                lambda weights, mask: weights,
                "Padding still has weight. Use the mask, which is True on real words.",
            ),
            Mistake(
                lambda weights, mask: weights.masked_fill(~mask, -torch.inf).softmax(dim=1),
                "A second softmax changes the shares: weights are not scores. Keep their ratios.",
            ),
            Mistake(
                lambda weights, mask: (weights * mask).softmax(dim=1),
                "A second softmax gives padding weight again, since exp(0) = 1.",
            ),
            Mistake(
                _equal_parts,
                "You hand out what padding had in equal parts, and that changes the ratios of the "
                "real words: heavier ones should get more of it.",
            ),
            Mistake(
                lambda weights, mask: weights * mask / (weights * mask).sum(),
                "You divide by the sum of the whole batch. Each row is a sentence of its own.",
            ),
            Mistake(
                lambda weights, mask: weights * mask / mask.sum(dim=1, keepdim=True),
                "You divide by the number of real words. What must you divide a row by to make it "
                "sum to 1?",
            ),
        ),
        hint="Set the weights on padding to zero, then make each row sum to 1 and keep the ratios "
        "of the real words.",
        praise="Right. A mask before the softmax does the same: either way, exp(e) of padding "
        "drops out of the sum in equation (4).",
    ),
    "04.5": Write(
        solution=slopes,
        inputs=some_weights,
        mistakes=(
            Mistake(
                lambda alpha: torch.diag(alpha * (1 - alpha)),
                "The diagonal is right. But a score also stands in the sum of (4), so it changes "
                "the other weights.",
            ),
            Mistake(
                lambda alpha: -torch.outer(alpha, alpha),
                "Off the diagonal it is right. But a weight's own score also stands in the "
                "numerator.",
            ),
            Mistake(
                lambda alpha: torch.diag(alpha - 2 * alpha**2) + torch.outer(alpha, alpha),
                "Check the signs off the diagonal: if one word's score rises, what do the others "
                "do?",
            ),
            Mistake(
                lambda alpha: -slopes(alpha),
                "All your signs are flipped: does a weight fall when its own score rises?",
            ),
            Mistake(
                torch.diag,
                "That is the exponential without the sum: the denominator of (4) changes as well.",
            ),
        ),
        hint="Use the quotient rule on (4), once for k = j and once for any other k, and write "
        "both in terms of weights. Row j, column k.",
        praise="Right. Each row and each column sums to 0: what one word gains, the others lose.",
    ),
    "04.6": Open(
        rubric="seven points, in the table above. Direction and length are different reasons: a "
        "design that tells them apart has understood the dot product.",
        words=40,
    ),
}
