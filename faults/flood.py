"""U16: one person writes a thousand messages a minute, and nobody else waits longer for it.

A real `dusal serve`; the others ask for /help at random moments, first alone and then beside the
flood. An answer counts when its request reaches Telegram.
"""

import asyncio
import json
import signal
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from sqlalchemy import Connection

from bench.academies import awake_now
from faults.figures import Found, Size
from faults.fresh import fresh
from faults.nursery import opened
from preview.limits import NO_RATE_LIMITS
from preview.phone_client import Phone, Phones
from preview.server import PreviewServer
from scheduler.clock import system_clock
from storage import people
from storage.database import Database

_OTHERS: Final = 6
_A_MINUTE: Final = 1_000
_ANSWERED: Final = 30
"""`limits.updates_per_minute`; the one behind them is told to slow down."""
_NOTICE: Final = "That was a lot at once."


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How long, and how much slower the others may be."""

    seconds: float
    """Of each of the two halves."""
    pause: tuple[float, float]
    """Seconds between two questions of one person."""
    slower_seconds: float


SCALES: Final = {
    # Among other tests, on a machine that does other things, half a second says nothing.
    "small": Scale(seconds=2.4, pause=(0.3, 0.6), slower_seconds=2.0),
    "full": Scale(seconds=60.0, pause=(1.5, 4.0), slower_seconds=0.1),
}


async def run(size: Size, seed: int, folder: Path) -> Sequence[Found]:
    """Let the others ask alone, and then beside a flood."""
    scale, random = SCALES[size], Random(seed)
    url = fresh(folder / "data" / "dusal.db")
    async with (
        PreviewServer(clock=system_clock, rate_limits=NO_RATE_LIMITS) as server,
        Phones(server.url) as phones,
        opened(folder) as nursery,
    ):
        others = [await phones.add(f"Other {number}") for number in range(_OTHERS)]
        mallory = await phones.add("Mallory")
        await asyncio.to_thread(_acquaint, url, [phone.id for phone in (*others, mallory)])
        config = folder / "config.yaml"
        config.write_text(json.dumps(_settings(server, url=url)), encoding="utf-8")
        child = await nursery.child("serve", config=str(config), data=str(folder / "data"))
        for phone in others:
            await phone.write("/help")
            await phone.shows("/privacy")
        alone = await _asked(server, others, scale, random, until=_at_once())
        flood = asyncio.create_task(_flood(mallory, round(scale.seconds * _A_MINUTE / 60)))
        beside = await _asked(server, others, scale, random, until=flood)
        answered, noticed = _said_to(mallory, server)
        for _ in range(50):
            if noticed:
                break
            # On a slow machine the answers come a little later.
            await asyncio.sleep(0.2)
            answered, noticed = _said_to(mallory, server)
        child.kill(signal.SIGTERM)
        await child.wait()
    return (_found(scale, seed=seed, alone=alone, beside=beside, answered=answered, told=noticed),)


def _said_to(phone: Phone, server: PreviewServer) -> tuple[int, int]:
    """Return how many answers and how many notices somebody was sent."""
    texts = [
        str(one.values.get("text"))
        for one in server.requests
        if str(one.values.get("chat_id")) == str(phone.id)
    ]
    notices = sum(text.startswith(_NOTICE) for text in texts)
    return len(texts) - notices, notices


def _found(
    scale: Scale, *, seed: int, alone: Sequence[float], beside: Sequence[float], answered: int, told: int
) -> Found:
    before, meanwhile = _p95(alone), _p95(beside)
    # Two minutes are touched by the longer half, so two notices at most.
    return Found(
        figure="U16",
        what=f"{_A_MINUTE:,} messages a minute from one person, for {scale.seconds:.0f} s",
        goal=f"others' answer p95 at most {scale.slower_seconds} s slower; one notice a minute",
        result=(
            f"p95 of others {before:.2f} s before, {meanwhile:.2f} s meanwhile;"
            f" {answered} answered, {told} notices"
        ),
        holds=meanwhile < before + scale.slower_seconds
        and answered <= 2 * _ANSWERED
        and 1 <= told <= 2
        and len(alone) > 0 < len(beside),
        seed=seed,
    )


def _at_once() -> "asyncio.Future[None]":
    over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    over.set_result(None)
    return over


async def _asked(
    server: PreviewServer,
    others: Sequence[Phone],
    scale: Scale,
    random: Random,
    *,
    until: "asyncio.Future[None]",
) -> list[float]:
    """Return how long each question of the others waited for its answer; infinity for one without.

    They ask for as long as the scale says, and at least until `until` is done.
    """
    asked: list[tuple[int, float]] = []
    before = len(server.requests)

    async def ask(phone: Phone, random: Random) -> None:
        begun = time.monotonic()
        while True:
            await asyncio.sleep(random.uniform(*scale.pause))
            if time.monotonic() - begun > scale.seconds and until.done():
                return
            asked.append((phone.id, time.monotonic()))
            await phone.write("/help")

    await asyncio.gather(*(ask(phone, Random(random.random())) for phone in others))
    for _ in range(20):
        # The last question may still be on its way.
        waited = _waits(server, before, asked)
        if len(waited) == len(asked):
            return waited
        await asyncio.sleep(0.2)
    return [*waited, *([float("inf")] * (len(asked) - len(waited)))]


async def _flood(phone: Phone, messages: int) -> None:
    """Write so many messages, a thousand a minute; on a slow machine it takes longer."""
    begun = time.monotonic()
    for sent in range(1, messages + 1):
        await phone.write(f"/help {sent}")
        await asyncio.sleep(max(0.0, begun + 60.0 * sent / _A_MINUTE - time.monotonic()))


def _waits(server: PreviewServer, before: int, asked: Sequence[tuple[int, float]]) -> list[float]:
    questions: dict[int, list[float]] = {}
    for person, moment in asked:
        questions.setdefault(person, []).append(moment)
    waited = []
    for one in server.requests[before:]:
        person = int(str(one.values.get("chat_id", 0)))
        if one.method == "sendMessage" and one.status == 200 and questions.get(person):
            waited.append(one.monotonic_at - questions[person].pop(0))
    return waited


def _p95(waited: Sequence[float]) -> float:
    return sorted(waited)[int(0.95 * len(waited))] if waited else float("inf")


def _settings(server: PreviewServer, *, url: str) -> dict[str, dict[str, object]]:
    return {
        "academy": {"name": "Darkhan", **awake_now()},
        "telegram": {"token": server.token, "api_url": server.url},
        "database": {"url": url},
        "web": {"address": f"127.0.0.1:{_free_port()}"},
        # Without pauses in the chats: what is measured is how long the service takes.
        "limits": {"updates_per_minute": _ANSWERED, "messages_per_second": 500, "seconds_per_chat": 0},
    }


def _acquaint(url: str, addresses: Sequence[int]) -> None:
    def fill(tx: Connection) -> None:
        for address in addresses:
            person = people.add(tx, address=address, name="Known", language="en", now=system_clock())
            people.accept_notice(tx, person.id, version="1", now=system_clock())

    database = Database.open(url)
    database.run_here(fill)
    database.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
