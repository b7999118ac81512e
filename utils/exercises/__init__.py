"""Exercises: `check("05.1", answer)` says whether an answer is right, and if not, what may help.

Each notebook's exercises are in a module of their own. `verdicts` has the four kinds.
`progress()` shows what was done so far.
"""

from utils.exercises.catalog import MODULES, exercises_of
from utils.exercises.checking import check
from utils.exercises.record import progress

__all__ = ["MODULES", "check", "exercises_of", "progress"]
