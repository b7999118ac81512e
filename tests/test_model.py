"""Equations (1), (6) and (7): the encoder, the decoder, and how they are built."""

import pytest
import torch
from toy import mixed_batch, number_pairs, one_batch, same_weights, toy_fields, toy_model

from utils.models.attention import ATTENTIONS
from utils.models.seq2seq import Seq2Seq, build_model


@pytest.fixture(params=ATTENTIONS)
def model(request):
    return toy_model(request.param)


def rows(batch):
    """Yield each sentence of a batch: its number, length, source (1, S) and target (1, T)."""
    for b, length in enumerate(batch.source_lengths.tolist()):
        yield b, length, batch.source[b : b + 1, :length], batch.target[b : b + 1]


def replace_word(target, position):
    """Return a copy with other real words at one position."""
    changed = target.clone()
    changed[:, position] = torch.where(target[:, position] == 4, 5, 4)
    return changed


def test_encoder_reads_each_sentence_as_if_alone():
    encoder, batch = toy_model().encoder, mixed_batch()
    memory, summary = encoder(batch.source, batch.source_lengths)
    for b, length, source, _ in rows(batch):
        words = encoder.embedding(source)
        states, last = encoder.gru(words)  # no packing, no padding
        own = encoder.own_word(words)[0]
        torch.testing.assert_close(memory[b, :length], (states[0] + own) * 0.5**0.5)
        ends = torch.cat([own[-1, :4], own[0, 4:]])
        torch.testing.assert_close(summary[b], (last[:, 0].flatten() + ends) * 0.5**0.5)
        assert memory[b, length:].eq(0).all()


def test_summary_is_the_last_state_of_each_direction():
    batch = mixed_batch()
    memory, summary = toy_model().encoder(batch.source, batch.source_lengths)
    for b, length, _, _ in rows(batch):
        torch.testing.assert_close(summary[b, :4], memory[b, length - 1, :4])  # left to right
        torch.testing.assert_close(summary[b, 4:], memory[b, 0, 4:])  # right to left


def test_logits_and_weights_have_the_right_shapes(model):
    batch = mixed_batch()  # 5 source words; 5 target words, <sos> and <eos>
    logits, weights = model(*batch)
    assert logits.shape == (4, 6, len(toy_fields().target.vocab))
    assert weights.shape == (4, 6, 5)


def test_a_batch_of_one_equals_its_row(model):
    batch = mixed_batch()
    logits, weights = model(*batch)
    for b, length, source, target in rows(batch):
        alone = model(source, torch.tensor([length]), target)
        torch.testing.assert_close(logits[b : b + 1], alone[0])
        torch.testing.assert_close(weights[b : b + 1, :, :length], alone[1])
        assert weights[b, :, length:].eq(0).all()


def gru_cell_by_hand(cell, x, state):
    """Write out equation (6): reset and update gates, the proposal, and their mixture."""
    from_x = (x @ cell.weight_ih.T + cell.bias_ih).chunk(3, dim=-1)
    from_state = (state @ cell.weight_hh.T + cell.bias_hh).chunk(3, dim=-1)
    reset = torch.sigmoid(from_x[0] + from_state[0])
    update = torch.sigmoid(from_x[1] + from_state[1])
    proposal = torch.tanh(from_x[2] + reset * from_state[2])
    return (1 - update) * proposal + update * state


def test_decoder_follows_equations_6_and_7(model):
    batch, decoder = mixed_batch(), model.decoder
    logits, weights = model(*batch)
    memory, summary = model.encoder(batch.source, batch.source_lengths)
    state = torch.tanh(summary @ decoder.initial.weight.T + decoder.initial.bias)  # s_0
    mask = torch.arange(5) < batch.source_lengths.unsqueeze(1)
    for t in range(2):
        word = decoder.embedding.weight[batch.target[:, t]]
        context, alphas = decoder.attention(state, memory, mask)  # the query is s_{t-1}
        state = gru_cell_by_hand(decoder.cell, torch.cat([word, context], dim=-1), state)
        read = torch.cat([word, state, context], dim=-1)
        hidden = torch.tanh(read @ decoder.readout.weight.T + decoder.readout.bias)
        expected = hidden @ decoder.output.weight.T + decoder.output.bias
        torch.testing.assert_close(weights[:, t], alphas)
        torch.testing.assert_close(logits[:, t], expected)


@pytest.mark.parametrize("name", [name for name in ATTENTIONS if name != "fixed"])
@pytest.mark.parametrize("step", [0, 2])
def test_the_query_is_the_state_before_the_step(name, step):
    model, batch = toy_model(name), one_batch(number_pairs(4, shortest=5))
    changed = batch._replace(target=replace_word(batch.target, step))
    (logits, weights), (new_logits, new_weights) = model(*batch), model(*changed)
    assert torch.equal(weights[:, : step + 1], new_weights[:, : step + 1])
    assert not torch.isclose(logits[:, step], new_logits[:, step]).all(dim=-1).any()
    assert not torch.isclose(weights[:, step + 1], new_weights[:, step + 1]).all(dim=-1).any()


def test_fixed_weights_never_move():
    _, weights = toy_model("fixed")(*mixed_batch())
    assert torch.equal(weights, weights[:, :1].expand_as(weights))


def test_a_later_target_word_does_not_alter_earlier_logits(model):
    batch = one_batch(number_pairs(4, shortest=5))
    logits, _ = model(*batch)
    changed, _ = model(*batch._replace(target=replace_word(batch.target, 3)))
    assert torch.equal(logits[:, :3], changed[:, :3])
    assert not torch.isclose(logits[:, 3:5], changed[:, 3:5]).all(dim=-1).any()


def test_gradients_reach_every_parameter(model):
    logits, _ = model(*mixed_batch())
    logits.pow(2).sum().backward()
    unreached = [n for n, p in model.named_parameters() if p.grad is None or p.grad.eq(0).all()]
    assert unreached == []


def test_the_models_differ_in_their_attention_alone():
    def shapes(name):
        weights = toy_model(name).state_dict()
        return {k: v.shape for k, v in weights.items() if not k.startswith("decoder.attention.")}

    assert all(shapes(name) == shapes("fixed") for name in ATTENTIONS if name != "fixed")


def test_dropout_acts_in_training_only():
    model, batch = toy_model(dropout=0.5), mixed_batch()
    assert torch.equal(model(*batch)[0], model(*batch)[0])
    torch.testing.assert_close(model(*batch)[0], toy_model()(*batch)[0])
    model.train()
    assert not torch.equal(model(*batch)[0], model(*batch)[0])


def test_a_seed_gives_the_same_weights_each_time():
    weights = toy_model(seed=1).state_dict()
    assert same_weights(weights, toy_model(seed=1).state_dict())
    assert not same_weights(weights, toy_model(seed=2).state_dict())
    assert not same_weights(toy_model(seed=None).state_dict(), toy_model(seed=None).state_dict())


def test_a_seeded_model_leaves_the_global_random_state():
    before = torch.get_rng_state()
    toy_model(seed=1)
    assert torch.equal(torch.get_rng_state(), before)


def test_config_builds_a_model_of_the_same_shape(model):
    Seq2Seq(model.config).load_state_dict(model.state_dict())


def test_memory_may_have_its_own_size():
    model = toy_model("general", memory_size=10)
    assert model.encode(*mixed_batch()[:2])[1].memory.shape == (4, 5, 10)
    assert toy_model("general", hidden_size=12).config.memory_size == 12  # by default


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"attention": "bilinear"}, "unknown attention 'bilinear': choose one of fixed, dot"),
        ({"hidden_size": 7}, "must be even, .* not 7"),
        ({"memory_size": 9}, "must be even, .* not 9"),
        ({"attention": "dot", "memory_size": 10}, "dot attention needs states of one size"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        build_model(toy_fields(), **options)
