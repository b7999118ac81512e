"""The Transformer on the mini corpus, with five seeds: its quality, and what positions mean to it.

It has about as many weights as the RNNs, and their training, with half of their learning rate,
which notebook 12 says why.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from utils.batches import Batch, make_batches
from utils.corpora import load_corpus
from utils.experiments.quality import kept, rows_by_length
from utils.models.contract import Network
from utils.models.layers import positions
from utils.models.transformer import Transformer, build_transformer
from utils.text import build_fields
from utils.training import Settings, fit
from utils.translator import Translator

SIDES = {"source": (True, False), "target": (False, True), "both": (True, True)}
OFFSETS = (0, 1, 2, 5, 10, 15)  # with sentences of up to 15 words, all places occur in training
SHORT = (11, 15)  # words


def trained_transformer(seed: int) -> Translator:
    """Return the Transformer of a seed, trained and kept."""

    def train() -> Translator:
        corpus = load_corpus("mini")
        fields = build_fields(corpus)
        model = build_transformer(fields, seed=seed)
        fit(model, fields, corpus, Settings(learning_rate=3e-3, seed=seed), quiet=True)
        return Translator(model, fields)

    return kept("transformer", seed, train)


def measure_transformer(seed: int) -> list[dict[str, Any]]:
    """Return the rows of a Transformer by length, as those of the RNNs in quality.csv."""
    return rows_by_length({"seed": seed}, trained_transformer(seed), load_corpus("mini"))


@contextmanager
def shifted(embedding: nn.Embedding, first: int) -> Iterator[None]:
    """Make words of a Transformer, not tied, stand `first` places later than they do."""

    def shift(module: nn.Module, words: tuple[Tensor], embedded: Tensor) -> Tensor:  # (B, N, E)
        length, size = embedded.shape[1:]
        waves = positions(first + length, size)
        return embedded + (waves[first:] - waves[:length])

    hook = embedding.register_forward_hook(shift)
    try:
        yield
    finally:
        hook.remove()


@torch.no_grad()
def right_words(model: Network, batch: Batch, first: int, side: str, padding: int) -> Tensor:
    """Return which next words are right, (N,), if sentences begin at position `first`.

    The words before each are the reference's. `side` names those that are shifted: one of `SIDES`.
    """
    assert isinstance(model, Transformer)
    embeddings = model.encoder.embedding, model.decoder.embedding
    with ExitStack() as stack:
        for embedding, is_shifted in zip(embeddings, SIDES[side], strict=True):
            if is_shifted:
                stack.enter_context(shifted(embedding, first))
        logits, _ = model(*batch)
    expected = batch.target[:, 1:]
    return (logits.argmax(dim=2) == expected)[expected != padding]


def measure_shift(seed: int) -> list[dict[str, Any]]:
    """Return a row for each side and offset: n words, and the share that is predicted right."""
    translator = trained_transformer(seed)
    fields = translator.fields
    short = [p for p in load_corpus("mini").test if SHORT[0] <= len(p.source) <= SHORT[1]]
    (batch,) = make_batches(short, fields, len(short), shuffle=False)
    rows = []
    for side in SIDES:
        for first in OFFSETS:
            right = right_words(translator.model, batch, first, side, fields.padding)
            share = float(right.float().mean())
            rows.append(
                {"seed": seed, "side": side, "first": first, "n": len(right), "right": share}
            )
    return rows
