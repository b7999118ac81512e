"""The questions for learning platforms, flash cards, polls and paper: `make questions`.

cards    a question ready to be written: its picture drawn, its texts as HTML
moodle   Moodle XML
qti      a package of IMS QTI 2.1
anki     flash cards
polls    tables of plain text: for polls, and which objective is practiced and asked where
exam     an exam on paper, and its solutions

What notebooks show may be given to students; what is kept for exams stands in a folder of its own.
"""
