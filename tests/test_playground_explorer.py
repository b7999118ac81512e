"""The playground: what it says and draws, and how it trains in a page opened as a file."""

import json
import re
from copy import deepcopy
from json import dumps
from unittest.mock import ANY

import pytest
import traitlets
from explorers import open_page
from lab import shared_browser, skip_without_browser
from playwright.sync_api import expect
from py_mini_racer import JSEvalException

from utils.widgets.live import engine_of, widget_script
from utils.widgets.playground import LESSON, Playground, constant, train_lesson

TASKS = tuple(constant("PLAYGROUND_TASKS"))
KINDS = tuple(constant("PLAYGROUND_ATTENTIONS"))
WIDTHS = (320, 800, 1280, 1920)
TEXT_PLACE = ("x", "y", "font-size")
FRAMES = """() => new Promise((answer) => {
  let [count, begin] = [0, performance.now()];
  const next = (now) => {
    count += 1;
    if (now - begin > 2000) answer((1000 * count) / (now - begin));
    else requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
})"""

REPAINTS = """() => new Promise((answer) => {
  let count = 0;
  const observer = new MutationObserver(() => { count += 1; });
  observer.observe(document.querySelector(".at-drawing"), { childList: true });
  setTimeout(() => answer(count), 2000);
})"""

# A notebook's side of a widget, as the script sees it: {get, set, save_changes, on, off}.
CELLS = """
const [values, listeners] = [%s, {}];
const model = {
  get: (name) => values[name],
  set(name, value) {
    if (JSON.stringify(values[name]) === JSON.stringify(value)) return;
    values[name] = value;
    for (const listen of listeners[`change:${name}`] ?? []) listen();
  },
  save_changes() {},
  on(event, listen) { (listeners[event] ??= []).push(listen); },
  off() {},
};
Object.assign(window, { model, values });
widget.initialize({ model });
"""


# What the page's view holds after so many steps, as the worker's replies make it.
TRAIN = """((options, until) => {
  const [playground, history] = [createPlayground(), []];
  const order = (message) => {
    const [state] = playground.handle(message);
    for (const { example } of state.models) example.weights = Array.from(example.weights);
    growHistory(history, state);
    return state;
  };
  order({ type: "reset", options });
  let state = order({ type: "start", until });
  while (playground.wantsTicks()) state = order({ type: "tick" });
  return { options: completeOptions(options), state, history, at: null };
})"""


@pytest.fixture(scope="module")
def call():
    return engine_of("playground", "playground/messages.js").call


@pytest.fixture(scope="module")
def trained(call):
    return call(TRAIN, {}, 500)


@pytest.fixture
def view(trained):
    return deepcopy(trained)


def untrained(view):
    """Return a view as it is before the first step."""
    for model in view["state"]["models"]:
        model["exact"] = [None] * 6
    view["state"]["step"] = 0
    view["history"] = view["history"][:1]
    return view


def place_of(text):
    """Return x, y and the letters' size of an SVG text's attributes."""
    return [float(re.search(rf'(?<!\S){name}="([\d.]+)"', text)[1]) for name in TEXT_PLACE]


# --- words ---


def test_letters_come_from_the_words_own_letters(call):
    assert call("letterOrigins", list("look"), list("kool"), "reverse") == [3, 2, 1, 0]
    assert call("letterOrigins", list("look"), list("ooox"), "copy") == [1, 2, -1, -1]


def test_nothing_is_claimed_before_training(call, view):
    assert "Press Train" in call("playgroundFinding", untrained(view))
    assert not any(each["isMet"] for each in call("playgroundChallenges", view, "stressed"))


def test_the_still_shows_what_the_usual_training_comes_to():
    told, again = json.loads(LESSON.read_text("utf-8")), train_lesson()
    for one, other in zip(told["state"]["models"], again["state"]["models"], strict=True):
        assert one["exact"] == pytest.approx(other["exact"], abs=0.01)
        assert one["example"]["output"] == other["example"]["output"]
        assert one["example"]["weights"] == pytest.approx(other["example"]["weights"], abs=0.01)
    assert told["history"][-1] == {"step": 500, "models": [{"smooth": ANY}, {"smooth": ANY}]}
    assert Playground().picture()[1].startswith("After step 500: fixed reverses 40")


def test_only_weights_that_can_move_are_promised_to(call, view):
    assert "watch dot’s weights move" in call("playgroundFinding", untrained(view))
    view["state"]["models"].pop()
    assert call("playgroundFinding", view) == ("Nothing learned yet, only noise. Press Train.")


def test_the_finding_says_what_was_tested(call, view):
    fixed, dot = view["state"]["models"]
    fixed["exact"], dot["exact"] = [1, 0.5, 0, 0, 0, 0], [1, 1, 1, 1, 1, 0.4]
    assert call("playgroundFinding", view).replace("\u00a0", " ") == (
        "After step 500: fixed reverses 25 % of unseen words, dot 90 %. "
        "With 8 letters: fixed 0 %, dot 40 %."
    )
    dot["exact"][2] = None
    assert "%" not in call("playgroundFinding", view)


def test_looking_back_shows_the_past(call, view):
    for entry in view["history"]:
        entry |= {name: view["state"][name] for name in ("lengths", "word", "running")}
        for model, now in zip(entry["models"], view["state"]["models"], strict=True):
            model |= {"exact": [0] * 6, "example": now["example"]}
    view |= {"at": 81}
    found = call("playgroundFinding", view)
    # How many steps fit between two replies depends on the machine, so the nearest one is shown.
    near = min((entry["step"] for entry in view["history"]), key=lambda step: abs(step - 81))
    assert found.startswith(f"Back at step {near}: fixed reverses 0")
    assert 'data-mark="81"' in call("drawPlayground", view, {"width": 900, "tall": 400})["svg"]


@pytest.mark.parametrize(
    ("output", "ending", "text"),
    [
        ("cba", ["<eos>"], "right"),
        ("cbx", ["<eos>"], "1 of 3 wrong"),
        ("cbaa", ["<eos>"], "1 too many"),
        ("x", ["<eos>"], "3 of 3 wrong"),
        ("cbaaaaaa", [], "won’t stop"),
    ],
)
def test_a_verdict_counts_the_wrong_letters(call, output, ending, text):
    example = {"output": output, "expected": "cba", "written": [*output, *ending]}
    assert call("exampleVerdict", example) == {"isRight": text == "right", "text": text}


def test_the_weight_on_needed_letters_is_their_sum(call):
    example = {"word": "aba", "expected": "aba", "weights": [0.5, 0.2, 0.3, 0.1, 0.8, 0.1, 1, 0, 0]}
    assert call("weightOnNeeded", example) == pytest.approx((0.8 + 0.8 + 1) / 3)


def test_each_challenge_asks_for_what_it_says(call, view):
    def met(word, wrong=(), **more):
        state = view["state"]
        asked = {"word": word, "step": 500}
        state["word"] = word
        for model in state["models"]:
            right = model["attention"] not in wrong
            model["example"] |= {"output": "x" if right else "y", "expected": "x"}
        known = view | {"isTrained": True, "asked": asked} | more
        found = call("playgroundChallenges", known, "stressed")
        return {each["name"] for each in found if each["isMet"]}

    assert met("cat", isTrained=False, asked=None) == set(), "nobody did anything"
    assert met("cat", asked={"word": "cat", "step": 0}) == {"learned"}, "it became right by itself"
    assert met("stressed") == {"learned"}
    assert met("cat") == {"learned", "fixed"}
    assert met("cat", wrong=["dot"]) == {"learned", "fixed", "fooled"}
    assert met("cat", wrong=["fixed"]) == {"learned"}, "fixed has not learned, so it fools nobody"
    assert met("at") == {"learned"}, "too short for fixed to count"


def test_bars_move_to_their_shares_and_stay_there(call):
    bars, shares = [[0.2, None]], [[1, None]]
    for _ in range(60):
        nearer = call("moveBars", bars, shares, 16)
        assert bars[0][0] < nearer[0][0] <= 1 or bars == nearer == shares
        bars = nearer
    assert bars == shares
    assert call("moveBars", None, [[0, 0.5]], 0) == [[0, 0]], "they grow from 0"


def test_a_history_keeps_the_newest_state_of_each_step(call):
    history = call(
        """((steps) => {
          const history = [];
          for (const [step, loss] of steps) growHistory(history, { step, models: [{ loss }] });
          return history;
        })""",
        [[0, 3.0], [1, 1.0], [1, 0.0]],
    )
    assert [(each["step"], each["models"][0]["loss"]) for each in history] == [(0, 3), (1, 0)]
    assert history[1]["models"][0]["smooth"] == pytest.approx(0.85 * 3 + 0.15 * 1)


def test_a_long_history_stays_short_and_keeps_both_ends(call):
    steps = call(
        """((count) => {
          const history = [];
          for (let step = 0; step <= count; step += 1) {
            growHistory(history, { step, models: [{ loss: 1 }] });
            if (history[history.length - 1].step !== step) return null;
          }
          return history.map(({ step }) => step);
        })""",
        5000,
    )
    assert len(steps) <= 240 and steps == sorted(set(steps))
    assert steps[0] < 50 and steps[-1] == 5000


# --- cells of a map ---


def lit(view, model, row, column, how="pointed"):
    return view | {how: {"model": model, "row": row, "column": column}}


def test_a_lit_cell_is_the_finding(call, view):
    fixed, dot = view["state"]["models"]
    fixed["example"]["weights"][8 + 6], dot["example"]["weights"][8 + 6] = 0, 0.876
    assert call("playgroundFinding", lit(view, 1, 1, 6)) == (
        "For its letter 2, dot puts 0.88 of the weight (fixed: 0.00) "
        "on letter 7, “e”, as it should."
    )
    assert call("playgroundFinding", lit(view, 0, 1, 0, "pinned")) == (
        "For its letter 2, fixed puts 0.50 of the weight (dot: 0.00) on letter 1, “s”; "
        "it needs letter 7, “e”."
    )
    assert "Where it should stop" in call("playgroundFinding", lit(view, 1, 8, 0))


def test_what_is_pointed_at_hides_what_is_pinned_and_no_cell_outlives_its_word(call, view):
    both = lit(lit(view, 1, 0, 0, "pinned"), 1, 2, 3)
    assert call("litCell", both)["row"] == 2
    assert call("litCell", both | {"pointed": None})["row"] == 0
    assert call("litCell", lit(view, 1, 0, 8)) is None, "a letter too far"
    assert call("playgroundFinding", lit(view, 1, 9, 0)).startswith("After step")


def test_arrows_walk_inside_the_map(call, view):
    corner = {"model": 1, "row": 0, "column": 0}
    assert call("nextCell", view, corner, -1, -1) == corner
    assert call("nextCell", view, corner, 1, 0)["column"] == 1
    assert call("nextCell", view, corner | {"row": 8, "column": 7}, 1, 1) == {
        "model": 1,
        "row": 8,
        "column": 7,
    }


def test_beside_the_cells_the_strongest_one_of_the_letter_is_meant(call, view):
    weights = view["state"]["models"][1]["example"]["weights"]
    rows = [weights[start : start + 8] for start in range(0, 72, 8)]
    assert call("cellAt", view, 1, [3, -1])["column"] == rows[3].index(max(rows[3]))
    strong = [row[5] for row in rows]
    assert call("cellAt", view, 1, [-1, 5])["row"] == strong.index(max(strong))
    assert call("cellAt", view, 1, [20, 20]) == {"model": 1, "row": 8, "column": 7}


def test_a_lit_cell_stands_out_in_both_maps(call, view):
    svg = call("drawPlayground", lit(view, 1, 2, 3), {"width": 1280, "tall": 380})["svg"]
    assert svg.count('data-lit="2,3"') == 2 and svg.count("data-pinned") == 0
    svg = call("drawPlayground", lit(view, 1, 2, 3, "pinned"), {"width": 1280, "tall": 380})["svg"]
    assert svg.count("data-pinned") == 2


# --- drawing ---


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kinds", [("dot",), ("general", "additive")])
def test_everything_stays_inside_the_picture(call, width, kinds):
    view = call(TRAIN, {"attentions": kinds}, 20)
    drawn = call("drawPlayground", view, {"width": width, "tall": 380 if width > 1000 else 1e9})
    w, h = map(float, re.search(r'viewBox="0 0 (\S+) (\S+)"', drawn["svg"]).groups())
    assert w == width and (h <= 380 or width < 1000)
    for rect in re.findall(r"<rect [^>]*>", drawn["svg"]):
        found = dict(re.findall(r'(\w+)="([\d.-]+)"', rect))
        x, y = float(found.get("x", 0)), float(found.get("y", 0))
        assert x >= 0 and x + float(found["width"]) <= w + 0.5, rect
        assert y >= 0 and y + float(found["height"]) <= h + 0.5, rect
    for handle in drawn["handles"]:
        assert 0 < handle["x"] < w and 0 < handle["y"] < h


def test_the_longest_word_fits(call, view):
    for model in view["state"]["models"]:
        word = "abcdefghijklmnopqrstuvwxyzabcd"
        model["example"] |= {"word": word, "expected": word, "output": word}
        model["example"] |= {"written": [*word, "<eos>"], "weights": [1 / 30] * 31 * 30}
        view["state"]["word"] = word
    drawn = call("drawPlayground", view, {"width": 1280, "tall": 380})
    assert float(re.search(r'viewBox="0 0 \S+ (\S+)"', drawn["svg"])[1]) <= 380
    assert drawn["svg"].count("data-written") == 62


def test_bars_say_the_shares(call, view):
    svg = call("drawPlayground", view, {"width": 1280, "tall": 380})["svg"]
    found = re.findall(r'data-bar="(\w+)" data-group="(\d)" data-share="([\d.]+)"', svg)
    expected = {
        (model["attention"], str(i), f"{share:.2f}")
        for model in view["state"]["models"]
        for i, share in enumerate(model["exact"])
    }
    assert set(found) == expected and len(found) == 12


def test_the_picture_says_which_weights_never_move(call, view):
    drawn = [call("drawPlayground", view, {"width": width, "tall": 1e9}) for width in WIDTHS]
    assert [each["svg"].count(">never move<") for each in drawn] == [1] * len(WIDTHS)
    view["state"]["models"].pop(0)
    assert "never move" not in call("drawPlayground", view, {"width": 1280, "tall": 380})["svg"]


def test_before_training_nothing_is_red_and_charts_say_what_they_wait_for(call, view):
    room = {"width": 1280, "tall": 380}
    trained = call("drawPlayground", view, room)["svg"]
    assert "--at-wrong" in trained and "fills while it trains" not in trained
    svg = call("drawPlayground", untrained(view), room)["svg"]
    assert "--at-wrong" not in svg and svg.count("fills while it trains") == 2


@pytest.mark.parametrize("width", [236, *WIDTHS])
@pytest.mark.parametrize("output", ["k" * 14, "desserts"])
def test_a_verdict_stands_below_name_and_output_and_they_never_meet(call, view, width, output):
    for model in view["state"]["models"]:
        model["example"] |= {"output": output, "written": [*output]}
    svg = call("drawPlayground", view, {"width": width, "tall": 1e9})["svg"]
    captions = re.findall(
        r"<g data-model.*?<text (.*?)>(.*?)<.*?<text (.*?)>(.*?)<.*?<text (.*?)>", svg
    )
    assert len(captions) == 2
    for name, model, written, shown, verdict in captions:
        assert "data-output" in written and "data-verdict" in verdict
        (x, y, size), (begin, _, letters), (_, below, small) = map(
            place_of, (name, written, verdict)
        )
        assert x + call("textWidth", model, size) <= begin
        assert begin + call("textWidth", shown, letters) <= width
        assert below - small >= y


# --- the still picture ---


def test_the_still_picture_says_how_it_ends():
    svg, finding = Playground().picture()
    assert "fixed 0\u00a0%, dot 100\u00a0%" in finding and "fills while it trains" not in svg
    outputs = re.findall(r'<text [^>]*data-output="(\w+)"[^>]*>(\w+)<', svg)
    assert outputs == [("fixed", "desersst"), ("dot", "desserts")]


def test_the_still_picture_of_other_options_is_of_the_beginning():
    svg, finding = Playground(seed=3).picture()
    assert finding.startswith("Nothing learned yet, only noise. Press Train")
    outputs = re.findall(r'<text [^>]*data-output="(\w+)"[^>]*>(\w+)<', svg)
    assert outputs == [("fixed", "desserts"), ("dot", "desserts")]
    assert svg.count("fills while it trains") == 2 and svg.count("should learn to write") == 2
    assert svg.count("data-goal=") == 2 * len("desserts.") and "data-written" not in svg


def test_another_seed_or_word_has_its_own_picture():
    svg, _ = Playground(attentions=["dot"], seed=2, word="cat").picture()
    assert ">tac<" in svg
    linked, _ = Playground(link="attentions=dot&seed=2&word=cat").picture()
    assert linked == svg


# --- what cells can set ---


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"task": "swap"}, "task must be one of copy, reverse, sort, verb, not “swap”."),
        ({"attentions": ["self"]}, "attention must be one of fixed, dot, general, additive"),
        ({"attentions": []}, "attentions must be a list of one or two names"),
        ({"attentions": ["dot", "dot"]}, "attentions must differ"),
        ({"attentions": ["fixed", "dot", "general"]}, "a list of one or two names"),
        ({"longest": 13}, "longest must be a whole number from 2 to 12"),
        ({"link": "task=<b>"}, "task must be one of"),
        ({"seed": -1}, "seed must be a whole number from 0 to 999999"),
    ],
)
def test_options_that_do_not_work_are_refused_with_the_scripts_own_words(options, problem):
    with pytest.raises(traitlets.TraitError, match=re.escape(problem)):
        Playground(**options)


def test_the_defaults_are_the_scripts():
    playground, defaults = Playground(), constant("PLAYGROUND_DEFAULTS")
    assert {name: getattr(playground, name) for name in ("task", "attentions", "seed")} == {
        name: defaults[name] for name in ("task", "attentions", "seed")
    }
    playground.task = "sort"
    assert playground.page_options()["task"] == "sort"


def test_a_word_that_cannot_be_read_has_no_picture():
    with pytest.raises(JSEvalException, match="none of the letters"):
        Playground(attentions=["dot"], word="<b>").picture()


# --- a page ---


@pytest.fixture
def page(tmp_path):
    skip_without_browser()
    with open_page(Playground(), tmp_path) as page:
        yield page


def finding(page):
    return page.locator(".at-finding").inner_text().replace("\u00a0", " ")


def shares(page):
    """Return what the finding says of all unseen words, in %, for each model."""
    first, second = re.search(
        r"fixed reverses (\d+) % of unseen words, dot (\d+) %", finding(page)
    ).groups()
    return int(first), int(second)


def longest(page):
    """Return the bars of the longest words: {fixed: share, dot: share}."""
    bars = page.locator("rect[data-group='5']").all()
    return {bar.get_attribute("data-bar"): float(bar.get_attribute("data-share")) for bar in bars}


@pytest.mark.browser
def test_it_learns_before_the_readers_eyes(page):
    page.get_by_role("button", name="Train").click()
    page.wait_for_timeout(1000)
    assert page.evaluate(FRAMES) >= 30
    expect(page.get_by_role("button", name="Go on")).to_be_visible(timeout=30_000)
    page.wait_for_timeout(1000)  # all lengths are tested once more
    fixed, dot = shares(page)
    assert dot >= 95 and fixed < 60
    assert longest(page)["dot"] - longest(page)["fixed"] > 0.5
    expect(page.locator("[data-verdict=dot]")).to_have_text("right")
    expect(page.locator("[data-challenge=learned]")).to_have_attribute("data-met", "true")
    link, before = page.url, finding(page)
    assert link.endswith("#playground?step=500")
    page.goto("about:blank")
    page.goto(link)
    expect(page.locator(".at-finding")).to_have_text(before, timeout=30_000)


@pytest.mark.browser
def test_by_mouse_one_looks_back_and_tries_unseen_words(page):
    page.get_by_role("button", name="Train").click()
    expect(page.locator(".at-finding")).to_have_text(re.compile(r"^Step \d\d+: fixed"))
    page.get_by_role("button", name="Stop").click()
    line = page.get_by_role("slider", name="Look back")
    box = line.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] - 400, middle[1], steps=4)
    expect(page.locator(".at-finding")).to_contain_text("Nothing learned yet")
    page.mouse.up()
    page.get_by_role("button", name="unseen word of 5 letters").click()
    expect(page.locator(".at-finding")).to_contain_text("After step")
    word = page.get_by_label("Try a word").input_value()
    assert len(word) == 5
    expect(page.locator("[data-model=dot] g[data-word]")).to_have_text([*word])


def lit_cell(page, model="dot"):
    return page.locator(f"[data-model={model}] [data-lit]").get_attribute("data-lit")


@pytest.mark.browser
def test_by_mouse_cells_light_up_and_one_is_kept(page):
    cells = page.locator("[data-model=dot] rect[data-row='2'][data-word='3']")
    cells.wait_for()
    box = cells.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    expect(page.locator(".at-finding")).to_contain_text("For its letter 3, dot puts")
    assert lit_cell(page) == lit_cell(page, "fixed") == "2,3"
    page.mouse.click(*middle)
    page.mouse.move(5, 5)
    expect(page.locator("[data-model=dot] [data-pinned]")).to_have_attribute("data-lit", "2,3")
    page.mouse.click(*middle)
    page.mouse.move(5, 5)
    expect(page.locator("[data-lit]")).to_have_count(0)
    expect(page.locator(".at-finding")).to_contain_text("Press Train")


@pytest.mark.browser
def test_by_keyboard_arrows_walk_the_map(page):
    weights = page.get_by_role("slider", name="Weights of dot")
    weights.focus()
    expect(page.locator("[data-model=dot] [data-lit]")).to_be_visible()
    row, column = map(int, lit_cell(page).split(","))
    weights.press("ArrowDown")
    weights.press("ArrowLeft" if column else "ArrowRight")
    where = f"{row + 1},{column - 1 if column else 1}"
    expect(page.locator("[data-model=dot] [data-lit]")).to_have_attribute("data-lit", where)
    expect(weights).to_have_attribute("aria-valuetext", re.compile("For its letter 2, dot puts"))
    weights.press("Enter")
    page.get_by_label("Try a word").focus()
    expect(page.locator("[data-model=dot] [data-pinned]")).to_have_attribute("data-lit", where)


@pytest.mark.browser
def test_the_whole_loss_plot_jumps_and_scrubs(page):
    page.get_by_role("button", name="Train").click()
    expect(page.locator(".at-finding")).to_have_text(re.compile(r"^Step [1-9]\d\d: fixed"))
    page.get_by_role("button", name="Stop").click()
    box = page.get_by_role("slider", name="Look back").bounding_box()
    assert box["width"] > 200
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.1, middle)
    page.mouse.down()
    expect(page.locator(".at-finding")).to_have_text(re.compile(r"^Back at step (4|5)\d"))
    page.mouse.move(box["x"] + box["width"] * 0.15, middle, steps=3)
    expect(page.locator(".at-finding")).to_have_text(re.compile(r"^Back at step (7|8)\d"))
    page.mouse.up()


@pytest.mark.browser
def test_by_keyboard_it_steps_stops_and_reads_a_word(page):
    page.get_by_role("button", name="One step").press("Enter")
    expect(page.get_by_role("slider", name="Look back")).to_have_attribute(
        "aria-valuetext", "step 1"
    )
    page.get_by_role("button", name="Go on").press("Enter")
    page.get_by_role("button", name="Stop").press("Enter")
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    page.wait_for_timeout(1000)
    before = finding(page)
    page.wait_for_timeout(500)
    assert finding(page) == before
    page.get_by_role("slider", name="Look back").press("ArrowLeft")
    expect(page.locator(".at-finding")).not_to_have_text(re.compile("After step"))
    box = page.get_by_label("Try a word")
    box.fill("hello")
    box.press("Enter")
    expect(page.locator("[data-model=fixed] g[data-word]")).to_have_text([*"hello"])
    box.fill("<img src=x>")
    box.press("Enter")
    expect(page.get_by_text("none of the letters")).to_be_visible()
    page.get_by_role("button", name="Reset").press("Enter")
    expect(page.locator(".at-finding")).to_contain_text("Press Train")


@pytest.mark.browser
def test_options_and_words_change_what_is_trained(page):
    page.get_by_role("slider", name="Letters").fill("4")
    expect(page.get_by_label("Try a word")).to_have_value("stre")
    page.get_by_role("radio", name="Sort").check()
    page.get_by_role("checkbox", name="general").check()
    expect(page.locator("[data-model=general]")).to_have_count(1)
    expect(page.locator("[data-model=fixed]")).to_have_count(0)
    page.get_by_role("button", name="One step").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    page.get_by_label("Try a word").fill("cab")
    page.get_by_label("Try a word").press("Enter")
    expected = "#playground?task=sort&attentions=dot,general&longest=4&step=1&word=cab"
    page.wait_for_function("(end) => location.href.endsWith(end)", arg=expected)
    page.get_by_role("button", name="Copy a link").click()
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_role("radio", name="Reverse")).to_be_checked()
    expect(page.locator("[data-model=fixed]")).to_have_count(1)


@pytest.mark.browser
def test_cells_set_and_read_it_where_motion_is_reduced(tmp_path):
    skip_without_browser()
    playground = Playground(seed=3)
    values = {name: getattr(playground, name) for name in ["_id", *Playground.option_names()]}
    script = widget_script("playground", Playground.worker).replace(
        "export default", "const widget ="
    ) + CELLS % dumps(values)
    path = tmp_path / "cell.html"
    path.write_text(f"{playground.page_html()}<script type=module>{script}</script>", "utf-8")
    page = shared_browser().new_page(reduced_motion="reduce")
    page.goto(path.as_uri())
    found = page.locator(".at-finding")
    expect(found).to_contain_text("Press Train")
    page.evaluate("model.set('word', 'hello'); model.set('training', true)")
    expect(found).to_contain_text("Step")
    assert page.evaluate(REPAINTS) <= 6, "twice a second"
    page.evaluate("model.set('training', false)")
    expect(found).to_contain_text("After step")
    told = page.evaluate("values")
    assert told["link"] == f"seed=3&step={told['steps']}&word=hello" and told["steps"] > 0
    assert [each["attention"] for each in told["results"]] == ["fixed", "dot"]
    page.evaluate("model.set('link', 'task=sort&attentions=additive&step=12&word=cab')")
    expect(found).to_contain_text("After step 12: additive sorts")
    page.wait_for_function("values.steps === 12 && !values.training")
    told = page.evaluate("values")
    assert (told["task"], told["attentions"], told["word"]) == ("sort", ["additive"], "cab")
    page.evaluate("model.set('task', 'copy')")
    expect(found).to_contain_text("Press Train")
    page.close()


@pytest.mark.browser
def test_a_link_that_does_not_work_is_named(page):
    page.evaluate("location.hash = '#playground?task=<b>'")
    expect(page.get_by_role("alert")).to_contain_text("task must be one of")
    expect(page.locator(".at-finding")).to_contain_text("Press Train")


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_it_fits_a_phone_and_a_laptop_in_the_dark(tmp_path, width):
    skip_without_browser()
    with open_page(Playground(), tmp_path, theme="dark", width=width) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        bottom = page.locator(".at-picture").bounding_box()
        assert width < 1000 or bottom["y"] + bottom["height"] <= 572
        assert bottom["y"] < 330, "the picture begins on the first screen of a phone"
        page.mouse.move(bottom["x"] + bottom["width"] * 0.7, bottom["y"] + 150)
        expect(page.locator("[data-lit]").first).to_be_visible()
        assert page.locator(".at-picture").bounding_box() == bottom, "it stays where it is"
        page.get_by_role("radio", name="Sort").check()
        page.get_by_role("checkbox", name="fixed").uncheck()
        expect(page.locator("[data-model]")).to_have_count(1)
        page.get_by_role("checkbox", name="dot").click()
        expect(page.get_by_role("checkbox", name="dot")).to_be_checked()
