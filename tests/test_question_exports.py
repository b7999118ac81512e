"""What `make questions` writes, read back: the same questions, with pictures, formulas, reasons."""

import csv
import io
import json
import re
import sqlite3
import zipfile
from base64 import b64decode
from contextlib import closing
from html import unescape

import pytest
from lab import shared_browser, skip_without_browser
from lxml import etree
from PIL import Image

from utils.exercises.objectives import load_objectives
from utils.exercises.questions import EXAM, SHOWN, all_questions
from utils.publishing.questions.__main__ import edition
from utils.publishing.questions.anki import anki_package
from utils.publishing.questions.cards import LETTERS, make_cards, to_html
from utils.publishing.questions.exam import PATH, exam_page, load_exam, solutions_page
from utils.publishing.questions.moodle import moodle_xml
from utils.publishing.questions.polls import objective_table, poll_table, to_plain
from utils.publishing.questions.qti import PACKAGE, QTI, qti_package

SHOWN_CARDS, EXAM_CARDS = make_cards(all_questions(SHOWN)), make_cards(all_questions(EXAM))
CARDS = SHOWN_CARDS + EXAM_CARDS


def facts(card):
    """Return what each format must keep of a card: name, text, options, picture."""
    question, picture, _ = card
    return (
        question.name,
        question.text,
        [tuple(option) for option in question.options],
        picture and (picture.file, picture.png, picture.said),
    )


def text_of(html):
    """Return the question's text that became this HTML."""
    html = re.sub(r"</?code>", "`", html)
    for tag, mark in (("sub", "_"), ("sup", "^")):
        html = re.sub(rf"<{tag}>(.*?)</{tag}>", lambda m, mark=mark: bare(mark, m[1]), html)
    return unescape(html)


def bare(mark, inside):
    return f"{mark}{inside}" if len(inside) == 1 else f"{mark}{{{inside.replace('−', '-')}}}"


# --- texts ---


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("s_{t-1} and h_j", "s<sub>t−1</sub> and h<sub>j</sub>"),
        ("`h_n[0]` & <unk>", "<code>h_n[0]</code> &amp; &lt;unk&gt;"),
        ("build_fields stays", "build_fields stays"),
        ("log p / length^ρ", "log p / length<sup>ρ</sup>"),
        ("α_{tj} = 1", "α<sub>tj</sub> = 1"),
    ],
)
def test_formulas_and_code_become_html(text, html):
    assert to_html(text) == html
    assert text_of(html) == text


def test_every_text_can_be_read_back_from_its_html():
    for question, *_ in CARDS:
        options = [text for option in question.options for text in (option.text, option.why)]
        for text in (question.text, question.reread, *options):
            assert text_of(to_html(text)) == text


# --- Moodle ---


def moodle_facts(question):
    """Return a question of Moodle XML as `facts` does."""
    asked = question.find("questiontext")
    text, _, image = asked.findtext("text").partition("</p>")
    picture = None
    if image:
        element, file = etree.fromstring(image)[0], asked.find("file")
        assert element.get("src") == f"@@PLUGINFILE@@/{file.get('name')}"
        picture = (file.get("name"), b64decode(file.text), element.get("alt"))
    options = [
        (
            text_of(answer.findtext("text")),
            answer.get("fraction") == "100",
            text_of(answer.findtext("feedback/text")),
        )
        for answer in question.findall("answer")
    ]
    return question.findtext("name/text"), text_of(text.removeprefix("<p>")), options, picture


def test_moodle_reads_the_same_questions():
    quiz = etree.fromstring(moodle_xml(CARDS, "Attention"))
    asked = quiz.findall("question[@type='multichoice']")
    assert [moodle_facts(question) for question in asked] == [facts(card) for card in CARDS]
    for question, card in zip(asked, CARDS, strict=True):
        tags = [tag.text for tag in question.findall("tags/tag/text")]
        assert tags[:-1] == list(card.question.objectives)
        assert tags[-1] == f"difficulty {card.question.difficulty}"
        assert {answer.get("fraction") for answer in question.findall("answer")} == {"0", "100"}
        assert question.findtext("single") == "true"


def test_moodle_puts_each_question_below_its_notebook():
    found, category = {}, None
    for question in etree.fromstring(moodle_xml(SHOWN_CARDS, "Attention")):
        if question.get("type") == "category":
            category = question.findtext("category/text")
        else:
            found[question.findtext("name/text")] = category
    for card in SHOWN_CARDS:
        assert found[card.question.name] == f"$course$/top/Attention/{card.title}"


# --- QTI 2.1 ---


@pytest.fixture(scope="module")
def package():
    """The package of all questions, file by file."""
    with zipfile.ZipFile(io.BytesIO(qti_package(CARDS, "attention", "Attention"))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def inner_html(element):
    """Return what stands inside an element, without the namespace."""
    whole = etree.tostring(element, encoding="unicode", with_tail=False)
    return re.sub(r' xmlns(:\w+)?="[^"]*"', "", whole).partition(">")[2].rpartition("</")[0]


def qti_facts(item, package):
    """Return an item of the package as `facts` does."""
    names = {"q": QTI}
    right = item.findtext("q:responseDeclaration/q:correctResponse/q:value", namespaces=names)
    reasons = {
        feedback.get("identifier"): text_of(inner_html(feedback[0]))
        for feedback in item.findall("q:modalFeedback", names)
    }
    options = [
        (
            text_of(inner_html(choice)),
            choice.get("identifier") == right,
            reasons.pop(choice.get("identifier")),
        )
        for choice in item.iterfind(".//q:simpleChoice", names)
    ]
    assert not reasons
    image, picture = item.find(".//q:img", names), None
    if image is not None:
        source = image.get("src")
        picture = (source.removeprefix("images/"), package[source], image.get("alt"))
    text = text_of(inner_html(item.find(".//q:prompt", names)))
    return item.get("title"), text, options, picture


def test_qti_holds_the_same_questions(package):
    items = [etree.fromstring(package[f"q-{card.question.name}.xml"]) for card in CARDS]
    assert [qti_facts(item, package) for item in items] == [facts(card) for card in CARDS]


def test_qti_scores_the_right_answer_and_shows_the_reason(package):
    order = ["responseDeclaration", "outcomeDeclaration", "outcomeDeclaration", "itemBody"]
    order.append("responseProcessing")
    for card in CARDS:
        item = etree.fromstring(package[f"q-{card.question.name}.xml"])
        parts = [etree.QName(part).localname for part in item]
        assert parts == order + ["modalFeedback"] * len(card.question.options)
        assert {etree.QName(each).namespace for each in item.iter(etree.Element)} == {QTI}
        declared = [part.get("identifier") for part in item[:3]]
        assert declared == ["RESPONSE", "SCORE", "FEEDBACK"]
        used = {each.get("identifier") for each in item[4].iter(f"{{{QTI}}}setOutcomeValue")}
        assert used == {"SCORE", "FEEDBACK"}


def test_the_manifest_lists_every_file_once_and_the_test_every_item(package):
    manifest = etree.fromstring(package["imsmanifest.xml"])
    names = {"p": PACKAGE, "q": QTI}
    listed = [file.get("href") for file in manifest.iterfind(".//p:file", names)]
    assert sorted([*listed, "imsmanifest.xml"]) == sorted(package)
    resources = {each.get("identifier"): each for each in manifest.iterfind(".//p:resource", names)}
    assert len(resources) == len(CARDS) + 1
    needed = {each.get("identifierref") for each in manifest.iterfind(".//p:dependency", names)}
    test = etree.fromstring(package["attention.xml"])
    items = {each.get("href") for each in test.iterfind(".//q:assessmentItemRef", names)}
    assert items == {resources[name].get("href") for name in needed}
    assert len(items) == len(CARDS)


# --- Anki ---


def test_anki_reads_the_same_questions(tmp_path):
    with zipfile.ZipFile(io.BytesIO(anki_package(SHOWN_CARDS, "Attention"))) as archive:
        media = json.loads(archive.read("media"))
        pictures = {name: archive.read(number) for number, name in media.items()}
        archive.extract("collection.anki2", tmp_path)
    with closing(sqlite3.connect(tmp_path / "collection.anki2")) as connection:
        notes = connection.execute("SELECT flds, tags FROM notes ORDER BY id").fetchall()
        decks = json.loads(connection.execute("SELECT decks FROM col").fetchone()[0])
        (cards,) = connection.execute("SELECT count(*) FROM cards").fetchone()
    assert cards == len(notes) == len(SHOWN_CARDS)
    titles = {f"Attention::{card.title}" for card in SHOWN_CARDS}
    assert titles == {deck["name"] for deck in decks.values()} - {"Default"}
    for (fields, tags), card in zip(notes, SHOWN_CARDS, strict=True):
        name, text, image, options, answer, reasons, _ = fields.split("\x1f")
        listed = [
            [text_of(li) for li in re.findall("<li>(.*?)</li>", x)] for x in (options, reasons)
        ]
        letter, _, right = text_of(answer).partition(": ")
        read = [(a, a == right, b) for a, b in zip(*listed, strict=True)]
        assert letter == LETTERS[[each[1] for each in read].index(True)]
        picture = None
        if image:
            element = etree.fromstring(image)
            picture = (element.get("src"), pictures[element.get("src")], element.get("alt"))
        assert (name, text_of(text), read, picture) == facts(card)
        assert set(card.question.objectives) <= set(tags.split())


# --- tables ---


def rows_of(table):
    return list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline="")))


def test_polls_have_the_same_questions():
    rows = rows_of(poll_table(CARDS))
    for row, (question, picture, _) in zip(rows, CARDS, strict=True):
        answers = [row[f"answer {number}"] for number in (1, 2, 3, 4)]
        assert [each for each in answers if each] == [to_plain(o.text) for o in question.options]
        assert answers[int(row["right"]) - 1] == to_plain(question.options[question.answer].text)
        assert row["question"] == to_plain(question.text) and row["name"] == question.name
        assert row["picture"] == (f"pictures/{picture.file}" if picture else "")
        assert 30 <= int(row["seconds"]) <= 180


def test_the_table_of_objectives_names_every_question():
    shown, kept = all_questions(SHOWN), all_questions(EXAM)
    rows = rows_of(objective_table(shown, kept))
    assert [row["objective"] for row in rows] == list(load_objectives())
    for column, questions in (("questions", shown), ("for exams", kept)):
        named = {name for row in rows for name in row[column].split("; ")}
        assert named == {question.name for question in questions}


# --- the exam ---


@pytest.fixture(scope="module")
def exam():
    return load_exam(EXAM_CARDS)


def test_the_exam_has_twenty_questions_from_the_whole_series(exam):
    assert len(exam.cards) == 20
    assert len({card.question.notebook for card in exam.cards}) == 13
    assert {card.question.difficulty for card in exam.cards} == {1, 2, 3}
    letters = [card.letter for card in exam.cards]
    assert all(letters.count(letter) <= 7 for letter in "abcd")


def test_the_exam_asks_and_the_solutions_tell(exam):
    asked, told = exam_page(exam).decode(), solutions_page(exam).decode()
    for card in exam.cards:
        assert to_html(card.question.text) in asked
        for option in card.question.options:
            assert to_html(option.text) in asked
            assert to_html(option.why) in told
            assert to_html(option.why) not in asked
        for name in card.question.objectives:
            assert load_objectives()[name].text in unescape(told)
    letters = re.findall(r"<td>(\w)</td>", told)
    assert letters == [card.letter for card in exam.cards]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("minutes = 40\n", "", "exam.toml needs minutes, pass, questions, title"),
        ("04-mix-by-hand", "04-mix-by-foot", "no question 04-mix-by-foot in exam/"),
        ("04-mix-by-hand", "04-hard-choice", "asks 04-hard-choice twice"),
        ("pass = 12", "pass = 21", "from 1 to 20"),
    ],
)
def test_what_is_wrong_with_an_exam_is_said(tmp_path, old, new, said):
    path = tmp_path / "exam.toml"
    text = PATH.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        load_exam(EXAM_CARDS, path)


@pytest.mark.browser
def test_the_exam_prints_on_two_pages(exam, tmp_path):
    skip_without_browser()
    page = shared_browser().new_page()
    page.set_content(exam_page(exam).decode())
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 2


# --- who gets what ---


def test_what_is_kept_for_exams_stays_in_one_folder():
    files = dict(edition(SHOWN_CARDS, EXAM_CARDS))
    assert {name for name in files if name.startswith("exam/")} == {
        "exam/moodle.xml",
        "exam/qti.zip",
        "exam/exam.html",
        "exam/solutions.html",
    }
    given = [content for name, content in files.items() if name.endswith((".xml", ".csv"))]
    given = [content for content in given if content != files["exam/moodle.xml"]]
    for card in EXAM_CARDS:
        assert all(to_html(card.question.text).encode() not in content for content in given)
        assert all(to_plain(card.question.text).encode() not in content for content in given)
    pictures = [content for name, content in files.items() if name.endswith(".png")]
    assert all(Image.open(io.BytesIO(content)).width >= 420 for content in pictures)


def test_without_the_folder_of_exams_the_rest_is_written():
    assert not any(name.startswith("exam/") for name, _ in edition(SHOWN_CARDS, []))
