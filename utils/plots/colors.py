"""Every color of the project: figures, explorers and pages take theirs from here.

Style sheets cannot: a test checks that each color in them is one of these.
"""

# One for each model, which color-blind readers can tell apart (Okabe and Ito 2008).
PALETTE = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#56B4E9")
TRANSFORMER = "#000000"
ACCENT = "#E69F00"  # what is no model, but stands out: a query, for example

INK = "#222222"  # words and lines
NEUTRAL = "#555555"  # what belongs to no model, in figures
QUIET = "#595959"  # the faintest color that words can be read in: contrast 7 on white
FRAME = "#767676"  # the faintest color that a border can be seen in: contrast 4.5 on white
NEXT = "#888888"  # bars of the words that may come next
FAINT = "#BBBBBB"  # lines that lead the eye
EMPTY = "#DDDDDD"  # lines between cells; padding
TRACK = "#F2F2F2"  # what a bar would fill
GROUND = "#FFFFFF"  # behind a picture; words on a dark shape

HIGHLIGHT = "#B34700"  # where to look
WRONG = "#B00020"  # a word that the reference does not have
LINK = "#0B5394"
WORD = "#8CCBF0"  # a position that is no padding
