"""Questions as a content package of IMS QTI 2.1: an item for each, and a test of all of them.

The standard: imsglobal.org/question, "QTI v2.1". The reason of the option chosen is a modal
feedback, shown once the answer is given.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO
from string import ascii_uppercase
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from utils.publishing.questions.cards import Card, to_html

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMAS = {
    QTI: "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd",
    PACKAGE: "http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd",
}
IMAGES = "images/"


def qti_package(cards: Sequence[Card], name: str, title: str) -> bytes:
    """Return a ZIP archive with an item for each card, a test and the manifest.

    `name` identifies the package, and is made of letters, digits and hyphens.
    """
    files = {f"{_item_name(card)}.xml": _bytes_of(_item(card)) for card in cards}
    files[f"{name}.xml"] = _bytes_of(_test(cards, name, title))
    for picture in (card.picture for card in cards):
        if picture is not None:
            files[IMAGES + picture.file] = picture.png
    files["imsmanifest.xml"] = _bytes_of(_manifest(cards, name))
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for path, content in files.items():
            archive.writestr(ZipInfo(path), content, ZIP_DEFLATED)  # always with the same date
    return packed.getvalue()


def _item_name(card: Card) -> str:
    return f"q-{card.question.name}"  # an XML name cannot begin with a digit


def _root(name: str, namespace: str, **attributes: str) -> Element:
    """Return a document's outermost element, which says where its schema is."""
    location = f"{namespace} {SCHEMAS[namespace]}"
    outside = {"xmlns": namespace, "xmlns:xsi": INSTANCE, "xsi:schemaLocation": location}
    return Element(name, outside | attributes)


def _bytes_of(root: Element) -> bytes:
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _add_html(parent: Element, name: str, html: str, **attributes: str) -> Element:
    made = ElementTree.fromstring(f"<{name}>{html}</{name}>")
    made.attrib.update(attributes)
    parent.append(made)
    return made


def _item(card: Card) -> Element:
    question = card.question
    options = list(zip(ascii_uppercase, question.options, strict=False))
    item = _root("assessmentItem", QTI, identifier=_item_name(card), title=question.name)
    item.attrib |= {"adaptive": "false", "timeDependent": "false"}
    _declare(item, "responseDeclaration", "RESPONSE", "identifier", card.letter.upper())
    _declare(item, "outcomeDeclaration", "SCORE", "float", "0")
    _declare(item, "outcomeDeclaration", "FEEDBACK", "identifier")
    body = SubElement(item, "itemBody")
    if card.picture is not None:
        _add_html(body, "p", card.picture.html(IMAGES))
    choices = {"responseIdentifier": "RESPONSE", "shuffle": "true", "maxChoices": "1"}
    interaction = SubElement(body, "choiceInteraction", choices)
    _add_html(interaction, "prompt", to_html(question.text))
    for letter, option in options:
        _add_html(interaction, "simpleChoice", to_html(option.text), identifier=letter)
    item.append(_processing())
    for letter, option in options:
        shown = {"outcomeIdentifier": "FEEDBACK", "showHide": "show", "identifier": letter}
        feedback = SubElement(item, "modalFeedback", shown)
        _add_html(feedback, "p", to_html(option.why))
        if not option.right:
            _add_html(feedback, "p", card.reread)
    return item


def _declare(item: Element, kind: str, name: str, base: str, value: str | None = None) -> None:
    """Declare a variable, with its correct or its first value, if it has one."""
    declared = SubElement(item, kind, identifier=name, cardinality="single", baseType=base)
    if value is not None:
        role = "correctResponse" if kind == "responseDeclaration" else "defaultValue"
        SubElement(SubElement(declared, role), "value").text = value


def _processing() -> Element:
    """Return the rule for the mark, and for which feedback to show: that of the option chosen."""
    return ElementTree.fromstring(
        """<responseProcessing><responseCondition>
  <responseIf>
    <match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>
    <setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>
  </responseIf>
</responseCondition>
<setOutcomeValue identifier="FEEDBACK"><variable identifier="RESPONSE"/></setOutcomeValue>
</responseProcessing>"""
    )


def _test(cards: Sequence[Card], name: str, title: str) -> Element:
    test = _root("assessmentTest", QTI, identifier=name, title=title)
    modes = {"navigationMode": "nonlinear", "submissionMode": "individual"}
    part = SubElement(test, "testPart", {"identifier": "all", **modes})
    section = SubElement(part, "assessmentSection", identifier="questions", title=title)
    section.set("visible", "true")
    for card in cards:
        item = _item_name(card)
        SubElement(section, "assessmentItemRef", identifier=item, href=f"{item}.xml")
    return test


def _manifest(cards: Sequence[Card], name: str) -> Element:
    manifest = _root("manifest", PACKAGE, identifier=f"{name}-package")
    about = SubElement(manifest, "metadata")
    SubElement(about, "schema").text = "QTIv2.1 Package"
    SubElement(about, "schemaversion").text = "1.0.0"
    SubElement(manifest, "organizations")
    resources = SubElement(manifest, "resources")
    items = [_item_name(card) for card in cards]
    test = _add_resource(resources, name, "imsqti_test_xmlv2p1", [f"{name}.xml"])
    for card, item in zip(cards, items, strict=True):
        SubElement(test, "dependency", identifierref=item)
        images = [] if card.picture is None else [IMAGES + card.picture.file]
        _add_resource(resources, item, "imsqti_item_xmlv2p1", [f"{item}.xml", *images])
    return manifest


def _add_resource(resources: Element, name: str, kind: str, files: Iterable[str]) -> Element:
    first, *others = files
    resource = SubElement(resources, "resource", identifier=name, type=kind, href=first)
    for file in (first, *others):
        SubElement(resource, "file", href=file)
    return resource
