"""What the file of a translator holds: packed, and checked before anything is built from it.

A file may come from anywhere, so nothing in it is taken for granted.
"""

import copy
import math
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor

from utils.models.building import build_from
from utils.models.config import ModelConfig, check_sizes, check_vocabularies
from utils.models.contract import Network, NetworkConfig, classes_of
from utils.models.seq2seq import Seq2Seq
from utils.models.transformer import Transformer, TransformerConfig
from utils.system.storage import FORMAT
from utils.text import Fields, fields_from_words
from utils.text.subwords import Subwords

NETWORKS: dict[str, tuple[type[NetworkConfig], type[Network]]] = {
    "ModelConfig": (ModelConfig, Seq2Seq),
    "TransformerConfig": (TransformerConfig, Transformer),
}

# What parts raise that are missing or of another kind, if no check has caught them before.
WRONG_PARTS = (ValueError, LookupError, TypeError, AttributeError, RuntimeError)


def reason(error: Exception) -> str:
    """Return what is wrong with a file, as the end of a sentence."""
    if isinstance(error, ValueError):
        return str(error).rstrip(".")
    return "a part is missing, or of another kind"


def pack(model: Network, fields: Fields, half: bool) -> dict[str, Any]:
    """Return what a file holds of a model and its vocabularies, with 16-bit numbers if `half`.

    Raises ValueError for a model that `unpack` would refuse.
    """
    kind, weights = type(model.config).__name__, model.state_dict()
    _, network = _network(kind)
    rebuilt = build_from(model.config, network, seed=0)
    check_weights(weights, rebuilt.state_dict())
    _check_classes(model, rebuilt)
    check_finite(weights.values(), "train again with a lower learning rate")
    if half:
        weights = copy.deepcopy(model).half().state_dict()  # tied weights stay one
        check_finite(weights.values(), "they are too large for 16 bits, so leave half out")
    subwords = fields.subwords
    return {
        "format": FORMAT,
        "kind": kind,
        "config": asdict(model.config),
        "source_words": fields.source.vocab.itos,
        "target_words": fields.target.vocab.itos,
        "languages": fields.languages,
        "subwords": None if subwords is None else subwords.to_tensor(),
        "weights": weights,
    }


def _check_classes(model: Network, rebuilt: Network) -> None:
    """Raise ValueError if a part is of another class: its weights would be read into the usual."""
    usual = classes_of(rebuilt)
    for name, kind in classes_of(model).items():
        if usual.get(name) != kind:
            raise ValueError(
                f"{name or 'the model'} is a {kind}, and loading the file would make it a "
                f"{usual.get(name)}: save its weights alone, with torch.save(model.state_dict(), "
                "path)."
            )


def unpack(content: dict[str, Any]) -> tuple[Network, Fields]:
    """Rebuild model and fields from what a file holds; one of `WRONG_PARTS` says what is wrong.

    The model is built only where the file has enough weights for it, so that a small file cannot
    ask for much memory.
    """
    config_type, network = _network(content["kind"])
    fields = _fields(content)
    try:
        config = config_type(**content["config"])
    except (KeyError, TypeError):
        raise ValueError("the configuration is incomplete") from None
    check_sizes(config, fields)
    weights = content["weights"]
    if sum(weight.numel() for weight in _named(weights).values()) < config.fewest_weights:
        raise ValueError("there are fewer weights than the configuration asks for")
    model = network(config)
    own = model.state_dict()
    check_weights(weights, own, any_precision=True)
    model.load_state_dict(weights)
    check_finite(own.values())
    return model, fields


def _network(kind: object) -> tuple[type[NetworkConfig], type[Network]]:
    if not isinstance(kind, str) or kind not in NETWORKS:
        raise ValueError(f"a model of the kind {kind!r:.60} is unknown")
    return NETWORKS[kind]


def _fields(content: dict[str, Any]) -> Fields:
    source, target = content["source_words"], content["target_words"]
    check_vocabularies(source, target)
    languages = content["languages"]
    is_pair = isinstance(languages, list | tuple) and len(languages) == 2
    if not is_pair or not all(isinstance(language, str) for language in languages):
        raise ValueError("the languages are no pair of names")
    numbers = content["subwords"]  # None for a translator that reads whole words
    subwords = None if numbers is None else Subwords.from_tensor(numbers)
    fields = fields_from_words(source, target, subwords, tuple(languages))
    pieces = set() if subwords is None else set(subwords.pieces)
    if not all(pieces <= field.vocab.stoi.keys() for field in (fields.source, fields.target)):
        raise ValueError("the vocabularies lack pieces of the subwords")
    return fields


def _named(weights: object) -> dict[str, Tensor]:
    """Return weights as what they are; ValueError unless they are tensors with names."""
    if not isinstance(weights, dict) or not all(map(is_plain, weights.values())):
        raise ValueError("the weights are missing, or of another kind")
    return weights


def is_plain(weight: object) -> bool:
    """Tell whether something is a tensor that holds each of its real numbers in memory."""
    return (
        isinstance(weight, Tensor)
        and weight.layout is torch.strided
        and not weight.is_meta
        and weight.is_floating_point()
        and weight.is_contiguous()
    )


def check_weights(
    weights: object, expected: dict[str, Tensor], any_precision: bool = False
) -> None:
    """Raise ValueError unless weights have the names, shapes and types of those `expected`."""
    named = _named(weights)
    if named.keys() != expected.keys():
        names = ", ".join(sorted(map(str, named.keys() ^ expected.keys())))
        raise ValueError(f"the weights are those of another model, which differs in {names:.80}")
    for name, weight in expected.items():
        found = named[name]
        if found.shape != weight.shape:
            sizes = f"{tuple(found.shape)}, not {tuple(weight.shape)}"
            raise ValueError(f"the weight {name} has the shape {sizes}")
        if found.dtype != weight.dtype and not any_precision:
            raise ValueError(f"the weight {name} is of {found.dtype}, not {weight.dtype}")


def check_finite(weights: Iterable[Tensor], remedy: str = "") -> None:
    """Raise ValueError unless all numbers are finite: one that is not spoils the whole sum."""
    if not all(math.isfinite(weight.sum(dtype=torch.float32)) for weight in weights):
        raise ValueError(f"some weights are not finite{remedy and ': '}{remedy}")
