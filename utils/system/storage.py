"""Files written atomically, and read without running code."""

import errno
import glob
import io
import os
import secrets
import shutil
import stat
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import torch

from utils.system.failures import explain

if sys.platform != "win32":  # Windows needs no lock: it refuses to delete an open file
    import fcntl

NAME_SIZES = 26  # offset, in an archive member's header, of the lengths of what follows it
BLOCK = bytes(1 << 20)
FORMAT = 2  # version of the checkpoint and translator files
POINTER = b"version https://git-lfs"  # what Git LFS leaves in place of a large file


def save_atomically(content: dict[str, Any], path: Path) -> None:
    """Write `content` with `torch.save`; on failure the old file stays, as in `write_atomically`.

    It is serialized in memory first, because torch raises a RuntimeError of its own when the disk
    fills up.
    """
    buffer = io.BytesIO()
    torch.save(content, buffer)
    write_atomically(path, lambda file: file.write(buffer.getbuffer()))


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Let `write` fill a temporary file, then move it to `path`, creating the folder if needed.

    A symbolic link stays, and the file it points to is replaced. Raises OSError with a sentence
    that names `path`, and leaves the old file as it was.
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
    """Try out `write_atomically` with `size` bytes, and raise the OSError that it would raise.

    Nothing remains but the folder.
    """
    with _explained(path), _new_file(_target(path)) as temporary, temporary.open("xb") as file:
        _lock(file)
        for done in range(0, size, len(BLOCK)):
            file.write(BLOCK[: size - done])


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OSError(explain(error, path, "written")) from error


def _target(path: Path) -> Path:
    """Return the file to write for `path`, with links resolved and its folder created.

    Raises OSError for anything that a file can't or mustn't replace.
    """
    target = Path(os.path.realpath(path))
    if path.is_symlink() and not target.parent.is_dir():
        raise OSError(f"{path} is a link to {target}, whose folder does not exist: create it.")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return target
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "")
    if not stat.S_ISREG(mode):
        raise OSError(f"{path} cannot be written: it is not a regular file; choose another name")
    if not (mode & 0o222 and os.access(path, os.W_OK)):
        raise PermissionError(errno.EACCES, "")
    return target


@contextmanager
def _new_file(target: Path) -> Iterator[Path]:
    """Yield a name for a temporary file beside `target`; delete it afterwards unless renamed.

    First delete what earlier saves of the same file left behind when they were killed.
    """
    start = f".{target.name[:40]}."  # the whole name plus this suffix could be too long
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
    """Lock a file while it is being written; return False if another process holds the lock."""
    if sys.platform != "win32":
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # also raised on disks without locks, where leftovers stay
            return False
    return True


def write_text_atomically(path: Path, text: str) -> None:
    """Write text as UTF-8, all of it or nothing."""
    write_bytes_atomically(path, text.encode("utf-8"))


def write_bytes_atomically(path: Path, content: bytes) -> None:
    """Write a file's content, all of it or nothing."""
    write_atomically(path, lambda file: file.write(content))


def load_safely(path: Path) -> dict[str, Any]:
    """Read a file from `save_atomically` with `weights_only=True`: tensors, numbers, strings only.

    Raises ValueError if the file is damaged, even by a single bit, or holds anything else, and
    OSError if it can't be read.
    """
    data = _read(path)
    try:
        _check_parts(data)
        content = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as error:  # what a damaged file raises depends on where it is damaged
        raise ValueError(
            f"{path} is damaged or was not written by this project: "
            "use another copy of it, or train again."
        ) from error
    if not isinstance(content, dict):
        raise ValueError(f"{path} was not written by this project: use another file.")
    return content


def _read(path: Path) -> bytes:
    """Return the bytes of an archive; of any other file, which may be large, only the first few."""
    if path.exists() and not path.is_file():
        raise ValueError(f"{path} is a folder or a device: name a file.")
    try:
        with path.open("rb", buffering=0) as file:  # a buffer would add a copy
            start = file.read(len(POINTER))
            if start.startswith(b"PK"):
                file.seek(0)
                return file.readall()
    except OSError as error:
        raise type(error)(explain(error, path)) from error
    if start == POINTER:
        raise ValueError(f"{path} is only a Git LFS pointer to the file: run `git lfs pull`.")
    return start


def _check_parts(data: bytes) -> None:
    """Raise ValueError unless each member of an archive matches its checksum.

    torch writes the checksums but never verifies them.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
    if sum(part.file_size for part in parts) > len(data):
        raise ValueError("it would unpack to more than its own size")
    for part in parts:  # what `testzip` does, in half the time, since nothing is compressed
        names = struct.unpack_from("<2H", data, part.header_offset + NAME_SIZES)
        start = part.header_offset + NAME_SIZES + 4 + sum(names)
        if zlib.crc32(memoryview(data)[start : start + part.file_size]) != part.CRC:
            raise ValueError(f"{part.filename} does not match its checksum")


def check_format(content: dict[str, Any], path: Path) -> None:
    """Raise ValueError for a file from another version of this project, or another program."""
    number = content.get("format", 0)
    if type(number) is not int or number > FORMAT:  # an odd value may come from a newer version
        raise ValueError(f"{path} was written by a newer version of this project: update this one.")
    if number < FORMAT:
        raise ValueError(
            f"{path} was written by an older version of this project, or by another program: "
            "use another file, or train again."
        )
