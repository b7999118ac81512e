"""Check that everything the notebooks need is installed, and say how to fix what isn't.

This module imports only the standard library and stays readable for an old Python, because it
has to run where nothing is installed. The requirements come from pyproject.toml.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]  # defined here: no other module can be imported yet
FOLDERS = {"data/mini": "the corpus", "data/models": "the trained translators"}
FRONT_END = "jupyterlab"  # only displays notebooks; Colab or VS Code can do that instead
ALL_THERE = "Everything is there: Python, the packages, the corpus and the trained translators."


def report(root: Path = ROOT) -> str:
    """Return one line for each problem, or a line that says there are none."""
    return "\n".join(find_problems(root)) or ALL_THERE


def writable_folder(variable: str, usual: Path) -> Path:
    """Return the folder for downloads.

    The environment variable comes first. Otherwise it's `usual`, unless that folder is empty and
    read-only: then downloads go to the user's own cache.
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
    """Return a sentence for each thing that is missing or too old, with its remedy."""
    project = root / "pyproject.toml"
    if not project.is_file():
        return [f"{project} is missing: download the whole project and open the notebook there."]
    text = project.read_text("utf-8")
    too_old = python_problem(text)
    if too_old:
        return [too_old]
    folders = [
        f"The folder {folder}, which holds {content}, is missing: download the project again."
        for folder, content in FOLDERS.items()
        if not (root / folder).is_dir()
    ]
    packages = [problem for line in needed_by_cells(text) if (problem := package_problem(line))]
    if not is_installed(root):
        packages.append("the project itself is not installed")
    return folders + [f"{problem}: {remedy(root)}." for problem in packages]


def python_problem(text: str) -> str | None:
    """Return what to do if this Python is older than pyproject.toml requires, or None."""
    minimum = re.findall(r'^requires-python = ">=([\d.]+)"', text, re.MULTILINE)[0]
    if sys.version_info >= as_numbers(minimum):
        return None
    return (
        f"Python {sys.version_info[0]}.{sys.version_info[1]} is too old: install {minimum} or "
        f"newer and run `make env PYTHON=python{minimum}`, "
        "or with conda, `conda env create -f environment.yml`."
    )


def requirements(text: str) -> list[str]:
    """Return the packages that pyproject.toml requires, such as "torch>=2.6"."""
    import tomllib  # new in Python 3.11; `python_problem` has checked the version by now

    return tomllib.loads(text)["project"]["dependencies"]


def needed_by_cells(text: str) -> list[str]:
    """Return the packages that the cells themselves import, whatever displays the notebook."""
    return [line for line in requirements(text) if not line.startswith(FRONT_END)]


def package_problem(requirement: str) -> str | None:
    """Return what is wrong with a package, or None; takes "torch>=2.6" or "torch==2.6"."""
    name, relation, needed = re.split("(>=|==)", requirement)
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        return f"{name} is missing"
    if relation == "==" and as_numbers(found) != as_numbers(needed):
        return f"{name} is version {found} but must be {needed}"
    if as_numbers(found) < as_numbers(needed):
        return f"{name} {found} is too old and must be {needed} or newer"
    return None


def as_numbers(version: str) -> tuple[int, ...]:
    """Turn "2.6.0+cpu" into (2, 6): as numbers, so that 2.10 is newer than 2.6."""
    numbers = re.findall(r"\d+(?:\.\d+)*", version)[0]
    return tuple(int(number) for number in re.sub(r"(\.0+)+$", "", numbers).split("."))


def is_installed(root: Path) -> bool:
    """Tell whether `import utils` finds this project's code and no other."""
    found = importlib.util.find_spec("utils")
    if found is None or found.origin is None:
        return False
    return Path(found.origin).resolve() == (root / "utils" / "__init__.py").resolve()


def remedy(root: Path) -> str:
    """Say how to install what is missing into the kind of Python that runs this."""
    own, prefix = root / ".venv", Path(sys.prefix)
    if prefix.resolve() == own.resolve():
        return "run `make -B env` in the project's folder, then restart the kernel"
    if own.is_dir():
        return "this kernel isn't the project's Python; start with `make lab`, or choose .venv"
    if (prefix / "conda-meta").is_dir():
        return (
            "run `conda env update -f environment.yml` in the project's folder and "
            "`conda activate attention-notebooks`, then start `jupyter lab` again"
        )
    return "run `make env` in the project's folder, then start with `make lab`"
