"""What symbols mean, read from the table at the end of notebook 00, and where pages use them.

A page marks each symbol of a formula, and each name in code that the table has, with the number of
its row. The script looks the row up, and shows it where the reader points.
"""

import re
from html import escape, unescape
from typing import NamedTuple
from xml.etree import ElementTree

from nbformat import NotebookNode

from utils.publishing.pages.formulas import (
    put_formulas_back,
    tag_of,
    take_formulas_out,
    to_mathml,
)

TABLE = "what-does-every-symbol-mean-with-its-shape"  # the cell that holds it
SYMBOLS = ("mi", "mover", "msub", "msup", "msubsup")  # elements that may stand for something
FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
CODE = re.compile(r"<code>([^<]+)</code>")
INDEX = re.compile(r"[jktiT0-9−+,n]+")  # of a word, a step or an entry, whichever it is
NAME = re.compile(r"[A-Za-z_]{4,}")  # shorter names in code mean too many things


class Symbol(NamedTuple):
    """A row of the table: the keys of its symbols, the names in code, and its cells as HTML."""

    keys: tuple[str, ...]
    names: tuple[str, ...]
    cells: tuple[str, ...]


def read_symbols(notebook: NotebookNode) -> list[Symbol]:
    """Return the rows of the table of symbols, which notebook 00 holds."""
    return [_symbol(row) for row in rows_of(notebook, TABLE)]


def rows_of(notebook: NotebookNode, cell_id: str) -> list[list[str]]:
    """Return the table of a notebook's cell: its rows below the headings, each a list of cells."""
    (cell,) = (each for each in notebook.cells if each.id == cell_id)
    lines = [line for line in cell.source.splitlines() if line.startswith("| ")]
    return [[part.strip() for part in line.strip("|").split(" | ")] for line in lines[1:]]


def _symbol(row: list[str]) -> Symbol:
    formulas = re.findall(r"\$([^$]+)\$", row[0])
    keys = tuple(key_of(ElementTree.fromstring(to_mathml(each))) for each in formulas)
    names = tuple(each for each in re.findall(r"`([^`]+)`", row[3]) if NAME.fullmatch(each))
    return Symbol(keys, names, tuple(_html(part.strip(" |")) for part in row))


def _html(text: str) -> str:
    """Return a cell of the table, with formulas and code, as HTML."""
    drawn: list[str] = []
    marked = take_formulas_out(text, drawn)
    marked = re.sub(r"`([^`]+)`", lambda code: f"<code>{escape(code[1])}</code>", marked)
    return put_formulas_back(marked, drawn)


def key_of(element: ElementTree.Element) -> str:
    """Return a formula as text that says what it is, whatever its spaces: "h_j", "s_t−1"."""
    tag, parts = tag_of(element), [key_of(each) for each in element]
    if tag in ("msub", "munder"):
        return "_".join(parts)
    if tag in ("msup", "mover"):
        return "^".join(parts)
    if tag == "msubsup":  # the power says what is done with it, not what it is
        return "_".join(parts[:2])
    return (element.text or "").strip() + "".join(parts)


class Marker:
    """Marks symbols in formulas and in code with the rows of the table that explain them."""

    def __init__(self, symbols: list[Symbol]):
        self.rows: dict[str, int] = {}
        self.families: dict[str, int] = {}  # by the letter alone, for h_1, h_j and h_k
        self.names = {name: row for row, each in enumerate(symbols) for name in each.names}
        for row, symbol in enumerate(symbols):
            for key in symbol.keys:
                self.rows.setdefault(key, row)
                base, _, index = key.partition("_")
                if index and INDEX.fullmatch(index):
                    self.families.setdefault(base, row)

    def row_of(self, key: str) -> int | None:
        """Return the row that explains a symbol, or one like it with another index; or None."""
        base, _, index = key.partition("_")
        if key in self.rows:
            return self.rows[key]
        return self.families.get(base) if index and INDEX.fullmatch(index) else None

    def mark_formula(self, drawn: str) -> str:
        """Return a formula with a number on each symbol that the table has."""
        return FORMULA.sub(lambda found: self._marked(found[0]), drawn)

    def _marked(self, mathml: str) -> str:
        tree = ElementTree.fromstring(mathml)
        self._mark(tree)
        return ElementTree.tostring(tree, encoding="unicode")

    def _mark(self, element: ElementTree.Element) -> None:
        row = self.row_of(key_of(element)) if tag_of(element) in SYMBOLS else None
        if row is None:
            for child in element:
                self._mark(child)
        else:
            element.set("data-symbol", str(row))

    def mark_code(self, article: str) -> str:
        """Return HTML with a number on each name in code, between words, that the table has."""

        def mark(found: re.Match) -> str:
            row = self.names.get(unescape(found[1]))
            if row is None:
                return found[0]
            return f'<code data-symbol="{row}">{found[1]}</code>'

        return CODE.sub(mark, article)


def first_in_reach(article: str) -> str:
    """Let the Tab key reach the first place on a page where each symbol stands."""
    seen: set[str] = set()

    def reach(found: re.Match) -> str:
        is_new = found[1] not in seen
        seen.add(found[1])
        return found[0] + ' tabindex="0"' * is_new

    return re.sub(r'data-symbol="(\d+)"', reach, article)
