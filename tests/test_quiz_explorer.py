"""The quick questions: what a choice says, what counts, and what paper and a page show."""

import re

import pytest
import traitlets
from explorers import open_page
from lab import skip_without_browser
from playwright.sync_api import expect

from utils.exercises.questions import load_questions
from utils.widgets.live import engine_of
from utils.widgets.quiz import QuickQuestions

QUESTIONS = [
    {
        "text": f"Question {number}?",
        "options": [
            {"text": "Yes", "right": number == 1, "why": f"Why yes {number}."},
            {"text": "No", "right": number != 1, "why": f"Why no {number}."},
            {"text": "<b>Both</b>", "right": False, "why": f"Why both {number}."},
        ],
    }
    for number in (1, 2, 3)
]
RIGHT = [0, 1, 1]


def call(function, *arguments):
    return engine_of("quiz").call(function, *arguments)


def quiz_after(*answers):
    """Return the quiz after answers, each (question, option)."""
    quiz = {"questions": QUESTIONS, "chosen": [None] * 3, "first": [None] * 3}
    for number, option in answers:
        quiz = call("answerQuestion", quiz, number, option)
    return quiz


def notes_of(quiz, number):
    return [call("optionNote", quiz, number, option) for option in range(3)]


def test_nothing_is_explained_before_it_is_asked_for():
    assert notes_of(quiz_after((1, 1)), 0) == [{"verdict": "", "why": ""}] * 3


def test_a_wrong_choice_explains_itself_alone():
    notes = notes_of(quiz_after((0, 1)), 0)
    assert notes[1] == {"verdict": "Not this one.", "why": "Why no 1."}
    assert notes[0] == notes[2] == {"verdict": "", "why": ""}


def test_the_right_choice_explains_all():
    notes = notes_of(quiz_after((0, 0)), 0)
    assert [note["verdict"] for note in notes] == ["Right.", "Why not:", "Why not:"]
    assert [note["why"] for note in notes] == ["Why yes 1.", "Why no 1.", "Why both 1."]


def test_only_the_first_choice_counts():
    score = call("quizScore", quiz_after((0, 1), (0, 0), (1, 1)))
    assert score == {"asked": 3, "answered": 2, "first": 1, "missed": [0, 2]}


def test_the_score_tells_what_is_missing():
    say = "quizFinding"
    assert call(say, quiz_after((0, 0), (1, 1), (2, 1)), 3).startswith("3 of 3 at the first try.")
    found = call(say, quiz_after((0, 1), (0, 0), (1, 0)), 3)
    assert found == "0 of 3 at the first try, 1 right later, 1 still wrong, 1 not answered."


def test_trying_again_opens_the_missed_ones_and_keeps_the_first_try():
    quiz = call("retryMissed", quiz_after((0, 0), (1, 0), (2, 0), (2, 1)))
    assert quiz["chosen"] == [0, None, None]
    assert quiz["first"] == [0, 0, 0]
    assert call("nextQuestion", quiz, 0) == 1
    assert call("nextQuestion", call("answerQuestion", quiz, 2, 1), 1) == 3


def test_the_score_goes_on_with_what_is_not_right_yet():
    assert call("unfinishedQuestion", quiz_after()) == 0
    assert call("unfinishedQuestion", quiz_after((0, 0), (1, 0))) == 1
    assert call("unfinishedQuestion", quiz_after((0, 1), (0, 0), (1, 1), (2, 1))) is None


def test_no_choice_at_all_starts_over():
    quiz = call("takeChoices", quiz_after((0, 1)), [None] * 3)
    assert quiz["first"] == [None] * 3


def test_paper_has_every_question_and_folds_the_answers_away():
    paper = call("drawQuizPaper", QUESTIONS)
    asked, answers = paper.split("<details>")
    assert [f"Question {number}?" in asked for number in (1, 2, 3)] == [True] * 3
    assert "Why" not in asked and answers.count("<b>Right.</b>") == 3
    assert "&lt;b&gt;Both" in asked and "<b>Both" not in paper


def test_the_still_is_text_and_pictures_with_their_numbers():
    questions = QuickQuestions("05")
    html = questions.page_html()
    shown = [question.picture for question in questions.loaded if question.picture]
    alts = re.findall(r'<img width="\d+" alt="([^"]+)"', html)
    assert alts == [call("describeQuizPicture", picture) for picture in shown]
    assert questions.page_html(themed=True).count("<svg") == len(shown)
    assert html.count("<summary>") == 1
    assert 'data-explorer="quiz"' in html
    assert questions.page_options()["questions"] == questions.questions


def test_cells_can_choose():
    questions = QuickQuestions("05")
    questions.chosen = [1, None, 0, 2, None]
    questions.question = len(questions.loaded) + 1
    for name, value in (("chosen", [1]), ("chosen", [9, None, None, None, None]), ("question", 0)):
        with pytest.raises(traitlets.TraitError, match=name):
            setattr(questions, name, value)


def right_option(number):
    """Return the position of the right option of a question of notebook 05."""
    options = load_questions("05")[number].options
    return [option.right for option in options].index(True)


@pytest.mark.browser
def test_questions_are_answered_by_mouse(tmp_path):
    skip_without_browser()
    loaded = load_questions("05")
    with open_page(QuickQuestions("05"), tmp_path) as page:
        finding, radios = page.locator(".at-finding"), page.get_by_role("radio")
        wrong = (right_option(0) + 1) % len(loaded[0].options)
        expect(page.get_by_text(loaded[0].options[wrong].why).first).to_be_hidden()
        radios.nth(wrong).click()
        expect(page.locator(".at-why").nth(wrong)).to_have_text(
            f"Not this one. {loaded[0].options[wrong].why}"
        )
        radios.nth(right_option(0)).click()
        expect(page.locator(".at-why")).to_contain_text([each.why for each in loaded[0].options])
        for number in range(1, len(loaded)):
            page.get_by_role("button", name="Next question").click()
            expect(page.locator("legend")).to_have_text(loaded[number].text)
            radios.nth(right_option(number)).click()
        page.get_by_role("button", name="See the score").click()
        expect(finding).to_have_text(
            f"{len(loaded) - 1} of {len(loaded)} at the first try, 1 right later."
        )
        main = page.locator(".at-below .at-main")
        expect(main).to_have_text("Try again")
        page.locator(".at-score button").nth(1).click()
        expect(page.locator("legend")).to_have_text(loaded[1].text)
        page.get_by_role("button", name="Score", exact=True).click()
        main.click()
        expect(page.locator("legend")).to_have_text(loaded[0].text)
        expect(page.locator(".at-why").nth(wrong)).to_be_hidden()
        page.get_by_role("button", name="Reset").click()
        expect(finding).to_have_text(f"Question 1 of {len(loaded)}: choose one answer.")


@pytest.mark.browser
def test_the_score_leads_on_and_no_button_urges_to_skip(tmp_path):
    skip_without_browser()
    with open_page(QuickQuestions("05"), tmp_path) as page:
        radios, main = page.get_by_role("radio"), page.locator(".at-below .at-main")
        expect(main).to_have_count(0)
        radios.nth((right_option(0) + 1) % 3).click()
        expect(main).to_have_count(0)
        radios.nth(right_option(0)).click()
        expect(main).to_have_text("Next question")
        page.get_by_role("button", name="Score", exact=True).click()
        expect(main).to_have_text("Go on with question 2")
        marks = page.locator(".at-score li")
        states = [marks.nth(i).get_attribute("data-state") for i in range(4)]
        assert states == ["right", "open", "open", "open"]
        main.click()
        expect(page.locator("legend")).to_have_text(load_questions("05")[1].text)


@pytest.mark.browser
def test_questions_are_answered_by_keyboard(tmp_path):
    skip_without_browser()
    loaded = load_questions("05")
    with open_page(QuickQuestions("05"), tmp_path, theme="dark") as page:
        finding, radios = page.locator(".at-finding"), page.get_by_role("radio")
        radios.first.focus()
        for _ in range(len(loaded[0].options)):  # once around: moving is not choosing
            page.keyboard.press("ArrowDown")
        expect(radios.first).to_be_checked()
        expect(finding).to_contain_text("choose one answer")
        for _ in range(right_option(0)):
            page.keyboard.press("ArrowDown")
        expect(page.get_by_role("button", name="Check")).to_be_visible()
        page.keyboard.press("Enter")
        expect(finding).to_contain_text("right at the first try")
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Next question")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("legend")).to_have_text(loaded[1].text)
        expect(radios.first).to_be_focused()


@pytest.mark.browser
def test_paper_shows_all_questions_and_no_answer(tmp_path):
    skip_without_browser()
    with open_page(QuickQuestions("05"), tmp_path) as page:
        page.get_by_role("radio").nth(right_option(0)).click()
        page.emulate_media(media="print")
        for text, options, *_ in load_questions("05"):
            expect(page.locator(".at-paper").get_by_text(text)).to_be_visible()
            for why in (option.why for option in options):
                expect(page.get_by_text(re.compile(re.escape(why))).last).to_be_hidden()


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_belongs_to_its_question_and_errors_lead_to_the_section(tmp_path, theme):
    skip_without_browser()
    questions = QuickQuestions("09")
    first = questions.loaded[0]
    wrong = next(i for i, option in enumerate(first.options) if not option.right)
    with open_page(questions, tmp_path, theme) as page:
        picture = page.locator(".at-parts figure svg")
        expect(picture).to_have_attribute("aria-label", call("describeQuizPicture", first.picture))
        page.evaluate(
            """(heading) => document.body.insertAdjacentHTML("beforeend",
            `<h2 id="reread">${heading}</h2>`)""",
            first.reread,
        )
        page.get_by_role("radio").nth(wrong).click()
        page.get_by_role("button", name="Skip").click()
        expect(picture).to_have_count(0)
        page.get_by_role("button", name="Score", exact=True).click()
        links = page.locator(".at-reread a")
        expect(links).to_have_text([first.reread])  # what nobody answered need not be read again
        page.set_viewport_size({"width": 1280, "height": 300})
        links.first.click()
        expect(page.locator("#reread")).to_be_in_viewport()
