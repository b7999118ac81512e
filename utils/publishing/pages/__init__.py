"""The series as web pages: `make html` writes one page for each notebook, and a front page.

formulas    LaTeX becomes MathML
page        a notebook's cells, made ready: links, formulas, descriptions of figures
contents    the headings of a page
dark        figures in dark colors
pictures    figures as files that a page loads when the reader comes near
symbols     what symbols mean, and where they stand
terms       what the field's terms mean, and where a page first uses them
typography  signs as in print
article     the middle of a page
front       the front page
card        the picture that other sites show beside a link
assets      what all pages share: style sheet, scripts, fonts
search      what the search looks through
site        all of it together

Opened as files, without a network, everything works.
"""
