"""Several processes that train one model together, each on its share of every batch.

PyTorch's launcher, `torchrun`, starts the processes, on one machine or on several. It tells each
its number, the *rank*, in environment variables. All ranks make the same batches, and each takes
its own rows of them. `DistributedDataParallel` (DDP) averages the gradients, so that all ranks take
the same step. Rank 0 does what must be done once: it validates, prints, and writes the checkpoint.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from utils.batches import Batch
from utils.training.launch import read_launch

Result = TypeVar("Result")

LOST = (
    "no connection to another process: it has ended, or the network is in the way. "
    "The same command goes on from the last checkpoint, if there is one."
)
TAKEN = (
    "another program has the port {} on this machine: "
    "choose another one, as in torchrun --master-port=29501."
)
PATIENCE = timedelta(minutes=5)  # until all processes have found each other


class Alone:
    """One process that trains by itself: it has every batch whole, and nobody to talk to."""

    rank, size = 0, 1

    def wrap(self, model: nn.Module) -> nn.Module:
        """Return what to call instead of `model` in an epoch of training."""
        return model

    def share(self, batch: Batch, padding: int) -> tuple[Batch, float]:
        """Return this process's rows of a batch, and the weight of their mean loss per word."""
        return batch, 1.0

    def average(self, number: float) -> float:
        """Return the mean of `number` over all processes."""
        return number

    def ask_first(self, work: Callable[[], Result]) -> Result:
        """Let rank 0 do some work; return its result, or raise its error, in every process."""
        return work()

    def reseed(self, number: int) -> None:
        """Begin new random numbers, others in each process, where several have to share them."""

    @contextmanager
    def stopping_together(self) -> Iterator[None]:
        """Let Ctrl-C stop all processes after the same step."""
        yield


ALONE = Alone()


class Team(Alone):
    """Processes that train together: this one is number `rank` of `size`, on `device`."""

    def __init__(self, rank: int, size: int, device: torch.device):
        self.rank, self.size, self.device = rank, size, device
        self.interrupted = False

    def wrap(self, model: nn.Module) -> nn.Module:
        """Return `model` in a DDP wrapper, which starts with the weights of rank 0.

        DDP arranges the gradients anew after the first step, and the order in which it adds them up
        changes the last digits. A new wrapper for each epoch makes an epoch after a stop the same
        as one without.
        """
        return DistributedDataParallel(model)

    def share(self, batch: Batch, padding: int) -> tuple[Batch, float]:
        """Return the rows rank, rank + size, …, and the weight of their mean loss per word.

        The ranks have unequal numbers of words. With weight = size · own words / all words, the
        mean over ranks of weight · loss is the mean over all words. A rank without a row, in a
        last batch that is very small, reads the first one: its weight is zero.
        """
        rows = slice(self.rank, None, self.size)
        if self.rank >= len(batch.target):
            return Batch(*(part[:1] for part in batch)), 0.0
        own = Batch(*(part[rows] for part in batch))
        return own, self.size * count_words(own, padding) / count_words(batch, padding)

    def average(self, number: float) -> float:
        """Return the mean of `number` over all ranks.

        Raises KeyboardInterrupt in every rank when one of them was interrupted.
        """
        sums = torch.tensor([number, self.interrupted], dtype=torch.float64, device=self.device)
        distributed.all_reduce(sums)
        total, interrupted = sums.tolist()
        if interrupted:
            raise KeyboardInterrupt
        return total / self.size

    def ask_first(self, work: Callable[[], Result]) -> Result:
        """Let rank 0 do some work; return its result, or raise its error, in every rank."""
        answer = [None, None]
        if self.rank == 0:
            try:
                answer = [work(), None]
            except (ValueError, OSError) as error:
                answer = [None, error]
        distributed.broadcast_object_list(answer)
        result, error = answer
        if error is not None:
            raise error
        return result

    def reseed(self, number: int) -> None:
        """Draw other dropout masks in each rank, the same ones for the same `number`."""
        torch.manual_seed(number * self.size + self.rank)

    @contextmanager
    def stopping_together(self) -> Iterator[None]:
        """Note Ctrl-C, and raise KeyboardInterrupt in all ranks after the step; see `average`.

        A rank that stopped by itself would leave the others waiting for its gradients.
        """

        def note(*_: object) -> None:
            self.interrupted = True

        self.interrupted = False
        before = signal.signal(signal.SIGINT, note)
        try:
            yield
            if self.interrupted:  # after the last step
                raise KeyboardInterrupt
        finally:
            signal.signal(signal.SIGINT, before)


def count_words(batch: Batch, padding: int) -> int:
    """Return the number of words to be predicted: all target words but `<sos>`."""
    return int((batch.target[:, 1:] != padding).sum())


def choose_device(name: str = "auto") -> torch.device:
    """Return the device called `name`; "auto" takes CUDA, then MPS, then the CPU.

    Raises ValueError when the device asked for is not there.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next((kind for kind, there in available.items() if there), "cpu")
    if name != "cpu" and not available.get(name.split(":")[0]):
        raise ValueError(f"no {name} device here: use 'cpu' or 'auto'.")
    return torch.device(name)


def choose_own_device(name: str, local_rank: int, local_size: int) -> torch.device:
    """Return the device of one of `local_size` processes on this machine: a GPU each, or the CPU.

    Raises ValueError when there are too few GPUs, or none, or for any other device.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name not in ("cpu", "cuda"):
        raise ValueError(f"several processes cannot share {name}: use 'cpu', 'cuda' or 'auto'.")
    device = choose_device(name)
    if device.type == "cpu":
        return device
    if torch.cuda.device_count() < local_size:
        raise ValueError(
            f"{local_size} processes need a GPU each, and {torch.cuda.device_count()} are here: "
            "start fewer, or use --device=cpu."
        )
    return torch.device("cuda", local_rank)


@contextmanager
def join_team(device_name: str) -> Iterator[tuple[Alone, torch.device]]:
    """Join the processes that `torchrun` started, if it did; yield the team and this one's device.

    Raises ValueError for a device that will not do or a launch that makes no sense, and
    ConnectionError when another rank cannot be reached.
    """
    launch = read_launch()
    if launch is None:
        yield ALONE, choose_device(device_name)
        return
    device = choose_own_device(device_name, launch.local_rank, launch.local_size)
    try:
        start_talking(device)
        yield Team(launch.rank, launch.size, device), device
    except RuntimeError as error:
        if not is_lost_connection(error):
            raise
        is_taken = "EADDRINUSE" in str(error)
        sentence = TAKEN.format(os.environ["MASTER_PORT"]) if is_taken else LOST
        raise ConnectionError(sentence) from error
    finally:
        if distributed.is_initialized():
            distributed.destroy_process_group()


def start_talking(device: torch.device) -> None:
    """Connect to the other ranks: nccl connects GPUs, gloo connects CPUs.

    Gives up after PATIENCE when they do not answer; in training PyTorch's own limits hold.
    When the launcher starts all ranks again, its notice board, the store, still has the addresses
    of those that ended. So each start writes under a name of its own.
    """
    if device.type == "cuda":
        torch.cuda.set_device(device)
    store, rank, size = next(distributed.rendezvous("env://", timeout=PATIENCE))
    store = distributed.PrefixStore(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0"), store)
    backend = "nccl" if device.type == "cuda" else "gloo"
    distributed.init_process_group(backend, store=store, rank=rank, world_size=size)


def is_lost_connection(error: RuntimeError) -> bool:
    """Tell whether an error is one of the network; those of gloo have no class of their own.

    Neither had a port that is taken, in older versions of PyTorch.
    """
    words = ("gloo", "eaddrinuse")
    named = any(word in str(error).lower() for word in words)
    return named or isinstance(error, distributed.DistError)
