"""How a process finds the others that `torchrun` started, and which device it trains on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import torch
from torch import distributed

from utils.training.launch import read_launch
from utils.training.processes import SINGLE, Processes, ProcessGroup

LOST = (
    "no connection to another process: it has ended, or the network blocks the way. "
    "Run the same command again to resume from the last checkpoint, if there is one."
)
TAKEN = (
    "another program is using port {} on this machine: "
    "choose another port, as in torchrun --master-port=29501."
)
PATIENCE = timedelta(minutes=5)  # for all processes to find each other


def choose_device(name: str = "auto") -> torch.device:
    """Return the device called `name`; "auto" picks CUDA, then MPS, then the CPU.

    Raises ValueError if that device isn't available.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next((kind for kind, there in available.items() if there), "cpu")
    if name != "cpu" and not available.get(name.split(":")[0]):
        raise ValueError(f"this machine has no {name} device: use 'cpu' or 'auto'.")
    return torch.device(name)


def choose_own_device(name: str, local_rank: int, local_size: int) -> torch.device:
    """Return the device for one of `local_size` processes on this machine: its own GPU, or the CPU.

    Raises ValueError if there are too few GPUs, and for any other kind of device.
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
            f"{local_size} processes need a GPU each, but this machine has "
            f"{torch.cuda.device_count()}: start fewer, or use --device=cpu."
        )
    return torch.device("cuda", local_rank)


@contextmanager
def join_processes(device_name: str) -> Iterator[tuple[Processes, torch.device]]:
    """Join the processes that `torchrun` started, if any; yield them and this process's device.

    Raises ValueError for a device that can't be used or an inconsistent launch, and
    ConnectionError if another rank can't be reached.
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
    """Connect to the other ranks, through nccl on GPUs and gloo on CPUs.

    Gives up after PATIENCE if they don't answer; during training, PyTorch's own timeouts apply.
    When the launcher restarts all ranks, its store still holds the addresses of the old ones, so
    each restart uses a prefix of its own.
    """
    if device.type == "cuda":
        torch.cuda.set_device(device)
    store, rank, size = next(distributed.rendezvous("env://", timeout=PATIENCE))
    store = distributed.PrefixStore(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0"), store)
    backend = "nccl" if device.type == "cuda" else "gloo"
    distributed.init_process_group(backend, store=store, rank=rank, world_size=size)


def is_lost_connection(error: RuntimeError) -> bool:
    """Tell whether an error comes from the network.

    gloo's errors have no class of their own, and neither does a taken port in older versions of
    PyTorch, so this looks at the message as well.
    """
    words = ("gloo", "eaddrinuse")
    named = any(word in str(error).lower() for word in words)
    return named or isinstance(error, distributed.DistError)
