"""The exercises of notebook 13, on building and mending a model of one's own."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from utils.exercises.verdicts import Mistake, Open, Predict, Write

B, H, V = 3, 4, 6  # sentences, numbers in a state of one direction, tokens


def summary_of(h_n: Tensor) -> Tensor:  # (2 · layers, B, H) -> (B, 2H)
    """Return the last states of the top layer, rightward first."""
    return torch.cat([h_n[-2], h_n[-1]], dim=1)


def final_states(seed: int) -> tuple[Tensor]:
    """Return h_n of a GRU with two directions and 2, 3, … layers."""
    random = torch.Generator().manual_seed(seed)
    return (torch.randn(2 * (2 + seed), B, H, generator=random),)


def copy_distribution(weights: Tensor, source: Tensor, size: int) -> Tensor:
    """Return how probable each of `size` tokens is to be copied: (B, S), (B, S) -> (B, size)."""
    return torch.zeros(len(weights), size).scatter_add(1, source, weights)


def places(seed: int) -> tuple[Tensor, Tensor, int]:
    """Return weights (B, S), the tokens at these places (B, S), and how many tokens there are."""
    random = torch.Generator().manual_seed(seed)
    weights = torch.rand(B, 5 + seed, generator=random).softmax(dim=1)
    source = torch.randint(V, weights.shape, generator=random)
    source[:, 1] = source[:, 0]  # one token at two places
    return weights, source, V


def coverage_loss(weights: Tensor) -> Tensor:  # (T, S) -> a number
    """Return how much is looked at again; See et al. (2017), equation (12)."""
    before = weights.cumsum(dim=0) - weights  # (T, S)
    return torch.minimum(weights, before).sum()


def rows_of_weights(seed: int) -> tuple[Tensor]:
    """Return weights (T, S)."""
    random = torch.Generator().manual_seed(seed)
    return ((3 * torch.randn(4 + seed, 5, generator=random)).softmax(dim=1),)


EXERCISES = {
    "13.1": Predict(
        solution=4 * math.log(10) / 5,
        mistakes=(
            Mistake(
                math.log(10),
                "That is one digit. The fifth token, <eos>, is certain after four digits: how "
                "much does it add, and by how many tokens do you divide?",
            ),
            Mistake(
                math.log(10_000),
                "That is the whole PIN. How much is it for each of the five tokens?",
            ),
            Mistake(
                math.log(14),
                "That is where training starts, if all 14 tokens are guessed alike. Where does "
                "it stop once the form of a PIN is learned?",
            ),
            Mistake(
                math.log(11),
                "After four digits <eos> is certain, and before that it never comes.",
            ),
        ),
        hint="How many nats is a choice among 10,000 PINs? Five tokens share them.",
        praise="Right. ln(10,000) nats for 5 tokens, 1.84. Four digits cost 2.30 each, and <eos> "
        "nothing.",
    ),
    "13.2": Write(
        solution=summary_of,
        inputs=final_states,
        mistakes=(
            Mistake(
                lambda h_n: torch.cat([h_n[0], h_n[1]], dim=1),
                "Those are the two directions of the bottom layer. The memory holds the top one.",
            ),
            Mistake(
                lambda h_n: torch.cat([h_n[-1], h_n[-2]], dim=1),
                "The right states in the wrong order: rightward comes first, as in the memory.",
            ),
            Mistake(
                lambda h_n: h_n[-1],
                "That is the top layer's leftward state alone, half of what is wanted.",
            ),
            Mistake(
                lambda h_n: h_n[-2:].reshape(B, 2 * H),
                "The shape is right, but the sentences are mixed up: bring the sentences to the "
                "front before you reshape, or concatenate.",
            ),
        ),
        hint="View it as (layers, 2, B, H), take the last layer, and concatenate the directions.",
        praise="Right. With one layer it is h_n[0] and h_n[1], and with any other it still holds.",
    ),
    "13.3": Write(
        solution=copy_distribution,
        inputs=places,
        mistakes=(
            Mistake(
                lambda weights, source, size: torch.zeros(len(weights), size).scatter(
                    1, source, weights
                ),
                "A token at two places gets only the weight of the last. Add them up.",
            ),
            Mistake(
                lambda weights, source, size: F.one_hot(
                    source.gather(1, weights.argmax(dim=1, keepdim=True)).squeeze(1), size
                ).float(),
                "That copies the heaviest place alone: all the others have weight as well.",
            ),
            Mistake(
                lambda weights, source, size: (
                    torch.zeros(len(weights), size).scatter_add(1, source, weights).softmax(dim=1)
                ),
                "The weights sum to one already. A second softmax flattens them.",
            ),
        ),
        hint="Begin with zeros (B, V), and add each weight to the token at its place.",
        praise="Right. scatter_add does it, and two places of one token add up.",
    ),
    "13.4": Write(
        solution=coverage_loss,
        inputs=rows_of_weights,
        mistakes=(
            Mistake(
                lambda weights: torch.minimum(weights, weights.cumsum(dim=0)).sum(),
                "Your sum includes the step itself, so every look counts, the first one also.",
            ),
            Mistake(
                lambda weights: torch.minimum(weights[1:], weights[:-1]).sum(),
                "You compare with the step before alone. A word may come again much later.",
            ),
            Mistake(
                lambda weights: (weights.cumsum(dim=0) - weights).sum(),
                "The smaller of the two is wanted, or long translations would be punished for "
                "being long.",
            ),
        ),
        hint="Take the running sum of the rows, without the row itself, then the minimum.",
        praise="Right. It is 0 as long as no word is looked at twice.",
    ),
    "13.5": Open(
        rubric="two points for each row of the table above, ten in all. Fewer than six: which row "
        "would you do first?",
        words=60,
    ),
}
