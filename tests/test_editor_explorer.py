"""The attention editor: rows, what the model writes after them, and what a reader can do."""

import json
import re
from xml.etree import ElementTree

import pytest
import torch
from explorers import CALLS, open_page
from lab import skip_without_browser
from playwright.sync_api import expect
from toy import toy_translator
from traitlets import TraitError

from utils.trace import trace
from utils.translator import Translator
from utils.widgets import AttentionEditor
from utils.widgets.editor import EDITS, edit_row
from utils.widgets.engine import Engine
from utils.widgets.live import engine_of
from utils.widgets.scripts import bundle
from utils.widgets.weights import pack_translator

SENTENCE = "der Lehrer kauft ein Buch , und die Frau liest einen Brief ."
WORDS = SENTENCE.split()
ROW = [0.5, 0.3, 0.2, 0.0]
SCORED = ("dot", "general", "additive")
LAYOUT = "explorers/editorlayout.js"


@pytest.fixture(scope="module")
def translators():
    return {name: Translator.load(f"mini-{name}") for name in SCORED}


@pytest.fixture(scope="module")
def js():
    with Engine(bundle("explorers/editorrows.js", "model/translator.js"), CALLS, TRACED) as engine:
        yield engine


# --- rows ---


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize(
    ("first", "second", "share"), [(0, 1, 0.0), (3, 2, 0.7), (1, 1, 1.0), (2, 0, 0.4)]
)
@pytest.mark.parametrize("row", [ROW, [0.0, 1.0, 0.0, 0.0], [1.0]])
def test_an_edit_gives_the_same_row_in_both_languages(js, row, edit, first, second, share):
    first, second = min(first, len(row) - 1), min(second, len(row) - 1)
    weights = torch.tensor(row)
    expected = edit_row(weights, edit, first, second, share)
    assert weights.tolist() == pytest.approx(row), "the original row is left alone"
    assert expected.sum() == pytest.approx(1)
    assert expected.min() >= 0
    found = js.call("editRow", row, edit, first, second, share)
    assert found == pytest.approx(expected.tolist(), abs=1e-6)


def test_both_languages_have_the_same_edits(js):
    assert js.call("(() => ROW_EDITS)") == list(EDITS)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ("as the model has it", [0.5, 0.3, 0.2]),
        ("look only here", [0, 0, 1]),
        ("uniform", [1 / 3, 1 / 3, 1 / 3]),
        ("swap two words", [0.2, 0.3, 0.5]),
        ("by hand", [0.5 * 0.75, 0.3 * 0.75, 0.4]),
    ],
)
def test_edits_by_hand(edit, expected):
    edited = edit_row(torch.tensor([0.5, 0.3, 0.2]), edit, 2, 0, 0.4)
    assert edited.tolist() == pytest.approx(expected)


def test_arrows_move_to_multiples_of_a_twentieth(js):
    cases = [
        (0.42, 1, 0.45),
        (0.42, -1, 0.4),
        (0.4, 1, 0.45),
        (0.4, -4, 0.2),
        (0.9, 4, 1),
        (0, -1, 0),
    ]
    for share, count, expected in cases:
        assert js.call("nextShare", share, count) == pytest.approx(expected)


# --- translations ---

TRACED = """
function edited(name, words, weights, last) {
  const before = traceEdited(loaded[name], words, {});
  const size = before.source.length;
  const first = last ? traceEdited(loaded[name], words, editsFrom(last, size), before) : before;
  const after = traceEdited(loaded[name], words, editsFrom(weights, size), first);
  const { steps, own, score } = after;
  return {
    words: steps.map(({ word }) => word), rows: steps.map((each) => each.weights), own, score,
    best: steps.map(({ best }) => best[0][1]), told: weightsFrom(after.edits),
  };
}
"""


@pytest.fixture(scope="module")
def loaded(js, translators):
    for name, translator in translators.items():
        js.run(pack_translator(translator, half=False).as_script(name))
        js.call("load", name)
    return js


def overwrite(weights):
    """Return the override of `trace` that stands for the option `weights`."""

    def override(t, found):
        row = weights.get(str(t + 1))
        return found if row is None else torch.tensor(row)

    return override


def only(j):
    return [float(i == j) for i in range(len(WORDS))]


EDITED = [{}, {"5": only(11)}, {"2": only(8), "9": [1 / 13] * 13}, {"1": only(1), "40": only(0)}]


@pytest.mark.parametrize("name", SCORED)
@pytest.mark.parametrize("weights", EDITED, ids=range(len(EDITED)))
@pytest.mark.parametrize("last", [None, {"3": only(4)}], ids=["at once", "after another edit"])
def test_decoding_on_is_what_python_does(loaded, translators, name, weights, last):
    expected = trace(translators[name], WORDS, overwrite(weights))
    found = loaded.call("edited", name, WORDS, weights, last)
    assert found["words"] == [step.word for step in expected.steps]
    rows = torch.tensor(found["rows"])
    torch.testing.assert_close(rows, expected.weights, rtol=0, atol=1e-4)
    assert found["best"] == pytest.approx([step.best[0][1] for step in expected.steps], abs=1e-4)
    assert found["told"] == weights
    fresh = loaded.call("edited", name, WORDS, weights, None)
    assert found == fresh, "what was known before makes no difference"


def test_edits_change_something_here(loaded):
    before = loaded.call("edited", "dot", WORDS, {}, None)["words"]
    assert all(
        loaded.call("edited", "dot", WORDS, each, None)["words"] != before for each in EDITED[1:3]
    )


def test_rows_of_another_sentence_fall_out(loaded):
    assert loaded.call("editsFrom", {"1": [0.5, 0.5], "2": [1]}, 2) == {"0": [0.5, 0.5]}
    assert loaded.call("editsFrom", None, 2) == {}


# --- what is said ---


def view(after="a b c", edited=(1,), **changes):
    before = ["a", "b", "c", "<eos>"]
    after = [*(after.split() if isinstance(after, str) else after), "<eos>"]
    row = [0.1, 0.9]
    given = {
        "source": ["x", "y"],
        "before": before,
        "after": after,
        "rows": [row] * len(after),
        "own": [row] * len(after),
        "edited": list(edited),
        "step": 1,
        "shown": 1,
        "word": 0,
        "row": row,
    }
    return given | changes


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ("a b c", "it still writes “b”; all other words stay."),
        ("a x c", "it writes “x” instead of “b”; all other words stay."),
        ("a x d", "it writes “x” instead of “b”; 1 other word changes."),
        ("x b c d e", "it still writes “b”; 3 other words change."),
        ("a", "it writes the end, <eos>, instead of “b”; 1 other word changes."),
    ],
)
def test_what_an_edit_changed_is_said(after, said):
    found = engine_of("editor").call("editorFinding", view(after))
    assert found == f"Step 2, edited: 0.90 of the weight is on “y”, and {said}"


def test_the_finding_before_any_edit_says_what_to_do():
    found = engine_of("editor").call("editorFinding", view(edited=()))
    assert found.endswith("it writes “b”. Drag a bar to make it look elsewhere.")


def test_equal_weights_are_called_so():
    found = engine_of("editor").call("editorFinding", view(rows=[[0.5, 0.5]] * 4))
    assert found.startswith("Step 2, edited: all words weigh the same")


def test_a_step_behind_the_old_end_has_replaced_nothing():
    found = engine_of("editor").call("editorFinding", view("a b c d", step=3, shown=3))
    assert "writes “d” instead of the end, <eos>" in found


CHALLENGES = [
    (view(), set()),
    (view("a x c"), {"one"}),
    (view("a x c", edited=(0, 1)), set()),
    (view("noun noun c", before=["a", "noun", "c", "<eos>"]), {"one", "twice"}),
    (view("a ▁abc ▁abc", before=["a", "▁abc", "c", "<eos>"]), {"one"}),
    (view(rows=[[1.0, 0.0]] * 4), {"deaf"}),
    (view("a x c", rows=[[1.0, 0.0]] * 4), {"one"}),
    (view(rows=[[0.0, 1.0]] * 4), set()),  # where it looks anyway
    (view("x b c", rows=[[1.0, 0.0]] * 4, edited=(0, 1)), set()),  # the words before changed
]


@pytest.mark.parametrize(("seen", "met"), CHALLENGES, ids=range(len(CHALLENGES)))
def test_challenges_are_met_by_what_they_ask_for(seen, met):
    found = engine_of("editor").call("editorChallenges", seen)
    assert {each["name"] for each in found if each["isMet"]} == met
    assert len(found) == 3


@pytest.mark.parametrize("size", [1, 2, 13, 30, 60])
@pytest.mark.parametrize("room", [(310, 1e9), (776, 1e9), (1256, 370), (1400, 370)])
def test_words_stay_inside_the_picture(size, room):
    words = [f"longer{j}" if j % 5 == 0 else "a" for j in range(size)]
    row = [1 / size] * size
    shown = view(
        source=words,
        before=[*words, "<eos>"],
        after=words,
        rows=[row] * (size + 1),
        own=[row] * (size + 1),
    )
    shown |= {"row": row, "step": 0, "shown": 0, "edited": [0]}
    width, tall = room
    call = engine_of("editor", LAYOUT).call
    place = call("layoutEditor", shown, {"width": width, "tall": tall})
    for pair in place["pairs"]:
        assert pair["x"] - pair["width"] / 2 >= 0
        assert pair["x"] + pair["width"] / 2 <= width
    for bar in place["bars"]:
        assert place["column"] / 2 <= bar["x"] + 1e-6 <= width - place["column"] / 2
        assert bar["y"] + place["barHeight"] <= place["tall"] + 1
    assert place["column"] >= 43.9
    assert size > 30 or place["tall"] <= tall
    for handle in call("editorHandles", shown, place):
        assert handle["label"]


def drawn(shown, width=960, tall=500):
    call = engine_of("editor", LAYOUT).call
    place = call("layoutEditor", shown, {"width": width, "tall": tall})
    return ElementTree.fromstring(call("drawEditor", shown, place)), place


def part(root, name):
    return next(each for each in root.iter() if each.get("data-part") == name)


def test_a_translation_stands_twice_only_after_an_edit():
    texts = {}
    for edited in ((), (1,)):
        root, place = drawn(view("a x c", edited=edited))
        texts[edited] = [each.text for each in part(root, "target").iter() if each.text]
        texts[edited, "place"] = place
    assert "after" not in texts[()] and "x" not in texts[()]
    assert "after" in texts[1,] and "x" in texts[1,]
    assert texts[(), "place"] == texts[(1,), "place"], "nothing jumps"


def test_the_sum_is_one_bar_that_the_words_share():
    root, place = drawn(view(row=[0.25, 0.75]))
    widths = [float(each.get("width")) for each in part(root, "sum") if each.get("data-word")]
    assert sum(widths) == pytest.approx(place["sum"]["width"], abs=0.01)
    assert widths[1] == pytest.approx(3 * widths[0], abs=0.01)


def test_letters_for_the_back_row_are_not_smaller():
    words = SENTENCE.split()
    shown = view(source=words, before=[*words, "<eos>"], after=words, edited=(0,))
    shown |= {"rows": [[1 / 13] * 13] * 14, "own": [[1 / 13] * 13] * 14, "row": [1 / 13] * 13}
    usual, large = drawn(shown, 1256, 370)[1], drawn(shown, 1256 / 1.4, 250)[1]
    assert large["f"] >= usual["f"]
    assert large["full"] >= usual["full"] / 1.4


def test_a_point_of_the_map_is_a_cell():
    shown = view()
    _, place = drawn(shown)
    at, cells = place["map"], place["map"]["place"]
    x, y = at["x"] + cells["labels"], at["y"] + cells["head"]
    call = engine_of("editor", LAYOUT).call
    corner = call("cellAt", shown, place, x + cells["cell"] * 1.5, y + cells["height"] * 2.5)
    assert corner == {"t": 2, "j": 1}
    assert call("cellAt", shown, place, x - 3, y + 1) == {"t": 0, "j": None}
    assert call("cellAt", shown, place, x + 1e4, y + 1e4) == {"t": 3, "j": 1}


@pytest.mark.parametrize(
    "word", ["<script>alert(1)</script>", '"><img src=x>', "\x00\ud800", "😀" * 40]
)
def test_odd_words_stay_text(word):
    shown = view(source=[word, word], after=word)
    call = engine_of("editor", LAYOUT).call
    place = call("layoutEditor", shown, {"width": 960, "tall": 500})
    drawn = call("drawEditor", shown, place)
    assert "<script" not in drawn and "<img" not in drawn
    ElementTree.fromstring(drawn)


# --- in Python ---


def test_weights_are_read_and_set(translators):
    editor = AttentionEditor(translators, SENTENCE, step=5)
    assert editor.after == editor.before != []
    editor.weights = {"5": only(11)}
    expected = trace(translators["dot"], WORDS, overwrite(editor.weights))
    assert editor.after == list(expected.words) != editor.before
    drawn, finding = editor.picture()
    assert finding.startswith("Step 5, edited: 1.00 of the weight is on “Brief”")
    root = ElementTree.fromstring(drawn)
    assert root.get("aria-label") == finding
    marked = [each.get("data-step") for each in root.iter() if each.get("data-edited") == "true"]
    assert marked == ["4"]


def test_it_begins_where_moving_the_weight_changes_the_word_most(translators):
    """Tried here with PyTorch: all weight on one word after the other, for each step."""
    editor = AttentionEditor(translators, SENTENCE)
    translator = translators["dot"]
    before = trace(translator, WORDS)

    def writable(step):
        rows = [overwrite({str(step + 1): only(j)}) for j in range(len(WORDS))]
        return len({trace(translator, WORDS, row).steps[step].word for row in rows})

    counts = [writable(step) for step in range(len(before.steps))]
    assert counts[editor.step - 1] == max(counts) > 1
    assert AttentionEditor(translators, SENTENCE, step=2).step == 2


def test_another_sentence_or_model_starts_without_edits(translators):
    for name, value in (("sentence", "die Frau liest ."), ("model", "additive")):
        editor = AttentionEditor(translators, SENTENCE, weights={"5": only(11)})
        setattr(editor, name, value)
        assert editor.weights == {}


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"x": only(0)}, 'weights are by steps, such as "1", not by .x.'),
        ({"0": only(0)}, "not by .0."),
        ({"1": [1.0]}, "the sentence has 13 words or pieces, but step 1 1 weights"),
        ({"1": [0.5] * 13}, "must sum to 1"),
        ({"1": [2.0, -1.0] + [0.0] * 11}, "must not be negative"),
        ({"1": ["a"] * 13}, "must be numbers"),
        ({"1": [float("nan")] * 13}, "must not be negative"),
        ({"1": 3}, "must be numbers"),
    ],
)
def test_weights_that_are_none_are_refused(translators, weights, said):
    editor = AttentionEditor(translators, SENTENCE)
    with pytest.raises(TraitError, match=said):
        editor.weights = weights
    assert editor.weights == {}


def test_an_unknown_model_is_refused(translators):
    with pytest.raises(TraitError, match="model must be one of dot, general, additive, not 'x'"):
        AttentionEditor(translators, SENTENCE, model="x")


def test_a_fixed_context_has_nothing_to_edit():
    named = {"dot": toy_translator("dot"), "fixed": toy_translator("fixed")}
    with pytest.raises(ValueError, match="fixed has no weights to overwrite: leave it out"):
        AttentionEditor(named, "eins zwei")


@pytest.mark.parametrize("sentence", ["", "   ", "eins " * 1000, "x" * 100_000, "\ud800", "<b>"])
def test_any_sentence_has_a_still(sentence):
    drawn, finding = AttentionEditor({"dot": toy_translator("dot")}, sentence).picture()
    ElementTree.fromstring(drawn)
    assert finding


# --- in a page ---

AFTER = "() => [...document.querySelectorAll('[data-part=target] [data-changed=true]')].length"
SUMS = """() => [...document.querySelectorAll("[data-part=weights] [data-weight]")]
  .reduce((sum, each) => sum + Number(each.dataset.weight), 0)"""


def weight_of(page, j):
    return float(page.locator(f"[data-handle=word-{j}]").get_attribute("aria-valuetext"))


@pytest.fixture(params=["light", "dark"])
def page(request, translators, tmp_path):
    skip_without_browser()
    editor = AttentionEditor(translators, SENTENCE, step=5)
    with open_page(editor, tmp_path, request.param) as page:
        yield page


@pytest.mark.browser
def test_by_mouse_a_bar_is_dragged_and_the_others_give_way(page):
    finding = page.locator(".at-finding")
    expect(finding).to_contain_text("writes “book”. Drag a bar")
    bar = page.locator("[data-handle=word-11]")
    box = bar.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] - 30
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 60, steps=5)
    expect(finding).to_contain_text("Step 5, edited")
    half = weight_of(page, 11)
    assert 0.2 < half < 0.8
    assert weight_of(page, 4) == pytest.approx(1 - half, abs=0.02), "it had nearly all"
    assert page.evaluate(SUMS) == pytest.approx(1, abs=1e-4)
    page.mouse.move(x, y - 400, steps=5)
    page.mouse.up()
    expect(finding).to_contain_text("writes “letter” instead of “book”; all other words stay.")
    assert weight_of(page, 11) == 1
    assert page.evaluate(AFTER) == 1
    expect(page.locator("[data-challenge=one]")).to_have_attribute("data-met", "true")
    page.get_by_role("button", name="Undo step 5: letter").click()
    expect(finding).to_contain_text("it writes “book”.")
    assert page.evaluate(AFTER) == 0


@pytest.mark.browser
def test_by_mouse_two_words_are_exchanged_and_steps_add_up(page):
    page.get_by_role("button", name="Exchange two").click()
    expect(page.locator(".at-finding")).to_contain_text("press the first one")
    page.locator("[data-handle=word-4]").click()
    page.locator("[data-handle=word-11]").click()
    expect(page.locator(".at-finding")).to_contain_text(
        "Step 5, edited: 1.00 of the weight is on “Brief”"
    )
    page.locator("[data-handle=step-8]").hover()
    expect(page.locator(".at-finding")).to_contain_text("Step 9: ")
    page.locator("[data-handle=step-8]").click()
    page.get_by_role("button", name="All equal").click()
    expect(page.locator(".at-finding")).to_contain_text("Step 9, edited: all words weigh the same")
    assert page.get_by_role("button", name="Undo step").count() == 2
    page.get_by_role("button", name="Reset").click()
    assert page.get_by_role("button", name="Undo step").count() == 0
    expect(page.locator(".at-finding")).to_contain_text("Step 5: ")


CENTER = """([t, j]) => {
  const centerOf = (selector) => {
    const { left, top, width, height } = document.querySelector(selector).getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  };
  const [x] = centerOf(`[data-part=map] g[data-word="${j}"] rect`);
  return [x, centerOf(`[data-handle=row-${t}]`)[1]];
}"""


def cell_of(page, t, j):
    """Return the center of a cell of the heat map, whatever its weight."""
    return page.evaluate(CENTER, [t, j])


@pytest.mark.browser
def test_by_mouse_the_map_is_a_control(page):
    finding = page.locator(".at-finding")
    page.mouse.click(*cell_of(page, 8, 3))
    expect(finding).to_contain_text("Step 9: ")
    expect(page.locator("[data-handle=step-8]")).to_have_attribute("aria-pressed", "true")
    page.mouse.click(*cell_of(page, 8, 3))
    expect(finding).to_contain_text("Step 9, edited: 1.00 of the weight is on “ein”")
    x, y = cell_of(page, 4, 11)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 30, steps=5)
    page.mouse.up()
    expect(finding).to_contain_text("Step 5, edited")
    assert 0.1 < weight_of(page, 11) < 0.8
    assert page.get_by_role("button", name="Undo step").count() == 2


@pytest.mark.browser
def test_by_keyboard_the_map_is_a_control(page):
    finding = page.locator(".at-finding")
    page.locator("[data-handle=row-4]").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.handle") == "row-5"
    page.keyboard.press("Enter")
    expect(finding).to_contain_text("Step 6: ")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(finding).to_contain_text("Step 6, edited: 1.00 of the weight is on")


@pytest.mark.browser
def test_nothing_jumps_when_a_step_is_edited(page):
    top = page.locator(".at-challenges").bounding_box()["y"]
    page.get_by_role("button", name="All equal").click()
    expect(page.get_by_role("button", name="Undo step")).to_be_visible()
    assert page.locator(".at-challenges").bounding_box()["y"] == top


@pytest.mark.browser
def test_by_keyboard_everything_can_be_done(page):
    finding = page.locator(".at-finding")
    page.locator("[data-handle=word-11]").focus()
    bar = page.locator("[data-handle=word-11]")
    for expected in ("0.20", "0.40", "0.60"):
        page.keyboard.press("Shift+ArrowUp")
        expect(bar).to_have_attribute("aria-valuetext", expected)
    page.keyboard.press("ArrowLeft")
    expect(bar).to_have_attribute("aria-valuetext", "0.55")
    assert page.evaluate("document.activeElement.dataset.handle") == "word-11"
    expect(finding).to_contain_text("Step 5, edited")
    page.locator("[data-handle=step-4]").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.handle") == "step-7"
    page.keyboard.press("Enter")
    page.locator("[data-handle=word-1]").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Only Lehrer").press("Enter")
    expect(finding).to_contain_text("Step 8, edited: 1.00 of the weight is on “Lehrer”")
    page.get_by_role("button", name="As the model had it").press("Enter")
    expect(finding).to_contain_text(re.compile(r"^Step 8: "))
    assert page.evaluate("document.activeElement.dataset.handle") == "step-7"


@pytest.mark.browser
def test_another_sentence_and_another_model_start_anew(page):
    page.get_by_role("button", name="All equal").click()
    page.get_by_label("German sentence").fill("die Frau <b>liest</b> einen Brief .")
    page.get_by_label("German sentence").press("Enter")
    expect(page.locator(".at-note")).to_contain_text("does not know: <, b")
    assert page.get_by_role("button", name="Undo step").count() == 0
    page.get_by_label("German sentence").fill("")
    page.get_by_label("German sentence").press("Enter")
    expect(page.locator(".at-finding")).to_have_text("Type a sentence in German.")
    page.get_by_label("German sentence").fill("die Frau liest einen Brief .")
    page.get_by_label("German sentence").press("Enter")
    page.get_by_label("additive").check()
    expect(page.locator(".at-finding")).to_contain_text("Drag a bar")
    options = json.loads(page.locator("[data-explorer]").get_attribute("data-options"))
    assert options["sentence"] == SENTENCE, "Reset goes back to it"
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_label("German sentence")).to_have_value(SENTENCE)
