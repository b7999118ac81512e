"""The playground's engine: its gradients are PyTorch's, its runs can be repeated, its tasks right.

The JavaScript runs in V8, without a browser.
"""

import json
import re
import string
from math import log, prod

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from py_mini_racer import JSEvalException, MiniRacer
from torch.nn.functional import cross_entropy

from utils.models.attention import AdditiveAttention
from utils.models.config import ModelConfig
from utils.models.seq2seq import Seq2Seq
from utils.system.paths import ROOT

FOLDER = ROOT / "utils" / "widgets" / "js" / "playground"
ATTENTIONS = ("fixed", "dot", "general", "additive")
TASKS = ("copy", "reverse", "sort", "verb")
SMALL = {"letterSize": 6, "directionSize": 4, "scoreSize": 5, "batchSize": 7, "seed": 3}
RUN = "createRun(completeOptions({options}), {attention})"


def read_modules(name="messages", seen=None):
    """Return a module after those it imports, as one script without imports and exports."""
    seen = set() if seen is None else seen
    if name in seen:
        return ""
    seen.add(name)
    text = (FOLDER / f"{name}.js").read_text("utf-8")
    imported = [read_modules(other, seen) for other in re.findall(r'from "\./(\w+)\.js";', text)]
    lines = [line for line in text.splitlines() if not line.startswith("import ")]
    return "\n".join([*imported, *(line.removeprefix("export ") for line in lines)])


class Engine:
    """The modules in V8; values go in and out as JSON."""

    def __init__(self, before=""):
        self.racer = MiniRacer()
        self.racer.eval(before + "\n" + read_modules())

    def __call__(self, function, *arguments):
        """Call a function, given as JavaScript, and return its result, or None."""
        return self.racer.call(f"((...given) => ({function})(...given) ?? null)", *arguments)

    def start(self, name, attention="dot", **options):
        """Keep a run under a name for later calls."""
        made = RUN.format(options=json.dumps(options), attention=json.dumps(attention))
        self.racer.eval(f"globalThis.{name} = {made}; undefined;")


@pytest.fixture(scope="module")
def js():
    engine = Engine()
    yield engine
    engine.racer.close()


# --- gradients ---

PASS = """(words) => {
  const { network, options } = run;
  const batch = layOut(options.task, words);
  const space = createSpace(network, batch.rows, batch.longest);
  const loss = forwardPass(network, space, batch);
  const weights = [...space.weights];
  backwardPass(network, space, batch);
  const parameters = network.parameters.map(({ name, shape, values, gradients }) =>
    ({ name, shape, values: [...values], gradients: [...gradients] }));
  const { source, inputs, targets, lengths } = batch;
  const laidOut = [source, inputs, targets, lengths].map((numbers) => [...numbers]);
  return { loss, weights, parameters, laidOut, sizes: network.sizes };
}"""
TORCH_NAMES = {
    r"encoder\.right\.from(Input|State)\.(\w+)": r"encoder.gru.\2_\1_l0",
    r"encoder\.left\.from(Input|State)\.(\w+)": r"encoder.gru.\2_\1_l0_reverse",
    r"decoder\.cell\.from(Input|State)\.(\w+)": r"decoder.cell.\2_\1",
    r"ownLetter": "own_word",
    r"_Input": "_ih",
    r"_State": "_hh",
}


def torch_name(name):
    for pattern, replacement in TORCH_NAMES.items():
        name = re.sub(pattern, replacement, name)
    return name


def tensor(numbers, shape):
    return torch.tensor(numbers, dtype=torch.float64).reshape(shape)


def same_model(attention, result):
    """Return the model of `utils.models` with the playground's sizes and weights."""
    sizes = result["sizes"]
    config = ModelConfig(
        source_size=sizes["V"],
        target_size=sizes["V"],
        source_padding=0,
        target_padding=0,
        tied=False,
        attention=attention,
        embedding_size=sizes["E"],
        hidden_size=sizes["Q"],
        memory_size=sizes["M"],
        dropout=0.0,
    )
    model = Seq2Seq(config)
    if attention == "additive":
        model.decoder.attention = AdditiveAttention(sizes["Q"], sizes["M"], sizes["A"])
    weights = {
        torch_name(p["name"]): tensor(p["values"], p["shape"]) for p in result["parameters"]
    }
    model.double().load_state_dict(weights)
    return model


def torch_pass(model, laid_out):
    """Return loss and α (T, B, S) of the same batch, and leave gradients in the model."""
    *letters, lengths = (torch.tensor(numbers) for numbers in laid_out)
    source, inputs, targets = (numbers.reshape(-1, len(lengths)) for numbers in letters)
    end = torch.zeros(1, len(lengths), dtype=torch.long)
    logits, weights = model(source.T, lengths, torch.cat([inputs, end]).T)
    wanted = torch.arange(len(targets)) <= lengths.unsqueeze(1)  # (B, T)
    loss = cross_entropy(logits[wanted], targets.T[wanted])
    loss.backward()
    return loss, weights.transpose(0, 1) * wanted.T.unsqueeze(2)


@pytest.mark.parametrize("task", ["reverse", "verb"])
@pytest.mark.parametrize("attention", ATTENTIONS)
@pytest.mark.parametrize("steps", [0, 5], ids=["untrained", "trained"])
def test_loss_weights_and_every_gradient_are_pytorchs(js, attention, task, steps):
    js.start("run", attention, task=task, **SMALL)
    js("(steps) => trainFor(run, { steps })", steps)
    words = ["Ab", "abcDxyz", "zzyZa", "qwErt", "M"]  # seven letters, five, five, two, one
    result = js(PASS, words if task == "verb" else [word.lower() for word in words])
    model = same_model(attention, result)
    loss, weights = torch_pass(model, result["laidOut"])
    assert result["loss"] == pytest.approx(loss.item(), rel=1e-9)
    torch.testing.assert_close(
        tensor(result["weights"], weights.shape), weights, rtol=1e-9, atol=1e-9
    )
    gradients = {name: p.grad for name, p in model.named_parameters()}
    assert len(gradients) == len(result["parameters"]) >= 22
    for parameter in result["parameters"]:
        expected = gradients[torch_name(parameter["name"])]
        error = (tensor(parameter["gradients"], parameter["shape"]) - expected).abs().max()
        assert expected.abs().max() > 0, parameter["name"]
        assert error <= 1e-4 * expected.abs().max(), parameter["name"]
