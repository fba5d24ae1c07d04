"""Cutting the line: an HTTP server that can hang up on one request, as networks do."""

import asyncio
from weakref import WeakValueDictionary

from starlette.requests import Request
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Connections:
    """The open connections of a server, by the client's address."""

    def __init__(self) -> None:
        self._open: WeakValueDictionary[tuple[str, int], HttpToolsProtocol] = WeakValueDictionary()

    def protocol(self) -> type[HttpToolsProtocol]:
        """Return the protocol a uvicorn server is to speak, which remembers its connections here."""
        remembered = self._open

        class CuttableProtocol(HttpToolsProtocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
                super().connection_made(transport)
                if self.client is not None:
                    remembered[self.client] = self

        return CuttableProtocol

    def cut(self, request: Request) -> None:
        """Close the connection of a request at once, with not one byte of an answer."""
        if request.client is None:
            return
        protocol = self._open.get((request.client.host, request.client.port))
        if protocol is not None:
            protocol.transport.abort()
