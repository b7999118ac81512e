"""From plain words to a good translator of captions: each rung changes one thing.

Scored on the validation captions; the test captions are for the end. One seed: the intervals are
for other captions, not for other first weights.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from utils.corpora import detokenize, load_corpus
from utils.evaluation import sacrebleu_interval
from utils.grammar import Pair
from utils.model import build_model
from utils.text import build_fields
from utils.training import fit
from utils.translator import Translator, copy_source_words

GROUND = {
    "min_freq": 2,
    "subwords": None,
    "tied": False,
    "dropout": 0.0,
    "label_smoothing": 0.0,
    "epochs": 6,
}
# What each rung adds to all those before it.
RUNGS: dict[str, dict[str, Any]] = {
    "plain words": {},
    "dropout": {"dropout": 0.3},
    "label smoothing": {"label_smoothing": 0.1},
    "subwords": {"subwords": 6000},
    "tied embeddings": {"tied": True},
    "longer training": {"epochs": 20},
    "more dropout": {"dropout": 0.4},
}
SIZES = {"embedding_size": 256, "hidden_size": 384, "memory_size": 512}
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
    settings = settings_of(rung)
    corpus = load_corpus("multi30k")
    fields = build_fields(corpus, settings["min_freq"], settings["subwords"])
    options = {name: settings[name] for name in ("tied", "dropout")}
    model = build_model(fields, "additive", **SIZES, **options, seed=seed)
    checkpoint = CHECKPOINTS / f"{rung.replace(' ', '-')}-{seed}.pt"
    training = {name: settings[name] for name in ("epochs", "label_smoothing")}
    history = fit(
        model,
        fields,
        corpus,
        **training,
        seed=seed,
        checkpoint=checkpoint,
        batch_size=128,
        learning_rate=3e-3,
        quiet=True,
    )
    run = {
        "rung": rung,
        "seed": seed,
        "weights": sum(parameter.numel() for parameter in model.parameters()),
        "valid_loss": history.best.valid_loss,
    }
    return [run | row for row in score_searches(Translator(model, fields), corpus.valid)]


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
