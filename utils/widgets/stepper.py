"""The attention stepper: a translation step by step, as the master picture, alive."""

from collections.abc import Mapping
from typing import Any

import traitlets

from utils.models.seq2seq import Decoder
from utils.system.limits import check_type
from utils.translator import Translator
from utils.widgets.live import LiveExplorer, check_translators, engine_of

WIDTH = 960  # pixels of the still picture


class AttentionStepper(LiveExplorer):
    """Type a sentence, choose a model or two, and step through the translation or press Play.

    `translators` maps the names to choose from, such as "dot", to translators. `sentence`, `model`,
    `compare` (the second model's name, or ""), `step` (from 1), `machine` (the master picture, with
    all that computes the next word) and `playing` can be set and read.
    `translation`, the words, and `weights`, a row for each step and for `<eos>`, are the first
    model's, rounded to four digits; they are read, once the explorer lives.
    """

    name = "stepper"
    sentence = traitlets.Unicode().tag(sync=True)
    model = traitlets.Unicode().tag(sync=True)
    compare = traitlets.Unicode().tag(sync=True)
    step = traitlets.Int(1, min=1).tag(sync=True)
    machine = traitlets.Bool(False).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    translation: "traitlets.List[str]" = traitlets.List(read_only=True).tag(sync=True)
    weights: "traitlets.List[list[float]]" = traitlets.List(read_only=True).tag(sync=True)

    def __init__(
        self,
        translators: Mapping[str, Translator],
        sentence: str,
        step: int = 1,
        model: str | None = None,
        compare: str = "",
        machine: bool = False,
    ):
        named = check_translators(translators)
        check_decoders(named)
        language = next(iter(named.values())).fields.source_language
        check_type("the sentence", sentence, str, f"text in {language}")
        self._names = list(named)
        first = self._names[0] if model is None else model
        options = {"sentence": sentence, "step": step, "machine": machine}
        super().__init__(named, model=first, compare=compare, **options)

    @traitlets.validate("model", "compare")
    def _check_name(self, proposal: Any) -> str:
        name, trait = proposal["value"], proposal["trait"].name
        if name in self._names or (trait == "compare" and name == ""):
            return str(name)
        raise traitlets.TraitError(
            f"{trait} must be one of {', '.join(self._names)}, not {name!r}."
        )

    def picture(self) -> tuple[str, str]:
        """Return the picture at the step, and its finding: of two models, side by side."""
        names = dict.fromkeys(filter(None, [self.model, self.compare]))
        packed = {name: self.packed[name].as_json() for name in names}
        options = {"sentence": self.sentence, "step": self.step, "width": WIDTH}
        options["machine"] = self.machine
        call = engine_of(self.name, "explorers/stepperstill.js").call
        still = call("stepperStill", packed, options)
        return still["svg"], still["finding"]


def check_decoders(translators: Mapping[str, Translator]) -> None:
    """Raise TypeError for a Transformer."""
    for name, translator in translators.items():
        if not isinstance(translator.model.decoder, Decoder):
            raise TypeError(
                f"{name} is a Transformer, which has no single row of weights for a step: look at "
                "it with HeadViewer, and give the stepper encoder–decoders."
            )
