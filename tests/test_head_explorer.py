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
    with Engine(bundle("explorers/headmaps.js", "model/translator.js"), CALLS, MAPS, packed) as js:
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


def diagonal(shift, words=6):
    return [[float(j == i + shift) for j in range(words)] for i in range(words)]


def habit(rows, part="encoder"):
    return engine_of("head").call("patternOf", rows, part, [f"w{j}" for j in range(len(rows[-1]))])


EVEN = [[1 / 6] * 6] * 6
HABITS = [
    (diagonal(-1), "encoder", "previous word 1.00"),
    (diagonal(1), "encoder", "next word 1.00"),
    (diagonal(0), "encoder", "itself 1.00"),
    (diagonal(0), "decoder", "previous word 1.00"),
    (diagonal(0), "cross", "word for word 1.00"),
    ([[0.1, 0.7, 0.2]] * 3, "cross", "always “w1” 0.70"),
    (EVEN, "encoder", "spread: 6.0 words"),
    ([[0.5, 0.5, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.3, 0.3, 0.4]], "cross", "mixed"),
]


@pytest.mark.parametrize(("rows", "part", "said"), HABITS, ids=range(len(HABITS)))
def test_a_map_is_named_after_its_clearest_habit(rows, part, said):
    found = habit(rows, part)
    assert found["text"] == said
    assert found["text"].startswith(found["name"])


def test_a_habit_below_the_threshold_has_no_name():
    weak = [[0.25 * each + 0.75 / 6 for each in row] for row in diagonal(0)]
    assert habit(weak)["name"] == "spread"
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
        (view(heads=[ON_1]), "Layer 1, “w1”: head 1 looks mostly at “w1” (0.90), itself."),
        (view(heads=[ON_0]), "Layer 1, “w1”: head 1 looks mostly at “w0” (0.90), the word before."),
        (view(heads=[ON_2]), "Layer 1, “w1”: head 1 looks mostly at “w2” (0.90), the next word."),
        (
            view(heads=[SPREAD], chosen=(), position=4),
            "Layer 1, “w4”: on average its heads look at many words, most at “w0” (0.30).",
        ),
        (
            view("cross", heads=[ON_1]),
            "Layer 1, to write “w1”: head 1 looks mostly at “w1” (0.90).",
        ),
        (
            view("decoder", heads=[ON_1]),
            "Layer 1, to write “w1”: head 1 looks mostly at “w1” (0.90), the word before.",
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
    (with_rows("cross", diagonal(0)), {"alignment"}),
    (with_rows("cross", [[1.0, 0, 0, 0, 0, 0]] * 6), set()),
    (with_rows("cross", diagonal(0), diagonal(1)), {"apart"}),
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
    assert len(handles) == 2 * size + 2 * heads, "both lists, the panels, the maps"
    assert all(each["label"] for each in handles)
    if size <= 11 and heads <= 4:
        assert place["tall"] <= tall
        assert place["least"] >= (44 if width < 900 else 26)


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
    assert (viewer.part, viewer.layer, viewer.heads, viewer.position) == ("cross", 2, [1], 2)
    viewer.heads = [3, 1, 3]
    viewer.layer, viewer.part, viewer.position = 1, "decoder", 5
    assert viewer.heads == [1, 3]
    drawn, finding = viewer.picture()
    assert finding.startswith("Layer 1, to write “the”: ")
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
    with open_page(HeadViewer(translator, SENTENCE), tmp_path, request.param) as page:
        yield page


@pytest.mark.browser
def test_by_mouse_words_are_pointed_at_and_pinned(page):
    finding = page.locator(".at-finding")
    expect(finding).to_contain_text("Layer 2, to write “the”:")
    page.locator("[data-handle=ask-6]").hover()
    expect(finding).to_contain_text("to write “teacher”: head 1 looks mostly at “Lehrer”")
    page.get_by_label("German sentence").hover()
    expect(finding).to_contain_text("to write “the”:")
    page.locator("[data-handle=ask-6]").click()
    page.get_by_label("German sentence").hover()
    expect(finding).to_contain_text("to write “teacher”:")
    page.locator("[data-handle=map-1-1]").click()
    expect(finding).to_contain_text("head 2 looks mostly at “Lehrer”")
    assert page.evaluate(HEADS) == "2"
    expect(page.locator("[data-challenge=alignment]")).to_have_attribute("data-met", "true")
    page.locator("[data-handle=map-1-1]").click()
    expect(finding).to_contain_text("on average its heads look mostly at “Lehrer”")
    page.get_by_label("decoder").check()
    page.locator("[data-handle=map-0-3]").click()
    expect(page.locator("[data-challenge=previous]")).to_have_attribute("data-met", "true")
    page.get_by_role("button", name="Reset").click()
    expect(finding).to_contain_text("Layer 2, to write “the”:")
    expect(page.locator("[data-challenge=previous]")).to_have_attribute("data-met", "false")


@pytest.mark.browser
def test_by_keyboard_everything_can_be_done(page):
    finding = page.locator(".at-finding")
    page.locator("[data-handle=ask-1]").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.handle") == "ask-6"
    expect(finding).to_contain_text("to write “teacher”:")
    page.keyboard.press("Enter")
    expect(page.locator("[data-handle=ask-6]")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("2", exact=True).last.press("Space")
    expect(finding).to_contain_text("both heads look most at “Lehrer”")
    assert page.evaluate(HEADS) == "1,2"
    page.locator("[data-handle=key-2]").focus()
    expect(finding).to_contain_text("who looks at “die”?")
    page.keyboard.press("Enter")
    page.get_by_label("average").press("Space")
    expect(finding).to_contain_text("who looks at “die”? Most of all, to write “the” (on average")
    page.locator("[data-handle=key-2]").press("Enter")
    page.get_by_label("German sentence").focus()
    expect(finding).to_contain_text("to write “teacher”: on average")
    page.locator("[data-handle=map-0-0]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.handle") == "map-1-1"
    page.keyboard.press("Enter")
    expect(finding).to_contain_text("head 2 looks")


@pytest.mark.browser
def test_heads_stand_side_by_side_and_one_steps_forward(page):
    finding = page.locator(".at-finding")
    page.locator("[data-handle=head-1]").click()
    page.get_by_label("German sentence").hover()
    expect(finding).to_contain_text("heads 1, 2, 3 look most at “die”")
    assert page.evaluate(HEADS) == "1,2,3,4"
    weak = page.locator("[data-part=threads] path").evaluate_all(
        "all => all.filter((each) => each.dataset.weight < 0.1).length"
    )
    assert weak == 0, "beside others, thin threads would be a tangle"
    page.locator("[data-handle=head-4]").hover()
    expect(finding).to_contain_text("head 4 looks mostly at “Frau” (0.59)")
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
