"""`python -m utils.grammar [folder]` writes the shipped corpus, by default to data/mini."""

import sys
from pathlib import Path

from utils.failures import run
from utils.grammar import make_splits, write_splits
from utils.grammar.lexicon import DATA


def main() -> int:
    """Run the command; return its exit code."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA / "mini"
    write_splits(make_splits(), folder)
    return 0


if __name__ == "__main__":
    run(main)
