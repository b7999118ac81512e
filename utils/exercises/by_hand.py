"""The exercises of notebook 04, on attention by hand."""

import torch
from torch import Tensor

from utils.exercises.verdicts import Design, Mistake, Predict, Write
from utils.models.attention import lengths_to_mask

CHINESE, ENGLISH = ("zhīshi", "jiùshì", "lìliàng"), ("<sos>", "knowledge", "is", "power", "<eos>")
MEMORY = torch.tensor([[2.0, 0.0], [2.0, 2.0], [0.0, 2.0]])  # (S, M), the states of the notebook
ROWS = torch.tensor([[0.0, 0.0], [2.0, 0.0], [1.0, 1.0], [-1.0, 1.0], [-2.0, 0.0]])  # W_o (V, E)


def first_step(query: Tensor) -> tuple[Tensor, str]:
    """Take step 1 of the notebook's decoder: s_0 (Q,) -> weights (S,), the word written."""
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
    """Divide the weight among the real words alone: weights (B, S), mask (B, S) -> (B, S)."""
    kept = weights * mask
    return kept / kept.sum(dim=1, keepdim=True)


def slopes(alpha: Tensor) -> Tensor:
    """How weight j changes with score k, in row j and column k: weights (S,) -> (S, S)."""
    return torch.diag(alpha) - torch.outer(alpha, alpha)


EXERCISES = {
    "04.1": Predict(
        solution=torch.tensor([2.0, 0.0, -2.0]).softmax(0).tolist(),
        mistakes=(
            Mistake(
                [7 / 15, 5 / 15, 3 / 15],
                "You divide each score by the sum of the scores. Equation (4) takes exponentials "
                "first.",
            ),
            Mistake(
                [1 / 3, 1 / 3, 1 / 3],
                "Equal weights need equal scores. How far apart are 7, 5 and 3, and 2, 0 and -2?",
            ),
            Mistake(
                [5 + weight for weight in torch.tensor([2.0, 0.0, -2.0]).softmax(0).tolist()],
                "You add 5 to the weights. Weights sum to 1: add it to the scores.",
            ),
            Mistake(
                [1, 0, 0],
                "That would be the weights of a far larger first score. Are 7, 5 and 3 farther "
                "apart than 2, 0 and -2?",
            ),
        ),
        hint="Hand over three numbers, [weight of zhīshi, of jiùshì, of lìliàng]: exp(e + 5) is "
        "exp(e) times exp(5). What happens to that factor?",
        praise="Right. Every exponential grows by the factor exp(5), and so does their sum: it "
        "cancels. Only differences of scores count.",
    ),
    "04.2": Predict(
        solution=(torch.tensor([1.0, 0.0, -1.0]).softmax(0) @ MEMORY).tolist(),
        mistakes=(
            Mistake(
                (torch.tensor([2.0, 0.0, -2.0]).softmax(0) @ MEMORY / 2).tolist(),
                "Half a query does not give half a context. Weights still sum to 1: compute them "
                "from the scores 1, 0, -1.",
            ),
            Mistake(
                (torch.tensor([2.0, 0.0, -2.0]).softmax(0) @ MEMORY).tolist(),
                "That is the context of the whole query. The direction is the same, but a dot "
                "product goes by length, too.",
            ),
            Mistake(
                torch.tensor([1.0, 0.0, -1.0]).softmax(0).tolist(),
                "These are the weights, and they are right. One move is left: mix the states.",
            ),
            Mistake(
                [
                    2.0,
                    -2.0,
                ],
                "You mix the states in the scores. First make shares of them, with equation (4).",
            ),
        ),
        hint="Compare, divide up, mix: three scores, three weights that sum to 1, and then c = [a, "
        "b], each with three decimals.",
        praise="Right. A shorter query brings the scores closer together, so zhīshi loses weight "
        "and the other two gain.",
    ),
    "04.3": Design(
        solution=[-1.0, 1.0],
        find_fault=find_fault_of_start,
        praise='Right. "power" needs more than half of the weight on lìliàng, and now has it.',
    ),
    "04.4": Write(
        solution=repair,
        inputs=unmasked_batch,
        mistakes=(
            Mistake(
                lambda weights, mask: weights * mask,
                "The rows do not sum to 1 any more: what padding had is lost. Who should have it?",
            ),
            Mistake(
                lambda weights, mask: weights,
                "Padding still has weight. Use the mask, which is True on real words.",
            ),
            Mistake(
                lambda weights, mask: weights.masked_fill(~mask, -torch.inf).softmax(dim=1),
                "A second softmax makes other shares: weights are not scores. Keep their ratios.",
            ),
            Mistake(
                lambda weights, mask: (weights * mask).softmax(dim=1),
                "A second softmax gives padding weight again, since exp(0) = 1.",
            ),
            Mistake(
                lambda weights, mask: (
                    mask * (weights + (weights * ~mask).sum(1, True) / mask.sum(1, True))
                ),
                "You give each real word an equal part of what padding had. Then their ratios "
                "change: heavier words should get more of it.",
            ),
            Mistake(
                lambda weights, mask: weights * mask / (weights * mask).sum(),
                "You divide by the sum of the whole batch. Each row is a sentence of its own.",
            ),
            Mistake(
                lambda weights, mask: weights * mask / mask.sum(dim=1, keepdim=True),
                "You divide by the number of real words. By what must a row be divided to sum to "
                "1?",
            ),
        ),
        hint="Set the weights on padding to zero, then make each row sum to 1 and keep the ratios "
        "of the real words.",
        praise="Right. It equals a mask before the softmax: exp(e) of padding leaves the sum of "
        "equation (4) in both.",
    ),
    "04.5": Write(
        solution=slopes,
        inputs=some_weights,
        mistakes=(
            Mistake(
                lambda alpha: torch.diag(alpha * (1 - alpha)),
                "The diagonal is right. But a score stands in the sum of (4), too, so it changes "
                "the other weights.",
            ),
            Mistake(
                lambda alpha: -torch.outer(alpha, alpha),
                "Off the diagonal it is right. A weight's own score stands in the numerator, too.",
            ),
            Mistake(
                lambda alpha: torch.diag(alpha - 2 * alpha**2) + torch.outer(alpha, alpha),
                "Check the signs off the diagonal: if one word's score rises, what do the others "
                "do?",
            ),
            Mistake(
                lambda alpha: -slopes(alpha),
                "All signs are turned around: does a weight fall if its own score rises?",
            ),
            Mistake(
                torch.diag,
                "That is the exponential without the sum: the denominator of (4) changes, too.",
            ),
        ),
        hint="Use the quotient rule on (4), once for k = j and once for another k, and write both "
        "in weights. Row j, column k.",
        praise="Right. Each row and each column sums to 0: what one word gains, the others lose.",
    ),
}
