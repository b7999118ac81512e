"""Sentence pairs from disk: the shipped mini corpus, Multi30k (downloaded), or your own folder.

`load_corpus` loads a whole corpus, `load_split` one part of a folder. What they cannot read they
refuse as a whole: a `CorpusError` names the file, the line, what is wrong there, and what to do.

Two environment variables concern Multi30k: `MULTI30K_URL`, where to download from, and
`MULTI30K_CACHE`, the folder to keep the files in (see `environment.writable_folder`).
"""

import gzip
import os
import re
import string
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from utils.environment import writable_folder
from utils.grammar import Pair

DATA = Path(__file__).resolve().parent.parent / "data"
CHECKSUMS = DATA / "multi30k.sha256"
MULTI30K_URL = (
    "https://raw.githubusercontent.com/multi30k/dataset/"
    "c40b37b23d6387214f8ab37335b5a8672b9745f2/data/task1/raw/"
)

# A mark is a token of its own; all else is a letter, the hyphen too: a t-shirt is one word.
MARKS = re.sub("[-']", "", string.punctuation) + "„“”‚‘«»‹›…–—¿¡、。，！？：；「」（）"
LETTER = rf"[^\s'’{re.escape(MARKS)}]"
CLITIC = rf"['’](?:s|re|ve|ll|d|m)(?!{LETTER})"
TOKEN = re.compile(
    rf"""
      &\#?[0-9A-Za-z]+;                      # an HTML entity, &amp;
    | {CLITIC}                               # the 's of man's
    | {LETTER}+                              # a word, going on after an inner ...
      (?: (?: (?<=[0-9])[.,](?=[0-9])        # ... point or comma: 10,000
            | (?!{CLITIC})['’]               # ... apostrophe: o'clock
          ) {LETTER}+ )*
      (?: (?<=[sßxz])['’](?!{LETTER}) )?     # the girls' team
    | \.{{2,}}                               # an ellipsis
    | \S                                     # any other mark, alone
    """,
    re.VERBOSE | re.IGNORECASE,
)
CLOSING = re.compile(rf"{CLITIC}|\.+|[,:;!?)\]}}%…/]", re.IGNORECASE)  # no space before
OPENING = frozenset("([{¿¡#$/")  # no space after
QUOTES = {mark: kind for kind in ('"„“”', "'‚‘’", "«»", "‹›") for mark in kind}
LINK = re.compile("([0-9]{1,9})-([0-9]{1,9})")


class CorpusError(ValueError):
    """A corpus cannot be had: unknown, not downloadable, or with a mistake in a file."""


@dataclass(frozen=True, repr=False)
class Corpus:
    """Sentence pairs, split; `long`, where a corpus has it, is longer than anything in `train`."""

    train: Sequence[Pair]
    valid: Sequence[Pair]
    test: Sequence[Pair]
    long: Sequence[Pair] = ()
    name: str = ""

    def __repr__(self) -> str:
        """Show sizes, not sentences."""
        sizes = (f"{len(getattr(self, s)):,} {s}" for s in ("train", "valid", "test", "long"))
        return f"<Corpus {self.name}: {', '.join(sizes)}>"


def tokenize(text: str) -> tuple[str, ...]:
    """Split text into words and punctuation marks, as the regular expression `TOKEN` says.

    Case is kept, Unicode is brought to NFC. Never raises; tokenizing its own tokens joined by
    spaces gives the same tokens. sacreBLEU's 13a reads `detokenize(tokenize(text))` like `text`.
    """
    return tuple(TOKEN.findall(unicodedata.normalize("NFC", text)))


def detokenize(tokens: Iterable[str]) -> str:
    """Join tokens to text as people write it: `the`, `man`, `'s`, `hat`, `.` to `the man's hat.`

    A quotation mark opens if none of its kind is open, otherwise it closes. Never raises.
    """
    pieces, glued, quoted = [], True, set()
    for token in tokens:
        opens, closes = token in OPENING, CLOSING.fullmatch(token) is not None
        if token in QUOTES:
            opens = QUOTES[token] not in quoted
            closes = not opens
            quoted ^= {QUOTES[token]}
        pieces.append(token if glued or closes else f" {token}")
        glued = opens
    return "".join(pieces)


def load_corpus(name_or_folder: str | os.PathLike, progress: bool = False) -> Corpus:
    """Load "mini" (shipped), "multi30k" (downloaded once, lower-cased), or a folder of your own.

    The folder holds {train,valid,test}.{de,en}, a sentence per line, and may hold long.{de,en}.
    A split that also has .align (word numbers from 0, `0-0 1-2`) is taken as tokens separated by
    single spaces; any other split is tokenized. Case is kept; Unicode is brought to NFC. For a
    folder called mini, write "./mini". `progress` shows a bar for each download.
    Raises CorpusError; then nothing has been loaded.
    """
    if name_or_folder == "mini":
        return _load_folder(DATA / "mini", "mini")
    if name_or_folder == "multi30k":
        return _load_multi30k(_fetch_multi30k(progress))
    folder = os.path.expanduser(name_or_folder)
    if os.path.isfile(folder):
        raise CorpusError(f"{folder} is a file; give the folder that holds train.de, train.en, …")
    if not os.path.isdir(folder):
        raise CorpusError(
            f"No corpus {folder!r}: write mini, multi30k, or the path of a folder that holds "
            "train, valid and test, each as .de and .en and, if words are aligned, .align"
        )
    return _load_folder(Path(folder), Path(folder).resolve().name)


def _load_folder(folder: Path, name: str) -> Corpus:
    splits = ["train", "valid", "test"]
    if any((folder / f"long.{end}").exists() for end in ("de", "en", "align")):
        splits.append("long")
    return Corpus(**{split: load_split(folder, split) for split in splits}, name=name)


def load_split(folder: Path, split: str) -> tuple[Pair, ...]:
    """Load one split of a folder, as `load_corpus` loads all of them."""
    german, english, align = (folder / f"{split}.{end}" for end in ("de", "en", "align"))
    if not align.exists():
        return tuple(Pair(tokenize(de), tokenize(en)) for de, en in _read_parallel(german, english))
    pairs = []
    for number, lines in enumerate(_read_parallel(german, english, align), 1):
        source, target = (tuple(line.split()) for line in lines[:2])
        links = _parse_alignment(lines[2], len(source), len(target), f"{align}, line {number}")
        pairs.append(Pair(source, target, links))
    return tuple(pairs)


def _load_multi30k(folder: Path) -> Corpus:
    def load(stem: str) -> tuple[Pair, ...]:
        lines = _read_parallel(folder / f"{stem}.de.gz", folder / f"{stem}.en.gz")
        return tuple(Pair(tokenize(de.lower()), tokenize(en.lower())) for de, en in lines)

    return Corpus(load("train"), load("val"), load("test_2016_flickr"), name="multi30k")


def _read_parallel(*paths: Path) -> Iterable[tuple[str, ...]]:
    """Read two text files, or three with alignments: the lines that belong together, in turn."""
    files = [_read_lines(path, spaced=len(paths) == 3 and path != paths[2]) for path in paths]
    shortest, longest = min(files, key=len), max(files, key=len)
    if len(shortest) < len(longest):
        short, long = (paths[files.index(lines)] for lines in (shortest, longest))
        raise CorpusError(
            f"{long}, line {len(shortest) + 1}: {short.name} has no such line, it ends after "
            f"{len(shortest)} of {len(longest)}; give every file of a split as many lines"
        )
    return zip(*files, strict=True)


def _read_lines(path: Path, spaced: bool = False) -> list[str]:
    """Read lines that end in "\\n" alone; `spaced` ones are tokens between single spaces."""
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    except FileNotFoundError:
        raise CorpusError(f"{path} is missing; add it, one sentence per line") from None
    except OSError as error:
        raise CorpusError(f"{path} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise CorpusError(f"{path}, line {line}: not UTF-8; save the file as UTF-8") from None
    if not text:
        raise CorpusError(f"{path}, line 1: the file is empty; write one sentence per line")
    lines = unicodedata.normalize("NFC", text).removesuffix("\n").split("\n")
    for number, line in enumerate(lines, 1):
        if mistake := _line_mistake(line, spaced):
            raise CorpusError(f"{path}, line {number}: {mistake}")
    return lines


def _line_mistake(line: str, spaced: bool) -> str | None:
    if line.startswith("\ufeff"):
        return "starts with a byte-order mark (BOM); save the file as UTF-8 without BOM"
    if "\r" in line:
        return "has a carriage return (CRLF); save the file with Unix line ends (LF)"
    if not line.strip():
        return "is empty; fill it, or remove it from every file of the split"
    if spaced and line.split() != line.split(" "):
        return "has a space too many or another blank; put one space between aligned tokens"
    return None


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


def _fetch_multi30k(progress: bool) -> Path:
    """Download what is missing or damaged in the cache, and return the cache folder.

    Files that are right stay, even when a later one fails, so that running again goes on.
    """
    base = (os.environ.get("MULTI30K_URL") or MULTI30K_URL).rstrip("/")
    cache = writable_folder("MULTI30K_CACHE", DATA / "multi30k")
    for checksum, name in map(str.split, _read_lines(CHECKSUMS)):
        _fetch(f"{base}/{name}", cache / name, checksum, progress)
    return cache


def _fetch(url: str, path: Path, checksum: str, progress: bool) -> None:
    import pooch  # slow to import, and most readers never download
    from requests import RequestException

    logger, get = pooch.get_logger(), pooch.HTTPDownloader(progressbar=progress, timeout=30)
    level = logger.level
    try:
        logger.setLevel("ERROR")
        pooch.retrieve(url, checksum, path.name, path.parent, downloader=get)
    except RequestException as error:
        reason = getattr(error.response, "status_code", type(error).__name__)
        problem = f"{url} cannot be downloaded ({reason}); check the network and MULTI30K_URL"
    except OSError as error:
        reason = error.strerror or type(error).__name__
        problem = f"{path} cannot be written ({reason}); set MULTI30K_CACHE to another folder"
    except ValueError:
        problem = f"{url} is not the file as published (SHA-256 differs); check MULTI30K_URL"
    else:
        with suppress(OSError):  # pooch lets only the owner read it; a class may share the cache
            path.chmod(0o644)
        return
    finally:
        logger.setLevel(level)
    raise CorpusError(f'Multi30k: {problem}, then run again; load_corpus("mini") needs no network')
