"""The series as slides: `make slides` writes a deck for each notebook, to be shown at 1280 × 720.

pictures  pictures without margins and titles, or a part of one
plan      what a cell puts on slides, as its metadata say
render    texts, code and outputs as HTML
links     which slide a link leads to
deck      the slides of a notebook, and the page that shows them

A cell's metadata say what it shows: under "slideshow", which JupyterLab's property inspector can
change, whether it begins a slide, goes on, fades in or is skipped; under "slide", if a slide needs
other words than the page, its title, its text, which lines of code, and what to say.
"""
