import pytest
from sqlalchemy import Connection

from bot.handlers.presses import BUTTON_NOT_IN_USE
from storage import conversations, enrollments, people
from tests.academy.doorway import TOKEN, open_group
from tests.bot_screens.pocket_phone import Phone, buttons, labels


def joined_phone(tx: Connection, *, address: int = 7, name: str = "Olena") -> Phone:
    phone = Phone(tx, address=address, name=name)
    phone.command(f"/start {TOKEN}")
    for label in ("Start", "Agree and go on", "Workdays 12:30", "Yes"):
        assert phone.tap(label) is None
    return phone


def test_the_first_60_seconds_as_they_look(tx: Connection) -> None:
    open_group(tx)

    phone = joined_phone(tx)

    assert [screen.text.text for screen in phone.screens] == [
        (
            "Hello Olena!\n\n"
            "Energy basics\n"
            "City, group “Autumn”\n"
            "3 lessons, about 4 min each. Iryna Koval helps you."
        ),
        (
            "What we keep: your Telegram name and number, your answers and how far you are.\n"
            "Who sees it: Iryna Koval and the course team. Not your colleagues.\n"
            "How long: until 12 months after the course.\n"
            "Telegram carries these messages and keeps its own copy.\n"
            "You can stop or erase everything at any time: /privacy"
        ),
        "When should a lesson come? Times are Ulaanbaatar time.",
        "Is it 09:00 where you are?",
        "Set: workdays 12:30. Change with /schedule",
        "Lesson 1 of 3. Card 1 of 2\n\nWhat runs at night?\n\nNights count.",
    ]
    assert [labels(screen) for screen in phone.screens] == [
        [["Start"], ["Українська instead", "Монгол instead"]],
        [["Agree and go on"], ["Read more", "No, thanks"]],
        [
            ["Workdays 09:00, as the group"],
            ["Workdays 12:30"],
            ["Mon, Wed, Fri 09:00"],
            ["Choose days and time"],
        ],
        [["Yes", "No"]],
        [],
        [["Continue"]],
    ]


def test_days_and_time_are_picked_by_buttons_alone(tx: Connection) -> None:
    open_group(tx)
    phone = Phone(tx)
    phone.command(f"/start {TOKEN}")

    for label in (
        "Start",
        "Agree and go on",
        "Choose days and time",
        "✓ Mon",
        "✓ Wed",
        "Sat",
        "Choose the hour",
        "16",
        "16:45",
        "No",
        "Show other times",
    ):
        assert phone.tap(label) is None, label

    assert phone.last.text.text == "What time is it where you are?"
    assert len(buttons(phone.last)) == 7
    phone.tap("08:00")
    person = people.by_address(tx, 7)
    assert person is not None
    kept = enrollments.of_person(tx, person.id)[0]
    assert (sorted(kept.weekdays), f"{kept.at:%H:%M}") == ([1, 3, 4, 5], "16:45")
    assert person.zone == "Asia/Hovd"


def test_every_screen_keeps_to_the_rules_of_a_small_phone(tx: Connection) -> None:
    open_group(tx)
    phone = joined_phone(tx)
    for command in ("/schedule", "/settings", "/privacy", "/help", "/ask", "/start", f"/start {TOKEN}"):
        phone.command(command)
    for label in ("Read more", "Leave the group", "Keep everything", "Erase everything", "Pause 1 week"):
        phone.tap(label)

    for screen in phone.screens:
        rows = labels(screen)
        days = any(label.removeprefix("✓ ") == "Mon" for row in rows for label in row)
        assert all(len(row) <= (4 if days else 2) for row in rows)
        assert all(0 < len(label) <= 28 for row in rows for label in row)
        assert sum(button.style == "primary" for button in buttons(screen)) <= 1
        assert not any(word in screen.text.text.lower() for word in ("please", "sorry", "oops", "invalid"))
        assert "!" not in screen.text.text.replace("Hello Olena!", "")


@pytest.mark.parametrize(
    "data",
    [
        "j_start",
        "j_start:",
        "j_agree:1",
        "j_agree:AAAAAAAAAAAAAAAAAAAAAA",
        "j_lang:AAAAAAAAAAAAAAAAAAAAAA:en",
        "j_back:zz",
        "j_sample:99",
        "j_slot:1:0:1",
        "j_slot:1:012:zzzz",
        "j_slot:zzzzzzzzzzzz:0:5",
        "j_days:1:0123456789",
        "j_days:1:x",
        "j_hours:1:",
        "j_minutes:1:0:-1",
        "j_zone:1:Europe/Berlin",
        "j_zones:1:zzz",
        "j_yes:1",
        "s_pause:1:9w",
        "s_resume:1",
        "s_lang:xx",
        "s_leave:1",
        "s_left:1",
        "q_send",
    ],
)
def test_made_up_buttons_do_nothing(tx: Connection, data: str) -> None:
    open_group(tx)
    phone = Phone(tx, address=666, name="Mallory")

    try:
        toast = phone.press_data(data)
    except ValueError:  # bot.handling answers these once for all
        toast = BUTTON_NOT_IN_USE

    assert toast == BUTTON_NOT_IN_USE
    assert phone.screens == []


def test_a_stranger_types_and_is_asked_for_the_code_until_it_is_right(tx: Connection) -> None:
    open_group(tx)
    phone = Phone(tx)

    phone.types("hello")
    phone.types("AAAA BBBB")
    phone.types("k7q4-mxpr")

    assert [screen.text.text.split("\n")[0] for screen in phone.screens] == [
        "Short lessons from City, 3 to 5 minutes each.",
        "That code isn't in use. Check it with the person who gave it to you, or type it again.",
        "Hello Olena!",
    ]


def test_the_sample_is_walked_by_buttons_and_ends_at_the_code(tx: Connection) -> None:
    open_group(tx)
    phone = Phone(tx)

    phone.command("/start")
    for label in ("See a sample lesson", "Continue", "Type my code"):
        phone.tap(label)

    assert [screen.text.text for screen in phone.screens[1:3]] == [
        "Sample from Energy basics. Card 1 of 2\n\nNights count.",
        (
            "Sample from Energy basics. Card 2 of 2\n\nMost runs idle.\n\n"
            "That was the sample. Nothing about you is kept."
        ),
    ]
    assert labels(phone.last) == [["See a sample lesson"]]


def test_free_text_goes_to_a_person_after_a_yes_and_the_answer_comes_back(tx: Connection) -> None:
    open_group(tx)
    olena, iryna = joined_phone(tx), Phone(tx, address=1, name="Iryna Koval")

    number = olena.types("My radiator is cold")
    olena.tap("Yes, send")
    iryna.types("Open the valve.", reply_to=iryna.last_id)

    assert [screen.text.text for screen in olena.screens[-3:]] == [
        "Send this to Iryna Koval?\n\nMy radiator is cold",
        "Sent to Iryna Koval. The answer comes here.",
        "Answer from Iryna Koval\n\nOpen the valve.",
    ]
    assert iryna.last.text.text == "Sent to Olena."
    assert olena._shown()[-1][1].reply_to == number


def test_a_reply_to_a_card_asks_about_it_at_once(tx: Connection) -> None:
    open_group(tx)
    olena, iryna = joined_phone(tx), Phone(tx, address=1, name="Iryna Koval")

    olena.types("Which fans?", reply_to=olena.last_id)

    assert olena.last.text.text == "Sent to Iryna Koval. The answer comes here."
    assert "What runs at night?" in iryna.last.text.text


def test_after_ask_the_next_text_is_the_question(tx: Connection) -> None:
    open_group(tx)
    olena, iryna = joined_phone(tx), Phone(tx, address=1, name="Iryna Koval")

    olena.command("/ask")
    olena.types("12345678")

    assert olena.last.text.text == "Sent to Iryna Koval. The answer comes here."
    assert "12345678" in iryna.last.text.text
    person = people.by_address(tx, 7)
    assert person is not None
    assert conversations.topic(tx, person.id) is None


def test_somebody_elses_buttons_are_dead_in_other_hands(tx: Connection) -> None:
    open_group(tx)
    olena = joined_phone(tx)
    olena.command("/schedule")
    olena.command("/privacy")
    olena.tap("Leave the group")
    mallory = Phone(tx, address=666, name="Mallory")
    before = tuple(enrollments.in_group(tx, 1))

    for screen in olena.screens:
        for button in buttons(screen):
            assert button.press is not None
            if button.press.verb in {"j_slot", "j_days", "j_yes", "j_zones", "s_pause", "s_leave", "s_left"}:
                assert mallory.press(button, message_id=5) == BUTTON_NOT_IN_USE

    assert mallory.screens == []
    assert tuple(enrollments.in_group(tx, 1)) == before
