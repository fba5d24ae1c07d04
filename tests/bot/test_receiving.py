import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from app.web import application
from bot.receiving import OtherReceiverError, Poller, Reply, TokenRefusedError, Webhook, received
from bot.transport import AiohttpTransport
from storage.inbox import Received
from tests.bot.raw_server import read_request, response, serving
from tests.loopback import NO_TLS, bot_at

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SECRET = "correct-horse-battery-staple"
TOKEN = "123456789:AAplantedPlantedPlantedPlantedPlanted"


def update(number: int) -> dict[str, Any]:
    return {"update_id": number, "message": {"from": {"id": 42}, "text": "hi"}}


class Kept:
    """Remembers what was committed; can be away like a database."""

    def __init__(self, *, away: int = 0) -> None:
        self.numbers: list[int] = []
        self._away = away

    async def __call__(self, updates: Sequence[Received]) -> None:
        if self._away:
            self._away -= 1
            raise OSError("the disk is full")
        self.numbers += [kept.update_id for kept in updates]


class Telegram:
    """Answers getUpdates from a script, and remembers what was asked."""

    def __init__(self, *answers: tuple[int, object]) -> None:
        self._answers = list(answers)
        self.asked: list[dict[str, Any]] = []
        self.finished = asyncio.Event()

    async def behave(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            asked = json.loads(await read_request(reader) or b"{}")
            if not asked:
                writer.write(response(200, b'{"ok":true,"result":true}'))
            elif not self._answers:
                self.finished.set()
                await asyncio.Event().wait()
            else:
                self.asked.append(asked)
                status, result = self._answers.pop(0)
                ok = {"ok": True, "result": result}
                writer.write(response(status, json.dumps(ok if status == 200 else result).encode()))
            await writer.drain()


async def poll(server: Telegram, kept: Kept) -> list[float]:
    """Poll until the script is over; returns the waits in between."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0)

    async with serving(server.behave) as address, AiohttpTransport() as transport:
        bot = bot_at(address, token=TOKEN, over=transport)
        poller = Poller(bot, transport, keep=kept, clock=lambda: NOW, random=Random(1), sleep=sleep)
        running = asyncio.create_task(poller.run())
        ended = asyncio.create_task(server.finished.wait())
        await asyncio.wait({running, ended}, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if running.done():
            running.result()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return waits


def offsets(server: Telegram) -> list[int | None]:
    return [asked.get("offset") for asked in server.asked]


async def test_a_batch_is_confirmed_by_the_next_request_and_only_once() -> None:
    server, kept = Telegram((200, [update(7), update(8)]), (200, []), (200, [])), Kept()

    await poll(server, kept)

    assert kept.numbers == [7, 8]
    assert offsets(server) == [None, 9, None]
    assert server.asked[0]["allowed_updates"] == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ]


async def test_numbers_that_start_anew_are_received() -> None:
    server, kept = Telegram((200, [update(900)]), (200, []), (200, [update(5)]), (200, [])), Kept()

    await poll(server, kept)

    assert kept.numbers == [900, 5]
    assert offsets(server) == [None, 901, None, 6]


async def test_what_could_not_be_committed_is_not_confirmed() -> None:
    server, kept = Telegram((200, [update(7)]), (200, [update(7)]), (200, [])), Kept(away=1)

    waits = await poll(server, kept)

    assert kept.numbers == [7]
    assert offsets(server) == [None, None, 8]
    assert len(waits) == 1


async def test_failures_are_waited_out_longer_and_longer() -> None:
    server, kept = Telegram((502, {}), (500, {}), (502, {}), (200, [update(1)]), (502, {})), Kept()

    waits = await poll(server, kept)

    assert kept.numbers == [1]
    assert [0.5 <= waits[0] <= 1, 1 <= waits[1] <= 2, 2 <= waits[2] <= 4, 0.5 <= waits[3] <= 1] == [True] * 4


async def test_too_many_requests_is_waited_out_as_told() -> None:
    flood = {"ok": False, "description": "Too Many Requests", "parameters": {"retry_after": 17}}
    server = Telegram((429, flood), (200, []))

    assert await poll(server, Kept()) == [17.0]


async def test_a_second_receiver_ends_it_at_the_third_conflict() -> None:
    conflict = (409, {"ok": False, "description": "Conflict: terminated by other getUpdates request"})
    server = Telegram(conflict, conflict, conflict, (200, []))

    with pytest.raises(OtherReceiverError, match="same token"):
        await poll(server, Kept())

    assert len(server.asked) == 3


@pytest.mark.parametrize("status", [401, 404])
async def test_a_refused_token_ends_it_at_once(status: int) -> None:
    server = Telegram((status, {"ok": False, "description": "Unauthorized"}))

    with pytest.raises(TokenRefusedError) as raised:
        await poll(server, Kept())

    assert TOKEN not in str(raised.value)


def test_updates_without_a_number_are_not_kept() -> None:
    assert [received({"message": {}}), received(None), received({"update_id": "7"})] == [None, None, None]


def test_an_update_is_kept_as_it_came() -> None:
    assert received(update(7)) == Received(update_id=7, sender=42, payload=json.dumps(update(7)))


def test_what_we_said_is_not_kept_again_under_whoever_answers_it() -> None:
    ours = {
        "message_id": 5,
        "date": 1,
        "chat": {"id": 42},
        "caption": "Petro asks",
        "photo": [{"file_id": "x"}],
    }
    reply = update(7)
    reply["message"]["reply_to_message"] = ours
    press = {
        "update_id": 8,
        "callback_query": {"id": "1", "from": {"id": 42}, "message": ours, "data": "l_go"},
    }
    left = {"message_id": 5, "date": 1, "chat": {"id": 42}, "photo": True}

    kept = [received(one) for one in (reply, press)]

    payloads = [json.loads(one.payload) for one in kept if one is not None]
    assert payloads[0]["message"]["reply_to_message"] == left
    assert payloads[1]["callback_query"]["message"] == left


async def parts(*content: bytes) -> AsyncIterator[bytes]:
    for part in content:
        yield part


async def unread() -> AsyncIterator[bytes]:
    raise AssertionError("the body was read before the secret was compared")
    yield b""


async def slow() -> AsyncIterator[bytes]:
    yield b"{"
    await asyncio.Event().wait()


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b"x" * 65_536


def webhook(kept: Kept) -> Webhook:
    return Webhook(secret=SECRET, keep=kept, clock=lambda: NOW, body_seconds=0.05)


SIGNED = {"x-telegram-bot-api-secret-token": SECRET}


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-telegram-bot-api-secret-token": "guess"}, {"x-telegram-bot-api-secret-token": "é\ud800"}],
)
async def test_without_the_secret_nothing_is_read(headers: dict[str, str]) -> None:
    door = webhook(kept := Kept())

    reply = await door.accept(headers, unread())

    assert reply == Reply(status=403)
    assert (door.refused, kept.numbers) == (1, [])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (parts(json.dumps(update(7)).encode()), 200),
        (parts(b'{"update_id":', b"7}"), 200),
        (endless(), 413),
        (slow(), 408),
        (parts(b""), 400),
        (parts(b"[1, 2]"), 400),
        (parts(b"[" * 900_000), 400),
        (parts(b"\xff\xfe{"), 400),
        (parts(b'{"update_id": "7"}'), 400),
    ],
    ids=["whole", "in parts", "endless", "slow", "empty", "list", "deep", "not text", "no number"],
)
async def test_only_an_update_is_accepted(body: AsyncIterator[bytes], status: int) -> None:
    kept = Kept()

    reply = await webhook(kept).accept(SIGNED, body)

    assert reply.status == status
    assert kept.numbers == ([7] if status == 200 else [])


async def test_a_database_that_is_away_makes_telegram_come_again() -> None:
    reply = await webhook(Kept(away=1)).accept(SIGNED, parts(json.dumps(update(7)).encode()))

    assert reply == Reply(status=503, headers={"Retry-After": "5"})


def test_a_webhook_needs_a_secret() -> None:
    with pytest.raises(ValueError, match="secret"):
        Webhook(secret="", keep=Kept(), clock=lambda: NOW)


def visiting(web: Starlette) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=web), base_url="http://127.0.0.1", verify=NO_TLS
    )


async def test_the_web_application_serves_health_and_the_webhook() -> None:
    kept = Kept()

    async def health() -> dict[str, object]:
        return {"healthy": True, "polling": NOW.isoformat()}

    web = application(health=health, webhook=webhook(kept), webhook_url="https://bot.example.org/hook/1")

    async with visiting(web) as client:
        posted = await client.post("/hook/1", content=json.dumps(update(7)), headers=SIGNED)
        forged = await client.post("/hook/1", content=json.dumps(update(8)))
        elsewhere = await client.post("/hook/2", content=json.dumps(update(9)), headers=SIGNED)
        well = await client.get("/health")

    assert [posted.status_code, forged.status_code, elsewhere.status_code] == [200, 403, 404]
    assert kept.numbers == [7]
    assert well.json() == {"healthy": True, "polling": "2026-11-23T09:00:00+00:00"}


async def test_a_service_that_is_not_well_says_so() -> None:
    async def health() -> dict[str, object]:
        return {"healthy": False, "polling": None}

    async with visiting(application(health=health)) as client:
        answered = await client.get("/health")

    assert (answered.status_code, answered.json()) == (503, {"healthy": False, "polling": None})


def test_waiting_updates_are_never_dropped() -> None:
    option = "drop_pending" + "_updates"
    source = Path(__file__).parents[2]

    found = [
        path.name
        for part in ("academy", "app", "bot", "scheduler", "storage")
        for path in (source / part).rglob("*.py")
        if option in path.read_text()
    ]

    assert found == []
