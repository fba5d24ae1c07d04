"""F3 and P4: a service that is told to stop in the middle of an announcement, and one that is killed there.

The whole `dusal serve`, against a Telegram on 127.0.0.1. What is told to stop is forked, so that a
hundred times cost little; what is killed is a process from its first instruction, as its start counts.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

from bench.academies import furnish, serve
from bench.loopback import LoopbackTelegram
from faults.accounts import states
from faults.figures import Found, Size
from faults.kills import announced
from faults.nursery import opened

STOP_GOAL = "0 lost, 0 doubled, each stop within 10 s"
PEOPLE = {"small": 30, "full": 1_500}
STOPS = {"small": 2, "full": 100}
STOP_SECONDS = 10.0
RATE = 30
QUARANTINE_SECONDS = 3
"""Until the few that were under way at the kill go out once more."""
AWAY_SECONDS = 0.02
BACK_PEOPLE = {"small": 60, "full": 110}
BACK_SECONDS = {"small": 30.0, "full": 2.0}
BACK_SHARE = {"small": 0.3, "full": 0.95}
"""The small size runs beside other tests: there a start takes longer, and nothing leaves on time."""


async def deploys(size: Size, seed: int, folder: Path) -> Sequence[Found]:
    """Tell it to stop after a drawn number of messages, and start it again."""
    random, people, stops = Random(seed), PEOPLE[size], STOPS[size]
    home = folder / "deploys"
    url = await asyncio.to_thread(announced, home / "dusal.db", people_count=people)
    longest, codes = 0.0, Counter[int]()
    async with LoopbackTelegram() as telegram, opened(folder) as nursery:
        telegram.away_seconds = AWAY_SECONDS
        config = furnish(home, api_url=telegram.url, rate=RATE)
        each = max(1, int(0.6 * people / (stops + 1)))
        for number in range(stops + 1):
            child = await nursery.child("serve", config=str(config), data=str(home))
            last = number == stops
            enough = people if last else min(people, len(_sent(telegram)) + random.randint(1, 2 * each - 1))
            # Stopped before it listens, it would not be a deploy in the middle of anything.
            begun = len(telegram.calls)
            while len(_sent(telegram)) < enough or not _listens(telegram, since=begun):
                if not child.is_running:
                    break
                await asyncio.sleep(0.005)
            if not child.is_running:
                print(child.written(), file=sys.stderr)
            await asyncio.sleep(random.uniform(0, 2 * AWAY_SECONDS))
            asked_at = time.monotonic()
            child.kill(signal.SIGTERM)
            codes[await child.wait()] += 1
            longest = max(longest, time.monotonic() - asked_at)
    copies = Counter(chat for chat, _ in _sent(telegram))
    left = await asyncio.to_thread(states, url)
    doubled = sum(count > 1 for count in copies.values())
    found = Found(
        figure="F3",
        what=f"SIGTERM in an announcement to {people:,}: {stops} deploys",
        goal=STOP_GOAL,
        result=f"{people - len(copies)} lost, {doubled} doubled, exit code 0 {codes[0]} times, "
        f"longest stop {longest:.1f} s",
        holds=len(copies) == people
        and not doubled
        and left == {("sent", False): people}
        and codes == {0: stops + 1}
        and longest <= STOP_SECONDS,
        seed=seed,
    )
    return [found]


async def back_after_a_kill(size: Size, seed: int, folder: Path) -> Sequence[Found]:
    """Kill a sending service, start it again as a service manager does, and time the way back."""
    home, random, people = folder / "back", Random(seed), BACK_PEOPLE[size]
    url = await asyncio.to_thread(announced, home / "dusal.db", people_count=people)
    async with LoopbackTelegram() as telegram:
        telegram.away_seconds = AWAY_SECONDS
        config = furnish(home, api_url=telegram.url, rate=RATE)
        settings = json.loads(config.read_text(encoding="utf-8"))
        settings["limits"]["quarantine_seconds"] = QUARANTINE_SECONDS
        config.write_text(json.dumps(settings), encoding="utf-8")
        first = await _serving(config)
        await _until(telegram, random.randint(5, 25))
        first.kill()
        killed_at = time.monotonic()
        await first.wait()
        second = await _serving(config)
        try:
            async with asyncio.timeout(60):
                while not await asyncio.to_thread(_is_settled, url):  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.2)
        finally:
            second.terminate()
            code = await second.wait()
    times = [at for _, at in _sent(telegram) if at > killed_at + AWAY_SECONDS]
    back = seconds_until_rate(times, since=killed_at, rate=BACK_SHARE[size] * RATE)
    copies = Counter(chat for chat, _ in _sent(telegram))
    left = await asyncio.to_thread(states, url)
    flagged = sum(count for (_, maybe_doubled), count in left.items() if maybe_doubled)
    doubled = sum(count > 1 for count in copies.values())
    told = "not back" if back is None else f"back after {back:.2f} s"
    found = Found(
        figure="P4",
        what="kill -9 of a sending `dusal serve`, and a new process",
        goal=f"at {BACK_SHARE[size]:.0%} of the rate within {BACK_SECONDS[size]:g} s of the kill; 0 lost",
        result=f"{told}; {people - len(copies)} lost, {doubled} doubled, {flagged} marked",
        holds=back is not None
        and back <= BACK_SECONDS[size]
        and len(copies) == people
        and max(copies.values()) <= 2
        and doubled <= flagged
        and {state for state, _ in left} == {"sent"}
        and code == 0,
        seed=seed,
    )
    return [found]


def seconds_until_rate(times: Sequence[float], *, since: float, rate: float) -> float | None:
    """Return when a second begins in which at least `rate` arrive; None if there is none."""
    for number, begun in enumerate(times):
        if sum(begun <= at < begun + 1 for at in times[number:]) >= rate:
            return begun - since
    return None


async def _serving(config: Path) -> asyncio.subprocess.Process:
    left_out = ("DUSAL_", "PYTHONDONTWRITEBYTECODE")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    log = (config.parent / "serve.log").open("ab")
    try:
        return await asyncio.create_subprocess_exec(sys.executable, *serve(config), env=environ, stderr=log)
    finally:
        log.close()


def _sent(telegram: LoopbackTelegram) -> list[tuple[int, float]]:
    return [(int(call.values["chat_id"]), call.at) for call in telegram.calls if call.method == "sendMessage"]


def _is_settled(url: str) -> bool:
    return {state for state, _ in states(url)} == {"sent"}


def _listens(telegram: LoopbackTelegram, *, since: int) -> bool:
    return any(call.method == "getUpdates" for call in telegram.calls[since:])


async def _until(telegram: LoopbackTelegram, messages: int) -> None:
    """Return once so many are sent, or as many as there are people."""
    async with asyncio.timeout(60):
        while len(_sent(telegram)) < messages:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.005)
