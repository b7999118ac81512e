"""The exercises of notebook 09, on reading attention."""

from collections.abc import Callable

import torch
from torch import Tensor

from utils.exercises.verdicts import Design, Mistake, Open, Predict, Write
from utils.trace import trace
from utils.translator import Translator

SENTENCE = "der Lehrer kauft ein Buch , und die Frau liest einen Brief ."  # of the notebook
STEP, WORD = 4, 11  # the fifth step, and "Brief"
SLIDER = 0.05  # the slider of the editor moves in such steps


def lowest_error(partners: Tensor) -> float:
    """Return the lowest AER if each word gives one link: true links of each word (T,), all ≥ 1."""
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
    return _kept_and(lambda weights: int(weights.argmax()) + 1)(weights)


def _row(shares: dict[int, Tensor], size: int) -> Tensor:
    """Return a row (S,) with these weights, 0 elsewhere; after the last word comes the first."""
    row = torch.zeros(size)
    for position, share in shares.items():
        row[position % size] += share
    return row


def _kept_and(place: Callable[[Tensor], int]) -> Callable[[Tensor], Tensor]:
    """Return a function that keeps the heaviest weight and gives the rest to another place."""

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


def _two_by_their_sum(weights: Tensor) -> Tensor:
    """Keep the heaviest word and the one after, and divide both by their sum."""
    heaviest = int(weights.argmax())
    after = (heaviest + 1) % len(weights)
    row = _row({heaviest: weights[heaviest], after: weights[after]}, len(weights))
    return row / row.sum()


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
    """Find out why a share is not the smallest on the slider that changes the word."""
    share = float(share)
    if not 0 <= share <= 1:
        return "A weight lies between 0 and 1: give the number beside the slider."
    if abs(share / SLIDER - round(share / SLIDER)) > 0.01:
        return f"The slider moves in steps of {SLIDER}, so it cannot stand at {share:g}."
    translator = Translator.load("mini-dot")
    word = written_with(translator, share)
    if word != "letter":
        return f"With {share:g} the model still writes “{word}”. Move the slider to the right."
    if share >= SLIDER and written_with(translator, share - SLIDER) == "letter":
        return "It writes “letter”, but with less weight it does so as well. Move it to the left."
    return None


def gradient_of_logit(query: Tensor, memory: Tensor, u: Tensor) -> Tensor:
    """Return ∂z/∂h_j of z = uᵀc with dot attention: (M,), (S, M), (M,) -> (S, M)."""
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


def _no_competition(query: Tensor, memory: Tensor, u: Tensor) -> Tensor:
    """Return the gradient as if a larger weight for one word took none from the others."""
    weights, _ = _look(query, memory)
    return weights[:, None] * (u + (memory @ u)[:, None] * query)


def _score_by_query(query: Tensor, memory: Tensor, u: Tensor) -> Tensor:
    """Return the gradient with the scores differentiated with respect to the query."""
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
        solution=["Anna", "an", "Lehrer", "Lehrer"],
        mistakes=(
            Mistake(
                ["Anna", "ruft", "den", "Lehrer"],
                "That is what a dictionary says. Take the largest number of each row, whatever the "
                "words mean.",
            ),
            Mistake(
                ["Anna", "calls", "the", "teacher", "calls"],
                "You read column by column. A row belongs to one English word: its five numbers "
                "sum to 1.",
            ),
            Mistake(
                [0, 4, 3, 3],
                "Those are places, counted from 0. Hand over the German words that stand there.",
            ),
        ),
        hint="Go through the four rows from top to bottom. In each, find the largest number and "
        "the German word above it.",
        praise="Right. Two rows look at “Lehrer” and none mostly at “den”: rows sum to 1, columns "
        "need not.",
    ),
    "09.2": Write(
        solution=lowest_error,
        inputs=link_counts,
        mistakes=(
            Mistake(
                lambda partners: (1 - 2 / (1 + partners)).mean().item(),
                "You average over the words. AER adds up the hits and links of all words first, "
                "and divides once.",
            ),
            Mistake(
                lambda partners: 1 - len(partners) / int(partners.sum()),
                "That is the share of true links that are missed. AER also divides by the links "
                "that the model gives.",
            ),
            Mistake(
                lambda partners: 1 - len(partners) / (len(partners) + int(partners.sum())),
                "A hit counts twice: once among the links given, once among the true ones.",
            ),
            Mistake(
                lambda partners: (partners > 1).double().mean().item(),
                "A word with several partners is not entirely wrong. How many of its links can one "
                "weight find?",
            ),
        ),
        hint="At best each word's one link is right. Count the hits, the links given and the true "
        "links, then take 1 − 2 · hits / (given + true).",
        praise="Right. Compare an error with its floor: 0.333 for words with two partners is as "
        "good as 0 for words with one.",
    ),
    "09.3": Write(
        solution=rest_next_door,
        inputs=row_of_weights,
        mistakes=(
            Mistake(
                _keep_the_others,
                "Your row sums to more than 1. What happens to the words that are neither?",
            ),
            Mistake(
                _kept_and(lambda weights: int(weights.argmax()) - 1),
                "You step to the left. The word after j is at j + 1.",
            ),
            Mistake(
                _kept_and(lambda weights: int(weights.topk(2).indices[1])),
                "You go by weight, to the second heaviest. Go by place: which word comes next?",
            ),
            Mistake(
                _two_by_their_sum,
                "You divide by the sum, so the heaviest weight grows. It has to stay as it is.",
            ),
            Mistake(
                lambda weights: _row({int(weights.argmax()) + 1: torch.tensor(1.0)}, len(weights)),
                "You move all the weight, as `next_door` does. The heaviest word has to keep its "
                "own.",
            ),
        ),
        hint="Begin with a row of zeros. Two places get something: the heaviest and the one after.",
        praise="Right. Where the heaviest weight is near 1, little is left to give away. So look "
        "at that weight before you say what a word survives.",
    ),
    "09.4": Design(
        solution=0.55,
        find_fault=find_fault_of_share,
        praise="Right. The context moves with every bit of weight; the word flips at a single "
        "point. So a word that stays can hide a context that moved.",
    ),
    "09.5": Write(
        solution=gradient_of_logit,
        inputs=toy_step,
        mistakes=(
            Mistake(
                _direct,
                "You hold the weights still. But the scores also contain h_j, so a second path "
                "leads from h_j to c.",
            ),
            Mistake(
                _through_weights,
                "That is the path through the weights. Equation (5) has h_j itself as well: add "
                "that path.",
            ),
            Mistake(
                _no_competition,
                "More weight for one word means less for all others. Which difference stands in "
                "notebook 07's gradient?",
            ),
            Mistake(
                _score_by_query,
                "The score is a dot product of q and h_j. Which of the two is left when you "
                "differentiate it with respect to h_j?",
            ),
        ),
        hint="Add two paths: α_j u from equation (5), and ∂z/∂e_j times ∂e_j/∂h_j through the "
        "weights. Compare with torch.autograd.grad.",
        praise="Right. Both paths carry the factor α_j, so a word with hardly any weight gets "
        "hardly any gradient. That is one reason why the two maps agree.",
    ),
    "09.6": Open(
        rubric="eight points, in the table above. If your plan has no result that would change "
        "your own mind, it is worth half.",
        words=50,
    ),
}
