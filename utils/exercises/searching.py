"""The exercises of notebook 10, on searching and scoring."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

import torch
from torch import Tensor

from utils.decoding import beam_search
from utils.exercises.verdicts import Design, Mistake, Open, Write
from utils.models.table import TableModel

Scored = tuple[list[str], float]  # a hypothesis: its words, and its log-probability
Table = dict[tuple[str, ...], dict[str, float]]

ENGLISH = ["a", "man", "and", "his", "dog", "run", "over", "the", "grass", "near", "old", "trees"]
FEW = ["the", "dog", "and", "cat"]


def rank_beam(hypotheses: Sequence[Scored], rho: float) -> list[Scored]:
    """Sort pairs of words and log p by log p / length**rho, best first; `<eos>` counts."""
    return _ranked_by(lambda log_p, length, rho: log_p / length**rho)(hypotheses, rho)


def _ranked_by(rank: Callable[[float, int, float], float]) -> Callable[..., list[Scored]]:
    """Return a ranking by a number made from log p, the length with `<eos>`, and ρ."""

    def ranked(hypotheses: Sequence[Scored], rho: float) -> list[Scored]:
        return sorted(
            hypotheses, key=lambda pair: rank(pair[1], len(pair[0]) + 1, rho), reverse=True
        )

    return ranked


def a_beam(seed: int) -> tuple[list[Scored], float]:
    """Return 8 hypotheses of 1 to 12 words with their log p, and ρ: 0.5, 1, 1.5, …"""
    random = Random(seed)
    lengths = random.sample(range(1, 13), 8)
    scores = [-random.uniform(0.8, 1.2) * (length + 1) ** 0.8 for length in lengths]
    beam = [(random.sample(ENGLISH, k), score) for k, score in zip(lengths, scores, strict=True)]
    return beam, 0.5 + 0.5 * seed


def probabilities(logits: Tensor, temperature: float, top_k: int) -> Tensor:
    """Return what the next word is drawn from: the `top_k` best of logits (V,), tempered."""
    worst = logits.topk(top_k).values[-1]
    return (logits.masked_fill(logits < worst, -torch.inf) / temperature).softmax(dim=0)


def some_logits(seed: int) -> tuple[Tensor, float, int]:
    """Return 8 logits, a temperature (0.5, 1.5, …) and k: 2 to 5."""
    generator = torch.Generator().manual_seed(seed)
    return 2 * torch.randn(8, generator=generator), 0.5 + seed, 2 + seed


def _without_top_k(logits: Tensor, temperature: float, top_k: int) -> Tensor:
    return (logits / temperature).softmax(dim=0)


def _struck_out_later(logits: Tensor, temperature: float, top_k: int) -> Tensor:
    p = _without_top_k(logits, temperature, top_k)
    return p.masked_fill(p < p.topk(top_k).values[-1], 0.0)


def _zero_for_logit(logits: Tensor, temperature: float, top_k: int) -> Tensor:
    worst = logits.topk(top_k).values[-1]
    return (logits.masked_fill(logits < worst, 0.0) / temperature).softmax(dim=0)


def ngrams(words: Sequence[str], n: int) -> Counter:
    """Count the sequences of n words."""
    return Counter(zip(*(words[i:] for i in range(n)), strict=False))


def clipped_precision(words: Sequence[str], references: Sequence[Sequence[str]], n: int) -> float:
    """Return the share of the n-grams in `words` that count: as many as one reference has."""
    return _precision_with(max)(words, references, n)


def _precision_with(limit: Callable[[list[int]], int]) -> Callable[..., float]:
    """Return a precision where an n-gram counts up to a limit made from its references' counts."""

    def precision(words: Sequence[str], references: Sequence[Sequence[str]], n: int) -> float:
        written, wanted = ngrams(words, n), [ngrams(reference, n) for reference in references]
        limits = {gram: limit([counts[gram] for counts in wanted]) for gram in written}
        return sum(min(written[gram], limits[gram]) for gram in written) / written.total()

    return precision


def words_and_references(seed: int) -> tuple[list[str], list[list[str]], int]:
    """Return 9 words with many repetitions, 2 or 3 references of 7 words, and n = 1 or 2."""
    random = Random(seed)
    references = [random.choices([*FEW, *ENGLISH[:2]], k=7) for _ in range(2 + seed % 2)]
    return random.choices(FEW[:3], k=9), references, 1 + seed % 2


def best_probability(model: TableModel, beam_size: int) -> float:
    """Return the probability of the best translation that a beam finds, ranked by log p."""
    source, lengths = torch.zeros(1, 3, dtype=torch.long), torch.tensor([3])
    (found,) = beam_search(model, source, lengths, model.start, model.end, beam_size, 0.0)
    return math.exp(found[0].score)


def find_fault_of_table(table: Table) -> str | None:
    """Find out why beams of 1, 2 and 3 do not find better and better translations in a table."""
    if not isinstance(table, dict) or not all(isinstance(row, dict) for row in table.values()):
        return "A table is a dictionary of dictionaries: {words so far: {next word: probability}}."
    if not all(isinstance(prefix, tuple) for prefix in table):
        return 'The words so far are a tuple. A single word needs a comma: ("a",), not ("a").'
    try:
        model = TableModel(table)
    except ValueError as error:
        return f"That is not a table yet: {error}"
    one, two, three = (best_probability(model, beam_size) for beam_size in (1, 2, 3))
    if two <= one + 1e-6:
        found = f"A beam of 2 finds p = {two:.3f}, and a beam of 1 has found {one:.3f}. "
        return found + "Where does the first word of greedy search lead? See the table `cat`."
    if three <= two + 1e-6:
        found = f"A beam of 3 finds p = {three:.3f}, and a beam of 2 has found {two:.3f}. "
        return found + "Which beginning would a beam of 2 have to drop?"
    return None


GROWING: Table = {
    (): {"a": 0.4, "the": 0.35, "one": 0.25},
    ("a",): {"dog": 0.4, "cat": 0.3, "bird": 0.3},
    ("the",): {"dog": 0.6, "cat": 0.4},
}

EXERCISES = {
    "10.1": Write(
        solution=rank_beam,
        inputs=a_beam,
        mistakes=(
            Mistake(
                _ranked_by(lambda log_p, length, rho: -log_p / length**rho),
                "Your first is the worst. Log-probabilities are negative: which end of the number "
                "line is good?",
            ),
            Mistake(
                _ranked_by(lambda log_p, length, rho: log_p / (length - 1) ** rho),
                "You count only the words. What else did the model write, and pay for in log p?",
            ),
            Mistake(
                _ranked_by(lambda log_p, length, rho: log_p),
                "You rank by log p alone, as if ρ were 0.",
            ),
            Mistake(
                _ranked_by(lambda log_p, length, rho: log_p / (length * rho)),
                "You rank as if ρ were 1. A factor that all share changes no ranking: where does ρ "
                "stand in the formula?",
            ),
            Mistake(
                _ranked_by(lambda log_p, length, rho: math.exp(log_p) / length**rho),
                "You divide the probability, not its logarithm. Dividing a positive number makes "
                "it smaller, so long translations lose twice.",
            ),
        ),
        hint="Return the pairs themselves, sorted by log p / length**ρ, best first. The length "
        "counts the words and <eos>.",
        praise="Right. Log p is negative, so a larger divisor brings it closer to 0: the larger ρ, "
        "the better for long translations.",
    ),
    "10.2": Write(
        solution=probabilities,
        inputs=some_logits,
        mistakes=(
            Mistake(
                lambda logits, temperature, top_k: probabilities(logits, 1 / temperature, top_k),
                "You multiply by the temperature. A high one should move the words closer "
                "together: then which way do the logits shrink?",
            ),
            Mistake(
                lambda logits, temperature, top_k: probabilities(logits, 1.0, top_k),
                "The temperature does nothing yet.",
            ),
            Mistake(_without_top_k, "All words can still be drawn. Which ones does top-k keep?"),
            Mistake(
                _struck_out_later,
                "Your numbers no longer sum to 1: you strike words out after the softmax. Do it "
                "before.",
            ),
            Mistake(
                _zero_for_logit,
                "A logit of 0 is no prohibition: exp(0) is 1. Which logit gives probability 0?",
            ),
        ),
        hint="Set all logits but the top_k best to -inf, divide by the temperature, then softmax.",
        praise="Right. With top_k = 1, or a temperature near 0, this is greedy search.",
    ),
    "10.3": Write(
        solution=clipped_precision,
        inputs=words_and_references,
        mistakes=(
            Mistake(
                _precision_with(lambda counts: 99 * max(counts)),
                "You don't clip. “the the the the” would get full marks for any reference with one "
                "“the”.",
            ),
            Mistake(
                _precision_with(sum),
                "You add up the counts of the references. Two references with one “the” each do "
                "not ask for two.",
            ),
            Mistake(
                _precision_with(lambda counts: min(1, max(counts))),
                "You count each n-gram once. One that is written twice counts twice, if a "
                "reference wants it twice.",
            ),
            Mistake(
                lambda words, references, n: max(
                    clipped_precision(words, [reference], n) for reference in references
                ),
                "You score against each reference alone. A sentence may take one n-gram from the "
                "first and one from the second.",
            ),
        ),
        hint="For each n-gram: how often is it written, and what is the most that any one "
        "reference has? Add up the smaller numbers, and divide by all n-grams written.",
        praise="Right. Clipping stops a model from scoring with one frequent word, over and over; "
        "a second reference lets another wording count.",
    ),
    "10.4": Design(
        solution=GROWING,
        find_fault=find_fault_of_table,
        praise="Right. A beam drops a beginning that looks weak, and never gets it back. A larger "
        "one keeps more of them.",
    ),
    "10.5": Open(
        rubric="one point for three sentences with their scores, one for saying where the counts "
        "come from, two for a check that could be programmed, one for where it fails.",
    ),
}
