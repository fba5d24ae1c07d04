"""F17: how long people wait for an answer while everybody is being told something.

A real `dusal serve` sends an announcement at Telegram's rate, and people ask for /help at random
moments meanwhile. An answer counts when its request reaches Telegram; how late the event loop was is
what the service itself says on /metrics.
"""

import asyncio
import json
import re
import signal
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

import aiohttp
from sqlalchemy import Connection

from academy.messages.facilitating import Announcement
from academy.saying import say
from bench.academies import awake_now
from faults.figures import Found, Size
from faults.fresh import fresh
from faults.nursery import opened
from lessons.markup import parse
from preview.limits import STRICT_RATE_LIMITS
from preview.people import Person
from preview.phone_client import Phone, Phones
from preview.server import PreviewServer
from scheduler.clock import system_clock
from storage import people
from storage.database import Database

RATE: Final = 30
"""Messages a second: what Telegram takes from a bot that pays nothing."""
_FIRST: Final = 50_001
_TALKERS: Final = 6
_ANNOUNCED: Final = "Soup at noon."
_LAG: Final = re.compile(r'^dusal_loop_lag_seconds\{quantile="0.99"\} (\S+)$', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is done, and how good it has to be."""

    told: int
    """People who are told something."""
    pause: tuple[float, float]
    """Seconds between two questions of one person."""
    reply_p95_seconds: float
    lag_p99_seconds: float


SCALES: Final = {
    # Among other tests, on a machine that does other things: a tenth of a second says nothing there.
    "small": Scale(told=60, pause=(0.6, 1.2), reply_p95_seconds=2.0, lag_p99_seconds=0.5),
    "full": Scale(told=9_000, pause=(1.5, 4.0), reply_p95_seconds=1.0, lag_p99_seconds=0.1),
}


async def run(size: Size, seed: int, folder: Path) -> Sequence[Found]:
    """Announce something to everybody, and let some of them ask meanwhile."""
    scale, random = SCALES[size], Random(seed)
    url, web = fresh(folder / "data" / "dusal.db"), f"127.0.0.1:{_free_port()}"
    async with (
        PreviewServer(clock=system_clock, rate_limits=STRICT_RATE_LIMITS) as server,
        Phones(server.url) as phones,
        opened(folder) as nursery,
    ):
        talkers = [await phones.add(f"Talker {number}") for number in range(_TALKERS)]
        listeners = list(range(_FIRST, _FIRST + scale.told))
        for address in listeners:
            server.world.add_person(Person(id=address, first_name="Listener"))
            server.world.chats[address].started = True
        await asyncio.to_thread(_acquaint, url, [*listeners, *(phone.id for phone in talkers)])
        config = folder / "config.yaml"
        config.write_text(json.dumps(_settings(server, url=url, web=web)), encoding="utf-8")
        child = await nursery.child("serve", config=str(config), data=str(folder / "data"))
        for phone in talkers:
            await phone.write("/help")
            await phone.shows("/privacy")
        asked: list[tuple[int, float]] = []
        before = len(server.requests)
        await asyncio.to_thread(_announce, url, listeners)
        talking = [
            asyncio.create_task(_talk(phone, asked, scale, Random(random.random()))) for phone in talkers
        ]
        begun = time.monotonic()
        for _ in range(4 * (3 * scale.told // RATE + 20)):
            if _told(server, before) == scale.told:
                break
            await asyncio.sleep(0.25)
        took = time.monotonic() - begun
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)
        for _ in range(20):
            # The last question may still be on its way.
            waited = _waits(server, before, asked)
            if len(waited) == len(asked):
                break
            await asyncio.sleep(0.2)
        lag = await _lag(web)
        child.kill(signal.SIGTERM)
        await child.wait()
        told, refused = _told(server, before), sum(one.status == 429 for one in server.requests)
    p95 = waited[int(0.95 * len(waited))] if waited else float("inf")
    return (
        Found(
            figure="F17",
            what=f"{len(asked):,} questions during an announcement to {scale.told:,} at {RATE}/s",
            goal=(
                f"answer p95 < {scale.reply_p95_seconds:.0f} s,"
                f" loop lag p99 < {1000 * scale.lag_p99_seconds:.0f} ms"
            ),
            result=(
                f"answer p95 {p95:.2f} s, loop lag p99 {1000 * lag:.0f} ms; {told:,} told in {took:.0f} s,"
                f" {len(asked) - len(waited)} not answered, {refused} times refused (429)"
            ),
            holds=p95 < scale.reply_p95_seconds
            and lag < scale.lag_p99_seconds
            and told == scale.told
            and len(waited) == len(asked) > 0,
            seed=seed,
        ),
    )


def _settings(server: PreviewServer, *, url: str, web: str) -> dict[str, dict[str, object]]:
    return {
        "academy": {"name": "Darkhan", **awake_now()},
        "telegram": {"token": server.token, "api_url": server.url},
        "database": {"url": url},
        "web": {"address": web},
        "limits": {"messages_per_second": RATE, "updates_per_minute": 600},
    }


async def _talk(phone: Phone, asked: list[tuple[int, float]], scale: Scale, random: Random) -> None:
    """Ask again and again; each question and its moment is noted before it is sent."""
    while True:
        await asyncio.sleep(random.uniform(*scale.pause))
        asked.append((phone.id, time.monotonic()))
        await phone.write("/help")


def _told(server: PreviewServer, before: int) -> int:
    return sum(_is_announced(one.values) and one.status == 200 for one in server.requests[before:])


def _is_announced(values: dict[str, object]) -> bool:
    return values.get("text") == _ANNOUNCED


def _waits(server: PreviewServer, before: int, asked: Sequence[tuple[int, float]]) -> list[float]:
    """Return how long each answered question waited, shortest first; answers come in their order."""
    questions: dict[int, list[float]] = {}
    for person, moment in asked:
        questions.setdefault(person, []).append(moment)
    waited = []
    for one in server.requests[before:]:
        person = int(str(one.values.get("chat_id", 0)))
        if one.method == "sendMessage" and one.status == 200 and questions.get(person):
            waited.append(one.monotonic_at - questions[person].pop(0))
    return sorted(waited)


async def _lag(web: str) -> float:
    async with aiohttp.ClientSession() as asking, asking.get(f"http://{web}/metrics") as answer:
        found = _LAG.search(await answer.text())
    return float(found.group(1)) if found is not None else float("inf")


def _acquaint(url: str, addresses: Sequence[int]) -> None:
    def fill(tx: Connection) -> None:
        for address in addresses:
            person = people.add(tx, address=address, name="Known", language="en", now=system_clock())
            people.accept_notice(tx, person.id, version="1", now=system_clock())

    _write(url, fill)


def _announce(url: str, addresses: Sequence[int]) -> None:
    def fill(tx: Connection) -> None:
        now, text = system_clock(), parse(_ANNOUNCED)
        for address in addresses:
            person = people.by_address(tx, address)
            assert person is not None
            told = Announcement(text=text)
            say(tx, person_id=person.id, message=told, now=now, kind="announcement", silent=False)

    _write(url, fill)


def _write(url: str, fill: Callable[[Connection], None]) -> None:
    database = Database.open(url)
    database.run_here(fill)
    database.wake()
    database.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
