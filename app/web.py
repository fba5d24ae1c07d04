"""The HTTP door: is the service well and ready, what Prometheus asks, and Telegram's webhook.

Nothing is decided here: figures come from whoever runs the loops, an update goes to
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
"""Returns what a page says: `healthy` or `ready` (bool), and what stands in the way."""

Metrics: TypeAlias = Callable[[], Awaitable[tuple[bytes, str]]]
"""Returns the page of Prometheus and its content type."""


def application(
    *,
    health: Health,
    ready: Health | None = None,
    metrics: Metrics | None = None,
    webhook: Webhook | None = None,
    webhook_url: str = "",
) -> Starlette:
    """Return the web application; the webhook is served on the path of its public address."""
    routes = [Route("/health", _yes_or_no(health, "healthy"), methods=["GET"])]
    if ready is not None:
        routes.append(Route("/ready", _yes_or_no(ready, "ready"), methods=["GET"]))
    if metrics is not None:
        routes.append(Route("/metrics", _metrics(metrics), methods=["GET"]))
    if webhook is not None:
        routes.append(Route(urlsplit(webhook_url).path or "/", _accept(webhook), methods=["POST"]))
    return Starlette(routes=routes)


def _yes_or_no(ask: Health, verdict: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:  # noqa: ARG001 - the signature is Starlette's
        try:
            found = await ask()
        except Exception:
            # An edge: whoever asks wants one of two answers, and without a database it is this one.
            log.exception("health_not_known")
            return JSONResponse({verdict: False}, status_code=503)
        return JSONResponse(dict(found), status_code=200 if found.get(verdict, True) else 503)

    return answer


def _metrics(metrics: Metrics) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:  # noqa: ARG001 - the signature is Starlette's
        try:
            content, content_type = await metrics()
        except Exception:
            # An edge, as above: without a database there are no figures.
            log.exception("metrics_not_known")
            return Response(status_code=503)
        return Response(content, headers={"Content-Type": content_type})

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
