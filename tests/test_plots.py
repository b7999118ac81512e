"""Figures show the data they are given; whether they look good is for people to judge."""

import re
from itertools import combinations, pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.lines import Line2D
from toy import LONG, RUNNING

from utils.models.attention import ATTENTIONS, lengths_to_mask
from utils.plots import (
    CELL,
    COLORS,
    MARKERS,
    NARROW,
    PADDING_OR_WORD,
    WIDE,
    attention_map,
    changes,
    colors,
    length_curve,
    map_size,
    set_style,
    shared_bar,
    word_bars,
    word_colors,
    word_grid,
    word_table,
)
from utils.system.paths import ROOT
from utils.widgets.stills import drawings


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def test_the_smallest_type_can_be_read_at_half_size():
    with plt.rc_context():
        set_style()
        names = ["xtick.labelsize", "ytick.labelsize", "legend.fontsize", "axes.labelsize"]
        points = [plt.rcParams[name] for name in [*names, "axes.titlesize", "figure.titlesize"]]
        pixels = min(points) * plt.rcParams["figure.dpi"] / 72
        assert pixels / 2 > 10
        assert plt.rcParams["figure.figsize"][0] == NARROW < WIDE


def test_each_model_has_its_own_color_and_marker():
    assert set(COLORS) == set(MARKERS) == {*ATTENTIONS, "Transformer"}
    assert len(set(COLORS.values())) == len(set(MARKERS.values())) == len(COLORS)


def test_cells_of_a_long_sentence_are_not_smaller_than_those_of_a_shorter_one():
    (width, height), (wider, same) = (map_size(["ja"] * n, ["yes"] * 12) for n in (20, 30))
    assert same == height and wider - width == pytest.approx(10 * CELL)
    assert max(map_size(["ja"] * 2, ["yes"] * 2)) < 5  # a tiny map stays small


def test_a_word_grid_has_each_word_in_a_cell_of_its_color(ax):
    rows = [["ein", "Hund", "."], ["ja", ".", "<pad>"]]
    assert word_grid(rows, lengths_to_mask([3, 2]), ["first", "second"], ax) is ax
    places = {(text.get_text(), *text.get_position()) for text in ax.texts}
    assert places == {
        *[("ein", 0.5, 0.5), ("Hund", 1.5, 0.5), (".", 2.5, 0.5)],
        *[("ja", 0.5, 1.5), (".", 1.5, 1.5), ("<pad>", 2.5, 1.5)],
    }
    ax.figure.canvas.draw()
    (mesh,) = ax.collections
    gray, blue = PADDING_OR_WORD.colors
    assert [to_hex(color).upper() for color in mesh.get_facecolors()] == [blue] * 5 + [gray]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["first", "second"]
    assert ax.get_ylim() == (2, 0)  # the first sentence is on top
    legend = {text.get_text() for text in ax.get_legend().get_texts()}
    assert legend == {"mask True", "False"}


def test_a_word_grid_can_have_the_words_colors(ax):
    word_grid([["ja", "<pad>"]], [[True, False]], ["1"], ax, ["#0072B2", "#555555"])
    strips = [
        to_hex(patch.get_facecolor()).upper() for patch in ax.patches if patch.get_alpha() is None
    ]
    assert strips == ["#FFFFFF", "#0072B2"] and ax.get_legend() is None  # padding stays gray


def test_bars_have_their_colors_and_their_values(ax):
    colors = ["#0072B2", "#555555"]
    assert word_bars([0.25, -2], ["ja", "nein"], ax, colors, numbers="{:.2f}") is ax
    assert [to_hex(bar.get_facecolor()).upper() for bar in ax.patches] == colors
    assert [text.get_text() for text in ax.texts] == ["0.25", "-2.00"]


def test_bars_are_without_values_unless_asked(ax):
    word_bars([0.25, 0.75], ["ja", "nein"], ax, "#0072B2")
    assert [bar.get_height() for bar in ax.patches] == [0.25, 0.75] and not ax.texts


@pytest.mark.parametrize(("numbers", "written"), [("", []), (".1f", ["0.9", "0.1", "0.2", "0.8"])])
def test_an_attention_map_writes_the_weights_if_asked(ax, numbers, written):
    weights = np.array([[0.9, 0.1], [0.2, 0.8]])
    assert attention_map(weights, ["ja", "."], ["yes", "."], ax, numbers) is ax
    assert [text.get_text() for text in ax.texts] == [*written, "ja", "."]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["yes", "."]


def test_a_cell_of_a_map_is_as_strong_as_its_weight_in_the_color_of_its_word(ax):
    attention_map(np.array([[1, 0], [0.5, 0.5]]), ["ja", "."], ["yes", "."], ax)
    cells = ax.collections[0].get_array()
    first, second = (np.array(to_rgb(color)) for color in word_colors(2))
    assert np.allclose(cells, [[first, [1, 1, 1]], [(1 + first) / 2, (1 + second) / 2]])


def test_a_length_curve_draws_the_value_it_is_asked_for(ax):
    frame = pd.DataFrame({"bucket": ["4–5", "6–10"], "aer": [0.1, 0.3], "low": 0.0, "high": 0.5})
    assert length_curve({"dot": frame}, ax, value="aer") is ax
    line, _, (bars,) = ax.containers[0]
    assert list(line.get_ydata()) == [0.1, 0.3]
    assert [list(segment[:, 1]) for segment in bars.get_segments()] == [[0.0, 0.5]] * 2
    assert ax.get_ylabel() == "alignment error rate" and ax.get_ylim()[1] < 2


def test_changes_stand_from_top_to_bottom_beside_a_line_at_0(ax):
    rows = [("dot", "a", 1.0, 0.5, 1.5, 0.04), ("a", "b", -2.0, -3.0, -1.0, 0.06)]
    columns = ["first", "second", "change", "low", "high", "corrected_p"]
    table = pd.DataFrame(rows, columns=columns)
    assert changes(table, ax, color="#112233") is ax
    _, _, (bars,) = ax.containers[0]
    assert [list(segment[:, 0]) for segment in bars.get_segments()] == [[0.5, 1.5], [-3.0, -1.0]]
    points = ax.collections[-1]
    assert list(points.get_offsets()[:, 0]) == [1.0, -2.0]
    filled, hollow = map(to_hex, points.get_facecolors())
    assert filled == "#112233" != hollow
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a against dot", "b against a"]
    assert ax.yaxis_inverted() and list(ax.lines[0].get_xdata()) == [0, 0]


def test_points_of_several_models_stand_side_by_side(ax):
    frame = pd.DataFrame({"bucket": ["4–5", "6–10"], "bleu": [99, 90], "low": 80, "high": 100})
    length_curve({"fixed": frame, "dot": frame}, ax)
    (fixed, *_), (dot, *_) = ax.containers
    assert list(dot.get_xdata() - fixed.get_xdata()) == pytest.approx([0.08, 0.08])
    assert list((dot.get_xdata() + fixed.get_xdata()) / 2) == pytest.approx([0, 1])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["4–5", "6–10"]


def test_several_maps_share_one_bar_and_are_equally_large():
    figure, axes = plt.subplots(2, 2, layout="constrained")
    for ax in axes.flat:
        attention_map(np.eye(3), "abc", "abc", ax, bar=False)
    assert figure.axes == list(axes.flat)
    shared_bar(axes)
    assert len(figure.axes) == 5 and figure.axes[-1].get_ylabel() == "weight α"
    figure.canvas.draw()
    sizes = {tuple(np.round(ax.get_position().size, 3)) for ax in axes.flat}
    assert len(sizes) == 1
    plt.close(figure)


@pytest.mark.parametrize("count", [3, 12, 30])
def test_words_above_a_map_stand_upright_and_are_all_written(count):
    words = [*RUNNING[:-1], "und", "gelacht"] * 3
    words, rows = words[:count], words[:count]
    figure, ax = plt.subplots(figsize=map_size(words, rows))
    attention_map(np.eye(count), words, rows, ax)
    figure.canvas.draw()
    assert [text.get_text() for text in ax.texts] == words
    assert {text.get_rotation() for text in ax.texts} == {0}
    plt.close(figure)


def columns_of(ax):
    """Return the boxes of the words above a drawn map, and the points of each line below them."""
    lines = [line for line in ax.get_children() if isinstance(line, Line2D)]
    points = [line.get_transform().transform(line.get_xydata()) for line in lines]
    return [text.get_window_extent() for text in ax.texts], points


def meets(box, points):
    """Tell whether a path of straight lines comes into a box."""
    ways = pairwise(points)
    shares = np.linspace(0, 1, 50)[:, None]
    steps = np.concatenate([start + shares * (end - start) for start, end in ways])
    inside = (steps > [box.x0, box.y0]) & (steps < [box.x1, box.y1])
    return inside.all(axis=1).any()


@pytest.mark.parametrize(
    ("words", "panels"), [(RUNNING, 1), (RUNNING, 2), (RUNNING, 3), (LONG, 1), (LONG, 2)]
)
def test_no_line_passes_a_word_above_a_map(words, panels):
    size = map_size(words, RUNNING) if panels == 1 else (12, 5)
    figure, axes = plt.subplots(1, panels, figsize=size, squeeze=False, layout="constrained")
    for ax in axes.flat:
        attention_map(np.eye(len(RUNNING), len(words)), words, RUNNING, ax, bar=panels == 1)
        ax.set_title("What it finds")
    figure.canvas.draw()
    for ax in axes.flat:
        boxes, lines = columns_of(ax)
        assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
        assert len(lines) >= len(words) / 2
        assert [(j, k) for j, box in enumerate(boxes) for k, line in enumerate(lines)
                if meets(box, line)] == []  # fmt: skip
    plt.close(figure)


def test_words_above_a_map_take_a_third_of_its_height_at_most():
    figure, ax = plt.subplots(figsize=map_size(RUNNING, RUNNING), layout="constrained")
    attention_map(np.eye(len(RUNNING)), RUNNING, RUNNING, ax)
    figure.canvas.draw()
    boxes, _ = columns_of(ax)
    panel = ax.get_window_extent()
    assert max(box.y1 for box in boxes) - panel.y1 < panel.height / 3
    plt.close(figure)


def test_short_words_above_a_map_stand_on_one_line():
    figure, ax = plt.subplots(figsize=map_size("abc", "abc"), layout="constrained")
    attention_map(np.eye(3), "abc", "abc", ax)
    figure.canvas.draw()
    _, lines = columns_of(ax)
    assert len({round(text.get_position()[1]) for text in ax.texts}) == 1 and lines == []
    plt.close(figure)


# Colors

UTILS = ROOT / "utils"
SHEETS = [path for end in ("css", "js", "j2") for path in UTILS.rglob(f"*.{end}")]
HEX = re.compile(r"(?<![&\w])#(?:[0-9a-fA-F]{3}){1,2}\b")


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_style_sheets_use_only_known_colors(path):
    known = {color for theme in colors.THEMES.values() for color in theme.values()}
    assert {color.upper() for color in HEX.findall(path.read_text("utf-8"))} <= known


def test_no_other_module_writes_a_color():
    modules = set(UTILS.rglob("*.py")) - {Path(colors.__file__)}
    assert [str(path) for path in modules if HEX.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("count", [1, 6, 7, 11, 30])
def test_a_word_has_the_color_that_it_has_in_the_explorers(count):
    call = drawings().call
    painted = [f'="{call("wordPaint", j)}"' for j in range(count)]
    assert [f'="{color}"' for color in word_colors(count)] == [
        call("bakeTheme", paint, "light") for paint in painted
    ]


def test_a_table_of_words_shows_numbers_below_each_word():
    table = word_table(["<sos>", "b"], {"score": [1, 2.345], "looks at": ["a", "<b>"]})
    assert repr(table).splitlines()[1].split() == ["score", "1.00", "2.35"]
    shown = table._repr_html_()
    assert "&lt;sos&gt;" in shown and "&lt;b&gt;" in shown and word_colors(2)[0] in shown
    with pytest.raises(ValueError, match="row 'score' has 1 values for 2 words"):
        word_table(["a", "b"], {"score": [1]})
