"""The exercises of notebook 06, on general attention."""

import torch
from torch import Tensor

from utils.exercises.verdicts import Design, Mistake, Open, Predict, Write
from utils.models.attention import lengths_to_mask

WORDS = ("der", "Lehrer", "liest")  # an article, a noun, a verb: the memory is the identity
TOY_W = torch.tensor([[-1.0, 2.0, 0.0], [0.0, 0.0, 2.0]])  # (Q, M), as in the notebook
THIN = 8  # rows of the two thin matrices


def find_fault_of_matrix(matrix: Tensor) -> str | None:
    """Find out why changing one entry of W (2, 3) does not send a need for a noun to "der"."""
    if not isinstance(matrix, Tensor) or matrix.shape != TOY_W.shape:
        return "W has a row for each need and a column for each kind of word: shape (2, 3)."
    changed = (matrix.float() != TOY_W).nonzero().tolist()
    if len(changed) != 1:
        return f"{len(changed)} entries differ from the toy's W. Change one, and leave the rest."
    (row, column), scores = changed[0], matrix.float()[0].tolist()  # (1, 0) picks the first row
    if row == 1:
        return "The second row counts if a verb is needed. Here a noun is needed: see the first."
    if column != 0:
        ahead = scores.index(max(scores))
        return (
            f"You moved the score of {WORDS[column]}, and der stays at -1. The largest is now "
            f"{scores[ahead]:g}, for {WORDS[ahead]}. Which entry holds the score of der?"
        )
    if scores[0] > scores[1]:
        return None
    return f"The entry is right, but not its size: der scores {scores[0]:g}, Lehrer {scores[1]:g}."


def attend_thin(
    query: Tensor, memory: Tensor, mask: Tensor, P: Tensor, R: Tensor
) -> tuple[Tensor, Tensor]:
    """Attend with W = PᵀR: query (B, Q), memory (B, S, M), mask (B, S), P (8, Q), R (8, M).

    Returns the context (B, M) and the weights (B, S).
    """
    keys = memory @ R.T  # (B, S, 8)
    scores = (keys @ (query @ P.T).unsqueeze(2)).squeeze(2)  # (B, S)
    weights = scores.masked_fill(~mask, -torch.inf).softmax(dim=1)
    return _mix(weights, memory), weights


def _mix(weights: Tensor, memory: Tensor) -> Tensor:
    """Return the context: weights (B, S), memory (B, S, M) -> (B, M)."""
    return (weights.unsqueeze(1) @ memory).squeeze(1)


def _mix_keys(
    query: Tensor, memory: Tensor, mask: Tensor, P: Tensor, R: Tensor
) -> tuple[Tensor, Tensor]:
    """Attend as `attend_thin` does, but mix the keys in place of the states."""
    _, weights = attend_thin(query, memory, mask, P, R)
    return _mix(weights, memory @ R.T), weights


def thin_inputs(seed: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Return a query (3, 6), a memory (3, 5, 10), a mask (3, 5), P (8, 6) and R (8, 10)."""
    random = torch.Generator().manual_seed(seed)
    shapes = [(3, 6), (3, 5, 10), (THIN, 6), (THIN, 10)]
    query, memory, P, R = (torch.randn(shape, generator=random) for shape in shapes)
    return query, memory, lengths_to_mask([5, 3, 1 + seed % 4], 5), P / 2, R / 2


def mixing(seed: int) -> tuple[Tensor]:
    """Return an invertible matrix A (5, 5), which is not symmetric."""
    random = torch.Generator().manual_seed(seed)
    return (3 * torch.eye(5) + torch.rand(5, 5, generator=random),)


def gradient_of_W(query: Tensor, memory: Tensor, by_score: Tensor) -> Tensor:
    """Return ∂loss/∂W (Q, M): query (Q), memory (S, M), by_score (S) with each ∂loss/∂e_tj."""
    return torch.outer(query, by_score @ memory)


def one_step(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return a query (4), a memory (S, 6) and the gradients of its S scores."""
    random = torch.Generator().manual_seed(seed)
    size = 3 + seed
    shapes = [(4,), (size, 6), (size,)]
    query, memory, by_score = (torch.randn(shape, generator=random) for shape in shapes)
    return query, memory, by_score


def _toy_with(row: int, column: int, entry: float) -> Tensor:
    """Return the toy's W with one new entry."""
    matrix = TOY_W.clone()
    matrix[row, column] = entry
    return matrix


EXERCISES = {
    "06.1": Design(
        solution=_toy_with(0, 0, 3.0),
        find_fault=find_fault_of_matrix,
        praise="Right. Entry (noun needed, is an article) is the score of der: it must exceed 2.",
    ),
    "06.2": Predict(
        solution=[[0.2] * 5, [0.25] * 4 + [0.0]],
        mistakes=(
            Mistake(
                [
                    [0.0] * 5,
                    [0.0] * 5,
                ],
                "A score of 0 is not a weight of 0. What does the softmax make of five equal "
                "scores?",
            ),
            Mistake(
                [
                    [0.2] * 5,
                    [0.2] * 5,
                ],
                "You gave padding a share. What does the mask do before the softmax?",
            ),
            Mistake(
                [
                    [0.2] * 5,
                    [0.2] * 4 + [0.0],
                ],
                "Your second row sums to 0.8. The softmax runs over the four real words only.",
            ),
            Mistake(
                [
                    [1.0] * 5,
                    [1.0] * 4 + [0.0],
                ],
                "That is exp(0) for each word. A weight is a share of the sum: divide by it.",
            ),
        ),
        hint="Answer with a list of two lists, five numbers in each. All scores are 0: what does "
        "the softmax make of equal scores, and what does the mask change?",
        praise="Right. Whatever the query, the context is the mean of the states: a fixed vector "
        "again, but an average of all words.",
    ),
    "06.3": Write(
        solution=attend_thin,
        inputs=thin_inputs,
        mistakes=(
            Mistake(
                _mix_keys,
                "Your context mixes the keys R h. Keys are there to find words: what does the "
                "context mix?",
            ),
            Mistake(
                lambda query, memory, mask, P, R: attend_thin(
                    query, memory, torch.ones_like(mask), P, R
                ),
                "You leave the mask out, so padding gets weight. Look at the rows of the shorter "
                "sentences.",
            ),
            Mistake(
                lambda query, memory, mask, P, R: attend_thin(
                    query, memory, mask, P / THIN**0.5, R
                ),
                "You divide the scores by √8. That is a good score as well, but not that of W = "
                "PᵀR.",
            ),
            Mistake(
                lambda query, memory, mask, P, R: attend_thin(query, memory, mask, P / THIN, R),
                "You divide the scores by 8. There is no division in sᵀPᵀR h.",
            ),
        ),
        hint="Put the parentheses like this: (P s)ᵀ(R h). Bring query and states to 8 numbers, "
        "take dot products, and do the rest as in attend.",
        praise="Right. For Q = M = 128, P and R have 2,048 entries together, where W has 16,384.",
    ),
    "06.4": Write(
        solution=torch.linalg.inv,
        inputs=mixing,
        mistakes=(
            Mistake(
                lambda Z: Z,
                "You mix a second time. W has to undo what Z did.",
            ),
            Mistake(
                lambda Z: Z.T,
                "That undoes a Z that only moves numbers around, but not every Z. Try it with Z = "
                "2I, which doubles all numbers.",
            ),
            Mistake(
                lambda Z: torch.linalg.inv(Z).T,
                "Nearly: rows and columns are swapped. Multiply your W by Z, on the side where Z "
                "stands in sᵀ W Z h.",
            ),
            Mistake(
                lambda Z: torch.eye(len(Z)),
                "That is dot attention with the mixed states. Which W gives sᵀ W Z h = sᵀ h?",
            ),
        ),
        hint="sᵀ W Z h must equal sᵀ h for all s and all h. What must the product W Z be?",
        praise="Right. So a W can undo any invertible mixing: encoder and decoder may say the same "
        "in different languages.",
    ),
    "06.5": Write(
        solution=gradient_of_W,
        inputs=one_step,
        mistakes=(
            Mistake(
                lambda query, memory, by_score: gradient_of_W(query, memory, by_score).T,
                "Rows and columns are swapped: W has a row for each number of s, and a column for "
                "each number of h.",
            ),
            Mistake(
                lambda query, memory, by_score: torch.outer(query, memory.sum(dim=0)),
                "You count all words alike. How much does the loss change with the score of each "
                "one?",
            ),
            Mistake(
                lambda query, memory, by_score: (
                    gradient_of_W(query, memory, by_score) / len(memory)
                ),
                "You average over the words. By the chain rule, the contributions of all scores "
                "add up.",
            ),
        ),
        hint="In the double sum of (3b), W_ik stands beside s_i and h_jk. Differentiate e_tj with "
        "respect to W_ik, multiply by by_score[j], and add up over j.",
        praise="Right. It is one column times one row, s times a mix of the states, like each "
        "simple matrix in the singular value decomposition.",
    ),
    "06.6": Open(
        rubric="seven points, in the table above. Test your formula on the second line first: a "
        "score that never changes an order changes nothing.",
        words=40,
    ),
}
