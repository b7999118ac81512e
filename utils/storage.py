"""Files that are written whole or not at all, and read without running code."""

import io
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import torch

from utils.failures import explain


def save_atomically(content: dict[str, Any], path: Path) -> None:
    """Write `content` with `torch.save`; an interruption leaves the old file as it was."""
    write_atomically(path, lambda file: torch.save(content, file))


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Let `write` fill a new file, then put it at `path`, whose folder is made if it is missing.

    Who may read it is decided by the umask, or as it was if the file has been there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with temporary.open("xb") as file:  # unlike those of `tempfile`, with the umask's rights
            write(file)
        if path.exists():
            shutil.copymode(path, temporary)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def check_writable(path: Path) -> None:
    """Raise the OSError that `write_atomically` would raise; nothing stays but the folder."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path.parent).close()
    except OSError as error:
        raise OSError(explain(error, path, "written")) from error


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
