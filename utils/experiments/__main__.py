"""The command line: run what is missing in data/results/, and write each run down as it ends."""

import argparse

from utils.experiments.studies import STUDIES, run_study
from utils.system.failures import positive, run


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m utils.experiments",
        description="Run the experiments whose results are not in data/results/ yet. Stop with "
        "Ctrl-C: what is finished stays, and the same command goes on from there.",
    )
    parser.add_argument("studies", nargs="*", metavar="study", help=f"some of {', '.join(STUDIES)}")
    parser.add_argument(
        "--workers", type=positive, default=2, help="runs side by side, unless they are timed"
    )
    options = parser.parse_args(arguments)
    options.studies = options.studies or list(STUDIES)
    if unknown := [name for name in options.studies if name not in STUDIES]:
        parser.error(f"no study {unknown[0]!r}: choose some of {', '.join(STUDIES)}.")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    options = parse(arguments)
    try:
        for name in options.studies:
            run_study(name, options.workers)
    except KeyboardInterrupt:
        print("Stopped. What is finished is in data/results/; run it again to go on.")
        return 130
    return 0


if __name__ == "__main__":
    run(main)
