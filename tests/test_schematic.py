"""Schematics are the master picture as a figure, with true numbers and words for screen readers."""

import re
from io import BytesIO

import pytest
from PIL import Image

from utils.plots import word_colors
from utils.trace import trace
from utils.translator import Translator
from utils.widgets import (
    captioned,
    choice_of,
    noted,
    schematic,
    schematic_of,
    side_by_side,
    state_of,
)
from utils.widgets.schematic import SIZE
from utils.widgets.stills import drawings

WORDS, WEIGHTS = ["knowledge", "is", "power"], [0.7, 0.2, 0.1]
VARIANTS = drawings().call("Object.keys(VARIANTS).concat")


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_is_drawn_with_its_words_in_words(variant):
    heads = {"heads": [WEIGHTS, [0.1, 0.1, 0.8]]} if variant == "heads" else {}
    weights = [0.5, 0.0, 0.5] if variant == "fixed" else WEIGHTS
    drawn = schematic(WORDS, weights, variant, state={"position": 1, **heads}, width=700)
    data, metadata = drawn._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"] == metadata["image/png"]["alt"] != ""
    assert '"' in drawn.alt and "&" not in drawn.alt


def test_a_step_of_a_translation_shows_its_own_numbers():
    steps = trace(Translator.load("mini-dot"), "Tom liest ein Buch .")
    drawn = schematic_of(steps, 2)
    assert f'is on "{steps.source[int(steps.steps[1].weights.argmax())]}"' in drawn.alt
    assert f'The next word is "{steps.steps[1].word}"' in drawn.alt
    for step in (0, 99):
        with pytest.raises(ValueError, match=f"and no {step}"):
            schematic_of(steps, step)


def test_hidden_parts_are_not_there():
    assert ">scores" in schematic(WORDS, WEIGHTS, state={"scores": [1, 2, 3]}).svg
    assert ">scores" not in schematic(WORDS, WEIGHTS, hide=["scores"]).svg


def test_the_query_comes_in_where_the_decoder_is_cut_off():
    whole = schematic(WORDS, WEIGHTS, compact=True)
    half = schematic(WORDS, WEIGHTS, asks="s₀ asks")
    tall = [float(SIZE.findall(each.svg)[0][1]) for each in (whole, half)]
    assert tall[1] < tall[0] and ">s₀ asks<" in half.svg and ">readout<" not in half.svg
    context = re.search(r'data-part="context"><rect x="[\d.]+" y="([\d.]+)"', half.svg)
    assert 0 < float(context[1]) < 30
    assert half._repr_mimebundle_()[0]["image/png"].startswith(b"\x89PNG")


def test_a_caption_stands_in_the_picture():
    picture = schematic(WORDS, WEIGHTS)
    assert captioned(picture, "look & think").svg.endswith(">look &amp; think</text></svg>")


def test_a_choice_shows_the_decoder_alone_and_marks_the_arrow_to_the_word():
    steps = trace(Translator.load("mini-fixed"), "Tom liest ein Buch .")
    drawn = choice_of(steps, 2, "who & why?")
    whole = schematic_of(steps, 2, "fixed", compact=True)
    assert drawn.svg.count("who &amp; why?") == 1 and "liest" not in drawn.svg
    names = re.findall(r'data-word="(\d)"[^>]*><tspan[^>]*>([←→])h<', drawn.svg)
    assert names == [("0", "←"), ("4", "→")]  # the two halves of the context
    assert f">{steps.steps[1].word}<" in drawn.svg and "who & why?" in drawn.alt
    sizes = [SIZE.findall(picture.svg)[0] for picture in (drawn, whole)]
    assert sizes[0][0] == sizes[1][0] and float(sizes[0][1]) < 0.6 * float(sizes[1][1])
    assert drawn._repr_mimebundle_()[0]["image/png"].startswith(b"\x89PNG")


def test_pictures_stand_side_by_side():
    narrow, wide = (schematic(WORDS, WEIGHTS, width=width) for width in (400, 500))
    both = side_by_side(narrow, wide, narrow)
    assert both.svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" width="920.0"')
    assert [both.svg.count(f'x="{x}" y="0.0"') for x in (0.0, 420.0)] == [1, 1]
    assert both.alt == " ".join([narrow.alt, wide.alt, narrow.alt])
    assert both._repr_mimebundle_()[0]["image/png"].startswith(b"\x89PNG")


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="3 words and 2 weights"):
        schematic(WORDS, [0.5, 0.5])
    with pytest.raises(ValueError, match="no variant 'hard'"):
        schematic(WORDS, WEIGHTS, "hard")


def test_words_have_their_exact_colors_in_a_picture():
    """A palette that merges like colors would turn some words gray."""
    png = schematic([*"abcdefghijkl"], [1 / 12] * 12)._repr_mimebundle_()[0]["image/png"]
    image = Image.open(BytesIO(png)).convert("RGBA").convert("RGB")
    found = {"#{:02X}{:02X}{:02X}".format(*color) for _, color in image.getcolors(256)}
    assert set(word_colors(12)) <= found


def test_notes_and_arrows_stand_on_the_picture():
    drawn = schematic(WORDS, WEIGHTS, decoder=False)
    x, y = state_of(drawn, 2)
    assert state_of(drawn, 1)[0] < x < state_of(drawn, 3)[0]
    more = noted(drawn, [(x, 20, "here <\nso")], [[(x, 30), (x, y)]] * 2, alt="A note.")
    assert more.alt == "A note." and noted(drawn, []) == drawn
    assert ">here &lt;</text>" in more.svg and ">so</text>" in more.svg
    assert more.svg.count('<g opacity="1.00">') == more.svg.count('<g opacity="0.25">') == 1
    assert more._repr_mimebundle_()[0]["image/png"].startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="no arrow from a word 4"):
        state_of(drawn, 4)
