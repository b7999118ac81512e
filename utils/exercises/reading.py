"""The exercises of notebook 09, on reading attention."""

from collections.abc import Callable

import torch
from torch import Tensor

from utils.exercises.verdicts import Design, Predict, Write
from utils.text import is_known
from utils.trace import trace
from utils.translator import Translator

SENTENCE = "der Lehrer kauft ein Buch , und die Frau liest einen Brief ."  # of the notebook
STEP, WORD = 4, 11  # the fifth step, and "Brief"
SLIDER = 0.05  # the slider of the editor moves in such steps


def lowest_error(partners: Tensor) -> float:
    """Lowest AER with one link for each target word: true links of each word (T,), all ≥ 1."""
    hits, given = len(partners), len(partners)
    return 1 - 2 * hits / (given + int(partners.sum()))


def link_counts(seed: int) -> tuple[Tensor]:
    """Return how many true links each of 6 to 9 target words has, at least one with two (T,)."""
    random = torch.Generator().manual_seed(seed)
    partners = torch.randint(1, 4, (6 + seed % 4,), generator=random)
    partners[:2] = torch.tensor([1, 2])
    return (partners,)


def rest_next_door(weights: Tensor) -> Tensor:
    """Keep the heaviest weight, and give the rest to the word after it: (S,) -> (S,)."""
    heaviest = int(weights.argmax())
    return _row({heaviest: weights[heaviest], heaviest + 1: 1 - weights[heaviest]}, len(weights))


def _row(shares: dict[int, Tensor], size: int) -> Tensor:
    """Return a row (S,) with these weights, and 0 elsewhere; after the last word comes the first."""
    row = torch.zeros(size)
    for position, share in shares.items():
        row[position % size] += share
    return row


def _kept_and(place: Callable[[Tensor], int]) -> Callable[[Tensor], Tensor]:
    """Return a way that keeps the heaviest weight, and gives the rest to another place."""

    def way(weights: Tensor) -> Tensor:
        heaviest = weights.max()
        return _row({int(weights.argmax()): heaviest, place(weights): 1 - heaviest}, len(weights))

    return way


def _keep_the_others(weights: Tensor) -> Tensor:
    """Add the rest to the word after the heaviest, and forget to take it from the others."""
    after = (int(weights.argmax()) + 1) % len(weights)
    row = weights.clone()
    row[after] += 1 - weights.max()
    return row


def _swap(weights: Tensor) -> Tensor:
    """Give the heaviest weight to the word after, and the rest to the heaviest."""
    heaviest = int(weights.argmax())
    return _row({heaviest + 1: weights[heaviest], heaviest: 1 - weights[heaviest]}, len(weights))


def row_of_weights(seed: int) -> tuple[Tensor]:
    """Return a row of weights (S,) that sums to 1; with an odd seed the last is the heaviest."""
    random = torch.Generator().manual_seed(seed)
    weights = torch.randn(5 + seed, generator=random).mul(1.5).softmax(dim=0)
    return (weights.roll(-1 - int(weights.argmax())) if seed % 2 else weights,)


def written_with(translator: Translator, share: float) -> str:
    """Return the word of step `STEP` if `WORD` gets this share and the others shrink alike."""

    def by_hand(step: int, weights: Tensor) -> Tensor:
        if step != STEP:
            return weights
        edited = weights * (1 - share) / (1 - weights[WORD])
        edited[WORD] = share
        return edited

    return trace(translator, translator.read(SENTENCE), by_hand).steps[STEP].word


def find_fault_of_share(share: float) -> str | None:
    """Find out why a share is not the smallest on the slider that turns the word."""
    share = float(share)
    if not 0 <= share <= 1:
        return "A weight lies between 0 and 1: give the number beside the slider."
    translator = Translator.load("mini-dot")
    word = written_with(translator, share)
    if word != "letter":
        return f"With {share:g} the model still writes “{word}”. Move the slider to the right."
    if share >= SLIDER and written_with(translator, share - SLIDER) == "letter":
        return "It writes “letter”, and with less weight, too. Move the slider to the left."
    return None


def gradient_of_logit(query: Tensor, memory: Tensor, u: Tensor) -> Tensor:
    """∂z / ∂h_j of z = uᵀc with dot attention: (M,), (S, M), (M,) -> (S, M)."""
    weights, context = _look(query, memory)
    return weights[:, None] * (u + ((memory - context) @ u)[:, None] * query)


def _look(query: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
    """Return the weights (S,) and the context (M,)."""
    weights = (memory @ query).softmax(dim=0)
    return weights, weights @ memory


def _direct(query: Tensor, memory: Tensor, u: Tensor) -> Tensor:
    """Return the gradient with the weights held still."""
    return _look(query, memory)[0][:, None] * u


def _through_weights(query: Tensor, memory: Tensor, u: Tensor) -> Tensor:
    """Return the part of the gradient that flows through the weights."""
    return gradient_of_logit(query, memory, u) - _direct(query, memory, u)


def _without_context(query: Tensor, memory: Tensor, u: Tensor) -> Tensor:
    """Return the gradient as if a larger weight for one word took none from the others."""
    weights, _ = _look(query, memory)
    return weights[:, None] * (u + (memory @ u)[:, None] * query)


def _to_memory(query: Tensor, memory: Tensor, u: Tensor) -> Tensor:
    """Return the gradient with the score derived with respect to the query."""
    weights, context = _look(query, memory)
    return weights[:, None] * (u + ((memory - context) @ u)[:, None] * memory)


def toy_step(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return a query (6,), a memory (4, 6) and a direction u (6,)."""
    random = torch.Generator().manual_seed(seed)
    return (
        torch.randn(6, generator=random),
        torch.randn(4 + seed, 6, generator=random),
        torch.randn(6, generator=random),
    )


EXERCISES = {
    "09.1": Predict(
        solution=["gestern", "angerufen", "Lehrer", "Lehrer"],
        mistakes={
            "That is what a dictionary would say. Take the largest number of each row, whatever the "
            "word means.": ["Anna", "angerufen", "den", "Lehrer"],
            "You read column by column. A row belongs to one English word, and its four German "
            "weights sum to 1.": ["Anna", "called", "the", "teacher"],
            "Hand over the German words themselves, not their places.": [1, 5, 4, 4],
        },
        hint="Go through the rows from top to bottom. For each, find the largest number and the "
        "German word above it.",
        praise="Right.",
    ),
}
