"""Is everything there that the notebooks need? If not, what to do about each thing.

It imports the standard library only, and even an old Python can read it: it must run where
nothing is installed, to say so. What is needed is written once, in pyproject.toml.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]  # here, for no other module can be imported yet
FOLDERS = {"data/mini": "the corpus", "data/models": "the trained translators"}
FRONT_END = "jupyterlab"  # shows notebooks; where a cell runs, something else may do that
ALL_THERE = "Everything is there: Python, the packages, the corpus and the trained translators."


def report(root: Path = ROOT) -> str:
    """Return one sentence a line: what is missing or too old, or that nothing is."""
    return "\n".join(find_problems(root)) or ALL_THERE


def writable_folder(variable: str, usual: Path) -> Path:
    """Return where to keep what is downloaded.

    That is the folder that the environment variable names, or else `usual`, or where a reader may
    not write there and nobody has put anything there either, a folder of the reader's own cache.
    """
    named = os.environ.get(variable)
    if named:
        return Path(named).expanduser()
    is_filled = usual.is_dir() and any(usual.iterdir())
    if is_filled or os.access(usual if usual.is_dir() else usual.parent, os.W_OK):
        return usual
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "attention-notebooks" / usual.name


def find_problems(root: Path = ROOT) -> list[str]:
    """Return a sentence for each thing that is missing or too old, and what to do about it."""
    project = root / "pyproject.toml"
    if not project.is_file():
        return [f"{project} is missing: download the whole project and open the notebook in there."]
    text = project.read_text("utf-8")
    too_old = python_problem(text)
    if too_old:
        return [too_old]
    folders = [
        f"The folder {folder} is missing, which holds {content}: download the project once more."
        for folder, content in FOLDERS.items()
        if not (root / folder).is_dir()
    ]
    packages = [problem for line in needed_by_cells(text) if (problem := package_problem(line))]
    if not is_installed(root):
        packages.append("the project itself is not installed")
    return folders + [f"{problem}: {remedy(root)}." for problem in packages]


def python_problem(text: str) -> str | None:
    """Say so if this Python is older than what pyproject.toml asks for."""
    minimum = re.findall(r'^requires-python = ">=([\d.]+)"', text, re.MULTILINE)[0]
    if sys.version_info >= as_numbers(minimum):
        return None
    return (
        f"Python {sys.version_info[0]}.{sys.version_info[1]} is too old, it must be {minimum} "
        f"or newer: install one and run `make env PYTHON=python{minimum}`, "
        "or with conda `conda env create -f environment.yml`."
    )


def requirements(text: str) -> list[str]:
    """Return the packages that pyproject.toml asks for, such as "torch>=2.6"."""
    import tomllib  # only Python 3.11 and newer have it, and by now this is one

    return tomllib.loads(text)["project"]["dependencies"]


def needed_by_cells(text: str) -> list[str]:
    """Return what the cells of the notebooks need, wherever they are shown."""
    return [line for line in requirements(text) if not line.startswith(FRONT_END)]


def package_problem(requirement: str) -> str | None:
    """Say what is wrong with an installed package, if anything is; "torch>=2.6" or "torch==2.6"."""
    name, relation, needed = re.split("(>=|==)", requirement)
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        return f"{name} is missing"
    if relation == "==" and as_numbers(found) != as_numbers(needed):
        return f"{name} is version {found}, it must be {needed}"
    if as_numbers(found) < as_numbers(needed):
        return f"{name} {found} is too old, it must be {needed} or newer"
    return None


def as_numbers(version: str) -> tuple[int, ...]:
    """Turn "2.6.0+cpu" into (2, 6): whole numbers, so that 2.10 is more than 2.6."""
    numbers = re.findall(r"\d+(?:\.\d+)*", version)[0]
    return tuple(int(number) for number in re.sub(r"(\.0+)+$", "", numbers).split("."))


def is_installed(root: Path) -> bool:
    """Tell whether `import utils` finds the code of this project and no other."""
    found = importlib.util.find_spec("utils")
    if found is None or found.origin is None:
        return False
    return Path(found.origin).resolve() == (root / "utils" / "__init__.py").resolve()


def remedy(root: Path) -> str:
    """Say how to install what is missing, for the kind of Python that runs this."""
    own, prefix = root / ".venv", Path(sys.prefix)
    if prefix.resolve() == own.resolve():
        return "run `make -B env` in the project's folder, then restart the kernel"
    if own.is_dir():
        return "this kernel is not the project's Python; start with `make lab`, or choose .venv"
    if (prefix / "conda-meta").is_dir():
        return (
            "run `conda env update -f environment.yml` in the project's folder and "
            "`conda activate attention-notebooks`, then start `jupyter lab` again"
        )
    return "run `make env` in the project's folder, then start with `make lab`"
