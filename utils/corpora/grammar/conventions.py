"""Which gold links are facts, and which a convention that could be another.

The grammar must decide where a word goes that has no counterpart of its own: "did" belongs to
"nicht", "hat" to nothing. People who link by hand decide otherwise, and a map that does is not
wrong. Och and Ney (2003) have two kinds of links for that: those that are sure must be found,
those that are possible may be.
"""

from utils.corpora.grammar.lexicon import LEXICON, VERBS
from utils.corpora.pairs import Pair

Links = frozenset[tuple[int, int]]

DO = ("do", "does", "did")


def sure_and_possible(pair: Pair) -> tuple[Links, Links]:
    """Return the links of a pair of mini that are sure, and those that are possible.

    Possible are all gold links, and the two that the grammar might have drawn as well:

    - from the auxiliary of a perfect, "hat" or "ist", to the English verb,
    - to "do", "does" or "did" from the German verb and its auxiliary, and not from "nicht" only.

    Sure are the gold links, without those to "do", "does", "did", and without those of the two
    halves of a separable verb, of which either will do. Raises ValueError for a pair without links.
    """
    if pair.alignment is None:
        raise ValueError("the pair has no gold links: take one of mini's.")
    possible = set(pair.alignment)
    for auxiliary, participle in _perfects(pair).items():
        possible |= {(auxiliary, t) for i, t in pair.alignment if i == participle}
    helpers = _helpers(pair)
    for t in helpers:
        verb = t + 2  # "did not go"
        possible |= {(i, t) for i, u in possible if u == verb}
    sources = [t for _, t in pair.alignment]
    sure = {(i, t) for i, t in pair.alignment if t not in helpers and sources.count(t) == 1}
    return frozenset(sure), frozenset(possible)


def _helpers(pair: Pair) -> set[int]:
    """Return the positions of "do", "does" and "did", which English needs before "not"."""
    links = pair.alignment or ()
    return {t for i, t in links if pair.source[i] == "nicht" and pair.target[t] in DO}


def _perfects(pair: Pair) -> dict[int, int]:
    """Return the position of each auxiliary of a perfect, with that of its participle.

    The auxiliary comes right after the participle, "gegangen ist", or long before it, "ist …
    gegangen". A participle in between that has an auxiliary after it is of a relative clause.
    """
    words, linked = pair.source, {i for i, _ in pair.alignment or ()}
    auxiliaries = {form for forms in LEXICON["auxiliaries"].values() for form in forms}
    forms = {verb["german"][2] for verb in VERBS.values() if "predicate" not in verb}
    free = [i for i, word in enumerate(words) if word in auxiliaries and i not in linked]
    participles = [i for i, word in enumerate(words) if word in forms]
    found = {i: i - 1 for i in free if i - 1 in participles}
    for i in free:
        later = [p for p in participles if p > i and p not in found.values()]
        if i not in found and later:
            found[i] = later[0]
    return found
