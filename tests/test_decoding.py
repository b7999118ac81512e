"""Greedy search, checked against a slow loop that translates one sentence."""

import math

import pytest
import torch
from test_transformer import decided_transformer
from toy import decided_model, mixed_batch, number_pairs, one_batch, toy_fields

from utils.decoding import greedy
from utils.models.attention import ATTENTIONS
from utils.models.table import TableModel

MODELS = (*ATTENTIONS, "Transformer")

START, END = (toy_fields().target.vocab.stoi[word] for word in ("<sos>", "<eos>"))


def search(model, batch):
    return greedy(model, batch.source, batch.source_lengths, START, END)


def mixed_lengths():
    return one_batch(number_pairs(30, longest=8, seed=5))


def alone(batch, b):
    """Return sentence `b` of a batch without its padding."""
    length = batch.source_lengths[b]
    return batch._replace(source=batch.source[b : b + 1, :length], source_lengths=length[None])


def prefer_end(model, bias):
    """Make `<eos>` more or less probable."""
    with torch.no_grad():
        model.decoder.output.bias[END] += bias
    return model


def wavering_model(name):
    """Return a model that writes nothing, a few words, or too many."""
    if name == "Transformer":
        return prefer_end(decided_transformer(seed=4), 3.0)
    return prefer_end(decided_model(name), 3.5)


@torch.no_grad()
def slow_search(model, sentence):
    """Rerun the teacher-forced model on the whole prefix, and append the best word."""
    words, score = [], 0.0
    while len(words) < 2 * int(sentence.source_lengths) + 10:
        target = torch.tensor([[START, *words, END]])
        logits, _ = model(sentence.source, sentence.source_lengths, target)
        probability, word = logits[0, -1].log_softmax(dim=-1).max(dim=-1)
        score += float(probability)
        if word == END:
            break
        words.append(int(word))
    return words, score


@pytest.fixture(params=MODELS)
def model(request):
    return wavering_model(request.param)


def test_greedy_search_equals_a_slow_search_for_one_sentence(model):
    batch = mixed_lengths()
    hypotheses = search(model, batch)
    for b, hypothesis in enumerate(hypotheses):
        words, score = slow_search(model, alone(batch, b))
        assert hypothesis.words.tolist() == words
        assert hypothesis.score == pytest.approx(score, rel=1e-4, abs=1e-4)


def test_these_models_write_nothing_some_words_or_too_many():
    """Without all three, the comparisons here would prove less than they claim."""
    batch = mixed_lengths()
    lengths = [len(h.words) for name in MODELS for h in search(wavering_model(name), batch)]
    limits = (2 * batch.source_lengths + 10).tolist() * len(MODELS)
    pairs = list(zip(lengths, limits, strict=True))
    assert any(length == 0 for length, _ in pairs)
    assert any(0 < length < limit for length, limit in pairs)
    assert any(length == limit for length, limit in pairs)


def test_a_batch_equals_its_sentences(model):
    batch = mixed_lengths()
    for b, hypothesis in enumerate(search(model, batch)):
        (single,) = search(model, alone(batch, b))
        assert torch.equal(hypothesis.words, single.words)
        torch.testing.assert_close(hypothesis.weights, single.weights, rtol=1e-3, atol=1e-4)
        assert hypothesis.score == pytest.approx(single.score, rel=1e-4, abs=1e-4)


def test_nothing_is_computed_for_a_finished_sentence(model, monkeypatch):
    """Sentences finish at different steps, and each takes a row of exactly its own steps."""
    batch, rows, predict = mixed_lengths(), [], model.decoder.predict

    def counted(embedded, state, context):
        rows.append(len(context))
        return predict(embedded, state, context)

    monkeypatch.setattr(model.decoder, "predict", counted)
    hypotheses, limits = search(model, batch), (2 * batch.source_lengths + 10).tolist()
    steps = [min(len(h.words) + 1, most) for h, most in zip(hypotheses, limits, strict=True)]
    assert len(set(steps)) > 4
    assert rows == [sum(step > t for step in steps) for t in range(max(steps))]


def test_sentences_leave_a_table_at_their_own_limits():
    """Its state grows by a word at each step, and it must stay with its sentence."""
    model = TableModel({("a",) * size: {"a": 0.5, "b": 0.5} for size in range(14)})
    source, lengths = torch.zeros(3, 4, dtype=torch.long), torch.tensor([3, 1, 4])
    hypotheses = greedy(model, source, lengths, model.start, model.end)
    assert [len(h.words) for h in hypotheses] == [14, 12, 14]  # 16, 12 and 18 are the limits
    for (words, weights, score), length in zip(hypotheses, (3, 1, 4), strict=True):
        assert {model.words[word] for word in words.tolist()} == {"a"}
        torch.testing.assert_close(weights, torch.full((len(words), length), 1 / length))
        assert score == pytest.approx(len(words) * math.log(0.5), rel=1e-5)


def test_score_and_weights_are_those_of_teacher_forcing(model):
    batch = mixed_lengths()
    for b, (words, weights, score) in enumerate(search(model, batch)):
        sentence = alone(batch, b)
        stopped = len(words) < 2 * int(sentence.source_lengths) + 10
        target = torch.tensor([[START, *words.tolist(), END]])
        logits, forced = model(sentence.source, sentence.source_lengths, target)
        chosen = logits.log_softmax(dim=-1).gather(2, target[:, 1:, None])[0, :, 0]
        written = chosen if stopped else chosen[:-1]
        assert score == pytest.approx(written.sum().item(), rel=1e-4, abs=1e-4)
        torch.testing.assert_close(weights, forced[0, :-1], rtol=1e-3, atol=1e-4)


def test_stops_at_once_when_the_end_is_most_probable(model):
    for words, weights, score in search(prefer_end(model, 1e3), mixed_batch()):
        assert words.tolist() == []
        assert weights.shape[0] == 0
        assert score == pytest.approx(0, abs=1e-4)


def test_runaway_outputs_stop_at_their_own_limit(model):
    batch = mixed_batch()
    hypotheses = search(prefer_end(model, -1e3), batch)
    lengths = batch.source_lengths.tolist()
    assert [len(h.words) for h in hypotheses] == [2 * length + 10 for length in lengths]
    assert [h.weights.shape for h in hypotheses] == [(2 * n + 10, n) for n in lengths]


def test_eos_and_padding_are_not_words_of_a_hypothesis(model):
    for hypothesis in search(model, mixed_lengths()):
        assert END not in hypothesis.words.tolist()
        assert not hypothesis.weights.requires_grad
