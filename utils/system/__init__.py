"""The machine: where things lie, what may be missing, and what to say when something is refused.

environment  is everything there? standard library only
start        the first cell of every notebook: this project's code, wherever it was opened
paths        where things lie in the project
failures     what the system refuses, in one sentence; how a command ends
limits       numbers that a person chooses, checked
sizes        how long a sentence may be, and how many are worked on together
storage      files that are written whole or not at all
"""
