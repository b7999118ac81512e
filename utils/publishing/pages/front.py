"""The front page: promise, playground, map, findings and questions. The words are the README's."""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple, Protocol

from utils.publishing.pages.article import exporter, markdown_page
from utils.publishing.pages.page import link_to_pages
from utils.system.paths import ROOT
from utils.trace import trace
from utils.translator import Translator
from utils.widgets import Playground
from utils.widgets.live import FALLBACK
from utils.widgets.stills import drawings

QUESTION = re.compile(r"^\| (?P<text>.+?) \| \[\d\d\]\((?P<place>[^)]+)\) \|$", re.M)
FINDINGS = re.compile(
    r"^What you will find out.*?\n\n(- .*?)\n\n(?=<a id)", re.MULTILINE | re.DOTALL
)
PROMISE = re.compile(r"^(?![#\[!\s]).+?\.(?: .+?\.(?= ))?", re.M | re.S)
PARAGRAPH = re.compile(r"</?p>")


STEP, SENTENCE = 8, "gestern hat die Frau dem alten Lehrer einen Apfel gegeben ."


class Numbered(Protocol):
    """A notebook's page, as the front page links to it."""

    @property
    def number(self) -> str: ...
    @property
    def page(self) -> str: ...


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
    first: Numbered
    playground: str
    findings: str
    questions: list[tuple[Numbered, list[Question]]]


def read_readme() -> str:
    """Return the README, with links as from a notebook's place."""
    return (ROOT / "README.md").read_text(encoding="utf-8").replace("](notebooks/", "](")


@cache
def questions_of(readme: str) -> list[Question]:
    """Return the questions of the README's table, in its order. Cached: rendering them is slow."""
    return [
        Question(to_html(found["text"]), link_to_pages(f"]({found['place']}")[2:])
        for found in QUESTION.finditer(readme)
    ]


def to_html(text: str) -> str:
    """Return Markdown as HTML; a single paragraph comes without its <p>."""
    html, _ = exporter().from_notebook_node(markdown_page(link_to_pages(text)))
    inside = html.partition(">")[2].rpartition("</div>")[0].strip()
    return PARAGRAPH.sub("", inside) if inside.count("<p>") == 1 else inside


def build_front(entries: Sequence[Numbered]) -> Front:
    """Return what stands on the front page alone; `entries` are the notebooks."""
    readme = read_readme()
    asked = questions_of(readme)
    by_notebook = [(entry, [q for q in asked if q.number == entry.number]) for entry in entries]
    promise, findings = PROMISE.search(readme), FINDINGS.search(readme)
    if promise is None or findings is None or not asked:
        raise ValueError("README.md has lost its promise, its findings or its questions.")
    return Front(
        promise=" ".join(promise[0].split()),
        picture=FALLBACK.sub(r"\1", looking()),
        first=entries[0],
        playground=Playground().page_html(themed=True),
        findings=to_html(findings[1]),
        questions=[(entry, found) for entry, found in by_notebook if found],
    )


@cache
def looking() -> str:
    """Return the master picture at a step that looks at two words, as SVG with variables.

    Cached: the front page shows it, and the social card.
    """
    steps = trace(Translator.load("mini-additive"), SENTENCE)
    state = {"source": steps.source, "weights": steps.steps[STEP - 1].weights.tolist()}
    options = {"variant": ["dot"], "width": 560, "decoder": False, "compact": True}
    return drawings().call("drawMaster", state, {**options, "hide": ["query", "scores"]})
