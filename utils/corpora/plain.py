"""Plain text from files: anything else is refused, and lines end where an editor ends them.

A line ends in "\\n" or "\\r\\n" and in nothing else, so that lines have the numbers that an editor
shows. Nothing here reads more of a line than a sentence may have.
"""

import gzip
import os
import re
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from utils.corpora.pairs import CorpusError

MOST_BYTES = 2**16  # more than any sentence has; what follows in its line is skipped
AS_TEXT = "save it as plain text, UTF-8"
UNPACK = "unpack it first"
# How files begin that are no text: what they are, and what to do.
SIGNATURES = {
    b"\x1f\x8b": ("compressed by gzip", UNPACK),
    b"BZh": ("compressed by bzip2", UNPACK),
    b"\xfd7zXZ": ("compressed by xz", UNPACK),
    b"\x28\xb5\x2f\xfd": ("compressed by zstd", UNPACK),
    b"PK\x03\x04": ("a ZIP archive or an office document", f"unpack it, or {AS_TEXT}"),
    b"\xd0\xcf\x11\xe0": ("an office document", AS_TEXT),
    b"%PDF": ("a PDF", "copy its text into a file of plain text, UTF-8"),
    b"{\\rtf": ("rich text (RTF)", AS_TEXT),
    b"\xff\xfe": ("UTF-16", AS_TEXT),
    b"\xfe\xff": ("UTF-16", AS_TEXT),
    b"\x89PNG": ("a picture", "give a file of text"),
    b"\xff\xd8\xff": ("a picture", "give a file of text"),
    b"<!doctype html": ("a web page (HTML)", AS_TEXT),
    b"<html": ("a web page (HTML)", AS_TEXT),
    b"<?xml": ("XML", AS_TEXT),
}
BOM = b"\xef\xbb\xbf"
STREAM = re.compile(r"/dev/stdin|/(dev|proc/self)/fd/\d+")  # what a shell hands over
KINDS = (
    (stat.S_ISFIFO, "a pipe; write what comes out of it to a file first"),
    (stat.S_ISSOCK, "a socket; name a file"),
    (stat.S_ISCHR, "a device; name a file"),
    (stat.S_ISBLK, "a device; name a file"),
)


@contextmanager
def open_plain(path: Path) -> Iterator[BufferedReader]:
    """Open a file of text, also one packed as .gz; CorpusError if it is anything else.

    Pipes are read only as the shell hands them over, such as /dev/stdin: one with a name of its
    own waits for a program that writes to it, perhaps forever.
    """
    if not STREAM.fullmatch(str(path)):
        check_kind(path)
    with _open(path) as file:
        try:
            beginning = file.peek(16)[:16].removeprefix(BOM).lower()
            for signature, (what, remedy) in SIGNATURES.items():
                if beginning.startswith(signature.lower()):
                    raise CorpusError(f"{path} is no text but {what}; {remedy}")
            yield file
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise CorpusError(
                f"{path} is no whole .gz file; pack it or download it again"
            ) from None


def _open(path: Path) -> BufferedReader:
    if path.suffix == ".gz":
        return BufferedReader(gzip.open(path, "rb"))
    return path.open("rb")


def check_kind(path: Path) -> os.stat_result:
    """Return the status of a file; CorpusError if it is a pipe, a socket or a device."""
    status = path.stat()
    for is_kind, what in KINDS:
        if is_kind(status.st_mode):
            raise CorpusError(f"{path} is {what}")
    return status


def read_raw(file: BufferedReader) -> Iterator[bytes]:
    """Yield the lines of a file, their ends included; of an endless one the first 65,536 bytes."""
    while raw := file.readline(MOST_BYTES):
        yield raw
        while len(raw) == MOST_BYTES and not raw.endswith(b"\n"):
            raw = file.readline(MOST_BYTES)


def text_of(raw: bytes) -> str:
    """Return one line without its end; CorpusError says what is wrong, but not where."""
    cut = len(raw) == MOST_BYTES
    try:
        text = raw.decode("utf-8", "ignore" if cut else "strict").rstrip("\r\n")
    except UnicodeDecodeError:
        raise CorpusError(f"not UTF-8; {AS_TEXT}") from None
    if "\0" in text:
        raise CorpusError(f"has NUL characters, as UTF-16 and programs have; {AS_TEXT}")
    if "\r" in text:
        raise CorpusError(
            "has a carriage return inside (CR), as old Macs ended lines; "
            "save the file with Unix line ends (LF)"
        )
    return text


def check_columns(text: str, number: int) -> None:
    """Raise CorpusError for a row of a table; one stray tab is none, unless in the first line."""
    columns = sum(bool(column.strip()) for column in text.split("\t"))
    if columns > 2 or (columns == 2 and number == 1):
        raise CorpusError(
            f"has {columns} columns between tabs; keep one column, one sentence per line"
        )


def read_sentences(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the number of each line of a text to translate, and the line, which may be empty.

    Raises CorpusError at what is no text, OSError if the file cannot be read.
    """
    with open_plain(path) as file:
        for number, raw in enumerate(read_raw(file), 1):
            try:
                text = text_of(raw)
                if "\t" in text:
                    check_columns(text, number)
            except CorpusError as error:
                raise CorpusError(f"{path}, line {number}: {error}") from None
            yield number, text
