"""Beam search as a tree: which beginnings live, which die, and which translation wins."""

from functools import cache
from typing import Any

import traitlets

from utils.system.limits import check_type
from utils.translator import Translator
from utils.widgets.engine import Engine
from utils.widgets.live import LiveExplorer, check_translator
from utils.widgets.scripts import bundle

LARGEST_BEAM, MOST_RHO = 10, 1.5
STILL_WIDTH = 1256  # the tree unfolds where it has room
MODEL = "shown"

STILL = f"""
function drawSentence(text, chosen, width) {{
  const translator = new Translator(registeredModels()["{MODEL}"]);
  const {{ words, note }} = readTyped(translator, text);
  if (words.length === 0) return [svgRoot(width, 40, note), note];
  const view = beamView(translator, words, chosen);
  return [drawBeamStill(view, width), beamFinding(view)];
}}
"""


class BeamExplorer(LiveExplorer):
    """Type a sentence, choose K and ρ, and watch the beginnings of translations live and die.

    `sentence`, `beam_size` (1 to 10), `rho` (0 to 1.5) and `step` (None: all of them) can be set
    and read.
    """

    name = "beam"
    sentence = traitlets.Unicode().tag(sync=True)
    beam_size = traitlets.Int(3, min=1, max=LARGEST_BEAM).tag(sync=True)
    rho = traitlets.Float(1.0, min=0.0, max=MOST_RHO).tag(sync=True)
    step = traitlets.Int(None, allow_none=True, min=1).tag(sync=True)

    def __init__(self, translator: Translator, sentence: str, **options: Any):
        self.translator = check_translator(translator)
        language = translator.fields.source_language
        check_type("the sentence", sentence, str, f"text in {language}")
        super().__init__({"model": translator}, sentence=sentence, **options)

    @property
    def translations(self) -> list[tuple[str, float]]:
        """The finished translations of the sentence with their log-probabilities, best first."""
        (found,) = self.translator.n_best(
            [self.sentence], self.beam_size, length_normalization=self.rho
        )
        return [(str(translation), translation.score) for translation in found]

    def picture(self) -> tuple[str, str]:
        """Return the tree as it stands at the chosen step, and its finding."""
        chosen = {"beamSize": self.beam_size, "rho": self.rho, "step": self.step}
        (packed,) = self.packed.values()
        with Engine(_drawing(), packed.as_script(MODEL)) as engine:
            drawn, finding = engine.call("drawSentence", self.sentence, chosen, STILL_WIDTH)
        return drawn, finding


@cache
def _drawing() -> str:
    """Return the script that draws a tree, given a translator."""
    modules = ("explorers/beamview.js", "model/translator.js", "model/typed.js", "draw/svg.js")
    return bundle(*modules) + STILL
