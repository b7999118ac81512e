"""What each process of `test_parallel` runs: started by torchrun, with a folder to write to."""

import signal
import sys
from pathlib import Path

import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook
from toy import fit_with, toy_corpus, toy_fields, toy_model

from utils.training import checkpoints
from utils.training.joining import join_processes
from utils.training.processes import SINGLE
from utils.training.run import Interrupted

# 40 pairs in batches of 13: the last one has a single pair, for two processes.
SETTINGS = {"epochs": 3, "batch_size": 13, "seed": 5, "clip": 0.2, "quiet": True}
COMMAND = {"epochs": 12, "batch_size": 8, "dropout": 0.3}  # of the run that gets interrupted


def train(processes=SINGLE, dropout=0.0, precision=torch.float32, **options):
    """Train the toy model; return the gradients of each step, the weights and the losses."""
    options = SETTINGS | options
    model, gradients = toy_model(dropout=dropout, seed=options["seed"]).to(precision), []
    interrupted = False

    def note(*_):
        gradients.append(torch.cat([p.grad.flatten() for p in model.parameters()]))

    handle = register_optimizer_step_pre_hook(note)
    try:
        history = fit_with(model, toy_fields(), toy_corpus(), **options, processes=processes)
    except Interrupted as stop:
        interrupted, history = True, stop.history
    finally:
        handle.remove()
    return {
        "gradients": torch.stack(gradients) if gradients else None,
        "weights": model.state_dict(),
        "losses": [(epoch.train_loss, epoch.valid_loss) for epoch in history.epochs],
        "interrupted": interrupted,
    }


def count_writes():
    """Record each file that this process writes."""
    written, save = [], checkpoints.save_atomically

    def note(content, path):
        written.append(path.name)
        save(content, path)

    checkpoints.save_atomically = note
    return written


def train_together(processes, folder, found):
    """Run in each process what the tests check, and record it in `found`."""

    def interrupt_the_second(epoch):
        if processes.rank == 1 and epoch.number == 2:
            signal.raise_signal(signal.SIGINT)

    processes.begin_epoch(toy_model(), 7)
    found["random"] = torch.rand(4)
    for precision in (torch.float32, torch.float64):
        found[str(precision)] = train(processes, precision=precision)
    found["dropout"] = train(processes, dropout=0.3)
    train(processes, **COMMAND, seed=0, clip=1.0, checkpoint=folder / "undisturbed.pt")
    found["written"] = count_writes()
    path = folder / "run.pt"
    found["stopped"] = train(processes, 0.3, checkpoint=path, on_epoch=interrupt_the_second)
    found["resumed"] = train(processes, 0.3, checkpoint=path)
    try:
        train(processes, checkpoint=path)  # one without dropout
    except ValueError as error:
        found["other run"] = str(error)
    train(processes, seed=processes.rank)  # which is not allowed


def main(folder):
    """Write what this process found to a file of its own."""
    found = {}
    try:
        with join_processes("cpu") as (processes, _):
            train_together(processes, folder, found)
    except (ValueError, OSError) as error:
        found["end"] = f"{type(error).__name__}: {error}"
    torch.save(found, folder / f"rank{processes.rank}.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
