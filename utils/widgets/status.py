"""The finding below a picture, which a screen reader says aloud whenever it changes.

It has to be one element that stays and gets new text: an element that is replaced is not read.
"""

import anywidget
import traitlets

from utils.widgets.scripts import HERE


class Status(anywidget.AnyWidget):
    """Plain text, shown as it is, whatever it contains."""

    _esm = HERE / "status.js"
    _css = HERE / "status.css"
    value = traitlets.Unicode().tag(sync=True)
