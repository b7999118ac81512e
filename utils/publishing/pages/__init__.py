"""The series as web pages: `make html` writes one page for each notebook, and an index.

Each page holds all it needs. Formulas become MathML, which browsers draw on their own: the page
fetches nothing and runs no script.
"""
