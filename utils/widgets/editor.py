"""Overwrite a row of weights, and see what the model writes then."""

from collections.abc import Mapping, Sequence
from html import escape

import ipywidgets as widgets
from torch import Tensor

from utils.text import END
from utils.translator import Translator
from utils.widgets.explorer import Explorer, View, mark_words
from utils.widgets.pictures import heat_map, heat_map_size
from utils.widgets.sentences import EMPTY, read_sentence, sentence_box
from utils.widgets.sliders import FloatSlider, IntSlider
from utils.widgets.svg import picture, printable
from utils.widgets.trace import Trace, trace

EDITS = ("as the model has it", "look only here", "uniform", "swap two words", "by hand")


def edit_row(weights: Tensor, edit: str, first: int, second: int, share: float) -> Tensor:
    """Return a row of weights (S,) overwritten; it still sums to 1.

    "look only here" gives all weight to word `first`, "swap two words" exchanges the weights of
    `first` and `second`, and "by hand" gives `first` the weight `share` and scales the others.
    """
    edited = weights.clone()
    if edit == "look only here":
        edited.zero_()[first] = 1.0
    elif edit == "uniform":
        edited.fill_(1 / len(edited))
    elif edit == "swap two words":
        edited[first], edited[second] = weights[second], weights[first]
    elif edit == "by hand":
        others = float(weights.sum() - weights[first])
        scale = (1 - share) / others if others > 0 else 0.0
        edited *= scale
        edited[first] = share if len(edited) > 1 and others > 0 else 1.0
    return edited


class AttentionEditor(Explorer):
    """Choose a step, overwrite its weights, and let the model decode on from there."""

    def __init__(self, translators: Mapping[str, Translator], sentence: str):
        self.translators = dict(translators)
        self.sentence = sentence_box(sentence)
        self.model = widgets.Dropdown(options=list(self.translators), description="model")
        self.step = IntSlider(1, 1, 1, description="step t")
        self.edit = widgets.Dropdown(options=EDITS, value=EDITS[1], description="weights")
        self.first = widgets.Dropdown(options=[("", 0)], description="word")
        self.second = widgets.Dropdown(options=[("", 0)], description="other word")
        self.share = FloatSlider(0.5, 0, 1, description="its weight", step=0.05)
        for control in (self.sentence, self.model):
            control.observe(self._translate, "value")
        self._translate()
        super().__init__(
            (self.sentence, self.model),
            (self.step, self.edit),
            (self.first, self.second, self.share),
        )

    def _translate(self, change: dict | None = None) -> None:
        """Translate a new sentence as the model likes it, and offer its words."""
        translator = self.translators[self.model.value]
        self.words, self.note = read_sentence(self.sentence.value, translator)
        self.before = trace(translator, self.words) if self.words else None
        source = self.before.source if self.before else ("",)
        options = [(f"{j}: {printable(word)}", j - 1) for j, word in enumerate(source, start=1)]
        for control, value in ((self.first, 0), (self.second, min(1, len(source) - 1))):
            control.options = options
            control.value = value
        self.step.set_range(1, len(self.before.steps) if self.before else 1, 1)

    def view(self) -> View:
        """Show the translation before and after, and the map after."""
        if self.before is None:
            return View("", EMPTY)
        chosen = min(self.step.value, len(self.before.steps)) - 1
        after = self._decode(chosen)
        finding = describe_edit(self.before, after, chosen, self.edit.value)
        target = [step.word for step in after.steps]
        width, height = heat_map_size(after.source, len(target))
        drawn = heat_map(after.weights, after.source, target, 0, 0, marked=chosen)
        details = _both(self.before.words, after.words)
        note = " ".join(filter(None, [self.note, finding]))
        return View(picture(width + 10, height + 10, finding, drawn), note, details)

    def _decode(self, chosen: int) -> Trace:
        """Translate with the row `chosen` overwritten."""

        def override(t: int, weights: Tensor) -> Tensor:
            if t != chosen:
                return weights
            return edit_row(
                weights, self.edit.value, self.first.value, self.second.value, self.share.value
            )

        return trace(self.translators[self.model.value], self.words, override)


def describe_edit(before: Trace, after: Trace, chosen: int, edit: str) -> str:
    """Say what the edited row changed: this word, later words, or nothing."""
    was, now = (_word(traced, chosen) for traced in (before, after))
    here = f"still {now}" if was == now else f"{now} instead of {was}"
    later = sum(
        one != other
        for one, other in zip(
            _padded(before, after, chosen + 1), _padded(after, before, chosen + 1), strict=True
        )
    )
    return (
        f"Step {chosen + 1}, weights {edit}: the model writes {here}; {later} later words change."
    )


def _word(traced: Trace, t: int) -> str:
    word = traced.steps[t].word
    return "the end" if word == END else f"“{word}”"


def _padded(traced: Trace, other: Trace, start: int) -> list[str]:
    """Return the words from `start` on, filled up to the length of the longer translation."""
    size = max(len(traced.steps), len(other.steps))
    words = [step.word for step in traced.steps]
    return (words + [END] * (size - len(words)))[start:]


def _both(before: Sequence[str], after: Sequence[str]) -> str:
    """Return both translations as HTML; words that differ from before are marked."""
    same = [t < len(before) and before[t] == word for t, word in enumerate(after)]
    old = escape(printable(" ".join(before)))
    return f"<p>as it was: {old}<br>overwritten: {mark_words(after, same)}</p>"
