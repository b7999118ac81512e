"""Search for translations, for a whole batch of sentences at once.

Greedy search takes the most probable word at each step, feeds it back as y_{t-1}, and stops at
`<eos>`, or at a limit when a sentence never gets there. Beam search keeps K beginnings of each
sentence instead of one. It finds translations whose first word is not the most probable one. Both
take any `Model`: a `Seq2Seq`, a `Transformer`, or a `TableModel` that you can check by hand.

Shapes: B sentences, K hypotheses of each (the beam), S source words, T target words, V words in
the target vocabulary.
"""

from numbers import Integral, Real
from typing import NamedTuple

import torch
from torch import Tensor

from utils.models.attention import Encoded
from utils.models.contract import Model, StepDecoder

LARGEST_BEAM = 100  # for 8,000 words, a batch then takes 2 GB


class Hypothesis(NamedTuple):
    """One translation as numbers: words (T,) without `<eos>`, weights (T, S), and its score.

    The score is the natural log of the translation's probability, `<eos>` included. A runaway
    output, cut at its length limit, has no `<eos>`, and its score has none either.
    """

    words: Tensor
    weights: Tensor
    score: float


def check_beam(beam_size: object) -> None:
    """Raise ValueError unless a beam can hold so many hypotheses."""
    is_whole = isinstance(beam_size, Integral) and not isinstance(beam_size, bool)
    if not (is_whole and beam_size in range(1, LARGEST_BEAM + 1)):
        raise ValueError(
            f"a beam has 1 to {LARGEST_BEAM} hypotheses: beam_size cannot be {beam_size!r}."
        )


def check_normalization(rho: object) -> None:
    """Raise ValueError unless the length normalization is a number from 0."""
    if not (isinstance(rho, Real) and float(rho) >= 0):  # False for NaN
        raise ValueError(f"length_normalization must be 0 or more, not {rho!r}.")


def length_limits(source_lengths: Tensor) -> Tensor:
    """Return the most words a translation may have, (B,): only runaway outputs reach it."""
    return 2 * source_lengths + 10


def next_words(
    decoder: StepDecoder, words: Tensor, state: Tensor, encoded: Encoded
) -> tuple[Tensor, Tensor, Tensor]:
    """Advance by one word (B,): log-probabilities (B, V) of the next, state, weights (B, S)."""
    embedded = decoder.embed(words)
    state, context, weights = decoder.step(embedded, state, encoded)
    logits = decoder.predict(embedded, state, context)
    return logits.float().log_softmax(dim=-1), state, weights


def spread(part: Tensor, rows: Tensor, count: int, filler: float) -> Tensor:
    """Put a part (A, …) of a batch of `count` in its rows (A,), and the filler in all others."""
    whole = part.new_full((count, *part.shape[1:]), filler)
    whole[rows] = part
    return whole


@torch.no_grad()
def greedy(
    model: Model, source: Tensor, source_lengths: Tensor, start: int, end: int
) -> list[Hypothesis]:
    """Translate source (B, S) greedily into B hypotheses.

    `start` and `end` are the numbers of `<sos>` and `<eos>`. Use the model in eval mode. A sentence
    leaves the batch when it is finished: of B sentences, A are still there.
    """
    limits = length_limits(source_lengths).to(source.device)
    state, encoded = model.encode(source, source_lengths)
    rows = torch.arange(len(source), device=source.device)  # the sentences in the batch: (A,)
    word = torch.full_like(rows, start)  # (A,)
    steps: list[list[Tensor]] = []
    while len(rows):
        log_probabilities, state, weights = next_words(model.decoder, word, state, encoded)
        score, word = log_probabilities.max(dim=-1)
        step = ((word, end), (weights, 0.0), (score, 0.0))
        steps.append([spread(part, rows, len(source), filler) for part, filler in step])
        going = (word != end) & (len(steps) < limits[rows])  # (A,)
        if not going.all():
            rows, word, state = rows[going], word[going], state[going]
            encoded = encoded.select(going)
    words, weights, scores = (torch.stack(part, dim=1).cpu() for part in zip(*steps, strict=True))
    sizes, totals = (words != end).sum(dim=1).tolist(), scores.sum(dim=1).tolist()
    return [
        Hypothesis(words[i, :size], weights[i, :size, :length], totals[i])
        for i, (size, length) in enumerate(zip(sizes, source_lengths.tolist(), strict=True))
    ]


class BeamStep(NamedTuple):
    """What step t of a beam search leaves behind, for finding the way back from a last word.

    ended (B, K): the scores of those among the K hypotheses of t words that finish as they are;
    -∞ for the others.
    words, parents (B, K): each of the K hypotheses that go on is a hypothesis of t words, its
    parent (a number below K), and one word more. scores (B, K): their log-probabilities, -∞ for
    those that have stopped.
    weights (B, K, S): where that word looked.
    """

    ended: Tensor
    words: Tensor
    parents: Tensor
    weights: Tensor
    scores: Tensor

    def spread(self, rows: Tensor, count: int) -> "BeamStep":
        """Return the step of `count` sentences of which these, in `rows` (A,), have not stopped."""
        fillers = (-torch.inf, 0, 0, 0.0, -torch.inf)  # no hypothesis ended here, and none lives
        parts = zip(self, fillers, strict=True)
        return BeamStep(*(spread(part, rows, count, filler) for part, filler in parts))


@torch.no_grad()
def beam_search(
    model: Model,
    source: Tensor,
    source_lengths: Tensor,
    start: int,
    end: int,
    beam_size: int,
    length_normalization: float = 1.0,
) -> list[list[Hypothesis]]:
    """Translate source (B, S) into 1 to `beam_size` different hypotheses a sentence, best first.

    The search. Each sentence has K = `beam_size` live hypotheses. A step adds each word to each of
    them. Those of the K best sums that end in `<eos>` are finished; the K best that do not end in
    it live on. A sentence stops when it has K finished hypotheses. At its limit the live ones
    count as finished too, without `<eos>`. With K = 1 this is greedy search.

    The ranking is by score / length^ρ, where ρ = `length_normalization` and the length counts the
    words and `<eos>`. Log-probabilities are negative: dividing one by a larger number brings it
    nearer to zero. So a larger ρ favors *long* translations, and ρ = 0 leaves the scores as they
    are. (Wu et al. 2016, section 7, divide by ((5 + length) / 6)^ρ.) The ranking has no part in
    the search: every ρ chooses among the same finished hypotheses.

    Raises ValueError for a beam below 1 or above LARGEST_BEAM, or a negative ρ.
    """
    check_beam(beam_size)
    check_normalization(length_normalization)
    limits = length_limits(source_lengths).to(source.device)
    steps = beam_steps(model, source, source_lengths, limits, start, end, beam_size)
    scores, sizes, rows = rank_finished(steps, limits, length_normalization)
    words, weights = (part.cpu() for part in _follow_back(steps, sizes, rows))
    ranked = zip(scores.tolist(), sizes.tolist(), source_lengths.tolist(), strict=True)
    return [
        [
            Hypothesis(words[b, n, :size], weights[b, n, :size, :length], score)
            for n, (score, size) in enumerate(zip(*beam, strict=True))
            if score > -torch.inf
        ]
        for b, (*beam, length) in enumerate(ranked)
    ]


def beam_steps(
    model: Model,
    source: Tensor,
    source_lengths: Tensor,
    limits: Tensor,
    start: int,
    end: int,
    beam_size: int,
) -> list[BeamStep]:
    """Run the search of `beam_search` until no sentence has a live hypothesis.

    A sentence leaves the batch when it stops: of B sentences, A are still there. The model knows
    nothing of beams: for it, their A·K hypotheses are as many sentences, and the beam of sentence a
    begins at row a·K. One hypothesis may have several children and another none, so after each step
    every child takes a copy of its parent's state.
    """
    state, encoded, scores = _first_hypotheses(model, source, source_lengths, beam_size)
    words = torch.full_like(scores, start, dtype=torch.long)  # (A, K)
    sentences = torch.arange(len(source), device=source.device)  # those in the batch: (A,)
    finished = torch.zeros_like(limits)  # (B,)
    steps: list[BeamStep] = []
    while len(sentences):
        words = words.flatten()  # (A·K,)
        log_probabilities, state, weights = next_words(model.decoder, words, state, encoded)
        at_limit = limits[sentences].eq(len(steps)).unsqueeze(1)  # (A, 1)
        ended, live, words, parents = _extend(scores, log_probabilities, end)
        ended = torch.where(at_limit, scores, ended)  # no room for <eos>: all end as they are
        finished[sentences] += (ended > -torch.inf).sum(dim=1)
        stops = at_limit | (finished[sentences] >= beam_size).unsqueeze(1)  # (A, 1)
        scores = live.masked_fill(stops, -torch.inf)
        rows = beam_size * torch.arange(len(words), device=words.device).unsqueeze(1) + parents
        step = BeamStep(ended, words, parents, weights[rows], scores)
        steps.append(step.spread(sentences, len(source)))
        going = (scores > -torch.inf).any(dim=1)  # (A,)
        sentences, words, scores = sentences[going], words[going], scores[going]
        rows = rows[going].flatten()
        state = state[rows]
        if not going.all():
            encoded = encoded.select(rows)  # all K rows of a sentence hold the same
    return steps


def _first_hypotheses(
    model: Model, source: Tensor, source_lengths: Tensor, beam_size: int
) -> tuple[Tensor, Encoded, Tensor]:
    """Return states and what they attend to, K of each, (B·K, …), and the scores (B, K)."""
    state, encoded = model.encode(source, source_lengths)
    rows = torch.arange(len(source), device=source.device).repeat_interleave(beam_size)
    scores = torch.full((len(source), beam_size), -torch.inf, device=source.device)
    # All K hypotheses are still empty. If each counted, step 1 would find the best word K times.
    scores[:, 0] = 0.0
    return state[rows], encoded.select(rows), scores


def _extend(
    scores: Tensor, log_probabilities: Tensor, end: int
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Add each word to each hypothesis: scores (B, K), log-probabilities (B·K, V).

    Returns four tensors (B, K): the sums with `<eos>` that are among the K best of their sentence
    (-∞ for the others), then the K best sums without `<eos>`, their words and their parents.
    """
    beam_size, vocabulary = scores.shape[1], log_probabilities.shape[1]
    sums = scores.unsqueeze(2) + log_probabilities.unflatten(0, scores.shape)  # (B, K, V)
    # One list of K·V sums for each sentence, so that its hypotheses compete. At most K of them end
    # in <eos>, one for each hypothesis: the 2K best hold at least K that do not.
    best, index = sums.flatten(start_dim=1).topk(2 * beam_size)  # (B, 2K)
    # An <eos> counts only if it is as good as the K-th best sum. Every hypothesis can end at every
    # step, and without this bar the beam would fill with poor translations that end early.
    ended = sums[:, :, end]  # (B, K)
    ended = ended.masked_fill(ended < best[:, beam_size - 1, None], -torch.inf)
    live, choice = best.masked_fill(index % vocabulary == end, -torch.inf).topk(beam_size)
    index = index.gather(1, choice)  # (B, K), each a number hypothesis · V + word
    return ended, live, index % vocabulary, index // vocabulary


def rank_finished(
    steps: list[BeamStep], limits: Tensor, length_normalization: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Choose the K best finished hypotheses of each sentence.

    Returns three tensors (B, K): scores (-∞ where fewer have finished), numbers of words, and rows
    among the hypotheses of that many words.
    """
    # Hypotheses finish at any step. Side by side, those of all steps are one list to choose from.
    ended = torch.stack([step.ended for step in steps], dim=1)  # (B, steps, K)
    beam_size = ended.shape[2]
    lengths = torch.arange(1, len(steps) + 1, device=ended.device)  # t words and <eos>, or
    lengths = lengths.minimum(limits.unsqueeze(1)).unsqueeze(2)  # as many words as the limit
    normalized = ended / lengths.float() ** length_normalization  # (B, steps, K)
    # With a large ρ the power overflows, and -∞ / ∞ is NaN, which topk would rank first.
    normalized = normalized.masked_fill(ended == -torch.inf, -torch.inf).flatten(start_dim=1)
    index = normalized.topk(beam_size).indices  # (B, K)
    return ended.flatten(start_dim=1).gather(1, index), index // beam_size, index % beam_size


def _follow_back(steps: list[BeamStep], sizes: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
    """Collect words (B, K, T) and weights (B, K, T, S), from each hypothesis' last word back.

    sizes, rows (B, K), as `rank_finished` returns them. What stands behind a size is noise.
    """
    # A beam is a tree: only a hypothesis' last word has a place of its own, and from there each
    # word names the row of its parent. So the words come out last first.
    sentences = torch.arange(len(rows), device=rows.device).unsqueeze(1)  # (B, 1)
    words, weights = [], []
    for t in reversed(range(len(steps))):
        words.append(steps[t].words[sentences, rows])
        weights.append(steps[t].weights[sentences, rows])
        # A hypothesis of n words joins at step n - 1; until then its row has to wait.
        rows = torch.where(t < sizes, steps[t].parents[sentences, rows], rows)
    return torch.stack(words[::-1], dim=2), torch.stack(weights[::-1], dim=2)
