"""What the launcher, `torchrun`, tells this process through environment variables."""

import os
import socket
from collections.abc import Mapping
from typing import NamedTuple

LOOPBACK = "127.0.0.1"
# These launchers start processes that don't know of each other; the variable says how many.
OTHER_LAUNCHERS = {
    "SLURM_STEP_NUM_TASKS": "srun",
    "OMPI_COMM_WORLD_SIZE": "mpirun",
    "PMI_SIZE": "mpiexec",
}
REMEDY = "start the processes with torchrun, which sets it, or set WORLD_SIZE=1 to train alone."


class Launch(NamedTuple):
    """This process's rank among all processes, and among those on its machine."""

    rank: int
    size: int
    local_rank: int
    local_size: int


def read_launch(variables: Mapping[str, str] = os.environ) -> Launch | None:
    """Return this process's rank among several, or None if it trains alone.

    Raises ValueError if the launcher's variables are incomplete or inconsistent.
    """
    if not variables.get("WORLD_SIZE"):
        _check_that_it_is_alone(variables)
        return None
    size = _number(variables, "WORLD_SIZE", 1)
    if size == 1:
        return None
    rank = _number(variables, "RANK", 0, size - 1)
    local_size = _number(variables, "LOCAL_WORLD_SIZE", 1, size)
    local_rank = _number(variables, "LOCAL_RANK", 0, local_size - 1)
    port = _number(variables, "MASTER_PORT", 1, 65535)
    _check_host(variables.get("MASTER_ADDR"), port)
    return Launch(rank, size, local_rank, local_size)


def _check_that_it_is_alone(variables: Mapping[str, str]) -> None:
    for name, launcher in OTHER_LAUNCHERS.items():
        count = variables.get(name, "")
        if count.isdecimal() and int(count) > 1:
            raise ValueError(
                f"{launcher} started {count} processes, and each would train alone: start one, or "
                "torchrun on each machine, or set WORLD_SIZE=1 to train alone anyway."
            )
    for name in ("RANK", "LOCAL_RANK"):
        if variables.get(name, "0").strip() != "0":
            raise ValueError(f"{name} is {variables[name]!r}, but WORLD_SIZE is missing: {REMEDY}")


def _number(variables: Mapping[str, str], name: str, least: int, most: int | None = None) -> int:
    text = variables.get(name)
    if not text:
        raise ValueError(
            f"WORLD_SIZE is {variables['WORLD_SIZE']}, but {name} is missing: {REMEDY}"
        )
    if text.isdecimal() and least <= int(text) and (most is None or int(text) <= most):
        return int(text)
    needed = f"of at least {least}" if most is None else f"from {least} to {most}"
    raise ValueError(f"{name} is {text[:30]!r}, not a whole number {needed}: {REMEDY}")


def _check_host(host: str | None, port: int) -> None:
    """Raise ValueError unless the host of rank 0 resolves; PyTorch would keep waiting for it."""
    if not host:
        raise ValueError(f"MASTER_ADDR, the address of rank 0, is missing: {REMEDY}")
    try:
        socket.getaddrinfo(host, port)
    except (OSError, UnicodeError):
        raise ValueError(
            f"cannot find the address of the host {host[:60]!r} in MASTER_ADDR: pass torchrun "
            f"--local-addr={LOOPBACK} on one machine, or an IP address as --master-addr."
        ) from None


def is_first_here(variables: Mapping[str, str] = os.environ) -> bool:
    """Tell whether this process is the first on its machine, which speaks for the others there."""
    number = variables.get("LOCAL_RANK", "")
    return not (variables.get("WORLD_SIZE") and number.isdecimal() and int(number) > 0)
