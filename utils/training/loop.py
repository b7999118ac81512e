"""The training loop: `train_epoch` takes the steps, `fit` a whole training, to the best weights."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import nn
from tqdm.auto import tqdm

from utils.batches import Batch
from utils.corpora import Corpus
from utils.models.contract import Network
from utils.system.failures import expand
from utils.system.sizes import parts_of
from utils.system.storage import check_writable
from utils.text import Fields
from utils.training import checkpoints
from utils.training.identity import compare
from utils.training.lengths import check_lengths
from utils.training.loss import smoothed_loss
from utils.training.processes import SINGLE, Processes
from utils.training.run import Diverged, Epoch, History, Interrupted, Run
from utils.training.settings import Settings

# Seconds between two pictures of the progress bar, of two messages each. A program that runs a
# notebook may read them after the cell has ended; of thousands of messages, the last get lost.
REFRESH = 0.5


def train_epoch(
    run: Run, number: int, batches: Iterable[Batch], on_step: Callable[[], object] = lambda: None
) -> float:
    """Take one step for each batch; return the mean loss per word, in nats, without smoothing.

    This is where a model learns. B sentences of T words make a batch, `<sos>` and `<eos>` included;
    N words of a batch are to be predicted, each out of V.
    """
    model, settings, processes = run.model, run.settings, run.processes
    padding = run.fields.padding
    model.train()  # with dropout
    network = processes.begin_epoch(model, run.order(number))  # one process: the model itself
    total, words = 0.0, 0

    for step, batch in enumerate(batches, 1):
        run.optimizer.zero_grad()
        batch_loss, batch_words = 0.0, batch.count_words(padding)

        for part in parts_of(batch, padding):  # one part, unless sentences are very long
            own, own_words = processes.share(part, padding)  # one process: all of it
            source, lengths, target = own.to(model.device)

            # Forward: from the words before it, the model predicts each word after <sos>.
            expected = target[:, 1:]  # (B, T-1)
            real = expected != padding  # (B, T-1)
            logits, _ = network(source, lengths, target, real)  # (N, V)

            # Loss: a mean over N words, so a part counts by its share of the batch's words.
            loss, plain_loss = smoothed_loss(logits, expected[real], settings.label_smoothing)
            share = processes.size * own_words / batch_words
            batch_loss += share * plain_loss.item()

            # Backward: gradients are added to those of the parts before.
            (share * loss).backward()

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
    quiet: bool = False,
    processes: Processes = SINGLE,
) -> History:
    """Train `model` with Adam and a one-cycle learning rate, and leave it with its best weights.

    Those are the weights of the epoch with the lowest validation loss, or with `settings.average`
    above 1, the mean of the weights after each of the last epochs, as many as it says.

    Unless `quiet`, it shows a progress bar and prints one line per epoch. With `checkpoint`, a file
    is written after each epoch, and the same call goes on from there: bit for bit as if it had not
    stopped. An interrupt leaves the model what it has learned so far, prints how to go on, and
    stops the notebook or the script as any other does, with a KeyboardInterrupt.

    Raises ValueError when the file belongs to another run, for fields that do not fit, for a
    sentence that is too long, and when the loss is no longer finite; then the model has its best
    weights so far. Raises OSError when the checkpoint cannot be written; after an epoch, it says so
    and trains on.
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
        _train(run, path, validation_bleu, on_epoch, quiet or processes.rank > 0)
    return run.history


def _check(run: Run) -> None:
    """Raise ValueError unless sentences fit, processes run the same, and a batch has some for each.

    One process looks at the sentences for all.
    """
    processes = run.processes
    if run.settings.batch_size < processes.size:
        raise ValueError(
            f"{processes.size} processes cannot share batches of {run.settings.batch_size} "
            "sentences: use larger batches, or fewer processes."
        )
    processes.ask_first(lambda: check_lengths(run.corpus, ("train", "valid"), run.fields))
    if processes.size > 1:
        advice = "give all processes the same options and the same corpus."
        compare(
            run.identity, processes.ask_first(lambda: run.identity), "the run of rank 0", advice
        )


def _begin(run: Run, path: Path) -> None:
    """Go on from a checkpoint, or write one, so that a stop in the first epoch loses nothing."""
    if run.processes.ask_first(path.exists):
        checkpoints.load(run, path)
    else:
        checkpoints.save(run, path)


@contextmanager
def _leaving(run: Run, path: Path | None) -> Iterator[None]:
    """Leave the model with the right weights, however its training ends."""
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
    quiet: bool,
) -> None:
    """Run the epochs that are left."""
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
            train_loss = train_epoch(run, number, run.batches(number), bar.update)
            epoch = run.finish_epoch(number, train_loss, started, validation_bleu)
            if path is not None:  # before a line is printed, which may fail
                _save(run, path)
            if not quiet:
                bar.write(str(epoch))
            if on_epoch is not None:
                on_epoch(epoch)


def _save(run: Run, path: Path) -> None:
    """Write a checkpoint; where that fails, say so and train on: the next epoch tries again."""
    try:
        checkpoints.save(run, path)
    except OSError as error:
        if run.processes.rank == 0:
            tqdm.write(f"{error}. The training goes on; the file still holds epoch {run.saved}.")


def _how_to_go_on(run: Run, path: Path | None) -> str:
    done, epochs = len(run.history.epochs), run.settings.epochs
    message = (
        f"Stopped after {done} of {epochs} epochs; the model keeps what it has learned so far."
    )
    if path is None:
        return (
            f"{message} To be able to go on next time, give it a checkpoint: "
            "checkpoint='my-run.pt' in fit, --checkpoint=my-run.pt on the command line."
        )
    return f"{message} Run the same call again to go on after epoch {run.saved} ({path})."
