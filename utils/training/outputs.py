"""Where the trained translator goes: checked before the first step, never lost after the last.

A disk that had room may be full an hour later. Then the translator goes somewhere else.
"""

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import chain, count
from pathlib import Path
from zipfile import is_zipfile

from utils.system.storage import check_writable, load_safely


def check_outputs(output: Path, checkpoint: Path | None) -> None:
    """Raise ValueError or OSError unless both can be written without overwriting other work."""
    if checkpoint is not None:
        if _are_one_file(output, checkpoint):
            raise ValueError(
                f"{output} cannot hold both the translator and the checkpoint: "
                "give --output or --checkpoint another name."
            )
        check_writable(checkpoint)
    check_writable(output)
    if what := _what_else_is_there(output):
        raise ValueError(f"{output} holds {what}: choose another name for --output.")


def _are_one_file(first: Path, second: Path) -> bool:
    """Tell whether two names lead to the same file, even one that doesn't exist yet."""
    if os.path.realpath(first) == os.path.realpath(second):
        return True
    return first.exists() and second.exists() and first.samefile(second)


def _what_else_is_there(path: Path) -> str | None:
    """Say what a file holds if a translator must not overwrite it; None if it may."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    if not is_zipfile(path):  # torch.save always writes one
        return "something other than a translator"
    content = load_safely(path)
    if "source_words" in content:
        return None
    return "a checkpoint" if "identity" in content else "something other than a translator"


def free_name(path: Path) -> Path:
    """Return `path`, with a number added to its name if it is already taken."""
    names = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
    return next(name for name in chain([path], names) if not os.path.lexists(name))


def save_somewhere(
    save: Callable[[Path], None], path: Path, checkpoint: Path | None
) -> tuple[Path, OSError | None]:
    """Save at `path` or, if that fails, in another folder; return where, and the error, if any.

    It tries the checkpoint's folder, the current folder, the home folder and the one for temporary
    files. Raises OSError if all of them fail.
    """
    try:
        save(path)
        return path, None
    except OSError as error:
        problem = error
    folders = [Path.cwd(), Path(os.path.expanduser("~")), Path(tempfile.gettempdir())]
    if checkpoint is not None:
        folders.insert(0, checkpoint.parent)
    name = f"saved-{time.strftime('%Y-%m-%d-%H%M%S')}-{path.name[-40:]}"
    for folder in folders:
        with suppress(OSError):
            save(folder / name)
            return folder / name, problem
    advice = "it is lost, which --checkpoint would have prevented"
    if checkpoint is not None:
        advice = "free some space, and the same command resumes from the checkpoint"
    raise OSError(f"{problem}. Saving the translator in other folders failed as well: {advice}.")
