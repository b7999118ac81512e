"""Clauses in German and English at once: what they say, and the order in which they say it."""

from typing import Any, NamedTuple

from utils.corpora.grammar.lexicon import ADJECTIVES, LEXICON, NOUNS, VERBS
from utils.corpora.grammar.phrases import (
    Phrase,
    Word,
    german_only,
    link,
    noun_phrase,
    prepositional_phrase,
    relative_pronoun,
)

COMMA = (",", None)


class Noun(NamedTuple):
    """A noun and its company: an article, perhaps an adjective, perhaps a relative clause."""

    name: str
    article: str = "definite"
    adjective: str | None = None
    relative: "Clause | None" = None

    @property
    def known(self) -> bool:
        """Whether the listener knows it already: the book or Anna, but not a book, not books."""
        return self.article == "definite" or "name" in NOUNS[self.name]["kinds"]

    def phrase(self, case: str) -> Phrase:
        """Return the noun phrase in a case, without the relative clause."""
        return noun_phrase(self.name, case, self.article, self.adjective)

    def relative_clause(self) -> Phrase:
        """Return ", der müde ist" and "who is tired"; nothing if there is no such clause."""
        return german_only(",") + build(self.relative, "relative") if self.relative else Phrase()


class Clause(NamedTuple):
    """What a clause says; `build` puts it into words.

    partner: a second subject, after "und". objects: in English order, a dative first.
    predicate: the adjective after "ist". goal: where "geht" leads to. front: what a main clause
    begins with, "subject", "time", "frequency", "place", "dative" or "accusative".
    """

    verb: str
    subject: Noun
    partner: Noun | None = None
    objects: tuple[Noun, ...] = ()
    predicate: str | None = None
    goal: Noun | None = None
    place: Noun | None = None
    time: str | None = None
    frequency: str | None = None
    negated: bool = False
    tense: str = "present"
    front: str = "subject"

    @property
    def plural(self) -> bool:
        """Whether the verb is in the plural."""
        return self.partner is not None or NOUNS[self.subject.name]["gender"] == "plural"

    @property
    def nouns(self) -> list[Noun]:
        """All nouns of the clause, without those of a relative clause."""
        nouns = [self.subject, self.partner, *self.objects, self.goal, self.place]
        return [noun for noun in nouns if noun]

    def with_noun(self, old: Noun, new: Noun) -> "Clause":
        """Return the clause with one of its nouns replaced."""
        roles = ("subject", "partner", "goal", "place")
        changed: dict[str, Any] = {role: new for role in roles if getattr(self, role) is old}
        changed["objects"] = tuple(new if noun is old else noun for noun in self.objects)
        return self._replace(**changed)


def build(clause: Clause, order: str = "second") -> Phrase:
    """Put a clause into words.

    order: where German has its verb, "second" or "first" in a main clause, "final" in a
    subordinate clause; "relative" is "final" with der, die or das for a subject.
    """
    part = _parts(clause, order)
    return Phrase(_german(clause, order, part), _english(clause, part))


def size(clause: Clause, order: str) -> int:
    """Return the number of German words in `build(clause, order)`, commas included."""
    return len(_german(clause, order, _parts(clause, order)))


def _german(clause: Clause, order: str, part: dict[str, Phrase]) -> list[Word]:
    """Known objects, time before place, `nicht`, new objects; the verb stands in two places."""
    cases = VERBS[clause.verb].get("objects", {})
    known = [case for case, noun in zip(cases, clause.objects, strict=False) if noun.known]
    new = [case for case in cases if case not in known]
    middle = ["subject", *known, "time", "frequency", "place", "negation", *new, "complement"]
    names = ["finite", *middle, "closing", "relative"]
    if order == "second":
        names.remove(clause.front)
        names.insert(0, clause.front)
    german = [word for name in names if name in part for word in part[name].german]
    return german[:-1] if german[-1] == COMMA else german


def _english(clause: Clause, part: dict[str, Phrase]) -> list[Word]:
    """Subject, verb, objects, place, time; only a time or a place may stand in front."""
    verb = ["negation", "frequency", "verb"]
    if "predicate" in VERBS[clause.verb]:
        verb = ["verb", "negation", "frequency"]
    names = ["subject", *verb, "dative", "accusative", "complement", "relative", "place", "time"]
    if clause.front in ("time", "place"):
        names.remove(clause.front)
        names.insert(0, clause.front)
    return [word for name in names if name in part for word in part[name].english]


def _parts(clause: Clause, order: str) -> dict[str, Phrase]:
    """Return the phrases of a clause by what they do in it."""
    part = {"subject": _subject(clause, order)}
    return part | _verb(clause, order) | _objects(clause) | _complement(clause) | _adverbs(clause)


def _subject(clause: Clause, order: str) -> Phrase:
    noun = clause.subject
    if order == "relative":
        return relative_pronoun(noun.name)
    phrase = noun.phrase("nominative")
    if clause.partner:
        phrase += link("und", "and") + clause.partner.phrase("nominative")
    return phrase + noun.relative_clause() + german_only(",") if noun.relative else phrase


def _verb(clause: Clause, order: str) -> dict[str, Phrase]:
    """Return the German verb in two pieces: the finite verb, and what closes the clause."""
    entry, final = VERBS[clause.verb], order in ("final", "relative")
    past, particle = clause.tense == "past", entry.get("particle", "")
    english = entry["english"][_english_form(clause)]
    if past and "predicate" not in entry:
        auxiliary = LEXICON["auxiliaries"][entry.get("auxiliary", "haben")][clause.plural]
        finite, verb = german_only(auxiliary).german, link(entry["german"][2], english)
        pieces = ([], verb.german + finite) if final else (finite, verb.german)
    else:
        form = entry["german"][2 * past + clause.plural]
        verb = link(particle + form if final else f"{form} {particle}", english)
        pieces = ([], verb.german) if final else (verb.german[:1], verb.german[1:])
    finite_verb, closing = (Phrase(piece, []) for piece in pieces)
    return {"finite": finite_verb, "closing": closing, "verb": Phrase([], verb.english)}


def _english_form(clause: Clause) -> int:
    """Return the position of the English form in the lexicon: singular, plural, past."""
    past = clause.tense == "past"
    if "predicate" in VERBS[clause.verb]:
        return 2 * past + clause.plural
    if clause.negated:
        return 1
    return 2 if past else int(clause.plural)


def _objects(clause: Clause) -> dict[str, Phrase]:
    """Return the objects by case. A relative clause on the last one goes to the clause's end."""
    if not clause.objects:
        return {}
    entry, last = VERBS[clause.verb], clause.objects[-1]
    part = {case: n.phrase(case) for case, n in zip(entry["objects"], clause.objects, strict=True)}
    if "preposition" in entry:
        (phrase,) = part.values()
        part = {"complement": prepositional_phrase(entry["preposition"], phrase)}
    return part | {"relative": last.relative_clause()} if last.relative else part


def _complement(clause: Clause) -> dict[str, Phrase]:
    """Return what "ist" says of the subject, or where "geht" leads to."""
    if clause.predicate:
        return {"complement": link(clause.predicate, ADJECTIVES[clause.predicate]["english"])}
    if clause.goal:
        to = NOUNS[clause.goal.name]["to"]
        return {"complement": prepositional_phrase(to, clause.goal.phrase("dative"))}
    return {}


def _adverbs(clause: Clause) -> dict[str, Phrase]:
    """Return the time, the frequency, the place and the negation."""
    part, times, frequencies = {}, LEXICON["times"], LEXICON["frequencies"]
    if clause.time:
        part["time"] = link(clause.time, times[clause.time]["english"])
    if clause.frequency:
        part["frequency"] = link(clause.frequency, frequencies[clause.frequency]["english"])
    if clause.place:
        at = NOUNS[clause.place.name]["at"]
        part["place"] = prepositional_phrase(at, clause.place.phrase("dative"))
    if clause.negated:
        part["negation"] = link("nicht", _not(clause))
    return part


def _not(clause: Clause) -> str:
    if "predicate" in VERBS[clause.verb]:
        return "not"
    if clause.tense == "past":
        return "did not"
    return "do not" if clause.plural else "does not"
