"""`python -m utils.corpora.grammar [folder]` writes the shipped corpus, by default to data/mini."""

import argparse
from collections.abc import Sequence

from utils.corpora.grammar import make_splits, write_splits
from utils.system.failures import expand, explain, run
from utils.system.paths import DATA
from utils.system.storage import check_writable

SHIPPED = DATA / "mini"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the corpus; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m utils.corpora.grammar", description="Write the shipped corpus."
    )
    parser.add_argument("folder", nargs="?", type=expand, default=SHIPPED, help="another place")
    folder = parser.parse_args(arguments).folder
    if folder.resolve() != SHIPPED.resolve() and folder.is_dir() and any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty: name a new folder, so that nothing is lost.")
    check_writable(folder / "train.de")  # before the work, which takes seconds
    splits = make_splits()
    try:
        write_splits(splits, folder)
    except OSError as error:
        raise OSError(explain(error, folder, "written")) from error
    return 0


if __name__ == "__main__":
    run(main)
