"""A line that breaks once a message is accepted: no answer counts twice, and a person decides the rest."""

from preview.faults import CutAfter, CutBefore
from preview.phone_client import Phone, Shown, texts
from storage import doubled
from tests.journeys.stage import FACILITATOR, GROUP, Stage

DOORS = """\
format: 1
id: heat
title: Heat
language: en
version: 1.0.0
pace: {days: daily, at: 09:00}
lessons:
  - id: doors
    title: Doors
    minutes: 3
    steps:
      - say: Heat goes where nobody looks.
      - true_false: A door closer saves heat.
        id: q-closer
        answer: true
        explain: It does.
      - say: Close the door.
"""


async def learner(stage: Stage) -> Phone:
    bold = await stage.join("Bold", await stage.teach(DOORS))
    assert (await bold.last()).text.endswith("Heat goes where nobody looks.")
    return bold


async def copies(phone: Phone, text: str) -> list[Shown]:
    return [shown for shown in await phone.messages() if shown.from_bot and text in shown.text]


async def test_a_tap_on_the_first_copy_counts_once_and_the_second_copy_goes(stage: Stage) -> None:
    bold = await learner(stage)
    stage.trial.server.faults.next("sendMessage", CutAfter())
    await stage.tap(bold, "Continue")
    await stage.pass_seconds(61)
    first, second = await copies(bold, "A door closer saves heat.")

    await bold.press("True", on=first.id)
    await stage.settled()

    (left,) = await copies(bold, "A door closer saves heat.")
    assert (left.id, left.labels) == (first.id, (("Continue",),))
    assert second.id not in {shown.id for shown in await bold.messages()}
    assert await stage.trial.service.parts.database.read(doubled.proved_count) == 1
    # And the lesson goes on, on the copy that was pressed.
    await bold.press("Continue", on=first.id)
    await stage.settled()
    assert (await bold.last()).text.endswith("Close the door.")
    (row,) = [one for one in await stage.listed("outbox") if one["maybe_doubled"]]
    assert (row["state"], row["attempts"]) == ("sent", 2)


async def test_taps_on_both_copies_count_once(stage: Stage) -> None:
    bold = await learner(stage)
    stage.trial.server.faults.next("sendMessage", CutAfter())
    await stage.tap(bold, "Continue")
    await stage.pass_seconds(61)
    first, second = await copies(bold, "A door closer saves heat.")

    await bold.press("True", on=second.id)
    await stage.settled()
    toast = await bold.press("False", on=first.id)
    await stage.settled()

    (left,) = await copies(bold, "A door closer saves heat.")
    assert (left.id, left.labels, bool(toast)) == (first.id, (("Continue",),), True)


async def test_a_tap_within_the_quarantine_spares_the_second_copy(stage: Stage) -> None:
    bold = await learner(stage)
    stage.trial.server.faults.next("sendMessage", CutAfter())
    await stage.tap(bold, "Continue")

    await bold.press("True")
    await stage.settled()
    await stage.pass_seconds(300)

    assert len(await copies(bold, "A door closer saves heat.")) == 1
    assert [row["state"] for row in await stage.listed("outbox") if row["state"] != "sent"] == []


async def test_what_broke_twice_is_decided_by_a_facilitator_in_the_chat(stage: Stage) -> None:
    bold = await learner(stage)
    saraa = await stage.facilitator()
    delger = await stage.admin()
    stage.trial.server.faults.next("sendMessage", CutBefore(), times=2)
    await bold.press("Continue")
    await stage.pass_seconds(61)
    await stage.pass_seconds(21)

    told = await saraa.last()
    assert told.text == (
        "The line broke twice. This message to Bold arrived once, twice or not at all.\n\n"
        "Inside the lesson: Doors\nAutumn, today 08:31\n\n"
        "Nobody can know it but Bold. Ask if you can, then decide."
    )
    assert told.labels == (("Send again", "It arrived"), ("Drop it",))
    assert not any("line broke" in text for text in texts(await delger.messages()))
    assert len(await copies(bold, "A door closer saves heat.")) == 0

    decided = await stage.tap(saraa, "Send again")
    again = await stage.toast(saraa, "h_drop:" + _number(await _held_row(stage)), on=decided.id)
    after = await saraa.last()

    assert (decided.id, decided.text, decided.labels) == (told.id, "It is sent to Bold once more.", ())
    assert (again, after.text) == ("", "This was decided before. It is sent to Bold once more.")
    assert len(await copies(bold, "A door closer saves heat.")) == 1


async def test_a_role_that_was_taken_away_decides_nothing(stage: Stage) -> None:
    bold = await learner(stage)
    saraa = await stage.facilitator()
    stage.trial.server.faults.next("sendMessage", CutBefore(), times=2)
    await bold.press("Continue")
    await stage.pass_seconds(61)
    await stage.pass_seconds(21)
    await stage.dusal("role", "revoke", str(FACILITATOR), "facilitator", "--group", GROUP)

    toast = await saraa.press("Drop it")
    await stage.settled()

    assert toast == "This needs a role that you do not have."
    assert [row["state"] for row in await stage.listed("outbox", "--state", "held")] == ["held"]


async def _held_row(stage: Stage) -> int:
    (row,) = [one for one in await stage.listed("outbox") if one["maybe_doubled"]]
    return int(row["delivery"])


def _number(delivery: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return digits[delivery] if delivery < 36 else digits[delivery // 36] + digits[delivery % 36]
