"""The exercises of notebook 12, on the way beyond recurrent networks."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from utils.exercises.verdicts import Design, Mistake, Open, Predict, Write

HEADS = 2  # of the exercise on heads
LOOK_BACK = 5  # words of the sentence in the last exercise
ENOUGH = 0.9  # of the weight, for the word before


def may_look(lengths: Tensor) -> Tensor:  # (B) -> (B, 1, T, T)
    """Return True where a target word may look: not ahead of itself, and not at padding."""
    return _ahead_hidden(lengths) & _padding_hidden(lengths)


def _ahead_hidden(lengths: Tensor) -> Tensor:  # (B) -> (B, 1, T, T)
    T = int(lengths.max())
    return torch.ones(T, T, dtype=torch.bool).tril().expand(len(lengths), 1, T, T)


def _padding_hidden(lengths: Tensor) -> Tensor:  # (B) -> (B, 1, T, T)
    T = int(lengths.max())
    real = torch.arange(T) < lengths.unsqueeze(1)  # (B, T)
    return real[:, None, None].expand(len(lengths), 1, T, T)


def length_inputs(seed: int) -> tuple[Tensor]:
    """Return the lengths of three sentences."""
    return (torch.tensor([2, 4 + seed, 3]),)


def split_heads(x: Tensor) -> Tensor:  # (B, T, E) -> (B, HEADS, T, E / HEADS)
    """Give each head its own slice of every word's numbers."""
    B, T, E = x.shape
    return x.view(B, T, HEADS, E // HEADS).transpose(1, 2)


def head_inputs(seed: int) -> tuple[Tensor]:
    """Return words (B, T, E)."""
    return (torch.randn(2, 3 + seed, 8, generator=torch.Generator().manual_seed(seed)),)


def as_general(to_query: Tensor, to_key: Tensor) -> Tensor:  # (d, Q), (d, M) -> (Q, M)
    """Return the W of equation (3b) that scores as queries and keys do, with 1 / √d in it."""
    return to_query.T @ to_key / math.sqrt(len(to_query))


def matrix_inputs(seed: int) -> tuple[Tensor, Tensor]:
    """Return to_query (d, Q) and to_key (d, M), with d = 4 and Q = M, so that mistakes run."""
    random = torch.Generator().manual_seed(seed)
    return torch.randn(4, 6, generator=random), torch.randn(4, 6, generator=random)


def find_fault_of_look_back(parts: Sequence[Tensor]) -> str | None:
    """Find out why to_query and to_key (5, 5) do not make each word look at the one before it."""
    size = (LOOK_BACK, LOOK_BACK)
    if not isinstance(parts, list | tuple) or len(parts) != 2:
        return "Hand over two tensors with a comma between them: to_query, to_key."
    if not all(isinstance(part, Tensor) and part.shape == size for part in parts):
        return f"Both must be tensors of shape {size}: a column for each position, 5 rows."
    to_query, to_key = (part.float() for part in parts)
    places = torch.eye(LOOK_BACK)  # word j is the unit vector of its position
    scores = (places @ to_query.T) @ (places @ to_key.T).T / math.sqrt(LOOK_BACK)
    weights = scores.softmax(dim=1)
    for j in range(1, LOOK_BACK):
        looks_at = int(weights[j].argmax())
        if looks_at != j - 1:
            return f"Word {j + 1} looks at word {looks_at + 1}, and not at word {j}, before it."
        if not weights[j, j - 1] > ENOUGH:
            share = f"{weights[j, j - 1]:.2f}"
            return f"Word {j + 1} looks the right way, but only with {share}. Larger scores?"
    return None


def _shifted(factor: float) -> tuple[Tensor, Tensor]:
    """Return queries that ask for the position before, times a factor, and keys as they are."""
    return factor * torch.eye(LOOK_BACK).roll(-1, dims=0), torch.eye(LOOK_BACK)


EXERCISES = {
    "12.1": Predict(
        solution=1152,
        mistakes=(
            Mistake(
                96,
                "That counts one number for each word. A word looks at all 12, so how many weights "
                "does one head compute?",
            ),
            Mistake(
                288,
                "That is one head in each of two layers. How many heads does a layer have?",
            ),
            Mistake(
                576,
                "That is one layer. The sentence passes through two.",
            ),
            Mistake(
                528,
                "Each pair of words counts twice: der looks at Koch, and Koch at der. And a word "
                "also looks at itself.",
            ),
        ),
        hint="How many weights for one head in one layer? Then count heads and layers.",
        praise="Right. 12 · 12, in 4 heads and 2 layers. Twice the words, four times the weights.",
    ),
    "12.2": Write(
        solution=may_look,
        inputs=length_inputs,
        mistakes=(
            Mistake(
                lambda lengths: _ahead_hidden(lengths).mT & _padding_hidden(lengths),
                "This looks ahead: row 1 sees all words, and the last row only itself. That is the "
                "fault.",
            ),
            Mistake(
                _ahead_hidden,
                "Nobody looks ahead. But the last rows of short sentences see padding.",
            ),
            Mistake(
                _padding_hidden,
                "Padding is hidden. But all words see all words, also the one to be predicted.",
            ),
            Mistake(
                lambda lengths: _ahead_hidden(lengths) | _padding_hidden(lengths),
                "A word may look only where both masks allow it: and, not or.",
            ),
            Mistake(
                lambda lengths: ~may_look(lengths),
                "You mark what must stay hidden. Here True is to mean: may look.",
            ),
            Mistake(
                lambda lengths: may_look(lengths)[:, 0],
                "Right, but for the shape: one dimension more, of size 1, for all heads.",
            ),
            Mistake(
                lambda lengths: _ahead_hidden(lengths).tril(-1) & _padding_hidden(lengths),
                "Now a word does not see itself, and the first row has nothing to look at: a "
                "softmax over nothing.",
            ),
        ),
        hint="Make the causal mask (T, T) and the padding mask (B, 1, 1, T), and join them by &.",
        praise="Right. Padding stands at the end, so every row can see word 1: none is empty.",
    ),
    "12.3": Write(
        solution=split_heads,
        inputs=head_inputs,
        mistakes=(
            Mistake(
                lambda x: x.reshape(len(x), HEADS, x.shape[1], x.shape[2] // HEADS),
                "The shape is right, but the words are mixed up: your head 1 holds whole words of "
                "the first half of the sentence.",
            ),
            Mistake(
                lambda x: x.view(*x.shape[:2], -1, HEADS).permute(0, 3, 1, 2),
                "You give a head every second number. Give head 1 the first half of each word.",
            ),
            Mistake(
                lambda x: x.view(*x.shape[:2], HEADS, -1),
                "The heads come after the words. Swap the two, so that each head has a table of "
                "words.",
            ),
        ),
        hint="View the last dimension as (2, E / 2), then bring the heads in front of the words.",
        praise="Right. Each head sees all words, and half of each word's numbers.",
    ),
    "12.4": Write(
        solution=as_general,
        inputs=matrix_inputs,
        mistakes=(
            Mistake(
                lambda to_query, to_key: as_general(to_key, to_query),
                "This is the W of the reversed score: query and key have swapped places.",
            ),
            Mistake(
                lambda to_query, to_key: to_query.T @ to_key,
                "The divisor is missing: scores are divided by √d.",
            ),
            Mistake(
                lambda to_query, to_key: to_query.T @ to_key / len(to_query),
                "You divide by d. The root is missing.",
            ),
            Mistake(
                lambda to_query, to_key: to_query.T @ to_key / math.sqrt(to_query.shape[1]),
                "You divide by the root of the word's size. d counts the entries of a query, the "
                "rows of to_query.",
            ),
            Mistake(
                lambda to_query, to_key: to_query @ to_key.T,
                "You multiply (d, Q) by (M, d). W has a row for each entry of s and a column for "
                "each entry of h.",
            ),
        ),
        hint="Write the score as (to_query s)ᵀ (to_key h) / √d, and multiply the brackets out.",
        praise="Right. So a head's score is general attention with a W of rank d at most.",
    ),
    "12.5": Design(
        solution=_shifted(10.0),
        find_fault=find_fault_of_look_back,
        praise="Right. Positions are all this head needs: it looks one word back, whatever the "
        "words are.",
    ),
    "12.6": Open(
        "did you say before counting what a hit is, count over many sentences, and compare with "
        "something that could have won? A name that you had to drop scores as well as one you kept."
    ),
}
