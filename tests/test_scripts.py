"""Modules become one script, an engine runs it, and translators get there whole."""

import asyncio
import copy
import json
import re

import numpy as np
import pytest
import torch
from explorers import CAPTIONS, MINI
from py_mini_racer import JSEvalException, JSParseException
from toy import toy_translator

from utils.experiments.parts import NewStateDecoder
from utils.system.storage import load_safely
from utils.translator import Translator
from utils.widgets import weights
from utils.widgets.engine import Engine
from utils.widgets.kinds import EXPLORERS
from utils.widgets.scripts import MODULES, ScriptError, bundle, compact
from utils.widgets.weights import encode_bytes, pack_translator, shipped_name

# Bundles


@pytest.fixture
def modules(tmp_path):
    """Return a function that writes modules, by name and text, and bundles some of them."""

    def write(texts, *entries):
        for name, text in texts.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
        return bundle(*entries, folder=tmp_path)

    return write


def test_what_is_imported_comes_first_and_only_once(modules):
    script = modules(
        {
            "top.js": 'import { two } from "./two.js";\nimport { one } from "./one.js";\n'
            "export const three = one + two;\n",
            "two.js": 'import {\n  one,\n} from "./one.js";\n\nexport const two = one + one;\n',
            "one.js": "export const one = 1;\n",
        },
        "top.js",
        "one.js",
    )
    names = ["one.js", "two.js", "top.js"]
    assert [line for line in script.splitlines() if line.startswith("//")] == [
        f"// {name}" for name in names
    ]
    assert "import" not in script and "export" not in script
    with Engine(script) as engine:
        assert engine.call("(() => three)") == 3


def test_modules_in_folders_find_each_other(modules):
    texts = {
        "top.js": 'import { add } from "./inner/add.js";\nexport const three = add(one, 2);\n',
        "inner/add.js": 'import { plus } from "./plus.js";\nimport { one } from "../one.js";\n'
        "export const add = (a, b) => plus(a, b) * one;\n",
        "inner/plus.js": "export const plus = (a, b) => a + b;\n",
        "one.js": "export const one = 1;\n",
    }
    with Engine(modules(texts, "top.js")) as engine:
        assert engine.call("(() => three)") == 3


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"a.js": 'import { b } from "../b.js";\n'}, r"no module \.\./b\.js in"),
        ({}, r"no module a\.js in"),
        ({"a.js": 'import { b } from "./b.js";\n'}, r"no module b\.js in .*, which a\.js imports"),
        (
            {"a.js": 'import { b } from "./b.js";\n', "b.js": "const b = 1;\n"},
            r"a\.js imports b, which b\.js does not export",
        ),
        (
            {
                "a.js": 'import { b } from "./b.js";\nexport function twice() {}\n',
                "b.js": "export const b = 1;\nfunction twice() {}\n",
            },
            r"b\.js and a\.js both declare twice",
        ),
        (
            {
                "a.js": 'import { b } from "./b.js";\nexport const a = 1;\n',
                "b.js": 'import { a } from "./a.js";\nexport const b = 1;\n',
            },
            r"circle: a\.js → b\.js → a\.js",
        ),
        ({"a.js": "export default 1;\n"}, "cannot be joined: export default 1;"),
        ({"a.js": 'export { b } from "./b.js";\n'}, "cannot be joined: export { b }"),
        ({"a.js": 'import b from "./b.js";\n'}, "cannot be joined: import b"),
        ({"a.js": 'import "./b.js";\n'}, 'cannot be joined: import "./b.js"'),
    ],
)
def test_modules_that_do_not_fit_are_refused(modules, texts, message):
    with pytest.raises(ScriptError, match=message):
        modules(texts, "a.js")


def test_every_module_belongs_to_a_script_that_runs():
    """An explorer's script has no other explorer in it; a worker's entry has a stage of its own."""
    explorers = [f"explorers/{name}.js" for name in EXPLORERS]
    scripts = [bundle(entry, "explorers/host.js") for entry in explorers]
    scripts += [bundle(f"explorers/{path.name}") for path in MODULES.glob("explorers/*still.js")]
    scripts.append(bundle("draw/master.js", "draw/nextwords.js", "model/translator.js"))
    for script in scripts:
        with Engine(script), Engine(compact(script)):
            pass
    told = {
        name for script in scripts for name in re.findall(r"^// (.+\.js)$", script, re.MULTILINE)
    }
    paths = {path.relative_to(MODULES).as_posix() for path in MODULES.rglob("*.js")}
    workers = {"playground/worker.js"}
    assert paths - told - workers == set()


NOT_CODE = re.compile(r"//[^\n]*|/\*.*?\*/|\"[^\"\n]*\"|`[^`]*`", re.DOTALL)
DECLARED = re.compile(r"^(?:export )?(?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)


def test_a_module_imports_every_function_of_others_that_it_calls():
    """A script of joined modules would run without; the modules themselves would not."""
    texts = {path: path.read_text("utf-8") for path in MODULES.rglob("*.js")}
    declared = {path: set(DECLARED.findall(text)) for path, text in texts.items()}
    everything = set.union(*declared.values())
    missing = {}
    for path, text in texts.items():
        imported = set(re.findall(r"\w+", " ".join(re.findall(r"import \{([^}]*)\}", text))))
        code = NOT_CODE.sub("", text)
        methods = set(re.findall(r"^ +(?:static |async )?(\w+)\([^)]*\) \{$", code, re.MULTILINE))
        local = set(re.findall(r"\b(?:function|const|let) (\w+)", code)) | methods
        called = set(re.findall(r"(?<![.\w])(\w+)\(", code)) & everything
        missing[path.name] = called - imported - declared[path] - local
    assert {name: found for name, found in missing.items() if found} == {}


# The engine


def test_an_engine_outlives_the_event_loop_in_which_it_began():
    async def begin():
        return Engine("const answer = () => 42;")

    engine = asyncio.run(begin())  # the loop is closed now
    assert engine.call("answer") == 42
    engine.close()


def test_an_engine_keeps_what_scripts_declare():
    with Engine("const start = 1;", "function add(a, b) { return start + a + b; }") as engine:
        assert engine.call("add", 2, 3) == 6
        engine.run("const twice = (n) => 2 * n;")
        assert engine.call("twice", 4) == 8


@pytest.mark.parametrize(
    "value",
    [None, True, 1.5, "", "ä😀\u2028</script>\x00'\"\\", "\ud800", [1, [2]], {"a": {"ö": None}}],
)
def test_values_come_back_as_they_went(value):
    with Engine("const same = (value) => value;") as engine:
        assert engine.call("same", value) == value


def test_typed_arrays_come_as_lists_and_nothing_as_none():
    with Engine("const make = () => ({ a: Float32Array.of(0.5, -1), b: [Infinity] });") as engine:
        assert engine.call("make") == {"a": [0.5, -1], "b": [None]}
        assert engine.call("(() => undefined)") is None


def test_errors_of_javascript_keep_their_message():
    with Engine("function fail() { throw new RangeError('too far'); }") as engine:
        with pytest.raises(JSEvalException, match="RangeError: too far"):
            engine.call("fail")
        with pytest.raises(JSParseException):
            engine.run("const = 1;")


# Numbers


@pytest.fixture(scope="module")
def numbers():
    with Engine(bundle("model/numbers.js")) as engine:
        yield engine


def test_all_numbers_of_16_bits_are_decoded(numbers):
    bits = np.arange(2**16, dtype="<u2")
    numbers.run("const decode = (text) => decodeFloats(toBytes(text), 'float16');")
    found = numbers.call("decode", encode_bytes(bits.tobytes()))
    expected = bits.view("<f2").astype(float)
    finite = np.isfinite(expected)
    assert finite.sum() == 2**16 - 2**11
    assert [number is not None for number in found] == finite.tolist()
    assert np.array(found)[finite].astype(float).tolist() == expected[finite].tolist()


@pytest.mark.parametrize("size", range(8))
def test_base85_of_any_length_is_decoded(numbers, size):
    content = bytes(range(255, 255 - size, -1))
    text = encode_bytes(content)
    assert numbers.call("decodeBase85", text) == list(content)


def test_bytes_are_taken_in_any_form(numbers):
    """A notebook hands over a view that begins somewhere in a buffer."""
    numbers.run(
        """
        function forms() {
          const buffer = Uint8Array.of(9, 0, 0, 128, 63, 0, 0, 0, 64).buffer;
          const views = [new DataView(buffer, 1), new Uint8Array(buffer, 1), buffer.slice(1)];
          return views.map((view) => decodeFloats(toBytes(view), "float32"));
        }
        """
    )
    assert numbers.call("forms") == [[1, 2]] * 3


def test_softmax_of_huge_scores_and_of_masked_ones(numbers):
    scores = [1000.0, 1001.0, -1000.0]
    expected = torch.tensor(scores).softmax(dim=0)
    assert numbers.call("softmax", scores) == pytest.approx(expected.tolist(), abs=1e-6)
    masked = numbers.call("softmax", scores, [True, False, True])
    assert masked == pytest.approx([1, 0, 0])
    found = numbers.call("logSoftmax", scores)
    assert found == pytest.approx(torch.tensor(scores).log_softmax(dim=0).tolist(), rel=1e-5)


@pytest.mark.parametrize("count", [1, 3, 20, 60])
def test_the_largest_are_found_in_order(numbers, count):
    values = torch.randint(0, 12, (50,), generator=torch.Generator().manual_seed(1)).tolist()
    expected = sorted(range(50), key=lambda i: (-values[i], i))[:count]
    assert numbers.call("largest", values, count) == expected


def test_linear_is_that_of_pytorch(numbers):
    torch.manual_seed(0)
    numbers.run(
        "const layer = (w, x, b) => "
        "linear(Float32Array.from(w), Float32Array.from(x), b && Float32Array.from(b));"
    )
    for size in (1, 2, 7):
        layer, x = torch.nn.Linear(size, 5), torch.randn(size)
        weight, bias = layer.weight.detach(), layer.bias.detach()
        found = numbers.call("layer", weight.flatten().tolist(), x.tolist(), bias.tolist())
        assert found == pytest.approx(layer(x).tolist(), abs=1e-5)
        found = numbers.call("layer", weight.flatten().tolist(), x.tolist(), None)
        assert found == pytest.approx((layer(x) - layer.bias).tolist(), abs=1e-5)


# Translators


@pytest.mark.parametrize("name", [*MINI, *CAPTIONS])
@pytest.mark.parametrize("half", [True, False])
def test_every_weight_is_packed_once(name, half):
    translator = Translator.load(name)
    header, data = pack_translator(translator, half)
    assert json.loads(json.dumps(header)) == header
    learned = sum(parameter.numel() for parameter in translator.model.parameters())
    assert len(data) == learned * (2 if half else 4)
    listed = {shape[0] for shape in header["shapes"]} | header["tied"].keys()
    assert listed == translator.model.state_dict().keys()


@pytest.mark.parametrize("name", MINI)
def test_a_mini_model_is_small_enough_for_a_page(name):
    packed = pack_translator(Translator.load(name))
    assert len(packed.data) < 650_000
    assert len(packed.as_script(name)) < 850_000


@pytest.mark.parametrize("name", [*MINI, *CAPTIONS])
def test_a_shipped_translator_is_known_by_its_weights_alone(name, monkeypatch):
    packed = pack_translator(Translator.load(name))
    monkeypatch.setattr(Translator, "load", None)  # building all models would take half a second
    assert shipped_name(packed) == name


def test_a_mini_model_is_not_looked_for_in_the_large_files(monkeypatch):
    packed, read = pack_translator(Translator.load("mini-dot")), []
    weights._fingerprint.cache_clear()
    monkeypatch.setattr(
        weights, "load_safely", lambda path: read.append(path.stem) or load_safely(path)
    )
    assert shipped_name(packed._replace(data=packed.data[::-1])) is None
    assert sorted(read) == sorted(MINI)


def test_one_other_weight_makes_another_translator():
    translator = copy.deepcopy(Translator.load("mini-dot"))
    with torch.no_grad():
        next(translator.model.parameters()).view(-1)[0] += 1
    assert shipped_name(pack_translator(translator)) is None
    assert shipped_name(pack_translator(toy_translator())) is None


def test_a_packed_translator_has_the_numbers_of_the_model():
    translator = toy_translator()
    header, data = pack_translator(translator, half=False)
    weights, start = np.frombuffer(data, "<f4"), 0
    for name, shape in header["shapes"]:
        expected = translator.model.state_dict()[name]
        assert list(expected.shape) == shape
        found = weights[start : start + expected.numel()].reshape(shape)
        assert torch.equal(torch.tensor(found), expected)
        start += expected.numel()
    assert start == len(weights)


def test_a_script_is_ascii_and_cannot_end_a_page():
    script = pack_translator(toy_translator()).as_script("</script><b>ä")
    assert script.isascii() and "<" not in script
    with Engine(script) as engine:
        assert engine.call("(() => Object.keys(attentionModels))") == ["</script><b>ä"]


def test_scripts_of_several_models_add_up():
    packed = pack_translator(toy_translator("dot"))
    with Engine(packed.as_script("one"), packed.as_script("two")) as engine:
        found = engine.call("(() => attentionModels)")
    assert found == {"one": packed.as_json(), "two": packed.as_json()}


def test_what_javascript_would_compute_wrongly_is_refused():
    translator = toy_translator()
    other = NewStateDecoder(translator.model.config)
    other.load_state_dict(translator.model.decoder.state_dict())
    model = copy.deepcopy(translator.model)
    model.decoder = other
    with pytest.raises(ValueError, match="is a NewStateDecoder"):
        pack_translator(Translator(model, translator.fields))


def test_numbers_that_16_bits_cannot_hold_are_refused():
    translator = copy.deepcopy(toy_translator())
    with torch.no_grad():
        translator.model.decoder.output.bias[0] = 1e6
    with pytest.raises(ValueError, match="too large for 16 bits"):
        pack_translator(translator)
    assert pack_translator(translator, half=False).header["type"] == "float32"


@pytest.mark.parametrize("change", [-4, 4])
def test_weights_of_another_size_are_refused(change):
    header, data = pack_translator(toy_translator())
    data = data[:change] if change < 0 else data + bytes(change)
    text = encode_bytes(data)
    with Engine(bundle("model/translator.js")) as engine:
        engine.run("const open = (header, data) => new Translator({ header, data }).unit;")
        with pytest.raises(JSEvalException, match="not those of this model"):
            engine.call("open", header, text)
