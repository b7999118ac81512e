"""The playground's engine: its gradients are PyTorch's, its runs can be repeated, its tasks right.

The JavaScript runs in V8, without a browser.
"""

import json
import re
import string
from math import log

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from py_mini_racer import JSEvalException, MiniRacer
from torch.nn.functional import cross_entropy

from utils.models.attention import AdditiveAttention
from utils.models.config import ModelConfig
from utils.models.seq2seq import Seq2Seq
from utils.widgets.engine import Engine
from utils.widgets.scripts import bundle

ATTENTIONS = ("fixed", "dot", "general", "additive")
TASKS = ("copy", "reverse", "sort", "verb")
SMALL = {"letterSize": 6, "directionSize": 4, "scoreSize": 5, "batchSize": 7, "seed": 3}
RUN = "createRun(completeOptions({options}), {attention})"


class Playground(Engine):
    """The playground's modules in V8."""

    def __init__(self, before=""):
        super().__init__(before, bundle("playground/messages.js"))

    def __call__(self, function, *arguments):
        """Call a function, given as JavaScript, and return its result, or None."""
        return self.call(f"({function})", *arguments)

    def start(self, name, attention="dot", **options):
        """Keep a run under a name for later calls."""
        made = RUN.format(options=json.dumps(options), attention=json.dumps(attention))
        self.run(f"globalThis.{name} = {made};")


@pytest.fixture(scope="module")
def js():
    with Playground() as engine:
        yield engine


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
    weights = {torch_name(p["name"]): tensor(p["values"], p["shape"]) for p in result["parameters"]}
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
    assert len(gradients) == len(result["parameters"])
    for parameter in result["parameters"]:
        expected = gradients[torch_name(parameter["name"])]
        error = (tensor(parameter["gradients"], parameter["shape"]) - expected).abs().max()
        assert expected.abs().max() > 0, parameter["name"]
        assert error <= 1e-4 * expected.abs().max(), parameter["name"]


def test_a_used_space_leaves_no_trace(js):
    js.start("run", "additive", **SMALL)
    js(PASS, ["abcdef", "ghijk"])
    in_one_space = """(words) => {
      const { network, options } = run;
      const space = createSpace(network, 2, 9);
      for (const two of words) {
        const batch = layOut(options.task, two);
        forwardPass(network, space, batch);
        backwardPass(network, space, batch);
      }
      return [...network.gradients];
    }"""
    last = ["zyxw", "q"]
    assert js(in_one_space, [["abcdefghi", "bcdefgh"], last]) == js(in_one_space, [last])


@pytest.mark.parametrize(
    ("function", "expected"),
    [("portableExp", torch.exp), ("portableTanh", torch.tanh), ("portableSigmoid", torch.sigmoid)],
)
def test_the_portable_functions_are_right(js, function, expected):
    x = torch.linspace(-40, 40, 4001, dtype=torch.float64)
    result = tensor(js(f"(numbers) => numbers.map((x) => {function}(x))", x.tolist()), x.shape)
    torch.testing.assert_close(result, expected(x), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("x", [1e300, -1e300])
def test_far_out_the_portable_functions_stay_finite(js, x):
    assert js("(x) => Number.isFinite(portableExp(x))", x)
    assert js("portableTanh", x) == (1 if x > 0 else -1)


def test_clipping_and_adam_are_pytorchs(js):
    torch.manual_seed(0)
    weight = torch.nn.Parameter(torch.randn(12, dtype=torch.float64))
    adam = torch.optim.Adam([weight], lr=0.02, betas=(0.9, 0.999), eps=1e-8)
    steps = [scale * torch.randn(12, dtype=torch.float64) for scale in (0.01, 3, 1, 0.1)]
    ours = js(
        """(values, steps) => {
          const adam = createAdam(values.length);
          for (const gradients of steps) {
            clipGradients(gradients);
            adamStep(adam, values, gradients, 0.02);
          }
          return values;
        }""",
        weight.tolist(),
        [step.tolist() for step in steps],
    )
    for step in steps:
        weight.grad = step
        torch.nn.utils.clip_grad_norm_([weight], 1.0)
        adam.step()
    torch.testing.assert_close(torch.tensor(ours).double(), weight.data, rtol=1e-5, atol=1e-5)


# --- tasks and batches ---

lower_words = st.text(string.ascii_lowercase, min_size=1, max_size=30)
SOLUTIONS = {
    "copy": lambda word: word,
    "reverse": lambda word: word[::-1],
    "sort": lambda word: "".join(sorted(word)),
    "verb": lambda word: re.sub("(.*)([A-Z])(.*)", r"\1\3\2", word),
}


@pytest.mark.parametrize("task", TASKS)
@settings(deadline=None)
@given(word=lower_words, data=st.data())
def test_the_tasks_are_solved(js, task, word, data):
    if task == "verb":
        place = data.draw(st.integers(0, len(word) - 1))
        word = word[:place] + word[place].upper() + word[place + 1 :]
    assert js("solveTask", task, word) == SOLUTIONS[task](word)
    numbers = js("encodeLetters", task, word)
    assert "".join(js("letterOf", task, number) for number in numbers) == word
    size = js("vocabularySize", task)
    assert all(2 <= number < size for number in numbers)
    assert js("readTypedWord", task, f" {word}\n") == {"word": word}


@pytest.mark.parametrize("task", TASKS)
def test_training_never_sees_the_words_of_the_test(js, task):
    words = [
        word
        for step in range(50)
        for word in js(
            "(task, step) => drawBatch(completeOptions({ task, shortest: 2 }), step).words",
            task,
            step,
        )
    ]
    assert {len(word) for word in words} == set(range(2, 9))
    tests = [word for length in range(2, 9) for word in js("testWords", task, length, 20)]
    assert not any(js("(words) => words.map(isHeldOut)", words))
    assert all(js("(words) => words.map(isHeldOut)", tests))
    if task == "verb":
        assert {sum(map(str.isupper, word)) for word in words + tests} == {1}


def test_a_batch_lays_words_out_one_time_after_the_other(js):
    batch = js(
        """() => {
          const batch = layOut("reverse", ["ab", "cdef", "g"]);
          const plain = (numbers) => [...numbers];
          return { ...batch, lengths: plain(batch.lengths), active: plain(batch.active),
            source: plain(batch.source), inputs: plain(batch.inputs),
            targets: plain(batch.targets) };
        }"""
    )
    a, b, c, d, e, f, g = range(2, 9)
    assert batch["words"] == ["cdef", "ab", "g"]
    assert batch["lengths"] == [4, 2, 1]
    assert batch["active"] == [3, 3, 2, 1, 1]
    assert batch["count"] == 5 + 3 + 2
    assert batch["source"] == [c, a, g, d, b, 0, e, 0, 0, f, 0, 0]
    assert batch["targets"] == [f, b, g, e, a, 0, d, 0, 0, c, 0, 0, 0, 0, 0]
    assert batch["inputs"] == [1, 1, 1, f, b, g, e, a, 1, d, 1, 1, c, 1, 1]


# --- runs ---

TRAIN = "(steps) => { trainFor(run, { steps }); return run.loss; }"
VALUES = "() => [...run.network.values]"


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("attention", ATTENTIONS)
def test_at_the_start_the_loss_is_that_of_guessing(js, attention, task):
    js.start("run", attention, task=task)
    assert js("() => run.loss") == pytest.approx(log(js("vocabularySize", task)))
    assert js(TRAIN, 1) == pytest.approx(log(js("vocabularySize", task)), abs=0.15)


def test_the_same_seed_gives_the_same_weights(js):
    results = []
    for seed in (5, 5, 6):
        js.start("run", "general", **SMALL | {"seed": seed})
        js(TRAIN, 20)
        results.append(js(VALUES))
    assert results[0] == results[1] != results[2]


def test_weights_do_not_depend_on_how_a_browser_computes_exp_and_its_kin(js):
    js.start("run", "additive", **SMALL)
    js(TRAIN, 20)
    names = "exp expm1 log log1p log2 pow tanh sinh cosh sin cos hypot cbrt random"
    other = Playground(f"for (const f of {names.split()}) Math[f] = () => 0.5;")
    other.start("run", "additive", **SMALL)
    other(TRAIN, 20)
    assert other(VALUES) == js(VALUES)
    other.close()


def test_models_share_the_initial_weights_of_common_parts_and_have_about_as_many(js):
    parameters = {}
    for attention in ATTENTIONS:
        js.start("run", attention)
        parameters[attention] = {
            p["name"]: p["values"]
            for p in js("() => run.network.parameters.map((p) => ({...p, values: [...p.values]}))")
        }
    fixed = parameters["fixed"]
    counts = {name: sum(map(len, values.values())) for name, values in parameters.items()}
    for attention in ATTENTIONS:
        own = parameters[attention].keys() - fixed.keys()
        assert all(name.startswith("decoder.attention.") for name in own)
        assert all(parameters[attention][name] == fixed[name] for name in fixed)
    assert (
        counts["fixed"]
        == counts["dot"]
        == js("() => createRun(completeOptions(), 'dot').weightCount")
    )
    assert max(counts.values()) <= 1.07 * counts["fixed"]


def test_going_on_after_a_stop_equals_no_stop(js):
    js.start("run", "general", **SMALL)
    js(TRAIN, 12)
    straight = js(VALUES)
    js.start("run", "general", **SMALL)
    js(TRAIN, 7)
    js("() => { evaluateRun(run); translateWord(run, 'abcdefghijkl'); }")
    js(TRAIN, 5)
    assert js(VALUES) == straight


def test_training_stops_when_the_time_is_over(js):
    js.start("run", **SMALL)
    steps = """() => {
      let time = 0;
      trainFor(run, { milliseconds: 100 }, () => (time += 10));
      return run.step;
    }"""
    assert js(steps) == 9


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_weights_of_a_word_sum_to_one(js, attention):
    js.start("run", attention)
    js(TRAIN, 30)
    for word in ("a", "attention", "z" * 30):
        result = js(
            """(word) => {
              const result = translateWord(run, word);
              return { ...result, weights: [...result.weights] };
            }""",
            word,
        )
        rows = torch.tensor(result["weights"], dtype=torch.float64).reshape(-1, len(word))
        assert len(rows) == len(result["written"]) <= len(word) + 6
        assert rows.sum(dim=1).tolist() == pytest.approx([1] * len(rows), abs=1e-5)
        assert (result["word"], result["expected"]) == (word, word[::-1])
        assert result["output"] == "".join(x for x in result["written"] if len(x) == 1)
        if attention == "fixed":
            assert rows[:, [0, -1]].eq(1 if word == "a" else 0.5).all()


@pytest.mark.slow
def test_the_share_of_right_words_is_that_of_a_greedy_search(js):
    js.start("run", "dot", task="copy", rate=0.01)
    js(TRAIN, 70)
    result = js("() => evaluateRun(run)")
    assert result["lengths"] == [3, 4, 5, 6, 7, 8]
    for length, exact in zip(result["lengths"], result["exact"], strict=True):
        translated = [
            js(
                "(word) => { const { output, written } = translateWord(run, word);"
                " return [output, written.at(-1)]; }",
                word,
            )
            for word in js("testWords", "copy", length, 25)
        ]
        right = [[word, "<eos>"] for word in js("testWords", "copy", length, 25)]
        hits = sum(map(list.__eq__, translated, right))
        assert exact == pytest.approx(hits / 25)
    assert 0 < sum(result["exact"]) < 6, "a test of half-trained models"


@pytest.mark.slow
def test_dot_learns_to_reverse_and_fixed_forgets_long_words(js):
    exact = {}
    for attention in ("dot", "fixed"):
        js.start("run", attention)
        js(TRAIN, 300)
        exact[attention] = js("() => evaluateRun(run).exact")
    assert sum(exact["dot"]) / 6 >= 0.95
    assert exact["dot"][-1] >= 0.8
    assert exact["fixed"][0] >= 0.5
    assert exact["fixed"][-1] <= 0.2


# --- what people type, and links ---


@pytest.mark.parametrize(
    ("task", "text", "problem"),
    [
        ("reverse", "", "Type a word"),
        ("reverse", "  \t\n", "Type a word"),
        ("reverse", None, "Type a word"),
        ("reverse", "straße", "“ß” is none of the letters"),
        ("sort", "two words", "“ ” is none of the letters"),
        ("copy", "a😀b", "“😀” is none of the letters"),
        ("copy", "<script>", "“<” is none of the letters"),
        ("reverse", "x" * 200, "This word has 200 letters: type at most 30."),
        ("verb", "abc", "Mark one letter as the verb"),
        ("verb", "aBC", "Mark one letter as the verb"),
        ("verb", "aÄc", "“Ä” is none of the letters"),
    ],
)
def test_odd_words_get_a_clear_message(js, task, text, problem):
    js.start("run", task=task, **SMALL)
    result = js("(text) => translateWord(run, text)", text)
    assert result.keys() == {"problem"}
    assert problem in result["problem"]


def test_capitals_are_read_as_small_letters_where_they_mean_nothing(js):
    assert js("readTypedWord", "reverse", "Anna") == {"word": "anna"}


@settings(deadline=None)
@given(text=st.text())
def test_no_text_breaks_it(js, text):
    for task in TASKS:
        result = js("readTypedWord", task, text)
        assert len(result) == 1 and all(result.values())


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"task": "swap"}, "task must be one of copy, reverse, sort, verb, not “swap”."),
        ({"task": "toString"}, "task must be one of"),
        ({"attentions": ["dot", "self"]}, "attention must be one of"),
        ({"attentions": []}, "attentions must be a list of one or two names"),
        ({"attentions": ["dot", "dot"]}, "attentions must differ"),
        ({"shortest": 9}, r"shortest \(9\) must not be above longest \(8\)."),
        ({"longest": 8.5}, "longest must be a whole number from 2 to 12"),
        ({"seed": "1"}, "seed must be a whole number"),
        ({"rate": None}, "rate must be from"),
        ({"sizes": 3}, "an option must be one of"),
    ],
)
def test_options_that_do_not_work_are_refused(js, options, problem):
    with pytest.raises(JSEvalException, match=problem):
        js("completeOptions", options)


@settings(deadline=None)
@given(
    task=st.sampled_from(TASKS),
    attentions=st.lists(st.sampled_from(ATTENTIONS), min_size=1, max_size=2, unique=True),
    lengths=st.tuples(st.integers(2, 12), st.integers(2, 12)).map(sorted),
    seed=st.integers(0, 999_999),
    step=st.integers(0, 999_999),
    word=st.none() | lower_words,
)
def test_a_link_says_it_all(js, task, attentions, lengths, seed, step, word):
    shortest, longest = lengths
    chosen = {"task": task, "attentions": attentions, "seed": seed}
    options = js("completeOptions", chosen | {"shortest": shortest, "longest": longest})
    if word is None:
        link, word = js("writeLink", options, step), js("firstWord", options)
    else:
        word = word.capitalize() if task == "verb" else word
        link = js("writeLink", options, step, word)
    assert re.fullmatch(r"[\w=&,]*", link) and len(link) <= 150
    assert js("readLink", link) == {"options": options, "step": step, "word": word}


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        ("step=-1", "step must be a whole number"),
        ("step=1e9", "step must be a whole number"),
        ("seed=", "seed must be a whole number"),
        ("task=<b>", "task must be one of"),
        ("__proto__=1", "an option must be one of"),
        ("nonsense", "an option must be one of"),
        ("word=<b>", "“<” is none of the letters"),
        ("task=verb&word=abc", "Mark one letter as the verb"),
    ],
)
def test_a_broken_link_is_refused(js, link, problem):
    with pytest.raises(JSEvalException, match=problem):
        js("readLink", link)


# --- messages ---


class Worker:
    """The message handler, with a clock that a test moves: 5 ms at each look."""

    def __init__(self, js):
        self.js = js
        js.run("globalThis.time = 0; globalThis.worker = createPlayground(() => (time += 5)); 0")

    def send(self, kind, **more):
        (reply,) = self.js("(message) => worker.handle(message)", {"type": kind, **more})
        return reply

    def finish(self):
        """Send ticks for as long as they are wanted; return the last state."""
        while self.js("() => worker.wantsTicks()"):
            state = self.send("tick")
        return state


@pytest.fixture
def worker(js):
    worker = Worker(js)
    worker.send("reset", options={"attentions": ["fixed", "dot"], **SMALL})
    return worker


def test_a_fresh_state_says_what_is_there(worker):
    state = worker.send("state")
    assert (state["type"], state["running"], state["step"]) == ("state", False, 0)
    assert state["lengths"] == [3, 4, 5, 6, 7, 8]
    assert [model["attention"] for model in state["models"]] == ["fixed", "dot"]
    for model in state["models"]:
        assert model["exact"] == [None] * 6
        assert model["loss"] == pytest.approx(log(28))
        assert model["example"]["word"] == state["word"]
    assert len(json.dumps(state)) < 10_000


def test_a_slice_is_short_and_the_models_keep_step(worker):
    assert worker.send("start")["running"]
    for _ in range(20):
        before = [model["step"] for model in worker.send("state")["models"]]
        after = [model["step"] for model in worker.send("tick")["models"]]
        assert 1 <= sum(after) - sum(before) <= 3
        assert abs(after[0] - after[1]) <= 1
    models = worker.send("state")["models"]
    assert all(0 <= share <= 1 for model in models for share in model["exact"][:5])
    assert all(model["seconds"] > 0 for model in models)


def test_stop_stops_and_start_goes_on(worker):
    worker.send("start")
    worker.send("tick")
    assert not worker.send("stop")["running"]
    state = worker.finish()
    assert {model["step"] for model in state["models"]} == {state["step"]}
    assert None not in state["models"][0]["exact"]
    assert worker.send("tick") == worker.send("state")
    worker.send("start", until=state["step"] + 2)
    assert worker.finish()["step"] == state["step"] + 2
    assert not worker.send("start", until=1)["running"]


def test_reset_begins_again(worker):
    first = worker.send("state")
    worker.send("start", until=3)
    assert worker.finish()["step"] == 3
    assert worker.send("reset", options={"attentions": ["fixed", "dot"], **SMALL}) == first


def test_a_state_says_which_message_it_comes_after(worker):
    assert "round" not in worker.send("state")
    options = {"attentions": ["dot"], **SMALL}
    assert worker.send("reset", options=options, round=7)["round"] == 7
    assert worker.send("tick")["round"] == 7
    assert worker.send("reset", link="step=x", round=8)["type"] == "refused"
    assert worker.send("state")["round"] == 7
    assert worker.send("start", until=1, round=9)["round"] == 9


def test_a_link_leads_to_the_same_weights(worker, js):
    worker.send("start")
    worker.send("tick")
    worker.send("try", word="hello")
    worker.send("stop")
    state = worker.finish()
    assert worker.send("reset", link=state["link"])["running"]
    again = worker.finish()
    assert (again["link"], again["word"]) == (state["link"], "hello")
    for old, new in zip(state["models"], again["models"], strict=True):
        assert (old["step"], old["loss"], old["exact"]) == (new["step"], new["loss"], new["exact"])
    js.start("run", "dot", **SMALL)
    assert js(TRAIN, state["step"]) == again["models"][1]["loss"]


def test_a_word_is_tried_at_any_time(worker):
    worker.send("start")
    worker.send("tick")
    state = worker.send("try", word=" Hello ")
    assert state["running"] and state["word"] == "hello"
    assert {model["example"]["expected"] for model in state["models"]} == {"olleh"}
    assert worker.send("tick")["word"] == "hello"


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        ({"type": "try", "word": "x" * 200}, "This word has 200 letters: type at most 30."),
        ({"type": "try"}, "Type a word of one letter or more."),
        ({"type": "reset", "options": {"task": "swap"}}, "task must be one of"),
        ({"type": "reset", "link": "step=x"}, "step must be a whole number"),
        ({"type": "dance"}, "a message's type must be one of"),
        ({"type": "toString"}, "a message's type must be one of"),
        (None, "a message's type must be one of"),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(worker, js, message, problem):
    before = worker.send("state")
    (reply,) = js("(message) => worker.handle(message)", message)
    assert reply["type"] == "refused" and problem in reply["problem"]
    assert worker.send("state") == before


STAGE = """
globalThis.sent = [];
globalThis.alarms = 0;
globalThis.clockPort = {};
globalThis.performance = { now: () => Date.now() };
globalThis.self = { postMessage: (reply) => sent.push(reply) };
globalThis.MessageChannel = class {
  port1 = clockPort;
  port2 = { postMessage: () => alarms++ };
};
"""


def test_the_worker_ticks_itself_while_it_trains():
    with MiniRacer() as racer:
        racer.eval(STAGE + bundle("playground/worker.js"))

        def post(**message):
            racer.eval(f"self.onmessage({{ data: {json.dumps(message)} }}); 0")
            return racer.execute("[alarms, sent.length, sent.at(-1).step]")

        assert post(type="reset", options=SMALL | {"attentions": ["dot"]}) == [0, 1, 0]
        assert post(type="start") == [1, 2, 0]
        assert post(type="state") == [1, 3, 0], "one alarm is enough"
        racer.eval("clockPort.onmessage(); 0")
        alarms, replies, step = racer.execute("[alarms, sent.length, sent.at(-1).step]")
        assert (alarms, replies) == (2, 4) and step >= 1
        post(type="stop")
        for _ in range(9):  # six lengths are tested, and then nothing is left to do
            racer.eval("clockPort.onmessage(); 0")
        assert racer.execute("[alarms, sent.at(-1).step]") == [2 + 5, step]
