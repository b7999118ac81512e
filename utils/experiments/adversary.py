"""An adversary: weights as far as possible from the learned ones that leave the output as it is.

Jain and Wallace (2019), section 4.2.2, look for such weights in models that decide once per input.
A translation needs a decision for every word, so each step of a greedy translation is attacked
alone: s_{t-1} and y_{t-1} stay as they were, and other weights α̃_t take the place of α_t,

    c̃_t = Σ_j α̃_tj h_j   and   s̃_t = GRU([y_{t-1}; c̃_t], s_{t-1})   and   g(y_{t-1}, s̃_t, c̃_t).

How far two rows of weights are apart is their Jensen–Shannon divergence, here in bits: 1 is the
most there is, between rows that share no word (the paper uses nats: ln 2 = 0.69).

Shapes: N steps of B sentences, R rows of weights tried at each, S source words, V target words.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from utils.decoding import Hypothesis, greedy, length_limits
from utils.models.attention import lengths_to_mask
from utils.models.seq2seq import Decoder, Seq2Seq
from utils.text import Fields
from utils.translator import Translator

EPSILON = 0.05  # up to this total variation, two outputs count as the same: our choice
SHUFFLES, NEARBY = 8, (-2, -1, 1, 2)  # candidates: permuted rows, and rows of steps nearby
RESTARTS, ITERATIONS, RATE = 4, 100, 0.3  # of the gradient ascent; more hardly finds more
PART = 256  # steps at a time, for memory
TINY = 1e-30  # stands for a weight of 0 in a logarithm


class Steps(NamedTuple):
    """All steps of some greedy translations: what each starts from, and what came of it.

    embedded (N, E): y_{t-1}. state (N, Q): s_{t-1}. memory (N, S, M) and mask (N, S): its sentence.
    weights (N, S): α_t. logits (N, V): what they led to. word (N,): what the adversary wants to be
    written, y_t unless said otherwise. sentence (N,) and place (N,): where the step is.
    """

    embedded: Tensor
    state: Tensor
    memory: Tensor
    mask: Tensor
    weights: Tensor
    logits: Tensor
    word: Tensor
    sentence: Tensor
    place: Tensor

    def select(self, rows: Tensor) -> "Steps":
        """Pick some of the steps."""
        return Steps(*(part[rows] for part in self))


@torch.no_grad()
def replay(translator: Translator, sources: Sequence[tuple[str, ...]]) -> Steps:
    """Translate sentences greedily and return every step, that of `<eos>` too."""
    model, fields = cast(Seq2Seq, translator.model.eval()), translator.fields
    source, lengths = translator.encode(sources)
    first, encoded = model.encode(source, lengths)
    read, there = _read(greedy(model, source, lengths, fields.start, fields.end), fields, lengths)
    embedded = model.decoder.embed(read)  # (B, T, E)
    states, contexts, weights = model.decoder.unroll(embedded, first, encoded)
    logits = model.decoder.predict(embedded, states, contexts)
    before = torch.cat([first.unsqueeze(1), states[:, :-1]], dim=1)  # s_{t-1}: (B, T, Q)
    sentence, place = there.nonzero(as_tuple=True)
    embedded, before, weights, logits = (
        part[there] for part in (embedded, before, weights, logits)
    )  # (B, T, …) -> (N, …)
    memory, mask = encoded.memory[sentence], encoded.mask[sentence]
    words = logits.argmax(dim=-1)
    return Steps(embedded, before, memory, mask, weights, logits, words, sentence, place)


def _read(
    found: Sequence[Hypothesis], fields: Fields, source_lengths: Tensor
) -> tuple[Tensor, Tensor]:
    """Return the words that the steps of translations read, y_{t-1}, and where there are any.

    Both (B, T). A translation of n words took n + 1 steps, or n if its limit cut it off.
    """
    start = torch.tensor([fields.start])
    read = [torch.cat([start, hypothesis.words]) for hypothesis in found]
    sizes = torch.tensor([len(words) for words in read]).minimum(length_limits(source_lengths))
    there = lengths_to_mask(sizes)
    return pad_sequence(read, batch_first=True)[:, : there.shape[1]], there


def divergence(first: Tensor, second: Tensor) -> Tensor:
    """Return the Jensen–Shannon divergence in bits, 0 … 1: (…, S), (…, S) -> (…)."""
    middle = ((first + second) / 2).clamp_min(TINY).log2()
    parts = [row * (row.clamp_min(TINY).log2() - middle) for row in (first, second)]
    return (parts[0] + parts[1]).sum(dim=-1) / 2


def advance(decoder: Decoder, steps: Steps, rows: Tensor) -> tuple[Tensor, Tensor]:
    """Take each step with other weights: rows (N, R, S) -> s̃_t (N, R, Q), logits (N, R, V)."""
    context = rows @ steps.memory  # (5): (N, R, M)
    count = rows.shape[1]
    embedded, state = (
        part.unsqueeze(1).expand(-1, count, -1) for part in (steps.embedded, steps.state)
    )
    read = torch.cat([embedded, context], dim=-1)
    new = decoder.cell(read.flatten(0, 1), state.flatten(0, 1)).view(state.shape)  # (6)
    return new, decoder.predict(embedded, new, context)  # (7)


class Rule(NamedTuple):
    """What must stay as it is.

    violation(steps, logits (N, R, V)) -> (N, R) is at most 0 where all is well; the ascent pays
    `penalty` for each unit above.
    """

    violation: Callable[[Steps, Tensor], Tensor]
    penalty: float


def lead_of_another(steps: Steps, logits: Tensor) -> Tensor:
    """Return by how much the best other word is ahead of the wanted one: (N, R)."""
    word = steps.word[:, None, None].expand(*logits.shape[:2], 1)
    others = logits.scatter(-1, word, -torch.inf).amax(dim=-1)
    return others - logits.gather(-1, word).squeeze(-1)


def excess_variation(steps: Steps, logits: Tensor) -> Tensor:
    """Return the total variation, half the sum of all changes of p(y_t), less ε: (N, R)."""
    changes = logits.softmax(dim=-1) - steps.logits.softmax(dim=-1).unsqueeze(1)
    return changes.abs().sum(dim=-1) / 2 - EPSILON


SAME_WORD, SAME_OUTPUT = Rule(lead_of_another, 1.0), Rule(excess_variation, 10.0)


def uniform(steps: Steps) -> Tensor:
    """Return the same weight for all words: (N, S)."""
    return steps.mask / steps.mask.sum(dim=1, keepdim=True)


def shuffled(steps: Steps, generator: torch.Generator) -> Tensor:
    """Return the weights in random order, those of real words among themselves: (N, S)."""
    luck = torch.rand(steps.mask.shape, generator=generator)
    order = luck.masked_fill(~steps.mask, 2.0).argsort(dim=1)  # padding last, as in the weights
    return torch.zeros_like(steps.weights).scatter(1, order, steps.weights)


def another_word(steps: Steps, generator: torch.Generator) -> Tensor:
    """Return all weight on a random word, but not on the one that had most: (N, S)."""
    others = steps.mask.scatter(1, steps.weights.argmax(dim=1, keepdim=True), False)
    word = pick_randomly(others, generator)
    return torch.zeros_like(steps.weights).scatter(1, word.unsqueeze(1), 1.0)


def pick_randomly(allowed: Tensor, generator: torch.Generator) -> Tensor:
    """Return a random place that is True in each row: (N, X) -> (N,).

    Raises ValueError for a row without any.
    """
    if not allowed.any(dim=1).all():
        raise ValueError(f"there is no choice in row {int(allowed.any(dim=1).int().argmin())}.")
    luck = torch.rand(allowed.shape, generator=generator)
    return luck.masked_fill(~allowed, -1.0).argmax(dim=1)


def nearby(steps: Steps, distance: int) -> Tensor:
    """Return the weights of a step before or after; where there is none, its own: (N, S)."""
    here = torch.arange(len(steps.sentence))
    there = (here + distance).clamp(0, len(here) - 1)
    same = steps.sentence[there] == steps.sentence
    return steps.weights[torch.where(same, there, here)]


def candidates(steps: Steps, generator: torch.Generator) -> Tensor:
    """Return the rows one would try first, the learned one among them: (N, R, S)."""
    learned = steps.weights.unsqueeze(1)
    each = torch.eye(learned.shape[2]).expand(len(learned), -1, -1)  # all weight on word j
    each = torch.where(steps.mask.unsqueeze(2), each, learned)  # padding is no word
    more = [uniform(steps), *(nearby(steps, distance) for distance in NEARBY)]
    more += [shuffled(steps, generator) for _ in range(SHUFFLES)]
    return torch.cat([each, torch.stack(more, dim=1), learned], dim=1)


def search(decoder: Decoder, steps: Steps, rule: Rule, generator: torch.Generator) -> Tensor:
    """Return, at each step, the row farthest from α_t that was found to keep the rule: (N, S).

    First candidates, then gradient ascent from the best of them. Whether a row keeps the rule is
    never estimated: the step was taken with it. Where no row does, NaN.
    """
    rows = candidates(steps, generator)
    parts = torch.arange(len(rows)).split(PART)
    found = [_farthest(decoder, steps.select(part), rule, rows[part]) for part in parts]
    return _ascend(decoder, steps, rule, torch.cat(found), generator)


@torch.no_grad()
def _farthest(decoder: Decoder, steps: Steps, rule: Rule, rows: Tensor) -> Tensor:
    """Return, of rows (N, R, S), the farthest that keeps the rule: (N, S), NaN where none does."""
    _, logits = advance(decoder, steps, rows)
    far = divergence(rows, steps.weights.unsqueeze(1))
    far, index = far.masked_fill(rule.violation(steps, logits) > 0, -1.0).max(dim=1)  # (N,)
    best = rows[torch.arange(len(rows)), index]
    return best.masked_fill((far < 0).unsqueeze(1), torch.nan)


@torch.enable_grad()
def _ascend(
    decoder: Decoder, steps: Steps, rule: Rule, found: Tensor, generator: torch.Generator
) -> Tensor:
    """Climb from `found` (N, S), from α_t and from random rows; return the best row on the way.

    A row is the softmax of free numbers, as in the paper: what is climbed is its divergence, less
    a penalty for breaking the rule.
    """
    learned = steps.weights.unsqueeze(1)
    luck = 3 * torch.randn(len(found), RESTARTS - 2, found.shape[1], generator=generator)
    starts = torch.stack([found.nan_to_num(0.0), steps.weights], dim=1).clamp_min(1e-4).log()
    free = torch.cat([starts, luck], dim=1).requires_grad_()  # (N, R, S)
    optimizer = torch.optim.Adam([free], lr=RATE)
    for _ in range(ITERATIONS):
        rows = free.masked_fill(~steps.mask.unsqueeze(1), -torch.inf).softmax(dim=-1)
        _, logits = advance(decoder, steps, rows)
        violation, far = rule.violation(steps, logits), divergence(rows, learned)
        loss = (rule.penalty * violation.clamp_min(0) - far).sum()
        (free.grad,) = torch.autograd.grad(loss, [free])
        optimizer.step()
        found = _better(found, rows.detach(), far.masked_fill(violation > 0, -1.0), steps)
    return found


def _better(found: Tensor, rows: Tensor, far: Tensor, steps: Steps) -> Tensor:
    """Return the best of `found` (N, S) and of rows (N, R, S), `far` (N, R) away or not allowed."""
    far, index = far.detach().max(dim=1)
    before = divergence(found, steps.weights).nan_to_num(-1.0)
    best = rows[torch.arange(len(rows)), index]
    return torch.where((far > before).unsqueeze(1), best, found)
