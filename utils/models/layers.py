"""The parts of a Transformer: positions, the causal mask, attention, and the decoder's layer.

Shapes: B sentences, S words that are looked at, N words that look, E numbers for each word, d
numbers for each word in one head.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def positions(length: int, size: int) -> Tensor:
    """Return waves that tell positions apart, (length, size); Vaswani et al. (2017), section 3.5.

    Entries 2k and 2k + 1 at position j are the sine and the cosine of j / 10000^(2k / size): the
    first entries change from word to word, the last ones hardly over a whole sentence.
    """
    speeds = 10_000 ** (-torch.arange(0, size, 2) / size)  # (size / 2)
    angles = torch.arange(length).unsqueeze(1) * speeds  # (length, size / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)


def add_positions(embedded: Tensor, first: int = 0) -> Tensor:
    """Add to words (B, N, E) their positions, counted from `first`."""
    places = positions(first + embedded.shape[1], embedded.shape[2])[first:]
    return embedded + places.to(embedded)


def causal_mask(length: int) -> Tensor:
    """Return the mask (length, length): row t is True up to column t, itself and those before."""
    return torch.ones(length, length, dtype=torch.bool).tril()


def project(attention: nn.MultiheadAttention, words: Tensor) -> Tensor:
    """Return the keys and the values of all heads, side by side: (B, S, E) -> (B, S, 2E)."""
    size = attention.embed_dim
    return F.linear(words, attention.in_proj_weight[size:], attention.in_proj_bias[size:])


def attend(
    attention: nn.MultiheadAttention, words: Tensor, projected: Tensor, mask: Tensor
) -> tuple[Tensor, Tensor]:
    """Let words (B, N, E) look at keys and values that `project` has made, (B, S, 2E).

    `mask`, (N, S) or (B, 1, S), is True where a word may look. Returns the output (B, N, E) and
    the mean weights of all heads (B, N, S). Calling `attention` computes the same, but it would
    project all keys again at every step of a search. In training some of the weights are dropped,
    as in PyTorch's layers; those that are returned are whole.
    """
    size, heads = attention.embed_dim, attention.num_heads
    queries = F.linear(words, attention.in_proj_weight[:size], attention.in_proj_bias[:size])
    queries, keys, values = (
        part.unflatten(2, (heads, -1)).transpose(1, 2)  # (B, heads, N or S, d)
        for part in (queries, *projected.chunk(2, dim=2))
    )
    scores = queries @ keys.transpose(2, 3) / math.sqrt(size // heads)  # (B, heads, N, S)
    # One mask for all heads: (N, S) -> (1, N, S), and (B, 1, S) -> (B, 1, 1, S).
    weights = scores.masked_fill(~mask.unsqueeze(-3), -torch.inf).softmax(dim=3)
    dropped = F.dropout(weights, attention.dropout, attention.training)
    output = (dropped @ values).transpose(1, 2).flatten(2)  # (B, N, E)
    return attention.out_proj(output), weights.mean(dim=1)


class DecoderLayer(nn.TransformerDecoderLayer):
    """PyTorch's layer, with a method `read` that returns the weights and can go word by word.

    It has self-attention, cross-attention and a network for each word, each with a layer norm
    before it and a residual connection around it. Keys and values, (B, S, 2E), come from `project`.
    """

    def __init__(self, size: int, heads: int, hidden_size: int, dropout: float):
        super().__init__(size, heads, hidden_size, dropout, batch_first=True, norm_first=True)

    def read(
        self, words: Tensor, own: Tensor, source: Tensor, own_mask: Tensor, source_mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Let N words (B, N, E) look at keys and values of their `own` sentence, then `source`.

        `own_mask` (N, t) and `source_mask` (B, 1, S) are True where they may look. Returns the
        words, (B, N, E), and the weights on the source, (B, N, S), the mean of all heads.
        """
        output, _ = attend(self.self_attn, self.norm1(words), own, own_mask)
        words = words + self.dropout1(output)
        output, weights = attend(self.multihead_attn, self.norm2(words), source, source_mask)
        words = words + self.dropout2(output)
        output = self.linear2(self.dropout(self.activation(self.linear1(self.norm3(words)))))
        return words + self.dropout3(output), weights
