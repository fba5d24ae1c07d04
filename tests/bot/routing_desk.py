"""A running router on a real database and the preview's Bot API, with handlers that write down what came."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import telegram
from sqlalchemy import Connection, select

from academy.facts import AcademyFacts
from academy.messages.facilitating import Notice
from academy.outgoing import OUTGOING, Show
from academy.saying import say
from bot.context import Context
from bot.handler_table import HandlerTable
from bot.incoming import Command, FileSent, PhotoSent, Tap, Typed
from bot.pace_limit import PaceLimit
from bot.routing import Router
from bot.routing_facts import RoutingFacts
from bot.transport import AiohttpTransport
from preview.limits import NO_RATE_LIMITS
from preview.movable_clock import MovableClock
from preview.server import PreviewServer
from storage import people, roles
from storage.database import Database
from storage.in_hand import InHand, in_hand_file
from storage.inbox import Received
from storage.tables import inbox as inbox_rows
from storage.tables import outbox
from tests import fresh_database
from tests.loopback import bot_at

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Handlers:
    """Handlers that write down what reached them, and fail as often as they are told."""

    seen: list[str] = field(default_factory=list)
    fail: int = 0

    def table(self) -> HandlerTable:
        return HandlerTable(
            commands={"start": self.command, "help": self.command, "break": self.breaks},
            taps={"l_next": self.tap, "j_code": self.tap, "l_break": self.break_tap, "l_say": self.tap_says},
            free_text=self.typed,
            files=self,
        )

    def command(self, tx: Connection, command: Command, context: Context) -> None:
        people.add(
            tx, address=command.sender.address, name=command.sender.name, language="en", now=context.now
        )
        self.seen.append(f"{command.sender.address} /{command.name} {command.argument}".strip())

    def breaks(self, tx: Connection, command: Command, context: Context) -> None:
        say(tx, person_id=context.known().id, message=Notice(what="cancelled"), now=context.now)
        self.fail -= 1
        if self.fail >= 0:
            raise RuntimeError("a fault")
        self.command(tx, command, context)

    def tap(self, tx: Connection, tap: Tap, context: Context) -> str | None:
        assert tap.press is not None
        self.seen.append(f"{tap.sender.address} {tap.press.verb} {tap.press.number(0)}")
        return None

    def tap_says(self, tx: Connection, tap: Tap, context: Context) -> str | None:
        return "Saved."

    def break_tap(self, tx: Connection, tap: Tap, context: Context) -> str | None:
        self.fail -= 1
        if self.fail >= 0:
            raise RuntimeError("a fault")
        return self.tap(tx, tap, context)

    def typed(self, tx: Connection, typed: Typed | PhotoSent, context: Context) -> None:
        assert isinstance(typed, Typed)
        self.seen.append(f"{typed.sender.address} {typed.text.text}")

    async def prepare(self, file: FileSent, *, fetch: Any) -> str:  # whatever fetches
        content = await fetch(file.file_id, limit_bytes=100)
        return f"{len(content)} bytes"

    def file_sent(self, tx: Connection, file: FileSent, context: Context, prepared: Any) -> None:
        self.seen.append(f"{file.sender.address} {file.file_name} {prepared}")


class Fetched:
    async def __call__(self, file_id: str, *, limit_bytes: int) -> bytes | None:
        return b"x" * 7


@dataclass
class Desk:
    """A running router and everything a test looks at."""

    bot: telegram.Bot
    router: Router
    database: Database
    handlers: Handlers
    server: PreviewServer
    clock: MovableClock
    woken: list[int]
    next_update: int = 1

    def message(self, text: str, *, sender: int = 42, **content: Any) -> Received:
        person = {"id": sender, "is_bot": False, "first_name": "Olena", "language_code": "en"}
        chat = {"id": sender, "type": "private"}
        body: dict[str, Any] = {"message_id": 100, "date": 1, "from": person, "chat": chat, **content}
        if text:
            body["text"] = text
        return self.update(message=body)

    def tap(self, data: str, *, sender: int = 42, callback: str = "c1") -> Received:
        person = {"id": sender, "is_bot": False, "first_name": "Olena", "language_code": "en"}
        shown = {"message_id": 90, "date": 1, "chat": {"id": sender, "type": "private"}}
        return self.update(callback_query={"id": callback, "from": person, "message": shown, "data": data})

    def update(self, **kind: Any) -> Received:
        number = self.next_update
        self.next_update += 1
        sender = next(iter(kind.values()))["from"]["id"]
        return Received(update_id=number, sender=sender, payload=json.dumps({"update_id": number, **kind}))

    async def bring(self, *updates: Received) -> None:
        await self.router.keep(updates)
        await self.router.idle()

    async def said(self) -> list[str]:
        def read(tx: Connection) -> list[str]:
            rows = tx.execute(select(outbox.c.content).order_by(outbox.c.id)).scalars()
            shown = [OUTGOING.validate_json(row) for row in rows]
            return [
                show.message.what
                for show in shown
                if isinstance(show, Show) and isinstance(show.message, Notice)
            ]

        return await self.database.read(read)

    async def states(self) -> list[tuple[str, int]]:
        def read(tx: Connection) -> list[tuple[str, int]]:
            rows = tx.execute(select(inbox_rows.c.state, inbox_rows.c.tries).order_by(inbox_rows.c.id))
            return [(row.state, row.tries) for row in rows]

        return await self.database.read(read)

    async def acquaint(self, *addresses: int, role: str | None = None) -> None:
        def write(tx: Connection) -> None:
            for address in addresses:
                person = people.add(tx, address=address, name="Olena", language="en", now=NOON)
                if role == "admin":
                    roles.grant(tx, person_id=person.id, name="admin", group_id=None, now=NOON)

        await self.database.run(write)

    def answers(self) -> list[tuple[str, str]]:
        return [
            (str(call.values["callback_query_id"]), str(call.values.get("text", "")))
            for call in self.server.requests
            if call.method.lower() == "answercallbackquery"
        ]


@asynccontextmanager
async def desk(
    folder: Path, *, pace: PaceLimit | None = None, at_once: int = 64, running: bool = True
) -> AsyncIterator[Desk]:
    clock = MovableClock(NOON)
    fresh_database.put(folder / "desk.db")
    database = Database.open(f"sqlite:///{folder / 'desk.db'}")
    handlers, woken = Handlers(), list[int]()
    async with (
        PreviewServer(clock=clock, rate_limits=NO_RATE_LIMITS) as server,
        AiohttpTransport() as transport,
    ):
        bot = bot_at(server.url, token=server.token, over=transport)
        facts = RoutingFacts(
            bot_id=server.bot_id,
            academy=lambda: AcademyFacts(name="Lviv", languages=("en", "mn")),
            clock=clock,
            random=Random(1),
            after_commit=lambda: woken.append(1),
            fetch=Fetched(),
        )
        with database.hold(now=NOON):
            await database.start()
            noted = InHand(in_hand_file(folder / "desk.db"))
            router = Router(bot, database, handlers.table(), facts, pace=pace, in_hand=noted, at_once=at_once)
            loop = asyncio.create_task(router.run()) if running else None
            try:
                yield Desk(bot, router, database, handlers, server, clock, woken)
            finally:
                if loop is not None:
                    loop.cancel()
                    await asyncio.gather(loop, return_exceptions=True)
                await router.finish(within_seconds=5)
                await database.stop()
                noted.close()
