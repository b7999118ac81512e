"""What all explorers share: controls, a picture below them, and a still picture for readers."""

from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

import ipywidgets as widgets
from IPython.display import display

from utils.widgets.svg import printable

WIDE = {"style": {"description_width": "9em"}, "layout": {"width": "34em"}}


class View(NamedTuple):
    """What an explorer shows: an SVG picture, its finding in plain words, HTML between the two."""

    picture: str
    finding: str
    details: str = ""

    def to_html(self) -> str:
        """Return all three; a screen reader says the finding whenever it changes."""
        finding = "<br>".join(escape(printable(line)) for line in self.finding.splitlines())
        return (
            f'<div style="overflow-x: auto">{self.picture}</div>{self.details}'
            f'<p role="status" style="line-height: 1.5; font-size: 1.1em">{finding}</p>'
        )


class Snapshot:
    """A view that stays when the kernel is gone: the picture, and the finding as text."""

    def __init__(self, view: View):
        self.view = view

    def _ipython_display_(self) -> None:
        if self.view.picture:
            display({"image/svg+xml": self.view.picture, "text/plain": "(picture)"}, raw=True)
        display({"text/plain": self.view.finding}, raw=True)


class Explorer(widgets.VBox):
    """Controls above a picture, which is drawn anew when one of them changes.

    A subclass hands its controls to `__init__`, by rows, and says in `view` what they show.
    """

    def __init__(self, *rows: Sequence[widgets.Widget]):
        self.output = widgets.HTML()
        for row in rows:
            for control in row:
                control.observe(self._changed, "value")
        boxes = [widgets.HBox(list(row), layout={"flex_flow": "row wrap"}) for row in rows]
        super().__init__([*boxes, self.output])
        self.refresh()

    def view(self) -> View:
        """Return what the controls' values show."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Draw the picture."""
        self.output.value = self.view().to_html()

    def snapshot(self) -> Snapshot:
        """Return the present view for readers without a kernel: the last line of a cell."""
        return Snapshot(self.view())

    def _changed(self, change: dict[str, Any]) -> None:
        self.refresh()


def mark_words(words: Sequence[str], right: Sequence[bool]) -> str:
    """Return words as HTML; the wrong ones are bold and underlined, not only colored."""
    style = "color: #B00020; font-weight: bold; text-decoration: underline wavy"
    return " ".join(
        escape(printable(word))
        if good
        else f'<span style="{style}">{escape(printable(word))}</span>'
        for word, good in zip(words, right, strict=True)
    )
