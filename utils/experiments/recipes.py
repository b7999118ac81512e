"""What each part of the recipe for captions brings: take it away, or put something in.

Every recipe differs from its baseline in one thing, at the size and with the number of updates of
the shipped translators. All are scored on the validation captions; the test captions are for the
end.
"""

import json
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

import sentencepiece
import torch

from utils.corpora import Corpus, detokenize, load_corpus
from utils.corpora.pairs import Pair
from utils.experiments.texts import paired_bootstrap, scores
from utils.models import build_model, build_transformer, count_parameters
from utils.system.paths import RUNS
from utils.system.storage import write_text_atomically
from utils.text import Fields, build_fields
from utils.text.subwords import Subwords
from utils.training import Settings, fit, validation_loss
from utils.translator import Translator, copy_source_words

SEEDS = 3  # a run takes about an hour on one core
MIN_FREQ = 2  # of whole words
KEPT = RUNS / "recipes"

RNN: dict[str, Any] = {
    "attention": "additive",
    "embedding_size": 256,
    "hidden_size": 256,
    "memory_size": 512,
    "dropout": 0.4,
    "tied": True,
}
TRANSFORMER: dict[str, Any] = {
    "size": 256,
    "heads": 4,
    "layers": 2,
    "hidden_size": 384,
    "dropout": 0.3,
    "tied": True,
}


@dataclass(frozen=True)
class Recipe:
    """A way to train a translator of captions, and the one that it is compared with.

    `model` holds the options of `build_model` or, for a Transformer, of `build_transformer`;
    `training` those of `Settings`. Words are cut into `pieces`, or stay whole if it is None.
    `piece_dropout` is the probability that a merge of two pieces is skipped in training.
    """

    baseline: str | None = "base"
    model: Mapping[str, Any] = field(default_factory=lambda: RNN)
    training: Mapping[str, Any] = field(default_factory=dict)
    pieces: int | None = 8000
    piece_dropout: float = 0.0

    @property
    def is_transformer(self) -> bool:
        """Tell a Transformer's options from those of a recurrent network."""
        return "layers" in self.model

    @property
    def settings(self) -> Settings:
        """The settings of training."""
        rate = 1.5e-3 if self.is_transformer else 3e-3
        base = {"epochs": 20, "average": 5, "batch_size": 128, "learning_rate": rate}
        return Settings(**{**base, **self.training})


def transformer(training: Mapping[str, Any] | None = None, **changes: Any) -> Recipe:
    """Return the Transformer's recipe with other options of its model, or other settings."""
    return Recipe("Transformer", {**TRANSFORMER, **changes}, training or {})


RECIPES: dict[str, Recipe] = {
    "base": Recipe(None),
    "untied": Recipe(model=RNN | {"tied": False}),
    "whole words": Recipe("untied", RNN | {"tied": False}, pieces=None),
    "no label smoothing": Recipe(training={"label_smoothing": 0.0}),
    "no dropout": Recipe(model=RNN | {"dropout": 0.0}),
    "BPE-dropout": Recipe(piece_dropout=0.1),
    "general": Recipe(model=RNN | {"attention": "general"}),
    "fixed vector": Recipe(model=RNN | {"attention": "fixed"}),
    "no averaging": Recipe(training={"average": 1}),
    "Transformer": Recipe("base", TRANSFORMER),
    "Transformer, rate 3e-3": transformer({"learning_rate": 3e-3}),
    "Transformer, rate 7.5e-4": transformer({"learning_rate": 7.5e-4}),
    "Transformer, dropout 0.2": transformer(dropout=0.2),
    "Transformer, dropout 0.1": transformer(dropout=0.1),
    "Transformer, dropout 0.4": transformer(dropout=0.4),
    "Transformer, 3 layers": transformer(layers=3),
    "Transformer, BPE-dropout": Recipe("Transformer", TRANSFORMER, piece_dropout=0.1),
}
# The Transformer's settings are chosen with one seed.
TRIED = [
    (seed, name)
    for seed, (name, recipe) in product(range(SEEDS), RECIPES.items())
    if seed == 0 or recipe.baseline != "Transformer"
]

SEARCHES = {"greedy": 1, "beam 5": 5}  # how many hypotheses the beam holds
BEFORE = {"beam 5": "greedy", "greedy, copied": "greedy", "beam 5, copied": "beam 5"}


class DroppingSubwords(Subwords):
    """Pieces that change from epoch to epoch: BPE-dropout; Provilkov et al. (2020).

    Where gradients are recorded, that is in training, each merge is skipped with `probability`, so
    a frequent word comes in several ways. Elsewhere words are cut as always.
    """

    def __init__(self, model: bytes, probability: float, seed: int):
        super().__init__(model)
        self.probability = probability
        sentencepiece.set_random_generator_seed(seed)

    def split(self, words: Sequence[str]) -> list[str]:
        """Cut each word, at random in training."""
        if not torch.is_grad_enabled():
            return super().split(words)
        return self._processor.encode(
            " ".join(words),
            out_type=str,
            enable_sampling=True,
            alpha=self.probability,
            nbest_size=-1,
        )


def dropping(fields: Fields, probability: float, seed: int) -> Fields:
    """Return fields with the same numbers, whose pieces change in training."""
    if fields.subwords is None:
        raise ValueError("whole words have no merges to skip: give a recipe with pieces.")
    subwords = DroppingSubwords(fields.subwords.model, probability, seed)
    source, target = copy(fields.source), copy(fields.target)
    for side in (source, target):
        side.subwords, side.preprocessing = subwords, subwords.split
    return replace(fields, source=source, target=target)


def measure_recipe(recipe: str, seed: int) -> list[dict[str, Any]]:
    """Train a recipe with a seed; return its scores, a row for each search.

    Its translations are kept in `runs/recipes/`, where `measure_pairs` compares them.
    """
    corpus, made = load_corpus("multi30k"), RECIPES[recipe]
    KEPT.mkdir(parents=True, exist_ok=True)
    translator = train(made, seed, corpus, KEPT / f"{recipe}-{seed}.ckpt")
    translator.save(KEPT / f"{recipe}-{seed}.pt", half=True)
    written = search(translator, corpus.valid)
    references = [detokenize(pair.target) for pair in corpus.valid]
    write_text_atomically(KEPT / f"{recipe}-{seed}.json", json.dumps(written, ensure_ascii=False))
    run = {
        "recipe": recipe,
        "seed": seed,
        "weights": count_parameters(translator.model),
        "valid_loss": validation_loss(translator.model, translator.fields, corpus.valid),
    }
    return [run | {"search": name} | scores(texts, references) for name, texts in written.items()]


def train(recipe: Recipe, seed: int, corpus: Corpus, checkpoint: Path) -> Translator:
    """Return the translator of a recipe, trained, on a GPU where there is one.

    A run that is stopped resumes from its checkpoint; on a GPU, where it takes minutes, it writes
    none.
    """
    fields = build_fields(corpus, 1 if recipe.pieces else MIN_FREQ, recipe.pieces)
    build = build_transformer if recipe.is_transformer else build_model
    model = build(fields, **recipe.model, seed=seed)
    read = dropping(fields, recipe.piece_dropout, seed) if recipe.piece_dropout else fields
    gpu = torch.cuda.is_available()
    settings = replace(recipe.settings, seed=seed)
    fit(
        model.to("cuda" if gpu else "cpu"),
        read,
        corpus,
        settings,
        None if gpu else checkpoint,
        quiet=True,
    )
    return Translator(model, fields)


def search(translator: Translator, pairs: Sequence[Pair]) -> dict[str, list[str]]:
    """Return the translations of each search and, of whole words, those with `<unk>` copied."""
    sources = [translator.read(pair.source) for pair in pairs]
    found = {name: translator.translate(sources, size) for name, size in SEARCHES.items()}
    written = {name: [str(each) for each in all_of_it] for name, all_of_it in found.items()}
    if translator.fields.subwords is None:
        for name, all_of_it in found.items():
            both = zip(all_of_it, sources, strict=True)
            written[f"{name}, copied"] = [str(copy_source_words(*each)) for each in both]
    return written


def measure_pairs(recipe: str, seed: int) -> list[dict[str, Any]]:
    """Compare the translations of a recipe with others, by sacreBLEU's paired bootstrap.

    Each search is compared with the same search of the recipe's baseline and of "base", and with
    the recipe's own search before it. Returns a row for each pair. Trains what is not kept in
    `runs/recipes/`.
    """
    texts = kept_translations(recipe, seed)
    rivals = sorted({RECIPES[recipe].baseline or "base", "base"} - {recipe})
    references = [detokenize(pair.target) for pair in load_corpus("multi30k").valid]
    pairs = [
        (name, rival, kept_translations(rival, seed)[name.split(",")[0]])
        for name, rival in product(texts, rivals)
    ]
    pairs += [(name, BEFORE[name], texts[BEFORE[name]]) for name in texts if name in BEFORE]
    run = {"recipe": recipe, "seed": seed}
    return [
        run | {"search": name, "against": rival} | paired_bootstrap(texts[name], others, references)
        for name, rival, others in pairs
    ]


def kept_translations(recipe: str, seed: int) -> dict[str, list[str]]:
    """Return the translations of a run, which is trained first where none are kept."""
    path = KEPT / f"{recipe}-{seed}.json"
    if not path.exists():
        measure_recipe(recipe, seed)
    return json.loads(path.read_text("utf-8"))
