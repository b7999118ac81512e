"""Random sentences: how clauses are joined."""

from collections.abc import Sequence

from utils.corpora.grammar.choices import ANYTHING, PEOPLE, ClauseWriter, Stuck
from utils.corpora.grammar.clauses import COMMA
from utils.corpora.grammar.lexicon import LEXICON
from utils.corpora.grammar.phrases import Phrase, german_only, link

CONJUNCTIONS = ("weil", "obwohl", "wenn", "dass", "dass", "aber")  # each used so often at most


class SentenceWriter(ClauseWriter):
    """Writes random sentences: one clause, or several of them, joined in many ways."""

    def __init__(self, seed: int):
        """Start from a seed: equal seeds, equal choices."""
        super().__init__(seed)
        self.conjunctions: list[str] = []  # those that this sentence may still use

    def sentence(self, length: int) -> Phrase:
        """Return a sentence of exactly `length` German words, the period included."""
        while True:
            self.used, self.conjunctions = [], list(CONJUNCTIONS)
            tense = self.pick(["present", "past"])
            try:
                return self.text(length - 1, tense, ANYTHING) + link(".", ".")
            except Stuck:
                continue

    def text(self, length: int, tense: str, topics: Sequence[str] = PEOPLE) -> Phrase:
        """Return a main clause, or several with what hangs on them."""
        if length <= 9 or (length <= 12 and self.chance(0.5)):
            return self.clause(length, tense, topics=topics)
        form = self.pick([self.joined, self.joined, self.followed, self.preceded, self.reported])
        return form(length, tense)

    def joined(self, length: int, tense: str) -> Phrase:
        """Return "…, und …" or "…, aber …"."""
        first = self.between(4, length - 6)
        joint = link("und", "and")
        if "aber" in self.conjunctions and self.chance(0.4):
            self.conjunctions.remove("aber")
            joint = link("aber", "but")
        before = self.text(first, tense) + link(",", ",") + joint
        return before + self.text(length - first - 2, tense)

    def followed(self, length: int, tense: str) -> Phrase:
        """Return "…, weil …"."""
        first = self.between(4, min(length - 5, 11))
        return self.clause(first, tense) + self.because(length - first, tense, follows=True)

    def preceded(self, length: int, tense: str) -> Phrase:
        """Return "weil …, …": the subordinate clause in front draws the main verb after it."""
        first = self.between(max(4, length - 14), length - 5)
        before = self.because(first, tense) + link(",", ",")
        return before + self.clause(length - first - 1, tense, "first")

    def reported(
        self, length: int, tense: str, order: str = "second", avoid: Sequence[str] = ()
    ) -> Phrase:
        """Return "… sagt , dass …"."""
        first = self.between(3, min(length - 5, 7))
        self.take("dass")
        main = self.clause(first, tense, order, ("reporter",), avoid)
        that = german_only(",") + link("dass", "that")
        avoid = ["heute"] if tense == "past" else avoid  # said yesterday, of what happened today
        said = self.subordinate(length - first - 2, self.not_after(tense), ANYTHING, avoid)
        return main + that + said

    def because(self, length: int, tense: str, follows: bool = False) -> Phrase:
        """Return "weil …", or another conjunction, with its clause and, if it follows, a comma."""
        tense = self.not_after(tense)
        subordinators = LEXICON["subordinators"]
        word = self.pick([c for c in subordinators if tense in subordinators[c]["tenses"]])
        self.take(word)
        entry = subordinators[word]
        clause = self.subordinate(length - 1 - follows, tense, avoid=entry.get("without", []))
        phrase = link(word, entry["english"]) + clause
        if not follows:
            return phrase
        return (link(",", ",") if "comma" in entry else german_only(",")) + phrase

    def take(self, conjunction: str) -> None:
        """Use up a conjunction: a sentence with three times "because" is a bad one."""
        if conjunction not in self.conjunctions:
            raise Stuck
        self.conjunctions.remove(conjunction)

    def subordinate(
        self, length: int, tense: str, topics: Sequence[str] = PEOPLE, avoid: Sequence[str] = ()
    ) -> Phrase:
        """Return a clause with its verb at the end, or several with what hangs on them."""
        if length <= 9 or (length <= 12 and self.chance(0.6)):
            return self.clause(length, tense, "final", topics, avoid)
        form = self.pick(["und", "dass", "weil"])
        if form == "dass":
            return self.reported(length, tense, "final", avoid)
        first = self.between(max(4, length - 13) if form == "und" else 4, min(length - 5, 12))
        clause = self.clause(first, tense, "final", avoid=avoid)
        if form == "weil":
            return clause + self.because(length - first, tense, follows=True)
        if COMMA in clause.german:
            raise Stuck
        second = self.clause(length - first - 1, tense, "final", avoid=avoid)
        return clause + link("und", "and") + second
