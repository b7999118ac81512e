"""The exercises of notebook 07, on additive attention."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from utils.exercises.verdicts import Design, Mistake, Open, Predict, Write

WORDS = {"an article": "der", "a noun": "Lehrer", "a verb": "liest"}  # what each word is
SHAPES = {"W1": (3, 3), "W2": (3, 3), "b": (3,), "v": (3,)}  # with three hidden units
ENOUGH = 0.5  # of the weight, for the word that is needed


def score(query: Tensor, keys: Tensor, W2: Tensor, b: Tensor, v: Tensor) -> Tensor:
    """Return the scores (B, S): query (B, Q), keys (B, S, A), W2 (A, Q), b (A), v (A)."""
    return torch.tanh(keys + (query @ W2.T + b).unsqueeze(1)) @ v


def sizes(seed: int) -> tuple[torch.Generator, int, int, int, int, int]:
    """Return a random generator, and B, S, Q, M and A, all different."""
    return torch.Generator().manual_seed(seed), 2, 3 + seed, 8, 10, 9


def score_inputs(seed: int) -> tuple[Tensor, ...]:
    """Return query (B, Q), keys (B, S, A), W2 (A, Q), b (A) and v (A)."""
    random, B, S, Q, _, A = sizes(seed)
    shapes = [(B, Q), (B, S, A), (A, Q), (A,), (A,)]
    query, keys, W2, b, v = (torch.randn(shape, generator=random) for shape in shapes)
    return query, keys, W2 / 3, b, v


def find_fault_of_units(parts: Sequence[Tensor]) -> str | None:
    """Find out why W1, W2, b and v with three units do not find the word that is needed."""
    if not isinstance(parts, list | tuple) or len(parts) != len(SHAPES):
        return "Hand over four tensors with commas between them: W1, W2, b, v."
    for (name, shape), part in zip(SHAPES.items(), parts, strict=True):
        if not isinstance(part, Tensor):
            return f"{name} must be a tensor, not {type(part).__name__}."
        if part.shape != shape:
            return (
                f"{name} has shape {tuple(part.shape)}. How many hidden units are there now, and "
                "how many numbers does the query have?"
            )
    W1, W2, b, v = (part.float() for part in parts)
    for place, (needed, word) in enumerate(WORDS.items()):
        query, memory = torch.eye(3)[place], torch.eye(3)
        weights = (torch.tanh(memory @ W1.T + W2 @ query + b) @ v).softmax(dim=0)
        if not weights[place] > ENOUGH:
            return (
                f"If {needed} is needed, {word} gets {weights[place]:.2f} of the weight. Look at "
                "each unit's sum inside the tanh: if its kind is there and needed, if it is one of "
                "the two, and if it is neither."
            )
    return None


def concat_score(query: Tensor, memory: Tensor, joint: Tensor, v: Tensor) -> Tensor:
    """Return the scores (B, S): query (B, Q), memory (B, S, M), joint (A, Q + M), v (A)."""
    return torch.tanh(_concatenated(query, memory) @ joint.T) @ v


def _concatenated(query: Tensor, memory: Tensor, query_last: bool = False) -> Tensor:
    """Return [s ; h_j] for all words, (B, S, Q + M), or [h_j ; s]."""
    parts = [query.unsqueeze(1).expand(-1, memory.shape[1], -1), memory]
    return torch.cat(parts[::-1] if query_last else parts, dim=2)


def concat_inputs(seed: int) -> tuple[Tensor, ...]:
    """Return query (B, Q), memory (B, S, M), joint (A, Q + M) and v (A)."""
    random, B, S, Q, M, A = sizes(seed)
    shapes = [(B, Q), (B, S, M), (A, Q + M), (A,)]
    query, memory, joint, v = (torch.randn(shape, generator=random) for shape in shapes)
    return query, memory, joint / 4, v


def slopes(query: Tensor, memory: Tensor, W1: Tensor, W2: Tensor, b: Tensor, v: Tensor) -> Tensor:
    """Return ∂e_tj/∂s (S, Q) for every word: query (Q), memory (S, M), the rest as in (3c)."""
    return _slopes_by(lambda hidden, W1, W2, v: ((1 - hidden**2) * v) @ W2)(
        query, memory, W1, W2, b, v
    )


def slope_inputs(seed: int) -> tuple[Tensor, ...]:
    """Return query (Q), memory (S, M), W1 (A, M), W2 (A, Q), b (A) and v (A)."""
    random, _, S, Q, M, A = sizes(seed)
    shapes = [(Q,), (S, M), (A, M), (A, Q), (A,), (A,)]
    query, memory, W1, W2, b, v = (torch.randn(shape, generator=random) for shape in shapes)
    return query, memory, W1 / 3, W2 / 3, b, v


def _slopes_by(
    combine: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor],
) -> Callable[..., Tensor]:
    """Return slopes made in another way from hidden (S, A), W1, W2 and v."""

    def other_slopes(
        query: Tensor, memory: Tensor, W1: Tensor, W2: Tensor, b: Tensor, v: Tensor
    ) -> Tensor:
        return combine(torch.tanh(memory @ W1.T + W2 @ query + b), W1, W2, v)

    return other_slopes


EXERCISES = {
    "07.1": Predict(
        solution="noun",
        mistakes=(
            Mistake(
                "verb",
                "That is the unit you switched off. In the two tables, which row is the first "
                "unit's, and which the second's?",
            ),
            Mistake(
                "both",
                "Take away the second unit's answer. What is left in the column of liest if a verb "
                "is needed?",
            ),
            Mistake(
                "neither",
                "The first unit still counts. Which word stands out in its row if a noun is "
                "needed?",
            ),
        ),
        hint='Answer with one of these texts: "noun", "verb", "both" or "neither".',
        praise="Right. Even if a verb is needed, Lehrer gets the most: the one unit that is left "
        "knows only nouns.",
    ),
    "07.2": Write(
        solution=score,
        inputs=score_inputs,
        mistakes=(
            Mistake(
                lambda query, keys, W2, b, v: (keys + (query @ W2.T + b).unsqueeze(1)) @ v,
                "This is the code with the fault. Write the score as the word's term plus the "
                "query's: which of the two is the same for all words?",
            ),
            Mistake(
                lambda query, keys, W2, b, v: (
                    (torch.tanh(keys) + (query @ W2.T + b).unsqueeze(1)) @ v
                ),
                "The tanh sees only the word. What the query adds is still the same for all words, "
                "so it cancels.",
            ),
            Mistake(
                lambda query, keys, W2, b, v: (
                    (keys + torch.tanh(query @ W2.T + b).unsqueeze(1)) @ v
                ),
                "The tanh sees only the query. So the query's part is still the same for all "
                "words, and it cancels.",
            ),
            Mistake(
                lambda query, keys, W2, b, v: (
                    (torch.tanh(keys) + torch.tanh(query @ W2.T + b).unsqueeze(1)) @ v
                ),
                "Word and query each have a tanh of their own, so the score is still a sum of two "
                "separate terms.",
            ),
            Mistake(
                lambda query, keys, W2, b, v: torch.tanh(
                    (keys + (query @ W2.T + b).unsqueeze(1)) @ v
                ),
                "Your tanh comes after v, so every score lies between −1 and 1. Each hidden unit "
                "needs a tanh of its own.",
            ),
            Mistake(
                lambda *inputs: score(*inputs).softmax(dim=1),
                "The tanh is in the right place. But you return weights, and the function should "
                "return scores.",
            ),
        ),
        hint="Compare with (3c), from the inside out: what is added, what bends it, what weighs "
        "it?",
        praise="Right. The tanh has to bend word and query together, before v weighs the units.",
    ),
    "07.3": Design(
        solution=(2 * torch.eye(3), 2 * torch.eye(3), -3 * torch.ones(3), 2 * torch.ones(3)),
        find_fault=find_fault_of_units,
        praise="Right. A unit is one row of W1, one row of W2, and one entry each of b and v.",
    ),
    "07.4": Write(
        solution=concat_score,
        inputs=concat_inputs,
        mistakes=(
            Mistake(
                lambda query, memory, joint, v: (
                    torch.tanh(_concatenated(query, memory, query_last=True) @ joint.T) @ v
                ),
                "You wrote [h ; s]. The first Q columns of joint belong to the query.",
            ),
            Mistake(
                lambda query, memory, joint, v: _concatenated(query, memory) @ joint.T @ v,
                "The tanh is missing, so the query cancels in the softmax.",
            ),
            Mistake(
                lambda query, memory, joint, v: (
                    torch.tanh(_concatenated(query, memory)) @ joint.T @ v
                ),
                "Your tanh comes too early: it belongs between joint and v.",
            ),
            Mistake(
                lambda query, memory, joint, v: torch.tanh(_concatenated(query, memory) @ joint.T),
                "You return the answers of the hidden units. Which vector turns them into one "
                "number?",
            ),
        ),
        hint="Give each word a copy of its sentence's query, concatenate along the last dimension, "
        "query first, and apply joint, tanh and v.",
        praise="Right. The first Q columns of joint are W₂, the other M are W₁; there is no bias.",
    ),
    "07.5": Write(
        solution=slopes,
        inputs=slope_inputs,
        mistakes=(
            Mistake(
                _slopes_by(lambda hidden, W1, W2, v: (v @ W2).expand(len(hidden), -1)),
                "Your rows are all alike: that is the slope without the tanh. What is the "
                "derivative of tanh(x)?",
            ),
            Mistake(
                _slopes_by(lambda hidden, W1, W2, v: (hidden * v) @ W2),
                "You multiply by the tanh itself instead of its derivative. Where the tanh is near "
                "1, how steep is it?",
            ),
            Mistake(
                _slopes_by(lambda hidden, W1, W2, v: (1 - hidden**2) @ W2),
                "You leave v out. How much does each unit's answer count for the score?",
            ),
            Mistake(
                _slopes_by(lambda hidden, W1, W2, v: ((1 - hidden**2) * v) @ W1),
                "That is the slope with respect to the word, ∂e/∂h. Which matrix reads the query?",
            ),
            Mistake(
                _slopes_by(lambda hidden, W1, W2, v: ((1 - hidden) * v) @ W2),
                "The derivative of tanh(x) is not 1 − tanh(x): look at the power.",
            ),
        ),
        hint="Take one unit: its answer is the tanh of a sum, and W2 says how that sum moves with "
        "s. Multiply the derivatives, weight them by v, and add up over units.",
        praise="Right. If all rows were equal, s would move all scores alike, and the softmax "
        "would not notice.",
    ),
    "07.6": Open(
        rubric="seven points, in the table above. The first line counts only if you wrote the "
        "prediction down before the training ran.",
        words=40,
    ),
}
