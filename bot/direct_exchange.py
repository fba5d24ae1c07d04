"""One request and its answer on a connection of aiohttp's pool, without the client built on top.

The pool, TLS, names, keep-alive and the parser of answers are aiohttp's. Its session adds to each
request what a browser needs (cookies, redirects, an address that is parsed, headers that are
collected, a task that writes), and that took three fifths of what a call cost
(docs/decisions/0027-calls-on-the-pool.md). A call of the Bot API is always to the same few
addresses, and its body is bytes that are there. What is streamed goes over the session.
"""

import asyncio
from dataclasses import dataclass
from typing import Final, NamedTuple

import aiohttp
from aiohttp import hdrs
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from yarl import URL

from bot.taken_from_answers import LONGEST_ANSWER_BYTES

WHOLE_SECONDS: Final = 120.0
"""For a body that comes in pieces: one that trickles in for ever is bounded too, and a slow line has
the time to upload a picture."""

_LOWEST_FINAL_CODE: Final = 200
"""Below, an answer is on the way to one: a server may say that it still works on it."""

_MOST_CONNECTIONS_TRIED: Final = 5
"""For one request: a server that closes or speaks as soon as it is called would be called for ever."""


class TooLargeError(Exception):
    """There is more to read than the caller agreed to."""


@dataclass(slots=True)
class Sending:
    """Whether a byte of the request may have left; one per request."""

    begun: bool = False


class Answer(NamedTuple):
    """What a server said, whatever it means."""

    code: int
    body: bytes
    date: str | None
    """Its Date header."""


class Request(NamedTuple):
    """What a server is asked."""

    method: str
    url: str
    body: bytes = b""
    kind: str = ""
    """The body's Content-Type; "" where there is no body."""


class _Prepared(NamedTuple):
    pooled: aiohttp.ClientRequest
    """Never sent: it tells the pool where to go, and has put the headers together."""
    head: bytes
    """Up to the length of the body."""


class DirectExchange:
    """Makes requests whose bodies are bytes, on the event loop that it is made in."""

    __slots__ = ("_connect", "_connector", "_prepared", "_user_agent")

    def __init__(self, connector: aiohttp.TCPConnector, *, connect_seconds: float, user_agent: str) -> None:
        self._connector = connector
        self._connect = aiohttp.ClientTimeout(total=None, connect=connect_seconds)
        self._user_agent = user_agent
        self._prepared: dict[tuple[str, str, str], _Prepared] = {}
        """By method, address and kind of body: as many as the Bot API has methods."""

    async def ask(self, request: Request, *, silence: float, sending: Sending) -> Answer:
        """Return the answer, read whole; `silence` is the longest wait for its head and for more, in seconds.

        `sending` tells afterwards, and when this raises, whether a byte may have left. Raises
        aiohttp.ClientError, aiohttp.http.HttpProcessingError, OSError, ValueError or TooLargeError.
        """
        prepared = self._prepared_for(request)
        connection = await self._connection(prepared.pooled)
        try:
            answer = await _exchanged(
                connection, prepared.head, request.body, silence=silence, sending=sending
            )
        except BaseException:
            # What comes on it from now on would be taken for the answer to something else.
            connection.close()
            raise
        connection.release()
        return answer

    def _prepared_for(self, request: Request) -> _Prepared:
        address = (request.method, request.url, request.kind)
        prepared = self._prepared.get(address)
        if prepared is None:
            prepared = self._prepared[address] = _prepare(request, user_agent=self._user_agent)
        return prepared

    async def _connection(self, pooled: aiohttp.ClientRequest) -> Connection:
        for _ in range(_MOST_CONNECTIONS_TRIED):
            connection = await self._connector.connect(pooled, [], self._connect)
            # A server that has closed, or spoke although nobody had asked: that is not the answer to this.
            if not _protocol(connection).should_close:
                return connection
            connection.close()
        raise aiohttp.ClientConnectionError("closed before anything was asked")


async def read_at_most(content: aiohttp.StreamReader, limit_bytes: int) -> bytes:
    """Return all that comes; raises TooLargeError as soon as there are more bytes than the limit."""
    read = bytearray()
    async for part in content.iter_any():
        read += part
        if len(read) > limit_bytes:
            raise TooLargeError
    return bytes(read)


async def _exchanged(
    connection: Connection, head: bytes, body: bytes, *, silence: float, sending: Sending
) -> Answer:
    protocol = _protocol(connection)
    protocol.set_response_params(read_until_eof=True)
    assert connection.transport is not None
    sending.begun = True
    connection.transport.write(b"%s%d\r\n\r\n%s" % (head, len(body), body))
    # One timer is enough for nearly every answer: it is short, and comes in one piece.
    patience = asyncio.get_running_loop().call_later(silence, _give_up, protocol)
    try:
        told, content = await protocol.read()
        while told.code < _LOWEST_FINAL_CODE:
            told, content = await protocol.read()
    finally:
        patience.cancel()
    if content.is_eof():
        read = content.read_nowait()
        if len(read) > LONGEST_ANSWER_BYTES:
            raise TooLargeError
    else:
        protocol.read_timeout = silence
        protocol.start_timeout()
        async with asyncio.timeout(WHOLE_SECONDS):
            read = await read_at_most(content, LONGEST_ANSWER_BYTES)
    return Answer(told.code, read, told.headers.get(hdrs.DATE))


def _give_up(protocol: ResponseHandler) -> None:
    protocol.set_exception(aiohttp.SocketTimeoutError("no answer"))


def _protocol(connection: Connection) -> ResponseHandler:
    # It has one until it is released.
    assert connection.protocol is not None
    return connection.protocol


def _prepare(request: Request, *, user_agent: str) -> _Prepared:
    headers = {hdrs.USER_AGENT: user_agent}
    if request.kind:
        headers[hdrs.CONTENT_TYPE] = request.kind
    pooled = aiohttp.ClientRequest(
        request.method, URL(request.url), headers=headers, loop=asyncio.get_running_loop()
    )
    del pooled.headers[hdrs.CONTENT_LENGTH]
    lines = [f"{pooled.method} {pooled.url.raw_path_qs} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in pooled.headers.items()]
    return _Prepared(pooled, "\r\n".join([*lines, f"{hdrs.CONTENT_LENGTH}: "]).encode())
