"""Embeddings: a learned vector of E numbers for each word."""

import math

from torch import Tensor, nn

SCALE = 0.4  # standard deviation of the first numbers


def small_embedding(words: int, size: int, padding: int) -> nn.Embedding:
    """Return an embedding with smaller numbers than usual, so that training soon shapes them."""
    embedding = nn.Embedding(words, size, padding_idx=padding)
    nn.init.normal_(embedding.weight, std=SCALE)
    nn.init.zeros_(embedding.weight[padding])
    return embedding


class TiedEmbedding(nn.Embedding):
    """An embedding that is the output layer, too: x = √E · (its row).

    As rows of the output layer its numbers must be small, as inputs of a GRU about 1. The factor
    serves both (Vaswani et al. 2017, section 3.4).
    """

    def __init__(self, words: int, size: int, padding: int):
        super().__init__(words, size, padding_idx=padding)
        nn.init.normal_(self.weight, std=size**-0.5)
        nn.init.zeros_(self.weight[padding])

    def forward(self, words: Tensor) -> Tensor:  # (…) -> (…, E)
        """Return the embeddings of words."""
        return math.sqrt(self.embedding_dim) * super().forward(words)
