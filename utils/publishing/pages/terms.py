"""What the field's terms mean, read from a table in notebook 00, and where a page first uses them.

A page marks the first place where each term stands, with the number of its row. The script looks
the row up, and shows it where the reader points.
"""

import re
from typing import NamedTuple

from nbformat import NotebookNode

from utils.publishing.pages.page import link_to_pages
from utils.publishing.pages.symbols import rows_of

TERMS = "what-does-every-term-mean"  # the cell that holds the table
LINK = re.compile(r"\[(\d\d)\]\(([^)]+)\)")
ELEMENT = re.compile(r"(<[^>]+>)")
CELL = '<div class="cell '
TEXT = '<div class="cell text-cell'
RUNNING = {"p", "li"}  # where sentences stand
APART = {"a", "b", "strong", "code", "math", "table", "summary"}  # there a term is not read


class Term(NamedTuple):
    """A row of the table: the ways to write a term, its meaning, and the page that explains it."""

    forms: tuple[str, ...]
    meaning: str
    number: str  # of the notebook
    place: str

    @property
    def pattern(self) -> str:
        """A regular expression for the term, in singular and plural."""
        return "|".join(_pattern(form) for form in self.forms)


def _pattern(form: str) -> str:
    if form.endswith("y") and not form.isupper():
        return re.escape(form[:-1]) + "(?:y|ies)"
    return re.escape(form) + "(?:s|es)?"


def read_terms(notebook: NotebookNode) -> list[Term]:
    """Return the rows of the table of terms, which notebook 00 holds."""
    terms = []
    for name, meaning, place in rows_of(notebook, TERMS):
        found = LINK.fullmatch(link_to_pages(place))
        if found is None:
            raise ValueError(f"The table of terms leads nowhere for {name!r}: {place}")
        terms.append(Term(tuple(name.split(", ")), meaning, *found.groups()))
    return terms


class Glossary:
    """Marks the first place where a page uses each term."""

    def __init__(self, terms: list[Term]):
        longest = sorted(enumerate(terms), key=lambda each: -len(each[1].forms[0]))
        named = [f"(?P<t{row}>{term.pattern})" for row, term in longest]
        ways = "|".join(named) or "(?!)"  # no terms: nothing is found
        self.pattern = re.compile(rf"(?<![\w–-])(?:{ways})(?![\w–-])", re.IGNORECASE)

    def mark(self, article: str) -> str:
        """Return a page's HTML with a number on the first use of each term in running text."""
        seen: set[str] = set()

        def mark(found: re.Match) -> str:
            group = str(found.lastgroup)
            if group in seen:
                return found[0]
            seen.add(group)
            return f'<span data-term="{group[1:]}" tabindex="0">{found[0]}</span>'

        parts, is_text = ELEMENT.split(article), False
        within: list[str] = []  # elements around the text, the outermost first
        for place, part in enumerate(parts):
            if part.startswith(CELL):
                within, is_text = [], part.startswith(TEXT)
            elif part.startswith("<"):
                name = part.strip("</>").partition(" ")[0]
                if part.startswith("</"):
                    within = within[: _last(within, name)]
                elif name in RUNNING | APART:
                    within.append(name)
            elif is_text and RUNNING & set(within) and not APART & set(within):
                parts[place] = self.pattern.sub(mark, part)
        return "".join(parts)


def _last(names: list[str], name: str) -> int:
    """Return the last place where a name stands; the length of the list if it does not."""
    return len(names) - 1 - names[::-1].index(name) if name in names else len(names)
