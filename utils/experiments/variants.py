"""Models that differ from one of the four in exactly one thing.

Each variant names its `baseline`. A change replaces a part of a model that is built already, so
that all parts which stay have the same first weights as in the baseline.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from utils.corpora.pairs import Pair
from utils.models.attention import Attention, DotAttention, Encoded, FixedContext
from utils.models.seq2seq import Decoder, Encoder, ModelConfig, Seq2Seq, build_model
from utils.text import Fields


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


class OneDirectionEncoder(Encoder):
    """Reads from left to right only, with one GRU of M units instead of two of M / 2."""

    def __init__(self, config: ModelConfig):
        super().__init__(config)
        self.gru = nn.GRU(config.embedding_size, config.memory_size, batch_first=True)

    def summarize(self, memory: Tensor, lengths: Tensor) -> Tensor:
        """Return the state at the last real word: (B, S, M), (B,) -> (B, M)."""
        return memory[torch.arange(len(memory)), lengths - 1]


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


@dataclass(frozen=True)
class Variant:
    """A model and what it is compared with; `parts` replace those of the same name."""

    baseline: str | None = None
    attention: str = "dot"
    memory_size: int = 128
    parts: Mapping[str, Callable[[ModelConfig], nn.Module]] = field(default_factory=dict)
    reverse_source: bool = False
    longer: int = 1  # times as many epochs as its baseline

    def build(self, fields: Fields, seed: int, hidden_size: int = 128) -> Seq2Seq:
        """Build the model. What is not replaced has the baseline's first weights."""
        model = build_model(
            fields,
            self.attention,
            hidden_size=hidden_size,
            memory_size=self.memory_size,
            seed=seed,
        )
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            for name, make in self.parts.items():
                replace_part(model, name, make(model.config))
        return model

    def prepare(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Return the pairs as this model reads them; reversed pairs have no alignment."""
        if not self.reverse_source:
            return list(pairs)
        return [Pair(pair.source[::-1], pair.target, None) for pair in pairs]


def replace_part(model: Seq2Seq, name: str, part: nn.Module) -> None:
    """Put `part` in the place of the module called `name`; it takes all weights that fit."""
    weights = part.state_dict()
    old = model.get_submodule(name).state_dict()
    same = {k: v for k, v in old.items() if k in weights and v.shape == weights[k].shape}
    part.load_state_dict(weights | same)
    model.set_submodule(name, part)


def _sized(kind: type[Attention]) -> Callable[[ModelConfig], nn.Module]:
    """Return what builds such an attention with the sizes of a configuration."""
    return lambda config: kind(config.hidden_size, config.memory_size)


ONE_DIRECTION: dict[str, Callable[[ModelConfig], nn.Module]] = {
    "encoder": OneDirectionEncoder,
    "decoder.attention": _sized(LastStateContext),
}

FOUR = ("fixed", "dot", "general", "additive")  # the attentions that the recorded studies compare

VARIANTS: dict[str, Variant] = {
    **{name: Variant(attention=name) for name in FOUR},
    "s_t asks": Variant("dot", parts={"decoder": NewStateDecoder}),
    "Luong": Variant("s_t asks", parts={"decoder": LuongDecoder}),
    "input feeding": Variant("Luong", parts={"decoder": InputFeedingDecoder}),
    "one direction": Variant("dot", parts={"encoder": OneDirectionEncoder}),
    "no mask": Variant("dot", parts={"decoder.attention": _sized(UnmaskedDotAttention)}),
    "fixed, 64 numbers": Variant("fixed", "fixed", memory_size=64),
    "fixed, 256 numbers": Variant("fixed", "fixed", memory_size=256),
    "fixed, one direction": Variant("fixed", "fixed", parts=ONE_DIRECTION),
    "fixed, reversed": Variant(
        "fixed, one direction", "fixed", parts=ONE_DIRECTION, reverse_source=True
    ),
}

# What may be why a fixed vector fails: no short way for the gradient, too few numbers, too few
# epochs. Each takes one of them away.
CAUSES: dict[str, Variant] = {
    "uniform": Variant("fixed", "fixed", parts={"decoder.attention": _sized(UniformContext)}),
    "fixed, 512 numbers": Variant("fixed", "fixed", memory_size=512),
    "fixed, 3 × the epochs": Variant("fixed", "fixed", longer=3),
}
