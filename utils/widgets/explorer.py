"""What all explorers share: controls, a picture below them, and a still picture for readers."""

from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

import ipywidgets as widgets
from IPython.display import display

from utils.plots.colors import WRONG
from utils.widgets.status import Status
from utils.widgets.svg import printable, to_png

WIDE = {"style": {"description_width": "9em"}, "layout": {"width": "34em"}}


class View(NamedTuple):
    """What an explorer shows: an SVG picture, its finding in plain words, HTML between the two."""

    picture: str
    finding: str
    details: str = ""

    def to_html(self) -> str:
        """Return the picture and what stands below it."""
        return f'<div style="overflow-x: auto">{self.picture}</div>{self.details}'


class Snapshot:
    """A view that stays when the kernel is gone: the picture, and the finding as text."""

    def __init__(self, view: View):
        self.view = view

    def _ipython_display_(self) -> None:
        said = printable_lines(self.view.finding)
        if self.view.picture:
            # PNG, because a page that does not trust the notebook may refuse SVG.
            drawn, width = to_png(self.view.picture)
            about = {"image/png": {"width": width, "alt": said}}
            display({"image/png": drawn, "text/plain": "(picture)"}, metadata=about, raw=True)
        display({"text/plain": said}, raw=True)


class Explorer(widgets.VBox):
    """Controls above a picture and its finding, redrawn whenever a control changes.

    A subclass hands its controls to `__init__`, row by row, and says in `view` what they show.
    """

    def __init__(self, *rows: Sequence[widgets.Widget]):
        self.output, self.status, self._preparing = widgets.HTML(), Status(), False
        for row in rows:
            for control in row:
                control.observe(self._changed, "value")
        boxes = [widgets.HBox(list(row), layout={"flex_flow": "row wrap"}) for row in rows]
        super().__init__([*boxes, self.output, self.status])
        self._update(None)

    def __repr__(self) -> str:
        """Say what to do where no kernel runs, in place of the explorer."""
        return f"{type(self).__name__}: run the notebook to use it."

    def prepare(self, control: widgets.Widget | None) -> None:
        """Compute what `control` asks for, and fit other controls to it; None at the start.

        Controls that change in here do not draw: that happens once, afterward.
        """

    def view(self) -> View:
        """Return what the controls' values show."""
        raise NotImplementedError

    def snapshot(self) -> Snapshot:
        """Return the current view for readers without a kernel: the last line of a cell."""
        return Snapshot(self.view())

    def _changed(self, change: dict[str, Any]) -> None:
        if not self._preparing:
            self._update(change["owner"])

    def _update(self, control: widgets.Widget | None) -> None:
        self._preparing = True
        try:
            self.prepare(control)
        finally:
            self._preparing = False
        view = self.view()
        self.output.value, self.status.value = view.to_html(), printable_lines(view.finding)


def printable_lines(words: str) -> str:
    """Return the text with a box for each character without a shape, line ends excepted."""
    return "\n".join(map(printable, words.splitlines()))


def show_only(controls: Sequence[widgets.Widget], shown: Sequence[widgets.Widget]) -> None:
    """Hide the controls that have no effect right now."""
    for control in controls:
        control.layout.display = "" if control in shown else "none"


def mark_words(words: Sequence[str], right: Sequence[bool]) -> str:
    """Return words as HTML; the wrong ones are bold and underlined, not only colored."""
    style = f"color: {WRONG}; font-weight: bold; text-decoration: underline wavy"
    return " ".join(
        escape(printable(word))
        if good
        else f'<span style="{style}">{escape(printable(word))}</span>'
        for word, good in zip(words, right, strict=True)
    )
