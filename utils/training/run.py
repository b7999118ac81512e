"""One training run: the model, its optimizer, and what it has learned so far."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from torch import Tensor

from utils.batches import Batch, make_batches
from utils.corpora import Corpus
from utils.corpora.pairs import check_corpus
from utils.evaluation import bleu
from utils.models.config import check_model
from utils.models.contract import Network
from utils.system.limits import check_type
from utils.text import Fields
from utils.training.identity import identify
from utils.training.loss import validation_loss
from utils.training.optimizer import build_optimizer, build_schedule
from utils.training.processes import SINGLE, Processes
from utils.training.settings import Settings
from utils.translator import Translator


@dataclass
class Epoch:
    """Results of one pass over the training pairs: losses in nats per word, BLEU if asked for.

    Of a part of the first epoch, `number` is that part, and there is no training loss: it is nan.
    """

    number: float
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
    """The finished epochs of a training run."""

    epochs: list[Epoch] = field(default_factory=list)

    @property
    def best(self) -> Epoch:
        """The epoch with the lowest validation loss; its weights are kept.

        Raises ValueError before the first epoch has finished.
        """
        return min(self.epochs, key=lambda epoch: epoch.valid_loss)

    @property
    def seconds(self) -> float:
        """Total time of the finished epochs."""
        return sum(epoch.seconds for epoch in self.epochs)


class Diverged(ValueError):
    """The loss is no longer finite, and the weights aren't either, or soon won't be."""


class Interrupted(KeyboardInterrupt):
    """Someone stopped training after it had begun; the model keeps what it has learned."""

    def __init__(self, history: History):
        super().__init__(f"training was stopped; finished epochs: {len(history.epochs)}")
        self.history = history


def mean_weights(states: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Return the mean of each weight over several state dicts of one model."""
    total = {
        name: sum((state[name] for state in states[1:]), states[0][name]) for name in states[0]
    }
    return {name: weights / len(states) for name, weights in total.items()}


class Run:
    """A training run: the model, its optimizer and schedule, the history, and the best weights."""

    def __init__(
        self,
        model: Network,
        fields: Fields,
        corpus: Corpus,
        settings: Settings,
        processes: Processes = SINGLE,
    ):
        check_model(model, fields)
        check_corpus(corpus)
        for split in ("train", "valid"):
            if not getattr(corpus, split):
                raise ValueError(f"the corpus has no {split} pairs: training needs some of both.")
        check_type("settings", settings, Settings, "made like Settings(epochs=6)")
        self.model, self.fields, self.corpus, self.settings = model, fields, corpus, settings
        self.processes = processes
        self.steps = math.ceil(len(corpus.train) / settings.batch_size)  # per epoch
        self.optimizer = build_optimizer(model, settings)
        self.schedule = build_schedule(self.optimizer, settings.epochs * self.steps)
        self.history = History()
        self.best_weights = self.copy_weights()  # of the best epoch; at first the initial weights
        self.last_weights: list[dict[str, Tensor]] = []  # of the epochs to average
        self.saved = 0  # epochs in the checkpoint

    @cached_property
    def identity(self) -> dict[str, Any]:
        """What tells this run from others; computing it reads all pairs."""
        return identify(self.model, self.fields, self.corpus, self.settings)

    def seed_of(self, number: int) -> int:
        """Return an epoch's seed: each epoch shuffles in its own order, the same in every run."""
        return self.settings.seed * 1000 + number

    def batches(self, number: int) -> Iterator[Batch]:
        """Return the batches of an epoch."""
        return make_batches(
            self.corpus.train,
            self.fields,
            self.settings.batch_size,
            shuffle=True,
            seed=self.seed_of(number),
        )

    def finish_epoch(
        self, number: int, train_loss: float, started: float, with_bleu: bool
    ) -> Epoch:
        """Validate, extend the history, and keep the weights that training may end with."""
        valid_loss, score = self.processes.ask_first(lambda: self.validate(number, with_bleu))
        epoch = Epoch(number, train_loss, valid_loss, score, time.perf_counter() - started)
        self.history.epochs.append(epoch)
        if self.history.best is epoch:
            self.best_weights = self.copy_weights()
        if self.settings.average > 1:
            self.last_weights.append(self.copy_weights())
            del self.last_weights[: -self.settings.average]
        return epoch

    def measure_part(self, part: float) -> Epoch:
        """Return how good the model is after a part of its first epoch; the history stays."""
        loss = self.processes.ask_first(
            lambda: validation_loss(self.model, self.fields, self.corpus.valid)
        )
        return Epoch(part, math.nan, loss, None, 0.0)

    def copy_weights(self) -> dict[str, Tensor]:
        """Return a copy of the weights, which later updates leave alone."""
        return {name: weight.clone() for name, weight in self.model.state_dict().items()}

    @property
    def final_weights(self) -> dict[str, Tensor]:
        """Where training ends: the mean of the last epochs if asked for, or the best epoch's."""
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
        """Approximate bytes in a checkpoint: weights, best and last weights, Adam's two moments."""
        kept = 4 + (self.settings.average if self.settings.average > 1 else 0)
        return kept * sum(p.numel() * p.element_size() for p in self.model.parameters())

    def check_finite(self, loss: float, when: str) -> None:
        """Raise Diverged unless the loss, which is the same in all processes, is finite."""
        if math.isfinite(loss):
            return
        rate, clip, best = self.settings.learning_rate, self.settings.clip, "its initial weights"
        if self.history.epochs:
            best = f"the weights of epoch {self.history.best.number}, its best one"
        raise Diverged(
            f"the loss is {loss} {when}: most likely the learning rate, {rate:g}, is too high, or "
            f"the model started with weights that were not finite; try a learning rate of "
            f"{rate / 10:g}, or a clip below {clip:g}. The model now has {best}."
        )
