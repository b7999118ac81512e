"""Sliders that everyone can use.

Those of ipywidgets have no name for a screen reader to say, and neither has its play button.
These are the browser's own controls, with names: a slider, a box for its number, and, with an
`interval`, a button that plays.
"""

from typing import Any

import anywidget
import traitlets

from utils.widgets.scripts import HERE, join_scripts


class Slider(anywidget.AnyWidget):
    """A number from `min` to `max` in steps; with an `interval` in milliseconds it can play."""

    _esm = join_scripts("keys.js", "slider.js")
    _css = HERE / "slider.css"
    description = traitlets.Unicode().tag(sync=True)
    interval = traitlets.Int(0).tag(sync=True)

    def __init__(self, value: float, min: float, max: float, description: str, **options: Any):
        super().__init__(value=value, min=min, max=max, description=description, **options)

    @traitlets.validate("value")
    def _stay_inside(self, proposal: dict[str, Any]) -> float:
        """Keep whatever comes from the browser between the ends."""
        return max(self.min, min(self.max, proposal["value"]))

    def set_range(self, low: float, high: float, value: float) -> None:
        """Move the ends and the value at once."""
        with self.hold_trait_notifications():
            self.min, self.max, self.value = low, high, value


class IntSlider(Slider):
    """A slider of whole numbers."""

    value = traitlets.Int(0).tag(sync=True)
    min = traitlets.Int(0).tag(sync=True)
    max = traitlets.Int(100).tag(sync=True)
    step = traitlets.Int(1).tag(sync=True)


class FloatSlider(Slider):
    """A slider of numbers with a decimal point."""

    value = traitlets.Float(0.0).tag(sync=True)
    min = traitlets.Float(0.0).tag(sync=True)
    max = traitlets.Float(1.0).tag(sync=True)
    step = traitlets.Float(0.1).tag(sync=True)
