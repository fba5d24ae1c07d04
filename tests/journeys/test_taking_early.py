"""Lessons before their day: ahead of the rhythm, and catching up with the group."""

import asyncio
from datetime import timedelta

from preview.phone_client import Phone
from tests.journeys.stage import START, Stage
from tests.journeys.teas import TEA
from tests.journeys.test_on_schedule import buzzing

AHEAD = TEA.replace("at: 09:00}", "at: 09:00, ahead: yes}")
ALL = TEA.replace("at: 09:00}", "at: 09:00, catch_up: all}")
DAY = timedelta(days=1)


async def first_lesson(stage: Stage, phone: Phone) -> None:
    """Walk through lesson 1, by the shortest way."""
    await stage.tap(phone, "Continue", "Water", "Continue", "More leaves", "More time", "Check (2 chosen)")
    await stage.tap(phone, "Continue", "True", "Continue")
    await stage.say(phone, "10")
    await stage.tap(phone, "Continue")
    await stage.say(phone, "green tea")
    await stage.tap(phone, "Continue")


async def test_ahead_the_next_lesson_is_one_tap_away_and_the_rhythm_goes_on_from_there(stage: Stage) -> None:
    bold = await stage.join("Bold", await stage.teach(AHEAD))
    during = await stage.say(bold, "/today")
    await first_lesson(stage, bold)
    done = await bold.last()
    today = await stage.say(bold, "/today")
    started = await stage.tap(bold, "Start it now")
    await stage.tap(bold, "Continue", "True")
    finished = await stage.tap(bold, "Continue")
    await stage.until(START + DAY + timedelta(minutes=30))
    offered = await bold.last()

    # One that is open comes first: there is at most one.
    assert during.text.startswith("Lesson 1 of 5")
    assert done.labels == ()
    assert today.text == "No lesson is open now. Next lesson: tomorrow 09:00."
    assert today.labels == (("Start it now",),)
    assert started.text.startswith("Lesson 2 of 5. Card 1 of 1")
    assert started.silent
    assert finished.text == "Done. 2 of 5. Next: tomorrow 09:00."
    assert offered.text.startswith("Lesson 3: The cup")
    assert buzzing(await bold.messages()) == [offered.text]


async def test_start_it_now_pressed_twice_or_late_starts_one_lesson(stage: Stage) -> None:
    bold = await stage.join("Bold", await stage.teach(AHEAD))
    await first_lesson(stage, bold)
    today = await stage.say(bold, "/today")

    await asyncio.gather(*(bold.press_at(today.id, row=0, column=0) for _ in range(3)))
    await stage.settled()
    await stage.tap(bold, "Continue", "True", "Continue")
    toast = await stage.toast(bold, "l_next:1:1", on=today.id)

    assert toast == "You are past this step. Go on below, or with /today"
    shown = [one.text.split(".")[0] for one in await bold.messages()]
    assert shown.count("Lesson 2 of 5") == 1
    assert shown.count("Lesson 3 of 5") == 0


async def test_without_ahead_nothing_can_be_started_early(stage: Stage) -> None:
    bold = await stage.join("Bold", await stage.teach(TEA))
    await first_lesson(stage, bold)
    today = await stage.say(bold, "/today")

    toast = await stage.toast(bold, "l_next:1:1", on=today.id)

    assert today.labels == ()
    assert toast == "This button is no longer in use."
    assert (await bold.last()).id == today.id


async def test_nobody_starts_another_persons_lesson(stage: Stage) -> None:
    token = await stage.teach(AHEAD)
    bold = await stage.join("Bold", token)
    await first_lesson(stage, bold)
    tuya = await stage.join("Tuya", token)

    toast = await stage.toast(tuya, "l_next:1:1")

    assert toast == "This button is no longer in use."
    assert (await stage.say(bold, "/today")).labels == (("Start it now",),)


async def test_a_late_joiner_catches_up_on_one_day_and_only_by_asking(stage: Stage) -> None:
    token = await stage.teach(ALL)
    bold = await stage.join("Bold", token)
    await first_lesson(stage, bold)
    punctual = await bold.last()
    await stage.until(START + 2 * DAY + timedelta(hours=2))

    tuya = await stage.join("Tuya", token)
    await first_lesson(stage, tuya)
    behind = await tuya.last()
    await stage.tap(tuya, "Next lesson now", "Continue", "True", "Continue")
    nearly = await tuya.last()
    await stage.tap(tuya, "Next lesson now", "Continue", "True", "Continue")
    level = await tuya.last()
    buzzed = buzzing(await tuya.messages())
    await stage.until(START + 3 * DAY + timedelta(minutes=30))
    tomorrow = await tuya.last()

    assert punctual.labels == ()
    # The group has had three lessons by Wednesday 10:30.
    assert behind.text.startswith("Done. 1 of 5. Next: tomorrow 09:00.")
    assert behind.labels == (("Next lesson now",),)
    assert nearly.labels == (("Next lesson now",),)
    assert level.text == "Done. 3 of 5. Next: tomorrow 09:00."
    assert level.labels == ()
    assert buzzed == []
    assert tomorrow.text.startswith("Lesson 4: The milk")
    assert not tomorrow.silent


async def test_whoever_was_away_catches_up_too(stage: Stage) -> None:
    bold = await stage.join("Bold", await stage.teach(ALL))
    await first_lesson(stage, bold)
    await stage.until(START + 3 * DAY + timedelta(hours=2))

    # Lesson 2 came on Tuesday and waited; it is Thursday now, and the group has had four.
    offer = next(one for one in reversed(await bold.messages()) if one.labels and "Start" in one.labels[0])
    await bold.press_at(offer.id, row=0, column=0)
    await stage.settled()
    await stage.tap(bold, "Continue", "True", "Continue")
    back = await bold.last()
    early = await stage.say(bold, "/today")

    assert back.labels == (("Next lesson now",),)
    assert early.labels == (("Start it now",),)
