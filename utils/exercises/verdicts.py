"""What a checker says about an answer, and the four kinds of exercises.

Every exercise knows its own solution and the mistakes that people make. A checker compares an
answer with both, so each mistake gets its own hint, and a test can try them all.
"""

import copy
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from typing import Any, NamedTuple

import torch
from torch import Tensor, allclose

TRIES = 4  # fresh inputs that a function must get right
TOLERANCE = 1e-3


BUTTON = "display:inline-block;padding:0.3em 0.8em;border:1px solid;border-radius:0.4em"


class Verdict(NamedTuple):
    """What a checker says. `right` is None if there is no answer yet, or no checker can tell.

    `answer` is the code of one possible answer, which a notebook shows on demand; `standing` says
    where the reader stands now. A text that only people can grade is `handed_in`.
    """

    right: bool | None
    message: str
    answer: str = ""
    standing: str = ""
    handed_in: bool = False

    def __repr__(self) -> str:
        said = {None: "○ ", True: "✓ ", False: "✗ "}[self.right] + self.message
        return f"{said} ({self.standing})" if self.standing else said

    def _repr_html_(self) -> str:
        """Return the verdict with a button that opens the answer; it needs no kernel."""
        said = f"<p>{escape(repr(self))}</p>"
        if not self.answer:
            return said
        button = f'<summary style="{BUTTON}">Show an answer</summary>'
        return f"{said}<details>{button}<pre>{escape(self.answer)}</pre></details>"


class Mistake(NamedTuple):
    """A wrong answer that people give, and the hint that helps them on."""

    answer: Any
    hint: str


NOT_ATTEMPTED = Verdict(None, "Not attempted yet.")
RETURNS_NOTHING = Verdict(None, "Not attempted yet: the function returns nothing so far.")


def same(answer: Any, expected: Any, within: float = TOLERANCE) -> bool:
    """Compare two answers: numbers and tensors up to rounding, words in any case.

    A number may differ by `within`, or by a thousandth of itself.
    """
    if isinstance(answer, Tensor) and isinstance(expected, Tensor):
        if answer.shape != expected.shape or _one_is_a_mask(answer, expected):
            return False
        return allclose(answer.cpu().double(), expected.double(), rtol=TOLERANCE, atol=within)
    if isinstance(answer, str) and isinstance(expected, str):
        return answer.strip().lower() == expected.strip().lower()
    if isinstance(answer, Mapping) and isinstance(expected, Mapping):
        return answer.keys() == expected.keys() and all(
            same(answer[k], expected[k], within) for k in answer
        )
    if isinstance(answer, list | tuple) and isinstance(expected, list | tuple):
        pairs = zip(answer, expected, strict=False)
        return len(answer) == len(expected) and all(same(*pair, within) for pair in pairs)
    try:
        return math.isclose(answer, expected, rel_tol=TOLERANCE, abs_tol=within)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return type(answer) is type(expected) and bool(answer == expected)


def _one_is_a_mask(one: Tensor, other: Tensor) -> bool:
    """Tell whether only one of them holds True and False; the other then holds numbers."""
    return (one.dtype == torch.bool) != (other.dtype == torch.bool)


def _is_blank(answer: object) -> bool:
    """Tell whether the answer is None or the `...` that the exercise came with."""
    return answer is None or answer is ...


@dataclass(frozen=True)
class Write:
    """An exercise whose answer is a function.

    The answer is called with fresh inputs, `inputs(seed)`, and must return what `solution` returns.
    Each mistake is a function as well; `hint` is for all other wrong answers.
    """

    solution: Callable[..., Any]
    inputs: Callable[[int], tuple]
    mistakes: tuple[Mistake, ...]
    hint: str
    praise: str

    def judge(self, answer: object) -> Verdict:
        """Call the answer, and compare what it returns with the solution and with each mistake."""
        if _is_blank(answer):
            return NOT_ATTEMPTED
        if not callable(answer):
            return Verdict(False, "The answer must be a function: hand over its name, without ().")
        try:
            given = self._results(answer)
        except Exception as error:  # whatever a learner's code may raise
            if _is_stub(error):
                return NOT_ATTEMPTED
            return Verdict(False, f"Your function stopped with {type(error).__name__}: {error}")
        if all(map(_is_blank, given)):
            return RETURNS_NOTHING
        wanted = self._results(self.solution)
        if same(given, wanted):
            return Verdict(True, self.praise)
        for mistake in self.mistakes:
            if same(given, self._results(mistake.answer)):
                return Verdict(False, mistake.hint)
        return Verdict(False, _difference(given[0], wanted[0]) + self.hint)

    def _results(self, function: Callable[..., Any]) -> list[Any]:
        """Return what a function makes of each try; no call sees what another did to its inputs."""
        return [function(*self.inputs(seed)) for seed in range(TRIES)]


def _difference(given: Any, expected: Any) -> str:
    """Say how the type, the number of parts or a shape differs; "" if none of them does."""
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
    """Tell whether an error means "not written yet": one with a message is PyTorch's own."""
    return type(error) is NotImplementedError and not error.args


def _as_lists(answer: Any) -> Any:
    """Turn tensors and arrays, also inside a list, into plain numbers and lists."""
    if isinstance(answer, list | tuple):
        return [_as_lists(part) for part in answer]
    return answer.tolist() if hasattr(answer, "tolist") else answer


@dataclass(frozen=True)
class Predict:
    """An exercise whose answer is a value: a number, a word, a list of them.

    Each mistake is a wrong value; `hint` is for all others. Where a number is to be read off, it
    may differ by `within`, for rounding.
    """

    solution: Any
    mistakes: tuple[Mistake, ...]
    hint: str
    praise: str
    within: float = TOLERANCE

    def judge(self, answer: Any) -> Verdict:
        """Compare a value with the solution and with each mistake."""
        if _is_blank(answer):
            return NOT_ATTEMPTED
        answer = _as_lists(answer)
        if isinstance(answer, str) and isinstance(self.solution, int | float):
            with suppress(ValueError):  # "0.1" for 0.1
                answer = float(answer)
        if same(answer, self.solution, self.within):
            return Verdict(True, self.praise)
        for mistake in self.mistakes:
            if same(answer, mistake.answer):
                return Verdict(False, mistake.hint)
        return Verdict(False, _other_kind(answer, self.solution) or self.hint)


def _other_kind(answer: Any, solution: Any) -> str:
    """Say what was to be handed over, if the answer is another kind of thing; "" otherwise."""
    if isinstance(solution, list):
        if not isinstance(answer, list | tuple):
            return f"Hand over a list of {len(solution)}, not {type(answer).__name__}."
        if len(answer) != len(solution):
            return f"Your list has {len(answer)} entries, and {len(solution)} are wanted."
        faults = (_other_kind(*pair) for pair in zip(answer, solution, strict=True))
        return next(filter(None, faults), "")
    if isinstance(solution, str) != isinstance(answer, str):
        return f"Hand over a {'word' if isinstance(solution, str) else 'number'}, not {answer!r}."
    return ""


@dataclass(frozen=True)
class Design:
    """An exercise with many right answers: `find_fault` returns a hint, or None if it is right."""

    solution: Any
    find_fault: Callable[[Any], str | None]
    praise: str

    def judge(self, answer: Any) -> Verdict:
        """Look for a fault in a copy: the learner's own answer stays as it is."""
        if _is_blank(answer):
            return NOT_ATTEMPTED
        try:
            fault = self.find_fault(_copy(answer))
        except Exception as error:  # whatever a learner's answer may cause
            return Verdict(False, f"The check stopped with {type(error).__name__}: {error}")
        return Verdict(True, self.praise) if fault is None else Verdict(False, fault)


@dataclass(frozen=True)
class Open:
    """An exercise that no checker can judge: its rubric stands in the notebook.

    The answer is a text, or whatever was made; a text must have `words` words to count as begun.
    """

    rubric: str
    words: int = 20

    def judge(self, answer: Any) -> Verdict:
        """Say how the learner can grade the answer, once there is one."""
        if _is_blank(answer) or (isinstance(answer, str) and not answer.strip()):
            return NOT_ATTEMPTED
        if isinstance(answer, str) and len(answer.split()) < self.words:
            return Verdict(None, f"Go on: {self.words} words or more say enough to be graded.")
        return Verdict(None, f"Grade it yourself: {self.rubric}", handed_in=True)


def _copy(answer: Any) -> Any:
    """Return a copy. A tensor with a gradient is detached first: deepcopy refuses it."""
    if isinstance(answer, tuple):
        return tuple(map(_copy, answer))
    return answer.detach().clone() if type(answer) is Tensor else copy.deepcopy(answer)


Exercise = Write | Predict | Design | Open
