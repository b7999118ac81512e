"""Pictures of the explorers' own drawings, for where no JavaScript runs: paper, GitHub, slides."""

import json
import re
from functools import cache
from pathlib import Path

from py_mini_racer import MiniRacer

from utils.widgets.png import png_of

DRAWINGS = Path(__file__).with_name("js") / "draw"
IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)


def load(name: str, loaded: dict[str, str] | None = None) -> str:
    """Return a JavaScript module and all it imports as one script, each module once."""
    loaded = {} if loaded is None else loaded
    if name not in loaded:
        loaded[name] = ""  # begun
        source = (DRAWINGS / f"{name}.js").read_text("utf-8")
        for other in IMPORT.findall(source):
            load(other, loaded)
        del loaded[name]  # after what it imports
        loaded[name] = re.sub(r"^export ", "", IMPORT.sub("", source), flags=re.MULTILINE)
    return "\n".join(loaded.values())


@cache
def engine() -> MiniRacer:
    """Return a JavaScript engine that knows all functions which draw."""
    racer = MiniRacer()
    racer.eval(load("master"))
    return racer


def call(function: str, *arguments: object) -> object:
    """Call a drawing function by its name; arguments and result are what JSON can hold."""
    given = ", ".join(json.dumps(argument) for argument in arguments)
    return json.loads(str(engine().eval(f"JSON.stringify({function}({given}))")))


def still(function: str, *arguments: object, theme: str = "light") -> str:
    """Return a drawing as SVG text with the colors of one theme, "light" or "dark"."""
    given = ", ".join(json.dumps(argument) for argument in arguments)
    return str(engine().eval(f"bakeTheme({function}({given}), {json.dumps(theme)})"))


def still_png(function: str, *arguments: object, theme: str = "light", zoom: float = 2.0) -> bytes:
    """Return a drawing in one theme as PNG, twice as sharp as its size unless told otherwise."""
    return png_of(still(function, *arguments, theme=theme), zoom)
