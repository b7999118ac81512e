"""Sentences that people type: whatever they write, they get a helpful answer."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

import ipywidgets as widgets

from utils.system.limits import check_type
from utils.text import unknown_words
from utils.trace import Trace, trace
from utils.translator import Translator
from utils.widgets.explorer import WIDE, Explorer
from utils.widgets.sliders import IntSlider
from utils.widgets.svg import short

MOST_PIECES = 60  # words, or pieces of words where the model reads those
MOST_LETTERS = 2000


class Reading(NamedTuple):
    """A typed sentence as the model reads it: its words, and what the reader should know about it.

    `words` is empty if there is nothing to translate.
    """

    words: tuple[str, ...]
    note: str


def check_translator(translator: object) -> None:
    """Raise TypeError unless it is a translator."""
    words = 'a single translator, such as Translator.load("mini-dot")'
    check_type("translator", translator, Translator, words)


def check_translators(translators: object) -> dict[str, Translator]:
    """Return translators by their names, at least one; TypeError for anything else."""
    named = dict(translators) if isinstance(translators, Mapping) else {}
    if not named or not all(isinstance(value, Translator) for value in named.values()):
        raise TypeError('translators must be one or more by name, such as {"dot": translator}.')
    return named


def sentence_box(sentence: str, language: str) -> widgets.Text:
    """Return the box to type in; Enter submits what is typed.

    While the box is empty, `sentence` stays visible as an example.
    """
    check_type("the sentence", sentence, str, f"text in {language}")
    options = {"description": f"{language} sentence", "continuous_update": False}
    return widgets.Text(sentence, placeholder=f"such as: {sentence}", **options, **WIDE)


def read_sentence(text: str, translator: Translator) -> Reading:
    """Split a typed sentence into words, and say what had to be left out. Never raises."""
    words = translator.read(text[:MOST_LETTERS])
    split = translator.fields.source.preprocess
    sizes = accumulate(len(split([word])) for word in words)
    used = words[: sum(size <= MOST_PIECES for size in sizes)]
    notes = []
    if len(used) < len(words) or len(text) > MOST_LETTERS:
        notes.append(
            f"Only the first {len(used)} words are used."
            if used
            else "The first word is too long: type a shorter one."
        )
    if unknown := unknown_words(used, translator.fields.source):
        names = ", ".join(short(word) for word in dict.fromkeys(unknown))
        notes.append(f"The model does not know: {names}. It reads <unk> instead.")
    if not used and not notes:
        notes.append(f"Type a sentence in {translator.fields.source_language}.")
    return Reading(used, " ".join(notes))


class SentenceExplorer(Explorer):
    """A sentence to type, a model to choose, and the step t of its translation to look at.

    `translators` maps the names to choose from, such as "dot", to translators. `trace` is None
    when there is nothing to translate; `note` says what the reader should know about it.
    """

    def __init__(
        self,
        translators: Mapping[str, Translator],
        sentence: str,
        *rows: Sequence[widgets.Widget],
        interval: int = 0,
    ):
        self.translators = check_translators(translators)
        fields = next(iter(self.translators.values())).fields
        self.sentence = sentence_box(sentence, fields.source_language)
        self.model = widgets.Dropdown(options=list(self.translators), description="model")
        self.step = IntSlider(1, 1, 1, description="step t", interval=interval)
        self.words: tuple[str, ...] = ()
        self.note = ""
        self.trace: Trace | None = None
        super().__init__((self.sentence, self.model), (self.step,), *rows)

    def prepare(self, control: widgets.Widget | None) -> None:
        """Translate a new sentence from its first step; another model stays where it can."""
        if control not in (None, self.sentence, self.model):
            return
        self.words, self.note = read_sentence(self.sentence.value, self.translator)
        self.trace = trace(self.translator, self.words) if self.words else None
        last = len(self.trace.steps) if self.trace else 1
        chosen = min(self.step.value, last) if control is self.model else 1
        self.step.set_range(1, last, chosen)
        self.offer_words(self.trace)

    def offer_words(self, traced: Trace | None) -> None:
        """Fit further controls to the words of a new translation."""

    @property
    def translator(self) -> Translator:
        """The model chosen."""
        return self.translators[self.model.value]
