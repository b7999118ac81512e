"""The decoder of Luong et al. without a loop over states: faster in training, the same numbers.

The loop over words is there because s_t needs c_t, and c_t needs s_{t-1}. In `LuongDecoder` the
state needs words only, and with teacher forcing all of them are known. So one GRU runs over the
whole sentence, and then all its states look back at once: equations (2) to (5) for N queries.
"""

import torch
from torch import Tensor, nn

from utils.experiments.parts import LuongDecoder
from utils.models.attention import AdditiveAttention, Attention, Encoded
from utils.models.seq2seq import ModelConfig


def score_all(attention: Attention, queries: Tensor, keys: Tensor) -> Tensor:
    """Return e_tj of all steps, equation (3): queries (B, N, Q), keys (B, S, K) -> (B, N, S).

    The attention is dot, general or additive. Dot and general attention need one product. The tanh
    of additive attention makes A numbers for each pair of words: step by step, because S · A of
    them stay in the processor's cache, and N times as many do not.
    """
    if isinstance(attention, AdditiveAttention):
        v = attention.v.weight[0]  # (A,)
        scores = [
            (keys + query.unsqueeze(1)).tanh_() @ v  # (B, S); in place, for one buffer less
            for query in attention.W2(queries).unbind(dim=1)
        ]
        return torch.stack(scores, dim=1)
    return torch.bmm(queries, keys.transpose(1, 2))  # general attention's W is in the keys


class AllAtOnceDecoder(LuongDecoder):
    """A `LuongDecoder` that takes all steps of teacher forcing at once; it searches as before.

    The GRU is the cell: both have the same four parameters, and run the same equation (6).
    """

    def __init__(self, config: ModelConfig):
        super().__init__(config)
        self.gru = nn.GRU(config.embedding_size, config.hidden_size, batch_first=True)
        for name, weight in self.cell.named_parameters():
            setattr(self.gru, f"{name}_l0", weight)

    def unroll(
        self, embedded: Tensor, state: Tensor, encoded: Encoded
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Take N steps: (B, N, E), s_0 (B, Q) -> s_t (B, N, Q), c_t (B, N, M), α_t (B, N, S).

        Agrees with the loop of `LuongDecoder` up to the last digits.
        """
        memory, keys, mask = encoded
        states, _ = self.gru(embedded, state.unsqueeze(0))  # (6) for all steps: (B, N, Q)
        scores = score_all(self.attention, states, keys)  # (B, N, S)
        weights = scores.masked_fill(~mask.unsqueeze(1), -torch.inf).softmax(dim=-1)  # (4)
        return states, torch.bmm(weights, memory), weights  # (5)
