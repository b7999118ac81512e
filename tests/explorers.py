"""What the tests of the explorers' JavaScript share: engines with models, and functions to call."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from lab import shared_browser
from playwright.sync_api import Locator, Page, expect

from utils.translator import Translator
from utils.widgets.engine import Engine
from utils.widgets.live import LiveExplorer
from utils.widgets.pages import write_page
from utils.widgets.scripts import bundle
from utils.widgets.weights import pack_translator

MINI = ("mini-fixed", "mini-dot", "mini-general", "mini-additive", "mini-transformer")
CAPTIONS = ("multi30k-additive", "multi30k-transformer")

# What a page does with models, over lists of sentences: `model` is what `open_engine` loads.
CALLS = """
const loaded = {};
function load(name) {
  loaded[name] = new Translator(registeredModels()[name]);
}
function translateAll(name, sentences, beamSize, rho) {
  return sentences.map((words) => loaded[name].translate(words, beamSize, rho));
}
function traceAll(name, sentences) {
  return sentences.map((words) => {
    const { encoded, steps, ...found } = loaded[name].trace(words);
    const plain = steps.map(({ logits, logProbabilities, state, ...step }) => step);
    return { ...found, steps: plain };
  });
}
"""

# Resolves when nothing has changed in an element for some frames of the screen, after a second at
# the latest: a playground that trains never rests.
REST = """(element) => new Promise((answer) => {
  let quiet = 0;
  let left = 60;
  const observer = new MutationObserver(() => { quiet = 0; });
  observer.observe(element, { subtree: true, childList: true, attributes: true });
  const look = () => {
    quiet += 1;
    left -= 1;
    if (quiet > 4 || left === 0) {
      observer.disconnect();
      answer();
    } else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


@cache
def translator_of(name: str, half: bool) -> Translator:
    """Return a shipped translator, with its weights rounded to 16 bits if `half`."""
    loaded = Translator.load(name)
    if not half:
        return loaded
    return Translator(copy.deepcopy(loaded.model).half().float().eval(), loaded.fields)


def open_engine(name: str, half: bool = True) -> Engine:
    """Start an engine in which a shipped translator is loaded under its name."""
    packed = pack_translator(Translator.load(name), half)
    engine = Engine(bundle("model/translator.js"), CALLS, packed.as_script(name))
    engine.call("load", name)
    return engine


@contextmanager
def open_page(
    explorer: LiveExplorer,
    folder: Path,
    theme: str = "light",
    width: int = 1280,
    first: str = "",
) -> Iterator[Page]:
    """Open a page with an explorer as a file; fails if a script does, then or later.

    `first` is a script that runs before those of the page.
    """
    address = write_page(explorer, folder).as_uri()
    errors: list[str] = []
    size = {"width": width, "height": 800}
    context = shared_browser().new_context(color_scheme=theme, viewport=size)
    try:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.add_init_script(first)
        page.goto(address)
        live = page.locator(f"[data-explorer={explorer.name}][data-ready=true]")
        expect(live).to_be_visible()
        yield page
    finally:
        context.close()
    assert errors == []


def settle(page: Page) -> None:
    """Wait until all that happened to a page's explorer is painted, and nothing moves anymore."""
    rest(page.locator(".at-explorer"))


def rest(box: Locator) -> None:
    """Wait until an explorer is painted, and nothing in it moves anymore."""
    box.evaluate(REST)


def reload(page: Page, name: str) -> None:
    """Open a page with an explorer again, as if nobody had touched it."""
    page.reload()
    expect(page.locator(f"[data-explorer={name}][data-ready=true]")).to_be_visible()
