"""Screens of a final test, letter by letter, and at their longest."""

from dataclasses import replace

import pytest

from academy.messages.learning import CourseDone, LessonDone, LessonOffer, NothingNow
from academy.messages.testing import AboutTest, AnsweredInTest, AnswerKept, FinalTestDone
from bot.callback_data import encode
from bot.render import overflows
from bot.screen import View
from bot.screens import view
from i18n.catalog import translator
from lessons.markup import RichText
from tests.bot_screens.drawing import DAY, NOW, OFFER, ZONE

RIGHT = AnsweredInTest(
    prompt=RichText("What runs at night?"),
    verdict="right",
    chosen="Fans",
    answer="Fans",
    explain=RichText("Listen."),
)
WRONG = AnsweredInTest(
    prompt=RichText("How many kWh?"),
    verdict="wrong",
    chosen="12 kWh",
    answer="150 kWh",
    why=RichText("That is one night."),
    explain=RichText("kW × hours × nights."),
)
FAILED = FinalTestDone(
    assignment_id=41,
    enrollment_id=7,
    title="The test",
    percent=50,
    pass_percent=80,
    passed=False,
    answers=(RIGHT, WRONG),
    read_again=((2, "Heating"), (3, "Lamps")),
    attempts_left=1,
    next_at=NOW + DAY,
    again_at=NOW + 2 * DAY,
    zone=ZONE,
    facilitator="Iryna",
)
LONGEST = replace(
    FAILED,
    answers=tuple(
        replace(one, prompt=RichText("Ц" * 400), explain=RichText("Я" * 900)) for one in (RIGHT, WRONG) * 10
    ),
    read_again=tuple((number, "Ц" * 60) for number in range(1, 6)),
    take_now="again",
    given=3,
)


def shown(
    message: FinalTestDone | AnswerKept | LessonOffer | NothingNow | LessonDone | CourseDone,
    language: str = "en",
) -> View:
    return view(message, translator(language), now=NOW)


def labels(seen: View) -> list[list[str]]:
    return [[one.label for one in row] for row in seen.buttons]


def test_before_a_test_its_rules_are_told() -> None:
    about = AboutTest(questions=5, pass_percent=80, attempt=2, attempts=3)

    offer = shown(replace(OFFER, test=about))
    once = shown(replace(OFFER, test=replace(about, attempt=1, attempts=1, questions=1)))

    assert offer.text.text == (
        "Lesson 3: One degree less\n\nAbout 5 minutes.\n\n"
        "A test: 5 questions, one try each. 80% passes. Attempt 2 of 3."
    )
    assert once.text.text.endswith("A test: 1 question, one try each. 80% passes.")


def test_an_answer_is_kept_and_nothing_is_told_of_it() -> None:
    kept = AnswerKept(assignment_id=41, step=2, prompt=RichText("How many?"), chosen="12 kWh", last=False)

    seen = shown(kept)
    last = shown(replace(kept, chosen="", last=True))

    assert seen.text.text == "How many?\n\nYou answered: 12 kWh\n\nKept."
    assert labels(seen) == [["Continue"]]
    assert [encode(one.press) for row in seen.buttons for one in row if one.press] == ["l_go:15:2"]
    assert last.text.text == "How many?\n\nLeft out."
    assert labels(last) == [["See the result"]]


def test_a_failed_test_word_for_word() -> None:
    seen = shown(FAILED)

    assert seen.text.text == (
        "The test: 50%. Passing needs 80%.\n"
        "1 of 2 answered right.\n\n"
        "1. Right.\nWhat runs at night?\nListen.\n\n"
        "2. Not right.\nHow many kWh?\nYou answered: 12 kWh\nThat is one night.\n"
        "The answer is: 150 kWh\nkW × hours × nights.\n\n"
        "Worth reading again: 2. Heating and 3. Lamps\n\n"
        "1 attempt is left. The test comes again Wednesday 25 November, 09:00, "
        "with other questions where there are some.\n\n"
        "Next lesson: tomorrow 09:00."
    )
    assert labels(seen) == [["Lessons to read again"]]


@pytest.mark.parametrize(
    ("change", "ends"),
    [
        (
            {"attempts_left": 0, "again_at": None, "next_at": None},
            "That was the last attempt. Ask Iryna what comes next: /ask",
        ),
        (
            {"attempts_left": 0, "again_at": None, "next_at": None, "facilitator": ""},
            "That was the last attempt.",
        ),
        ({"attempts_left": 2, "again_at": None, "next_at": None}, "2 attempts are left."),
        (
            {"next_at": NOW + DAY, "again_at": NOW + DAY},
            (
                "1 attempt is left. "
                "The test comes again tomorrow 09:00, with other questions where there are some."
            ),
        ),
    ],
)
def test_what_comes_after_a_failed_one(change: dict[str, object], ends: str) -> None:
    seen = shown(replace(FAILED, **change))  # type: ignore[arg-type]  # fields of the parameters

    assert seen.text.text.endswith(f"\n\n{ends}")


def test_a_passed_test_has_nothing_to_press() -> None:
    seen = shown(replace(FAILED, percent=100, passed=True, answers=(RIGHT,), read_again=(), again_at=None))

    assert seen.text.text == (
        "The test: 100%. Passed.\n1 of 1 answered right.\n\n"
        "1. Right.\nWhat runs at night?\nListen.\n\nNext lesson: tomorrow 09:00."
    )
    assert labels(seen) == []


def test_a_failed_attempt_after_a_passed_one_changes_nothing() -> None:
    seen = shown(replace(FAILED, passed_before=True, attempts_left=0, again_at=None))

    assert "You have passed it before, and that counts." in seen.text.text
    assert "attempt" not in seen.text.text


def test_ahead_the_test_can_be_taken_again_at_once() -> None:
    seen = shown(replace(FAILED, take_now="again", given=3))

    assert labels(seen) == [["Take it again now"], ["Lessons to read again"]]
    assert [encode(one.press) for row in seen.buttons for one in row if one.press] == [
        "l_next:7:3",
        "l_lessons:7",
    ]


@pytest.mark.parametrize("language", ["en", "mn"])
@pytest.mark.parametrize("answers", [2, 4, 8, 20])
def test_the_longest_result_fits_one_message(language: str, answers: int) -> None:
    seen = shown(replace(LONGEST, answers=LONGEST.answers[:answers]), language)

    assert overflows(seen) == ()
    assert all(len(label) <= 28 for row in labels(seen) for label in row)


def test_too_long_the_right_ones_shrink_first_and_no_question_is_left_out() -> None:
    some = shown(replace(LONGEST, answers=LONGEST.answers[:4])).text.text
    many = shown(LONGEST).text.text

    assert "1. Right.\n\n2. Not right.\nЦЦЦ" in some
    assert "19. Right.\n20. Not right." in many
    assert "ЦЦЦЦЦЦ" not in many.split("Worth reading")[0]


def test_a_course_that_ends_before_its_last_lesson_says_so() -> None:
    ended = CourseDone(
        course="Tea", lessons=4, score_percent=40, passed=False, facilitator="", pass_percent=80, done=3
    )

    assert shown(ended).text.text == "Tea ends here: 3 of 4 lessons.\n\nFinal score: 40%. Passing needs 80%."


@pytest.mark.parametrize("language", ["en", "mn"])
def test_lessons_before_their_day_are_one_button(language: str) -> None:
    done = LessonDone(done=1, lessons=5, next_at=NOW + DAY, zone=ZONE, first=False, enrollment_id=7, given=1)
    nothing = NothingNow(reason="next_at", next_at=NOW + DAY, zone=ZONE, enrollment_id=7, given=1)

    for message in (done, nothing):
        seen = shown(message, language)
        assert [encode(one.press) for row in seen.buttons for one in row if one.press] == ["l_next:7:1"]
        assert all(len(label) <= 28 for row in labels(seen) for label in row)
