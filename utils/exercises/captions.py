"""The exercises of notebook 11, on real translation."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random

import torch
from torch import Tensor

from utils.exercises.verdicts import Mistake, Open, Write
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


def uncovered(weights: Tensor, source: Sequence[str], least: float) -> list[str]:
    """Return the words of S whose columns of weights (T, S) sum to less than `least`."""
    sums = weights.sum(dim=0).tolist()
    return [word for word, total in zip(source, sums, strict=True) if total < least]


def _by_rows(weights: Tensor, source: Sequence[str], least: float) -> list[str]:
    sums = weights.sum(dim=1).tolist()
    return [word for word, total in zip(source, sums, strict=False) if total < least]


def weights_to_sum(seed: int) -> tuple[Tensor, list[str], float]:
    """Return weights (5 or 6, 8), whose columns lie far from the last number, and the words."""
    generator = torch.Generator().manual_seed(seed)
    scores = 3 * torch.randn(5 + seed % 2, len(GERMAN), generator=generator)
    weights = scores.softmax(dim=1)
    ordered = weights.sum(dim=0).sort().values
    return weights, GERMAN, float(ordered[2 + seed % 2 : 4 + seed % 2].mean())


def best_pair(counts: dict[str, int], pieces: dict[str, list[str]]) -> tuple[str, str]:
    """Return the two neighbors that occur most often, given how each word is cut."""
    return _pair_counts(counts, pieces).most_common(1)[0][0]


def _pair_counts(counts: dict[str, int], pieces: dict[str, list[str]]) -> Counter:
    found: Counter = Counter()
    for word, times in counts.items():
        for pair in pairwise(pieces[word]):
            found[pair] += times
    return found


def _each_word_once(counts: dict[str, int], pieces: dict[str, list[str]]) -> tuple[str, str]:
    return best_pair(dict.fromkeys(counts, 1), pieces)


def _most_frequent_pieces(counts: dict[str, int], pieces: dict[str, list[str]]) -> tuple[str, str]:
    found: Counter = Counter()
    for word, times in counts.items():
        for piece in pieces[word]:
            found[piece] += times
    (first, _), (second, _) = found.most_common(2)
    return first, second


def _pairs_of_letters(counts: dict[str, int], pieces: dict[str, list[str]]) -> tuple[str, str]:
    return best_pair(counts, {word: list(word) for word in counts})


CUTS = {
    "unten": ["un", "t", "en"],
    "wanten": ["w", "an", "t", "en"],
    "wand": ["w", "an", "d"],
    "und": ["un", "d"],
    "hand": ["h", "an", "d"],
    "land": ["l", "an", "d"],
}
TIMES = [
    {"unten": 3, "wanten": 2, "wand": 1, "und": 9, "hand": 2, "land": 3},
    {"unten": 8, "wanten": 5, "wand": 2, "und": 1, "hand": 3, "land": 1},
    {"unten": 1, "wanten": 2, "wand": 3, "und": 4, "hand": 5, "land": 6},
    {"unten": 2, "wanten": 9, "wand": 8, "und": 1, "hand": 1, "land": 1},
]


def words_with_counts(seed: int) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Return how often each of six words occurs, and how each is cut."""
    return TIMES[seed], CUTS


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
    "11.3": Write(
        solution=uncovered,
        inputs=weights_to_sum,
        mistakes=(
            Mistake(
                _by_rows,
                "You add up rows. Each row sums to 1, whatever happened. A source word has a "
                "column.",
            ),
            Mistake(
                lambda weights, source, least: [
                    word for word in source if word not in uncovered(weights, source, least)
                ],
                "Those are the words that received enough. Wanted are the others.",
            ),
            Mistake(
                lambda weights, source, least: [
                    word
                    for word, most in zip(source, weights.max(dim=0).values.tolist(), strict=True)
                    if most < least
                ],
                "You take the largest weight of each column. Coverage is the sum of all.",
            ),
        ),
        hint="Sum each column of weights, and keep the words whose sum is less than `least`.",
        praise="Right. A small sum is a hint that a word was skipped. It is no proof: the model "
        "may look at a word and not translate it, as with the teacher's students.",
    ),
    "11.4": Write(
        solution=best_pair,
        inputs=words_with_counts,
        mistakes=(
            Mistake(
                _each_word_once,
                "You count each word once. A word that occurs nine times has each of its pairs "
                "nine times.",
            ),
            Mistake(
                _most_frequent_pieces,
                "You take the two most frequent pieces. Wanted is a pair of neighbors.",
            ),
            Mistake(
                _pairs_of_letters,
                "You begin with the letters again. The words are cut into `pieces` by now.",
            ),
        ),
        hint="Go through each word's neighboring pieces, add the word's count to each pair, and "
        "return the pair with the largest sum.",
        praise="Right. Join that pair everywhere, count again, and repeat 8,000 times: that is "
        "byte-pair encoding.",
    ),
    "11.5": Open(
        rubric="one point for ten captions chosen in advance with reasons, two for classes with "
        "counts and examples, one for a change that fits, two for a fair measurement.",
    ),
}
