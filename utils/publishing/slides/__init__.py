"""The series as slides: `make slides` writes a deck for each notebook, to be shown at 1280 × 720.

The notebooks say which cells are shown: their slide types can be changed in JupyterLab, in the
property inspector. A slide has less room than a page. So of a paragraph it shows the first
sentences, and of a figure the picture without its code; the whole text stands in the speaker's
notes (key S). What does not fit begins a new slide. Quick questions become one slide each.
"""
