"""Offers, ends and progress, letter by letter, as it stands on a phone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from academy.messages.learning import (
    CourseDone,
    LaterMenu,
    LaterSet,
    LearningMessage,
    LessonDone,
    LessonList,
    LessonStarted,
    NothingNow,
    OldButton,
    Progress,
    Reminder,
)
from bot.screen import View
from bot.screens.learning import view
from i18n.catalog import translator
from tests.bot_screens.drawing import DAY, NOW, OFFER, ZONE, drawn, follows_the_rules_of_buttons

PROGRESS = Progress(
    course="Energy basics",
    done=(True,) * 4 + (False,) * 6,
    score_percent=82,
    first_try_percent=70,
    days_this_week=2,
    days_goal=3,
    next_at=NOW + 2 * DAY,
    zone=ZONE,
    open_assignment_id=41,
    enrollment_id=7,
)


SCREENS: dict[str, tuple[LearningMessage, str]] = {
    "offer": (OFFER, "Lesson 3: One degree less\n\nAbout 5 minutes.\n[Start*]\n[Later]"),
    "offer, one minute": (
        replace(OFFER, minutes=1),
        "Lesson 3: One degree less\n\nAbout 1 minute.\n[Start*]\n[Later]",
    ),
    "offer as asked": (
        replace(OFFER, occasion="as_asked"),
        "Lesson 3: One degree less\n\nAt the time you chose. About 5 minutes.\n[Start*]\n[Later]",
    ),
    "offer after a pause": (
        replace(OFFER, occasion="back"),
        "Your lessons are back.\n\nLesson 3: One degree less\n\nAbout 5 minutes.\n[Start*]\n[Later]",
    ),
    "later": (
        LaterMenu(
            offer=OFFER,
            choices=(NOW + timedelta(hours=1), NOW + timedelta(hours=3, minutes=30), NOW + DAY),
            zone=ZONE,
        ),
        (
            "Lesson 3: One degree less\n\nWhen suits you better?\n"
            "[In 1 hour] [At 12:30]\n[Tomorrow 09:00]\n[Start now*]"
        ),
    ),
    "later on Friday": (
        LaterMenu(offer=OFFER, choices=(NOW + 3 * DAY,), zone=ZONE),
        "Lesson 3: One degree less\n\nWhen suits you better?\n[Thu 09:00]\n[Start now*]",
    ),
    "put off": (
        LaterSet(offer=OFFER, at=NOW + DAY, zone=ZONE),
        "Lesson 3: One degree less\n\nIt comes back tomorrow 09:00.\n[Start now*]",
    ),
    "started": (
        LessonStarted(lesson=3, lessons=10, title="One degree less"),
        "Lesson 3 of 10: One degree less",
    ),
    "first lesson done": (
        LessonDone(done=1, lessons=10, next_at=NOW + DAY, zone=ZONE, first=True),
        (
            "Done. 1 of 10. Next: tomorrow 09:00.\n\n"
            "Questions? Just reply to any message. Menu at the bottom left."
        ),
    ),
    "lesson done": (
        LessonDone(done=2, lessons=10, next_at=None, zone=ZONE, first=False),
        "Done. 2 of 10.",
    ),
    "course done": (
        CourseDone(
            course="Energy basics",
            lessons=10,
            score_percent=82,
            passed=True,
            facilitator="Iryna",
            pass_percent=70,
            enrollment_id=7,
        ),
        (
            "You have finished Energy basics: all 10 lessons.\n\nFinal score: 82%. Passed.\n"
            "[Lessons to read again]"
        ),
    ),
    "course done, below the pass mark": (
        CourseDone(
            course="Energy basics",
            lessons=10,
            score_percent=62,
            passed=False,
            facilitator="Iryna",
            pass_percent=70,
            enrollment_id=7,
        ),
        (
            "You have finished Energy basics: all 10 lessons.\n\n"
            "Final score: 62%. Passing needs 70%. Ask Iryna what comes next: /ask\n[Lessons to read again]"
        ),
    ),
    "old button": (
        OldButton(assignment_id=42, next_at=None, zone=ZONE),
        "That lesson is finished.\n[Open today's lesson*]",
    ),
    "old button between lessons": (
        OldButton(assignment_id=None, next_at=NOW + DAY, zone=ZONE),
        "That lesson is finished. Next lesson: tomorrow 09:00.",
    ),
    "nothing now": (
        NothingNow(reason="next_at", next_at=NOW + DAY, zone=ZONE),
        "No lesson is open now. Next lesson: tomorrow 09:00.",
    ),
    "paused": (NothingNow(reason="paused"), "Your lessons are paused. Bring them back with /schedule"),
    "back between lessons": (
        NothingNow(reason="back", next_at=NOW + DAY, zone=ZONE),
        "Your lessons are back. Next lesson: tomorrow 09:00.",
    ),
    "progress": (
        PROGRESS,
        (
            "Energy basics: 4 of 10 lessons. Score 82%. First tries 70%.\n"
            "This week: 2 of 3 learning days. Next: Wednesday 25 November, 09:00.\n"
            "[Continue*]\n[Lessons to read again]"
        ),
    ),
    "progress at the start": (
        replace(
            PROGRESS,
            done=(False,) * 10,
            score_percent=None,
            first_try_percent=None,
            days_this_week=0,
            open_assignment_id=None,
        ),
        (
            "Energy basics: 0 of 10 lessons.\n"
            "This week: 0 of 3 learning days. Next: Wednesday 25 November, 09:00."
        ),
    ),
    "lessons": (
        LessonList(
            course="Energy basics",
            finished=((41, 1, "What runs at night?"), (42, 2, "A title that is too long for a button")),
            lessons=10,
            enrollment_id=7,
        ),
        "Energy basics: 2 lessons to read again.\n[1. What runs at night?]\n[2. A title that is too long…]",
    ),
    "no lessons yet": (
        LessonList(course="Energy basics", finished=(), lessons=10),
        "Energy basics: no lesson is finished yet. Go on with /today",
    ),
}


@pytest.mark.parametrize(("message", "seen"), SCREENS.values(), ids=SCREENS.keys())
def test_screen(message: LearningMessage, seen: str) -> None:
    assert drawn(message) == seen
    assert follows_the_rules_of_buttons(message)


@pytest.mark.parametrize("started", [False, True])
def test_reminders_come_in_different_words_that_name_the_lesson(started: bool) -> None:
    texts = {
        view(Reminder(offer=OFFER, variant=variant, started=started), translator("en"), now=NOW).text.text
        for variant in range(6)
    }

    assert len(texts) == (3 if started else 6)
    # Nothing follows the title: it has a mark of its own where it is a question.
    assert all(text.endswith("One degree less") and "lesson 3" in text.lower() for text in texts)
    assert started or all("5 minutes" in text for text in texts)


def test_progress_is_a_picture_except_for_those_who_read_without() -> None:
    words = translator("en")

    with_picture = view(PROGRESS, words, now=NOW)
    without = view(replace(PROGRESS, text_only=True), words, now=NOW)

    assert with_picture.drawing is not None
    assert with_picture.drawing.startswith("<svg")
    assert without == View(text=with_picture.text, buttons=with_picture.buttons)


def test_a_long_list_turns_its_pages() -> None:
    listed = LessonList(
        course="Energy basics",
        finished=tuple((number, number, f"Lesson {number}") for number in range(1, 21)),
        lessons=20,
        page=1,
        enrollment_id=7,
    )

    seen = drawn(listed).splitlines()

    assert seen[1:] == [*(f"[{n}. Lesson {n}]" for n in range(9, 17)), "[Earlier] [Later ones]"]
