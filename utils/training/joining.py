"""How a process finds the others that `torchrun` started, and the device it trains on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import torch
from torch import distributed

from utils.training.launch import read_launch
from utils.training.processes import SINGLE, Processes, ProcessGroup

LOST = (
    "no connection to another process: it has ended, or the network is in the way. "
    "The same command goes on from the last checkpoint, if there is one."
)
TAKEN = (
    "another program has the port {} on this machine: "
    "choose another one, as in torchrun --master-port=29501."
)
PATIENCE = timedelta(minutes=5)  # until all processes have found each other


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
def join_processes(device_name: str) -> Iterator[tuple[Processes, torch.device]]:
    """Join the processes that `torchrun` started, if it did; yield them and this one's device.

    Raises ValueError for a device that will not do or a launch that makes no sense, and
    ConnectionError when another rank cannot be reached.
    """
    launch = read_launch()
    if launch is None:
        yield SINGLE, choose_device(device_name)
        return
    device = choose_own_device(device_name, launch.local_rank, launch.local_size)
    try:
        start_talking(device)
        yield ProcessGroup(launch.rank, launch.size, device), device
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
