"""Search for a translation, for a whole batch of sentences at once.

Greedy search takes the most probable word at each step, feeds it back as y_{t-1}, and stops at
`<eos>`, or at a limit when a sentence never gets there.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from utils.model import Seq2Seq


class Hypothesis(NamedTuple):
    """One translation as numbers: words (T,) without `<eos>`, weights (T, S), and its score.

    The score is the natural log of the translation's probability, `<eos>` included.
    """

    words: Tensor
    weights: Tensor
    score: float


def length_limits(source_lengths: Tensor) -> Tensor:
    """Return the most words a translation may have, (B,): generous, only run-ons meet it."""
    return 2 * source_lengths + 10


@torch.no_grad()
def greedy(
    model: Seq2Seq, source: Tensor, source_lengths: Tensor, start: int, end: int
) -> list[Hypothesis]:
    """Translate source (B, S) greedily into B hypotheses.

    `start` and `end` are the numbers of `<sos>` and `<eos>`. Use the model in eval mode.
    """
    decoder = model.decoder
    limits = length_limits(source_lengths).to(source.device)
    state, encoded = model.encode(source, source_lengths)
    word = source.new_full((len(source),), start)  # (B,)
    finished = torch.zeros_like(word, dtype=torch.bool)
    steps = []
    while not finished.all():
        embedded = decoder.embed(word)
        state, context, weights = decoder.step(embedded, state, encoded)
        log_probabilities = decoder.predict(embedded, state, context).log_softmax(dim=-1)  # (B, V)
        score, word = log_probabilities.max(dim=-1)
        finished = finished | (len(steps) == limits)
        word, score = word.masked_fill(finished, end), score.masked_fill(finished, 0.0)
        steps.append((word, weights, score))
        finished = finished | (word == end)
    words, weights, scores = (torch.stack(part, dim=1).cpu() for part in zip(*steps, strict=True))
    sizes = (words != end).sum(dim=1).tolist()
    return [
        Hypothesis(words[i, :size], weights[i, :size, :length], float(scores[i].sum()))
        for i, (size, length) in enumerate(zip(sizes, source_lengths.tolist(), strict=True))
    ]
