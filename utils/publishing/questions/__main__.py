"""`make questions`: write the questions to build/questions/, those for exams in a folder there."""

from collections.abc import Iterator, Sequence

from utils.exercises.questions import EXAM, all_questions
from utils.publishing.editions import choose_folder, shown, write_edition
from utils.publishing.questions.anki import anki_package
from utils.publishing.questions.cards import Card, make_cards
from utils.publishing.questions.exam import exam_page, load_exam, solutions_page
from utils.publishing.questions.moodle import moodle_xml
from utils.publishing.questions.polls import objective_table, poll_table
from utils.publishing.questions.qti import qti_package
from utils.system.failures import run

SERIES = "Attention"


def for_everybody(cards: Sequence[Card]) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each file made from the questions that notebooks show."""
    yield "moodle.xml", moodle_xml(cards, SERIES)
    yield "qti.zip", qti_package(cards, "attention", SERIES)
    yield "anki.apkg", anki_package(cards, SERIES)
    yield "polls.csv", poll_table(cards)
    for picture in (card.picture for card in cards):
        if picture is not None:
            yield f"pictures/{picture.file}", picture.png


def for_teachers(cards: Sequence[Card]) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each file made from the questions kept for exams."""
    exam = load_exam(cards)
    yield "exam/moodle.xml", moodle_xml(cards, f"{SERIES}, exam")
    yield "exam/qti.zip", qti_package(cards, "attention-exam", f"{SERIES}, exam")
    yield "exam/exam.html", exam_page(exam)
    yield "exam/solutions.html", solutions_page(exam)


def edition(asked: Sequence[Card], kept: Sequence[Card]) -> Iterator[tuple[str, bytes]]:
    """Yield every file; those for exams only if a teacher has left data/exam in its place."""
    yield from for_everybody(asked)
    questions = ([card.question for card in cards] for cards in (asked, kept))
    yield "objectives.csv", objective_table(*questions)
    if kept:
        yield from for_teachers(kept)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write every file; return the exit code."""
    what = "Write the questions for Moodle, QTI 2.1, Anki and polls, and an exam on paper."
    folder = choose_folder("utils.publishing.questions", "questions", what, arguments)
    asked, kept = make_cards(all_questions()), make_cards(all_questions(EXAM))
    lines = write_edition(edition(asked, kept), folder)
    print(
        f"{len(asked)} questions in {shown(folder)}/, {len(kept)} more for exams in exam/",
        *lines,
        sep="\n",
    )
    return 0


if __name__ == "__main__":
    run(main)
