"""Words to numbers: the vocabularies of both languages, by torchtext 0.6.

Only `text` and `batches` touch torchtext. Version 0.6.0 is pure Python and works with today's
PyTorch; the last release, 0.18, does not import on any PyTorch newer than 2.3.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor
from torchtext import data
from torchtext.vocab import Vocab

from utils.corpora import GERMAN_ENGLISH, Corpus, language_name
from utils.corpora.pairs import Pair, check_corpus
from utils.corpora.words import SPECIALS
from utils.system.limits import WORDS, checked
from utils.system.sizes import check_read
from utils.text.subwords import Subwords

UNKNOWN, PADDING, START, END = SPECIALS
SUBWORD_PAIRS = 500_000  # sentencepiece keeps all that it learns from in memory


class SubwordField(data.Field):
    """A Field whose numbers stand for pieces of words."""

    def __init__(self, subwords: Subwords, **options: Any):
        super().__init__(preprocessing=subwords.split, **options)
        self.subwords = subwords


def hide_specials(words: Sequence[str]) -> Sequence[str]:
    """Return words with `<unk>` for each that only looks like one of `SPECIALS`."""
    return [UNKNOWN if word in SPECIALS else word for word in words]


@dataclass(frozen=True)
class Fields:
    """How to turn the words of each side into numbers: two torchtext `Field`s with vocabularies.

    `field.vocab.stoi[word]` is a word's number, `field.vocab.itos[number]` the word.
    Target sentences are wrapped in `<sos>` and `<eos>`; source sentences stay as they are.
    With subwords, the numbers stand for pieces of words, and both sides share a vocabulary.
    `languages` are those of the corpus, source first, such as ("de", "en").
    """

    source: data.Field
    target: data.Field
    languages: tuple[str, str] = GERMAN_ENGLISH

    @property
    def start(self) -> int:
        """The number of `<sos>`, with which each target sentence begins."""
        return self.target.vocab.stoi[START]

    @property
    def end(self) -> int:
        """The number of `<eos>`, with which each target sentence ends."""
        return self.target.vocab.stoi[END]

    @property
    def padding(self) -> int:
        """The number of `<pad>` in target sentences; those of the source have their own."""
        return self.target.vocab.stoi[PADDING]

    @property
    def sizes(self) -> dict[str, int]:
        """What a model must know of the vocabularies: their sizes, and the numbers of `<pad>`."""
        return {
            "source_size": len(self.source.vocab),
            "target_size": len(self.target.vocab),
            "source_padding": self.source.vocab.stoi[PADDING],
            "target_padding": self.padding,
        }

    @property
    def source_language(self) -> str:
        """The name of the source language, such as "German"."""
        return language_name(self.languages[0])

    @property
    def subwords(self) -> Subwords | None:
        """What splits words into pieces, or None if words stay whole."""
        return self.source.subwords if isinstance(self.source, SubwordField) else None


def build_fields(corpus: Corpus, min_freq: int = 1, subwords: int | None = None) -> Fields:
    """Build both vocabularies from the *training* sentences alone.

    A word seen fewer than `min_freq` times becomes `<unk>`. With a number of `subwords`, words are
    split into that many different pieces instead, one set for both languages, learned from at most
    500,000 pairs spread evenly over the corpus. Raises ValueError when the sentences cannot give
    that many pieces, or when no word is as frequent as `min_freq` says.
    """
    check_corpus(corpus)
    min_freq = checked("min_freq", min_freq, WORDS)
    if subwords is not None:
        learned = Subwords.learn(_sample(corpus.train), subwords)
        pieces = [UNKNOWN, PADDING, START, END, *learned.pieces]
        return fields_from_words(pieces, pieces, learned, corpus.languages)
    source: Counter[str] = Counter()
    target: Counter[str] = Counter()
    for pair in corpus.train:  # once: it may be read from disk
        source.update(pair.source)
        target.update(pair.target)
    fields = _empty_fields(corpus.languages)
    sides = (fields.source, source), (fields.target, target)
    for (field, words), language in zip(sides, fields.languages, strict=True):
        _check_frequent(words, min_freq, language_name(language))
        field.build_vocab([words], min_freq=min_freq)
    return fields


def _check_frequent(words: Counter[str], min_freq: int, language: str) -> None:
    """Raise ValueError if every word is too rare to be known."""
    most = max(words.values(), default=0)
    if most < min_freq:
        raise ValueError(
            f"min_freq must be at most {most:,}, which is how often the most frequent {language} "
            f"word occurs in training, not {min_freq:,}: all words would be <unk>."
        )


def _sample(pairs: Sequence[Pair]) -> Iterator[tuple[str, ...]]:
    """Yield both sentences of each pair, or of every second, third … one if there are too many."""
    step = math.ceil(len(pairs) / SUBWORD_PAIRS) or 1
    for number in range(0, len(pairs), step):
        yield from (pairs[number].source, pairs[number].target)


def fields_from_words(
    source_words: Sequence[str],
    target_words: Sequence[str],
    subwords: Subwords | None = None,
    languages: tuple[str, str] = GERMAN_ENGLISH,
) -> Fields:
    """Rebuild fields from the saved word lists `vocab.itos`: a word's place is its number."""
    fields = _empty_fields(languages, subwords)
    fields.source.vocab = Vocab(Counter(), specials=list(source_words))
    fields.target.vocab = Vocab(Counter(), specials=list(target_words))
    return fields


def _empty_fields(languages: tuple[str, str], subwords: Subwords | None = None) -> Fields:
    def field(**options: Any) -> data.Field:
        options |= {"unk_token": UNKNOWN, "pad_token": PADDING, "batch_first": True}
        if subwords is None:
            return data.Field(preprocessing=hide_specials, **options)
        return SubwordField(subwords, **options)

    return Fields(field(include_lengths=True), field(init_token=START, eos_token=END), languages)


def is_known(word: str, vocabulary: Vocab) -> bool:
    """Tell whether `word` has a number of its own.

    `word in vocabulary.stoi` will not do: torchtext's table gains an entry each time an unknown
    word is looked up.
    """
    return vocabulary.stoi.get(word, vocabulary.unk_index) != vocabulary.unk_index


def _knows(field: data.Field, word: str) -> bool:
    """Tell whether all pieces of a word are known, or the word if it stays whole."""
    return all(is_known(piece, field.vocab) for piece in field.preprocess([word]))


def unknown_words(words: Sequence[str], field: data.Field) -> list[str]:
    """Return the words that a model reads as `<unk>`, or in pieces of which one is `<unk>`."""
    return [word for word in words if not _knows(field, word)]


def match_case(words: Sequence[str], field: data.Field) -> tuple[str, ...]:
    """Write each unknown word in lower case, or with a capital, if the vocabulary has it so.

    People write "Der Lehrer liest." where the corpus has "der" and "Lehrer". With subwords, a word
    is known if all its pieces are.
    """

    def known_form(word: str) -> str:
        for form in (word, word.lower(), word.capitalize()):
            if _knows(field, form):
                return form
        return word

    return tuple(known_form(word) for word in words)


def encode_sources(sentences: Sequence[Sequence[str]], fields: Fields) -> tuple[Tensor, Tensor]:
    """Number and pad source sentences: source (B, S) and their lengths (B,).

    With subwords, the S positions are pieces of words. ValueError for more than `sizes` allows.
    """
    rows = [fields.source.preprocess(words) for words in sentences]
    check_read(max(map(len, rows), default=0))
    return fields.source.process(rows)
