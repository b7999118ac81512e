"""The fast form of the Luong decoder computes what the loop does, and trains the same weights."""

import pytest
import torch
from toy import mixed_batch, toy_corpus, toy_fields

from utils.corpora import Pair
from utils.experiments.all_at_once import AllAtOnceDecoder
from utils.experiments.parts import LuongDecoder, replace_part
from utils.models.seq2seq import build_model
from utils.training import Settings, fit
from utils.translator import Translator

PADDING = toy_fields().target.vocab.stoi["<pad>"]
each_score = pytest.mark.parametrize("attention", ["dot", "general", "additive"])


def build_both(attention, dtype=torch.float64):
    """Return the model with the loop and the one without, sharing the same weights."""
    models = []
    for part in (LuongDecoder, AllAtOnceDecoder):
        model = build_model(toy_fields(), attention, seed=0)
        torch.manual_seed(1)
        replace_part(model, "decoder", part(model.config))
        models.append(model.to(dtype))
    loop, at_once = models
    for name, weight in loop.state_dict().items():
        assert torch.equal(weight, at_once.state_dict()[name])
    return loop, at_once


@each_score
def test_logits_and_weights_agree(attention):
    loop, at_once = build_both(attention)
    batch = mixed_batch()
    for of_loop, of_both in zip(loop(*batch), at_once(*batch), strict=True):
        torch.testing.assert_close(of_both, of_loop, rtol=0, atol=1e-13)
    real = batch.target[:, 1:] != PADDING
    torch.testing.assert_close(at_once(*batch, real)[0], loop(*batch, real)[0], rtol=0, atol=1e-13)


@each_score
def test_all_gradients_agree(attention):
    both = build_both(attention)
    batch = mixed_batch()
    for model in both:
        model(*batch)[0].square().sum().backward()
    loop, at_once = (dict(model.named_parameters()) for model in both)
    assert len(loop) == len(at_once)  # the GRU adds no parameters
    for name, weight in loop.items():
        torch.testing.assert_close(at_once[name].grad, weight.grad, rtol=1e-9, atol=1e-12)


@each_score
def test_training_moves_the_cell_that_searches(attention):
    """Training runs the GRU, a search runs the cell: their weights must stay the same."""
    _, at_once = build_both(attention, torch.float32)
    before = at_once.decoder.cell.weight_hh.detach().clone()
    fit(at_once, toy_fields(), toy_corpus(), Settings(epochs=2), quiet=True)
    assert not torch.equal(at_once.decoder.cell.weight_hh, before)
    assert torch.equal(at_once.decoder.cell.weight_hh, at_once.decoder.gru.weight_hh_l0)
    translator = Translator(at_once, toy_fields())
    (translation,) = translator.translate(["eins zwei"])
    (forced,) = translator.align([Pair(("eins", "zwei"), translation.tokens, None)])
    torch.testing.assert_close(forced, translation.weights, rtol=1e-4, atol=1e-5)
