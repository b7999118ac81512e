"""Exercises: `check("05.1", answer)` says whether an answer is right, and if not, what may help.

Each notebook's exercises are in a module of their own. `verdicts` has the four kinds.
"""

from utils.exercises.catalog import MODULES, check, exercises_of

__all__ = ["MODULES", "check", "exercises_of"]
