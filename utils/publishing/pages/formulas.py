"""Formulas as MathML, which browsers draw on their own."""

import re
from functools import cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
WITH_SCRIPTS = ("msub", "msup", "msubsup")
BRACKETS = ("(", ")", "[", "]", "|", "∥", "‖")
OPENING, THIN = ("(", "["), "0.1667em"  # the space that TeX sets around the name of a function
CLOSING = (")", "]", "}", "|", "⊤", "!")
# Code first, so that a dollar in it begins no formula; then $$…$$, then $…$.
CODE_OR_FORMULA = re.compile(
    r"(?P<code>```.*?```|~~~.*?~~~|`[^`\n]*`)|\$\$(?P<block>.+?)\$\$|\$(?P<inline>[^$\n]+)\$",
    flags=re.DOTALL,
)
NUMBER = re.compile(r"\\tag\{([^}]*)\}")  # of an equation

ElementTree.register_namespace("", NAMESPACE)


def take_formulas_out(text: str, drawn: list[str]) -> str:
    """Replace each formula of a Markdown text by a mark, and put its MathML into `drawn`.

    Markdown would take MathML apart. Code stays as it is.
    """

    def draw(found: re.Match) -> str:
        if found["code"]:
            return found["code"]
        drawn.append(equation(found["block"]) if found["block"] else to_mathml(found["inline"]))
        return f"⟦{len(drawn) - 1}⟧"

    return CODE_OR_FORMULA.sub(draw, text)


def put_formulas_back(page: str, drawn: list[str]) -> str:
    """Put each formula in the place of its mark."""
    return re.sub(r"⟦(\d+)⟧", lambda mark: drawn[int(mark[1])], page)


def equation(latex: str) -> str:
    """Return a formula that stands alone, with its number, such as "3a", if it has one.

    Its parts, between wide spaces, stand below each other where there is no room.
    """
    number = NUMBER.search(latex)
    counted = f'<span class="equation-number">({number[1]})</span>' if number else ""
    parts = NUMBER.sub("", latex).split(r"\qquad")
    mathml = "".join(to_mathml(part, "block") for part in parts if part.strip())
    return f'<span class="equation"><span>{mathml}</span>{counted}</span>'


@cache
def to_mathml(latex: str, display: str = "inline") -> str:
    """Return a formula as MathML, spaced as TeX would; `display` is "inline" or "block"."""
    tree = ElementTree.fromstring(convert(latex.strip(), display=display))
    for element in list(tree.iter()):
        _join_letters(element)
        _find_signs(list(element))
        _set_brackets(element)
        _set_apart(element)
        for script in list(element)[1:] if tag_of(element) in WITH_SCRIPTS else ():
            _set_tight(script)
    return ElementTree.tostring(tree, encoding="unicode")


def tag_of(element: Element) -> str:
    """Return the name of a MathML element, such as "msub"."""
    return element.tag.rpartition("}")[2]


def _join_letters(element: Element) -> None:
    """Make one word of letters that stand upright side by side: softmax, BLEU."""
    letters = list(element)
    is_upright = [tag_of(each) == "mi" and each.get("mathvariant") == "normal" for each in letters]
    if tag_of(element) == "mrow" and len(letters) > 1 and all(is_upright):
        word = "".join(each.text or "" for each in letters)
        element[:] = [ElementTree.Element(f"{{{NAMESPACE}}}mi")]
        element[0].text = word


def _find_signs(row: list[Element]) -> None:
    """Take the spaces away from a minus that is a sign: at the beginning, or after ( and =."""
    for before, each in zip([None, *row], row, strict=False):
        is_first = before is None or (tag_of(before) == "mo" and before.text not in CLOSING)
        if tag_of(each) == "mo" and each.text in ("−", "-", "+") and is_first:
            each.set("form", "prefix")
            each.set("lspace", "0")
            each.set("rspace", "0")


def _set_brackets(row: Element) -> None:
    """Take the spaces around brackets and bars away, and put one behind a semicolon."""
    for each in row:
        if tag_of(each) == "mo" and each.text in BRACKETS:
            each.set("lspace", "0")
            each.set("rspace", "0")
        if each.text == ";":
            each.tag = f"{{{NAMESPACE}}}mo"
            each.set("lspace", "0")
            each.set("rspace", THIN)


def _set_apart(row: Element) -> None:
    """Put thin spaces around the name of a function, as in W tanh x."""
    if tag_of(row) != "mrow":
        return
    for name in [each for each in row if tag_of(each) == "mi" and len(each.text or "") > 1]:
        place = list(row).index(name)
        after, before = row[place + 1 : place + 2], row[:place][-1:]
        space = ElementTree.Element(f"{{{NAMESPACE}}}mspace", {"width": THIN})
        if after and after[0].text not in OPENING and tag_of(after[0]) != "mspace":
            row.insert(place + 1, space)
        if before and tag_of(before[0]) not in ("mo", "mspace"):
            row.insert(place, space)


def _set_tight(script: Element) -> None:
    """Take the spaces around signs away, as in an index: t−1."""
    for each in script.iter():
        if tag_of(each) == "mo":
            each.set("lspace", "0")
            each.set("rspace", "0")
