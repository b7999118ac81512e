"""The slides of a notebook, and the page that shows them."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape
from itertools import accumulate
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from nbformat import NotebookNode

from utils.publishing.explorers import enliven
from utils.publishing.pages.assets import ASSETS
from utils.publishing.pages.formulas import put_formulas_back, take_formulas_out
from utils.publishing.pages.page import (
    LANGUAGE,
    describe_figures,
    link_map,
    read_series,
    title_of,
)
from utils.publishing.slides.links import Places, link_to_slides, places_of, slide_id
from utils.publishing.slides.plan import (
    Part,
    excerpt,
    parts_of,
    questions_of,
)
from utils.publishing.slides.render import (
    chips_html,
    code_html,
    line_html,
    number_html,
    output_html,
    text_html,
)
from utils.system.paths import NOTEBOOKS
from utils.widgets.themes import color_sheet

WIDTH, HEIGHT = 1280, 720
TIME = re.compile(r"\*\*Time\.\*\* about (\d+) minutes")
PLAY = 3  # an explorer takes as long as so many other slides
MANY = 330  # letters: with more, a slide of words alone has smaller ones
HERE = Path(__file__).parent
SHEETS = (ASSETS / "css" / "fonts.css", HERE / "deck.css")
WEB = "https://unpkg.com/reveal.js@5.2.1"  # for decks without reveal.js beside them


class Slide:
    """A slide while it is filled: HTML for its texts and for what is looked at, and notes."""

    def __init__(self, id: str, title: str, beside: bool = False):
        self.id, self.title, self.beside = id, title, beside
        self.texts: list[str] = []
        self.shown: list[str] = []  # in order, with the texts
        self.notes: list[str] = []
        self.kinds: set[str] = set()

    def add(self, kind: str, html: str, fade: bool) -> None:
        """Put something below what is there; `kind` is "text", "code", "picture" and so on."""
        self.kinds.add(kind)
        faded = " fragment" if fade else ""
        block = f'<div class="part {kind}{faded}">{html}</div>'
        is_beside = self.beside and kind in ("picture", "table")
        (self.shown if is_beside else self.texts).append(block)

    @property
    def letters(self) -> int:
        """Return how many letters the slide's texts have."""
        return len(re.sub(r"<[^>]*>|\s+", "", "".join(self.texts)))

    @property
    def body(self) -> str:
        """Return the slide's HTML below its title."""
        if not self.shown:
            return "\n".join(self.texts)
        column = '<div class="column">' + "\n".join(self.texts) + "</div>"
        return "\n".join([column, *self.shown])


class Deck:
    """The slides of a notebook; `series` says where links to other decks lead."""

    def __init__(self, notebook: NotebookNode, series: Mapping[str, Places]):
        self.own, self.series = places_of(notebook), series
        self.drawn: list[str] = []  # formulas
        self.slides: list[Slide] = []
        describe_figures(notebook)
        for cell in notebook.cells:
            self.add_cell(cell)
        for slide in self.slides[:1]:
            slide.notes.append(self.ready(guide_to(title_of(notebook)[:2])))
        stamp_minutes(self.slides, minutes_of(notebook))

    def add_cell(self, cell: NotebookNode) -> None:
        """Add what a cell shows."""
        begun = 0
        for part in parts_of(cell):
            if part.title:
                begun += 1
                title = line_html(self.ready(part.title))
                self.slides.append(Slide(slide_id(cell, begun), title, part.beside))
            if not self.slides:
                raise ValueError(f"cell {cell.id} goes on with a slide, and none has begun.")
            self.add_part(part, cell)

    def add_part(self, part: Part, cell: NotebookNode) -> None:
        """Add a part to the last slide."""
        slide = self.slides[-1]
        if part.number:
            slide.add("number", number_html(self.ready(part.number)), part.fade)
        if part.chips:
            slide.add("chips", chips_html(part.chips), part.fade)
        if part.text:
            slide.add("text", text_html(self.ready(part.text)), part.fade)
        if part.code:
            slide.add("code", code_html(excerpt(cell.source, part.code), part.lit), part.fade)
        if part.output:
            shown = output_html(cell, part)
            if not shown:
                raise ValueError(f"cell {cell.id} has no output for its slide: run the notebook.")
            for kind, html in shown:
                slide.add(kind, link_map(html) if kind == "table" else html, part.fade)
        if part.say:
            slide.notes.append(self.ready(part.say))
        slide.notes += map(answer_of, questions_of(cell))

    def ready(self, text: str) -> str:
        """Return Markdown with marks for its formulas, and links to slides."""
        return take_formulas_out(link_to_slides(text, self.own, self.series), self.drawn)


def answer_of(question: Mapping[str, Any]) -> str:
    """Return the notes on a quick question: which option is right, and why."""
    right = next(option for option in question["options"] if option["right"])
    return f"**{question['text']}** {right['text']}. {right['why']}"


def minutes_of(notebook: NotebookNode) -> int:
    """Return the minutes that a notebook's opening gives to it; 0 if it names none."""
    found = TIME.search(notebook.cells[0].source) if notebook.cells else None
    return int(found[1]) if found else 0


def stamp_minutes(slides: Sequence[Slide], minutes: int) -> None:
    """Begin each slide's notes with the minute at which it should be done; explorers take long."""
    done = list(accumulate(PLAY if "explorer" in slide.kinds else 1 for slide in slides))
    for slide, so_far in zip(slides, done, strict=True):
        if minutes:
            until = math.ceil(minutes * so_far / done[-1])
            slide.notes.insert(0, f"*Until minute {until} of {minutes}.*")


def guide_to(number: str) -> str:
    """Return what the teacher's guide says of a notebook; "" if it says nothing."""
    guide = (NOTEBOOKS / "TEACHING.md").read_text(encoding="utf-8")
    found = re.search(rf"^### {number}\b.*\n(?:(?!##).*\n?)*", guide, flags=re.MULTILINE)
    return found[0] if found else ""


@cache
def environment() -> Environment:
    """Return what fills the template beside this file."""
    return Environment(loader=FileSystemLoader(HERE), autoescape=False)


def sections(deck: Deck) -> Iterator[dict[str, Any]]:
    """Yield what the template shows of each slide."""
    for slide in deck.slides:
        look = ["beside"] if slide.shown else []
        look += [] if slide.kinds & {"picture", "explorer"} else ["plain"]
        if slide.kinds <= {"text", "number", "chips"}:
            look += ["words"] if slide.letters <= MANY else ["words", "many"]
        yield {
            "id": escape(slide.id),
            "title": slide.title,
            "look": " ".join([*look, *sorted(slide.kinds)]),
            "body": slide.body,
            "notes": text_html("\n\n".join(slide.notes)),
        }


def build_deck(notebook: NotebookNode, series: Mapping[str, Places], reveal: str | None) -> str:
    """Return the deck of a notebook as a web page that shows slides.

    `series` has the places of every deck, by name. `reveal` is the folder with reveal.js; None
    takes it from the web when the slides are shown.
    """
    deck = Deck(notebook, series)
    page = (
        environment()
        .get_template("deck.html.j2")
        .render(
            language=LANGUAGE,
            title=title_of(notebook),
            slides=list(sections(deck)),
            size=(WIDTH, HEIGHT),
            reveal=reveal or WEB,
            colors=color_sheet(),
            style="\n".join(sheet.read_text(encoding="utf-8") for sheet in SHEETS),
            script=(HERE / "deck.js").read_text(encoding="utf-8"),
        )
    )
    return enliven(put_formulas_back(page, deck.drawn))


def build_decks(reveal: str | None) -> dict[str, str]:
    """Return every deck by the name of its file."""
    notebooks = read_series()
    series = {name: places_of(notebook) for name, notebook in notebooks.items()}
    return {
        f"{name}.html": build_deck(notebook, series, reveal) for name, notebook in notebooks.items()
    }
