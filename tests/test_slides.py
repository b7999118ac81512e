"""The series as slides: a title on each, little code, nothing orphaned, every explorer alive."""

import base64
import io
import re
import shutil
from functools import cache
from html import unescape
from itertools import chain, pairwise
from json import loads

import nbformat
import pytest
from lab import shared_browser, skip_without_browser
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from PIL import Image
from toy import REPOSITORY

from utils.publishing.explorers import ELEMENT, files_for
from utils.publishing.pages.assets import fonts
from utils.publishing.slides import __main__ as command
from utils.publishing.slides.deck import HEIGHT, WIDTH, Deck, Slide, build_decks, stamp_minutes
from utils.publishing.slides.links import link_to_slides, places_of
from utils.publishing.slides.pictures import EDGE, cut
from utils.publishing.slides.plan import MOST_LINES, Part, excerpt, parts_of, slide_type
from utils.publishing.slides.render import (
    chips_html,
    code_html,
    output_html,
    text_html,
    with_options,
)

PATHS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
per_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
SHORT = {"00": 13}  # slides; a notebook of ten minutes makes no lecture of its own
FEWEST, MOST = 20, 25
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
MOST_BARE = 1 / 3  # of a deck
LEAST_WORDS = 4  # on a slide that shows neither a picture nor an explorer


def read(path):
    return nbformat.read(path, as_version=4)


@cache
def deck_of(path):
    return Deck(read(path), {})


def told(notebook):
    """Return all that a notebook says and shows, as text."""
    shown = []
    for cell in notebook.cells:
        shown.append(cell.source)
        for output in cell.get("outputs", []):
            shown += [str(output.get("text", "")), str(output.get("data", {}).get("text/plain"))]
            shown.append(re.sub(r"<[^>]*>", " ", output.get("data", {}).get("text/html", "")))
    return "\n".join(shown)


def numbers_in(text):
    return {number.replace(",", "") for number in NUMBER.findall(text)}


def plain(html):
    return " ".join(re.sub(r"<[^>]*>|⟦\d+⟧|&\w+;", " ", html).split())


# --- what the notebooks say ---


@per_notebook
def test_slide_types_say_what_jupyterlab_shows(path):
    cells = read(path).cells
    assert all("slideshow" in cell.metadata for cell in cells)
    assert {slide_type(cell) for cell in cells} <= {"slide", "-", "fragment", "notes", "skip"}
    for cell in cells:
        if "slide" not in cell.metadata:
            continue
        first = parts_of(cell)[0]
        kind = "slide" if first.title else "fragment" if first.fade else "-"
        assert slide_type(cell) == kind, cell.id


@per_notebook
def test_a_deck_is_a_lecture(path):
    deck = deck_of(path)
    fewest = SHORT.get(path.stem[:2], FEWEST)
    assert fewest <= len(deck.slides) <= MOST
    assert len({slide.id for slide in deck.slides}) == len(deck.slides)
    assert deck.slides[-1].title == "Summary"


@per_notebook
def test_every_slide_has_a_title_of_its_own_and_notes(path):
    slides = deck_of(path).slides
    assert [slide.id for slide in slides if len(plain(slide.title)) < 2] == []
    assert [one.title for one, other in pairwise(slides) if one.title == other.title] == []
    silent = [slide.id for slide in slides if len(plain("".join(slide.notes))) < 20]
    assert silent == [], "nothing to say: write it under the key say"


@per_notebook
def test_at_most_a_third_of_a_deck_is_words_alone(path):
    slides = deck_of(path).slides
    bare = [slide.id for slide in slides[1:] if slide.kinds <= {"text"}]
    assert len(bare) <= MOST_BARE * len(slides), bare


@per_notebook
def test_no_two_slides_have_the_same_notes(path):
    slides = deck_of(path).slides
    notes = [tuple(slide.notes[1:]) for slide in slides]  # after the minute
    assert [
        slide.id for slide, own in zip(slides, notes, strict=True) if notes.count(own) > 1
    ] == []


@per_notebook
def test_little_code_on_a_slide(path):
    for slide in deck_of(path).slides:
        rows = slide.body.count('<span class="row')
        assert rows <= MOST_LINES, (slide.id, rows)


@per_notebook
def test_no_slide_is_empty_or_only_numbers(path):
    for slide in deck_of(path).slides:
        if not slide.kinds & {"picture", "explorer"}:
            words = re.findall(r"[^\W\d_]{2,}", plain(slide.body))
            assert len(words) >= LEAST_WORDS, (slide.id, words)


@per_notebook
def test_each_number_on_a_slide_stands_in_its_notebook(path):
    notebook = read(path)
    known = numbers_in(told(notebook))
    unknown = {
        (cell.id, number)
        for cell in notebook.cells
        for part in parts_of(cell)
        for number in numbers_in(f"{part.title} {part.number} {part.chips} {part.text}")
        if number not in known
    }
    assert unknown == set()


@per_notebook
def test_answers_to_exercises_are_not_shown(path):
    for cell in read(path).cells:
        if "exercise" in cell.metadata.get("tags", []) or cell.source.startswith("check("):
            assert slide_type(cell) == "skip"


# --- how slides are made ---


def drawing(*boxes):
    """Return a white picture of 100 by 60 pixels with black boxes in it, as base64 of a PNG."""
    picture = Image.new("RGB", (100, 60), "white")
    for box in boxes:
        picture.paste("black", box)
    written = io.BytesIO()
    picture.save(written, "PNG")
    return base64.b64encode(written.getvalue()).decode()


PICTURE = drawing((40, 5, 60, 10), (20, 30, 50, 50))  # a title, and a chart


def size_of(png):
    return Image.open(io.BytesIO(base64.b64decode(png))).size


def with_slide(cell, kind, *parts):
    cell.metadata["slideshow"] = {"slide_type": kind}
    if parts:
        cell.metadata["slide"] = list(parts)
    return cell


def test_a_cell_that_says_no_more_is_shown_as_it_is():
    text = new_markdown_cell("## Why?\n\nBecause.\n\n## References\n\n- A")
    assert parts_of(with_slide(text, "slide")) == [Part(title="Why?", text="Because.")]
    opening = new_markdown_cell(
        "# 07 · Toy\n\n**Promise.** You learn.\n\n**Time.** about 5 minutes"
    )
    assert parts_of(with_slide(opening, "slide")) == [Part(title="07 · Toy", text="You learn.")]
    code = with_slide(new_code_cell("x = 1"), "fragment")
    assert parts_of(code) == [Part(code=True, output=True, fade=True)]
    for kind in ("skip", "notes"):
        assert parts_of(with_slide(new_markdown_cell("Text."), kind, {"text": "No."})) == []


def test_parts_that_cannot_be_are_refused():
    cell = with_slide(new_markdown_cell("Text.", id="here"), "slide", {"name": "x"})
    with pytest.raises(ValueError, match=r'cell here: "slide" in its metadata is wrong.*name'):
        parts_of(cell)
    source = "def f(x):\n    y = x\n    return y\n\n\nprint(f(1))"
    with pytest.raises(ValueError, match="no line of this cell begins with 'return z'"):
        excerpt(source, ["return z"])
    notebook = nbformat.v4.new_notebook(cells=[with_slide(new_markdown_cell("Text."), "-")])
    with pytest.raises(ValueError, match="goes on with a slide, and none has begun"):
        Deck(notebook, {})


def test_lines_of_code_are_named_by_how_they_begin():
    source = "def f(x):\n    y = x\n    z = y\n    return y\n\n\nprint(f(1))"
    assert excerpt(source, True) == source
    assert excerpt(source, False) == ""
    assert excerpt(source, ["y = .. z ="]) == "y = x\nz = y"
    assert excerpt(source, ["def f", "return y", "print"]) == (
        "def f(x):\n    …\n    return y\n…\nprint(f(1))"
    )


def test_code_is_colored_in_lines():
    page = code_html('def f():\n    """What\n    it does."""\n    return 1  # one')
    assert page.count('<span class="row"') == 4
    assert re.findall(r"--indent: (\d+)ch", page) == ["0", "4", "4", "4"]
    assert '<span class="k">def</span>' in page and "    it" not in page


def test_a_paragraph_that_is_all_bold_asks():
    assert text_html("**Who *wins*?**") == (
        '<p class="ask"><strong>Who <em>wins</em>?</strong></p>\n'
    )
    assert "ask" not in text_html("**Note:** this.") + text_html("**a** and **b**")


def test_outputs_are_told_apart():
    outputs = [
        new_output("stream", text="1 < 2\n"),
        new_output(
            "display_data", {"image/png": f"{PICTURE}\n"}, metadata={"image/png": {"alt": "<A>"}}
        ),
        new_output("display_data", {"text/html": "<table></table>"}),
        new_output("error", ename="E", evalue="no", traceback=[]),
    ]
    shown = output_html(new_code_cell("x", outputs=outputs))
    assert [kind for kind, _ in shown] == ["text", "picture", "table", "text"]
    assert "1 &lt; 2<" in shown[0][1] and 'alt="&lt;A&gt;"' in shown[1][1]


def test_a_picture_loses_its_margins_and_title():
    assert size_of(cut(PICTURE)) == (40 + 2 * EDGE, 45 + 5 + EDGE)  # the title is near the top
    assert size_of(cut(PICTURE, is_untitled=True)) == (30 + 2 * EDGE, 20 + 2 * EDGE)
    assert size_of(cut(PICTURE, (0.3, 0.0, 1.0, 0.4))) == (20 + 2 * EDGE, 5 + 5 + EDGE)
    with pytest.raises(ValueError, match=r"crop \[0, 0, 2, 1\]: give left, top, right, bottom"):
        cut(PICTURE, (0, 0, 2, 1))
    with pytest.raises(ValueError, match="nothing is drawn in this part"):
        cut(PICTURE, (0.8, 0.0, 1.0, 1.0))


def test_a_word_has_the_color_of_its_place():
    chips = chips_html(" ".join(["hat", "<eos>", *["die"] * 15]))
    assert re.findall(r"--at-word-(\d+)", chips) == [*map(str, range(1, 17)), "1"]
    assert "&lt;eos&gt;" in chips


def test_a_comment_that_would_wrap_is_left_out():
    page = code_html(f"x = {'1' * 60}  # {'a' * 30}\ny = 2  # short", is_lit=True)
    assert "aaa" not in page and "# short" in page
    assert page.count("row fragment custom") == 2


def test_an_explorer_begins_with_the_options_of_its_slide():
    page = """<div data-explorer="stepper" data-options='{"step": 1, "model": "dot"}'>"""
    changed = with_options(page, {"step": 9})
    options = ELEMENT.search(changed)["options"]
    assert loads(unescape(options)) == {"step": 9, "model": "dot"}
    assert with_options(page, {}) == page


def test_minutes_are_shared_out_and_explorers_take_longer():
    opening = new_markdown_cell("# 07 · Toy\n\n**Promise.** Yes.\n\n**Time.** about 10 minutes")
    notebook = nbformat.v4.new_notebook(cells=[with_slide(opening, "slide")])
    slides = Deck(notebook, {}).slides
    assert "minute 10 of 10" in slides[0].notes[0]
    two = [Slide("a", "A"), Slide("b", "B")]
    two[1].kinds.add("explorer")
    stamp_minutes(two, 8)
    assert ["minute 2 of" in two[0].notes[0], "minute 8 of" in two[1].notes[0]] == [True, True]


def test_links_lead_to_slides():
    cells = [
        with_slide(new_markdown_cell("# 01 · A", id="a"), "slide"),
        with_slide(new_markdown_cell("## Why?", id="b"), "skip"),
        with_slide(new_markdown_cell("C.", id="c"), "slide", {"title": "C"}, {"title": "D"}),
        with_slide(new_markdown_cell("## E", id="e"), "notes"),
    ]
    places = places_of(nbformat.v4.new_notebook(cells=cells))
    assert places == {
        "a": "a",
        "01-·-A": "a",
        "b": "a",
        "Why?": "a",
        "c": "c",
        "e": "c-2",
        "E": "c-2",
    }
    series = {"01_a": places}
    for text, linked in {
        "[x](01_a.ipynb#cell-id=e)": "[x](01_a.html#/c-2)",
        "[x](<01_a.ipynb>)": "[x](01_a.html)",
        "[x](#Why?)": "[x](#/a)",
        "[x](#Where?) [y](../README.md)": "x y",
        "[x](02_b.ipynb)": "x",
        "[x](https://a.org/b)": "[x](https://a.org/b)",
        "![x](a.png)": "![x](a.png)",
    }.items():
        assert link_to_slides(text, places, series) == linked


# --- the decks ---


@pytest.fixture(scope="module", params=[pytest.param("slow", marks=pytest.mark.slow)])
def pages():
    return build_decks(command.REVEAL)


def test_a_deck_with_reveal_beside_it_needs_no_network(pages):
    for page in pages.values():
        wanted = re.findall(r'<(?:script|link|img|iframe)[^>]*\s(?:src|href)="([^"]*)', page)
        beside = {each for each in wanted if not each.startswith("data:")}
        assert beside and all(each.startswith(("reveal.js/", "explorers/")) for each in beside)
        assert re.findall(r"url\(['\"]?https?:|@import", page) == []
        assert "⟦" not in page and "<merror" not in page


def test_links_of_all_decks_lead_to_slides_that_are_there(pages):
    ids = {name: set(re.findall(r'<section id="([^"]*)"', page)) for name, page in pages.items()}
    for name, page in pages.items():
        for target in re.findall(r'<a [^>]*href="([^"]*)"', page):
            if not target.startswith("http"):
                deck, _, slide = target.partition("#/")
                assert not slide or slide in ids[deck or name], (name, target)
                assert (deck or name) in pages, (name, target)


def test_without_npm_it_says_that_the_decks_need_the_network(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command.shutil, "which", lambda name: None)
    monkeypatch.setattr("utils.publishing.pages.page.NOTEBOOKS", tmp_path)
    shutil.copy(PATHS[0], tmp_path)
    assert command.main([str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "npm could not fetch reveal.js, so the slides will need a network connection." in said
    written = (tmp_path / "slides" / PATHS[0].with_suffix(".html").name).read_text("utf-8")
    assert 'src="https://' in written


# --- in a browser ---


@pytest.fixture(scope="module")
def decks(tmp_path_factory, pages):
    """Return a folder of all decks with reveal.js beside them."""
    skip_without_browser()
    folder = tmp_path_factory.mktemp("slides")
    if not command.fetch_reveal(folder):
        pytest.skip("reveal.js cannot be had by npm here")
    written = ((name, page.encode()) for name, page in pages.items())
    for name, content in chain(written, files_for(pages.values()), fonts().items()):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def open_deck(decks, number, asked="", **options):
    """Return a page that shows a deck, by its number, such as "04"."""
    page = shared_browser().new_page(viewport={"width": WIDTH, "height": HEIGHT}, **options)
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("requestfailed", lambda request: page.problems.append(request.url))
    (deck,) = decks.glob(f"{number}_*.html")
    page.goto(deck.as_uri() + asked)
    page.wait_for_function("Reveal.isReady()")
    return page


def show(page, selector):
    """Go to the slide with the first element of a selector, and wait until it is alive."""
    page.evaluate(
        """(selector) => {
          const slide = document.querySelector(selector).closest("section");
          Reveal.slide(Reveal.getIndices(slide).h, 0, 99);
        }""",
        selector,
    )
    page.wait_for_selector(f".present {selector}[data-ready]")


# How far everything on each slide reaches once it has faded in, and its smallest code. What is
# inside an explorer may lie anywhere: its own box counts.
EXTENTS = """async () => {
  const found = [];
  for (const slide of Reveal.getSlides()) {
    Reveal.slide(Reveal.getIndices(slide).h, 0, 99);
    const root = slide.querySelector("[data-explorer]");
    const settled = () => root.dataset.ready && !root.closest(".explorer").dataset.fitting;
    await new Promise((done) => setTimeout(done, root ? 400 : 20));
    for (let i = 0; root && !settled() && i < 200; i += 1) {
      await new Promise((done) => setTimeout(done, 50));
    }
    const parts = [...slide.querySelectorAll("*")].filter(
      (part) => !part.closest("aside.notes, [data-explorer] *")
        && (part.tagName === "math" || !part.closest("math"))
    );
    const boxes = parts.map((part) => part.getBoundingClientRect()).filter((box) => box.height);
    const reach = (side) => Math.round(Math.max(...boxes.map((box) => box[side])));
    const code = [...slide.querySelectorAll("pre.code, pre.output")];
    const sizes = code.map((part) => parseFloat(getComputedStyle(part).fontSize));
    const body = slide.querySelector(".body");
    found.push({
      id: slide.id, bottom: reach("bottom"), right: reach("right"), code: Math.min(99, ...sizes),
      spills: body.scrollHeight - body.clientHeight, live: !root || Boolean(root.dataset.ready),
    });
  }
  return found;
}"""
LOWEST = HEIGHT - 30  # below it stands the deck's title


@pytest.mark.browser
@pytest.mark.parametrize("number", [path.stem[:2] for path in PATHS])
def test_a_slide_holds_what_is_on_it_and_its_explorer_lives(decks, number):
    page = open_deck(decks, number)
    found = page.evaluate(EXTENTS)
    page.close()
    assert page.problems == []
    wrong = [
        each
        for each in found
        if each["bottom"] > LOWEST or each["right"] > WIDTH or each["spills"] > 2
    ]
    assert wrong == []
    assert [each["id"] for each in found if each["code"] < 24 or not each["live"]] == []


@pytest.mark.browser
def test_an_explorer_on_a_slide_is_worked_by_keyboard(decks):
    page = open_deck(decks, "04")
    show(page, "[data-explorer=calculator]")
    here = page.evaluate("Reveal.getIndices().h")
    before = page.inner_text(".present .at-finding")
    page.focus(".present [role=slider]")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "(before) => document.querySelector('.present .at-finding').innerText !== before",
        arg=before,
    )
    assert page.evaluate("Reveal.getIndices().h") == here  # the arrows were the explorer's
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.getIndices().h") == here + 1
    assert page.problems == []
    page.close()


@pytest.mark.browser
def test_the_class_can_have_its_sentence(decks):
    page = open_deck(decks, "00")
    show(page, "[data-explorer=stepper]")
    page.fill(".present input[type=text]", "der Lehrer hilft dem Kind .")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "[...document.querySelectorAll('.present svg text')].some((t) => t.textContent === 'hilft')"
    )
    page.close()


@pytest.mark.browser
def test_a_key_changes_between_light_and_dark(decks):
    page = open_deck(decks, "03", color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.keyboard.press("t")
    assert page.evaluate(ground) != light
    page.keyboard.press("t")
    assert page.evaluate(ground) == light
    page.close()


@pytest.mark.browser
def test_a_link_leads_to_the_slide_in_another_deck(decks):
    page = open_deck(decks, "01")
    target = "11_real_translation.html#/words-in-pieces"
    page.evaluate("(target) => { location.href = target; }", target)
    page.wait_for_function("typeof Reveal !== 'undefined' && Reveal.isReady()")
    assert page.evaluate("Reveal.getCurrentSlide().id") == "words-in-pieces"
    page.close()


# Printed, a deck is one long page, with every slide on a sheet of its own.
SHEETS = """() => [...document.querySelectorAll(".pdf-page")].map((sheet) => {
  const [outer, inner] = [sheet, sheet.querySelector("section")].map(
    (each) => each.getBoundingClientRect()
  );
  const spills = [...sheet.querySelectorAll(".body")].map((b) => b.scrollHeight - b.clientHeight);
  const margins = [inner.left - outer.left, outer.right - inner.right, inner.top - outer.top];
  return { margins, spills: Math.max(...spills) };
})"""


@pytest.mark.browser
def test_a_printed_deck_has_a_sheet_for_each_slide_with_margins(decks, pages):
    page = open_deck(decks, "03", "?print-pdf")
    page.wait_for_selector(".pdf-page")
    page.wait_for_timeout(1000)  # until the explorer has its size
    sheets = page.evaluate(SHEETS)
    (name,) = (name for name in pages if name.startswith("03"))
    assert len(sheets) == pages[name].count("<section")
    assert min(min(sheet["margins"]) for sheet in sheets) >= 15  # pixels
    assert max(sheet["spills"] for sheet in sheets) <= 2
    page.close()


# All slides below each other, with everything that fades in.
ALL_AT_ONCE = """() => {
  for (const slide of Reveal.getSlides()) {
    slide.hidden = false;
    slide.removeAttribute("aria-hidden");
    slide.style.cssText = "display: flex; position: static; visibility: visible; opacity: 1;"
      + "height: 720px; transform: none";
    for (const each of slide.querySelectorAll(".fragment")) each.classList.add("visible");
  }
}"""


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("number", [path.stem[:2] for path in PATHS])
def test_axe_finds_nothing(decks, number, scheme):
    from axe_playwright_python.sync_playwright import Axe  # its import fails if the locale is ASCII

    page = open_deck(decks, number, color_scheme=scheme)
    page.evaluate(ALL_AT_ONCE)
    page.wait_for_timeout(500)
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    found = Axe().run(page, options=rules).response["violations"]
    page.close()
    problems = [(each["id"], node["target"]) for each in found for node in each["nodes"]]
    assert problems == []
