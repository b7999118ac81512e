"""Our own captions, linked by hand: how well attention aligns real sentences.

The links in data/captions were made word by word, by rules that data/README.md gives. Each aligner
sees the words of both sentences, in lower case, and never a link.
"""

from collections.abc import Callable, Sequence, Set
from copy import deepcopy
from functools import partial
from typing import Any

from torch import nn

from utils.corpora import load_corpus, load_split
from utils.corpora.links import HandLinks, read_links
from utils.corpora.pairs import Pair
from utils.evaluation import (
    alignment_difference,
    alignment_interval,
    links_from_weights,
    precision_and_recall,
)
from utils.experiments.captions import RNN, TRANSFORMER
from utils.experiments.ibm1 import align_by_ibm1
from utils.models.transformer import Transformer
from utils.system.paths import DATA
from utils.translator import Translator

Links = Set[tuple[int, int]]
Readings = dict[str, list[Links]]  # the links of each pair, by how they were read

CAPTIONS = DATA / "captions"
AGREED = "agreed"  # the links after the two passes were compared
PASSES = [("first", "second"), ("first", AGREED), ("second", AGREED)]
ATTENTION = "attention"  # the plain reading: each target word's heaviest source word


def own_captions() -> list[Pair]:
    """Return our fifty captions as words in lower case, as all aligners were trained."""
    return [
        Pair(tuple(map(str.lower, pair.source)), tuple(map(str.lower, pair.target)))
        for pair in load_split(CAPTIONS, "test")
    ]


def hand_links(name: str) -> HandLinks:
    """Return the links of a pass over the captions, "first" or "second", or the agreed ones."""
    return read_links(CAPTIONS / f"{name}.align", own_captions())


def by_position(pairs: Sequence[Pair]) -> Readings:
    """Link words by where they stand: what can be had without reading a single one."""
    return {
        "diagonal": [diagonal(pair) for pair in pairs],
        "same position": [
            {(i, i) for i in range(min(len(pair.source), len(pair.target)))} for pair in pairs
        ],
    }


def diagonal(pair: Pair) -> Links:
    """Link each target word to the source word as far along its sentence."""
    step = (len(pair.source) - 1) / max(len(pair.target) - 1, 1)
    return {(round(target * step), target) for target in range(len(pair.target))}


def by_ibm1(pairs: Sequence[Pair]) -> Readings:
    """Link by IBM model 1, trained on Multi30k's training pairs and these."""
    return align_by_ibm1(pairs, load_corpus("multi30k").train)


def by_attention(name: str, pairs: Sequence[Pair]) -> Readings:
    """Link each target word to the word with the heaviest weight, given the reference.

    Also with every link moved to the word before and to the next one: the German–English model of
    Koehn and Knowles (2017), section 3.5, was off by one. A Transformer's weights are the mean over
    the heads of its last layer; the layers before it follow, each by its number.
    """
    translator = load_shipped(name)
    links: list[Links] = [*links_from_weights(translator.align(pairs))]
    readings = {ATTENTION: links}
    for reading, step in (("moved to the word before", -1), ("moved to the next word", 1)):
        readings[reading] = [
            moved(each, step, len(pair.target)) for each, pair in zip(links, pairs, strict=True)
        ]
    if isinstance(translator.model, Transformer):
        for layer in range(1, len(translator.model.decoder.layers)):
            weights = up_to_layer(translator, layer).align(pairs)
            readings[f"layer {layer}"] = [*links_from_weights(weights)]
    return readings


def load_shipped(name: str) -> Translator:
    """Load a translator of captions; FileNotFoundError says how to get one that is not there."""
    try:
        return Translator.load(name)
    except FileNotFoundError:
        raise FileNotFoundError(
            f"there is no data/models/{name}.pt: run `make captions` first, which trains it."
        ) from None


def moved(links: Links, step: int, length: int) -> Links:
    """Give each link to the target word `step` words on, if the target of `length` has one."""
    return {(source, target + step) for source, target in links if 0 <= target + step < length}


def up_to_layer(translator: Translator, layer: int) -> Translator:
    """Return a translator whose decoder ends after so many layers, so that its weights are theirs.

    It aligns, and cannot translate: nobody has trained it to write from there.
    """
    model = deepcopy(translator.model)
    decoder = model.decoder
    decoder.layers = nn.ModuleList(list(decoder.layers)[:layer])  # type: ignore[attr-defined]
    return Translator(model, translator.fields)


ALIGNERS: dict[str, Callable[[Sequence[Pair]], Readings]] = {
    "position": by_position,
    "ibm1": by_ibm1,
    RNN: partial(by_attention, RNN),
    TRANSFORMER: partial(by_attention, TRANSFORMER),
}


def measure_alignment(aligner: str) -> list[dict[str, Any]]:
    """Return a row for each reading of an aligner's links, scored against those made by hand.

    low and high are the 95 % interval of aer over captions. change, with its own interval, is aer
    minus that of the shipped RNN on the same captions. n counts captions.
    """
    pairs, gold = own_captions(), hand_links(AGREED)
    rnn = ALIGNERS[RNN](pairs)[ATTENTION]
    readings = ALIGNERS[aligner](pairs)
    return [
        {"aligner": aligner, "reading": reading} | score_links(links, rnn, gold)
        for reading, links in readings.items()
    ]


def score_links(links: list[Links], other: list[Links], gold: HandLinks) -> dict[str, Any]:
    """Score links against those made by hand, and compare them with other links."""
    aer, low, high = alignment_interval(links, *gold)
    precision, recall = precision_and_recall(links, *gold)
    change, change_low, change_high = alignment_difference(links, other, *gold)
    return {
        "aer": aer,
        "low": low,
        "high": high,
        "precision": precision,
        "recall": recall,
        "change": change,
        "change_low": change_low,
        "change_high": change_high,
        "links": sum(map(len, links)),
        "n": len(links),
    }


def measure_agreement(first: str, second: str) -> list[dict[str, Any]]:
    """Compare two passes over the captions: a row for the sure links, and one for all links.

    f1 is 2 |A ∩ B| / (|A| + |B|): one minus the error rate of A where all links of B are sure. It
    has the same interval, over captions.
    """
    one, other = hand_links(first), hand_links(second)
    rows = []
    for kind, a, b in (("sure", one.sure, other.sure), ("all", one.all, other.all)):
        error_rate, low, high = alignment_interval(a, b)
        rows.append(
            {
                "first": first,
                "second": second,
                "kind": kind,
                "f1": 1 - error_rate,
                "low": 1 - high,
                "high": 1 - low,
                "links_first": sum(map(len, a)),
                "links_second": sum(map(len, b)),
                "n": len(a),
            }
        )
    return rows
