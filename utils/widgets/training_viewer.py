"""What a model could do after each epoch of its training: one sentence, its map, and the loss."""

from json import dumps
from math import isfinite, log
from typing import Any, NamedTuple

import traitlets

from utils.corpora import tokenize
from utils.system.limits import check_type, checked, whole
from utils.trace import Trace, has_fixed_context, trace
from utils.training import Epoch
from utils.translator import Translator
from utils.widgets.live import LiveExplorer, check_translator, engine_of

MOST_WORDS = 60  # of a sentence, and of what the model writes
MOST_BYTES = 200_000  # for all epochs: a notebook keeps them
STILL_WIDTH = 960
MOST_SIDE_BY_SIDE = 8  # epochs in the still picture


class Snap(NamedTuple):
    """What an epoch, or a part of the first, left: losses, and the sentence's translation."""

    epoch: Epoch
    trace: Trace


class TrainingRecorder:
    """Translate one sentence after each epoch: `fit(..., on_epoch=TrainingRecorder(…))`.

    What is learned within the first epoch shows if the same recorder is `on_part`, too. With a
    `reference`, the right translation, words that differ from it count as wrong.
    """

    def __init__(self, translator: Translator, sentence: str, reference: str = ""):
        check_translator(translator)
        self.translator, self.source = translator, translator.read(sentence)
        has_fixed_context(translator)  # a model that cannot be traced is refused now, not later
        if not self.source:
            language = translator.fields.source_language
            raise ValueError(f"the sentence to watch has no words: give one in {language}.")
        check_type("the reference", reference, str, "the right translation, as text")
        self.reference = tuple(translator.fields.target.preprocess(tokenize(reference)))
        self.snaps: list[Snap] = []

    def __call__(self, epoch: Epoch) -> None:
        """Note what the model makes of the sentence now; a new run clears the one before."""
        if self.snaps and epoch.number <= self.snaps[-1].epoch.number:
            self.snaps = []
        self.snaps.append(Snap(epoch, trace(self.translator, self.source)))


class TrainingViewer(LiveExplorer):
    """Scrub through the epochs of a training run that a `TrainingRecorder` has watched.

    `epoch` and `playing` can be set and read. `snaps`, a dictionary for each epoch, and `about`,
    the sentence, are read; together they take at most `MOST_BYTES`, so that of a very long run
    some epochs in between are left out. The still picture shows up to `side_by_side` epochs, those
    of four or fewer twice as large as of up to eight. Raises ValueError if it is not 1 to 8.
    """

    name = "training"
    epoch = traitlets.Float().tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    snaps: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    about: "traitlets.Dict[str, Any]" = traitlets.Dict().tag(sync=True)

    def __init__(self, recorder: TrainingRecorder, side_by_side: int = MOST_SIDE_BY_SIDE):
        check_type("recorder", recorder, TrainingRecorder, "what fit was given as on_epoch")
        if not recorder.snaps:
            raise ValueError("nothing is recorded yet: train with on_epoch=recorder first.")
        self.side_by_side = checked("side_by_side", side_by_side, whole(1, MOST_SIDE_BY_SIDE))
        plain = [plain_snap(snap) for snap in recorder.snaps]
        kept = thin_out(plain)
        about = describe_run(recorder) | {"leftOut": len(plain) - len(kept)}
        super().__init__(snaps=kept, about=about, epoch=kept[0]["epoch"])

    def picture(self) -> tuple[str, str]:
        """Return epochs side by side, and what the run shows."""
        call = engine_of(self.name).call
        view = call("prepareTraining", {**self.about, "snaps": self.snaps})
        drawn = call("drawTrainingStill", view, STILL_WIDTH, self.side_by_side)
        return drawn, call("trainingSummary", view)

    @traitlets.validate("epoch")
    def _check_epoch(self, proposal: dict[str, Any]) -> float:
        """Return the epoch; TraitError unless it was recorded, and kept."""
        known = [snap["epoch"] for snap in self.snaps]
        number: float = proposal["value"]
        if number not in known:
            numbers = ", ".join(f"{each:g}" for each in known)
            raise traitlets.TraitError(f"epoch {number:g} is not there: choose one of {numbers}.")
        return number


def describe_run(recorder: TrainingRecorder) -> dict[str, Any]:
    """Return what all epochs have in common: the sentence, and the loss of who knows nothing."""
    first = recorder.snaps[0].trace
    cut = any(max(len(each.source), len(each.steps)) > MOST_WORDS for _, each in recorder.snaps)
    return {
        "source": list(first.source[:MOST_WORDS]),
        "reference": list(recorder.reference[:MOST_WORDS]),
        "fixed": has_fixed_context(recorder.translator),
        "ceiling": log(len(recorder.translator.fields.target.vocab)),
        "cut": cut,
    }


def plain_snap(snap: Snap) -> dict[str, Any]:
    """Return a snap as JSON can hold it: weights with three digits, None for a loss like nan."""
    epoch, steps = snap.epoch, snap.trace.steps[:MOST_WORDS]
    rows = [step.weights[:MOST_WORDS].tolist() for step in steps]
    return {
        "epoch": epoch.number,
        "train": _plain_loss(epoch.train_loss),
        "valid": _plain_loss(epoch.valid_loss),
        "words": [step.word for step in steps],
        "sure": [round(step.best[0][1], 3) for step in steps],
        "rows": [[round(weight, 3) for weight in row] for row in rows],
    }


def thin_out(snaps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return all snaps, or only every second, fourth, … and the last, to fit into `MOST_BYTES`."""
    kept = snaps
    while len(kept) > 1 and len(dumps(kept)) > MOST_BYTES:
        kept = kept[::-2][::-1]
    return kept


def _plain_loss(loss: float) -> float | None:
    return round(loss, 4) if isfinite(loss) else None
