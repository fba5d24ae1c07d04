"""A whole service at work, people who write to it, and an announcement on its way to many more.

The Telegram of the preview stands behind it in this process, and counts what arrived.
"""

import asyncio
import json
import signal
import socket
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from sqlalchemy import Connection, select

from academy.messages.facilitating import Announcement
from academy.saying import say
from bench.academies import awake_now
from faults.nursery import Child, Nursery
from lessons.markup import parse
from preview.limits import NO_RATE_LIMITS
from preview.people import Person
from preview.phone_client import Phone, Phones
from preview.server import PreviewServer
from scheduler.clock import system_clock
from storage import people
from storage.database import Database
from storage.tables import inbox, outbox
from storage.tables import people as people_table

_TALKERS = 3
_FIRST = 10_001
_PATIENCE_SECONDS = 60.0


@dataclass(slots=True, kw_only=True)
class Crowd:
    """A service and those around it."""

    server: PreviewServer
    phones: list[Phone]
    child: Child
    url: str
    web: str
    told: int
    """How many people an announcement goes to."""
    announced: int = 0
    asked: Counter[int] = field(default_factory=Counter)
    """How often each phone has written /help: each time wants one answer."""

    async def announce(self) -> None:
        """Let the service tell everybody something."""
        self.announced += 1
        await asyncio.to_thread(self._announce)

    def _announce(self) -> None:
        text = parse(f"Soup at noon, day {self.announced}.")
        everybody = select(people_table.c.id).order_by(people_table.c.id).limit(self.told)

        def fill(tx: Connection) -> None:
            for person_id in tx.execute(everybody).scalars().all():
                told = Announcement(text=text)
                say(
                    tx,
                    person_id=person_id,
                    message=told,
                    now=system_clock(),
                    kind="announcement",
                    silent=False,
                )

        database = Database.open(self.url)
        database.run_here(fill)
        database.close()

    async def talk(self, *, pause_seconds: float = 0.1) -> None:
        """Write /help from each phone in turn, until cancelled."""
        while True:
            for phone in self.phones:
                self.asked[phone.id] += 1
                await asyncio.shield(phone.write("/help"))
                await asyncio.sleep(pause_seconds)

    async def has_answered(self) -> bool:
        """Return whether the service shows how it is."""
        try:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as asking:
                answer = await asking.get(f"http://{self.web}/health")
                await answer.read()
        except (aiohttp.ClientError, TimeoutError):
            return False
        return True

    def sent(self) -> list[tuple[int, str]]:
        """Return chat and text of every message that Telegram has taken."""
        return [
            (int(str(one.values["chat_id"])), str(one.values["text"]))
            for one in self.server.requests
            if one.method == "sendMessage" and one.status == 200
        ]

    async def quiet(self) -> None:
        """Return once everything is handled and said."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while await asyncio.to_thread(self._is_something_left):
                if not self.child.is_running:
                    raise RuntimeError(f"the service has ended: {self.child.written()[-3000:]}")
                await asyncio.sleep(0.05)

    def _is_something_left(self) -> bool:
        database = Database.open(self.url)
        try:
            return database.read_here(_is_something_left) or self._answers() < self.asked.total()
        finally:
            database.close()

    def _answers(self) -> int:
        talkers = {phone.id for phone in self.phones}
        return sum(chat in talkers and is_answer(text) for chat, text in self.sent())

    def account(self) -> "Counts":
        """Return what was lost and what came too often."""
        copies = Counter(self.sent())
        lost = doubled = 0
        for number in range(self.told):
            for day in range(1, self.announced + 1):
                count = copies[_FIRST + number, f"Soup at noon, day {day}."]
                lost, doubled = lost + (count == 0), doubled + max(0, count - 1)
        for phone in self.phones:
            answers = sum(
                count for (chat, text), count in copies.items() if chat == phone.id and is_answer(text)
            )
            lost += max(0, self.asked[phone.id] - answers)
            doubled += max(0, answers - self.asked[phone.id])
        database = Database.open(self.url)
        flagged = database.read_here(
            lambda tx: len(tx.execute(select(outbox.c.id).where(outbox.c.maybe_doubled)).all())
        )
        database.close()
        return Counts(lost=lost, doubled=doubled, flagged=flagged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of all that was asked and announced."""

    lost: int
    doubled: int
    flagged: int
    """Marked in the outbox as maybe doubled."""


def is_answer(text: str) -> bool:
    """Return whether a message is the answer to /help and not an announcement."""
    return not text.startswith("Soup at noon")


def _is_something_left(tx: Connection) -> bool:
    unsaid = select(outbox.c.id).where(outbox.c.state.in_(("waiting", "sending", "uncertain"))).limit(1)
    unhandled = select(inbox.c.id).where(inbox.c.state == "new").limit(1)
    return tx.execute(unsaid).one_or_none() is not None or tx.execute(unhandled).one_or_none() is not None


@asynccontextmanager
async def at_work(
    nursery: Nursery,
    folder: Path,
    *,
    url: str,
    told: int,
    service_url: str = "",
    role: str = "serve",
    **given: str,
) -> AsyncIterator[Crowd]:
    """Run a service on the prepared database at `url`, with people who know it.

    `service_url` is the way the service takes to that database, if it is another one.
    """
    web = free_address()
    async with (
        PreviewServer(clock=system_clock, rate_limits=NO_RATE_LIMITS) as server,
        Phones(server.url) as phones,
    ):
        talkers = [await phones.add(f"Talker {number}") for number in range(_TALKERS)]
        listeners = list(range(_FIRST, _FIRST + told))
        for address in listeners:
            server.world.add_person(Person(id=address, first_name="Listener"))
            server.world.chats[address].started = True
        await asyncio.to_thread(_acquaint, url, [*listeners, *(phone.id for phone in talkers)])
        config = folder / "config.yaml"
        settings = {
            "academy": {"name": "Darkhan", **awake_now()},
            "telegram": {"token": server.token, "api_url": server.url},
            "database": {"url": (service_url or url).replace("+psycopg", "")},
            "web": {"address": web},
            "limits": {
                "messages_per_second": 100,
                "seconds_per_chat": 0,
                "updates_per_minute": 600,
                "undo_seconds": 0,
                "quarantine_seconds": 1,
            },
        }
        # JSON is YAML.
        await asyncio.to_thread(config.write_text, json.dumps(settings), encoding="utf-8")
        child = await nursery.child(role, environ=None, config=str(config), data=str(folder), **given)
        crowd = Crowd(server=server, phones=talkers, child=child, url=url, web=web, told=told)
        crowd.asked[talkers[0].id] += 1
        await talkers[0].write("/help")
        await crowd.quiet()
        yield crowd
        child.kill(signal.SIGTERM)
        await child.wait()


def _acquaint(url: str, addresses: Sequence[int]) -> None:
    def fill(tx: Connection) -> None:
        for address in addresses:
            person = people.add(tx, address=address, name="", language="en", now=system_clock())
            people.accept_notice(tx, person.id, version="1", now=system_clock())

    database = Database.open(url)
    database.run_here(fill)
    database.close()


def free_address() -> str:
    """Return an address to listen on that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"
