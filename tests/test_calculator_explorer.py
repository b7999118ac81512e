"""The score calculator: numbers are the series', drawings are true, hands and keys move it."""

import math
import re

import pytest
import torch
import traitlets
from explorers import open_page
from hypothesis import given, settings
from hypothesis import strategies as st
from lab import skip_without_browser
from playwright.sync_api import expect

from utils.models.attention import ATTENTIONS
from utils.widgets.calculator import KINDS, MOST_WORDS, ScoreCalculator
from utils.widgets.live import engine_of

WORDS = ["zhīshi", "jiùshì", "lìliàng"]
MEMORY, QUERY = [[2.0, 0.0], [2.0, 2.0], [0.0, 2.0]], [1.0, -1.0]
ROOM = {"width": 960, "tall": 480}
ODD = ["<img src=x onerror=alert(1)>", "_{1}", "", "الكتاب", "x" * 300, "&amp; \u202e"]

call = engine_of("calculator").call


def state_of(kind="dot", memory=MEMORY, query=QUERY, mask=None, temperature=1.0, words=None):
    words = [f"w{j}" for j in range(len(memory))] if words is None else words
    mask = [True] * len(words) if mask is None else mask
    numbers = {"memory": memory, "query": query, "mask": mask}
    return {**numbers, "words": words, "kind": kind, "temperature": temperature}


# --- numbers ---

NUMBERS = st.floats(-3, 3, allow_nan=False)
PAIRS = st.lists(NUMBERS, min_size=2, max_size=2)


@st.composite
def states(draw):
    memory = draw(st.lists(PAIRS, min_size=1, max_size=8))
    mask = draw(st.lists(st.booleans(), min_size=len(memory), max_size=len(memory)))
    mask[draw(st.integers(0, len(memory) - 1))] = True
    temperature = draw(st.floats(0.1, 5))
    return state_of(draw(st.sampled_from(KINDS)), memory, draw(PAIRS), mask, temperature)


def by_torch(state):
    """Return scores, weights and context as utils.models.attention has them, in 64 bits."""
    attention = ATTENTIONS[state["kind"]](2, 2).double()
    given = call("calculatorWeights", state["kind"])
    attention.load_state_dict({name: torch.tensor(each).double() for name, each in given.items()})
    query, memory = (torch.tensor(state[name], dtype=torch.float64) for name in ("query", "memory"))
    mask = torch.tensor(state["mask"])
    with torch.no_grad():
        scores = attention.score(query[None], attention.project(memory[None]))[0]
        if state["temperature"] == 1:
            context, weights = attention(query[None], memory[None], mask[None])
            return scores, weights[0], context[0]
    divided = (scores / state["temperature"]).masked_fill(~mask, -torch.inf)
    weights = divided.softmax(dim=0)
    return scores, weights, weights @ memory


@settings(max_examples=200, deadline=None)
@given(states(), st.booleans())
def test_numbers_are_those_of_the_series(state, is_divided):
    state = state if is_divided else {**state, "temperature": 1.0}
    found = call("scoreWords", state)
    for name, expected in zip(("scores", "weights", "context"), by_torch(state), strict=True):
        found_here = torch.tensor(found[name], dtype=torch.float64)
        torch.testing.assert_close(found_here, expected, atol=1e-6, rtol=0)
    masked = [a for a, real in zip(found["weights"], state["mask"], strict=True) if not real]
    assert masked == [0] * len(masked)


def test_cells_read_what_the_browser_computes():
    calculator = ScoreCalculator(WORDS, MEMORY, query=(1, -1))
    assert calculator.scores == [2, 0, -2]
    powers = [math.exp(2), 1, math.exp(-2)]
    assert calculator.weights == pytest.approx([p / sum(powers) for p in powers], abs=1e-6)
    calculator.query = (-1, 1)
    assert calculator.scores == [-2, 0, 2]
    calculator.mask = [True, False, False]
    assert calculator.weights == [1, 0, 0]
    assert calculator.context == [2, 0]
    calculator.mask = [False] * 3
    assert calculator.weights is calculator.context is None


def test_the_plane_ends_at_three():
    calculator = ScoreCalculator(["a"], [(7, -7)], (4, 0))
    assert (calculator.memory, calculator.query) == ([[3, -3]], [3, 0])
    calculator.query = (0, -9)
    assert calculator.query == [0, -3]


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        ("query", [1]),
        ("query", ["x", "y"]),
        ("query", [math.nan, 0]),
        ("memory", [[1, 2]]),
        ("mask", [True]),
        ("words", ["one"]),
        ("kind", "cosine"),
        ("temperature", "hot"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_changes(trait, value):
    calculator = ScoreCalculator(WORDS, MEMORY, QUERY)
    before = getattr(calculator, trait)
    with pytest.raises(traitlets.TraitError, match=trait):
        setattr(calculator, trait, value)
    assert getattr(calculator, trait) == before


def test_more_arrows_than_anybody_can_tell_apart_are_refused():
    count = MOST_WORDS + 1
    with pytest.raises(ValueError, match=f"give {MOST_WORDS} at most"):
        ScoreCalculator(["a"] * count, [(1, 1)] * count, (1, 0))


# --- what is said ---


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (
            state_of(words=WORDS),
            "zhīshi wins with 0.87 of the weight: its score, 2, is the largest.",
        ),
        (state_of("general", words=WORDS), "Without W, zhīshi would win."),
        (state_of(query=[0, 0]), "All 3 words get the same weight, 0.33: s is zero"),
        (state_of(query=[1, 1], memory=[[2, 0], [0, 2]]), "Both words get the same weight, 0.50"),
        (state_of(mask=[False, True, False]), "w1 is the only word left and gets all the weight"),
        (state_of(mask=[False] * 3), "Every word is masked"),
        (state_of(query=[1, 0], memory=[[-1, 0], [-2, 0]]), "Even its score is negative"),
        (state_of(query=[1, 0], memory=[[1, 0], [2, 2]]), "w0 points more nearly along s, but w1"),
        (
            state_of("additive", query=[-3, -1], memory=[[1, 0], [1, 1], [0, 2]]),
            "The tanh flattens the first numbers, so the second ones decide.",
        ),
    ],
)
def test_the_finding_says_what_is_seen_now(state, said):
    assert said in call("calculatorFinding", state)


def spoken(state, focus=0):
    return call("spokenArithmetic", call("calculatorArithmetic", state, focus))


def test_the_arithmetic_is_what_a_pencil_would_write():
    lines = call("calculatorArithmetic", state_of(), 0)
    assert lines[0] == "e_{1} = s·h_{1} = 1·2 + (−1)·0 = 2"
    assert lines[1] == "α_{1} = exp(2) / (exp(2) + exp(0) + exp(−2)) = 7.389 / 8.524 = 0.867"
    assert "e 1 / T = 2 / 0.5 = 4" in spoken(state_of(temperature=0.5))
    assert "exp(−∞) = 0" in spoken(state_of(mask=[True, False, True]), 1)
    assert "tanh(3) + tanh(−1) = 1.00 − 0.76 = 0.23" in spoken(state_of("additive"))


@settings(max_examples=60, deadline=None)
@given(states())
def test_the_arithmetic_adds_up(state):
    """What stands between the last two equals signs of α's line gives what stands behind them."""
    for focus, is_real in enumerate(state["mask"]):
        said = spoken(state, focus).replace("−", "-").replace("·10 to the power ", "e")
        if not is_real:
            assert f"α {focus + 1} = 0, masked" in said
            continue
        part, total, weight = re.search(r"\) = (\S+) / (\S+) = ([\d.]+);", said).groups()
        assert float(part) / float(total) == pytest.approx(float(weight), abs=0.02)


# --- presets and challenges ---


def challenges(state, start, before=None):
    """Return which challenges a hand meets that brings `before`, or the start, to a state."""
    found = call("calculatorChallenges", state, start, start if before is None else before)
    return {each["name"]: each["isMet"] for each in found}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [1, 2, 3, 6, 30])
def test_presets_fit_any_number_of_words(kind, count):
    start = state_of(kind, memory=[[1.0, 0.5]] * count)
    for name, _ in call("presetsFor", count):
        state = call("presetState", name, start)
        assert all(abs(x) <= 3 for vector in state["memory"] for x in vector)
        assert len(state["memory"]) == count
        assert call("scoreWords", state)["weights"] == pytest.approx(by_torch(state)[1].tolist())
        assert not any(challenges(state, start, before=state).values())


def test_presets_tell_what_their_names_say():
    start = state_of()
    weights = {
        name: call("scoreWords", call("presetState", name, start))["weights"]
        for name, _ in call("presetsFor", 3)
    }
    assert weights["equal"][0] == weights["equal"][1] > weights["equal"][2]
    assert weights["long"][1] == max(weights["long"])
    assert weights["opposite"][0] == min(weights["opposite"])
    assert len(set(weights["alike"])) == len(set(weights["silent"])) == 1


def test_each_challenge_can_be_met():
    start = state_of()
    assert not any(challenges(start, start).values())
    moved = state_of(memory=[[2, 0], [3, -2], [0, 2]])
    assert challenges(moved, start)["win"]
    assert not challenges({**moved, "query": [1, 0]}, start)["win"]
    chosen = state_of("additive")  # the second word wins here without a drag
    weights_there = call("scoreWords", chosen)["weights"]
    assert weights_there[1] == max(weights_there)
    assert not challenges(chosen, start, before=chosen)["win"]
    masked = {**start, "mask": [False, True, True]}
    assert not challenges(masked, start, before=masked)["win"]
    across = state_of(memory=[[1, -1], [2, 0], [3, 1]])  # all on a line across s
    assert challenges(across, start)["level"]
    behind = state_of(memory=[[-1, 0], [-3, 3], [-3, 2]], query=[3, -1])
    assert challenges(behind, start)["away"]
    assert not challenges({**behind, "mask": [True, False, True]}, start)["away"]


def test_what_the_beginning_meets_is_no_challenge():
    level = state_of("additive", memory=[[2, 0], [1, 1], [0, 2]], query=[-1, -1])
    assert list(challenges(level, level)) == ["win", "away", "longest"]


# --- drawings ---


def test_a_real_mixture_lets_all_be_told_apart():
    state = call("presetState", "mixed", state_of(words=WORDS))
    assert call("scoreWords", state)["weights"] == pytest.approx([0.5, 0.4, 0.1], abs=0.05)
    places = tips_of(state)
    points = [places["query"], *places["words"], places["context"]]
    assert all(each["tip"] == each["grip"] for each in points)
    grips = [each["grip"] for each in points]
    assert min(math.dist(a, b) for i, a in enumerate(grips) for b in grips[:i]) > 40


def test_the_mixture_is_written_and_the_plane_keeps_still():
    state = state_of()
    assert call("mixtureInWords", state) == "c = 0.87\u00a0h₁ + 0.12\u00a0h₂ + 0.02\u00a0h₃"
    view = call("calculatorView", state)
    for width in (240, 336, 776, 1400):
        room = {"width": width, "tall": 480}
        plain, mixing = (
            call("drawCalculator", {**view, "isMixing": each}, room) for each in (False, True)
        )
        assert mixing["plane"] == plain["plane"]
    assert "c = 0.87" in mixing["svg"] and "c = 0.87" not in plain["svg"]


def test_thick_means_weight():
    svg = call("drawCalculator", call("calculatorView", state_of()), ROOM)["svg"]
    unit = call("drawCalculator", call("calculatorView", state_of()), ROOM)["plane"]["unit"]
    first = re.search(r'<line([^>]*)data-share-of="1"', svg)[1]
    x1, x2 = (float(re.search(f'{end}="([^"]+)"', first)[1]) for end in ("x1", "x2"))
    weights_here = call("scoreWords", state_of())["weights"]
    assert x2 - x1 == pytest.approx(weights_here[0] * MEMORY[0][0] * unit, abs=0.2)
    assert re.findall(r'font-weight="bold"[^>]*>([\d.]+)<', svg) == ["0.87"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_shrunken_arrows_end_in_the_context(kind):
    state = state_of(kind)
    corners = call("sumCorners", call("calculatorScene", state))
    assert corners[-1] == pytest.approx(call("scoreWords", state)["context"], abs=1e-6)


def test_a_scene_goes_from_one_state_to_the_other():
    first, last = (call("calculatorScene", state_of(kind)) for kind in ("dot", "general"))
    assert call("mixScenes", first, last, 0) == first
    assert call("mixScenes", first, last, 1) == last
    half = call("mixScenes", first, last, 0.5)
    assert half["turn"] == 0.5
    assert half["scores"] == [
        (a + b) / 2 for a, b in zip(first["scores"], last["scores"], strict=True)
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [1, 3, 12, 30])
@pytest.mark.parametrize("width", [240, 336, 776, 1400])
def test_shares_fill_the_mixture_and_all_handles_lie_in_the_picture(kind, count, width):
    memory = [[3 * math.cos(j), 3 * math.sin(j)] for j in range(count)]
    state = state_of(kind, memory=memory)
    view = {**call("calculatorView", state), "hasArithmetic": True}
    drawn = call("drawCalculator", view, {"width": width, "tall": 480})
    across, down = map(float, re.search(r'viewBox="0 0 (\S+) (\S+)"', drawn["svg"]).groups())
    assert across == width
    assert all(0 <= each["x"] <= across and 0 <= each["y"] <= down for each in drawn["handles"])
    assert len(drawn["handles"]) == 2 * count + 2
    mixture = drawn["svg"].split('data-part="mixture"')[1]
    shares = [float(share) for share in re.findall(r'data-weight="([\d.]+)"', mixture)]
    assert sum(shares) == pytest.approx(1, abs=1e-4 * count)


@pytest.mark.parametrize("count", [2, 3, 6])
@pytest.mark.parametrize("query", [(0.4, 1), (2.5, 0), (-2, 1)])
def test_each_number_stands_over_the_bar_of_its_weight(count, query):
    memory = [[3 * math.cos(j), 3 * math.sin(j)] for j in range(count)]
    view = call("calculatorView", state_of(memory=memory, query=query))
    svg = call("drawCalculator", view, {"width": 960, "tall": 480})["svg"]
    bars = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"[^>]*data-weight', svg)
    places = [(float(x), float(x) + float(width)) for x, width in bars[:count]]
    numbers = re.findall(r'<text x="([\d.]+)"[^>]*data-number="\d"', svg)
    assert len(numbers) == count
    for x, (left, right) in zip(map(float, numbers), places, strict=True):
        wide = [(a, b) for a, b in places if b - a > 80]  # narrow ones have no room for theirs
        assert [a < x < b for a, b in wide] == [(a, b) == (left, right) for a, b in wide]


def drawn_scores(state):
    """Return how high each filled bar is, what its outline is of, and the axis's numbers."""
    svg = call("drawCalculator", call("calculatorView", state), ROOM)["svg"]
    bars = re.findall(r'height="([\d.]+)"[^>]*data-score="', svg)
    outlines = re.findall(r'data-undivided="([^"]+)"', svg)
    ticks = re.findall(r'data-tick="([^"]+)"', svg)
    return [list(map(float, each)) for each in (bars, outlines, ticks)]


def test_a_longer_query_makes_the_score_bars_grow():
    heights = [drawn_scores(state_of(query=[x, 0]))[0][0] for x in (0.5, 1, 1.5, 2)]
    assert heights == pytest.approx([heights[0] * k for k in (1, 2, 3, 4)], abs=0.1)
    _, _, first = drawn_scores(state_of(query=[2, 0]))
    assert set(first) == {-4, 0, 4}
    _, _, second = drawn_scores(state_of(query=[2.5, 0]))
    assert set(second) == {-8, -4, 0, 4, 8}  # the old end is seen inside the new


def test_divided_scores_shrink_and_leave_an_outline():
    whole, none, _ = drawn_scores(state_of())
    shrunken, outlines, _ = drawn_scores(state_of(temperature=5))
    assert none == []
    assert outlines == [2, 0, -2]
    assert shrunken[0] == pytest.approx(whole[0] / 5, abs=0.1)
    svg = call("drawCalculator", call("calculatorView", state_of(temperature=5)), ROOM)["svg"]
    assert "2.00 / 5 = 0.40" in svg


@settings(max_examples=60, deadline=None)
@given(states())
def test_no_score_leaves_the_axis(state):
    scene = call("calculatorScene", state)
    divided = [score / state["temperature"] for score in scene["scores"]]
    assert max(map(abs, scene["scores"] + divided)) <= scene["axis"]


PLANE = {"left": 0, "top": 0, "side": 400, "end": 3, "x0": 200, "y0": 200, "unit": 59}


def tips_of(state, **more):
    view = {**call("calculatorView", state), **more}
    return call("placeTips", view, PLANE)


def test_tips_in_one_place_fan_out_and_the_dragged_one_stays():
    alike = state_of(memory=[[1.5, 1.5]] * 3)
    words = tips_of(alike)["words"]
    apart = [math.dist(words[i]["grip"], words[k]["grip"]) for i in range(3) for k in range(i)]
    assert min(apart) > 24
    assert all(math.dist(each["tip"], each["grip"]) > 24 for each in words)
    dragged = tips_of(alike, dragged="h2")["words"]
    assert [each["tip"] == each["grip"] for each in dragged] == [False, True, False]
    assert all(each["tip"] == each["grip"] for each in tips_of(state_of())["words"])


@settings(max_examples=60, deadline=None)
@given(states())
def test_c_is_pointed_at_beside_a_tip_it_lies_on(state):
    places = tips_of(state)
    handle = places["context"]["grip"]
    others = [each["grip"] for each in [places["query"], *places["words"]]]
    if len(others) <= 4:
        assert min(math.dist(handle, other) for other in others) > 15


@settings(max_examples=30, deadline=None)
@given(states())
def test_the_ring_of_c_is_where_c_is(state):
    scored = call("scoreWords", state)
    if not scored["weights"]:
        return
    drawn = call("drawCalculator", call("calculatorView", state), {"width": 1000, "tall": 480})
    context = drawn["svg"].split('data-part="context"')[1]
    ring = [float(place) for place in re.search(r'cx="(\S+)" cy="(\S+)"', context).groups()]
    plane = drawn["plane"]
    x, y = scored["context"]
    at = [plane["x0"] + x * plane["unit"], plane["y0"] - y * plane["unit"]]
    assert ring == pytest.approx(at, abs=0.1)


def test_w_turns_only_the_word_in_focus():
    view = {**call("calculatorView", state_of("general")), "focus": 2}
    svg = call("drawCalculator", view, ROOM)["svg"]
    assert re.findall(r'data-ghost="(\w+)"', svg) == ["Wh3"]
    assert svg.count("data-mirrored") == 1
    on_the_mirror = call("drawCalculator", {**view, "focus": 1}, ROOM)["svg"]
    assert "data-mirrored" not in on_the_mirror


def test_tokens_say_that_a_press_masks_while_there_is_room():
    svg = call("drawCalculator", call("calculatorView", state_of(mask=[True, False, True])), ROOM)
    assert re.findall(r'data-eye="(\w+)"', svg["svg"]) == ["open", "closed", "open"]
    many = state_of(memory=[[1, 1]] * 30)
    assert "data-eye" not in call("drawCalculator", call("calculatorView", many), ROOM)["svg"]
    assert "data-eye" not in call("drawCalculatorStill", state_of(), 960)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("temperature", [1, 5])
def test_large_letters_leave_the_picture_in_its_room(kind, temperature):
    view = call("calculatorView", state_of(kind, temperature=temperature))
    room = {"width": 618, "tall": 320}  # of 1280 by 560 pixels, under a finding of three lines
    svg = call("drawCalculator", view, room)["svg"]
    assert float(re.search(r'viewBox="0 0 \S+ (\S+)"', svg)[1]) <= room["tall"] + 1


def test_odd_words_are_shown_and_never_executed():
    state = state_of(words=ODD, memory=[[1, j / 3] for j in range(len(ODD))])
    view = {**call("calculatorView", state), "hasArithmetic": True}
    svg = call("drawCalculator", view, ROOM)["svg"]
    assert "<img" not in svg
    assert "&lt;img" in svg
    assert "\u202e" not in svg


def box_of(name, center):
    across, down = name["width"] / 2, name["height"] / 2
    return center[0] - across, center[1] - down, center[0] + across, center[1] + down


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(20, 380), st.floats(20, 380)), min_size=2, max_size=6))
def test_names_stay_off_each_other_where_they_can(points):
    names = [
        {"tip": list(point), "away": [0, -1], "width": 70, "height": 18, "mayMiss": False}
        for point in points
    ]
    plane = {"left": 0, "top": 0, "side": 400}
    centers = call("placeNames", names, [], [], plane)
    boxes = [box_of(name, center) for name, center in zip(names, centers, strict=True)]
    apart = [math.dist(a, b) for i, a in enumerate(points) for b in points[:i]]
    if min(apart) > 110:
        for i, a in enumerate(boxes):
            for b in boxes[:i]:
                assert a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3]


def names_along(state, ways, keeps):
    """Return how often names change their sides while s goes through `ways`."""
    names, turns = None, 0
    for query in ways:
        view = {**call("calculatorView", {**state, "query": query}), "dragged": "s"}
        if keeps and names:
            view["names"] = names
        new = call("drawCalculator", view, ROOM)["names"]
        for old, name in zip(names or [], new, strict=False):
            was, now = (
                [b - a for a, b in zip(n["tip"], n["center"], strict=True)] for n in (old, name)
            )
            turns += math.dist(was, now) > 25
        names = new
    return turns


def test_names_keep_their_sides_while_a_tip_is_dragged():
    state = call("presetState", "mixed", state_of(words=WORDS))
    ways = [[1.6 * math.cos(k / 12), 1.6 * math.sin(k / 12)] for k in range(75)]
    assert names_along(state, ways, keeps=True) < names_along(state, ways, keeps=False)


@pytest.mark.parametrize("query", [[-3, 1], [-2, -1.5], [-1.5, 1], [-2.5, 2], [2, -2], [1, -1]])
def test_what_the_tanh_makes_is_named_beside_its_dot(query):
    state = state_of("additive", [[2, 0], [1, 1], [0, 2]], query, words=["der", "Lehrer", "liest"])
    drawn = call("drawCalculator", call("calculatorView", state), ROOM)
    ring = re.search(r'<circle cx="(\S+)" cy="(\S+)"[^>]*data-sum', drawn["svg"])
    name = next(each for each in drawn["names"] if each["letter"] == "tanh(h")
    if name["center"]:
        sum_to_name = math.dist(name["center"], [float(place) for place in ring.groups()])
        assert math.dist(name["center"], name["tip"]) <= sum_to_name


def test_names_cover_neither_each_other_nor_a_tip_in_a_real_mixture():
    state = call("presetState", "mixed", state_of(words=WORDS))
    drawn = call("drawCalculator", call("calculatorView", state), ROOM)
    boxes = [box_of(name, name["center"]) for name in drawn["names"]]
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            assert a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3]
        for x, y in (name["tip"] for name in drawn["names"]):
            assert not (a[0] < x < a[2] and a[1] < y < a[3])


def test_the_still_picture_is_the_same_drawing():
    calculator = ScoreCalculator(WORDS, MEMORY, QUERY, mask=[True, False, True])
    svg, finding = calculator.picture()
    assert 'data-masked="true"' in svg
    assert finding.startswith("zhīshi wins")


# --- in a page ---


def grip(page, name):
    return page.get_by_role("slider", name=name)


def weights(page):
    """Return what the numbers of the mixture say."""
    shares = page.locator("[data-part=mixture] [data-weight]")
    return [float(each.get_attribute("data-weight")) for each in shares.all()]


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_hand_drags_masks_and_resets(tmp_path, theme):
    skip_without_browser()
    with open_page(ScoreCalculator(WORDS, MEMORY, QUERY), tmp_path, theme) as page:
        finding = page.locator(".at-finding")
        expect(finding).to_contain_text("zhīshi wins with 0.87")
        box = grip(page, "lìliàng, h 3").bounding_box()
        x, y = box["x"] + box["width"] / 2 + 5, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 100, y + 200, steps=5)
        page.mouse.move(x + 150, y + 290, steps=5)
        page.mouse.up()
        expect(finding).to_contain_text("lìliàng wins")
        assert weights(page)[2] == max(weights(page))
        page.get_by_role("button", name="mask lìliàng").click()
        expect(finding).to_contain_text("A masked word gets exactly 0.")
        page.wait_for_timeout(700)
        assert weights(page)[2] == 0
        page.get_by_role("radio", name="general").check()
        expect(page.locator("[data-part=turn]")).to_be_visible()
        page.get_by_role("button", name="Reset").click()
        expect(finding).to_contain_text("zhīshi wins with 0.87")
        page.get_by_role("button", name="Two equal words").click()
        expect(finding).to_contain_text("zhīshi and jiùshì share the lead")


@pytest.mark.browser
def test_everything_by_keys(tmp_path):
    skip_without_browser()
    with open_page(ScoreCalculator(WORDS, MEMORY, QUERY), tmp_path, width=800) as page:
        finding = page.locator(".at-finding")
        second = grip(page, "jiùshì, h 2")
        for key in 4 * ["Shift+ArrowDown"] + 10 * ["ArrowRight"] + ["ArrowDown"]:
            second.press(key)
        expect(second).to_have_attribute("aria-valuetext", "3 and −0.1")
        expect(finding).to_contain_text("jiùshì wins")
        expect(page.locator("[data-challenge=win]")).to_have_attribute("data-met", "true")
        page.get_by_role("button", name="mask jiùshì").press("Enter")
        expect(finding).to_contain_text("zhīshi wins")
        page.get_by_role("button", name="mask jiùshì").press("Space")
        expect(finding).to_contain_text("jiùshì wins")
        page.get_by_role("slider", name="temperature T").press("Home")
        expect(finding).to_contain_text("drive the weights apart")
        page.get_by_role("button", name="Show the arithmetic").press("Enter")
        expect(page.locator("[data-part=arithmetic]")).to_contain_text("/ T = ")
        page.get_by_role("button", name="Hide the arithmetic").press("Enter")
        expect(page.locator("[data-part=arithmetic]")).to_have_count(0)


@pytest.mark.browser
def test_another_score_ticks_no_challenge_and_a_hand_learns_why(tmp_path):
    skip_without_browser()
    with open_page(ScoreCalculator(WORDS, MEMORY, QUERY), tmp_path) as page:
        win = page.locator("[data-challenge=win]")
        page.get_by_role("radio", name="additive").check()
        expect(page.locator(".at-finding")).to_contain_text("jiùshì wins")
        expect(page.locator(".at-note").first).to_contain_text("tanh(h + s)")
        page.get_by_role("radio", name="dot").check()
        page.wait_for_timeout(600)
        expect(win).to_have_attribute("data-met", "false")
        expect(win).not_to_contain_text("A word that turns toward s")
        second = grip(page, "jiùshì, h 2")
        for key in 4 * ["Shift+ArrowDown"] + 10 * ["ArrowRight"]:
            second.press(key)
        expect(win).to_have_attribute("data-met", "true")
        expect(win).to_contain_text("A word that turns toward s")


@pytest.mark.browser
def test_pointing_at_the_context_shows_what_it_is_made_of(tmp_path):
    skip_without_browser()
    with open_page(ScoreCalculator(WORDS, MEMORY, (0.5, -0.5)), tmp_path) as page:
        copies = page.locator("[data-part=sum]")
        expect(copies).to_have_count(0)
        context = page.get_by_role("button", name="context c")
        context.hover()
        expect(copies).to_have_attribute("opacity", "1")
        page.mouse.move(0, 0)
        expect(copies).to_have_count(0)
        context.press("Enter")
        expect(context).to_have_attribute("aria-pressed", "true")
        grip(page, "query s").focus()
        expect(copies).to_have_attribute("opacity", "1")
