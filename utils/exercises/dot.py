"""The exercises of notebook 05, on dot attention."""

import math

import torch
from torch import Tensor

from utils.exercises.verdicts import Design, Mistake, Predict, Write
from utils.models.attention import lengths_to_mask
from utils.text import is_known
from utils.translator import Translator

MEMORY = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 2.0]])  # the three words of the notebook
LONGEST = 30  # words in a training sentence


def find_fault_of_query(query: Tensor) -> str | None:
    """Find out why words 1 and 2 do not get the same weight."""
    if not isinstance(query, Tensor) or query.shape != (2,):
        return "A query has two numbers here: torch.tensor([…, …])."
    query = query.float()
    if not query.any():
        return "All weights are equal then, the third word's, too. Find a query that is not zero."
    first, second, _ = (MEMORY @ query).tolist()
    if math.isclose(first, second, abs_tol=1e-6):
        return None
    return (
        f"Words 1 and 2 have the scores {first:.2f} and {second:.2f}. Their weights are equal if "
        "their scores are: write both dot products with the letters a and b for the query."
    )


def attend_scaled(query: Tensor, memory: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Dot attention with scores divided by √d: query (B, Q), memory (B, S, M), mask (B, S)."""
    scores = (memory @ query.unsqueeze(2)).squeeze(2) / math.sqrt(query.shape[1])
    weights = scores.masked_fill(~mask, -torch.inf).softmax(dim=1)
    return (weights.unsqueeze(1) @ memory).squeeze(1), weights


def _scaled_by(divide, after_softmax: bool = False):
    """Return attention with another divisor, or with one that comes too late."""

    def attend(query: Tensor, memory: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        scores = (memory @ query.unsqueeze(2)).squeeze(2)
        divisor = divide(query, memory)
        scores = scores.masked_fill(~mask, -torch.inf)
        weights = scores.softmax(1) / divisor if after_softmax else (scores / divisor).softmax(1)
        return (weights.unsqueeze(1) @ memory).squeeze(1), weights

    return attend


def padded_batch(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return a query (3, 8), a memory (3, 5, 8) and a mask (3, 5) with padding."""
    random = torch.Generator().manual_seed(seed)
    query, memory = torch.randn(3, 8, generator=random), torch.randn(3, 5, 8, generator=random)
    return query, memory, lengths_to_mask([5, 3, 1 + seed % 4], 5)


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Weights that sum to 1 over the real words: scores (B, S), mask (B, S) -> (B, S)."""
    return scores.masked_fill(~mask, -torch.inf).softmax(dim=1)


def find_fault_of_sentence(sentence: str) -> str | None:
    """Find out why a German sentence does not break the translator with dot attention alone."""
    translators = {n: Translator.load(f"mini-{n}") for n in ("dot", "general", "additive")}
    fields = translators["dot"].fields
    words = translators["dot"].read(str(sentence))
    unknown = [word for word in words if not is_known(word, fields.source.vocab)]
    if unknown or not words:
        names = ", ".join(unknown) or "nothing"
        return f"You wrote words that no model knows ({names}): use those of data/lexicon.toml."
    if len(words) > LONGEST:
        return f"That makes {len(words)} words, and training had at most {LONGEST}: shorten it."
    found = {name: t.translate([words])[0].tokens for name, t in translators.items()}
    if found["general"] != found["additive"]:
        return "General and additive attention differ, so one of them breaks, too: try another."
    if found["dot"] == found["additive"]:
        return "All three agree, so dot attention held. Longer sentences with more clauses help."
    return None


EXERCISES = {
    "05.1": Design(
        solution=torch.tensor([1.0, 1.0]),
        find_fault=find_fault_of_query,
        praise="Right. Every query (a, a) does it: h₁ picks its first number, h₂ its second.",
    ),
    "05.2": Predict(
        solution=0.1,
        mistakes=(
            Mistake(
                10,
                "Times 10 moves the scores apart, and the softmax saturates. Which one moves them "
                "together?",
            ),
            Mistake(
                math.sqrt(2),
                "That is √d itself. The question is which of the two factors has its effect.",
            ),
        ),
        hint="Answer with one of the two factors, as a number: 10 or 0.1.",
        praise="Right. Smaller scores lie closer together, so the weights are more alike.",
    ),
    "05.3": Write(
        solution=attend_scaled,
        inputs=padded_batch,
        mistakes=(
            Mistake(
                _scaled_by(lambda query, memory: query.shape[1]),
                "You divide by d. Scores grow like √d, so divide by its square root.",
            ),
            Mistake(
                _scaled_by(lambda query, memory: math.sqrt(memory.shape[1])),
                "d is the number of entries of the query, not the number of words.",
            ),
            Mistake(
                _scaled_by(lambda query, memory: math.sqrt(query.shape[1]), True),
                "You divide the weights. Then they no longer sum to 1: divide the scores, before "
                "the softmax.",
            ),
            Mistake(
                _scaled_by(lambda query, memory: 1.0),
                "You do not divide yet.",
            ),
        ),
        hint="Divide the scores by math.sqrt(d) before the softmax, and leave the rest as it is.",
        praise="Right. Now the largest weight stays moderate for every d.",
    ),
    "05.4": Write(
        solution=masked_softmax,
        inputs=lambda seed: (padded_batch(seed)[1][:, :, 0], padded_batch(seed)[2]),
        mistakes=(
            Mistake(
                lambda scores, mask: scores.softmax(dim=1) * mask,
                "The rows no longer sum to 1: the softmax has given weight to padding, and you "
                "take it away afterward. Mask the scores instead.",
            ),
            Mistake(
                lambda scores, mask: scores.masked_fill(~mask, 0.0).softmax(dim=1),
                "A score of 0 is not a weight of 0: exp(0) = 1. Which score gives exp(…) = 0?",
            ),
            Mistake(
                lambda scores, mask: (
                    scores.masked_fill(~mask, -torch.inf).softmax(dim=0).nan_to_num()
                ),
                "Your softmax runs over the sentences of the batch. It has to run over the words, "
                "dim=1.",
            ),
        ),
        hint="What must a score be, so that its exponential is 0? And over which dimension do the "
        "weights have to sum to 1?",
        praise="Right. Padding gets exactly 0, and each row sums to 1.",
    ),
    "05.5": Design(
        solution="der alte Koch , der oft liest , schläft morgens .",
        find_fault=find_fault_of_sentence,
        praise="Right. General and additive attention agree on it, and dot attention does not.",
    ),
}
