"""SIGKILL of a real `dusal serve` at each named point: what was tapped counts once, nothing is lost."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import get_args

import pytest

from preview.phone_client import Phone
from storage.crash_points import CrashPoint
from tests.app.serving_process import GROUP, KILLED, Town, town

pytestmark = pytest.mark.fault

CREDITS = 4


async def test_a_kill_at_each_named_point_in_the_middle_of_a_lesson(tmp_path: Path) -> None:
    await side_by_side(kill_in_a_lesson, get_args(CrashPoint), tmp_path)


async def test_a_kill_in_the_middle_of_an_announcement(tmp_path: Path) -> None:
    await side_by_side(kill_in_an_announcement, ("after_claim_commit", "after_http_ok"), tmp_path)


async def test_a_press_that_kills_the_service_twice_is_set_aside(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        async with place.served_here():
            token = await place.teach()
            learner, other = await asyncio.gather(place.join("Bold", token), place.join("Tuya", token))
        first = await place.serve(crash_at="before_handler_commit")
        pressing = asyncio.create_task(learner.press("Continue"))
        assert (await first.end()).code == KILLED
        await pressing
        # Telegram hands the press over again: nobody has said that it arrived.
        second = await place.serve(crash_at="before_handler_commit")
        assert (await second.end()).code == KILLED

        third = await place.serve()
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


async def side_by_side(
    story: Callable[[CrashPoint, Path], Awaitable[None]], points: Sequence[CrashPoint], folder: Path
) -> None:
    """Play a story at each point, two at a time, each with a folder and a Telegram of its own."""
    room = asyncio.Semaphore(2)

    async def play(point: CrashPoint) -> None:
        (folder / point).mkdir()
        async with room:
            try:
                await story(point, folder / point)
            except BaseException as failed:
                failed.add_note(f"at {point}")
                raise

    async with asyncio.TaskGroup() as kills:
        for point in points:
            kills.create_task(play(point))


async def kill_in_a_lesson(point: CrashPoint, folder: Path) -> None:
    async with town(folder) as place:
        async with place.served_here():
            token = await place.teach()
            learners = await asyncio.gather(*(place.join(name, token) for name in ("Bold", "Tuya", "Hulan")))
        second = await place.serve(crash_at=point)
        taps = asyncio.gather(*(learner.press("Continue") for learner in learners))
        assert (await second.end()).code == KILLED
        await taps

        third = await place.serve()
        for learner in learners:
            await learner.shows("Question 1 of 1", seconds=40)
        await asyncio.gather(*(learner.press("True") for learner in learners))
        for learner in learners:
            await learner.shows("Right: True")
        await quiet(place)
        sent = await place.listed("outbox")
        assert (await third.stop()).code == 0

        await assert_kept(place, learners, sent=sent)


async def kill_in_an_announcement(point: CrashPoint, folder: Path) -> None:
    async with town(folder) as place:
        async with place.served_here():
            token = await place.teach()
            learners = await asyncio.gather(*(place.join(f"Learner {number}", token) for number in range(5)))
        await place.command("announce", "--group", GROUP, "--text", "Soup at noon.")
        second = await place.serve(crash_at=f"{point}:2")
        assert (await second.end()).code == KILLED

        third = await place.serve()
        for learner in learners:
            await learner.shows("Soup at noon.", seconds=40)
        await quiet(place)
        sent = [row for row in await place.listed("outbox") if row["kind"] == "announcement"]
        await third.stop()

        copies = {
            learner.id: sum(message.text == "Soup at noon." for message in await learner.messages())
            for learner in learners
        }
        assert set(copies.values()) <= {1, 2}
        flagged = {row["person"] for row in sent if row["maybe_doubled"]}
        assert {person for person, count in copies.items() if count == 2} <= flagged
        assert len(flagged) <= CREDITS
        assert {row["state"] for row in sent} == {"sent"}


async def quiet(place: Town) -> None:
    """Return once nothing waits in the outbox."""
    open_states = {"waiting", "sending", "uncertain"}
    while any(row["state"] in open_states for row in await place.listed("outbox")):  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.05)


async def assert_kept(place: Town, learners: Sequence[Phone], *, sent: list[dict[str, object]]) -> None:
    """Every answer is there once; every message came at least once, at most twice, doubles are marked."""
    with sqlite3.connect(place.folder / "data" / "dusal.db") as direct:
        answers = direct.execute("SELECT count(*), count(DISTINCT assignment_id) FROM responses").fetchone()
        open_updates = direct.execute("SELECT count(*) FROM inbox WHERE state = 'new'").fetchone()
    direct.close()
    assert answers == (len(learners), len(learners))
    assert open_updates == (0,)
    assert {row["state"] for row in sent} <= {"sent", "held"}
    doubled = 0
    for learner in learners:
        said = Counter(
            message.text for message in await learner.messages() if message.from_bot and not message.edited
        )
        cards = [count for text, count in said.items() if text.startswith("Lesson 1 of 1. Card 1 of 1")]
        assert cards == [1]
        extra = sum(count - 1 for count in said.values())
        marked = sum(1 for row in sent if row["person"] == learner.id and row["maybe_doubled"])
        assert max(said.values()) <= 2
        assert extra <= marked
        doubled += extra
    assert doubled <= CREDITS
