"""The score calculator: a plane in which the query and the words' states are arrows to drag."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from utils.widgets.live import LiveExplorer, engine_of

KINDS = ("dot", "general", "additive")
LARGEST = 3.0  # the ends of the plane
MOST_WORDS = 30  # arrows that one can tell apart
STILL_WIDTH = 960
SHAPES = (
    "give one or more words, a pair of numbers for each, and one for the query, "
    "such as ['der', 'Mann'], [[1, 0], [0, 1]], [1, 1]."
)


class ScoreCalculator(LiveExplorer):
    """Drag the query s and the states h_j; choose the score, mask a word, divide the scores.

    `memory` (S, 2), `query` (2,), `mask` (S,) with True for real words, `kind` and `temperature`
    can be set and read; numbers end at 3. `scores`, `weights` and `context` are read.
    """

    name = "calculator"
    words: traitlets.List[str] = traitlets.List(traitlets.Unicode()).tag(sync=True)
    memory: traitlets.List[list[float]] = traitlets.List().tag(sync=True)
    query: traitlets.List[float] = traitlets.List().tag(sync=True)
    mask: traitlets.List[bool] = traitlets.List(traitlets.Bool()).tag(sync=True)
    kind = traitlets.Enum(KINDS, default_value="dot").tag(sync=True)
    temperature = traitlets.Float(1.0, min=0.1, max=5.0).tag(sync=True)

    def __init__(
        self,
        words: Sequence[str],
        memory: Sequence[Sequence[float]],
        query: Sequence[float],
        kind: str = "dot",
        mask: Sequence[bool] | None = None,
        temperature: float = 1.0,
    ):
        if kind not in KINDS:
            raise ValueError(f"unknown score {kind!r:.60}: choose one of {', '.join(KINDS)}.")
        pairs, asked = _read_numbers(memory), _read_numbers(query)
        named = isinstance(words, Sequence) and all(isinstance(word, str) for word in words)
        if not named or pairs.shape != (len(words), 2) or asked.shape != (2,) or len(words) == 0:
            raise ValueError(SHAPES)
        if len(words) > MOST_WORDS:
            raise ValueError(f"{len(words)} words are too many arrows: give {MOST_WORDS} at most.")
        super().__init__(
            words=list(words),
            memory=pairs.tolist(),
            query=asked.tolist(),
            kind=kind,
            mask=[True] * len(words) if mask is None else list(mask),
            temperature=temperature,
        )

    @traitlets.validate("words", "memory", "query", "mask")
    def _check(self, proposal: Any) -> list:
        """Return the value as JSON can hold it, inside the plane; TraitError if it does not fit."""
        name, value = proposal["trait"].name, proposal["value"]
        count = len(self.words)
        if name in ("words", "mask"):
            if len(value) != count:
                raise traitlets.TraitError(f"{name} must have one entry for each of {count} words.")
            return value
        numbers = _read_numbers(value)
        if numbers.shape != ((2,) if name == "query" else (count, 2)):
            wanted = "two numbers" if name == "query" else f"two numbers for each of {count} words"
            raise traitlets.TraitError(f"{name} must have {wanted}.")
        return numbers.clip(-LARGEST, LARGEST).tolist()

    @property
    def scores(self) -> list[float]:
        """The scores e_j (S,), equation (2), undivided."""
        return self._scored()["scores"]

    @property
    def weights(self) -> list[float] | None:
        """The weights α_j (S,), equation (4); None if all words are masked."""
        return self._scored()["weights"]

    @property
    def context(self) -> list[float] | None:
        """The context c (2,), equation (5); None if all words are masked."""
        return self._scored()["context"]

    def picture(self) -> tuple[str, str]:
        """Return the plane with its scores and weights as SVG, and the finding."""
        call, state = engine_of(self.name).call, self._state()
        return call("drawCalculatorStill", state, STILL_WIDTH), call("calculatorFinding", state)

    def _state(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.option_names()}

    def _scored(self) -> dict[str, Any]:
        """Return what the browser computes from these numbers, by the same code."""
        scored: dict[str, Any] = engine_of(self.name).call("scoreWords", self._state())
        return scored


def _read_numbers(numbers: object) -> np.ndarray:
    """Return finite numbers as an array; an empty one for anything else."""
    try:
        array = np.asarray(numbers, float)
    except (TypeError, ValueError):  # not numbers, or rows of different lengths
        return np.empty(0)
    return array if np.isfinite(array).all() else np.empty(0)
