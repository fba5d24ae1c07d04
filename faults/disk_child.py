"""A child that works on a SQLite file while every write and sync of it is watched, refused or fatal.

It receives, handles, claims and settles with the product's own functions, several at once, so that
commits are shared. What it is told to be on disk it writes down at once: in `acknowledged`, a file that
survives a kill, and among the writes and syncs themselves, for a power cut at any of them.
"""

import asyncio
import json
import os
import pickle
import signal
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, insert

from academy import saying, sending
from academy.messages.joining import TypeCode
from academy.messenger import Sent
from faults.watched_files import SYNC_FAILED, Transparent, watch
from storage import bots, inbox, people
from storage.bots import Bot
from storage.database import Database
from storage.errors import StorageError
from storage.inbox import Received, Update
from storage.send_attempts import Room
from storage.sqlite_troubles import end_at_once
from storage.tables import code_guesses

BOT = Bot(bot_id=4242, username="dusal_bot", name="Dusal")
_START = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
_AT_ONCE = 4


class Witness(Transparent):
    """Writes down what reaches the disk, and ends the process or fails at a sync when asked."""

    def __init__(self, *, records: bool, kill_at: int, fail_at: int) -> None:
        self.events: list[tuple[Any, ...]] = []
        self.syncs = 0
        self._records = records
        self._kill_at = kill_at
        self._fail_at = fail_at

    def note(self, *what: object) -> None:
        if self._records:
            self.events.append(what)

    def made(self, file: Path) -> None:
        self.note("made", file.name)

    def write(self, file: Path, offset: int, content: bytes) -> int:
        self.note("write", file.name, offset, content)
        return 0

    def truncate(self, file: Path, length: int) -> int:
        self.note("truncate", file.name, length)
        return 0

    def sync(self, file: Path) -> int:
        self.syncs += 1
        self.note("before sync", file.name)
        if self.syncs == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return SYNC_FAILED if self.syncs == self._fail_at else 0

    def synced(self, file: Path) -> None:
        self.note("synced", file.name)
        if -self.syncs == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def delete(self, file: Path, *, and_folder: bool) -> int:
        self.note("deleted", file.name, and_folder)
        return 0


async def live(
    *,
    url: str,
    seed: int,
    acknowledged: str,
    journal: str = "",
    rounds: int = 3,
    kill_at: int = 0,
    fail_at: int = 0,
    careless: bool = False,
    watched: bool = True,
) -> int:
    """Work for some rounds on a database that is made if it is not there.

    `kill_at` is the sync before which the process is killed, negative for after it; `fail_at` the
    sync that fails. `careless` is the control: synchronous=NORMAL, as many programs have it.
    """
    witness = Witness(records=bool(journal), kill_at=kill_at, fail_at=fail_at)
    if watched:
        watch(witness)
    told = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def acknowledge(kind: str, *numbers: int) -> None:
        os.write(told, json.dumps([kind, numbers]).encode() + b"\n")
        witness.note("acknowledged", kind, numbers)

    database = Database.open(url)
    with database.hold(now=_START):
        database.prepare_held()
        acknowledge("prepared")
        for half in range(2):
            # Stopped and started in the middle: the log goes away and comes again.
            await database.start()
            work = _Work(database, Random(f"{seed} {half}"), half=half, acknowledge=acknowledge)
            if careless:
                await _be_careless(database)
            await work.all(rounds)
            await database.stop()
            database = Database.open(url)
    if journal:
        await asyncio.to_thread(Path(journal).write_bytes, pickle.dumps(witness.events))
    return 0


async def _be_careless(database: Database) -> None:
    def between_transactions(tx: Connection) -> None:
        raw = tx.connection.driver_connection
        assert raw is not None
        raw.execute("ROLLBACK")
        raw.execute("PRAGMA synchronous=NORMAL")
        raw.execute("BEGIN IMMEDIATE")

    await database.run(between_transactions)


class _Work:
    """What a service does, with nobody at the other end."""

    def __init__(self, database: Database, random: Random, *, half: int, acknowledge: Any) -> None:
        self._database = database
        self._random = random
        self._acknowledge = acknowledge
        self._numbers = count(1 + 1000 * half)
        self._messages = count(1 + 1000 * half)
        self._now = _START + timedelta(hours=half)
        self._epoch = 0

    async def all(self, rounds: int) -> None:
        await self._database.run(lambda tx: bots.bind(tx, bot=BOT, now=self._now))
        self._epoch = await self._database.run(partial(bots.next_epoch, bot_id=BOT.bot_id))
        for _ in range(rounds):
            await asyncio.gather(*(self._person(1000 + number) for number in range(_AT_ONCE)), self._send())
            match self._random.randrange(3):
                case 0:
                    await self._database.checkpoint()
                case 1:
                    await self._database.run(self._much)
                case _:
                    await asyncio.to_thread(self._command)
        await self._send()

    async def _person(self, address: int) -> None:
        updates = [
            Received(
                update_id=next(self._numbers), sender=address, payload="x" * self._random.randrange(3000)
            )
            for _ in range(self._random.randint(1, 3))
        ]
        handed = await self._database.run(
            partial(inbox.receive, bot_id=BOT.bot_id, updates=updates, now=self._now)
        )
        self._acknowledge("kept", *(update.update_id for update in updates))
        while handed:
            for update in handed:
                await self._database.run(partial(self._handle, update=update))
                self._acknowledge("handled", update.update_id)
            handed = await self._database.run(partial(inbox.claim, now=self._now, limit=3))

    def _handle(self, tx: Connection, *, update: Update) -> None:
        assert inbox.done(tx, id=update.id, now=self._now)
        person = people.add(tx, address=update.sender, name="", language="en", now=self._now)
        said = TypeCode(academy=f"update {update.update_id}")
        saying.say(tx, person_id=person.id, message=said, now=self._now, key=str(update.update_id))

    async def _send(self) -> None:
        for _ in range(3):
            room = Room(credits=4, repeatable=4)
            claim = await self._database.run(
                partial(sending.claim, bot_id=BOT.bot_id, epoch=self._epoch, now=self._now, room=room)
            )
            self._acknowledge("claimed", *(one.claimed.delivery for one in claim.deliveries))
            await asyncio.gather(*(self._settle(one) for one in claim.deliveries))

    async def _settle(self, delivery: sending.Delivery) -> None:
        message = next(self._messages)
        await self._database.run(
            partial(
                sending.settle,
                delivery=delivery,
                outcome=Sent(message_id=message),
                bot_id=BOT.bot_id,
                epoch=self._epoch,
                now=self._now,
                second_refusal=False,
            )
        )
        self._acknowledge("settled", delivery.claimed.delivery, message)

    def _much(self, tx: Connection) -> None:
        """Change so many rows that the log is copied by itself."""
        rows = [{"address": number, "guessed_at": self._now} for number in range(600)]
        tx.execute(insert(code_guesses), rows)

    def _command(self) -> None:
        """Write from beside, as `dusal announce` does."""
        number = next(self._numbers)
        update = Received(update_id=number, sender=9000 + number, payload="{}")
        keep = partial(inbox.receive, bot_id=BOT.bot_id, updates=[update], now=self._now)
        try:
            self._database.run_here(keep)
        except StorageError as why:
            end_at_once(why)
        self._acknowledge("kept", number)


if __name__ == "__main__":
    sys.exit(asyncio.run(live(**json.loads(sys.argv[1]))))
