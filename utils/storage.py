"""Files that are written whole or not at all, and read without running code."""

import io
import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import torch

from utils.failures import explain

FORMAT = 2  # of checkpoints and translators; those without a number are of format 1
POINTER = b"version https://git-lfs"  # what Git LFS leaves in the place of a large file


def save_atomically(content: dict[str, Any], path: Path) -> None:
    """Write `content` with `torch.save`; an interruption leaves the old file as it was."""
    write_atomically(path, lambda file: torch.save(content, file))


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Let `write` fill a new file, then put it at `path`, whose folder is made if it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_text_atomically(path: Path, text: str) -> None:
    """Write a text as UTF-8; all of it or nothing."""
    write_atomically(path, lambda file: file.write(text.encode("utf-8")))


def load_safely(path: Path) -> dict[str, Any]:
    """Read a file of `save_atomically` with `weights_only=True`: tensors, numbers and words only.

    Raises ValueError for a file that is damaged, by a single bit even, or holds anything else, and
    OSError for one that cannot be read.
    """
    data = _read(path)
    try:
        _check_parts(data)
        content = torch.load(data, map_location="cpu", weights_only=True)
    except Exception as error:  # what a damaged file raises depends on where it is damaged
        raise ValueError(
            f"{path} is damaged or was not written by this project: "
            "use another copy of it, or train again."
        ) from error
    if not isinstance(content, dict):
        raise ValueError(f"{path} was not written by this project: use another file.")
    return content


def _read(path: Path) -> io.BytesIO:
    """Return the bytes of an archive; of another file, the first ones."""
    if path.exists() and not path.is_file():
        raise ValueError(f"{path} is a folder or a device: name a file.")
    try:
        with path.open("rb") as file:
            start = file.read(len(POINTER))
            rest = file.read() if start.startswith(b"PK") else b""
    except OSError as error:
        raise type(error)(explain(error, path)) from error
    if start == POINTER:
        raise ValueError(f"{path} stands for a file that Git LFS keeps: run `git lfs pull`.")
    return io.BytesIO(start + rest)


def _check_parts(data: io.BytesIO) -> None:
    """Raise ValueError unless each part of an archive fits the checksum that is written with it.

    torch writes the checksums, but does not look at them.
    """
    with zipfile.ZipFile(data) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > data.getbuffer().nbytes or archive.testzip() is not None:
            raise ValueError("a part is not what was written")
    data.seek(0)


def check_format(content: dict[str, Any], path: Path, oldest: int = 1) -> None:
    """Raise ValueError for a file of an older version of this project than can be read, or a newer.

    Files without a number are of format 1.
    """
    found = content.get("format", 1)
    if found in range(oldest, FORMAT + 1):
        return
    if found in range(oldest):
        raise ValueError(
            f"{path} was written by an older version of this project: use that version, or choose "
            "another file and train again."
        )
    raise ValueError(f"{path} was written by a newer version of this project: update this one.")
