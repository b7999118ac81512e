"""What a checker makes of an answer, and the three kinds of exercises.

Every exercise knows its own solution and the mistakes that people make. A checker compares an
answer with both: so each mistake gets its own hint, and a test can try them all.
"""

import copy
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor, allclose

TRIES = 4  # fresh inputs that a function must get right
TOLERANCE = 1e-3


class Verdict(NamedTuple):
    """What a checker says. `right` is None if there is no answer yet."""

    right: bool | None
    message: str

    def __repr__(self) -> str:
        return {None: "○ ", True: "✓ ", False: "✗ "}[self.right] + self.message


NOT_ATTEMPTED = Verdict(None, "Not attempted yet.")
RETURNS_NOTHING = Verdict(None, "Not attempted yet: the function returns nothing so far.")


def same(answer: Any, expected: Any) -> bool:
    """Tell whether two answers are equal: numbers and tensors nearly, words without their case."""
    if isinstance(answer, Tensor) and isinstance(expected, Tensor):
        if answer.shape != expected.shape or _one_is_a_mask(answer, expected):
            return False
        return allclose(answer.cpu().double(), expected.double(), rtol=TOLERANCE, atol=TOLERANCE)
    if isinstance(answer, str) and isinstance(expected, str):
        return answer.strip().lower() == expected.strip().lower()
    if isinstance(answer, Mapping) and isinstance(expected, Mapping):
        return answer.keys() == expected.keys() and all(
            same(answer[k], expected[k]) for k in answer
        )
    if isinstance(answer, list | tuple) and isinstance(expected, list | tuple):
        return len(answer) == len(expected) and all(map(same, answer, expected))
    try:
        return math.isclose(answer, expected, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return type(answer) is type(expected) and bool(answer == expected)


def _one_is_a_mask(one: Tensor, other: Tensor) -> bool:
    """Tell whether one holds True and False and the other numbers, such as 0 and 1."""
    return (one.dtype == torch.bool) != (other.dtype == torch.bool)


@dataclass(frozen=True)
class Write:
    """An exercise whose answer is a function.

    The answer is called with fresh inputs, `inputs(seed)`, and must return what `solution` returns.
    `mistakes` maps each hint to a function that makes the mistake; `hint` is for all other answers.
    """

    solution: Callable[..., Any]
    inputs: Callable[[int], tuple]
    mistakes: Mapping[str, Callable[..., Any]]
    hint: str
    praise: str

    def judge(self, answer: Callable[..., Any]) -> Verdict:
        """Call the answer, and compare what it returns with the solution and with each mistake."""
        if answer is None or answer is ...:
            return NOT_ATTEMPTED
        if not callable(answer):
            return Verdict(False, "The answer must be a function: hand over its name, without ().")
        try:
            given = [answer(*self.inputs(seed)) for seed in range(TRIES)]
        except Exception as error:  # whatever a learner's code may raise
            if _is_stub(error):
                return NOT_ATTEMPTED
            return Verdict(False, f"Your function stopped with {type(error).__name__}: {error}")
        if all(value is None or value is ... for value in given):
            return RETURNS_NOTHING
        for message, function in {self.praise: self.solution, **self.mistakes}.items():
            expected = [function(*self.inputs(seed)) for seed in range(TRIES)]
            if same(given, expected):
                return Verdict(message is self.praise, message)
        return Verdict(False, f"{_difference(given[0], self.solution(*self.inputs(0)))}{self.hint}")


def _difference(given: Any, expected: Any) -> str:
    """Say in what the type, the number of parts or a shape differs, if one does."""
    if isinstance(expected, tuple):
        if not isinstance(given, tuple) or len(given) != len(expected):
            return f"Return {len(expected)} things, in this order: (first, second). "
        return next(filter(None, map(_difference, given, expected)), "")
    if not isinstance(expected, Tensor):
        return ""
    if not isinstance(given, Tensor):
        kind = type(given).__name__
        return f"You return {kind} where a tensor is wanted. " if expected.dim() > 0 else ""
    if given.shape != expected.shape:
        return f"You return shape {tuple(given.shape)} where {tuple(expected.shape)} is wanted. "
    if _one_is_a_mask(given, expected):
        kinds = f"You return a tensor of {given.dtype} where {expected.dtype} is wanted. "
        return kinds.replace("torch.", "")
    return ""


def _is_stub(error: Exception) -> bool:
    """Tell whether an error says "not written yet"; PyTorch has a NotImplementedError, too."""
    return type(error) is NotImplementedError and not error.args


def _as_lists(answer: Any) -> Any:
    """Return tensors and arrays, also those in a list, as the numbers and lists they hold."""
    if isinstance(answer, list | tuple):
        return [_as_lists(part) for part in answer]
    return answer.tolist() if hasattr(answer, "tolist") else answer


def _copy(answer: Any) -> Any:
    """Return a copy; tensors with a gradient have to be detached before."""
    if isinstance(answer, tuple):
        return tuple(map(_copy, answer))
    return answer.detach().clone() if type(answer) is Tensor else copy.deepcopy(answer)


@dataclass(frozen=True)
class Predict:
    """An exercise whose answer is a value: a number, a word, a list of them.

    `mistakes` maps each hint to the value that gets it; `hint` is for all other answers.
    """

    solution: Any
    mistakes: Mapping[str, Any]
    hint: str
    praise: str

    def judge(self, answer: Any) -> Verdict:
        """Compare a value with the solution and with each mistake."""
        if answer is None or answer is ...:
            return NOT_ATTEMPTED
        answer = _as_lists(answer)
        if isinstance(answer, str) and isinstance(self.solution, int | float):
            with suppress(ValueError):  # "0.1" for 0.1
                answer = float(answer)
        if same(answer, self.solution):
            return Verdict(True, self.praise)
        for hint, value in self.mistakes.items():
            if same(answer, value):
                return Verdict(False, hint)
        return Verdict(False, self.hint)


@dataclass(frozen=True)
class Design:
    """An exercise with many right answers: `find_fault` returns a hint, or None if it is right.

    `mistakes` maps hints to answers that must get them; it is there for the tests.
    """

    solution: Any
    find_fault: Callable[[Any], str | None]
    praise: str
    mistakes: Mapping[str, Any] = field(default_factory=dict)

    def judge(self, answer: Any) -> Verdict:
        """Look for a fault."""
        if answer is None or answer is ...:
            return NOT_ATTEMPTED
        try:
            fault = self.find_fault(_copy(answer))
        except Exception as error:  # whatever a learner's answer may cause
            return Verdict(False, f"The check stopped with {type(error).__name__}: {error}")
        return Verdict(True, self.praise) if fault is None else Verdict(False, fault)


Exercise = Write | Predict | Design
