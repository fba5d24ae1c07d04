"""A Telegram that answers anything: nothing ends, nothing is lost, nothing is sent again by itself."""

import asyncio
import gzip
import json
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from academy import saying, sending
from academy.facts import AcademyFacts
from academy.messages.joining import TypeCode
from academy.messenger import NotSent, Outcome, Recipient, Refused, Sent, Uncertain
from academy.outgoing import Show
from app.log_setup import set_up
from bot.messenger import TelegramMessenger
from bot.transport import AiohttpTransport
from storage import bots, outbox, people
from storage.bots import Bot
from storage.send_attempts import Room
from tests.bot.raw_server import Behaviour, read_request, response, serving
from tests.loopback import bot_at

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
BOT = 4242
TOKEN = "123456789:AAplantedPlantedPlantedPlantedPlanted"
UNREAD = Uncertain(reason="the answer could not be read")
CHAT = {"id": 42, "type": "private"}
TAKEN: dict[str, Any] = {"message_id": 7, "date": 1, "chat": CHAT, "text": "x"}


@pytest.fixture(autouse=True)
def quiet_log() -> None:
    set_up(level="CRITICAL")


def done(result: object) -> bytes:
    return json.dumps({"ok": True, "result": result}).encode()


def told(**more: object) -> bytes:
    return json.dumps({"ok": False, **more}).encode()


LIES: dict[str, tuple[int, bytes, Outcome]] = {
    "nothing": (200, b"", UNREAD),
    "no JSON": (200, b"<html>Welcome to our Wi-Fi</html>", UNREAD),
    "no text": (200, b"\xff\xfe\x00{", UNREAD),
    "half": (200, done(TAKEN)[:-9], UNREAD),
    "a list": (200, b"[]", UNREAD),
    "deep": (200, b"[" * 100_000, UNREAD),
    "no result": (200, b'{"ok": true}', UNREAD),
    "not ok": (200, json.dumps({"ok": False, "result": TAKEN}).encode(), UNREAD),
    "true": (200, b'{"ok": true, "result": true}', UNREAD),
    "null": (200, done(None), UNREAD),
    "a number": (200, done(7), UNREAD),
    "getMe's": (200, done({"id": BOT, "is_bot": True, "first_name": "Dusal"}), UNREAD),
    "getUpdates'": (200, done([{"update_id": 1}]), UNREAD),
    "no message_id": (200, done({"date": 1, "chat": CHAT}), UNREAD),
    "words for a message_id": (200, done({**TAKEN, "message_id": "7"}), UNREAD),
    "truth for a message_id": (200, done({**TAKEN, "message_id": True}), UNREAD),
    "a negative message_id": (200, done({**TAKEN, "message_id": -7}), UNREAD),
    "a huge message_id": (200, done({**TAKEN, "message_id": 2**80}), UNREAD),
    "a huge date": (200, done({**TAKEN, "date": 2**80}), Sent(message_id=7)),
    "a number of 5,000 digits": (200, b'{"ok":true,"result":' + b"9" * 5000 + b"}", UNREAD),
    "more than was asked": (200, done({**TAKEN, "new": {"field": []}}), Sent(message_id=7)),
    "an error that is none": (500, b"<html>", Uncertain(reason="status 500")),
    "somewhere else": (302, b"", Uncertain(reason="status 302")),
    "no words": (400, b"", Refused(reason="refused", detail="status 400")),
    "words that are none": (
        400,
        told(description=["a"]),
        Refused(reason="refused", detail="status 400"),
    ),
    "letters no database takes": (
        502,
        told(description="a\0b\ud800c\n\x1b[31m"),
        Uncertain(reason="a b c  [31m"),
    ),
    "endless words": (502, told(description="x" * 100_000), Uncertain(reason="x" * 300)),
    "a pause of a million years": (
        429,
        told(parameters={"retry_after": 10**13}),
        NotSent(reason="too many requests", retry_after_seconds=86_400),
    ),
    "an infinite pause": (
        429,
        b'{"ok":false,"parameters":{"retry_after":1e999}}',
        NotSent(reason="too many requests", retry_after_seconds=1),
    ),
    "a pause of words": (
        429,
        told(parameters={"retry_after": "soon"}),
        NotSent(reason="too many requests", retry_after_seconds=1),
    ),
    "a move to nowhere": (
        400,
        told(description="moved", parameters={"migrate_to_chat_id": 2**80}),
        Refused(reason="refused", detail="moved"),
    ),
    "a move to zero": (
        400,
        told(description="moved", parameters={"migrate_to_chat_id": 0}),
        Refused(reason="refused", detail="moved"),
    ),
    "parameters that are none": (
        429,
        told(parameters=7),
        NotSent(reason="too many requests", retry_after_seconds=1),
    ),
}
SHOW = Show(message=TypeCode(academy="A"))
TO = Recipient(person_id=1, address=42, language="en")
AFTERWARDS = {Uncertain: "uncertain", Sent: "sent", Refused: "refused", NotSent: "waiting"}


class Asked:
    """Counts what was asked of a lying server."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self.connections = 0

    async def behave(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await self._behaviour(reader, writer)


class NoMedia:
    async def file_id(self, sha256: str) -> str | None:
        return None

    async def content(self, sha256: str) -> bytes | None:
        return None

    async def keep_file_id(self, sha256: str, file_id: str) -> None:
        raise AssertionError


async def nothing_drawn(svg: str) -> bytes | None:
    return None


@asynccontextmanager
async def messenger(behaviour: Behaviour) -> AsyncIterator[TelegramMessenger]:
    async with serving(behaviour) as address, AiohttpTransport(read_seconds=0.5) as transport:
        bot = bot_at(address, token=TOKEN, over=transport)
        yield TelegramMessenger(
            bot, academy=lambda: AcademyFacts(name="Lviv"), media=NoMedia(), draw=nothing_drawn
        )


async def said_to(behaviour: Behaviour) -> Outcome:
    async with messenger(behaviour) as speaking:
        return await speaking.send(SHOW, TO, now=NOW)


async def once(status: int, body: bytes, *, headers: str = "") -> Outcome:
    """Send to a server that answers each connection once; fail when it was asked twice."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(response(status, body, headers=headers + "Connection: close\r\n"))
        await writer.drain()

    asked = Asked(behave)
    outcome = await said_to(asked.behave)
    assert asked.connections == 1
    return outcome


async def test_every_answer_is_one_outcome_and_nothing_is_sent_again() -> None:
    left = [response(status, body) for status, body, _ in LIES.values()]
    asked = len(left)

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await read_request(reader)
            writer.write(left.pop(0))
            await writer.drain()

    found: dict[str, Outcome] = {}
    async with messenger(behave) as speaking:
        for number, name in enumerate(LIES, start=1):
            found[name] = await speaking.send(SHOW, TO, now=NOW)
            # One request for each, whatever came back.
            assert (name, len(left)) == (name, asked - number)

    assert found == {name: outcome for name, (_, _, outcome) in LIES.items()}


def test_every_outcome_can_be_kept(tx: Connection) -> None:
    bots.bind(tx, bot=Bot(bot_id=BOT, username="d", name="D"), now=NOW)
    outcomes = {name: outcome for name, (_, _, outcome) in LIES.items()}

    found = {
        name: settled(tx, outcome, address=number)
        for number, (name, outcome) in enumerate(outcomes.items(), start=1)
    }

    assert found == {name: AFTERWARDS[type(outcome)] for name, outcome in outcomes.items()}


def settled(tx: Connection, outcome: Outcome, *, address: int) -> str:
    """Return what becomes of a delivery with this outcome."""
    epoch, _ = sending.take_over(tx, bot_id=BOT, now=NOW)
    person = people.add(tx, address=address, name="Ann", language="en", now=NOW)
    number = saying.say(tx, person_id=person.id, message=TypeCode(academy="A"), now=NOW)
    room = Room(credits=10, repeatable=10)
    claimed = sending.claim(tx, bot_id=BOT, epoch=epoch, now=NOW, room=room).deliveries
    (delivery,) = (one for one in claimed if one.claimed.delivery == number)
    sending.settle(
        tx, delivery=delivery, outcome=outcome, bot_id=BOT, epoch=epoch, now=NOW, second_refusal=True
    )
    (row,) = (one for one in outbox.listing(tx) if one.delivery == number)
    # A pause of the whole bot would keep the next one from being claimed.
    tx.exec_driver_sql("DELETE FROM sending_limits")
    return row.state


@pytest.mark.parametrize(
    ("headers", "body", "outcome"),
    [
        ("Content-Type: text/html; charset=utf-7\r\n", done(TAKEN), Sent(message_id=7)),
        ("Date: Thu, 99 Foo 99999999999999999999 99:99:99 GMT\r\n", done(TAKEN), Sent(message_id=7)),
        ("Content-Encoding: gzip\r\n", gzip.compress(done(TAKEN)), Sent(message_id=7)),
        (
            "Content-Encoding: gzip\r\n",
            done(TAKEN),
            Uncertain(reason="no answer to rely on: ClientPayloadError"),
        ),
        ("Set-Cookie: a=b\r\nLocation: http://example.org\r\n", done(TAKEN), Sent(message_id=7)),
    ],
    ids=["type", "date", "packed", "not packed", "cookie"],
)
async def test_what_stands_above_an_answer_changes_nothing(
    headers: str, body: bytes, outcome: Outcome
) -> None:
    assert await once(200, body, headers=headers) == outcome


async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece = b"40000\r\n" + b" " * 0x40000 + b"\r\n"
    while True:
        writer.write(piece)
        await writer.drain()


async def test_an_endless_answer_is_given_up_and_fills_no_memory() -> None:
    asked = Asked(endless)
    tracemalloc.start()
    try:
        outcome = await said_to(asked.behave)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert outcome == Uncertain(reason="no answer to rely on: TooLargeError")
    assert asked.connections == 1
    assert most < 64 * 1024 * 1024
