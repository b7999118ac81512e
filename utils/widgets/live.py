"""What all explorers in JavaScript share: one script, for a notebook's widget and for a page.

`js/explorers/host.js` says what a script may ask of either.
"""

from functools import cache
from html import escape
from json import dumps
from typing import Any, ClassVar

import anywidget

from utils.widgets.engine import Engine
from utils.widgets.png import png_of
from utils.widgets.scripts import MODULES, bundle

HOST = "explorers/host.js"


def live_script(name: str, worker: str | None = None) -> str:
    """Return all that an explorer needs as one script, which declares `mount` and `workerSource`.

    `worker` is the module that its worker runs, such as "playground/worker.js".
    """
    source = dumps(None if worker is None else bundle(worker))
    parts = bundle(f"explorers/{name}.js", HOST)
    return f"{parts}\nconst workerSource = {source};\nconst mount = mount{name.capitalize()};\n"


def widget_script(name: str, worker: str | None = None) -> str:
    """Return an explorer's script as the module that anywidget loads."""
    ending = f"export default widgetOf({dumps(name)}, mount, workerSource);\n"
    return live_script(name, worker) + ending


def page_script(name: str, worker: str | None = None) -> str:
    """Return an explorer's script for a page: a file of its own, or inside `<script>`.

    It mounts all `<div data-explorer="…">` of its name above it, and leaves no global name.
    """
    ending = f"mountInPage({dumps(name)}, mount, workerSource);\n"
    inside = (live_script(name, worker) + ending).replace("</script", r"<\/script")
    return f"(() => {{\n{inside}}})();\n"


def style_of(name: str) -> str:
    """Return an explorer's style sheet, with the colors of both themes before it."""
    sheets = (MODULES / "draw" / "colors.css", MODULES / "explorers" / f"{name}.css")
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


@cache
def engine_of(name: str) -> Engine:
    """Return an engine that knows what an explorer draws, without a page."""
    return Engine(bundle(f"explorers/{name}view.js"))


class LiveExplorer(anywidget.AnyWidget):
    """An explorer that lives in the browser; cells set and read its traits.

    A subclass says its `name`, its `worker` if it has one, and in `picture` what its still shows.
    """

    name: ClassVar[str]
    worker: ClassVar[str | None] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "name" in vars(cls):  # anywidget makes a further subclass for each widget
            cls._esm = widget_script(cls.name, cls.worker)
            cls._css = style_of(cls.name)
        super().__init_subclass__(**kwargs)

    def picture(self) -> tuple[str, str]:
        """Return the still picture as SVG text with variables for colors, and its finding."""
        raise NotImplementedError

    def page_options(self) -> dict[str, Any]:
        """Return what a page's explorer begins with: the traits that differ from the defaults."""
        return {
            name: getattr(self, name)
            for name, trait in self.class_own_traits(sync=True).items()
            if not name.startswith("_") and getattr(self, name) != trait.default()
        }

    def page_html(self) -> str:
        """Return the explorer for a page, its still picture inside until the script replaces it.

        The page needs `style_of` and, below this, `page_script`; both once for all of one name.
        """
        drawn, _ = self.picture()
        options = escape(dumps(self.page_options()))
        return f'<div data-explorer="{self.name}" data-options="{options}">{drawn}</div>'

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Add the still picture to the same output: whoever shows one does not show the other."""
        found = super()._repr_mimebundle_(**kwargs)
        if found is None:
            return None
        data, about = found if isinstance(found, tuple) else (found, {})
        drawn, finding = self.picture()
        baked = engine_of(self.name).call("bakeTheme", drawn, "light")
        still = {"image/png": png_of(baked, 2.0), "text/plain": finding}
        return {**data, **still}, {**about, "image/png": {"alt": finding}}
