"""What search and training require of a model, and that all of ours provide it."""

import re

import pytest
import torch
from mypy import api
from toy import REPOSITORY, mixed_batch, toy_fields, toy_model

from utils.models import build_transformer, count_parameters
from utils.models.attention import ATTENTIONS
from utils.models.contract import Model, Network
from utils.models.table import TableModel

MODELS = {
    **{name: lambda name=name: toy_model(name) for name in ATTENTIONS},
    "transformer": lambda: build_transformer(toy_fields(), 8, 2, 1, 12, seed=1).eval(),
    "table": lambda: TableModel({(): {"a": 0.5, "b": 0.5}}),
}


# --- search ---


@pytest.mark.parametrize("name", MODELS)
def test_a_model_encodes_and_then_goes_word_by_word(name):
    model: Model = MODELS[name]()
    source, lengths, _ = mixed_batch()  # 4 sentences of at most 5 words
    state, encoded = model.encode(source, lengths)
    word = torch.zeros(4, dtype=torch.long)
    for _ in range(2):
        embedded = model.decoder.embed(word)
        state, context, weights = model.decoder.step(embedded, state, encoded)
        logits = model.decoder.predict(embedded, state, context)
        assert len(embedded) == len(state) == len(context) == 4
        assert logits.ndim == 2 and len(logits) == 4
        assert weights.shape == encoded.mask.shape == (4, 5)
        word = logits.argmax(dim=1)


@pytest.mark.parametrize("name", MODELS)
def test_a_search_may_choose_some_of_the_sentences(name):
    model: Model = MODELS[name]()
    source, lengths, _ = mixed_batch()
    state, encoded = model.encode(source, lengths)
    rows = torch.tensor([2, 0, 2])
    embedded = model.decoder.embed(torch.zeros(4, dtype=torch.long))
    _, _, weights = model.decoder.step(embedded, state, encoded)
    _, _, of_rows = model.decoder.step(embedded[rows], state[rows], encoded.select(rows))
    torch.testing.assert_close(of_rows, weights[rows])


TYPED = """
from utils.models.contract import Model, Network
from utils.models.seq2seq import Seq2Seq
from utils.models.table import TableModel
from utils.models.transformer import Transformer

def accept(model: Model) -> None: ...
def train(network: Network) -> None: ...
def give(one: Seq2Seq, other: Transformer, network: Network, table: TableModel) -> None:
    for model in (one, other, network):
        accept(model)
        train(model)
    accept(table)
    train(table)  # wrong: it has no weights
    accept(one.encoder)  # wrong: it writes nothing
"""


@pytest.mark.slow
def test_a_type_checker_sees_which_classes_satisfy_the_contract(tmp_path, monkeypatch):
    (tmp_path / "typed.py").write_text(TYPED, "utf-8")
    monkeypatch.setenv("MYPYPATH", str(REPOSITORY))
    options = ["--config-file=", "--follow-imports=silent", f"--cache-dir={tmp_path / 'cache'}"]
    said, complaint, _ = api.run([*options, str(tmp_path / "typed.py")])
    wrong = re.findall(r"typed\.py:(\d+): error:", said)
    expected = [str(n) for n, line in enumerate(TYPED.splitlines(), 1) if "# wrong" in line]
    assert wrong == expected, said + complaint


# --- training ---


@pytest.mark.parametrize("name", [name for name in MODELS if name != "table"])
def test_a_network_knows_its_device_and_how_to_be_built_again(name):
    network = MODELS[name]()
    assert isinstance(network, Network)
    assert network.device == torch.device("cpu")
    again = type(network)(network.config)
    assert again.state_dict().keys() == network.state_dict().keys()
    assert network.config.fewest_weights <= count_parameters(network)
    assert network.to("meta").device == torch.device("meta")


def test_parameters_are_counted_once_and_in_parts():
    model = toy_model()
    parts = count_parameters(model.encoder) + count_parameters(model.decoder)
    assert count_parameters(model) == parts
    assert count_parameters(model.decoder.output) == 6 * 14 + 14
    linear = torch.nn.Linear(3, 2, bias=False)
    assert count_parameters(torch.nn.ModuleList([linear, linear])) == 6
