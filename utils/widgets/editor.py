"""The attention editor: overwrite rows of weights, and see what the model writes then."""

from collections.abc import Mapping
from typing import Any

import traitlets
from torch import Tensor

from utils.system.limits import check_type
from utils.trace import has_fixed_context
from utils.translator import Translator
from utils.widgets.live import LiveExplorer, check_translators, engine_of

EDITS = ("as the model has it", "look only here", "uniform", "swap two words", "by hand")
EXACT = 1e-3  # how far a row may be from the sum 1
WIDTH = 960  # pixels of the still picture


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
    elif edit == "by hand" and len(edited) > 1:
        edited[first] = 0.0
        others = edited.sum()
        edited *= (1 - share) / others if others > 0 else 0.0
        edited += (1 - share) / (len(edited) - 1) if others == 0 else 0.0
        edited[first] = share
    return edited


class AttentionEditor(LiveExplorer):
    """Choose a step, drag its weights, and let the model decode on from there.

    `sentence`, `model`, `step` (from 1) and `weights`, such as {"5": [0.9, 0.1]}, can be set and
    read: rows that replace the model's own, by their steps. `before` and `after` are the words.
    It begins with the step whose word depends most on where it looks.
    Raises ValueError for a translator with a fixed context, which has no weights to overwrite.
    """

    name = "editor"
    sentence = traitlets.Unicode().tag(sync=True)
    model = traitlets.Unicode().tag(sync=True)
    step = traitlets.Int(1, min=1).tag(sync=True)
    weights = traitlets.Dict().tag(sync=True)

    def __init__(self, translators: Mapping[str, Translator], sentence: str, **options: Any):
        named = check_translators(translators)
        for name, translator in named.items():
            if has_fixed_context(translator):
                raise ValueError(f"{name} has no weights to overwrite: leave it out.")
        language = next(iter(named.values())).fields.source_language
        check_type("the sentence", sentence, str, f"text in {language}")
        options.setdefault("model", next(iter(named)))
        super().__init__(named, sentence=sentence, **options)
        if "step" not in options:
            call = engine_of(self.name, "explorers/editorstill.js").call
            self.step = call("stepToBegin", self.packed[self.model].as_json(), sentence)

    @traitlets.validate("model")
    def _check_model(self, proposal: Any) -> str:
        model: str = proposal["value"]
        if model not in self.translators:
            names = ", ".join(self.translators)
            raise traitlets.TraitError(f"model must be one of {names}, not {model!r}.")
        return model

    @traitlets.validate("weights")
    def _check_weights(self, proposal: Any) -> dict[str, list[float]]:
        size = self._still()["size"]
        return {str(step): check_row(step, row, size) for step, row in proposal["value"].items()}

    @traitlets.observe("sentence", "model")
    def _start_over(self, change: Any) -> None:
        """Forget edits that are about another sentence, or about another model's weights."""
        if change["old"] and "weights" not in self._property_lock:  # else the browser knows better
            self.weights = {}

    @property
    def before(self) -> list[str]:
        """The words of the translation without edits."""
        words: list[str] = self._still()["before"]
        return words

    @property
    def after(self) -> list[str]:
        """The words of the translation with the rows of `weights`."""
        words: list[str] = self._still()["after"]
        return words

    def picture(self) -> tuple[str, str]:
        """Return the picture of both translations and the chosen step's weights, its finding."""
        still = self._still()
        return still["svg"], still["finding"]

    def _still(self) -> dict[str, Any]:
        """Return what `editorStill` does: the picture, its finding, words, a row's size."""
        packed = self.packed[self.model].as_json()
        options = {"sentence": self.sentence, "step": self.step, "weights": self.weights}
        call = engine_of(self.name, "explorers/editorstill.js").call
        still: dict[str, Any] = call("editorStill", packed, options | {"width": WIDTH})
        return still


def check_row(step: object, row: Any, size: int) -> list[float]:
    """Return a row as plain numbers; TraitError unless it is one of weights for `size` words."""
    if not str(step).isdecimal() or int(str(step)) < 1:
        raise traitlets.TraitError(f'weights are by steps, such as "1", not by {step!r}.')
    try:
        numbers = [float(weight) for weight in row]
    except (TypeError, ValueError):
        raise traitlets.TraitError(f"the weights of step {step} must be numbers.") from None
    if len(numbers) != size:
        said = f"the sentence has {size} words or pieces, but step {step} {len(numbers)} weights."
        raise traitlets.TraitError(said)
    if not all(weight >= 0 for weight in numbers) or abs(sum(numbers) - 1) > EXACT:
        said = f"the weights of step {step} must not be negative, and must sum to 1."
        raise traitlets.TraitError(said)
    return numbers
