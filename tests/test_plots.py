"""Pictures show the data they are given; whether they are beautiful, people say."""

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_hex

from utils.attention import lengths_to_mask
from utils.plots import PADDING_OR_WORD, word_grid


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


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
