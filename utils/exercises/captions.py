"""The exercises of notebook 11, on real translation."""

import math
from collections.abc import Callable, Sequence
from random import Random

import torch
from torch import Tensor

from utils.exercises.verdicts import Mistake, Write
from utils.text import UNKNOWN

Scored = tuple[list[str], float]  # a hypothesis: its words, and its log-probability
Table = dict[tuple[str, ...], dict[str, float]]

ENGLISH = ["a", "man", "and", "his", "dog", "run", "over", "the", "grass", "near", "old", "trees"]
GERMAN = ["Emma", "wartet", "mit", "Herrn", "Krause", "vor", "Schloss", "Bellevue"]
FEW = ["the", "dog", "and", "cat"]


def perplexity_per_word(loss: float, pieces: int, words: int) -> float:
    """Turn the mean loss per piece, in nats, into the perplexity per word."""
    return math.exp(loss * pieces / words)


def loss_and_counts(seed: int) -> tuple[float, int, int]:
    """Return a loss per piece, a number of pieces, and a smaller number of words."""
    random = Random(seed)
    words = random.randint(200, 400)
    return random.uniform(0.7, 1.4), int(words * random.uniform(1.2, 1.6)), words


def copy_unknown(words: Sequence[str], weights: Tensor, source: Sequence[str]) -> list[str]:
    """Replace each `<unk>` by its heaviest source word: T words, weights (T, S), S words."""
    return _copied_from(lambda weights, t: int(weights[t].argmax()))(words, weights, source)


def _copied_from(place: Callable[[Tensor, int], int]) -> Callable[..., list[str]]:
    """Return a way to copy that takes the source word for target word t from another place."""

    def copy(words: Sequence[str], weights: Tensor, source: Sequence[str]) -> list[str]:
        places = (place(weights, t) for t in range(len(words)))
        return [source[p] if w == UNKNOWN else w for w, p in zip(words, places, strict=True)]

    return copy


def words_with_unknown(seed: int) -> tuple[list[str], Tensor, list[str]]:
    """Return 6 words, of which 3 are `<unk>`, weights (6, S) and S = 6 or 7 source words."""
    random = Random(seed)
    source = random.sample(GERMAN, 6 + seed % 2)
    words = random.sample([*random.sample(ENGLISH, 3), *[UNKNOWN] * 3], 6)
    generator = torch.Generator().manual_seed(seed)
    scores = 2 * torch.randn(len(words), len(source), generator=generator)
    return words, scores.softmax(dim=1), source


EXERCISES = {
    "11.1": Write(
        solution=perplexity_per_word,
        inputs=loss_and_counts,
        mistakes=(
            Mistake(
                lambda loss, pieces, words: math.exp(loss),
                "That is the perplexity per piece. How large is the total loss, and how many words "
                "share it?",
            ),
            Mistake(
                lambda loss, pieces, words: math.exp(loss) * pieces / words,
                "You scale the perplexity. It is the loss that adds up over pieces: convert the "
                "loss, then take the exponential.",
            ),
            Mistake(
                lambda loss, pieces, words: math.exp(loss * words / pieces),
                "Your number is below the perplexity per piece. A word holds one piece or more: "
                "should a model be surer of a word than of a piece?",
            ),
            Mistake(
                lambda loss, pieces, words: loss * pieces / words,
                "That is the mean loss per word, in nats. A perplexity is one step further.",
            ),
        ),
        hint="Go back to the total loss first, then spread it over the words.",
        praise="Right. The total stays the same: only the number of units that share it changes.",
    ),
    "11.2": Write(
        solution=copy_unknown,
        inputs=words_with_unknown,
        mistakes=(
            Mistake(
                _copied_from(lambda weights, t: t),
                "You copy by place: word t for word t. Which number tells where the model looked?",
            ),
            Mistake(
                _copied_from(lambda weights, t: int(weights[:, t].argmax())),
                "You look down a column. Where target word t looked stands in a row.",
            ),
            Mistake(
                _copied_from(lambda weights, t: int(weights.sum(dim=0).argmax())),
                "All your unknown words become the same word. Each has a row of its own.",
            ),
            Mistake(
                lambda words, weights, source: [source[int(row.argmax())] for row in weights],
                "You also replace words that the model knows. They are translated already.",
            ),
        ),
        hint="Go through words and rows together. T words come in, T words go out, as a list.",
        praise="Right. Attention says which unknown word is meant. Whether a copy is good English "
        "depends on the word: a name mostly is, a compound is not.",
    ),
}
