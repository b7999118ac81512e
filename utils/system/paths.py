"""Where things are in the project."""

from utils.system.environment import ROOT

DATA = ROOT / "data"
MODELS, RESULTS = DATA / "models", DATA / "results"
NOTEBOOKS = ROOT / "notebooks"
BUILD = ROOT / "build"  # pages, slides and the like, written by commands
RUNS = ROOT / "runs"  # checkpoints and what experiments keep between runs; never committed


def check_project() -> None:
    """Raise ImportError if the code was installed without its data."""
    if not (DATA / "mini").is_dir():
        raise ImportError(
            f"The data of attention-notebooks is not in {ROOT}, because only an editable install "
            "keeps the code beside it: get the whole project, and run `make lab` in its folder.",
            name="utils",
        )
