"""Overwrite a row of weights, and see what the model writes then."""

from collections.abc import Mapping, Sequence
from html import escape

import ipywidgets as widgets
from torch import Tensor

from utils.text import END
from utils.trace import Trace, has_fixed_context, trace
from utils.translator import Translator
from utils.widgets.explorer import View, mark_words, show_only
from utils.widgets.pictures import heat_map, heat_map_size
from utils.widgets.sentences import SentenceExplorer, check_translators
from utils.widgets.sliders import FloatSlider
from utils.widgets.svg import picture, printable

EDITS = ("as the model has it", "look only here", "uniform", "swap two words", "by hand")


def edit_row(weights: Tensor, edit: str, first: int, second: int, share: float) -> Tensor:
    """Return an overwritten row of weights (S,), which still sums to 1.

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


class AttentionEditor(SentenceExplorer):
    """Choose a step, overwrite its weights, and let the model decode on from there.

    Raises ValueError for a translator with a fixed context, which has no weights to overwrite.
    """

    def __init__(self, translators: Mapping[str, Translator], sentence: str):
        for name, translator in check_translators(translators).items():
            if has_fixed_context(translator):
                raise ValueError(f"{name} has no weights to overwrite: leave it out.")
        self.edit = widgets.Dropdown(options=EDITS, value=EDITS[1], description="weights")
        self.first = widgets.Dropdown(options=[("", 0)], description="word")
        self.second = widgets.Dropdown(options=[("", 0)], description="other word")
        self.share = FloatSlider(0.5, 0, 1, description="its weight", step=0.05)
        super().__init__(translators, sentence, (self.edit, self.first), (self.second, self.share))

    def prepare(self, control: widgets.Widget | None) -> None:
        """Translate a new sentence without an edit; show the controls that have an effect."""
        super().prepare(control)
        show_only((self.first, self.second, self.share), self._needed())

    def _needed(self) -> list[widgets.Widget]:
        """Return the controls that the chosen edit reads."""
        return {
            "look only here": [self.first],
            "swap two words": [self.first, self.second],
            "by hand": [self.first, self.share],
        }.get(self.edit.value, [])

    def offer_words(self, traced: Trace | None) -> None:
        """Offer the words of a new sentence; the words chosen before stay where they can."""
        source = traced.source if traced else ("",)
        options = [(f"{j}: {printable(word)}", j - 1) for j, word in enumerate(source, start=1)]
        for control, beginning in ((self.first, 0), (self.second, 1)):
            same = [old for _, old in control.options] == [new for _, new in options]
            chosen = control.value if same else beginning
            control.options = options
            control.value = min(chosen, len(source) - 1)

    def view(self) -> View:
        """Show the translation before and after, and the map after."""
        if self.trace is None:
            return View("", self.note)
        chosen = self.step.value - 1
        after = self._decode(chosen)
        finding = describe_edit(self.trace, after, chosen, self.edit.value)
        target = [step.word for step in after.steps]
        width, height = heat_map_size(after.source, len(target))
        drawn = heat_map(after.weights, after.source, target, 0, 0, marked=chosen)
        details = _both(self.trace.words, after.words)
        note = " ".join(filter(None, [self.note, finding]))
        return View(picture(width + 10, height + 10, finding, drawn), note, details)

    def _decode(self, chosen: int) -> Trace:
        """Translate with the row `chosen` overwritten."""
        choices = (self.edit.value, self.first.value, self.second.value, self.share.value)

        def override(t: int, weights: Tensor) -> Tensor:
            return edit_row(weights, *choices) if t == chosen else weights

        return trace(self.translator, self.words, override)


def describe_edit(before: Trace, after: Trace, chosen: int, edit: str) -> str:
    """Say what the edited row changed: this word, later words, or nothing."""
    was, now = (_word(traced, chosen) for traced in (before, after))
    here = f"writes {now} as before" if was == now else f"writes {now} instead of {was}"
    pairs = zip(_padded(before, after, chosen + 1), _padded(after, before, chosen + 1), strict=True)
    later = sum(one != other for one, other in pairs)
    changes = "1 later word changes" if later == 1 else f"{later} later words change"
    return f"Step {chosen + 1}, weights {edit}: the model {here}; {changes}."


def _word(traced: Trace, t: int) -> str:
    """Return the word of step t for a sentence about it."""
    word = traced.steps[t].word
    return "the end of the sentence" if word == END else f"“{word}”"


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
