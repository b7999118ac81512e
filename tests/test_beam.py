"""Beam search, checked against greedy search, exhaustive search, and pencil and paper."""

from itertools import pairwise, product
from math import log

import pytest
import torch
from test_decoding import END, START, alone, mixed_lengths, prefer_end, wavering_model
from toy import mixed_batch

from utils import decoding
from utils.decoding import beam_search, greedy, length_limits
from utils.experiments.parts import NewStateDecoder
from utils.models.attention import ATTENTIONS
from utils.models.table import TableModel


def wide_model():
    model = wavering_model("additive")
    wide = NewStateDecoder(model.config)
    wide.load_state_dict(model.decoder.state_dict())
    model.decoder = wide.eval()
    return model


@pytest.fixture(params=[*ATTENTIONS, "wide"])
def model(request):
    return wide_model() if request.param == "wide" else wavering_model(request.param)


def search(model, batch, beam_size, **options):
    return beam_search(model, batch.source, batch.source_lengths, START, END, beam_size, **options)


def limits_of(batch):
    return length_limits(batch.source_lengths).tolist()


def length_of(hypothesis, limit):
    """Return the length in words, plus one for `<eos>`, which a runaway output lacks."""
    return min(len(hypothesis.words) + 1, limit)


def assert_same(hypothesis, other):
    """Compare up to rounding: sums over batches of other sizes may differ in their last digits."""
    assert torch.equal(hypothesis.words, other.words)
    assert hypothesis.score == pytest.approx(other.score, rel=1e-4, abs=1e-4)
    torch.testing.assert_close(hypothesis.weights, other.weights, rtol=1e-3, atol=1e-4)


def forced(model, sentence, words):
    """Force the model to write the words; return log-probabilities, `<eos>` last, and weights."""
    target = torch.tensor([[START, *words, END]])
    with torch.no_grad():
        logits, weights = model(sentence.source, sentence.source_lengths, target)
    chosen = logits.log_softmax(dim=-1).gather(2, target[:, 1:, None])
    return chosen[0, :, 0], weights[0, :-1]


# Against greedy search


@pytest.mark.parametrize("bias", [0, 1e3, -1e3])
def test_a_beam_of_one_is_greedy_search(model, bias):
    """Some sentences end early, some late, some at their limit: see test_decoding."""
    batch, model = mixed_lengths(), prefer_end(model, bias)
    expected = greedy(model, batch.source, batch.source_lengths, START, END)
    for (hypothesis,), other in zip(search(model, batch, 1), expected, strict=True):
        assert_same(hypothesis, other)


def test_a_beam_of_five_finds_other_translations(model):
    """Otherwise the comparisons here would prove less than they claim."""
    batch = mixed_lengths()
    five = [hypotheses[0].words.tolist() for hypotheses in search(model, batch, 5)]
    one = [hypotheses[0].words.tolist() for hypotheses in search(model, batch, 1)]
    assert sum(wide != narrow for wide, narrow in zip(five, one, strict=True)) >= 5


# Against exhaustive search


def all_translations(model, sentence, limit):
    """Score each sequence of words up to the limit; those at the limit need no `<eos>`."""
    vocabulary = [word for word in range(model.config.target_size) if word != END]
    scores = {}
    for size in range(limit + 1):
        sequences = list(product(vocabulary, repeat=size))
        target = torch.tensor([[START, *words, END] for words in sequences])
        source = sentence.source.expand(len(target), -1)
        with torch.no_grad():
            logits, _ = model(source, sentence.source_lengths.expand(len(target)), target)
        chosen = logits.log_softmax(dim=-1).gather(2, target[:, 1:, None]).squeeze(2)
        written = chosen if size < limit else chosen[:, :-1]
        scores |= zip(sequences, written.sum(dim=1).tolist(), strict=True)
    return scores


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_an_exhaustive_beam_finds_everything(model, alpha, monkeypatch):
    limit, batch = 3, mixed_batch()
    monkeypatch.setattr(decoding, "length_limits", lambda lengths: 0 * lengths + limit)
    everything = [all_translations(model, alone(batch, b), limit) for b in range(2)]
    beam_size = len(everything[0])
    monkeypatch.setattr(decoding, "LARGEST_BEAM", beam_size)
    found = search(model, batch, beam_size, length_normalization=alpha)
    for scores, hypotheses in zip(everything, found[:2], strict=True):
        assert {tuple(h.words.tolist()): h.score for h in hypotheses} == pytest.approx(
            scores, rel=1e-4, abs=1e-4
        )
        best = max(scores, key=lambda words: scores[words] / min(len(words) + 1, limit) ** alpha)
        assert tuple(hypotheses[0].words.tolist()) == best


# What every beam guarantees


@pytest.mark.parametrize("beam_size", [1, 2, 5, 40])
@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_hypotheses_are_distinct_sorted_and_no_more_than_the_beam(model, beam_size, alpha):
    """The vocabulary has 14 words: a beam of 40 is larger."""
    batch = mixed_lengths()
    found = search(model, batch, beam_size, length_normalization=alpha)
    assert len(found) == len(batch.source)
    for hypotheses, limit in zip(found, limits_of(batch), strict=True):
        assert 1 <= len(hypotheses) <= beam_size
        assert len({tuple(h.words.tolist()) for h in hypotheses}) == len(hypotheses)
        ranks = [h.score / length_of(h, limit) ** alpha for h in hypotheses]
        assert all(first >= second - 1e-6 for first, second in pairwise(ranks))
        assert all(END not in h.words.tolist() for h in hypotheses)


@pytest.mark.parametrize("beam_size", [2, 5])
def test_a_batch_equals_its_sentences(model, beam_size):
    batch = mixed_lengths()
    for b, hypotheses in enumerate(search(model, batch, beam_size)):
        (single,) = search(model, alone(batch, b), beam_size)
        for hypothesis, other in zip(hypotheses, single, strict=True):
            assert_same(hypothesis, other)


def test_each_hypothesis_has_its_own_score_and_weights(model):
    batch = mixed_lengths()
    for b, hypotheses in enumerate(search(model, batch, 4)):
        sentence, limit = alone(batch, b), limits_of(batch)[b]
        for words, weights, score in hypotheses:
            scores, expected = forced(model, sentence, words.tolist())
            written = scores if len(words) < limit else scores[:-1]
            assert score == pytest.approx(written.sum().item(), rel=1e-4, abs=1e-4)
            torch.testing.assert_close(weights, expected, rtol=1e-3, atol=1e-4)


def test_endless_sentences_are_cut_at_their_limit(model):
    batch = mixed_batch()
    found = search(prefer_end(model, -1e3), batch, 3)
    for hypotheses, limit in zip(found, limits_of(batch), strict=True):
        assert [len(h.words) for h in hypotheses] == [limit] * 3
        assert not hypotheses[0].weights.requires_grad


@pytest.mark.parametrize("beam_size", [2, 5])
def test_a_larger_alpha_prefers_longer_translations(model, beam_size):
    batch = mixed_lengths()
    lengths = []
    for alpha in (0.0, 0.5, 1.0, 2.0, 30.0):
        found = search(model, batch, beam_size, length_normalization=alpha)
        lengths.append([len(hypotheses[0].words) for hypotheses in found])
    for shorter, longer in pairwise(lengths):
        assert all(one <= other for one, other in zip(shorter, longer, strict=True))
    assert sum(lengths[0]) < sum(lengths[-1])


@pytest.mark.parametrize(
    ("beam_size", "options", "complaint"),
    [
        (0, {}, "a beam has 1 to 100 hypotheses: beam_size cannot be 0."),
        (101, {}, "a beam has 1 to 100 hypotheses: beam_size cannot be 101."),
        (2, {"length_normalization": -0.5}, "length_normalization must be 0 or more, not -0.5."),
        (
            2,
            {"length_normalization": float("nan")},
            "length_normalization must be 0 or more, not nan.",
        ),
    ],
)
def test_meaningless_settings_are_refused(beam_size, options, complaint):
    with pytest.raises(ValueError, match=f"^{complaint}$"):
        search(wavering_model("dot"), mixed_batch(), beam_size, **options)


# With pencil and paper

# Greedy takes "a", since 0.6 > 0.4. Then no noun is likely: 0.6 × 0.4 = 0.24 for "a dog". A beam of
# 2 also keeps "the", and finds "the cat": 0.4 × 0.9 = 0.36. "a cat" has 0.18, "the dog" 0.04.
CAT = TableModel(
    {
        (): {"a": 0.6, "the": 0.4},
        ("a",): {"dog": 0.4, "cat": 0.3, "bird": 0.3},
        ("the",): {"cat": 0.9, "dog": 0.1},
    }
)

# The right translation is "the cat sleeps", 0.5 × 0.8 × 0.6 = 0.24. Greedy finds it. The empty
# translation has 0.3: a beam of 2 sees it at the first step, as the second best. Divided
# by length, it is the worse one: ln 0.3 / 1 = -1.20 against ln 0.24 / 4 = -0.36.
SLEEPS = TableModel(
    {
        (): {"the": 0.5, "<eos>": 0.3, "a": 0.2},
        ("the",): {"cat": 0.8, "dog": 0.2},
        ("a",): {"cat": 0.6, "dog": 0.4},
        ("the", "cat"): {"sleeps": 0.6, "reads": 0.4},
    }
)

# A beam of 2 has finished "" (0.3) and "a" (0.5 × 0.6 = 0.3) after two steps, and stops. So it
# never ends "a b" (0.2), which is better for its length: ln 0.2 / 3 = -0.54, ln 0.3 / 2 = -0.60.
STOPS = TableModel(
    {
        (): {"a": 0.5, "<eos>": 0.3, "c": 0.2},
        ("a",): {"<eos>": 0.6, "b": 0.4},
        ("c",): {"a": 0.5, "b": 0.5},
    }
)

# "" is finished after the first step, and a beam of 2 continues with both "a" and "b". So it finds
# "b", 0.2, where "a c" and "a d" have 0.3 × 0.5 = 0.15 each.
GOES_ON = TableModel(
    {
        (): {"<eos>": 0.5, "a": 0.3, "b": 0.2},
        ("a",): {"c": 0.5, "d": 0.5},
    }
)

# Few translations: "b" with 0.6 and "" with 0.4, whatever the beam.
TWO = TableModel({(): {"b": 0.6, "<eos>": 0.4}})

SOURCE, LENGTHS = torch.zeros(2, 3, dtype=torch.long), torch.tensor([3, 2])


def text_of(model, hypothesis):
    return " ".join(model.words[number] for number in hypothesis.words.tolist())


def from_table(model, beam_size, alpha=0.0):
    """Return the translations of the first sentence, with their probabilities."""
    found = beam_search(model, SOURCE, LENGTHS, model.start, model.end, beam_size, alpha)[0]
    probabilities = torch.tensor([h.score for h in found]).exp().tolist()
    texts = [text_of(model, hypothesis) for hypothesis in found]
    return list(zip(texts, [round(p, 4) for p in probabilities], strict=True))


def greedy_from_table(model):
    return text_of(model, greedy(model, SOURCE, LENGTHS, model.start, model.end)[0])


def test_a_beam_of_two_beats_greedy_search():
    assert from_table(CAT, 1) == [("a dog", 0.24)]
    assert greedy_from_table(CAT) == "a dog"
    assert from_table(CAT, 2) == [("the cat", 0.36), ("a dog", 0.24)]


def test_a_larger_beam_can_be_worse():
    assert greedy_from_table(SLEEPS) == "the cat sleeps"
    assert from_table(SLEEPS, 1) == [("the cat sleeps", 0.24)]
    assert from_table(SLEEPS, 2) == [("", 0.3), ("the cat sleeps", 0.24)]
    assert from_table(SLEEPS, 3)[0] == ("", 0.3)


def test_length_normalization_by_hand():
    assert from_table(SLEEPS, 2, alpha=1.0) == [("the cat sleeps", 0.24), ("the cat reads", 0.16)]
    turning_point = log(log(0.24) / log(0.3)) / log(4)  # where the two tie: 0.12
    assert from_table(SLEEPS, 2, alpha=turning_point - 0.01)[0][0] == ""
    assert from_table(SLEEPS, 2, alpha=turning_point + 0.01)[0][0] == "the cat sleeps"


def test_a_search_stops_with_a_beam_of_finished_hypotheses():
    for alpha in (0.0, 1.0):
        assert sorted(from_table(STOPS, 2, alpha)) == [("", 0.3), ("a", 0.3)]
    assert from_table(STOPS, 3, alpha=1.0)[0] == ("a b", 0.2)


def test_a_finished_hypothesis_leaves_its_place_to_another():
    assert from_table(GOES_ON, 2) == [("", 0.5), ("b", 0.2)]


def test_an_eos_outside_the_beam_does_not_count():
    """Otherwise a beam of 1 would stop at `<eos>`, the second-best choice."""
    assert from_table(TWO, 1) == [("b", 0.6)]
    assert from_table(TWO, 2) == [("b", 0.6), ("", 0.4)]


def test_a_beam_larger_than_the_number_of_translations():
    assert from_table(TWO, 50) == [("b", 0.6), ("", 0.4)]
    assert len(from_table(CAT, 50)) == 5


def test_a_limit_stops_a_sentence_with_fewer_hypotheses_than_its_beam():
    run_on = TableModel({("a",) * size: {"a": 1.0} for size in range(30)})
    assert from_table(run_on, 2) == [(" ".join("a" * 16), 1.0)]  # 16 = 2 × 3 + 10


# The table model itself


def test_a_table_model_reads_its_table():
    model = TableModel({(): {"a": 0.25, "b": 0.75}, ("b",): {"a": 1.0}})
    assert model.words == ("<sos>", "<eos>", "a", "b")
    states = torch.tensor([[0, 3], [0, 2]])  # <sos> b, <sos> a
    probabilities = model.predict(None, states, None).exp()
    torch.testing.assert_close(probabilities, torch.tensor([[0.0, 0, 1, 0], [0, 1, 0, 0]]))
    torch.testing.assert_close(model.predict(None, states[:1, :1], None).exp()[0, 3].item(), 0.75)


def test_a_table_model_looks_at_all_source_words_alike():
    first, second = beam_search(CAT, SOURCE, LENGTHS, CAT.start, CAT.end, 2)
    torch.testing.assert_close(first[0].weights, torch.full((2, 3), 1 / 3))
    torch.testing.assert_close(second[0].weights, torch.full((2, 2), 1 / 2))


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ({(): {"a": 0.5}}, r"what follows \(\) is not a distribution: {'a': 0.5}."),
        ({(): {"a": 2, "b": -1}}, r"what follows \(\) is not a distribution: {'a': 2, 'b': -1}."),
        ({(): {"a": 1.0}, ("b",): {"a": 1.0}}, r"the table has \('b',\), but no way .*"),
        ({("b",): {"a": 1.0}}, r"the table has \('b',\), but no way that leads there."),
    ],
)
def test_an_invalid_table_is_refused(table, complaint):
    with pytest.raises(ValueError, match=f"^{complaint}$"):
        TableModel(table)
