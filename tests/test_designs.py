"""Exercises with many right answers: every wrong one gets the hint that fits it."""

import pytest
import torch

from utils.exercises import check, exercises_of
from utils.exercises.catalog import MODULES
from utils.exercises.comparing import LEADS
from utils.exercises.fixed_vector import cell_with
from utils.exercises.general import TOY_W
from utils.exercises.searching import GROWING
from utils.exercises.transformer import LOOK_BACK
from utils.exercises.verdicts import Design


def toy_with(row, column, entry):
    """The toy's W of 06.1 with one entry changed."""
    matrix = TOY_W.clone()
    matrix[row, column] = entry
    return matrix


def look_back(factor=1.0, shift=-1):
    """Queries of 12.5 that ask, as loudly as `factor` says, for the word `shift` places away."""
    return factor * torch.eye(LOOK_BACK).roll(shift, dims=0), torch.eye(LOOK_BACK)


def units(W1=(2, 2, 2), W2=(2, 2, 2), b=(-3, -3, -3), v=(2, 2, 2)):
    """Hidden units of 07.3: W1 and W2 with these diagonals, and b and v."""
    W1, W2, b, v = (torch.tensor(numbers, dtype=torch.float) for numbers in (W1, W2, b, v))
    return W1.diag(), W2.diag(), b, v


FAULTS = {  # wrong answers, and how the hint for each begins
    "02.4": [
        ("z = 1", "Hand over the cell itself"),
        (cell_with(1, 5.0), "Nearly: z is"),
        (cell_with(1, -20.0), "z is near 0, so each word overwrites the state."),
        (cell_with(0, 20.0), "You moved the reset gate r."),
        (cell_with(0, 0.0), "After 100 words the state has moved"),
    ],
    "03.2": [
        ("Tom liest das Buch .", "Write a list of two or more pieces"),
        ([("das Zebra", "the zebra"), ("liest", "reads")], "Not in the vocabulary: Zebra."),
        ([("Tom liest", "Tom reads"), *[(", und Anna", ", and Anna")] * 5], "These are 18 words"),
        (
            [("Tom liest", "Tom reads"), ("das Buch", "a book")],
            'Dot attention writes "Tom reads the book."',
        ),
        ([("Tom liest", "Tom reads"), ("das Buch", "the book")], "All 5 words are right"),
    ],
    "04.3": [
        ([0.0, 1.0, 0.0], "s_0 has two numbers here"),
        ([1.0, -1.0], 'The first word is "knowledge"; the weights are zhīshi 0.87'),
        ([0.0, 1.0], 'The first word is "is"; the weights are zhīshi 0.06'),
        ([-0.2, 0.2], 'The first word is "is", though lìliàng has the largest weight'),
    ],
    "05.1": [
        (torch.tensor([0.0, 0.0]), "Then all weights are equal, the third word's as well."),
        (torch.tensor([1.0, 0.5]), "Words 1 and 2 have the scores 1.00 and 0.50."),
        (torch.tensor([1.0, 1.0, 1.0]), "A query has two numbers here"),
    ],
    "05.5": [
        ("", "There is no word in your sentence yet"),
        ("der hund schläft .", "You wrote words that no model knows (hund)"),
        ("der Lehrer liest das Buch .", "All three agree, so dot attention held."),
        ("der Lehrer liest , und " * 6 + "Anna wartet .", "That makes 33 words"),
    ],
    "06.1": [
        (toy_with(0, 1, -5.0), "You moved the score of Lehrer, and der stays at -1."),
        (toy_with(0, 2, -5.0), "You moved the score of liest, and der stays at -1."),
        (toy_with(1, 0, 9.0), "The second row counts if a verb is needed."),
        (toy_with(0, 0, 1.0), "The entry is right, but not its size"),
        (TOY_W, "0 entries differ from the toy's W."),
    ],
    "07.3": [
        ((torch.eye(3)[:2], torch.eye(2), torch.ones(2), torch.ones(2)), "W1 has shape (2, 3)."),
        ((torch.eye(3), torch.eye(3)[:, :2], torch.ones(3), torch.ones(3)), "W2 has shape (3, 2)."),
        (units(W2=(0, 2, 2)), "If an article is needed, der gets 0.33"),
        (units(v=(0, 2, 2)), "If an article is needed, der gets 0.24"),
        (torch.eye(3), "Hand over four tensors"),
    ],
    "08.2": LEADS,
    "08.5": [
        ([1.0, 1.5, 2.0, 2.5, 3.0], "The mean is 2.0, and the interval, 1.0 to 3.0,"),
        ([4.0, 5.0, -22.0, 3.0, 4.0], "Not all five seeds favor the new model"),
        ([1.0, 20.0], "Give five numbers, one for each seed. There are 2."),
    ],
    "09.4": [
        (0.3, "With 0.3 the model still writes “book”."),
        (0.9, "It writes “letter”, but with less weight it does so as well."),
        (55, "A weight lies between 0 and 1"),
    ],
    "10.4": [
        ({(): GROWING[()]}, "A beam of 2 finds p = 0.400, and a beam of 1 has found 0.400."),
        (
            {(): {"a": 0.6, "the": 0.4}, ("a",): {"dog": 0.3, "cat": 0.4, "bird": 0.3}},
            "A beam of 3 finds p = 0.400, and a beam of 2 has found 0.400.",
        ),
        ({(): {"a": 0.5}}, "That is not a table yet: what follows () is not a distribution"),
        ({(): {"a": 1.0}, "a": {"dog": 1.0}}, "The words so far are a tuple."),
        ({"a": 0.6, "the": 0.4}, "A table is a dictionary of dictionaries"),
    ],
    "12.5": [
        (look_back(10.0, shift=1), "Word 2 looks at word 3, and not at word 1"),
        (look_back(10.0, shift=0), "Word 2 looks at word 2, and not at word 1"),
        (look_back(1.0), "Word 2 looks the right way, but only with"),
        ((torch.eye(3), torch.eye(3)), "Both must be tensors of shape (5, 5)"),
        (torch.eye(LOOK_BACK), "Hand over two tensors"),
    ],
}


@pytest.mark.parametrize(
    ("number", "answer", "hint"),
    [
        pytest.param(number, answer, hint, id=f"{number}-{i}")
        for number, faults in FAULTS.items()
        for i, (answer, hint) in enumerate(faults)
    ],
)
def test_a_wrong_answer_gets_the_hint_that_fits_it(number, answer, hint):
    verdict = check(number, answer)
    assert verdict.right is False
    assert verdict.message.startswith(hint)


@pytest.mark.parametrize("notebook", MODULES)
def test_each_design_is_tried_with_at_least_two_wrong_answers(notebook):
    for number, exercise in exercises_of(notebook).items():
        if isinstance(exercise, Design):
            assert len(FAULTS[number]) >= 2
