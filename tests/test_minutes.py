"""Reading minutes: words, pictures and code to study; not what is folded or looked up."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from utils.publishing.minutes import main, reading_minutes

CODE = "a = 1\nb = 2\n\nc = 3\nd = 4"
PICTURE = new_output("display_data", data={"image/png": "aGk="})


def minutes(*cells):
    return reading_minutes(new_notebook(cells=list(cells)))


def test_words_count():
    assert minutes(new_markdown_cell("word " * 300)) == pytest.approx(1.5)
    assert (
        minutes(new_markdown_cell('<details class="answer">\n' + "word " * 300 + "</details>")) == 0
    )


def test_pictures_and_code_to_study_count():
    assert minutes(new_markdown_cell("![A map](map.png)")) == 0.5
    assert minutes(new_code_cell(CODE)) == 0.5
    assert minutes(new_code_cell(CODE, outputs=[PICTURE])) == 1
    assert minutes(new_code_cell(CODE, metadata={"jupyter": {"source_hidden": True}})) == 0
    assert minutes(new_code_cell("a = 1\n\nb = 2\nc = 3")) == 0


@pytest.mark.parametrize("heading", ["## Exercises", "## What does every symbol mean, and so on?"])
def test_exercises_and_tables_to_look_up_do_not_count(heading):
    before, after = (new_markdown_cell("word " * 300) for _ in range(2))
    assert minutes(before, new_markdown_cell(f"{heading}\n\nword"), after) == 1.5


def test_the_command_lists_every_notebook(capsys):
    assert main() == 0
    assert "00_start_here" in capsys.readouterr().out
