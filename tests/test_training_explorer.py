"""The training viewer: what a recorder keeps, what a run tells, and the epochs in a page."""

import json
import math

import pytest
import torch
import traitlets
from explorers import open_page
from lab import skip_without_browser
from playwright.sync_api import expect
from toy import decided_model, fit_with, toy_corpus, toy_fields, toy_model, toy_translator

from utils.models import ATTENTIONS
from utils.text import END
from utils.training import Epoch
from utils.translator import Translator
from utils.widgets.live import engine_of
from utils.widgets.training_viewer import (
    MOST_BYTES,
    MOST_WORDS,
    TrainingRecorder,
    TrainingViewer,
    plain_snap,
)

SENTENCE = "eins zwei drei"
CHART = {"width": 500, "size": 14}


def call(function, *arguments):
    return engine_of("training").call(function, *arguments)


def recorder_of(losses=(2.0, 1.0, 0.5), attention="additive", first=1, sentence=SENTENCE):
    """Return a recorder that has watched a model which learns nothing, but has these losses."""
    recorder = TrainingRecorder(toy_translator(attention), sentence)
    for number, loss in enumerate(losses, start=first):
        recorder(Epoch(number, loss, loss, None, 1.0))
    return recorder


def make_snap(epoch, text, valid=1.0, looks=None):
    """Return a snap of a translation; word t puts 0.8 on the source word `looks[t]` of three."""
    words = text.split()
    looks = looks or [t % 3 for t in range(len(words))]
    rows = [[0.8 if j == look else 0.1 for j in range(3)] for look in looks]
    sure = [0.5 + 0.1 * epoch] * len(words)
    return {
        "epoch": epoch, "train": valid, "valid": valid, "words": words, "sure": sure, "rows": rows,
    }  # fmt: skip


def view_of(snaps, at=0, reference=(), fixed=False, **changed):
    """Return what the viewer shows of a run after one of its epochs."""
    run = {"source": ["a", "b", "c"], "reference": list(reference), "fixed": fixed}
    run |= {"ceiling": 3.0, "leftOut": 0, "cut": False, "snaps": snaps}
    return call("prepareTraining", run) | {"at": at} | changed


RUN = [
    make_snap(1, "x x <eos>", 2.0),
    make_snap(2, "one x <eos>", 1.0),
    make_snap(3, "one two <eos>", 0.6, [0, 2, 2]),
    make_snap(4, "one two <eos>", 0.5, [0, 1, 2]),
]


# What is recorded


def test_a_recorder_notes_each_epoch():
    recorder = recorder_of()
    assert [snap.epoch.number for snap in recorder.snaps] == [1, 2, 3]
    assert recorder.snaps[0].trace.words == toy_translator().translate([SENTENCE])[0].tokens


def test_parts_of_the_first_epoch_can_be_viewed_as_fractions():
    recorder = TrainingRecorder(toy_translator(), SENTENCE)
    for number in (0, 0.125, 0.5, 1, 2):
        recorder(Epoch(number, math.nan if number < 1 else 2.0, 2.0 - number / 2, None, 1.0))
    viewer = TrainingViewer(recorder)
    assert viewer.epoch == 0
    viewer.epoch = 0.5
    with pytest.raises(traitlets.TraitError, match="not there: choose one of 0, 0"):
        viewer.epoch = 0.3
    drawn, found = viewer.picture()
    assert "epoch ½" in drawn and "From epoch 0 to 2" in found
    assert "Epoch ⅛: " in call("trainingFinding", view_of(viewer.snaps, 1))
    chart = call("epochLossChart", view_of(viewer.snaps), CHART)
    assert [text for _, text in chart["ticksAcross"]] == ["0", "1", "2"]


def test_a_second_run_forgets_the_first():
    recorder = recorder_of()
    recorder(Epoch(1, 9.0, 9.0, None, 1.0))
    assert [snap.epoch.valid_loss for snap in recorder.snaps] == [9.0]


def test_a_viewer_needs_epochs_and_a_recorder_words():
    with pytest.raises(ValueError, match="nothing is recorded yet"):
        TrainingViewer(TrainingRecorder(toy_translator(), SENTENCE))
    with pytest.raises(ValueError, match="has no words"):
        TrainingRecorder(toy_translator(), "  ")
    with pytest.raises(TypeError, match="reference must be the right translation"):
        TrainingRecorder(toy_translator(), SENTENCE, 3)


def test_a_snap_holds_the_rounded_weights():
    snap = recorder_of().snaps[0]
    plain = plain_snap(snap)
    assert torch.allclose(torch.tensor(plain["rows"]), snap.trace.weights, atol=5e-4)
    assert plain["words"] == [step.word for step in snap.trace.steps]
    assert all(round(weight, 3) == weight for row in plain["rows"] for weight in row)


@pytest.mark.parametrize("losses", [(2.0, math.nan, math.inf), (math.nan, math.nan)])
def test_a_run_that_failed_can_be_viewed(losses):
    viewer = TrainingViewer(recorder_of(losses))
    drawn, finding = viewer.picture()
    assert "NaN" not in drawn and "not a number" in finding
    json.loads(json.dumps(viewer.page_options(), allow_nan=False))  # what a page reads


def test_a_resumed_run_keeps_its_epoch_numbers():
    viewer = TrainingViewer(recorder_of((1.0, 0.5), first=4))
    assert viewer.epoch == 4
    viewer.epoch = 5
    with pytest.raises(traitlets.TraitError, match="epoch 1 is not there: choose one of 4, 5"):
        viewer.epoch = 1


def test_a_long_run_keeps_its_last_epoch_and_its_size():
    recorder = recorder_of([1.0] * 400, sentence=" ".join(["eins"] * 40))
    viewer = TrainingViewer(recorder)
    assert len(json.dumps(viewer.snaps)) <= MOST_BYTES
    assert viewer.snaps[-1]["epoch"] == 400
    assert viewer.about["leftOut"] == 400 - len(viewer.snaps) > 0
    assert "left out" in call("trainingFinding", view_of(viewer.snaps) | viewer.about)


def test_a_long_sentence_is_cut_and_says_so():
    viewer = TrainingViewer(recorder_of((1.0,), sentence=" ".join(["eins"] * 100)))
    assert len(viewer.about["source"]) == len(viewer.snaps[0]["rows"][0]) == MOST_WORDS
    assert "Only the beginning" in viewer.picture()[1]


def test_a_model_that_writes_nothing_can_be_viewed():
    model = decided_model()
    with torch.no_grad():
        model.decoder.output.bias[toy_fields().target.vocab.stoi[END]] = 1e3
    recorder = TrainingRecorder(Translator(model, toy_fields()), SENTENCE)
    recorder(Epoch(1, 1.0, 1.0, None, 1.0))
    drawn, finding = TrainingViewer(recorder).picture()
    assert "(nothing)" in drawn and "writes nothing" in finding


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_a_fixed_context_shows_how_sure_it_was(attention):
    drawn, _ = TrainingViewer(recorder_of(attention=attention)).picture()
    assert ('data-part="sureness"' in drawn) == (attention == "fixed")
    assert ('data-part="alignment"' in drawn) == (attention != "fixed")


# What a run tells


@pytest.mark.parametrize(
    ("written", "goal", "marks"),
    [
        ("a b c", "a b c", [1, 1, 1]),
        ("a x b c", "a b c", [1, 0, 1, 1]),  # one too many makes only itself wrong
        ("b c", "a b c", [1, 1]),
        ("c b a", "a b c", [0, 0, 1]),
        ("", "a b", []),
    ],
)
def test_words_are_matched_in_their_order(written, goal, marks):
    assert call("matchedWords", written.split(), goal.split()) == [bool(mark) for mark in marks]


def test_as_many_words_match_as_the_longest_common_sequence_has():
    generator = torch.Generator().manual_seed(0)
    for _ in range(100):
        written, goal = torch.randint(0, 3, (2, 7), generator=generator).tolist()
        subsets = [[goal[k] for k in range(7) if mask >> k & 1] for mask in range(128)]
        longest = max(len(part) for part in subsets if is_subsequence(part, written))
        marks = call("matchedWords", written, goal)
        kept = [word for word, mark in zip(written, marks, strict=True) if mark]
        assert len(kept) == longest and is_subsequence(kept, goal)


def is_subsequence(part, whole):
    rest = iter(whole)
    return all(word in rest for word in part)


def test_halfway_between_two_epochs_is_their_mean():
    a, b = (call("snapFrame", view_of(RUN), at) for at in (2, 3))
    middle = call("blendSnaps", a, b, 0.5)
    assert middle["rows"][1] == pytest.approx([0.1, 0.45, 0.45])
    assert middle["at"] == 2.5
    assert call("blendSnaps", a, b, 0)["rows"] == a["rows"]
    assert call("blendSnaps", a, b, 1)["rows"][1] == pytest.approx(b["rows"][1])


def test_a_row_that_an_epoch_does_not_have_fades():
    long, short = make_snap(1, "x y z"), make_snap(2, "x y")
    view = view_of([long, short])
    mixed = call("blendSnaps", call("snapFrame", view, 0), call("snapFrame", view, 1), 0.5)
    assert mixed["rows"][2] == pytest.approx([weight / 2 for weight in long["rows"][2]])


def test_the_finding_says_in_words_how_it_writes_and_looks():
    found = call("trainingFinding", view_of(RUN, 0))
    assert found == (
        "Epoch 1: it babbles and looks at a few words at a time. 0 of 2 words as at the end; "
        "loss 2.00."
    )
    assert "it has some words" in call("trainingFinding", view_of(RUN, 1))
    assert "every word" in call("trainingFinding", view_of(RUN, 2)) and "“one two”" in call(
        "trainingFinding", view_of(RUN, 3)
    )
    right = call("trainingFinding", view_of(RUN, 3, reference=["one", "three"]))
    assert "1 of 2 words right" in right
    short = call("trainingFinding", view_of(RUN, 3, reference=["one", "two", "three"]))
    assert "leaves words out" in short


@pytest.mark.parametrize(
    ("row", "looks"),
    [([0.34, 0.33, 0.33], "everywhere"), ([0.6, 0.3, 0.1], "a few"), ([0.9, 0.1, 0], "one word")],
)
def test_concentrated_weights_are_told_from_spread_ones(row, looks):
    snap = make_snap(1, "x y") | {"rows": [row, row]}
    assert f"looks {looks}" in call("trainingFinding", view_of([snap])).replace("looks at", "looks")


def test_what_changed_between_two_epochs_is_counted():
    view = view_of([*RUN, make_snap(5, "one <eos>")])
    change = [call("snapChange", view, at - 1, at) for at in range(1, 5)]
    assert [each["count"] for each in change] == [1, 1, 0, 1]
    assert [each["words"] for each in change] == [["one"], ["two"], [], []]
    assert change[2]["note"] == "same"
    sharper = make_snap(2, "x x <eos>") | {"rows": [[1, 0, 0]] * 3}
    assert call("snapChange", view_of([RUN[0], sharper]), 0, 1)["note"] == "same, sharper"


def test_the_finding_follows_the_pointer():
    found = call("trainingFinding", view_of(RUN, 2, point={"row": 1}))
    assert found == "Epoch 3: “two” looks at “c” (80%), “a” (10%), “b” (10%)."
    found = call("trainingFinding", view_of(RUN, 3, point={"column": 1}))
    assert "“b” gets its largest weight, 80%, from “two”" in found


def test_the_summary_tells_when_the_translation_settles():
    found = call("trainingSummary", view_of(RUN, 3))
    assert "falls from 2.00 to 0.50" in found and "the same from epoch 3 on" in found


def challenges_at(snaps, at, **changed):
    view = view_of(snaps, at, **{"isChosen": True} | changed)
    challenges = call("trainingChallenges", view)
    return {each["name"]: each["isMet"] for each in challenges}


def test_challenges_are_met_where_they_should_be_and_nowhere_else():
    looked = [challenges_at(RUN, at, point={"row": 1})["look"] for at in range(4)]
    assert looked == [False, False, False, True]
    assert not challenges_at(RUN, 3, point={"row": 0})["look"]
    settled = [challenges_at(RUN, at, isResting=True)["settled"] for at in range(4)]
    assert settled == [False, False, True, False]
    assert not challenges_at(RUN, 2)["settled"], "passing by is not stopping"
    played = challenges_at(RUN, 2, isResting=True, isChosen=False)
    assert not played["settled"], "it only played to there"
    assert not challenges_at(RUN, 3, point={"row": 1}, isChosen=False)["look"]
    quiet = [challenges_at(RUN, at, isResting=True)["quiet"] for at in range(4)]
    assert quiet == [False, False, False, True]


def test_an_unlearned_word_is_found():
    run = [RUN[2], {**RUN[1], "epoch": 4}, {**RUN[3], "epoch": 5}]
    met = [challenges_at(run, at, isResting=True)["unlearned"] for at in range(3)]
    assert met == [False, True, False]


def test_a_single_epoch_has_nothing_to_find():
    assert challenges_at(RUN[:1], 0) == {}


# Pictures


def drawn_at(view, width=1200, tall=360, frame=None):
    layout = call("layoutTraining", view, {"width": width, "tall": tall})
    frame = frame or call("snapFrame", view, view["at"])
    return layout, call("drawTraining", view, frame, layout)


def test_the_picture_fits_its_room():
    long = [make_snap(epoch, "x " * 30) for epoch in (1, 2)] + [make_snap(3, "x " * 22)]
    for width, tall in ((1200, 360), (700, 300)):
        layout, _ = drawn_at(view_of(long), width, tall)
        assert layout["height"] <= tall + 1
        assert layout["map"]["left"] + layout["map"]["total"] <= width


def test_wrong_words_are_marked():
    _, drawn = drawn_at(view_of(RUN, 1))
    assert drawn.count("data-wrong") == 2  # in the text, and before its row
    _, drawn = drawn_at(view_of(RUN, 3))
    assert "data-wrong" not in drawn


def test_missing_words_are_told_from_those_written():
    view = view_of(RUN, 0, reference=["one", "x", "two"])
    written, wanted = call("writtenWords", view, 0), call("wantedWords", view, 0)
    assert [(each["word"], each["isRight"]) for each in written] == [("x", False), ("x", True)]
    assert [(each["word"], each["isRight"]) for each in wanted] == [
        ("one", False), ("x", True), ("two", False),
    ]  # fmt: skip
    assert drawn_at(view)[1].count("data-missing") == 2


def test_a_wrong_word_that_repeats_is_written_once():
    run = [make_snap(1, "not not not a"), make_snap(2, "a b")]
    written = call("writtenWords", view_of(run), 0)
    assert [(each["word"], each["count"]) for each in written] == [("not", 3), ("a", 1)]
    assert "not ×3" in drawn_at(view_of(run))[1]


def test_every_epoch_has_as_many_rows_and_lines_as_the_last_needs():
    run = [make_snap(1, "x y " * 20), make_snap(2, "a b c")]
    layout, drawn = drawn_at(view_of(run))
    assert layout["map"]["rows"] == 3 and "and 37 more" in drawn
    for text in layout["texts"]["texts"]:
        assert [len(lines) for lines in text["lines"]] == [1, 1]


def test_words_are_text():
    _, drawn = drawn_at(view_of([make_snap(1, "<script>alert(1)</script>")]))
    assert "<script" not in drawn and "&lt;script" in drawn


def test_the_marker_rides_on_the_curve():
    view = view_of(RUN)
    layout, _ = drawn_at(view)
    first, middle, second = (
        call("lossMarker", view, {"at": at}, layout["chart"]) for at in (0, 0.5, 1)
    )
    for axis in "xy":
        assert middle[axis] == pytest.approx((first[axis] + second[axis]) / 2)
    assert call("snapAtX", view, second["x"] + 2, layout["chart"]) == 1


def test_a_curve_has_a_gap_where_the_loss_is_no_number():
    run = [make_snap(1, "x"), make_snap(2, "x", None), make_snap(3, "x"), make_snap(4, "x")]
    lines = call("epochLossChart", view_of(run), CHART)["series"]
    valid = [[x for x, _ in line["points"]] for line in lines if line["label"] == "validation"]
    assert valid == [[1], [3, 4]]
    assert len(lines) == 5  # knowing nothing, and two pieces of each loss
    assert (
        call("lossMarker", view_of(run), {"at": 1}, drawn_at(view_of(run))[0]["chart"])["loss"]
        is None
    )


def test_the_names_of_curves_stand_apart_and_on_no_curve():
    run = [make_snap(k, "x", 4 / k) | {"train": 6 / k} for k in range(1, 9)]
    view = view_of(run, ceiling=6.5)
    chart = drawn_at(view)[0]["chart"]
    names = {each["name"]: each for each in chart["names"]}
    assert set(names) == {"knows nothing", "training", "validation"}
    assert len({each["color"] for each in names.values()}) == 3
    for name, each in names.items():
        wide = call("textWidth", name, chart["size"])
        for at in range(71):
            marker = call("lossMarker", view, {"at": at / 10}, chart)
            on_it = each["x"] < marker["x"] < each["x"] + wide
            assert not (on_it and each["y"] - chart["size"] * 0.8 < marker["y"] < each["y"])


def test_many_epochs_do_not_run_into_each_other():
    chart = call("epochLossChart", view_of([make_snap(n, "x") for n in range(1, 101)]), CHART)
    ticks = [epoch for epoch, _ in chart["ticksAcross"]]
    assert ticks[0] == 1 and ticks[-1] == 100 and len(ticks) == 10


@pytest.mark.parametrize("width", [220, 290, 500])
def test_title_and_names_of_the_losses_stay_in_the_chart(width):
    place = {"left": 10, "top": 10, "width": width, "height": 200, "size": 13.5}
    wide = engine_of("training").call
    chart = call("epochLossChart", view_of(RUN), place)
    assert wide("textWidth", chart["title"], 13.5) < width
    for each in call("lossNames", view_of(RUN), place):
        assert each["x"] + wide("textWidth", each["name"], 13.5) <= 10 + width


def test_the_map_knows_where_the_pointer_is():
    view = view_of(RUN, 3)
    layout, _ = drawn_at(view)
    place = layout["map"]
    x = place["left"] + place["labels"] + 1.5 * place["cell"]
    y = place["top"] + place["heading"] + place["head"] + 2.5 * place["height"]
    assert call("pointInTrainingMap", view, layout, x, y) == {"row": 2}
    above = place["top"] + place["heading"] + 1
    assert call("pointInTrainingMap", view, layout, x, above) == {"column": 1}
    assert call("pointInTrainingMap", view, layout, layout["width"], y) is None


def test_a_still_has_at_most_eight_epochs_the_last_among_them():
    drawn = call("drawTrainingStill", view_of([make_snap(k, "x y") for k in range(1, 31)]), 960)
    assert drawn.count("data-epoch=") == 8
    assert 'data-epoch="1"' in drawn and 'data-epoch="30"' in drawn


# In a page


@pytest.fixture(scope="module")
def trained():
    """Return a viewer of a real, small training."""
    model = toy_model(hidden_size=24, embedding_size=16)
    recorder = TrainingRecorder(Translator(model, toy_fields()), SENTENCE, "three two one")
    options = {"epochs": 6, "batch_size": 8, "learning_rate": 0.02, "quiet": True}
    fit_with(model, toy_fields(), toy_corpus(), on_epoch=recorder, **options)
    return TrainingViewer(recorder)


@pytest.mark.browser
def test_epochs_are_chosen_by_mouse(trained, tmp_path):
    skip_without_browser()
    with open_page(trained, tmp_path) as page:
        finding = page.locator(".at-finding")
        expect(finding).to_contain_text("Epoch 1:")
        page.locator(".at-strip [data-epoch='4']").click()
        expect(finding).to_contain_text("Epoch 4:")
        expect(page.locator(".at-strip [aria-pressed=true]")).to_contain_text("epoch 4")
        page.wait_for_timeout(1500)  # the map comes to rest, and is drawn no more
        cell = page.locator("rect[data-row='1'][data-word='2']").bounding_box()
        page.mouse.move(cell["x"] + cell["width"] / 2, cell["y"] + cell["height"] / 2)
        expect(finding).to_contain_text("looks at")
        page.mouse.move(5, 5)
        expect(finding).to_contain_text("; loss")
        page.locator("[data-handle=marker]").click(position={"x": 20, "y": 30})
        expect(finding).to_contain_text("Epoch 1:")
        marker = page.locator("[data-handle=marker]").bounding_box()
        page.mouse.move(marker["x"] + marker["width"] / 2, marker["y"] + marker["height"] / 2)
        page.mouse.down()
        page.mouse.move(marker["x"] + 1000, marker["y"] + 20, steps=5)
        page.mouse.up()
        expect(finding).to_contain_text("Epoch 6:")
        page.get_by_role("button", name="Reset").click()
        expect(finding).to_contain_text("Epoch 1:")


@pytest.mark.browser
def test_epochs_are_chosen_by_keyboard(trained, tmp_path):
    skip_without_browser()
    with open_page(trained, tmp_path, theme="dark") as page:
        finding = page.locator(".at-finding")
        card = page.locator(".at-strip button")
        card.first.press("ArrowRight")
        expect(card.nth(1)).to_be_focused()
        expect(finding).to_contain_text("Epoch 2:")
        page.locator("[data-handle=marker]").press("ArrowRight")
        expect(finding).to_contain_text("Epoch 3:")
        page.locator("[data-handle=map]").press("ArrowDown")
        expect(finding).to_contain_text("looks at")
        page.locator("[data-handle=map]").press("ArrowRight")
        expect(finding).to_contain_text("gets its largest weight")
        page.get_by_role("button", name="Play").press("Enter")
        expect(finding).to_contain_text("Epoch 4:")
        page.get_by_role("button", name="Pause").press("Enter")
        expect(page.get_by_role("button", name="Play")).to_be_visible()


@pytest.mark.browser
def test_what_plays_by_itself_meets_no_challenge(trained, tmp_path):
    skip_without_browser()
    with open_page(trained, tmp_path) as page:
        page.clock.install()
        page.locator("[data-handle=map]").press("ArrowDown")
        page.get_by_role("button", name="Play").click()
        page.clock.run_for(10_000)
        expect(page.locator(".at-finding")).to_contain_text("Epoch 6:")
        expect(page.locator("li[data-challenge]").first).to_be_visible()
        expect(page.locator("li[data-met=true]")).to_have_count(0)


@pytest.mark.browser
def test_the_map_changes_gradually(trained, tmp_path):
    skip_without_browser()
    marker = "document.querySelector('[data-part=marker] circle').getAttribute('cx')"
    watch = f"""() => new Promise((answer) => {{
      const places = new Set([{marker}]);
      const told = [];
      const begin = performance.now();
      const look = (now) => {{
        places.add({marker});
        told.push(document.querySelector("[data-part=marker]").lastChild.textContent);
        if (now - begin > 900) answer([[...places].map(Number), [...new Set(told)]]);
        else requestAnimationFrame(look);
      }};
      document.querySelector(".at-strip [data-epoch='5']").click();
      requestAnimationFrame(look);
    }})"""
    with open_page(trained, tmp_path) as page:
        places, told = page.evaluate(watch)
        assert len(places) > 4 and places == sorted(places)
        measured = {f"{snap['valid']:.2f}" for snap in trained.snaps}
        assert set(told) <= measured, "in between, no number was measured"
        page.emulate_media(reduced_motion="reduce")
        page.get_by_role("button", name="Reset").click()
        page.wait_for_timeout(100)
        assert len(page.evaluate(watch)[0]) == 2
