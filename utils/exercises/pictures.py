"""Pictures that belong to quick questions: what a TOML file may say, checked before it is drawn."""

import math
from collections.abc import Callable, Mapping
from typing import Any

ENOUGH = 0.011  # two decimals of each weight may miss a sum of 1 by so much
VARIANTS = ("dot", "fixed", "general", "additive", "current", "feeding", "self")

# Each kind's fields: those it must have, then those it may have. data/README.md explains them.
FIELDS = {
    "rows": ({"rows"}, {"labels"}),
    "map": ({"source", "target", "weights"}, set()),
    "plane": ({"words", "states", "query"}, {"keys"}),
    "weights": ({"words", "weights"}, set()),
    "chart": ({"title", "unit", "labels", "values"}, {"intervals", "most"}),
    "seeds": ({"unit", "values", "interval"}, set()),
    "master": ({"variant", "source", "weights"}, {"target", "hide"}),
}


def check_picture(picture: object) -> dict[str, Any]:
    """Return a question's picture; ValueError says what is wrong with it."""
    if not isinstance(picture, Mapping) or picture.get("kind") not in FIELDS:
        raise ValueError(f"a picture needs a kind, one of {', '.join(FIELDS)}.")
    kind, given = picture["kind"], set(picture) - {"kind"}
    needed, allowed = FIELDS[kind]
    if missing := sorted(needed - given):
        raise ValueError(f"a picture of kind {kind!r} needs {', '.join(missing)}.")
    if unknown := sorted(given - needed - allowed):
        raise ValueError(f"a picture of kind {kind!r} has no {', '.join(unknown)}.")
    CHECKS[kind](picture)
    return dict(picture)


def _check_rows(picture: Mapping[str, Any]) -> None:
    rows = picture["rows"]
    _demand(_is_list(rows, lambda row: _is_list(row, _is_text)), "rows holds lists of texts")
    labels = picture.get("labels", [""] * len(rows))
    _demand(_is_list(labels, _is_text, len(rows)), "labels has one text for each row")


def _check_map(picture: Mapping[str, Any]) -> None:
    source, target = _texts(picture, "source"), _texts(picture, "target")
    fits = _is_list(picture["weights"], lambda row: _is_shared(row, len(source)), len(target))
    _demand(fits, "weights has a row for each target word, of shares that sum to 1")


def _check_plane(picture: Mapping[str, Any]) -> None:
    words = _texts(picture, "words")
    for name in ("states", "keys") if "keys" in picture else ("states",):
        _demand(_is_list(picture[name], _is_pair, len(words)), f"{name} has a pair for each word")
    _demand(_is_pair(picture["query"]), "query is a pair of numbers from -3 to 3")


def _check_weights(picture: Mapping[str, Any]) -> None:
    words = _texts(picture, "words")
    _demand(_is_shared(picture["weights"], len(words)), "weights has a share for each word, sum 1")


def _check_chart(picture: Mapping[str, Any]) -> None:
    labels, values = _texts(picture, "labels"), picture["values"]
    _demand(_is_text(picture["title"]) and _is_text(picture["unit"]), "title and unit are texts")
    _demand(_is_list(values, _is_number, len(labels)), "values has a number for each label")
    intervals = picture.get("intervals", [[value, value] for value in values])
    _demand(_is_list(intervals, _is_interval, len(labels)), "intervals has two ends for each label")
    most = picture.get("most", 100)
    ends = [*values, *(end for interval in intervals for end in interval)]
    fits = _is_number(most) and all(0 <= end <= most for end in ends)
    _demand(fits, "values and intervals lie between 0 and most, which is 100 unless it is given")


def _check_seeds(picture: Mapping[str, Any]) -> None:
    _demand(_is_text(picture["unit"]), "unit is a text")
    _demand(_is_list(picture["values"], _is_number), "values holds numbers")
    _demand(_is_interval(picture["interval"]), "interval has two ends, the lower one first")


def _check_master(picture: Mapping[str, Any]) -> None:
    source = _texts(picture, "source")
    _demand(picture["variant"] in VARIANTS, f"variant is one of {', '.join(VARIANTS)}")
    _demand(_is_shared(picture["weights"], len(source)), "weights has a share for each word, sum 1")
    for name in {"target", "hide"} & set(picture):
        _texts(picture, name)


CHECKS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    "rows": _check_rows,
    "map": _check_map,
    "plane": _check_plane,
    "weights": _check_weights,
    "chart": _check_chart,
    "seeds": _check_seeds,
    "master": _check_master,
}


def _demand(fits: bool, rule: str) -> None:
    if not fits:
        raise ValueError(f"a picture's {rule}.")


def _texts(picture: Mapping[str, Any], name: str) -> list[str]:
    _demand(_is_list(picture[name], _is_text), f"{name} holds one text or more")
    texts: list[str] = picture[name]
    return texts


def _is_list(value: object, fits: Callable[[Any], bool], length: int | None = None) -> bool:
    """Tell whether it is a list of what fits, not empty, of this length if one is given."""
    if not isinstance(value, list) or not value:
        return False
    return (length is None or len(value) == length) and all(map(fits, value))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and type(value) is not bool and math.isfinite(value)


def _is_pair(value: object) -> bool:
    return _is_list(value, lambda number: _is_number(number) and abs(number) <= 3, 2)


def _is_interval(value: Any) -> bool:
    return _is_list(value, _is_number, 2) and value[0] <= value[1]


def _is_shared(value: Any, length: int) -> bool:
    """Tell whether it holds weights of so many words: none below 0, which sum to 1."""
    fits = _is_list(value, lambda share: _is_number(share) and share >= 0, length)
    return fits and abs(sum(value) - 1) <= ENOUGH
