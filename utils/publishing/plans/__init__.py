"""Plans for teachers: which sections in which minutes, and what the class does with them.

sections     the sections of a notebook, with their slides, and the minutes to read them aloud
lessons      the plans in data/plans.toml
tables       the plans as Markdown, for the teacher's guide
"""
