"""SIGKILL of a whole `dusal serve` at each named point: what was tapped counts once, nothing is lost."""

import asyncio
import contextlib
import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import pytest

from preview.phone_client import NotShownError, Phone
from storage.crash_points import CrashPoint
from tests.app.scripting import COURSE
from tests.app.serving_process import KILLED, Town, town

pytestmark = pytest.mark.fault

CREDITS = 4
# In turn, because what is under way at two kills in a row is held.
POINTS: tuple[CrashPoint, ...] = (
    "after_inbox_commit", "after_claim_commit", "before_handler_commit", "after_http_ok",
    "after_handler_commit", "after_settle",
)  # fmt: skip
WAITING = """
    SELECT (SELECT count(*) FROM inbox WHERE state = 'new')
        + (SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending', 'uncertain'))
"""
CARDS = len(POINTS) + 1
"""Enough for a tap in each round."""
SAY = "      - say: Boil the water.\n"
LONG = COURSE.replace(SAY, CARDS * SAY)


async def test_a_kill_at_each_named_point_in_the_middle_of_a_lesson(tmp_path: Path) -> None:
    assert set(POINTS) == set(get_args(CrashPoint))
    async with town(tmp_path) as place:
        async with place.served_here():
            token = await place.teach(LONG)
            learners = await asyncio.gather(*(place.join(name, token) for name in ("Bold", "Tuya", "Hulan")))
        for point in POINTS:
            serve = await place.forked(crash_at=point)
            tapping = asyncio.gather(*(tap_and_ask(learner) for learner in learners))
            assert (await serve.end()).code == KILLED, point
            await tapping
            # One life without a kill: what was in hand at two kills in a row would be set aside as poisonous,
            # which the next test is about.
            asked_before = polls(place)
            whole = await place.forked()
            while polls(place) == asked_before:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.02)
            await quiet(place)
            assert (await whole.stop()).code == 0

        last = await place.forked()
        await quiet(place)
        await asyncio.gather(*(go_on_to_the_question(learner) for learner in learners))
        await asyncio.gather(*(learner.press("True") for learner in learners))
        for learner in learners:
            await learner.shows("Right: True")
        await quiet(place)
        sent = await place.listed("outbox")
        assert (await last.stop()).code == 0

        await assert_kept(place, learners, sent=sent)


async def test_a_press_that_kills_the_service_twice_is_set_aside(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        async with place.served_here():
            token = await place.teach()
            learner, other = await asyncio.gather(place.join("Bold", token), place.join("Tuya", token))
        first = await place.forked(crash_at="before_handler_commit")
        pressing = asyncio.create_task(learner.press("Continue"))
        assert (await first.end()).code == KILLED
        await pressing
        # Telegram hands the press over again: nobody has said that it arrived.
        second = await place.forked(crash_at="before_handler_commit")
        assert (await second.end()).code == KILLED

        third = await place.forked()
        await learner.shows("it is our fault", seconds=40)
        await other.press("Continue")
        await other.shows("Question 1 of 1")
        # What kills once may not kill again: the same button is worth another try.
        await learner.press("Continue")
        await learner.shows("Question 1 of 1")
        assert (await third.stop()).code == 0

        with sqlite3.connect(place.folder / "data" / "dusal.db") as direct:
            dead = direct.execute("SELECT tries FROM inbox WHERE state = 'dead'").fetchall()
        direct.close()
        assert dead == [(2,)]


async def tap_and_ask(learner: Phone) -> None:
    """Leave the card, and write something that brings a new message."""
    with contextlib.suppress(NotShownError):
        # Not yet shown what the last tap brought.
        await learner.press("Continue")
    await learner.write("/help")


async def go_on_to_the_question(learner: Phone) -> None:
    while not any("Question 1 of 1" in message.text for message in await learner.messages()):
        said = " ".join(message.text for message in await learner.messages())
        shown = max(card for card in range(1, CARDS + 1) if f"Card {card} of" in said)
        await learner.press("Continue")
        await learner.shows("Question 1 of 1" if shown == CARDS else f"Card {shown + 1} of", seconds=40)


def polls(place: Town) -> int:
    """Return how often a service has asked for updates."""
    return sum(1 for request in place.server.requests if request.method == "getUpdates")


async def quiet(place: Town) -> None:
    """Return once nothing waits at Telegram, in the inbox or in the outbox."""
    with contextlib.closing(sqlite3.connect(place.folder / "data" / "dusal.db")) as direct:
        while place.server.world.queue.waiting() or direct.execute(WAITING).fetchone() != (0,):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)


async def assert_kept(place: Town, learners: Sequence[Phone], *, sent: list[dict[str, object]]) -> None:
    """Every answer is there once; every message came at least once, at most twice, doubles are marked."""
    with sqlite3.connect(place.folder / "data" / "dusal.db") as direct:
        answers = direct.execute("SELECT count(*), count(DISTINCT assignment_id) FROM responses").fetchone()
        open_updates = direct.execute("SELECT count(*) FROM inbox WHERE state = 'new'").fetchone()
        aside = direct.execute("SELECT count(*) FROM inbox WHERE state = 'dead'").fetchone()
    direct.close()
    assert answers == (len(learners), len(learners))
    assert open_updates == (0,)
    assert {row["state"] for row in sent} <= {"sent", "held"}
    assert aside == (0,)
    doubled = 0
    for learner in learners:
        said = [message for message in await learner.messages() if message.from_bot]
        # Each /help brings the same words again, so those may be there once for each round, and once more.
        asked = Counter("/help" in message.text or "/today" in message.text for message in said)
        marked = sum(1 for row in sent if row["person"] == learner.id and row["maybe_doubled"])
        held = sum(1 for row in sent if row["person"] == learner.id and row["state"] == "held")
        assert len(POINTS) - held <= asked[True] <= len(POINTS) + marked
        cards = Counter(message.text for message in said if "Lesson 1 of 1. Card " in message.text)
        assert max(cards.values()) <= 2
        extra = cards.total() - len(cards) + max(0, asked[True] - len(POINTS))
        assert extra <= marked
        doubled += extra
    assert doubled <= CREDITS * len(POINTS)
