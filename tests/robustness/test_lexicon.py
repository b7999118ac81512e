"""The lexicon that people edit: mistakes are named, and only code that needs it reads it."""

import re
import subprocess
import sys

import pytest
from toy import toy_translator, write_toy_corpus

from utils.corpora.grammar.lexicon import PATH, lexicon, read_lexicon

LEXICON = PATH.read_text(encoding="utf-8")
LETTER = '[nouns.Brief]\nenglish = "letter"\ngender = "m"\nkinds = ["thing", "readable", "gift"]'


def edited(old: str, new: str) -> bytes:
    assert LEXICON.count(old) == 1, old
    return LEXICON.replace(old, new).encode()


def line_of(words: str) -> int:
    return LEXICON[: LEXICON.index(words)].count("\n") + 1


MISTAKES = {  # the edit, and what the message must say
    "an umlaut without quotes": (
        ('"müde" =', "müde ="),
        rf"line {line_of('müde')}: .*; a name with ä, ö, ü or ß needs quotes, as in \"müde\"",
    ),
    "an umlaut in a heading": (('[nouns."Ärztin"]', "[nouns.Ärztin]"), r"line \d+: .* needs quote"),
    "a wrong gender": (
        (LETTER, LETTER.replace('"m"', '"masculine"')),
        r"nouns\.Brief\.gender must be one of m, f, n, plural, not 'masculine'",
    ),
    "a gender that is a list": (
        (LETTER, LETTER.replace('"m"', '["m"]')),
        r"nouns\.Brief\.gender must be one of m, f",
    ),
    "no English form": (
        ('english = "letter"\n', ""),
        r'nouns\.Brief: english is missing; give words in quotes, such as "small"',
    ),
    "an empty English form": (('"letter"', '" "'), r"nouns\.Brief\.english must be words"),
    "a number for a word": (
        ('"letter"', "7"),
        r"nouns\.Brief\.english must be words in .*, not '7",
    ),
    "a number for a whole entry": (
        ('oft = { english = "often" }', "oft = 3"),
        r"frequencies\.oft must be a table",
    ),
    "a missing table": (("[frequencies]", "[frequency]"), r"table \[frequencies\] is missing; the"),
    "an unknown table": (
        ("[frequencies]", "[pronouns]\n[frequencies]"),
        r"\[pronouns\] is unknown",
    ),
    "an empty table": (
        ('oft = { english = "often" }\nnie = { english = "never" }', ""),
        r"frequencies must be at least one entry",
    ),
    "an entry twice": (
        (LETTER, f"{LETTER}\n[nouns.Garten]"),
        r"line \d+: .*; an entry is written once",
    ),
    "a name twice": (
        ("Tom = {", "Jan = {"),
        rf"line {line_of('Tom = {')}: .*; an entry is written once",
    ),
    "a bracket left open": (('"readable", "gift"]', '"readable", "gift"'), r"line \d+: "),
    "a quote left open at the end": (("[auxiliaries]", '[auxiliaries]\n"'), r"line \d+: "),
    "a kind that no verb asks for": (
        ('["thing", "readable", "gift"]', '["thing", "legible"]'),
        r"nouns\.Brief\.kinds must be a list of words from .*readable.*, not .*legible",
    ),
    "a kind that no noun has": (
        ('{ accusative = ["edible"] }', '{ accusative = ["drinkable"] }'),
        r"verbs\.essen\.objects\.accusative must be a list of words from .*edible, .*not .*drink",
    ),
    "a case that is not there": (
        ('{ accusative = ["edible"] }', '{ genitive = ["edible"] }'),
        r"verbs\.essen\.objects: 'genitive' is unknown; the fields are accusative, dative",
    ),
    "an adjective that is not there": (
        ('"Bücher"]\nenglish = "books"', '"Bücher"]\nadjectives = ["rot"]\nenglish = "books"'),
        r"line \d+: ",  # there is an [adjectives] table already
    ),
    "a place that is none": (
        ('places = ["Stadt", "Bahnhof"]', 'places = ["Stadt", "Brief"]'),
        r"verbs\.kaufen\.places must be a list of words from .*Bahnhof",
    ),
    "a field misspelled": (
        ('auxiliary = "sein"', 'auxilary = "sein"'),
        r"verbs\.gehen: 'auxilary' is unknown; the fields are german, english, subject",
    ),
    "an auxiliary that is none": (
        ('auxiliary = "sein"', 'auxiliary = "werden"'),
        r"verbs\.gehen\.auxiliary must be one of haben, sein",
    ),
    "two forms of a verb": (
        ('["gives", "give", "gave"]', '["gives", "give"]'),
        r"verbs\.geben\.english must be three forms",
    ),
    "a predicate's verb with three forms": (
        ('["ist", "sind", "war", "waren"]', '["ist", "sind", "war"]'),
        r"verbs\.sein must be a verb with four forms in each language",
    ),
    "a weight that is true": (
        ("weight = 3", "weight = true"),
        r"verbs\.anrufen\.weight must be a w",
    ),
    "a flag that is false": (
        ("clause = true", "clause = false"),
        r"verbs\.sagen\.clause must be tr",
    ),
    "an unknown tense": (
        (
            'wenn = { english = "when", tenses = ["present"]',
            'wenn = { english = "when", tenses = []',
        ),
        r"subordinators\.wenn\.tenses must be a list of words from past, present, not '\[\]'",
    ),
    "an article without a case": (
        ('dative = { m = "einem", f = "einer", n = "einem" }', ""),
        r"articles\.indefinite: dative is missing",
    ),
    "an ending without a gender": (
        ('dative = { m = "em", f = "er", n = "em", plural = "en" }', 'dative = { m = "em" }'),
        r"endings\.none\.dative: f is missing; give words in quotes",
    ),
    "a plural with every article": (
        ('kinds = ["person"]\nadjectives = ["alt"]\narticles = ["definite"]', 'kinds = ["person"]'),
        r"nouns\.Eltern must be articles",
    ),
}


@pytest.mark.parametrize(("edit", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_what_is_expected(tmp_path, edit, expected):
    path = tmp_path / "lexicon.toml"
    path.write_bytes(edited(*edit))
    with pytest.raises(ValueError) as caught:
        read_lexicon(path)
    said = str(caught.value)
    assert said.startswith(f"{path}, ") and "\n" not in said
    assert re.search(expected, said), said


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (LEXICON.encode("latin-1", "replace"), "is not UTF-8; save it as UTF-8"),
        (b"", "is missing; the lexicon needs it"),
        (None, "cannot be read: it does not exist"),
    ],
    ids=["latin-1", "empty", "missing"],
)
def test_a_file_that_is_not_a_lexicon_is_named(tmp_path, content, expected):
    path = tmp_path / "lexicon.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(expected)):
        read_lexicon(path)


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbf" + LEXICON.encode(), LEXICON.replace("\n", "\r\n").encode()],
    ids=["BOM", "CRLF"],
)
def test_byte_order_marks_and_crlf_are_accepted(tmp_path, content):
    (tmp_path / "lexicon.toml").write_bytes(content)
    assert read_lexicon(tmp_path / "lexicon.toml") == lexicon()


def test_a_new_word_is_accepted(tmp_path):
    added = LETTER.replace("Brief", "Zettel").replace("letter", "note")
    (tmp_path / "lexicon.toml").write_text(f"{LEXICON}\n{added}\n", encoding="utf-8")
    assert "Zettel" in read_lexicon(tmp_path / "lexicon.toml")["nouns"]


BROKEN = "import utils.corpora.grammar.lexicon as l; l.PATH = l.DATA / 'none.toml'\n"


def run(code: str) -> subprocess.CompletedProcess:
    """Run some code with an unreadable lexicon."""
    command = [sys.executable, "-c", BROKEN + code]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120)


@pytest.mark.slow
def test_code_that_needs_no_lexicon_does_not_read_it(tmp_path):
    folder, path = write_toy_corpus(tmp_path / "numbers"), tmp_path / "toy.pt"
    toy_translator().save(path)
    found = run(
        f"""
from utils import corpora, translate
from utils.corpora import grammar
from utils.training import __main__ as training
corpora.load_corpus("mini"); corpora.load_corpus({str(folder)!r})
translate.main(["eins zwei", "--translator", {str(path)!r}])
training.main(["--corpus", {str(folder)!r}, "--epochs", "1", "--output", {str(path)!r}])
training.main(["--help"])"""
    )
    assert found.returncode == 0, found.stderr
    assert "usage:" in found.stdout


@pytest.mark.slow
def test_the_grammar_says_what_is_wrong_in_one_line(tmp_path):
    found = run(
        f"import sys, runpy; sys.argv[1:] = [{str(tmp_path)!r}]\n"
        "runpy.run_module('utils.corpora.grammar', run_name='__main__')"
    )
    assert (found.returncode, found.stdout) == (1, "")
    assert re.fullmatch(r"error: \S+none\.toml cannot be read: it does not.*\n", found.stderr)
