"""The training loop: `train_epoch` takes the steps, `fit` runs all epochs to the best weights."""

import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import nn
from tqdm.auto import tqdm

from utils.batches import Batch, parts_of
from utils.corpora import Corpus
from utils.models.contract import Network
from utils.system.failures import expand
from utils.system.storage import check_writable
from utils.text import Fields
from utils.training import checkpoints
from utils.training.identity import compare
from utils.training.lengths import check_lengths
from utils.training.loss import smoothed_loss
from utils.training.processes import SINGLE, Processes
from utils.training.run import Diverged, Epoch, History, Interrupted, Run
from utils.training.settings import Settings

# Seconds between two updates of the progress bar, which take two messages each. A program that runs
# a notebook may read them only once the cell has ended, and loses the last ones of thousands.
REFRESH = 0.5

PARTS = (0, 1 / 8, 1 / 4, 1 / 2)  # of the first epoch, in which a small corpus is mostly learned


def train_epoch(
    run: Run, number: int, batches: Iterable[Batch], on_step: Callable[[], object] = lambda: None
) -> float:
    """Take one step per batch; return the mean loss per word, in nats, without smoothing.

    This is where a model learns. A batch has B sentences of T words, counting `<sos>` and `<eos>`.
    N of its words are to be predicted, each out of V.
    """
    model, settings, processes = run.model, run.settings, run.processes
    padding = run.fields.padding
    model.train()  # with dropout
    network = processes.begin_epoch(model, run.seed_of(number))  # one process: the model itself
    total, words = 0.0, 0

    for step, batch in enumerate(batches, 1):
        run.optimizer.zero_grad()
        batch_loss, batch_words = 0.0, batch.count_words(padding)

        for part in parts_of(batch, padding):  # one part, unless sentences are very long
            own, own_words = processes.share(part, padding)  # one process: all of it
            source, lengths, target = own.to(model.device)

            # Forward: predict each word after <sos> from the words before it.
            expected = target[:, 1:]  # (B, T-1)
            real = expected != padding  # (B, T-1)
            logits, _ = network(source, lengths, target, real)  # (N, V)

            # Loss: a mean over N words, so weight each part by its share of the batch's words.
            # Several processes average their gradients, so each multiplies by their number first.
            loss, plain_loss = smoothed_loss(logits, expected[real], settings.label_smoothing)
            weight = processes.size * own_words / batch_words
            batch_loss += weight * plain_loss.item()

            # Backward: gradients add up over the parts.
            (weight * loss).backward()

        nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
        run.optimizer.step()
        run.schedule.step()

        batch_loss = processes.average(batch_loss)
        run.check_finite(batch_loss, f"at step {step} of epoch {number}")
        total += batch_loss * batch_words
        words += batch_words
        on_step()
    return total / words


def fit(
    model: Network,
    fields: Fields,
    corpus: Corpus,
    settings: Settings = Settings(),
    checkpoint: str | Path | None = None,
    *,
    validation_bleu: bool = False,
    on_epoch: Callable[[Epoch], None] | None = None,
    on_part: Callable[[Epoch], None] | None = None,
    quiet: bool = False,
    processes: Processes = SINGLE,
) -> History:
    """Train `model` with Adam and a one-cycle learning rate, and leave it with its best weights.

    Those are the weights of the epoch with the lowest validation loss or, with `settings.average`
    above 1, the mean of the weights after each of the last `average` epochs.

    Unless `quiet`, it shows a progress bar and prints one line per epoch. With `checkpoint`, it
    writes a file after each epoch, and the same call resumes from there, bit for bit as if it had
    never stopped. `on_part` is called like `on_epoch`, but before the first step, and after an
    eighth, a quarter and half of the first epoch. When interrupted, it prints how to resume and
    raises KeyboardInterrupt like any other code; the model keeps what it has learned so far.

    Raises ValueError if the file belongs to another run, the fields don't match the model, or a
    sentence is too long, and if the loss is no longer finite: then the model has its best weights
    so far. Raises OSError if the checkpoint can't be written at the start; if that fails after an
    epoch, it says so and trains on.
    """
    run = Run(model, fields, corpus, settings, processes)
    _check(run)
    path = None if checkpoint is None else expand(checkpoint)
    if path is not None:
        processes.ask_first(lambda: check_writable(path, run.size))
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())), _leaving(run, path):
        torch.manual_seed(settings.seed)
        if path is not None:
            _begin(run, path)
        _train(run, path, validation_bleu, on_epoch, on_part, quiet or processes.rank > 0)
    return run.history


def _check(run: Run) -> None:
    """Raise ValueError if a sentence is too long, processes differ, or batches are too small.

    Only rank 0 looks at the sentences.
    """
    processes = run.processes
    if run.settings.batch_size < processes.size:
        raise ValueError(
            f"{processes.size} processes cannot share batches of {run.settings.batch_size} "
            "sentences: use larger batches, or fewer processes."
        )
    processes.ask_first(lambda: check_lengths(run.corpus, ("train", "valid"), run.fields))
    if processes.size > 1:
        advice = "start all processes with the same options and the same corpus."
        compare(
            run.identity, processes.ask_first(lambda: run.identity), "the run of rank 0", advice
        )


def _begin(run: Run, path: Path) -> None:
    """Resume from the checkpoint, or write one, so that a stop in the first epoch is no loss."""
    if run.processes.ask_first(path.exists):
        checkpoints.load(run, path)
    else:
        checkpoints.save(run, path)


@contextmanager
def _leaving(run: Run, path: Path | None) -> Iterator[None]:
    """Leave the model with the right weights, however training ends."""
    try:
        with run.processes.stopping_together():
            yield
        run.model.load_state_dict(run.final_weights)
    except KeyboardInterrupt:
        if run.processes.rank == 0:
            print(_how_to_go_on(run, path))
        raise Interrupted(run.history) from None
    except Diverged:
        run.model.load_state_dict(run.best_weights)
        raise
    finally:
        run.model.eval()


def _train(
    run: Run,
    path: Path | None,
    validation_bleu: bool,
    on_epoch: Callable[[Epoch], None] | None,
    on_part: Callable[[Epoch], None] | None,
    quiet: bool,
) -> None:
    """Run the remaining epochs."""
    done, epochs = len(run.history.epochs), run.settings.epochs
    with tqdm(
        total=run.steps * epochs,
        initial=run.steps * done,
        desc="training",
        leave=False,
        mininterval=REFRESH,
        disable=quiet,
    ) as bar:
        for number in range(done + 1, epochs + 1):
            started = time.perf_counter()
            on_step = bar.update
            if on_part is not None and number == 1:
                on_step = _telling_parts(run, bar.update, on_part)
            train_loss = train_epoch(run, number, run.batches(number), on_step)
            epoch = run.finish_epoch(number, train_loss, started, validation_bleu)
            if path is not None:  # before printing, which may fail
                _save(run, path)
            if not quiet:
                bar.write(str(epoch))
            if on_epoch is not None:
                on_epoch(epoch)


def _telling_parts(
    run: Run, on_step: Callable[[], object], on_part: Callable[[Epoch], None]
) -> Callable[[], object]:
    """Tell of the model before its first step; return what to do after each: tell at the parts."""
    parts = {math.ceil(part * run.steps): part for part in PARTS}
    steps = 0

    def tell() -> None:
        if steps in parts and steps < run.steps:
            on_part(run.measure_part(parts[steps]))
            run.model.train()  # with dropout, as it was

    def after_step() -> None:
        nonlocal steps
        on_step()
        steps += 1
        tell()

    tell()
    return after_step


def _save(run: Run, path: Path) -> None:
    """Write a checkpoint; if that fails, say so and train on: the next epoch tries again."""
    try:
        checkpoints.save(run, path)
    except OSError as error:
        if run.processes.rank == 0:
            tqdm.write(f"{error}. Training continues; the file still holds epoch {run.saved}.")


def _how_to_go_on(run: Run, path: Path | None) -> str:
    done, epochs = len(run.history.epochs), run.settings.epochs
    message = (
        f"Stopped after {done} of {epochs} epochs; the model keeps what it has learned so far."
    )
    if path is None:
        return (
            f"{message} To be able to resume next time, use a checkpoint: "
            "checkpoint='my-run.pt' in fit, --checkpoint=my-run.pt on the command line."
        )
    return f"{message} Run the same call again to resume after epoch {run.saved} ({path})."
