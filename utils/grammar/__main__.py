"""`python -m utils.grammar [folder]` writes the shipped corpus, by default to data/mini."""

import sys
from pathlib import Path

from utils.grammar import make_splits, write_splits
from utils.grammar.phrases import DATA

if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA / "mini"
    write_splits(make_splits(), folder)
