"""The quick questions: one right option each, every option explained, and a text version."""

import copy
import math
import re
import tomllib

import nbformat
import pandas as pd
import pytest
from toy import REPOSITORY

from utils.exercises.pictures import FIELDS, check_picture
from utils.exercises.questions import load_questions, read_question
from utils.experiments.seeds import mean_interval
from utils.widgets import QuickQuestions
from utils.widgets.live import engine_of

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


# --- pictures ---

PICTURES = [
    (number, question.picture)
    for number in NUMBERS
    for question in load_questions(number)
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
    options = [{"text": "Yes", "right": True, "why": "So it is."}]
    entry = {"text": "Why?", "option": options, "picture": {"kind": "photo"}}
    with pytest.raises(ValueError, match=r"05.toml, 'Why\?': a picture needs a kind"):
        read_question(entry, "05.toml, 'Why?'")


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


@per_notebook
def test_what_to_reread_is_a_heading_of_the_notebook(number):
    path = next((REPOSITORY / "notebooks").glob(f"{number}_*.ipynb"))
    notebook = nbformat.read(path, as_version=4)
    lines = "\n".join(each.source for each in notebook.cells if each.cell_type == "markdown")
    headings = {line.replace("`", "") for line in re.findall(r"^##+ (.+)$", lines, re.MULTILINE)}
    assert {question.reread for question in load_questions(number)} <= headings


def test_the_data_page_documents_every_kind_of_picture():
    page = (REPOSITORY / "data" / "README.md").read_text(encoding="utf-8")
    block = page.split("## questions")[1].split("\n## ")[0]
    example = re.search(r"```toml\n(.*?)```", block, re.DOTALL)[1]
    read_question(tomllib.loads(example)["question"][0], "README")
    for kind, (needed, allowed) in FIELDS.items():
        line = next(each for each in block.splitlines() if each.startswith(f"| `{kind}`"))
        assert all(f"`{field}`" in line for field in needed | allowed)
