"""A translator without a network: you write its next-word probabilities in a table.

It makes searches that can be checked with pencil and paper.
"""

import math

import torch
from torch import Tensor

from utils.models.attention import Encoded, lengths_to_mask
from utils.text import END, START


class TableModel:
    """Equation (7) as a table: {words so far: {next word: probability}}.

    >>> model = TableModel({(): {"a": 0.6, "the": 0.4}, ("the",): {"cat": 1.0}})
    >>> greedy(model, source, source_lengths, model.start, model.end)

    After words that the table does not list, as ("a",) and ("the", "cat") above, comes `<eos>`.
    The source has no influence but for its length, which sets the limit of a search. All of its
    words get the same attention weight. `words[i]` is the word with number i.

    To a search it looks like a `Seq2Seq`. It is its own decoder, and its state is the words so
    far. Raises ValueError for a row that is not a distribution, or that no translation reaches.
    """

    def __init__(self, table: dict[tuple[str, ...], dict[str, float]]):
        for prefix, row in table.items():
            if any(p < 0 for p in row.values()) or not math.isclose(sum(row.values()), 1):
                raise ValueError(f"what follows {prefix} is not a distribution: {row}.")
            if prefix and not table.get(prefix[:-1], {}).get(prefix[-1]):
                raise ValueError(f"the table has {prefix}, but no way that leads there.")
        self.table = table
        used = {word for row in table.values() for word in row} - {START, END}
        self.words = (START, END, *sorted(used))
        self.start, self.end = 0, 1
        self.decoder = self

    def encode(self, source: Tensor, source_lengths: Tensor) -> tuple[Tensor, Encoded]:
        """Read source (B, S): return no words so far (B, 0) and a memory of zeros (B, S, 1)."""
        mask = lengths_to_mask(source_lengths, source.shape[1])
        memory = torch.zeros(*source.shape, 1)
        return source[:, :0], Encoded(memory, memory, mask)

    def embed(self, words: Tensor) -> Tensor:  # (B,) -> (B, 1)
        """Return the numbers of the words as they are."""
        return words.unsqueeze(1)

    def step(
        self, embedded: Tensor, state: Tensor, encoded: Encoded
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Append a word to the state: (B, 1), (B, t) -> (B, t+1), c_t (B, 1), α_t (B, S)."""
        weights = encoded.mask / encoded.mask.sum(dim=1, keepdim=True)
        return torch.cat([state, embedded], dim=1), encoded.memory[:, 0], weights

    def predict(self, embedded: Tensor, state: Tensor, context: Tensor) -> Tensor:
        """Look the states (B, t) up: return log-probabilities (B, V), -∞ for what cannot come."""
        rows = [self._row(numbers[1:]) for numbers in state.tolist()]  # without <sos>
        return torch.tensor([[row.get(word, 0.0) for word in self.words] for row in rows]).log()

    def _row(self, numbers: list[int]) -> dict[str, float]:
        """Return the probabilities of the words that can follow."""
        return self.table.get(tuple(self.words[number] for number in numbers), {END: 1.0})
