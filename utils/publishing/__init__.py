"""What is made of the notebooks.

editions    the notebooks read, and what is made of them written where people work
first_cell  the notebooks' first cell, and the project's address, written everywhere
notebooks   `make notebooks`: run the notebooks and save them with their outputs
classroom   the edition without answers: `make classroom`
pages       the series as web pages: `make html`
figures     all figures on one page: `make figures`
slides      the series as slides: `make slides`
animation   the moving picture of the README: `make animation`
"""
