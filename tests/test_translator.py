"""From sentences to sentences, and to a file and back."""

import pickle
import random
import re

import pytest
import torch
from toy import (
    ENGLISH,
    GERMAN,
    decided_model,
    number_pairs,
    one_batch,
    same_weights,
    toy_corpus,
    toy_fields,
    toy_model,
    toy_translator,
)

from utils import translator as translator_module
from utils.corpora import Corpus, Pair
from utils.models.attention import ATTENTIONS
from utils.text import build_fields
from utils.translator import Translation, Translator, copy_source_words


@pytest.fixture(scope="module")
def translator():
    return toy_translator()


@pytest.fixture
def saved(tmp_path, translator):
    path = tmp_path / "toy.pt"
    translator.save(path)
    return path


def assert_same(first, second):
    """Compare translations up to rounding: sums over batches of other sizes may differ slightly."""
    for one, other in zip(first, second, strict=True):
        assert one.tokens == other.tokens
        assert one.score == pytest.approx(other.score, rel=1e-4, abs=1e-4)
        torch.testing.assert_close(one.weights, other.weights, rtol=1e-3, atol=1e-4)


def test_text_and_words_give_the_same(translator):
    texts = ["eins zwei drei", "acht"]
    words = [tuple(text.split()) for text in texts]
    translations = translator.translate(texts)
    assert_same(translations, translator.translate(words))
    for translation, source in zip(translations, words, strict=True):
        assert set(translation.tokens) <= {*ENGLISH, "<unk>", "<pad>", "<sos>"}
        assert translation.weights.shape == (len(translation.tokens), len(source))
        assert translation.score <= 0


def test_text_of_a_translation_is_its_words(translator):
    (translation,) = translator.translate(["eins zwei drei"])
    assert str(translation._replace(tokens=("two", "one", "."))) == "two one."


def test_no_sentences_give_no_translations(translator):
    assert translator.translate([]) == []
    assert translator.align([]) == []


@pytest.mark.parametrize("empty", ["", " \t\n", ()])
def test_a_sentence_without_words_gives_no_words(translator, empty):
    before, nothing, after = translator.translate(["eins", empty, "zwei drei"])
    assert nothing.tokens == ()
    assert nothing.weights.shape == (0, 0)
    assert str(nothing) == ""
    assert_same([before, after], translator.translate(["eins", "zwei drei"]))


def test_unknown_words_are_read_as_unk(translator):
    unknown = translator.translate(["eins Zebra", "Giraffe zwei Giraffe"])
    marked = translator.translate([("eins", "<unk>"), ("<unk>", "zwei", "<unk>")])
    assert_same(unknown, marked)
    assert_same(translator.translate(["eins Zebra"]), marked[:1])


def test_case_is_forgiven(translator):
    assert translator.read("Eins ZWEI Zebra") == ("eins", "zwei", "Zebra")
    assert_same(translator.translate(["Eins ZWEI"]), translator.translate(["eins zwei"]))


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("🙂 eins 👩‍👩‍👧 zwei 🇩🇪", id="emoji"),
        pytest.param("مرحبا بالعالم שלום", id="right to left"),
        pytest.param("<script>alert('eins')</script> &amp; <b>", id="html"),
        pytest.param("知识就是力量", id="no spaces"),
        pytest.param("\x00\u200b\ufeff\ud800 \u0301", id="odd characters"),
        pytest.param("<pad> <sos> <eos> <unk>", id="special words"),
        pytest.param(("", " ", "<eos>"), id="odd words"),
        pytest.param("eins zwei " * 500, id="1000 words"),
    ],
)
def test_no_sentence_raises(translator, sentence):
    (translation,) = translator.translate([sentence])
    assert translation.weights.shape == (
        len(translation.tokens),
        len(translator.read(sentence)),
    )


@pytest.mark.slow
def test_order_is_kept_over_many_batches(translator):
    sources = [pair.source for pair in number_pairs(300, longest=8, seed=7)]
    translations = translator.translate(sources)
    singles = [translator.translate([source])[0] for source in sources]
    assert_same(translations, singles)
    assert len({translation.tokens for translation in translations}) > 50


def test_sentences_are_translated_together():
    translator, calls = toy_translator(), []
    translator.model.encoder.register_forward_hook(lambda *_: calls.append(1))
    translator.translate([pair.source for pair in number_pairs(300)])
    assert len(calls) == 3


def test_translating_switches_dropout_off():
    model = toy_model(dropout=0.5)
    translator = Translator(model, toy_fields())
    sentences = [pair.source for pair in toy_corpus().test]
    expected = translator.translate(sentences)
    assert_same(translator.translate(sentences), expected)
    model.train()
    assert_same(translator.translate(sentences), expected)
    model.train()
    first, second = translator.align(toy_corpus().test), translator.align(toy_corpus().test)
    assert all(map(torch.equal, first, second))


@pytest.mark.parametrize("name", ATTENTIONS)
def test_align_gives_the_models_weights_for_the_reference(name):
    translator, pairs = toy_translator(name), number_pairs(140, seed=6)
    alignments = translator.align(pairs)
    for pair, weights in zip(pairs, alignments, strict=True):
        assert weights.shape == (len(pair.target), len(pair.source))
        expected = translator.model(*one_batch([pair]))[1][0, :-1]
        torch.testing.assert_close(weights, expected, rtol=1e-3, atol=1e-4)
        assert not weights.requires_grad


@pytest.mark.parametrize("sentences", ["eins zwei", ""])
def test_a_text_instead_of_a_list_is_refused(translator, sentences):
    with pytest.raises(TypeError, match=r"takes a list of sentences: put the sentence in \[ \]"):
        translator.translate(sentences)


@pytest.mark.parametrize(
    "options", [{"beam_size": 0}, {"beam_size": 2, "length_normalization": -1}]
)
def test_meaningless_search_options_are_refused(translator, options):
    with pytest.raises(ValueError, match=f"{list(options)[-1]} (cannot|must) be"):
        translator.translate(["eins"], **options)


def test_a_beam_of_one_is_the_default(translator):
    sentences = ["eins zwei drei", "acht"]
    (first,), (second,) = translator.n_best(sentences, beam_size=1)
    assert_same([first, second], translator.translate(sentences))


def test_the_best_of_a_beam_is_the_translation(translator):
    sentences = ["eins zwei drei", "", "acht", "null neun"]
    beams = translator.n_best(sentences, beam_size=3, length_normalization=0)
    best = translator.translate(sentences, beam_size=3, length_normalization=0)
    assert_same([beam[0] for beam in beams], best)
    assert [len(beam) for beam in beams] == [3, 1, 3, 3]
    for beam in beams:
        scores = [translation.score for translation in beam]
        assert scores == sorted(scores, reverse=True)
        assert len({translation.tokens for translation in beam}) == len(beam)


def test_a_word_is_copied_from_where_the_model_looked():
    weights = torch.tensor([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1], [0.1, 0.2, 0.7]])
    written = Translation(("<unk>", "sees", "<unk>"), weights, -1.5)
    copied = copy_source_words(written, ("sieht", "Emma", "Xaver"))
    assert copied.tokens == ("Emma", "sees", "Xaver")
    assert copied.weights is weights
    assert copied.score == -1.5


@pytest.mark.parametrize("beam_size", [1, 2])
def test_copying_changes_unknown_words_and_nothing_else(beam_size):
    translator = toy_translator()
    with torch.no_grad():
        translator.model.decoder.output.bias[translator.fields.target.vocab.unk_index] += 8
    sentences = ["eins zwei drei vier", "Xaver acht", ""]
    as_written = translator.translate(sentences, beam_size)
    copied = translator.translate(sentences, beam_size, copy_unknown=True)
    assert any("<unk>" in translation.tokens for translation in as_written)
    for before, after, sentence in zip(as_written, copied, sentences, strict=True):
        for old, new in zip(before.tokens, after.tokens, strict=True):
            assert new in sentence.split() if old == "<unk>" else new == old


def test_fields_of_another_model_are_refused():
    fields = build_fields(Corpus([Pair(("eins",), ("one",), None)], [], []))
    with pytest.raises(ValueError, match=r"vocabularies of 12 and 14 words, .* have 3 and 5: use"):
        Translator(decided_model(), fields)


@pytest.mark.parametrize("name", ATTENTIONS)
def test_a_loaded_translator_translates_the_same(tmp_path, name):
    translator, sentences = toy_translator(name), [pair.source for pair in toy_corpus().test]
    translator.save(tmp_path / "new folder" / "toy.pt")
    loaded = Translator.load(str(tmp_path / "new folder" / "toy.pt"))
    assert same_weights(loaded.model.state_dict(), translator.model.state_dict())
    for one, other in zip(
        loaded.translate([*sentences, ("Zebra",)]),
        translator.translate([*sentences, ("Zebra",)]),
        strict=True,
    ):
        assert (one.tokens, one.score) == (other.tokens, other.score)
        assert torch.equal(one.weights, other.weights)
    assert loaded.fields.source.vocab.itos == translator.fields.source.vocab.itos
    assert loaded.fields.target.vocab.itos == translator.fields.target.vocab.itos
    assert set(GERMAN) < set(loaded.fields.source.vocab.itos)


def test_sentences_are_encoded_where_the_model_is(translator):
    source, lengths = translator.encode([("eins", "Zebra"), ("zwei",)])
    stoi = translator.fields.source.vocab.stoi
    padding, unknown = stoi["<pad>"], stoi["<unk>"]
    assert source.tolist() == [[stoi["eins"], unknown], [stoi["zwei"], padding]]
    assert lengths.tolist() == [2, 1]
    source, lengths = Translator(toy_model().to("meta"), toy_fields()).encode([("eins",)])
    assert (source.device.type, lengths.device.type) == ("meta", "cpu")


def test_shipped_translators_are_found_by_name(monkeypatch, saved, translator):
    monkeypatch.setattr(translator_module, "MODELS", saved.parent)
    assert_same(Translator.load("toy").translate(["eins"]), translator.translate(["eins"]))
    with pytest.raises(FileNotFoundError, match=r"no translator tyo: .* shipped name \(toy\)"):
        Translator.load("tyo")


def test_a_missing_file_is_refused_even_when_none_is_shipped(monkeypatch, tmp_path):
    monkeypatch.setattr(translator_module, "MODELS", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"no translator .*gone\.pt: .*none yet"):
        Translator.load(tmp_path / "gone.pt")


@pytest.mark.parametrize("part", [0, 0.01, 0.5, 0.99])
def test_half_a_file_is_refused(saved, part):
    content = saved.read_bytes()
    saved.write_bytes(content[: int(part * len(content))])
    with pytest.raises(ValueError, match=re.escape(f"{saved} is damaged or was not written by")):
        Translator.load(saved)


@pytest.mark.slow
def test_a_file_with_wrong_bytes_loads_or_is_refused(saved):
    content, draw = saved.read_bytes(), random.Random(0)
    refused = 0
    for _ in range(80):
        damaged = bytearray(content)
        damaged[draw.randrange(2000)] ^= 1 << draw.randrange(8)  # in the archive's structure
        saved.write_bytes(damaged)
        try:
            Translator.load(saved)
        except ValueError as error:
            assert str(saved) in str(error)
            refused += 1
    assert refused


class Attack:
    """Writes a file if it is unpickled carelessly."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "wb")


@pytest.mark.parametrize("write", [torch.save, lambda content, path: path.write_bytes(content)])
def test_a_file_that_would_run_code_runs_none(tmp_path, write):
    path, trace = tmp_path / "attack.pt", tmp_path / "trace"
    attack = Attack(trace)
    write(attack if write is torch.save else pickle.dumps(attack, protocol=2), path)
    with pytest.raises(ValueError, match=re.escape(str(path))):
        Translator.load(path)
    assert not trace.exists()
    pickle.loads(pickle.dumps(attack)).close()
    assert trace.exists()  # so it really was dangerous


@pytest.mark.parametrize(
    "content",
    [
        pytest.param([1, 2], id="a list"),
        pytest.param({"a": 1}, id="another dictionary"),
        pytest.param(toy_model().state_dict(), id="weights alone"),
        pytest.param(torch.zeros(3), id="a tensor"),
    ],
)
def test_a_file_with_something_else_is_refused(tmp_path, content):
    path = tmp_path / "other.pt"
    torch.save(content, path)
    with pytest.raises(ValueError, match=re.escape(str(path))):
        Translator.load(path)


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("config", None),
        ("config", {"attention": "bilinear"}),
        ("weights", None),
        ("weights", {}),
        ("source_words", None),
        ("source_words", ["eins"]),
        ("target_words", ["<unk>", "<pad>", "<sos>", "<eos>"]),
        ("target_words", 14),
    ],
)
def test_a_translator_with_a_wrong_part_is_refused(saved, part, wrong):
    content = torch.load(saved, weights_only=True)
    if part == "config" and wrong:
        wrong = content["config"] | wrong
    torch.save(content | {part: wrong}, saved)
    with pytest.raises(ValueError, match=r"toy\.pt holds no|use the fields it was"):
        Translator.load(saved)
