from datetime import UTC, datetime

import pytest

from academy.messages.joining import (
    AlreadyJoined,
    DaysPicker,
    EraseQuestion,
    Help,
    HourPicker,
    JoiningMessage,
    JoinRefused,
    LeaveQuestion,
    Left,
    MinutePicker,
    MyData,
    NotJoined,
    Paused,
    PrivacyNotice,
    ScheduleOffer,
    ScheduleSet,
    Settings,
    Slot,
    TypeCode,
    WelcomeBack,
    ZoneOffer,
)
from bot.callback_data import encode, press
from bot.screen import Button, View
from bot.screens.joining import view
from i18n.catalog import translator
from lessons.markup import RichText
from tests.bot_screens.pocket_phone import buttons, labels

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)  # Monday 09:00 in Ulaanbaatar
ZONE = "Asia/Ulaanbaatar"
ENGLISH = translator("en")
WORKDAYS = (0, 1, 2, 3, 4)


def see(message: JoiningMessage) -> View:
    return view(message, ENGLISH, now=NOW)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (
            JoinRefused(reason="unknown"),
            "That code isn't in use. Check it with the person who gave it to you, or type it again.",
        ),
        (
            JoinRefused(reason="closed", closed_at=NOW, zone=ZONE, facilitator="Iryna Koval"),
            "This group closed on Monday 23 November. Ask Iryna Koval for a new link.",
        ),
        (
            JoinRefused(reason="closed", closed_at=NOW, zone=ZONE),
            "This group closed on Monday 23 November. Ask the person who invited you.",
        ),
        (JoinRefused(reason="full"), "This group is full. Ask the person who invited you."),
        (
            JoinRefused(reason="too_many_tries"),
            "Several wrong codes came. Type yours again in an hour, or open the join link.",
        ),
        (
            NotJoined(),
            "You have not joined. Nothing about you is kept. To come back, open the join link again.",
        ),
        (
            ScheduleSet(slot=Slot(weekdays=(0, 2), at="16:45"), next_at=NOW, zone=ZONE, moved=True),
            (
                "Set: Mon, Wed 16:45. Change with /schedule\n"
                "Your other course comes half an hour before.\nNext lesson: today 09:00."
            ),
        ),
        (
            Paused(until=NOW, zone=ZONE),
            "Your lessons are paused. They come again on Monday 23 November. Nothing is lost.",
        ),
        (Paused(until=None, zone=ZONE), "Your lessons are paused until you come back. Nothing is lost."),
        (
            Left(group="Autumn"),
            "You have left “Autumn”. To come back, open the join link again. To erase your data: /privacy",
        ),
        (
            AlreadyJoined(group="Autumn", lesson=2, next_at=NOW, zone=ZONE),
            "You are in “Autumn”. Next lesson: today 09:00.",
        ),
        (
            Help(facilitator="Iryna Koval", contact="a@city.example", roles=("facilitator",)),
            (
                "Today's lesson: /today\n"
                "How far you are: /progress\n"
                "Lessons to read again: /lessons\n"
                "Days, time, pause: /schedule\n"
                "Language, pictures: /settings. Your data: /privacy\n"
                "For facilitators: /group, /grade and /announce\n\n"
                "Iryna Koval helps you. Ask with /ask, or reply to any message.\n"
                "You can reach us here: a@city.example"
            ),
        ),
        (
            Help(facilitator="", contact="", joined=False),
            "Type your join code here, or open your join link.\nYour data: /privacy",
        ),
    ],
)
def test_a_message_without_buttons_says_it_all(message: JoiningMessage, text: str) -> None:
    shown = see(message)

    assert shown == View(text=RichText(text))


@pytest.mark.parametrize(
    ("message", "rows"),
    [
        (TypeCode(academy="City", sample=False), []),
        (TypeCode(academy="City"), [["See a sample lesson"]]),
        (
            AlreadyJoined(group="Autumn", lesson=3, assignment_id=5),
            [["Continue lesson 3"]],
        ),
        (WelcomeBack(group_id=1, group="Autumn", lesson=4), [["Pick up at lesson 4"]]),
        (
            DaysPicker(enrollment_id=1, picked=(0, 2)),
            [["✓ Mon", "Tue", "✓ Wed", "Thu"], ["Fri", "Sat", "Sun"], ["Choose the hour", "Back"]],
        ),
        (
            DaysPicker(enrollment_id=1, picked=()),
            [["Mon", "Tue", "Wed", "Thu"], ["Fri", "Sat", "Sun"], ["Back"]],
        ),
        (
            HourPicker(enrollment_id=1, picked=(0,), hours=tuple(range(8, 19))),
            [["08", "09", "10", "11"], ["12", "13", "14", "15"], ["16", "17", "18"], ["Back"]],
        ),
        (
            MinutePicker(enrollment_id=1, picked=(0,), hour=18, minutes=(0, 15)),
            [["18:00", "18:15"], ["Back"]],
        ),
        (
            ZoneOffer(enrollment_id=1, choices=(("Asia/Hovd", "08:00"), ("Asia/Tokyo", "10:00"))),
            [["08:00", "10:00"], ["Back"]],
        ),
        (
            ScheduleOffer(
                enrollment_id=1,
                zone=ZONE,
                choices=(Slot(weekdays=WORKDAYS, at="12:30"),),
                current=Slot(weekdays=WORKDAYS, at="09:00"),
            ),
            [
                ["Workdays 12:30"],
                ["Choose days and time"],
                ["Pause 1 week", "Pause 2 weeks"],
                ["Pause until I come back"],
                ["Change my time zone"],
            ],
        ),
        (
            Settings(language="en", languages=("en", "mn", "uk"), text_only=False),
            [["✓ English", "Монгол"], ["Українська"], ["Text only, no pictures"]],
        ),
        (
            PrivacyNotice(
                group_id=0,
                facilitator="",
                academy="City",
                contact="",
                keep_months=1,
                joining=False,
                leave=((1, "Autumn"), (2, "Energy and water in autumn 2026")),
            ),
            [
                ["Get my data", "Read more"],
                ["Leave “Autumn”"],
                ["Leave “Energy and water in…”"],
                ["Erase everything"],
            ],
        ),
        (LeaveQuestion(enrollment_id=1, group="Autumn"), [["Leave the group"], ["Keep everything"]]),
        (EraseQuestion(), [["Erase everything"], ["Keep everything"]]),
    ],
)
def test_buttons_stand_in_short_rows(message: JoiningMessage, rows: list[list[str]]) -> None:
    assert labels(see(message)) == rows


def test_only_leaving_and_erasing_are_dangerous() -> None:
    dangerous = [
        button.label
        for message in (EraseQuestion(), LeaveQuestion(enrollment_id=1, group="Autumn"))
        for button in buttons(see(message))
        if button.style == "danger"
    ]

    assert dangerous == ["Erase everything", "Leave the group"]


def test_what_stays_in_the_chat_is_said_before_erasing() -> None:
    told = see(EraseQuestion()).text.text

    assert "What stays: the messages in this chat. Delete the chat on your phone, too." in told


def test_a_paused_learner_sees_the_way_back_first() -> None:
    message = ScheduleOffer(
        enrollment_id=1,
        zone=ZONE,
        choices=(),
        current=Slot(weekdays=WORKDAYS, at="12:30"),
        paused=True,
        paused_until=NOW,
    )

    shown = see(message)

    assert shown.text == RichText("Your lessons are paused until Monday 23 November.")
    assert buttons(shown)[0] == Button(
        label="Take up lessons now", press=press("s_resume", 1), style="primary"
    )


def test_the_longest_zone_fits_into_a_button() -> None:
    longest = "America/Argentina/ComodRivadavia"
    message = ZoneOffer(enrollment_id=2**53 - 1, choices=((longest, "08:00"),), further=2**31)

    for button in buttons(see(message)):
        assert button.press is not None
        assert len(encode(button.press).encode()) <= 64


def test_my_data_comes_as_a_file() -> None:
    shown = see(MyData(document='{"kept": []}'))

    assert shown.document == ("my-data.json", '{"kept": []}')
    assert shown.buttons == ()


def test_the_whole_notice_says_who_is_responsible() -> None:
    message = PrivacyNotice(
        group_id=1,
        facilitator="",
        academy="City",
        contact="a@city.example",
        keep_months=1,
        full=True,
        invitation="A" * 22,
    )

    shown = see(message)

    assert "City is responsible for your data. You can reach us here: a@city.example" in shown.text.text
    assert "Telegram carries these messages and keeps its own copy." in shown.text.text
    assert "until 1 month after the course" in shown.text.text
    assert "Who looked at your answers is noted for 12 months" in shown.text.text
    assert labels(shown) == [["Agree and go on"], ["No, thanks"]]
