"""Phones that reach the preview's doors without a wire: the same doors, and half the time of a story.

What a phone does and sees is a request to `preview.phone_routes` and its answer, as ever; only the
socket between the test and a server in the same process is left out. The bot beside them speaks HTTP.
Files are sent over the wire: how they are packed there is the wire's business.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import aiohttp
from starlette.types import ASGIApp, Message, Scope

from preview.phone_client import Phones
from preview.server import PreviewServer


class NearPhones(Phones):
    """All phones of a preview server that runs in this loop."""

    def __init__(self, server: PreviewServer) -> None:
        super().__init__(server.url)
        assert server._server is not None
        near = _Near(self._http, server._server.config.app, url=server.url)  # type: ignore[arg-type]  # no name
        self._http = near  # type: ignore[assignment]  # what phones use of a session


class _Answer:
    def __init__(self, status: int, content: bytes) -> None:
        self.status = status
        self._content = content

    async def json(self) -> Any:  # any JSON value
        return json.loads(self._content)

    async def read(self) -> bytes:
        return self._content


class _Near:
    """What a phone uses of a session of aiohttp."""

    def __init__(self, wire: aiohttp.ClientSession, app: ASGIApp, *, url: str) -> None:
        self._wire = wire
        self._app = app
        self._host, _, self._port = url.removeprefix("http://").partition(":")

    async def close(self) -> None:
        await self._wire.close()

    @asynccontextmanager
    async def get(self, path: str, *, params: Mapping[str, str] | None = None) -> AsyncIterator[_Answer]:
        yield await self._asked("GET", path, query=urlencode(params or {}), body=b"")

    @asynccontextmanager
    async def post(
        self, path: str, *, json: object = None, data: aiohttp.FormData | None = None, **how: Any
    ) -> AsyncIterator[_Answer | aiohttp.ClientResponse]:  # `how`: a timeout, which nothing needs here
        if data is None:
            yield await self._asked("POST", path, query="", body=_json(json))
            return
        async with self._wire.post(path, data=data) as answer:
            yield answer

    async def _asked(self, method: str, path: str, *, query: str, body: bytes) -> _Answer:
        status, content = 0, b""
        is_read = False

        async def receive() -> Message:
            nonlocal is_read
            if is_read:
                # Nobody hangs up here.
                await asyncio.Event().wait()
            is_read = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status, content
            match message["type"]:
                case "http.response.start":
                    status = message["status"]
                case _:
                    content += message.get("body", b"")

        scope: Scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "scheme": "http", "path": path, "raw_path": path.encode(), "root_path": "",
            "query_string": query.encode(), "server": (self._host, int(self._port)),
            "client": (self._host, 0),
            "headers": [
                (b"host", f"{self._host}:{self._port}".encode()),
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
            ],
        }  # fmt: skip
        await self._app(scope, receive, send)
        return _Answer(status, content)


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
