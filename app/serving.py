"""`dusal serve` from its start to its end: signals, the HTTP door, and exit codes that mean something."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator

import structlog
import uvicorn

from app import web
from app.sender import SendingStoppedError
from app.service import Service, running
from app.settings import Settings
from bot.receiving import ReceivingStoppedError
from scheduler.clock import Clock
from storage.errors import AlreadyRunningError, StorageError

log = structlog.get_logger(__name__)

EXIT_FAILED = 1
EXIT_ALREADY_RUNNING = 3
"""Also what a service manager should not answer with another start."""
EXIT_TOKEN = 4


async def serve(settings: Settings, *, url: str, clock: Clock) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    try:
        async with running(settings, url=url, clock=clock) as service, _web(settings, service):
            log.info("serving", bot=service.parts.me.username, mode=settings.telegram.mode)
            await _until(stopping, service)
    except AlreadyRunningError as error:
        _say(str(error))
        return EXIT_ALREADY_RUNNING
    except (ReceivingStoppedError, SendingStoppedError) as error:
        _say(str(error))
        return EXIT_TOKEN
    except StorageError as error:
        _say(str(error))
        return EXIT_FAILED
    log.info("stopped")
    return 0


async def _until(stopping: asyncio.Event, service: Service) -> None:
    waiting = asyncio.create_task(stopping.wait())
    failing = asyncio.create_task(service.failed())
    done, pending = await asyncio.wait({waiting, failing}, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()


@contextlib.asynccontextmanager
async def _web(settings: Settings, service: Service) -> AsyncIterator[None]:
    host, _, port = settings.web.address.rpartition(":")
    application = web.application(
        health=service.health, webhook=service.parts.webhook, webhook_url=settings.telegram.webhook.url
    )
    config = uvicorn.Config(
        application, host=host, port=int(port), log_config=None, access_log=False, lifespan="off", ws="none"
    )
    server = uvicorn.Server(config)
    # The service decides about signals; two parts that catch them would each stop half.
    with contextlib.ExitStack() as stack:
        server.capture_signals = contextlib.nullcontext  # type: ignore[assignment]  # as above
        task = asyncio.create_task(server.serve())
        stack.callback(task.cancel)
        try:
            yield
        finally:
            server.should_exit = True
            with contextlib.suppress(asyncio.CancelledError, SystemExit):
                await task


def _say(text: str) -> None:
    sys.stderr.write(f"dusal: {text}\n")
