"""What a person may give: numbers within their limits, and values of the right type."""

import math
from collections.abc import Callable
from numbers import Integral, Real
from types import UnionType
from typing import Any, NamedTuple

MOST_WEIGHTS = 1_000_000_000  # of a model: 4 GB, and four times that in training


class Limit(NamedTuple):
    """What a number may be: its type, which values fit, and the same in words."""

    kind: type
    fits: Callable[[Any], bool]
    words: str


def whole(least: int, most: int) -> Limit:
    """Return the limit of a whole number."""
    return Limit(int, lambda n: least <= n <= most, f"a whole number from {least:,} to {most:,}")


SHARE = Limit(float, lambda x: 0 <= x < 1, "a number from 0 to below 1")
SIZE = whole(1, 100_000)
WORDS = 10_000_000
LIMITS = {
    "epochs": whole(1, 1_000_000),
    "seed": whole(0, 2**32 - 1),
    "min_freq": whole(1, WORDS),
    "count": whole(0, WORDS),
    "batch_size": whole(1, 1_000_000),
    "learning_rate": Limit(float, lambda x: 0 < x <= 10, "a number above 0 and at most 10"),
    "label_smoothing": SHARE,
    "clip": Limit(float, lambda x: 0 < x <= 1e9 or x == math.inf, "a number above 0, or inf"),
    "average": whole(1, 1_000_000),
    "source_size": whole(1, WORDS),
    "target_size": whole(1, WORDS),
    "source_padding": whole(0, WORDS),
    "target_padding": whole(0, WORDS),
    "subwords": whole(1, WORDS),
    "embedding_size": SIZE,
    "hidden_size": SIZE,
    "memory_size": SIZE,
    "size": SIZE,
    "heads": whole(1, 1_000),
    "layers": whole(1, 100),
    "dropout": SHARE,
    "tied": Limit(bool, lambda _: True, "True or False"),
}


def checked(name: str, value: object) -> int | float:
    """Return a number as Python's own, which files can hold, also if it is NumPy's or a tensor.

    Raises ValueError unless it is within its limits.
    """
    limit, number = LIMITS[name], _plain(value)
    right = isinstance(number, Integral if limit.kind is int else Real)
    if not right or isinstance(number, bool) != (limit.kind is bool) or not limit.fits(number):
        raise ValueError(f"{name} must be {limit.words}, not {value!r:.60}.")
    return limit.kind(number)


def check_type(name: str, value: object, kind: type | UnionType, words: str) -> None:
    """Raise TypeError unless a value is of that type; `words` say what to give."""
    if not isinstance(value, kind):
        simple = value is None or isinstance(value, str | bytes | Real)
        found = f"{value!r:.60}" if simple else f"a {type(value).__name__}"
        raise TypeError(f"{name} must be {words}, not {found}.")


def _plain(value: object) -> object:
    try:
        return value.item()  # type: ignore[attr-defined]  # NumPy's numbers and tensors have it
    except (AttributeError, TypeError, ValueError, RuntimeError):  # no number, or many of them
        return value


class Limited:
    """A frozen dataclass whose numbers are checked as soon as there is one."""

    def __post_init__(self) -> None:
        for name, value in list(vars(self).items()):
            if name in LIMITS:
                object.__setattr__(self, name, checked(name, value))


def check_weights(count: int) -> None:
    """Raise ValueError if a model would have too many weights for a memory."""
    if count > MOST_WEIGHTS:
        raise ValueError(
            f"the model would have {count:,} weights, and {MOST_WEIGHTS:,} are the most: "
            "choose smaller sizes."
        )
