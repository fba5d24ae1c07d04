"""A Telegram that lies about updates and about who the bot is: none is lost, and no loop runs hot."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pydantic import SecretStr

from app.listening import connected, introduced
from app.log_setup import set_up
from app.settings import AcademySettings, Settings, TelegramSettings
from bot.receiving import Poller, received
from bot.transport import AiohttpTransport
from storage import bots
from storage.bots import Bot, OtherBotError
from storage.database import Database
from storage.inbox import Received
from tests.bot.raw_server import read_request, response, serving
from tests.loopback import bot_at

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
BOT = 4242
TOKEN = "123456789:AAplantedPlantedPlantedPlantedPlanted"


@pytest.fixture(autouse=True)
def quiet_log() -> None:
    set_up(level="CRITICAL")


def done(result: object) -> bytes:
    return json.dumps({"ok": True, "result": result}).encode()


class Telling:
    """Answers getUpdates from a script, and then waits."""

    def __init__(self, *answers: bytes) -> None:
        self._answers = list(answers)
        self.offsets: list[int | None] = []
        self.over = asyncio.Event()

    async def behave(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            asked = json.loads(await read_request(reader) or b"{}")
            if "timeout" not in asked:
                answer = b'{"ok":true,"result":true}'
            elif not self._answers:
                self.over.set()
                await asyncio.Event().wait()
            else:
                self.offsets.append(asked.get("offset"))
                answer = self._answers.pop(0)
            writer.write(response(200, answer))
            await writer.drain()


async def heard(server: Telling) -> tuple[list[int], int]:
    """Poll until the script is over; return the numbers kept, and how often there was a pause."""
    kept: list[int] = []
    pauses: list[float] = []

    async def keep(updates: Sequence[Received]) -> None:
        kept.extend(update.update_id for update in updates)

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0)

    async with serving(server.behave) as address, AiohttpTransport() as transport:
        bot = bot_at(address, token=TOKEN, over=transport)
        poller = Poller(bot, transport, keep=keep, clock=lambda: NOW, random=Random(1), sleep=sleep)
        running = asyncio.create_task(poller.run())
        await server.over.wait()
        assert not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return kept, len(pauses)


async def test_updates_between_lies_are_kept_and_none_is_forgotten_unread() -> None:
    server = Telling(
        b"<html>",
        done("nonsense"),
        done({"update_id": 1}),
        done([None, 7, "x", {"message": {}}, {"update_id": "8"}, {"update_id": 2**70}]),
        # A negative number is kept, and never confirmed by: Telegram would forget all before it.
        done([{"update_id": 11}, {"update_id": -3}]),
        done([{"update_id": -3}]),
        # Out of order: what is confirmed unread comes again.
        done([{"update_id": 15}, {"update_id": 13}]),
        done([{"update_id": 15}]),
        done([]),
    )

    kept, _ = await heard(server)

    assert kept == [11, -3, -3, 15, 13, 15]
    assert server.offsets == [None, None, None, None, None, 12, None, 14, 16]


@pytest.mark.parametrize("answer", [done([]), done({}), done([{"update_id": 5}])])
async def test_a_server_that_says_the_same_for_ever_is_not_asked_without_a_pause(answer: bytes) -> None:
    _, pauses = await heard(Telling(*[answer] * 40))

    assert pauses >= 30


async def introduction(*answers: bytes) -> tuple[Bot, list[float]]:
    left, pauses = list(answers), list[float]()

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await read_request(reader)
            writer.write(response(200, left.pop(0)))
            await writer.drain()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async with serving(behave) as address:
        settings = Settings(
            academy=AcademySettings(name="Darkhan"),
            telegram=TelegramSettings(token=SecretStr(TOKEN), api_url=address),
        )
        async with connected(settings) as lines:
            return await introduced(lines, sleep=sleep), pauses


ME: dict[str, Any] = {"id": BOT, "is_bot": True, "first_name": "Dusal", "username": "dusal_bot"}


async def test_a_bot_that_is_told_wrongly_is_asked_for_again() -> None:
    lies = (
        b"<html>",
        b'{"ok": true, "result": true}',
        done([]),
        done({"id": BOT}),
        done({**ME, "id": "4242"}),
        done({**ME, "id": 2**80}),
        done({**ME, "id": 0}),
    )

    found, pauses = await introduction(*lies, done(ME))

    assert found == Bot(bot_id=BOT, username="dusal_bot", name="Dusal")
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


async def test_another_bot_in_mid_life_is_refused_by_name(tmp_path: Path) -> None:
    first, _ = await introduction(done(ME))
    other, _ = await introduction(done({**ME, "id": 77, "username": "other_bot"}))
    opened = Database.open(f"sqlite:///{tmp_path / 'dusal.db'}")
    opened.prepare(now=NOW)
    opened.run_here(lambda tx: bots.bind(tx, bot=first, now=NOW))

    with pytest.raises(OtherBotError, match=r"dusal_bot.*other_bot"):
        opened.run_here(lambda tx: bots.bind(tx, bot=other, now=NOW + timedelta(days=9)))

    opened.close()


def test_lists_in_lists_are_kept_by_their_number_only() -> None:
    deep = json.loads(
        '{"update_id": 7, "message": {"from": {"id": 42}, "new": ' + "[" * 200 + "]" * 200 + "}}"
    )
    usual = {"update_id": 8, "message": {"from": {"id": 42}, "entities": [{"type": "bold"}] * 100}}

    kept = [received(deep), received(usual)]

    assert kept == [
        Received(update_id=7, sender=42, payload="null"),
        Received(update_id=8, sender=42, payload=json.dumps(usual)),
    ]
