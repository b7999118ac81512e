"""Parts that take the place of those in `utils.models`: each changes one thing about a model."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from utils.models.attention import Encoded
from utils.models.seq2seq import Decoder, Encoder, ModelConfig, Seq2Seq

Part = Callable[[ModelConfig], nn.Module]


def replace_part(model: Seq2Seq, name: str, part: nn.Module) -> None:
    """Put `part` in the place of the module called `name`; it takes all weights that fit."""
    weights = part.state_dict()
    old = model.get_submodule(name).state_dict()
    same = {k: v for k, v in old.items() if k in weights and v.shape == weights[k].shape}
    part.load_state_dict(weights | same)
    model.set_submodule(name, part)


class NewStateDecoder(Decoder):
    """Looks with s_t instead of s_{t-1}: the cell moves first, with the context of the step before.

        s_t = f(s_{t-1}, y_{t-1}, c_{t-1})   and   e_tj = a(s_t, h_j)

    What this class hands from step to step as its "state" is [s_t; c_t], of size Q + M.
    """

    def start(self, summary: Tensor) -> Tensor:  # (B, M) -> (B, Q + M)
        """Return s_0 and an empty c_0."""
        return torch.cat([super().start(summary), torch.zeros_like(summary)], dim=-1)

    def step(
        self, embedded: Tensor, state: Tensor, encoded: Encoded
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Advance by one word: (B, E), (B, Q + M) -> (B, Q + M), c_t (B, M), α_t (B, S)."""
        memory, keys, mask = encoded
        state, context = state.split([self.cell.hidden_size, memory.shape[-1]], dim=-1)
        state = self.cell(torch.cat([embedded, context], dim=-1), state)
        context, weights = self.attention(state, memory, mask, keys)
        return torch.cat([state, context], dim=-1), context, weights

    def predict(self, embedded: Tensor, state: Tensor, context: Tensor) -> Tensor:
        """Return the logits of equation (7): (…, E), (…, Q + M), (…, M) -> (…, V)."""
        return super().predict(embedded, state[..., : self.cell.hidden_size], context)


class LuongDecoder(Decoder):
    """The decoder of Luong et al. (2015), section 3: the cell reads no context, s_t looks.

    s_t = f(s_{t-1}, y_{t-1})   and   e_tj = a(s_t, h_j)
    """

    def __init__(self, config: ModelConfig, fed: int = 0):
        super().__init__(config)
        self.cell = nn.GRUCell(config.embedding_size + fed, config.hidden_size)

    def step(
        self, embedded: Tensor, state: Tensor, encoded: Encoded
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Advance by one word: (B, E), (B, Q) -> s_t (B, Q), c_t (B, M), α_t (B, S)."""
        memory, keys, mask = encoded
        state = self.cell(embedded, state)
        context, weights = self.attention(state, memory, mask, keys)
        return state, context, weights


class InputFeedingDecoder(LuongDecoder):
    """As `LuongDecoder`, and the cell reads what the readout made at the step before, g_{t-1}.

        g_t = tanh(W [y_{t-1}; s_t; c_t])   and   s_t = f(s_{t-1}, y_{t-1}, g_{t-1})

    Luong et al. (2015), section 3.3, call g_t the attentional vector h̃_t. What this class hands
    from step to step as its "state" is [s_t; g_t], of size Q + E.
    """

    def __init__(self, config: ModelConfig):
        super().__init__(config, fed=config.embedding_size)

    def start(self, summary: Tensor) -> Tensor:  # (B, M) -> (B, Q + E)
        """Return s_0 and an empty g_0."""
        nothing = summary.new_zeros(len(summary), self.readout.out_features)
        return torch.cat([super().start(summary), nothing], dim=-1)

    def step(
        self, embedded: Tensor, state: Tensor, encoded: Encoded
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Advance by one word: (B, E), (B, Q + E) -> (B, Q + E), c_t (B, M), α_t (B, S)."""
        state, fed = state.split([self.cell.hidden_size, embedded.shape[-1]], dim=-1)
        both = torch.cat([embedded, fed], dim=-1)
        state, context, weights = super().step(both, state, encoded)
        fed = self.combine(embedded, state, context)
        return torch.cat([state, fed], dim=-1), context, weights

    def predict(self, embedded: Tensor, state: Tensor, context: Tensor) -> Tensor:
        """Return the logits of equation (7), from g_t: (…, Q + E) -> (…, V)."""
        return self.output(self.dropout(state[..., self.cell.hidden_size :]))


class CellOnlyDecoder(Decoder):
    """The context enters once, into the cell: the readout is g(y_{t-1}, s_t), without c_t."""

    def __init__(self, config: ModelConfig):
        super().__init__(config)
        sizes = config.embedding_size + config.hidden_size, config.embedding_size
        self.readout = nn.Linear(*sizes)

    def combine(self, embedded: Tensor, state: Tensor, context: Tensor) -> Tensor:
        """Run the readout, which does not look at c_t: (…, E), (…, Q), (…, M) -> (…, E)."""
        return torch.tanh(self.readout(torch.cat([embedded, self.dropout(state)], dim=-1)))


class OneDirectionEncoder(Encoder):
    """Reads from left to right only, with one GRU of M units instead of two of M / 2."""

    def __init__(self, config: ModelConfig):
        super().__init__(config)
        self.gru = nn.GRU(config.embedding_size, config.memory_size, batch_first=True)

    def summarize(self, memory: Tensor, lengths: Tensor) -> Tensor:
        """Return the state at the last real word: (B, S, M), (B,) -> (B, M)."""
        return memory[torch.arange(len(memory)), lengths - 1]


class PlainEncoder(Encoder):
    """A plain RNN in place of the GRU: h_j = tanh(W x_j + U h_{j-1} + b), in each direction."""

    CELL: type[nn.RNN | nn.LSTM] = nn.RNN

    def __init__(self, config: ModelConfig):
        super().__init__(config)
        sizes = config.embedding_size, config.memory_size // 2
        self.gru = self.CELL(*sizes, batch_first=True, bidirectional=True)  # type: ignore[assignment]  # called as a GRU is


class LongShortEncoder(PlainEncoder):
    """An LSTM in place of the GRU (Hochreiter & Schmidhuber 1997); its h is what attention sees."""

    CELL = nn.LSTM


class ZeroStartDecoder(Decoder):
    """Begins with s_0 = 0: the first step knows the sentence from c alone."""

    def start(self, summary: Tensor) -> Tensor:  # (B, M) -> (B, Q)
        """Return zeros."""
        return summary.new_zeros(len(summary), self.cell.hidden_size)


class SampledDecoder(Decoder):
    """Reads its own words in training, in place of some of the reference's.

    Each y_{t-1} is the reference's with the probability `ratio`, and otherwise the word that the
    decoder itself found most probable; Bengio et al. (2015), "scheduled sampling", decide for each
    word in this way. When `last` is given, the ratio falls in a straight line from `ratio` to
    `last` over `steps` batches. In eval mode it is a `Decoder` and reads the reference.
    """

    def __init__(
        self, config: ModelConfig, ratio: float, last: float | None = None, steps: int = 1
    ):
        super().__init__(config)
        self.first, self.last, self.steps = ratio, ratio if last is None else last, steps
        self.batches = 0  # seen in training

    @property
    def ratio(self) -> float:
        """The probability of reading the reference's word in the next batch."""
        return self.first + (self.last - self.first) * min(1.0, self.batches / self.steps)

    def forward(
        self, target: Tensor, state: Tensor, encoded: Encoded, wanted: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """As `Decoder.forward`: target (B, T) -> logits (B, T-1, V), weights (B, T-1, S)."""
        if not self.training:
            return super().forward(target, state, encoded, wanted)
        words, steps = target[:, 0], []
        for t in range(1, target.shape[1]):
            embedded = self.embed(words)  # (B, E)
            state, context, weights = self.step(embedded, state, encoded)
            logits = self.predict(embedded, state, context)  # (B, V)
            steps.append((logits, weights))
            forced = torch.rand(len(words), device=words.device) < self.ratio  # (B,)
            words = torch.where(forced, target[:, t], logits.detach().argmax(dim=-1))
        self.batches += 1
        logits, weights = (torch.stack(part, dim=1) for part in zip(*steps, strict=True))
        return (logits if wanted is None else logits[wanted]), weights
