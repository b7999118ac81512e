"""Attentions that take the place of those in `utils.models`: each looks in one other way."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from utils.models.attention import AdditiveAttention, Attention, DotAttention, FixedContext
from utils.models.seq2seq import ModelConfig

Part = Callable[[ModelConfig], nn.Module]


def sized(kind: Callable[[int, int], Attention]) -> Part:
    """Return what builds such an attention with the sizes of a configuration."""
    return lambda config: kind(config.hidden_size, config.memory_size)


class LastStateContext(FixedContext):
    """The fixed vector of an encoder with one direction: the state at the last real word."""

    def forward(
        self, query: Tensor, memory: Tensor, mask: Tensor, keys: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """query (B, Q), memory (B, S, M), mask (B, S) -> context (B, M), weights (B, S)."""
        last = mask.sum(dim=1) - 1  # (B,)
        weights = nn.functional.one_hot(last, mask.shape[1]).to(memory.dtype)
        return memory[torch.arange(len(memory)), last], weights


class UniformContext(FixedContext):
    """c_t is the mean of all h_j, at every step: α_tj = 1 / T_x.

    As in attention, each h_j is one step away from the loss. As in a fixed vector, the decoder
    selects nothing.
    """

    def forward(
        self, query: Tensor, memory: Tensor, mask: Tensor, keys: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """query (B, Q), memory (B, S, M), mask (B, S) -> context (B, M), weights (B, S)."""
        weights = mask / mask.sum(dim=1, keepdim=True)  # (B, S)
        return torch.bmm(weights.unsqueeze(1), memory).squeeze(1), weights


class UnmaskedDotAttention(DotAttention):
    """Equation (4) with padding among the words: the softmax is over all S positions."""

    def forward(
        self, query: Tensor, memory: Tensor, mask: Tensor, keys: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """query (B, Q), memory (B, S, M), mask (B, S) -> context (B, M), weights (B, S)."""
        return super().forward(query, memory, torch.ones_like(mask), keys)


class RandomContext(FixedContext):
    """Frozen random weights: word j has the same score e_j in every sentence and at every step.

    The scores are drawn once, from a normal distribution with the standard deviation `SPREAD`, and
    never trained. With 2, a few of the words get nearly all of the weight, as in a trained map.
    """

    SPREAD, PLACES = 2.0, 1_000  # after so many words the scores repeat

    def __init__(self, query_size: int, memory_size: int):
        super().__init__(query_size, memory_size)
        self.scores: Tensor
        self.register_buffer("scores", self.SPREAD * torch.randn(self.PLACES))

    def forward(
        self, query: Tensor, memory: Tensor, mask: Tensor, keys: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """query (B, Q), memory (B, S, M), mask (B, S) -> context (B, M), weights (B, S)."""
        places = torch.arange(mask.shape[1], device=mask.device) % self.PLACES
        scores = self.scores[places].expand(mask.shape)  # (B, S)
        weights = scores.masked_fill(~mask, -torch.inf).softmax(dim=-1)
        return torch.bmm(weights.unsqueeze(1), memory).squeeze(1), weights


class ScaledDotAttention(DotAttention):
    """e_tj = s_{t-1}ᵀ h_j / √d, with d numbers in each state; Vaswani et al. (2017), eq. (1)."""

    def score(self, query: Tensor, keys: Tensor) -> Tensor:  # (B, Q), (B, S, M) -> (B, S)
        """Return the dot products, divided by √d."""
        return super().score(query, keys) / query.shape[1] ** 0.5


class CurvedAttention(AdditiveAttention):
    """e_tj = vᵀ f(W₁ h_j + W₂ s_{t-1}): another curve f than the tanh of equation (3c)."""

    def __init__(self, query_size: int, memory_size: int, curve: Callable[[Tensor], Tensor]):
        super().__init__(query_size, memory_size)
        self.curve = curve

    def score(self, query: Tensor, keys: Tensor) -> Tensor:  # (B, Q), (B, S, A) -> (B, S)
        """Return vᵀ f(W₁ h_j + W₂ s_{t-1}) for every word."""
        return self.v(self.curve(keys + self.W2(query).unsqueeze(1))).squeeze(-1)


def curved(curve: Callable[[Tensor], Tensor]) -> Part:
    """Return what builds an additive attention with another curve."""
    return sized(partial(CurvedAttention, curve=curve))


class FrozenVAttention(AdditiveAttention):
    """Equation (3c) with a v that is never trained: W₁ and W₂ do all the learning.

    v keeps its initial direction, and its initial norm if no other is given.
    """

    def __init__(self, query_size: int, memory_size: int, norm: float | None = None):
        super().__init__(query_size, memory_size)
        self.v.requires_grad_(False)
        self.norm = norm

    def score(self, query: Tensor, keys: Tensor) -> Tensor:  # (B, Q), (B, S, A) -> (B, S)
        """Return vᵀ tanh(W₁ h_j + W₂ s_{t-1}) for every word, v brought to the norm."""
        scores = super().score(query, keys)
        return scores if self.norm is None else scores * (self.norm / self.v.weight.norm())
