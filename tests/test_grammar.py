"""The grammar: its sentences, their alignment, and the corpus that is shipped.

Agreement and word order are checked with tables written here by hand, not with the lexicon.
"""

import os
import re
import subprocess
import sys
from collections import Counter
from itertools import pairwise

import pytest

from utils.corpora import Pair
from utils.corpora.grammar.clauses import Clause, Noun, build
from utils.corpora.grammar.generate import (
    BUCKETS,
    LONG_BUCKETS,
    generate_pairs,
    make_splits,
    to_pair,
    write_splits,
)
from utils.corpora.grammar.lexicon import NOUNS, VERBS
from utils.corpora.grammar.phrases import german_only, link
from utils.system.paths import ROOT

MINI = ROOT / "data" / "mini"
STOP = link(".", ".")


@pytest.fixture(scope="module", params=[pytest.param("slow", marks=pytest.mark.slow)])
def splits():
    return make_splits()


@pytest.fixture(scope="module")
def pairs(splits):
    return [pair for split in splits.values() for pair in split]


# --- The shipped files ----------------------------------------------------------------------------


def test_shipped_corpus_is_what_the_grammar_writes(splits, tmp_path):
    write_splits(splits, tmp_path)
    names = {f"{split}.{suffix}" for split in splits for suffix in ("de", "en", "align")}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert {path.name for path in MINI.iterdir()} == names
    for name in sorted(names):
        assert (tmp_path / name).read_bytes() == (MINI / name).read_bytes(), name


def test_splits_have_the_promised_sizes(splits):
    lengths = {name: [len(pair.source) for pair in split] for name, split in splits.items()}
    train = Counter(lengths["train"])
    assert len(lengths["train"]) == 12_000
    assert set(train) == set(range(4, 31))
    assert max(train.values()) - min(train.values()) <= 1
    for name, buckets in [("valid", BUCKETS), ("test", BUCKETS), ("long", LONG_BUCKETS)]:
        counts = [sum(low <= n <= high for n in lengths[name]) for low, high in buckets]
        assert counts == [200] * len(buckets)
        assert len(lengths[name]) == 200 * len(buckets)


def test_no_sentence_occurs_twice(pairs):
    assert len({pair.source for pair in pairs}) == len(pairs) == 12_000 + 1_200 + 1_200 + 800


def test_every_word_can_be_learned(splits):
    for side, fewest, most in [("source", 100, 112), ("target", 80, 95)]:
        counts = Counter(word for pair in splits["train"] for word in getattr(pair, side))
        assert fewest <= len(counts) <= most
        assert min(counts.values()) >= 50
        assert {w for split in splits.values() for p in split for w in getattr(p, side)} == set(
            counts
        )


# --- generate_pairs -------------------------------------------------------------------------------


def test_same_seed_same_pairs():
    assert generate_pairs(60, (4, 20), seed=7) == generate_pairs(60, (4, 20), seed=7)
    assert generate_pairs(60, (4, 20), seed=7) != generate_pairs(60, (4, 20), seed=8)


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_pairs_do_not_depend_on_hashing_or_on_the_global_generator(hash_seed):
    code = (
        "import random; random.seed(); from utils.corpora.grammar import generate_pairs;"
        "print([' '.join(p.source) for p in generate_pairs(40, (4, 30), 3)])"
    )
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONUTF8": "1"}
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    expected = [" ".join(pair.source) for pair in generate_pairs(40, (4, 30), 3)]
    assert result.stdout.decode("utf-8").strip() == str(expected)


def test_lengths_are_spread_evenly():
    generated = generate_pairs(102, (10, 14), seed=1)
    counts = Counter(len(pair.source) for pair in generated)
    assert counts == {10: 21, 11: 21, 12: 20, 13: 20, 14: 20}
    assert [len(pair.source) for pair in generated] != sorted(len(p.source) for p in generated)
    assert len({pair.source for pair in generated}) == 102


def test_very_long_sentences_and_none():
    assert all(len(pair.source) == 60 for pair in generate_pairs(5, (60, 60)))
    assert generate_pairs(0) == []


@pytest.mark.parametrize(
    ("count", "lengths", "message"),
    [
        (-1, (4, 30), "count must be a whole number from 0 to 10,000,000, not -1."),
        (5, (3, 30), r"between 4 and 60, not \(3, 30\)."),
        (5, (4, 61), r"between 4 and 60, not \(4, 61\)."),
        (5, (9, 5), r"Lengths must be \(fewest, most\) words between 4 and 60, not \(9, 5\)."),
    ],
)
def test_impossible_requests_are_refused(count, lengths, message):
    with pytest.raises(ValueError, match=message):
        generate_pairs(count, lengths)


def test_more_sentences_than_there_are(monkeypatch):
    monkeypatch.setattr("utils.corpora.grammar.generate.PATIENCE", 10)
    with pytest.raises(ValueError, match="cannot make so many different sentences of 4 words"):
        generate_pairs(100_000, (4, 4))


# --- Alignment ------------------------------------------------------------------------------------


def test_links_are_in_range_and_leave_no_english_word_out(pairs):
    for pair in pairs:
        assert all(
            0 <= i < len(pair.source) and 0 <= j < len(pair.target) for i, j in pair.alignment
        )
        assert {j for _, j in pair.alignment} == set(range(len(pair.target)))


def test_nearly_every_english_word_has_one_link(pairs):
    links = sum(len(pair.alignment) for pair in pairs)
    words = sum(len(pair.target) for pair in pairs)
    assert 1 <= links / words < 1.02


def test_commas_and_full_stops_link_to_their_own_kind(pairs):
    for pair in pairs:
        for i, j in pair.alignment:
            for mark in (",", "."):
                assert (pair.source[i] == mark) == (pair.target[j] == mark)


def test_english_has_a_comma_before_although_but_not_before_because(pairs):
    before = {"although": set(), "because": set(), "when": set()}
    for pair in pairs:
        for previous, word in pairwise(pair.target):
            before.get(word, set()).add(previous)
    assert before["although"] == {",", "and", "but"}
    assert "," not in before["because"] | before["when"]


def test_links_agree_with_a_dictionary(pairs):
    """Each English word is linked to few German forms, and "and" only ever to "und"."""
    linked = {}
    for pair in pairs:
        for i, j in pair.alignment:
            linked.setdefault(pair.target[j], set()).add(pair.source[i])
    assert linked["and"] == {"und"}
    assert linked["not"] == linked["did"] == linked["does"] == linked["do"] == {"nicht"}
    assert linked["a"] == linked["an"] == {"ein", "eine", "einen", "einem", "einer"}
    assert linked["the"] == {"der", "die", "das", "den", "dem", "im", "am", "zum", "morgens"}
    assert linked["who"] == {"der", "die", "das"}
    assert linked["that"] == {"dass", "der", "die", "das"}
    assert linked["called"] == {"angerufen"}
    assert linked["calls"] == {"ruft", "an", "anruft"}
    assert linked["call"] == {"ruft", "rufen", "an", "anruft", "anrufen", "angerufen"}
    assert linked["old"] == {"alt", "alte", "alten", "alter", "altes"}


def test_word_order_differs(pairs):
    back = steps = 0
    for pair in pairs:
        sources = [min(i for i, k in pair.alignment if k == j) for j in range(len(pair.target))]
        steps += len(sources) - 1
        back += sum(later < earlier for earlier, later in pairwise(sources))
    assert back / steps > 0.1


def test_english_is_a_function_of_german(pairs):
    targets = {}
    for pair in pairs + generate_pairs(3_000, (4, 9), seed=99):
        assert targets.setdefault(pair.source, pair.target) == pair.target


# --- Agreement, by tables written by hand ---------------------------------------------------------

GENDERS = {
    "m": "Mann Lehrer Koch Brief Apfel Garten Bahnhof",
    "f": "Frau Ärztin Stadt",
    "n": "Kind Buch",
    "plural": "Eltern Bücher",
    "dative plural": "Eltern",
}
ENDINGS = {  # article before a noun, and the adjective ending that follows
    "m": "der -e, den -en, dem -en, im -en, am -en, zum -en, ein -er, einen -en, einem -en",
    "f": "die -e, der -en, eine -e, einer -en",
    "n": "das -e, dem -en, ein -es, einem -en",
    "plural": "die -en",
    "dative plural": "den -en",
}
NAMES = ("Anna", "Lena", "Emma", "Lisa", "Mia", "Ben", "Felix", "Jan", "Paul", "Max", "Tom")
ARTICLES = {rule.split()[0] for rules in ENDINGS.values() for rule in rules.split(", ")}
ADJECTIVE = re.compile(r"(alt|neu|klein)(e|en|er|es)")


def allowed_phrases():
    """Return all (article, ending or "", noun) that German allows here."""
    return {
        (article, part, noun)
        for gender, nouns in GENDERS.items()
        for noun in nouns.split()
        for article, ending in (rule.split() for rule in ENDINGS[gender].split(", "))
        for part in ("", ending.removeprefix("-"))
    }


def test_articles_adjectives_and_nouns_agree(pairs):
    allowed, seen = allowed_phrases(), set()
    for pair in pairs:
        words = (*pair.source, "", "")
        for i, word in enumerate(pair.source):
            adjective = ADJECTIVE.fullmatch(words[i + 1])
            noun = words[i + 2] if adjective else words[i + 1]
            pronoun = i and words[i - 1] == ","  # der Lehrer , der Bücher liest
            if word in ARTICLES and not pronoun and noun[:1].isupper() and noun not in NAMES:
                seen.add((word, adjective[2] if adjective else "", noun))
    assert seen <= allowed
    assert len(seen) > 90


def test_adjectives_without_an_article_are_strong(pairs):
    """Only "neue Bücher" can do without an article: no preposition before it, so ending -e."""
    for pair in pairs:
        for before, adjective, noun in zip(
            pair.source, pair.source[1:], pair.source[2:], strict=False
        ):
            if noun == "Bücher" and ADJECTIVE.fullmatch(adjective) and before not in ARTICLES:
                assert adjective.endswith("e")


def test_a_and_an(pairs):
    for pair in pairs:
        for article, word in pairwise(pair.target):
            if article in ("a", "an"):
                assert (article == "an") == (word in ("old", "apple"))


SINGULAR = "schläft liest isst kauft hilft gibt wartet geht ruft sagt ist war hat anruft"
PLURAL = (
    "schlafen lesen essen kaufen helfen geben warten gehen rufen sagen sind waren haben anrufen"
)
ENGLISH_SINGULAR = "sleeps reads eats buys helps gives waits goes calls says is was does"
NOUN = rf"(?:{'|'.join(NAMES)}|(?:der|die|das|ein|eine) (?:\w+ )?[A-ZÄ]\w+)"


def test_verbs_agree_with_their_subjects(pairs):
    subject = re.compile(rf"^({NOUN})( und {NOUN})? (\w+) ")
    checked = Counter()
    for pair in pairs:
        match = subject.match(" ".join(pair.source))
        if match:
            plural = bool(match[2]) or match[1].split()[-1] in ("Eltern", "Bücher")
            assert match[3] in (PLURAL if plural else SINGULAR).split(), match[0]
            checked[plural] += 1
    assert min(checked.values()) > 1_000


def test_english_verbs_agree_with_their_subjects(pairs):
    adverb = "(?:(?:often|never) )?"
    singular = re.compile(rf"^(?:an? |the )?(?:(?:old|new|small) )?(\w+) {adverb}(\w+) ")
    verbs = set(ENGLISH_SINGULAR.split())
    plural_verbs = {"sleep", "eat", "buy", "help", "give", "wait", "go", "call", "say"}
    plural_verbs |= {"are", "were", "do"}
    for pair in pairs:
        match = singular.match(" ".join(pair.target))
        if match and match[1] in ("parents", "books"):
            assert match[2] not in verbs, match[0]
        elif match:
            assert match[2] not in plural_verbs, match[0]


# --- Word order -----------------------------------------------------------------------------------

FINITE = {*SINGULAR.split(), *PLURAL.split()}
SUBORDINATE = re.compile(r"(?:weil|obwohl|wenn|dass) ([^,.]+?) (?=[,.])(?!, (?:der|die|das) )")


def test_subordinate_clauses_end_with_their_verb(pairs):
    checked = 0
    for pair in pairs:
        for clause in SUBORDINATE.findall(" ".join(pair.source)):
            assert clause.split()[-1] in FINITE, clause
            checked += 1
    assert checked > 5_000


def test_main_clauses_have_their_verb_second(pairs):
    place = r"(?:(?:im|am|in der) (?:\w+ )?[A-ZÄ]\w+)"
    known_object = r"(?:(?:den|dem) (?:\w+ )?[A-ZÄ]\w+)"
    adverb = "(?:heute|gestern|morgens|oft|nie)"
    first = rf"(?:{adverb}|{place}|{known_object}|{NOUN}(?: und {NOUN})?)"
    clause = re.compile(rf"^{first} (\w+) ")
    for pair in pairs:
        text = " ".join(pair.source)
        if "," not in pair.source:
            match = clause.match(text)
            assert match, text
            assert match[1] in FINITE, text
            assert FINITE.isdisjoint(pair.source[len(match[0].split()) :]), text


def test_commas_are_never_doubled_and_never_stray(pairs):
    for pair in pairs:
        for side in (pair.source, pair.target):
            text = " ".join(side)
            assert ", ," not in text
            assert ", ." not in text
            assert not text.startswith(",")
            assert side.count(".") == 1
            assert side[-1] == "."


def test_no_sentence_says_the_same_thing_twice(pairs):
    joints = re.compile(r" , (?:und |aber |dass |weil |obwohl |wenn )?| \.$")
    for pair in pairs:
        clauses = [c for c in joints.split(" ".join(pair.source)) if len(c.split()) > 3]
        assert len(set(clauses)) == len(clauses), pair.source


# --- Phenomena ------------------------------------------------------------------------------------

PHENOMENA = {  # a pattern of the German sentence, and the least share of training sentences
    "time or place first": (r"^(heute|gestern|morgens|im|am|in) ", 0.12),
    "frequency first": (r"^(oft|nie) ", 0.03),
    "object first": (r"^(den|dem) ", 0.008),
    "subordinate clause first": (r"^(weil|obwohl|wenn) ", 0.10),
    "weil, obwohl, wenn": (r"\b(weil|obwohl|wenn) ", 0.30),
    "dass": (r"\bdass ", 0.15),
    "relative clause": (
        r"[A-ZÄ]\w+( \w+){0,3} , (der|die|das) [^,.]*\b(ist|sind|hat|haben) ",
        0.03,
    ),
    "perfect": (r"\b(hat|haben) .*\b(ge\w+|angerufen)\b", 0.40),
    "perfect with sein": (r"\bgegangen\b", 0.02),
    "separable verb, in two": (r"\b(ruft|rufen) .*\ban\b", 0.06),
    "separable verb, in one": (r"\b(anruft|anrufen)\b", 0.03),
    "preposition": (r"\b(in|auf|im|am|zum) ", 0.30),
    "contraction": (r"\b(im|am|zum) ", 0.20),
    "negation": (r"\bnicht\b", 0.15),
    "coordination": (r"\b(und|aber)\b", 0.40),
    "predicate": (r"\b(ist|sind|war|waren)\b", 0.25),
    "dative object": (r"\b(hilft|helfen|geholfen|gibt|geben|gegeben)\b", 0.06),
    "adverb": (r"\b(heute|gestern|morgens|oft|nie)\b", 0.40),
}


@pytest.mark.parametrize(("pattern", "least"), PHENOMENA.values(), ids=PHENOMENA.keys())
def test_every_phenomenon_is_in_the_training_data(splits, pattern, least):
    regex = re.compile(pattern)
    found = sum(bool(regex.search(" ".join(pair.source))) for pair in splits["train"])
    assert found / len(splits["train"]) > least


EXAMPLES = [  # the content, and the sentence pair that must express it
    pytest.param(
        build(Clause("lesen", Noun("Lehrer"), objects=(Noun("Brief", "indefinite", "alt"),)))
        + STOP,
        "der Lehrer liest einen alten Brief .",
        "the teacher reads an old letter .",
        "0-0 1-1 2-2 3-3 4-4 5-5 6-6",
        id="articles and endings",
    ),
    pytest.param(
        build(
            Clause(
                "lesen",
                Noun("Ärztin", "indefinite", "neu"),
                objects=(Noun("Bücher", "none", "alt"),),
                place=Noun("Stadt", adjective="klein"),
                time="heute",
                front="time",
            )
        )
        + STOP,
        "heute liest eine neue Ärztin in der kleinen Stadt alte Bücher .",
        "today a new doctor reads old books in the small city .",
        "0-0 1-4 2-1 3-2 4-3 5-7 6-8 7-9 8-10 9-5 10-6 11-11",
        id="time first",
    ),
    pytest.param(
        build(
            Clause(
                "kaufen",
                Noun("Frau"),
                objects=(Noun("Apfel", "indefinite"),),
                place=Noun("Stadt"),
                time="gestern",
                tense="past",
            )
        )
        + STOP,
        "die Frau hat gestern in der Stadt einen Apfel gekauft .",
        "the woman bought an apple in the city yesterday .",
        "0-0 1-1 3-8 4-5 5-6 6-7 7-3 8-4 9-2 10-9",
        id="perfect bracket",
    ),
    pytest.param(
        build(Clause("gehen", Noun("Eltern"), goal=Noun("Bahnhof", adjective="neu"), tense="past"))
        + STOP,
        "die Eltern sind zum neuen Bahnhof gegangen .",
        "the parents went to the new station .",
        "0-0 1-1 3-3 3-4 4-5 5-6 6-2 7-7",
        id="perfect with sein, contraction",
    ),
    pytest.param(
        build(
            Clause("anrufen", Noun("Eltern"), objects=(Noun("Ärztin"),), time="heute", negated=True)
        )
        + STOP,
        "die Eltern rufen die Ärztin heute nicht an .",
        "the parents do not call the doctor today .",
        "0-0 1-1 2-4 3-5 4-6 5-7 6-2 6-3 7-4 8-8",
        id="separable verb, negation",
    ),
    pytest.param(
        build(Clause("schlafen", Noun("Kind", adjective="klein"), negated=True, tense="past"))
        + STOP,
        "das kleine Kind hat nicht geschlafen .",
        "the small child did not sleep .",
        "0-0 1-1 2-2 4-3 4-4 5-5 6-6",
        id="negation in the past",
    ),
    pytest.param(
        build(Clause("sein", Noun("Frau", "indefinite"), predicate="müde", frequency="oft")) + STOP,
        "eine Frau ist oft müde .",
        "a woman is often tired .",
        "0-0 1-1 2-2 3-3 4-4 5-5",
        id="predicate",
    ),
    pytest.param(
        build(Clause("sein", Noun("Paul", "none"), predicate="krank", tense="past", negated=True))
        + STOP,
        "Paul war nicht krank .",
        "Paul was not sick .",
        "0-0 1-1 2-2 3-3 4-4",
        id="negated predicate",
    ),
    pytest.param(
        build(
            Clause(
                "warten",
                Noun("Lena", "none"),
                Noun("Mann", adjective="alt"),
                objects=(Noun("Koch", "indefinite", "neu"),),
                frequency="oft",
            )
        )
        + STOP,
        "Lena und der alte Mann warten oft auf einen neuen Koch .",
        "Lena and the old man often wait for a new cook .",
        "0-0 1-1 2-2 3-3 4-4 5-6 6-5 7-7 8-8 9-9 10-10 11-11",
        id="two subjects, frequency, object after a preposition",
    ),
    pytest.param(
        build(
            Clause(
                "geben",
                Noun("Koch", "indefinite"),
                objects=(Noun("Eltern", adjective="alt"), Noun("Apfel", "indefinite")),
                time="morgens",
                front="time",
                tense="past",
            )
        )
        + STOP,
        "morgens hat ein Koch den alten Eltern einen Apfel gegeben .",
        "in the morning a cook gave the old parents an apple .",
        "0-0 0-1 0-2 2-3 3-4 4-6 5-7 6-8 7-9 8-10 9-5 10-11",
        id="two objects, one word for three",
    ),
    pytest.param(
        build(
            Clause(
                "geben",
                Noun("Emma", "none"),
                objects=(Noun("Frau", "indefinite"), Noun("Buch")),
            )
        )
        + STOP,
        "Emma gibt das Buch einer Frau .",
        "Emma gives a woman the book .",
        "0-0 1-1 2-4 3-5 4-2 5-3 6-6",
        id="known before new",
    ),
    pytest.param(
        build(
            Clause(
                "lesen",
                Noun("Tom", "none"),
                objects=(Noun("Brief", adjective="neu"),),
                time="gestern",
                tense="past",
                front="accusative",
            )
        )
        + STOP,
        "den neuen Brief hat Tom gestern gelesen .",
        "Tom read the new letter yesterday .",
        "0-2 1-3 2-4 4-0 5-5 6-1 7-6",
        id="object first",
    ),
    pytest.param(
        build(
            Clause(
                "helfen",
                Noun("Jan", "none"),
                objects=(Noun("Lehrer"),),
                frequency="nie",
                front="frequency",
            )
        )
        + STOP,
        "nie hilft Jan dem Lehrer .",
        "Jan never helps the teacher .",
        "0-1 1-2 2-0 3-3 4-4 5-5",
        id="frequency first, only in German",
    ),
    pytest.param(
        build(
            Clause(
                "kaufen",
                Noun(
                    "Frau",
                    relative=Clause(
                        "warten", Noun("Frau"), objects=(Noun("Max", "none"),), frequency="nie"
                    ),
                ),
                objects=(Noun("Buch", "indefinite"),),
            )
        )
        + STOP,
        "die Frau , die nie auf Max wartet , kauft ein Buch .",
        "the woman who never waits for Max buys a book .",
        "0-0 1-1 3-2 4-3 5-5 6-6 7-4 9-7 10-8 11-9 12-10",
        id="relative clause on the subject",
    ),
    pytest.param(
        build(
            Clause(
                "anrufen",
                Noun("Mann"),
                objects=(
                    Noun(
                        "Koch",
                        "indefinite",
                        relative=Clause(
                            "schlafen", Noun("Koch"), place=Noun("Garten"), tense="past"
                        ),
                    ),
                ),
                tense="past",
            )
        )
        + STOP,
        "der Mann hat einen Koch angerufen , der im Garten geschlafen hat .",
        "the man called a cook who slept in the garden .",
        "0-0 1-1 3-3 4-4 5-2 7-5 8-7 8-8 9-9 10-6 12-10",
        id="relative clause on the object",
    ),
    pytest.param(
        build(
            Clause(
                "lesen",
                Noun("Kind"),
                objects=(Noun("Brief", relative=Clause("sein", Noun("Brief"), predicate="neu")),),
            )
        )
        + STOP,
        "das Kind liest den Brief , der neu ist .",
        "the child reads the letter that is new .",
        "0-0 1-1 2-2 3-3 4-4 6-5 7-7 8-6 9-8",
        id="relative clause on a thing",
    ),
    pytest.param(
        build(Clause("essen", Noun("Anna", "none"), objects=(Noun("Apfel", "indefinite"),)))
        + german_only(",")
        + link("weil", "because")
        + build(Clause("anrufen", Noun("Ben", "none"), objects=(Noun("Eltern"),)), "final")
        + STOP,
        "Anna isst einen Apfel , weil Ben die Eltern anruft .",
        "Anna eats an apple because Ben calls the parents .",
        "0-0 1-1 2-2 3-3 5-4 6-5 7-7 8-8 9-6 10-9",
        id="subordinate clause, separable verb in one",
    ),
    pytest.param(
        link("wenn", "when")
        + build(Clause("schlafen", Noun("Kind"), place=Noun("Bahnhof")), "final")
        + link(",", ",")
        + build(Clause("helfen", Noun("Eltern"), objects=(Noun("Koch"),)), "first")
        + STOP,
        "wenn das Kind am Bahnhof schläft , helfen die Eltern dem Koch .",
        "when the child sleeps at the station , the parents help the cook .",
        "0-0 1-1 2-2 3-4 3-5 4-6 5-3 6-7 7-10 8-8 9-9 10-11 11-12 12-13",
        id="subordinate clause first",
    ),
    pytest.param(
        build(Clause("sagen", Noun("Lehrer"), negated=True))
        + german_only(",")
        + link("dass", "that")
        + build(
            Clause("helfen", Noun("Mia", "none"), objects=(Noun("Lisa", "none"),), tense="past"),
            "final",
        )
        + STOP,
        "der Lehrer sagt nicht , dass Mia Lisa geholfen hat .",
        "the teacher does not say that Mia helped Lisa .",
        "0-0 1-1 2-4 3-2 3-3 5-5 6-6 7-8 8-7 10-9",
        id="reported, perfect at the end",
    ),
]


@pytest.mark.parametrize(("phrase", "german", "english", "alignment"), EXAMPLES)
def test_known_sentences_are_translated_word_for_word(phrase, german, english, alignment):
    links = frozenset(tuple(map(int, link.split("-"))) for link in alignment.split())
    assert to_pair(phrase) == Pair(tuple(german.split()), tuple(english.split()), links)


# --- The lexicon ----------------------------------------------------------------------------------


def test_verbs_require_only_kinds_of_nouns_that_exist():
    kinds = {kind for noun in NOUNS.values() for kind in noun["kinds"]}
    for name, verb in VERBS.items():
        wanted = {kind for case in verb.get("objects", {}).values() for kind in case}
        assert {*wanted, *verb["subject"]} <= kinds, name
        assert all("at" in NOUNS[place] for place in verb.get("places", [])), name


def test_indefinite_things_are_not_negated(pairs):
    """German would say "kein"."""
    for pair in pairs:
        text = " ".join(pair.source)
        assert not re.search(r"\b(ein\w*|nicht) (\w+ )?[A-ZÄ]\w+ nicht\b|\bnicht ein", text), text


def test_lasting_adjectives_need_a_definite_noun_and_no_adverb(pairs):
    """Nobody is old just today, and "a cook is new" sounds odd."""
    lasting = re.compile(r"\b(alt|neu|klein)\b")
    joint = re.compile(rf" , | (?:{'|'.join(sorted(FINITE))}) und ")
    clauses = [c for pair in pairs for c in joint.split(" ".join(pair.source)) if lasting.search(c)]
    assert len(clauses) > 500
    unfit = {"heute", "gestern", "morgens", "oft", "nie", "ein", "eine"}
    for clause in clauses:
        assert unfit.isdisjoint(clause.split()), clause


def test_names_have_no_relative_clause(pairs):
    """Otherwise English would need commas."""
    for pair in pairs:
        assert not re.search(rf"({'|'.join(NAMES)}) who ", " ".join(pair.target))
