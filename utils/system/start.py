"""What the first cell of every notebook runs, wherever the notebook was opened.

It makes `import utils` find this project, and on Colab and Kaggle it installs missing packages.
Like `environment`, it imports only the standard library and stays readable for an old Python.
"""

import importlib
import re
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace

ENVIRONMENT = Path(__file__).with_name("environment.py")


def begin(hosted: bool) -> None:
    """Get everything ready for the cells that follow; `hosted` means Colab or Kaggle.

    Raises UsageError, which says what is missing and what to do. IPython shows it as one line
    without a traceback, and cancels the cells that are queued.
    """
    from IPython.core.error import UsageError

    environment = SimpleNamespace(**run_path(str(ENVIRONMENT)))
    root = environment.ROOT
    put_first(root)
    project = root / "pyproject.toml"
    if not project.is_file():  # the package was installed without its project
        raise UsageError(environment.find_problems(root)[0])
    text = project.read_text("utf-8")
    problem = environment.python_problem(text)
    if not problem:
        needed = environment.needed_by_cells(text)
        if hosted:
            problem = install(
                [line for line in needed if environment.package_problem(line)], needed
            )
        missing = [name(line) for line in needed if not is_installed(name(line))]
        if missing and not problem:
            problem = f"The kernel lacks {', '.join(missing)}: {environment.remedy(root)}."
    if problem:
        raise UsageError(problem)


def put_first(root: Path) -> None:
    """Make `import utils` find the package in `root`, even after another one was imported."""
    sys.path[:] = [str(root), *(place for place in sys.path if place != str(root))]
    known = sys.modules.get("utils")
    if Path(getattr(known, "__file__", None) or "").resolve().parent != root / "utils":
        for module in [each for each in sys.modules if each.partition(".")[0] == "utils"]:
            del sys.modules[module]
    importlib.invalidate_caches()


def name(requirement: str) -> str:
    """Return a requirement's normalized name: "resvg-py" for "resvg_py>=0.5"."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


def is_installed(package: str) -> bool:
    """Tell whether a package is installed, in any version."""
    try:
        return bool(metadata.version(package))
    except metadata.PackageNotFoundError:
        return False


def install(wanted: "list[str]", needed: "list[str]") -> str:
    """Install what is wanted unless it is in use; leave all else in use or needed as it is.

    A package that the kernel has already imported can't be replaced under it. Returns an error
    message if pip fails, "" otherwise.
    """
    fixed = in_use() | {name(line) for line in needed if is_installed(name(line))}
    fixed -= {name(line) for line in wanted} - in_use()
    wanted = [line for line in wanted if name(line) not in fixed]
    if not wanted:
        return ""
    with tempfile.TemporaryDirectory() as folder:
        pins = Path(folder) / "pins.txt"
        pins.write_text(
            "".join(f"{each}=={metadata.version(each)}\n" for each in sorted(fixed)), "utf-8"
        )
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--constraint", str(pins)]
        try:
            subprocess.check_output([*command, *wanted], stderr=subprocess.STDOUT)
            return ""
        except subprocess.CalledProcessError as error:
            said = error.output.decode(errors="replace").strip().splitlines()
        finally:
            importlib.invalidate_caches()
    names, why = ", ".join(map(name, wanted)), (said or ["it did not say why"])[-1]
    return f"pip could not install {names} ({why}): turn on Internet access for this notebook."


def in_use() -> "set[str]":
    """Return the packages that are already imported, such as "numpy"."""
    owners = metadata.packages_distributions()
    imported = {module.partition(".")[0] for module in sys.modules}
    return {name(package) for module in imported for package in owners.get(module, ())}
