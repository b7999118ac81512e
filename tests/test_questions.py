"""The quick questions: one right option each, every option explained, and a text version."""

import pytest
from toy import REPOSITORY

from utils.exercises.questions import load_questions
from utils.widgets import QuickQuestions

NUMBERS = [path.stem[:2] for path in sorted((REPOSITORY / "notebooks").glob("*.ipynb"))][1:]
per_notebook = pytest.mark.parametrize("number", NUMBERS)


@per_notebook
def test_every_notebook_has_four_to_six_questions(number):
    assert 4 <= len(load_questions(number)) <= 6


@per_notebook
def test_each_question_has_one_right_option_and_explains_them_all(number):
    for text, options, *_ in load_questions(number):
        assert text.endswith(("?", ".", ":"))
        assert 3 <= len(options) <= 4
        assert sum(option.right for option in options) == 1
        assert len({option.text for option in options}) == len(options)
        for option in options:
            assert len(option.why) > 20 and option.why[-1] in ".?)"


def test_the_right_option_is_not_always_the_first():
    places = [
        options.index(next(option for option in options if option.right))
        for number in NUMBERS
        for _, options, *_ in load_questions(number)
    ]
    assert max(map(places.count, set(places))) < 0.6 * len(places)


def test_unknown_questions_are_refused():
    with pytest.raises(ValueError, match="there are no questions on notebook '99'"):
        load_questions("99")


def test_the_widget_hands_the_browser_all_it_needs():
    questions = QuickQuestions("05")
    loaded = load_questions("05")
    assert [entry["text"] for entry in questions.questions] == [each.text for each in loaded]
    assert questions.questions[0]["options"][0] == loaded[0].options[0]._asdict()
    assert questions.chosen == [None] * len(loaded)
    assert repr(questions) == "QuickQuestions: run the notebook to use it."
