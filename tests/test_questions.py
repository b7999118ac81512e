"""The quick questions: one right option each, every option explained, and a text version."""

import copy
import itertools
import math
import re
import tomllib
from collections import Counter
from fractions import Fraction
from functools import cache

import nbformat
import pandas as pd
import pytest
from toy import REPOSITORY

from utils.exercises import MODULES, exercises_of
from utils.exercises.objectives import load_objectives
from utils.exercises.pictures import FIELDS, check_picture
from utils.exercises.questions import EXAM, SHOWN, all_questions, load_questions, read_question
from utils.experiments.seeds import mean_interval
from utils.widgets import QuickQuestions
from utils.widgets.live import engine_of

NUMBERS = [path.stem[:2] for path in sorted((REPOSITORY / "notebooks").glob("*.ipynb"))][1:]
per_notebook = pytest.mark.parametrize("number", NUMBERS)


ASKED, KEPT = all_questions(SHOWN), all_questions(EXAM)
ALL = ASKED + KEPT
per_question = pytest.mark.parametrize("question", ALL, ids=lambda question: question.name)


@per_notebook
def test_every_notebook_shows_four_to_six_questions(number):
    assert 4 <= len(load_questions(number)) <= 6


def test_there_are_enough_for_several_exams():
    assert len(ALL) >= 90
    assert len(KEPT) >= 2 * 20
    assert {question.notebook for question in KEPT} == set(NUMBERS)


@per_question
def test_each_option_is_explained(question):
    assert question.text.endswith(("?", ".", ":"))
    whys = [option.why for option in question.options]
    assert all(len(why) > 20 and why[-1] in ".?)" for why in whys)
    assert len(set(whys)) == len(whys)


def test_no_question_is_asked_twice():
    names = [question.name for question in ALL]
    texts = [" ".join(re.findall(r"\w+", question.text.lower())) for question in ALL]
    assert len(set(names)) == len(names)
    assert len(set(texts)) == len(texts)


# --- nothing but the answer gives the right option away ---


def spread(chances):
    """Return two standard deviations of how often events with these chances happen."""
    return 2 * math.sqrt(sum(chance * (1 - chance) for chance in chances))


@pytest.mark.parametrize("questions", [ASKED, KEPT, ALL], ids=["shown", "for exams", "all"])
def test_length_says_nothing(questions):
    longest = shortest = 0
    for question in questions:
        right, *others = sorted(question.options, key=lambda option: not option.right)
        lengths = [len(option.text) for option in others]
        longest += len(right.text) > max(lengths)
        shortest += len(right.text) < min(lengths)
    chances = [1 / len(question.options) for question in questions]
    assert longest <= sum(chances)
    assert shortest <= sum(chances) + spread(chances)


@pytest.mark.parametrize("questions", [ASKED, KEPT, ALL], ids=["shown", "for exams", "all"])
@pytest.mark.parametrize("count", [3, 4])
def test_every_place_is_as_good_as_another(questions, count):
    places = [each.answer for each in questions if len(each.options) == count]
    chances = [1 / count] * len(places)
    for place in range(count):
        assert abs(places.count(place) - sum(chances)) <= spread(chances)


@pytest.mark.parametrize("folder", [SHOWN, EXAM], ids=["shown", "for exams"])
def test_no_two_notebooks_begin_alike(folder):
    begins = [tuple(each.answer for each in load_questions(n, folder)[:4]) for n in NUMBERS]
    assert len(set(begins)) == len(begins)


@pytest.mark.parametrize("folder", [SHOWN, EXAM], ids=["shown", "for exams"])
def test_no_place_is_right_three_times_running(folder):
    for number in NUMBERS:
        places = [question.answer for question in load_questions(number, folder)]
        assert not any(len(set(places[i : i + 3])) == 1 for i in range(len(places) - 2))


# --- objectives ---


@cache
def headings_of(number):
    """Return the headings of a notebook, without the marks of code."""
    path = next((REPOSITORY / "notebooks").glob(f"{number}_*.ipynb"))
    notebook = nbformat.read(path, as_version=4)
    lines = "\n".join(each.source for each in notebook.cells if each.cell_type == "markdown")
    return {line.replace("`", "") for line in re.findall(r"^##+ (.+)$", lines, re.MULTILINE)}


def test_every_section_that_an_objective_names_exists():
    for name, objective in load_objectives().items():
        assert objective.headings, name
        for number, headings in objective.headings.items():
            assert set(headings) <= headings_of(number), name


def test_objectives_and_exercises_cover_each_other():
    named = [number for objective in load_objectives().values() for number in objective.exercises]
    assert set(named) == {number for notebook in MODULES for number in exercises_of(notebook)}
    assert all(objective.exercises for objective in load_objectives().values())


def test_every_objective_is_asked_for_in_class_and_in_exams():
    for questions in (ASKED, KEPT):
        asked = {name for question in questions for name in question.objectives}
        assert set(load_objectives()) == asked


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


OPTIONS = [
    {"text": text, "right": text == "Yes", "why": "So it is."} for text in ("Yes", "No", "-")
]
ENTRY = {
    "id": "why-so",
    "text": "Why?",
    "reread": "Why",
    "objectives": ["mask"],
    "difficulty": 1,
    "option": OPTIONS,
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reread": None}, "a question needs reread"),
        ({"answer": "Yes"}, "a question has no answer"),
        ({"text": ""}, "text is a text, not ''"),
        ({"id": "Why so"}, "lower-case words with hyphens"),
        ({"objectives": []}, "objectives are ids of objectives.toml"),
        ({"objectives": ["flying"]}, "objectives are ids of objectives.toml, .*flying"),
        ({"difficulty": 4}, "difficulty is 1, 2 or 3, not 4"),
        ({"option": OPTIONS[:2]}, "three or four options, not 2"),
        ({"option": [*OPTIONS[1:], {**OPTIONS[1], "text": "?"}]}, "one option is right, not 0"),
        ({"option": [*OPTIONS, OPTIONS[1]]}, "two options have the same text"),
        ({"option": [*OPTIONS, {"text": "Perhaps"}]}, "an option has text, right and why"),
    ],
)
def test_what_is_wrong_with_a_question_is_said(changes, said):
    entry = {name: value for name, value in {**ENTRY, **changes}.items() if value is not None}
    with pytest.raises(ValueError, match=f"05.toml, question 3: .*{said}"):
        read_question(entry, "05", "05.toml, question 3")


# --- pictures ---

PICTURES = [
    (number, question.picture)
    for number in NUMBERS
    for question in load_questions(number) + load_questions(number, EXAM)
    if question.picture
]
per_picture = pytest.mark.parametrize(("number", "picture"), PICTURES)
SHARES = {"kind": "weights", "words": ["a", "b"], "weights": [0.4, 0.6]}


def test_every_notebook_asks_with_a_picture_and_every_kind_is_used():
    assert {number for number, _ in PICTURES} == set(NUMBERS)
    assert {picture["kind"] for _, picture in PICTURES} == set(FIELDS)


@per_picture
@pytest.mark.parametrize("width", [260, 420])
def test_pictures_are_drawn_and_said(number, picture, width):
    call = engine_of("quiz").call
    drawn, said = (
        call("drawQuizPicture", picture, width),
        call("describeQuizPicture", picture),
    )
    assert float(re.search(r'viewBox="0 0 (\S+) ', drawn)[1]) == width
    assert "NaN" not in drawn and "undefined" not in drawn + said
    words = [*picture.get("words", []), *picture.get("source", []), *picture.get("labels", [])]
    assert all(word in said for word in words)


@per_picture
def test_alt_text_says_every_number(number, picture):
    said = engine_of("quiz").call("describeQuizPicture", picture).replace("−", "-")
    found = [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", said)]
    given = [picture.get(name, []) for name in ("weights", "values", "states", "query", "interval")]
    for each in numbers_in(given):
        assert any(math.isclose(each, other, abs_tol=0.0051) for other in found)


def numbers_in(value):
    """Return all numbers in lists of lists."""
    if isinstance(value, list):
        return [number for each in value for number in numbers_in(each)]
    return [value]


def test_odd_words_in_pictures_are_never_executed():
    odd = {**SHARES, "words": ["<img src=x onerror=alert(1)>", "&amp;"]}
    drawn = engine_of("quiz").call("drawQuizPicture", odd, 400)
    assert "<img" not in drawn and "&lt;img" in drawn


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "photo"}, "a picture needs a kind, one of rows, map"),
        ({"words": None}, "needs words"),
        ({"color": "red"}, "has no color"),
        ({"words": []}, "words holds one text or more"),
        ({"words": ["a", 2]}, "words holds one text or more"),
        ({"weights": [1.0]}, "weights has a share for each word"),
        ({"weights": [0.5, 0.6]}, "weights has a share for each word"),
        ({"weights": [-0.5, 1.5]}, "weights has a share for each word"),
        ({"weights": [math.nan, 1]}, "weights has a share for each word"),
    ],
)
def test_what_is_wrong_with_a_picture_is_said(changes, said):
    picture = {name: value for name, value in {**SHARES, **changes}.items() if value is not None}
    with pytest.raises(ValueError, match=said):
        check_picture(picture)


@per_picture
def test_a_field_too_few_or_too_many_is_refused(number, picture):
    assert check_picture(picture) == picture
    for field in set(picture) & FIELDS[picture["kind"]][0]:
        broken = copy.deepcopy(picture)
        broken[field] = [[None]] if isinstance(picture[field], list) else None
        with pytest.raises(ValueError, match="a picture's"):
            check_picture(broken)


def test_a_wrong_picture_is_named_with_its_question():
    entry = {**ENTRY, "picture": {"kind": "photo"}}
    with pytest.raises(ValueError, match=r"05.toml, question 1: a picture needs a kind"):
        read_question(entry, "05", "05.toml, question 1")


def test_what_questions_say_about_their_pictures_is_true():
    seen = load_questions("09")[0]
    column = seen.picture["source"].index("gelesen")
    assert sum(row[column] for row in seen.picture["weights"]) == pytest.approx(2.1)
    assert "gelesen sum to 2.1" in seen.text
    seeds = load_questions("08")[1]
    values, interval = seeds.picture["values"], seeds.picture["interval"]
    mean, *ends = mean_interval(pd.Series(values))
    assert [round(end, 1) for end in ends] == interval and mean == pytest.approx(0.7)
    (batch,) = (each for each in load_questions("01") if each.picture)
    assert " ".join(batch.picture["rows"][0]) in batch.text
    chart = load_questions("03")[0]
    assert all(str(number) in chart.text for number in chart.picture["intervals"][-1])


@per_question
def test_what_to_reread_is_a_heading_of_the_notebook(question):
    assert question.reread in headings_of(question.notebook)


def test_the_data_page_documents_every_kind_of_picture():
    page = (REPOSITORY / "data" / "README.md").read_text(encoding="utf-8")
    block = page.split("## questions")[1].split("\n## ")[0]
    example = re.search(r"```toml\n(.*?)```", block, re.DOTALL)[1]
    read_question(tomllib.loads(example)["question"][0], "05", "README")
    for kind, (needed, allowed) in FIELDS.items():
        line = next(each for each in block.splitlines() if each.startswith(f"| `{kind}`"))
        assert all(f"`{field}`" in line for field in needed | allowed)


# --- answers that can be computed ---


def softmax(*scores):
    """Return the weights of scores, as fractions of 1 with small denominators."""
    powers = [math.exp(score) for score in scores]
    return [Fraction(power / sum(powers)).limit_denominator(100) for power in powers]


def context(weights, states):
    return tuple(
        sum(w * state[i] for w, state in zip(weights, states, strict=True)) for i in (0, 1)
    )


def holm(p_values, level=0.05):
    """Return how many p-values survive Holm's correction."""
    ordered = sorted(p_values)
    survives = [p * (len(ordered) - i) <= level for i, p in enumerate(ordered)]
    return [*survives, False].index(False)


def merges(counts):
    """Return the most frequent pair of neighbors."""
    pairs = Counter()
    for pieces, count in counts.items():
        for pair in itertools.pairwise(pieces):
            pairs[pair] += count
    return " + ".join(pairs.most_common(1)[0][0])


def best_arrow(query):
    """Return where the state points that a quarter turn to the left brings nearest to `query`."""
    arrows = {"up": (0, 1), "down": (0, -1), "left": (-1, 0), "right": (1, 0)}
    turned = {name: (-y, x) for name, (x, y) in arrows.items()}
    return max(
        turned, key=lambda name: sum(q * t for q, t in zip(query, turned[name], strict=True))
    )


LENGTHS = [4, 6, 6, 12]
WORDS = {
    ("hund",): 9,
    ("hund", "e"): 4,
    ("h", "and"): 5,
    ("s", "and"): 2,
}  # after four merges
COMPUTED = {
    "01-share-of-padding": str(1 - Fraction(sum(LENGTHS), len(LENGTHS) * max(LENGTHS))),
    "01-mask-of-a-row": str(sum(n != 1 for n in (7, 12, 84, 22, 0, 3, 1, 1, 1))),
    "02-perplexity-of-four": f"{math.prod([1 / 2, 1 / 2, 1 / 8, 1 / 8]) ** (-1 / 4):g}",
    "03-twenty-steps": f"About {0.9**20:.0%}",
    "04-weights-from-ln-two": ", ".join(map(str, softmax(0, 0, math.log(2)))),
    "04-mix-by-hand": str(
        tuple(map(int, context(softmax(math.log(2), 0, 0), [(4, 0), (0, 4), (4, 4)])))
    ),
    "05-error-rate": f"{1 - 2 * 4 / (5 + 6):.2f}",
    "05-typical-score": f"About {math.sqrt(64):g}",
    "06-entries-of-w": f"128 · 64 = {128 * 64:,}",
    "06-quarter-turn": f"The one that points {best_arrow((1, 0))}",
    "07-one-score-by-hand": "der" if 0.8 - 0.3 > 0.2 - 0.9 else "Lehrer",
    "07-parameters-of-a-score": str(5 * 4 + 5 * 3 + 5),
    "08-twenty-tests": {1: "One", 5: "Five"}[round(20 * 0.05)],
    "08-six-p-values": ["None", "One", "Two", "Three"][holm([0.004, 0.02, 0.03, 0.3, 0.5, 0.8])],
    "09-false-alarms": {0.8: "Four of five", 0.1: "One of ten"}[round((50 - 9) / 50, 1)],
    "10-what-greedy-misses": f"on and its word, with {max(0.5 * 0.3, 0.4 * 0.6):.2f}",
    "11-fifth-merge": merges(WORDS),
    "13-first-loss": f"About {math.log(50):.1f}",
    "13-said-twice": f"{0.5 + 0.2:g}",
}


@pytest.mark.parametrize("name", COMPUTED)
def test_the_right_option_is_what_one_computes(name):
    (question,) = (each for each in ALL if each.name == name)
    assert question.options[question.answer].text == COMPUTED[name]


def test_the_column_that_was_skipped_is_the_lightest():
    (question,) = (each for each in ALL if each.name == "11-sum-of-a-column")
    sums = [sum(column) for column in zip(*question.picture["weights"], strict=True)]
    word = question.picture["source"][sums.index(min(sums))]
    assert question.options[question.answer].text == word
    (why,) = (option.why for option in question.options if option.right)
    assert f"sums to {min(sums):.2f}" in why
