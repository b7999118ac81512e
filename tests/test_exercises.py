"""Exercises: every solution passes, every mistake gets its own hint, and a stub gets none."""

import re

import numpy as np
import pytest
import torch

from utils.exercises import MODULES, check, exercises_of
from utils.exercises.verdicts import (
    NOT_ATTEMPTED,
    RETURNS_NOTHING,
    Design,
    Mistake,
    Open,
    Predict,
    Verdict,
    Write,
    same,
)

EVERY = {number: each for name in MODULES for number, each in exercises_of(name).items()}
ALL = {number: each for number, each in EVERY.items() if not isinstance(each, Open)}
MISTAKES = [
    pytest.param(each, mistake, id=f"{number}-{i}")
    for number, each in ALL.items()
    if not isinstance(each, Design)  # those are in tests/test_designs.py
    for i, mistake in enumerate(each.mistakes)
]
WRITTEN = {number: each for number, each in ALL.items() if isinstance(each, Write)}
every_exercise = pytest.mark.parametrize("exercise", ALL.values(), ids=ALL)


@every_exercise
def test_the_solution_passes(exercise):
    assert exercise.judge(exercise.solution) == Verdict(True, exercise.praise)


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES)
def test_a_mistake_gets_its_own_hint(exercise, mistake):
    assert exercise.judge(mistake.answer) == Verdict(False, mistake.hint)


@every_exercise
def test_each_exercise_knows_at_least_two_mistakes(exercise):
    assert isinstance(exercise, Design) or len(exercise.mistakes) >= 2


@every_exercise
@pytest.mark.parametrize("stub", [None, ...], ids=["None", "dots"])
def test_a_stub_is_not_attempted(exercise, stub):
    assert exercise.judge(stub) == NOT_ATTEMPTED


@pytest.mark.parametrize("exercise", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("stub", [lambda *_: None, lambda *_: ...], ids=["None", "dots"])
def test_a_function_that_returns_nothing_is_not_attempted(exercise, stub):
    assert exercise.judge(stub) == RETURNS_NOTHING


@pytest.mark.parametrize("exercise", WRITTEN.values(), ids=WRITTEN)
def test_an_answer_copied_from_one_example_does_not_pass(exercise):
    example = exercise.solution(*exercise.inputs(0))
    assert exercise.judge(lambda *_: example).right is False


@every_exercise
def test_messages_are_short_sentences(exercise):
    hints = []
    if not isinstance(exercise, Design):
        hints = [exercise.hint, *(mistake.hint for mistake in exercise.mistakes)]
    for message in [exercise.praise, *hints]:
        assert len(message) <= 200
    assert exercise.praise.startswith("Right.")
    assert re.search(r"[.?)]$", exercise.praise)


@pytest.mark.parametrize("notebook", MODULES)
def test_a_notebook_has_three_to_six_exercises_numbered_from_one(notebook):
    numbers = list(exercises_of(notebook))
    assert 3 <= len(numbers) <= 6
    assert numbers == [f"{notebook}.{i}" for i in range(1, len(numbers) + 1)]


@pytest.mark.parametrize("number", ["99.1", "05.9", "five", "", 5.9])
def test_an_exercise_that_is_not_there_raises_a_clear_error(number):
    with pytest.raises(ValueError, match="there is no exercise"):
        check(number, None)


def test_a_checked_answer_comes_with_a_button_that_opens_another():
    shown = check("05.1", None)._repr_html_()
    assert shown.startswith("<p>○ Not attempted yet.</p><details>")
    assert "<pre>my_query = torch.tensor([1.0, 1.0])</pre>" in shown
    assert Verdict(True, "1 < 2")._repr_html_() == "<p>✓ 1 &lt; 2</p>"


def test_an_open_exercise_is_graded_by_the_one_who_wrote_it():
    essay = Open("two points for a number.", words=3)
    assert essay.judge(None) == essay.judge(...) == essay.judge(" ") == NOT_ATTEMPTED
    assert essay.judge("too short") == Verdict(
        None, "Go on: 3 words or more say enough to be graded."
    )
    said = Verdict(None, "Grade it yourself: two points for a number.", handed_in=True)
    assert essay.judge("long enough now") == essay.judge([1, 2]) == said


def test_a_verdict_is_shown_as_a_sentence():
    assert repr(NOT_ATTEMPTED) == "○ Not attempted yet."
    assert repr(Verdict(True, "Right.")) == "✓ Right."
    assert repr(Verdict(False, "A hint.")) == "✗ A hint."


DOUBLE = Write(
    solution=lambda x: 2 * x,
    inputs=lambda seed: (torch.arange(3.0) + seed,),
    mistakes=(Mistake(lambda x: x**2, "You square."),),
    hint="Multiply by two.",
    praise="Right.",
)


def test_the_verdict_shows_what_a_function_raised():
    verdict = DOUBLE.judge(lambda x: x[7])
    assert verdict.right is False
    assert verdict.message.startswith("Your function stopped with IndexError: ")


def test_a_function_that_says_it_is_a_stub_is_one():
    def stub(x):
        raise NotImplementedError

    assert DOUBLE.judge(stub) == NOT_ATTEMPTED


def test_a_pytorch_error_is_not_a_stub():
    """PyTorch raises NotImplementedError for operations that some dtypes don't support."""

    def fail(x):
        raise NotImplementedError('"softmax" not implemented for Bool')

    assert DOUBLE.judge(fail).message.startswith("Your function stopped with NotImplementedError")


def test_a_value_may_be_a_tensor_an_array_or_a_string():
    rows = Predict([[1, 2], [3, 4]], (), "Look again.", "Right.")
    for answer in (torch.tensor([[1, 2], [3, 4]]), np.array([[1, 2], [3, 4]]), ((1, 2), (3, 4))):
        assert rows.judge(answer).right
    assert rows.judge([torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])]).right
    tenth = Predict(0.1, (), "Look again.", "Right.")
    assert tenth.judge("0.1").right and tenth.judge(torch.tensor(0.1)).right
    assert not tenth.judge("a tenth").right and not tenth.judge(10**400).right


def test_an_answer_with_a_gradient_can_be_judged():
    weight = torch.ones(2, requires_grad=True)
    total = Design(None, lambda parts: None if parts[0].sum() == 4 else "Look again.", "Right.")
    assert total.judge((2 * weight, 1)).right


def test_parts_in_the_wrong_order_or_number_are_reported():
    pair = Write(lambda x: (x, x.sum()), DOUBLE.inputs, (), "Look again.", "Right.")
    assert pair.judge(lambda x: x).message.startswith("Return 2 things")
    assert pair.judge(lambda x: (x.sum(), x)).message.startswith("You return shape ()")


def test_another_kind_of_answer_is_named():
    assert "not str" in check("04.1", "abc").message
    assert "2 entries, and 3 are wanted" in check("04.1", [0.9, 0.1]).message
    assert "number, not 'a'" in check("04.1", ["a", 0.1, 0.0]).message
    assert "scores" in check("04.1", [7, 5, 3]).message
    assert check("04.1", [0.87, 0.12, 0.02]).right


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (5, "The answer must be a function"),
        (lambda x: 2 * x[:2], "You return shape (2,) where (3,) is wanted. Multiply by two."),
        (lambda x: 1.0, "You return float where a tensor is wanted. Multiply by two."),
        (lambda x: 2 * x > 0, "You return a tensor of bool where float32 is wanted. Multiply"),
        (lambda x: x, "Multiply by two."),
    ],
)
def test_other_answers_show_what_differs(answer, said):
    assert DOUBLE.judge(answer).message.startswith(said)


def test_an_answer_cannot_spoil_the_inputs():
    def spoil(x):
        result = 2 * x
        x.zero_()
        return result

    assert DOUBLE.judge(spoil).right


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, 1.0, True),
        (0.33333, 1 / 3, True),
        (0.3, 1 / 3, False),
        ("Brief ", "brief", True),
        ([1, 2], (1, 2), True),
        ([1, 2], [1, 2, 3], False),
        ({"a": 1.0}, {"a": 1}, True),
        ({"a": 1.0}, {"b": 1}, False),
        (torch.ones(2), torch.ones(2, dtype=torch.float64), True),
        (torch.ones(2), torch.ones(3), False),
        (torch.tensor([True, False]), torch.tensor([1, 0]), False),
        (torch.tensor(2.0), 2, True),
        (torch.ones(2), 1, False),
        ("1", 1, False),
        ({1, 2}, {2, 1}, True),
        (None, None, True),
        (True, "True", False),
    ],
)
def test_equal_answers_may_be_written_differently(one, other, equal):
    assert same(one, other) is same(other, one) is equal
