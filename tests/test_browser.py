"""The explorers in a real JupyterLab, driven by mouse and keyboard in a real browser.

nbval runs every cell of every notebook; here, a notebook runs as far as its explorer, and trains
on very little data: an explorer looks the same after a long training.
"""

import re
from pathlib import Path

import nbformat
import pytest
from lab import FLAGS, find_browser, jupyterlab, skip_without_browser
from playwright.sync_api import ConsoleMessage, Page, expect, sync_playwright
from toy import REPOSITORY

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)  # slow machines take long to answer
SCREENSHOTS = REPOSITORY / "build" / "screenshots"
WAIT = 300_000  # milliseconds until a notebook has run; slow machines take long
ATTACK = '<img src=x onerror="document.title=1"><script>document.title=1</script> 😀 \u202e'


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Serve the notebooks, if there is a browser to look at them."""
    skip_without_browser()
    folder = tmp_path_factory.mktemp("lab")
    with jupyterlab(folder) as address:
        for name, changes in LITTLE.items():
            change_code(folder / "notebooks" / name, changes)
        yield address


LITTLE = {  # code in a notebook, and what replaces it here
    "02_fixed_vector_encoder_decoder.ipynb": {
        "recorder = Tr": "corpus = type(corpus)(*[corpus.valid[::6]] * 2, [])\nrecorder = Tr",
    },
    "08_comparing_attention.ipynb": {"\ntrain_live(FOUR)": "", "\ncompare_with_recorded(FOUR)": ""},
}


def change_code(path: Path, changes: dict[str, str]) -> None:
    """Replace code in a notebook; each piece must occur exactly once."""
    notebook = nbformat.read(path, as_version=4)
    for old, new in changes.items():
        (cell,) = (cell for cell in notebook.cells if old in cell.source)
        cell.source = cell.source.replace(old, new)
    nbformat.write(notebook, path)


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
    page.on("console", lambda said: errors.extend(widget_errors(said)))
    yield page
    page.close()
    assert errors == []


def widget_errors(said: ConsoleMessage) -> list[str]:
    """Return an explorer's errors, which anywidget catches and logs."""
    return [said.text] if said.type == "error" and "anywidget" in said.text else []


def open_notebook(page: Page, address, name: str) -> None:
    page.goto(address(name))
    expect(page.locator(".jp-Notebook .jp-CodeCell").first).to_be_visible(timeout=WAIT)
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=WAIT)


def choose(page: Page, command: str) -> None:
    """Choose a command of the menu Run."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=command, exact=True).click()


def run_all(page: Page, address, name: str) -> None:
    """Open a notebook and run all its cells."""
    open_notebook(page, address, name)
    choose(page, "Run All Cells")


def run_up_to(page: Page, address, name: str, code: str) -> None:
    """Open a notebook and run everything above the cell with this code: the rest takes long."""
    open_notebook(page, address, name)
    cell = page.locator(".jp-CodeCell").filter(has_text=code).last
    cell.scroll_into_view_if_needed(timeout=WAIT)
    cell.locator(".jp-InputPrompt").click()
    choose(page, "Run All Above Selected Cell")


def wait_until_run(page: Page) -> None:
    """Wait until no cell is queued or running, and the focus is on or in the active cell.

    JupyterLab sets the focus a moment after the last cell; keys pressed earlier could get lost.
    """
    expect(page.locator(".jp-InputPrompt").filter(has_text="[*]")).to_have_count(0, timeout=WAIT)
    expect(page.locator(".jp-Notebook-cell.jp-mod-active:focus-within")).to_have_count(1)


def explorer(page: Page, control: str):
    """Wait for the explorer that has a slider of this name, and return it."""
    slider = page.get_by_role("slider", name=control, include_hidden=True)
    boxes = page.locator(".widget-vbox").filter(has=slider)
    expect(boxes.first).to_be_visible(timeout=WAIT)
    wait_until_run(page)
    boxes.first.scroll_into_view_if_needed()
    return boxes.first


def finding(box):
    return box.locator("p[role=status]")


def press(box, slider: str, key: str, times: int = 1) -> None:
    """Operate a slider by keyboard alone."""
    for _ in range(times):
        box.get_by_role("slider", name=slider, exact=True).press(key)


def check(box, name: str) -> None:
    """Keep a screenshot, and check that a screen reader can use everything in the explorer."""
    from axe_playwright_python.sync_playwright import Axe  # its import fails if the locale is ASCII

    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    box.screenshot(path=SCREENSHOTS / f"{name}.png")
    box.evaluate("box => box.id = box.id || 'examined'")
    found = Axe().run(box.page, context=f"#{box.get_attribute('id')}").response["violations"]
    serious = [v["id"] for v in found if v["impact"] in ("serious", "critical")]
    assert serious == []


def test_the_training_viewer(page, address):
    run_up_to(page, address, "02_fixed_vector_encoder_decoder", "viewer.snapshot()")
    box = explorer(page, "after epoch")
    expect(finding(box)).to_contain_text("After epoch 1, validation loss")
    press(box, "after epoch", "ArrowRight")
    expect(finding(box)).to_contain_text("After epoch 2, validation loss")
    box.get_by_role("button", name="Play").click()
    expect(finding(box)).to_contain_text("After epoch 6, validation loss")
    check(box, "training_viewer")


def test_the_length_explorer(page, address):
    run_up_to(page, address, "03_the_long_sentence_problem", "explorer.snapshot()")
    box = explorer(page, "German words")
    press(box, "German words", "Home")
    expect(finding(box)).to_contain_text("fixed: right, all 3 words.")
    press(box, "German words", "End")
    expect(finding(box)).to_contain_text(re.compile("fixed: .* wrong or too many"))
    expect(box.get_by_role("slider", name="which one", exact=True)).to_be_hidden()
    box.get_by_label("sentence", exact=True).select_option("a test sentence of this length")
    expect(box.get_by_role("slider", name="which one", exact=True)).to_be_visible()
    before = finding(box).inner_text()
    press(box, "which one", "ArrowRight")
    expect(finding(box)).not_to_have_text(before)
    check(box, "length_explorer")


def test_the_score_calculator(page, address):
    run_all(page, address, "04_attention_by_hand")
    box = explorer(page, "s, first number")
    expect(finding(box)).to_contain_text("zhīshi: 0.87, with a score of 2.00")
    press(box, "s, first number", "ArrowRight", times=10)
    expect(finding(box)).to_contain_text("zhīshi: 0.88, with a score of 4.00", timeout=WAIT)
    box.get_by_label("score", exact=True).select_option("additive")
    expect(finding(box)).not_to_contain_text("score of 4.00")
    for typed, kept in {"3": "3", "99": "3", "": "3", "-1.5": "-1.5"}.items():
        box.get_by_role("spinbutton", name="s, second number, as a number").fill(typed)
        page.keyboard.press("Tab")
        expect(box.get_by_role("slider", name="s, second number", exact=True)).to_have_value(kept)
    box.get_by_label("zhīshi is a real word").click()
    expect(box.get_by_text("masked")).to_be_visible()
    check(box, "score_calculator")


def test_the_quick_questions(page, address):
    run_all(page, address, "04_attention_by_hand")
    box = page.locator(".quick-questions")
    expect(box).to_be_visible(timeout=WAIT)
    wait_until_run(page)
    question = box.get_by_role("group").first
    radios = question.get_by_role("radio")
    verdict = question.get_by_role("status")
    radios.first.press("Space")
    expect(radios.first).to_be_checked()
    expect(verdict).to_contain_text(re.compile("^(✓ Right|✗ Not this one)"))
    first = verdict.inner_text()
    radios.first.press("ArrowDown")
    expect(radios.nth(1)).to_be_checked()
    expect(verdict).not_to_have_text(first)
    check(box, "quick_questions")


def test_the_score_calculator_opens_with_another_score(page, address):
    run_up_to(page, address, "07_additive_attention", "calculator.snapshot()")
    box = explorer(page, "s, first number")
    expect(box.get_by_label("score", exact=True)).to_have_value("additive")
    before = finding(box).inner_text()
    press(box, "s, first number", "Home")
    expect(finding(box)).not_to_have_text(before)
    check(box, "score_calculator_additive")


def test_the_stepper_with_four_models(page, address):
    run_up_to(page, address, "08_comparing_attention", "stepper.snapshot()")
    box = explorer(page, "step t")
    press(box, "step t", "ArrowRight", times=2)
    expect(finding(box)).to_contain_text("Step 3 of 12")
    box.get_by_label("model", exact=True).select_option("fixed")
    expect(finding(box)).to_contain_text("the heaviest weight, 0.50, is on “der”")
    check(box, "attention_stepper_four_models")


def test_the_stepper_and_the_editor(page, address):
    run_up_to(page, address, "09_reading_attention", "editor.snapshot()")
    box = explorer(page, "step t")
    press(box, "step t", "Home")
    expect(finding(box)).to_contain_text("Step 1 of")
    press(box, "step t", "ArrowRight")
    expect(finding(box)).to_contain_text("Step 2 of")
    number = box.get_by_role("spinbutton", name="step t, as a number")
    number.fill("2.7")  # steps are whole numbers
    page.keyboard.press("Tab")
    expect(finding(box)).to_contain_text("Step 3 of")
    box.get_by_role("button", name="Play").click()
    expect(finding(box)).to_contain_text(re.compile("Step ([5-9]|1[0-9]) of"))
    box.get_by_role("button", name="Pause").click()
    title = page.title()
    box.get_by_role("button", name="Play").click()
    type_into(box, ATTACK)  # while it plays
    expect(finding(box)).to_contain_text(re.compile("The model does not know: .*Step 1 of"))
    expect(box.get_by_role("button", name="Play")).to_be_visible()
    assert (page.title(), box.locator("img, script").count()) == (title, 0)
    type_into(box, "der Hund schläft .")
    expect(finding(box)).to_contain_text("The model does not know: Hund")
    check(box, "attention_stepper")
    box = explorer(page, "its weight")
    expect(finding(box)).to_contain_text("weights look only here")
    box.get_by_label("weights", exact=True).select_option("uniform")
    expect(finding(box)).to_contain_text("weights uniform")
    expect(box.get_by_label("other word", exact=True)).to_be_hidden()
    press(box, "step t", "End")
    expect(finding(box)).to_contain_text(re.compile(r"Step 1\d"))
    check(box, "attention_editor")


def test_the_beam_explorer_and_what_people_may_type(page, address):
    run_up_to(page, address, "10_real_translation", "explorer.snapshot()")
    box = explorer(page, "beam size K")
    expect(finding(box)).to_contain_text("1. ")
    press(box, "beam size K", "ArrowRight", times=2)
    expect(finding(box)).to_contain_text("5. ")
    check(box, "beam_explorer")
    title = page.title()
    type_into(box, "")
    expect(finding(box)).to_have_text("Type a sentence in German.")
    type_into(box, ATTACK)
    expect(finding(box)).to_contain_text("The model does not know: ")
    expect(finding(box)).to_contain_text("1. ")
    assert (page.title(), box.locator("img, script").count()) == (title, 0)
    type_into(box, "wort " * 1000)
    expect(finding(box)).to_contain_text(re.compile(r"^Only the first \d+ words are used\."))
    type_into(box, "x" * 2000)
    expect(finding(box)).to_have_text("The first word is too long: type a shorter one.")
    type_into(box, "ein mann schläft .")
    expect(finding(box)).to_contain_text(re.compile(r"^1\. a man "))


def type_into(box, words: str) -> None:
    box.get_by_label("German sentence").fill(words)
    box.page.keyboard.press("Enter")
