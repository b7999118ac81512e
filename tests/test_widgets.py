"""The explorers: what they compute, what they draw, and how they handle whatever people type."""

import math
import re
from base64 import b64decode
from functools import cache
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from toy import decided_model, toy_corpus, toy_fields, toy_translator

from utils.corpora import Pair
from utils.models.attention import ATTENTIONS
from utils.models.seq2seq import build_model
from utils.text import END, build_fields, encode_sources
from utils.trace import trace
from utils.training import Epoch
from utils.translator import Translator
from utils.widgets import (
    AttentionStepper,
    LengthExplorer,
    ScoreCalculator,
    TrainingRecorder,
    TrainingViewer,
)
from utils.widgets.calculator import WEIGHTS, Setting, make_attention, score_words
from utils.widgets.length import describe_errors, position, right_words
from utils.widgets.sentences import MOST_PIECES, read_sentence
from utils.widgets.stepper import describe_step
from utils.widgets.svg import SHARPNESS, blue, printable, red_or_blue

SVG = "{http://www.w3.org/2000/svg}"
SENTENCE = "eins zwei drei vier"
WORDS = tuple(SENTENCE.split())
SCORED = [name for name in ATTENTIONS if name != "fixed"]


def translators(*names):
    return {name: toy_translator(name) for name in names}


def curve(values=(90.0, 40.0)):
    return pd.DataFrame({"bucket": ["1–3", "4–6"], "bleu": values})


def make_length(**changed):
    options = {
        "translators": translators("fixed", "dot"),
        "curves": {"fixed": curve(), "dot": curve((99.0, 98.0))},
        "pairs": [*toy_corpus().test, *toy_corpus().valid],
        "growing": sorted(toy_corpus().valid, key=lambda pair: len(pair.source)),
    }
    return LengthExplorer(**(options | changed))


def make_recorder(sentence=SENTENCE):
    recorder = TrainingRecorder(toy_translator(), sentence)
    for number, loss in enumerate((2.0, 1.0, 0.5), start=1):
        recorder(Epoch(number, loss, loss, None, 1.0))
    return recorder


EXPLORERS = {
    "stepper": lambda: AttentionStepper(translators(*ATTENTIONS), SENTENCE),
    "calculator": lambda: ScoreCalculator(["a", "b", "c"], [(2, 0), (2, 2), (0, 2)], (1, -1)),
    "length": make_length,
    "training": lambda: TrainingViewer(make_recorder()),
}
every_explorer = pytest.mark.parametrize("name", EXPLORERS)


def controls(explorer):
    """Return every control in an explorer that has a value."""
    return [child for box in explorer.children[:-2] for child in box.children]


# What all explorers guarantee


@every_explorer
def test_a_picture_is_valid_svg_with_a_description(name):
    view = EXPLORERS[name]().view()
    drawn = ElementTree.fromstring(view.picture)
    assert drawn.get("role") == "img"
    assert len(drawn.get("aria-label")) > 20
    assert len(view.finding) > 20


@every_explorer
def test_a_reader_without_a_kernel_is_told_what_to_do(name):
    explorer = EXPLORERS[name]()
    assert repr(explorer) == f"{type(explorer).__name__}: run the notebook to use it."


@every_explorer
def test_every_control_has_a_name(name):
    for control in controls(EXPLORERS[name]()):
        assert control.description.strip()


@every_explorer
def test_each_control_changes_what_is_shown(name):
    """At least one value of each control changes the picture or the text."""
    explorer = EXPLORERS[name]()
    for control in controls(explorer):
        if control.description in ("other word", "which one"):
            continue
        old, shown = control.value, {explorer.view()}
        for value in other_values(control):
            control.value = value
            shown.add(explorer.view())
            assert explorer.output.value == explorer.view().to_html()
            assert explorer.status.value == explorer.view().finding
        assert len(shown) > 1, control.description
        control.value = old


def other_values(control):
    if hasattr(control, "options"):
        return [value for _, value in control._options_full][::-1]
    if isinstance(control.value, bool):
        return [not control.value]
    if isinstance(control.value, str):
        return ["sieben acht neun"]
    return [control.max, control.min]


@every_explorer
def test_a_snapshot_shows_the_picture_and_says_the_finding(name, monkeypatch):
    explorer, shown = EXPLORERS[name](), []
    monkeypatch.setattr(
        "utils.widgets.explorer.display",
        lambda bundle, raw, metadata=None: shown.append((bundle, metadata)),
    )
    explorer.snapshot()._ipython_display_()
    (picture, about), (words, _) = shown
    view = explorer.view()
    drawn = Image.open(BytesIO(b64decode(picture["image/png"])))
    size = ElementTree.fromstring(view.picture).get("viewBox").split()[2:]
    assert drawn.size == tuple(pytest.approx(SHARPNESS * float(side), abs=1) for side in size)
    assert drawn.convert("L").getextrema() == (pytest.approx(34, abs=34), 255)  # ink on white
    assert about["image/png"] == {
        "width": pytest.approx(float(size[0]), abs=1),
        "alt": view.finding,
    }
    assert words == {"text/plain": view.finding}


# Whatever people type

ATTACK = '<script>alert(1)</script><img src=x onerror="alert(1)">'
TYPED = [
    "",
    "   ",
    "eins " * 1000,
    "x" * 100_000,
    "😀 🏳️‍🌈 eins",
    "مرحبا بالعالم eins",
    "\x00\x1b[31m\u202e eins",
    ATTACK,
    "&lt;b&gt; ]]> <!-- eins",
    "$x$ $$y$$ `z` **eins**",
    "▁",
    "eins▁zwei ▁▁ drei",
    "\xa0\u3000 \ufeff",
    "\ud800",  # half a character, which UTF-8 cannot hold
]
# Explorers with text fields, each once with words and once with subwords.
TYPED_INTO = {
    "stepper": EXPLORERS["stepper"],
    "stepper, pieces": lambda: AttentionStepper({"additive": of_pieces()}, SENTENCE),
}
typing = pytest.mark.parametrize("name", TYPED_INTO)


@cache
def of_pieces():
    """Return an untrained translator with subwords."""
    fields = build_fields(toy_corpus(), subwords=60)
    model = build_model(fields, embedding_size=6, hidden_size=8, tied=True, seed=1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(4)
    return Translator(model, fields)


def assert_harmless(explorer):
    html = explorer.output.value
    assert "<script" not in html
    assert "<img" not in html
    assert len(html) < 1_000_000
    view = explorer.view()
    assert view.finding
    if view.picture:
        ElementTree.fromstring(view.picture)


@typing
@pytest.mark.parametrize("typed", TYPED, ids=range(len(TYPED)))
def test_no_input_raises_or_runs_code(name, typed):
    explorer = TYPED_INTO[name]()
    explorer.sentence.value = typed
    assert_harmless(explorer)
    explorer.sentence.value = SENTENCE
    assert "does not know" not in explorer.view().finding


@pytest.fixture(scope="module")
def typed_into():
    return {name: make() for name, make in TYPED_INTO.items()}


@pytest.mark.slow
@typing
@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=80))
def test_any_text_is_harmless(typed_into, name, text):
    typed_into[name].sentence.value = text
    assert_harmless(typed_into[name])


@typing
@pytest.mark.parametrize("typed", ["", "  \n", "\u3000"])
def test_an_empty_sentence_asks_for_one(name, typed):
    explorer = TYPED_INTO[name]()
    explorer.sentence.value = typed
    assert explorer.view() == ("", "Type a sentence in German.", "")


def test_unknown_words_are_named():
    reading = read_sentence("eins hundert zwei tausend hundert", toy_translator())
    assert reading.words == ("eins", "hundert", "zwei", "tausend", "hundert")
    assert reading.note == "The model does not know: hundert, tausend. It reads <unk> instead."


def test_a_long_sentence_is_cut_and_the_reader_told():
    reading = read_sentence("eins " * 1000, toy_translator())
    assert reading.words == ("eins",) * MOST_PIECES
    assert reading.note == f"Only the first {MOST_PIECES} words are used."


def test_the_limit_counts_pieces_where_the_model_reads_those():
    split = of_pieces().fields.source.preprocess
    reading = read_sentence("einszweidrei " * 100, of_pieces())
    assert 1 < len(reading.words) < MOST_PIECES
    used = len(split(reading.words))
    assert used <= MOST_PIECES < used + len(split(["einszweidrei"]))
    assert reading.note == f"Only the first {len(reading.words)} words are used."


def test_a_word_too_long_to_read_is_answered_clearly():
    reading = read_sentence("eins" * 400, of_pieces())
    assert reading == ((), "The first word is too long: type a shorter one.")


# The trace


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_a_trace_is_the_translation_step_by_step(attention):
    translator = toy_translator(attention)
    for pair in toy_corpus().test:
        (expected,) = translator.translate([pair.source])
        traced = trace(translator, pair.source)
        assert traced.words == expected.tokens
        size = len(expected.tokens)
        torch.testing.assert_close(traced.weights[:size], expected.weights)
        log_p = sum(math.log(step.best[0][1]) for step in traced.steps)
        assert log_p == pytest.approx(expected.score, abs=1e-3)


@pytest.mark.parametrize("attention", SCORED)
def test_a_step_holds_what_the_equations_say(attention):
    translator = toy_translator(attention)
    traced = trace(translator, WORDS)
    memory, _ = translator.model.encoder(*encode_sources([WORDS], translator.fields))
    for step in traced.steps:
        torch.testing.assert_close(step.weights, step.scores.softmax(dim=0))  # (4)
        torch.testing.assert_close(step.context, step.weights @ memory[0])  # (5)
        assert [p for _, p in step.best] == sorted((p for _, p in step.best), reverse=True)


def test_a_fixed_context_has_no_scores():
    assert all(step.scores is None for step in trace(toy_translator("fixed"), WORDS).steps)


def test_an_override_that_changes_nothing_changes_nothing():
    translator = toy_translator("dot")
    same = trace(translator, WORDS, lambda t, weights: weights)
    assert same.words == trace(translator, WORDS).words


def test_an_override_decides_the_context():
    translator = toy_translator("additive")
    memory, _ = translator.model.encoder(*encode_sources([WORDS], translator.fields))
    look = torch.tensor([0.0, 0.0, 1.0, 0.0])
    traced = trace(translator, WORDS, lambda t, weights: look if t == 1 else weights)
    torch.testing.assert_close(traced.steps[1].context, memory[0, 2])
    assert not torch.equal(traced.steps[0].weights, look)


def test_a_fixed_context_cannot_be_overridden():
    with pytest.raises(ValueError, match="no weights to overwrite"):
        trace(toy_translator("fixed"), WORDS, lambda t, weights: weights)


def test_nothing_to_trace_is_answered_clearly():
    with pytest.raises(ValueError, match="give at least one word"):
        trace(toy_translator(), ())


def test_a_step_is_described():
    traced = trace(toy_translator("dot"), WORDS)
    words = describe_step(traced, 1)
    assert words.startswith(f"Step 1 of {len(traced.steps)}: the heaviest weight, ")
    assert f"writes “{traced.steps[0].word}”" in words or "ends the sentence" in words


# The calculator


@pytest.mark.parametrize(
    ("kind", "scores"),
    [
        ("dot", [1 * 2 + -1 * 0, 1 * 2 + -1 * 2, 1 * 0 + -1 * 2]),
        ("general", [1 * 0 + -1 * 2, 1 * 2 + -1 * 2, 1 * 2 + -1 * 0]),
        (
            "additive",
            [math.tanh(3) + math.tanh(-1), math.tanh(3) + math.tanh(1), math.tanh(1) * 2],
        ),
    ],
)
def test_scores_by_hand(kind, scores):
    query, memory = torch.tensor([1.0, -1.0]), torch.tensor([[2.0, 0], [2, 2], [0, 2]])
    scored = score_words(Setting(kind, query, memory, torch.tensor([True, True, True])))
    torch.testing.assert_close(scored.scores, torch.tensor(scores, dtype=torch.float))
    torch.testing.assert_close(scored.weights, scored.scores.softmax(dim=0))
    torch.testing.assert_close(scored.context, scored.weights @ memory)


def test_a_masked_word_gets_no_weight_and_temperature_flattens():
    query, memory = torch.tensor([1.0, -1.0]), torch.tensor([[2.0, 0], [2, 2], [0, 2]])
    mask = torch.tensor([True, False, True])
    sharp, flat = (
        score_words(Setting("dot", query, memory, mask, divisor)) for divisor in (0.5, 5.0)
    )
    torch.testing.assert_close(sharp.scores, flat.scores)  # the scores are those of equation (2)
    sharp, flat = sharp.weights, flat.weights
    assert sharp[1] == flat[1] == 0
    assert sharp[0] > flat[0] > flat[2] > sharp[2]


@pytest.mark.parametrize("kind", WEIGHTS)
def test_the_calculators_attention_is_the_series_attention(kind):
    assert type(make_attention(kind)) is ATTENTIONS[kind]


@pytest.mark.parametrize("kind", SCORED)
def test_a_calculator_opens_with_the_score_it_is_given(kind):
    assert ScoreCalculator(["a"], [(1, 0)], (1, -1), kind=kind).kind.value == kind


def test_masking_everything_is_answered_clearly():
    explorer = EXPLORERS["calculator"]()
    for check in explorer.real:
        check.value = False
    assert explorer.view().finding.startswith("All words are masked")


# Length


@pytest.mark.parametrize(
    ("words", "reference", "right"),
    [
        ("a b c", "a b c", [True, True, True]),
        ("a x c", "a b c", [True, False, True]),
        ("a b b c", "a b c", [True, True, False, True]),
        ("", "a b", []),
    ],
)
def test_wrong_words_are_found(words, reference, right):
    assert right_words(words.split(), reference.split()) == right


def test_errors_are_described():
    pair = Pair(("eins", "zwei", "drei"), ("a", "b", "c"), None)
    assert describe_errors("dot", ("a", "b", "c"), pair) == "dot: right, all 3 words."
    assert describe_errors("dot", ("a", "x"), pair) == (
        "dot: 1 word wrong or too many, 2 of the reference missing: a *x*"
    )


@pytest.mark.parametrize(
    ("length", "place"), [(4, 0.25), (5, 0.75), (6, 1.1), (10, 1.9), (3, 0.25), (99, 1.9)]
)
def test_a_length_has_its_place_among_the_buckets(length, place):
    assert position(length, ["4–5", "6–10"]) == pytest.approx(place)


def test_a_sentence_grows_with_the_slider():
    explorer = make_length()
    sizes = []
    for length in range(explorer.length.min, explorer.length.max + 1):
        explorer.length.value = length
        sizes.append(len(explorer._choose().source))
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


def test_an_empty_bucket_draws_no_point():
    drawn = make_length(curves={"dot": curve((50.0, math.nan))}).view().picture
    assert "nan" not in drawn


# Training


def test_a_recorder_notes_each_epoch():
    recorder = make_recorder()
    assert [snap.epoch.number for snap in recorder.snaps] == [1, 2, 3]
    assert recorder.snaps[0].trace.words == toy_translator().translate([SENTENCE])[0].tokens


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_a_fixed_context_has_no_map_to_watch(attention):
    recorder = TrainingRecorder(toy_translator(attention), SENTENCE)
    recorder(Epoch(1, 1.0, 1.0, None, 1.0))
    drawn = TrainingViewer(recorder).view().picture
    assert ("probability of each word" in drawn) == (attention == "fixed")


def test_a_viewer_needs_epochs_and_a_recorder_words():
    with pytest.raises(ValueError, match="nothing is recorded yet"):
        TrainingViewer(TrainingRecorder(toy_translator(), SENTENCE))
    with pytest.raises(ValueError, match="has no words"):
        TrainingRecorder(toy_translator(), "  ")


def test_a_model_that_writes_nothing_can_be_viewed():
    model = decided_model()
    with torch.no_grad():
        model.decoder.output.bias[toy_fields().target.vocab.stoi[END]] = 1e3
    recorder = TrainingRecorder(Translator(model, toy_fields()), SENTENCE)
    recorder(Epoch(1, 1.0, 1.0, None, 1.0))
    assert "(nothing)" in TrainingViewer(recorder).view().finding


def test_a_resumed_run_keeps_its_epoch_numbers():
    recorder = TrainingRecorder(toy_translator(), SENTENCE)
    for number in (4, 5):
        recorder(Epoch(number, 1.0, 1.0, None, 1.0))
    viewer = TrainingViewer(recorder)
    assert (viewer.epoch.min, viewer.epoch.max) == (4, 5)
    assert viewer.status.value.startswith("After epoch 4,")
    assert ">4</text>" in viewer.view().picture


def test_a_second_run_forgets_the_first():
    recorder = make_recorder()
    recorder(Epoch(1, 9.0, 9.0, None, 1.0))
    assert [snap.epoch.valid_loss for snap in recorder.snaps] == [9.0]


@pytest.mark.parametrize("losses", [(2.0, math.nan, math.inf), (math.nan, math.nan)])
def test_a_run_that_failed_can_be_viewed(losses):
    recorder = TrainingRecorder(toy_translator(), SENTENCE)
    for number, loss in enumerate(losses, start=1):
        recorder(Epoch(number, loss, loss, None, 1.0))
    viewer = TrainingViewer(recorder)
    for number in range(1, len(losses) + 1):
        viewer.epoch.value = number
        assert 'cy="nan"' not in viewer.view().picture


def test_many_epochs_do_not_run_into_each_other():
    recorder = TrainingRecorder(toy_translator(), SENTENCE)
    for number in range(1, 101):
        recorder(Epoch(number, 1.0, 1.0, None, 1.0))
    labels = re.findall(r'y="305"[^>]*>(\d+)<', TrainingViewer(recorder).view().picture)
    assert 5 < len(labels) <= 13


# Colors and letters


@pytest.mark.parametrize(
    ("typed", "shown"), [("a\x00b", "a□b"), ("\u202eabc", "□abc"), ("👩\u200d🚀", "👩\u200d🚀")]
)
def test_an_invisible_character_is_drawn_as_a_box(typed, shown):
    assert printable(typed) == shown


def test_words_can_be_read_on_white():
    """Contrast of at least 4.5, as the Web Content Accessibility Guidelines require."""

    def light(color):
        parts = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    for make in EXPLORERS.values():
        for words in ElementTree.fromstring(make().view().picture).iter(f"{SVG}text"):
            if words.get("fill") != "#FFFFFF":  # on a dark background
                assert 1.05 / (light(words.get("fill")) + 0.05) >= 4.5, words.text


def test_colors_go_from_white_to_dark():
    assert blue(0) == blue(-1) == "#f7fbff"
    assert blue(1) == blue(2) == "#08306b"
    assert red_or_blue(-1, 1) != red_or_blue(1, 1)
    assert red_or_blue(0, 0)
