"""How fast the explorers are in Chromium, in pages opened as files, with 30 source words."""

import pytest
from examples import EXAMPLES, length_explorer, long_pair, mini, still_training
from explorers import open_page

from utils.widgets import (
    AttentionEditor,
    AttentionStepper,
    BeamExplorer,
    HeadViewer,
    ScoreCalculator,
)

MEDIAN, WORST, READY = 16, 50, 500  # milliseconds
FRAMES = 55  # a second, while something is dragged
SENTENCE = " ".join(long_pair().source)
POINTS = [((7 * j) % 13 / 2 - 3, (5 * j) % 11 / 2 - 2.5) for j in range(12)]
# Explorers paint in callbacks of requestAnimationFrame: this notes how long each takes.
WATCH = """
window.paints = [];
window.later = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (callback) => window.later((time) => {
  const started = performance.now();
  callback(time);
  window.paints.push(performance.now() - started);
});
new MutationObserver(() => {
  if (!window.ready && document.querySelector("[data-ready]")) window.ready = performance.now();
}).observe(document, { subtree: true, childList: true, attributes: true });
"""
COUNT_FRAMES = """() => {
  window.frames60 = 0;
  window.began = performance.now();
  const next = () => { window.frames60 += 1; window.later(next); };
  window.later(next);
}"""
LONG = {
    "calculator": lambda: ScoreCalculator([f"word{j}" for j in range(12)], POINTS, (1, -1)),
    "stepper": lambda: AttentionStepper({"additive": mini("additive")}, SENTENCE),
    "editor": lambda: AttentionEditor({"additive": mini("additive")}, SENTENCE),
    "beam": lambda: BeamExplorer(mini("additive"), SENTENCE),
    "length": length_explorer,
    "training": lambda: still_training(SENTENCE),
    "head": lambda: HeadViewer(mini("transformer"), SENTENCE),
}


def drag_around(page) -> None:
    """Move a handle, or whatever is hovered, along a curve for two seconds."""
    box = page.locator(".at-handle").nth(1).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for k in range(120):
        page.mouse.move(x + (k * 7) % 90, y + (k * 5) % 70)
        page.wait_for_timeout(16)
    page.mouse.up()


@pytest.mark.parametrize("name", LONG)
def test_an_explorer_repaints_at_once(bench, tmp_path, name):
    with open_page(LONG[name](), tmp_path, width=1280, first=WATCH) as page:
        page.wait_for_timeout(500)
        ready = page.evaluate("window.ready")
        page.evaluate("window.paints = []")
        page.evaluate(COUNT_FRAMES)
        bench.seconds(lambda: drag_around(page), rounds=1, warmup_rounds=0)
        frames = page.evaluate("1000 * window.frames60 / (performance.now() - window.began)")
        for _ in range(10):
            page.locator(".at-handle").nth(1).press("ArrowRight")
        steps = page.get_by_role("button", name="Next", exact=True)
        for _ in range(5 * steps.count()):
            steps.click()
            page.wait_for_timeout(600)  # until nothing moves anymore
        paints = page.evaluate("window.paints.filter((ms) => ms > 0.3)")
    bench.record(f"{name}, ready", [ready], "ms", at_most=READY)
    bench.record(f"{name}, repaint", paints, "ms", at_most=MEDIAN)
    bench.record(f"{name}, slowest repaint", [max(paints)], "ms", at_most=WORST)
    bench.record(f"{name}, frames while dragged", [frames], "a second", at_least=FRAMES)


def test_every_kind_but_those_without_words_is_timed():
    assert set(EXAMPLES) - set(LONG) == {"playground", "quiz"}
