"""The series as a book: whole, linked, described; and what its two files promise to readers."""

import os
import re
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lab import find_browser, skip_without_browser
from lxml.html import tostring
from pypdf import PdfReader
from toy import REPOSITORY

from utils.publishing.book import __main__ as command
from utils.publishing.book.chapters import parse, settle
from utils.publishing.book.epub import ROOM, write_epub
from utils.publishing.book.folds import ANSWERS, HINTS, drop_code, open_asides, take_folds
from utils.publishing.book.paper import document_of, first_pages, write_paper
from utils.publishing.book.places import Places
from utils.publishing.book.style import style_sheet
from utils.publishing.book.volume import COVER, build_book
from utils.publishing.pages.typography import ROOT

NAMES = [path.stem for path in sorted((REPOSITORY / "notebooks").glob("*.ipynb"))]
XHTML = "{http://www.w3.org/1999/xhtml}"
MEGABYTE = 1_000_000
ADDRESS = "https://pages.test/"


# --- one chapter ---


def cell(inside, name="x"):
    return f'<div class="cell" id="cell-id={name}">{inside}</div>'


def test_links_lead_to_places_of_the_book():
    places = Places(ADDRESS)
    first = parse(cell('<h2 id="Why?">Why?</h2>', "why") + cell("", "why-2"))
    second = parse(
        '<a href="01_a.html#cell-id=why">1</a><a href="#Why%3F">2</a><a href="01_a.html">3</a>'
        '<a href="index.html#questions-readers-ask">4</a><a href="teaching.html#x">5</a>'
        '<a href="https://a.test/01_a.html">6</a><h2 id="Why?">Why?</h2>'
    )
    for name, tree in (("01_a", first), ("02_b", second)):
        places.rename(tree, name)
    places.ids["questions", ""] = "chapter-questions"
    places.link(second, "02_b")
    assert [each.get("href") for each in second.iter("a")] == [
        "01_a.xhtml#n01-why",
        "02_b.xhtml#n02-Why",
        "01_a.xhtml#chapter-01",
        "questions.xhtml#chapter-questions",
        f"{ADDRESS}teaching.html#x",
        "https://a.test/01_a.html",
    ]
    names = [each.get("id") for each in [*first.iter(), *second.iter()] if each.get("id")]
    assert len(set(names)) == len(names)
    with pytest.raises(ValueError, match="02_b links to"):
        places.address_of("01_a.html#gone", "02_b")


def test_answers_go_to_the_back_and_asides_stay():
    tree = parse(
        "<h3>Exercise 1</h3>"
        + cell(
            '<details><summary class="button">Show hints</summary><ul><li>h</li></ul></details>'
            '<details><summary class="button">Show an answer</summary><pre>a = 1</pre></details>'
        )
        + cell('<details class="answer"><summary>The sum</summary><p>7</p></details>')
        + cell("<details><summary>Open the table</summary><p>t</p></details>")
    )
    hints, answer, total = take_folds(tree, "05_x")
    assert [each.part for each in (hints, answer, total)] == [HINTS, ANSWERS, ANSWERS]
    assert hints.heading == "Exercise 1" and hints.turn == answer.turn != total.turn
    assert answer.content.text_content() == "a = 1"
    open_asides(tree)
    links = {each.get("href"): each.text_content() for each in tree.iter("a")}
    assert links == {
        f"hints.xhtml#{hints.id}": "Hints →",
        f"answers.xhtml#{answer.id}": "An answer →",
        f"answers.xhtml#{total.id}": "The sum →",
    }
    (aside,) = tree.xpath(".//div[@class='aside']")
    assert aside.text_content() == "The tablet"
    assert not list(tree.iter("details"))


def test_code_that_only_draws_is_left_out_and_its_picture_stays():
    folded = '<details class="folded"><summary>Setup</summary><pre>import x</pre></details>'
    tree = parse(cell(folded, "a") + cell(f'<img src="f.png" alt="f">{folded}', "b"))
    drop_code(tree)
    assert [each.get("id") for each in tree] == ["cell-id=b"]
    assert "import" not in tree.text_content() and len(tree.xpath(".//img")) == 1


def test_an_explorer_becomes_its_still_picture_with_the_finding():
    tree = parse(
        cell(
            '<div data-explorer="stepper" data-options="{}"><div class="at-still"><p>Step 5.</p>'
            '<noscript><img src="f.webp" alt="Step 5." loading="lazy"></noscript>'
            '<p class="at-run">Run this cell.</p></div></div>'
        )
    )
    settle(tree, f"{ADDRESS}05_x.html")
    (figure,) = tree.iter("figure")
    assert dict(figure.find("img").attrib) == {"src": "f.png", "alt": "Step 5."}
    assert figure.find("figcaption").text_content().startswith("Step 5. ")
    assert next(figure.iter("a")).get("href") == f"{ADDRESS}05_x.html#cell-id=x"
    assert b"data-" not in tostring(tree)


def test_a_chapter_has_light_pictures_and_plain_roots():
    tree = parse(
        cell(
            '<figure class="picture"><picture><source srcset="f-dark.webp" media="screen">'
            '<img src="f.webp" alt="f"></picture></figure>'
        )
        + f"<h2>By {ROOT.format('d')}?</h2>"
    )
    settle(tree, "")
    (figure,) = tree.iter("figure")
    assert [each.tag for each in figure] == ["img"]
    assert tree.find("h2").text_content() == "By √d?" and not list(tree.iter("math"))


def test_quick_questions_are_answered_at_the_end():
    tree = parse(
        cell(
            '<div data-explorer="quiz"><ol class="at-asked"><li>Q</li></ol><details><summary>Show '
            'the answers</summary><ol class="at-answers"><li>A</li></ol></details></div>'
        )
        + "<p>Next</p>"
    )
    settle(tree, "")
    assert tree.text_content().index("Q") < tree.text_content().index("Next")
    assert tree[-1].find("ol").text_content() == "A" and not list(tree.iter("details"))


def test_the_style_sheet_needs_no_variables_and_has_both_themes():
    light, dark = style_sheet().split("@media (prefers-color-scheme: dark)")
    assert "var(" not in light + dark
    colors = [set(re.findall(r"#[0-9A-F]{6}", part)) for part in (light, dark)]
    assert colors[0] and colors[1] and not colors[0] & colors[1]


# --- the whole book ---


@pytest.fixture(scope="module", params=[pytest.param("slow", marks=pytest.mark.slow)])
def book():
    return build_book()


@pytest.fixture(scope="module")
def epub(book, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "attention.epub"
    path.write_bytes(write_epub(book))
    return path


def test_every_notebook_is_a_chapter_in_order(book):
    assert [each.name for each in book.chapters if each.kind == "chapter"] == NAMES
    assert all(len(each.places) >= 5 for each in book.chapters if each.kind == "chapter")


def test_every_link_and_every_picture_of_the_book_is_there(book):
    trees = {each.file: parse(each.html) for each in book.chapters}
    places = {file: set(tree.xpath(".//@id")) for file, tree in trees.items()}
    ids = [each for found in places.values() for each in found]
    assert len(set(ids)) == len(ids)  # in print all of them stand in one document
    links = [href for tree in trees.values() for href in tree.xpath(".//a/@href")]
    inside = [href.partition("#") for href in links if not re.match("https?:", href)]
    assert len(inside) > 400
    assert [href for href in inside if href[2] not in places[href[0]]] == []
    shown = {src for tree in trees.values() for src in tree.xpath(".//img/@src")}
    assert shown | {COVER} == book.pictures.keys()


def test_every_picture_of_the_book_is_described(book):
    images = [image for each in book.chapters for image in parse(each.html).iter("img")]
    assert len(images) > 80 and all(len(image.get("alt")) > 10 for image in images)


def test_nothing_in_the_book_waits_for_a_press(book):
    for each in book.chapters:
        tree = parse(each.html)
        assert (
            tree.xpath(".//details | .//button | .//script | .//noscript | .//*[@tabindex]") == []
        )
        assert "Run this cell" not in each.html and "⟦" not in each.html


@pytest.mark.parametrize("number", [name[:2] for name in NAMES[1:]])
def test_exercises_lead_to_their_answers_and_back(book, number):
    chapters = {each.name: parse(each.html) for each in book.chapters}
    (name,) = (each for each in NAMES if each.startswith(number))
    there = chapters[name].xpath(".//p[@class='turn']//a/@href")
    assert sum(href.startswith("answers.xhtml#") for href in there) >= 3
    for href in there:
        file, _, place = href.partition(".xhtml#")
        (fold,) = chapters[file].xpath(f".//*[@id='{place}']")
        back = fold.xpath(".//h3/a/@href")[0]
        assert back.startswith(f"{name}.xhtml#")
        assert chapters[name].xpath(f".//*[@id='{back.partition('#')[2]}']")


def test_the_epub_lists_every_file_and_its_type_comes_first(book, epub):
    with zipfile.ZipFile(epub) as packed:
        assert packed.infolist()[0].filename == "mimetype"
        assert packed.infolist()[0].compress_type == zipfile.ZIP_STORED
        package = ElementTree.fromstring(packed.read(f"{ROOM}/package.opf"))
        listed = {each.get("href") for each in package.iter() if each.tag.endswith("}item")}
        files = {name.removeprefix(f"{ROOM}/") for name in packed.namelist()}
        assert files - listed == {"mimetype", "META-INF/container.xml", "package.opf"}
        for name in packed.namelist():
            if name.endswith(".xhtml"):
                assert ElementTree.fromstring(packed.read(name)).tag == f"{XHTML}html"
    assert write_epub(book) == epub.read_bytes()
    assert epub.stat().st_size < 10 * MEGABYTE


def checker():
    """Return the command of epubcheck, without the file; None if it is missing."""
    found = shutil.which("epubcheck")
    if found and zipfile.is_zipfile(found):  # Debian's is a Java archive, which Linux may not run
        return ["java", "-jar", str(Path(found).resolve())]
    return found and [found]


def test_epubcheck_has_nothing_to_say(epub):
    if checker() is None and os.environ.get("CI") != "true":
        pytest.skip("no epubcheck here")
    assert checker(), "install epubcheck, as .ci/run does"
    done = subprocess.run(
        [*checker(), str(epub), "--failonwarnings"], capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 fatals / 0 errors / 0 warnings" in done.stdout


def test_paper_has_the_same_chapters_in_one_document(book):
    document = document_of(book, dict.fromkeys((each.id for each in book.chapters), 7))
    tree = ElementTree.fromstring(document)
    ids = [each.get("id") for each in tree.iter() if each.get("id")]
    assert len(set(ids)) == len(ids)
    links = [each.get("href") for each in tree.iter(f"{XHTML}a")]
    assert {href[1:] for href in links if href.startswith("#")} <= set(ids)
    assert [href for href in links if not re.match("#|https?:", href)] == []
    assert document.count('<span class="page">7</span>') == len(book.chapters)


def test_without_a_browser_the_epub_is_written_and_the_reader_told(
    book, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(command, "find_browser", lambda: None)
    monkeypatch.setattr(command, "build_book", lambda: book)
    assert command.main([str(tmp_path)]) == 1
    assert zipfile.is_zipfile(tmp_path / "book" / command.EPUB)
    assert not (tmp_path / "book" / command.PDF).exists()
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1 and "install Chromium" in told


@pytest.fixture(scope="module")
def pdf(book):
    skip_without_browser()
    return PdfReader(BytesIO(write_paper(book, find_browser())))


def fonts_of(page):
    """Yield the fonts of a page, each with what describes it."""
    for each in page["/Resources"].get("/Font", {}).values():
        font = each.get_object()
        inside = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        yield font, inside.get("/FontDescriptor", {})


@pytest.mark.browser
def test_the_pdf_is_tagged_outlined_and_complete(book, pdf):
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root and root["/Lang"] == "en"
    assert pdf.metadata.title == book.about["title"]
    titles = [each.title for each in pdf.outline if not isinstance(each, list)]
    assert titles == ["Contents", *(each.title for each in book.chapters)]
    assert 150 < len(pdf.pages) < 300
    assert len(pdf.stream.getvalue()) < 25 * MEGABYTE
    for page in pdf.pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)  # A4
        for font, about in fonts_of(page):  # the glyphs of Type 3 stand in the font itself
            assert font["/Subtype"] == "/Type3" or any("/FontFile" in key for key in about)


@pytest.mark.browser
def test_links_in_the_pdf_lead_to_its_pages(book, pdf):
    links = [each.get_object() for page in pdf.pages for each in page.get("/Annots", ()) or ()]
    inside = [link["/Dest"] for link in links if "/Dest" in link]
    assert len(inside) > 400
    assert {str(place) for place in inside} <= pdf.named_destinations.keys()
    begins = first_pages(pdf.stream.getvalue())
    listed = pdf.pages[2].extract_text()
    for each in book.chapters:  # the contents say the right page
        assert re.search(rf"{re.escape(each.title)}\s*{begins[each.id]}\b", listed), each.title
        assert each.title in pdf.pages[begins[each.id] - 1].extract_text()
