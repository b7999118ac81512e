"""A sentence in two languages, and a corpus of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from utils.system.limits import check_type

GERMAN_ENGLISH = ("de", "en")


class CorpusError(ValueError):
    """A corpus cannot be loaded: it is unknown, or out of reach, or has a mistake in a file."""


@dataclass(frozen=True)
class Pair:
    """A sentence in two languages, as words, and which word translates which.

    `alignment` holds (source position, target position), counted from 0; None if unknown.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    alignment: frozenset[tuple[int, int]] | None = None


@dataclass(frozen=True, repr=False)
class Corpus:
    """Sentence pairs, split; `long`, where a corpus has it, is longer than anything in `train`.

    `languages` are those of source and target, as files' names have them; `folder` is where they
    lie, if it is one of your own.
    """

    train: Sequence[Pair]
    valid: Sequence[Pair]
    test: Sequence[Pair]
    long: Sequence[Pair] = ()
    name: str = ""
    languages: tuple[str, str] = GERMAN_ENGLISH
    folder: Path | None = None

    def __repr__(self) -> str:
        """Show sizes, not sentences."""
        sizes = (f"{len(getattr(self, s)):,} {s}" for s in ("train", "valid", "test", "long"))
        return f"<Corpus {self.name}: {', '.join(sizes)}>"


def check_corpus(corpus: object) -> None:
    """Raise TypeError unless it is a corpus; its name alone is an easy mistake."""
    check_type("corpus", corpus, Corpus, 'a whole corpus, such as load_corpus("mini")')
