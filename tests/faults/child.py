"""A small service that is killed: receives, handles, sends; run as `child.py DATABASE PORT BOT`.

It speaks to the test's recorder over a loopback socket, one JSON line each way, so that what
arrived is known also when this process is gone. It exits 0 when nothing is left to do.
"""

import asyncio
import json
import sys
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from academy import saying
from academy.messages.joining import TypeCode
from academy.messenger import NotSent, Outcome, Recipient, Sent, Uncertain
from academy.outgoing import Outgoing, Show
from app.sender import Sender
from scheduler.budget import Budget
from scheduler.clock import system_clock
from storage import bots, inbox, outbox, people
from storage.bots import Bot
from storage.crash_points import crash_here
from storage.database import Database
from storage.inbox import Received, Update

BOT = 4242
QUARANTINE = timedelta(milliseconds=200)


class Recorder:
    """The other end of the loopback socket: hands out updates and takes messages."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def ask(self, **question: object) -> dict[str, object]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(json.dumps(question).encode() + b"\n")
        await writer.drain()
        line = await reader.readline()
        writer.close()
        answer: dict[str, object] = json.loads(line)
        return answer

    async def send(self, outgoing: Outgoing, to: Recipient, *, now: datetime) -> Outcome:
        assert isinstance(outgoing, Show)
        assert isinstance(outgoing.message, TypeCode)
        try:
            answer = await self.ask(say=outgoing.message.academy, to=to.address)
        except ConnectionRefusedError:
            return NotSent(reason="refused")
        except (OSError, ValueError):
            return Uncertain(reason="cut")
        message_id = answer["message_id"]
        assert isinstance(message_id, int)
        return Sent(message_id=message_id)


def answer(tx: Connection, update: Update) -> None:
    """Handle one update: a reply that names it, in the transaction that marks it done."""
    now = system_clock()
    if not inbox.done(tx, id=update.id, now=now):
        return
    person = people.add(tx, address=update.sender, name="", language="en", now=now)
    saying.say(tx, person_id=person.id, message=TypeCode(academy=f"update {update.update_id}"), now=now)
    crash_here("before_handler_commit")


async def handle(database: Database, update: Update, sender: Sender) -> None:
    await database.run(lambda tx: answer(tx, update))
    crash_here("after_handler_commit")
    sender.wake()


async def handle_all(database: Database, ready: tuple[Update, ...], sender: Sender) -> None:
    """Handle what was handed over, and then whatever else is open."""
    while True:
        for update in ready:
            await handle(database, update, sender)
        ready = await database.run(lambda tx: inbox.claim(tx, now=system_clock(), limit=10))
        if not ready:
            return


async def handle_suspects(database: Database, sender: Sender) -> None:
    """Handle what was in hand at a crash, alone and before anything else can end the process."""
    recovered = await database.run(lambda tx: inbox.recover(tx, now=system_clock()))
    for suspect in recovered.suspects:
        update = await database.run(partial(inbox.take, id=suspect))
        if update is not None:
            await handle(database, update, sender)


async def receive(database: Database, recorder: Recorder, sender: Sender) -> None:
    """Take updates until there are none: each is confirmed only by asking for the next."""
    offset = 0
    while True:
        found = await recorder.ask(updates_from=offset)
        batch = [
            Received(update_id=number, sender=1000 + number % 7, payload="{}")
            for number in found["updates"]  # type: ignore[attr-defined]  # what the test put there
        ]
        if not batch:
            break
        ready = await database.run(partial(inbox.receive, bot_id=BOT, updates=batch, now=system_clock()))
        crash_here("after_inbox_commit")
        offset = batch[-1].update_id + 1
        await handle_all(database, ready, sender)
    await handle_all(database, (), sender)


async def open_rows(database: Database) -> int:
    def count(tx: Connection) -> int:
        states = outbox.counts(tx)
        return sum(states.get(state, 0) for state in ("waiting", "sending", "uncertain"))

    return await database.read(count)


async def main(url: str, port: int) -> None:
    database = Database.open(url)
    with database.hold(now=system_clock()):
        database.prepare_held()
        await database.start()
        recorder = Recorder(port)
        bot = Bot(bot_id=BOT, username="dusal_bot", name="Dusal")
        await database.run(lambda tx: bots.bind(tx, bot=bot, now=system_clock()))
        sender = Sender(
            database,
            recorder,
            bot_id=BOT,
            clock=system_clock,
            budget=Budget(rate_per_second=400, chat_seconds=0),
            quarantine=QUARANTINE,
        )
        await handle_suspects(database, sender)
        await sender.take_over()
        sending = asyncio.create_task(sender.run())
        await receive(database, recorder, sender)
        while await open_rows(database):  # noqa: ASYNC110 - nobody tells when all is said
            await asyncio.sleep(0.02)
        sender.stop()
        await sending
        await database.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
