"""Checkpoints: how a run resumes after a stop, with the same data, model and settings."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from utils.models.contents import WRONG_PARTS, check_finite, check_weights, reason
from utils.system.storage import FORMAT, check_format, load_safely, save_atomically
from utils.training.identity import compare
from utils.training.optimizer import build_schedule
from utils.training.run import Epoch, Run


def save(run: Run, path: Path) -> None:
    """Write a checkpoint, from which the run resumes as if it had never stopped."""
    content = {
        "format": FORMAT,
        "identity": run.identity,
        "history": [asdict(epoch) for epoch in run.history.epochs],
        "weights": run.model.state_dict(),
        "best_weights": run.best_weights,
        "last_weights": run.last_weights,
        "optimizer": run.optimizer.state_dict()["state"],
        "random_state": torch.get_rng_state(),
        "cuda_random_states": torch.cuda.get_rng_state_all(),
    }
    run.processes.ask_first(lambda: save_atomically(content, path))
    run.saved = len(run.history.epochs)


def load(run: Run, path: Path) -> None:
    """Resume from a checkpoint.

    Raises ValueError, and leaves the run as it is, if the file belongs to another run or holds
    anything that this run could not have written.
    """
    content = run.processes.ask_first(lambda: load_safely(path))
    if "source_words" in content:
        raise ValueError(
            f"{path} is a translator, not a checkpoint: choose another file for the checkpoint."
        )
    identity = content.get("identity")
    if not isinstance(identity, dict):
        raise ValueError(f"{path} is not a checkpoint: choose another file for it.")
    check_format(content, path)
    advice = "use the same settings and the same corpus, or another checkpoint file."
    compare(run.identity, identity, str(path), advice)
    try:
        epochs = _read_history(run, content)
        _check_weights(run, content, len(epochs))
        _set_random_states(content)
    except WRONG_PARTS as error:
        raise ValueError(
            f"{path} is not a usable checkpoint, because {reason(error)}: "
            "use another copy of it, or delete it and train again."
        ) from error
    _go_on(run, content, epochs)


def _read_history(run: Run, content: dict[str, Any]) -> list[Epoch]:
    epochs = [Epoch(**epoch) for epoch in content["history"]]
    for number, epoch in enumerate(epochs, 1):
        numbers = [value for value in vars(epoch).values() if value is not None]
        if epoch.number != number or len(numbers) < 4 or not all(map(math.isfinite, numbers)):
            raise ValueError(f"epoch {number} of its history is invalid")
    if len(epochs) > run.settings.epochs:
        raise ValueError("it has more epochs than this run")
    return epochs


def _check_weights(run: Run, content: dict[str, Any], done: int) -> None:
    expected, average = run.model.state_dict(), run.settings.average
    kept = content["last_weights"]
    if len(kept) != (min(done, average) if average > 1 else 0):
        raise ValueError("it has the weights of too few or too many epochs")
    for weights in (content["weights"], content["best_weights"], *kept):
        check_weights(weights, expected)
        check_finite(weights.values())
    _check_optimizer(content["optimizer"], _parameters(run), done * run.steps)


def _parameters(run: Run) -> list[Tensor]:
    return [weight.detach() for group in run.optimizer.param_groups for weight in group["params"]]


def _check_optimizer(state: dict[int, Any], parameters: Sequence[Tensor], steps: int) -> None:
    """Check Adam's state against the weights it belongs to; before the first step it is empty."""
    if bool(state) != bool(steps) or not state.keys() <= set(range(len(parameters))):
        raise ValueError("its optimizer state belongs to another model")
    for number, entry in state.items():
        like = parameters[number]
        expected = {"step": torch.tensor(float(steps)), "exp_avg": like, "exp_avg_sq": like}
        check_weights(entry, expected)
        check_finite(entry.values())
        if entry["step"] != steps:
            raise ValueError("its optimizer has taken a different number of steps")


def _set_random_states(content: dict[str, Any]) -> None:
    torch.set_rng_state(content["random_state"])
    gpus = torch.cuda.device_count()  # perhaps fewer than where the checkpoint was written
    torch.cuda.set_rng_state_all(content["cuda_random_states"][:gpus])


def _go_on(run: Run, content: dict[str, Any], epochs: list[Epoch]) -> None:
    """Restore the run from the file; the schedule follows from the number of steps."""

    def here(weights: dict[str, Tensor]) -> dict[str, Tensor]:
        return {name: weight.to(run.model.device) for name, weight in weights.items()}

    run.history.epochs = epochs
    run.saved = len(epochs)
    run.model.load_state_dict(content["weights"])
    run.best_weights = here(content["best_weights"])
    run.last_weights = [here(weights) for weights in content["last_weights"]]
    groups = run.optimizer.state_dict()["param_groups"]
    run.optimizer.load_state_dict({"state": content["optimizer"], "param_groups": groups})
    run.schedule = build_schedule(
        run.optimizer, run.settings.epochs * run.steps, len(epochs) * run.steps
    )
