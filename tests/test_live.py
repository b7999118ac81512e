"""Explorers that live in the browser: what they show, and a page opened as a file in Chromium."""

import re

import pytest
from lab import FLAGS, find_browser, skip_without_browser
from playwright.sync_api import expect, sync_playwright

from utils.widgets.live import engine_of, page_script, style_of
from utils.widgets.playground import Playground, start_view

FRAMES = """() => new Promise((answer) => {
  let [count, begin] = [0, performance.now()];
  const next = (now) => {
    count += 1;
    if (now - begin > 2000) answer((1000 * count) / (now - begin));
    else requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
})"""


def test_letters_come_from_the_words_own_letters():
    origins = engine_of("playground").call
    assert origins("letterOrigins", list("look"), list("kool"), "reverse") == [3, 2, 1, 0]
    assert origins("letterOrigins", list("look"), list("ooox"), "copy") == [1, 2, -1, -1]


def test_nothing_is_claimed_before_training():
    view = start_view("reverse", ("fixed", "dot"), 1)
    call = engine_of("playground").call
    assert "Press Train" in call("playgroundFinding", view)
    assert not any(each["isMet"] for each in call("playgroundChallenges", view))


def test_the_finding_says_what_was_tested():
    view = start_view("reverse", ("dot",), 1)
    view["state"]["step"] = 500
    view["state"]["models"][0]["exact"] = [1, 1, 1, 1, 1, 0.4]
    found = engine_of("playground").call("playgroundFinding", view)
    assert found == "After step 500: dot reverses 90\u00a0% of unseen words (8 letters: 40\u00a0%)."


def test_a_still_stands_in_the_same_output():
    data, about = Playground()._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert about["image/png"]["alt"] == data["text/plain"] != ""


def test_options_cannot_leave_their_attribute():
    playground = Playground(word='"><script>')
    assert "<script" not in playground.page_html()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    skip_without_browser()
    path = tmp_path_factory.mktemp("page") / "playground.html"
    script = page_script("playground", Playground.worker)
    path.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Playground</title>'
        f"<style>{style_of('playground')}</style>{Playground().page_html()}"
        f"<script>{script}</script></html>",
        "utf-8",
    )
    return path.as_uri()


@pytest.fixture
def page(address):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        page = browser.new_page()
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        expect(page.locator("[data-explorer=playground][data-ready=true]")).to_be_visible()
        yield page
        browser.close()
    assert errors == []


def shares(page):
    """Return what the finding says: for each model, % of all words and of the longest."""
    text = page.locator(".at-finding").inner_text()
    found = re.findall(r"(\w+) reverses (\d+)\s% of unseen words \(8 letters: (\d+)\s%\)", text)
    return {name: (int(all_lengths), int(longest)) for name, all_lengths, longest in found}


@pytest.mark.browser
def test_it_learns_before_the_readers_eyes(page, address):
    page.get_by_role("button", name="Train").click()
    page.wait_for_timeout(1000)
    assert page.evaluate(FRAMES) >= 30
    expect(page.get_by_role("button", name="Go on")).to_be_visible(timeout=20_000)
    page.wait_for_timeout(1000)  # all lengths are tested once more
    found = shares(page)
    assert found["dot"][0] >= 95
    assert found["fixed"][1] < found["dot"][1]
    expect(page.locator("[data-attention=dot] figcaption")).to_contain_text("kcabkool ✓ right")
    link = page.get_by_label("Link to this state").input_value()
    page.goto("about:blank")
    page.goto(link)
    expect(page.locator(".at-finding")).to_contain_text("After step 500", timeout=20_000)
    page.wait_for_timeout(1000)
    assert shares(page) == found


@pytest.mark.browser
def test_it_stops_and_reads_a_word(page):
    page.get_by_role("button", name="Train").press("Enter")
    page.get_by_label("Try a word").fill("hello")
    page.get_by_role("button", name="Stop").press("Enter")
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    page.wait_for_timeout(1000)
    before = page.locator(".at-finding").inner_text()
    page.wait_for_timeout(500)
    assert page.locator(".at-finding").inner_text() == before
    page.get_by_label("Try a word").fill("<img src=x>")
    expect(page.get_by_role("alert")).to_contain_text("none of the letters")
    page.get_by_role("button", name="Reset").click()
    expect(page.locator(".at-finding")).to_contain_text("Press Train")
