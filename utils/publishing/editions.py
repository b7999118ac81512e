"""Read the notebooks, and write what is made from them where people work: `build/` or elsewhere.

Whatever a person put into such a folder, or changed there, stays as it is.
"""

import argparse
import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from utils.system.failures import expand
from utils.system.paths import BUILD, ROOT
from utils.system.storage import check_writable, write_bytes_atomically, write_text_atomically

WRITTEN = ".written.json"  # in such a folder: what the command wrote, with a digest of each file


def choose_folder(
    command: str, name: str, what: str, arguments: Sequence[str] | None = None
) -> Path:
    """Read the command line of a command that writes `what`; return the folder to write to.

    That is `name` in build/, or in the folder named on the command line. Raises OSError, before
    any work is done, if nothing can be written there.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {command}", description=what)
    parser.add_argument(
        "folder",
        nargs="?",
        type=expand,
        default=BUILD,
        help=f"the folder to write {name}/ into; without it, build/",
    )
    folder = parser.parse_args(arguments).folder / name
    try:
        check_writable(folder / WRITTEN)
    except OSError as error:
        remedy = f"Name another place for it, as in: .venv/bin/python -m {command} FOLDER"
        problem = str(error).replace(f"{os.sep}{WRITTEN}", "").removesuffix(".")
        raise OSError(f"{problem}. {remedy}") from error
    return folder


def read_notebook(path: Path) -> NotebookNode:
    """Return the notebook at `path`; ValueError if it is not one, say with marks of a merge."""
    try:
        return nbformat.read(path, as_version=4)
    except OSError:
        raise
    except Exception as error:  # what nbformat raises depends on what is in the file
        raise ValueError(f"{path} is not a notebook: repair it, or restore it from git.") from error


def write_edition(files: Iterable[tuple[str, bytes]], folder: Path) -> list[str]:
    """Write files by their names; return a line about those that were kept, if there are any.

    A file that is no longer as an earlier run wrote it belongs to whoever changed it, and is kept.
    What an earlier run wrote and this one does not is removed, unless it was changed.
    """
    before, kept = _read_list(folder), []
    now: dict[str, str | None] = {}
    try:
        for name, content in files:
            digest = hashlib.sha256(content).hexdigest()
            if _may_replace(folder / name, {digest, before.get(name)}):
                write_bytes_atomically(folder / name, content)
                now[name] = digest
            else:
                now[name] = before.get(name)
                kept.append(name)
        for name in before.keys() - now.keys():
            if _may_replace(folder / name, {before.pop(name)}):
                (folder / name).unlink(missing_ok=True)
    finally:
        write_text_atomically(folder / WRITTEN, json.dumps(before | now, indent=1))
    if not kept:
        return []
    return [f"Kept as you have them: {', '.join(kept)}. Move them away to get new ones."]


def shown(path: Path) -> str:
    """Return a path as one types it in the project's folder."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def _read_list(folder: Path) -> dict[str, str | None]:
    """Return what the last run wrote; if its list is damaged, nothing, so that all is kept."""
    try:
        written = json.loads((folder / WRITTEN).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return written if isinstance(written, dict) else {}


def _may_replace(path: Path, digests: set[str | None]) -> bool:
    """Tell whether there is nothing at `path`, or a file with one of these digests."""
    if not os.path.lexists(path):
        return True
    if path.is_symlink() or not path.is_file():
        return False
    return hashlib.sha256(path.read_bytes()).hexdigest() in digests
