"""From plain words to the shipped translator of captions: each rung changes one thing.

The rungs are small models, trained for three epochs, so that all of them together take half an hour
on two cores. Scored on the validation captions; the test captions are for the end. One seed: the
intervals are for other captions, not for other first weights.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from utils.corpora import Corpus, detokenize, load_corpus
from utils.corpora.pairs import Pair
from utils.evaluation import sacrebleu_interval
from utils.experiments.captions import RNN
from utils.models import build_model, count_parameters
from utils.text import build_fields
from utils.training import Settings, fit, validation_loss
from utils.translator import Translator, copy_source_words

GROUND = {"min_freq": 2, "subwords": None, "tied": False, "label_smoothing": 0.0}
# What each rung adds to all those before it.
RUNGS: dict[str, dict[str, Any]] = {
    "plain words": {},
    "label smoothing": {"label_smoothing": 0.1},
    "subwords": {"subwords": 4000},
    "tied embeddings": {"tied": True},
}
SHIPPED = "shipped"  # larger, with dropout, 8,000 pieces, 20 epochs and averaged weights
SIZES = {"embedding_size": 128, "hidden_size": 192, "memory_size": 256}
TRAINING = Settings(epochs=3, batch_size=64, learning_rate=4e-3)
CHECKPOINTS = Path("runs") / "ladder"


def settings_of(rung: str) -> dict[str, Any]:
    """Return all settings of a rung: the ground and every rung up to it."""
    settings = dict(GROUND)
    for name, change in RUNGS.items():
        settings |= change
        if name == rung:
            return settings
    raise ValueError(f"no rung {rung!r}: choose one of {', '.join(RUNGS)}.")


def climb(rung: str, seed: int) -> list[dict[str, Any]]:
    """Train the translator of a rung and return its scores, a row for each way to search.

    A run that is stopped goes on from its checkpoint under `runs/`.
    """
    corpus = load_corpus("multi30k")
    translator = Translator.load(RNN) if rung == SHIPPED else train(rung, seed, corpus)
    model, fields = translator.model, translator.fields
    run = {
        "rung": rung,
        "seed": seed,
        "weights": count_parameters(model),
        "valid_loss": validation_loss(model, fields, corpus.valid),
    }
    return [run | row for row in score_searches(translator, corpus.valid)]


def train(rung: str, seed: int, corpus: Corpus) -> Translator:
    """Return the translator of a rung, trained."""
    settings = settings_of(rung)
    fields = build_fields(corpus, settings["min_freq"], settings["subwords"])
    model = build_model(fields, "additive", **SIZES, tied=settings["tied"], seed=seed)
    training = replace(TRAINING, seed=seed, label_smoothing=settings["label_smoothing"])
    checkpoint = CHECKPOINTS / f"{rung.replace(' ', '-')}-{seed}.pt"
    fit(model, fields, corpus, training, checkpoint, quiet=True)
    return Translator(model, fields)


def score_searches(translator: Translator, pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """Return BLEU and its interval for greedy search and a beam of 5, `<unk>` kept or copied."""
    sources = [translator.read(pair.source) for pair in pairs]
    references = [detokenize(pair.target) for pair in pairs]
    rows = []
    for beam_size in (1, 5):
        found = translator.translate(sources, beam_size)
        copied = [copy_source_words(t, s) for t, s in zip(found, sources, strict=True)]
        for is_copied, translations in ((False, found), (True, copied)):
            score, low, high = sacrebleu_interval([str(t) for t in translations], references)
            row = {"beam_size": beam_size, "copied": is_copied}
            rows.append(row | {"bleu": score, "low": low, "high": high})
    return rows
