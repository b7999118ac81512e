"""The front page: promise, playground, map, findings and questions. The words are the README's."""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple, Protocol

from utils.publishing.explorers import with_lesson
from utils.publishing.pages.article import exporter, markdown_page
from utils.publishing.pages.page import link_to_pages
from utils.publishing.pages.typography import typeset
from utils.system.paths import ROOT
from utils.trace import trace
from utils.translator import Translator
from utils.widgets import Playground
from utils.widgets.live import FALLBACK
from utils.widgets.stills import drawings

QUESTION = re.compile(r"^\| (?P<text>.+?) \| \[\d\d\]\((?P<place>[^)]+)\) \|$", re.M)
FINDING = re.compile(  # how much of what, in which notebook
    r"^- \*\*(?P<much>[^*]*\d) (?P<what>[^\d*]+)\*\*"
    r"(?P<text>.+?)\s*\(\[\d\d\]\((?P<place>[^)]+)\)\)\.$",
    re.MULTILINE | re.DOTALL,
)
SYMBOL = re.compile(r"`[^`]*`|\b(?P<letter>[a-z])_(?:\{(?P<index>[^}]+)\}|(?P<sign>\w))")
PROMISE = re.compile(r"^(?![#\[!\s]).+?\.(?: .+?\.(?= ))?", re.M | re.S)
PARAGRAPH = re.compile(r"</?p>")

STEP, SENTENCE = 8, "gestern hat die Frau dem alten Lehrer einen Apfel gegeben ."
SMALL_STEP, SMALL_SENTENCE = 3, "Lisa kauft einen Apfel ."  # for phones: as few words as will do
WIDE, SMALL = 560, 320  # pixels


class Numbered(Protocol):
    """A notebook's page, as the front page links to it."""

    @property
    def number(self) -> str: ...
    @property
    def page(self) -> str: ...


class Finding(NamedTuple):
    """A number that the series finds, what it counts, and what it says, with the page of it."""

    much: str
    what: str
    html: str
    page: str

    @property
    def number(self) -> str:
        """The number of the notebook that finds it, such as "04"."""
        return self.page[:2]


class Question(NamedTuple):
    """A question that readers ask, and the page and place that answer it."""

    html: str
    place: str

    @property
    def number(self) -> str:
        """The number of the notebook that answers it, such as "04"."""
        return self.place[:2]


class Front(NamedTuple):
    """What only the front page has."""

    promise: str
    picture: str
    small_picture: str
    first: Numbered
    playground: str
    findings: list[Finding]
    questions: list[tuple[Numbered, list[Question]]]


def read_readme() -> str:
    """Return the README, with links as from a notebook's place."""
    return (ROOT / "README.md").read_text(encoding="utf-8").replace("](notebooks/", "](")


@cache
def questions_of(readme: str) -> list[Question]:
    """Return the questions of the README's table, in its order. Cached: rendering them is slow."""
    return [
        Question(to_html(with_indices(found["text"])), link_to_pages(f"]({found['place']}")[2:])
        for found in QUESTION.finditer(readme)
    ]


def with_indices(text: str) -> str:
    """Return a text in which s_{t-1}, where it is not code, is a letter with an index."""

    def draw(found: re.Match) -> str:
        if not found["letter"]:
            return found[0]
        index = (found["index"] or found["sign"]).replace("-", "−")
        return f"<i>{found['letter']}</i><sub>{index}</sub>"

    return SYMBOL.sub(draw, text)


def findings_of(readme: str) -> list[Finding]:
    """Return what the README says one will find out, each with its number set apart."""
    return [
        Finding(
            found["much"],
            found["what"].rstrip("."),
            to_html(" ".join(found["text"].lstrip(" ,").split())),
            link_to_pages(f"]({found['place']}")[2:],
        )
        for found in FINDING.finditer(readme)
    ]


def to_html(text: str) -> str:
    """Return Markdown as HTML; a single paragraph comes without its <p>."""
    html, _ = exporter().from_notebook_node(markdown_page(link_to_pages(text)))
    inside = html.partition(">")[2].rpartition("</div>")[0].strip()
    inside = typeset(inside)
    return PARAGRAPH.sub("", inside) if inside.count("<p>") == 1 else inside


def build_front(entries: Sequence[Numbered]) -> Front:
    """Return what stands on the front page alone; `entries` are the notebooks."""
    readme = read_readme()
    asked = questions_of(readme)
    by_notebook = [(entry, [q for q in asked if q.number == entry.number]) for entry in entries]
    promise, findings = PROMISE.search(readme), findings_of(readme)
    if promise is None or not findings or not asked:
        raise ValueError("README.md has lost its promise, its findings or its questions.")
    return Front(
        promise=" ".join(promise[0].split()),
        picture=FALLBACK.sub(r"\1", looking()),
        small_picture=FALLBACK.sub(r"\1", looking(SMALL_SENTENCE, SMALL_STEP, SMALL)),
        first=entries[0],
        playground=with_lesson(Playground().page_html(themed=True)),
        findings=findings,
        questions=[(entry, found) for entry, found in by_notebook if found],
    )


@cache
def looking(sentence: str = SENTENCE, step: int = STEP, width: int = WIDE) -> str:
    """Return the master picture at a step that looks at two words, as SVG with variables.

    Cached: the front page shows it, and the social card.
    """
    steps = trace(Translator.load("mini-additive"), sentence)
    state = {"source": steps.source, "weights": steps.steps[step - 1].weights.tolist()}
    options = {"variant": ["dot"], "width": width, "decoder": False, "compact": True}
    return drawings().call("drawMaster", state, {**options, "hide": ["query", "scores"]})
