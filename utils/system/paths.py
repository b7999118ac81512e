"""Where things lie in the project."""

from utils.system.environment import ROOT

DATA = ROOT / "data"
MODELS, RESULTS = DATA / "models", DATA / "results"
NOTEBOOKS = ROOT / "notebooks"
BUILD = ROOT / "build"  # what commands write, for a person to look at


def check_project() -> None:
    """Raise ImportError where the code has been installed without its data."""
    if not (DATA / "mini").is_dir():
        raise ImportError(
            f"The data of attention-notebooks is not in {ROOT}, since only an editable install "
            "leaves the code beside it: get the whole project, and run `make lab` in its folder.",
            name="utils",
        )
