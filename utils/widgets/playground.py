"""The playground: trains a tiny translator of letters in the browser, before the reader's eyes."""

from functools import cache
from typing import Any

import traitlets

from utils.widgets.engine import Engine
from utils.widgets.live import LiveExplorer, engine_of
from utils.widgets.scripts import bundle

TASKS = ("copy", "reverse", "sort", "verb")
ATTENTIONS = ("fixed", "dot", "general", "additive")
MOST_MODELS = 2

START = """
function startView(options, word) {
  const playground = createPlayground(Date.now);
  playground.handle({ type: "reset", options });
  const [state] = playground.handle(word ? { type: "try", word } : { type: "state" });
  if (state.type === "refused") throw new Error(state.problem);
  return { options: completeOptions(options), state, losses: options.attentions.map(() => []) };
}
"""


class Playground(LiveExplorer):
    """One or two tiny models that learn to copy, reverse or sort words, or to move the verb.

    `task`, `attentions`, `seed`, `word`, `training` and `link` can be set and read. `steps` and
    `results`, a dictionary for each model, are read; they change when training rests.
    """

    name = "playground"
    worker = "playground/worker.js"
    task = traitlets.Enum(TASKS, default_value="reverse").tag(sync=True)
    attentions: traitlets.List[str] = traitlets.List(
        traitlets.Enum(ATTENTIONS), ["fixed", "dot"], minlen=1, maxlen=MOST_MODELS
    ).tag(sync=True)
    seed = traitlets.Int(1, min=0, max=999_999).tag(sync=True)
    word = traitlets.Unicode().tag(sync=True)
    link = traitlets.Unicode().tag(sync=True)
    training = traitlets.Bool(False).tag(sync=True)
    steps = traitlets.Int(0).tag(sync=True)
    results: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)

    def picture(self) -> tuple[str, str]:
        """Return the picture before training, and its finding."""
        view = start_view(self.task, tuple(self.attentions), self.seed)
        draw = engine_of(self.name).call
        return draw("drawPlaygroundStill", view), draw("playgroundFinding", view)


@cache
def start_view(task: str, attentions: tuple[str, ...], seed: int, word: str = "") -> dict[str, Any]:
    """Return what a playground shows before its first step."""
    options = {"task": task, "attentions": attentions, "seed": seed}
    with Engine(bundle("playground/messages.js"), START) as engine:
        view: dict[str, Any] = engine.call("startView", options, word)
    return view
