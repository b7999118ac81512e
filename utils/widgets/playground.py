"""The playground: trains a tiny translator of letters in the browser, before the reader's eyes.

Its still picture shows what the usual training comes to, from `playground.json` beside this file;
of any other options, the beginning. `write_lesson` makes that file again, in some ten seconds.
"""

import json
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any, ClassVar

import traitlets
from py_mini_racer import JSEvalException

from utils.widgets.live import LiveExplorer, engine_of

STILL_WIDTH = 960
LESSON = Path(__file__).with_suffix(".json")
LESSON_STEPS = range(5, 501, 5)  # that the loss curve shows

# The view after a training with the usual options: all of its end, and the loss of its past.
TRAIN = """((steps) => {
  const [playground, history] = [createPlayground(), []];
  const order = (message) => {
    const [state] = playground.handle(message);
    growHistory(history, state);
    return state;
  };
  let state = order({ type: "reset", options: {} });
  for (const until of steps) {
    state = order({ type: "start", until });
    while (playground.wantsTicks()) [state] = playground.handle({ type: "tick" });
    growHistory(history, state);
  }
  const models = state.models.map(({ attention, step, loss, exact, example }) => ({
    attention, step, loss, exact, example: { ...example, weights: Array.from(example.weights) },
  }));
  const past = history.map(({ step, models }) => (
    { step, models: models.map(({ smooth }) => ({ smooth })) }));
  return { options: completeOptions({}), state: { ...state, models }, history: past, at: null };
})"""


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
    CHOICES: ClassVar = ("task", "attentions", "longest", "seed")
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
        """Return the picture after the usual training, or else before any, and its finding."""
        draw = engine_of(self.name).call
        options, word = {name: getattr(self, name) for name in self.CHOICES}, self.word
        if self.link:
            options, word = itemgetter("options", "word")(draw("readLink", self.link))
        view = json.loads(LESSON.read_text("utf-8"))
        is_usual = all(options[name] == view["options"][name] for name in self.CHOICES)
        if not is_usual or word not in ("", view["state"]["word"]):
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


def train_lesson() -> dict[str, Any]:
    """Train with the usual options, and return the view at the end, numbers rounded."""
    engine = engine_of("playground", "playground/messages.js")
    view: dict[str, Any] = engine.call(TRAIN, list(LESSON_STEPS))
    return json.loads(json.dumps(view), parse_float=lambda number: round(float(number), 4))


def write_lesson() -> None:
    """Write what the still picture shows; a test trains again and compares."""
    text = json.dumps(train_lesson(), ensure_ascii=False, separators=(",", ":"))
    LESSON.write_text(text + "\n", "utf-8")
