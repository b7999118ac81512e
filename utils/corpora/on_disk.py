"""Pairs that stay on disk: an index says where each line ends, and a pair is read when asked for.

The index is mapped into memory: the system brings in the pages that are read, and drops them when
memory is short. So a corpus may be larger than the memory. The text is read line by line, not
mapped: a mapped file that somebody cuts short takes the whole process down.

The index is made in one pass over the text, which also looks for mistakes: the first line with one
is named, while `load_split` in memory looks at one file after the other. It is kept in the corpus'
own folder, in `index/`, or where the environment variable `CORPUS_INDEX` says (see
`environment.writable_folder`), and made again when the size or the time of a text file has changed,
or when the index itself is damaged. It takes 8 bytes for each line of each file. Its rows, one
number for each file:

    size | time | SHA-256 of the file (4 rows) | 0 | end of line 1 | … | checksum of the others
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from io import FileIO
from itertools import chain, zip_longest
from pathlib import Path
from struct import pack
from typing import overload
from weakref import finalize
from zlib import crc32

import numpy as np
from tqdm import tqdm

from utils.corpora.lines import are_spaced, check_counts, line_of, pair_of, readable, stream_lines
from utils.corpora.pairs import CorpusError, Pair
from utils.corpora.plain import check_kind
from utils.system.environment import writable_folder
from utils.system.storage import write_atomically

BLOCK = 1_000_000  # rows that are looked at together
HEAD = 6  # rows above the first that says where a line ends


class PairsOnDisk(Sequence[Pair]):
    """The pairs of a split, read from its files (source, target, perhaps links) when asked for.

    Raises CorpusError as `load_corpus` does, when it is made, and later when a file has changed
    since. A copy for another process opens the files again.
    """

    def __init__(self, paths: Sequence[Path], progress: bool = False):
        self.paths = tuple(paths)
        index = _open_index(self.paths, progress)
        self._ends = index[HEAD:-1]  # (pairs + 1, files); in the first row, where line 1 begins
        self._digests = index[2:HEAD]
        self._files = [path.open("rb", buffering=0) for path in self.paths]
        for file in self._files:
            finalize(self, file.close)
        self._stamp = index[:2].T.tolist()

    @property
    def digest(self) -> str:
        """What tells these files from others, by every byte they had when the index was made.

        A change since then that leaves a file's size and time as they were goes unnoticed.
        """
        return self._digests.tobytes().hex()

    def longer_than(self, size: int) -> Iterator[int]:
        """Yield the places of all pairs with a sentence of more than `size` bytes."""
        for first in range(0, len(self), BLOCK):
            sizes = np.diff(self._ends[first : first + BLOCK + 1, :2], axis=0)
            yield from (first + np.flatnonzero((sizes > size).any(axis=1))).tolist()

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, item: int) -> Pair: ...
    @overload
    def __getitem__(self, item: slice) -> tuple[Pair, ...]: ...
    def __getitem__(self, item: int | slice) -> Pair | tuple[Pair, ...]:
        wanted = range(len(self))[item]
        if isinstance(wanted, range):
            return tuple(map(self._read_pair, wanted))
        return self._read_pair(wanted)

    def _read_pair(self, wanted: int) -> Pair:
        starts, ends = self._ends[wanted : wanted + 2].tolist()
        pieces = zip(self.paths, self._files, self._stamp, starts, ends, strict=True)
        raws = [_read(*piece) for piece in pieces]
        lines = map(line_of, raws, are_spaced(self.paths))
        return pair_of(tuple(lines), self.paths, wanted + 1)

    def __reduce__(self) -> tuple:
        return PairsOnDisk, (self.paths,)


def _read(path: Path, file: FileIO, stamp: Sequence[int], start: int, end: int) -> bytes:
    """Return some bytes of a file; CorpusError if it is not as it was when the index was made."""
    status = os.fstat(file.fileno())
    if [status.st_size, status.st_mtime_ns] != stamp:
        raise CorpusError(
            f"{path} has changed while it was in use; start again, and leave it alone"
        )
    if hasattr(os, "pread"):  # safe when processes share the open file
        return os.pread(file.fileno(), end - start, start)
    file.seek(start)
    return file.read(end - start)


def _open_index(paths: Sequence[Path], progress: bool) -> np.ndarray:
    """Return the index (HEAD + pairs + 2, files), mapped; make it where there is none that fits."""
    stamp = _stamp(paths)
    path = _index_path(paths)
    if not _fits(path, stamp):
        rows = tqdm(_ends(paths), f"index of {paths[0].stem}", leave=False, disable=not progress)
        numbers = chain(stamp, _hashes(paths), rows)
        try:
            write_atomically(path, lambda file: file.writelines(_with_checksum(numbers)))
        except OSError as error:
            raise CorpusError(f"{error}: set CORPUS_INDEX to another folder") from None
    return _map_index(path, len(paths))


def _index_path(paths: Sequence[Path]) -> Path:
    """Return where the index is kept; corpora that share a folder for it do not collide."""
    places = "\n".join(str(path.resolve()) for path in paths).encode(errors="surrogateescape")
    name = f"{paths[0].stem}-{hashlib.sha256(places).hexdigest()[:12]}.index"
    return writable_folder("CORPUS_INDEX", paths[0].parent / "index") / name


def _fits(path: Path, stamp: np.ndarray) -> bool:
    """Tell whether an index is there, whole, and made of files with this stamp."""
    files = stamp.shape[1]
    if not path.is_file() or path.stat().st_size < 8 * files * (HEAD + 2):
        return False
    if path.stat().st_size % (8 * files):
        return False
    index = _map_index(path, files)
    return np.array_equal(index[:2], stamp) and bool((index[-1] == crc32(index[:-1].data)).all())


def _with_checksum(rows: Iterable[Sequence[int]]) -> Iterator[bytes]:
    """Yield rows as bytes, and a last one, of their checksum."""
    checksum = 0
    row: Sequence[int] = ()
    for row in rows:
        numbers = pack(f"{len(row)}Q", *row)
        checksum = crc32(numbers, checksum)
        yield numbers
    yield pack(f"{len(row)}Q", *[checksum] * len(row))


def _map_index(path: Path, files: int) -> np.ndarray:
    return np.asarray(np.memmap(path, np.uint64, "r")).reshape(-1, files)


def _stamp(paths: Sequence[Path]) -> np.ndarray:
    """Return what tells a changed file: sizes in bytes and times of the last change (2, files)."""
    statuses = []
    for path in paths:
        with readable(path):
            statuses.append(check_kind(path))
    rows = [[s.st_size for s in statuses], [s.st_mtime_ns for s in statuses]]
    return np.array(rows, np.uint64)


def _hashes(paths: Sequence[Path]) -> np.ndarray:
    """Return the SHA-256 of each file, (4, files)."""
    hashes = []
    for path in paths:
        with readable(path), path.open("rb") as file:
            hashes.append(np.frombuffer(hashlib.file_digest(file, "sha256").digest(), np.uint64))
    return np.stack(hashes, axis=1)


def _ends(paths: Sequence[Path]) -> Iterator[tuple[int, ...]]:
    """Read all files of a split in step; yield the bytes where their lines end, 0 first.

    Raises CorpusError at the first mistake.
    """
    files = [
        stream_lines(path, spaced) for path, spaced in zip(paths, are_spaced(paths), strict=True)
    ]
    yield (0,) * len(files)
    for number, entries in enumerate(zip_longest(*files), 1):
        if None in entries:
            left = [sum(1 for _ in file) for file in files]
            there = [number - (entry is None) for entry in entries]
            check_counts(paths, [a + b for a, b in zip(there, left, strict=True)])
        lines, ends = zip(*entries, strict=True)
        if len(paths) == 3:
            pair_of(lines, paths, number)
        yield ends
