"""Vocabularies and batches."""

import random

import pytest
import torch
from toy import number_pairs, same_weights, toy_corpus, toy_fields

from utils.batches import make_batches
from utils.corpora import Corpus, Pair
from utils.text import build_fields, encode_sources, fields_from_words, is_known, match_case

LONG = number_pairs(400, shortest=1, longest=30)


def corpus_of(*sentences, valid=()):
    """Return a corpus with the same sentences, split at spaces, on both sides."""
    train, valid = (
        [Pair(*[tuple(s.split())] * 2, None) for s in part] for part in (sentences, valid)
    )
    return Corpus(train, valid, valid)


def batches(pairs=LONG, batch_size=20, shuffle=True, seed=0):
    return list(make_batches(pairs, toy_fields(), batch_size, shuffle, seed))


def words_of(numbers, field):
    """Turn a row of numbers back into words, without the special ones."""
    special = {field.pad_token, field.init_token, field.eos_token}
    words = (field.vocab.itos[number] for number in numbers.tolist())
    return tuple(word for word in words if word not in special)


def pairs_of(batch):
    fields = toy_fields()
    return [
        (words_of(source, fields.source), words_of(target, fields.target))
        for source, target in zip(batch.source, batch.target, strict=True)
    ]


def padding_share(batches):
    padding = toy_fields().source.vocab.stoi["<pad>"]
    sources = [batch.source for batch in batches]
    return sum(int((s == padding).sum()) for s in sources) / sum(s.numel() for s in sources)


def test_vocabulary_comes_from_the_training_sentences_alone():
    fields = build_fields(corpus_of("der Hund", valid=["die Katze"]))
    for field in (fields.source, fields.target):
        assert {"der", "Hund"} <= set(field.vocab.itos)
        assert not {"die", "Katze"} & set(field.vocab.itos)


@pytest.mark.parametrize(("min_freq", "kept"), [(1, {"a", "b", "c"}), (2, {"a", "b"}), (3, {"a"})])
def test_rare_words_are_left_out(min_freq, kept):
    fields = build_fields(corpus_of("a b c", "a b", "a"), min_freq)
    assert set(fields.source.vocab.itos[2:]) == set(fields.target.vocab.itos[4:]) == kept


def test_the_marks_have_their_numbers():
    fields, stoi = toy_fields(), toy_fields().target.vocab.stoi
    marks = fields.padding, fields.start, fields.end
    assert marks == (stoi["<pad>"], stoi["<sos>"], stoi["<eos>"])


def test_words_to_be_predicted_are_counted_without_padding():
    (batch,) = batches([*number_pairs(1, 4, 4), *number_pairs(1, 2, 2)], shuffle=False)
    assert batch.target.shape == (2, 6)
    assert batch.count_words(toy_fields().padding) == 5 + 3  # the words, and <eos>


def test_special_words_come_first():
    fields = toy_fields()
    assert fields.source.vocab.itos[:2] == ["<unk>", "<pad>"]
    assert fields.target.vocab.itos[:4] == ["<unk>", "<pad>", "<sos>", "<eos>"]
    assert len(fields.source.vocab) == 12
    assert len(fields.target.vocab) == 14


def test_unknown_words_become_unk_and_stay_unknown():
    fields = build_fields(toy_corpus())
    vocabulary = fields.source.vocab
    source, lengths = encode_sources([("eins", "Zebra"), ("Zebra",)], fields)
    assert source.tolist() == [[vocabulary.stoi["eins"], 0], [0, 1]]
    assert lengths.tolist() == [2, 1]
    assert vocabulary.stoi["Zebra"] == 0  # the lookup above has added an entry to torchtext's table
    assert not is_known("Zebra", vocabulary)
    assert is_known("eins", vocabulary)


@pytest.mark.parametrize(
    ("word", "read"),
    [
        ("der", "der"),
        ("Der", "der"),
        ("DER", "der"),
        ("hund", "Hund"),
        ("HUND", "Hund"),
        ("essen", "essen"),
        ("Essen", "Essen"),
        ("Zebra", "Zebra"),
        ("zebra", "zebra"),
    ],
)
def test_case_is_matched_to_the_vocabulary(word, read):
    fields = build_fields(corpus_of("der Hund essen Essen"))
    assert match_case([word], fields.source) == (read,)


def test_batches_hold_the_pairs_in_order():
    pairs = number_pairs(7)
    made = batches(pairs, batch_size=3, shuffle=False)
    assert [len(batch.source) for batch in made] == [3, 3, 1]
    expected = [(pair.source, pair.target) for pair in pairs]
    assert [pair for batch in made for pair in pairs_of(batch)] == expected


def test_a_batch_is_padded_on_the_right_and_targets_are_wrapped():
    pairs = [Pair(("zwei",), ("two",), None), Pair(("eins", "drei"), ("three", "one"), None)]
    (batch,) = batches(pairs, shuffle=False)
    source, target = toy_fields().source.vocab.stoi, toy_fields().target.vocab.stoi
    assert batch.source.tolist() == [
        [source["zwei"], source["<pad>"]],
        [source["eins"], source["drei"]],
    ]
    assert batch.source_lengths.tolist() == [1, 2]
    start, end, padding = target["<sos>"], target["<eos>"], target["<pad>"]
    assert batch.target.tolist() == [
        [start, target["two"], end, padding],
        [start, target["three"], target["one"], end],
    ]


def test_no_pairs_make_no_batches():
    assert batches([], shuffle=False) == batches([], shuffle=True) == []


def test_shuffled_batches_cover_every_pair_once():
    made = batches()
    assert [len(batch.source) for batch in made] == [20] * 20
    covered = sorted(pair for batch in made for pair in pairs_of(batch))
    assert covered == sorted((pair.source, pair.target) for pair in LONG)


def test_shuffled_batches_have_little_padding():
    unbucketed = padding_share(batches(shuffle=False))
    assert unbucketed > 0.4
    assert padding_share(batches()) < 0.1


def test_shuffled_batches_come_in_no_order_of_length():
    longest = [batch.source.shape[1] for batch in batches()]
    assert longest not in (sorted(longest), sorted(longest, reverse=True))


def test_the_seed_decides_the_batches():
    def content(seed):
        return [pairs_of(batch) for batch in batches(seed=seed)]

    assert content(3) == content(3)
    assert content(3) != content(4)


def test_global_random_states_stay_untouched():
    before, torch_before = random.getstate(), torch.get_rng_state()
    batches()
    assert random.getstate() == before
    assert torch.equal(torch.get_rng_state(), torch_before)


def test_lengths_stay_on_the_cpu():
    batch = batches()[0].to("meta")
    assert batch.source.device.type == batch.target.device.type == "meta"
    assert batch.source_lengths.device.type == "cpu"


def test_fields_come_back_from_their_word_lists():
    fields = toy_fields()
    rebuilt = fields_from_words(fields.source.vocab.itos, fields.target.vocab.itos)
    pairs = [*number_pairs(5), Pair(("Zebra",), ("zebra",), None)]
    assert rebuilt.source.vocab.itos == fields.source.vocab.itos
    assert rebuilt.target.vocab.itos == fields.target.vocab.itos
    (one,) = make_batches(pairs, fields, 6, shuffle=False)
    (other,) = make_batches(pairs, rebuilt, 6, shuffle=False)
    assert same_weights(one._asdict(), other._asdict())
    assert not is_known("Zebra", rebuilt.source.vocab)
