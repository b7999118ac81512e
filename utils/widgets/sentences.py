"""Sentences that people type: anything may come, and all of it gets a helpful answer."""

from typing import NamedTuple

import ipywidgets as widgets

from utils.text import is_known
from utils.translator import Translator
from utils.widgets.explorer import WIDE
from utils.widgets.svg import short

MOST_WORDS = 50
MOST_LETTERS = 2000
EMPTY = "Type a German sentence, such as: der Hund schläft ."


class Reading(NamedTuple):
    """A typed sentence as the model reads it: its words, and what the reader should know of it.

    `words` is empty if there is nothing to translate.
    """

    words: tuple[str, ...]
    note: str


def sentence_box(sentence: str) -> widgets.Text:
    """Return the box to type in; what is typed counts when Enter is pressed."""
    options = {"description": "German sentence", "continuous_update": False}
    return widgets.Text(sentence, **options, **WIDE)


def read_sentence(text: str, translator: Translator) -> Reading:
    """Split a typed sentence into words, and say what cannot be used of it. Never raises."""
    words = translator.read(text[:MOST_LETTERS])
    if not words:
        return Reading((), EMPTY)
    notes = []
    if len(words) > MOST_WORDS or len(text) > MOST_LETTERS:
        words = words[:MOST_WORDS]
        notes.append(f"Only the first {len(words)} words are used.")
    split = translator.fields.source.preprocess
    vocabulary = translator.fields.source.vocab
    unknown = [w for w in words if not all(is_known(piece, vocabulary) for piece in split([w]))]
    if unknown:
        names = ", ".join(short(word) for word in dict.fromkeys(unknown))
        notes.append(f"The model does not know: {names}. It reads <unk> instead.")
    return Reading(words, " ".join(notes))
