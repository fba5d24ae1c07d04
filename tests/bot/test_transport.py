import asyncio
import json
import logging
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
import telegram
from telegram.error import InvalidToken, TelegramError

from academy.messenger import NotSent, Outcome, Refused, Sent, Uncertain
from bot.direct_exchange import TooLargeError
from bot.outcomes import outcome_of
from bot.transport import AiohttpTransport, NotSentError, UncertainError
from tests.bot.raw_server import (
    Behaviour,
    answering,
    free_port,
    read_headers,
    read_request,
    reset,
    response,
    serving,
)
from tests.loopback import bot_at

TOKEN = "123456789:AAplantedPlantedPlantedPlantedPlanted"


def quick() -> AiohttpTransport:
    return AiohttpTransport(connect_seconds=0.3, read_seconds=0.3)


@dataclass
class Said:
    outcome: Outcome
    told: str
    """Everything the exception would print, with its causes."""


async def words(bot: telegram.Bot) -> telegram.Message:
    return await bot.send_message(42, "Good morning")


async def a_file(bot: telegram.Bot) -> telegram.Message:
    return await bot.send_document(42, b"bill;kWh\n" * 30_000, filename="bills.csv")


Way = Callable[[telegram.Bot], Awaitable[telegram.Message]]
WAYS = [words, a_file]
"""Bytes that are there go straight to the pool, what is streamed goes over the session."""


async def say(address: str, way: Way = words) -> Said:
    transport = quick()
    bot = bot_at(address, token=TOKEN, over=transport)
    async with transport:
        try:
            message = await way(bot)
        except TelegramError as error:
            return Said(outcome_of(error), "".join(traceback.format_exception(error)))
    return Said(Sent(message_id=message.message_id), "")


async def closed_unread(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def reset_unread(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    reset(writer)


async def closed_after_headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_headers(reader)
    writer.close()


async def closed_mid_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_headers(reader)
    await reader.readexactly(5)
    reset(writer)


async def closed_after_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.close()


async def half_the_headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Le")
    await writer.drain()


async def half_the_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"ok":true,"result":{"mess')
    await writer.drain()


async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.write(b"\x15\x03\x01\x00\x02\x02\x16\r\n\r\n")
    await writer.drain()


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    await asyncio.Event().wait()


async def stalled_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"ok"')
    await writer.drain()
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    "behaviour",
    [
        closed_unread,
        reset_unread,
        closed_after_headers,
        closed_mid_body,
        closed_after_request,
        half_the_headers,
        half_the_body,
        nonsense,
        silence,
        stalled_body,
        answering(200, b""),
        answering(200, b"<html>"),
        answering(200, b'{"ok":true}'),
        answering(200, b"[1]"),
        answering(200, b"[" * 100_000),
        answering(302, b"", headers="Location: /elsewhere\r\n"),
        answering(500, b'{"ok":false,"error_code":500,"description":"Internal Server Error: restart"}'),
        answering(502, b"<html>Bad Gateway</html>"),
        answering(504, b""),
    ],
    ids=lambda behaviour: getattr(behaviour, "__name__", "answer"),
)
@pytest.mark.parametrize("way", WAYS)
async def test_a_request_of_which_anything_may_have_arrived_is_uncertain(
    behaviour: Behaviour, way: Way
) -> None:
    async with serving(behaviour) as address:
        said = await say(address, way)

    assert isinstance(said.outcome, Uncertain), said
    assert TOKEN not in said.told


@pytest.mark.parametrize("way", WAYS)
async def test_a_refused_connection_is_not_sent(way: Way) -> None:
    said = await say(f"http://127.0.0.1:{free_port()}", way)

    assert said.outcome == NotSent(reason="not sent: ClientConnectorError")
    assert TOKEN not in said.told


@pytest.mark.parametrize("way", WAYS)
async def test_a_failed_handshake_is_not_sent(way: Way) -> None:
    async with serving(nonsense_at_once) as address:
        said = await say(address.replace("http://", "https://"), way)

    assert isinstance(said.outcome, NotSent), said
    assert TOKEN not in said.told


async def nonsense_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
    await writer.drain()
    await reader.read(1)


@pytest.mark.parametrize("way", WAYS)
async def test_a_handshake_that_never_ends_is_not_sent(way: Way) -> None:
    async with serving(never_greets) as address:
        said = await say(address.replace("http://", "https://"), way)

    assert isinstance(said.outcome, NotSent), said


async def never_greets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def test_waiting_for_a_free_connection_is_not_sent() -> None:
    async with serving(silence) as address:
        transport = AiohttpTransport(connections=1, connect_seconds=0.2, read_seconds=5)
        async with transport:
            first = asyncio.create_task(transport.post(f"{address}/bot{TOKEN}/sendMessage"))
            await asyncio.sleep(0)

            with pytest.raises(NotSentError):
                await transport.post(f"{address}/bot{TOKEN}/sendMessage")

            first.cancel()
            await asyncio.gather(first, return_exceptions=True)


async def test_a_transport_that_was_not_opened_sends_nothing() -> None:
    with pytest.raises(NotSentError, match="RuntimeError"):
        await AiohttpTransport().post(f"http://127.0.0.1:1/bot{TOKEN}/getMe")


def refusal(code: int, description: str, **parameters: int) -> Callable[[], Behaviour]:
    answer = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
    return lambda: answering(code, json.dumps(answer).encode())


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        (
            refusal(429, "Too Many Requests: retry after 7", retry_after=7),
            NotSent(reason="too many requests", retry_after_seconds=7.0),
        ),
        (
            refusal(429, "Too Many Requests"),
            NotSent(reason="too many requests", retry_after_seconds=1.0),
        ),
        (
            refusal(403, "Forbidden: bot was blocked by the user"),
            Refused(reason="blocked", detail="Forbidden: bot was blocked by the user", unreachable=True),
        ),
        (
            refusal(403, "Forbidden: user is deactivated"),
            Refused(reason="blocked", detail="Forbidden: user is deactivated", unreachable=True),
        ),
        (
            refusal(400, "Bad Request: chat not found"),
            Refused(reason="not_found", detail="Chat not found", unreachable=True),
        ),
        (
            refusal(400, "Bad Request: message is too long"),
            Refused(reason="refused", detail="Message is too long"),
        ),
        (
            refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=-1001,
            ),
            Refused(
                reason="moved",
                detail="Group migrated to supergroup. New chat id: -1001",
                moved_to=-1001,
            ),
        ),
        (refusal(401, "Unauthorized"), Refused(reason="token", detail="the token was refused")),
        (refusal(404, "Not Found"), Refused(reason="refused", detail="Not Found")),
    ],
    ids=lambda value: value.reason if not callable(value) else "",
)
async def test_a_refusal_is_final_or_says_when(behaviour: Callable[[], Behaviour], outcome: Outcome) -> None:
    async with serving(behaviour()) as address:
        said = await say(address)

    assert said.outcome == outcome
    assert TOKEN not in said.told


async def test_a_message_that_was_taken_is_sent_over_one_kept_connection() -> None:
    connections = 0
    answer = {
        "ok": True,
        "result": {"message_id": 7, "date": 1_790_000_000, "chat": {"id": 42, "type": "private"}},
    }

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await answering(200, json.dumps(answer).encode())(reader, writer)

    async with serving(counted) as address, quick() as transport:
        bot = bot_at(address, token=TOKEN, over=transport)
        sent = [(await bot.send_message(42, "Good morning")).message_id for _ in range(3)]

    assert sent == [7, 7, 7]
    assert connections == 1


async def test_a_refused_token_is_not_in_the_error() -> None:
    async with serving(refusal(401, "Unauthorized")()) as address, quick() as transport:
        with pytest.raises(InvalidToken) as raised:
            await transport.post(f"{address}/bot{TOKEN}/getMe")

    assert TOKEN not in "".join(traceback.format_exception(raised.value))


async def test_a_file_is_read_up_to_the_limit() -> None:
    async with serving(answering(200, b"x" * 1000)) as address, quick() as transport:
        read = await transport.download(f"{address}/file/bot{TOKEN}/a.yaml", limit_bytes=1000)
        with pytest.raises(TooLargeError):
            await transport.download(f"{address}/file/bot{TOKEN}/a.yaml", limit_bytes=999)

    assert read == b"x" * 1000


async def test_a_file_that_cannot_be_read_does_not_tell_the_address() -> None:
    async with serving(answering(404, b"")) as address, quick() as transport:
        with pytest.raises(NotSentError) as raised:
            await transport.download(f"{address}/file/bot{TOKEN}/a.yaml", limit_bytes=10)

    assert str(raised.value) == "the file could not be read: status 404"


async def test_an_unreadable_answer_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="aiohttp")
    async with serving(answering(200, b"secret words of a learner")) as address, quick() as transport:
        with pytest.raises(UncertainError):
            await transport.post(f"{address}/bot{TOKEN}/sendMessage")

    assert "secret words" not in caplog.text
    assert TOKEN not in caplog.text


def test_the_raw_server_counts_bytes() -> None:
    assert response(200, b"abc") == b"HTTP/1.1 200 X\r\nContent-Length: 3\r\n\r\nabc"
