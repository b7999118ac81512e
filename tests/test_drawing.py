"""The drawing functions, run in a JavaScript engine: what they draw is true and is well-formed."""

import itertools
import math
import random
import re
from collections import Counter
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from toy import LONG, SENTENCE

from utils.plots.colors import THEMES
from utils.widgets.scripts import MODULES
from utils.widgets.stills import drawings, still, still_png

call = drawings().call

SOURCE = SENTENCE.split()
TRANSLATION = "yesterday the woman gave the old teacher an apple ."
TARGET = TRANSLATION.split()
VARIANTS = list(call("Object.keys(VARIANTS).concat"))
WIDTHS = (360, 800, 1440)
SVG = "{http://www.w3.org/2000/svg}"
SHAPES = {"svg", "title", "g", "rect", "path", "line", "text", "tspan"}


def softmax(scores):
    powers = [math.exp(score - max(scores)) for score in scores]
    return [power / sum(powers) for power in powers]


def state_of(source=SOURCE, target=TARGET, step=4, seed=0, heads=3):
    """Make up a step of a translation: scores at random, and all that follows from them."""
    draw = random.Random(seed)
    scores = [[[draw.gauss(0, 3) for _ in source] for _ in target] for _ in range(heads)]
    rows = [softmax(row) for row in scores[0]]
    return {
        "source": source,
        "target": target[:step],
        "words": target,
        "rows": rows[: step + 1],
        "scores": scores[0][step],
        "weights": rows[step],
        "headScores": [head[step] for head in scores],
        "heads": [softmax(head[step]) for head in scores],
        "best": [[target[step], 0.9], ["a", 0.06], ["an", 0.03]],
        "position": min(3, len(source) - 1),
    }


def state_for(variant):
    """Return a state whose weights are those of the variant: a fixed context has two halves."""
    ends = [0.5, *[0.0] * (len(SOURCE) - 2), 0.5]
    return state_of() | ({"weights": ends} if variant == "fixed" else {})


def draw(state, **options):
    """Return the picture, drawn for a page, as a tree of elements."""
    return ElementTree.fromstring(call("drawMaster", state, options))


def parts_of(picture):
    """Return the groups of each part, in one element, by the part's name."""
    parts = {}
    for group in picture:
        if group.get("data-part"):
            parts.setdefault(group.get("data-part"), ElementTree.Element("g")).append(group)
    return parts


def part(picture, name):
    return parts_of(picture)[name]


def meaning(element):
    """Return all that an element says, apart from where it stands and how it looks."""
    data = [
        (e.tag.removeprefix(SVG), e.text or "", sorted(named_data(e).items()))
        for e in element.iter()
    ]
    return Counter(map(repr, data))


def named_data(element):
    return {key: value for key, value in element.attrib.items() if key.startswith("data-")}


def arrows(picture):
    """Return (from, to, equation) of every arrow and ribbon."""
    keys = ("data-from", "data-to", "data-term")
    return {tuple(e.get(key) for key in keys) for e in picture.iter() if e.get("data-from")}


def span(ribbon):
    """Return the widths of a ribbon's two ends, read from its path."""
    numbers = r"(-?[\d.]+) (-?[\d.]+)"
    d = ribbon.get("d")
    start, end = float(re.match(f"M{numbers}", d)[1]), float(re.search(r"H(-?[\d.]+)", d)[1])
    firsts = re.findall(numbers, d)
    return float(firsts[-1][0]) - start, end - float(firsts[3][0])


# text


ODD = [
    "<script>alert(1)</script>", "&amp;", '" onload="x', "'", "]]>", "<!--", "\x00", "\x1b[0m",
    "\ud800", "\udfff", "\ufffe", "\u202e", "知识", "👩‍👩‍👧", "e\u0301", "ﬁ", "\u2028", "", " ",
    "var(--at-ink, #222222)", "${1}", "`", "$&", "a" * 400,
]  # fmt: skip


def odd_word(rng):
    ranges = [rng.choice((0x80, 0x3000, 0x110000)) for _ in range(rng.randrange(6))]
    return "".join(chr(rng.randrange(end)) for end in ranges) + rng.choice(ODD)


def test_no_word_breaks_the_picture():
    rng = random.Random(0)
    drawn = 0
    for turn in range(250):
        words = [odd_word(rng) for _ in range(40)]
        state = state_of(words[:25], words[25:], step=8, seed=turn)
        options = {"variant": rng.choice(VARIANTS), "width": rng.choice(WIDTHS), "map": turn % 2}
        picture = draw(state, **options)
        assert {e.tag.removeprefix(SVG) for e in picture.iter()} <= SHAPES
        names = {name for e in picture.iter() for name in e.attrib}
        assert not [name for name in names if name.startswith("on") or "href" in name]
        drawn += len(words)
    assert drawn == 10_000


def test_words_come_back_as_they_were():
    words = ["<b>", "a&b", '"', "it's", "知识"]
    texts = [e.text for e in draw(state_of(words)).iter(f"{SVG}text")]
    assert set(words) <= set(texts)


def test_letters_without_a_shape_become_boxes():
    assert call("escapeText", "a\x00b\u202ec\ud800") == "a□b□c□"
    assert call("escapeText", "👩\u200d👧") == "👩\u200d👧"


def test_words_that_look_like_colors_are_left_alone():
    word = '="var(--at-ink, #222222)"'
    picture = ElementTree.fromstring(still("drawMaster", state_of([word, "b"]), {"width": 1440}))
    assert word in [e.text for e in picture.iter()]


@pytest.mark.parametrize("word", ["Donaudampfschifffahrt", "mmmm", "知识就是力量", "a"])
def test_a_shortened_word_fits(word):
    for room in range(5, 200, 5):
        shown = call("shortenWord", word, room, 14)
        assert call("textWidth", shown, 14) <= room
        assert shown in ("", word) or (shown[-1] == "…" and word.startswith(shown[:-1]))


def test_lines_are_filled_up_to_the_edge():
    lines = call("wrapWords", SOURCE, 150, 14)
    assert " ".join(lines).split() == SOURCE
    for line, following in pairwise(lines):
        assert call("textWidth", line, 14) <= 150
        assert call("textWidth", f"{line} {following.split()[0]}", 14) > 150


# weights


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("variant", ["dot", "heads", "self", "block"])
def test_ribbons_are_as_wide_as_the_weights(variant, width):
    state = state_of()
    picture = draw(state, variant=variant, width=width)
    ribbons = [e for e in part(picture, "ribbons").iter() if e.get("data-width")]
    rows = state["heads"] if variant == "heads" else [state["weights"]]
    frame = next(e for e in part(picture, "context").iter(f"{SVG}rect") if e.get("stroke"))
    unit = float(frame.get("width"))  # of a weight of 1
    assert unit > 20
    for e in ribbons:
        expected = unit * rows[int(e.get("data-head"))][int(e.get("data-word"))]
        assert span(e) == pytest.approx((expected, expected), abs=0.05)
    drawn = {(int(e.get("data-head")), int(e.get("data-word"))) for e in ribbons}
    assert drawn == {
        (k, j)
        for k, row in enumerate(rows)
        for j, weight in enumerate(row)
        if weight >= 0.005 and weight * unit >= 1
    }


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("variant", ["dot", "additive", "heads", "self"])
def test_a_word_without_weight_ends_straight_above_its_state_in_a_hollow_dot(variant, width):
    picture = draw(state_of(), variant=variant, width=width)
    got = {e.get("data-word") for e in picture.iter() if e.get("data-width")}
    dots = {e.get("data-word"): e for e in picture.iter() if e.get("data-empty")}
    assert got and dots.keys() == {str(j) for j in range(len(SOURCE))} - got
    threads = {e.get("data-word"): e for e in part(picture, "ribbons").iter(f"{SVG}line")}
    for word, dot in dots.items():
        middle = float(dot.get("x")) + float(dot.get("width")) / 2
        thread = threads[word]
        assert thread.get("x1") == thread.get("x2")
        assert float(thread.get("x1")) == pytest.approx(middle, abs=0.02)
        ends = float(dot.get("y")), float(dot.get("y")) + float(dot.get("height"))
        assert ends[0] <= float(thread.get("y2")) <= ends[1]


@pytest.mark.parametrize("variant", ["dot", "additive", "block"])
def test_a_state_meets_its_weight_in_a_factor(variant):
    state = state_of()
    picture = draw(state, variant=variant, width=1280)
    factors = {int(e.get("data-word")): e for e in picture.iter() if e.get("data-factor")}
    assert factors
    for j, e in factors.items():
        assert float(e.get("data-factor")) == pytest.approx(state["weights"][j], abs=1e-4)
        assert e.find(f"{SVG}text").text.removeprefix("× ") == f"{state['weights'][j]:.2f}"
    assert factors.keys() == {
        int(e.get("data-word")) for e in picture.iter() if e.get("data-width")
    }


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_only_a_weight_has_a_width(variant, width):
    """All other lines are equally thin; so is a state's, up to where it meets its weight."""
    picture = draw(state_for(variant), variant=variant, width=width, map=False)
    lines = [e for e in picture.iter(f"{SVG}line")]
    lines += [e for e in picture.iter(f"{SVG}path") if e.get("fill") == "none"]
    assert len(lines) > len(SOURCE)
    colored = [e for e in lines if "--at-panel" not in e.get("stroke")]  # a bridge is no line
    assert len({e.get("stroke-width") for e in colored}) == 1


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("seed", range(4))
def test_factors_stand_on_their_words_and_never_touch(width, seed):
    picture = draw(state_of(seed=seed), width=width)
    boxes = {
        int(e.get("data-word")): next(boxes_of([e.find(f"{SVG}rect")]))
        for e in picture.iter()
        if e.get("data-factor")
    }
    sides = sorted((left, right) for left, _, right, _ in boxes.values())
    assert sides and all(a[1] < b[0] for a, b in pairwise(sides))
    if width >= 1000:
        columns = call("layoutMaster", state_of(seed=seed), {"width": width})["columns"]
        for j, (left, _, right, _) in boxes.items():
            assert (left + right) / 2 == pytest.approx(columns["centers"][j], abs=0.02)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("seed", range(4))
def test_a_name_stands_in_or_beside_its_own_ribbon_and_on_no_other(width, seed):
    state = state_of(seed=seed)
    picture = draw(state, width=width)
    bars = [e for e in part(picture, "weights").iter(f"{SVG}rect") if e.get("data-weight")]
    spans = {
        e.get("data-word"): next(boxes_of([e]))[::2]
        for e in bars
        if float(e.get("width")) >= 1 and float(e.get("data-weight")) >= 0.005
    }
    names = list(part(picture, "ribbons").iter(f"{SVG}text"))
    for name in names:
        assert name.text == SOURCE[int(name.get("data-word"))]
        half = call("textWidth", name.text, float(name.get("font-size"))) / 2
        middle = float(name.get("x"))
        for word, (left, right) in spans.items():
            if word != name.get("data-word"):
                center = (left + right) / 2  # at its own height, a ribbon has moved a little
                assert not middle - half < center < middle + half
                assert not left < middle < right


def test_the_softmax_is_one_band_over_all_that_passes_behind_it():
    picture = draw(state_of(), width=1280)
    order = [group.get("data-part") for group in picture]
    band = next(e for e in part(picture, "softmax").iter(f"{SVG}rect"))
    left, top, right, _ = next(boxes_of([band]))
    crossing = [
        e
        for e in part(picture, "ribbons").iter(f"{SVG}line")
        if left < float(e.get("x1")) < right and float(e.get("y2")) < top < float(e.get("y1"))
    ]
    assert len(crossing) == len(SOURCE)
    assert order.index("ribbons") < order.index("softmax")  # later shapes cover earlier ones


@pytest.mark.parametrize("variant", ["dot", "current", "heads", ["self", "heads"]])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_query_runs_along_one_rail_with_a_tap_into_each_score(variant, width):
    query = part(draw(state_of(), variant=variant, width=width), "query")
    groups = [e for e in query.iter() if e.get("data-rail")]
    assert len(groups) == 1
    for group in groups:
        taps = [e.get("data-word") for e in group if e.get("data-to") == "score"]
        assert taps == [str(j) for j in range(len(SOURCE))]
        assert len(list(group.iter(f"{SVG}line"))) == 2  # the rail, and the gap it makes


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_ink_can_be_read_on_every_ribbon(theme):
    colors, opacity = THEMES[theme], call("(() => RIBBON_OPACITY)")
    for count in range(2, 16):
        for position in range(count):
            painted = f'="{call("wordPaint", position)}"'
            word = call("bakeTheme", painted, theme)[2:-1]
            pairs = zip(channels(word), channels(colors["panel"]), strict=True)
            mixed = [opacity * a + (1 - opacity) * b for a, b in pairs]
            dark, bright = sorted((luminance(mixed), luminance(channels(colors["ink"]))))
            assert (bright + 0.05) / (dark + 0.05) >= 4.5


def channels(color):
    """Return red, green and blue of #RRGGBB, 0 to 1."""
    return [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def luminance(rgb):
    """Return the relative luminance as WCAG 2 defines it."""
    light = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), light, strict=True))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_bars_sum_to_one(variant, width):
    picture = draw(state_for(variant), variant=variant, width=width)
    context = list(part(picture, "context").iter(f"{SVG}rect"))
    shares = [e for e in context if e.get("data-share")]
    frames = [float(e.get("width")) for e in context if not e.get("data-share")]
    bars = [e for e in part(picture, "weights").iter(f"{SVG}rect") if e.get("data-weight")]
    assert sum(float(e.get("width")) for e in bars) == pytest.approx(sum(frames), abs=0.1)
    assert sum(float(e.get("width")) for e in shares) == pytest.approx(sum(frames), abs=0.1)
    assert sum(float(e.get("data-weight")) for e in bars) == pytest.approx(len(frames), abs=1e-4)


def test_bars_side_by_side_never_overlap():
    rng = random.Random(0)
    for _ in range(200):
        count = rng.randrange(1, 20)
        widths = [rng.random() * 300 / count for _ in range(count)]
        wanted = sorted(rng.random() * 400 for _ in range(count))
        centers = call("placeBars", wanted, widths, 0, 400, 1)
        edges = [(x - w / 2, x + w / 2) for x, w in zip(centers, widths, strict=True)]
        assert edges[0][0] >= -1e-9 and edges[-1][1] <= 400 + 1e-9
        assert all(a[1] + 1 <= b[0] + 1e-9 for a, b in pairwise(edges))


def test_bars_with_room_stand_where_they_want():
    assert call("placeBars", [50, 150, 300], [20, 30, 40], 0, 400, 2) == [50, 150, 300]


def test_bars_in_each_others_way_give_way_equally():
    assert call("placeBars", [100, 100], [20, 20], 0, 400, 0) == [90, 110]


def test_a_heat_map_shows_each_weight_in_its_columns_color():
    state = state_of()
    groups = part(draw(state, map=True), "map").iter(f"{SVG}g")
    columns = [e for e in groups if len(e) and e[0].get("fill-opacity")]
    cells = [cell for column in columns for cell in column]
    shown = {
        (int(e.get("data-row")), int(e.get("data-word"))): float(e.get("fill-opacity"))
        for e in cells
    }
    expected = {
        (t, j): w for t, row in enumerate(state["rows"]) for j, w in enumerate(row) if w >= 0.002
    }
    assert shown == pytest.approx(expected, abs=1e-4)
    assert len({column.get("fill") for column in columns}) == len(columns) > len(SOURCE) / 2


@pytest.mark.parametrize("width", WIDTHS)
def test_thirty_words_are_all_written_above_a_map(width):
    source = (SOURCE * 3)[:30]
    state = state_of(source=source)
    place = call("layoutHeatMap", source, TARGET, width - 20, 11)
    picture = ElementTree.fromstring(
        f"<svg xmlns='http://www.w3.org/2000/svg'>{call('drawHeatMap', 0, 0, state, place)}</svg>"
    )
    written = [e for e in picture.iter(f"{SVG}g") if e.get("aria-label")]
    assert [e.get("aria-label") for e in written] == source
    assert [e.find(f"{SVG}text").text for e in written] == source


def drawn_map(source, width, size):
    """Return what is drawn above a map: boxes of words, and the points of the lines below them."""
    place = call("layoutHeatMap", source, TARGET, width, size)
    place_names = {"source": source, "rows": []}
    svg = call("drawColumnNames", place["labels"], place["head"], place_names, place)
    groups = ElementTree.fromstring(f"<svg xmlns='http://www.w3.org/2000/svg'>{''.join(svg)}</svg>")
    boxes, lines = [], []
    for group in groups:
        text, line = (group.find(f"{SVG}{kind}") for kind in ("text", "path"))
        wide = call("textWidth", text.text, size)
        x, y = (float(text.get(key)) for key in "xy")
        boxes.append((x - wide / 2, y - size * 0.75, x + wide / 2, y + size * 0.2))
        if line is not None:
            lines.append([tuple(map(float, p.split())) for p in line.get("d")[1:].split("L")])
    return place, boxes, lines


def comes_into(box, points):
    """Tell whether a path of straight lines comes into a box: left, top, right, bottom."""
    for (x0, y0), (x1, y1) in pairwise(points):
        for share in (i / 50 for i in range(51)):
            x, y = x0 + (x1 - x0) * share, y0 + (y1 - y0) * share
            if box[0] < x < box[2] and box[1] < y < box[3]:
                return True
    return False


@pytest.mark.parametrize("width", [330, 500, 900])
@pytest.mark.parametrize("source", [SOURCE, LONG], ids=["running", "long"])
def test_no_line_passes_a_word_above_a_map(source, width):
    place, boxes, lines = drawn_map(source, width, 12)
    assert place["levels"] > 0 and len(boxes) == len(source)
    assert min(box[0] for box in boxes) >= 0 and max(box[2] for box in boxes) <= width + 12
    for (left, top, right, bottom), other in itertools.combinations(boxes, 2):
        apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
        assert apart
    assert not any(comes_into(box, line) for box in boxes for line in lines)


@pytest.mark.parametrize("width", [330, 500, 900])
def test_words_above_a_map_take_a_third_of_its_height_at_most(width):
    place, _, _ = drawn_map(SOURCE, width, 12)
    assert place["head"] <= (place["tall"] - place["head"]) * 0.36


def test_short_words_above_a_map_stand_on_one_line():
    _, boxes, lines = drawn_map(["ja", "nein", "."], 300, 12)
    assert len({box[1] for box in boxes}) == 1 and lines == []


def test_a_number_covers_no_other_cell():
    state = state_of() | {"cells": [{"row": 2, "word": 4, "weight": 0.54}]}
    for width in (200, 900):
        place = call("layoutHeatMap", SOURCE, TARGET, width, 12)
        drawn = call("drawHeatMap", 0, 0, state, place)
        picture = ElementTree.fromstring(f"<svg xmlns='http://www.w3.org/2000/svg'>{drawn}</svg>")
        (number,) = (g[0] for g in picture.iter(f"{SVG}g") if g.get("data-cell"))
        x, wide = float(number.get("x")), call("textWidth", "0.54", 12)
        left = place["labels"] + 4 * place["cell"]
        if number.get("text-anchor") == "start":
            assert x > place["total"] and wide > place["cell"] * 0.8
        else:
            assert left < x - wide / 2 and x + wide / 2 < left + place["cell"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_numbers_can_be_read_on_every_cell(theme):
    for word, weight in itertools.product(range(16), (0, 0.25, 0.5, 0.75, 1)):
        name = re.search("--at-([a-z-]+)", call("paintOn", word, weight))[1]
        word_color = rgb(THEMES[theme][f"word-{word + 1}"])
        panel = rgb(THEMES[theme]["panel"])
        cell = [p + (w - p) * weight for p, w in zip(panel, word_color, strict=True)]
        assert call("contrastOf", cell, rgb(THEMES[theme][name])) >= 3


def rgb(color):
    return [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]


@pytest.mark.parametrize(("number", "written"), [(-0.04, "0.0"), (-0.06, "−0.1"), (0, "0.0")])
def test_what_rounds_to_zero_has_no_sign(number, written):
    assert call("writeDecimals", number, 1) == written


@pytest.mark.parametrize("width", WIDTHS)
def test_ribbons_are_all_named_or_none_is(width):
    counts = []
    for seed in range(8):
        state = state_of(seed=seed)
        ribbons = part(draw(state, width=width), "ribbons")
        named = {int(e.get("data-word")) for e in ribbons.iter(f"{SVG}text")}
        wide = {j for j, weight in enumerate(state["weights"]) if weight >= 0.05}
        assert named in (set(), wide)
        counts.append(len(named))
    assert max(counts) > 1


def test_next_words_have_bars_as_long_as_their_probabilities():
    best = [["an", 0.5], ["a", 0.25], ["the", 0.125]]
    state = state_of() | {"best": best}
    rows = [e for e in part(draw(state), "next").iter() if e.get("data-next")]
    lengths = [float(e.find(f"{SVG}rect").get("width")) for e in rows]
    assert lengths == pytest.approx([4 * lengths[2], 2 * lengths[2], lengths[2]], rel=0.01)
    assert [e.findall(f"{SVG}text")[1].text for e in rows] == ["50%", "25%", "13%"]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("variant", ["dot", "additive", "feeding"])
def test_a_bar_is_as_long_beside_a_short_word_as_beside_a_long_one(variant, width):
    def bars(word):
        picture = draw(state_of() | {"best": [[word, 0.9]]}, variant=variant, width=width)
        row = next(e for e in picture.iter() if e.get("data-next"))
        track = row.findall(f"{SVG}rect")[1]
        shown = row.find(f"{SVG}text").text
        return *(float(row.find(f"{SVG}rect").get(key)) for key in ("x", "width")), track, shown

    long, short = bars("yesterday"), bars("a")
    assert long[:2] == short[:2]
    assert long[3] == "yesterday" or variant == "feeding"  # which has a box more beside the list
    assert long[1] == pytest.approx(0.9 * float(long[2].get("width")), abs=0.01)
    assert long[1] > 20


@pytest.mark.parametrize(
    ("probability", "written"),
    [(0, "0%"), (0.001, "<1%"), (0.5, "50%"), (0.994, "99%"), (0.9999, ">99%"), (1, "100%")],
)
def test_hardly_anything_is_not_nothing(probability, written):
    assert call("writePercent", probability) == written


# variants


STEP = {
    ("word", "h", "1"), ("h", "h", "1"), ("h", "score", "2"), ("s before", "score", "2"),
    ("score", "softmax", "4"), ("softmax", "weight", "4"), ("h", "c", "5"),
    ("s before", "f", "6"), ("y before", "f", "6"), ("c", "f", "6"), ("f", "s", "6"),
    ("s", "g", "7"), ("y before", "g", "7"), ("c", "g", "7"), ("g", "p", "7"), ("p", "y", "7"),
    ("y", "y before", "6"),
}  # fmt: skip
SCORING = {
    ("h", "score", "2"), ("s before", "score", "2"),
    ("score", "softmax", "4"), ("softmax", "weight", "4"),
}  # fmt: skip
DECODER = {arrow for arrow in STEP if arrow[2] in "67"}
CURRENT = STEP - {("s before", "score", "2"), ("c", "f", "6")} | {("s", "score", "2")}
LOOP = {
    ("g", "h̃", "7"), ("h̃", "p", "7"), ("h̃", "h̃ before", "6"), ("h̃ before", "f", "6"),
}  # fmt: skip
BLOCK = {
    ("y before", "add", "block"), ("y earlier", "self-attention", "block"),
    ("self-attention", "add", "block"), ("add", "s", "block"), ("s", "add", "block"),
    ("c", "add", "block"),
    ("add", "add", "block"), ("add", "feed-forward", "block"), ("feed-forward", "add", "block"),
    ("add", "output", "block"), ("output", "p", "7"), ("p", "y", "7"), ("y", "y before", "6"),
    ("s", "score", "2"),
}  # fmt: skip
ARROWS = {
    "dot": STEP,
    "general": STEP,
    "additive": STEP,
    "heads": STEP,
    "fixed": STEP - SCORING,
    "current": CURRENT,
    "feeding": CURRENT - {("g", "p", "7")} | LOOP,
    "self": STEP - DECODER - {("s before", "score", "2"), ("h", "h", "1")} | {("c", "new h", "5")},
    "block": STEP - DECODER - {("s before", "score", "2"), ("h", "h", "1")} | BLOCK,
}
CHANGES = {
    "dot": set(),
    "fixed": {"scores", "softmax", "query", "weights", "ribbons", "context", "note"},
    "general": {"query"},
    "additive": {"scores", "query"},
    "current": {"query", "context", "order"},
    "feeding": {"query", "context", "order", "feeding", "next"},
    "heads": {"scores", "softmax", "weights", "ribbons", "context"},
    "self": {"scores", "query", "encoder", "context", "projections", "output", "asking"}
    | {"cell", "readout", "next", "target", "feedback"},
    "block": {"scores", "query", "encoder", "projections", "context", "cell", "readout", "next"},
}
SAID = {"equations", "tag", "halo"}  # about the picture, in every variant


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_arrow_is_a_term_and_none_is_missing(variant, width):
    assert arrows(draw(state_for(variant), variant=variant, width=width)) == ARROWS[variant]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_differs_only_in_the_parts_it_names(variant, width):
    before, after = (
        parts_of(draw(state_for(name), variant=name, width=width)) for name in ("dot", variant)
    )
    names = (before.keys() | after.keys()) - SAID
    empty = ElementTree.Element("g")
    changed = {
        name
        for name in names
        if meaning(before.get(name, empty)) != meaning(after.get(name, empty))
    }
    boxes = {"target"} if variant in ("feeding", "block") else set()  # more, so fewer words fit
    assert changed - boxes == CHANGES[variant]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("variant", ["general", "current"])
def test_other_parts_do_not_even_move(variant, width):
    before, after = (
        parts_of(draw(state_for(name), variant=name, width=width)) for name in ("dot", variant)
    )
    still_there = (before.keys() & after.keys()) - CHANGES[variant] - SAID
    assert len(still_there) >= 12
    for name in still_there:
        assert ElementTree.tostring(before[name]) == ElementTree.tostring(after[name]), name


@pytest.mark.parametrize("variant", ["dot", "general", "additive", "current", "feeding", "fixed"])
def test_equations_have_a_term_for_each_arrow(variant):
    lines = call("(v => equationsOf(editsOf(v)))", variant)
    names = {"s before": "s_t−1", "y before": "y_t−1", "h̃ before": "h̃_t−1", "s": "s_t"}
    names["c"] = "c" if variant == "fixed" else "c_t"
    for box in "fg":
        line = next(line for line in lines if f"{box}( " in line)
        inside = set(re.search(rf"{box}\( (.*) \)", line)[1].split(" , "))
        assert inside == {names[a] for a, goal, _ in ARROWS[variant] if goal == box}


def test_several_variants_join():
    picture = draw(state_of(), variant=["additive", "current"])
    assert arrows(picture) == CURRENT
    assert {"v", "tanh", "sum", "W1"} <= {e.get("data-inside") for e in picture.iter()}


def test_an_unknown_variant_is_named():
    with pytest.raises(Exception, match='no variant "hard"'):
        call("drawMaster", state_of(), {"variant": "hard"})


@pytest.mark.parametrize("name", ["scores", "query", "ribbons", "target", "context"])
def test_a_hidden_part_leaves_all_others_where_they_are(name):
    whole, less = parts_of(draw(state_of())), parts_of(draw(state_of(), hide=[name]))
    assert whole.keys() - less.keys() == {name}
    for other in less:
        assert ElementTree.tostring(whole[other]) == ElementTree.tostring(less[other])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("variant", ["additive", "feeding", "block"])
def test_without_probabilities_the_word_comes_straight_from_what_makes_it(variant, width):
    whole, less = (
        parts_of(draw(state_of(), variant=variant, width=width, hide=hide))
        for hide in ([], ["next"])
    )
    assert less.keys() ^ whole.keys() == {"next", "straight"}
    (start,) = {a for a, goal, _ in arrows(whole["next"]) if goal == "p"}
    assert arrows(less["straight"]) == {(start, "y", "7")}
    for other in less.keys() & whole.keys():
        assert ElementTree.tostring(whole[other]) == ElementTree.tostring(less[other])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_plain_picture_has_no_numbers(variant, width):
    look = {"variant": variant, "width": width}
    whole, plain = (draw(state_for(variant), **look, plain=plain) for plain in (False, True))
    numbers = re.compile(r"\d%|\d\.\d|half$")
    found = [
        [e.text for e in picture.iter(f"{SVG}text") if numbers.search(e.text or "")]
        for picture in (whole, plain)
    ]
    assert found[0] and found[1] == []
    assert arrows(plain) == arrows(whole)


@pytest.mark.parametrize("width", [480, 960])
def test_words_go_down_to_boxes_that_stand_apart_from_them(width):
    """Even if one next word is listed, and the list is low."""
    state = state_of() | {"best": [["?", 0.0]]}
    place = call("layoutMaster", state, {"width": width})
    decoder, f = place["decoder"], place["f"]
    assert decoder["target"] + f < decoder["wordBus"] < decoder["y"] - 1.25 * f - f


# layout


def boxes(picture):
    """Return left, top, right and bottom of every rectangle, and left and right of every text."""
    for e in picture.iter(f"{SVG}rect"):
        x, y = float(e.get("x", 0)), float(e.get("y", 0))
        yield x, y, x + float(e.get("width")), y + float(e.get("height"))
    for e in picture.iter(f"{SVG}text"):
        words, size = "".join(e.itertext()), float(e.get("font-size"))
        room = call("textWidth", words, size) * 0.9  # measured rather too wide
        x = (
            float(e.get("x"))
            - room * {"start": 0, "middle": 0.5, "end": 1, None: 0}[e.get("text-anchor")]
        )
        yield x, float(e.get("y")) - size * 0.7, x + room, float(e.get("y"))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("count", [1, 3, 8, 12, 30])
def test_nothing_leaves_the_picture(variant, width, count):
    source = (SOURCE * 3)[:count]
    picture = draw(state_of(source), variant=variant, width=width, map=count == 12)
    height = float(picture.get("height"))
    for left, top, right, bottom in boxes(picture):
        assert left >= -1 and right <= width + 1
        assert top >= -1 and bottom <= height + 1


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("count", [3, 8, 12, 30])
def test_tokens_do_not_overlap(width, count):
    picture = draw(state_of((SOURCE * 3)[:count]), width=width)
    tokens = [
        rect
        for rect in part(picture, "tokens").iter(f"{SVG}rect")
        if rect.get("fill-opacity")  # the box itself, not the ground behind it
    ]
    assert len(tokens) == count
    found = list(boxes_of(tokens))
    for i, one in enumerate(found):
        for other in found[i + 1 :]:
            apart = one[2] <= other[0] + 0.1 or other[2] <= one[0] + 0.1
            assert apart or one[3] <= other[1] or other[3] <= one[1]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("count", [3, 8, 12])
def test_no_line_from_a_word_passes_behind_another_word(width, count):
    picture = draw(state_of((SOURCE * 3)[:count]), width=width)
    tokens = {
        e.get("data-word"): next(boxes_of(e.iter(f"{SVG}rect")))
        for e in part(picture, "tokens").iter()
        if e.get("data-role") == "handle"
    }
    lines = [e for e in part(picture, "encoder").iter() if e.get("data-from") == "word"]
    assert len(tokens) == len(lines) == count
    for line in lines:
        x, bottom = map(float, re.match(r"M(\S+) ([\d.]+)", line[0].get("d")).groups())
        for word, (left, top, right, _) in tokens.items():
            if word == line.get("data-word"):
                assert left <= x <= right
            else:
                assert top > bottom or not left <= x <= right


@pytest.mark.parametrize(("width", "least"), [(360, 11), (800, 12), (1280, 12), (1440, 12)])
@pytest.mark.parametrize("variant", VARIANTS)
def test_letters_are_large_enough_to_read(variant, width, least):
    picture = draw(state_for(variant), variant=variant, width=width)
    sizes = {"".join(e.itertext()): float(e.get("font-size")) for e in picture.iter(f"{SVG}text")}
    small = {words: size for words, size in sizes.items() if size < least}
    assert all(re.match(r"^(h′?\d+|[KVQ])$", words) for words in small), small


@pytest.mark.parametrize("variant", ["dot", "general", "additive", "fixed"])
def test_an_explorer_has_room_for_the_whole_picture(variant):
    picture = draw(state_for(variant), variant=variant, width=1280, tall=460)
    assert float(picture.get("height")) <= 460
    parts = {"tokens", "states", "weights", "ribbons", "context", "cell", "next", "target"}
    parts |= set() if variant == "fixed" else {"scores", "softmax", "query"}
    assert parts <= parts_of(picture).keys()
    assert min(float(e.get("font-size")) for e in picture.iter(f"{SVG}text")) >= 12


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_equations_never_vanish_unless_asked_to(variant, width):
    state = state_for(variant)
    whole, compact = (draw(state, variant=variant, width=width, compact=c) for c in (0, 1))
    lines = ["".join(e.itertext()) for e in part(whole, "equations").iter(f"{SVG}text")]
    expected = call("(v => equationsOf(editsOf(v)))", variant)
    assert lines[:-1] == [re.sub(r"_(?=\S)", "", line) for line in expected]
    assert "equations" not in parts_of(compact)
    assert float(compact.get("height")) <= float(whole.get("height"))


@pytest.mark.parametrize("variant", ["heads", ["self", "heads"], ["block", "heads"]])
def test_heads_work_side_by_side_and_only_a_transformer_mixes_them(variant):
    picture = draw(state_of(), variant=variant)
    boxes = [
        (int(group.get("data-head")), float(next(group.iter(f"{SVG}rect")).get("y")))
        for group in part(picture, "scores").iter()
        if group.get("data-head") and group.get("data-word") == "0"
    ]
    assert [head for head, _ in boxes] == [2, 1, 0]  # the first is drawn last, in front
    assert 0 < boxes[2][1] - boxes[0][1] < float(next(picture.iter(f"{SVG}rect")).get("height"))
    taps = [e for e in part(picture, "scores").iter() if e.get("data-from") == "h"]
    assert [e.get("data-word") for e in taps] == [str(j) for j in range(len(SOURCE))]
    mixed = [e for e in part(picture, "context").iter() if e.get("data-to") == "mix"]
    assert [e.get("data-head") for e in mixed] == ([] if variant == "heads" else ["0", "1", "2"])


def test_one_head_can_be_looked_at_alone():
    picture = draw(state_of(), variant="heads", head=1)
    seen = {e.get("data-head"): e.get("opacity") for e in picture.iter() if e.get("data-head")}
    assert seen["1"] is None
    assert seen["0"] == seen["2"] == "0.12"


def test_a_new_word_is_as_wide_as_its_text_and_an_empty_place_waits_for_it():
    for word in ("a", "grandmother"):
        picture = draw(state_of() | {"best": [[word, 0.9]]}, width=1280)
        token = next(e for e in picture.iter() if e.get("data-target") == "4")
        width = float(token.find(f"{SVG}rect").get("width"))
        assert width == pytest.approx(
            call("tokenWidth", word, float(token.find(f"{SVG}text").get("font-size"))), abs=0.02
        )
        slot = next(part(picture, "feedback").iter(f"{SVG}rect"))
        assert slot.get("stroke-dasharray") and slot.get("fill") == "none"
        arrow = next(e for e in picture.iter() if e.get("data-from") == "y")
        end = float(re.match(r"M(\S+)", arrow[1].get("d"))[1])
        middle = float(slot.get("x")) + float(slot.get("width")) / 2
        assert end == pytest.approx(middle, abs=0.02)
        before = [e for e in picture.iter() if e.get("data-target") == "3"]
        right = next(boxes_of(before[0].iter(f"{SVG}rect")))[2]
        assert right < float(slot.get("x"))


@pytest.mark.parametrize(("variant", "order"), [("current", "cqxr"), ("dot", "qxcr")])
def test_the_steps_are_numbered_in_the_order_of_the_equations(variant, order):
    picture = draw(state_of(), variant=variant, width=1440, order=True)
    badges = [e.find(f"{SVG}rect") for e in picture.iter() if e.get("data-order")]
    centers = [(left + right) / 2 for left, _, right, _ in boxes_of(badges)]
    place = call("layoutMaster", state_of(), {"variant": variant, "width": 1440})
    boxes, asks = place["decoder"]["boxes"], "before" if variant == "dot" else "state"
    xs = {
        "c": boxes["cell"]["x"] - boxes["cell"]["width"] / 2,
        "q": boxes[asks]["x"],
        "x": place["weights"]["right"],
        "r": boxes["readout"]["x"] - boxes["readout"]["width"] / 2,
    }
    assert centers == pytest.approx([xs[step] for step in order], abs=0.02)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_says_in_two_words_what_is_new(variant):
    tags = {}
    for name in VARIANTS:
        tag = part(draw(state_for(name), variant=name, width=1280), "tag")
        tags[name] = "".join(next(tag.iter(f"{SVG}text")).itertext())
    assert 1 < len(tags[variant].split()) <= 2
    assert list(tags.values()).count(tags[variant]) == 1


def boxes_of(rects):
    for e in rects:
        x, y, w, h = (float(e.get(key)) for key in ("x", "y", "width", "height"))
        yield x, y, x + w, y + h


def test_a_picture_shrinks_to_be_as_low_as_asked():
    high = draw(state_of(), variant="additive", width=1280)
    low = draw(state_of(), variant="additive", width=1280, tall=440)
    assert float(high.get("height")) > 440 >= float(low.get("height"))


def test_a_thousand_words_are_drawn():
    picture = draw(state_of(SOURCE * 91), width=800, map=True)
    assert len(list(part(picture, "states")[0])) == 1001


# stills


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_still_has_plain_colors(theme):
    drawn = still("drawMaster", state_of(), {"map": True}, theme=theme)
    assert "var(" not in drawn
    colors = set(re.findall(r'(?:fill|stroke)="([^"]+)"', drawn))
    assert all(color == "none" or re.fullmatch("#[0-9A-F]{6}", color) for color in colors)


def test_a_still_and_a_page_differ_in_nothing_but_colors():
    colors = r'(fill|stroke)="[^"]*"'
    page = re.sub(colors, "", call("drawMaster", state_of(), {}))
    assert re.sub(colors, "", still("drawMaster", state_of(), {})) == page


def test_a_still_is_a_png_of_the_size_asked_for():
    png = still_png("drawMaster", state_of(), {"width": 360}, zoom=2)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(png[16:20], "big") == 720


def test_a_picture_says_in_words_what_it_shows():
    title = draw(state_of()).find(f"{SVG}title").text
    state = state_of()
    most = max(range(len(SOURCE)), key=lambda j: state["weights"][j])
    assert SOURCE[most] in title and '"the"' in title


# modules


DRAWING_MODULES = sorted((MODULES / "draw").glob("*.js"))


@pytest.mark.parametrize("path", DRAWING_MODULES, ids=lambda path: path.name)
def test_modules_keep_the_house_style(path):
    text = path.read_text("utf-8")
    assert max(map(len, text.splitlines())) <= 100
    assert not re.search(r"\b(document|window|innerHTML)\b|export default|import \*", text)
    imported = {n for names in re.findall(r"^import \{([^}]*)\}", text, re.MULTILINE)
                for n in names.split(",")}  # fmt: skip
    body = re.sub(r"^import .*$", "", text, flags=re.MULTILINE)
    assert [n for n in imported if not re.search(rf"\b{n.strip()}\b", body)] == []
