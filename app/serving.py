"""`dusal serve` from its start to its end: signals, the HTTP door, and exit codes that mean something."""

import asyncio
import contextlib
import gc
import os
import resource
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from app.loading import loaded
from app.pulse import Pulse, watched
from app.running import running
from app.service_parts import ALL_PARTS, Part
from app.settings import Settings
from app.stopped import ClockWrongError, SendingStoppedError
from bot.receiving import ReceivingStoppedError
from scheduler.clock import Clock
from storage.errors import AlreadyRunningError, StorageError

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette

    from app.service import Service

log = structlog.get_logger(__name__)

EXIT_FAILED = 1
EXIT_ALREADY_RUNNING = 3
"""Also what a service manager should not answer with another start."""
EXIT_TOKEN = 4

_FIRST_MESSAGES_SECONDS = 2.0
"""What waited at the start leaves before the door for health and metrics opens, unless that takes longer."""


class WebAddressError(Exception):
    """The HTTP door cannot be opened; the text says what to do."""


async def serve(
    settings: Settings,
    *,
    url: str,
    clock: Clock,
    data: Path | None = None,
    chosen: frozenset[Part] = ALL_PARTS,
) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code."""
    # Threads and the loop take turns; 5 ms at a time, whoever waits for an answer would feel it.
    sys.setswitchinterval(0.001)
    stopping, started = asyncio.Event(), asyncio.Event()
    starting = asyncio.current_task()

    def stop() -> None:
        stopping.set()
        # Nobody looks at the event before the service runs, and Telegram may be away for hours.
        if starting is not None and not started.is_set():
            starting.cancel()

    # A core holds the token and whatever learners wrote.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    pulse = Pulse()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        async with (
            running(settings, url=url, clock=clock, data=data, chosen=chosen) as service,
            _web(settings, service, pulse),
            # Last: how long the start took is no lag.
            watched(pulse),
        ):
            started.set()
            # What is here now stays until the end: leave it out of every collection to come.
            gc.freeze()
            log.info("serving", bot=service.parts.me.username, mode=settings.telegram.mode)
            await _until(stopping, service)
    except asyncio.CancelledError:
        if not stopping.is_set():
            raise
    except AlreadyRunningError as error:
        _say(str(error))
        return EXIT_ALREADY_RUNNING
    except (ReceivingStoppedError, SendingStoppedError) as error:
        _say(str(error))
        return EXIT_TOKEN
    except (StorageError, WebAddressError, ClockWrongError) as error:
        _say(str(error))
        return EXIT_FAILED
    log.info("stopped")
    return 0


async def _until(stopping: asyncio.Event, service: "Service") -> None:
    waiting = asyncio.create_task(stopping.wait())
    failing = asyncio.create_task(service.failed())
    done, pending = await asyncio.wait({waiting, failing}, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()


def http_server(application: "Starlette") -> "uvicorn.Server":
    """Return the server of the web doors, which leaves signals to the service."""
    import uvicorn

    # h11, slower than httptools, because this door may be public: it ends a request whose head never ends.
    config = uvicorn.Config(
        application, http="h11", log_config=None, access_log=False, lifespan="off", ws="none"
    )
    server = uvicorn.Server(config)
    # The service decides about signals; two parts that catch them would each stop half.
    server.capture_signals = contextlib.nullcontext  # type: ignore[assignment]  # as above
    return server


@contextlib.asynccontextmanager
async def _web(settings: Settings, service: "Service", pulse: Pulse) -> AsyncIterator[None]:
    if "web" not in service.parts.chosen and service.parts.webhook is None:
        yield
        return
    door = _door(settings.web.address)
    if service.parts.webhook is None:
        # Loading takes a while, and nothing that people wait for comes through this door.
        await service.begun_sending(within_seconds=_FIRST_MESSAGES_SECONDS)
    await loaded("app.web", "uvicorn.protocols.http.h11_impl")
    from app import web
    from app.health import Health

    health = Health(service, pulse=pulse, rate_per_second=settings.limits.messages_per_second)
    application = web.application(
        health=health.health,
        ready=health.ready,
        metrics=health.metrics,
        webhook=service.parts.webhook,
        webhook_url=settings.telegram.webhook.url,
    )
    server = http_server(application)
    with contextlib.ExitStack() as stack:
        task = asyncio.create_task(server.serve(sockets=[door]))
        stack.callback(task.cancel)
        try:
            yield
        finally:
            server.should_exit = True
            with contextlib.suppress(asyncio.CancelledError, SystemExit):
                await task


def _door(address: str) -> socket.socket:
    """Return a listening socket; uvicorn on its own would end the process without a word of ours."""
    host, _, port = address.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host.strip("[]"), int(port)), family=family)
    except OSError as error:
        # Python adds the address to the words; names that cannot be resolved have numbers below 0.
        number = error.errno or 0
        why = os.strerror(number) if number > 0 else error.strerror
        raise WebAddressError(
            f"web.address {address} cannot be used ({why}): free it, or choose another"
        ) from error


def _say(text: str) -> None:
    sys.stderr.write(f"dusal: {text}\n")
