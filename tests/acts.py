"""What a reader does with each explorer, once by mouse and once by keys, in a page and in a cell.

Each act changes the explorer's finding and a trait that cells read.
"""

from collections.abc import Callable
from typing import NamedTuple

from explorers import rest
from playwright.sync_api import Locator, expect

Act = Callable[[Locator], None]  # of the explorer's element
WITHIN = 10_000  # milliseconds until an act must show


class Acts(NamedTuple):
    """Two acts, and the trait that each changes."""

    by_mouse: Act
    told_by_mouse: str
    by_keys: Act
    told_by_keys: str


def click(selector: str) -> Act:
    return lambda box: box.locator(selector).click()


def drag(handle: str, right: float, down: float) -> Act:
    """Return how to drag a handle by so many pixels, from a point near its lower end."""

    def act(box: Locator) -> None:
        grip = box.locator(f"[data-handle={handle}]")
        grip.scroll_into_view_if_needed()
        place = grip.bounding_box()
        x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] - 20
        box.page.mouse.move(x, y)
        box.page.mouse.down()
        box.page.mouse.move(x + right, y + down, steps=5)
        box.page.mouse.up()

    return act


def press(selector: str, *keys: str) -> Act:
    """Return how to press keys, one after the other, wherever the focus goes."""

    def act(box: Locator) -> None:
        box.locator(selector).first.focus()
        for key in keys:
            box.page.keyboard.press(key)

    return act


ACTS = {
    "playground": Acts(
        by_mouse=click(".at-once"),
        told_by_mouse="steps",
        by_keys=press(".at-once", "Enter", "Enter"),
        told_by_keys="results",
    ),
    "calculator": Acts(
        by_mouse=drag("s", -150, -100),
        told_by_mouse="query",
        by_keys=press("[data-handle=h2]", *["Shift+ArrowLeft"] * 4),
        told_by_keys="memory",
    ),
    "stepper": Acts(
        by_mouse=lambda box: box.get_by_role("button", name="Next").click(),
        told_by_mouse="step",
        by_keys=press("input[type=range]", "ArrowRight", "ArrowRight"),
        told_by_keys="step",
    ),
    "length": Acts(
        by_mouse=drag("marker", -100, 0),
        told_by_mouse="length",
        by_keys=press("[data-handle=end]", "ArrowLeft"),
        told_by_keys="length",
    ),
    "editor": Acts(
        by_mouse=drag("word-6", 0, -60),
        told_by_mouse="weights",
        by_keys=press("[data-handle=word-2]", "Shift+ArrowUp"),
        told_by_keys="weights",
    ),
    "beam": Acts(
        by_mouse=drag("rho", -250, 0),
        told_by_mouse="rho",
        by_keys=press("input[type=range]", "ArrowRight"),
        told_by_keys="beam_size",
    ),
    "training": Acts(
        by_mouse=click("button[data-epoch='4']"),
        told_by_mouse="epoch",
        by_keys=press("[data-handle=marker]", "ArrowRight"),
        told_by_keys="epoch",
    ),
    "head": Acts(
        by_mouse=click("[data-handle=ask-4]"),
        told_by_mouse="position",
        by_keys=press("[data-handle=ask-2]", "ArrowRight", "Enter"),
        told_by_keys="position",
    ),
    "quiz": Acts(
        by_mouse=click("button[data-question='3']"),
        told_by_mouse="question",
        by_keys=press("input[type=radio]", "ArrowDown", "ArrowDown", "Enter"),
        told_by_keys="chosen",
    ),
}


def drive(box: Locator, *acts: Act) -> None:
    """Do each act, and fail unless the finding changes, and Reset takes it back; not the last's.

    Whatever is only pointed at or focused does not count: nothing is, when the finding is read.
    """
    finding, before = box.locator(".at-finding"), None
    for act in acts:
        box.get_by_role("button", name="Reset").click()  # which has mouse and focus then
        rest(box)
        before = before or finding.inner_text()
        expect(finding).to_have_text(before, timeout=WITHIN)
        act(box)
        leave(box)
        expect(finding).not_to_have_text(before, timeout=WITHIN)


def leave(box: Locator) -> None:
    """Take mouse and focus away from all that shows something else as long as it has them."""
    box.page.mouse.move(0, 0)
    box.get_by_role("button", name="Large").focus()
    rest(box)
