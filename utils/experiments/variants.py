"""Models that differ from one of the four in exactly one thing.

Each variant names its `baseline`. A change replaces a part of a model that is built already, so
that all parts which stay have the same initial weights as in the baseline.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from typing import Any

import torch
from torch.nn import functional as F

from utils.corpora import Corpus
from utils.corpora.pairs import Pair
from utils.experiments.looks import (
    FrozenVAttention,
    LastStateContext,
    RandomContext,
    ScaledDotAttention,
    UniformContext,
    UnmaskedDotAttention,
    curved,
    sized,
)
from utils.experiments.parts import (
    CellOnlyDecoder,
    InputFeedingDecoder,
    LongShortEncoder,
    LuongDecoder,
    NewStateDecoder,
    OneDirectionEncoder,
    Part,
    PlainEncoder,
    SampledDecoder,
    ZeroStartDecoder,
    replace_part,
)
from utils.models.seq2seq import Seq2Seq, build_model
from utils.text import Fields
from utils.training import Settings


@dataclass(frozen=True)
class Variant:
    """A model and what it is compared with.

    `parts` replace those of the same name, `settings` those of training. With a number of `pairs`
    it learns from only so many of the training pairs.
    """

    baseline: str | None = None
    attention: str = "dot"
    memory_size: int = 128
    parts: Mapping[str, Part] = field(default_factory=dict)
    reverse_source: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    pairs: int | None = None

    def build(self, fields: Fields, seed: int, hidden_size: int = 128) -> Seq2Seq:
        """Build the model. What is not replaced has the baseline's initial weights."""
        model = build_model(
            fields,
            self.attention,
            hidden_size=hidden_size,
            memory_size=self.memory_size,
            seed=seed,
        )
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            for name, make in self.parts.items():
                replace_part(model, name, make(model.config))
        return model

    def prepare(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Return the pairs as this model reads them; reversed pairs have no alignment."""
        if not self.reverse_source:
            return list(pairs)
        return [Pair(pair.source[::-1], pair.target, None) for pair in pairs]

    def sample(self, corpus: Corpus, seed: int) -> Corpus:
        """Return the corpus that this model learns from.

        Fewer pairs mean more epochs, each of which ends with a validation: a quarter will do.
        """
        if self.pairs is None:
            return corpus
        train = random.Random(seed).sample(list(corpus.train), self.pairs)
        return replace(corpus, train=train, valid=corpus.valid[::4])


ONE_DIRECTION: dict[str, Part] = {
    "encoder": OneDirectionEncoder,
    "decoder.attention": sized(LastStateContext),
}

FOUR = ("fixed", "dot", "general", "additive")  # the attentions that the recorded studies compare
SCORES = FOUR[1:]

VARIANTS: dict[str, Variant] = {
    **{name: Variant(attention=name) for name in FOUR},
    "s_t asks": Variant("dot", parts={"decoder": NewStateDecoder}),
    "Luong": Variant("s_t asks", parts={"decoder": LuongDecoder}),
    "input feeding": Variant("Luong", parts={"decoder": InputFeedingDecoder}),
    "one direction": Variant("dot", parts={"encoder": OneDirectionEncoder}),
    "no mask": Variant("dot", parts={"decoder.attention": sized(UnmaskedDotAttention)}),
    "fixed, 64 numbers": Variant("fixed", "fixed", memory_size=64),
    "fixed, 256 numbers": Variant("fixed", "fixed", memory_size=256),
    "fixed, one direction": Variant("fixed", "fixed", parts=ONE_DIRECTION),
    "fixed, reversed": Variant(
        "fixed, one direction", "fixed", parts=ONE_DIRECTION, reverse_source=True
    ),
}

# What may be why a fixed vector fails: no short way for the gradient, too few numbers, too few
# epochs. Each takes one of them away; frozen random weights are one more way not to select.
CAUSES: dict[str, Variant] = {
    "uniform": Variant("fixed", "fixed", parts={"decoder.attention": sized(UniformContext)}),
    "random": Variant("fixed", "fixed", parts={"decoder.attention": sized(RandomContext)}),
    "fixed, 512 numbers": Variant("fixed", "fixed", memory_size=512),
    "fixed, 3 × the epochs": Variant("fixed", "fixed", settings={"epochs": 3 * Settings.epochs}),
}

# The encoder's cell, with a fixed vector: is it the GRU that loses the middle of a sentence?
CELLS: dict[str, Variant] = {
    "GRU": Variant("fixed", "fixed"),
    "plain RNN": Variant("fixed", "fixed", parts={"encoder": PlainEncoder}),
    "LSTM": Variant("fixed", "fixed", parts={"encoder": LongShortEncoder}),
}

# What the decoder's first state is, if not made from the summary. The baseline is "GRU" above.
STARTS: dict[str, Variant] = {
    "zeros": Variant("fixed", "fixed", parts={"decoder": ZeroStartDecoder}),
}

# A learning rate for each score. The middle one is what all of VARIANTS have.
RATES = (3e-3, Settings.learning_rate, 1.2e-2)
AT_RATES: dict[tuple[str, float], Variant] = {
    (score, rate): Variant(score, score, settings={"learning_rate": rate})
    for score, rate in product(SCORES, RATES)
}

# The score's form: a factor, other curves than tanh, and a v that is never trained. Its norm is the
# initial one then, about 0.6, or the one that it has in the shipped translator, after training.
TRAINED_NORM = 2.73
FORMS: dict[str, Variant] = {
    "dot / √d": Variant("dot", parts={"decoder.attention": sized(ScaledDotAttention)}),
    "additive, ReLU": Variant("additive", "additive", parts={"decoder.attention": curved(F.relu)}),
    "additive, sigmoid": Variant(
        "additive", "additive", parts={"decoder.attention": curved(torch.sigmoid)}
    ),
    "additive, no curve": Variant(
        "additive", "additive", parts={"decoder.attention": curved(lambda hidden: hidden)}
    ),
    "additive, v frozen": Variant(
        "additive", "additive", parts={"decoder.attention": sized(FrozenVAttention)}
    ),
    "additive, large v frozen": Variant(
        "additive",
        "additive",
        parts={"decoder.attention": sized(partial(FrozenVAttention, norm=TRAINED_NORM))},
    ),
}

# The context enters once, in the cell and not in the readout; `Luong` is the other way around.
ONCE: dict[str, Variant] = {"cell only": Variant("dot", parts={"decoder": CellOnlyDecoder})}

# How often the decoder reads the reference's word in training: always, in the first, so that all
# runs are of one code and one machine. In the last, the ratio falls from 1 to 0.5 over the 1,128
# batches that six epochs have.
FORCING: dict[str, dict[str, Any]] = {
    "1": {"ratio": 1.0},
    "0.75": {"ratio": 0.75},
    "0.5": {"ratio": 0.5},
    "1 to 0.5": {"ratio": 1.0, "last": 0.5, "steps": 1128},
}
TAUGHT: dict[str, Variant] = {
    ratio: Variant("dot", parts={"decoder": partial(SampledDecoder, **options)})
    for ratio, options in FORCING.items()
}

# Fewer pairs, and so many more epochs that each model takes as many steps as with all 12,000.
SIZES = (500, 1000, 2000, 4000)
FEWER: dict[tuple[str, int], Variant] = {
    (score, pairs): Variant(
        score, score, settings={"epochs": Settings.epochs * 12_000 // pairs}, pairs=pairs
    )
    for score, pairs in product(SCORES, SIZES)
}
