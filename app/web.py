"""The HTTP door: is the service well, and Telegram's webhook.

Nothing is decided here: health comes from whoever runs the loops, an update goes to
`bot.receiving`, and only its answer goes back.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import TypeAlias
from urllib.parse import urlsplit

import structlog
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.receiving import Webhook

log = structlog.get_logger(__name__)

Health: TypeAlias = Callable[[], Awaitable[Mapping[str, object]]]
"""Returns what /health says: `healthy` (bool), and for each loop when it last ticked."""


def application(*, health: Health, webhook: Webhook | None = None, webhook_url: str = "") -> Starlette:
    """Return the web application; the webhook is served on the path of its public address."""
    routes = [Route("/health", _health(health), methods=["GET"])]
    if webhook is not None:
        routes.append(Route(urlsplit(webhook_url).path or "/", _accept(webhook), methods=["POST"]))
    return Starlette(routes=routes)


def _health(health: Health) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:  # noqa: ARG001 - the signature is Starlette's
        try:
            found = await health()
        except Exception:
            # An edge: whoever asks wants one of two answers, and without a database it is this one.
            log.exception("health_not_known")
            return JSONResponse({"healthy": False}, status_code=503)
        return JSONResponse(dict(found), status_code=200 if found.get("healthy", True) else 503)

    return answer


def _accept(webhook: Webhook) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            reply = await webhook.accept(request.headers, _body(request))
        except ClientDisconnect:
            return Response(status_code=400)
        return Response(status_code=reply.status, headers=dict(reply.headers))

    return answer


def _body(request: Request) -> AsyncIterator[bytes]:
    return request.stream()
