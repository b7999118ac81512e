"""The head viewer: where each word of a Transformer looks, in each layer and with each head."""

from typing import Any

import traitlets

from utils.models.transformer import Transformer, TransformerConfig
from utils.system.limits import check_type
from utils.translator import Translator
from utils.widgets.live import LiveExplorer, check_translator, engine_of

PARTS = ("encoder", "decoder", "cross")
WIDTH = 960  # pixels of the still picture


class HeadViewer(LiveExplorer):
    """Point at a word, and see as threads where each head looks.

    `sentence`, `part` ("encoder", "decoder" or "cross"), `layer`, `heads` (a list; none is their
    average) and `position` of the word that looks can be set and read; all count from 1. It begins
    with the head that has the clearest habit and the one that disagrees with it most. Raises
    TypeError for a translator that is no Transformer.
    """

    name = "head"
    sentence = traitlets.Unicode().tag(sync=True)
    part = traitlets.Enum(PARTS, default_value="cross").tag(sync=True)
    layer = traitlets.Int(1, min=1).tag(sync=True)
    heads: "traitlets.List[int]" = traitlets.List(traitlets.Int(min=1)).tag(sync=True)
    position = traitlets.Int(2, min=1).tag(sync=True)

    def __init__(self, translator: Translator, sentence: str, **options: Any):
        self.translator = check_translator(translator)
        check_type("the translator's model", translator.model, Transformer, "a Transformer")
        language = translator.fields.source_language
        check_type("the sentence", sentence, str, f"text in {language}")
        super().__init__({"model": translator}, sentence=sentence, **options)
        if options.keys().isdisjoint({"layer", "heads"}):
            begin = self._call("headToBegin", sentence, self.part)
            self.layer, self.heads = begin["layer"], begin["heads"]
            if "position" not in options:
                self.position = begin["position"]

    @property
    def config(self) -> TransformerConfig:
        """The model's sizes, its layers and heads among them."""
        config = self.translator.model.config
        assert isinstance(config, TransformerConfig)
        return config

    @traitlets.validate("layer", "heads")
    def _check_number(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        most = self.config.layers if name == "layer" else self.config.heads
        if max([value] if name == "layer" else value, default=1) > most:
            raise traitlets.TraitError(f"the model has {most} {name.rstrip('s')}s, not {value}.")
        return value if name == "layer" else sorted(set(value))

    def picture(self) -> tuple[str, str]:
        """Return the threads of the word that looks, all heads as small maps, and the finding."""
        options = {name: getattr(self, name) for name in self.option_names()}
        still = self._call("headStill", options | {"width": WIDTH})
        return still["svg"], still["finding"]

    def _call(self, function: str, *arguments: Any) -> dict[str, Any]:
        """Call a function of headstill.js about the model."""
        (packed,) = self.packed.values()
        call = engine_of(self.name, "explorers/headstill.js").call
        found: dict[str, Any] = call(function, packed.as_json(), *arguments)
        return found
