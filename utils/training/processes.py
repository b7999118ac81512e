"""Training in one process, or in several together.

The training loop calls the same few hooks either way. In a single process they do nothing. In a
group, all processes make the same batches, and each takes its own rows of them:
`DistributedDataParallel` (DDP) averages the gradients, so that all take the same step. The process
of rank 0 does what must happen only once: it validates, prints, and writes the checkpoint.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol, TypeVar

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from utils.batches import Batch

Result = TypeVar("Result")


class Processes(Protocol):
    """The hooks that the training loop calls; this process has rank `rank` of `size`."""

    rank: int
    size: int

    def begin_epoch(self, model: nn.Module, seed: int) -> nn.Module:
        """Return the network to call instead of `model` in this epoch."""

    def share(self, batch: Batch, padding: int) -> tuple[Batch, int]:
        """Return this process's rows of a batch, and the number of words to predict in them."""

    def average(self, number: float) -> float:
        """Return the mean of `number` over all processes."""

    def ask_first(self, work: Callable[[], Result]) -> Result:
        """Let rank 0 do some work; return its result, or raise its error, in every process."""

    def stopping_together(self) -> AbstractContextManager[None]:
        """Let Ctrl-C stop all processes after the same step."""


class SingleProcess:
    """A process that trains alone: it keeps every batch whole, and has nobody to talk to."""

    rank, size = 0, 1

    def begin_epoch(self, model: nn.Module, seed: int) -> nn.Module:
        return model

    def share(self, batch: Batch, padding: int) -> tuple[Batch, int]:
        return batch, batch.count_words(padding)

    def average(self, number: float) -> float:
        return number

    def ask_first(self, work: Callable[[], Result]) -> Result:
        return work()

    def stopping_together(self) -> AbstractContextManager[None]:
        return nullcontext()


SINGLE = SingleProcess()


class ProcessGroup:
    """Processes that train together; this one has rank `rank` of `size`, on `device`."""

    def __init__(self, rank: int, size: int, device: torch.device):
        self.rank, self.size, self.device = rank, size, device
        self.interrupted = False

    def begin_epoch(self, model: nn.Module, seed: int) -> nn.Module:
        """Return `model` in a DDP wrapper; each process draws its own dropout masks.

        DDP rearranges the gradients after the first step, and the order in which it adds them up
        changes the last digits. With a new wrapper in each epoch, an epoch comes out the same
        whether or not training stopped before it.
        """
        torch.manual_seed(seed * self.size + self.rank)
        return DistributedDataParallel(model)

    def share(self, batch: Batch, padding: int) -> tuple[Batch, int]:
        """Return the rows rank, rank + size, …, and the number of words to predict in them.

        If the last batch is too small to give this process a row, it gets the first one, counted
        as zero words: it has to take part, but its gradients mustn't count.
        """
        if self.rank >= len(batch.target):
            return Batch(*(part[:1] for part in batch)), 0
        own = Batch(*(part[self.rank :: self.size] for part in batch))
        return own, own.count_words(padding)

    def average(self, number: float) -> float:
        """Return the mean of `number` over all processes.

        Raises KeyboardInterrupt in every process if any of them was interrupted.
        """
        sums = torch.tensor([number, self.interrupted], dtype=torch.float64, device=self.device)
        distributed.all_reduce(sums)
        total, interrupted = sums.tolist()
        if interrupted:
            raise KeyboardInterrupt
        return total / self.size

    def ask_first(self, work: Callable[[], Result]) -> Result:
        """Let rank 0 do some work; return its result, or raise its error, in every process."""
        answer: list[Any] = [None, None]
        if self.rank == 0:
            try:
                answer = [work(), None]
            except (ValueError, OSError) as error:
                answer = [None, error]
        distributed.broadcast_object_list(answer)
        result, failure = answer
        if failure is not None:
            raise failure
        return result

    @contextmanager
    def stopping_together(self) -> Iterator[None]:
        """Note Ctrl-C, and raise KeyboardInterrupt in all processes after the same step.

        A process that stopped on its own would leave the others waiting for its gradients; see
        `average`.
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
