"""One sentence at a time on the length curve: both translations, and what is wrong with them."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from html import escape

import ipywidgets as widgets
import pandas as pd

from utils.corpora.pairs import Pair
from utils.plots import COLORS, MARKERS
from utils.plots.colors import FAINT, HIGHLIGHT
from utils.translator import Translator
from utils.widgets.explorer import WIDE, Explorer, View, mark_words, show_only
from utils.widgets.pictures import curve, marker
from utils.widgets.sentences import check_translators
from utils.widgets.sliders import IntSlider
from utils.widgets.svg import line, picture, printable, text

LEFT, TOP, WIDTH, HEIGHT = 60, 30, 620, 240  # the frame of the curve
GROWS, CHOSEN = "one sentence grows", "a test sentence of this length"


class LengthExplorer(Explorer):
    """Choose a length: a test sentence of that length, or one sentence that grows to it.

    `curves` maps each translator's name to BLEU by length, as `evaluation.bleu_by_length` returns
    it. `growing` holds pairs, each longer than the one before.
    """

    def __init__(
        self,
        translators: Mapping[str, Translator],
        curves: Mapping[str, pd.DataFrame],
        pairs: Sequence[Pair],
        growing: Sequence[Pair],
    ):
        _check_parts(curves, pairs, growing)
        self.translators, self.curves = check_translators(translators), dict(curves)
        self.pairs, self.growing = list(pairs), list(growing)
        self.language = next(iter(self.translators.values())).fields.source_language
        lengths = [len(pair.source) for pair in self.pairs]
        self.mode = widgets.Dropdown(options=(GROWS, CHOSEN), description="sentence", **WIDE)
        self.length = IntSlider(
            min(lengths), min(lengths), max(lengths), description=f"{self.language} words"
        )
        self.number = IntSlider(1, 1, 10, description="which one")
        super().__init__((self.mode,), (self.length, self.number))

    def prepare(self, control: widgets.Widget | None) -> None:
        """Offer a choice of test sentences of one length; the growing sentence needs no choice."""
        shown = [self.number] if self.mode.value != GROWS else []
        show_only([self.number], shown)

    def view(self) -> View:
        """Show the chosen sentence and where it lies on the curve."""
        pair = self._choose()
        found = {
            name: translator.translate([pair.source])[0].tokens
            for name, translator in self.translators.items()
        }
        finding = "\n".join(describe_errors(name, words, pair) for name, words in found.items())
        title = f"BLEU against length; the sentence has {len(pair.source)} {self.language} words."
        drawn = draw_curves(self.curves, len(pair.source), self.language, title)
        return View(drawn, finding, _both(pair, found, self.language))

    def _choose(self) -> Pair:
        """Return the pair nearest to the chosen length: the longest that is no longer than it."""
        if self.mode.value == GROWS:
            fitting = [p for p in self.growing if len(p.source) <= self.length.value]
            return fitting[-1] if fitting else self.growing[0]
        nearest = min(abs(len(p.source) - self.length.value) for p in self.pairs)
        same = [p for p in self.pairs if abs(len(p.source) - self.length.value) == nearest]
        return same[(self.number.value - 1) % len(same)]


def _check_parts(curves: object, pairs: object, growing: object) -> None:
    """Raise TypeError unless there is at least one curve, one test pair and one growing pair."""
    if not isinstance(curves, Mapping) or not curves:
        raise TypeError('curves must be one or more, such as {"dot": bleu_by_length(…)}.')
    for name, given in {"pairs": pairs, "growing": growing}.items():
        right = isinstance(given, Sequence) and given and all(isinstance(p, Pair) for p in given)
        if not right:
            raise TypeError(f"{name} must be a list of one or more pairs, such as corpus.test.")


def right_words(words: Sequence[str], reference: Sequence[str]) -> list[bool]:
    """Tell for each word whether it belongs to what translation and reference share, in order."""
    right = [False] * len(words)
    matcher = SequenceMatcher(None, words, reference, autojunk=False)
    for start, _, size in matcher.get_matching_blocks():
        right[start : start + size] = [True] * size
    return right


def describe_errors(name: str, words: Sequence[str], pair: Pair) -> str:
    """Say in plain words what a translation got wrong; wrong words get asterisks around them."""
    right = right_words(words, pair.target)
    if tuple(words) == tuple(pair.target):
        return f"{name}: right, all {len(words)} words."
    marked = " ".join(w if good else f"*{w}*" for w, good in zip(words, right, strict=True))
    wrong, missing = right.count(False), len(pair.target) - sum(right)
    extra = f"{wrong} {'word' if wrong == 1 else 'words'} wrong or too many"
    return f"{name}: {extra}, {missing} of the reference missing: {marked}"


def _both(pair: Pair, found: Mapping[str, Sequence[str]], language: str) -> str:
    """Return source, reference and translations as HTML."""
    rows = [
        (language, escape(printable(" ".join(pair.source)))),
        ("reference", escape(printable(" ".join(pair.target)))),
    ]
    rows += [(name, mark_words(w, right_words(w, pair.target))) for name, w in found.items()]
    cells = "".join(
        f'<tr><th scope="row" style="text-align: right; padding-right: 1em">{escape(name)}</th>'
        f'<td style="text-align: left">{words}</td></tr>'
        for name, words in rows
    )
    return f'<table style="font-size: 1.1em; line-height: 1.5">{cells}</table>'


def draw_curves(curves: Mapping[str, pd.DataFrame], length: int, language: str, title: str) -> str:
    """Draw BLEU by bucket for each model, and a marker at the sentence's length.

    The lengths count words of `language`.
    """
    buckets = list(next(iter(curves.values())).bucket)
    step = WIDTH / len(buckets)
    shapes = [_frame(buckets, step, f"{language} words")]
    for row, (name, frame) in enumerate(curves.items()):
        color, kind = COLORS.get(name, HIGHLIGHT), MARKERS.get(name, "o")
        points = [
            (LEFT + (i + 0.5) * step, TOP + HEIGHT * (1 - value / 100))
            for i, value in enumerate(frame.bleu)
        ]
        x, y = LEFT + WIDTH + 16, TOP + 14 + 26 * row
        shapes += [curve(points, color, kind), marker(kind, x, y, color)]
        shapes.append(text(x + 14, y + 6, name, font_size=16))
    here = LEFT + position(length, buckets) * step
    dashed = {"stroke": HIGHLIGHT, "stroke_width": 2, "stroke_dasharray": "6 4"}
    shapes.append(line(here, TOP, here, TOP + HEIGHT, **dashed))
    shapes.append(text(here, TOP - 8, f"{length} words", fill=HIGHLIGHT, text_anchor="middle"))
    return picture(LEFT + WIDTH + 120, TOP + HEIGHT + 60, title, *shapes)


def _frame(buckets: Sequence[str], step: float, label: str) -> str:
    """Draw the grid, BLEU beside it, and the buckets below it."""
    shapes = []
    for value in (0, 25, 50, 75, 100):
        y = TOP + HEIGHT * (1 - value / 100)
        shapes.append(line(LEFT, y, LEFT + WIDTH, y, stroke=FAINT, stroke_width=1))
        shapes.append(text(LEFT - 8, y + 5, str(value), text_anchor="end"))
    for i, bucket in enumerate(buckets):
        x = LEFT + (i + 0.5) * step
        shapes.append(text(x, TOP + HEIGHT + 22, bucket, text_anchor="middle"))
    middle = LEFT + WIDTH / 2
    shapes.append(text(middle, TOP + HEIGHT + 48, label, text_anchor="middle"))
    shapes.append(text(8, TOP - 10, "BLEU"))
    return "".join(shapes)


def position(length: int, buckets: Sequence[str]) -> float:
    """Place a length among buckets such as "4–5", "6–10": 0.5 is the middle of the first."""
    for i, bucket in enumerate(buckets):
        first, last = map(int, bucket.split("–"))
        if length <= last:
            return i + (max(length - first, 0) + 0.5) / (last - first + 1)
    return len(buckets) - 0.1
