"""Four ways to look at the source sentence: equations (2) to (5).

At step t the decoder holds the state s_{t-1} (the *query*). The encoder left one vector h_j for
each source word (the *memory*). An attention turns both into weights α_tj and a context c_t:

    e_tj = a(s_{t-1}, h_j)                  (2)  the score; the classes below differ only here
    α_tj = exp(e_tj) / Σ_k exp(e_tk)        (4)  softmax over the real source words
    c_t  = Σ_j α_tj h_j                     (5)  the context vector

Shapes: B sentences, S source words, Q the query's size, M the memory's size, A the size of the
hidden layer in additive attention.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn


class Encoded(NamedTuple):
    """An encoded source sentence: everything the decoder needs at each step.

    memory (B, S, M): h_j. keys (B, S, K): the projected memory. mask (B, S): True on real words.
    """

    memory: Tensor
    keys: Tensor
    mask: Tensor

    def select(self, rows: Tensor | slice) -> "Encoded":
        """Pick some of the sentences; `rows` indexes the first dimension."""
        return Encoded(*(part[rows] for part in self))


def lengths_to_mask(lengths: Tensor | list[int], size: int | None = None) -> Tensor:
    """Return the mask (B, S) for lengths (B,): True on real words, False on padding."""
    lengths = torch.as_tensor(lengths)
    size = int(lengths.max()) if size is None else size
    return torch.arange(size, device=lengths.device) < lengths.unsqueeze(1)


def last_states(memory: Tensor, lengths: Tensor) -> Tensor:
    """Return the last state of each direction: memory (B, S, M), lengths (B,) -> summary (B, M).

    Going right that is the state at the last real word, going left the state at the first word.
    The two directions share h_j half and half.
    """
    half = memory.shape[-1] // 2
    rows = torch.arange(len(memory), device=memory.device)
    return torch.cat([memory[rows, lengths - 1, :half], memory[:, 0, half:]], dim=-1)


class Attention(nn.Module):
    """Equations (2), (4) and (5); a subclass says how to score, equation (3).

    Every row of `mask` must have at least one True: there is no softmax over nothing.
    """

    learning_rate_factor = 1.0  # training multiplies the learning rate of these parameters by it

    def __init__(self, query_size: int, memory_size: int, hidden_size: int | None = None):
        super().__init__()  # every attention takes all three sizes, and uses those that it needs

    def project(self, memory: Tensor) -> Tensor:  # (B, S, M) -> (B, S, K)
        """Return the keys: the part of the score that depends only on the memory.

        Compute it once per sentence.
        """
        return memory

    def score(self, query: Tensor, keys: Tensor) -> Tensor:  # (B, Q), (B, S, K) -> (B, S)
        """Return e_tj for every source word j, equation (2)."""
        raise NotImplementedError

    def forward(
        self, query: Tensor, memory: Tensor, mask: Tensor, keys: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """query (B, Q), memory (B, S, M), mask (B, S) -> context (B, M), weights (B, S).

        Pass `keys=attention.project(memory)` when many queries meet the same memory.
        """
        keys = self.project(memory) if keys is None else keys
        scores = self.score(query, keys).masked_fill(~mask, -torch.inf)  # (2), padding out
        weights = scores.softmax(dim=-1)  # (4): (B, S)
        context = torch.bmm(weights.unsqueeze(1), memory).squeeze(1)  # (5): (B, M)
        return context, weights


class FixedContext(Attention):
    """No attention: c_t = c, the encoder's summary, whatever the query.

    The summary is the last state of each direction of a bidirectional encoder: the left-to-right
    half of h at the last word, the right-to-left half at the first. As weights, which never move:
    one half on the last word and one half on the first.
    """

    def forward(
        self, query: Tensor, memory: Tensor, mask: Tensor, keys: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """query (B, Q), memory (B, S, M), mask (B, S) -> context (B, M), weights (B, S)."""
        lengths = mask.sum(dim=1)  # (B,)
        weights = torch.zeros_like(mask, dtype=memory.dtype)
        weights[:, 0] = 0.5
        weights[torch.arange(len(mask)), lengths - 1] += 0.5
        return last_states(memory, lengths), weights


class DotAttention(Attention):
    """e_tj = s_{t-1}ᵀ h_j, equation (3a); Luong et al. (2015), section 3.1. No parameters."""

    def __init__(self, query_size: int, memory_size: int, hidden_size: int | None = None):
        super().__init__(query_size, memory_size)
        if query_size != memory_size:
            raise ValueError(
                f"dot attention needs states of one size, but the decoder's has {query_size} and "
                f"the encoder's {memory_size} numbers: use general or additive attention."
            )

    def score(self, query: Tensor, keys: Tensor) -> Tensor:  # (B, Q), (B, S, M) -> (B, S)
        """Return the dot product of the query with each word's state."""
        return torch.bmm(keys, query.unsqueeze(2)).squeeze(2)


class GeneralAttention(Attention):
    """e_tj = s_{t-1}ᵀ W h_j, equation (3b); Luong et al. (2015), section 3.1.

    Each of the Q × M entries of W touches every score, so W learns at a tenth of the rate.
    Notebook 06 measures what happens without that.
    """

    learning_rate_factor = 0.1

    def __init__(self, query_size: int, memory_size: int, hidden_size: int | None = None):
        super().__init__(query_size, memory_size)
        self.W = nn.Linear(memory_size, query_size, bias=False)

    def project(self, memory: Tensor) -> Tensor:  # (B, S, M) -> (B, S, Q)
        """Return W h_j for every word."""
        return self.W(memory)

    def score(self, query: Tensor, keys: Tensor) -> Tensor:  # (B, Q), (B, S, Q) -> (B, S)
        """Return the dot product of the query with each W h_j."""
        return torch.bmm(keys, query.unsqueeze(2)).squeeze(2)


class AdditiveAttention(Attention):
    """e_tj = vᵀ tanh(W₁ h_j + W₂ s_{t-1}), equation (3c); Bahdanau et al. (2015), section 3.1."""

    def __init__(self, query_size: int, memory_size: int, hidden_size: int | None = None):
        super().__init__(query_size, memory_size)
        hidden_size = query_size if hidden_size is None else hidden_size
        self.W1 = nn.Linear(memory_size, hidden_size, bias=False)
        self.W2 = nn.Linear(query_size, hidden_size)
        self.v = nn.Linear(hidden_size, 1, bias=False)

    def project(self, memory: Tensor) -> Tensor:  # (B, S, M) -> (B, S, A)
        """Return W₁ h_j for every word."""
        return self.W1(memory)

    def score(self, query: Tensor, keys: Tensor) -> Tensor:  # (B, Q), (B, S, A) -> (B, S)
        """Return vᵀ tanh(W₁ h_j + W₂ s_{t-1}) for every word."""
        return self.v(torch.tanh(keys + self.W2(query).unsqueeze(1))).squeeze(-1)


ATTENTIONS: dict[str, type[Attention]] = {
    "fixed": FixedContext,
    "dot": DotAttention,
    "general": GeneralAttention,
    "additive": AdditiveAttention,
}
