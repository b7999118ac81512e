"""A GPU computes what the CPU does; without a GPU, the same checks run CPU against CPU."""

import pytest
import torch
from toy import (
    decided_model,
    fit_with,
    mixed_batch,
    number_pairs,
    same_weights,
    stopped,
    toy_corpus,
    toy_fields,
    toy_model,
)

from utils.models import build_transformer
from utils.models.attention import ATTENTIONS
from utils.training import word_loss
from utils.translator import Translator

NETWORKS = {
    **{name: lambda name=name, **options: toy_model(name, **options) for name in ATTENTIONS},
    "transformer": lambda **options: build_transformer(
        toy_fields(), 8, 2, 1, 12, seed=1, **options
    ),
}
DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)]
on_each_device = pytest.mark.parametrize("device", DEVICES)
each_network = pytest.mark.parametrize("name", NETWORKS)


@pytest.fixture(autouse=True)
def careful():
    """Make cuDNN's GRU keep 24 bits of each factor, not 11, and work deterministically."""
    with torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False):
        yield


# --- one training step ---


def one_step(network, device, dtype):
    """Return what a step computes on a device, on the CPU: logits, weights and all gradients."""
    network, batch = network.train().to(device, dtype), mixed_batch().to(device)
    assert network.device.type == device
    logits, weights = network(*batch)
    word_loss(logits, batch.target, toy_fields().padding).backward()
    gradients = {name: weight.grad for name, weight in network.named_parameters()}
    results = {"logits": logits, "weights": weights, **gradients}
    assert {part.device.type for part in results.values() if part is not None} == {device}
    return {name: part.detach().cpu() for name, part in results.items() if part is not None}


@on_each_device
@each_network
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-4)], ids=["64", "32"]
)
def test_a_step_gives_the_logits_and_gradients_of_the_cpu(name, device, dtype, tolerance):
    here = one_step(NETWORKS[name](), "cpu", dtype)
    there = one_step(NETWORKS[name](), device, dtype)
    assert here.keys() == there.keys() and len(here) > 10
    for part, expected in here.items():
        torch.testing.assert_close(there[part], expected, rtol=tolerance, atol=tolerance)


# --- a search ---


@on_each_device
@pytest.mark.parametrize("beam_size", [1, 3])
@each_network
def test_a_search_writes_what_it_writes_on_the_cpu(name, beam_size, device):
    network = NETWORKS[name]() if name == "transformer" else decided_model(name)
    translator = Translator(network.double().eval(), toy_fields())
    sentences = [pair.source for pair in number_pairs(12, seed=7)]
    here = translator.translate(sentences, beam_size)
    network.to(device)
    there = translator.translate(sentences, beam_size)
    assert [t.tokens for t in there] == [t.tokens for t in here]
    for one, other in zip(there, here, strict=True):
        torch.testing.assert_close(one.weights, other.weights, rtol=0, atol=1e-6)


# --- resuming ---


def stop(_):
    raise KeyboardInterrupt


@on_each_device
@pytest.mark.parametrize("average", [1, 2], ids=["best epoch", "mean of two epochs"])
@pytest.mark.parametrize("name", ["additive", "transformer"])
def test_a_resumed_training_ends_like_an_uninterrupted_one(tmp_path, name, average, device):
    """Stopped after the first epoch and after the second: dropout masks match, bit for bit."""

    def train(fit, **options):
        network = NETWORKS[name](dropout=0.3).to(device)
        options |= {"epochs": 3, "average": average, "batch_size": 20, "quiet": True}
        fit(network, toy_fields(), toy_corpus(), **options)
        assert network.device.type == device
        return network.state_dict()

    undisturbed = train(fit_with)
    path = tmp_path / "run.ckpt"
    for _ in range(2):
        train(stopped, checkpoint=path, on_epoch=stop)
    assert same_weights(train(fit_with, checkpoint=path), undisturbed)
