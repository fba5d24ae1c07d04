"""A whole service behind its webhook, on either database, and the hands that throw things at it.

Updates are posted to the real HTTP door as bytes, so that nothing on the attacker's side cleans
what an attacker would not clean.
"""

import json
import logging
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from itertools import count
from random import Random
from typing import Any

import aiohttp
from pydantic import SecretStr
from sqlalchemy import Connection, select

from academy import granting, grouping, publishing
from academy.grouping import GroupCreated
from app.log_setup import set_up
from app.moving import ServiceMover
from app.pulse import Pulse
from app.running import running
from app.service import Service
from app.serving import _web
from app.settings import Settings
from bot.limits import TELEGRAM
from learners.groups import Group
from lessons.reader import read_bytes
from preview.limits import NO_RATE_LIMITS
from preview.movable_clock import MovableClock
from preview.phone_client import Phone, Phones, Shown
from preview.server import PreviewServer
from storage.courses import Published
from storage.tables import inbox

START = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
"""Monday 08:30 in Ulaanbaatar."""
SECRET = "planted-webhook-secret-0123456789"
TOKEN = "1000000001:AAplantedTokenplantedTokenplantedToken0"
FACILITATOR, ADMIN, WITNESS = 7_000_001, 7_000_002, 7_000_003
_BATCHES = count(500_000_001, 1_000_000)
"""Where the numbers of updates begin: a Telegram that is started again does not count from the beginning."""
HEADER = "x-telegram-bot-api-secret-token"

COURSE = b"""\
format: 1
id: heat
title: Heat
language: en
version: 1.0.0
lessons:
  - id: first
    title: First
    steps:
      - say: Heat rises.
      - choose: Where does heat go?
        id: q-where
        options:
          - right: upwards
          - wrong: downwards
            why: Warm air is lighter.
          - wrong: sideways
            why: Warm air is lighter.
      - number: How many degrees?
        id: q-degrees
        answer: 20
      - choose_all: What loses heat?
        id: q-loses
        options:
          - right: windows
          - right: walls
          - wrong: carpets
  - id: second
    title: Second
    steps:
      - say: Close the door.
      - true_false: Doors keep heat in.
        id: q-doors
        answer: true
"""


@dataclass(slots=True)
class Siege:
    """A running service, its doors, and what it logged."""

    service: Service
    server: PreviewServer
    phones: Phones
    http: aiohttp.ClientSession
    door: str
    mover: ServiceMover
    clock: MovableClock
    group: Group
    logged: StringIO
    _numbers: "count[int]" = field(default_factory=lambda: count(next(_BATCHES)))

    async def post(self, update: object, *, secret: str = SECRET) -> int:
        """Post an update (bytes as they are, anything else as JSON) and return the status."""
        body = update if isinstance(update, bytes) else json.dumps(update).encode()
        async with self.http.post(self.door, data=body, headers={HEADER: secret}) as answer:
            return answer.status

    async def throw(self, update: Mapping[str, Any]) -> int:
        """Post an update under a fresh number."""
        return await self.post({"update_id": next(self._numbers), **update})

    async def press(self, sender: int, data: object, *, message_id: int = 1) -> None:
        """Press a button that need not exist, as a client that can send anything."""
        shown = {"message_id": message_id, "date": 1, "chat": {"id": sender, "type": "private"}}
        query = {"id": str(next(self._numbers)), "from": human(sender), "message": shown, "data": data}
        await self.throw({"callback_query": query})

    async def settled(self) -> None:
        await self.mover.settled()

    async def say(self, phone: Phone, text: str, *, reply_to: int | None = None) -> Shown:
        await phone.write(text, reply_to=reply_to)
        await self.settled()
        return await phone.last()

    async def tap(self, phone: Phone, *labels: str) -> Shown:
        for label in labels:
            await phone.press(label)
            await self.settled()
        return await phone.last()

    async def join(self, name: str, *, number: int | None = None, language: str = "en") -> Phone:
        """Return the phone of somebody who has joined by tapping the first button four times."""
        phone = await self.phones.add(name, language=language, number=number)
        await self.say(phone, f"/start {self.group.link_token}")
        for _ in range(4):
            await phone.press_at((await phone.last()).id, row=0, column=0)
            await self.settled()
        return phone

    async def staff(self, name: str, number: int) -> Phone:
        """Return the phone of the facilitator or the admin, known to the bot."""
        phone = await self.phones.add(name, number=number)
        await self.say(phone, "/start")
        return phone

    async def still_serves(self) -> None:
        """Fail unless a bystander is answered, every loop runs, and no update was set aside."""
        witness = await self.phones.add("Witness", number=WITNESS)
        before = len(await witness.messages())
        shown = await self.say(witness, "/help")
        assert shown.from_bot
        assert len(await witness.messages()) == before + 2
        assert (await self.service.health())["healthy"] is True
        states = await self.service.parts.database.read(_states)
        assert set(states) <= {"done"}, (states, self.logged.getvalue()[-3000:])


def human(number: int, **more: object) -> dict[str, object]:
    return {"id": number, "is_bot": False, "first_name": "Mallory", "language_code": "en", **more}


def message(sender: int, **content: object) -> dict[str, object]:
    """Return a private message as Telegram would post it."""
    chat = {"id": sender, "type": "private"}
    return {"message": {"message_id": 1, "date": 1, "from": human(sender), "chat": chat, **content}}


def _states(tx: Connection) -> list[str]:
    return list(tx.execute(select(inbox.c.state).distinct()).scalars())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings(port: int, *, url: str, token: str = TOKEN, per_minute: int = 600) -> Settings:
    made = Settings.model_validate(
        {
            "academy": {
                "name": "Darkhan-Uul e-Academy",
                "languages": ("en", "mn"),
                "zone": "Asia/Ulaanbaatar",
                "country": "MN",
            },
            "telegram": {
                "api_url": url,
                "mode": "webhook",
                "webhook": {"url": f"http://127.0.0.1:{port}/hook", "secret": SECRET},
            },
            "web": {"address": f"127.0.0.1:{port}"},
            "limits": {
                "messages_per_second": 1000,
                "seconds_per_chat": 0.0,
                "updates_per_minute": per_minute,
            },
        }
    )
    telegram = made.telegram.model_copy(update={"token": SecretStr(token)})
    return made.model_copy(update={"telegram": telegram})


@asynccontextmanager
async def besieged(url: str, *, per_minute: int = 600) -> AsyncIterator[Siege]:
    """Run a service on `url` with a course, a group, a facilitator and an admin; it logs everything."""
    logged, root = StringIO(), logging.getLogger()
    handlers, before = list(root.handlers), root.level
    port, clock = free_port(), MovableClock(START)
    try:
        async with PreviewServer(
            clock=clock, token=TOKEN, rate_limits=NO_RATE_LIMITS, webhook_pause_seconds=0.02
        ) as server:
            server.world.queue._next_id = next(_BATCHES)
            chosen = settings(port, url=server.url, per_minute=per_minute)
            set_up(level="DEBUG", secrets=chosen.secrets(), stream=logged)
            async with (
                running(chosen, url=url, clock=clock) as service,
                _web(chosen, service, Pulse()),
                Phones(server.url) as phones,
                aiohttp.ClientSession() as http,
            ):
                group = await service.parts.database.run(lambda tx: furnish(tx, service))
                yield Siege(
                    service=service,
                    server=server,
                    phones=phones,
                    http=http,
                    door=f"http://127.0.0.1:{port}/hook",
                    mover=ServiceMover(service, server=server, clock=clock),
                    clock=clock,
                    group=group,
                    logged=logged,
                )
    finally:
        root.handlers[:] = handlers
        root.setLevel(before)
        logging.captureWarnings(capture=False)


def furnish(tx: Connection, service: Service) -> Group:
    """Publish the course and return its group, new on the first day and the same after a restart."""
    academy = service.parts.academy()
    reading = read_bytes("heat.yaml", COURSE, limits=TELEGRAM)
    assert reading.course is not None, reading.problems
    published = publishing.publish(tx, course=reading.course, media=reading.media, now=START)
    assert isinstance(published, Published)
    if not published.created:
        kept = granting.find_group(tx, "Autumn")
        assert isinstance(kept, Group)
        return kept
    created = grouping.create_group(
        tx, name="Autumn", course_id="heat", zone=None, weekdays=None, at=None, expected=None,
        capacity=50, random=Random(7), now=START, academy=academy,
    )  # fmt: skip
    assert isinstance(created, GroupCreated)
    granting.grant(tx, address=FACILITATOR, role="facilitator", group_name="Autumn", now=START)
    granting.grant(tx, address=ADMIN, role="admin", group_name=None, now=START)
    return created.group
