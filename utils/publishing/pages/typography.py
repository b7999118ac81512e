"""Signs as in print, in text that a keyboard wrote: curly quotes, apostrophes, roots, minuses."""

import re

TOKEN = re.compile(r"(<[^>]*>)")
NAME = re.compile(r"</?([a-zA-Z0-9]+)")
# What stands in these is no prose, and neither is a script's or a drawing's text.
APART = {"code", "pre", "kbd", "script", "style", "svg", "math", "textarea", "noscript"}
INLINE = {
    "a",
    "b",
    "strong",
    "em",
    "i",
    "span",
    "small",
    "sub",
    "sup",
    "mark",
    "code",
    "kbd",
    "math",
}
QUOTE = re.compile(r"&quot;|&#39;|[\"']|√(?P<root>[A-Za-z])")
OPENS = " \t\n\u00a0([{–—/“‘⟨"  # a quote behind one of these, or at the start, is an opening one
CURLY = {'"': "“”", "&quot;": "“”", "'": "‘’", "&#39;": "‘’"}
ROOT = '<math class="root" xmlns="http://www.w3.org/1998/Math/MathML"><msqrt><mi>{}</mi></msqrt></math>'
NUMBER = re.compile(r"<td([^>]*)>\s*([-+−]?\d[\d.,]*\s?%?)\s*</td>")
PUNCTUATED = re.compile(r"(\(?)(⟦\d+⟧)([.,;:!?…)\]’”%]+|(?:-|–)[a-z]+)")


def typeset(html: str) -> str:
    """Return HTML whose text has curly quotes and apostrophes, and roots with their bars.

    Code, formulas, drawings and attributes stay as they are. Within an opening tag's element of
    running text, such as *emphasis*, what stands before a quote still counts.
    """
    parts, within, before = TOKEN.split(html), 0, ""
    for place, part in enumerate(parts):
        if place % 2:  # a tag
            found = NAME.match(part)
            name = found[1].lower() if found else ""
            if name in APART and not part.endswith("/>"):
                within += -1 if part.startswith("</") else 1
            before = before if name in INLINE and name not in APART else "x" * (name in INLINE)
        elif part and not within:
            parts[place] = _curled(part, before)
            before = part[-1]
    return "".join(parts)


def _curled(text: str, before: str) -> str:
    """Return a piece of text with its quotes curled; `before` is the sign before it, or ""."""

    def curl(found: re.Match) -> str:
        if found["root"]:
            return ROOT.format(found["root"])
        last = text[found.start() - 1] if found.start() else before
        opens = not last or last in OPENS
        year = found[0] in ("'", "&#39;") and re.match(r"\d\ds?\b", text[found.end() :])
        return CURLY[found[0]][0 if opens and not year else 1]

    return QUOTE.sub(curl, text)


def align_numbers(html: str) -> str:
    """Return HTML whose cells that hold a number are marked so, with a minus for a hyphen."""
    return NUMBER.sub(lambda cell: _number_cell(cell[1], cell[2]), html)


def _number_cell(attributes: str, number: str) -> str:
    return f'<td class="n"{attributes}>{number.replace("-", "−")}</td>'


def keep_together(article: str, drawn: list[str]) -> str:
    """Return an article in which no line begins with the punctuation behind a formula.

    Formulas are still marks, such as ⟦3⟧; `drawn` has their MathML, or what stands apart.
    """

    def keep(found: re.Match) -> str:
        formula = drawn[int(found[2].strip("⟦⟧"))]
        is_short = not formula.startswith("<span")
        return f'<span class="together">{found[0]}</span>' if is_short else found[0]

    return PUNCTUATED.sub(keep, article)
