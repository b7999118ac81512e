"""What the lexicon may say: the fields of every entry, and what each must hold."""

from collections.abc import Callable, Collection, Mapping
from itertools import chain
from typing import Any

GENDERS = ("m", "f", "n", "plural")
CASES = ("nominative", "accusative", "dative")
ARTICLES = ("definite", "indefinite", "none")
TENSES = ("present", "past")
BASIC_KINDS = {"person", "name", "thing"}  # which the grammar itself asks for

Check = Callable[[Any], str | None]  # what is expected in place of a value, None if it is right
Fields = Mapping[str, "Check | Fields"]  # of an entry; one whose name ends in ? may be missing


def check_lexicon(tables: Mapping[str, Any]) -> None:
    """Raise ValueError, "nouns.Mann: …", at the first entry that is not as it must be."""
    expected = {"articles", "endings", "contractions", "auxiliaries", *_fields({}, {}, {}, {})}
    for name in sorted(expected.symmetric_difference(tables)):
        known = ", ".join(sorted(expected))
        raise ValueError(
            f"table [{name}] is missing; the lexicon needs it"
            if name in expected
            else f"table [{name}] is unknown; the tables are {known}"
        )
    for name, entries in tables.items():
        _demand(name, _is_table(entries) or (None if entries else "at least one entry"))
    _check_forms(tables)
    nouns, verbs = tables["nouns"], tables["verbs"]
    for name, fields in _fields(nouns, verbs, tables["adjectives"], tables).items():
        for entry, content in tables[name].items():
            _check_entry(f"{name}.{entry}", content, fields)
    for name, verb in verbs.items():
        if "predicate" in verb and min(len(verb["german"]), len(verb["english"])) < 4:
            _demand(f"verbs.{name}", "a verb with four forms in each language, two of the past")
    for name, noun in nouns.items():
        if noun["gender"] == "plural" and "indefinite" in noun.get("articles", ARTICLES):
            _demand(f"nouns.{name}", 'articles = ["definite"] or ["definite", "none"] for a plural')


def _fields(
    nouns: Mapping, verbs: Mapping, adjectives: Mapping, tables: Mapping
) -> dict[str, Fields]:
    """Return the fields of the entries of each table."""
    offered = _all_of(nouns, lambda noun: noun.get("kinds"))
    wanted = BASIC_KINDS | _all_of(verbs, lambda verb: verb.get("subject"))
    wanted |= _all_of(verbs, lambda verb: chain(*verb.get("objects", {}).values()))
    places = [name for name, noun in nouns.items() if isinstance(noun, dict) and "at" in noun]
    both = {"german": text, "english": text}
    when = {"english": text, "tenses": _some(TENSES), "habit?": flag}
    of_noun: dict[str, Check | Fields]
    of_noun = {"english": text, "gender": _one(GENDERS), "kinds": _some(wanted)}
    of_noun |= {"adjectives?": _some(adjectives), "articles?": _some(ARTICLES)}
    of_noun |= {"at?": both, "to?": both, **{f"{case}?": text for case in CASES}}
    of_verb: dict[str, Check | Fields]
    of_verb = {"german": _forms, "english": _forms, "subject": _some(offered)}
    of_verb |= {"auxiliary?": _one(tables.get("auxiliaries", ())), "particle?": text}
    of_verb |= {"objects?": {f"{case}?": _some(offered) for case in CASES[1:]}}
    of_verb |= {"preposition?": both, "places?": _some(places), "weight?": _count}
    of_verb |= {f"{name}?": flag for name in ("habit", "optional", "goal", "clause", "predicate")}
    without = {"comma?": flag, "without?": _some(tables.get("times", ()))}
    return {
        "adjectives": {"english": text, "scale": text},
        "times": when,
        "frequencies": {"english": text},
        "subordinators": {"english": text, "tenses": _some(TENSES), **without},
        "verbs": of_verb,
        "nouns": of_noun,
    }


def _check_forms(tables: Mapping[str, Any]) -> None:
    """Check what is no word of its own: articles, endings, contractions, auxiliaries."""
    for table, articles in (("articles", ARTICLES[:2]), ("endings", ARTICLES)):
        for article in articles:
            genders = GENDERS[:3] if article == "indefinite" else GENDERS
            row = dict.fromkeys(genders, text)
            found = tables[table].get(article)
            _check_entry(f"{table}.{article}", found, dict.fromkeys(CASES, row))
    for words, contraction in tables["contractions"].items():
        _demand(f"contractions.{words}", text(contraction))
    _check_entry("auxiliaries", tables["auxiliaries"], {"haben": _pair, "sein": _pair})


def _check_entry(place: str, content: Any, fields: Fields) -> None:
    """Raise ValueError unless an entry has its fields, right ones, and no others."""
    _demand(place, _is_table(content), content)
    checks = {field.removesuffix("?"): check for field, check in fields.items()}
    for name in content:
        if name not in checks:
            raise ValueError(f"{place}: {name!r} is unknown; the fields are {', '.join(checks)}")
    for name, check in checks.items():
        if name in content:
            if isinstance(check, Mapping):
                _check_entry(f"{place}.{name}", content[name], check)
            else:
                _demand(f"{place}.{name}", check(content[name]), content[name])
        elif name in fields:
            example = _is_table(None) if isinstance(check, Mapping) else check(None)
            raise ValueError(f"{place}: {name} is missing; give {example}")


def _demand(place: str, expected: str | None, found: Any = None) -> None:
    if expected is not None:
        instead = "" if found is None else f", not {str(found)[:40]!r}"
        raise ValueError(f"{place} must be {expected}{instead}")


def _all_of(entries: Mapping, lists: Callable[[dict], Any]) -> set[str]:
    """Return what stands in the lists of all entries; those that are no lists come later."""
    found = set()
    for entry in entries.values():
        try:
            found |= set(lists(entry))
        except (AttributeError, TypeError):
            continue
    return found


# --- Checks ---------------------------------------------------------------------------------------


def text(value: Any) -> str | None:
    """Accept words."""
    good = isinstance(value, str) and value.strip()
    return None if good else 'words in quotes, such as "small"'


def flag(value: Any) -> str | None:
    """Accept true: whatever does not apply is left out."""
    return None if value is True else "true, or left out"


def _count(value: Any) -> str | None:
    good = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return None if good else "a whole number above 0"


def _is_table(value: Any) -> str | None:
    return None if isinstance(value, dict) else "a table, such as { english = … }"


def _one(names: Collection[str]) -> Check:
    """Accept one of these names."""
    listed = ", ".join(names)
    return lambda value: None if isinstance(value, str) and value in names else f"one of {listed}"


def _some(names: Collection[str]) -> Check:
    """Accept a list of these names."""
    listed = ", ".join(sorted(names))

    def check(value: Any) -> str | None:
        strings = isinstance(value, list) and all(isinstance(name, str) for name in value)
        return (
            None
            if strings and value and set(value) <= set(names)
            else f"a list of words from {listed}"
        )

    return check


def _texts(least: int, most: int, example: str) -> Check:
    def check(value: Any) -> str | None:
        good = isinstance(value, list) and least <= len(value) <= most
        return None if good and not any(map(text, value)) else example

    return check


_pair = _texts(2, 2, 'singular and plural, such as ["hat", "haben"]')
_forms = _texts(3, 4, 'three forms, such as ["liest", "lesen", "gelesen"] or ["reads", …]')
