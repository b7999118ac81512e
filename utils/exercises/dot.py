"""The exercises of notebook 05, on dot attention."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from utils.exercises.verdicts import Design, Mistake, Open, Predict, Write
from utils.models.attention import lengths_to_mask
from utils.text import is_known
from utils.translator import Translator

MEMORY = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 2.0]])  # the three words of the notebook
LONGEST = 30  # words in a training sentence
Links = set[tuple[int, int]]  # of one sentence: (source, target) positions


def find_fault_of_query(query: Tensor) -> str | None:
    """Find out why words 1 and 2 do not get the same weight."""
    if not isinstance(query, Tensor) or query.shape != (2,):
        return "A query has two numbers here: torch.tensor([…, …])."
    query = query.float()
    if not query.any():
        return (
            "Then all weights are equal, the third word's as well. Find a query that is not zero."
        )
    first, second, _ = (MEMORY @ query).tolist()
    if math.isclose(first, second, abs_tol=1e-6):
        return None
    return (
        f"Words 1 and 2 have the scores {first:.2f} and {second:.2f}. Their weights are equal if "
        "their scores are: call the query (a, b), and write down both dot products."
    )


def attend_scaled(query: Tensor, memory: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Dot attention with scores divided by √d: query (B, Q), memory (B, S, M), mask (B, S)."""
    return _attend(query / math.sqrt(query.shape[1]), memory, mask)


def _attend(query: Tensor, memory: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Return the context (B, M) and the weights (B, S) of dot attention.

    A query divided by a number divides the scores by it.
    """
    scores = (memory @ query.unsqueeze(2)).squeeze(2)
    weights = masked_softmax(scores, mask)
    return _mix(weights, memory), weights


def _mix(weights: Tensor, memory: Tensor) -> Tensor:
    """Return the context: weights (B, S), memory (B, S, M) -> (B, M)."""
    return (weights.unsqueeze(1) @ memory).squeeze(1)


def _divide_weights(query: Tensor, memory: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Divide by √d, but after the softmax."""
    weights = _attend(query, memory, mask)[1] / math.sqrt(query.shape[1])
    return _mix(weights, memory), weights


def padded_batch(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return a query (3, 8), a memory (3, 5, 8) and a mask (3, 5) with padding."""
    random = torch.Generator().manual_seed(seed)
    query, memory = torch.randn(3, 8, generator=random), torch.randn(3, 5, 8, generator=random)
    return query, memory, lengths_to_mask([5, 3, 1 + seed % 4], 5)


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Weights that sum to 1 over the real words: scores (B, S), mask (B, S) -> (B, S)."""
    return scores.masked_fill(~mask, -torch.inf).softmax(dim=1)


def linked_sentences(seed: int) -> tuple[list[Links], list[Links]]:
    """Return found and true links of three sentences, of 2, 6 and 11 words."""
    random = torch.Generator().manual_seed(seed)
    found, gold = [], []
    for words in (2, 6, 11):
        guesses, truths = torch.randint(0, 3, (2, words), generator=random).tolist()
        found.append({(guess, t) for t, guess in enumerate(guesses)})
        gold.append({(truth, t) for t, truth in enumerate(truths)} | {(3, 0)})
    return found, gold


def error_rate(found: Sequence[Links], gold: Sequence[Links]) -> float:
    """Return the alignment error rate over all sentences together."""
    return 1 - 2 * _shared(found, gold) / (_counted(found) + _counted(gold))


def _shared(found: Sequence[Links], gold: Sequence[Links]) -> int:
    return sum(len(one & other) for one, other in zip(found, gold, strict=True))


def _counted(links: Sequence[Links]) -> int:
    return sum(map(len, links))


def _each(links: Sequence[Links]) -> list[list[Links]]:
    """Return each sentence as a corpus of its own."""
    return [[one] for one in links]


def find_fault_of_sentence(sentence: str) -> str | None:
    """Find out why a German sentence does not break dot attention, and dot attention only."""
    translators = {n: Translator.load(f"mini-{n}") for n in ("dot", "general", "additive")}
    fields = translators["dot"].fields
    words = translators["dot"].read(str(sentence))
    if not words:
        return "There is no word in your sentence yet: use those of data/lexicon.toml."
    unknown = ", ".join(word for word in words if not is_known(word, fields.source.vocab))
    if unknown:
        return f"You wrote words that no model knows ({unknown}): use those of data/lexicon.toml."
    if len(words) > LONGEST:
        return f"That makes {len(words)} words, and training had at most {LONGEST}: shorten it."
    found = {name: t.translate([words])[0].tokens for name, t in translators.items()}
    if found["general"] != found["additive"]:
        return "General and additive attention differ, so one of them breaks as well: try another."
    if found["dot"] == found["additive"]:
        return "All three agree, so dot attention held. Try a longer sentence, with more clauses."
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
                "Times 10 pushes the scores apart, and the softmax saturates. Which factor brings "
                "them together?",
            ),
            Mistake(
                math.sqrt(2),
                "That is √d itself. Which of the two factors has the effect of dividing by it?",
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
                lambda query, memory, mask: _attend(query / query.shape[1], memory, mask),
                "You divide by d. Scores grow only like √d, so divide by its square root.",
            ),
            Mistake(
                lambda query, memory, mask: _attend(
                    query / math.sqrt(memory.shape[1]), memory, mask
                ),
                "d counts the entries of the query, not the words.",
            ),
            Mistake(
                _divide_weights,
                "You divide the weights, so they no longer sum to 1. Divide the scores, before the "
                "softmax.",
            ),
            Mistake(
                _attend,
                "You don't divide yet.",
            ),
        ),
        hint="Divide the scores by math.sqrt(d) before the softmax, and leave the rest as it is.",
        praise="Right. Now the largest weight stays moderate for every d.",
    ),
    "05.4": Write(
        solution=error_rate,
        inputs=linked_sentences,
        mistakes=(
            Mistake(
                lambda found, gold: sum(map(error_rate, _each(found), _each(gold))) / len(found),
                "You take the mean over sentences, so a link of a short sentence counts more than "
                "one of a long sentence. Add up the three counts first, then divide once.",
            ),
            Mistake(
                lambda found, gold: 1 - error_rate(found, gold),
                "That is how well they agree: 1 for the same links. The error rate is the rest.",
            ),
            Mistake(
                lambda found, gold: 1 - _shared(found, gold) / _counted(found),
                "That is the share of found links that are wrong. Links that were missed must "
                "count as well: |G| belongs below the line.",
            ),
            Mistake(
                lambda found, gold: 1 - _shared(found, gold) / (_counted(found) + _counted(gold)),
                "Shared links stand in both sets below the line, so count them twice above it.",
            ),
        ),
        hint="Count over all sentences: links in both, links found, links in gold. Then the "
        "formula.",
        praise="Right. Every link counts the same, in whichever sentence it stands.",
    ),
    "05.5": Design(
        solution="der alte Koch , der oft liest , schläft morgens .",
        find_fault=find_fault_of_sentence,
        praise="Right. General and additive attention agree on it, and dot attention is alone with "
        "its version.",
    ),
    "05.6": Open(
        rubric="seven points, in the table above. The third line is the hard one: a test that "
        "could only have confirmed the map is worth nothing.",
        words=40,
    ),
}
