"""The head viewer: maps of a Transformer's heads, what is said of them, and a page."""

from xml.etree import ElementTree

import pytest
import torch
from explorers import CALLS, open_page, translator_of
from lab import skip_without_browser
from playwright.sync_api import expect
from py_mini_racer import JSEvalException
from toy import toy_translator
from traitlets import TraitError

from utils.translator import Translator
from utils.widgets import HeadViewer
from utils.widgets.engine import Engine
from utils.widgets.head import PARTS
from utils.widgets.live import engine_of
from utils.widgets.scripts import bundle
from utils.widgets.weights import pack_translator

SENTENCE = "gestern hat die Frau dem alten Lehrer einen Apfel gegeben ."
WORDS = SENTENCE.split()
LAYOUT = "explorers/headlayout.js"


@pytest.fixture(scope="module")
def translator():
    return Translator.load("mini-transformer")


# --- maps ---

MAPS = """
function seen(words, part) {
  const traced = loaded.mini.trace(words);
  return { ...wordsOfPart(traced, part), maps: mapsOfPart(traced, part), traced: traced.steps.map(
    ({ weights, word }) => [word, weights]) };
}
"""


@pytest.fixture(scope="module")
def js(translator):
    packed = pack_translator(translator).as_script("mini")
    modules = bundle("explorers/headhabits.js", "model/translator.js")
    with Engine(modules, CALLS, MAPS, packed) as js:
        js.call("load", "mini")
        yield js


@pytest.mark.parametrize("part", PARTS)
def test_maps_have_a_row_for_each_word_that_looks(js, translator, part):
    seen = js.call("seen", WORDS, part)
    config = translator.model.config
    assert len(seen["maps"]) == config.layers
    for heads in seen["maps"]:
        assert len(heads) == config.heads
        for rows in heads:
            assert len(rows) == len(seen["asks"])
            for i, row in enumerate(rows):
                assert sum(row) == pytest.approx(1, abs=1e-5)
                assert len(row) == (i + 1 if part == "decoder" else len(seen["keys"]))


def test_encoder_maps_are_those_of_pytorch(js):
    """Computed here with PyTorch's own attention; other parts in test_explorer_models."""
    model = translator_of("mini-transformer", True).model.eval()
    source, _ = translator_of("mini-transformer", True).encode([WORDS])
    maps = []

    def look(module, given):
        normed = module.norm1(given[0])
        _, found = module.self_attn(normed, normed, normed, average_attn_weights=False)
        maps.append(found[0])

    hooks = [layer.register_forward_pre_hook(look) for layer in model.encoder.layers]
    with torch.no_grad():
        model.encode(source, torch.tensor([len(WORDS)]))
    for hook in hooks:
        hook.remove()
    found = js.call("seen", WORDS, "encoder")["maps"]
    for layer, expected in zip(found, maps, strict=True):
        torch.testing.assert_close(torch.tensor(layer), expected, rtol=0, atol=1e-4)


def test_the_last_layers_average_is_what_the_translator_gives(js):
    seen = js.call("seen", WORDS, "cross")
    mean = js.call("meanMap", seen["maps"][-1])
    assert [word for word, _ in seen["traced"]] == seen["asks"]
    for row, (_, weights) in zip(mean, seen["traced"], strict=True):
        assert row == pytest.approx(weights, abs=1e-6)


def test_a_word_of_the_decoder_looks_at_what_was_read(js):
    seen = js.call("seen", WORDS, "decoder")
    assert seen["asks"][-1] == "<eos>"
    assert seen["keys"] == ["<sos>", *seen["asks"][:-1]]
    cross = js.call("seen", WORDS, "cross")
    assert (cross["asks"], cross["keys"]) == (seen["asks"], WORDS)


def test_the_share_of_the_word_before(js):
    rows = [[1, 0, 0], [0.7, 0.2, 0.1], [0.3, 0.5, 0.2]]
    assert js.call("shareOfPrevious", rows, "encoder") == pytest.approx((0.7 + 0.5) / 2)
    read = [[1], [0.4, 0.6], [0.1, 0.1, 0.8]]
    assert js.call("shareOfPrevious", read, "decoder") == pytest.approx((0.6 + 0.8) / 2)


def test_an_alignment_is_sharp_and_gives_each_word_one_of_its_own(js):
    end = [[0.5, 0.5]]
    assert js.call("alignmentOf", [[1, 0], [0, 1], *end]) == {"sharp": 1, "own": 1}
    assert js.call("alignmentOf", [[0.8, 0.2], [0.6, 0.4], *end]) == {"sharp": 0.7, "own": 0.5}
    assert js.call("alignmentOf", end) == {"sharp": 0, "own": 0}


def test_it_begins_with_the_clearest_habit():
    call = engine_of("head").call
    steps = [
        {"word": f"w{i}", "heads": {"source": [[EVEN[i], row], [EVEN[i], EVEN[i]]]}}
        for i, row in enumerate(diagonal(0))
    ]
    traced = {"source": [f"s{j}" for j in range(6)], "steps": steps}
    assert call("clearestHead", traced, "cross") == {"layer": 0, "heads": [1]}
    for step, even in zip(steps, EVEN, strict=True):
        step["heads"]["source"][0][1] = even
    assert call("clearestHead", traced, "cross") == {"layer": 1, "heads": [0]}, "none has a habit"


def test_beside_it_stands_the_head_that_disagrees_most():
    call = engine_of("head").call
    rows = zip(diagonal(0), EVEN, diagonal(-1), strict=True)
    steps = [{"word": f"w{i}", "heads": {"source": [list(heads)]}} for i, heads in enumerate(rows)]
    traced = {"source": [f"s{j}" for j in range(6)], "steps": steps}
    opposed = call("opposedHead", traced, "cross", {"layer": 0, "heads": [0]})
    assert opposed == {"head": 2, "position": 1}
    for step in steps:
        del step["heads"]["source"][0][1:]
    assert call("opposedHead", traced, "cross", {"layer": 0, "heads": [0]}) is None


def diagonal(shift, words=6):
    return [[float(j == i + shift) for j in range(words)] for i in range(words)]


def habit(rows, part="encoder"):
    return engine_of("head").call("patternOf", rows, part, [f"w{j}" for j in range(len(rows[-1]))])


EVEN = [[1 / 6] * 6] * 6
AROUND = [
    [0.9 / len(near) if j in near else 0.1 / (6 - len(near)) for j in range(6)]
    for near in ([j for j in range(6) if abs(i - j) <= 1] for i in range(6))
]
HABITS = [
    (diagonal(-1), "encoder", "previous word 1.00"),
    (diagonal(1), "encoder", "next word 1.00"),
    (diagonal(0), "encoder", "itself 1.00"),
    (diagonal(0), "decoder", "previous word 1.00"),
    (diagonal(0), "cross", "word for word 1.00"),
    ([[0.1, 0.7, 0.2]] * 3, "cross", "always “w1” 0.70"),
    (diagonal(0)[:4], "cross", "same position 1.00"),
    (AROUND, "encoder", "nearby words 0.90"),
    (EVEN, "encoder", "spread out: on average 6.0 words"),
    ([[0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0], [0.3, 0.3, 0.4]], "cross", "mixed"),
]


@pytest.mark.parametrize(("rows", "part", "said"), HABITS, ids=range(len(HABITS)))
def test_a_map_is_named_after_its_clearest_habit(rows, part, said):
    found = habit(rows, part)
    assert found["text"] == said
    assert found["text"].startswith(found["name"])


def test_a_habit_below_the_threshold_has_no_name():
    weak = [[0.25 * each + 0.75 / 6 for each in row] for row in diagonal(0)]
    assert habit(weak)["kind"] == "spread"
    strong = [[0.6 * each + 0.4 / 6 for each in row] for row in diagonal(0)]
    assert habit(strong)["share"] == pytest.approx(0.6 + 0.4 / 6)


# --- what is said ---


def view(part="encoder", chosen=(0,), position=1, words=5, **rows):
    """Return a view of one layer with heads by their names: the rows of the word that looks."""
    names = [f"w{i}" for i in range(words)]
    heads = [[row] * words for row in rows["heads"]]
    sets = [{"name": str(h + 1), "style": h, "rows": heads[h]} for h in chosen]
    if not chosen:
        sets = [{"name": "all", "style": 0, "rows": heads[0]}]
    return {
        "part": part,
        "asks": names,
        "keys": names,
        "maps": [heads],
        "means": heads[:1],
        "layer": 0,
        "chosen": list(chosen),
        "sets": sets,
        "position": position,
    }


ON_0, ON_1, ON_2 = [0.9, 0.1, 0, 0, 0], [0.1, 0.9, 0, 0, 0], [0, 0, 0.9, 0.1, 0]
SPREAD = [0.3, 0.2, 0.2, 0.2, 0.1]


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (
            view(heads=[ON_1]),
            "Layer 1, head 1 always looks at “w1”: “w1” looks mostly at “w1” (0.90), itself.",
        ),
        (
            view(heads=[ON_0]),
            "Layer 1, head 1 always looks at “w0”: "
            "“w1” looks mostly at “w0” (0.90), the word before.",
        ),
        (
            view(heads=[ON_2]),
            "Layer 1, head 1 always looks at “w2”: “w1” looks mostly at “w2” (0.90), "
            "the next word.",
        ),
        (
            view(heads=[SPREAD], chosen=(), position=4),
            "Layer 1, its heads’ average: “w4” looks at many words, most at “w0” (0.30).",
        ),
        (
            view("cross", heads=[ON_1]),
            "Layer 1, head 1 always looks at “w1”: to write “w1” it looks mostly at “w1” (0.90).",
        ),
        (
            view("decoder", heads=[ON_1]),
            "Layer 1, head 1 always looks at “w1”: "
            "to write “w1” it looks mostly at “w1” (0.90), the word before.",
        ),
        (
            view(heads=[ON_0, ON_1, ON_0], chosen=(0, 1, 2)),
            "Layer 1, “w1”: heads 1, 3 look most at “w0” (0.90, 0.90); head 2 at “w1” (0.90).",
        ),
        (
            view(heads=[ON_0, SPREAD], chosen=(0, 1)),
            "Layer 1, “w1”: both heads look most at “w0” (0.30 to 0.90).",
        ),
    ],
    ids=range(8),
)
def test_the_finding_says_where_the_word_looks(seen, said):
    assert engine_of("head").call("headFinding", seen) == said


def with_rows(part, *maps):
    seen = view(part, chosen=tuple(range(len(maps))), words=6, heads=[[0]] * len(maps))
    for each, rows in zip(seen["sets"], maps, strict=True):
        each["rows"] = rows
    return seen | {"maps": [list(maps)]}


CHALLENGES = [
    (with_rows("encoder", diagonal(-1)), {"previous"}),
    (with_rows("encoder", diagonal(0)), set()),
    (with_rows("decoder", diagonal(0)), {"previous"}),
    (with_rows("cross", diagonal(0)), set()),
    (with_rows("cross", [[1.0, 0, 0, 0, 0, 0]] * 6) | {"key": 1, "isKept": True}, {"ignored"}),
    (with_rows("cross", [[1.0, 0, 0, 0, 0, 0]] * 6) | {"key": 1, "isKept": False}, set()),
    (with_rows("cross", [[1.0, 0, 0, 0, 0, 0]] * 6) | {"key": 0, "isKept": True}, set()),
    (with_rows("cross", *map(diagonal, range(3))), {"apart"}),
    (with_rows("cross", diagonal(0), diagonal(1)), set()),
    (with_rows("cross", diagonal(0), diagonal(0)), set()),
    (view(heads=[ON_0], chosen=()), set()),
]


@pytest.mark.parametrize(("seen", "met"), CHALLENGES, ids=range(len(CHALLENGES)))
def test_challenges_are_met_by_what_they_ask_for(seen, met):
    found = engine_of("head").call("headChallenges", seen)
    assert {each["name"] for each in found if each["isMet"]} == met


@pytest.mark.parametrize("size", [1, 2, 11, 30, 60])
@pytest.mark.parametrize("room", [(310, 1e9), (776, 1e9), (1256, 370), (1400, 370)])
@pytest.mark.parametrize("heads", [1, 4, 8])
def test_words_stay_inside_the_picture(size, room, heads):
    words = ["wordnumber" if j % 5 == 0 else "a" for j in range(size)]
    row = [1 / size] * size
    seen = view(heads=[row] * heads, chosen=tuple(range(heads)), words=size, position=0)
    seen |= {"asks": words, "keys": words}
    width, tall = room
    call = engine_of("head", LAYOUT).call
    place = call("layoutHeads", seen, {"width": width, "tall": tall})
    for each in place["asks"] + place["keys"]:
        assert each["x"] - each["width"] / 2 >= 0
        assert each["x"] + each["width"] / 2 <= width
        assert 0 <= each["y"] <= place["tall"]
    drawn = ElementTree.fromstring(call("drawHeads", seen, place))
    assert float(drawn.get("viewBox").split()[2]) == width
    handles = call("headHandles", seen, place)
    assert len(handles) == 2 * size + 2 * heads + 1, "both lists, the panels, the maps, their mean"
    assert all(each["label"] for each in handles)
    if size <= 30 and heads <= 4:
        assert place["tall"] <= tall
    if size <= 11:
        assert place["least"] >= 24


@pytest.mark.parametrize("word", ["<script>", '"><img src=x>', "\x00\ud800", "😀" * 40])
def test_odd_words_stay_text(word):
    seen = view(heads=[ON_1, ON_0], chosen=(0, 1)) | {"asks": [word] * 5, "keys": [word] * 5}
    call = engine_of("head", LAYOUT).call
    drawn = call("drawHeads", seen, call("layoutHeads", seen, {"width": 960, "tall": 400}))
    assert "<script" not in drawn and "<img" not in drawn
    ElementTree.fromstring(drawn)


# --- in Python ---


def test_options_are_read_and_set(translator):
    viewer = HeadViewer(translator, SENTENCE)
    assert (viewer.part, viewer.layer, viewer.heads, viewer.position) == ("cross", 2, [2, 4], 8)
    viewer.heads = [3, 1, 3]
    viewer.layer, viewer.part, viewer.position = 1, "decoder", 5
    assert viewer.heads == [1, 3]
    drawn, finding = viewer.picture()
    assert finding.startswith("Layer 1, to write “the”: ")
    assert HeadViewer(translator, SENTENCE, layer=1).heads == []
    assert HeadViewer(translator, "").heads == [1]
    threads = [each.get("data-head") for each in ElementTree.fromstring(drawn).iter()]
    assert {each for each in threads if each} == {"1", "3"}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("layer", 3, "the model has 2 layers, not 3"),
        ("layer", 0, "at least 1|minimum|should"),
        ("heads", [1, 5], r"the model has 4 heads, not \[1, 5\]"),
        ("heads", [0], "heads"),
        ("part", "memory", "part"),
    ],
)
def test_what_the_model_lacks_is_refused(translator, name, value, said):
    viewer = HeadViewer(translator, SENTENCE)
    with pytest.raises(TraitError, match=said):
        setattr(viewer, name, value)


def test_other_models_have_no_heads():
    with pytest.raises(TypeError, match="the translator's model must be a Transformer, not a Seq"):
        HeadViewer(toy_translator("dot"), SENTENCE)
    with pytest.raises(TypeError, match="the sentence must be text in German, not 7"):
        HeadViewer(Translator.load("mini-transformer"), 7)


@pytest.mark.parametrize("sentence", ["", "  ", "eins " * 1000, "x" * 100_000, "\ud800", "<b>"])
def test_any_sentence_has_a_still(translator, sentence):
    drawn, finding = HeadViewer(translator, sentence).picture()
    ElementTree.fromstring(drawn)
    assert finding


def test_an_engine_names_what_is_missing():
    with pytest.raises(JSEvalException):
        engine_of("head").call("headView", {}, {})


# --- in a page ---

HEADS = """async () => {
  for (let i = 0; i < 2; i += 1) await new Promise(requestAnimationFrame); // until it is painted
  return [...new Set([...document.querySelectorAll("[data-part=threads] [data-head]")]
    .map((each) => each.dataset.head))].sort().join();
}"""


@pytest.fixture(params=["light", "dark"])
def page(request, translator, tmp_path):
    skip_without_browser()
    with open_page(
        HeadViewer(translator, SENTENCE, layer=2, heads=[2]), tmp_path, request.param
    ) as page:
        yield page


@pytest.mark.browser
def test_by_mouse_words_are_pointed_at_and_pinned(page):
    finding = page.locator(".at-finding")
    opening = "Layer 2, head 2 goes word for word: to write “the” it looks mostly at “die”"
    expect(finding).to_contain_text(opening)
    expect(page.locator("li[data-met=true]")).to_have_count(0)
    page.locator("[data-handle=ask-6]").hover()
    expect(finding).to_contain_text("to write “teacher” it looks mostly at “Lehrer”")
    page.get_by_label("German sentence").hover()
    expect(finding).to_contain_text("to write “the” it")
    page.locator("[data-handle=ask-6]").click()
    page.get_by_label("German sentence").hover()
    expect(finding).to_contain_text("to write “teacher” it")
    page.locator("[data-handle=key-1]").hover()
    expect(page.locator("[data-challenge=ignored]")).to_have_attribute("data-met", "false")
    page.locator("[data-handle=key-1]").click()
    expect(finding).to_contain_text("who looks at “hat”? No word gives it")
    expect(page.locator("[data-challenge=ignored] .at-answer")).to_contain_text("“hat”")
    page.get_by_label("decoder").check()
    page.locator("[data-handle=map-0-3]").click()
    expect(page.locator("[data-challenge=previous]")).to_have_attribute("data-met", "true")
    page.get_by_role("button", name="Reset").click()
    expect(finding).to_contain_text(opening)
    expect(page.locator("[data-challenge=previous]")).to_have_attribute("data-met", "false")


@pytest.mark.browser
def test_a_map_is_the_switch_of_its_head(page):
    finding = page.locator(".at-finding")
    for handle, shown in [("map-1-2", "2,3"), ("map-1-1", "3"), ("map-1-2", "all")]:
        page.locator(f"[data-handle={handle}]").click()
        page.get_by_label("German sentence").hover()
        assert page.evaluate(HEADS) == shown
    expect(page.locator("[data-handle=map-1-4]")).to_have_attribute("aria-pressed", "true")
    expect(finding).to_contain_text("Layer 2, its heads’ average: to write “the” it looks")
    page.locator("[data-handle=map-0-0]").click()
    page.get_by_label("German sentence").hover()
    expect(finding).to_contain_text("Layer 1, head 1 looks at the same position")


@pytest.mark.browser
def test_by_keyboard_everything_can_be_done(page):
    finding = page.locator(".at-finding")
    page.locator("[data-handle=ask-1]").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.handle") == "ask-6"
    expect(finding).to_contain_text("to write “teacher” it")
    page.keyboard.press("Enter")
    expect(page.locator("[data-handle=ask-6]")).to_have_attribute("aria-pressed", "true")
    page.locator("[data-handle=map-1-0]").press("Space")
    page.get_by_label("German sentence").focus()
    expect(finding).to_contain_text("both heads look most at “Lehrer”")
    assert page.evaluate(HEADS) == "1,2"
    page.locator("[data-handle=key-2]").focus()
    expect(finding).to_contain_text("who looks at “die”?")
    page.keyboard.press("Enter")
    page.locator("[data-handle=map-1-4]").press("Enter")
    page.get_by_label("German sentence").focus()
    expect(finding).to_contain_text("who looks at “die”? Most of all, to write “the” (on average")
    page.locator("[data-handle=key-2]").press("Enter")
    page.get_by_label("German sentence").focus()
    expect(finding).to_contain_text("its heads’ average: to write “teacher” it")
    page.locator("[data-handle=map-0-0]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.handle") == "map-1-1"
    page.keyboard.press("Enter")
    expect(finding).to_contain_text("head 2 goes word for word")


@pytest.mark.browser
def test_heads_stand_side_by_side_and_one_steps_forward(page):
    finding = page.locator(".at-finding")
    assert page.locator("[data-part=others] path").count() > 5, "all that one head links"
    page.locator("[data-handle=head-2]").click()
    page.get_by_label("German sentence").hover()
    expect(finding).to_contain_text("heads 1, 2, 3 look most at “die”")
    assert page.evaluate(HEADS) == "1,2,3,4"
    weak = page.locator("[data-part=threads] path").evaluate_all(
        "all => all.filter((each) => each.dataset.weight < 0.1).length"
    )
    assert weak == 0, "beside others, thin threads would be a tangle"
    page.locator("[data-handle=head-4]").hover()
    expect(finding).to_contain_text("it looks mostly at “Frau” (0.59)")
    assert page.locator("[data-part=threads] > g[opacity]").count() == 3
    page.locator("[data-handle=head-4]").click()
    assert page.evaluate(HEADS) == "4"
    page.locator("[data-handle=key-3]").click()
    expect(finding).to_contain_text("who looks at “Frau”? Most of all, to write “woman”")
    assert page.locator("[data-handle=key-3]").get_attribute("aria-pressed") == "true"


@pytest.mark.browser
def test_another_sentence_is_read_in_place(page):
    box = page.get_by_label("German sentence")
    box.fill("die Frau <b>liest</b> einen Brief .")
    box.press("Enter")
    expect(page.locator(".at-note")).to_contain_text("does not know: <, b")
    box.fill("")
    box.press("Enter")
    expect(page.locator(".at-finding")).to_have_text("Type a sentence in German.")
    page.get_by_role("button", name="Reset").click()
    expect(box).to_have_value(SENTENCE)
