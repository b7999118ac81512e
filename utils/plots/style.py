"""The style sheet of all figures, and what each model looks like in them.

A model has one color and one marker everywhere: those at its attention's place in `ATTENTIONS`.
"""

import seaborn as sns
from matplotlib.colors import ListedColormap

from utils.models.attention import ATTENTIONS
from utils.plots.colors import EMPTY, PALETTE, TRANSFORMER, WORD

SHAPES = ("o", "s", "^", "D", "<")
COLORS = dict(zip(ATTENTIONS, PALETTE, strict=False)) | {"Transformer": TRANSFORMER}
MARKERS = dict(zip(ATTENTIONS, SHAPES, strict=False)) | {"Transformer": "v"}
PADDING_OR_WORD = ListedColormap([EMPTY, WORD])  # a mask's False and True

NARROW, WIDE = 9.0, 12.0  # inches: the width of a figure with one panel, and with several
HEIGHT = 5.0  # of a row of panels
CELL, LARGEST_CELL, LETTER = 0.36, 1.0, 0.14  # sides of a heat map's cell; room for a letter


def set_style() -> None:
    """Make every figure readable from the back row, and at half its size: large type, light grid.

    The smallest type has 15 points. At half of 100 dots per inch, that is 10 pixels.
    """
    sns.set_theme(
        style="whitegrid",
        font_scale=1.5,
        rc={
            "figure.figsize": (NARROW, HEIGHT),
            "figure.dpi": 100,
            "figure.titlesize": 18,
            "figure.titleweight": "bold",
            "figure.constrained_layout.use": True,
            "figure.constrained_layout.h_pad": 0.08,
            "figure.constrained_layout.w_pad": 0.08,
            "axes.titlesize": 17,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
            "axes.spines.left": False,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid.axis": "y",
            "grid.color": EMPTY,
            "grid.linewidth": 0.8,
            "legend.fontsize": 16,
            "lines.linewidth": 2.2,
            "lines.markersize": 8,
        },
    )
