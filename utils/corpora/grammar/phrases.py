"""Words and phrases in German and English at once: agreement, and word alignment.

The grammar is *synchronous*: its atoms are words with a link, and two words that share a link
translate each other. Phrases are put together in German order and in English order, the links
travel along, and the alignment can be read off at the end. Which words there are, and how they
inflect, is said in `data/lexicon.toml`.
"""

from dataclasses import dataclass, field

from utils.corpora.grammar.lexicon import ADJECTIVES, LEXICON, NOUNS

Word = tuple[str, object]  # a form and its link; a word with the link None translates nothing


@dataclass
class Phrase:
    """The same words in German and in English order."""

    german: list[Word] = field(default_factory=list)
    english: list[Word] = field(default_factory=list)

    def __add__(self, other: "Phrase") -> "Phrase":
        """Join two phrases that have the same order in both languages."""
        return Phrase(self.german + other.german, self.english + other.english)


def link(german: str, english: str) -> Phrase:
    """Return words that all translate each other: link("nicht", "does not")."""
    shared = object()
    return Phrase(
        [(form, shared) for form in german.split()], [(form, shared) for form in english.split()]
    )


def german_only(word: str) -> Phrase:
    """Return a word that English does without."""
    return Phrase([(word, None)], [])


def noun_phrase(name: str, case: str, article: str, adjective: str | None = None) -> Phrase:
    """Return ("Mann", "accusative", "indefinite", "alt") as "einen alten Mann", "an old man"."""
    entry = NOUNS[name]
    gender = entry["gender"]
    phrase = link(entry.get(case, name), entry["english"])
    if adjective:
        ending = LEXICON["endings"][article][case][gender]
        phrase = link(adjective + ending, ADJECTIVES[adjective]["english"]) + phrase
    if article == "none":
        return phrase
    indefinite = "an" if phrase.english[0][0][0] in "aeiou" else "a"
    english = "the" if article == "definite" else indefinite
    return link(LEXICON["articles"][article][case][gender], english) + phrase


def relative_pronoun(name: str) -> Phrase:
    """Return the subject of a relative clause about a noun: der, die or das; who or that."""
    entry = NOUNS[name]
    german = LEXICON["articles"]["definite"]["nominative"][entry["gender"]]
    return link(german, "who" if "person" in entry["kinds"] else "that")


def prepositional_phrase(preposition: dict[str, str], noun: Phrase) -> Phrase:
    """Return "auf einen Koch", "for a cook"; in + dem = im, which means both "in" and "the"."""
    german, english = preposition["german"], preposition["english"]
    article, shared = noun.german[0]
    contracted = LEXICON["contractions"].get(f"{german} {article}")
    if not contracted:
        return link(german, english) + noun
    return Phrase([(contracted, shared), *noun.german[1:]], [(english, shared), *noun.english])
