"""Checks on what users pass in: numbers within limits, and values of the right type."""

import math
from collections.abc import Callable, Iterable
from dataclasses import Field, dataclass, field, fields
from numbers import Integral, Real
from types import UnionType
from typing import Any, NamedTuple

MOST_WEIGHTS = 1_000_000_000  # in a model: 4 GB, and four times that in training


class Limit(NamedTuple):
    """The limit on a number: its type, a test for its value, and both in words."""

    kind: type
    fits: Callable[[Any], bool]
    words: str


def whole(least: int, most: int) -> Limit:
    """Return the limit for a whole number from `least` to `most`."""
    return Limit(int, lambda n: least <= n <= most, f"a whole number from {least:,} to {most:,}")


COUNT = whole(1, 1_000_000)
WORDS = whole(1, 10_000_000)
NUMBER = whole(0, 10_000_000)  # a word's index, or a count that may be zero
SIZE = whole(1, 100_000)
SEED = whole(0, 2**32 - 1)
SHARE = Limit(float, lambda x: 0 <= x < 1, "a number from 0 to below 1")
POSITIVE = Limit(float, lambda x: 0 < x <= 1e9 or x == math.inf, "a number above 0, or inf")
SWITCH = Limit(bool, lambda _: True, "True or False")


def checked(name: str, value: object, limit: Limit) -> Any:
    """Return a plain Python number, which files can hold, even for a NumPy scalar or a tensor.

    Raises ValueError unless it has the right type and is within its limit.
    """
    number = _plain(value)
    right = isinstance(number, Integral if limit.kind is int else Real)
    if not right or isinstance(number, bool) != (limit.kind is bool) or not limit.fits(number):
        raise ValueError(f"{name} must be {limit.words}, not {value!r:.60}.")
    return limit.kind(number)


def check_type(name: str, value: object, kind: type | UnionType, words: str) -> None:
    """Raise TypeError unless `value` is a `kind`; `words` describe it after "must be"."""
    if not isinstance(value, kind):
        simple = value is None or isinstance(value, str | bytes | Real)
        found = f"{value!r:.60}" if simple else f"a {type(value).__name__}"
        raise TypeError(f"{name} must be {words}, not {found}.")


def _plain(value: Any) -> object:
    try:
        return value.item()
    except (AttributeError, TypeError, ValueError, RuntimeError):  # not a number, or several
        return value


def option(
    help: str, limit: Limit | None = None, choices: Iterable[str] | None = None, **default: Any
) -> Any:
    """Return a dataclass field that the command line offers: help, limit, choices, default.

    `choices` are the names it accepts. Without a `default`, the field is required.
    """
    return field(metadata={"help": help, "limit": limit, "choices": choices}, **default)


def limited(limit: Limit) -> Any:
    """Return a required dataclass field with a limit, which the command line doesn't offer."""
    return field(metadata={"limit": limit})


@dataclass(frozen=True)
class Limited:
    """A frozen dataclass that checks its numbers on creation."""

    def __post_init__(self) -> None:
        for each in fields(self):
            object.__setattr__(self, each.name, checked_field(each, getattr(self, each.name)))


def checked_field(each: Field, value: Any) -> Any:
    """Return a value for a dataclass field; ValueError unless its limit and choices allow it."""
    limit, choices = each.metadata.get("limit"), each.metadata.get("choices")
    if choices and value not in list(choices):
        names = ", ".join(choices)
        raise ValueError(f"unknown {each.name} {value!r:.60}: choose one of {names}.")
    return checked(each.name, value, limit) if limit else value


def check_weights(count: int) -> None:
    """Raise ValueError for a model of more than MOST_WEIGHTS, too many to fit in memory."""
    if count > MOST_WEIGHTS:
        raise ValueError(
            f"the model would have {count:,} weights, more than the {MOST_WEIGHTS:,} allowed: "
            "choose smaller sizes."
        )
