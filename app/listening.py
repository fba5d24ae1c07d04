"""Listening begins first: what Telegram has for us waits at the gate until the rest is there.

Importing the handlers, the words and the web door takes as long as everything before it. The first
long request to Telegram is sent before that, so that it is on its way meanwhile; what it brings is
neither kept nor confirmed before there is somebody to keep it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from random import SystemRandom

import structlog
import telegram
from telegram.error import InvalidToken, NetworkError, RetryAfter, TelegramError

from app.settings import Settings
from bot.receiving import Keep, Poller, TokenRefusedError
from bot.transport import AiohttpTransport, NotFoundError, seconds
from scheduler.clock import Clock
from storage import bots
from storage.inbox import Received

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The bot and its two lines to Telegram: one always waits for news, the other speaks."""

    bot: telegram.Bot
    speaking: AiohttpTransport
    listening: AiohttpTransport


class Listener:
    """A poller that listens already, and a gate before what it brings."""

    def __init__(self, connected: Lines, *, clock: Clock) -> None:
        self.poller = Poller(
            connected.bot, connected.listening, keep=self._keep, clock=clock, random=SystemRandom()
        )
        self.task = asyncio.create_task(self.poller.run(), name="receiving")
        self._keeper: asyncio.Future[Keep] = asyncio.get_running_loop().create_future()

    def hand_to(self, keep: Keep) -> None:
        """Open the gate: what comes, and what waits already, goes to `keep`."""
        self._keeper.set_result(keep)

    async def stop(self) -> None:
        """Stop listening, however far the start has come."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def _keep(self, updates: Sequence[Received]) -> None:
        # Shielded: a request that is given up must not close the gate for the next one.
        keep = await asyncio.shield(self._keeper)
        await keep(updates)


def lines(settings: Settings) -> Lines:
    """Return the bot, not yet connected."""
    speaking, listening = AiohttpTransport(), AiohttpTransport(connections=2)
    api = settings.telegram.api_url
    bot = telegram.Bot(
        settings.telegram.token.get_secret_value(),
        base_url=f"{api}/bot",
        base_file_url=f"{api}/file/bot",
        request=speaking,
        get_updates_request=listening,
    )
    return Lines(bot=bot, speaking=speaking, listening=listening)


@contextlib.asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Lines]:
    """Hold the two lines open while the block lasts."""
    made = lines(settings)
    await made.speaking.initialize()
    try:
        await made.listening.initialize()
        try:
            yield made
        finally:
            await made.listening.shutdown()
    finally:
        await made.speaking.shutdown()


async def introduced(connected: Lines) -> bots.Bot:
    """Return which bot this is, however long the network is away; raises TokenRefusedError."""
    wait = 1.0
    while True:
        try:
            await connected.bot.initialize()
            user = connected.bot.bot
        except (InvalidToken, NotFoundError):
            # Not as a cause: the library's own text of it holds the token.
            raise TokenRefusedError(TokenRefusedError.__doc__) from None
        except RetryAfter as later:
            wait = seconds(later.retry_after)
        except (NetworkError, TelegramError) as away:
            log.warning("telegram_not_reached", reason=type(away).__name__, again_in_seconds=wait)
        else:
            return bots.Bot(bot_id=user.id, username=user.username or "", name=user.first_name)
        await asyncio.sleep(wait)
        wait = min(30.0, 2 * wait)
