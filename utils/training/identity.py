"""What tells one training run from another: model, settings, vocabularies and data."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from utils.corpora import Corpus
from utils.corpora.on_disk import PairsOnDisk
from utils.models.contract import Network
from utils.system.limits import Limited
from utils.text import Fields

# How a message describes the parts that are too long to print.
OTHERS = {
    "source vocabulary": "another source vocabulary",
    "target vocabulary": "another target vocabulary",
    "subwords": "other subwords",
    "training text": "other training pairs, or the same ones in another order",
    "validation text": "other validation pairs, or the same ones in another order",
}


def identify(model: Network, fields: Fields, corpus: Corpus, settings: Limited) -> dict[str, Any]:
    """Return everything that must match for a run to resume from a checkpoint.

    The number of processes may change: the batches stay the same, and so does what is learned, up
    to dropout masks and rounding.
    """
    subwords = fields.subwords
    return {
        "network": type(model.config).__name__,
        **asdict(model.config),
        **asdict(settings),
        "languages": list(fields.languages),
        "source vocabulary": fields.source.vocab.itos,
        "target vocabulary": fields.target.vocab.itos,
        "subwords": "" if subwords is None else hashlib.sha256(subwords.model).hexdigest(),
        "training pairs": len(corpus.train),
        "pairs": "on disk" if isinstance(corpus.train, PairsOnDisk) else "in memory",
        "training text": digest(corpus.train),
        "validation text": digest(corpus.valid),
    }


def digest(pairs: Sequence) -> str:
    """Return a hash of the pairs, which also depends on their order.

    For pairs on disk it comes from the bytes of their files; see `PairsOnDisk.digest`.
    """
    if isinstance(pairs, PairsOnDisk):
        return pairs.digest
    total = hashlib.sha256()
    for pair in pairs:
        total.update(ascii((pair.source, pair.target)).encode())
    return total.hexdigest()


def compare(own: dict[str, Any], other: dict[str, Any], whose: str, advice: str) -> None:
    """Raise ValueError unless `other` matches `own`; the message says `whose` it is."""
    for name, value in own.items():
        found = other.get(name)
        if type(found) is not type(value) or found != value:
            what = OTHERS.get(name, f"{name} {found!s:.60}, not {value}")
            raise ValueError(f"{whose} was made with {what}: {advice}")
