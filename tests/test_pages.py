"""The series as web pages: linked, alive, with every formula and figure described."""

import gzip
import re
from base64 import b64encode
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import unquote

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image
from toy import REPOSITORY

from utils.plots import word_colors
from utils.plots.colors import THEMES
from utils.publishing.explorers import ELEMENT, enliven, files_for, still_of, with_lesson
from utils.publishing.figures import build_sheet, pictures_of
from utils.publishing.pages.article import (
    EXERCISES,
    fold_code,
    leave_kernel_out,
    theme_colors,
)
from utils.publishing.pages.contents import Heading, contents_of, headings_of, with_anchors
from utils.publishing.pages.dark import in_dark
from utils.publishing.pages.formulas import (
    equation,
    put_formulas_back,
    take_formulas_out,
    to_mathml,
)
from utils.publishing.pages.front import (
    findings_of,
    questions_of,
    read_readme,
    with_indices,
)
from utils.publishing.pages.page import describe_figure, link_to_pages, read_series
from utils.publishing.pages.pictures import page_pictures, take_pictures_out
from utils.publishing.pages.search import sections_of
from utils.publishing.pages.site import (
    BOOKS,
    DECKS,
    Built,
    build_site,
    decks_beside,
    read_site,
)
from utils.publishing.pages.symbols import Marker, first_in_reach, read_symbols
from utils.publishing.pages.terms import Glossary, read_terms
from utils.publishing.pages.typography import ROOT, align_numbers, keep_together, typeset
from utils.widgets import schematic

LOADING = ("script", "img", "iframe", "object", "embed")
ELSEWHERE = r"""url\(['"]?(?:https?:)?//|@import|\ssrc=['"]?(?:https?:)?//"""
PATHS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
NAMES = [path.stem for path in PATHS]
ALL = [*NAMES, "teaching", "marks", "server", "index"]
per_page = pytest.mark.parametrize("name", ALL)


class Page(HTMLParser):
    """A page's images, links, the files it loads, the names in it, and its figures."""

    def __init__(self, page):
        super().__init__()
        self.images, self.links, self.loads, self.names = [], [], [], []
        self.dark = []  # addresses of pictures for dark pages
        self.figures = 0
        self.is_still = False  # what stands here is shown, and loaded, without scripts only
        self.feed(page)

    def handle_endtag(self, tag):
        self.is_still &= tag != "noscript"

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.figures += tag == "figure"
        if tag == "noscript":
            self.is_still = True
        if tag == "img" and not self.is_still:
            self.images.append(attributes)
        if tag == "source":
            self.dark.append(attributes["srcset"])
        if tag == "a":
            self.links.append(attributes["href"])
        if tag in LOADING and "src" in attributes and not self.is_still:
            self.loads.append(attributes["src"])
        if tag == "link" and attributes["rel"] != "canonical":
            self.loads.append(attributes["href"])
        if "id" in attributes:
            self.names.append(attributes["id"])


@pytest.fixture(scope="module", params=[pytest.param("slow", marks=pytest.mark.slow)])
def site():
    return build_site(DECKS)


@pytest.fixture(scope="module")
def pages(site):
    return site.pages


@pytest.fixture(scope="module")
def read(pages):
    return {name: Page(page) for name, page in pages.items()}


def test_there_is_a_page_for_each_notebook_and_text_and_an_index(pages):
    assert sorted(pages) == sorted(ALL)


@per_page
def test_a_page_loads_only_what_lies_beside_it(site, read, name):
    assert {*read[name].loads, *read[name].dark} <= site.files.keys()
    styles = [text.decode() for path, text in site.files.items() if path.endswith(".css")]
    for text in [site.pages[name], *styles]:
        assert (
            re.findall(r"url\(['\"]?(?:https?:)?//|@import|\ssrc=['\"]?(?:https?:)?//", text) == []
        )


@per_page
def test_style_and_script_are_shared_and_explorers_come_later(pages, read, name):
    page = pages[name]
    assert "<style" not in page and page.count("<script") == 2
    kinds = {found["name"] for found in ELEMENT.finditer(page)}
    sheets = {f"explorers/{kind}.css" for kind in kinds}
    shared = {"assets/icon.svg", "assets/site.css", "assets/theme.js", "assets/site.js"}
    pictures = {image["src"] for image in read[name].images}
    assert set(read[name].loads) == sheets | shared | pictures


@per_page
def test_every_picture_is_described_and_keeps_its_room(read, name):
    for image in read[name].images:
        assert len(image["alt"]) > 10
        assert "No description" not in image["alt"]
        assert int(image["width"]) > 0 and int(image["height"]) > 0


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_every_formula_is_drawn(pages, path):
    drawn = []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            take_formulas_out(cell.source, drawn)
    article = pages[path.stem].partition("<article>")[2]
    assert article.count("<math") - article.count('class="root"') == sum(
        formula.count("<math") for formula in drawn
    )
    assert "⟦" not in pages[path.stem]
    assert "<merror" not in article and "\\" not in "".join(drawn)


@per_page
def test_every_link_and_every_place_is_there(site, read, name):
    for target in read[name].links:
        if re.match(r"https?:", target):
            continue
        file, _, anchor = target.partition("#")
        if file.startswith(DECKS):
            assert file.removeprefix(f"{DECKS}/").removesuffix(".html") in NAMES
        elif file.endswith(".html") or not file:
            names = read[file.removesuffix(".html") or name].names
            assert not anchor or anchor in names or unquote(anchor) in names, target
        else:
            assert file in site.files


@per_page
def test_a_name_stands_once_on_a_page(read, name):
    names = [each for each in read[name].names if not each.startswith("at-")]
    assert sorted(set(names)) == sorted(names)


@per_page
def test_help_questions_and_symbols_are_reached_from_everywhere(read, name):
    links = read[name].links
    assert "13_your_own.html#cell-id=when-it-does-not-work" in links
    assert "index.html#questions-readers-ask" in links
    assert "00_start_here.html#cell-id=what-does-every-symbol-mean-with-its-shape" in links
    assert "00_start_here.html#cell-id=what-does-every-term-mean" in links


def test_a_page_leads_to_its_neighbors_its_notebook_and_its_deck(pages):
    page = pages["05_dot_attention"]
    assert 'href="04_attention_by_hand.html" rel="prev"' in page
    assert 'href="06_general_attention.html" rel="next"' in page
    assert 'href="notebooks/05_dot_attention.ipynb" download' in page
    assert 'href="../slides/05_dot_attention.html"' in page
    assert 'rel="prev"' not in pages["00_start_here"] and 'rel="next"' not in pages["13_your_own"]


def test_pages_link_to_decks_only_where_these_are(tmp_path):
    folder = tmp_path / "html"
    assert decks_beside(folder) == ""
    (tmp_path / "slides").mkdir()
    (tmp_path / "slides" / "00_start_here.html").touch()
    assert (folder / decks_beside(folder)).resolve() == tmp_path / "slides"


def test_the_front_page_has_the_map_and_all_questions(pages, read):
    links = read["index"].links
    assert all(links.count(f"{name}.html") >= 2 for name in NAMES)  # beside it, and on the map
    questions = questions_of(read_readme())
    assert len(questions) >= 60
    assert {question.place for question in questions} <= set(links)
    assert pages["index"].count('data-explorer="playground"') == 1


def test_the_front_page_leads_to_the_book_if_there_is_one(read):
    setting = read_site(books=BOOKS)
    built = Built(setting, Marker([]), Glossary([]))
    built.add_front([link for part in setting.parts.values() for link in part])
    assert set(BOOKS.values()) <= set(Page(built.pages["index"]).links)
    assert not set(BOOKS.values()) & set(read["index"].links)


@pytest.mark.parametrize("name", NAMES[1:])
def test_answers_wait_for_a_press(pages, name):
    answers = re.findall(r"<details><summary[^>]*>Show an answer</summary>", pages[name])
    assert 3 <= len(answers) <= 6
    assert "Not attempted yet" not in pages[name]
    assert "<details open" not in pages[name]
    assert re.findall(r"<details><summary[^>]*>Show hints</summary>", pages[name])


def test_formulas_are_found_and_code_is_not():
    text = "a $x_1$ b `$y$` c\n```\n$z$\n```\n$$w \\tag{3c}$$"
    drawn = []
    marked = take_formulas_out(text, drawn)
    assert marked == "a ⟦0⟧ b `$y$` c\n```\n$z$\n```\n⟦1⟧"
    assert "<msub><mi>x</mi><mn>1</mn></msub>" in drawn[0] and 'display="inline"' in drawn[0]
    assert '<span class="equation-number">(3c)</span>' in drawn[1]
    assert 'display="block"' in drawn[1] and "tag" not in drawn[1]
    assert put_formulas_back("<p>⟦1⟧, ⟦0⟧</p>", ["A", "B"]) == "<p>B, A</p>"


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("[x](04_by_hand.ipynb#Why?)", "[x](04_by_hand.html#Why?)"),
        ("[x](<04_by_hand.ipynb>)", "[x](<04_by_hand.html>)"),
        ("[the README](../README.md) too", "the README too"),
        ("[all](../README.md#questions-readers-ask)", "[all](index.html#questions-readers-ask)"),
        ("[x](TEACHING.md)", "[x](teaching.html)"),
        ("[x](https://a.org/05_x.ipynb)", "[x](https://a.org/05_x.ipynb)"),
    ],
)
def test_links_go_to_pages(text, linked):
    assert link_to_pages(text) == linked


@pytest.mark.parametrize(
    ("source", "below", "described"),
    [
        ('ax.set_title("It falls")', "", "Figure: It falls."),
        ('ax.set(title="It falls", x=1); figure.suptitle("Both")', "", "Figure: It falls; Both."),
        ("ax.set_title('\"It\" falls')", "", 'Figure: "It" falls.'),
        ('ax.set_title("It\\nfalls")', "**What to notice.** No.", "Figure: It falls."),
        (
            'ax.set_title(f"{x} falls")',
            "**What to notice.** The *curve* of $c$ in [03](03_x.ipynb)\nfalls by 0.5. Why?",
            "Figure: The curve of c in 03 falls by 0.5.",
        ),
        (
            'ax.set_title(f"{x} falls")',
            "It falls.",
            "A figure. The text below says what to notice.",
        ),
    ],
)
def test_a_figure_is_described_by_its_titles_or_by_the_text_below(source, below, described):
    assert describe_figure(source, below) == described


@pytest.mark.parametrize(
    ("latex", "part"),
    [
        (r"\mathrm{softmax}(x)", "<mi>softmax</mi>"),
        (r"s_{t-1}", '<mo lspace="0" rspace="0">−</mo>'),
        (r"(-1)", '<mo form="prefix" lspace="0" rspace="0">−</mo>'),
        (r"a - b", "<mo>−</mo>"),
        (r"W \tanh x", '<mspace width="0.1667em" /><mi>tanh</mi><mspace width="0.1667em" />'),
        (r"\tanh(x)", '<mi>tanh</mi><mo stretchy="false" lspace="0" rspace="0">('),
        (r"\lvert x\rvert", 'lspace="0" rspace="0">|</mo><mi>x</mi>'),
    ],
)
def test_formulas_are_spaced_as_in_print(latex, part):
    assert part in to_mathml(latex)


def test_headings_are_found_and_lead_to_themselves():
    article = (
        '<h1 id="A">A</h1><h2 id="B?">Why <code>b</code> &amp; c?<a class="anchor-link">¶</a></h2>'
    )
    assert [(each.level, each.anchor, each.text) for each in headings_of(article)] == [
        (1, "A", "A"),
        (2, "B?", "Why b & c?"),
    ]
    assert '<a class="anchor" href="#B?" aria-label="Link to: Why b & c?">#</a></h2>' in (
        with_anchors(article)
    )


def test_pictures_become_files_that_wait():
    drawn = Image.new("RGB", (300, 100), "white")
    file = BytesIO()
    drawn.save(file, "PNG")
    png64 = b64encode(file.getvalue()).decode()
    article, files = take_pictures_out(
        f'<img src="data:image/png;base64,{png64}" width="150">', "05_x"
    )
    address, dark = files
    assert address.startswith("figures/05-") and f'<source srcset="{dark}"' in article
    assert all(content[8:12] == b"WEBP" for content in files.values())
    assert f'src="{address}" width="150" height="50" loading="lazy"' in article


def test_symbols_are_known_by_their_indices_too():
    marker = Marker(read_symbols(read_series()["00_start_here"]))
    rows = {
        latex: marker.mark_formula(to_mathml(latex)) for latex in ("h_j", "h_7", "s_{t-1}", "h^2")
    }
    (row,) = re.findall(r'data-symbol="(\d+)"', rows["h_j"])
    assert f'<msub data-symbol="{row}"><mi>h</mi><mn>7</mn></msub>' in rows["h_7"]
    assert "<msub data-symbol" in rows["s_{t-1}"]
    assert "data-symbol" not in rows["h^2"]  # no h without a word is in the table
    code = marker.mark_code("<p><code>memory</code> and <code>print</code></p>")
    assert code.count("data-symbol") == 1 and code.index("data-symbol") < code.index("memory")
    twice = first_in_reach('<i data-symbol="3"></i><i data-symbol="3"></i>')
    assert twice.count("tabindex") == 1


def test_a_term_is_marked_once_and_only_in_sentences():
    terms = read_terms(read_series()["00_start_here"])
    row = next(row for row, term in enumerate(terms) if "vocabulary" in term.forms)
    article = (
        '<div class="cell text-cell"><h2>A vocabulary</h2><p><a href="#">vocabulary</a> '
        "two Vocabularies, one vocabulary</p></div>"
        '<div class="cell code-cell"><p>vocabulary</p></div>'
    )
    marked = Glossary(terms).mark(article)
    assert f'two <span data-term="{row}" tabindex="0">Vocabularies</span>, one voc' in marked
    assert marked.count("data-term") == 1


def test_every_term_leads_to_where_it_is_explained(read):
    for term in read_terms(read_series()["00_start_here"]):
        page, _, place = term.place.partition(".html#")
        assert page.startswith(term.number) and place in read[page].names, term.forms[0]


def test_the_search_knows_every_section_but_no_code():
    article = (
        '<h1 id="T">T</h1><p>one</p><h2 id="S">Two <a class="anchor" href="#S">#</a></h2>'
        '<p>three</p><div class="code"><div class="highlight">hidden</div></div><p>four &lt;</p>'
    )
    first, second = sections_of(article, "x.html", "T")
    assert first == ("x.html#T", "T", "T", "one")
    assert second == ("x.html#S", "T", "Two", "three four <")


def test_the_address_is_one_setting(site, pages):
    address = read_site().address
    assert address.startswith("https://") and address.endswith("/")
    for name, page in pages.items():
        assert f'<link rel="canonical" href="{address}{name}.html">' in page
        assert f'<meta property="og:image" content="{address}assets/card.png">' in page
    listed = re.findall(r"<loc>(.*?)</loc>", site.files["sitemap.xml"].decode())
    assert sorted(listed) == sorted(f"{address}{name}.html" for name in pages)
    assert Image.open(BytesIO(site.files["assets/card.png"])).size == (1200, 630)


def test_areas_keep_their_colors_in_a_pages_pictures():
    colors = word_colors(16)
    drawn = schematic([*"abcdefghijklmnop"], [1 / 16] * 16)
    png = drawn._repr_mimebundle_()[0]["image/png"]
    for picture, theme in zip(page_pictures(png), ("light", "dark"), strict=True):
        image = Image.open(BytesIO(picture)).convert("RGB")
        found = {"#{:02X}{:02X}{:02X}".format(*color) for _, color in image.getcolors(256)}
        themed = {THEMES[theme][f"word-{place + 1}"] for place in range(len(colors))}
        assert themed <= found and len(found) <= 128


def test_dark_pictures_have_the_dark_themes_colors():
    names = [name for name in THEMES["light"] if name != "letter-light"]  # white, as the ground
    light, dark = (
        np.array([list(bytes.fromhex(THEMES[theme][name][1:])) for name in names])
        for theme in ("light", "dark")
    )
    assert (in_dark(light) == dark).all()
    grays = in_dark(np.arange(0, 256, 15)[:, None].repeat(3, axis=1)).mean(axis=1)
    assert grays[0] > 200 and grays[-1] < 40


# --- what a page leaves out, and how it is set ---


def cells_of(page):
    """Return the HTML of each cell of a page."""
    return re.split(r'(?=<div class="cell )', page)[1:]


@pytest.mark.parametrize("name", NAMES[1:])
def test_no_box_waits_for_an_answer_that_nobody_reads(pages, name):
    text = re.sub(r"<[^>]*>", "", pages[name])
    assert not re.search(r"^\w+ = None\s*(?:#|$)", text, re.MULTILINE)
    assert EXERCISES[0].partition(".")[0] not in text
    source = (REPOSITORY / "notebooks" / f"{name}.ipynb").read_text("utf-8")
    assert EXERCISES[0].partition(" Stuck")[0] in source  # or nothing is to be left out


@per_page
def test_what_starts_an_explorer_is_folded(pages, name):
    for cell in cells_of(pages[name]):
        if "data-explorer=" in cell and 'class="code"' in cell:
            assert cell.index("data-explorer=") < cell.index('<details class="folded">')


def notebook_of(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


def code(source, hidden=False, outputs=()):
    folded = {"jupyter": {"source_hidden": True}} if hidden else {}
    return nbformat.v4.new_code_cell(source, metadata=folded, outputs=list(outputs))


def test_checks_fold_and_folds_join():
    printed = nbformat.v4.new_output("stream", text="1")
    notebook = notebook_of(
        code("assert 1"),
        code("a = 1", hidden=True),
        code("print(1)", hidden=True, outputs=[printed]),
        code("!ls"),
        code("b = 2"),
    )
    fold_code(notebook)
    assert [cell.source for cell in notebook.cells] == [
        "assert 1\n\n\na = 1\n\n\nprint(1)",
        "!ls",
        "b = 2",
    ]
    assert [bool(cell.metadata.get("jupyter")) for cell in notebook.cells] == [True, False, False]


def test_a_page_leaves_out_what_is_marked_for_notebooks():
    cell = nbformat.v4.new_markdown_cell(
        'Decide. <span class="notebook">Then run\nthe cell.</span> Look.'
    )
    leave_kernel_out(cell)
    assert cell.source == "Decide. Look."


def test_a_table_follows_the_theme():
    html = f'<span style="border-bottom:0.3em solid {THEMES["light"]["word-1"]}">a</span>'
    assert "solid var(--at-word-1)" in theme_colors(html)
    assert theme_colors('<b style="color: #123456">') == '<b style="color: #123456">'


@pytest.mark.parametrize(
    ("html", "typeset_html"),
    [
        ('"It\'s" so', "“It’s” so"),
        ("<p>'a' and</p><p>\"b\"</p>", "<p>‘a’ and</p><p>“b”</p>"),
        ("(&quot;<em>x</em>&quot;), the '90s", "(“<em>x</em>”), the ’90s"),
        ("<code>'x'</code>'s <strong>Ann</strong>'s", "<code>'x'</code>’s <strong>Ann</strong>’s"),
        ("wie geht's, „gut“?", "wie geht’s, „gut“?"),
        ("<a title=\"it's\">it's</a>", '<a title="it\'s">it’s</a>'),
        ("<pre>f'a'</pre> by √d", f"<pre>f'a'</pre> by {ROOT.format('d')}"),
    ],
)
def test_signs_are_set_as_in_print(html, typeset_html):
    assert typeset(html) == typeset_html


def test_a_wide_equation_has_parts_that_may_stand_below_each_other():
    drawn = equation(r"a = b \qquad c = d \tag{6}")
    assert drawn.count("<math") == 2 and drawn.count("equation-number") == 1
    marked = Marker([]).mark_formula(drawn)
    assert marked.count("<math") == 2 and marked.endswith("(6)</span></span>")


def test_numbers_in_tables_have_a_true_minus():
    assert align_numbers("<td>-2.0</td><td>a-b</td>") == '<td class="n">−2.0</td><td>a-b</td>'


def test_punctuation_stays_with_its_formula():
    drawn = ["<math>a</math>", '<span class="equation">b</span>']
    assert keep_together("(⟦0⟧), ⟦1⟧.", drawn) == '<span class="together">(⟦0⟧),</span> ⟦1⟧.'


def test_the_front_page_shows_every_finding_with_its_number():
    readme = read_readme()
    listed = readme.partition("What you will find out")[2].partition("<a id")[0]
    found = findings_of(readme)
    assert len(found) == len(re.findall(r"^- ", listed, re.MULTILINE)) >= 6
    assert all(each.much in readme and each.what and len(each.html) < 160 for each in found)


def test_questions_have_letters_with_indices():
    assert with_indices("s_{t-1} or `s_t`?") == "<i>s</i><sub>t−1</sub> or `s_t`?"


def test_a_playground_shows_its_lesson_until_the_reader_begins(pages):
    taught = {name for name in pages if "&quot;lesson&quot;" in pages[name]}
    assert {"index", "00_start_here"} <= taught
    other = '<div data-explorer="playground" data-options="{&quot;longest&quot;: 5}">'
    assert with_lesson(other) == other


def test_long_contents_leave_out_what_is_deeper():
    deep = [Heading(2 + i % 2, f"h{i}", "") for i in range(30)]
    assert {each.level for each in contents_of(deep)} == {2}
    assert contents_of(deep[:6]) == deep[:6]


# --- budgets: bytes, as a host sends them ---

FRONT = 100_000  # before the playground is touched
WHOLE = 400_000  # with every figure; what is loaded before the reader scrolls is measured elsewhere
PACKED = (".html", ".css", ".js", ".svg")  # hosts compress these; pictures and fonts are small


def weight(path, content):
    return len(gzip.compress(content, 9)) if path.endswith(PACKED) else len(content)


def sent(site, read, name):
    """Return the bytes of a page and all that it loads, its explorers too, but not their models."""
    page = site.pages[name]
    kinds = {found["name"] for found in ELEMENT.finditer(page)}
    paths = {*read[name].loads, *(f"explorers/{kind}.js" for kind in kinds)}
    paths |= {path for path in site.files if path.endswith(".woff2")}
    paths |= {"explorers/shared.js"} if kinds else set()
    files = {path: site.files[path] for path in paths}
    return sum(weight(*each) for each in files.items()) + weight(".html", page.encode())


@pytest.mark.parametrize("name", [each for each in ALL if each != "index"])
def test_a_page_is_light(site, read, name):
    assert sent(site, read, name) <= WHOLE


def test_the_front_page_is_light_before_the_playground_is_touched(site, read):
    later = ["explorers/playground.js", "explorers/shared.js", "assets/fonts/text-italic.woff2"]
    assert sent(site, read, "index") - sum(weight(p, site.files[p]) for p in later) <= FRONT


# --- alive ---


def test_the_files_of_explorers_are_named_by_the_pages_that_need_them():
    files = dict(files_for([STILL, "<p>nothing</p>"]))
    explorers = ["explorers/shared.js", "explorers/stepper.css", "explorers/stepper.js"]
    assert sorted(files) == [*explorers, "models/mini-dot.js"]
    assert all(len(content) > 1000 for content in files.values())
    page = enliven(f"<html><head></head><body>{STILL}</body></html>")
    assert page.index("stepper.css") < page.index("<body>") < page.index("shared.js")
    assert page.index("shared.js") < page.index("stepper.js")


# --- every figure on one page ---


STILL = (
    '<div data-explorer="stepper" data-options="{&quot;models&quot;: {&quot;dot&quot;: '
    '{&quot;id&quot;: &quot;mini-dot&quot;}}}"><div class="at-still"><p>Step 5.</p>'
    '<img alt="Step 5." src="data:image/png;base64,aGk="></div></div>'
)


def png(source, **about):
    """Return a cell that drew a picture; aGk= is "hi"."""
    data, metadata = {"image/png": "aGk="}, {"image/png": about} if about else {}
    return new_code_cell(source, outputs=[new_output("display_data", data, metadata=metadata)])


def test_the_figures_of_a_toy_notebook(tmp_path):
    (tmp_path / "a.svg").write_text("<svg/>", "utf-8")
    cells = [
        new_markdown_cell("# 07 · Toy\n\n![<An> idea](a.svg)\n\n## Is `v` it?"),
        png('ax.set_title("It falls")'),
        new_markdown_cell("Text."),
        new_code_cell("explorer", outputs=[new_output("display_data", {"text/html": STILL})]),
    ]
    notebook = new_notebook(cells=cells)
    found = list(pictures_of(notebook, tmp_path))
    assert [(each.alt, each.heading) for each in found] == [
        ("<An> idea", "07 · Toy"),
        ("Figure: It falls.", "Is `v` it?"),
        ("Step 5.", "Is `v` it?"),
    ]
    assert [each.address for each in found] == [
        "data:image/svg+xml;base64,PHN2Zy8+",
        *["data:image/png;base64,aGk="] * 2,
    ]
    assert cells[1].outputs[0].metadata == {}  # the notebook stays as it was
    page = build_sheet({"07_toy": notebook}, tmp_path)
    sheet = Page(page)
    numbered = ["07.1: <An> idea", "07.2: Figure: It falls.", "07.3: Step 5."]
    assert [each["alt"] for each in sheet.images] == numbered * 2  # full size, then half size
    assert sheet.links[1] == "../html/07_toy.html#Is-v-it%3F"
    assert "<b>07.2</b> It falls. In: " in page


def test_the_sheet_shows_every_figure_of_the_series_twice(pages):
    notebooks = read_series()
    cells = [cell for notebook in notebooks.values() for cell in notebook.cells]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    drawn = sum(
        "image/png" in output.get("data", {}) or still_of(output) is not None for output in outputs
    )
    markdown = [cell.source for cell in cells if cell.cell_type == "markdown"]
    drawings = sum(text.count("](images/") for text in markdown)
    page = build_sheet(notebooks)
    sheet = Page(page)
    assert sheet.figures == drawn + drawings > 60
    assert len(sheet.images) == 2 * sheet.figures
    assert all(len(each["alt"]) > len("05.1: ") + 10 for each in sheet.images)
    assert all(each["src"].startswith("data:image/") for each in sheet.images)
    assert "<script" not in page and "<link" not in page
    for link in sheet.links:
        name, anchor = re.fullmatch(r"\.\./html/(\w+)\.html#(.+)", link).groups()
        ids = {unquote(each) for each in re.findall(r'\sid="([^"]*)"', pages[name])}
        assert unquote(anchor) in ids
