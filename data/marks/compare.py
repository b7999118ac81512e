# Every hidden test begins with these lines; whatever the notebook calls `abs` or `all` is undone.
# ruff: noqa: D100, UP029
import warnings
from builtins import *  # noqa: F403
from decimal import Decimal
from fractions import Fraction

warnings.simplefilter("ignore")  # nbgrader takes a warning for an error


def plain(given):
    """Return an answer as Python's own numbers, words and lists; refuse what only acts like one."""
    given = given.tolist() if hasattr(given, "tolist") else given
    if isinstance(given, list | tuple):
        return [plain(part) for part in given]
    assert type(given) in (int, float, bool, str, Decimal, Fraction)
    return given


def close(given, wanted, within=0.001):
    """Tell whether an answer is a value, up to rounding: a number, a word, or a list of them."""
    given = plain(given)
    if isinstance(wanted, list | tuple):
        return (
            type(given) is list
            and len(given) == len(wanted)
            and all(close(*pair, within) for pair in zip(given, wanted, strict=True))
        )
    if type(wanted) is str:
        return type(given) is str and given.strip().lower() == wanted.lower()
    if type(wanted) is bool or type(given) in (bool, list):
        return given is wanted
    number = float(given)
    return abs(number - wanted) <= max(within, 0.001 * abs(number), 0.001 * abs(wanted))
