"""Text in JavaScript: the same words, pieces and numbers as in Python, whatever people type."""

import random
import unicodedata

import pytest
import torch
from explorers import open_engine, translator_of

from utils.corpora import detokenize, tokenize
from utils.corpora.words import normalize
from utils.text import unknown_words
from utils.text.subwords import join, weights_of_words, word_numbers
from utils.widgets.engine import Engine
from utils.widgets.scripts import bundle

FUZZ = 10_000
ASSIGNED = [
    chr(number)
    for number in range(0x110000)
    if unicodedata.category(chr(number)) not in ("Cn", "Cs")  # of others engines know more or less
]
# Their capitals came with Unicode 16, which V8 has and Python only from 3.14 on.
NEW_CAPITALS = {"ƛ", "ɤ"}
TRICKY = [
    *"'’.,0123456789sSſßẞxXzZΣσςİıKﬁﬃŉǆǅᾳᾷა😀👩🇩ก▁_&#;<>()[]\\^-–…„“ \t\n\x00\x1c\x1f\x7f\x85\xa0",
    *"\u0301\u0308\u0345\u00ad\u200b\u200c\u200d\u3000\ufe0f\ufeff\ufffd\udbff",
    # Of the halves of UTF-16 only one: a pair of them is two letters in Python, one in JavaScript.
    *("re", "ve", "LL", "'s", "’S", "d'", "&amp;", "&#39;", "<unk>", "<eos>", "...", "10,000"),
]
FORMS = (str, str.upper, str.lower, str.capitalize, str.swapcase)
NAMES = ("mini-dot", "multi30k-additive")

READ = """
function readAll(name, texts) {
  const translator = loaded[name];
  return texts.map((text) => {
    const tokens = tokenize(text);
    const words = translator.read(text);
    const pieces = translator.piecesOf(words);
    return {
      tokens,
      text: detokenize(tokens),
      words,
      pieces,
      unknown: translator.unknownWords(words),
      numbers: translator.encode(words),
      joined: translator.subwords ? joinPieces(pieces) : words,
    };
  });
}
"""


def vocabulary_of(name):
    return translator_of(name, True).fields.source.vocab.itos


def odd_texts(count, seed):
    """Return texts of four kinds: any letters, tricky ones, both with words, and words alone."""
    draw = random.Random(seed)
    vocabularies = [vocabulary_of(name) for name in NAMES]

    def parts():
        yield from draw.choices(ASSIGNED, k=draw.randint(0, 30))

    def tricky():
        yield from draw.choices(TRICKY, k=draw.randint(0, 30))

    def mixed():
        for _ in range(draw.randint(0, 20)):
            yield draw.choice(draw.choice([ASSIGNED, TRICKY, *vocabularies]))

    def written():
        for word in draw.choices(draw.choice(vocabularies), k=draw.randint(0, 15)):
            yield draw.choice(FORMS)(word) + draw.choice(["", " ", " ", "'s ", ". "])

    return ["".join(draw.choice([parts, tricky, mixed, written])()) for _ in range(count)]


@pytest.mark.parametrize("name", NAMES)
def test_odd_text_is_read_as_in_python(name):
    texts, fields = odd_texts(FUZZ, seed=21), translator_of(name, True).fields
    with open_engine(name) as engine:
        engine.run(READ)
        found = engine.call("readAll", name, texts)
    for text, read in zip(texts, found, strict=True):
        words = translator_of(name, True).read(text)
        pieces = fields.source.preprocess(words)
        stoi, unknown = fields.source.vocab.stoi, fields.source.vocab.unk_index
        assert read == {
            "tokens": list(tokenize(text)),
            "text": detokenize(tokenize(text)),
            "words": list(words),
            "pieces": pieces,
            "unknown": unknown_words(words, fields.source),
            "numbers": [stoi.get(piece, unknown) for piece in pieces],
            "joined": list(join(pieces) if fields.subwords else words),
        }, ascii(text)


def test_the_odd_texts_are_odd():
    """They hold known and unknown words, words in pieces, and letters of all planes."""
    texts = odd_texts(FUZZ, seed=21)
    assert all(any(letter in text for text in texts) for letter in "\udbff\x00\u200d😀")
    read = [translator_of("mini-dot", True).read(text) for text in texts[:1000]]
    fields = translator_of("mini-dot", True).fields
    unknown = sum(len(unknown_words(words, fields.source)) for words in read)
    assert 1000 < unknown < 0.9 * sum(map(len, read))
    changed = [text for text in texts[:1000] if normalize(text) != text]
    assert len(changed) > 100


def test_every_letter_has_the_case_that_python_gives_it():
    script = """
    function forms(letters) {
      return letters.map((a) => [capitalize(a), capitalize(`${a}aBΣ`), normalizeText(`a${a}`)]);
    }
    """
    letters = [letter for letter in ASSIGNED if letter not in NEW_CAPITALS]
    with Engine(bundle("model/words.js"), script) as engine:
        found = engine.call("forms", letters)
    for letter, forms in zip(letters, found, strict=True):
        longer = f"{letter}aBΣ"
        assert forms == [letter.capitalize(), longer.capitalize(), normalize(f"a{letter}")], letter


def test_an_empty_word_stays_empty():
    with Engine(bundle("model/words.js")) as engine:
        assert engine.call("capitalize", "") == ""


@pytest.mark.parametrize(
    "word",
    ["", " ", "a b", "▁", "▁▁a", "a▁b", "\t", "\x00a", "<pad>", "ß" * 40, "日本語", "\ud800"],
)
def test_words_that_no_tokenizer_gives_are_split_as_in_python(word):
    subwords = translator_of("multi30k-additive", True).fields.subwords
    with Engine(bundle("model/subwords.js")) as engine:
        engine.run("function split(pieces, words) { return new Subwords(pieces).split(words); }")
        assert engine.call("split", subwords.pieces, [word, "hund"]) == subwords.split(
            [word, "hund"]
        )


def test_weights_of_pieces_become_weights_of_words():
    target, source = ["▁a", "b", "▁c", "▁d", "e", "f"], ["x", "▁y", "z"]
    weights = torch.rand(len(target), len(source)).softmax(dim=1)
    with Engine(bundle("model/subwords.js")) as engine:
        assert engine.call("wordNumbers", target) == word_numbers(target)
        found = engine.call("weightsOfWords", weights.tolist(), target, source)
        assert engine.call("weightsOfWords", [], [], []) == []
    torch.testing.assert_close(torch.tensor(found), weights_of_words(weights, target, source))


# What the reader is told

TYPED = """
function typed(name, text) {
  return readTyped(loaded[name], text);
}
"""


@pytest.fixture(scope="module")
def reader():
    with open_engine("mini-dot") as engine:
        engine.run(bundle("model/typed.js"))
        engine.run(TYPED)
        yield lambda text: engine.call("typed", "mini-dot", text)


def test_a_usual_sentence_needs_no_note(reader):
    words = ["der", "Lehrer", "liest", "den", "Brief", "."]
    assert reader("Der Lehrer liest den Brief.") == {"words": words, "unknown": [], "note": ""}


@pytest.mark.parametrize("text", ["", "   ", "\u200b\ufeff", "\n\t\x1c"])
def test_nothing_to_read_asks_for_a_sentence(reader, text):
    assert reader(text) == {"words": [], "unknown": [], "note": "Type a sentence in German."}


def test_unknown_words_are_named_once_and_cut(reader):
    read = reader(f"der Qwert qwert Qwert {'y' * 30} liest .")
    assert read["unknown"] == ["Qwert", "qwert", "y" * 30]
    names = f"Qwert, qwert, {'y' * 17}…"
    assert read["note"] == f"The model does not know: {names}. It reads <unk> instead."


def test_a_long_sentence_is_cut(reader):
    read = reader("der Lehrer liest " * 400)
    assert len(read["words"]) == 60
    assert read["note"] == "Only the first 60 words are used."


def test_a_long_word_is_one_word(reader):
    read = reader("😀" * 2001)
    assert read["words"] == ["😀" * 2000]
    assert "Only the first 1 words are used." in read["note"]


def test_a_word_of_too_many_pieces_is_refused():
    with open_engine("multi30k-additive") as engine:
        engine.run(bundle("model/typed.js"))
        engine.run(TYPED)
        read = engine.call("typed", "multi30k-additive", "qxj" * 200)
    assert read["words"] == []
    assert read["note"] == "The first word is too long: type a shorter one."
