"""Who may come in: programs on this machine, and the page this server gave out itself.

A server on loopback can be reached by every web page the browser shows. So a request must name
this host (DNS rebinding gives itself away by the Host header), and must not come from a page of
another origin.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NAMES = ("127.0.0.1", "localhost")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class DoorGuard:
    """Wraps an application; refuses foreign hosts and origins, and adds the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer 403."""
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        if not _is_ours(headers, port=_port(scope)):
            await PlainTextResponse("Only this machine and this page.\n", status_code=403)(
                scope, receive, send
            )
            return

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = MutableHeaders(scope=message)
                added["content-security-policy"] = POLICY
                added["x-content-type-options"] = "nosniff"
                added["referrer-policy"] = "no-referrer"
                added["cross-origin-resource-policy"] = "same-origin"
                added["cache-control"] = "no-store"
            await send(message)

        await self._app(scope, receive, send_with_policy)


def _port(scope: Scope) -> int:
    server = scope.get("server")
    return int(server[1]) if server else 0


def _is_ours(headers: Headers, *, port: int) -> bool:
    hosts = {f"{name}:{port}" for name in NAMES}
    if headers.get("host", "") not in hosts:
        return False
    origin = headers.get("origin")
    if origin is not None and origin not in {f"http://{host}" for host in hosts}:
        return False
    return headers.get("sec-fetch-site", "none") in {"none", "same-origin"}
