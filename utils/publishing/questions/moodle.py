"""Questions as Moodle XML, which Moodle imports into its question bank.

The format: docs.moodle.org, "Moodle XML format". Each notebook becomes a category.
"""

from base64 import b64encode
from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from utils.publishing.questions.cards import Card, to_html

FILES = "@@PLUGINFILE@@/"  # Moodle puts the address of a question's files there
RIGHT, WRONG = "100", "0"  # percent of the mark


def moodle_xml(cards: Sequence[Card], category: str) -> bytes:
    """Return a quiz file with the cards in categories below `category`, one for each notebook."""
    quiz = Element("quiz")
    for title, group in groupby(cards, key=lambda card: card.title):
        _add_category(quiz, f"$course$/top/{category}/{title}")
        for card in group:
            _add_question(quiz, card)
    ElementTree.indent(quiz)
    return ElementTree.tostring(quiz, encoding="utf-8", xml_declaration=True)


def _add_category(quiz: Element, path: str) -> None:
    category = SubElement(SubElement(quiz, "question", type="category"), "category")
    SubElement(category, "text").text = path


def _add_question(quiz: Element, card: Card) -> None:
    question = card.question
    made = SubElement(quiz, "question", type="multichoice")
    SubElement(SubElement(made, "name"), "text").text = question.name
    asked = _add_html(made, "questiontext", f"<p>{to_html(question.text)}</p>")
    if card.picture is not None:
        asked[0].text = f"{asked[0].text}<p>{card.picture.html(FILES)}</p>"
        file = SubElement(asked, "file", name=card.picture.file, path="/", encoding="base64")
        file.text = b64encode(card.picture.png).decode()
    _add_html(made, "generalfeedback", f"<p>{card.reread}</p>")
    settings = {"defaultgrade": "1", "penalty": "0.3333333", "hidden": "0"}
    settings |= {"idnumber": question.name, "single": "true", "shuffleanswers": "true"}
    for name, value in (settings | {"answernumbering": "abc"}).items():
        SubElement(made, name).text = value
    for option in question.options:
        share = RIGHT if option.right else WRONG
        answer = _add_html(made, "answer", to_html(option.text), fraction=share)
        _add_html(answer, "feedback", to_html(option.why))
    tags = SubElement(made, "tags")
    for tag in (*question.objectives, f"difficulty {question.difficulty}"):
        SubElement(SubElement(tags, "tag"), "text").text = tag


def _add_html(parent: Element, name: str, html: str, **attributes: str) -> Element:
    made = SubElement(parent, name, {"format": "html", **attributes})
    SubElement(made, "text").text = html
    return made
