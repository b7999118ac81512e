"""The beam explorer: its tree is the search's, it fits a screen, mouse and keys reach all."""

import math
import random
from itertools import pairwise
from xml.etree import ElementTree

import pytest
import traitlets
from examples import EXAMPLES
from explorers import open_page, translator_of
from lab import skip_without_browser
from playwright.sync_api import expect
from toy import toy_translator

from utils.system.paths import DATA
from utils.translator import Translator
from utils.widgets import BeamExplorer
from utils.widgets.engine import Engine
from utils.widgets.scripts import bundle
from utils.widgets.weights import pack_translator

SENTENCE = "Anna sagt , dass der Mann das Buch liest ."
LONG = "der Mann , den Anna sieht , liest das Buch , weil er wartet ."
FOREVER = 1e9  # as in beamtree.js
ROOM = {"width": 1256, "tall": 404}  # what a picture has of 1280 × 560 pixels
CALLS = """
let translator = null;
function open() {
  translator = new Translator(registeredModels().shown);
}
function look(text, beamSize, rho = 1, step = null) {
  return beamView(translator, translator.read(text), { beamSize, rho, step });
}
function ranks(view, rho) {
  return rankAt(view.search, view.search.columns.length, view.beamSize, rho).map(({ end }) => end);
}
function greedyWay(view) {
  return view.nodes.filter(({ isGreedy }) => isGreedy).map(({ index }) => index);
}
function meets(view, did, smaller = null) {
  const met = beamChallenges(view, did, smaller).filter(({ isMet }) => isMet);
  return Object.fromEntries(met.map(({ name, answer }) => [name, answer]));
}
function placed(view, room) {
  const { yOf, ...place } = scrollBeam(layoutBeam(view, room), room.shift ?? 0, room.width);
  return place;
}
function scrolled(view, room, shift) {
  return drawBeam(view, scrollBeam(layoutBeam(view, room), shift, room.width));
}
function drawn(view, room) {
  return drawBeam(view, layoutBeam(view, room));
}
function handlesOf(view, room) {
  return beamHandles(view, layoutBeam(view, room));
}
function goTo(view, index, right, down, room) {
  return neighborOf(view, index, right, down, layoutBeam(view, room));
}
"""


def engine_with(translator):
    modules = ("explorers/beamview.js", "explorers/beamhandles.js", "model/translator.js")
    engine = Engine(bundle(*modules), CALLS, pack_translator(translator).as_script("shown"))
    engine.call("open")
    return engine


@pytest.fixture(scope="module")
def mini():
    with engine_with(Translator.load("mini-dot")) as engine:
        yield engine.call


@pytest.fixture(scope="module")
def fixed():
    with engine_with(Translator.load("mini-fixed")) as engine:
        yield engine.call


@pytest.fixture(scope="module")
def captions():
    with engine_with(Translator.load("multi30k-additive")) as engine:
        yield engine.call


def caption(number):
    return (DATA / "captions" / "test.de").read_text("utf-8").splitlines()[number]


def path(nodes, index):
    """Return the indexes from the root's first child to a node."""
    found = []
    while nodes[index]["parent"] >= 0:
        found.insert(0, index)
        index = nodes[index]["parent"]
    return found


# The tree


@pytest.mark.parametrize("beam_size", [1, 3, 10])
@pytest.mark.parametrize("rho", [0.0, 1.0])
def test_the_tree_ends_in_the_translations_of_beam_search(mini, beam_size, rho):
    translator = translator_of("mini-dot", half=True)
    for sentence in (SENTENCE, LONG):
        view = mini("look", sentence, beam_size, rho)
        (expected,) = translator.n_best([sentence], beam_size, length_normalization=rho)
        ends = {node["end"]: node for node in view["nodes"] if node["end"] >= 0}
        found = [ends[end] for end in mini("ranks", view, rho)]
        assert len(found) == len(expected)
        for end, other in zip(found, expected, strict=True):
            *words, _ = path(view["nodes"], end["index"])
            assert tuple(view["nodes"][at]["text"] for at in words) == other.tokens
            assert end["score"] == pytest.approx(other.score, abs=1e-3)
            assert view["texts"][end["end"]] == str(other)


def test_the_probabilities_along_a_path_give_its_score(mini):
    nodes = mini("look", SENTENCE, 5)["nodes"]
    for node in nodes:
        product = math.prod(nodes[at]["p"] for at in path(nodes, node["index"]))
        assert product == pytest.approx(math.exp(node["score"]), rel=1e-6)


def test_a_beginning_is_dead_once_no_column_goes_on_with_it(mini):
    view = mini("look", LONG, 5)
    nodes = view["nodes"]
    for node in nodes:
        below = [other for other in nodes if node["index"] in [*path(nodes, other["index"]), 0]]
        if any(other["end"] >= 0 for other in below):
            assert node["last"] == FOREVER
        else:
            assert node["last"] == max(other["t"] for other in below)


@pytest.mark.parametrize("beam_size", range(1, 11))
def test_no_two_branches_share_a_place(mini, beam_size):
    for sentence in (SENTENCE, LONG):
        view = mini("look", sentence, beam_size)
        lanes = mini("placed", view, {"width": 9999, "tall": 9999})["lanes"]
        assert lanes["hidden"] == 0
        taken = [
            (lanes["laneOf"][node["index"]], node["t"]) for node in view["nodes"] if node["t"] >= 0
        ]
        assert len(taken) == len(set(taken))
        assert {lane for lane, _ in taken} == set(range(lanes["lanes"]))


def test_words_without_a_branch_between_them_are_one_box(mini):
    view = mini("look", LONG, 4)
    nodes = view["nodes"]
    place = mini("placed", view, {"width": 9999, "tall": 9999})
    words = [at for run in place["runs"] for at in run["nodes"]]
    assert sorted(words) == [n["index"] for n in nodes if n["end"] < 0 and n["t"] >= 0]
    for run in place["runs"]:
        for before, after in pairwise(run["nodes"]):
            assert nodes[before]["children"] == [after]
        last = nodes[run["nodes"][-1]]
        children = [nodes[child] for child in last["children"]]
        assert len(children) != 1 or children[0]["end"] >= 0


def test_the_winner_changes_where_the_track_says(mini):
    draw = random.Random(0)
    for _ in range(50):
        ended = [
            {"score": -draw.uniform(0.1, 9), "length": draw.randint(1, 30)}
            for _ in range(draw.randint(1, 8))
        ]
        stretches = mini("winnersByRho", ended, 1.5)
        assert [stretches[0]["from"], stretches[-1]["to"]] == [0, 1.5]
        for before, after in pairwise(stretches):
            assert before["to"] == after["from"]
            assert before["end"] != after["end"]
        for stretch in stretches:
            for share in (0.01, 0.5, 0.99):
                rho = stretch["from"] + share * (stretch["to"] - stretch["from"])
                values = [each["score"] / each["length"] ** rho for each in ended]
                assert values[stretch["end"]] == pytest.approx(max(values), rel=1e-9)


# The picture


@pytest.mark.parametrize("number", [2, 3, 8])
def test_a_caption_fits_on_a_screen(captions, number):
    for beam_size in (1, 5, 10):
        view = captions("look", caption(number), beam_size)
        place = captions("placed", view, ROOM)
        assert place["width"] <= ROOM["width"]
        assert place["height"] <= ROOM["tall"]
        assert beam_size > 5 or not any(column["isFold"] for column in place["columns"])
        assert beam_size > 5 or place["lanes"]["hidden"] == 0


def test_what_is_folded_can_be_opened(captions):
    view = captions("look", caption(8), 10)
    folded = [c for c in captions("placed", view, ROOM)["columns"] if c["isFold"]]
    assert folded
    opened = {**view, "opened": list(range(folded[0]["from"], folded[0]["to"] + 1))}
    columns = captions("placed", opened, ROOM)["columns"]
    assert all(not c["isFold"] for c in columns if c["from"] in opened["opened"])
    names = [handle["id"] for handle in captions("handlesOf", view, ROOM)]
    assert f"fold {folded[0]['from']} {folded[0]['to']}" in names


def test_a_tree_without_room_beside_its_ranking_stands_above_it(captions):
    large = {"width": 897, "tall": 280}
    place = captions("placed", captions("look", caption(8), 3), large)
    assert place["width"] <= large["width"]
    assert place["panel"]["y"] > place["top"] + place["lanes"]["lanes"] * place["pitch"]


def test_the_newest_words_are_never_folded(mini):
    steps = len(mini("look", LONG, 5)["search"]["columns"])
    for step in range(1, steps):
        columns = mini("placed", mini("look", LONG, 5, 1, step), {"width": 800, "tall": 428})
        (front,) = (c for c in columns["columns"] if c["from"] <= step - 1 <= c["to"])
        assert not front["isFold"]
    assert steps > 10


def test_a_narrow_tree_is_whole_and_scrolls(mini):
    view = mini("look", LONG, 5)
    narrow = {"width": 336, "tall": 9999}
    place = mini("placed", view, narrow)
    assert not any(column["isFold"] for column in place["columns"])
    assert place["width"] > narrow["width"]
    moved = mini("placed", view, {**narrow, "shift": 200})
    assert moved["columns"] == place["columns"]
    for part in ("panel", "strip"):
        assert moved[part]["x"] == place[part]["x"] + 200
        assert place[part]["x"] + place[part]["width"] <= narrow["width"]


def test_what_is_out_of_sight_is_not_drawn(mini):
    view = mini("look", LONG, 5)
    narrow = {"width": 336, "tall": 9999}
    place = mini("placed", view, {**narrow, "shift": 400})
    drawn = ElementTree.fromstring(mini("scrolled", view, narrow, 400))
    words = {int(e.get("data-word")) for e in drawn.iter() if e.get("data-word")}
    seen = {
        node["index"]
        for node in view["nodes"]
        if node["t"] >= 0 and node["end"] < 0
        for column in [place["columnOf"][node["t"]]]
        if column["x"] + column["width"] >= 400 and column["x"] <= 736
    }
    assert seen <= words
    assert len(words) < len(view["nodes"]) / 2


def test_a_branch_is_as_thick_as_its_word_is_probable(mini):
    view = mini("look", SENTENCE, 4)
    picture = ElementTree.fromstring(mini("drawn", view, {"width": 9999, "tall": 9999}))
    shown = [
        (view["nodes"][int(e.get("data-branch"))]["p"], float(e.get("stroke-width")))
        for e in picture.iter()
        if e.get("data-branch")
    ]
    assert len(shown) >= len([n for n in view["nodes"] if n["t"] >= 0 and n["end"] < 0])
    widths = [width for _, width in sorted(shown)]
    assert widths == sorted(widths)
    assert widths[-1] > 3 * widths[0]


@pytest.mark.parametrize("beam_size", [3, 10])
def test_the_ranking_says_the_translations(mini, beam_size):
    view = mini("look", SENTENCE, beam_size)
    picture = ElementTree.fromstring(mini("drawn", view, ROOM))
    rows = [e for e in picture.iter() if e.get("data-rank")]
    winners = [view["texts"][end] for end in mini("ranks", view, 1)]
    assert len(rows) == len(winners)
    for row, text in zip(rows, winners, strict=True):
        said = [e.text for e in row.iter() if e.tag.endswith("text")]
        assert any(each.strip("… ") and each.strip("… ") in text for each in said[1:])


def test_a_cross_stands_on_no_word(mini):
    view = mini("look", LONG, 4)
    room = {"width": 9999, "tall": 9999}
    place = mini("placed", view, room)
    picture = ElementTree.fromstring(mini("drawn", view, room))
    dead = [e for e in picture.iter() if e.get("data-dead")]
    crosses = [(e, p) for e in dead for p in e if (p.get("d") or "").count("M") == 2]
    assert crosses
    for group, cross in crosses:
        box = group[0]
        left = float(cross.get("d")[1:].split()[0])
        assert left > float(box.get("x")) + float(box.get("width")) + 2
        assert left + 8 <= float(box.get("x")) + float(box.get("width")) + place["gap"]


def test_each_word_that_is_drawn_has_a_handle_and_no_other(mini):
    view = mini("look", LONG, 4, 1, 6)
    picture = ElementTree.fromstring(mini("drawn", view, ROOM))
    ends = {node["end"]: node["index"] for node in view["nodes"] if node["end"] >= 0}
    words = {int(e.get("data-word")) for e in picture.iter() if e.get("data-word")}
    words |= {ends[int(e.get("data-end"))] for e in picture.iter() if e.get("data-end")}
    handles = {h["id"] for h in mini("handlesOf", view, ROOM)}
    assert {f"node {at}" for at in words} == {h for h in handles if h.startswith("node")} != set()
    assert all(view["nodes"][index]["t"] < 6 for index in words)


def test_dead_ends_fade(mini):
    view = mini("look", LONG, 4)
    svg = "{http://www.w3.org/2000/svg}"
    picture = ElementTree.fromstring(mini("drawn", view, {"width": 9999, "tall": 9999}))
    dead = {
        int(group.get("data-run"))
        for group in picture.iter(f"{svg}g")
        if group.get("data-dead") == "true"
    }
    runs = mini("placed", view, {"width": 9999, "tall": 9999})["runs"]
    finite = {run["nodes"][0] for run in runs if view["nodes"][run["nodes"][-1]]["last"] < FOREVER}
    assert dead == finite != set()


def test_arrows_lead_along_the_tree(mini):
    view = mini("look", SENTENCE, 3)
    nodes = view["nodes"]
    first = nodes[0]["children"][0]
    at = first
    for _ in range(30):
        further = mini("goTo", view, at, 1, 0, ROOM)
        if further == at:
            break
        assert nodes[further]["parent"] == at
        assert mini("goTo", view, further, -1, 0, ROOM) == at
        at = further
    assert nodes[at]["end"] >= 0
    below = mini("goTo", view, first, 0, 1, ROOM)
    assert below != first
    assert nodes[below]["t"] == 0
    assert mini("goTo", view, below, 0, -1, ROOM) == first


# What it says


def test_the_finding_names_the_winner_and_where_rho_changes_it(captions):
    view = captions("look", caption(8), 3, 1.0)
    finding = captions("beamFinding", view)
    (best, *_) = Translator.load("multi30k-additive").n_best([caption(8)], 3)[0]
    mean = math.exp(best.score / view["search"]["ended"][captions("ranks", view, 1)[0]]["length"])
    share = f"{mean:.0%}".replace("%", "\u00a0%")
    assert finding.startswith(f"“{best}” wins, {share} per piece on average (K = 3, ρ = 1.00).")
    edge = view["winners"][0]["to"]
    assert f"below ρ = {edge:.2f}" in finding
    assert "beginnings died" in finding
    other = captions("look", caption(8), 3, max(edge - 0.05, 0))
    assert not captions("beamFinding", other).startswith(f"“{best}” wins")


def test_where_nothing_changes_the_finding_names_the_runner_up(captions):
    view = captions("look", caption(2), 3)
    first, second = captions("ranks", view, 1)[:2]
    finding = captions("beamFinding", view)
    said = finding.split(", and “")[-1].split("”")[0]
    assert said.startswith("… ")
    assert view["texts"][second].endswith(said.removeprefix("…"))
    assert not view["texts"][first].endswith(said.removeprefix("…"))
    ended = view["search"]["ended"]
    times = math.exp(ended[first]["score"] - ended[second]["score"])
    assert f"is {times:.1f} times less probable" in finding
    died = sum(branch["to"] < FOREVER for branch in view["branches"])
    assert f"{died} beginnings died" in finding


def test_the_example_has_a_winner_that_greedy_search_misses():
    example = EXAMPLES["beam"]()
    (_, finding), greedy = example.picture(), BeamExplorer(example.translator, example.sentence)
    greedy.beam_size = 1
    (best, _), (lost, _) = example.translations[0], greedy.translations[0]
    assert (best, lost) == ("at the station Lena reads.", "at the station Max reads.")
    assert finding.startswith(f"“{best}” wins")
    assert "Greedy search takes “Max” (41\u00a0%) over “Lena” (39\u00a0%)" in finding
    assert f"ends in “{lost}”" in finding


def test_greedy_searchs_way_is_marked(fixed):
    sentence = EXAMPLES["beam"]().sentence
    view = fixed("look", sentence, 3)
    nodes, way = view["nodes"], fixed("greedyWay", view)
    for index in way:
        siblings = [nodes[child]["p"] for child in nodes[nodes[index]["parent"]]["children"]]
        assert nodes[index]["p"] == max(siblings)
    words = [nodes[index]["text"] for index in way if nodes[index]["end"] < 0]
    (greedy,) = translator_of("mini-fixed", half=True).translate([sentence])
    assert tuple(words) == greedy.tokens
    picture = ElementTree.fromstring(fixed("drawn", view, ROOM))
    marked = [e for e in picture.iter() if e.get("data-greedy")]
    dashed = [e.get("data-run") for e in marked if e.get("data-run")]
    assert {nodes[int(first)]["text"] for first in dashed} == {"Max", "reads", "."}
    assert [e.text for e in marked if e.text] == ["greedy"]


@pytest.mark.parametrize("rho", [0, 0.5, 1, 1.5])
def test_bars_are_as_long_as_the_scores_say(fixed, rho):
    view = fixed("look", EXAMPLES["beam"]().sentence, 3, rho)
    picture = ElementTree.fromstring(fixed("drawn", view, ROOM))
    bars = [e for e in picture.iter() if e.get("data-bar")]
    shares = [float(bar.get("data-bar")) for bar in bars]
    ended = view["search"]["ended"]
    values = [math.exp(each["score"] / each["length"] ** rho) for each in ended]
    assert shares == pytest.approx(sorted(values, reverse=True), abs=1e-5)
    widths = [float(bar.get("width")) / float(bars[0].get("width")) for bar in bars]
    assert widths == pytest.approx([share / shares[0] for share in shares], abs=1e-3)


def test_before_one_is_finished_the_beginnings_compete(fixed):
    view = fixed("look", EXAMPLES["beam"]().sentence, 3, 1, 4)
    picture = ElementTree.fromstring(fixed("drawn", view, ROOM))
    rows = [e for e in picture.iter() if e.get("data-alive")]
    said = [" ".join(e.text for e in row.iter() if e.text) for row in rows]
    assert [text.split(" …")[0].split()[-1] for text in said] == ["Max", "Lena", "Tom"]
    shares = [float(e.get("data-bar")) for row in rows for e in row if e.get("data-bar")]
    live = [math.exp(each["score"]) for each in view["search"]["columns"][3]]
    assert shares == pytest.approx(live, abs=1e-5)


@pytest.mark.parametrize("room", [ROOM, {"width": 800, "tall": 404}], ids=["wide", "narrow"])
def test_no_winner_is_ever_folded(mini, captions, room):
    for js, sentence in ((mini, LONG), (captions, caption(8)), (captions, caption(3))):
        view = js("look", sentence, 10)
        picture = ElementTree.fromstring(js("drawn", view, room))
        drawn = {int(e.get("data-word")) for e in picture.iter() if e.get("data-word")}
        for stretch in view["winners"]:
            (end,) = [node for node in view["nodes"] if node["end"] == stretch["end"]]
            assert set(path(view["nodes"], end["index"])[:-1]) <= drawn


# Challenges


def test_what_the_reader_did_not_do_meets_no_challenge(fixed):
    sentence = EXAMPLES["beam"]().sentence
    for beam_size, rho, step in ((2, 1, None), (3, 0, None), (3, 1, 4)):
        assert fixed("meets", fixed("look", sentence, beam_size, rho, step), {}) == {}
    dragged = fixed("look", sentence, 2, 0.4)
    assert "greedy" not in fixed("meets", dragged, {"rho": True})


def test_the_smallest_beam_that_beats_greedy_search_meets_its_challenge(fixed):
    views = [fixed("look", EXAMPLES["beam"]().sentence, size) for size in (1, 2, 3)]
    did = {"beamSize": True}
    met = [
        fixed("meets", view, did, smaller)
        for view, smaller in zip(views, [None, *views], strict=False)
    ]
    assert [list(each) for each in met] == [[], ["greedy"], []]
    assert met[1]["greedy"].startswith("K = 2 is enough")


def test_a_leader_that_loses_meets_its_challenge(captions):
    whole = captions("look", caption(8), 3)
    winner = whole["texts"][captions("ranks", whole, 1)[0]]
    met = []
    for step in range(1, len(whole["search"]["columns"]) + 1):
        view = captions("look", caption(8), 3, 1, step)
        leading = captions("beginningText", view, captions("leaderOf", view))
        done = captions("meets", view, {"step": True})
        is_whole = step == len(whole["search"]["columns"])
        begins = winner.startswith(leading.removesuffix(" ."))
        assert ("overtaken" in done) == (not is_whole and not begins)
        assert leading in done.get("overtaken", leading)
        met.append("overtaken" in done)
    assert True in met
    assert False in met


def test_a_shorter_winner_meets_its_challenge(captions):
    for rho in (0, 1):
        view = captions("look", caption(8), 3, rho)
        assert ("shorter" in captions("meets", view, {"rho": True})) == (rho == 0)


def test_greedy_search_never_differs_from_itself(mini):
    for sentence in (SENTENCE, LONG):
        assert "greedy" not in mini("meets", mini("look", sentence, 1), {"beamSize": True})


def test_greedy_search_can_miss_the_winner(captions):
    found = set()
    for number in range(8):
        view = captions("look", caption(number), 5)
        differs = view["texts"][captions("ranks", view, 1)[0]] != view["greedy"]["text"]
        assert ("greedy" in captions("meets", view, {"beamSize": True})) == differs
        found.add(differs)
    assert found == {True, False}


# In Python


def test_the_translations_are_those_of_the_traits():
    explorer = BeamExplorer(Translator.load("mini-dot"), SENTENCE, beam_size=2)
    assert len(explorer.translations) == 2
    explorer.beam_size, explorer.rho, explorer.sentence = 4, 0.0, LONG
    (expected,) = explorer.translator.n_best([LONG], 4, length_normalization=0.0)
    assert explorer.translations == [(str(t), t.score) for t in expected]


def test_a_still_shows_the_step_that_is_chosen():
    explorer = BeamExplorer(toy_translator(), "eins zwei drei", step=2)
    picture, finding = explorer.picture()
    assert finding.startswith("Step 2 of ")
    ElementTree.fromstring(picture)
    explorer.step = None
    assert "(K = 3, ρ = 1.00)" in explorer.picture()[1]


@pytest.mark.parametrize(
    "typed",
    ["", " \n", "\ud800", "<script>alert(1)</script>", "eins " * 1000, "x" * 100_000, "▁ \x00"],
    ids=range(7),
)
def test_whatever_is_typed_is_answered_and_never_run(typed):
    picture, finding = BeamExplorer(toy_translator(), typed).picture()
    assert finding
    assert "<script" not in picture
    ElementTree.fromstring(picture)


def test_wrong_arguments_are_named():
    with pytest.raises(TypeError, match=r"a single translator, such as"):
        BeamExplorer("mini-dot", SENTENCE)
    with pytest.raises(TypeError, match=r"the sentence must be text in"):
        BeamExplorer(toy_translator(), 3)
    for wrong in ({"beam_size": 11}, {"rho": 2.0}, {"step": 0}):
        with pytest.raises(traitlets.TraitError):
            BeamExplorer(toy_translator(), SENTENCE, **wrong)


# In a page


def make():
    return BeamExplorer(Translator.load("mini-dot"), SENTENCE)


@pytest.mark.browser
def test_by_mouse(tmp_path):
    skip_without_browser()
    with open_page(make(), tmp_path, "light") as page:
        finding, details = page.locator(".at-finding"), page.locator("[data-part=details]")
        before = details.text_content()
        page.get_by_role("button", name="“that” after “Anna says”").first.hover()
        expect(details).to_contain_text("“that” after “Anna says”: p = ")
        assert details.text_content() != before
        page.get_by_role("slider", name="Beam size K").fill("5")
        expect(finding).to_contain_text("K = 5")
        expect(page.locator("[data-rank]")).to_have_count(5)
        knob = page.get_by_role("slider", name="Length normalization ρ").bounding_box()
        page.mouse.move(knob["x"] + 22, knob["y"] + 22)
        page.mouse.down()
        page.mouse.move(knob["x"] - 400, knob["y"] + 22, steps=5)
        page.mouse.up()
        expect(finding).to_contain_text("ρ = 0.00")
        page.get_by_label("German sentence").fill("<img src=x onerror=alert(1)>")
        expect(page.get_by_text("The model does not know")).to_be_visible()
        page.get_by_role("button", name="Reset").click()
        expect(finding).to_contain_text("K = 3, ρ = 1.00")
        page.get_by_role("button", name="Play").click()
        expect(finding).to_contain_text("Step 1 of")
        page.get_by_role("button", name="Stop").click()


@pytest.mark.browser
def test_it_opens_where_greedy_search_goes_astray_and_plays_on(tmp_path):
    skip_without_browser()
    with open_page(EXAMPLES["beam"](), tmp_path, "light") as page:
        finding = page.locator(".at-finding")
        expect(finding).to_contain_text("“at the station Max” leads")
        page.get_by_role("button", name="Play").click()
        expect(finding).to_contain_text("“at the station Lena")
        page.get_by_role("button", name="Reset").click()
        expect(finding).to_contain_text("“at the station Max” leads")


@pytest.mark.browser
def test_challenges_are_met_by_hand_and_nothing_moves(tmp_path):
    skip_without_browser()
    with open_page(EXAMPLES["beam"](), tmp_path, "light") as page:
        challenge = page.locator("[data-challenge=greedy]")
        top = page.locator(".at-picture").bounding_box()["y"]
        page.get_by_role("slider", name="Length normalization ρ").press("ArrowLeft")
        expect(page.locator(".at-finding")).to_contain_text("ρ = 0.95")
        expect(challenge).to_have_attribute("data-met", "false")
        page.get_by_role("slider", name="Beam size K").fill("2")
        expect(challenge).to_have_attribute("data-met", "true")
        expect(challenge).to_contain_text("K = 2 is enough")
        page.get_by_role("slider", name="Step").fill("4")
        expect(page.locator("[data-challenge=overtaken]")).to_contain_text("“at the station Max”")
        expect(page.locator("[data-alive]")).to_have_count(2)
        page.get_by_label("or pick").select_option(index=3)
        expect(page.locator(".at-finding")).to_contain_text("because Anna was old.")
        assert page.locator(".at-picture").bounding_box()["y"] == top
        page.get_by_role("button", name="Reset").click()
        expect(challenge).to_have_attribute("data-met", "false")


@pytest.mark.browser
def test_by_keys(tmp_path):
    skip_without_browser()
    with open_page(make(), tmp_path, "dark") as page:
        finding, details = page.locator(".at-finding"), page.locator("[data-part=details]")
        page.get_by_role("button", name="Play").focus()
        page.keyboard.press("Tab")
        expect(details).to_contain_text("over")  # the winner's end
        page.keyboard.press("ArrowLeft")
        expect(details).to_contain_text("“.” after")
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="died soon: show")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("slider", name="Length normalization ρ")).to_be_focused()
        page.keyboard.press("Shift+ArrowLeft")
        expect(finding).to_contain_text("ρ = 0.75")
        page.get_by_role("slider", name="Step").focus()
        page.keyboard.press("Home")
        expect(finding).to_contain_text("Step 1 of")
        page.keyboard.press("ArrowRight")
        expect(finding).to_contain_text("Step 2 of")
        expect(page.locator("[data-rank]")).to_have_count(0)
        page.get_by_role("slider", name="Beam size K").focus()
        page.keyboard.press("Home")
        page.get_by_role("slider", name="Step").focus()
        page.keyboard.press("End")
        expect(finding).to_contain_text("K = 1")
        expect(finding).to_contain_text("This is greedy search")
