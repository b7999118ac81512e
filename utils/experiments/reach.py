"""How much gradient reaches each source word, before, during and after training."""

from typing import Any

import torch
from torch import Tensor

from utils.batches import make_batches
from utils.corpora import load_corpus
from utils.corpora.pairs import Pair
from utils.experiments.quality import FULL, score_by_length, train_variant
from utils.experiments.variants import CELLS
from utils.models.contract import Network
from utils.models.seq2seq import Seq2Seq
from utils.text import Fields, build_fields
from utils.training import Epoch, word_loss
from utils.translator import Translator

LENGTH = 26  # words in the sentences that are measured
DURING = (1, 2, 3, 6)  # the epochs after which to measure, besides before the first


def gradient_reach(model: Network, fields: Fields, pairs: list[Pair]) -> Tensor:  # -> (S,)
    """Return g_j, the norm of the loss's gradient at the embedding x_j, averaged over sentences.

    The loss is the mean over the target words of all pairs, with teacher forcing; all pairs have
    the same number S of source words.
    """
    assert isinstance(model, Seq2Seq)
    (batch,) = make_batches(pairs, fields, len(pairs), shuffle=False)
    kept: list[Tensor] = []  # the embeddings x_j (B, S, E), on their way into the encoder
    hook = model.encoder.embedding.register_forward_hook(lambda _, __, output: kept.append(output))
    was_training = model.training
    logits, _ = model.eval()(*batch)
    hook.remove()
    loss = word_loss(logits, batch.target, fields.padding)
    (gradient,) = torch.autograd.grad(loss, kept)  # (B, S, E)
    model.train(was_training)
    return gradient.norm(dim=-1).mean(dim=0)


def measure_reach(cell: str, seed: int) -> list[dict[str, Any]]:
    """Train one of `CELLS`; return a row for each number: measure, epoch, at, value.

    `measure` is "gradient", `at` a position from 1; or "bleu", `at` the first length of a bucket.
    Epoch 0 is before training.
    """
    mini = load_corpus("mini")
    fields = build_fields(mini)
    pairs = [pair for pair in mini.test if len(pair.source) == LENGTH]
    rows = []

    def note(translator: Translator, epoch: float) -> None:
        for at, value in enumerate(gradient_reach(translator.model, fields, pairs).tolist(), 1):
            rows.append({"measure": "gradient", "epoch": epoch, "at": at, "value": value})

    def on_epoch(translator: Translator, epoch: Epoch) -> None:
        if epoch.number in DURING:
            note(translator, epoch.number)

    note(Translator(CELLS[cell].build(fields, seed), fields), 0)
    translator, corpus = train_variant(CELLS[cell], FULL, seed, on_epoch=on_epoch)
    table = score_by_length(translator, [*corpus.test, *corpus.long], FULL.edges)
    for row, first in zip(table, FULL.edges, strict=False):
        rows.append({"measure": "bleu", "epoch": DURING[-1], "at": first, "value": row["bleu"]})
    return [{"cell": cell, "seed": seed} | row for row in rows]
