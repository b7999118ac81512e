"""The translator without recurrence: a Transformer, Vaswani et al. (2017), as small as the others.

Each word looks at all words of its own sentence (self-attention), and each target word looks at
all source words, too (cross-attention), by equations (2) to (5) with scores divided by √d. To
`fit`, `Translator` and the searches it looks like a `Seq2Seq`.

Shapes: B sentences, S source words, T target words with `<sos>` and `<eos>`, D numbers for each
word, V words in the target vocabulary. A decoder's state holds the t words read so far.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from utils.attention import lengths_to_mask
from utils.model import Encoded, small_embedding
from utils.text import PADDING, Fields


@dataclass(frozen=True)
class TransformerConfig:
    """Everything that is needed to build a Transformer of the same shape again."""

    source_size: int
    target_size: int
    source_padding: int
    target_padding: int
    size: int
    heads: int
    layers: int
    hidden_size: int
    dropout: float


def positions(length: int, size: int) -> Tensor:
    """Return waves that tell positions apart, (length, size); Vaswani et al. (2017), section 3.5.

    Entries 2k and 2k + 1 at position j are the sine and the cosine of j / 10000^(2k / size): the
    first entries change from word to word, the last ones hardly over a whole sentence.
    """
    speeds = 10_000 ** (-torch.arange(0, size, 2) / size)  # (size / 2)
    angles = torch.arange(length).unsqueeze(1) * speeds  # (length, size / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)


def causal_mask(length: int) -> Tensor:
    """Return the mask (length, length), True where a word must not look: at those after it."""
    return torch.ones(length, length, dtype=torch.bool).triu(diagonal=1)


def add_positions(embedded: Tensor, first: int = 0) -> Tensor:
    """Add to words (B, N, D) their positions, counted from `first`."""
    places = positions(first + embedded.shape[1], embedded.shape[2])[first:]
    return embedded + places.to(embedded)


class DecoderLayer(nn.TransformerDecoderLayer):
    """PyTorch's layer; what it adds: it hands out where the words looked, and can go word by word.

    Like that one it has self-attention, cross-attention and a network for each word, each beside a
    residual connection, with the layer norm inside it.
    """

    def __init__(self, config: TransformerConfig):
        sizes = config.size, config.heads, config.hidden_size, config.dropout
        super().__init__(*sizes, batch_first=True, norm_first=True)

    def forward(
        self, words: Tensor, seen: Tensor, encoded: Encoded, hidden: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Let N words (B, N, D) look at those `seen` (B, t, D), then at the source.

        `hidden` (N, t) is True where a word must not look. Returns the words, (B, N, D), and the
        weights of the cross-attention, (B, N, S), the mean of its heads.
        """
        own = self.norm1(seen)
        found, _ = self.self_attn(self.norm1(words), own, own, attn_mask=hidden, need_weights=False)
        words = words + self.dropout1(found)
        found, weights = self.multihead_attn(
            self.norm2(words), encoded.keys, encoded.memory, key_padding_mask=~encoded.mask
        )
        words = words + self.dropout2(found)
        found = self.linear2(self.dropout(self.activation(self.linear1(self.norm3(words)))))
        return words + self.dropout3(found), weights


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

    def forward(self, source: Tensor, mask: Tensor) -> Tensor:
        """source (B, S), mask (B, S) True on real words -> memory (B, S, D)."""
        words = self.dropout(add_positions(self.embedding(source)))  # (B, S, D)
        for layer in self.layers:
            words = layer(words, src_key_padding_mask=~mask)
        return self.norm(words)


class TransformerDecoder(nn.Module):
    """Target words that look at those before them, and at the source."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.embedding = small_embedding(config.target_size, config.size, config.target_padding)
        self.layers = nn.ModuleList(DecoderLayer(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.size)
        self.output = nn.Linear(config.size, config.target_size)
        self.dropout = nn.Dropout(config.dropout)

    def start(self, memory: Tensor) -> Tensor:  # (B, S, D) -> (B, 0, layers, D)
        """Return the state before the first word: no word has been read."""
        return memory.new_zeros(len(memory), 0, len(self.layers), memory.shape[-1])

    def embed(self, words: Tensor) -> Tensor:  # (B,) -> (B, D) or (B, T) -> (B, T, D)
        """Return the embeddings of target words, still without their positions."""
        return self.embedding(words)

    def step(
        self, embedded: Tensor, state: Tensor, encoded: Encoded
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Advance by one word: (B, D), (B, t, layers, D) -> state of t + 1 words, (B, D), (B, S).

        The state keeps what each layer has read, so that only the new word runs through the layers.
        """
        word = self.dropout(add_positions(embedded.unsqueeze(1), first=state.shape[1]))  # (B, 1, D)
        read = []
        for number, layer in enumerate(self.layers):
            read.append(word)
            word, weights = layer(word, torch.cat([state[:, :, number], word], dim=1), encoded)
        state = torch.cat([state, torch.stack(read, dim=2)], dim=1)
        return state, word[:, 0], weights[:, 0]

    def predict(self, embedded: Tensor, state: Tensor | None, context: Tensor) -> Tensor:
        """Return the logits (…, V), from what the last layer made of a word, (…, D), alone."""
        return self.output(self.norm(context))

    def forward(
        self, target: Tensor, encoded: Encoded, wanted: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Teacher forcing without a loop over words: (B, T) -> logits (B, T-1, V), weights.

        With a mask `wanted` (B, T-1) the logits are those of the N words marked True, (N, V). The
        weights (B, T-1, S) are those of the last layer.
        """
        embedded = self.embed(target[:, :-1])  # (B, T-1, D)
        words, hidden = self.dropout(add_positions(embedded)), causal_mask(embedded.shape[1])
        for layer in self.layers:
            words, weights = layer(words, words, encoded, hidden.to(words.device))
        words = words if wanted is None else words[wanted]
        return self.predict(embedded, None, words), weights


class Transformer(nn.Module):
    """Encoder and decoder; `config` builds the same model again."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.config = config
        self.encoder = TransformerEncoder(config)
        self.decoder = TransformerDecoder(config)

    def encode(self, source: Tensor, source_lengths: Tensor) -> tuple[Tensor, Encoded]:
        """Read source (B, S): return the decoder's first state and what it attends to."""
        mask = lengths_to_mask(source_lengths, source.shape[1]).to(source.device)
        memory = self.encoder(source, mask)
        return self.decoder.start(memory), Encoded(memory, memory, mask)

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
    seed: int | None = None,
) -> Transformer:
    """Build a Transformer for the vocabularies of `fields`, with `layers` on each side.

    `size` is D, an even multiple of the `heads`; `hidden_size` is that of the network that each
    word runs through. With a `seed` the initial weights are the same each time, and the global
    random state stays untouched. Raises ValueError for sizes that do not fit.
    """
    if size % heads or size % 2:
        raise ValueError(f"size must be even and a multiple of the {heads} heads, not {size}.")
    source, target = fields.source.vocab, fields.target.vocab
    config = TransformerConfig(
        source_size=len(source),
        target_size=len(target),
        source_padding=source.stoi[PADDING],
        target_padding=target.stoi[PADDING],
        size=size,
        heads=heads,
        layers=layers,
        hidden_size=hidden_size,
        dropout=dropout,
    )
    with torch.random.fork_rng(range(torch.cuda.device_count()), enabled=seed is not None):
        if seed is not None:
            torch.manual_seed(seed)
        return Transformer(config)
