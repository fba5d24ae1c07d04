"""A Bot API on 127.0.0.1 that notes when each request arrived; nothing of it is the product's.

It is as quick as a Python server can be: whatever it costs is paid by the figure and its anchor
alike. Behind it are phones that show the newest buttons and can press them.
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl

TOKEN = "1000000001:nobody-but-this-bench-knows-the-token"
BOT_ID = 1_000_000_001

Values = dict[str, Any]  # a request's parameters, as JSON or a form brings them


@dataclass(slots=True, kw_only=True)
class Call:
    """One request, as it arrived."""

    method: str
    values: Values
    at: float
    """Monotonic seconds when its last byte had arrived."""
    accepted: bool = True
    """False for a 429."""


@dataclass(slots=True)
class Phone:
    """What one person sees last."""

    message_id: int = 0
    data: str = ""
    """Of the first button."""


@dataclass(slots=True)
class StrictWindow:
    """Refuses what would be more than `most` in any second that slides along."""

    most: int
    _taken: deque[float] = field(default_factory=deque)

    def takes(self, now: float) -> bool:
        while self._taken and self._taken[0] <= now - 1.0:
            self._taken.popleft()
        if len(self._taken) >= self.most:
            return False
        self._taken.append(now)
        return True


class LoopbackTelegram:
    """Serves while the `async with` block lasts."""

    def __init__(self, *, window: StrictWindow | None = None) -> None:
        self.calls: list[Call] = []
        self.phones: dict[int, Phone] = {}
        self.away_seconds = 0.0
        """How long anything takes to get here, and as long back."""
        self._window = window
        self._updates: list[Values] = []
        self._next_update = 1
        self._poll: Callable[[], None] | None = None
        self._next_message = 1
        self._server: asyncio.Server | None = None
        self._watchers: list[tuple[Callable[[Call], bool], asyncio.Future[Call]]] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exception: object) -> None:
        assert self._server is not None
        self._server.close()

    def press(self, chat: int) -> float:
        """Press the first button on a phone; return the moment."""
        phone = self.phones[chat]
        person = {"id": chat, "is_bot": False, "first_name": f"Person {chat}", "language_code": "en"}
        message = {
            "message_id": phone.message_id,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private", "first_name": f"Person {chat}"},
            "from": {"id": BOT_ID, "is_bot": True, "first_name": "Bench", "username": "bench_bot"},
            "text": "What uses the most electricity at night in an office that nobody is in?",
        }
        query = {
            "id": str(self._next_update),
            "from": person,
            "message": message,
            "chat_instance": str(chat),
            "data": phone.data,
        }
        return self._hand_over({"callback_query": query})

    def command(self, chat: int, text: str) -> float:
        """Type a command on a phone; return the moment."""
        person = {"id": chat, "is_bot": False, "first_name": f"Person {chat}", "language_code": "en"}
        message = {
            "message_id": 1_000_000 + self._next_update,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private", "first_name": f"Person {chat}"},
            "from": person,
            "text": text,
            "entities": [{"type": "bot_command", "offset": 0, "length": len(text)}],
        }
        return self._hand_over({"message": message})

    def _hand_over(self, update: Values) -> float:
        self._updates.append({"update_id": self._next_update, **update})
        self._next_update += 1
        handed_over_at = time.monotonic()
        if self._poll is not None:
            self._poll()
        return handed_over_at

    async def until(self, wanted: Callable[[Call], bool], *, seconds: float = 30.0) -> Call:
        """Return the next call that `wanted` accepts; raises TimeoutError when none comes."""
        future: asyncio.Future[Call] = asyncio.get_running_loop().create_future()
        watcher = (wanted, future)
        self._watchers.append(watcher)
        try:
            return await asyncio.wait_for(future, seconds)
        finally:
            self._watchers.remove(watcher)

    def take(self, call: Call, send: Callable[[bytes], None]) -> None:
        """Take a request that has left the bot; it arrives here once it has come all the way."""
        if not self.away_seconds:
            self._answer(call, send)
            return
        loop = asyncio.get_running_loop()

        # Not when this process gets round to it: the way takes no longer because we are busy.
        call.at += self.away_seconds

        def arrived() -> None:
            self._answer(call, lambda answer: loop.call_later(self.away_seconds, send, answer))

        loop.call_later(self.away_seconds, arrived)

    def _answer(self, call: Call, send: Callable[[bytes], object]) -> None:
        refused = (
            call.method == "sendMessage" and self._window is not None and not self._window.takes(call.at)
        )
        call.accepted = not refused
        self.calls.append(call)
        for wanted, future in self._watchers:
            if not future.done() and wanted(call):
                future.set_result(call)
        if call.method == "getUpdates":
            self._get_updates(call, send)
            return
        send(_TOO_MANY if refused else _ok(self._result(call)))

    def _get_updates(self, call: Call, send: Callable[[bytes], object]) -> None:
        offset = int(call.values.get("offset") or 0)
        if offset > 0:
            self._updates = [update for update in self._updates if update["update_id"] >= offset]

        def hand_out() -> None:
            self._poll = None
            send(_ok(self._updates[:100]))

        self._poll = hand_out
        if self._updates:
            hand_out()

    def _result(self, call: Call) -> object:
        values = call.values
        match call.method:
            case "getMe":
                return {"id": BOT_ID, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
            case "sendMessage":
                number, self._next_message = self._next_message, self._next_message + 1
                return self._shown(int(values["chat_id"]), number, values)
            case "sendPhoto":
                # It comes in parts, and whose chat it is for is in one of them: nobody here asks.
                return {"message_id": 1, "date": int(time.time()), "chat": {"id": 1, "type": "private"}}
            case "editMessageText" | "editMessageReplyMarkup":
                return self._shown(int(values["chat_id"]), int(values["message_id"]), values)
            case _:
                return True

    def _shown(self, chat: int, number: int, values: Values) -> object:
        data = _first_button(values.get("reply_markup"))
        if data:
            self.phones[chat] = Phone(message_id=number, data=data)
        return {
            "message_id": number,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private", "first_name": f"Person {chat}"},
            "text": str(values.get("text", "")),
        }


class _Connection(asyncio.Protocol):
    """One kept-alive connection; requests on it come one after the other."""

    def __init__(self, telegram: LoopbackTelegram) -> None:
        self._telegram = telegram
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        fields = head.decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in fields[1:])
        }
        length = int(headers.get("content-length", "0"))
        if len(rest) < length:
            return
        at = time.monotonic()
        self._buffer = rest[length:]
        method = fields[0].split(" ")[1].rpartition("/")[2]
        values = _values(rest[:length], headers.get("content-type", ""))
        self._telegram.take(Call(method=method, values=values, at=at), self._send)

    def _send(self, answer: bytes) -> None:
        if self._transport is not None:
            self._transport.write(answer)


def _values(body: bytes, kind: str) -> Values:
    if not body or kind.startswith("multipart/"):
        return {}
    if kind.startswith("application/json"):
        return dict(json.loads(body))
    return dict(parse_qsl(body.decode()))


def _first_button(markup: object) -> str:
    if isinstance(markup, str):
        markup = json.loads(markup)
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    return str(rows[0][0].get("callback_data", "")) if rows and rows[0] else ""


def _http(status: str, body: object) -> bytes:
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


def _ok(result: object) -> bytes:
    return _http("200 OK", {"ok": True, "result": result})


_TOO_MANY = _http(
    "429 Too Many Requests",
    {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    },
)
