"""The playground: trains a tiny translator of letters in the browser, before the reader's eyes.

Its still picture shows it trained. Training takes seconds, so what the usual seed leads to is kept
in `playground.json`; `python -m utils.widgets.playground` writes it again.
"""

from functools import cache
from json import dumps, loads
from pathlib import Path
from typing import Any

import traitlets
from py_mini_racer import JSEvalException

from utils.widgets.live import LiveExplorer, engine_of

LESSONS = Path(__file__).with_suffix(".json")
STILL_WIDTH = 960
MOST_MODELS = 2
ASK = """
const playgroundDefaults = () => PLAYGROUND_DEFAULTS;
const playgroundWords = () => Object.fromEntries(
  Object.entries(PLAYGROUND_TASKS).map(([task, { first }]) => [task, first]));
const playgroundKinds = () => Object.keys(PLAYGROUND_ATTENTIONS);
"""


@cache
def ask(function: str) -> Any:
    """Return what the playground's script says about itself: see `ASK`."""
    engine = engine_of("playground")
    return engine.call(f"(() => {{ {ASK} return {function}(); }})")


class Playground(LiveExplorer):
    """One or two tiny models that learn to copy, reverse or sort words, or to move the verb.

    `task`, `attentions`, `seed`, `word`, `training` and `link` can be set and read. `steps` and
    `results`, a dictionary for each model, are read; they change when training rests.
    """

    name = "playground"
    worker = "playground/worker.js"
    task = traitlets.Unicode().tag(sync=True)
    attentions: traitlets.List[str] = traitlets.List(traitlets.Unicode()).tag(sync=True)
    seed = traitlets.Int().tag(sync=True)
    word = traitlets.Unicode().tag(sync=True)
    link = traitlets.Unicode().tag(sync=True)
    training = traitlets.Bool(False).tag(sync=True)
    steps = traitlets.Int(0).tag(sync=True)
    results: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)

    @traitlets.default("task")
    def _usual_task(self) -> str:
        return str(ask("playgroundDefaults")["task"])

    @traitlets.default("attentions")
    def _usual_attentions(self) -> list[str]:
        return list(ask("playgroundDefaults")["attentions"])

    @traitlets.default("seed")
    def _usual_seed(self) -> int:
        return int(ask("playgroundDefaults")["seed"])

    @traitlets.validate("task", "attentions", "seed")
    def _check_option(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        if name == "attentions" and len(value) > MOST_MODELS:
            raise traitlets.TraitError(f"attentions must be one or two names, not {len(value)}.")
        try:
            engine_of(self.name).call("completeOptions", {name: value})
        except JSEvalException as error:
            raise traitlets.TraitError(told(error)) from None
        return value

    def picture(self) -> tuple[str, str]:
        """Return the picture after training, and its finding."""
        draw = engine_of(self.name).call
        kinds = tuple(self.attentions)
        view = view_after_training(self.task, kinds, self.seed, self.word)
        return draw("drawPlaygroundStill", view, STILL_WIDTH), draw("playgroundFinding", view)


def told(error: JSEvalException) -> str:
    """Return what a script's error says, without its stack."""
    return str(error).split("Error: ", 1)[-1].split("\n", 1)[0]


def view_after_training(
    task: str, attentions: tuple[str, ...], seed: int, word: str = ""
) -> dict[str, Any]:
    """Return what a playground shows at the end of its first lesson; `word` may be left out."""
    kept = word in ("", ask("playgroundWords")[task]) and seed == ask("playgroundDefaults")["seed"]
    lessons = [
        kept_lessons()[task][attention] if kept else train_lesson(task, attention, seed, word)
        for attention in attentions
    ]
    options = {"task": task, "attentions": attentions, "seed": seed}
    view: dict[str, Any] = engine_of("playground").call("viewAfterLessons", options, lessons)
    return view


@cache
def train_lesson(task: str, attention: str, seed: int, word: str = "") -> dict[str, Any]:
    """Train one model, which takes seconds, and return what a still picture shows of it."""
    options = {"task": task, "attentions": [attention], "seed": seed}
    typed = word or ask("playgroundWords")[task]
    lesson: dict[str, Any] = engine_of("playground").call("trainLesson", options, attention, typed)
    return lesson


@cache
def kept_lessons() -> dict[str, dict[str, Any]]:
    """Return what `playground.json` has: for each task and attention, what was learned."""
    lessons: dict[str, dict[str, Any]] = loads(LESSONS.read_text("utf-8"))
    return lessons


def main() -> None:
    """Train all models of the usual seed, which takes two minutes, and keep what they learned."""
    seed = ask("playgroundDefaults")["seed"]
    lessons = {
        task: {kind: train_lesson(task, kind, seed) for kind in ask("playgroundKinds")}
        for task in ask("playgroundWords")
    }
    LESSONS.write_text(dumps(lessons, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
