"""What is natural: rules that keep the dice from saying what nobody would say."""

from utils.corpora.grammar.clauses import Clause, Noun
from utils.corpora.grammar.lexicon import ADJECTIVES, LEXICON, NOUNS, VERBS


def is_natural(clause: Clause) -> bool:
    """Whether no rule speaks against a clause."""
    return not any(rule(clause) for rule in RULES)


def predicates(subject: Noun) -> list[str]:
    """Return the adjectives that can be said of a subject: people feel, and are, and things are."""
    entry = NOUNS[subject.name]
    if "name" in entry["kinds"]:
        return [*ADJECTIVES]
    moods = [adjective for adjective in ADJECTIVES if ADJECTIVES[adjective]["scale"] == "mood"]
    lasting = entry.get("adjectives", []) if subject.known else []  # hardly: a cook is new
    return lasting if "thing" in entry["kinds"] else [*lasting, *moods]


def can_front_object(clause: Clause) -> bool:
    """Whether an article shows that the only object is no subject: den Brief liest der Lehrer."""
    if len(clause.objects) != 1 or "preposition" in VERBS[clause.verb]:
        return False
    (noun,) = clause.objects
    (case,) = VERBS[clause.verb]["objects"]
    return noun.phrase(case).german[0][0] in ("den", "dem") and not noun.relative


# --- The rules: each returns whether there is something wrong -------------------------------------


def _strange_partner(clause: Clause) -> bool:
    """Whether "und" joins anything but people one knows, of whom the same can be said."""
    if clause.partner is None:
        return False
    pair = (clause.subject, clause.partner)
    if clause.predicate and clause.predicate not in predicates(clause.partner):
        return True
    people = all("person" in NOUNS[noun.name]["kinds"] and noun.known for noun in pair)
    return not people or bool(clause.subject.relative)


def _strange_adverb(clause: Clause) -> bool:
    """Whether somebody often buys the book, or is old today."""
    again = clause.frequency or (clause.time and "habit" in LEXICON["times"][clause.time])
    lasting = clause.predicate and ADJECTIVES[clause.predicate]["scale"] != "mood"
    if clause.time and (clause.frequency or lasting):
        return True
    return bool(again and (lasting or "habit" not in VERBS[clause.verb]))


def _strange_negation(clause: Clause) -> bool:
    """Whether "nicht" meets a new noun (German says "kein"), or its reach would be unclear."""
    if not clause.negated:
        return False
    again = clause.frequency or (clause.time and "habit" in LEXICON["times"][clause.time])
    saying = "clause" in VERBS[clause.verb] and clause.time
    return bool(again or saying or clause.place) or not all(noun.known for noun in clause.nouns)


def _strange_relative(clause: Clause) -> bool:
    """Whether there are two, or one on a name, or something follows one in English."""
    nouns = [noun for noun in clause.nouns if noun.relative]
    if not nouns:
        return False
    more = clause.time or clause.place or len(clause.objects) > 1
    misplaced = nouns[0] is not clause.subject and more
    return len(nouns) > 1 or bool(misplaced) or "name" in NOUNS[nouns[0].name]["kinds"]


def _says_it_twice(clause: Clause) -> bool:
    """Whether two adjectives for a noun are of one scale: the old book that is new is old."""
    for noun in clause.nouns:
        relative = noun.relative.predicate if noun.relative else None
        said = [a for a in (noun.adjective, relative, clause.predicate) if a]
        if len({ADJECTIVES[a]["scale"] for a in said}) < len(said):
            return True
    return False


RULES = (_strange_partner, _strange_adverb, _strange_negation, _strange_relative, _says_it_twice)
