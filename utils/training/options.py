"""Command-line options, generated from the fields of a dataclass: each is written once, there."""

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, fields
from typing import Any, get_type_hints

from utils.system.failures import decimal, whole
from utils.system.limits import Limited, checked_field

READERS: dict[type, Callable[[str], Any]] = {int: whole, float: decimal, str: str}


def add_options(
    parser: argparse.ArgumentParser, title: str, kind: type[Limited], defaults: Mapping[str, Any]
) -> None:
    """Add a group called `title`, with an option for each field of `kind` that has a help text."""
    group, types = parser.add_argument_group(title), get_type_hints(kind)
    for field in _offered(kind):
        name, text = f"--{field.name.replace('_', '-')}", field.metadata["help"]
        if types[field.name] is bool:  # --tied and --no-tied
            switch = argparse.BooleanOptionalAction
            group.add_argument(name, action=switch, default=defaults[field.name], help=text)
            continue
        group.add_argument(
            name,
            type=READERS[types[field.name]],
            default=defaults[field.name],
            choices=field.metadata["choices"],
            help=text,
        )


def chosen(options: argparse.Namespace, kind: type[Limited]) -> dict[str, Any]:
    """Return the values that the user chose for the fields of `kind`.

    Raises ValueError for a value outside its limit.
    """
    values = {field.name: getattr(options, field.name) for field in _offered(kind)}
    for field in _offered(kind):
        if values[field.name] is not None:
            checked_field(field, values[field.name])
    return values


def _offered(kind: type[Limited]) -> Iterator[Field]:
    return (field for field in fields(kind) if "help" in field.metadata)
