"""`fit`: a whole training, from the first batch to the best weights."""

import time
from collections.abc import Callable
from pathlib import Path

import torch
from tqdm.auto import tqdm

from utils.corpora import Corpus
from utils.models.seq2seq import Seq2Seq
from utils.system.failures import expand
from utils.system.storage import check_writable
from utils.text import Fields
from utils.training import checkpoints
from utils.training.identity import compare
from utils.training.lengths import check_lengths
from utils.training.processes import ALONE, Alone
from utils.training.run import Diverged, Epoch, History, Run, Settings

# Seconds between two pictures of the progress bar, of two messages each. A program that runs a
# notebook may read them after the cell has ended; of thousands of messages, the last get lost.
REFRESH = 0.5


def fit(
    model: Seq2Seq,
    fields: Fields,
    corpus: Corpus,
    epochs: int = Settings.epochs,
    seed: int = Settings.seed,
    checkpoint: str | Path | None = None,
    *,
    batch_size: int = Settings.batch_size,
    learning_rate: float = Settings.learning_rate,
    label_smoothing: float = Settings.label_smoothing,
    clip: float = Settings.clip,
    average: int = Settings.average,
    validation_bleu: bool = False,
    on_epoch: Callable[[Epoch], None] | None = None,
    quiet: bool = False,
    team: Alone = ALONE,
) -> History:
    """Train `model` with Adam and a one-cycle learning rate, and leave it with its best weights.

    Those are the weights of the epoch with the lowest validation loss, or with `average` above 1,
    the mean of the weights after each of so many last epochs.

    Unless `quiet`, it shows a progress bar and prints one line per epoch. Interrupting it keeps
    what was learned. With `checkpoint`, a file is written after each epoch, and the same call goes
    on from there: bit for bit as if it had not stopped. Raises ValueError when that file belongs to
    another run, for settings or fields that do not fit, for a sentence that is too long, and when
    the loss is no longer finite; then the model has its best weights so far. Raises OSError when
    the checkpoint cannot be written; but after an epoch, the training says so and goes on. The
    command line may give a `team` of processes: each trains on its share of every batch, and rank 0
    alone prints and writes.
    """
    settings = Settings(epochs, seed, batch_size, learning_rate, label_smoothing, clip, average)
    run = Run(model, fields, corpus, settings, team)
    _check(team, run)
    path = None if checkpoint is None else expand(checkpoint)
    if path is not None:
        team.ask_first(lambda: check_writable(path, run.size))
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(settings.seed)
        if path is not None:
            _begin(run, path)
        try:
            with team.stopping_together():
                _train(run, path, validation_bleu, on_epoch, quiet or team.rank > 0)
            model.load_state_dict(run.final_weights)
        except KeyboardInterrupt:
            run.history.interrupted = True
            if team.rank == 0:
                print(_how_to_go_on(run, path))
        except Diverged:
            model.load_state_dict(run.best_weights)
            raise
        finally:
            model.eval()
    return run.history


def _check(team: Alone, run: Run) -> None:
    """Raise ValueError unless sentences fit, processes run the same, and a batch has some for each.

    One process looks at the sentences for all.
    """
    if run.settings.batch_size < team.size:
        raise ValueError(
            f"{team.size} processes cannot share batches of {run.settings.batch_size} sentences: "
            "use larger batches, or fewer processes."
        )
    team.ask_first(lambda: check_lengths(run.corpus, ("train", "valid"), run.fields))
    if team.size > 1:
        advice = "give all processes the same options and the same corpus."
        compare(run.identity, team.ask_first(lambda: run.identity), "the run of rank 0", advice)


def _begin(run: Run, path: Path) -> None:
    """Go on from a checkpoint, or write one, so that a stop in the first epoch is none at all."""
    if run.team.ask_first(path.exists):
        checkpoints.load(run, path)
    else:
        checkpoints.save(run, path)


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
            train_loss = run.train_epoch(number, bar)
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
        if run.team.rank == 0:
            tqdm.write(f"{error}. The training goes on; the file still holds epoch {run.saved}.")


def _how_to_go_on(run: Run, path: Path | None) -> str:
    done, epochs = len(run.history.epochs), run.settings.epochs
    message = (
        f"Stopped after {done} of {epochs} epochs; the model keeps what it has learned so far."
    )
    if path is None:
        return (
            f"{message} To be able to go on later, give it a checkpoint: checkpoint='my-run.pt' "
            "in fit, --checkpoint=my-run.pt on the command line."
        )
    return f"{message} Run the same call again to go on after epoch {run.saved} ({path})."
