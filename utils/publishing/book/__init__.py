"""The series as a book: `make book` writes it as EPUB 3 and as PDF.

places    where a page's links lead in the book
folds     what pages fold away stands at the back
chapters  a page's article as a chapter
cover     the cover
matter    what stands before and after the chapters
volume    the whole book, before it becomes a file
style     its style sheet and fonts
epub      the file for readers of electronic books
paper     the file to print

The chapters are the articles of the web pages; nothing is rendered a second time.
"""
