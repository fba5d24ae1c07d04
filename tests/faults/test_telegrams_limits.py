"""Telegram's limits at the level of the whole service: no 429 of our own making, none ignored."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection

from preview.faults import FloodWait, Recorded
from preview.limits import STRICT_RATE_LIMITS
from scheduler.budget import Pacer
from storage import enrollments, groups, people
from tests.app.serving_process import town
from tests.journeys.stage import GROUP, Stage, opened
from tests.journeys.teas import TEA

LEARNERS = 60
ATTEMPTS = 3
"""What left evenly arrives in bunches when the machine is busy with something else for 10 ms: then it says
nothing about us. Whoever sends too fast is refused each time."""


async def test_an_announcement_to_sixty_people_meets_no_429(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[float] = []

    def took(self: Pacer, now: float) -> None:
        started.append(now)
        as_ever(self, now)

    as_ever = Pacer.took
    monkeypatch.setattr(Pacer, "took", took)
    for _ in range(ATTEMPTS):
        started.clear()
        told = await announced(tmp_path_factory.mktemp("sixty"))
        # What we decide ourselves is right each time, however busy the machine is.
        assert len(started) >= LEARNERS
        assert fits(started)
        if not told.refused:
            break

    assert told.refused == []
    assert len({str(request.values["chat_id"]) for request in told.sent}) == LEARNERS
    assert len(told.sent) == LEARNERS
    times = [request.monotonic_at for request in told.sent]
    # Thirty in the first second at most, and not much slower than that either.
    assert fits(times)
    assert times[-1] - times[0] < 4


def fits(moments: Sequence[float]) -> bool:
    """Return whether no window of one second holds more than thirty."""
    return all(later - earlier >= 1.0 for earlier, later in zip(moments, moments[30:], strict=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What Telegram saw of one announcement."""

    sent: list[Recorded]
    refused: list[str]


async def announced(folder: Path) -> Told:
    async with opened(folder, rate_limits=STRICT_RATE_LIMITS) as stage:
        await stage.teach(TEA)
        learners = [await stage.phone(f"Learner {number}") for number in range(LEARNERS)]
        for learner in learners:
            # They have met the bot; what they said is not what this is about.
            stage.trial.server.world.chats[learner.id].started = True
        await stage.trial.service.parts.database.run(
            lambda tx: enroll_all(tx, stage, [learner.id for learner in learners])
        )

        await stage.dusal("announce", "--group", GROUP, "--text", "Soup at noon.")
        await stage.pass_seconds(60)

        return Told(
            sent=[
                request for request in stage.asked("sendMessage") if request.values["text"] == "Soup at noon."
            ],
            refused=[request.method for request in stage.trial.server.requests if request.status == 429],
        )


async def test_retry_after_is_kept_across_a_restart(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        first = await place.forked()
        bold = await place.phones.add("Bold")
        await bold.write("/start")
        await bold.shows("Type your join code")
        place.server.faults.next("sendMessage", FloodWait(seconds=4))

        await bold.write("/help")
        while not (refused := [one for one in place.server.requests if one.status == 429]):
            await bold.messages()
        ended = await first.stop()
        second = await place.forked()
        await bold.shows("Type your join code here")
        await second.stop()

        after = [
            one.monotonic_at - refused[0].monotonic_at
            for one in place.server.requests
            if str(one.values.get("chat_id")) == str(bold.id) and one.monotonic_at > refused[0].monotonic_at
        ]
        assert ended.code == 0
        assert len(refused) == 1
        assert min(after) >= 4
        assert sum("Type your join code here" in message.text for message in await bold.messages()) == 1


def enroll_all(tx: Connection, stage: Stage, addresses: list[int]) -> None:
    now = stage.trial.clock()
    group = groups.by_name(tx, GROUP)
    assert group is not None
    for address in addresses:
        person = people.add(tx, address=address, name=f"Learner {address}", language="en", now=now)
        people.accept_notice(tx, person.id, version="1", now=now)
        enrollment = enrollments.enroll(tx, person_id=person.id, group=group, now=now)
        enrollments.set_state(tx, enrollment.id, "active", started_at=now)
