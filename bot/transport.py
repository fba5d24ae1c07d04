"""Telegram's library on aiohttp: 3.5–7.6 times less work per request, and an honest failure.

Whether a failed request may be repeated is not told by the class of the exception (a refused
connection and a cut one share a base class) but by whether a byte of it left this machine. A
flag that is set before the first byte is written knows that. No exception that leaves this module
carries the URL or a cause, because the URL holds the bot's token.
"""

import json
from collections.abc import Awaitable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
from aiohttp.connector import Connection
from aiohttp.http import HttpProcessingError
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import BaseRequest, RequestData

from bot.direct_exchange import (
    WHOLE_SECONDS,
    Answer,
    DirectExchange,
    Request,
    Sending,
    TooLargeError,
    read_at_most,
)
from bot.taken_from_answers import LONGEST_ANSWER_BYTES, chat_id, pause_seconds, words
from scheduler.clock import elapsed_seconds
from scheduler.clock_watch import HeardTime

CONNECT_SECONDS: Final = 10.0
"""For a free connection, the name, the handshake and TLS together: nothing has been sent yet."""

READ_SECONDS: Final = 20.0
"""Longest silence while an answer is awaited; Telegram's slowest sends take several seconds."""

KEEP_ALIVE_SECONDS: Final = 50.0
"""A new TLS connection costs a tap 7.7 times the work and two round trips; servers close at 60–75 s,
and a request on a connection that is just being closed ends uncertain."""

_JSON: Final = "application/json"
_as_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_FORM: Final = "application/x-www-form-urlencoded"
_NOT_OPENED: Final = "the transport is used before it is initialised"


class NotSentError(NetworkError):
    """The request never left this machine; it may be repeated."""

    __slots__ = ()


class UncertainError(NetworkError):
    """The request may have arrived, and nobody can know."""

    __slots__ = ()


class NotFoundError(TelegramError):
    """404: an unknown method, or a token that is not even shaped like one."""

    __slots__ = ()


_SENDING: Final[ContextVar[Sending]] = ContextVar("_SENDING")
"""The request that this task makes over the session."""


class _Request(aiohttp.ClientRequest):
    """Notes that it is about to be written.

    aiohttp's tracing hooks tell the same, and cost a quarter of what a request costs.
    """

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        _SENDING.get().begun = True
        return await super().send(conn)


class AiohttpTransport(BaseRequest):
    """Sends requests over a pool of kept-alive connections.

    Polling needs an instance of its own: its one connection is always busy waiting.
    """

    __slots__ = (
        "_connect_seconds",
        "_connections",
        "_dated",
        "_direct",
        "_keep_alive_seconds",
        "_read_seconds",
        "_session",
    )

    def __init__(
        self,
        *,
        connections: int = 64,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
        keep_alive_seconds: float = KEEP_ALIVE_SECONDS,
    ) -> None:
        self._connections = connections
        self._connect_seconds = connect_seconds
        self._read_seconds = read_seconds
        self._keep_alive_seconds = keep_alive_seconds
        self._session: aiohttp.ClientSession | None = None
        self._direct: DirectExchange | None = None
        self._dated: tuple[str, float] | None = None

    @property
    def heard_time(self) -> HeardTime | None:
        """What time the newest answer said it was; None before the first, and where none says."""
        if self._dated is None:
            return None
        wall = _told_time(self._dated[0])
        return None if wall is None else HeardTime(wall=wall, elapsed=self._dated[1])

    @property
    def read_timeout(self) -> float | None:
        """Seconds of silence after which an answer is given up."""
        return self._read_seconds

    async def initialize(self) -> None:
        """Open the pool; connections are made when they are needed."""
        if self._session is not None and not self._session.closed:
            return
        connector = aiohttp.TCPConnector(
            limit=self._connections, keepalive_timeout=self._keep_alive_seconds, ttl_dns_cache=300
        )
        self._session = aiohttp.ClientSession(
            connector=connector, request_class=_Request, cookie_jar=aiohttp.DummyCookieJar()
        )
        self._direct = DirectExchange(
            connector, connect_seconds=self._connect_seconds, user_agent=BaseRequest.USER_AGENT
        )

    async def shutdown(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    async def do_request(  # noqa: PLR0917 - the signature is the library's
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,  # the library's own sentinel or seconds
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # the same
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # the same
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # the same
    ) -> tuple[int, bytes]:
        """Return status and body of an answer that means "done".

        Raises NotSentError or UncertainError when there was no answer to rely on, and the
        library's own errors for Telegram's refusals (`refusal`).
        """
        silence = self._read_seconds if not isinstance(read_timeout, (int, float)) else read_timeout
        sending = Sending()
        if request_data is not None and request_data.contains_files:
            return await self._settled(self._uploaded(url, request_data, silence, sending), sending)
        request = Request(method, url)
        if request_data is not None:
            request = Request(method, url, urlencode(request_data.json_parameters).encode(), _FORM)
        return await self._settled(self._asked(request, silence, sending), sending)

    async def call(self, url: str, parameters: Mapping[str, object], *, read_seconds: float) -> object:
        """Return the plain result of a Bot API method, without the library's objects; raises as above."""
        # Half a character cannot be sent; what people typed and courses say has none (bot.render.sendable).
        asked = _as_json(parameters).encode(errors="replace")
        sending = Sending()
        request = Request("POST", url, asked, _JSON)
        _, body = await self._settled(self._asked(request, read_seconds, sending), sending)
        return self.parse_json_payload(body)["result"]

    async def download(self, url: str, *, limit_bytes: int) -> bytes:
        """Return the bytes at `url`; raises TooLargeError as soon as there are more than the limit."""
        reason = ""
        try:
            _SENDING.set(Sending())
            async with self._opened().get(
                url, timeout=self._timeout(self._read_seconds), allow_redirects=False
            ) as response:
                if response.status == HTTPStatus.OK:
                    return await read_at_most(response.content, limit_bytes)
                reason = f"status {response.status}"
        except (aiohttp.ClientError, OSError) as failure:
            reason = type(failure).__name__
        raise NotSentError(f"the file could not be read: {reason}")

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:  # JSON
        """Return Telegram's answer; raises UncertainError when it cannot be read.

        Only answers that mean "done" come here, so what cannot be read may well have been done.
        """
        answer = _answer(payload)
        if answer.get("ok") is not True or "result" not in answer:
            raise UncertainError("the answer could not be read")
        return answer

    async def _settled(self, exchange: Awaitable[Answer], sending: Sending) -> tuple[int, bytes]:
        reason = ""
        try:
            answer = await exchange
        except (
            aiohttp.ClientError, HttpProcessingError, OSError, ValueError, LookupError, RuntimeError,
            TooLargeError,
        ) as failure:  # fmt: skip
            reason = type(failure).__name__
        else:
            if answer.date is not None:
                # Only put down here: it is read when somebody doubts our own clock.
                self._dated = (answer.date, elapsed_seconds())
            if HTTPStatus.OK <= answer.code < HTTPStatus.MULTIPLE_CHOICES:
                return answer.code, answer.body
            raise refusal(answer.code, answer.body)
        # Raised outside the handler: as a cause, the exception would carry the URL and its token.
        if sending.begun:
            raise UncertainError(f"no answer to rely on: {reason}")
        raise NotSentError(f"not sent: {reason}")

    async def _asked(self, request: Request, silence: float, sending: Sending) -> Answer:
        if self._direct is None:
            raise RuntimeError(_NOT_OPENED)
        return await self._direct.ask(request, silence=silence, sending=sending)

    async def _uploaded(
        self, url: str, request_data: RequestData, silence: float, sending: Sending
    ) -> Answer:
        _SENDING.set(sending)
        async with self._opened().post(
            url,
            data=_parts(request_data),
            headers={"User-Agent": BaseRequest.USER_AGENT},
            timeout=self._timeout(silence),
            # A redirected POST would arrive as a GET, and with the token somewhere else.
            allow_redirects=False,
        ) as response:
            body = await read_at_most(response.content, LONGEST_ANSWER_BYTES)
            return Answer(response.status, body, response.headers.get("Date"))

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError(_NOT_OPENED)
        return self._session

    def _timeout(self, silence: float) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(
            total=self._connect_seconds + silence + WHOLE_SECONDS,
            connect=self._connect_seconds,
            sock_read=silence,
        )


def refusal(code: int, body: bytes) -> TelegramError:
    """Return what an answer other than "done" means (guarantees 2); what is not in the table is uncertain."""
    answer = _answer(body)
    description = words(answer.get("description"), otherwise=f"status {code}")
    parameters = answer.get("parameters")
    if not isinstance(parameters, dict):
        parameters = {}
    moved_to = chat_id(parameters.get("migrate_to_chat_id"))
    match code:
        case HTTPStatus.BAD_REQUEST if moved_to is not None:
            return ChatMigrated(moved_to)
        case HTTPStatus.BAD_REQUEST:
            return BadRequest(description)
        case HTTPStatus.UNAUTHORIZED:
            return InvalidToken(description)
        case HTTPStatus.FORBIDDEN:
            return Forbidden(description)
        case HTTPStatus.NOT_FOUND:
            return NotFoundError(description)
        case HTTPStatus.CONFLICT:
            return Conflict(description)
        case HTTPStatus.TOO_MANY_REQUESTS:
            # Without a figure it is still a refusal: the next try must not come at once.
            return RetryAfter(pause_seconds(parameters.get("retry_after")))
        case _:
            return UncertainError(description)


def seconds(retry_after: float | timedelta) -> float:
    """Return the library's `retry_after`, whose type is about to change, in seconds."""
    return retry_after.total_seconds() if isinstance(retry_after, timedelta) else float(retry_after)


def _answer(body: bytes) -> dict[str, Any]:  # JSON
    """Return what an answer says; nothing where it is not even an object."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _told_time(date: str) -> datetime | None:
    """Return the moment of a Date header; None when it cannot be read, or lies by centuries."""
    try:
        wall = parsedate_to_datetime(date)
    except ValueError:
        return None
    # Further away, reckoning with it would overflow.
    if not 2000 <= wall.year < 3000:
        return None
    return wall.astimezone(UTC) if wall.tzinfo is not None else wall.replace(tzinfo=UTC)


def _parts(request_data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, mime) in request_data.multipart_data.items():
        # As a stream: bytes would be written in one piece, and a film stops the loop for that long.
        streamed = BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, streamed, filename=file_name, content_type=mime)
    return form
