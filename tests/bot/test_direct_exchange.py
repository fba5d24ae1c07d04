import asyncio
import gzip
import json
from typing import Any

import aiohttp
import pytest
from aiohttp.connector import Connection

from bot.transport import AiohttpTransport, NotSentError, UncertainError
from tests.bot.raw_server import answering, read_headers, read_request, response, serving

TOKEN = "123456789:AAplantedPlantedPlantedPlantedPlanted"


def quick() -> AiohttpTransport:
    return AiohttpTransport(connect_seconds=0.3, read_seconds=0.3)


def result(value: object) -> bytes:
    return json.dumps({"ok": True, "result": value}).encode()


async def asked(transport: AiohttpTransport, address: str) -> object:
    return await transport.call(f"{address}/bot{TOKEN}/getMe", {}, read_seconds=0.3)


async def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next() -> None:
    spoken_again = asyncio.Event()
    connections = 0

    async def speaks_twice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await read_request(reader)
        writer.write(response(200, result(f"answer {connections}")))
        await asyncio.sleep(0.05)
        writer.write(response(200, result("nobody asked")))
        await writer.drain()
        spoken_again.set()
        await asyncio.sleep(5)

    async with serving(speaks_twice) as address, quick() as transport:
        first = await asked(transport, address)
        await spoken_again.wait()
        await asyncio.sleep(0.05)
        second = await asked(transport, address)

    assert (first, second) == ("answer 1", "answer 2")


class LateConnector(aiohttp.TCPConnector):
    """Tells of a connection when the server has had the time to close it."""

    async def connect(self, *given: Any, **named: Any) -> Connection:
        connection = await super().connect(*given, **named)
        await asyncio.sleep(0.02)
        return connection


async def test_a_server_that_closes_at_once_is_not_called_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiohttp.TCPConnector", LateConnector)
    connections = 0

    async def closes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        writer.close()

    async with serving(closes) as address, quick() as transport:
        with pytest.raises(NotSentError, match="ClientConnectionError"):
            await asked(transport, address)

    assert connections == 5


async def test_the_answer_to_a_call_that_was_given_up_is_not_taken_for_the_next() -> None:
    calls = 0
    asked_once = asyncio.Event()

    async def slow_at_first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        while True:
            await read_request(reader)
            calls += 1
            number = calls
            asked_once.set()
            await asyncio.sleep(0.1 if number == 1 else 0)
            writer.write(response(200, result(number)))

    async with serving(slow_at_first) as address, quick() as transport:
        given_up = asyncio.create_task(asked(transport, address))
        await asked_once.wait()
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)

        assert await asked(transport, address) == 2
        await asyncio.sleep(0.15)
        assert await asked(transport, address) == 3


async def test_what_comes_before_the_answer_is_not_the_answer() -> None:
    async def still_working(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n")
        writer.write(response(200, result("done")))
        await writer.drain()

    async with serving(still_working) as address, quick() as transport:
        assert await asked(transport, address) == "done"


async def test_a_server_that_only_says_it_still_works_is_given_up() -> None:
    async def for_ever(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 102 Processing\r\n\r\n")
        await asyncio.Event().wait()

    async with serving(for_ever) as address, quick() as transport:
        with pytest.raises(UncertainError):
            await asked(transport, address)


async def test_an_answer_may_end_with_the_connection() -> None:
    async def without_a_length(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + result("done"))
        await writer.drain()

    async with serving(without_a_length) as address, quick() as transport:
        assert [await asked(transport, address) for _ in range(2)] == ["done", "done"]


async def test_an_answer_that_trickles_in_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.direct_exchange.WHOLE_SECONDS", 0.1)

    async def trickling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b" ")
            await asyncio.sleep(0.02)

    async with serving(trickling) as address, quick() as transport:
        with pytest.raises(UncertainError, match="TimeoutError"):
            await asked(transport, address)


async def test_an_answer_may_be_compressed_and_is_read_up_to_its_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    packed = answering(200, gzip.compress(result("x" * 100_000)), headers="Content-Encoding: gzip\r\n")
    async with serving(packed) as address, quick() as transport:
        assert await asked(transport, address) == "x" * 100_000

        monkeypatch.setattr("bot.direct_exchange.LONGEST_ANSWER_BYTES", 50_000)
        with pytest.raises(UncertainError, match="TooLargeError"):
            await asked(transport, address)


async def test_a_request_names_its_host_and_what_it_brings() -> None:
    heads: list[bytes] = []

    async def noted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            heads.append(await read_headers(reader))
            length = int(heads[-1].lower().split(b"content-length:")[1].split(b"\r\n")[0])
            body = await reader.readexactly(length)
            writer.write(response(200, result(body.decode())))

    async with serving(noted) as address, quick() as transport:
        host = address.removeprefix("http://")
        behind_a_door = f"http://reader:open%20sesame@{host}/bot{TOKEN}/sendMessage"
        said = await transport.call(behind_a_door, {"text": "сайн уу"}, read_seconds=1)
        await transport.post(f"{address}/bot{TOKEN}/getMe")

    assert said == '{"text":"сайн уу"}'
    with_words, empty = (head.decode().split("\r\n") for head in heads)
    assert with_words[0] == f"POST /bot{TOKEN}/sendMessage HTTP/1.1"
    assert {f"Host: {host}", "Content-Type: application/json"} <= set(with_words[1:])
    assert "Authorization: Basic cmVhZGVyOm9wZW4gc2VzYW1l" in with_words
    assert not any(line.startswith("Authorization") for line in empty)
