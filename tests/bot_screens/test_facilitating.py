from datetime import UTC, datetime, timedelta

import pytest

from academy.messages.authoring import (
    AuthoringMessage,
    CourseLine,
    CourseList,
    CourseReport,
    FileRefused,
    PublishOffer,
    PublishResult,
)
from academy.messages.facilitating import (
    AnnounceCancelled,
    AnnounceControl,
    AnnounceLate,
    Announcement,
    AnnouncePrompt,
    AnnounceReady,
    AnnounceReport,
    AnnounceSending,
    AnnounceTooLong,
    AnswerSent,
    FacilitatingMessage,
    GroupChoice,
    GroupHands,
    GroupSummary,
    Hand,
    LearnerQuestion,
    MessagesMayBeLost,
    Notice,
    OperatorAlarm,
)
from bot.callback_data import press
from bot.render import overflows
from bot.screen import View
from bot.screens.facilitating import view
from i18n.catalog import translator
from lessons.markup import RichText, Span
from reports.completion import Figures
from reports.needs_a_hand import Reason

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)  # Monday 10:00 in Ulaanbaatar
ZONE = "Asia/Ulaanbaatar"
LONG_NAME = "Bat-Erdene Gantulgyn Munkhbayar Luvsandorj of Darkhan-Uul " * 3
# All that can come together: who never started is neither silent nor behind.
REASONS = tuple(one for one in Reason if one is not Reason.NEVER_STARTED)
HAND = Hand(name=LONG_NAME, reasons=REASONS, last_active_at=NOW - timedelta(days=4))

CONTROL = AnnounceControl(
    announcement_id=7,
    group="Autumn 2026",
    people=24,
    now=19,
    later=3,
    later_at=datetime(2026, 11, 24, 0, tzinfo=UTC),
    zone=ZONE,
    paused=1,
    unreachable=1,
)
SUMMARY = GroupSummary(
    group_id=3,
    group="Autumn 2026",
    course="Save energy in our buildings",
    figures=Figures(invited=30, joined=24, started=22, finished=2, on_schedule=18, need_a_hand=3),
    hands=(Hand(name="Petro", reasons=("behind", "silent"), last_active_at=NOW - timedelta(days=1)),),
    zone=ZONE,
    code="K7Q4 MXPR",
    link="https://t.me/dusal_bot?start=abc",
)
REPORT = AnnounceReport(
    announcement_id=7,
    accepted=18,
    waiting=3,
    waiting_until=datetime(2026, 11, 24, 0, tzinfo=UTC),
    zone=ZONE,
    failed=(("blocked", 1),),
    undoable=True,
)
OFFER = PublishOffer(
    draft_id=5,
    course="Save energy",
    course_id="energy",
    version="1.2.0",
    content_hash="0123456789ab",
    lessons=10,
    questions=21,
    languages=("en", "mn"),
    warnings=0,
    learners=1,
)

EVERY_MESSAGE: tuple[FacilitatingMessage | AuthoringMessage, ...] = (
    GroupChoice(purpose="announce", groups=((1, "Autumn 2026"), (2, LONG_NAME))),
    GroupChoice(purpose="group", groups=((1, "Autumn 2026"),)),
    SUMMARY,
    GroupSummary(
        group_id=3,
        group=LONG_NAME[:128],
        course="Save energy in our municipal buildings, from the meter to the roof",
        figures=Figures(
            invited=None, joined=500, started=500, finished=500, on_schedule=500, need_a_hand=500
        ),
        hands=(HAND, HAND, HAND),
        zone=ZONE,
        code="K7Q4 MXPR",
        link="https://t.me/a_rather_long_name_of_32_chars_b?start=0123456789012345678901",
    ),
    GroupHands(group="Autumn 2026", hands=(HAND,) * 10, more=490, zone=ZONE),
    GroupHands(group="Autumn 2026", hands=(), more=0, zone=ZONE),
    AnnouncePrompt(group="Autumn 2026"),
    AnnouncePrompt(group="Autumn 2026", replaces=7),
    AnnounceTooLong(over=12, limit=4096, with_picture=False),
    AnnounceTooLong(over=1, limit=1024, with_picture=True),
    Announcement(text=RichText("Bring a bill."), photo_file_id="file"),
    CONTROL,
    AnnounceControl(
        announcement_id=7,
        group="Autumn 2026",
        people=500,
        now=500,
        later=0,
        later_at=None,
        zone=ZONE,
        paused=0,
        unreachable=0,
        send_at=NOW + timedelta(hours=2),
        tested=True,
        names=(LONG_NAME,) * 40,
        schedule_choices=tuple(NOW + timedelta(hours=hours) for hours in (2, 5, 23, 26, 29, 47)),
    ),
    AnnounceReady(announcement_id=7, group=LONG_NAME, people=22),
    AnnounceReady(announcement_id=7, group="Autumn", people=0),
    AnnounceSending(announcement_id=7, people=22, seconds=20, send_at=None, zone=ZONE),
    AnnounceSending(announcement_id=7, people=1, seconds=20, send_at=NOW, zone=ZONE),
    REPORT,
    AnnounceReport(
        announcement_id=7,
        accepted=0,
        waiting=0,
        waiting_until=None,
        zone=ZONE,
        failed=tuple(
            (reason, 1) for reason in ("blocked", "not_found", "refused", "uncertain", "left", "cancelled")
        ),
    ),
    AnnounceCancelled(sent_before=0),
    AnnounceCancelled(sent_before=3),
    LearnerQuestion(
        question_id=1, learner="Olena", group="Autumn", lesson="What runs at night?", text="Why 2 W?"
    ),
    AnswerSent(learner="Olena", again=False),
    AnswerSent(learner="", again=True),
    CourseReport(name="energy.yaml", errors=0, warnings=0, first=(), document=""),
    CourseReport(name="energy.yaml", errors=4, warnings=1, first=("error " * 100,) * 3, document="all"),
    OFFER,
    *(
        PublishResult(outcome=outcome, course_id="energy", version="1.2.0", content_hash="0123456789ab")
        for outcome in ("published", "unchanged", "version_taken", "expired")
    ),
    *(
        FileRefused(reason=reason, limit_megabytes=1)
        for reason in (
            "not_admin",
            "type",
            "too_large",
            "bomb",
            "private_chat_only",
            "gone",
            "no_file_expected",
            "forwarded",
            "out_of_reach",
        )
    ),
    CourseList(courses=()),
    CourseList(
        courses=(
            CourseLine(title="Save energy", course_id="energy", version="1.2.0", lessons=10, learners=24),
        ),
        more=2,
    ),
    AnnounceLate(
        announcement_id=7, group="Autumn", people=22, told=2, useful_until=NOW, zone="Asia/Ulaanbaatar"
    ),
    *(
        Notice(what=what)
        for what in (
            "not_allowed",
            "unknown_command",
            "our_fault",
            "slow_down",
            "button_not_in_use",
            "unsupported_content",
            "erased",
            "cancelled",
            "no_group",
            "facilitator_here",
            "admin_here",
        )
    ),
    MessagesMayBeLost(hours=30, groups=("Autumn", "Spring")),
    *(
        OperatorAlarm(what=what, count=1, hours=2)
        for what in (
            "updates_may_be_lost",
            "held",
            "clock_jump",
            "code_guessing",
            "nothing_sent",
            "sending_paused",
            "set_aside",
            "disk_nearly_full",
            "restarts",
        )
    ),
)


def shown(message: FacilitatingMessage, language: str = "en") -> View:
    return view(message, translator(language), now=NOW)


def labels(seen: View) -> list[list[str]]:
    return [[button.label for button in row] for row in seen.buttons]


@pytest.mark.parametrize("language", ["en", "mn"])
@pytest.mark.parametrize("message", EVERY_MESSAGE, ids=lambda message: message.kind)
def test_every_screen_fits(message: FacilitatingMessage, language: str) -> None:
    seen = shown(message, language)

    assert overflows(seen) == ()
    assert all(len(button.label) <= 28 for row in seen.buttons for button in row)
    assert all(len(row) <= 2 for row in seen.buttons)


def test_the_group_in_words() -> None:
    seen = shown(SUMMARY)

    assert seen.text.text == (
        "Autumn 2026\n"
        "Save energy in our buildings\n\n"
        "Joined: 24 of 30 invited\n"
        "Started: 22\n"
        "On schedule: 18\n"
        "Finished: 2\n"
        "Need a hand: 3\n\n"
        "Petro\n"
        "2 lessons behind or more. Last active: yesterday.\n\n"
        "Code to join: K7Q4 MXPR\n"
        "https://t.me/dusal_bot?start=abc"
    )
    assert labels(seen) == [["Who needs a hand (3)"], ["Write to the group", "Refresh"]]
    assert seen.drawing is not None
    assert "Need a hand" in seen.drawing


def test_the_control_says_who_gets_it_when() -> None:
    seen = shown(CONTROL)

    assert seen.text.text == (
        "To: Autumn 2026, 24 people\n\n"
        "Get it now: 19\n"
        "Get it after the quiet hours where they are, the first tomorrow 08:00: 3\n"
        "Left out, paused: 1\n"
        "Left out, not reachable: 1"
    )
    assert labels(seen) == [
        ["Send test to me", "Edit"],
        ["Who gets it", "Schedule"],
        ["Send to 22", "Cancel"],
    ]
    assert seen.buttons[2][0].press == press("n_send", 7)


def test_the_report_says_what_nobody_can_know() -> None:
    seen = shown(REPORT)

    assert seen.text.text == (
        "Accepted by Telegram: 18\n"
        "Waiting: 3, until tomorrow 08:00 at the latest\n"
        "Failed, blocked the bot: 1\n\n"
        "Telegram does not tell bots who has read a message."
    )
    assert labels(seen) == [["Cancel the rest"]]


def test_an_announcement_is_nothing_but_itself() -> None:
    text = RichText("Bring one bill.", (Span(start=6, length=3, kind="bold"),))

    assert shown(Announcement(text=text, photo_file_id="file")) == View(text=text, photo_file_id="file")


def test_moments_to_choose_are_buttons() -> None:
    seen = shown(EVERY_MESSAGE[12])

    assert labels(seen)[:3] == [
        ["Today 12:00", "Today 15:00"],
        ["Tomorrow 09:00", "Tomorrow 12:00"],
        ["Tomorrow 15:00", "Wed 09:00"],
    ]
    # 12:00 in Ulaanbaatar is 04:00 UTC on 23 November 2026, 1795406400 seconds after 1970.
    assert seen.buttons[0][0].press == press("n_at", 7, 1_795_406_400 // 60)
    assert labels(seen)[3] == ["At once", "Back"]


def test_problems_that_do_not_fit_stay_in_the_file() -> None:
    report = CourseReport(
        name="energy.yaml", errors=3, warnings=0, first=("x" * 400, "y" * 400, "z"), document="all three"
    )

    seen = shown(report)

    assert seen.text.text == (
        "energy.yaml: 3 errors\n\n"
        + "x" * 400
        + "\n\nAll of them, with what to do, are in the file.\n\nMend the errors and send the file again."
    )
    assert seen.document == ("energy.yaml.problems.txt", "all three")
