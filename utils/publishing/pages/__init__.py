"""The series as web pages: `make html` writes one page for each notebook, and an index.

Each page holds all it needs. Formulas become MathML, which browsers draw by themselves, so nothing
is fetched and nothing is computed in the browser.
"""
