"""The least that an encoder–decoder must compute: no attention, and no loop in Python."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from utils.models.attention import FixedContext
from utils.models.contract import Network


class Floor(Network):
    """Two GRUs over whole sentences, and the readout over all real words at once.

    Shapes as in utils/models/seq2seq.py. The decoder starts from the encoder's last states and sees
    no other context, in its cell as in its readout.
    """

    def __init__(self, config):
        super().__init__()
        self.config = config  # a Run checks that it matches the fields
        size, hidden_size, memory_size = (
            config.embedding_size,
            config.hidden_size,
            config.memory_size,
        )
        self.source = nn.Embedding(config.source_size, size, padding_idx=config.source_padding)
        self.target = nn.Embedding(config.target_size, size, padding_idx=config.target_padding)
        self.encoder = nn.GRU(size, memory_size // 2, batch_first=True, bidirectional=True)
        self.initial = nn.Linear(memory_size, hidden_size)
        self.decoder = nn.GRU(size, hidden_size, batch_first=True)
        self.decoder.attention = FixedContext(hidden_size, memory_size)  # a Run needs its rate
        self.readout = nn.Linear(size + hidden_size, size)
        self.output = nn.Linear(size, config.target_size)

    def forward(self, source, lengths, target, wanted):
        """(B, S), (B,), (B, T), (B, T-1) with N times True -> logits (N, V), no weights."""
        packed = pack_padded_sequence(
            self.source(source), lengths, batch_first=True, enforce_sorted=False
        )
        _, last = self.encoder(packed)  # (2, B, M / 2)
        start = torch.tanh(self.initial(torch.cat([last[0], last[1]], dim=-1)))  # (B, Q)
        embedded = self.target(target[:, :-1])  # (B, T-1, E)
        states, _ = self.decoder(embedded, start.unsqueeze(0))  # (B, T-1, Q)
        features = torch.cat([embedded[wanted], states[wanted]], dim=-1)  # (N, E + Q)
        return self.output(torch.tanh(self.readout(features))), None
