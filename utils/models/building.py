"""How a network comes into being: with initial weights that are the same for the same seed."""

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import nn

from utils.models.contract import Network, NetworkConfig
from utils.system.limits import SEED, checked

EMBEDDING_SCALE = 0.4  # init std of the embeddings,
TIED_SCALE = 0.1  # and of one that is the output layer as well

Config = TypeVar("Config", bound=NetworkConfig)
Built = TypeVar("Built", bound=Network)


def small_embedding(words: int, size: int, padding: int) -> nn.Embedding:
    """Return an embedding with a smaller init std than PyTorch's 1: training soon shapes it."""
    embedding = nn.Embedding(words, size, padding_idx=padding)
    nn.init.normal_(embedding.weight, std=EMBEDDING_SCALE)
    nn.init.zeros_(embedding.weight[padding])
    return embedding


def build_from(config: Config, network: Callable[[Config], Built], seed: int | None) -> Built:
    """Return network(config).

    A seed gives the same initial weights each time, and leaves the global random state as it is.
    """
    with torch.random.fork_rng(range(torch.cuda.device_count()), enabled=seed is not None):
        if seed is not None:
            torch.manual_seed(checked("seed", seed, SEED))
        return network(config)
