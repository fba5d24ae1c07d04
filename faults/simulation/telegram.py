"""Telegram on the same loop: the preview's chats and refusals, without sockets, and with bad luck.

A request that has left is Telegram's: it is carried out also when the service is killed meanwhile.
Every message that was accepted is counted for the delivery it came from, whether the service ever
hears of it or not.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, Protocol

from telegram.request import BaseRequest, RequestData

from bot.transport import AiohttpTransport, NotSentError, UncertainError, refusal
from faults.simulation.journal import Journal
from faults.simulation.loop import WORLD, VirtualLoop
from faults.simulation.weather import Fate
from preview.bot_api import METHODS
from preview.calls import Call
from preview.files import Upload
from preview.refusals import Refusal, too_many
from preview.world import World

CREATING: Final = frozenset(
    {"sendmessage", "sendphoto", "sendvoice", "sendaudio", "sendvideo", "senddocument"}
)
_CHANGING: Final = frozenset(
    {"editmessagetext", "editmessagecaption", "editmessagereplymarkup", "editmessagemedia", "deletemessage"}
)


@dataclass(slots=True, kw_only=True)
class Asked:
    """One request on its way."""

    method: str
    """Lower case."""
    call: Call
    delivery: int | None
    """The row of the outbox it was made for."""
    attempt: object
    """The same for all requests of one attempt."""
    answer: "asyncio.Future[tuple[int, bytes]]" = field(repr=False)

    @property
    def chat(self) -> int:
        return self.call.number("chat_id")


class Watcher(Protocol):
    """Who looks at what leaves and what arrives."""

    def leaves(self, asked: Asked) -> None: ...

    def arrived(self, asked: Asked, message_id: int) -> None: ...

    def told_to_wait(self, asked: Asked, seconds: int) -> None: ...


class Fortune(Protocol):
    """What becomes of requests."""

    def fate(self, method: str) -> Fate | None: ...

    def killed_now(self) -> None: ...


class SimulatedTelegram:
    """Carries requests out, now and then badly."""

    def __init__(
        self,
        world: World,
        *,
        loop: VirtualLoop,
        random: Random,
        journal: Journal,
        fortune: Fortune,
    ) -> None:
        self.world = world
        self.watcher: Watcher | None = None
        self.under_way = 0
        """Requests that Telegram or the line has; a long poll is not counted."""
        self._loop = loop
        self._random = random
        self._journal = journal
        self._fortune = fortune
        self._closed_until: dict[int, float] = {}
        """By chat, 0 for all: 429 until then."""

    async def ask(
        self, url: str, values: Mapping[str, object], uploads: dict[str, Upload]
    ) -> tuple[int, bytes]:
        """Return status and body of an answer that means "done"; raises as the real transport does."""
        method = url.rpartition("/")[2].lower()
        task = asyncio.current_task()
        name = "" if task is None else task.get_name()
        asked = Asked(
            method=method,
            call=Call(method=method, values=dict(values), uploads=uploads),
            delivery=int(name.removeprefix("delivery ")) if name.startswith("delivery ") else None,
            attempt=task,
            answer=self._loop.create_future(),
        )
        fate = self._fortune.fate(method)
        if fate == "not_sent":
            await asyncio.sleep(self._random.expovariate(3))
            raise NotSentError("not sent: it was so decided")
        if self.watcher is not None:
            self.watcher.leaves(asked)
        # Whoever asked may be dead when the answer comes.
        asked.answer.add_done_callback(_seen, context=self._loop.context(WORLD))
        self._journal.note("asks", method, asked.chat, asked.delivery, fate)
        self._loop.in_world(self._carry(asked, fate))
        self._fortune.killed_now()
        code, body = await asked.answer
        if code == 429 and self.watcher is not None:
            self.watcher.told_to_wait(asked, int(json.loads(body)["parameters"]["retry_after"]))
        if 200 <= code < 300:
            return code, body
        raise refusal(code, body)

    async def download(self, url: str, limit_bytes: int) -> bytes:
        await asyncio.sleep(0.05)
        stored = self.world.files.at_path(url.partition(f"/file/bot{self.world.bot.token}/")[2])
        if stored is None:
            raise NotSentError("the file could not be read: status 404")
        return stored.content

    async def _carry(self, asked: Asked, fate: Fate | None) -> None:
        polls = asked.method == "getupdates"
        self.under_way += not polls
        try:
            await self._carried(asked, fate)
        finally:
            self.under_way -= not polls

    async def _carried(self, asked: Asked, fate: Fate | None) -> None:
        await asyncio.sleep(self._random.expovariate(25))
        if fate == "lost":
            await self._break_off(asked)
            return
        if fate == "error_before":
            self._tell(asked, 502, {"ok": False, "error_code": 502, "description": "Bad Gateway"})
            return
        code, body = await self._done(asked, fate)
        await asyncio.sleep(self._random.expovariate(50))
        match fate:
            case "cut_after":
                await self._break_off(asked)
            case "error_after" if code == 200:
                words = "Internal Server Error: restart"
                self._tell(asked, 500, {"ok": False, "error_code": 500, "description": words})
            case "bad_json" if code == 200:
                if not asked.answer.done():
                    asked.answer.set_result((200, b'{"ok": true, "resu'))
            case _:
                self._tell(asked, code, body)

    async def _done(self, asked: Asked, fate: Fate | None) -> tuple[int, dict[str, object]]:
        creating = asked.method in CREATING
        try:
            if creating or asked.method in _CHANGING:
                self._keep_out(asked, fate)
            result = await METHODS[asked.method](self.world, asked.call)
        except Refusal as refused:
            self._journal.note("refuses", asked.method, asked.chat, refused.code)
            return refused.code, dict(refused.answer())
        if asked.method != "getupdates":
            self._journal.note("does", asked.method, asked.chat, asked.delivery, asked.call.text("text")[:40])
        if creating and isinstance(result, dict) and self.watcher is not None:
            self.watcher.arrived(asked, int(str(result["message_id"])))
        return 200, {"ok": True, "result": result}

    def _keep_out(self, asked: Asked, fate: Fate | None) -> None:
        """Refuse with 429 while a chat, or everything, is closed; `fate` may close it now."""
        now = self._loop.time()
        if fate in {"flood_chat", "flood_bot"}:
            chat = asked.chat if fate == "flood_chat" else 0
            self._closed_until[chat] = now + self._random.choice((1, 3, 10, 35))
        until = max(self._closed_until.get(0, 0), self._closed_until.get(asked.chat, 0))
        if until > now:
            raise too_many(max(1, round(until - now + 0.5)))

    async def _break_off(self, asked: Asked) -> None:
        await asyncio.sleep(self._random.choice((0.01, 0.5, 20)))
        if not asked.answer.done():
            asked.answer.set_exception(UncertainError("no answer to rely on: it was so decided"))

    @staticmethod
    def _tell(asked: Asked, code: int, body: Mapping[str, object]) -> None:
        if not asked.answer.done():
            asked.answer.set_result((code, json.dumps(body, ensure_ascii=False).encode()))


def _seen(answer: "asyncio.Future[tuple[int, bytes]]") -> None:
    if not answer.cancelled():
        answer.exception()


class Wire(AiohttpTransport):
    """The transport of one life of the service: the library's `BaseRequest`, without a socket."""

    __slots__ = ("_ask", "_fetch")

    def __init__(self, telegram: SimulatedTelegram) -> None:
        super().__init__()
        self._ask: Callable[..., Any] = telegram.ask
        self._fetch = telegram.download

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(  # noqa: PLR0917 - the signature is the library's
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        values: Mapping[str, object] = {} if request_data is None else request_data.json_parameters
        uploads: dict[str, Upload] = {}
        if request_data is not None and request_data.contains_files:
            for name, (file_name, content, mime) in request_data.multipart_data.items():
                read = content if isinstance(content, bytes) else content.read()
                uploads[name] = Upload(name=file_name or name, mime=mime, content=read)
        answered: tuple[int, bytes] = await self._ask(url, values, uploads)
        return answered

    async def call(self, url: str, parameters: Mapping[str, object], *, read_seconds: float) -> object:
        # As it arrives at the other end of a socket: a list is a list there.
        _, body = await self._ask(url, json.loads(json.dumps(parameters)), {})
        return self.parse_json_payload(body)["result"]

    async def download(self, url: str, *, limit_bytes: int) -> bytes:
        return await self._fetch(url, limit_bytes)
