"""The stepper: its views and words in an engine, and a page with it in Chromium."""

import json
import math
import random
import re
from functools import cache
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
import torch
from explorers import open_page, translator_of
from lab import skip_without_browser
from playwright.sync_api import expect
from toy import toy_translator

from utils.trace import trace
from utils.translator import Translator
from utils.widgets import AttentionStepper
from utils.widgets.engine import Engine
from utils.widgets.scripts import bundle
from utils.widgets.weights import pack_translator

RUNNING = "gestern hat die Frau dem alten Lehrer einen Apfel gegeben ."
CALLS_UP = "heute ruft der Lehrer die Eltern an , weil das Kind nicht im Garten schläft ."
NAMES = ("fixed", "dot", "general", "additive")
ODD = ("<script>alert(1)</script>", '"><img src=x onerror=y>', "&amp;", "\ud800", "\u202e", "\x00")
SVG = "{http://www.w3.org/2000/svg}"
LOSES = "der kleine Mann liest nie , weil Paul nicht wartet ."  # what fixed does with "nicht"
every_model = pytest.mark.parametrize("name", NAMES)

HELPERS = """
const translators = {};
function load(name, packed) { translators[name] = new Translator(packed); }
function read(name, text) { return readAndTrace(translators[name], text); }
function mixAt(traced, from, to, share) {
  return mixViews(viewAt(traced, from), viewAt(traced, to), share);
}
function odd(name, texts, width) {
  return texts.map((text) => {
    const traced = readAndTrace(translators[name], text);
    if (traced.steps.length === 0) return [traced.note, "", traced];
    const t = traced.steps.length;
    return [stepFinding(traced, t), drawStep(viewAt(traced, t), traced.kind, { width }), traced];
  });
}
"""


@cache
def engine():
    started = Engine(bundle("explorers/stepperstill.js"), HELPERS)
    for name in NAMES:
        started.call("load", name, pack_translator(mini(name)).as_json())
    return started


def call(*arguments):
    return engine().call(*arguments)


@cache
def mini(name):
    return Translator.load(f"mini-{name}")


@cache
def read(name, text=RUNNING):
    return call("read", name, text)


def heaviest(row):
    return max(range(len(row)), key=row.__getitem__)


def texts_of(drawn, part):
    """Return what a drawing writes in a part, in its order."""
    root = ElementTree.fromstring(drawn)
    parts = [each for each in root.iter() if each.get("data-part") == part]
    return ["".join(text.itertext()) for each in parts for text in each.iter(f"{SVG}text")]


# From a sentence to a view


@every_model
def test_a_translation_is_that_of_python(name):
    traced, expected = read(name), trace(translator_of(f"mini-{name}", half=True), RUNNING)
    assert (traced["source"], traced["kind"]) == (RUNNING.split(), name)
    assert traced["words"] == [step.word for step in expected.steps]
    assert tuple(traced["tokens"]) == expected.words
    torch.testing.assert_close(torch.tensor(traced["rows"]), expected.weights, atol=1e-4, rtol=0)


def test_a_view_holds_what_was_written_before_its_step():
    traced = read("additive")
    for t in range(1, len(traced["words"]) + 1):
        view = call("viewAt", traced, t)
        assert view["target"] == traced["words"][: t - 1]
        assert view["rows"] == traced["rows"][:t]
        assert view["best"][0][0] == traced["words"][t - 1]
    assert call("viewAt", traced, 99) == call("viewAt", traced, len(traced["words"]))


@every_model
def test_on_the_way_everything_moves_a_little(name):
    traced = read(name)
    views = [call("mixAt", traced, 3, 4, k / 20) for k in range(21)]
    assert views[0]["weights"] == pytest.approx(traced["rows"][2])
    assert views[-1]["weights"] == pytest.approx(traced["rows"][3])
    for view in views:
        assert sum(view["weights"]) == pytest.approx(1, abs=1e-5)
        assert len(view["rows"]) == 4
    for before, after in pairwise(views):
        moved = zip(before["weights"], after["weights"], strict=True)
        assert max(abs(a - b) for a, b in moved) <= 0.051
        assert sum(before["rows"][3]) < sum(after["rows"][3])  # the new row fades in


@pytest.mark.parametrize("machine", [False, True])
def test_on_the_way_words_and_numbers_are_those_of_the_finding(machine):
    traced = read("additive")
    options = {"width": 1256, "machine": machine}
    goal = call("drawStep", call("viewAt", traced, 4), "additive", options)
    way = call("drawStep", call("mixAt", traced, 3, 4, 0.3), "additive", options)
    assert texts_of(way, "weights") == texts_of(goal, "weights") != []
    assert texts_of(way, "target") == texts_of(goal, "target")
    assert way != goal
    most = f"{max(traced['rows'][3]):.2f}"
    assert most in " ".join(texts_of(way, "weights")) and most in call("stepFinding", traced, 4)


def places_after(drawn):
    """Return where a drawing shows the words of its target row, moved as it says."""
    moves = dict(re.findall(r'data-target="(\d+)" transform="translate\((\S+) 0\)"', drawn))
    return {k: x + float(moves.get(k, 0)) for k, x in call("wordPlaces", drawn).items()}


def test_the_new_word_slides_to_where_it_is_read():
    traced = read("additive")
    rest = [call("drawStep", call("viewAt", traced, t), "additive", {"width": 800}) for t in (3, 4)]
    start, end = (call("wordPlaces", drawn) for drawn in rest)
    assert {"0", "1", "2"} <= set(start) & set(end) and "3" in set(end) - set(start)
    way = []
    for k in range(11):
        view = call("mixAt", traced, 3, 4, k / 10)
        drawn = call("drawStep", view, "additive", {"width": 800})
        slid = call("slideWords", drawn, start, end, k / 10)
        ElementTree.fromstring(slid["svg"])
        assert places_after(slid["svg"]) == pytest.approx(slid["places"], abs=0.02)
        way.append(slid["places"])
    for word in ("0", "1", "2"):
        xs = [places[word] for places in way]
        assert xs == sorted(xs, reverse=True)
        assert (xs[0], xs[-1]) == pytest.approx((start[word], end[word]))
    assert max(a["2"] - b["2"] for a, b in pairwise(way)) < 0.11 * (start["2"] - end["2"])


def test_motion_is_slow_at_both_ends_and_never_goes_back():
    shares = [call("easeShare", k / 50) for k in range(51)]
    assert (shares[0], shares[-1], shares) == (0, 1, sorted(shares))
    assert shares[1] < 1 / 50 and 1 - shares[-2] < 1 / 50


def test_the_map_grows_and_keeps_words_to_come_to_itself():
    traced = read("additive")
    for t in (1, 4):
        drawn = call("drawStep", call("viewAt", traced, t), "additive", {"width": 1256})
        rows = re.findall(r"<text[^>]* data-row=\"(\d+)\"[^>]*>([^<]*)<", drawn)
        assert [word for _, word in rows if word] == traced["words"][:t]
        cells = set(re.findall(r"data-row=\"(\d+)\" data-word=", drawn))
        assert cells == set(map(str, range(t)))


@pytest.mark.parametrize("width", [336, 898, 1256])
def test_the_net_of_the_score_opens(width):
    view = call("viewAt", read("additive"), 4)
    size = {"width": width, "tall": 388 if width > 1000 else None, "machine": True}
    closed, opened = (
        call("drawStep", view, "additive", size | {"score": score}) for score in ("closed", "open")
    )
    assert "tanh" in opened and "tanh" not in closed and 'data-part="equations"' not in closed
    assert 'data-inside="net"' in closed and "open it +" in closed and "close it" in opened
    for each in (closed, opened):
        assert 'data-part="query"' in each and 'data-part="scores"' in each
    assert "open it" not in call("drawStep", view, "additive", size)  # where nothing is pressed
    dot = call("drawStep", call("viewAt", read("dot"), 4), "dot", size | {"score": "closed"})
    assert "open it" not in dot and 'data-inside="net"' not in dot


def test_a_map_below_has_no_empty_rows_and_one_beside_does_not_grow():
    closed = {"score": "closed"}
    heights = {
        width: [
            call("svgHeight", call("drawStep", view, "additive", {"width": width} | closed))
            for view in (call("viewAt", read("additive"), t) for t in (1, 11))
        ]
        for width in (798, 1256)
    }
    still = [call("viewAt", read("additive"), t) for t in (1, 11)]
    all_rows = {call("svgHeight", call("drawStep", v, "additive", {"width": 798})) for v in still}
    assert len(all_rows) == 1  # the pictures of a film are of one size
    assert heights[798][0] + 100 < heights[798][1]
    assert heights[1256][0] == heights[1256][1]


@pytest.mark.parametrize("width", [336, 776, 1256, 1416, 1896])
def test_each_width_has_the_map_inside(width):
    view = call("viewAt", read("additive"), 4)
    drawn = ElementTree.fromstring(call("drawStep", view, "additive", {"width": width}))
    assert float(drawn.get("width")) == width
    (part,) = [each for each in drawn if each.get("data-part") == "map"]
    for cell in part.iter("{http://www.w3.org/2000/svg}rect"):
        assert float(cell.get("x")) + float(cell.get("width")) <= width
        assert float(cell.get("y")) + float(cell.get("height")) <= float(drawn.get("height"))


@pytest.mark.parametrize("machine", [False, True])
def test_a_small_screen_has_room_for_every_attention(machine):
    for name in NAMES:
        view = call("viewAt", read(name), 4)
        drawn = call("drawStep", view, name, {"width": 1256, "tall": 388, "machine": machine})
        assert float(re.search(r' height="([\d.]+)"', drawn)[1]) <= 388, name


@every_model
@pytest.mark.parametrize("width", [336, 622, 950])
def test_ribbons_take_from_each_word_what_its_weight_says(name, width):
    for text in (RUNNING, CALLS_UP, "Anna"):
        traced = read(name, text)
        view = call("viewAt", traced, 2)
        drawn = call("drawStep", view, name, {"width": width, "map": False})
        assert {float(size) >= 13 for size in re.findall(r'font-size="([\d.]+)"', drawn)} == {True}
        shares = re.findall(r'width="([\d.]+)"[^>]*data-share="([\d.]+)"', drawn)
        assert len(shares) == len(traced["source"])
        whole = sum(float(wide) for wide, _ in shares)
        assert whole > 0.4 * width
        for (wide, share), weight in zip(shares, traced["rows"][1], strict=True):
            assert float(share) == pytest.approx(weight, abs=1e-5)
            assert float(wide) / whole == pytest.approx(weight, abs=1e-3)
        taken = {int(j) for j in re.findall(r'<path[^>]*data-word="(\d+)" fill-opacity', drawn)}
        seen = {j for j, weight in enumerate(traced["rows"][1]) if weight >= 0.01}
        assert seen <= taken <= {j for j, w in enumerate(traced["rows"][1]) if w >= 0.004}
        assert set(traced["source"]) <= set(texts_of(drawn, "tokens"))
        assert traced["words"][1] in texts_of(drawn, "target")


def test_the_map_writes_the_numbers_that_are_asked_for():
    traced = read("additive")
    rows = traced["rows"]

    def cells(**more):
        drawn = call("drawStep", call("viewAt", traced, 4), "additive", {"width": 1256, **more})
        return dict(re.findall(r'data-cell="(\d+ \d+)".*?<text[^>]*>([\d.]+)<', drawn))

    heaviest_now = {f"3 {heaviest(rows[3])}": f"{max(rows[3]):.2f}"}
    assert cells() == heaviest_now
    assert cells(cell={"row": 1, "word": 2}) == heaviest_now | {"1 2": f"{rows[1][2]:.2f}"}
    assert cells(cell={"row": 3, "word": 0}) == {"3 0": f"{rows[3][0]:.2f}"}
    assert cells(cell={"row": 9, "word": 0}) == heaviest_now  # not yet written


def test_words_that_another_model_lacks_are_marked():
    traced = read("additive")
    marks = [
        call(
            "drawStep",
            call("viewAt", traced, 4) | {"differs": [t == 3] * 11},
            "additive",
            {"width": 600, "map": False},
        ).count("--at-highlight")
        for t in (0, 3)
    ]
    assert marks[0] == 0 < marks[1]


# What is said


def test_the_finding_names_what_is_seen():
    traced = read("additive")
    said = call("stepFinding", traced, 4)
    row = traced["rows"][3]
    assert said.startswith(f"Step 4 of 11: {max(row):.2f} of the weight is on “gegeben”")
    assert "writes “gave”" in said
    assert "ends the sentence" in call("stepFinding", traced, 11)


def test_two_words_that_share_the_weight_are_both_named():
    traced = read("additive", CALLS_UP)
    t = traced["words"].index("calls") + 1
    said = call("stepFinding", traced, t)
    assert "“ruft”" in said and "“an”" in said


def test_a_fixed_vector_is_never_said_to_look():
    traced = read("fixed")
    for t in range(1, len(traced["words"]) + 1):
        said = call("stepFinding", traced, t)
        assert "nobody asks" in said and "of the weight" not in said
    assert "no weight" in call("linkFinding", traced, {"source": 3})


def test_a_word_that_is_pointed_at_says_where_it_counts():
    traced = read("additive")
    assert "“gave” (step 4, 0.9" in call("linkFinding", traced, {"source": 9})
    assert "no step looks at it" in call("linkFinding", traced, {"source": 1})
    assert call("linkFinding", traced, {"target": 3}) == call("stepFinding", traced, 4)
    said = call("linkFinding", traced, {"target": 3, "source": 9})
    assert said == f"Step 4: for “gave”, {traced['rows'][3][9]:.2f} of the weight is on “gegeben”."


def test_two_models_are_compared():
    pair = [read("additive", CALLS_UP), read("fixed", CALLS_UP)]
    said = call("compareFinding", pair, ["additive", "fixed"], 4)
    assert "additive looks at “ruft”" in said and "fixed never looks" in said
    assert "3 words differ" in said
    assert "has already ended" in call("compareFinding", pair, ["additive", "fixed"], 17)
    lost = [read(name, LOSES)["words"] for name in ("additive", "fixed")]
    assert ("not" in lost[0], "not" in lost[1]) == (True, False)
    first = call("firstDifference", *lost)
    assert lost[0][:first] == lost[1][:first] and lost[0][first] != lost[1][first]
    assert call("firstDifference", lost[0], lost[0]) == -1
    same = call("compareFinding", [read("dot"), read("additive")], ["dot", "additive"], 1)
    assert "Both translations are the same." in same


def longest_common(a, b):
    """Return the length of the longest list of words that both hold in their order."""
    for size in range(min(len(a), len(b)), -1, -1):
        held = set(combinations(b, size))
        if any(part in held for part in combinations(a, size)):
            return size
    return 0


def test_the_words_that_differ_are_the_fewest():
    rng = random.Random(0)
    for _ in range(200):
        a, b = ([rng.choice("abcd") for _ in range(rng.randrange(7))] for _ in range(2))
        flags = call("differingWords", a, b)
        common = [
            [word for word, differs in zip(words, marks, strict=True) if not differs]
            for words, marks in zip((a, b), flags, strict=True)
        ]
        assert common[0] == common[1]
        assert len(common[0]) == longest_common(a, b)


def test_known_words_can_be_typed():
    engine().run("function listed(name) { return knownWords(translators[name]); }")
    words = call("listed", "additive")
    assert len(words) > 100 and len(set(words)) == len(words)
    assert read("additive", " ".join(words[:40]))["note"] == ""
    assert not {"<unk>", "<pad>", "<sos>", "<eos>"} & set(words)


# Links


def test_a_source_word_lights_all_that_is_its_own():
    rows = read("additive")["rows"]
    focus = {"source": 9}
    lit = lambda **shape: call("isLit", shape, focus, rows, 3)  # noqa: E731
    for part in ("tokens", "states", "ribbons", "weights", "map"):
        assert [j for j in range(11) if lit(part=part, word=j)] == [9]
    assert [t for t in range(11) if lit(part="target", row=t)] == [
        t for t in range(11) if rows[t][9] >= 0.1
    ]
    assert [(t, j) for t in range(11) for j in range(11) if lit(part="map", row=t, word=j)] == [
        (t, 9) for t in range(11)
    ]


def test_a_target_word_lights_the_words_it_looked_at():
    rows = read("additive")["rows"]
    looked = [j for j in range(11) if rows[3][j] >= 0.1]
    for step in (3, 5):
        lit = lambda s=step, **shape: call("isLit", shape, {"target": 3}, rows, s)  # noqa: E731
        assert [j for j in range(11) if lit(part="tokens", word=j)] == looked
        ribbons = [j for j in range(11) if lit(part="ribbons", word=j)]
        assert ribbons == (looked if step == 3 else [])  # another step's ribbons are not its own
        assert [t for t in range(11) if lit(part="map", row=t)] == [3]


# Challenges


def met(traced, t, pinned=None):
    return {each["name"] for each in call("stepperChallenges", traced, t, pinned) if each["isMet"]}


def test_each_challenge_can_be_met_and_is_not_met_elsewhere():
    traced, shared = read("additive"), read("additive", CALLS_UP)
    tops = [heaviest(row) for row in traced["rows"]]
    jumps = [t for t in range(2, 12) if tops[t - 1] >= tops[t - 2] + 3]
    assert [t for t in range(1, 12) if "ahead" in met(traced, t)] == jumps != []
    for each in call("stepperChallenges", traced, 1, None):
        assert each["text"].endswith("?") == bool(each.get("answer"))
    assert traced["words"][jumps[0] - 1] == "gave"
    unseen = [j for j in range(11) if all(row[j] < 0.1 for row in traced["rows"])]
    assert [j for j in range(11) if "unseen" in met(traced, 1, j)] == unseen != []
    t = shared["words"].index("calls") + 1
    assert "shared" in met(shared, t)
    assert all("shared" not in met(traced, t) for t in range(1, 12))


def test_a_fixed_vector_meets_no_challenge():
    traced = read("fixed")
    assert all(met(traced, t, j) == set() for t in range(1, 12) for j in range(11))


def test_sentences_to_pick_are_known_to_the_model():
    engine().run("function picks(name, given) { return sentencesFor(translators[name], given); }")
    picks = call("picks", "additive", RUNNING)
    assert picks[0] == RUNNING and len(picks) == len(set(picks)) >= 3
    known = set(mini("additive").fields.source.vocab.itos)
    assert all(word in known for text in picks for word in text.split())
    assert call("picks", "additive", " ")[0] != " "


# Whatever people type


def odd_text(rng):
    ranges = [rng.choice((0x80, 0x3000, 0x110000)) for _ in range(rng.randrange(12))]
    letters = "".join(chr(rng.randrange(end)) for end in ranges)
    return rng.choice(("", " ", "die Frau ")) + letters + rng.choice((*ODD, "", " "))


@every_model
def test_no_text_breaks_it(name):
    rng = random.Random(name)
    texts = [*ODD, "", " ", "wort " * 1000, "x" * 10_000, *(odd_text(rng) for _ in range(60))]
    for (said, drawn, traced), text in zip(call("odd", name, texts, 1256), texts, strict=True):
        assert said, text
        assert "<script" not in drawn and "<img" not in drawn
        assert len(traced["source"]) <= 60
        if drawn:
            ElementTree.fromstring(drawn.encode("utf-8", "surrogatepass"))


# The Python class


def test_traits_are_checked():
    stepper = AttentionStepper({name: mini(name) for name in ("dot", "fixed")}, RUNNING)
    assert (stepper.model, stepper.compare, stepper.step) == ("dot", "", 1)
    stepper.model, stepper.compare, stepper.step = "fixed", "dot", 3
    for name, value in (("model", "additive"), ("compare", "none"), ("step", 0), ("sentence", 1)):
        with pytest.raises(Exception, match=name) as caught:
            setattr(stepper, name, value)
        assert type(caught.value).__name__ == "TraitError"
    with pytest.raises(Exception, match="read-only"):
        stepper.translation = ["a"]
    assert json.loads(json.dumps(stepper.page_options()))["step"] == 3


def test_wrong_arguments_are_refused():
    with pytest.raises(TypeError, match=r"fixed is a Transformer.*HeadViewer"):
        AttentionStepper({"fixed": Translator.load("mini-transformer")}, RUNNING)
    with pytest.raises(TypeError, match="text in German, not None"):
        AttentionStepper({"dot": toy_translator()}, None)


@pytest.mark.parametrize("step", [1, 4, 99])
def test_the_still_is_the_step(step):
    stepper = AttentionStepper({"additive": mini("additive")}, RUNNING, step)
    drawn, finding = stepper.picture()
    root = ElementTree.fromstring(drawn)
    assert (root.get("role"), root.get("width")) == ("img", "960")
    assert finding == call("stepFinding", read("additive"), min(step, 11))


def test_the_machine_is_shown_when_asked_for():
    stepper = AttentionStepper({"additive": mini("additive")}, RUNNING, 4)
    assert "softmax" not in stepper.picture()[0] and "machine" not in stepper.page_options()
    stepper.machine = True
    assert "softmax" in stepper.picture()[0] and stepper.page_options()["machine"] is True


def test_the_still_of_two_models_holds_both():
    stepper = AttentionStepper({name: mini(name) for name in NAMES}, CALLS_UP, 4, compare="dot")
    drawn, finding = stepper.picture()
    assert "fixed never looks" in finding and "dot looks at" in finding
    texts = "".join(ElementTree.fromstring(drawn).itertext())
    assert "fixed: today the teacher" in texts and "dot: today the teacher" in texts


@pytest.mark.parametrize("sentence", ["", " ", "\u200b"])
def test_without_words_the_still_says_what_to_do(sentence):
    drawn, finding = AttentionStepper({"dot": mini("dot")}, sentence).picture()
    assert finding == "Type a sentence in German."
    assert finding in "".join(ElementTree.fromstring(drawn).itertext())


def test_own_models_and_pieces_are_shown():
    for kind in NAMES:
        drawn, finding = AttentionStepper({"my own": toy_translator(kind)}, "eins zwei").picture()
        assert ElementTree.fromstring(drawn).get("role") == "img" and "Step 1 of" in finding


# A page


@pytest.fixture
def stepper():
    skip_without_browser()
    return AttentionStepper({name: mini(name) for name in ("additive", "dot", "fixed")}, RUNNING)


def finding(page):
    return page.locator(".at-finding")


def chip(page, name):
    return page.locator(".at-chips").get_by_role("button", name=name)


def weight_of(page, word):
    bar = page.locator(f"[data-part=weights] [data-weight][data-word='{word}']").first
    return float(bar.get_attribute("data-weight"))


def mini_words():
    return read("additive")["words"]


def dimmed(page):
    return page.locator(".at-drawing .at-dim").count()


WATCH = """async (word) => {
  const seen = [];
  const end = performance.now() + 900;
  document.querySelector("[data-next-button], .at-player button:nth-child(3)").click();
  while (performance.now() < end) {
    await new Promise(requestAnimationFrame);
    const bar = document.querySelector(`[data-part=weights] [data-weight][data-word="${word}"]`);
    if (bar) seen.push(Number(bar.dataset.weight));
  }
  return seen;
}"""


@pytest.mark.browser
def test_by_mouse(stepper, tmp_path):
    with open_page(stepper, tmp_path, "light") as page:
        expect(finding(page)).to_contain_text("Step 1 of 11")
        shown = page.locator(".at-chip").all_inner_texts()
        assert shown == ["yesterday", *["·····"] * 10]  # no word before it is predicted
        chip(page, "not yet written: step 3").click()
        assert page.locator(".at-chip").all_inner_texts()[:4] == [*mini_words()[:3], "·····"]
        page.mouse.move(1, 1)
        expect(finding(page)).to_contain_text("“Frau”")
        page.wait_for_timeout(600)
        seen = page.evaluate(WATCH, 9)  # the verb, which the next step looks at
        assert seen == sorted(seen) and seen[-1] > 0.9
        assert len({value for value in seen if 0.1 < value < 0.9}) >= 3
        expect(finding(page)).to_contain_text("writes “gave”")
        expect(page.locator("[data-challenge=ahead]")).to_have_attribute("data-met", "true")
        assert dimmed(page) == 0
        page.get_by_role("button", name="Show the machine").click()
        switch = page.get_by_role("button", name="open the score")
        assert page.locator("[data-inside=tanh]").count() == 0
        switch.click()
        expect(page.locator("[data-inside=tanh]")).to_be_attached()
        expect(switch).to_have_attribute("aria-pressed", "true")
        switch.press("Enter")
        expect(page.locator("[data-inside=tanh]")).to_have_count(0)
        page.get_by_role("button", name="Hide the machine").click()
        expect(page.locator("[data-part=softmax]")).to_have_count(0)
        page.get_by_role("button", name="hat, source word 2").hover()
        expect(finding(page)).to_contain_text("no step looks at it")
        assert dimmed(page) > 20
        assert page.locator(".at-drawing [data-part=tokens] [data-word='1'].at-dim").count() == 0
        page.mouse.down()
        page.mouse.up()
        page.mouse.move(1, 1)
        expect(page.locator("[data-challenge=unseen]")).to_have_attribute("data-met", "true")
        page.wait_for_timeout(100)
        assert dimmed(page) > 20  # it is pinned
        hat = page.get_by_role("button", name="hat, source word 2")
        for let_go in (
            lambda: hat.click(),
            lambda: page.keyboard.press("Escape"),
            lambda: page.locator(".at-more").click(position={"x": 2, "y": 2}),
            lambda: page.get_by_role("button", name="Next").click(),
            lambda: page.get_by_role("button", name="Play").click(),
        ):
            expect(hat).to_have_attribute("aria-pressed", "true")
            let_go()
            expect(hat).to_have_attribute("aria-pressed", "false")
            page.wait_for_timeout(100)
            assert dimmed(page) == 0
            expect(finding(page)).to_contain_text("Step ")
            hat.click()
        page.get_by_role("button", name="Pause").click()
        page.locator("[data-part=map] [data-row='1'][data-word='2']").hover()
        expect(page.locator("[data-cell='1 2']")).to_have_text(
            f"{read('additive')['rows'][1][2]:.2f}"
        )
        expect(finding(page)).to_contain_text("Step 2: for “the”")
        page.locator("[data-part=map] [data-row='1'][data-word='2']").click()
        page.mouse.move(1, 1)
        expect(chip(page, "the: step 2")).to_have_attribute("aria-current", "step")
        page.get_by_role("button", name="Reset").click()
        expect(finding(page)).to_contain_text("Step 1 of 11")
        assert dimmed(page) == 0
        assert page.locator("[data-met=true]").count() == 0


@pytest.mark.browser
def test_two_models_side_by_side_and_playing(stepper, tmp_path):
    with open_page(stepper, tmp_path, "light") as page:
        page.get_by_label("or pick").select_option(CALLS_UP)
        page.get_by_label("step", exact=True).fill("16")
        expect(chip(page, "calls: step 4")).to_be_visible()
        page.get_by_label("compare with").select_option("fixed")
        expect(page.locator(".at-panels figure")).to_have_count(2)
        expect(finding(page)).to_contain_text("3 words differ")
        first, second = page.locator(".at-panels figure").all()
        assert first.locator(".at-differs").all_inner_texts() == ["does", "not", "sleep"]
        assert second.locator(".at-differs").all_inner_texts() == ["sleeps"]
        assert second.locator("[data-part=softmax]").count() == 0
        first.get_by_role("button", name="ruft, source word 2").focus()
        expect(second.locator("[data-part=tokens] [data-word='0'].at-dim").first).to_be_attached()
        page.get_by_label("compare with").select_option("")
        expect(page.locator(".at-panels figure")).to_have_count(1)
        page.get_by_label("step", exact=True).fill("15")
        page.get_by_role("button", name="Play").click()
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        expect(finding(page)).to_contain_text("ends the sentence", timeout=10_000)
        expect(page.get_by_role("button", name="Play")).to_be_visible()
        expect(page.get_by_role("button", name="Next")).to_be_disabled()


def bottom(page):
    box = page.locator(".at-explorer").bounding_box()
    picture = page.locator(".at-picture").bounding_box()
    return picture["y"] + picture["height"] - box["y"]


@pytest.mark.browser
def test_a_comparison_opens_where_a_word_is_lost_and_all_fits(stepper, tmp_path):
    with open_page(stepper, tmp_path, "light") as page:
        assert bottom(page) <= 560
        page.get_by_label("compare with").select_option("fixed")
        expect(page.get_by_role("textbox")).to_have_value(LOSES)
        expect(finding(page)).to_contain_text("fixed never looks, and writes “never”")
        expect(page.locator(".at-player .at-note")).to_contain_text("Here they differ.")
        for panel in page.locator(".at-panels figure").all():
            assert "--at-highlight" in panel.locator("[data-part=target]").inner_html()
        assert page.locator("[data-met=true]").count() == 0
        page.wait_for_timeout(500)
        assert bottom(page) <= 560
        page.get_by_role("button", name="Large").click()
        page.wait_for_timeout(500)
        assert bottom(page) <= 720
        abouts = page.locator(".at-about").all_inner_texts()
        assert abouts[1] == "fixed: one summary of the sentence for all steps"


@pytest.mark.browser
def test_the_last_word_is_seen_whole_and_playing_meets_no_challenge(stepper, tmp_path):
    with open_page(stepper, tmp_path, "light") as page:
        page.get_by_role("button", name="Play").click()
        expect(finding(page)).to_contain_text("writes “gave”", timeout=10_000)
        page.get_by_role("button", name="Pause").click()
        assert page.locator("[data-met=true]").count() == 0
        page.get_by_label("step", exact=True).fill("11")
        page.wait_for_timeout(600)
        row, last = (
            page.locator(".at-chips").bounding_box(),
            chip(page, "<eos>: step 11").bounding_box(),
        )
        assert row["x"] <= last["x"]
        assert last["x"] + last["width"] <= row["x"] + row["width"] - 8
        page.get_by_role("button", name="Back").click()
        page.get_by_label("step", exact=True).fill("4")
        ahead = page.locator("[data-challenge=ahead]")
        expect(ahead).to_have_attribute("data-met", "true")
        expect(ahead).to_contain_text("German keeps a part of the verb for the end")


@pytest.mark.browser
def test_by_keyboard(stepper, tmp_path):
    with open_page(stepper, tmp_path, "dark") as page:
        page.emulate_media(reduced_motion="reduce")
        page.get_by_role("button", name="Next").press("Enter")
        expect(finding(page)).to_contain_text("Step 2 of 11")
        seen = page.evaluate(WATCH, 3)
        assert len(set(seen)) <= 2  # calm: from one step to the next at once
        page.get_by_label("step", exact=True).press("ArrowRight")
        expect(finding(page)).to_contain_text("Step 4 of 11")
        chip(page, "gave: step 4").press("ArrowRight")
        expect(chip(page, "not yet written: step 5")).to_be_focused()
        expect(finding(page)).to_contain_text("Step 4 of 11")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Back").press("Enter")
        expect(page.locator("[data-challenge=ahead]")).to_have_attribute("data-met", "true")
        chip(page, "gave: step 4").press("ArrowRight")
        expect(chip(page, "the: step 5")).to_be_focused()
        expect(finding(page)).to_contain_text("Step 5 of 11")
        page.keyboard.press("Enter")
        expect(chip(page, "the: step 5")).to_have_attribute("aria-current", "step")
        page.get_by_role("button", name="gestern, source word 1").press("ArrowRight")
        expect(finding(page)).to_contain_text("“hat”: no step looks at it")
        page.keyboard.press("Space")
        hat = page.get_by_role("button", name="hat, source word 2")
        expect(hat).to_have_attribute("aria-pressed", "true")
        expect(page.locator("[data-challenge=unseen]")).to_have_attribute("data-met", "true")
        words = page.get_by_text("words it knows")
        words.press("Enter")
        expect(page.get_by_text("aber alt alte")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_text("aber alt alte")).to_be_hidden()
        box = page.get_by_role("textbox")
        box.fill("")
        expect(page.locator(".at-sentence")).to_contain_text("Type a sentence in German.")
        box.fill('<img src=x onerror="document.title=1"> Anna')
        box.press("Enter")
        expect(page.locator(".at-sentence")).to_contain_text("does not know")
        expect(finding(page)).to_contain_text("Step 1 of")
        assert page.locator("img").count() == 0 and page.title() == "AttentionStepper"
        page.get_by_role("button", name="Reset").press("Enter")
        expect(box).to_have_value(RUNNING)
        expect(finding(page)).to_contain_text("Step 1 of 11")


@pytest.mark.browser
@pytest.mark.parametrize("words", [2, 60])
def test_short_and_long_sentences_fit(words, tmp_path):
    skip_without_browser()
    text = " ".join((RUNNING.split()[:-1] * 6)[:words])
    with open_page(AttentionStepper({"dot": mini("dot")}, text, 2), tmp_path) as page:
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        page.locator("[data-part=tokens] [data-word='1']").first.hover(force=True)
        expect(finding(page)).to_contain_text("Source word 2")
        assert math.isfinite(weight_of(page, 0)) or page.locator("[data-weight]").count() > 0
