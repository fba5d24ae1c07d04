"""The preview's server: a Telegram of our own on 127.0.0.1, for the real bot with another address."""

import socket
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from preview.author_routes import AuthorDoors
from preview.bot_api import BotApi
from preview.clock_routes import ClockDoors
from preview.connections import Connections
from preview.door_guard import DoorGuard
from preview.faults import Recorded, Switchboard
from preview.limits import STRICT_RATE_LIMITS, RateLimits
from preview.movable_clock import MovableClock, Mover, PlainMover
from preview.people import BotAccount, Person
from preview.phone_routes import PhoneDoors, trouble
from preview.workbench import Bench
from preview.world import World

PAGE = Path(__file__).parent / "page"
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
HOST = "127.0.0.1"
KEEP_ALIVE_SECONDS = 75
"""As long as Telegram keeps an idle connection. Clients drop theirs earlier; none writes on a closed one."""
TOKEN = "1000000001:a-preview-opens-no-door-at-telegram"  # noqa: S105 - worth nothing outside this server
"""The token to use unless told otherwise."""


class PreviewServer(AbstractAsyncContextManager["PreviewServer"]):
    """Serves the Bot API, the phones and their page while the `async with` block runs.

    `port` 0 takes a free one. Give `mover` as soon as there is one: `server.mover = …`.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        port: int = 0,
        token: str = TOKEN,
        username: str = "dusal_preview_bot",
        name: str = "Dusal",
        people: Iterable[Person] = (),
        rate_limits: RateLimits = STRICT_RATE_LIMITS,
        mover: Mover | None = None,
        zone: ZoneInfo | None = None,
        webhook_pause_seconds: float = 1.0,
    ) -> None:
        self.world = World(
            bot=BotAccount(token=token, username=username, name=name),
            clock=clock,
            rate_limits=rate_limits,
            webhook_pause_seconds=webhook_pause_seconds,
        )
        for person in people:
            self.world.add_person(person)
        self.faults = Switchboard()
        """Switches for misbehaviour."""
        if mover is None and isinstance(clock, MovableClock):
            mover = PlainMover(clock)
        self._connections = Connections()
        self._api = BotApi(self.world, faults=self.faults, connections=self._connections)
        self._clock_doors = ClockDoors(self.world, mover=mover, zone=zone or ZoneInfo("UTC"))
        self._author_doors = AuthorDoors(self.world)
        self._port = port
        self._server: uvicorn.Server | None = None
        self._socket: socket.socket | None = None

    @property
    def url(self) -> str:
        """The address of the page, and the `api_url` of the bot; only while the server runs."""
        return f"http://{HOST}:{self._port}"

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.world.bot.token

    @property
    def bot_id(self) -> int:
        """The bot's number."""
        return self.world.bot.id

    @property
    def username(self) -> str:
        """The bot's name behind the @."""
        return self.world.bot.username

    @property
    def requests(self) -> list[Recorded]:
        """Every request of the bot so far, oldest first."""
        return self._api.requests

    @property
    def mover(self) -> Mover | None:
        """Who moves the clock."""
        return self._clock_doors.mover

    @mover.setter
    def mover(self, mover: Mover | None) -> None:
        self._clock_doors.mover = mover

    @property
    def bench(self) -> Bench | None:
        """Who answers for the author's panel; None shows none."""
        return self._author_doors.bench

    @bench.setter
    def bench(self, bench: Bench | None) -> None:
        self._author_doors.bench = bench

    async def __aenter__(self) -> Self:
        """Bind and serve; raises OSError when the port is taken."""
        self._socket = _listening(self._port)
        self._port = int(self._socket.getsockname()[1])
        config = uvicorn.Config(
            DoorGuard(self._application()),
            http=self._connections.protocol(),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            date_header=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=1,
        )
        config.load()
        self._server = uvicorn.Server(config)
        self._server.lifespan = config.lifespan_class(config)
        await self._server.startup(sockets=[self._socket])
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Send everybody who waits away and close."""
        await self.world.webhook.stop()
        self.world.queue.release()
        self.world.stop_waiting()
        if self._server is not None:
            await self._server.shutdown(sockets=[self._socket] if self._socket else [])

    def _application(self) -> Starlette:
        phones = PhoneDoors(self.world, faults=self.faults)
        return Starlette(
            routes=[
                Route("/bot{token}/{method}", self._api.call, methods=["GET", "POST"]),
                Route("/file/bot{token}/{path:path}", self._api.download, methods=["GET"]),
                *phones.routes(),
                *self._clock_doors.routes(),
                *self._author_doors.routes(),
                Route("/", _page, methods=["GET"]),
                Route("/page/{name}", _page, methods=["GET"]),
            ]
        )


def _listening(port: int) -> socket.socket:
    # The protocol is named because asyncio switches Nagle's algorithm off only on sockets that say
    # TCP: without that each answer of two parts waits 40 ms for the other side's delayed ACK.
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((HOST, port))
        opened.listen(128)
    except OSError:
        opened.close()
        raise
    return opened


async def _page(request: Request) -> Response:
    """Give out a file of the page, and nothing beside it."""
    name = str(request.path_params.get("name", "index.html"))
    kind = KINDS.get(Path(name).suffix)
    # Looked up in the folder and not made into a path: what is asked for may be no name of a file at all.
    file = next((file for file in PAGE.iterdir() if file.name == name), None)
    if kind is None or file is None:
        return trouble("There is no such page.", status=404)
    return Response(file.read_bytes(), media_type=kind)
