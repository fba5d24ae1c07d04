"""Open questions, surveys and grading as people meet them: the words, the buttons, and that they fit."""

from dataclasses import replace

import pytest

from academy.messages import Message
from academy.messages.grading import (
    AnswersWait,
    AnswerToGrade,
    AnswerWhole,
    CommentPrompt,
    GradedBefore,
    GradeKept,
    Level,
    NothingToGrade,
)
from academy.messages.learning import Choice, CourseDone, Picture, QuestionShown
from academy.messages.surveying import (
    AnswerGraded,
    FinalResult,
    GradeTold,
    KeptRead,
    OpenChanged,
    OpenKept,
    SurveyShown,
)
from bot.callback_data import encode
from bot.render import overflows
from bot.screens import view
from i18n.catalog import translator
from lessons.markup import RichText
from tests.bot_screens.drawing import NOW

GRADE = GradeTold(points=1.5, of_points=3, level="names a place", comment="And who pays?")
TO_GRADE = AnswerToGrade(
    response_id=41,
    version=1,
    round=1,
    group="Autumn",
    lesson="Doors",
    question="Where is heat lost?",
    answer="The roof.",
    levels=(
        Level(points=0, text=""),
        Level(points=1, text="names a place and says how often it is open"),
        Level(points=2, text="and why"),
    ),
    of_points=2,
    others=3,
)
KEPT = OpenKept(assignment_id=7, step=2, state="sent", facilitator="Saraa", example=RichText("A door."))
POLL = SurveyShown(
    assignment_id=7,
    step=2,
    form="poll",
    prompt=RichText("Which topic next?"),
    choices=(Choice(index=0, text="Solar panels"), Choice(index=1, text="Bills")),
)
LONG_POLL = replace(
    POLL,
    choices=tuple(Choice(index=index, text=f"A long opinion, number {index}, of many") for index in range(6)),
)
REFLECT = SurveyShown(assignment_id=7, step=2, form="reflect", prompt=RichText("What will you check?"))
READ = KeptRead(assignment_id=7, step=2, prompt=RichText("Where?"), yours="The roof.")

EVERY: tuple[Message, ...] = (
    TO_GRADE,
    replace(TO_GRADE, learner="", comment="Well seen.", round=2, before=GRADE, changed=True, seconds=12),
    # As long as everything can be.
    replace(
        TO_GRADE,
        group="G" * 128,
        lesson="L" * 128,
        question="q" * 4000,
        answer="a" * 1000,
        learner="N" * 200,
        comment="c" * 800,
        levels=tuple(Level(points=point, text="t" * 2000) for point in range(7)),
        before=GRADE,
        changed=True,
    ),
    AnswerWhole(response_id=41, text="a" * 4000),
    AnswerWhole(response_id=41, file_id="V", seconds=12),
    GradeKept(response_id=41, grade=GRADE),
    GradedBefore(response_id=41, facilitator="", grade=GRADE),
    CommentPrompt(),
    NothingToGrade(put_off=0),
    NothingToGrade(put_off=2),
    AnswersWait(group="Autumn", group_id=1),
    KEPT,
    replace(KEPT, nobody=True),
    replace(KEPT, facilitator="", last=True),
    replace(KEPT, state="skipped"),
    replace(KEPT, state="graded", grade=GRADE),
    OpenChanged(facilitator="Saraa"),
    OpenChanged(facilitator=""),
    OpenChanged(facilitator="", too_late=True),
    AnswerGraded(facilitator="", grade=replace(GRADE, comment="c" * 800), question="q" * 4000),
    FinalResult(course="Heat", score_percent=None, passed=True, pass_percent=70),
    FinalResult(course="Heat", score_percent=40, passed=False, pass_percent=70),
    POLL,
    LONG_POLL,
    replace(LONG_POLL, answered=True, shares=tuple((one.text, 2) for one in LONG_POLL.choices)),
    replace(POLL, picture=Picture(sha256="a" * 64, alt="A roof."), text_only=True),
    REFLECT,
    replace(REFLECT, answered=True),
    replace(REFLECT, answered=True, written="The lights.", share_with="S" * 60),
    replace(REFLECT, answered=True, written="The lights.", share_with="", shared=True),
    READ,
    replace(READ, yours="a" * 4000, grade=GRADE, options=("Solar", "Bills"), last=True),
    replace(READ, yours="", seconds=12, waiting=True),
    replace(READ, asked=False),
)


def text(message: Message, language: str = "en") -> str:
    return view(message, translator(language), now=NOW).text.text


def labels(message: Message, language: str = "en") -> list[list[str]]:
    return [[one.label for one in row] for row in view(message, translator(language), now=NOW).buttons]


@pytest.mark.parametrize("language", ["en", "mn"])
@pytest.mark.parametrize("message", EVERY, ids=lambda one: one.kind)
def test_every_screen_fits(message: Message, language: str) -> None:
    seen = view(message, translator(language), now=NOW)
    rows = labels(message, language)

    assert overflows(seen) == ()
    assert [label for row in rows for label in row if len(label.removeprefix("✓ ")) > 28] == []
    assert all(len(row) <= 2 or all(len(label.removeprefix("✓ ")) <= 2 for label in row) for row in rows)
    assert sum(one.style == "primary" for row in seen.buttons for one in row) <= 1


def test_long_levels_stand_in_the_text_and_have_letters() -> None:
    assert text(TO_GRADE) == (
        "Autumn, Doors\n\nWhere is heat lost?\n\nThe roof.\n\n"
        "A. 0: none of it\nB. 1: names a place and says how often it is open\nC. 2: and why"
    )
    assert labels(TO_GRADE) == [["A", "B", "C"], ["Add a comment", "Show name"], ["Later (3 more)"]]


def test_a_button_names_the_answer_its_version_and_the_round() -> None:
    seen = view(TO_GRADE, translator("en"), now=NOW)

    assert [encode(one.press) for one in seen.buttons[0] if one.press] == [
        "g_level:15:1:1:0",
        "g_level:15:1:1:1",
        "g_level:15:1:1:2",
    ]


def test_a_grade_to_be_changed_shows_the_one_that_stands() -> None:
    shown = replace(TO_GRADE, round=2, before=GRADE, learner="Bold")

    assert "Grade now: 1.5 of 3 points." in text(shown)
    assert "From: Bold" in text(shown)
    assert labels(shown) == [["A", "B", "C"], ["Add a comment"]]


def test_what_somebody_hears_of_their_grade() -> None:
    message = AnswerGraded(facilitator="Saraa", grade=GRADE, question="Where is heat lost?")

    assert text(message) == (
        "Saraa has read your answer.\n\nWhere is heat lost?\n\n1.5 of 3 points\nnames a place\n\n"
        "Comment: And who pays?"
    )


def test_nothing_is_promised_while_an_answer_waits() -> None:
    done = CourseDone(
        course="Heat",
        lessons=2,
        score_percent=None,
        passed=False,
        facilitator="Saraa",
        pass_percent=70,
        waiting=2,
        enrollment_id=1,
    )

    assert text(done) == (
        "You have finished Heat: all 2 lessons.\n\n2 answers are still being read. "
        "When they have been graded, you hear whether you have passed."
    )


def test_an_open_question_says_how_it_is_answered() -> None:
    asked = QuestionShown(
        assignment_id=7,
        step=2,
        question=1,
        questions=1,
        form="open",
        prompt=RichText("Where is heat lost?"),
        voice=True,
    )

    assert text(asked).endswith("Write your answer as one message, or send a voice note.")
    assert text(replace(asked, voice=False)).endswith("Write your answer as one message.")
    assert labels(asked) == [["Skip"]]


def test_long_opinions_have_letters_and_the_chosen_one_a_tick() -> None:
    chosen = replace(
        LONG_POLL,
        choices=tuple(replace(one, picked=one.index == 1) for one in LONG_POLL.choices),
        answered=True,
        shares=tuple((one.text, 3 if one.index == 1 else 1) for one in LONG_POLL.choices),
    )

    assert labels(chosen) == [["A", "✓ B", "C", "D", "E"], ["F"], ["Continue"]]
    assert text(chosen).endswith(
        "You chose: A long opinion, number 1, of many\nYou can change it until you go on.\n\n"
        "In your group so far:\nA: 1 of 8\nB: 3 of 8\nC: 1 of 8\nD: 1 of 8\nE: 1 of 8\nF: 1 of 8"
    )


def test_a_long_name_makes_way_for_what_fits_on_a_button() -> None:
    kept = replace(REFLECT, answered=True, written="The lights.", share_with="Narantsetseg Dashdorj")

    assert labels(kept) == [["Continue"], ["Share with facilitator"]]
    assert labels(replace(kept, share_with=None)) == [["Continue"]]


def test_a_course_that_is_only_looked_at_was_neither_answered_nor_left_out() -> None:
    looked_at = replace(READ, yours="", asked=False, options=("Solar", "Bills"))

    assert text(looked_at) == "Where?\n\n– Solar\n– Bills"
    assert text(replace(READ, yours="")) == "Where?\n\nYou left this out."
