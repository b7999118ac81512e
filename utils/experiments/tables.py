"""Results in a CSV file: whole runs only, and under what circumstances each was made."""

import os
import platform
import re
import sys
from collections.abc import Iterable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from utils.system.paths import RESULTS
from utils.system.storage import write_text_atomically


class Table:
    """A CSV file to which runs are added. Rows with equal values of `key` are one run.

    Lines that begin with `# environment` stand above the table: `circumstances` (the command and
    what else matters), the day, versions, the machine. The column environment says which line
    holds for a row.
    """

    def __init__(self, path: Path, key: tuple[str, ...], circumstances: str):
        self.path, self.key, self.circumstances = path, key, circumstances
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        self.environments = re.findall(r"^# environment \d+: (.+)$", text, flags=re.MULTILINE)
        self.rows = read_results(path) if text else pd.DataFrame()
        self.is_written = True

    def done(self) -> set[tuple]:
        """Return the keys of the runs that are there."""
        if self.rows.empty:
            return set()
        return set(self.rows[list(self.key)].itertuples(index=False, name=None))

    def add(self, rows: Iterable[dict[str, Any]]) -> None:
        """Add the rows of a run and rewrite the file: all of it or nothing."""
        here = f"{self.circumstances}; {describe_environment()}"
        if here not in self.environments:
            self.environments.append(here)
        new = pd.DataFrame(rows).assign(environment=self.environments.index(here) + 1)
        self.rows = pd.concat([self.rows, new], ignore_index=True)
        self.is_written = False
        self.write()

    def write(self) -> None:
        """Write what has been added and could not be written yet."""
        if self.is_written:
            return
        lines = [f"# environment {i}: {text}\n" for i, text in enumerate(self.environments, 1)]
        text = "".join(lines) + self.rows.to_csv(index=False, float_format="%.5g")
        write_text_atomically(self.path, text)
        self.is_written = True


def read_results(path: str | Path) -> pd.DataFrame:
    """Read a table of results, given as a path or by its name, such as "quality"."""
    path = RESULTS / f"{path}.csv" if isinstance(path, str) else path
    return pd.read_csv(path, comment="#")


def describe_environment() -> str:
    """Say in one line what numbers may depend on: the day, versions, the machine."""
    packages = [f"{name} {version(name)}" for name in ("torch", "torchtext", "sacrebleu")]
    versions = ", ".join([f"Python {platform.python_version()}", *packages])
    machine = f"{platform.system()} {platform.machine()}, {_processor()}, {os.cpu_count()} cores"
    if torch.cuda.is_available():
        machine += f", {torch.cuda.get_device_name()}"
    return f"{date.today()}; {versions}; {machine}"


def _processor() -> str:
    """Return the processor's name, as far as it can be read without starting a program."""
    information = Path("/proc/cpuinfo")
    if sys.platform == "linux" and information.exists():
        names = re.findall(
            r"^model name\s*: (.+)$", information.read_text("utf-8"), flags=re.MULTILINE
        )
        return names[0] if names else "unknown processor"
    return platform.processor() or "unknown processor"
