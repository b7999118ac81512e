"""Pictures of the explorers' own drawings, for where no JavaScript runs: paper, GitHub, slides."""

import json
import re
from functools import cache
from pathlib import Path

import resvg_py
from matplotlib import get_data_path
from py_mini_racer import MiniRacer

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
    return json.loads(engine().eval(f"JSON.stringify({function}({given}))"))


def still(function: str, *arguments: object, theme: str = "light") -> str:
    """Return a drawing as SVG text with the colors of one theme, "light" or "dark"."""
    given = ", ".join(json.dumps(argument) for argument in arguments)
    return str(engine().eval(f"bakeTheme({function}({given}), {json.dumps(theme)})"))


def png_of(svg: str, zoom: float = 1.0) -> bytes:
    """Return SVG as a PNG, `zoom` pixels for each of its own.

    It is drawn with matplotlib's font, so it looks the same on every machine.
    """
    fonts = Path(get_data_path()) / "fonts" / "ttf"
    files = [str(fonts / f"DejaVuSans{style}.ttf") for style in ("", "-Bold", "-Oblique")]
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        zoom=zoom,
        font_files=files,
        skip_system_fonts=True,
        sans_serif_family="DejaVu Sans",
    )
