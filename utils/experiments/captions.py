"""The shipped translators of captions: how to search, and what happens on longer inputs.

The searches are compared on the validation captions. The RNN translates the test captions with a
beam of 5, alone and several joined to one input, and with the search that did best on validation.
The Transformer translates them once, beside the RNN, with the settings chosen on validation.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from utils.corpora import Corpus, detokenize, load_corpus
from utils.corpora.pairs import Pair
from utils.evaluation import sacrebleu_interval
from utils.experiments.texts import paired_bootstrap, scores
from utils.translator import Translator

RNN, TRANSFORMER = "multi30k-additive", "multi30k-transformer"
CHOSEN, BEST = (5, 1.0), (20, 1.0)  # beam size, length normalization
SEARCHES = [(1, 1.0), (2, 1.0), (3, 1.0), CHOSEN, (10, 1.0), BEST]
SEARCHES += [(5, alpha) for alpha in (0.0, 0.5, 1.5, 2.0)]
# translator, split, captions in one input, beam size, length normalization
RUNS = [(RNN, "valid", 1, *search) for search in SEARCHES]
RUNS += [(RNN, "test", joined, *CHOSEN) for joined in (1, 2, 3, 4, 5)]
RUNS += [(RNN, "test", 1, 1, 1.0), (RNN, "test", 1, *BEST)]
RUNS += [(TRANSFORMER, "valid", 1, 1, 1.0), (TRANSFORMER, "valid", 1, *CHOSEN)]


def join_captions(pairs: Sequence[Pair], count: int) -> list[Pair]:
    """Join neighbors, `count` at a time, to one pair; a rest of fewer is left out."""
    groups = [pairs[i : i + count] for i in range(0, len(pairs) - count + 1, count)]
    return [
        Pair(
            tuple(word for pair in group for word in pair.source),
            tuple(word for pair in group for word in pair.target),
            None,
        )
        for group in groups
    ]


def measure_captions(
    translator: str, split: str, joined: int, beam_size: int, length_normalization: float
) -> list[dict[str, Any]]:
    """Return one row: how a shipped translator does on a split of Multi30k.

    words is the mean length of an input; ratio is the words written for each word of the reference.
    """
    corpus = _captions()
    pairs = join_captions(getattr(corpus, split), joined)
    found = Translator.load(translator).translate(
        [pair.source for pair in pairs], beam_size, length_normalization=length_normalization
    )
    references = [detokenize(pair.target) for pair in pairs]
    bleu, low, high = sacrebleu_interval([str(t) for t in found], references)
    words = sum(len(pair.target) for pair in pairs)
    return [
        {
            "translator": translator,
            "split": split,
            "joined": joined,
            "beam_size": beam_size,
            "length_normalization": length_normalization,
            "n": len(pairs),
            "words": sum(len(pair.source) for pair in pairs) / len(pairs),
            "bleu": bleu,
            "low": low,
            "high": high,
            "ratio": sum(len(t.tokens) for t in found) / words,
        }
    ]


def measure_both(split: str) -> list[dict[str, Any]]:
    """Compare the Transformer's translations of a split with the RNN's; a row for each search.

    bleu and chrf are the changes from the RNN to the Transformer, with sacreBLEU's p.
    """
    pairs = getattr(_captions(), split)
    sources = [pair.source for pair in pairs]
    references = [detokenize(pair.target) for pair in pairs]
    both = [Translator.load(name) for name in (RNN, TRANSFORMER)]
    rows = []
    for beam_size in (1, CHOSEN[0]):
        rnn, transformer = ([str(t) for t in one.translate(sources, beam_size)] for one in both)
        row: dict[str, Any] = {"split": split, "beam_size": beam_size, "n": len(pairs)}
        for name, texts in {"rnn": rnn, "transformer": transformer}.items():
            own = scores(texts, references)
            row |= {f"{name}_bleu": own["bleu"], f"{name}_chrf": own["chrf"]}
        rows.append(row | paired_bootstrap(transformer, rnn, references))
    return rows


@cache
def _captions() -> Corpus:
    return load_corpus("multi30k")
