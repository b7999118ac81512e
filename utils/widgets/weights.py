"""How a translator gets to JavaScript: its numbers as bytes, and what they mean as JSON.

`js/model/translator.js` reads both. In a notebook they travel as they are; in JSON the bytes are
base 85; and a page that was opened as a file cannot fetch anything, but it can load a script.
"""

import json
from base64 import b85encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor

from utils.corpora import language_name
from utils.models.contents import pack
from utils.system.paths import MODELS
from utils.system.storage import load_safely
from utils.translator import Translator

FORMAT = 1  # of the header; a change of its meaning gets a new number
REGISTRY = "attentionModels"  # the global object in which a page keeps them by name
TYPES = {True: "float16", False: "float32"}


class PackedTranslator(NamedTuple):
    """A translator for JavaScript: a header that JSON can hold, and its weights as bytes.

    `shapes` in the header lists the weights in the order of the bytes, lower byte first; `tied`
    names those that are another one.
    """

    header: dict[str, Any]
    data: bytes

    def as_json(self) -> dict[str, Any]:
        """Return both parts as something that JSON can hold, the bytes in base 85."""
        return {"header": self.header, "data": encode_bytes(self.data)}

    def as_script(self, name: str) -> str:
        """Return a script of ASCII letters that leaves the translator in a page under its name.

        It can stand in a file or in the page itself, for it has no `<` that could end it.
        """
        named, content = (
            json.dumps(part, separators=(",", ":")).replace("<", "\\u003c")
            for part in (name, self.as_json())
        )
        return f"(globalThis.{REGISTRY} ??= {{}})[{named}] = {content};\n"


def encode_bytes(data: bytes) -> str:
    """Return bytes as base 85, with "," for the "<" that could end a script."""
    return b85encode(data).decode().replace("<", ",")


def pack_translator(translator: Translator, half: bool = True) -> PackedTranslator:
    """Pack a translator with numbers of 16 bits, or of 32 unless `half`.

    Raises ValueError for a model that a file could not hold either: one with parts of its own,
    which JavaScript does not know, or with numbers that are not finite.
    """
    content = pack(translator.model, translator.fields, half)
    weights, tied = _without_copies(content["weights"])
    source, target = content["source_words"], content["target_words"]
    subwords, languages = translator.fields.subwords, translator.fields.languages
    header = {
        "format": FORMAT,
        "kind": content["kind"],
        "config": content["config"],
        "type": TYPES[half],
        "shapes": [[name, list(weight.shape)] for name, weight in weights.items()],
        "tied": tied,
        "source_words": source,
        "target_words": None if target == source else target,  # with subwords they share all
        "pieces": None if subwords is None else subwords.pieces,
        "languages": list(languages),
        "language_names": [language_name(code) for code in languages],
    }
    return PackedTranslator(header, b"".join(_to_bytes(weight) for weight in weights.values()))


def model_file(name: str) -> str:
    """Return where a page looks for the script of a shipped translator."""
    return f"models/{name}.js"


def shipped_name(packed: PackedTranslator) -> str | None:
    """Return the name of the translator in `data/models` with these weights; None for another."""
    wanted = sha256(packed.data).hexdigest()
    files = (path for path in sorted(MODELS.glob("*.pt")) if _may_hold(path, len(packed.data)))
    return next((path.stem for path in files if _fingerprint(path) == wanted), None)


def _may_hold(path: Path, size: int) -> bool:
    """Tell whether a file may hold `size` bytes of 16-bit weights: as such or in 32 bits."""
    return size <= path.stat().st_size <= 3 * size  # words and names add less than that


@cache
def _fingerprint(path: Path) -> str:
    """Return the fingerprint of a file's weights, packed; no model is built from them."""
    weights, _ = _without_copies(load_safely(path)["weights"])
    return sha256(b"".join(_to_bytes(weight.half()) for weight in weights.values())).hexdigest()


def _without_copies(weights: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return each tensor under its first name, and for all further names which one that is."""
    first: dict[int, str] = {}
    kept, tied = {}, {}
    for name, weight in weights.items():
        known = first.setdefault(weight.data_ptr(), name)
        if known == name:
            kept[name] = weight
        else:
            tied[name] = known
    return kept, tied


def _to_bytes(weight: Tensor) -> bytes:
    numbers = weight.numpy(force=True)
    return numbers.astype(numbers.dtype.newbyteorder("<")).tobytes()
