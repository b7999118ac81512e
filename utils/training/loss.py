"""What training minimizes and reports, in nats per real word; padding doesn't count.

A long sentence counts for more than a short one. Perplexity is the loss's exponential.
"""

from collections.abc import Sequence
from itertools import chain

import torch
from torch import Tensor
from torch.nn import functional as F

from utils.batches import make_batches
from utils.corpora import Pair
from utils.models.contract import Network
from utils.system.sizes import parts_of
from utils.text import Fields


def word_loss(logits: Tensor, target: Tensor, padding: int) -> Tensor:
    """Return the mean loss per real word: logits (B, T-1, V), target (B, T) -> scalar, nats."""
    words = target[:, 1:].flatten()  # those after <sos>: (B * (T-1),)
    return F.cross_entropy(logits.flatten(0, 1), words, ignore_index=padding)


def smoothed_loss(logits: Tensor, words: Tensor, label_smoothing: float) -> tuple[Tensor, Tensor]:
    """Return two scalars: the loss with label smoothing ε, to minimize, and without, to report.

    Takes the logits (N, V) for N real words, and those words (N,). Smoothing spreads a share ε of
    the target probability evenly over all V words (Szegedy et al. 2016):

        loss = (1 - ε) · word_loss + ε · mean over the V words of -log p
    """
    log_probabilities = logits.log_softmax(dim=-1)  # (N, V)
    plain = F.nll_loss(log_probabilities, words)
    if not label_smoothing:
        return plain, plain.detach()
    uniform = -log_probabilities.sum() / log_probabilities.numel()  # mean() is slower backward
    return (1 - label_smoothing) * plain + label_smoothing * uniform, plain.detach()


@torch.no_grad()
def validation_loss(
    model: Network, fields: Fields, pairs: Sequence[Pair], batch_size: int = 128
) -> float:
    """Return the mean loss per word over all of `pairs`, teacher-forced, without dropout."""
    model.eval()
    padding, total, words = fields.padding, 0.0, 0
    batches = make_batches(pairs, fields, batch_size, shuffle=True)
    for batch in chain.from_iterable(parts_of(batch, padding) for batch in batches):
        batch = batch.to(model.device)
        count = batch.count_words(padding)
        total += float(word_loss(model(*batch)[0], batch.target, padding)) * count
        words += count
    return total / words
