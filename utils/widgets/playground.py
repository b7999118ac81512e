"""The playground: trains a tiny translator of letters in the browser, before the reader's eyes.

Its still picture shows it before training: how it ends is for the reader to see.
"""

from functools import cache
from operator import itemgetter
from typing import Any

import traitlets
from py_mini_racer import JSEvalException

from utils.widgets.live import LiveExplorer, engine_of

STILL_WIDTH = 960


@cache
def constant(name: str) -> Any:
    """Return a constant of the playground's script, such as "PLAYGROUND_TASKS"."""
    return engine_of("playground").call(f"(() => {name})")


class Playground(LiveExplorer):
    """One or two tiny models that learn to copy, reverse or sort words, or to move the verb.

    It trains on words of 3 to `longest` letters. `task`, `attentions`, `longest`, `seed`, `word`,
    `training` and `link` can be set and read. `steps` and `results`, a dictionary for each model,
    are read; they change when training rests.
    """

    name = "playground"
    worker = "playground/worker.js"
    task = traitlets.Unicode().tag(sync=True)
    attentions: traitlets.List[str] = traitlets.List(traitlets.Unicode()).tag(sync=True)
    longest = traitlets.Int().tag(sync=True)
    seed = traitlets.Int().tag(sync=True)
    word = traitlets.Unicode().tag(sync=True)
    link = traitlets.Unicode().tag(sync=True)
    training = traitlets.Bool(False).tag(sync=True)
    steps = traitlets.Int(0).tag(sync=True)
    results: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)

    @traitlets.default("task")
    def _usual_task(self) -> str:
        return str(usual("task"))

    @traitlets.default("attentions")
    def _usual_attentions(self) -> list[str]:
        return list(usual("attentions"))

    @traitlets.default("longest")
    def _usual_length(self) -> int:
        return int(usual("longest"))

    @traitlets.default("seed")
    def _usual_seed(self) -> int:
        return int(usual("seed"))

    @traitlets.validate("task", "attentions", "longest", "seed")
    def _check_option(self, proposal: Any) -> Any:
        check_by_script("completeOptions", {proposal["trait"].name: proposal["value"]})
        return proposal["value"]

    @traitlets.validate("link")
    def _check_link(self, proposal: Any) -> Any:
        check_by_script("readLink", proposal["value"])
        return proposal["value"]

    def picture(self) -> tuple[str, str]:
        """Return the picture before training, and its finding."""
        draw = engine_of(self.name).call
        names = ("task", "attentions", "longest", "seed")
        options, word = {name: getattr(self, name) for name in names}, self.word
        if self.link:
            options, word = itemgetter("options", "word")(draw("readLink", self.link))
        view = draw("viewAtBeginning", options, word)
        return draw("drawPlaygroundStill", view, STILL_WIDTH), draw("playgroundFinding", view)


def check_by_script(function: str, value: object) -> None:
    """Raise TraitError with the words of a function of the script that refuses a value."""
    try:
        engine_of("playground").call(function, value)
    except JSEvalException as error:
        says = str(error).split("Error: ", 1)[-1].split("\n", 1)[0]  # without its stack
        raise traitlets.TraitError(says) from None


def usual(option: str) -> Any:
    """Return an option's default."""
    return constant("PLAYGROUND_DEFAULTS")[option]
