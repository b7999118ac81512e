"""The series as web pages: `make html` writes one page for each notebook, and an index.

Formulas become MathML, which browsers draw on their own. The explorers' scripts lie beside the
pages: opened as files, without a network, everything works.
"""
