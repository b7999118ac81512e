"""The explorers in a real JupyterLab, driven by mouse and keyboard in a real browser."""

import os
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import FLAGS, find_browser, jupyterlab
from playwright.sync_api import Page, expect, sync_playwright
from toy import REPOSITORY

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)  # a slow machine answers late
SCREENSHOTS = REPOSITORY / "build" / "screenshots"
WAIT = 150_000  # milliseconds until a notebook has run; slow machines take long
ATTACK = '<img src=x onerror="document.title=1"><script>document.title=1</script> 😀 \u202e'


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Serve the notebooks, if there is a browser to look at them."""
    if find_browser() is None and os.environ.get("CI") != "true":
        pytest.skip("no Chromium here")
    with jupyterlab(tmp_path_factory.mktemp("lab")) as address:
        yield address


@pytest.fixture(scope="module")
def browser(address):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    """Open a window, and fail if anything in it raises."""
    page = browser.new_page(viewport={"width": 1500, "height": 1200})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert errors == []


def run_all(page: Page, address: str, name: str) -> None:
    """Open a notebook and run all its cells."""
    page.goto(f"{address}/{name}.ipynb?reset")
    expect(page.locator(".jp-Notebook .jp-CodeCell").first).to_be_visible(timeout=WAIT)
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=WAIT)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def explorer(page: Page, control: str):
    """Return the explorer that has a slider of this name, when it is there."""
    boxes = page.locator(".widget-vbox").filter(has=page.get_by_role("slider", name=control))
    expect(boxes.first).to_be_visible(timeout=WAIT)
    boxes.first.scroll_into_view_if_needed()
    return boxes.first


def finding(box):
    return box.locator("p[role=status]")


def press(box, slider: str, key: str, times: int = 1) -> None:
    """Operate a slider by keyboard alone."""
    box.get_by_role("slider", name=slider, exact=True).focus()
    for _ in range(times):
        box.page.keyboard.press(key)


def check(box, name: str) -> None:
    """Keep a screenshot; nothing in the explorer may be closed to a screen reader."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    box.screenshot(path=SCREENSHOTS / f"{name}.png")
    box.evaluate("box => box.id = box.id || 'examined'")
    found = Axe().run(box.page, context=f"#{box.get_attribute('id')}").response["violations"]
    serious = [v["id"] for v in found if v["impact"] in ("serious", "critical")]
    assert serious == []


def test_the_score_calculator(page, address):
    run_all(page, address, "04_attention_by_hand")
    box = explorer(page, "s, first number")
    expect(finding(box)).to_contain_text("zhīshi: 0.87, with a score of 2.00")
    press(box, "s, first number", "ArrowRight", times=10)
    expect(finding(box)).to_contain_text("zhīshi: 0.88, with a score of 4.00", timeout=WAIT)
    box.get_by_label("score", exact=True).select_option("additive")
    expect(finding(box)).not_to_contain_text("score of 4.00")
    box.get_by_role("spinbutton", name="s, second number, as a number").fill("3")
    page.keyboard.press("Tab")
    expect(box.get_by_role("slider", name="s, second number", exact=True)).to_have_value("3")
    box.get_by_label("zhīshi is a real word").click()
    expect(box.get_by_text("masked")).to_be_visible()
    check(box, "score_calculator")


def test_the_stepper_and_the_editor(page, address):
    run_all(page, address, "09_reading_attention")
    box = explorer(page, "step t")
    press(box, "step t", "Home")
    expect(finding(box)).to_contain_text("Step 1 of", timeout=WAIT)  # the cells below run first
    press(box, "step t", "ArrowRight")
    expect(finding(box)).to_contain_text("Step 2 of")
    box.get_by_role("button", name="Play").click()
    expect(finding(box)).to_contain_text("Step 4 of")
    box.get_by_role("button", name="Pause").click()
    type_into(box, "der Hund schläft .")
    expect(finding(box)).to_contain_text("The model does not know: Hund")
    check(box, "attention_stepper")
    box = explorer(page, "its weight")
    expect(finding(box)).to_contain_text("weights look only here")
    box.get_by_label("weights", exact=True).select_option("uniform")
    expect(finding(box)).to_contain_text("weights uniform")
    press(box, "step t", "End")
    expect(finding(box)).to_contain_text(re.compile(r"Step 1\d"))
    check(box, "attention_editor")


def test_the_beam_explorer_and_what_people_may_type(page, address):
    run_all(page, address, "10_real_translation")
    box = explorer(page, "beam size K")
    expect(finding(box)).to_contain_text("1. ")
    press(box, "beam size K", "ArrowRight", times=2)
    expect(finding(box)).to_contain_text("5. ", timeout=WAIT)  # the cells below run first
    check(box, "beam_explorer")
    before = page.title()
    for typed in (ATTACK, "", "wort " * 1000):
        type_into(box, typed)
        expect(finding(box)).to_contain_text(
            re.compile("Type a German|does not know|Only the first|1\\. ")
        )
    assert page.title() == before


def type_into(box, words: str) -> None:
    box.get_by_label("German sentence").fill(words)
    box.page.keyboard.press("Enter")
