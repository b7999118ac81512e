"""The pages in a browser, opened as files: read, searched and used by keyboard, in both themes."""

import gzip
import re
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lab import shared_browser, skip_without_browser
from playwright.sync_api import expect
from pypdf import PdfReader
from toy import REPOSITORY

from utils.exercises.record import read_progress
from utils.publishing.editions import write_edition
from utils.publishing.explorers import ELEMENT
from utils.publishing.pages.site import build_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NAMES = [path.stem for path in sorted((REPOSITORY / "notebooks").glob("*.ipynb"))]
ALL = [*NAMES, "teaching", "marks", "server", "index"]
per_page = pytest.mark.parametrize("name", ALL)
# Pages opened as files may not fetch their own style sheet, so axe need not try.
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "preload": False}
VIEWS = [(theme, width) for theme in ("light", "dark") for width in (360, 1440)]
OPENED = 300_000  # bytes that a page loads before the reader scrolls
PACKED = (".html", ".css", ".js", ".svg")  # which hosts compress
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
PATIENCE = 60_000  # milliseconds


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with the whole site in it."""
    skip_without_browser()
    folder, site = tmp_path_factory.mktemp("html"), build_site()
    pages = {f"{name}.html": page.encode() for name, page in site.pages.items()}
    write_edition((pages | site.files).items(), folder)
    return folder


@pytest.fixture
def visit(folder):
    """Return a function that opens a page; fails if a script does, or something is missing."""
    contexts, problems = [], []

    def visit(name, theme="light", width=1440, **options):
        size = {"width": width, "height": 900}
        context = shared_browser().new_context(color_scheme=theme, viewport=size, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.requests = []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("requestfailed", lambda request: problems.append(request.url))
        page.goto((folder / f"{name}.html").as_uri())
        return page

    yield visit
    for context in contexts:
        context.close()
    # a worker's script is a blob; a page that closes may leave one half read
    assert [each for each in problems if not each.startswith("blob:")] == []


def wake(page):
    """Wait until all explorers of a page are alive."""
    page.keyboard.press("Shift")  # a sign that somebody is there, for the front page
    count = page.locator("[data-explorer]").count()
    live = page.locator("[data-explorer][data-ready=true]")
    expect(live).to_have_count(count, timeout=PATIENCE)
    return count


def violations(page):
    """Return what axe finds at WCAG 2.2 A and AA."""
    from axe_playwright_python.sync_playwright import Axe  # its import fails if the locale is ASCII

    found = Axe().run(page, options=AXE).response["violations"]
    return [(each["id"], [node["html"][:200] for node in each["nodes"]][:3]) for each in found]


@per_page
def test_axe_finds_nothing_and_every_explorer_lives(visit, folder, name):
    page = visit(name)
    kinds = len(ELEMENT.findall((folder / f"{name}.html").read_text("utf-8")))
    assert wake(page) == kinds
    for theme, width in VIEWS:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(300)
        assert violations(page) == [], (theme, width)


@per_page
def test_it_fits_a_narrow_window(visit, name):
    page = visit(name, width=320)
    wake(page)
    assert page.evaluate(OVERFLOW) <= 0


@per_page
def test_a_page_is_light_when_it_opens(visit, folder, name):
    page = visit(name, has_touch=True, is_mobile=True)  # others get all figures, to print them
    page.wait_for_load_state("networkidle")
    if name != "index":
        wake(page)
    asked = [url for url in page.requests if not url.startswith(("data:", "blob:"))]
    assert all(url.startswith(folder.as_uri()) for url in asked)
    paths = {Path(unquote(urlsplit(url).path)) for url in asked}
    sent = 0
    for path in paths:
        if path.parent.name != "models":  # the weights of translators
            content = path.read_bytes()
            sent += len(gzip.compress(content, 9)) if path.suffix in PACKED else len(content)
    assert sent <= (100_000 if name == "index" else OPENED)


@pytest.mark.parametrize("width", [360, 1440])
def test_text_is_large_and_lines_are_short(visit, width):
    page = visit("05_dot_attention", width=width)
    size = "element => parseFloat(getComputedStyle(element).fontSize)"
    assert page.locator(".text-cell p").nth(3).evaluate(size) >= 17
    if width == 1440:
        characters = page.evaluate(
            """() => {
              const lines = [];
              for (const p of document.querySelectorAll(".text-cell > p:not(.lead)")) {
                const { lineHeight } = getComputedStyle(p);
                const count = Math.round(p.clientHeight / parseFloat(lineHeight));
                if (count >= 3) lines.push(p.textContent.length / count);
              }
              return lines.sort((a, b) => a - b)[Math.floor(lines.length / 2)];
            }"""
        )
        assert 60 <= characters <= 75


# --- by keyboard ---


def test_the_search_finds_a_place_by_keyboard(visit):
    page = visit("05_dot_attention")
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search all pages")
    expect(box).to_be_focused()
    page.keyboard.type("vanishing gradients")
    options = page.get_by_role("option")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    chosen = box.get_attribute("aria-activedescendant")
    assert options.first.get_attribute("id") == chosen
    place = options.first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{place.partition('#')[0]}*")
    assert "03_the_long_sentence_problem" in page.url


def test_the_search_says_when_it_finds_nothing_and_escape_closes_it(visit):
    page = visit("index", width=360)
    page.get_by_role("button", name="Search").click()
    page.keyboard.type("xyzzyqq")
    expect(page.locator(".search-state")).to_contain_text("Nothing was found")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.search")).to_be_hidden()


def test_a_quick_question_is_answered_by_keyboard_and_counted(visit):
    page = visit("05_dot_attention")
    wake(page)
    quiz = page.locator("[data-explorer=quiz]")
    settle_in(quiz)
    first = quiz.get_by_role("radio").first
    first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(quiz).to_contain_text("of 5")


def test_an_explorer_is_used_by_keyboard(visit):
    page = visit("05_dot_attention")
    wake(page)
    stepper = page.locator("[data-explorer=stepper]")
    before = stepper.locator(".at-finding").inner_text()
    stepper.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowRight")
    expect(stepper.locator(".at-finding")).not_to_have_text(before)


def settle_in(locator):
    locator.scroll_into_view_if_needed()
    locator.page.wait_for_timeout(200)


def test_what_was_answered_is_kept_shown_saved_and_deleted(visit):
    page = visit("index")
    done = page.get_by_role("heading", name="What you have done")
    expect(done).to_be_hidden()
    page.wait_for_load_state("networkidle")  # or what is still being loaded counts as missing
    page.goto(page.url.replace("index", "05_dot_attention"))
    wake(page)
    quiz = page.locator("[data-explorer=quiz]")
    quiz.get_by_role("radio").first.click(force=True)
    page.wait_for_load_state("networkidle")
    page.goto(page.url.partition("05_dot")[0] + "index.html")
    expect(done).to_be_visible()
    entry = page.locator(".record li")
    expect(entry).to_have_text(re.compile(r"^05: [01] of \d$"))
    with page.expect_download() as found:
        page.get_by_role("button", name="Save it as a file").click()
    assert list(read_progress(found.value.path()).questions) == ["05"]
    page.get_by_role("button", name="Delete it").press("Enter")
    expect(done).to_be_hidden()
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(done).to_be_hidden()


# --- symbols, themes, menu, paper ---


def test_a_symbol_explains_itself_by_mouse_focus_and_tap(visit):
    page = visit("04_attention_by_hand", has_touch=True)
    meaning = page.get_by_role("tooltip")
    symbol = page.locator("article math [data-symbol][tabindex]").nth(3)
    expect(meaning).to_be_hidden()
    symbol.focus()
    expect(meaning).to_be_visible()
    assert len(meaning.inner_text()) > 20
    assert symbol.get_attribute("aria-describedby") == "meaning"
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()
    page.locator("article math [data-symbol]").nth(8).hover()
    expect(meaning).to_be_visible()
    page.mouse.move(5, 5)
    expect(meaning).to_be_hidden()
    page.locator("article math [data-symbol]").nth(8).tap()
    expect(meaning).to_be_visible()


def test_a_term_says_what_it_means_and_leads_to_more(visit):
    page = visit("05_dot_attention")
    term = page.locator("[data-term]", has_text="softmax").first
    term.focus()
    meaning = page.get_by_role("tooltip")
    expect(meaning).to_contain_text("adds up to one")
    page.keyboard.press("Enter")
    expect(meaning.get_by_role("link")).to_be_focused()
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()
    expect(term).to_be_focused()
    term.click()
    meaning.get_by_role("link").click()
    expect(page).to_have_url(re.compile("04_attention_by_hand.html#cell-id="))


def test_the_theme_is_switched_and_kept(visit):
    page = visit("index")
    button = page.get_by_role("button", name="Dark colors")
    ground = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(ground)
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    dark = page.evaluate(ground)
    assert dark != before
    wake(page)  # or the new page would break off what is still being loaded
    page.reload()
    assert page.evaluate(ground) == dark


def test_the_menu_folds_where_it_has_no_room(visit):
    page = visit("05_dot_attention", width=360)
    series = page.get_by_role("navigation", name="The series")
    button = page.get_by_role("button", name="Menu")
    expect(series).to_be_hidden()
    button.press("Enter")
    expect(series).to_be_visible()
    page.keyboard.press("Escape")
    expect(series).to_be_hidden()
    expect(button).to_be_focused()


def test_the_contents_follow_the_reader(visit):
    page = visit("05_dot_attention")
    contents = page.get_by_role("navigation", name="On this page")
    contents.get_by_role("link", name="Who told it where to look?").click()
    current = contents.locator("[aria-current]")
    expect(current).to_have_text("Who told it where to look?")
    expect(current).to_have_count(1)


def test_a_picture_is_enlarged_where_the_screen_shrinks_it(visit):
    page = visit("05_dot_attention", width=360)
    picture = page.locator(".picture").first
    picture.scroll_into_view_if_needed()
    shown = "element => [element.querySelector('img').clientWidth, element.clientWidth]"
    assert picture.evaluate(shown)[0] <= picture.evaluate(shown)[1]
    page.get_by_role("button", name="Enlarge the picture").first.press("Enter")
    image, room = picture.evaluate(shown)
    assert image == 960 and room < 360
    expect(picture).to_have_attribute("tabindex", "0")  # so that arrow keys scroll it
    assert page.evaluate(OVERFLOW) <= 0
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.get_by_role("button", name="Enlarge the picture")).to_have_count(0)


def test_code_is_copied(visit):
    page = visit("05_dot_attention", permissions=["clipboard-read", "clipboard-write"])
    code = page.locator(".code").filter(has_text="class DotAttention").first
    code.hover()
    code.get_by_role("button").click()
    expect(code.get_by_role("button")).to_have_text("Copied")
    assert "class DotAttention" in page.evaluate("navigator.clipboard.readText()")


def test_code_wraps_on_paper_and_scrolls_on_screen(visit):
    page = visit("05_dot_attention", width=360)
    wraps = "element => getComputedStyle(element).whiteSpace"
    code = page.locator(".code pre").nth(3)
    assert code.evaluate(wraps) == "pre"
    page.emulate_media(media="print")
    assert code.evaluate(wraps) == "pre-wrap"
    assert page.evaluate(OVERFLOW) <= 0
    expect(page.get_by_role("navigation", name="The series")).to_be_hidden()


def test_paper_shows_boxes_and_explorers_but_no_answer_and_no_button(visit):
    page = visit("04_attention_by_hand")
    explorer = page.locator("[data-explorer=calculator][data-ready=true]")
    explorer.scroll_into_view_if_needed()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for answer in ("The third score", "Show hints", "Show an answer"):
        for details in page.locator("details").filter(has_text=answer).all():
            expect(details).not_to_have_attribute("open", "")
    expect(page.locator("summary", has_text="Show an answer").first).to_be_hidden()
    expect(explorer.locator("svg:visible").first).to_be_visible()
    expect(explorer.get_by_role("button", name="Reset")).to_be_hidden()
    box = visit("00_start_here").locator("details").filter(has_text="Open the table of symbols")
    box.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(box).to_have_attribute("open", "")
    box.page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(box).not_to_have_attribute("open", "")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_paper_has_the_figures_that_nobody_scrolled_to(visit, theme):
    page = visit("09_reading_attention", theme=theme)
    page.wait_for_timeout(6000)
    sizes = {
        (image.image.width, image.image.height)
        for sheet in PdfReader(BytesIO(page.pdf(format="A4", print_background=True))).pages
        for image in sheet.images
    }
    real = page.locator(".picture img").evaluate_all(
        "images => images.map((image) => [image.naturalWidth, image.naturalHeight])"
    )
    assert {tuple(each) for each in real} <= sizes and len(real) >= 4


def test_figures_follow_the_button(visit):
    page = visit("05_dot_attention")
    picture = page.locator(".picture img").first
    picture.scroll_into_view_if_needed()
    source = "image => image.currentSrc"
    assert not picture.evaluate(source).endswith("-dark.webp")
    page.get_by_role("button", name="Dark colors").press("Enter")
    page.wait_for_function("document.querySelector('.picture img').currentSrc.includes('-dark')")
    page.reload()  # the choice is kept
    page.wait_for_function("document.querySelector('.picture img').currentSrc.includes('-dark')")


def test_results_are_never_cut_and_long_code_fades(visit):
    page = visit("09_reading_attention", width=360)
    cut = "boxes => boxes.filter((box) => box.scrollWidth > box.clientWidth + 1).length"
    assert page.locator("pre.output").count() >= 5
    assert page.locator("pre.output").evaluate_all(cut) == 0
    code = page.locator(".code pre.is-cut:visible").first
    code.scroll_into_view_if_needed()
    expect(code).to_have_attribute("tabindex", "0")
    count = page.locator(".is-cut").count()
    code.evaluate("box => box.scrollTo(box.scrollWidth, 0)")
    expect(page.locator(".is-cut")).to_have_count(count - 1)


def test_text_code_and_tables_end_on_one_line(visit):
    page = visit("05_dot_attention")
    right = """boxes => boxes.filter((box) => box.checkVisibility())
        .map((box) => Math.round(box.getBoundingClientRect().right))"""
    ends = {
        end
        for kind in (".text-cell > p", ".text-cell > .table", ".code-cell > .code", ".picture")
        for end in page.locator(kind).evaluate_all(right)
    }
    assert len(ends) == 1


def test_the_search_shows_whole_words_and_each_place_once(visit):
    page = visit("05_dot_attention")
    page.keyboard.press("/")
    page.keyboard.type("exercises")
    marks = page.locator("#found mark")
    expect(marks.first).to_be_visible()
    assert all(re.fullmatch(r"\w+", each) for each in marks.all_inner_texts())
    for around in page.locator("#found span").all():
        for mark in around.locator("mark").all():
            word = mark.inner_text()
            text = around.inner_text()
            assert re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)
    page.get_by_role("combobox", name="Search all pages").fill("softmax")
    found = page.get_by_role("option").evaluate_all(
        "links => links.map((link) => link.getAttribute('href'))"
    )
    assert len(found) == len(set(found)) > 3


def test_a_playground_says_what_its_picture_said_until_the_reader_begins(visit):
    page = visit("index")
    playground = page.locator("[data-explorer=playground]")
    said = playground.locator(".at-still p").first.inner_text()
    wake(page)
    finding = playground.locator(".at-finding")
    expect(finding).to_have_text(said)
    button = playground.get_by_role("button", name="Train", exact=True)
    expect(button).to_be_visible()
    button.press("Enter")
    expect(finding).to_contain_text("Step ")
    playground.get_by_role("button", name="Reset").press("Enter")
    expect(finding).to_contain_text("Nothing learned yet")


def test_what_a_symbol_means_stands_above_it_and_in_its_column(visit):
    page = visit("04_attention_by_hand")
    symbol = page.locator("article math [data-symbol][tabindex]").nth(3)
    symbol.scroll_into_view_if_needed()
    symbol.evaluate("element => scrollBy(0, element.getBoundingClientRect().top - 500)")
    symbol.focus()
    box, word = page.get_by_role("tooltip").bounding_box(), symbol.bounding_box()
    column = page.locator("article").bounding_box()
    assert box["y"] + box["height"] <= word["y"]
    assert column["x"] <= box["x"]
    assert box["x"] + box["width"] <= column["x"] + column["width"] + 1


def test_it_can_be_read_without_scripts(visit):
    page = visit("05_dot_attention", java_script_enabled=False)
    expect(page.get_by_role("navigation", name="The series")).to_be_visible()
    expect(page.locator("[data-explorer=stepper] img")).to_be_visible()
    expect(page.get_by_role("heading", name="Train it")).to_be_visible()
