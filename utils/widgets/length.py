"""A sentence that grows: both translations, what is wrong with them, and the curve by length."""

from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache
from typing import Any

import pandas as pd
import traitlets

from utils.corpora.pairs import Pair
from utils.translator import Translator
from utils.widgets.engine import Engine
from utils.widgets.live import LiveExplorer
from utils.widgets.scripts import bundle

MODES = ("growing", "test")
MOST_OF_A_LENGTH = 5  # test sentences
STILL_WIDTH = 960

STILL = """
function drawChosen(data, chosen, width) {
  const named = Object.entries(registeredModels()).map(([name, packed]) =>
    [name, new Translator(packed)]);
  const view = lengthView(Object.fromEntries(named), data, chosen);
  return [drawLengthStill(view, width), lengthFinding(view)];
}
"""


class LengthExplorer(LiveExplorer):
    """Drag the end of a sentence: translations of what is there, errors marked, and the curve.

    `curves` maps each translator's name to BLEU by length, as `evaluation.bleu_by_length` returns
    it. `growing` holds pairs, each longer than the one before. Of `pairs`, the first five of each
    length are shown: that is what a page can carry.

    `mode` ("growing", or "test" for a test sentence), `length` in words and `number`, which of the
    test sentences of that length, can be set and read.
    """

    name = "length"
    mode = traitlets.Enum(MODES, default_value="growing").tag(sync=True)
    length = traitlets.Int(1, min=1).tag(sync=True)
    number = traitlets.Int(1, min=1).tag(sync=True)
    curves: "traitlets.Dict[str, Any]" = traitlets.Dict().tag(sync=True)
    growing: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
    sentences: "traitlets.List[Any]" = traitlets.List().tag(sync=True)

    def __init__(
        self,
        translators: Mapping[str, Translator],
        curves: Mapping[str, pd.DataFrame],
        pairs: Sequence[Pair],
        growing: Sequence[Pair],
        **options: Any,
    ):
        _check_parts(curves, pairs, growing)
        middle = len(growing[len(growing) // 2].source)
        parts = {
            "curves": {name: _points(curve) for name, curve in curves.items()},
            "growing": [_words(pair) for pair in growing],
            "sentences": [_words(pair) for pair in _some_of_each_length(pairs)],
        }
        super().__init__(translators, **(parts | {"length": middle} | options))

    @property
    def pair(self) -> tuple[list[str], list[str]]:
        """The sentence that is shown, and its reference."""
        pairs = self.sentences if self.mode == "test" else self.growing
        lengths = sorted({len(source) for source, _ in pairs})
        if self.mode == "test":
            length = min(lengths, key=lambda each: abs(each - self.length))
        else:
            length = max((n for n in lengths if n <= self.length), default=lengths[0])
        same = [pair for pair in pairs if len(pair[0]) == length]
        source, target = same[(self.number - 1) % len(same)]
        return source, target

    @property
    def wrong(self) -> dict[str, int]:
        """How many words of each translation of that sentence are wrong or too many."""
        source, target = self.pair
        return {
            name: right_words(translator.translate([tuple(source)])[0].tokens, target).count(False)
            for name, translator in self.translators.items()
        }

    def picture(self) -> tuple[str, str]:
        """Return the sentence at the chosen length, and the finding."""
        data = {"curves": self.curves, "growing": self.growing, "sentences": self.sentences}
        chosen = {"mode": self.mode, "length": self.length, "number": self.number}
        models = [each.as_script(name) for name, each in self.packed.items()]
        with Engine(_drawing(), *models) as engine:
            drawn, finding = engine.call("drawChosen", data, chosen, STILL_WIDTH)
        return drawn, finding


def _check_parts(curves: object, pairs: object, growing: object) -> None:
    """Raise TypeError unless there is at least one curve, one test pair and one growing pair."""
    if not isinstance(curves, Mapping) or not curves:
        raise TypeError('curves must be one or more, such as {"dot": bleu_by_length(…)}.')
    for name, given in {"pairs": pairs, "growing": growing}.items():
        right = isinstance(given, Sequence) and given and all(isinstance(p, Pair) for p in given)
        if not right:
            raise TypeError(f"{name} must be a list of one or more pairs, such as corpus.test.")


def _points(curve: pd.DataFrame) -> list[list[Any]]:
    """Return buckets and BLEU as JSON can hold them: no score is None."""
    pairs = zip(curve.bucket, curve.bleu, strict=True)
    return [[str(bucket), None if pd.isna(bleu) else float(bleu)] for bucket, bleu in pairs]


def _words(pair: Pair) -> list[list[str]]:
    return [list(pair.source), list(pair.target)]


def _some_of_each_length(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the first few pairs of each length of the source, the shortest first."""
    seen: Counter[int] = Counter()
    chosen = []
    for pair in pairs:
        seen[len(pair.source)] += 1
        if seen[len(pair.source)] <= MOST_OF_A_LENGTH:
            chosen.append(pair)
    return sorted(chosen, key=lambda pair: len(pair.source))


def right_words(words: Sequence[str], reference: Sequence[str]) -> list[bool]:
    """Tell for each word whether it belongs to what translation and reference share, in order."""
    right = [False] * len(words)
    matcher = SequenceMatcher(None, words, reference, autojunk=False)
    for start, _, size in matcher.get_matching_blocks():
        right[start : start + size] = [True] * size
    return right


@cache
def _drawing() -> str:
    """Return the script that draws the picture, given translators."""
    return bundle("explorers/lengthview.js", "model/translator.js") + STILL
