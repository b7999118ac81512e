"""One source of all colors, and colors that everybody can tell apart, in both themes."""

import itertools
import re

import numpy as np
import pytest

from utils.plots.colors import THEMES
from utils.widgets import themes
from utils.widgets.stills import drawings

call = drawings().call

TEXT = ("ink", "neutral", "quiet", "highlight", "link", "right", "wrong", "query-text")
MARKS = ("query", "frame", "next", "right", "wrong", "highlight")
MODELS = [f"model-{name}" for name in ("fixed", "dot", "general", "additive", "transformer")]
WORDS = [f"word-{number}" for number in range(1, 17)]
per_theme = pytest.mark.parametrize("theme", ["light", "dark"])

# Machado, Oliveira and Fernandes (2009), severity 1.0, for linear light.
VISION = {
    "all": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
CONES = np.array(  # linear light to what the cones answer to (Ottosson 2020)
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def light_of(color):
    """Return the linear light of #RRGGBB: (3,)."""
    encoded = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """Return the contrast of two colors as WCAG 2 defines it."""
    dark, bright = sorted(light_of(color) @ [0.2126, 0.7152, 0.0722] for color in (one, other))
    return (bright + 0.05) / (dark + 0.05)


def seen(color, vision):
    """Return a color in OKLab as someone with that vision sees it: (3,)."""
    light = np.clip(VISION[vision] @ light_of(color), 0, 1)
    return OKLAB @ np.cbrt(CONES @ light)


def distance(one, other):
    """Return how far apart two colors are for whoever sees them as least different."""
    return min(np.linalg.norm(seen(one, vision) - seen(other, vision)) for vision in VISION)


def words(theme, count):
    """Return the colors of a sentence of `count` words."""
    painted = [f'="{call("wordPaint", position)}"' for position in range(count)]
    return [call("bakeTheme", color, theme)[2:-1] for color in painted]


# one source


def test_script_and_sheet_are_made_from_the_source():
    assert themes.SCRIPT.read_text("utf-8") == themes.color_script()
    assert themes.SHEET.read_text("utf-8") == themes.color_sheet()


def test_both_themes_name_the_same_colors():
    assert list(THEMES["light"]) == list(THEMES["dark"])


def test_the_sheet_has_the_colors_of_the_source():
    rules = re.findall(r"([^{}]*)\{([^{}]*)\}", themes.SHEET.read_text("utf-8"))
    read = [dict(re.findall(r"--at-([\w-]+): ([^;]+);", body)) for _, body in rules]
    expected = [{k: str(v) for k, v in THEMES[t].items()} for t in ("light", "dark") * 2]
    assert read == expected


@per_theme
def test_a_drawing_has_the_colors_of_the_source(theme):
    colors = {name: value for name, value in THEMES[theme].items() if isinstance(value, str)}
    assert len(colors) > 25
    drawn = {n: call("bakeTheme", f'="{call("paint", n)}"', theme)[2:-1] for n in colors}
    assert drawn == colors


def test_without_a_theme_a_drawing_is_light():
    assert call("paint", "ink") == f"var(--at-ink, {THEMES['light']['ink']})"


def test_an_unknown_theme_is_named():
    with pytest.raises(Exception, match='no theme "sepia"'):
        call("bakeTheme", "", "sepia")


# contrast


@per_theme
@pytest.mark.parametrize("ground", ["panel", "ground"])
@pytest.mark.parametrize("name", TEXT)
def test_text_can_be_read(theme, ground, name):
    assert contrast(THEMES[theme][name], THEMES[theme][ground]) >= 4.5


@per_theme
@pytest.mark.parametrize("ground", ["panel", "ground"])
@pytest.mark.parametrize("name", [*MARKS, *MODELS, *WORDS])
def test_marks_can_be_seen(theme, ground, name):
    assert contrast(THEMES[theme][name], THEMES[theme][ground]) >= 3


# color blindness


def test_red_and_green_look_alike_to_some():
    """The simulation does something: two colors that most people tell apart come together."""
    red, green = "#B9655F", "#4E946A"
    apart = {v: np.linalg.norm(seen(red, v) - seen(green, v)) for v in VISION}
    assert apart["deuteranopia"] < apart["all"] / 2


@per_theme
def test_any_two_of_eight_words_stay_apart(theme):
    pairs = itertools.combinations(words(theme, 8), 2)
    assert min(distance(one, other) for one, other in pairs) > 0.1


@per_theme
@pytest.mark.parametrize(("away", "least"), [(1, 0.09), (2, 0.07)])
def test_neighbors_stay_apart(theme, away, least):
    colors = words(theme, 16 + away)  # after the last comes the first again
    assert min(map(distance, colors, colors[away:])) > least


@per_theme
def test_any_two_of_sixteen_words_look_different(theme):
    pairs = list(itertools.combinations(words(theme, 16), 2))
    lab = {color: seen(color, "all") for color in words(theme, 16)}
    assert min(np.linalg.norm(lab[one] - lab[other]) for one, other in pairs) > 0.085
    assert min(distance(one, other) for one, other in pairs) > 0.045


@per_theme
def test_what_is_marked_has_no_hue_and_so_looks_like_nothing_else(theme):
    mark = str(THEMES[theme]["highlight"])
    taken = ["query", "right", "wrong", *MODELS[:4]]
    assert min(distance(mark, str(THEMES[theme][name])) for name in taken) > 0.1
    marked = seen(mark, "all")
    assert np.hypot(marked[1], marked[2]) < 0.01
    nearest = min(np.linalg.norm(seen(color, "all") - marked) for color in words(theme, 16))
    assert nearest > 0.1


@per_theme
def test_a_word_keeps_its_color_while_its_sentence_grows(theme):
    sentence = words(theme, 30)
    assert sentence[:5] == words(theme, 5)
    assert sentence[16:] == sentence[:14]


@per_theme
@pytest.mark.parametrize("other", ["query", "wrong"])
def test_no_word_looks_like_the_query_or_a_mistake(theme, other):
    taken = seen(str(THEMES[theme][other]), "all")
    nearest = min(np.linalg.norm(seen(color, "all") - taken) for color in words(theme, 16))
    assert nearest > 0.07


def test_a_word_keeps_its_hue_in_both_themes():
    for pair in zip(words("light", 16), words("dark", 16), strict=True):
        light, dark = (seen(color, "all") for color in pair)
        turned = np.arctan2(light[2], light[1]) - np.arctan2(dark[2], dark[1])
        assert abs(np.angle(np.exp(1j * turned))) < np.radians(25)
