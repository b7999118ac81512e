"""The two languages of a corpus: the ends of its files' names, such as `de`, and what to call them.

A pair of languages is (source, target): what is read, and what is written.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from utils.corpora.lines import LINKS
from utils.corpora.pairs import CorpusError

NAMES = {
    "cs": "Czech",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
}


def language_name(code: str) -> str:
    """Return what to call a language: "German" for "de"; one without an entry keeps its code."""
    return NAMES.get(code, code)


def check_languages(languages: Sequence[str]) -> tuple[str, str]:
    """Return the languages as a pair; CorpusError if they are no two ends of files' names."""
    codes = [languages] if isinstance(languages, str) else list(languages)
    well_formed = all(re.fullmatch(r"\w[\w-]*", code) and code != LINKS for code in codes)
    if len(codes) != 2 or codes[0] == codes[1] or not well_formed:
        raise CorpusError(
            f"{' '.join(codes)!r} is not a pair of languages: give the two ends of the files' "
            "names, source first, such as de en for train.de and train.en"
        )
    return codes[0], codes[1]


def check_files(folder: Path, languages: tuple[str, str]) -> None:
    """Raise CorpusError if a folder holds text, but of other languages than these."""
    found = {path.suffix[1:] for path in folder.glob("train.*")} - {LINKS}
    if len(found) >= 2 and not found.issuperset(languages):
        source, target = _nearest(languages, sorted(found))
        raise CorpusError(
            f"{folder} holds train in {', '.join(sorted(found))}, and was asked for "
            f"{' and '.join(languages)}; name two of them, source first: "
            f'--languages {source} {target}, or in Python languages=("{source}", "{target}")'
        )


def _nearest(wanted: tuple[str, str], found: list[str]) -> list[str]:
    """Return two of the languages that were found, those wanted in their place."""
    others = (code for code in found if code not in wanted)
    return [code if code in found else next(others) for code in wanted]
