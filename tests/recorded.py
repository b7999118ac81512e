"""What the shipped translators write and what training learns, as recorded in expected/.

    OMP_NUM_THREADS=1 .venv/bin/python tests/recorded.py

rewrites both files: only do so after retraining the shipped translators, or after a change of the
recipe that is meant to change what is learned.
"""

import hashlib
import json

import toy  # one thread

from utils.corpora import load_corpus
from utils.models import ATTENTIONS, build_model, build_transformer
from utils.models.contract import Network
from utils.text import Fields, build_fields
from utils.translator import Translator

EXPECTED = toy.REPOSITORY / "tests" / "expected"
RECORD, LOSSES = EXPECTED / "translations.json", EXPECTED / "losses.json"
MINI = ("fixed", "dot", "general", "additive", "transformer")
SEARCHES = {  # (translator, beam size): take every n-th sentence
    **dict.fromkeys([(f"mini-{name}", 1) for name in MINI], 6),
    **dict.fromkeys([(f"mini-{name}", 5) for name in MINI], 24),
    ("multi30k-additive", 1): 1,
    ("multi30k-additive", 5): 1,
    ("multi30k-transformer", 1): 1,
    ("multi30k-transformer", 5): 1,
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


LEARNERS = (*ATTENTIONS, "tied", "Transformer")
RECIPE = {"epochs": 2, "batch_size": 4, "label_smoothing": 0.2, "clip": 0.5, "quiet": True}


def learned(name: str) -> list[float]:
    """Train on the toy corpus, with all that a recipe has; return the losses of two epochs."""
    fields = build_fields(toy.toy_corpus(), subwords=40) if name == "tied" else toy.toy_fields()
    history = toy.fit_with(learner(name, fields), fields, toy.toy_corpus(), **RECIPE)
    return [loss for epoch in history.epochs for loss in (epoch.train_loss, epoch.valid_loss)]


def learner(name: str, fields: Fields) -> Network:
    """Return an untrained model with dropout, the same each time."""
    if name == "Transformer":
        return build_transformer(fields, 8, 2, 2, 16, dropout=0.2, seed=1)
    attention = "additive" if name == "tied" else name
    return build_model(fields, attention, 8, 12, 12, 0.2, name == "tied", seed=1)


if __name__ == "__main__":
    LOSSES.write_text(json.dumps({n: learned(n) for n in LEARNERS}, indent=1) + "\n", "utf-8")
    record = {key_of(*search): " ".join(digests(*search)) for search in SEARCHES}
    RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
