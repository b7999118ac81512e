"""The length explorer: its marks are difflib's, its scores sacreBLEU's, and its end can move."""

import json
import math
import random
from collections import Counter
from itertools import pairwise
from xml.etree import ElementTree

import pandas as pd
import pytest
import traitlets
from examples import growing_pairs, length_explorer
from explorers import open_page, translator_of
from lab import skip_without_browser
from playwright.sync_api import expect
from sacrebleu.metrics import BLEU
from toy import toy_corpus, toy_translator

from utils.corpora import Pair, load_corpus
from utils.widgets import LengthExplorer
from utils.widgets.engine import Engine
from utils.widgets.length import right_words
from utils.widgets.live import engine_of
from utils.widgets.scripts import bundle
from utils.widgets.weights import pack_translator

WIDE = {"width": 1256, "tall": 428}
CALLS = """
let translators = null;
function open() {
  translators = Object.fromEntries(Object.entries(registeredModels()).map(([name, packed]) =>
    [name, new Translator(packed)]));
}
function look(data, mode, length, number = 1) {
  const view = lengthView(translators, data, { mode, length, number });
  return { ...view, at: view.length, apart: firstLengthApart(translators, data) };
}
function meets(view, did) {
  const met = lengthChallenges(view, did).filter(({ isMet }) => isMet);
  return Object.fromEntries(met.map(({ name, answer }) => [name, answer]));
}
function stopsOf(view, room) {
  return layoutLength(view, room).stops;
}
function pressedAt(view, room, x, y) {
  return lengthPressed(view, layoutLength(view, room), x, y);
}
function areaOf(view, room) {
  const { xOf, yOf, ...area } = lengthArea(view, layoutLength(view, room));
  return area;
}
function markerOf(view, room) {
  return lengthMarker(view, layoutLength(view, room)).x;
}
function lengthFrom(view, room, x, y) {
  return lengthAt(layoutLength(view, room), x, y);
}
"""


def grown_pairs():
    return growing_pairs(5)


def curve(*values):
    return pd.DataFrame({"bucket": ["4–5", "6–10", "11–30"], "bleu": values})


def make(**changed):
    options = {
        "translators": {name: translator_of(f"mini-{name}", True) for name in ("fixed", "dot")},
        "curves": {"fixed": curve(99.0, 90.0, 40.0), "dot": curve(100.0, 99.0, math.nan)},
        "pairs": load_corpus("mini").test,
        "growing": grown_pairs(),
    }
    return LengthExplorer(**(options | changed))


@pytest.fixture(scope="module")
def explorer():
    return make()


@pytest.fixture(scope="module")
def data(explorer):
    return {name: getattr(explorer, name) for name in ("curves", "growing", "sentences")}


@pytest.fixture(scope="module")
def js(explorer):
    scripts = [bundle("explorers/lengthview.js", "model/translator.js"), CALLS]
    scripts += [pack_translator(each).as_script(n) for n, each in explorer.translators.items()]
    with Engine(*scripts) as engine:
        engine.call("open")
        yield engine.call


# What is right, and how right


def random_words(draw, most, letters="abcde"):
    return [draw.choice(letters) for _ in range(draw.randint(0, most))]


def test_right_words_are_difflibs(js):
    draw = random.Random(3)
    for _ in range(500):
        words, reference = random_words(draw, 25), random_words(draw, 25)
        assert js("rightWords", words, reference) == right_words(words, reference)


@pytest.mark.parametrize(
    ("words", "reference", "right"),
    [
        ("a b c", "a b c", [True, True, True]),
        ("a x c", "a b c", [True, False, True]),
        ("a b b c", "a b c", [True, True, False, True]),
        ("", "a b", []),
    ],
)
def test_wrong_words_are_found(words, reference, right):
    assert right_words(words.split(), reference.split()) == right


def test_the_score_of_a_sentence_is_sacrebleus(js):
    metric = BLEU(tokenize="none", smooth_method="none", effective_order=True, force=True)
    draw = random.Random(4)
    scores = []
    for _ in range(300):
        words, reference = random_words(draw, 12, "abc"), [*random_words(draw, 12, "abc"), "a"]
        expected = metric.sentence_score(" ".join(words), [" ".join(reference)]).score
        assert js("sentenceBleu", words, reference) == pytest.approx(expected, abs=1e-6)
        scores.append(expected)
    assert len(set(scores)) > 50


@pytest.mark.parametrize(
    ("words", "reference", "gaps"),
    [
        ("a b c", "a b c", []),
        ("a c", "a b c", [{"before": 1, "words": ["b"]}]),
        ("a x c", "a b c", []),
        ("c", "a b c", [{"before": 0, "words": ["a", "b"]}]),
        ("a", "a b c", [{"before": 1, "words": ["b", "c"]}]),
        ("", "a b", [{"before": 0, "words": ["a", "b"]}]),
    ],
)
def test_left_out_words_are_found(js, words, reference, gaps):
    assert js("leftOutWords", words.split(), reference.split()) == gaps


def test_right_words_and_those_left_out_are_the_reference_but_for_what_is_wrong(js):
    draw = random.Random(5)
    found = 0
    for _ in range(300):
        words, reference = random_words(draw, 12), random_words(draw, 12)
        right, missing = js("rightWords", words, reference), js("missingWords", words, reference)
        shared = [word for word, is_right in zip(words, right, strict=True) if is_right]
        there = [word for word, is_not in zip(reference, missing, strict=True) if not is_not]
        assert shared == there
        left = [word for gap in js("leftOutWords", words, reference) for word in gap["words"]]
        assert not Counter(left + shared) - Counter(reference)
        assert len(left) <= missing.count(True)
        found += len(left)
    assert found > 100


@pytest.mark.parametrize("mode", ["growing", "test"])
def test_the_axis_counts_words_in_equal_steps(js, data, mode):
    places = []
    for length in js("look", data, mode, 12)["lengths"]:
        view = js("look", data, mode, length)
        places.append((view["length"], js("markerOf", view, WIDE)))
    (first, x0), *_, (last, x1) = places
    for length, x in places:
        assert x == pytest.approx(x0 + (length - first) / (last - first) * (x1 - x0))
    curves = ElementTree.fromstring(js("drawLengthStill", view, 1256)).iter()
    (chart,) = (each for each in curves if each.get("data-part") == "curves")
    ticks = {e.text: float(e.get("x")) for e in chart.iter() if e.text in {"10", "20", "30"}}
    assert ticks["20"] - ticks["10"] == pytest.approx(ticks["30"] - ticks["20"], abs=0.02)


# What is shown


@pytest.mark.parametrize("mode", ["growing", "test"])
def test_the_errors_shown_are_those_in_python(js, data, explorer, mode):
    counts = set()
    for length in range(1, 32, 3):
        view = js("look", data, mode, length, 2)
        explorer.mode, explorer.length, explorer.number = mode, length, 2
        assert (view["source"], view["target"]) == explorer.pair
        shown = {one["name"]: one["right"].count(False) for one in view["found"]}
        assert shown == explorer.wrong
        counts |= set(shown.values())
    assert len(counts) > 2


def test_a_sentence_grows_with_its_length(js, data):
    sizes = [js("look", data, "growing", length)["length"] for length in range(1, 20)]
    assert sizes == sorted(sizes)
    assert set(sizes) == {len(pair.source) for pair in grown_pairs()}
    assert all(size <= max(length, 3) for length, size in enumerate(sizes, start=1))


@pytest.mark.parametrize("room", [WIDE, {"width": 336, "tall": 9999}], ids=["wide", "narrow"])
@pytest.mark.parametrize("mode", ["growing", "test"])
def test_each_length_can_be_dragged_to(js, data, room, mode):
    view = js("look", data, mode, 12)
    stops = js("stopsOf", view, room)
    assert [stop["length"] for stop in stops] == view["lengths"]
    for stop in stops:
        assert js("lengthFrom", view, room, stop["x"] + 2, stop["y"] + 3) == stop["length"]


def test_words_that_are_not_taken_are_faint(js, data):
    svg = "{http://www.w3.org/2000/svg}"
    for length in (3, 7, 12, 16):
        view = js("look", data, "growing", length)
        picture = ElementTree.fromstring(js("drawLengthStill", view, 1256))
        kinds = [group.get("data-kind") for group in picture.iter(f"{svg}g")]
        assert kinds.count("taken") == view["length"] == length
        assert kinds.count("faint") == len(view["longest"]) - length + (length < 16)  # its "."
        wrong = [g for g in picture.iter(f"{svg}g") if g.get("data-wrong") == "true"]
        assert len(wrong) == sum(one["right"].count(False) for one in view["found"])


def test_the_example_is_one_sentence_that_grows():
    growing = length_explorer().growing
    for (before, _), (after, _) in pairwise(growing):
        assert after[: len(before) - 1] == before[:-1]
    assert engine_of("length").call("growsOn", growing)


def test_sentences_that_do_not_go_on_have_no_tail(js, data):
    other = {**data, "growing": [*data["growing"][:2], [["Anna", "liest"] * 9, ["Anna", "reads"]]]}
    assert js("growsOn", data["growing"])
    assert not js("growsOn", other["growing"])
    assert js("lengthModes", data)["growing"] == "One sentence grows"
    assert js("lengthModes", other)["growing"] == "A sentence of this length"
    drawn = {
        name: js("drawLengthStill", js("look", given, "growing", 5), 1256)
        for name, given in (("grows", data), ("jumps", other))
    }
    assert 'data-kind="faint"' in drawn["grows"]
    assert 'data-kind="faint"' not in drawn["jumps"]


def test_each_word_can_be_pressed_to_end_there(js, data):
    view = js("look", data, "growing", 7)
    for item in js("layoutLength", view, WIDE)["items"]:
        if item["kind"] == "end":
            continue
        pressed = js("pressedAt", view, WIDE, item["x"], item["y"])
        assert pressed in view["lengths"]
        source = next(p.source for p in grown_pairs() if len(p.source) == pressed)
        assert item["text"] in source
    assert js("pressedAt", view, WIDE, 0, 400) is None


def test_the_plot_can_be_pressed_at_each_length(js, data):
    view = js("look", data, "test", 12)
    area = js("areaOf", view, WIDE)
    across = [area["x0"] + share * (area["x1"] - area["x0"]) / 40 for share in range(41)]
    pressed = [js("pressedAt", view, WIDE, x, (area["y0"] + area["y1"]) / 2) for x in across]
    assert pressed == sorted(pressed)
    assert (pressed[0], pressed[-1]) == (view["lengths"][0], view["lengths"][-1])


@pytest.mark.parametrize("width", [336, 640, 897, 1256])
def test_labels_of_the_axis_never_touch(js, width):
    data = {name: getattr(length_explorer(), name) for name in ("curves", "growing", "sentences")}
    picture = ElementTree.fromstring(js("drawLengthStill", js("look", data, "growing", 16), width))
    numbers = {"0", "10", "20", "30", "40", "50"}
    (curves,) = (each for each in picture.iter() if each.get("data-part") == "curves")
    labels = [e for e in curves.iter() if e.tag.endswith("text") and e.text in numbers]
    lowest = max(float(label.get("y")) for label in labels)
    spans = sorted(
        (float(e.get("x")), len(e.text) * float(e.get("font-size")) * 0.6)
        for e in labels
        if float(e.get("y")) == lowest
    )
    assert len(spans) == len(numbers)
    for (x, wide), (after, other) in pairwise(spans):
        assert after - x > (wide + other) / 2 + 2


def test_a_sentence_off_its_curve_is_tied_to_it(js, data):
    view = js("look", data, "growing", 16)
    assert view["found"][0]["bleu"] < 60
    picture = ElementTree.fromstring(js("drawLengthStill", view, 1256))
    ties = {e.get("data-tie"): e for e in picture.iter() if e.get("data-tie")}
    assert set(ties) == {"fixed", "dot"}
    marks = {e.get("data-point"): e[-1] for e in picture.iter() if e.get("data-point")}
    for name, tie in ties.items():
        assert tie.get("y2") == marks[name].get("cy")
    assert float(ties["fixed"].get("y1")) < float(ties["fixed"].get("y2"))
    (name,) = (e for e in picture.iter() if e.text == "this sentence: 16 words")
    (axis,) = (e for e in picture.iter() if e.text == "50")
    assert float(name.get("y")) > float(axis.get("y"))  # where no curve is


@pytest.mark.parametrize("length", [4, 17, 30])
def test_it_fits_on_a_screen(js, data, length):
    view = js("look", data, "test", length)
    place = js("layoutLength", view, WIDE)
    assert place["height"] <= WIDE["tall"]
    edges = [word["x"] + word["width"] for row in place["rows"] for word in row["words"]]
    assert max(edges) < place["chart"]["left"]


def test_an_empty_bucket_draws_no_point(js, data):
    drawn = js("drawLengthStill", js("look", data, "growing", 7), 900)
    assert "NaN" not in drawn
    assert "null" not in drawn


def test_the_finding_says_who_is_wrong():
    fixed = {"name": "fixed", "words": ["a", "x"], "right": [True, False], "missing": [False, True]}
    dot = {"name": "dot", "words": ["a", "b"], "right": [True, True], "missing": [False, False]}
    found = [fixed | {"bleu": 31.4}, dot | {"bleu": 99.9}]
    view = {"length": 2, "language": "German", "found": found}
    assert engine_of("length").call("lengthFinding", view) == (
        "2 German words: fixed gets 1 of its 2 words wrong, dot gets all 2 right. "
        "BLEU of this sentence: fixed 31, dot 100."
    )


def test_the_shortest_length_apart_meets_its_challenge(js, data):
    wrong, met = {}, {}
    for pair in grown_pairs():
        view = js("look", data, "growing", len(pair.source))
        wrong[view["length"]] = [one["right"].count(False) for one in view["found"]]
        met[view["length"]] = js("meets", view, {"length": True}).get("apart")
        assert js("meets", view, {}) == {}
    first = min(length for length, (weak, strong) in wrong.items() if weak and not strong)
    assert [length for length, answer in met.items() if answer] == [first]
    assert met[first].startswith(f"{first} words: here fixed writes “")


def test_every_challenge_can_be_met(js, data):
    met = set()
    for length in range(15, 31):
        for number in range(1, 6):
            view = js("look", data, "test", length, number)
            wrong = {one["name"]: one["right"].count(False) for one in view["found"]}
            now = js("meets", view, {"number": True})
            assert js("meets", view, {"mode": True}) == {}
            assert "lucky" not in now or wrong["fixed"] == 0
            assert "both" in now or wrong["dot"] == 0
            met |= set(now)
    assert met == {"lucky", "both"}


def test_models_and_bleu_are_explained(js):
    notes = js("lengthNotes", ["fixed", "dot", "mine"])
    assert [note.split(":")[0] for note in notes] == ["Tinted", "fixed", "dot", "BLEU"]


def test_a_wrong_word_is_marked_and_not_hidden(js, data):
    svg = "{http://www.w3.org/2000/svg}"
    picture = ElementTree.fromstring(js("drawLengthStill", js("look", data, "growing", 16), 1256))
    wrong = [g for g in picture.iter(f"{svg}g") if g.get("data-wrong") == "true"]
    for group in wrong:
        *marks, text = group
        assert {mark.tag for mark in marks} == {f"{svg}rect"}
        tint, line = marks
        assert float(tint.get("fill-opacity")) < 0.2
        assert float(line.get("y")) > float(text.get("y"))
    assert wrong


def test_where_words_are_left_out_is_an_empty_box(js, data):
    boxes = {}
    for length in range(15, 31):
        for number in range(1, 6):
            view = js("look", data, "test", length, number)
            gaps = [gap["words"] for one in view["found"] for gap in one["leftOut"]]
            if gaps:
                picture = ElementTree.fromstring(js("drawLengthStill", view, 1256))
                drawn = [e.get("data-left-out") for e in picture.iter() if e.get("data-left-out")]
                assert drawn == [" ".join(words) for words in gaps]
                boxes[length, number] = drawn
    assert boxes


# In Python


def test_a_page_carries_a_few_sentences_of_each_length(explorer):
    sizes = [len(source) for source, _ in explorer.sentences]
    assert sizes == sorted(sizes)
    assert max(sizes.count(size) for size in sizes) == 5
    assert set(sizes) == {len(pair.source) for pair in load_corpus("mini").test}
    assert len(json.dumps(explorer.sentences)) < 200_000


def test_a_still_shows_the_length_that_is_chosen():
    picture, finding = make(length=12).picture()
    ElementTree.fromstring(picture)
    assert finding.startswith("12 German words: fixed gets 2 of its")


def test_words_cannot_leave_the_picture():
    attack = '<script>alert(1)</script>"&'
    pair = Pair((attack, "eins"), ("a", attack), None)
    toys = {"fixed": toy_translator("fixed"), "dot": toy_translator("dot")}
    picture, _ = make(translators=toys, pairs=[pair], growing=[pair]).picture()
    assert "<script" not in picture
    ElementTree.fromstring(picture)


def test_wrong_arguments_are_named():
    pairs = toy_corpus().test
    for changed, message in (
        ({"curves": {}}, "curves must be one or more"),
        ({"pairs": []}, "pairs must be a list"),
        ({"growing": ["eins"]}, "growing must be a list"),
        ({"translators": {}}, "translators must be one or more"),
    ):
        with pytest.raises(TypeError, match=message):
            make(**({"pairs": pairs} | changed))
    for wrong in ({"mode": "shrinking"}, {"length": 0}, {"number": 0}):
        with pytest.raises(traitlets.TraitError):
            make(**wrong)


# In a page


@pytest.mark.browser
def test_by_mouse(tmp_path):
    skip_without_browser()
    with open_page(make(length=3), tmp_path, "light") as page:
        finding = page.locator(".at-finding")
        expect(finding).to_contain_text("3 German words: fixed gets all 3 right")
        end = page.get_by_role("slider", name="End of the sentence")
        box, word = end.bounding_box(), page.get_by_text("schläft", exact=True).bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.move(word["x"] + word["width"], word["y"] + 8, steps=8)
        page.mouse.up()
        expect(finding).to_contain_text("12 German words: fixed gets 2 of its")
        expect(page.locator("[data-wrong=true]")).to_have_count(2)
        done = page.locator("[data-challenge=apart]")
        expect(done).to_have_attribute("data-met", "true")
        expect(done).to_contain_text("12 words: here fixed writes “")
        page.get_by_text("Anna", exact=True).first.click()
        expect(finding).to_contain_text("16 German words")
        page.wait_for_timeout(500)  # until the marker has come along
        plot = page.locator("[data-part=plot]").bounding_box()
        page.mouse.click(plot["x"] + plot["width"] / 4, plot["y"] + plot["height"] / 2)
        expect(finding).to_contain_text("7 German words")
        page.get_by_label("A test sentence").check()
        before = page.locator("[data-part=sentence]").text_content()
        page.get_by_role("button", name="Next of this length (1 of 5)").click()
        expect(page.get_by_role("button", name="Next of this length (2 of 5)")).to_be_visible()
        assert page.locator("[data-part=sentence]").text_content() != before
        marker = page.get_by_role("slider", name="Length on the curve").bounding_box()
        page.mouse.move(marker["x"] + marker["width"] / 2, marker["y"] + 40)
        page.mouse.down()
        page.mouse.move(marker["x"] - 500, marker["y"] + 40, steps=6)
        page.mouse.up()
        expect(finding).to_contain_text("4 German words")
        page.get_by_role("button", name="Reset").click()
        expect(finding).to_contain_text("3 German words")
        expect(done).to_have_attribute("data-met", "false")


@pytest.mark.browser
def test_by_keys(tmp_path):
    skip_without_browser()
    with open_page(make(length=3), tmp_path, "dark") as page:
        finding = page.locator(".at-finding")
        page.get_by_role("button", name="Grow").focus()
        page.keyboard.press("Tab")
        end = page.get_by_role("slider", name="End of the sentence")
        expect(end).to_be_focused()
        page.keyboard.press("ArrowRight")
        expect(finding).to_contain_text("5 German words")
        expect(end).to_have_attribute("aria-valuetext", "5 German words")
        page.keyboard.press("Shift+ArrowRight")
        expect(finding).to_contain_text("16 German words")
        (written,) = translator_of("mini-dot", True).translate([grown_pairs()[-1].source])
        words = page.locator("[data-row=dot] [data-written]")
        assert words.all_text_contents() == list(written.tokens)
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        expect(finding).to_contain_text("12 German words")
        page.get_by_role("button", name="Grow").press("Enter")
        expect(finding).to_contain_text("16 German words")


@pytest.mark.browser
def test_while_it_grows_it_dwells_at_the_first_mistake(tmp_path):
    skip_without_browser()
    with open_page(make(length=2), tmp_path, "light") as page:
        page.clock.install()
        page.get_by_role("button", name="Grow").press("Enter")
        seen = []
        for _ in range(12):
            page.clock.run_for(1150)
            seen.append(page.locator(".at-finding").inner_text())
        kept = {text for text, after in pairwise(seen) if text == after}
        assert any("wrong, dot gets all" in text for text in kept - {seen[-1]})
        assert len(set(seen)) > 3
