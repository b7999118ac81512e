"""The teacher's guide: its plans hold, and its numbers are those of the notebooks."""

import re
from dataclasses import replace

import pytest

from utils.publishing.plans import __main__ as command
from utils.publishing.plans.lessons import Block, Lesson, Plan, faults, read_plans
from utils.publishing.plans.sections import (
    DRAG,
    SPOKEN,
    chosen,
    exercise_minutes,
    minutes_of,
    notebooks,
    sections_of,
)
from utils.publishing.plans.tables import table
from utils.publishing.slides.deck import Slide, guide_to
from utils.system.paths import NOTEBOOKS

GUIDE = command.GUIDE.read_text(encoding="utf-8")
PLANS = read_plans()
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
ELSEWHERE = re.compile(r"\]\([^)]*\)|\b\d\d\.\d\b|^\*\*Minutes\.\*\*.*", re.MULTILINE)
NOTEBOOK_NUMBERS = sorted(path.name[:2] for path in NOTEBOOKS.glob("[0-9]*.ipynb"))
SECTION = "Equation (5): mix the states"
GOOD = Block(10, "listens", "04", [SECTION], ["04.1"])


def plan_of(*blocks, minutes=None):
    total = sum(block.minutes for block in blocks)
    return Plan("Toy", "", [Lesson(minutes or total, list(blocks))])


# --- the plans ---


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.title)
def test_a_plan_holds(plan):
    assert list(faults(plan)) == []


def test_the_guide_has_the_plans_as_they_are():
    assert command.with_plans(GUIDE, PLANS) == GUIDE, "run python -m utils.publishing.plans"


def test_a_plan_without_a_heading_in_the_guide_is_refused():
    with pytest.raises(ValueError, match="no heading"):
        command.with_plans("# Guide\n", PLANS)


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        (plan_of(GOOD, minutes=11), "add up to 10 minutes, not 11"),
        (plan_of(replace(GOOD, minutes=1)), "do not fit into 1"),
        (plan_of(replace(GOOD, exercises=["05.1"])), "05.1 comes before"),
        (plan_of(GOOD, Block(2, "votes", polls=["04-which-is-the-query"])), "was taught"),
        (plan_of(Block(2, "votes", polls=["04-shape-of-the-context"]), GOOD), "was taught"),
        (plan_of(replace(GOOD, sections=["Is this the autocorrelation of h?"])), "no slide"),
    ],
)
def test_a_plan_that_cannot_hold_is_found_out(plan, fault):
    (found,) = faults(plan)
    assert fault in found


def test_a_poll_may_ask_what_was_taught_before():
    poll = Block(1, "votes", polls=["04-shape-of-the-context"])
    assert list(faults(plan_of(GOOD, poll))) == []


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        (replace(GOOD, sections=["Equation (99)"]), "no heading"),
        (replace(GOOD, sections=[f"{SECTION} .. The numbers"]), "comes first"),
        (replace(GOOD, exercises=["04.99"]), "no exercise"),
        (replace(GOOD, exercises=["x"]), "no exercise"),
        (replace(GOOD, polls=["04-unknown"]), "no quick question"),
    ],
)
def test_what_is_not_there_is_named(block, problem):
    with pytest.raises(ValueError, match=problem):
        list(faults(plan_of(block)))


def test_a_wrong_key_is_named(tmp_path):
    path = tmp_path / "plans.toml"
    toy = '[[plan]]\ntitle = "Toy"\nabout = ""\nlessons = [{minute = 3, blocks = []}]\n'
    path.write_text(toy, encoding="utf-8")
    with pytest.raises(ValueError, match=r"plans\.toml.*minute"):
        read_plans(path)


# --- sections and minutes ---


def test_a_section_has_those_below_it():
    below = [section.heading for section in chosen("13", ["When it does not work"])]
    assert "The loss does not fall: a checklist" in below and len(below) > 2
    assert "The family: what to do with a score" not in below


@pytest.mark.parametrize("number", NOTEBOOK_NUMBERS)
def test_every_slide_but_the_quick_questions_is_in_one_section(number):
    slides = [slide for section in sections_of(number) for slide in section.slides]
    assert len(slides) == len(set(slides))
    everything = set(range(1, max(slides) + 1))
    assert len(everything - set(slides)) == (number != "00")


def test_talk_is_slides_and_notes_or_the_notebook_where_it_says_more():
    slide = Slide("a", "A")
    slide.add("text", "<p>" + "word " * SPOKEN + "</p>", fade=False)
    slide.notes = ["word " * SPOKEN, "### 04 · what the guide says"]
    assert minutes_of([slide]) == minutes_of([slide], "word") == 2
    assert minutes_of([slide], "word " * (3 * SPOKEN)) == 3
    slide.add("explorer", "<div></div>", fade=False)
    assert minutes_of([slide]) == 2 + DRAG
    assert minutes_of([], "word " * SPOKEN) == 0


def test_a_table_names_slides_questions_and_explorers():
    whole = Block(60, "reads", "04")
    poll = Block(2, "votes", polls=["04-which-is-the-query", "04-shape-of-the-context"])
    text = table(plan_of(whole, poll))
    assert "ScoreCalculator" in text and "1 and 2 of 04" in text and "| 60–62 |" in text
    assert re.search(r"\| 1–\d+, \d+ \|", text)


# --- the paragraphs on each notebook ---


@pytest.mark.parametrize("number", NOTEBOOK_NUMBERS[1:])
def test_the_guide_adds_up_the_minutes_of_exercises(number):
    told = re.search(r"^\*\*Minutes\.\*\* \d+\D* plus (\d+)", guide_to(number), re.MULTILINE)
    assert int(told[1]) == sum(exercise_minutes(number).values())


@pytest.mark.parametrize("number", NOTEBOOK_NUMBERS)
def test_an_explorer_in_the_guide_is_in_its_notebook(number):
    there = {name for section in sections_of(number) for name in section.explorers}
    project = re.search(r"^- \*\*Project:\*\* (\w+)", guide_to(number), re.MULTILINE)
    assert project is not None
    assert project[1] in there | {"QuickQuestions", "No"}


def told(notebook):
    """Return all that a notebook says and shows, as text."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    data = [output.get("data", {}) for output in outputs]
    shown = [str(output.get("text", "")) for output in outputs]
    shown += [f"{each.get('text/plain')} {each.get('text/html', '')}" for each in data]
    return "\n".join([*(cell.source for cell in notebook.cells), *shown])


@pytest.mark.parametrize("number", NOTEBOOK_NUMBERS)
def test_every_number_in_the_guide_stands_in_its_notebook(number):
    text = ELSEWHERE.sub(" ", guide_to(number))
    there = {each.replace(",", "") for each in NUMBER.findall(told(notebooks()[number][1]))}
    own = {each.replace(",", "") for each in NUMBER.findall(text)} - {number}
    assert own - there == set()
