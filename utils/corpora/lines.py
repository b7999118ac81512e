"""Lines of text files, checked, and the pairs that they make.

A mistake becomes a `CorpusError` that names the file, the line, what is wrong, and what to do.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from utils.corpora.pairs import CorpusError, Pair
from utils.corpora.plain import check_columns, open_plain, read_raw, text_of
from utils.corpora.words import SPECIAL, VISIBLE, normalize, tokenize
from utils.system.failures import explain
from utils.system.sizes import MOST_LETTERS, MOST_READ

LINK = re.compile("([0-9]{1,9})([-?])([0-9]{1,9})")
SURE, POSSIBLE = "-", "?"  # what stands between the two numbers of a link
LINKS = "align"  # the end of the third file of a split


def read_parallel(*paths: Path) -> Iterable[tuple[str, ...]]:
    """Read two text files, or three with alignments: the lines that belong together, in turn."""
    files = [
        read_lines(path, spaced) for path, spaced in zip(paths, are_spaced(paths), strict=True)
    ]
    check_counts(paths, [len(lines) for lines in files])
    return zip(*files, strict=True)


def read_lines(path: Path, spaced: bool = False) -> list[str]:
    """Return all that `stream_lines` yields; `spaced` lines are tokens between single spaces."""
    with readable(path), open_plain(path) as file:
        raw = file.read()
    with suppress(UnicodeDecodeError):
        text = normalize(raw.decode("utf-8")) if spaced else raw.decode("utf-8")
        lines = text.removesuffix("\n").split("\n")
        short = path.suffix == f".{LINKS}" or max(map(len, lines)) <= MOST_READ
        if short and is_usual(text, spaced) and all(map(VISIBLE.search, lines)):
            return lines
    return [line for line, _ in stream_lines(path, spaced)]


def is_usual(text: str, spaced: bool) -> bool:
    """Tell whether no line of a text has any character that `stream_lines` might refuse.

    Most files are so, and it saves looking at each line.
    """
    if not text.replace("\n", "").isprintable():
        return False
    return not spaced or not any(odd in f"\n{text}\n" for odd in ("  ", " \n", "\n ", "<"))


def stream_lines(path: Path, spaced: bool = False) -> Iterator[tuple[str, int]]:
    """Yield the lines of a file, checked, each with the byte where it ends."""
    end = 0
    with readable(path), open_plain(path) as file:
        for number, raw in enumerate(read_raw(file), 1):
            try:
                line = line_of(raw, spaced)
                check_line(line, spaced, number, path.suffix != f".{LINKS}")
            except CorpusError as error:
                raise CorpusError(f"{path}, line {number}: {error}") from None
            end += len(raw)
            yield line, end
    if not end:
        raise CorpusError(f"{path}, line 1: the file is empty; write one sentence per line")


def line_of(raw: bytes, spaced: bool) -> str:
    """Return a line as `stream_lines` does; text is normalized later, when it is tokenized."""
    text = text_of(raw)
    return normalize(text) if spaced else text


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


def check_line(line: str, spaced: bool, number: int, is_text: bool = True) -> None:
    """Raise CorpusError if a line, which is `number` in its file, has a mistake."""
    if not VISIBLE.search(line):
        raise CorpusError("is empty; fill it, or remove it from every file of the split")
    if is_text and len(line) > MOST_READ:
        check_length(line, spaced)
    if spaced:
        check_tokens(line)
    if "\t" in line:
        check_columns(line, number)


def check_length(line: str, spaced: bool) -> None:
    """Raise CorpusError if a line has more characters, or more words, than a sentence may have."""
    size = f"more than {MOST_LETTERS:,} characters,"
    if len(line) <= MOST_LETTERS:
        words = len(line.split() if spaced else tokenize(line))
        if words <= MOST_READ:
            return
        size = f"{words:,} words: {MOST_READ:,} are"
    raise CorpusError(
        f"has {size} the most that a sentence may have; "
        "shorten it, or remove it from every file of the split"
    )


def check_tokens(line: str) -> None:
    """Raise CorpusError unless a line holds tokens between single spaces, and no marks."""
    odd = not line.isprintable() or "  " in line or " " in (line[0], line[-1])
    if odd and line.split() != line.split(" "):
        raise CorpusError(
            "has a space too many or another blank; put one space between aligned tokens"
        )
    if "<" in line and (mark := SPECIAL.search(line)):
        raise CorpusError(f"has {mark[0]}, a mark of the vocabularies; write it in another way")


def pair_of(lines: Sequence[str], paths: Sequence[Path], number: int) -> Pair:
    """Make the pair of line `number`: from two lines of text, or two of tokens and their links.

    Raises CorpusError when the links make no sense.
    """
    if len(lines) == 2:
        return Pair(tokenize(lines[0]), tokenize(lines[1]))
    source, target = (tuple(line.split()) for line in lines[:2])
    where = f"{paths[2]}, line {number}"
    return Pair(source, target, parse_links(lines[2], len(source), len(target), where)[SURE])


def parse_links(
    line: str, source: int, target: int, where: str, kinds: str = SURE
) -> dict[str, frozenset[tuple[int, int]]]:
    """Parse `0-0 1-2`, in a pair of `source` and `target` words, found at `where`.

    Returns the links of each of the `kinds`; in a corpus all are sure. Raises CorpusError.
    """
    links: dict[str, set[tuple[int, int]]] = {kind: set() for kind in kinds}
    for entry in line.split():
        match = LINK.fullmatch(entry)
        if match is None or match[2] not in kinds:
            example = f"0{kinds[0]}0 1{kinds[-1]}2"
            raise CorpusError(f"{where}: {entry[:30]!r} is no link; write links such as {example}")
        link = int(match[1]), int(match[3])
        if link[0] >= source or link[1] >= target:
            raise CorpusError(
                f"{where}: {entry} points outside its sentences of {source} and {target} words; "
                "write source-target, both counted from 0"
            )
        links[match[2]].add(link)
    return {kind: frozenset(found) for kind, found in links.items()}
