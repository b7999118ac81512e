"""Subwords: words to pieces and back, and a translator that hides them."""

import pytest
import torch
from toy import number_pairs, toy_corpus

from utils.batches import make_batches
from utils.corpora import Corpus
from utils.models.seq2seq import build_model
from utils.text import build_fields
from utils.text.subwords import Subwords, join, weights_of_words, word_numbers
from utils.training import Settings, fit
from utils.translator import Translator

SENTENCES = [pair.source for pair in toy_corpus().train] + [p.target for p in toy_corpus().train]


@pytest.fixture(scope="module")
def subwords():
    return Subwords.learn(SENTENCES, 40)


@pytest.fixture(scope="module")
def fields():
    return build_fields(toy_corpus(), subwords=40)


@pytest.fixture(scope="module")
def translator(fields):
    model = build_model(fields, embedding_size=8, hidden_size=8, tied=True, seed=0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(6)
    return Translator(model, fields)


@pytest.mark.parametrize(
    "words", [(), ("eins",), ("sieben", "seven", "eins"), ("zweiundneunzig", "x"), ("Žluťoučký",)]
)
def test_pieces_join_to_the_words_they_came_from(subwords, words):
    pieces = subwords.split(words)
    assert join(pieces) == words
    assert [word_numbers(pieces).count(n) for n in range(len(words))] == [
        len(subwords.split([word])) for word in words
    ]


def test_frequent_words_are_whole_and_new_ones_are_not():
    subwords = Subwords.learn([("neun", "zehn")] * 9 + [("elf",)], 16)
    assert subwords.split(["neun"]) == ["▁neun"]
    assert len(subwords.split(["elf"])) > 1
    assert len(subwords.split(["neunzehn"])) > 1


def test_there_are_as_many_pieces_as_asked_for(subwords):
    assert len(subwords.pieces) == len(set(subwords.pieces)) == 39  # and <unk>
    used = {piece for words in SENTENCES for piece in subwords.split(words)}
    assert used <= set(subwords.pieces)


def test_pieces_come_back_from_a_tensor(subwords):
    again = Subwords.from_tensor(subwords.to_tensor())
    assert again.pieces == subwords.pieces
    assert again.split(["sieben"]) == subwords.split(["sieben"])


def test_weights_between_words_by_hand():
    source, target = ["▁kar", "ate", "▁ein"], ["▁a", "▁fl", "ip"]
    weights = torch.tensor([[0.5, 0.3, 0.2], [0.2, 0.2, 0.6], [0.0, 0.4, 0.6]])
    expected = torch.tensor([[0.8, 0.2], [0.4, 0.6]])
    torch.testing.assert_close(weights_of_words(weights, target, source), expected)


def test_an_empty_translation_has_no_weights():
    assert weights_of_words(torch.zeros(0, 2), [], ["▁a", "b"]).shape == (0, 1)


def test_both_sides_share_the_pieces(fields):
    assert fields.source.vocab.itos == fields.target.vocab.itos
    assert fields.source.vocab.itos[:4] == ["<unk>", "<pad>", "<sos>", "<eos>"]
    (batch,) = make_batches(number_pairs(3), fields, 3, shuffle=False)
    assert batch.source_lengths.tolist() == [
        len(fields.subwords.split(pair.source)) for pair in number_pairs(3)
    ]
    assert not batch.source.eq(0).any()


def test_a_translator_with_subwords_speaks_in_words(translator):
    for beam_size in (1, 3):
        (translation,) = translator.translate(["eins Sieben Xaver"], beam_size)
        assert not any("▁" in word for word in translation.tokens)
        assert translation.weights.shape == (len(translation.tokens), 3)
        torch.testing.assert_close(
            translation.weights.sum(dim=1), torch.ones(len(translation.tokens))
        )


def test_alignment_is_between_words(translator):
    pairs = number_pairs(5)
    for pair, weights in zip(pairs, translator.align(pairs), strict=True):
        assert weights.shape == (len(pair.target), len(pair.source))
        torch.testing.assert_close(weights.sum(dim=1), torch.ones(len(pair.target)))


def test_words_in_another_case_are_matched(translator):
    assert translator.read("EINS Sieben") == ("eins", "sieben")
    assert translator.read("Ždenka") == ("Ždenka",)  # the pieces have neither Ž nor ž


@pytest.mark.parametrize("half", [False, True])
def test_a_saved_translator_translates_the_same(translator, tmp_path, half):
    path = tmp_path / "pieces.pt"
    translator.save(path, half)
    loaded = Translator.load(path)
    assert loaded.fields.source.vocab.itos == translator.fields.source.vocab.itos
    assert {p.dtype for p in loaded.model.parameters()} == {torch.float32}
    sentences = [pair.source for pair in number_pairs(20)]
    same = [
        one.tokens == other.tokens
        for one, other in zip(
            loaded.translate(sentences), translator.translate(sentences), strict=True
        )
    ]
    assert sum(same) >= (18 if half else 20)


def test_half_is_half_the_size(translator, tmp_path):
    sizes = {}
    for half in (False, True):
        translator.save(tmp_path / "t.pt", half)
        content = torch.load(tmp_path / "t.pt", weights_only=True)
        storages = {
            tensor.untyped_storage().data_ptr(): tensor.untyped_storage().nbytes()
            for tensor in content["weights"].values()
        }
        sizes[half] = sum(storages.values())  # a tied matrix is saved once
    assert sizes[False] == 2 * sizes[True]


def test_damaged_pieces_are_refused(translator, tmp_path):
    path = tmp_path / "damaged.pt"
    translator.save(path)
    content = torch.load(path, weights_only=True)
    torch.save(content | {"subwords": torch.tensor([1, 2, 3], dtype=torch.uint8)}, path)
    with pytest.raises(ValueError, match="because the subwords are damaged: use another"):
        Translator.load(path)


def test_a_tied_model_has_one_matrix(translator):
    model = translator.model
    assert model.encoder.embedding.weight is model.decoder.embedding.weight
    assert model.decoder.output.weight is model.encoder.embedding.weight
    sizes = len(translator.fields.source.vocab) * 8
    untied = build_model(translator.fields, embedding_size=8, hidden_size=8, seed=0)
    count = sum(parameter.numel() for parameter in untied.parameters())
    assert sum(parameter.numel() for parameter in model.parameters()) == count - 2 * sizes


# Words in no corpus


@pytest.mark.parametrize("word", ["▁", "a▁b", "▁▁", "\ud800", ""])
def test_any_word_gives_pieces_of_one_word(subwords, word):
    pieces = subwords.split(["eins", word, "zwei"])
    assert word_numbers(pieces)[-1] == 2


def test_tying_two_vocabularies_is_refused():
    with pytest.raises(ValueError, match="needs one vocabulary for both languages: use subwords"):
        build_model(build_fields(toy_corpus()), tied=True)


@pytest.mark.slow
def test_a_tied_model_with_subwords_learns_its_training_pairs(fields):
    train = number_pairs(20, longest=3)
    model = build_model(fields, embedding_size=48, hidden_size=48, tied=True, seed=0)
    corpus = Corpus(train, train, [])  # validating on the training pairs
    fit(model, fields, corpus, Settings(epochs=50, batch_size=4, learning_rate=5e-3))
    written = Translator(model, fields).translate([pair.source for pair in train], beam_size=2)
    right = [t.tokens == pair.target for t, pair in zip(written, train, strict=True)]
    assert sum(right) >= 14  # by chance: none
