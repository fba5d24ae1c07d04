"""Other people's buttons, codes that are guessed, roles that are gone (A01–A06, A08, A12, D16, U16)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection, select

from academy import granting
from preview.phone_client import Phone
from storage.tables import assignments, enrollments, people, responses, roles
from tests.attacks.siege import ADMIN, FACILITATOR, Siege, besieged, human, message

WRONG = "K7Q4MXPR"
LEARNER, STRANGER = 8_000_001, 9_900_001


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def siege(tmp_path: Path) -> AsyncIterator[Siege]:
    async with besieged(f"sqlite:///{tmp_path / 'dusal.db'}") as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Siege]:
    """One service for all tests that leave it as it was."""
    async with besieged(f"sqlite:///{tmp_path_factory.mktemp('shared') / 'dusal.db'}") as running:
        await running.join("Ann", number=LEARNER)
        yield running


async def test_nobody_elses_button_moves_anything(siege: Siege) -> None:
    ann, bob = await siege.join("Ann"), await siege.join("Bob")
    saraa = await siege.staff("Saraa", FACILITATOR)
    for command in ("/schedule", "/settings", "/privacy", "/progress", "/lessons", "/today", "/ask"):
        await siege.say(ann, command)
    await siege.tap(ann, "Continue")
    await siege.say(saraa, "/announce")
    await siege.say(saraa, "The boiler is off on Friday.")
    await siege.say(saraa, "/group")
    seen = set()

    for owner, others in ((ann, (bob.id, STRANGER, FACILITATOR)), (saraa, (bob.id, STRANGER, ann.id))):
        facts = await siege.service.parts.database.read(partial(_facts, address=owner.id))
        for data in _carried(siege, owner):
            seen.add(data[:2])
            for other in others:
                await siege.press(other, data)
        await siege.settled()
        assert await siege.service.parts.database.read(partial(_facts, address=owner.id)) == facts

    assert seen == {"l_", "s_", "j_", "n_", "g_", "q_"}
    assert not any("boiler" in text for text in [*await _texts(ann), *await _texts(bob)])
    await siege.still_serves()


@pytest.mark.parametrize(
    "data",
    [
        "",
        ":",
        "l_pick",
        "l_pick:" + "z" * 57,
        "l_go:1:" + "Ө" * 28,
        "\U0001f600" * 16,
        "l_pick:-1:0:1:0",
        "l_pick:1:0:1:１",
        "n_at:1:zzzzzzzzzzzz",
        "j_slot:1:0:1rr",
        "j_zone:1:../../etc/passwd",
        "j_zone:1:Moon/Tranquility",
        "s_lang:../../../x",
        "s_left:" + "z" * 57,
        "\x1b[31m",
        "x" * 65,
        "l_pick:\ud800",
        "l_pick:\0",
        7,
        None,
        ["l_pick"],
    ],
    ids=range(21),
)
async def test_made_up_data_is_answered_and_logged_without_it(shared: Siege, data: object) -> None:
    before = len(shared.logged.getvalue())
    facts = await shared.service.parts.database.read(partial(_facts, address=LEARNER))

    await shared.press(LEARNER, data)
    await shared.settled()

    assert await shared.service.parts.database.read(partial(_facts, address=LEARNER)) == facts
    logged = shared.logged.getvalue()[before:]
    assert "Traceback" not in logged
    assert not (isinstance(data, str) and len(data) > 1 and data in logged)
    await shared.still_serves()


async def test_an_announcement_does_not_outlive_its_authors_role(siege: Siege) -> None:
    ann, saraa = await siege.join("Ann"), await siege.staff("Saraa", FACILITATOR)
    await siege.say(saraa, "/announce")
    await siege.say(saraa, "Buy my honey.")
    sending = await siege.tap(saraa, "Send to")

    await _revoke(siege)
    siege.clock.advance(timedelta(days=2))
    await siege.service.tick()
    await siege.settled()

    assert not any("honey" in text for text in await _texts(ann))
    assert sending.text == "Sending to 1 person in 20 seconds."
    assert (await saraa.last()).text == "Cancelled. Nobody got it."


async def test_a_question_that_waits_for_the_morning_is_not_brought_to_who_lost_the_role(
    siege: Siege,
) -> None:
    ann, saraa = await siege.join("Ann"), await siege.staff("Saraa", FACILITATOR)
    siege.clock.advance(timedelta(hours=12))
    await siege.say(ann, "/ask My boiler makes a noise.")

    await _revoke(siege)
    siege.clock.advance(timedelta(hours=12))
    await siege.service.tick()
    await siege.settled()

    assert not any("boiler" in text for text in await _texts(saraa))


async def test_guessing_codes_is_slow_also_after_a_restart_and_from_many_accounts(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'dusal.db'}"
    async with besieged(url) as siege:
        guesser = await siege.phones.add("Mallory", number=9_000_001)
        for guess in range(3):
            await siege.say(guesser, f"/start {WRONG[:-1]}{guess + 2}")
    async with besieged(url) as siege:
        admin = await siege.staff("Delger", ADMIN)
        guesser = await siege.phones.add("Mallory", number=9_000_001)
        answers = [await siege.say(guesser, WRONG) for _ in range(2)]
        closed = await siege.say(guesser, siege.group.code)
        for account in range(95):
            await siege.throw(message(9_100_000 + account, text=WRONG))
        await siege.settled()
        newcomer = await siege.phones.add("Tuya")
        locked = await siege.say(newcomer, siege.group.code)
        invited = await siege.say(newcomer, f"/start {siege.group.link_token}")
        alarmed = await _texts(admin)

    assert [shown.text[:24] for shown in answers] == ["That code isn't in use. "] * 2
    assert closed.text == locked.text
    assert "Hello" not in closed.text
    assert invited.text.startswith("Hello Tuya!")
    assert sum("100" in text for text in alarmed) == 1


PAYLOADS = (
    "x" * 65, "\0" * 70, "ref_spring-sale", "../../etc", "Ө" * 64, "%00", "<script>", "a" * 3000,
    "' OR 1=1 --",
)  # fmt: skip


async def test_any_payload_of_a_deep_link_is_answered_by_asking_for_the_code(shared: Siege) -> None:
    stranger = await shared.phones.add("Stranger", number=9_500_001)
    await shared.say(stranger, "/start")

    for payload in PAYLOADS:
        await shared.throw(message(stranger.id, text=f"/start {payload}"))
    await shared.settled()

    asked = [shown.text for shown in await stranger.messages() if shown.from_bot]
    assert ["join code" in text for text in asked] == [True] * (1 + len(PAYLOADS))
    await shared.still_serves()


async def test_a_group_is_left_without_a_word(shared: Siege) -> None:
    asked = len(shared.server.requests)
    added = {"from": human(9_600_001), "chat": {"id": -1001, "type": "group"}, "date": 1}
    spoken = message(9_600_001, text=f"/start {shared.group.link_token}")
    spoken["message"] |= {"chat": {"id": -1001, "type": "group"}}  # type: ignore[operator]  # as made above

    await shared.throw({"my_chat_member": {**added, "new_chat_member": {"status": "member"}}})
    await shared.throw(spoken)
    await shared.settled()

    made = [(call.method.lower(), str(call.values.get("chat_id"))) for call in shared.server.requests[asked:]]
    assert made == [("leavechat", "-1001")]


async def test_who_floods_is_told_once_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    async with besieged(f"sqlite:///{tmp_path / 'dusal.db'}", per_minute=30) as siege:
        mallory = await siege.phones.add("Mallory")
        await siege.say(mallory, "/start")
        for number in range(200):
            await siege.throw(message(mallory.id, text=f"/help {number}"))
        await siege.still_serves()
        told = await _texts(mallory)

    # 30 of 201 are answered and one sentence says why the others are not.
    assert len([text for text in told if text]) == 1 + 31


async def _texts(phone: Phone) -> list[str]:
    return [shown.text for shown in await phone.messages()]


async def _revoke(siege: Siege) -> None:
    await siege.service.parts.database.run(
        lambda tx: granting.revoke(
            tx, address=FACILITATOR, role="facilitator", group_name="Autumn", now=siege.clock()
        )
    )
    await siege.settled()


def _carried(siege: Siege, phone: Phone) -> list[str]:
    """Return what every button of this phone carries."""
    return [
        str(button["callback_data"])
        for shown in siege.server.world.chats[phone.id].messages.values()
        for row in shown.buttons
        for button in row
        if "callback_data" in button
    ]


def _facts(tx: Connection, *, address: int) -> list[tuple[Any, ...]]:
    """Return everything that is known about this person but when they were last here."""
    kept = (
        select(people.c.id, people.c.name, people.c.language, people.c.zone, people.c.text_only),
        select(enrollments).join(people, people.c.id == enrollments.c.person_id),
        select(roles).join(people, people.c.id == roles.c.person_id),
        select(assignments)
        .join(enrollments, enrollments.c.id == assignments.c.enrollment_id)
        .join(people, people.c.id == enrollments.c.person_id),
        select(responses)
        .join(assignments, assignments.c.id == responses.c.assignment_id)
        .join(enrollments, enrollments.c.id == assignments.c.enrollment_id)
        .join(people, people.c.id == enrollments.c.person_id),
    )
    return [tuple(row) for one in kept for row in tx.execute(one.where(people.c.address == address))]
