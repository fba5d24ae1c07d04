"""Lessons come at each learner's hour, one waits at most, one reminder, then silence."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from preview.phone_client import Phone, Shown
from tests.journeys.stage import START, Stage
from tests.journeys.teas import TEA
from tests.journeys.test_a_lesson import play

ULAANBAATAR = ZoneInfo("Asia/Ulaanbaatar")


async def test_a_week_in_two_zones(stage: Stage) -> None:
    token = await stage.teach(TEA)
    bold = await stage.join("Bold", token)
    hovd = await stage.phone("Hulan")
    await stage.say(hovd, f"/start {token}")
    await stage.tap(hovd, "Start", "Agree", "Every day 09:00", "No", "07:30")
    for phone in (bold, hovd):
        await play(stage, phone)

    heard: dict[str, list[str]] = {"Bold": [], "Hulan": []}
    end = START + timedelta(days=5)
    while (due := (await stage.phones.clock())["next_lesson"]) is not None:
        if datetime.fromisoformat(due) > end:
            break
        now = datetime.fromisoformat((await stage.phones.move_clock(to="next_lesson"))["now"])
        for phone in (bold, hovd):
            shown = await phone.last()
            if not shown.silent and "Start" in str(shown.labels):
                heard[phone.name].append(f"{now.astimezone(ULAANBAATAR):%a %H:%M}")
                await stage.tap(phone, "Start", "Continue", "True", "Continue")

    assert heard == {
        "Bold": ["Tue 09:00", "Wed 09:00", "Thu 09:00", "Fri 09:00"],
        # Nine o'clock in Hovd is ten in Ulaanbaatar.
        "Hulan": ["Tue 10:00", "Wed 10:00", "Thu 10:00", "Fri 10:00"],
    }
    assert "You have finished Tea for everybody" in (await bold.last()).text


async def test_one_lesson_waits_one_reminder_comes_and_then_silence(stage: Stage) -> None:
    bold = await stage.join("Bold", await stage.teach(TEA))
    await play(stage, bold)
    before = len(await bold.messages())

    await stage.pass_seconds(7 * 86_400)

    offer, reminder = (await bold.messages())[before:]
    assert offer.text.startswith("Lesson 2: The pot")
    assert "The pot" in reminder.text
    assert not offer.silent
    assert list(reminder.labels) == [("Start",), ("Later",)]
    sent = sent_at(stage, bold)
    assert sent[offer.id].astimezone(ULAANBAATAR).strftime("%a %H:%M") == "Tue 09:00"
    assert sent[reminder.id].astimezone(ULAANBAATAR).strftime("%a %H:%M") == "Tue 12:00"


async def test_an_unfinished_lesson_is_the_only_one(stage: Stage) -> None:
    bold = await stage.join("Bold", await stage.teach(TEA))
    await stage.tap(bold, "Continue")

    await stage.pass_seconds(3 * 86_400)

    offers = [shown for shown in await bold.messages() if shown.text.startswith("Lesson 2")]
    assert offers == []


async def test_a_late_joiner_begins_with_lesson_one(stage: Stage) -> None:
    token = await stage.teach(TEA)
    bold = await stage.join("Bold", token)
    await play(stage, bold)
    await stage.until(START + timedelta(days=3))

    tuya = await stage.join("Tuya", token)

    assert (await tuya.last()).text.startswith("Lesson 1 of 5. Card 1 of 1")


async def test_later_moves_the_lesson_and_nothing_else(stage: Stage) -> None:
    bold = await stage.join("Bold", await stage.teach(TEA))
    await play(stage, bold)
    await stage.phones.move_clock(to="next_lesson")

    menu = await stage.tap(bold, "Later")
    put_off = await stage.tap(bold, "In 1 hour")
    await stage.pass_seconds(3600)
    back = await bold.last()

    assert menu.labels[0][0] == "In 1 hour"
    assert put_off.text == "Lesson 2: The pot\n\nIt comes back today 10:00."
    assert back.text.startswith("Lesson 2: The pot\n\nAt the time you chose.")
    assert back.id > put_off.id


@pytest.mark.parametrize(
    ("button", "away"), [("Pause 1 week", timedelta(days=7)), ("Pause 2 weeks", timedelta(days=14))]
)
async def test_a_pause_is_silent_and_ends_by_itself(stage: Stage, button: str, away: timedelta) -> None:
    bold = await stage.join("Bold", await stage.teach(TEA))
    await play(stage, bold)
    await stage.say(bold, "/schedule")
    await stage.tap(bold, button)
    before = (await bold.last()).id

    await stage.pass_seconds(away.total_seconds() - 3600)
    quiet = await bold.last()
    await stage.pass_seconds(86_400)

    assert quiet.id == before
    assert (await bold.last()).id > before


def sent_at(stage: Stage, phone: Phone) -> dict[int, datetime]:
    """Return when each message of a chat was sent."""
    chat = stage.trial.server.world.chats[phone.id]
    return {
        message.id: datetime.fromtimestamp(message.sent_at, ULAANBAATAR) for message in chat.messages.values()
    }


def buzzing(messages: list[Shown]) -> list[str]:
    return [shown.text for shown in messages if shown.from_bot and not shown.silent]
