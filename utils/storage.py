"""Files that are written whole or not at all, and read without running code."""

import errno
import glob
import io
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import torch

from utils.failures import explain

try:
    import fcntl
except ImportError:  # on Windows, where nobody can delete a file that is open
    fcntl = None

BLOCK = bytes(1 << 20)


def save_atomically(content: dict[str, Any], path: Path) -> None:
    """Write `content` with `torch.save`; a failure leaves the old file, as in `write_atomically`.

    It is put together in memory first: when torch writes to a disk that gets full, it raises a
    RuntimeError of its own.
    """
    buffer = io.BytesIO()
    torch.save(content, buffer)
    write_atomically(path, lambda file: file.write(buffer.getbuffer()))


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Let `write` fill a new file, then put it at `path`, whose folder is made if it is missing.

    A link stays, and the file that it leads to is replaced. Raises OSError, a sentence that names
    `path`; then the old file is as it was.
    """
    with _explained(path):
        target = _target(path)
        with _new_file(target) as temporary:
            with temporary.open("xb") as file:
                _lock(file)
                write(file)
            if target.exists():
                shutil.copymode(target, temporary)
            os.replace(temporary, target)


def check_writable(path: Path, size: int = 0) -> None:
    """Try what `write_atomically` does, with `size` bytes; raise the OSError that it would raise.

    Nothing of it stays but the folder.
    """
    with _explained(path), _new_file(_target(path)) as temporary, temporary.open("xb") as file:
        _lock(file)
        for _ in range(0, size, len(BLOCK)):
            file.write(BLOCK)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OSError(explain(error, path, "written")) from error


def _target(path: Path) -> Path:
    """Return the file that is written for `path`, in a folder that is there.

    Raises OSError for what a file cannot or must not replace.
    """
    target = Path(os.path.realpath(path))
    if path.is_symlink() and not target.parent.is_dir():
        raise OSError(f"{path} is a link to {target}, whose folder does not exist: make it.")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return target
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "")
    if not stat.S_ISREG(mode):
        raise OSError(f"{path} cannot be written: it is no ordinary file; choose another name")
    if not (mode & 0o222 and os.access(path, os.W_OK)):
        raise PermissionError(errno.EACCES, "")
    return target


@contextmanager
def _new_file(target: Path) -> Iterator[Path]:
    """Yield a name for a file beside `target`, which is gone afterwards unless it was renamed.

    What saves of the same file have left behind that were killed is removed.
    """
    start = f".{target.name[:40]}."  # the whole name, and these letters, could be too long
    for leftover in target.parent.glob(f"{glob.escape(start)}{'[0-9a-f]' * 8}.part"):
        with suppress(OSError):
            with leftover.open("r+b") as file:
                is_dead = _lock(file)
            if is_dead:
                leftover.unlink()
    temporary = target.with_name(f"{start}{secrets.token_hex(4)}.part")
    try:
        yield temporary
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _lock(file: BinaryIO) -> bool:
    """Tell others that a file is being written; return whether nobody else has said so."""
    if fcntl is not None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # also where a disk has no locks: then leftovers stay
            return False
    return True


def write_text_atomically(path: Path, text: str) -> None:
    """Write a text as UTF-8; all of it or nothing."""
    write_bytes_atomically(path, text.encode("utf-8"))


def write_bytes_atomically(path: Path, content: bytes) -> None:
    """Write a file's content; all of it or nothing."""
    write_atomically(path, lambda file: file.write(content))


def load_safely(path: Path, device: str | torch.device = "cpu") -> dict[str, Any]:
    """Read a file of `save_atomically` with `weights_only=True`: tensors, numbers and words only.

    Raises ValueError for a file that is damaged or holds anything else.
    """
    data = io.BytesIO(path.read_bytes())
    try:
        content = torch.load(data, map_location=device, weights_only=True)
    except Exception as error:  # what a damaged file raises depends on where it is damaged
        raise ValueError(f"{path} is damaged or was not written by this project.") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path} was not written by this project.")
    return content
