"""What all explorers share: one script, for a notebook's cell and for a page.

`js/explorers/host.js` says what a script may ask of either.
"""

import os
import re
import sys
from base64 import b64encode
from collections.abc import Collection, Mapping
from functools import cache
from html import escape
from json import dumps
from typing import Any, ClassVar
from uuid import uuid4

import anywidget
import traitlets

from utils.system.limits import check_type
from utils.translator import Translator
from utils.widgets.engine import Engine
from utils.widgets.png import small_png_of
from utils.widgets.scripts import MODULES, bundle, compact, exports_of, modules_of
from utils.widgets.weights import model_file, pack_translator, shipped_name

HOST = "explorers/host.js"
SHARED = "globalThis.sharedByExplorers"  # where pages keep the modules of several explorers
SHEETS = ("draw/colors.css", "explorers/frame.css")
FALLBACK = re.compile(r"(var\(--at-[a-z0-9-]+), [^()]*(?=\))")  # of a color without its sheet
STILL_ZOOM = 1.5  # pixels of a still picture for one of the drawing's
RUN_IT = "Run this cell in JupyterLab to bring the picture to life."


def live_script(name: str, worker: str | None = None, without: Collection[str] = ()) -> str:
    """Return all that an explorer needs as one script, which declares `mount` and `workerSource`.

    `worker` is the module that its worker runs, such as "playground/worker.js".
    """
    source = dumps(None if worker is None else compact(bundle(worker)))
    parts = compact(bundle(f"explorers/{name}.js", HOST, without=without))
    return f"{parts}\nconst workerSource = {source};\nconst mount = mount{name.capitalize()};\n"


def widget_script(name: str, worker: str | None = None) -> str:
    """Return an explorer's script as the module that anywidget loads."""
    ending = f"export default widgetOf({dumps(name)}, mount, workerSource);\n"
    return live_script(name, worker) + ending


def page_script(name: str, worker: str | None = None, shared: Collection[str] = ()) -> str:
    """Return an explorer's script for a page: a file of its own, or inside `<script>`.

    It mounts all `<div data-explorer="…">` of its name above it, and leaves no global name. The
    modules `shared` come from `shared_script`, which the page loads before.
    """
    ending = f"mountInPage({dumps(name)}, mount, workerSource);\n"
    needed = modules_of(f"explorers/{name}.js", HOST)
    ready = _exports([module for module in shared if module in needed])
    begin = f"const {{ {', '.join(ready)} }} = {SHARED};\n" if ready else ""
    script = begin + live_script(name, worker, shared) + ending
    inside = script.replace("</script", r"<\/script")
    return f"(() => {{\n{inside}}})();\n"


def shared_script(modules: Collection[str]) -> str:
    """Return modules as a script for pages, which hands them on to several explorers."""
    inside = compact(bundle(*modules))
    return f"{SHARED} = (() => {{\n{inside}return {{ {', '.join(_exports(modules))} }};\n}})();\n"


def _exports(modules: Collection[str]) -> list[str]:
    texts = modules_of(*modules)
    return [name for module in modules for name in exports_of(texts[module])]


def style_of(name: str) -> str:
    """Return an explorer's style sheet, below the colors of both themes and the frame's."""
    sheets = [MODULES / sheet for sheet in (*SHEETS, f"explorers/{name}.css")]
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets if sheet.exists())


@cache
def engine_of(name: str, *modules: str) -> Engine:
    """Return an engine that knows what an explorer draws, and further modules, without a page."""
    return Engine(bundle(f"explorers/{name}view.js", "draw/paint.js", *modules))


def has_frames() -> bool:
    """Tell whether outputs live in frames of their own, which only a widget's view can reach."""
    return "google.colab" in sys.modules or "VSCODE_PID" in os.environ


class LiveExplorer(anywidget.AnyWidget):
    """An explorer that lives in the browser; cells set and read its traits.

    A subclass says its `name`, its `worker` if it has one, and in `picture` what its still shows.
    """

    name: ClassVar[str]
    worker: ClassVar[str | None] = None
    models: "traitlets.Dict[str, Any]" = traitlets.Dict().tag(sync=True)  # packed, by name
    _id = traitlets.Unicode().tag(sync=True)  # by which the script finds the cell's output

    def __init__(self, translators: Mapping[str, Translator] | None = None, **options: Any):
        kind = type(self)
        if "_esm" not in vars(kind):  # of each kind once, and not before one is made
            kind._esm, kind._css = widget_script(self.name, self.worker), style_of(self.name)
        self.translators = {} if translators is None else check_translators(translators)
        # As they are now: the still shows the weights that the browser has, trained on or not.
        self.packed = {name: pack_translator(each) for name, each in self.translators.items()}
        models = {name: each._asdict() for name, each in self.packed.items()}
        super().__init__(models=models, _id=uuid4().hex, **options)

    def picture(self) -> tuple[str, str]:
        """Return the still picture as SVG text with variables for colors, and its finding."""
        raise NotImplementedError

    def page_options(self) -> dict[str, Any]:
        """Return what a page's explorer begins with: the traits that differ from the defaults.

        A model of `data/models` is named, and the page has its weights; of another, None is left.
        """
        options = {
            name: getattr(self, name)
            for name, trait in self.traits(sync=True).items()
            if name in self.option_names() and getattr(self, name) != trait.default()
        }
        if self.translators:
            options["models"] = {
                name: _place(shipped_name(each), len(each.data))
                for name, each in self.packed.items()
            }
        return options

    @classmethod
    def option_names(cls) -> list[str]:
        """Return the names of the traits that cells can set, those of widgets in general aside."""
        known = LiveExplorer.class_traits()
        return [name for name in cls.class_traits(sync=True) if name not in known]

    def page_html(self, themed: bool = False) -> str:
        """Return the explorer for a page: an element with the still picture in it.

        A script replaces what is inside: in a notebook the widget's, elsewhere `page_script`,
        below this element, with `style_of` in the page's head. The picture is PNG, for a notebook
        that nobody has trusted yet may not show SVG; or, if `themed`, SVG in the page's colors.
        """
        options = escape(dumps(self.page_options()))
        return (
            f'<div data-explorer="{self.name}" data-widget="{self._id}" data-options="{options}">'
            f"{self.still_html(themed)}</div>"
        )

    def still_html(self, themed: bool = False) -> str:
        """Return what the element holds before a script fills it: the picture and its finding."""
        drawn, finding = self.picture()
        if themed:
            drawn = FALLBACK.sub(r"\1", drawn)  # the page has `style_of`
            return f'<div class="at-still"><p>{escape(finding)}</p>{drawn}</div>'
        baked = engine_of(self.name).call("bakeTheme", drawn, "light")
        png = b64encode(small_png_of(baked, STILL_ZOOM)).decode()
        return (
            f'<div class="at-still"><p>{escape(finding)}</p>'
            f'<img alt="{escape(finding)}" src="data:image/png;base64,{png}">'
            f'<p class="at-run">{RUN_IT}</p></div>'
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return an element with the still picture; the script finds it, and brings it to life."""
        if has_frames():
            return super()._repr_mimebundle_(**kwargs)
        return {"text/html": self.page_html(), "text/plain": repr(self)}, {}

    def __repr__(self) -> str:
        """Say what to do where no kernel runs, in place of the explorer."""
        return f"{type(self).__name__}: run the notebook to use it."


def _place(name: str | None, size: int) -> dict[str, Any] | None:
    """Return what a page must know to load a shipped model of so many bytes."""
    return None if name is None else {"id": name, "file": model_file(name), "size": size}


def check_translators(translators: object) -> dict[str, Translator]:
    """Return translators by their names, at least one; TypeError for anything else."""
    named = dict(translators) if isinstance(translators, Mapping) else {}
    if not named or not all(isinstance(value, Translator) for value in named.values()):
        raise TypeError('translators must be one or more by name, such as {"dot": translator}.')
    return named


def check_translator(translator: object) -> Translator:
    """Return it; TypeError unless it is a translator."""
    words = 'a single translator, such as Translator.load("mini-dot")'
    check_type("translator", translator, Translator, words)
    assert isinstance(translator, Translator)
    return translator
