"""A corpus small enough to learn in a second: German numbers, read backwards into English."""

import random
from dataclasses import fields as fields_of
from functools import cache
from pathlib import Path

import pytest
import torch

from utils.batches import Batch, make_batches
from utils.corpora import Corpus, Pair
from utils.models.seq2seq import Seq2Seq, build_model
from utils.system.paths import ROOT
from utils.text import Fields, build_fields
from utils.training import History, Settings, fit
from utils.training.run import Interrupted
from utils.translator import Translator

torch.set_num_threads(1)  # such small models are slower on two cores

REPOSITORY = ROOT
SENTENCE = "gestern hat die Frau dem alten Lehrer einen Apfel gegeben ."  # the series' own
RUNNING = SENTENCE.split()
LONG_SENTENCE = (
    "heute ruft der alte Lehrer die Eltern an , weil das kleine Kind nicht im Garten schläft und "
    "die Mutter gestern dem Nachbarn einen roten Apfel gegeben hat ."
)
LONG = LONG_SENTENCE.split()
GERMAN = ("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")
ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def number_pair(digits: list[int]) -> Pair:
    """Spell the digits in German, and in English from the last to the first."""
    size = len(digits)
    return Pair(
        tuple(GERMAN[digit] for digit in digits),
        tuple(ENGLISH[digit] for digit in reversed(digits)),
        frozenset((position, size - 1 - position) for position in range(size)),
    )


def number_pairs(count: int, shortest: int = 1, longest: int = 6, seed: int = 0) -> list[Pair]:
    draw = random.Random(seed)
    sizes = [draw.randint(shortest, longest) for _ in range(count)]
    return [number_pair(draw.choices(range(10), k=size)) for size in sizes]


@cache
def toy_corpus() -> Corpus:
    """Return a corpus whose training pairs hold all ten digits, of 1 to 6 words."""
    return Corpus(number_pairs(40, seed=1), number_pairs(10, seed=2), number_pairs(6, seed=3))


@cache
def toy_fields() -> Fields:
    return build_fields(toy_corpus())


def write_toy_corpus(folder: Path, languages: tuple[str, str] = ("de", "en")) -> Path:
    """Write the toy corpus to a folder; `languages` are the file extensions."""
    folder.mkdir()
    for split in ("train", "valid", "test"):
        pairs = getattr(toy_corpus(), split)
        for suffix, sentences in zip(
            languages, ([p.source for p in pairs], [p.target for p in pairs]), strict=True
        ):
            text = "".join(" ".join(words) + "\n" for words in sentences)
            (folder / f"{split}.{suffix}").write_text(text, encoding="utf-8")
    return folder


def toy_model(attention: str = "additive", **options) -> Seq2Seq:
    """Build an untrained model, the same each time, in evaluation mode."""
    settings = {"embedding_size": 6, "hidden_size": 8, "seed": 1} | options
    return build_model(toy_fields(), attention, **settings).eval()


def decided_model(attention: str = "additive", factor: float = 4.0) -> Seq2Seq:
    """Build an untrained model with large weights, which clearly prefers some words to others."""
    model = toy_model(attention)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(factor)
    return model


def toy_translator(attention: str = "additive") -> Translator:
    return Translator(decided_model(attention), toy_fields())


def one_batch(pairs: list[Pair]) -> Batch:
    """Return all pairs in one batch, in the order given."""
    (batch,) = make_batches(pairs, toy_fields(), batch_size=len(pairs), shuffle=False)
    return batch


def mixed_batch() -> Batch:
    """Return a batch in which all sentences but the first have padding."""
    return one_batch([number_pair(digits) for digits in ([1, 2, 3, 4, 5], [6, 7], [8], [9, 0, 1])])


def fit_with(model, fields, corpus, **options) -> History:
    """Train with keyword options, of `Settings` or of `fit`."""
    names = {field.name for field in fields_of(Settings)} & options.keys()
    settings = Settings(**{name: options.pop(name) for name in names})
    return fit(model, fields, corpus, settings, **options)


def stopped(model, fields, corpus, **options) -> History:
    """Train until someone presses *stop*, and return the history so far."""
    with pytest.raises(Interrupted) as caught:
        fit_with(model, fields, corpus, **options)
    return caught.value.history


def same_weights(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    """Tell whether two state dicts agree bit for bit."""
    return first.keys() == second.keys() and all(torch.equal(first[k], second[k]) for k in first)
