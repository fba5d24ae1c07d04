"""Questions that come again as people meet them: the words, the buttons, and that they fit."""

import re

import pytest

from academy.messages import Message
from academy.messages.arranging import Arranged
from academy.messages.learning import Choice, CourseDone, Feedback, Picture, QuestionShown
from academy.messages.reviewing import (
    FreshSet,
    NothingToReview,
    ReviewFeedback,
    ReviewOffer,
    ReviewOver,
    ReviewShown,
)
from bot.all_handlers import all_handlers
from bot.callback_data import encode
from bot.render import overflows
from bot.screens import view
from i18n.catalog import translator
from lessons.markup import RichText
from tests.bot_screens.drawing import DAY, NOW, ZONE

ASKED = QuestionShown(
    assignment_id=41,
    step=2,
    question=1,
    questions=3,
    form="choose",
    prompt=RichText("What goes into the pot first?"),
    choices=(Choice(index=0, text="Water"), Choice(index=1, text="Milk")),
    has_hint=True,
    picture=Picture(sha256="0" * 64, alt="A pot", size_bytes=85_000),
    text_only=True,
)
PLACED = QuestionShown(
    assignment_id=41,
    step=2,
    question=2,
    questions=3,
    form="order",
    prompt=RichText("In which order?"),
    choices=(Choice(index=1, text="Tea"), Choice(index=0, text="Water", picked=True)),
    arranged=Arranged(lines=("1. Water",), count=2, before=1),
)
NOT_YET = Feedback(
    assignment_id=41,
    step=2,
    verdict="not_yet",
    prompt=RichText("What goes into the pot first?"),
    chosen="Milk",
)
SHOWN = ReviewShown(question=ASKED, lesson=2, title="The pot", to_lesson=True)
MESSAGES: tuple[tuple[Message, str], ...] = (
    (
        SHOWN,
        """\
Quick question from lesson 2

What goes into the pot first?

Picture: A pot
[Water v_pick:15:2:1:0]
[Milk v_pick:15:2:1:1]
[Hint v_hint:15:2:1]
[Picture, 85 KB v_fetch:15:2]
[Go on to the lesson v_stop:15:2]""",
    ),
    (
        ReviewShown(question=PLACED, lesson=12, title="Order", to_lesson=False),
        """\
Quick question from lesson 12

In which order?

1. Water

Tap what comes next.
[Tea v_put:15:2:1:1:1]
[Undo v_undo:15:2:1:1] [Start over v_over:15:2:1:1]
[Enough for now v_stop:15:2]""",
    ),
    (
        ReviewFeedback(feedback=NOT_YET),
        """\
What goes into the pot first?

Not yet. You chose: Milk
[Try again v_again:15:2] [Show answer v_show:15:2]""",
    ),
    (
        ReviewOffer(round_id=41, course="Tea"),
        """\
Do you still know it? “Tea”

A few quick questions, about 3 minutes.
[Start v_begin:15]
[Not now v_not:15]""",
    ),
    (
        ReviewOver(next_at=NOW + DAY, zone=ZONE),
        "That was practice for today.\n\nMore questions tomorrow.",
    ),
    (ReviewOver(zone=ZONE), "That was practice for today."),
    (ReviewOver(left=True, zone=ZONE), "Enough for now. More whenever you like: /review"),
    (
        NothingToReview(reason="later", next_at=NOW + 9 * DAY, zone=ZONE),
        "Nothing to practise today. More questions on Wednesday 2 December.",
    ),
    (
        NothingToReview(reason="enough", next_at=NOW + DAY, zone=ZONE),
        "You have practised enough for today. More questions tomorrow.",
    ),
    (
        NothingToReview(reason="not_yet"),
        "Nothing to practise yet. Questions come back some days after you answered them.",
    ),
    (NothingToReview(reason="known"), "You know every question so far. Nothing to practise."),
    (
        NothingToReview(reason="never"),
        "The questions of this course do not come back. Read lessons again with /lessons",
    ),
    (
        FreshSet(enrollment_id=41, on=True, next_at=NOW + 7 * DAY, zone=ZONE),
        "Agreed. The next questions come Monday 30 November, 09:00.\n[Stop these questions v_fresh:15:0]",
    ),
    (FreshSet(enrollment_id=41, on=True, zone=ZONE), "All 4 rounds of questions have come. More: /review"),
    (
        FreshSet(enrollment_id=41, on=False, zone=ZONE),
        """\
No more questions come by themselves. Practise whenever you like: /review
[Keep it fresh v_fresh:15:2]""",
    ),
    (
        CourseDone(
            course="Tea",
            lessons=3,
            score_percent=None,
            passed=True,
            facilitator="Iryna",
            enrollment_id=41,
            fresh=True,
        ),
        """\
You have finished Tea: all 3 lessons.

Keep it fresh? 4 times 5 quick questions over 3 months, at your usual hour.
[Lessons to read again l_lessons:15]
[Keep it fresh v_fresh:15:1]""",
    ),
)


@pytest.mark.parametrize(("message", "seen"), MESSAGES, ids=lambda value: str(getattr(value, "kind", "")))
def test_a_message_is_drawn_with_what_its_buttons_carry(message: Message, seen: str) -> None:
    shown = view(message, translator("en"), now=NOW)

    rows = [
        " ".join(f"[{one.label} {encode(one.press)}]" for one in row if one.press is not None)
        for row in shown.buttons
    ]
    assert "\n".join((shown.text.text, *rows)) == seen


@pytest.mark.parametrize("language", ["en", "mn"])
@pytest.mark.parametrize("message", [message for message, _ in MESSAGES])
def test_every_message_fits_a_phone_and_says_no_number_of_what_is_due(
    message: Message, language: str
) -> None:
    shown = view(message, translator(language), now=NOW)

    assert overflows(shown) == ()
    assert all(len(one.label) <= 28 for row in shown.buttons for one in row)
    assert sum(one.style == "primary" for row in shown.buttons for one in row) <= 1
    assert not re.search(r"\bdue\b|please|sorry|!", shown.text.text)


def test_every_button_is_answered() -> None:
    known = all_handlers().taps
    drawn = {
        one.press.verb
        for message, _ in MESSAGES
        for row in view(message, translator("en"), now=NOW).buttons
        for one in row
        if one.press is not None
    }

    assert drawn <= set(known)
    # Whatever a button of a question in a lesson can do, one that came again can do too.
    steps = ("pick", "tick", "check", "put", "undo", "over", "ready", "hint", "again", "show", "go", "fetch")
    assert {f"{letter}_{verb}" for letter in "lv" for verb in steps} <= set(known)
