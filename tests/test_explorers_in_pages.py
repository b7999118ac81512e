"""Every explorer in a page that is opened as a file: light and dark, narrow and wide, by keys.

Its tests share a page, which takes longer to open than most of them; who needs it untouched
reloads it.
"""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from acts import ACTS, drive
from examples import EXAMPLES
from explorers import open_page, reload, settle
from lab import skip_without_browser
from playwright.sync_api import expect
from toy import REPOSITORY

from utils.widgets.kinds import EXPLORERS

pytestmark = pytest.mark.browser
SCREENSHOTS = REPOSITORY / "build" / "screenshots"
WIDTHS = (360, 800, 1440)
MOST_BYTES = 1_000_000  # of a page with an explorer of one model
READY = 500  # milliseconds from the beginning of the page until it can be used
FITS = (1280, 560)  # the finding, the controls and the picture of an explorer: width and height
IN_LIGHT = [(name, "light") for name in EXAMPLES]
IN_BOTH = [(name, theme) for name in EXAMPLES for theme in ("light", "dark")]
per_theme = pytest.mark.parametrize("shown", IN_BOTH, indirect=True, ids="-".join)
per_explorer = pytest.mark.parametrize("shown", IN_LIGHT, indirect=True, ids="-".join)

OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
SERIOUS = ("serious", "critical")
# What is smaller than 44 pixels. A handle may be, if it would cover a part of another one, but
# never smaller than 24.
SMALL = """() => {
  const shown = [...document.querySelectorAll(
    ".at-handle, .at-explorer button, .at-choice, .at-explorer input[type=text]"
  )].filter((each) => each.offsetParent);
  const boxes = shown.map((each) => each.getBoundingClientRect());
  const isHandle = (k) => shown[k].matches(".at-handle");
  const isTight = (box, i) => isHandle(i) && boxes.some((other, k) => k !== i && isHandle(k)
    && Math.abs(box.x + box.width / 2 - other.x - other.width / 2) < 22 + other.width / 2
    && Math.abs(box.y + box.height / 2 - other.y - other.height / 2) < 22 + other.height / 2);
  const near = boxes.map(isTight);
  return shown.filter((each, i) => Math.min(boxes[i].width, boxes[i].height)
    < (near[i] ? 24 : 44) - 0.5).map((each) => each.outerHTML.slice(0, 160));
}"""
BOTTOM = "document.querySelector('.at-picture').getBoundingClientRect().bottom"


# Whatever gets the focus is noted in `window.focused`.
NOTE_FOCUS = """() => {
  window.focused = [];
  addEventListener("focusin", ({ target }) => focused.push(target.outerHTML.slice(0, 200)));
}"""


@pytest.fixture(scope="module")
def shown(request, tmp_path_factory):
    """Return the name of an explorer and a page with it, in a theme."""
    skip_without_browser()
    name, theme = request.param
    with open_page(EXAMPLES[name](), tmp_path_factory.mktemp(name), theme) as page:
        yield name, theme, page


def serious_problems(page):
    """Return what axe finds, as far as it is serious."""
    from axe_playwright_python.sync_playwright import Axe  # its import fails if the locale is ASCII

    found = Axe().run(page).response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in SERIOUS]


def test_there_is_an_example_of_each_kind():
    assert sorted(EXAMPLES) == sorted(EXPLORERS)


@per_theme
def test_it_looks_right_at_every_width(shown):
    name, theme, page = shown
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        settle(page)
        page.screenshot(path=SCREENSHOTS / f"{name}-{theme}-{width}.png", full_page=True)
        assert page.evaluate(OVERFLOW) <= 0, width
        assert page.evaluate(SMALL) == [], width
    assert serious_problems(page) == []


@per_explorer
def test_picture_and_controls_fit_a_small_screen(shown):
    name, _, page = shown
    width, height = FITS
    page.set_viewport_size({"width": width, "height": 800})
    reload(page, name)
    settle(page)
    if name != "quiz":  # which has no picture, and is read from top to bottom
        assert page.evaluate(BOTTOM) <= height + 1  # which rounding may cost
    page.get_by_role("button", name="Large").press("Enter")
    settle(page)
    assert page.locator(".at-explorer.at-large").is_visible()
    assert page.evaluate(OVERFLOW) <= 0


@per_explorer
def test_it_is_ready_at_once_and_small(shown):
    name, _, page = shown
    reload(page, name)
    ready = page.evaluate("Date.now() - performance.timing.navigationStart")
    assert 0 < ready <= 3 * READY  # the benchmark has the goal; machines here are busy
    path = Path(urlsplit(page.url).path)
    models = [file.stat().st_size for file in path.parent.glob("models/*.js")]
    assert path.stat().st_size + max(models, default=0) <= MOST_BYTES


@per_explorer
def test_everything_is_reached_by_keys_and_reset_is_one_of_them(shown):
    name, _, page = shown
    reload(page, name)
    before = page.locator(".at-finding").inner_text()
    page.evaluate(NOTE_FOCUS)
    for _ in range(60):
        page.keyboard.press("Tab")
    seen = set(page.evaluate("focused"))
    handles = page.locator(".at-handle").count()
    assert sum("at-handle" in each for each in seen) >= min(handles, 1)
    page.get_by_role("button", name="Reset").press("Enter")
    settle(page)
    expect(page.locator(".at-finding")).to_have_text(before)


@per_theme
def test_mouse_and_keys_change_what_is_found(shown):
    name, _, page = shown
    page.set_viewport_size({"width": FITS[0], "height": 800})
    reload(page, name)
    drive(page.locator(".at-explorer"), ACTS[name].by_mouse, ACTS[name].by_keys)


def test_no_explorer_holds_a_color_or_a_glyph_of_its_own():
    folder = REPOSITORY / "utils" / "widgets" / "js" / "explorers"
    for path in [*folder.glob("*.js"), *folder.glob("*.css")]:
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"#[0-9a-fA-F]{6}\b|\brgba?\(", text) == [], path.name
        assert re.findall("[✓✗▶⏸⏭⏮↺]", text) == [], path.name
