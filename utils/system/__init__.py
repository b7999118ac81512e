"""The machine: where files are, what may be missing, and what to say when something fails.

environment  is everything installed? standard library only
start        the first cell of every notebook: makes `import utils` find this project
paths        where things are in the project
failures     system errors as one clear sentence; how a command ends
limits       checks on the numbers and types that users pass in
sizes        how long a sentence may be, and how many share a batch
storage      files written atomically, and read without running code
"""
