"""Lines of text files, checked, and the pairs that they make.

A mistake becomes a `CorpusError` that names the file, the line, what is wrong, and what to do.
"""

import gzip
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from utils.corpora.words import tokenize
from utils.failures import explain
from utils.pairs import Pair

LINK = re.compile("([0-9]{1,9})-([0-9]{1,9})")
NOT_UTF8 = "not UTF-8; save the file as UTF-8"
NOTHING = "line 1: the file is empty; write one sentence per line"


class CorpusError(ValueError):
    """A corpus cannot be had: unknown, not downloadable, or with a mistake in a file."""


def read_parallel(*paths: Path) -> Iterable[tuple[str, ...]]:
    """Read two text files, or three with alignments: the lines that belong together, in turn."""
    files = [
        read_lines(path, spaced) for path, spaced in zip(paths, are_spaced(paths), strict=True)
    ]
    check_counts(paths, [len(lines) for lines in files])
    return zip(*files, strict=True)


def read_lines(path: Path, spaced: bool = False) -> list[str]:
    """Read lines that end in "\\n" alone; `spaced` ones are tokens between single spaces."""
    with readable(path):
        raw = path.read_bytes()
        raw = gzip.decompress(raw) if path.suffix == ".gz" else raw
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise CorpusError(f"{path}, line {line}: {NOT_UTF8}") from None
    if not text:
        raise CorpusError(f"{path}, {NOTHING}")
    lines = unicodedata.normalize("NFC", text).removesuffix("\n").split("\n")
    for number, line in enumerate(lines, 1):
        check_line(line, spaced, path, number)
    return lines


def stream_lines(path: Path, spaced: bool = False) -> Iterator[tuple[str, int]]:
    """Yield what `read_lines` returns, line by line, each with the byte where it ends."""
    end = 0
    with readable(path), path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            try:
                line = text_of(raw)
            except UnicodeDecodeError:
                raise CorpusError(f"{path}, line {number}: {NOT_UTF8}") from None
            check_line(line, spaced, path, number)
            end += len(raw)
            yield line, end
    if not end:
        raise CorpusError(f"{path}, {NOTHING}")


def text_of(raw: bytes) -> str:
    """Return the text of one line, in NFC; UnicodeDecodeError if it is not UTF-8."""
    return unicodedata.normalize("NFC", raw.decode("utf-8").removesuffix("\n"))


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Say what to do about a file that cannot be read."""
    try:
        yield
    except FileNotFoundError:
        raise CorpusError(f"{path} is missing; add it, one sentence per line") from None
    except OSError as error:
        raise CorpusError(explain(error, path)) from None


def are_spaced(paths: Sequence[Path]) -> list[bool]:
    """Tell which files of a split hold tokens between single spaces: those with an alignment."""
    return [len(paths) == 3 and path != paths[2] for path in paths]


def check_counts(paths: Sequence[Path], counts: Sequence[int]) -> None:
    """Raise CorpusError unless all files of a split have the same number of lines."""
    shortest, longest = min(counts), max(counts)
    if shortest < longest:
        short, long = (paths[counts.index(count)] for count in (shortest, longest))
        raise CorpusError(
            f"{long}, line {shortest + 1}: {short.name} has no such line, it ends after "
            f"{shortest} of {longest}; give every file of a split as many lines"
        )


def check_line(line: str, spaced: bool, path: Path, number: int) -> None:
    """Raise CorpusError if a line, which is `number` in the file, has a mistake."""
    if mistake := _mistake(line, spaced):
        raise CorpusError(f"{path}, line {number}: {mistake}")


def _mistake(line: str, spaced: bool) -> str | None:
    if line.startswith("\ufeff"):
        return "starts with a byte-order mark (BOM); save the file as UTF-8 without BOM"
    if line.endswith("\r"):
        return "has a carriage return (CRLF); save the file with Unix line ends (LF)"
    if "\r" in line:
        return "has a carriage return inside (CR); end lines with LF alone, and put none in a line"
    if not line.strip():
        return "is empty; fill it, or remove it from every file of the split"
    if spaced and line.split() != line.split(" "):
        return "has a space too many or another blank; put one space between aligned tokens"
    return None


def pair_of(lines: Sequence[str], paths: Sequence[Path], number: int) -> Pair:
    """Make the pair of line `number`: from two lines of text, or two of tokens and their links.

    Raises CorpusError when the links make no sense.
    """
    if len(lines) == 2:
        return Pair(tokenize(lines[0]), tokenize(lines[1]))
    source, target = (tuple(line.split()) for line in lines[:2])
    where = f"{paths[2]}, line {number}"
    return Pair(source, target, _parse_alignment(lines[2], len(source), len(target), where))


def _parse_alignment(line: str, source: int, target: int, where: str) -> frozenset[tuple[int, int]]:
    """Parse `0-0 1-2`, in a pair of `source` and `target` words, found at `where`."""
    links = set()
    for entry in line.split():
        match = LINK.fullmatch(entry)
        if match is None:
            raise CorpusError(f"{where}: {entry[:30]!r} is no link; write links such as 0-0 1-2")
        link = int(match[1]), int(match[2])
        if link[0] >= source or link[1] >= target:
            raise CorpusError(
                f"{where}: {entry} points outside its sentences of {source} and {target} words; "
                "write source-target, both counted from 0"
            )
        links.add(link)
    return frozenset(links)
