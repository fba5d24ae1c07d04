"""A child that receives, handles and sends: the real router, inbox and sender, with one handler of its own.

Its handler says one thing for each update, in the transaction that marks it done: so every effect can be
counted. Updates come from the recorder, which hands them out again until it is told that they are on
disk, as Telegram does with a webhook.
"""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from random import SystemRandom
from typing import Any

import telegram
from sqlalchemy import Connection, select

from academy.messages.joining import TypeCode
from academy.saying import say
from app.sender import Sender
from bot.context import Context
from bot.handler_table import HandlerTable
from bot.incoming import Command, Tap
from bot.routing import Router
from bot.routing_facts import RoutingFacts
from bot.transport import AiohttpTransport
from faults.lines import Line
from faults.sending_child import ACADEMY, BOT
from scheduler.budget import Budget
from scheduler.clock import system_clock
from storage import bots, inbox
from storage.database import Database
from storage.in_hand import InHand, in_hand_file
from storage.inbox import Received
from storage.outbox import is_open
from storage.tables import outbox

_RATE = 400
_PAUSE_SECONDS = 0.02


async def live(
    *, url: str, port: int, life: int, quarantine_seconds: float, sends: bool = True, batch: int = 10
) -> int:
    """Work until there are no updates and nothing is left to say; `sends=False` only handles."""
    database = Database.open(url)
    with database.hold(now=system_clock()):
        database.prepare_held()
        await database.start()
        await database.run(lambda tx: bots.bind(tx, bot=BOT, now=system_clock()))
        line = Line(port=port, life=life)
        async with AiohttpTransport() as transport:
            await _work(
                database, line, transport, quarantine_seconds=quarantine_seconds, sends=sends, batch=batch
            )
        await database.stop()
    return 0


async def _work(
    database: Database,
    line: Line,
    transport: AiohttpTransport,
    *,
    quarantine_seconds: float,
    sends: bool,
    batch: int,
) -> None:
    sender = Sender(
        database,
        line,
        bot_id=BOT.bot_id,
        clock=system_clock,
        budget=Budget(rate_per_second=_RATE, chat_seconds=0),
        quarantine=timedelta(seconds=quarantine_seconds),
    )
    bot = telegram.Bot(
        "1000000001:a-token-that-nobody-knows-1234567890",
        base_url=f"http://127.0.0.1:{line.port}/bot",
        request=transport,
    )
    router = Router(
        bot,
        database,
        HandlerTable(commands={"effect": _command}, taps={"l_next": _tap}),
        RoutingFacts(
            bot_id=BOT.bot_id,
            academy=lambda: ACADEMY,
            clock=system_clock,
            random=SystemRandom(),
            after_commit=sender.wake,
            fetch=_no_files,
        ),
        in_hand=_noted(database),
    )
    await router.recover()
    loops = [asyncio.create_task(router.run())]
    if sends:
        await sender.take_over()
        loops.append(asyncio.create_task(sender.run()))
    await _receive(line, router, batch=batch)
    while await database.read(lambda tx: _is_something_left(tx, said=sends)):
        router.look()
        await asyncio.sleep(_PAUSE_SECONDS)
    sender.stop()
    loops[0].cancel()
    await asyncio.gather(*loops, return_exceptions=True)
    await router.finish(within_seconds=5)


async def _receive(line: Line, router: Router, *, batch: int) -> None:
    """Take updates until there are none; tell which are on disk with the next question."""
    kept: list[int] = []
    while True:
        found = await line.ask(updates=batch, kept=kept, life=line.life)
        if not found["updates"]:
            return
        updates = [
            Received(update_id=one["update_id"], sender=_sender(one), payload=json.dumps(one))
            for one in found["updates"]
        ]
        await router.keep(updates)
        kept = [update.update_id for update in updates]


def _sender(update: dict[str, Any]) -> int:
    (kind,) = update.keys() - {"update_id"}
    return int(update[kind]["from"]["id"])


def _noted(database: Database) -> InHand | None:
    return None if database.file is None else InHand(in_hand_file(Path(database.file)))


def _command(tx: Connection, command: Command, context: Context) -> None:
    _have_an_effect(tx, what=command.argument, context=context)


def _tap(tx: Connection, tap: Tap, context: Context) -> str | None:
    assert tap.press is not None
    _have_an_effect(tx, what=str(tap.press.number(0)), context=context)
    return None


def _have_an_effect(tx: Connection, *, what: str, context: Context) -> None:
    say(tx, person_id=context.known().id, message=TypeCode(academy=f"update {what}"), now=context.now)


def _is_something_left(tx: Connection, *, said: bool) -> bool:
    if inbox.open_count(tx):
        return True
    return said and tx.execute(select(outbox.c.id).where(is_open()).limit(1)).one_or_none() is not None


async def _no_files(file_id: str, *, limit_bytes: int) -> bytes | None:
    return None
