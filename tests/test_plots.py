"""Pictures show the data they are given; whether they are beautiful, people say."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from utils.attention import ATTENTIONS, lengths_to_mask
from utils.plots import (
    COLORS,
    MARKERS,
    PADDING_OR_WORD,
    attention_map,
    changes,
    length_curve,
    word_bars,
    word_grid,
)


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def test_each_model_has_a_color_and_a_marker_of_its_own():
    assert set(COLORS) == set(MARKERS) == {*ATTENTIONS, "Transformer"}
    assert len(set(COLORS.values())) == len(set(MARKERS.values())) == len(COLORS)


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
    assert [text.get_text() for text in ax.texts] == written
    assert [label.get_text() for label in ax.get_yticklabels()] == ["yes", "."]


def test_a_length_curve_draws_the_value_it_is_asked_for(ax):
    frame = pd.DataFrame({"bucket": ["4–5", "6–10"], "aer": [0.1, 0.3], "low": 0.0, "high": 0.5})
    assert length_curve({"dot": frame}, ax, value="aer") is ax
    line, _, (bars,) = ax.containers[0]
    assert list(line.get_ydata()) == [0.1, 0.3]
    assert [list(segment[:, 1]) for segment in bars.get_segments()] == [[0.0, 0.5]] * 2
    assert ax.get_ylabel() == "alignment error rate" and ax.get_ylim()[1] < 2


def test_changes_stand_from_top_to_bottom_beside_a_line_at_0(ax):
    rows = [("a", "dot", 1.0, 0.5, 1.5), ("b", "a", -2.0, -3.0, -1.0)]
    table = pd.DataFrame(rows, columns=["variant", "against", "change", "low", "high"])
    assert changes(table, ax) is ax
    points, _, (bars,) = ax.containers[0]
    assert list(points.get_xdata()) == [1.0, -2.0]
    assert [list(segment[:, 0]) for segment in bars.get_segments()] == [[0.5, 1.5], [-3.0, -1.0]]
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "a\nagainst dot",
        "b\nagainst a",
    ]
    assert ax.yaxis_inverted() and list(ax.lines[0].get_xdata()) == [0, 0]
