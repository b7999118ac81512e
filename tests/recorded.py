"""Digests of what the shipped translators write, in expected/translations.json.

    OMP_NUM_THREADS=1 .venv/bin/python tests/recorded.py

rewrites that file: only do so after retraining the shipped translators.
"""

import hashlib
import json

import toy  # one thread

from utils.corpora import load_corpus
from utils.translator import Translator

RECORD = toy.REPOSITORY / "tests" / "expected" / "translations.json"
MINI = ("fixed", "dot", "general", "additive")
SEARCHES = {  # (translator, beam size): take every n-th sentence
    **dict.fromkeys([(f"mini-{name}", 1) for name in MINI], 6),
    **dict.fromkeys([(f"mini-{name}", 5) for name in MINI], 24),
    ("multi30k-additive", 1): 1,
    ("multi30k-additive", 5): 1,
}


def key_of(name: str, beam_size: int) -> str:
    """Return the name under which a search is recorded."""
    return f"{name}, beam {beam_size}"


def sentences_for(name: str, beam_size: int) -> list:
    """Return the sentences that a search is recorded for: text, or tuples of words."""
    if name.startswith("mini"):
        sentences = [pair.source for pair in load_corpus("mini").test]
    else:
        captions = toy.REPOSITORY / "data" / "captions" / "test.de"
        sentences = captions.read_text("utf-8").splitlines()
    return sentences[:: SEARCHES[name, beam_size]]


def digests(name: str, beam_size: int) -> list[str]:
    """Translate; return 8 hexadecimal digits for the words of each translation."""
    translations = Translator.load(name).translate(sentences_for(name, beam_size), beam_size)
    texts = (" ".join(translation.tokens) for translation in translations)
    return [hashlib.sha256(text.encode("utf-8")).hexdigest()[:8] for text in texts]


def recorded() -> dict[str, list[str]]:
    """Return the recorded digests of every search."""
    found = json.loads(RECORD.read_text("utf-8"))
    return {key: line.split() for key, line in found.items()}


if __name__ == "__main__":
    record = {key_of(*search): " ".join(digests(*search)) for search in SEARCHES}
    RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
