"""What search and training ask of a model: their contract.

Search takes any `Model`, even one without weights. Training needs a `Network`: a `Model` that
PyTorch can move, save and learn.

Shapes: B sentences, S source words, T target words with `<sos>` and `<eos>`, V words in the target
vocabulary. States, embeddings and contexts have sizes that only the model itself knows: here "…".
"""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from utils.models.attention import Encoded
from utils.system.limits import NUMBER, SWITCH, WORDS, Limited, limited, option


class StepDecoder(Protocol):
    """A decoder that writes one target word at a time, for each sentence of a batch."""

    def embed(self, words: Tensor, /) -> Tensor:  # (B,) -> (B, …)
        """Return the embeddings of target words, for `step` and `predict`."""

    def step(
        self, embedded: Tensor, state: Tensor, encoded: Encoded, /
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Read y_{t-1} (B, …) in a state (B, …): return the next state, c_t (B, …), α_t (B, S)."""

    def predict(self, embedded: Tensor, state: Tensor, context: Tensor, /) -> Tensor:
        """Return the logits of the next word, (B, V)."""


class Model(Protocol):
    """What a search needs. The first dimension of every tensor counts the sentences."""

    @property
    def decoder(self) -> StepDecoder:
        """What writes the translation."""

    def encode(self, source: Tensor, source_lengths: Tensor, /) -> tuple[Tensor, Encoded]:
        """Read source (B, S), lengths (B,): return the first state (B, …) and what to attend to."""


@dataclass(frozen=True)
class NetworkConfig(Limited):
    """The vocabularies of a network: their sizes, and the numbers of `<pad>` in them.

    A tied network has one matrix for both embeddings and the output.
    """

    source_size: int = limited(WORDS)
    target_size: int = limited(WORDS)
    source_padding: int = limited(NUMBER)
    target_padding: int = limited(NUMBER)
    tied: bool = option("one matrix for both embeddings and the output", SWITCH)

    @property
    def fewest_weights(self) -> int:
        """A lower bound of the number of weights, known before anything is built."""
        raise NotImplementedError


class Network(nn.Module):
    """A `Model` with weights; `config` builds the same network again, on `device` it computes."""

    config: NetworkConfig
    decoder: StepDecoder

    @property
    def device(self) -> torch.device:
        """Where the weights are, and where a batch has to be."""
        return next(self.parameters()).device

    def encode(self, source: Tensor, source_lengths: Tensor) -> tuple[Tensor, Encoded]:
        """As `Model.encode`."""
        raise NotImplementedError

    def forward(
        self, source: Tensor, source_lengths: Tensor, target: Tensor, wanted: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Teacher forcing: (B, S), (B,), (B, T) -> logits (B, T-1, V), weights (B, T-1, S).

        Logits are expensive. With a mask `wanted` (B, T-1) they are those of N steps alone, (N, V).
        """
        raise NotImplementedError


def count_parameters(module: nn.Module) -> int:
    """Return how many numbers a network, or a part of one, can learn; shared ones count once."""
    return sum(parameter.numel() for parameter in module.parameters())


def classes_of(module: nn.Module) -> dict[str, str]:
    """Return the class of each part by its name: what a configuration and its weights don't say."""
    return {name: type(part).__qualname__ for name, part in module.named_modules()}
