"""Figures.

colors   every color of the project
style    what each model looks like, sizes, the style sheet
labels   any word as a figure can show it
words    each word of a sentence in its own color
columns  words above the columns of a map
charts   a function for each kind of picture
"""

from utils.plots.charts import *  # noqa: F403
from utils.plots.colors import *  # noqa: F403
from utils.plots.style import *  # noqa: F403
from utils.plots.words import *  # noqa: F403
