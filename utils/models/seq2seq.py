"""The encoder–decoder. One encoder, one decoder, four attentions.

    h_1 … h_S = Encoder(x_1 … x_S)               (1)
    c_t       = attention(s_{t-1}, h)            (2)–(5)
    s_t       = GRU([y_{t-1}; c_t], s_{t-1})     (6)
    p(y_t)    = softmax(g(y_{t-1}, s_t, c_t))    (7)

Shapes: B sentences, S source words, T target words with `<sos>` and `<eos>`, E the embedding's
size, M the memory's, Q the decoder state's, V the target vocabulary's.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from utils.models.attention import ATTENTIONS, Encoded, last_states, lengths_to_mask
from utils.models.building import EMBEDDING_SCALE, TIED_SCALE, build_from, small_embedding
from utils.models.config import ModelConfig, check_fields, sizes_of
from utils.models.contract import Network
from utils.text import Fields


class Encoder(nn.Module):
    """A bidirectional GRU over packed sequences, and the word itself: equation (1).

    h_j = √½ ([→h_j ; ←h_j] + U x_j), where each direction has M / 2 units. The last term is a
    residual connection (He et al. 2016). It is meant to keep word j visible in h_j beside its
    neighbors, so that attention has a reason to look at the word itself. The factor keeps a sum of
    two terms as large as one (Gehring et al. 2017, section 3.4).
    """

    def __init__(self, config: ModelConfig):
        super().__init__()
        embedding_size, memory_size = config.embedding_size, config.memory_size
        self.embedding = small_embedding(config.source_size, embedding_size, config.source_padding)
        self.gru = nn.GRU(embedding_size, memory_size // 2, batch_first=True, bidirectional=True)
        self.own_word = nn.Linear(embedding_size, memory_size, bias=False)
        nn.init.normal_(self.own_word.weight, std=0.07)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, source: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """source (B, S), lengths (B,) -> memory (B, S, M), summary (B, M)."""
        embedded = self.dropout(self.embedding(source))  # (B, S, E)
        states = self.read(embedded, lengths) + self.own_word(embedded)  # (B, S, M)
        memory = self.dropout(math.sqrt(0.5) * states)
        return memory, self.summarize(memory, lengths.to(memory.device))

    def summarize(self, memory: Tensor, lengths: Tensor) -> Tensor:
        """Return the last state of each direction: (B, S, M), (B,) -> (B, M)."""
        return last_states(memory, lengths)

    def read(self, embedded: Tensor, lengths: Tensor) -> Tensor:  # (B, S, E), (B,) -> (B, S, M)
        """Run the GRU over the real words only; the states of padding are 0."""
        longest = embedded.shape[1]
        if int(lengths.min()) == longest:  # nothing to skip, and without packing it is faster
            return self.gru(embedded)[0]
        # The GRU that goes left would read the padding first, and carry it into every real word.
        # Packed, each sentence starts at its own last word. The lengths must be on the CPU: PyTorch
        # plans from them, before the GPU starts, which sentences still have a word at each step.
        packed = pack_padded_sequence(
            embedded, lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        states, _ = self.gru(packed)
        return pad_packed_sequence(states, batch_first=True, total_length=longest)[0]


class Decoder(nn.Module):
    """A GRU that writes one target word at a time, equations (2) to (7)."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        embedding_size, hidden_size = config.embedding_size, config.hidden_size
        memory_size = config.memory_size
        self.embedding = small_embedding(config.target_size, embedding_size, config.target_padding)
        self.attention = ATTENTIONS[config.attention](hidden_size, memory_size)
        self.initial = nn.Linear(memory_size, hidden_size)
        self.cell = nn.GRUCell(embedding_size + memory_size, hidden_size)
        self.readout = nn.Linear(embedding_size + hidden_size + memory_size, embedding_size)
        self.output = nn.Linear(embedding_size, config.target_size)
        self.dropout = nn.Dropout(config.dropout)

    def start(self, summary: Tensor) -> Tensor:  # (B, M) -> (B, Q)
        """Return s_0, made from the encoder's summary."""
        return torch.tanh(self.initial(summary))

    def embed(self, words: Tensor) -> Tensor:  # (B,) -> (B, E) or (B, T) -> (B, T, E)
        """Return the embeddings of target words."""
        return self.dropout(self.embedding(words))

    def step(
        self, embedded: Tensor, state: Tensor, encoded: Encoded
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Advance by one word: (B, E), (B, Q) -> s_t (B, Q), c_t (B, M), α_t (B, S).

        `embedded` is y_{t-1}. The query is s_{t-1}, the state *before* this step.
        """
        memory, keys, mask = encoded
        context, weights = self.attention(state, memory, mask, keys)  # (2)–(5)
        state = self.cell(torch.cat([embedded, context], dim=-1), state)  # (6)
        return state, context, weights

    def combine(self, embedded: Tensor, state: Tensor, context: Tensor) -> Tensor:
        """Run the readout, the hidden layer in (7): (…, E), (…, Q), (…, M) -> (…, E)."""
        features = torch.cat([embedded, self.dropout(state), context], dim=-1)
        return torch.tanh(self.readout(features))

    def predict(self, embedded: Tensor, state: Tensor, context: Tensor) -> Tensor:
        """Return the logits of equation (7): (…, E), (…, Q), (…, M) -> (…, V)."""
        return self.output(self.dropout(self.combine(embedded, state, context)))

    def unroll(
        self, embedded: Tensor, state: Tensor, encoded: Encoded
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Take N steps: (B, N, E), s_0 (B, Q) -> s_t (B, N, Q), c_t (B, N, M), α_t (B, N, S).

        The loop holds only what depends on the step before.
        """
        steps = []
        for word in embedded.unbind(dim=1):
            state, context, weights = self.step(word, state, encoded)
            steps.append((state, context, weights))
        states, contexts, all_weights = (
            torch.stack(part, dim=1) for part in zip(*steps, strict=True)
        )
        return states, contexts, all_weights

    def forward(
        self, target: Tensor, state: Tensor, encoded: Encoded, wanted: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Teacher forcing: target (B, T) -> logits (B, T-1, V), weights (B, T-1, S).

        The readout runs once, after all steps. With a mask `wanted` (B, T-1) it runs only for the N
        steps marked True, and the logits are (N, V).
        """
        embedded = self.embed(target[:, :-1])  # (B, T-1, E)
        states, contexts, weights = self.unroll(embedded, state, encoded)
        if wanted is not None:  # (B, T-1, …) -> (N, …)
            embedded, states, contexts = embedded[wanted], states[wanted], contexts[wanted]
        return self.predict(embedded, states, contexts), weights


class Seq2Seq(Network):
    """Encoder and decoder; `config` builds the same model again.

    A tied model has one matrix for three purposes: it embeds source words, embeds target words,
    and its rows are what the decoder compares its readout with (Press & Wolf 2017).
    """

    config: ModelConfig
    decoder: Decoder

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)
        if config.tied:
            shared = self.decoder.embedding = self.encoder.embedding
            shared.weight.data.mul_(TIED_SCALE / EMBEDDING_SCALE)
            self.decoder.output.weight = shared.weight

    def encode(self, source: Tensor, source_lengths: Tensor) -> tuple[Tensor, Encoded]:
        """Read source (B, S): return s_0 (B, Q) and what the decoder attends to."""
        memory, summary = self.encoder(source, source_lengths)
        mask = lengths_to_mask(source_lengths, source.shape[1]).to(memory.device)
        keys = self.decoder.attention.project(memory)
        return self.decoder.start(summary), Encoded(memory, keys, mask)

    def forward(
        self,
        source: Tensor,
        source_lengths: Tensor,
        target: Tensor,
        wanted: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Teacher forcing: (B, S), (B,), (B, T) -> logits (B, T-1, V), weights (B, T-1, S).

        Logits are expensive. With a mask `wanted` (B, T-1) they are those of N steps alone, (N, V).
        """
        state, encoded = self.encode(source, source_lengths)
        return self.decoder(target, state, encoded, wanted)


def build_model(
    fields: Fields,
    attention: str = "additive",
    embedding_size: int = 80,
    hidden_size: int = 128,
    memory_size: int | None = None,
    dropout: float = 0.0,
    tied: bool = False,
    seed: int | None = None,
) -> Seq2Seq:
    """Build a translator for the vocabularies of `fields`.

    `attention` is a name in `ATTENTIONS`, such as "dot"; `memory_size` is the size of h_j (the
    decoder's `hidden_size` unless given; even, for two directions have half each). `tied` uses one
    matrix for both embeddings and the output, so both languages must share a vocabulary. A `seed`
    gives the same weights each time. ValueError: an unknown attention, or sizes that do not fit.
    """
    config = ModelConfig(
        **sizes_of(fields),
        attention=attention,
        embedding_size=embedding_size,
        hidden_size=hidden_size,
        memory_size=hidden_size if memory_size is None else memory_size,
        dropout=dropout,
        tied=tied,
    )
    check_fields(config, fields)
    return build_from(config, Seq2Seq, seed)
