"""Random clauses: what goes with what, and how a clause reaches an exact length."""

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from typing import TypeVar

from utils.corpora.grammar.clauses import Clause, Noun, build, size
from utils.corpora.grammar.lexicon import LEXICON, NOUNS, VERBS
from utils.corpora.grammar.phrases import Phrase
from utils.corpora.grammar.rules import can_front_object, is_natural, predicates

# What a clause may be about; the dice choose one.
PEOPLE = ("person",)
ANYTHING = (*PEOPLE * 7, "thing")
MEMORY = 12  # a noun, verb or time is not used again so soon

Option = TypeVar("Option")
Extra = Callable[[Clause, int], Clause]  # adds something that takes so many words, or fewer


class Stuck(Exception):
    """The dice led nowhere; throw them again."""


class Dice:
    """All chance comes from `random.Random(seed).random()`, which is the same everywhere."""

    def __init__(self, seed: int):
        """Start from a seed: equal seeds, equal choices."""
        self.random = random.Random(seed).random

    def chance(self, probability: float) -> bool:
        """Return True with this probability."""
        return self.random() < probability

    def pick(self, options: Sequence[Option]) -> Option:
        """Return one of the options."""
        if not options:
            raise Stuck
        return options[int(self.random() * len(options))]

    def between(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return self.pick(range(low, high + 1))

    def shuffled(self, items: Sequence[Option]) -> list[Option]:
        """Return the items in random order."""
        return sorted(items, key=lambda _: self.random())


@cache
def nouns_of(kind: str, named: bool) -> list[str]:
    """Return the nouns of a kind; all the names, or all but the names."""
    kinds = {name: entry["kinds"] for name, entry in NOUNS.items() if kind in entry["kinds"]}
    return [name for name in kinds if ("name" in kinds[name]) == named]


@cache
def verbs_for(subject: str, reporting: bool) -> list[str]:
    """Return the verbs that can be said of a noun, each as often as its weight says."""
    kinds = NOUNS[subject]["kinds"]
    return [
        verb
        for verb, entry in VERBS.items()
        if ("clause" in entry) == reporting and not set(kinds).isdisjoint(entry["subject"])
        for _ in range(entry.get("weight", 1))
    ]


class ClauseWriter(Dice):
    """Chooses the words of one clause after another.

    A clause starts out as short as it can be. Then one thing after another is added, an adjective,
    a place, a relative clause, until it is long enough.
    """

    def __init__(self, seed: int):
        """Start from a seed: equal seeds, equal choices."""
        super().__init__(seed)
        self.used: list[str] = []  # nouns, verbs and times, the latest last
        self.length = 0  # of the clause that is being written, in German words

    def clause(
        self,
        length: int,
        tense: str,
        order: str = "second",
        topics: Sequence[str] = PEOPLE,
        avoid: Sequence[str] = (),
    ) -> Phrase:
        """Return a clause of exactly `length` German words, its verb placed by `order`."""
        extras = [*self.modifiers(), self.add_partner, *[self.add_relative] * 5]
        used = [*self.used[-MEMORY:], *avoid]
        self.length = length
        for _ in range(20):
            self.used = list(used)
            try:
                core = self.core(*self.subject_and_verb(self.pick(topics)), tense)
                clause = self.grow(core, length, order, extras)
            except Stuck:
                continue
            return build(self.with_front(clause) if order == "second" else clause, order)
        raise Stuck

    def grow(self, clause: Clause, length: int, order: str, extras: Sequence[Extra]) -> Clause:
        """Add to a clause until it has `length` German words."""
        words = size(clause, order)
        while words < length:
            clause, words = self.longer(clause, words, length, order, extras)
        if words > length:
            raise Stuck
        return clause

    def longer(
        self, clause: Clause, words: int, length: int, order: str, extras: Sequence[Extra]
    ) -> tuple[Clause, int]:
        """Add one thing to a clause of so many words; return the new clause and its size."""
        for extra in self.shuffled(extras):
            with suppress(Stuck):
                longer = extra(clause, length - words)
                if longer != clause and is_natural(longer):
                    new_words = size(longer, order)
                    if words < new_words <= length:
                        return longer, new_words
        raise Stuck

    # --- The core of a clause -------------------------------------------------------------------

    def subject_and_verb(self, topic: str) -> tuple[Noun, str]:
        """Return a subject and what it does; a "reporter" says something."""
        reporting = topic == "reporter"
        subject = self.noun("person" if reporting else topic)
        if topic == "thing":
            subject = Noun(subject.name)  # the book is old; but hardly: a book is old
        return subject, self.verb(subject, reporting)

    def core(self, subject: Noun, verb: str, tense: str) -> Clause:
        """Return a clause with nothing in it that could be left out."""
        clause, entry = Clause(verb, subject, tense=tense), VERBS[verb]
        if "predicate" in entry:
            return clause._replace(predicate=self.pick(predicates(subject)))
        if "goal" in entry:
            return clause._replace(goal=self.place([name for name in NOUNS if "to" in NOUNS[name]]))
        if "optional" in entry and self.chance(0.7 if self.length < 5 else 0.4):
            return clause
        kinds = entry.get("objects", {}).values()
        return clause._replace(objects=tuple(self.noun(self.pick(kind)) for kind in kinds))

    def noun(self, kind: str) -> Noun:
        """Return a noun of this kind, with an article."""
        named = kind == "person" and self.chance(0.7 if self.length < 5 else 0.3)
        name = self.fresh(nouns_of(kind, named))
        return Noun(name, self.pick(NOUNS[name].get("articles", ["definite", "indefinite"])))

    def place(self, names: Sequence[str]) -> Noun:
        """Return one of these places."""
        return Noun(self.fresh(names))

    def verb(self, subject: Noun, reporting: bool = False) -> str:
        """Return a verb that can be said of the subject."""
        verbs = verbs_for(subject.name, reporting)
        if "sein" in verbs and self.length < 11 and self.chance(0.2):
            return "sein"
        return self.fresh(verbs)

    def fresh(self, words: Sequence[str]) -> str:
        """Return one of the words that was not used recently, and remember it."""
        self.used.append(self.pick([word for word in words if word not in self.used]))
        return self.used[-1]

    def not_after(self, tense: str) -> str:
        """Return a tense for what is said in, or explains, something in `tense`."""
        return self.pick(["present", "present", "past"]) if tense == "present" else tense

    # --- What can be added: each returns a longer clause, or is Stuck ---------------------------

    def modifiers(self) -> list[Extra]:
        """Return what can be added to any clause; what stands there twice is added more often."""
        adverbs = [self.add_time, self.add_time, self.add_place, self.add_frequency]
        return [*adverbs * 2, *[self.add_adjective] * 3, self.add_negation]

    def add_adjective(self, clause: Clause, room: int) -> Clause:
        """Add an adjective to one of the nouns."""
        noun = self.pick([noun for noun in clause.nouns if not noun.adjective])
        adjective = self.pick(NOUNS[noun.name].get("adjectives", []))
        return clause.with_noun(noun, noun._replace(adjective=adjective))

    def add_time(self, clause: Clause, room: int) -> Clause:
        """Add "heute", "gestern" or "morgens"."""
        times = LEXICON["times"]
        fitting = [time for time in times if clause.tense in times[time]["tenses"]]
        return clause._replace(time=clause.time or self.fresh(fitting))

    def add_frequency(self, clause: Clause, room: int) -> Clause:
        """Add "oft" or "nie"."""
        return clause._replace(frequency=clause.frequency or self.pick([*LEXICON["frequencies"]]))

    def add_negation(self, clause: Clause, room: int) -> Clause:
        """Add "nicht"."""
        return clause._replace(negated=True)

    def add_place(self, clause: Clause, room: int) -> Clause:
        """Add "im Garten"."""
        places = VERBS[clause.verb].get("places", [])
        return clause._replace(place=clause.place or self.place(places))

    def add_partner(self, clause: Clause, room: int) -> Clause:
        """Add a second subject."""
        return clause._replace(partner=clause.partner or self.noun("person"))

    def add_relative(self, clause: Clause, room: int) -> Clause:
        """Add a relative clause to the subject, or to the only object."""
        length = self.between(3, min(room - 1, 9))
        noun = self.pick([clause.subject, *clause.objects])
        core = self.core(Noun(noun.name), self.verb(noun), self.not_after(clause.tense))
        relative = self.grow(core, length, "relative", self.modifiers())
        return clause.with_noun(noun, noun._replace(relative=relative))

    def with_front(self, clause: Clause) -> Clause:
        """Choose what a main clause begins with."""
        adverbs = ("time", "frequency", "place")
        fronts = ["subject"] + [name for name in adverbs if getattr(clause, name)]
        if can_front_object(clause):
            fronts += VERBS[clause.verb]["objects"]
        fronted = clause._replace(front=self.pick(fronts))
        return fronted if size(fronted, "second") == size(clause, "second") else clause
