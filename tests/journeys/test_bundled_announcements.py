"""Announcements that came with a course: offered on their day, sent by a press, or alone where agreed."""

from datetime import timedelta

from preview.phone_client import Phone
from tests.journeys.stage import GROUP, START, Stage
from tests.journeys.tests_of_tea import tea

NINE = START + timedelta(minutes=30)
DAY = timedelta(days=1)
TWO_DAYS_BEFORE_THE_CUP = NINE + DAY
"""The cup is the group's third lesson, on Wednesday; one learning day before it is Tuesday 09:00."""


async def ready(stage: Stage, *more: str) -> tuple[Phone, Phone, Phone]:
    """Return the phones of Saraa, Bold and Tuya when the announcement is due."""
    token = await stage.teach(tea(), *more)
    saraa = await stage.facilitator()
    bold, tuya = await stage.join("Bold", token), await stage.join("Tuya", token)
    await stage.until(TWO_DAYS_BEFORE_THE_CUP - timedelta(minutes=1))
    assert "cups" not in str([one.text for one in await saraa.messages()])
    await stage.pass_seconds(62)
    return saraa, bold, tuya


async def test_a_draft_is_shown_on_its_day_and_goes_by_one_press(stage: Stage) -> None:
    saraa, bold, tuya = await ready(stage)
    preview, control = (await saraa.messages())[-2:]
    await stage.tap(saraa, "Send to 2")
    sending = await saraa.last()
    await stage.pass_seconds(25)

    assert preview.text == "Dear Saraa, tomorrow we warm cups. Bring yours."
    assert (preview.silent, control.silent) == (False, True)
    assert control.text == f"This announcement is ready: {GROUP}"
    assert control.labels == (("Send to 2",), ("Edit", "Not now"))
    assert sending.id == control.id
    assert sending.text == "Sending to 2 people in 20 seconds."
    # Each reads their own name.
    assert (await bold.last()).text == "Dear Bold, tomorrow we warm cups. Bring yours."
    assert (await tuya.last()).text == "Dear Tuya, tomorrow we warm cups. Bring yours."
    assert (await saraa.last()).text.startswith("Accepted by Telegram: 2")


async def test_a_draft_can_be_written_anew(stage: Stage) -> None:
    saraa, bold, _ = await ready(stage)

    await stage.tap(saraa, "Edit")
    await stage.say(saraa, "Cups on Friday, {name}.")
    control = await stage.tap(saraa, "Send to 2")
    await stage.pass_seconds(25)

    assert control.text == "Sending to 2 people in 20 seconds."
    # What a person writes goes out as it was written.
    assert (await bold.last()).text == "Cups on Friday, {name}."


async def test_not_now_means_that_nobody_gets_it(stage: Stage) -> None:
    saraa, bold, _ = await ready(stage)
    before = (await bold.last()).id

    left = await stage.tap(saraa, "Not now")
    await stage.pass_seconds(3600)

    assert left.text == "Cancelled. Nobody got it."
    assert (await bold.last()).id == before


async def test_the_first_facilitator_who_presses_has_it(stage: Stage) -> None:
    token = await stage.teach(tea())
    saraa = await stage.facilitator()
    ganbat = await stage.phone("Ganbat", number=7_000_003)
    await stage.dusal("role", "grant", "7000003", "facilitator", "--group", GROUP)
    await stage.say(ganbat, "/start")
    await stage.join("Bold", token)
    await stage.until(TWO_DAYS_BEFORE_THE_CUP + timedelta(seconds=5))
    others = await ganbat.last()

    await stage.tap(saraa, "Send to 1")
    toast = await ganbat.press_at(others.id, row=0, column=0)

    assert others.labels == (("Send to 1",), ("Edit", "Not now"))
    assert toast == "This announcement was sent or dropped before."


async def test_it_goes_alone_where_the_course_and_the_group_say_so(stage: Stage) -> None:
    saraa, bold, _ = await ready(stage, "--auto-announcements")
    await stage.pass_seconds(25)

    assert (await bold.last()).text == "Dear Bold, tomorrow we warm cups. Bring yours."
    assert "ready" not in (await saraa.last()).text


async def test_a_learner_may_not_send_it(stage: Stage) -> None:
    saraa, bold, _ = await ready(stage)
    nara = await stage.phone("Nara", number=6_000_001)
    await stage.say(nara, "/start")

    toast = await stage.toast(nara, "n_release:1")
    await stage.pass_seconds(30)

    assert toast == "This needs a role that you do not have."
    assert "cups" not in str([one.text for one in await bold.messages()])
    assert (await saraa.last()).labels == (("Send to 2",), ("Edit", "Not now"))
