"""What is made from the notebooks.

editions     reads the notebooks, and writes what is made from them where people work
first_cell   writes the notebooks' first cell, and the project's address where it is named
notebooks    `make notebooks`: run the notebooks and save them with their outputs
leaks        finds answers that are left in a notebook
classroom    the edition without answers: `make classroom`
handout      the project without answers: `make handout`
slices       cuts out of a notebook what a piece of code needs
course       a course for nbgrader: `make nbgrader`
class_table  a table of a class, from the records that students handed in
explorers    what brings explorers to life on pages and slides
series       the notebooks' titles, minutes and questions, and the map
minutes      how long a notebook takes to read
pages        the series as web pages: `make html`
browser      the browser that prints
book         the series as EPUB and PDF: `make book`
figures      all figures on one page: `make figures`
slides       the series as slides: `make slides`
plans        plans for teachers, for the guide: which sections in which minutes
questions    the questions for learning platforms, flash cards, polls and exams: `make questions`
animation    the moving picture of the README: `make animation`
"""
