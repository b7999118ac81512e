"""The translator without recurrence: a Transformer, Vaswani et al. (2017), as small as the others.

Each word looks at the words of its own sentence (self-attention), and each target word also at all
source words (cross-attention), by equations (2) to (5) with scores divided by √d. Like a `Seq2Seq`
it is a `Network`: training, search and `Translator` don't see a difference.

Shapes: B sentences, S source words, T target words with `<sos>` and `<eos>`, E numbers for each
word, V words in the target vocabulary. The decoder's state holds keys and values of the t words
that it has read.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from utils.models.attention import Encoded, lengths_to_mask
from utils.models.building import EMBEDDING_SCALE, build_from, small_embedding
from utils.models.config import check_fields, sizes_of
from utils.models.contract import Network, NetworkConfig
from utils.models.layers import DecoderLayer, add_positions, causal_mask, project
from utils.system.limits import SHARE, SIZE, check_weights, option, whole
from utils.text import Fields

HEADS, LAYERS = whole(1, 1_000), whole(1, 100)


@dataclass(frozen=True)
class TransformerConfig(NetworkConfig):
    """Everything that is needed to build a Transformer of the same shape again.

    Raises ValueError for sizes that do not fit.
    """

    size: int = option("numbers for each word, a multiple of the heads", SIZE)
    heads: int = option("attentions side by side in each layer", HEADS)
    layers: int = option("layers of the encoder, and of the decoder", LAYERS)
    hidden_size: int = option("numbers in the network that each word runs through", SIZE)
    dropout: float = option("share of numbers dropped in training", SHARE)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.size % self.heads or self.size % 2:
            raise ValueError(
                f"size must be even and a multiple of the {self.heads} heads, not {self.size}."
            )
        check_weights(self.fewest_weights)

    @property
    def fewest_weights(self) -> int:
        """The number of weights, without biases and layer norms."""
        layers = self.layers * (12 * self.size**2 + 4 * self.size * self.hidden_size)
        words = self.source_size + (0 if self.tied else 2 * self.target_size)
        return self.size * words + layers

    @property
    def embedding_factor(self) -> float:
        """What embeddings are multiplied by, so that positions don't drown them.

        A tied matrix must be small, because it is the output layer as well: √E makes up for it
        (Vaswani et al. 2017, section 3.4).
        """
        return math.sqrt(self.size) if self.tied else 1.0


class TransformerEncoder(nn.Module):
    """Source words that look at each other: what takes the place of equation (1)."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.embedding = small_embedding(config.source_size, config.size, config.source_padding)
        sizes = config.size, config.heads, config.hidden_size, config.dropout
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(*sizes, batch_first=True, norm_first=True)
            for _ in range(config.layers)
        )
        self.norm = nn.LayerNorm(config.size)
        self.dropout = nn.Dropout(config.dropout)
        self.factor = config.embedding_factor

    def forward(self, source: Tensor, mask: Tensor) -> Tensor:
        """source (B, S), mask (B, S) True on real words -> memory (B, S, E)."""
        words = self.dropout(add_positions(self.factor * self.embedding(source)))  # (B, S, E)
        for layer in self.layers:
            words = layer(words, src_key_padding_mask=~mask)  # PyTorch's True: must not look
        return self.norm(words)


class TransformerDecoder(nn.Module):
    """Target words that look at those before them, and at the source."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.embedding = small_embedding(config.target_size, config.size, config.target_padding)
        sizes = config.size, config.heads, config.hidden_size, config.dropout
        self.layers: Collection[DecoderLayer] = nn.ModuleList(
            DecoderLayer(*sizes) for _ in range(config.layers)
        )  # type: ignore[assignment]  # for mypy, a ModuleList holds modules of any kind
        self.norm = nn.LayerNorm(config.size)
        self.output = nn.Linear(config.size, config.target_size)
        self.dropout = nn.Dropout(config.dropout)
        self.factor = config.embedding_factor

    def project(self, memory: Tensor) -> Tensor:  # (B, S, E) -> (B, S, layers · 2E)
        """Return the source's keys and values for all layers, once per sentence."""
        return torch.cat([project(layer.multihead_attn, memory) for layer in self.layers], dim=2)

    def start(self, memory: Tensor) -> Tensor:  # (B, S, E) -> (B, 0, layers · 2E)
        """Return the state before the first word: the keys and values of no word."""
        return memory.new_zeros(len(memory), 0, len(self.layers) * 2 * memory.shape[2])

    def embed(self, words: Tensor) -> Tensor:  # (B,) -> (B, E) or (B, T) -> (B, T, E)
        """Return the embeddings of target words, still without their positions."""
        return self.factor * self.embedding(words)

    def read(self, words: Tensor, state: Tensor, encoded: Encoded) -> tuple[Tensor, Tensor, Tensor]:
        """Run N words (B, N, E) through all layers, after the t words of the state.

        Returns the state of t + N words, the last layer's output (B, N, E) and its weights on the
        source (B, N, S).
        """
        t, N = state.shape[1], words.shape[1]
        words = self.dropout(add_positions(words, first=t))
        own_mask = causal_mask(t + N)[t:].to(words.device)  # (N, t + N)
        source_mask = encoded.mask.unsqueeze(1)  # (B, 1, S)
        parts = (part.chunk(len(self.layers), dim=2) for part in (state, encoded.keys))
        states = []
        for layer, before, source in zip(self.layers, *parts, strict=True):
            own = torch.cat([before, project(layer.self_attn, layer.norm1(words))], dim=1)
            words, weights = layer.read(words, own, source, own_mask, source_mask)
            states.append(own)
        return torch.cat(states, dim=2), words, weights

    def step(
        self, embedded: Tensor, state: Tensor, encoded: Encoded
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Advance by one word: (B, E), state of t words -> of t + 1 words, (B, E), α_t (B, S)."""
        state, words, weights = self.read(embedded.unsqueeze(1), state, encoded)
        return state, words[:, 0], weights[:, 0]

    def predict(self, embedded: Tensor, state: Tensor | None, context: Tensor) -> Tensor:
        """Return the logits (…, V), which need the last layer's output (…, E) and nothing else."""
        return self.output(self.norm(context))

    def forward(
        self, target: Tensor, encoded: Encoded, wanted: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Teacher forcing without a loop over words: (B, T) -> logits (B, T-1, V), weights.

        With a mask `wanted` (B, T-1) the logits are those of the N words marked True, (N, V). The
        weights (B, T-1, S) are those of the last layer.
        """
        embedded = self.embed(target[:, :-1])  # (B, T-1, E)
        _, words, weights = self.read(embedded, self.start(encoded.memory), encoded)
        words = words if wanted is None else words[wanted]
        return self.predict(embedded, None, words), weights


class Transformer(Network):
    """Encoder and decoder; `config` builds the same model again."""

    decoder: TransformerDecoder

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.config = config
        self.encoder = TransformerEncoder(config)
        self.decoder = TransformerDecoder(config)
        if config.tied:
            shared = self.decoder.embedding = self.encoder.embedding
            shared.weight.data.mul_(config.size**-0.5 / EMBEDDING_SCALE)
            self.decoder.output.weight = shared.weight

    def encode(self, source: Tensor, source_lengths: Tensor) -> tuple[Tensor, Encoded]:
        """Read source (B, S): return the decoder's first state and what it attends to."""
        mask = lengths_to_mask(source_lengths, source.shape[1]).to(source.device)
        memory = self.encoder(source, mask)
        encoded = Encoded(memory, self.decoder.project(memory), mask)
        return self.decoder.start(memory), encoded

    def forward(
        self,
        source: Tensor,
        source_lengths: Tensor,
        target: Tensor,
        wanted: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Teacher forcing: (B, S), (B,), (B, T) -> logits (B, T-1, V), weights (B, T-1, S).

        With a mask `wanted` (B, T-1) the logits are those of the N words marked True, (N, V).
        """
        _, encoded = self.encode(source, source_lengths)
        return self.decoder(target, encoded, wanted)


def build_transformer(
    fields: Fields,
    size: int = 80,
    heads: int = 4,
    layers: int = 2,
    hidden_size: int = 192,
    dropout: float = 0.0,
    tied: bool = False,
    seed: int | None = None,
) -> Transformer:
    """Build a Transformer for the vocabularies of `fields`, with `layers` on each side.

    `size` is E, an even multiple of the `heads`; `hidden_size` is that of the network that each
    word runs through. `tied` uses one matrix for both embeddings and the output, so both languages
    must share a vocabulary. With a `seed` the initial weights are the same each time, and the
    global random state stays untouched. Raises ValueError for sizes that do not fit.
    """
    config = TransformerConfig(
        **sizes_of(fields),
        size=size,
        heads=heads,
        layers=layers,
        hidden_size=hidden_size,
        dropout=dropout,
        tied=tied,
    )
    check_fields(config, fields)
    return build_from(config, Transformer, seed)
