"""One training run: what it depends on, its steps, its epochs."""

import math
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR
from tqdm import tqdm

from utils.batches import Batch, make_batches
from utils.corpora import Corpus
from utils.corpora.pairs import check_corpus
from utils.evaluation import bleu
from utils.models.config import check_model
from utils.models.seq2seq import Seq2Seq
from utils.system.limits import Limited
from utils.system.sizes import parts_of
from utils.text import PADDING, Fields
from utils.training.identity import identify
from utils.training.loss import smoothed_loss, validation_loss
from utils.training.processes import Alone, count_words
from utils.translator import Translator

WARM_UP = 0.1  # share of the steps in which the learning rate rises; then it falls to zero


@dataclass
class Epoch:
    """What one pass over the training pairs gave: losses in nats per word, BLEU if asked for."""

    number: int
    train_loss: float
    valid_loss: float
    valid_bleu: float | None
    seconds: float

    def __str__(self) -> str:
        line = f"epoch {self.number}: train loss {self.train_loss:.3f}, "
        line += f"validation loss {self.valid_loss:.3f}, "
        if self.valid_bleu is not None:
            line += f"validation BLEU {self.valid_bleu:.1f}, "
        return line + f"{self.seconds:.0f} s"


@dataclass
class History:
    """The epochs of a training run, and whether it was interrupted before its end."""

    epochs: list[Epoch] = field(default_factory=list)
    interrupted: bool = False

    @property
    def best(self) -> Epoch:
        """The epoch with the lowest validation loss; its weights are kept.

        Raises ValueError before the first epoch has finished.
        """
        return min(self.epochs, key=lambda epoch: epoch.valid_loss)

    @property
    def seconds(self) -> float:
        """Time spent in all finished epochs."""
        return sum(epoch.seconds for epoch in self.epochs)


@dataclass(frozen=True)
class Settings(Limited):
    """Everything besides model and data that a training run depends on.

    Raises ValueError for numbers that make no sense; see `limits`.
    """

    epochs: int = 6
    seed: int = 0
    batch_size: int = 64
    learning_rate: float = 6e-3
    label_smoothing: float = 0.1
    clip: float = 1.0
    average: int = 1  # of so many last epochs the weights are averaged; 1 takes the best epoch's

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.average > self.epochs:
            raise ValueError(
                f"average must be at most the number of epochs, {self.epochs}, not {self.average}."
            )


class Diverged(ValueError):
    """The loss is no number any longer, and so is each weight, or soon will be."""


def mean_weights(states: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Return the mean of each weight over several states of one model."""
    return {name: sum(state[name] for state in states) / len(states) for name in states[0]}


def parameter_groups(model: nn.Module, rate: float) -> tuple[list[dict], list[float]]:
    """Return the parameters of modules with a `learning_rate_factor`, all others, and the rates."""
    special = [module for module in model.modules() if hasattr(module, "learning_rate_factor")]
    groups = [list(module.parameters()) for module in special]
    groups.append([p for p in model.parameters() if all(p is not q for g in groups for q in g)])
    rates = [*(rate * module.learning_rate_factor for module in special), rate]
    return [{"params": group} for group in groups], rates


class Run:
    """A training run: the model, its optimizer and schedule, the history, and the best weights."""

    def __init__(
        self, model: Seq2Seq, fields: Fields, corpus: Corpus, settings: Settings, team: Alone
    ):
        check_model(model, fields)
        check_corpus(corpus)
        self.model, self.fields, self.corpus, self.settings = model, fields, corpus, settings
        self.team, self.wrapped = team, model
        self.padding = fields.target.vocab.stoi[PADDING]
        self.device = next(model.parameters()).device
        self.steps = math.ceil(len(corpus.train) / settings.batch_size)
        groups, self.rates = parameter_groups(model, settings.learning_rate)
        self.optimizer = torch.optim.Adam(groups, lr=settings.learning_rate, betas=(0.9, 0.98))
        self.schedule = self.plan()
        self.history = History()
        self.best_weights = self.copy_weights()  # of the best epoch; before the first, the initial
        self.last_weights: list[dict[str, Tensor]] = []  # of the epochs to average
        self.saved = 0  # epochs in the checkpoint

    @cached_property
    def identity(self) -> dict[str, Any]:
        """What this run is known by; asked for, it reads all pairs."""
        return identify(self.model, self.fields, self.corpus, self.settings)

    def plan(self, done: int = 0) -> OneCycleLR:
        """Return the schedule of the learning rate after so many steps."""
        total = self.steps * self.settings.epochs
        # With 10 steps the rise would last one, and OneCycleLR divides by that number less one.
        rise = WARM_UP if total != 10 else 2 * WARM_UP
        return OneCycleLR(
            self.optimizer, self.rates, total_steps=total, pct_start=rise, last_epoch=done - 1
        )

    def train_epoch(self, number: int, bar: tqdm) -> float:
        """Update the weights once for each batch; return the mean loss per word."""
        self.model.train()
        order = self.settings.seed * 1000 + number
        self.team.reseed(order)
        self.wrapped = self.team.wrap(self.model)
        total, words = 0.0, 0
        batches = make_batches(
            self.corpus.train, self.fields, self.settings.batch_size, shuffle=True, seed=order
        )
        for step, batch in enumerate(batches, 1):
            count = count_words(batch, self.padding)
            loss = self.team.average(self.update(batch))
            self.check_finite(loss, f"at step {step} of epoch {number}")
            total += loss * count
            words += count
            bar.update()
        return total / words

    def update(self, batch: Batch) -> float:
        """Take one optimizer step; return this process's share of the loss, without smoothing.

        A batch of long sentences is worked on in parts, and the gradients are added up.
        """
        self.optimizer.zero_grad()
        total, count = 0.0, count_words(batch, self.padding)
        for part in parts_of(batch, self.padding):
            own, weight = self.team.share(part, self.padding)
            total += self.add_gradients(
                own.to(self.device), weight * count_words(part, self.padding) / count
            )
        nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip)
        self.optimizer.step()
        self.schedule.step()
        return total

    def add_gradients(self, batch: Batch, weight: float) -> float:
        """Add the gradients of a batch's loss, times `weight`; return that without smoothing."""
        words = batch.target[:, 1:]  # those to be predicted: (B, T-1)
        real = words != self.padding
        logits, _ = self.wrapped(*batch, real)  # (N, V)
        loss, without_smoothing = smoothed_loss(logits, words[real], self.settings.label_smoothing)
        (weight * loss).backward()
        return weight * without_smoothing.item()

    def finish_epoch(
        self, number: int, train_loss: float, started: float, with_bleu: bool
    ) -> Epoch:
        """Validate, write the history, and keep the weights that training may leave."""
        valid_loss, score = self.team.ask_first(lambda: self.validate(number, with_bleu))
        epoch = Epoch(number, train_loss, valid_loss, score, time.perf_counter() - started)
        self.history.epochs.append(epoch)
        if self.history.best is epoch:
            self.best_weights = self.copy_weights()
        if self.settings.average > 1:
            self.last_weights.append(self.copy_weights())
            del self.last_weights[: -self.settings.average]
        return epoch

    def copy_weights(self) -> dict[str, Tensor]:
        """Return the weights as they are now, which further updates leave alone."""
        return {name: weight.clone() for name, weight in self.model.state_dict().items()}

    @property
    def final_weights(self) -> dict[str, Tensor]:
        """What training leaves: the mean of the last epochs if asked for, or the best epoch's."""
        return mean_weights(self.last_weights) if self.last_weights else self.best_weights

    def validate(self, number: int, with_bleu: bool) -> tuple[float, float | None]:
        """Return the loss on the validation pairs, and BLEU if asked for."""
        loss = validation_loss(self.model, self.fields, self.corpus.valid)
        self.check_finite(loss, f"on the validation pairs after epoch {number}")
        if not with_bleu:
            return loss, None
        translations = Translator(self.model, self.fields).translate(
            [pair.source for pair in self.corpus.valid]
        )
        references = [pair.target for pair in self.corpus.valid]
        return loss, bleu([t.tokens for t in translations], references)

    @property
    def size(self) -> int:
        """About the bytes of a checkpoint: weights, best weights, Adam's two means, the last."""
        kept = 4 + (self.settings.average if self.settings.average > 1 else 0)
        return kept * sum(p.numel() * p.element_size() for p in self.model.parameters())

    def check_finite(self, loss: float, when: str) -> None:
        """Raise Diverged unless a loss, which all processes share, is finite."""
        if math.isfinite(loss):
            return
        rate, clip, best = self.settings.learning_rate, self.settings.clip, "its initial weights"
        if self.history.epochs:
            best = f"the weights of epoch {self.history.best.number}, its best one"
        raise Diverged(
            f"the loss is {loss} {when}: most likely the learning rate, {rate:g}, is too high, or "
            f"the model had weights that were not finite before; try a learning rate of "
            f"{rate / 10:g}, or a clip below {clip:g}. The model has {best}."
        )
