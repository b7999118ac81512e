"""Load a corpus: the shipped one, Multi30k, or a folder of your own.

What cannot be read is refused as a whole: a `CorpusError` names the file, the line, what is wrong
there, and what to do.

Two environment variables concern Multi30k: `MULTI30K_URL`, where to download from, and
`MULTI30K_CACHE`, the folder to keep the files in (see `environment.writable_folder`). A third,
`CORPUS_INDEX`, names a folder for what `on_disk` writes.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from utils.corpora.download import fetch_multi30k
from utils.corpora.languages import LINKS, check_files, check_languages
from utils.corpora.lines import pair_of, read_parallel
from utils.corpora.on_disk import PairsOnDisk
from utils.corpora.pairs import GERMAN_ENGLISH, Corpus, CorpusError, Pair
from utils.corpora.words import tokenize
from utils.system.environment import writable_folder
from utils.system.limits import check_type
from utils.system.paths import DATA

CHECKSUMS = DATA / "multi30k.sha256"
LARGE = 100_000_000  # bytes of text in a split; mini's words in memory take five times that


def load_corpus(
    name_or_folder: str | os.PathLike,
    progress: bool = False,
    in_memory: bool | None = None,
    languages: Sequence[str] = GERMAN_ENGLISH,
) -> Corpus:
    """Load "mini" (shipped), "multi30k" (downloaded once, lower-cased), or a folder of your own.

    The folder holds {train,valid,test}.{de,en}, a sentence per line, and may hold long.{de,en}; for
    other `languages`, name the source first: ("en", "fr") reads train.en and train.fr. Multi30k has
    those that its checksums list, in both directions. A split that also has .align (source and
    target word, from 0, `0-0 1-2`) is taken as tokens separated by single spaces; any other split
    is tokenized. Case is kept; Unicode is brought to NFC. For a folder called mini, write "./mini".
    A split of more than 100 MB stays on disk, and its pairs are read when asked for; `in_memory`
    says so of all splits of a folder, or of none. `progress` shows a bar for each download, and for
    each large split that is read the first time. Raises CorpusError; then nothing has been loaded.
    """
    check_type("a corpus", name_or_folder, str | os.PathLike, '"mini", "multi30k" or a folder')
    languages = check_languages(languages)
    if name_or_folder == "mini":
        return _load_mini(languages)
    if name_or_folder == "multi30k":
        return _load_multi30k(progress, languages)
    folder = os.path.expanduser(name_or_folder)
    if os.path.isfile(folder):
        raise CorpusError(f"{folder} is a file; give the folder that holds train.de, train.en, …")
    if not os.path.isdir(folder):
        raise CorpusError(
            f"No corpus {folder!r}: write mini, multi30k, or the path of a folder that holds "
            f"train, valid and test, each as {' and '.join(f'.{end}' for end in languages)} and, "
            f"if words are aligned, .{LINKS}"
        )
    return _load_folder(Path(folder), in_memory, progress, languages)


def _load_mini(languages: tuple[str, str]) -> Corpus:
    if languages != GERMAN_ENGLISH:
        raise CorpusError(
            f"mini has links from de to en, not from {' to '.join(languages)}: leave --languages "
            "out, or name multi30k or a folder of your own"
        )
    return _load_folder(DATA / "mini")


def _load_folder(
    folder: Path,
    in_memory: bool | None = None,
    progress: bool = False,
    languages: tuple[str, str] = GERMAN_ENGLISH,
) -> Corpus:
    check_files(folder, languages)
    splits = ["train", "valid", "test"]
    if any((folder / f"long.{end}").exists() for end in (*languages, LINKS)):
        splits.append("long")
    options = (in_memory, progress, languages)
    loaded = {split: load_split(folder, split, *options) for split in splits}
    return Corpus(**loaded, name=folder.resolve().name, languages=languages, folder=folder)


def load_split(
    folder: Path,
    split: str,
    in_memory: bool | None = None,
    progress: bool = False,
    languages: tuple[str, str] = GERMAN_ENGLISH,
) -> Sequence[Pair]:
    """Load one split of a folder, as `load_corpus` loads all of them."""
    paths = [folder / f"{split}.{end}" for end in (*languages, LINKS)]
    if not os.path.lexists(paths[2]):  # a link to nowhere is a mistake, not nothing
        paths.pop()
    if in_memory is None:
        in_memory = sum(path.stat().st_size for path in paths if path.exists()) <= LARGE
    if not in_memory:
        return PairsOnDisk(paths, progress)
    return tuple(pair_of(lines, paths, i) for i, lines in enumerate(read_parallel(*paths), 1))


def _load_multi30k(progress: bool, languages: tuple[str, str]) -> Corpus:
    folder = writable_folder("MULTI30K_CACHE", DATA / "multi30k")
    fetch_multi30k(CHECKSUMS, languages, folder, progress)

    def load(stem: str) -> tuple[Pair, ...]:
        lines = read_parallel(*(folder / f"{stem}.{language}.gz" for language in languages))
        return tuple(Pair(tokenize(one.lower()), tokenize(other.lower())) for one, other in lines)

    train, valid, test = (load(stem) for stem in ("train", "val", "test_2016_flickr"))
    return Corpus(train, valid, test, name="multi30k", languages=languages)
