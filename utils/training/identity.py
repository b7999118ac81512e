"""What tells one training run from another: model, settings, vocabularies, and the data."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from utils.corpora import Corpus
from utils.corpora.on_disk import PairsOnDisk
from utils.models.contract import Network
from utils.system.limits import Limited
from utils.text import Fields

# What to say of parts that are too long to be shown.
OTHERS = {
    "source vocabulary": "another source vocabulary",
    "target vocabulary": "another target vocabulary",
    "subwords": "other subwords",
    "training text": "other training pairs, or with the same ones in another order",
    "validation text": "other validation pairs, or with the same ones in another order",
}


def identify(model: Network, fields: Fields, corpus: Corpus, settings: Limited) -> dict[str, Any]:
    """Return everything that must be the same for a run to go on from a checkpoint.

    The number of processes may change: the batches stay, and so does what is learned, up to the
    dropout masks and the last digits.
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
    """Return what no other sentences have, nor the same ones in another order.

    Pairs on disk are told by the bytes of their files; see `PairsOnDisk.digest`.
    """
    if isinstance(pairs, PairsOnDisk):
        return pairs.digest
    total = hashlib.sha256()
    for pair in pairs:
        total.update(ascii((pair.source, pair.target)).encode())
    return total.hexdigest()


def compare(own: dict[str, Any], other: dict[str, Any], whose: str, advice: str) -> None:
    """Raise ValueError unless the identity of another run is one's own."""
    for name, value in own.items():
        found = other.get(name)
        if type(found) is not type(value) or found != value:
            what = OTHERS.get(name, f"{name} {found!s:.60}, not {value}")
            raise ValueError(f"{whose} was made with {what}: {advice}")
