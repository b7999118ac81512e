"""The series as slides: `make slides` writes a deck for each notebook, to be shown at 1280 × 720.

The notebooks say which cells to show: their slide types can be changed in JupyterLab, in the
property inspector. A slide has less room than a page, so it shows the first sentences of a
paragraph, and a figure without its code; the speaker's notes (key S) have the whole text. What does
not fit begins a new slide. Each quick question has a slide of its own.
"""
