"""Whatever people type into an explorer is drawn as text: nothing raises, nothing executes."""

import os
from xml.etree import ElementTree

import pytest
from test_explorer_words import odd_texts
from toy import toy_fields, toy_translator

from utils.models import build_transformer
from utils.translator import Translator
from utils.widgets import AttentionEditor, AttentionStepper, BeamExplorer, HeadViewer


def small_transformer() -> Translator:
    model = build_transformer(toy_fields(), size=8, heads=2, layers=2, hidden_size=8, seed=1)
    return Translator(model, toy_fields())


SHAPES = {"svg", "g", "rect", "path", "line", "circle", "text", "tspan", "title", "polygon"}
TYPED_INTO = {
    "stepper": lambda: AttentionStepper({"additive": toy_translator()}, "eins"),
    "editor": lambda: AttentionEditor({"additive": toy_translator()}, "eins"),
    "beam": lambda: BeamExplorer(toy_translator(), "eins"),
    "head": lambda: HeadViewer(small_transformer(), "eins"),
}
COUNT = int(os.environ.get("FUZZ", 1_000))  # texts for all of them; 10,000 take five minutes


def check_drawing(explorer) -> None:
    """Fail unless a picture is nothing but shapes and text, and has a finding."""
    drawn, finding = explorer.picture()
    assert finding
    for element in ElementTree.fromstring(drawn).iter():
        assert element.tag.rpartition("}")[2] in SHAPES
        assert not any(name.startswith("on") or name == "href" for name in element.attrib)


@pytest.mark.parametrize("name", TYPED_INTO)
@pytest.mark.parametrize(
    ("count", "seed"), [(40, 1), pytest.param(COUNT // len(TYPED_INTO), 2, marks=pytest.mark.slow)]
)
def test_odd_texts_are_drawn(name, count, seed):
    explorer = TYPED_INTO[name]()
    for text in odd_texts(count, seed):
        explorer.sentence = text
        check_drawing(explorer)
