"""The models in JavaScript compute what they compute in PyTorch: words, weights, scores."""

import copy
import json
from functools import cache
from itertools import pairwise
from types import SimpleNamespace

import pytest
import torch
from explorers import CALLS, CAPTIONS, MINI, open_engine, translator_of
from lab import shared_browser, skip_without_browser
from py_mini_racer import JSEvalException

from utils import decoding
from utils.corpora import load_corpus, tokenize
from utils.decoding import beam_search, greedy, length_limits, next_words
from utils.models.attention import ATTENTIONS, Encoded
from utils.models.table import TableModel
from utils.system.paths import DATA
from utils.trace import trace
from utils.translator import Translator
from utils.widgets.engine import PLAIN, Engine
from utils.widgets.pages import write_models
from utils.widgets.scripts import bundle
from utils.widgets.weights import model_file

BEAMS = (2, 3, 5, 10)
# Pages have 16 bits; the other half of these tests would make the fast tier slower.
FULL = pytest.param(False, marks=pytest.mark.slow, id="float32")
PRECISIONS = pytest.mark.parametrize("half", [pytest.param(True, id="float16"), FULL])
ATTENDING = MINI[1:4]  # those whose weights can be overwritten in Python, too


@cache
def mini_sources(count):
    """Return `count` test sentences, as many of each length."""
    pairs = load_corpus("mini").test
    return [pair.source for pair in pairs[:: len(pairs) // count]]


def own_captions(count):
    """Return the first of the fifty captions that are shipped."""
    lines = (DATA / "captions" / "test.de").read_text("utf-8").splitlines()
    return [tokenize(line) for line in lines[:count]]


def assert_equal_beams(engine, name, half, sources, beam_size, rho=1.0):
    translator = translator_of(name, half)
    words = [list(translator.read(source)) for source in sources]
    found = engine.call("translateAll", name, words, beam_size, rho)
    expected = translator.n_best(sources, beam_size, length_normalization=rho)
    for source, beam, other in zip(sources, found, expected, strict=True):
        written = [tuple(t["tokens"]) for t in beam]
        if beam_size > 1 and written != [t.tokens for t in other]:
            other = n_best_in_64_bits(translator, source, beam_size, rho)
        assert written == [t.tokens for t in other]
        assert [t["text"] for t in beam] == [str(t) for t in other]
        for one, two in zip(beam, other, strict=True):
            assert one["score"] == pytest.approx(two.score, abs=1e-3)
            weights = torch.tensor(one["weights"]).reshape(two.weights.shape)
            torch.testing.assert_close(weights, two.weights.float(), rtol=0, atol=1e-4)


def n_best_in_64_bits(translator, source, beam_size, rho):
    """Search in PyTorch with sums of 64 bits, as in JavaScript.

    In 200 sentences there may be two beginnings whose sums are equal in all digits of 32 bits, and
    only one place in the beam: rounding decides there which of them lives on.
    """
    exact = Translator(copy.deepcopy(translator.model).double(), translator.fields)

    def next_words(decoder, words, state, encoded):
        embedded = decoder.embed(words)
        state, context, weights = decoder.step(embedded, state, encoded)
        return decoder.predict(embedded, state, context).log_softmax(dim=-1), state, weights

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "next_words", next_words)
        torch.set_default_dtype(torch.float64)
        try:
            (beam,) = exact.n_best([source], beam_size, length_normalization=rho)
        finally:
            torch.set_default_dtype(torch.float32)
    return beam


def test_sums_that_32_bits_cannot_tell_apart_are_as_in_64_bits():
    name, source = "mini-transformer", ("oft", "schläft", "Ben", ".")
    with open_engine(name) as engine:
        assert_equal_beams(engine, name, True, [source], 10)


# Words and weights


@PRECISIONS
@pytest.mark.parametrize("name", MINI)
def test_greedy_translations_are_those_of_pytorch(name, half):
    with open_engine(name, half) as engine:
        sources = mini_sources(200)
        assert len(sources) == 200
        assert_equal_beams(engine, name, half, sources, 1)


@pytest.fixture
def chromium(tmp_path):
    """Return a function that opens a page with a model: what comes back is called as an engine."""
    skip_without_browser()
    context = shared_browser().new_context()

    def open_model(name):
        write_models([name], tmp_path)
        scripts = bundle("model/translator.js") + CALLS
        model = f"<script src='{model_file(name)}'></script>"
        path = tmp_path / "page.html"
        path.write_text(f"<meta charset=utf-8>{model}<script>{scripts}</script>", "utf-8")
        page = context.new_page()
        page.goto(path.as_uri())
        page.evaluate("load", name)
        return SimpleNamespace(call=lambda *call: json.loads(page.evaluate(IN_PAGE, call)))

    yield open_model
    context.close()


IN_PAGE = f"([name, ...given]) => JSON.stringify(window[name](...given), {PLAIN})"


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("name", MINI)
def test_chromium_translates_as_pytorch_does(chromium, name):
    page = chromium(name)
    assert_equal_beams(page, name, True, mini_sources(200), 1)
    assert_equal_beams(page, name, True, mini_sources(20), 5)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("name", CAPTIONS)
def test_chromium_translates_captions_as_pytorch_does(chromium, name):
    page = chromium(name)
    assert_equal_beams(page, name, True, own_captions(50), 1)
    assert_equal_beams(page, name, True, own_captions(2), 5)


@pytest.mark.parametrize("name", MINI)
def test_beams_are_those_of_pytorch(name):
    with open_engine(name) as engine:
        for beam_size in BEAMS:
            assert_equal_beams(engine, name, True, mini_sources(6), beam_size)
        for rho in (0.0, 2.0):
            assert_equal_beams(engine, name, True, mini_sources(6)[:3], 3, rho)


@pytest.mark.slow
@pytest.mark.parametrize("name", MINI)
def test_beams_for_200_sentences_are_those_of_pytorch(name):
    with open_engine(name, half=True) as engine:
        for beam_size in BEAMS:
            assert_equal_beams(engine, name, True, mini_sources(200), beam_size)


def test_beams_find_other_translations_than_greedy_search():
    """Otherwise the comparison of beams would prove less than it claims."""
    one, five = (translator_of("mini-fixed", True).translate(mini_sources(6), k) for k in (1, 5))
    assert sum(a.tokens != b.tokens for a, b in zip(one, five, strict=True)) >= 1


@pytest.mark.parametrize("name", CAPTIONS)
def test_captions_are_translated_as_in_pytorch(name):
    with open_engine(name) as engine:
        for beam_size, count in ((1, 8), (5, 1)):
            assert_equal_beams(engine, name, True, own_captions(count), beam_size)


@pytest.mark.slow
@pytest.mark.parametrize("name", CAPTIONS)
def test_200_captions_are_translated_as_in_pytorch(name):
    if not (DATA / "multi30k" / "val.de.gz").exists():
        pytest.skip("Multi30k isn't downloaded; the fifty captions of our own are tested above")
    pairs = load_corpus("multi30k").valid
    sources = [pair.source for pair in pairs[:: len(pairs) // 200][:200]]
    with open_engine(name, half=True) as engine:
        assert_equal_beams(engine, name, True, sources, 1)
        assert_equal_beams(engine, name, True, own_captions(50), 1)
        for beam_size in BEAMS:
            assert_equal_beams(engine, name, True, sources[::10], beam_size)


@pytest.mark.parametrize("name", MINI)
def test_longer_sentences_than_in_training_are_translated_as_in_pytorch(name):
    """Some of these translations never end, and are cut at their limit."""
    long = [pair.source for pair in load_corpus("mini").long[:6]]
    odd = [tuple(f"x{j}" for j in range(40)), ("der",) * 60, ("gestern", "hat") * 20]
    written = translator_of(name, True).translate(odd)
    assert name == "mini-fixed" or any(
        len(translation.tokens) == 2 * len(source) + 10
        for translation, source in zip(written, odd, strict=True)
    )
    with open_engine(name) as engine:
        assert_equal_beams(engine, name, True, long + odd, 1)


TREE = """
function treeOf(name, words, beamSize) {
  const tree = loaded[name].search(words, beamSize);
  return { tree, found: [0, 1, 2].map((rho) => loaded[name].rank(tree, beamSize, rho)) };
}
"""


def test_a_tree_names_its_words_and_is_ranked_again_without_a_search():
    name, words = "mini-fixed", mini_sources(6)[4]
    translator = translator_of(name, True)
    with open_engine(name) as engine:
        engine.run(TREE)
        result = engine.call("treeOf", name, list(words), 5)
    columns, orders = result["tree"]["columns"], []
    assert result["tree"]["source"] == list(words)
    for rho, found in enumerate(result["found"]):
        (beam,) = translator.n_best([words], 5, length_normalization=float(rho))
        assert [tuple(each["tokens"]) for each in found] == [t.tokens for t in beam]
        for each in found:
            path = [columns[t][row]["text"] for t, row in enumerate(each["rows"])]
            assert path == each["words"] == each["tokens"]
            assert each["ranked"] == pytest.approx(each["score"] / each["length"] ** rho)
        orders.append([each["text"] for each in found])
    assert orders[0] != orders[2]


def test_a_sentence_without_words_has_a_translation_without_words():
    with open_engine("mini-dot") as engine:
        (found,) = engine.call("translateAll", "mini-dot", [[]], 3, 1)
    assert found == [{"tokens": [], "text": "", "weights": [], "score": 0}]


# What happens on the way


@pytest.mark.parametrize("name", MINI[:4])
def test_a_trace_has_the_numbers_of_each_step(name):
    sources = mini_sources(6)
    with open_engine(name) as engine:
        found = engine.call("traceAll", name, [list(source) for source in sources])
    for one, source in zip(found, sources, strict=True):
        other = trace(translator_of(name, True), source)
        assert (one["source"], one["words"]) == (list(other.source), list(other.words))
        for step, expected in zip(one["steps"], other.steps, strict=True):
            assert_equal_steps(step, expected)


def assert_equal_steps(step, expected):
    assert step["word"] == expected.word
    if expected.scores is None:
        assert step["scores"] is None
    else:
        torch.testing.assert_close(torch.tensor(step["scores"]), expected.scores, rtol=0, atol=1e-3)
    for name in ("query", "weights", "context"):
        numbers = torch.tensor(step[name])
        torch.testing.assert_close(numbers, getattr(expected, name), rtol=0, atol=1e-4)
    assert dict(step["best"]) == pytest.approx(dict(expected.best), abs=1e-4)


# Weights that a reader overwrites

OVERWRITE = """
const EDITS = {
  uniform: (weights) => weights.map(() => 1 / weights.length),
  first: (weights) => weights.map((_, j) => (j === 0 ? 1 : 0)),
  plain: (weights) => Array.from(weights).reverse(),
};
function overwritten(name, words, edit, chosen) {
  const change = (t, weights) => (t === chosen ? EDITS[edit](weights) : weights);
  const { words: written, steps } = loaded[name].trace(words, change);
  return { written, weights: steps.map((step) => step.weights) };
}
"""
EDITS = {
    "uniform": lambda weights: torch.full_like(weights, 1 / len(weights)),
    "first": lambda weights: torch.eye(len(weights))[0],
    "plain": lambda weights: weights.flip(0),
}


@pytest.mark.parametrize("name", ATTENDING)
def test_overwritten_weights_have_the_same_effect(name):
    changed = 0
    with open_engine(name) as engine:
        engine.run(OVERWRITE)
        for source in mini_sources(6):
            usual = trace(translator_of(name, True), source)
            for edit, chosen in zip(EDITS, (0, 1, len(usual.steps) // 2), strict=True):

                def override(t, weights, edit=edit, chosen=chosen):
                    return EDITS[edit](weights) if t == chosen else weights

                other = trace(translator_of(name, True), source, override)
                found = engine.call("overwritten", name, list(source), edit, chosen)
                assert found["written"] == list(other.words)
                weights = torch.tensor(found["weights"])
                torch.testing.assert_close(weights, other.weights, rtol=0, atol=1e-4)
                changed += other.words != usual.words
    assert changed >= 6


def test_a_fixed_context_cannot_be_overwritten():
    with open_engine("mini-fixed") as engine:
        engine.run(OVERWRITE)
        with pytest.raises(JSEvalException, match="no weights to overwrite"):
            engine.call("overwritten", "mini-fixed", ["der", "lehrer"], "first", 0)


MASKED = """
function masked(name, words, mask) {
  const { model, ends } = loaded[name];
  const encoded = { ...model.encode(loaded[name].encode(words)), mask };
  return model.step(encoded, encoded.state, ends.start);
}
"""


@pytest.mark.parametrize("name", ATTENDING)
def test_masked_words_get_no_weight(name):
    translator, words = translator_of(name, True), mini_sources(6)[3]
    mask = [j % 3 != 1 for j in range(len(words))]
    source, lengths = translator.encode([words])
    with torch.no_grad():
        state, (memory, keys, _) = translator.model.encode(source, lengths)
        encoded = Encoded(memory, keys, torch.tensor([mask]))
        start = torch.tensor([translator.fields.start])
        expected, _, weights = next_words(translator.model.decoder, start, state, encoded)
    with open_engine(name) as engine:
        engine.run(MASKED)
        found = engine.call("masked", name, list(words), mask)
        with pytest.raises(JSEvalException, match="not masked"):
            engine.call("masked", name, list(words), [False] * len(words))
    torch.testing.assert_close(torch.tensor(found["weights"]), weights[0], rtol=0, atol=1e-4)
    assert [weight > 0 for weight in found["weights"]] == mask
    logits = torch.tensor(found["logits"]).log_softmax(dim=0)
    torch.testing.assert_close(logits, expected[0], rtol=0, atol=1e-3)


# Heads of a Transformer

SILENCED = """
function heads(name, words) {
  const { encoded, steps } = loaded[name].trace(words);
  return { encoder: encoded.heads, steps: steps.map((step) => step.heads) };
}
function silenced(name, sentences, kind, layer, head) {
  const { model, ends } = loaded[name];
  const isIt = (place) => place.kind === kind && place.layer === layer && place.head === head;
  const silence = (weights, place) => (isIt(place) ? weights.map(() => 0) : weights);
  return sentences.map((words) => {
    const encoded = model.encode(loaded[name].encode(words), silence);
    const limit = lengthLimit(words.length);
    return greedySearch(model, encoded, ends, limit, (t, ...rest) => silence(...rest)).score;
  });
}
"""
LOOKING = {"encoder": "self_attn", "own": "self_attn", "source": "multihead_attn"}


def weights_by_pytorch(translator, words, written):
    """Return weights per layer and head as PyTorch's own attention gives them: (heads, N, S)."""
    model, found = translator.model, {"encoder": [], "own": [], "source": []}
    source, lengths = translator.encode([words])
    numbers = [translator.fields.target.vocab.stoi[word] for word in written]
    target = torch.tensor([[translator.fields.start, *numbers, translator.fields.end]])
    causal = ~torch.ones(target.shape[1] - 1, target.shape[1] - 1).tril().bool()
    memory = model.encode(source, lengths)[1].memory

    def note(kind, attention, keys=None, mask=None):
        def hook(module, given, normed):
            seen = normed if keys is None else keys
            _, weights = attention(
                normed, seen, seen, attn_mask=mask, need_weights=True, average_attn_weights=False
            )
            found[kind].append(weights[0])

        return hook

    hooks = [
        layer.norm1.register_forward_hook(note("encoder", layer.self_attn))
        for layer in model.encoder.layers
    ]
    for layer in model.decoder.layers:
        once = iter([True])  # `norm1` runs twice: for the keys and for the queries
        own = note("own", layer.self_attn, mask=causal)
        hooks.append(
            layer.norm1.register_forward_hook(
                lambda *given, own=own, once=once: own(*given) if next(once, False) else None
            )
        )
        looked = note("source", layer.multihead_attn, keys=memory)
        hooks.append(layer.norm2.register_forward_hook(looked))
    with torch.no_grad():
        model(source, lengths, target)
    for hook in hooks:
        hook.remove()
    return found


def test_each_head_has_the_weights_of_pytorch():
    name, words = "mini-transformer", mini_sources(6)[2]
    translator = translator_of(name, True)
    (translation,) = translator.translate([words])
    expected = weights_by_pytorch(translator, words, translation.tokens)
    with open_engine(name) as engine:
        engine.run(SILENCED)
        found = engine.call("heads", name, list(words))
    config = translator.model.config
    for layer in range(config.layers):
        rows = torch.tensor(found["encoder"][layer]).float()  # (S, heads, S)
        assert rows.shape[1] == config.heads
        wanted = expected["encoder"][layer].transpose(0, 1)
        torch.testing.assert_close(rows, wanted, rtol=0, atol=1e-4)
        for t, step in enumerate(found["steps"]):
            for kind, width in (("own", t + 1), ("source", len(words))):
                given = torch.tensor(step[kind][layer]).float()  # (heads, t + 1) or (heads, S)
                wanted = expected[kind][layer][:, t, :width]
                torch.testing.assert_close(given, wanted, rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    ("kind", "layer", "head"), [("encoder", 0, 1), ("own", 0, 3), ("source", 1, 0)]
)
def test_zeros_silence_a_head(kind, layer, head):
    """Without a head's part of the output matrix, nothing of it gets through in PyTorch either."""
    name, sources = "mini-transformer", mini_sources(6)
    translator_of.cache_clear()  # this one is spoiled
    translator = translator_of(name, True)
    usual = [translation.score for translation in translator.translate(sources)]
    part = translator.model.encoder if kind == "encoder" else translator.model.decoder
    attention = getattr(part.layers[layer], LOOKING[kind])
    size = attention.embed_dim // attention.num_heads
    with torch.no_grad():
        attention.out_proj.weight[:, head * size : (head + 1) * size] = 0
    expected = [translation.score for translation in translator.translate(sources)]
    translator_of.cache_clear()
    with open_engine(name) as engine:
        engine.run(SILENCED)
        found = engine.call("silenced", name, [list(s) for s in sources], kind, layer, head)
    assert found == pytest.approx(expected, abs=1e-3)
    assert found != pytest.approx(usual, abs=1e-2)


# The search, on tables that one can follow by hand

TABLES = {
    "the second word decides": {
        (): {"a": 0.6, "the": 0.4},
        ("a",): {"cat": 0.6, "dog": 0.4},
        ("the",): {"cat": 1.0},
    },
    "ends early": {(): {"<eos>": 0.5, "a": 0.3, "b": 0.2}, ("a",): {"<eos>": 0.9, "b": 0.1}},
    "ties everywhere": {(): {"a": 0.25, "b": 0.25, "c": 0.25, "<eos>": 0.25}},
    "never ends": {("a",) * size: {"a": 1.0} for size in range(14)},
    "never ends, in several ways": {
        ("a",) * n + ("b",) * m: {"b": 1.0} if m else {"a": 0.6, "b": 0.4}
        for n in range(14)
        for m in range(14 - n)
    },
}
TABLE_SEARCH = """
function tableModel(rows, words) {
  const row = (state) => rows[state.join(" ")] ?? { "<eos>": 1 };
  return {
    encode: (source) => ({ memory: source, state: null }),
    step: (encoded, state, word) => {
      const read = state === null ? [] : [...state, words[word]];
      const logits = words.map((next) => Math.log(row(read)[next] ?? 0));
      return { logits, state: read, weights: encoded.memory.map(() => 1 / encoded.memory.length) };
    },
  };
}
const ENDS = { start: 0, end: 1 };
function searchTable(rows, words, size, beamSize, rho) {
  const model = tableModel(rows, words);
  const encoded = model.encode(Array(size).fill(0));
  const limit = lengthLimit(size);
  const tree = beamTree(model, encoded, ENDS, limit, beamSize);
  return {
    tree,
    greedy: greedySearch(model, encoded, ENDS, limit),
    found: rankFinished(tree, beamSize, rho),
  };
}
"""


@pytest.fixture(scope="module")
def tables():
    with Engine(bundle("model/search.js"), TABLE_SEARCH) as engine:
        yield engine


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("beam_size", [1, 2, 3, 5, 10])
@pytest.mark.parametrize("rho", [0.0, 1.0, 2.0])
def test_a_search_in_a_table_is_that_of_python(tables, name, beam_size, rho):
    """PyTorch says nothing about the order of equal sums: there, scores alone are compared."""
    model, size = TableModel(TABLES[name]), 1 if "never" in name else 2
    rows = {" ".join(words): row for words, row in TABLES[name].items()}
    source, lengths = torch.zeros(1, size, dtype=torch.long), torch.tensor([size])
    ends = (model.start, model.end)
    (beam,) = beam_search(model, source, lengths, *ends, beam_size, rho)
    (single,) = greedy(model, source, lengths, *ends)
    found = tables.call("searchTable", rows, model.words, size, beam_size, rho)
    assert found["greedy"]["words"] == single.words.tolist()
    assert found["greedy"]["score"] == pytest.approx(single.score, abs=1e-4)
    assert [f["score"] for f in found["found"]] == pytest.approx([h.score for h in beam], abs=1e-4)
    if "ties" not in name:
        assert [f["words"] for f in found["found"]] == [h.words.tolist() for h in beam]
    check_tree(found, int(length_limits(lengths)), beam_size)


def check_tree(found, limit, beam_size):
    """Each column has at most K beginnings, best first, each with a parent and a lower score."""
    columns = found["tree"]["columns"]
    assert columns[-1] == [] and len(columns) <= limit + 1
    for before, column in pairwise([[{"score": 0.0}], *columns]):
        assert len(column) <= beam_size
        scores = [node["score"] for node in column]
        assert scores == sorted(scores, reverse=True)
        assert all(before[node["parent"]]["score"] >= node["score"] - 1e-9 for node in column)
    for rank, ended in enumerate(found["found"], start=1):
        nodes = [columns[t][row] for t, row in enumerate(ended["rows"])]
        assert ended["rank"] == rank
        assert [node["word"] for node in nodes] == ended["words"]
        assert len(nodes) == ended["size"] <= limit
        assert ended["length"] == min(ended["size"] + 1, limit)


def test_these_tables_reach_the_limit_and_end_early(tables):
    """Without both, the comparisons here would prove less than they claim."""
    sizes = {}
    for name, table in TABLES.items():
        rows, words = {" ".join(key): row for key, row in table.items()}, TableModel(table).words
        found = tables.call("searchTable", rows, words, 1, 5, 1.0)
        sizes[name] = {ended["size"] for ended in found["found"]}
    assert sizes["never ends"] == sizes["never ends, in several ways"] == {12}
    assert 0 in sizes["ends early"] and 0 in sizes["ties everywhere"]


def test_of_equal_sums_the_first_comes_first(tables):
    model = TableModel(TABLES["ties everywhere"])
    rows = {"": TABLES["ties everywhere"][()]}
    tree = tables.call("searchTable", rows, model.words, 2, 3, 1.0)["tree"]
    assert [node["word"] for node in tree["columns"][0]] == [2, 3, 4]


def test_every_attention_is_there_in_javascript():
    with Engine(bundle("model/attentions.js")) as engine:
        assert engine.call("(() => Object.keys(ATTENTIONS))") == list(ATTENTIONS)
        with pytest.raises(JSEvalException, match="does not know location attention"):
            engine.call("buildAttention", "location", {})


def test_the_calls_of_these_tests_are_a_script():
    with Engine(bundle("model/translator.js"), CALLS) as engine:
        assert engine.call("registeredModels") == {}
