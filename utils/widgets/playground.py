"""The playground: trains a tiny translator of letters in the browser, before the reader's eyes.

Its still picture shows it trained. Training takes seconds, so what the usual seed leads to is kept
in `playground.json`; `python -m utils.widgets.playground` writes it again.
"""

from functools import cache
from json import dumps, loads
from operator import itemgetter
from pathlib import Path
from typing import Any

import traitlets
from py_mini_racer import JSEvalException

from utils.widgets.live import LiveExplorer, engine_of

LESSONS = Path(__file__).with_suffix(".json")
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
        """Return the picture after training, and its finding."""
        draw = engine_of(self.name).call
        names = ("task", "attentions", "longest", "seed")
        options, word = {name: getattr(self, name) for name in names}, self.word
        if self.link:
            options, word = itemgetter("options", "word")(draw("readLink", self.link))
        view = view_after_training(options, word)
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


def view_after_training(options: dict[str, Any], word: str = "") -> dict[str, Any]:
    """Return what a playground shows at the end of its first lesson; `word` may be left out."""
    call = engine_of("playground").call
    chosen = call("completeOptions", options)
    task, attentions = chosen["task"], chosen["attentions"]
    is_usual = chosen == constant("PLAYGROUND_DEFAULTS") | {"task": task, "attentions": attentions}
    is_kept = is_usual and word in ("", call("firstWord", chosen))
    lessons = [
        kept_lessons()[task][kind] if is_kept else train_lesson(dumps(options), kind, word)
        for kind in attentions
    ]
    view: dict[str, Any] = call("viewAfterLessons", options, lessons)
    return view


@cache
def train_lesson(options: str, attention: str, word: str = "") -> dict[str, Any]:
    """Train one model, which takes seconds, and return what a still picture shows of it.

    `options` are JSON, so that what was trained once is known.
    """
    call = engine_of("playground").call
    lesson: dict[str, Any] = call("trainLesson", loads(options), attention, word)
    return lesson


@cache
def kept_lessons() -> dict[str, dict[str, Any]]:
    """Return what `playground.json` has: for each task and attention, what was learned."""
    lessons: dict[str, dict[str, Any]] = loads(LESSONS.read_text("utf-8"))
    return lessons


def main() -> None:
    """Train all models of the usual seed, which takes two minutes, and keep what they learned."""
    lessons = {
        task: {
            attention: train_lesson(dumps({"task": task}), attention)
            for attention in constant("PLAYGROUND_ATTENTIONS")
        }
        for task in constant("PLAYGROUND_TASKS")
    }
    LESSONS.write_text(dumps(lessons, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
