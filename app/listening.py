"""Listening begins first: what Telegram has for us waits at the gate until the rest is there.

Importing the handlers, the words and the web door takes as long as everything before it. The first
long request to Telegram is sent before that, so that it is on its way meanwhile; what it brings is
neither kept nor confirmed before there is somebody to keep it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random, SystemRandom
from typing import Final

import structlog
import telegram
from telegram.error import InvalidToken, NetworkError, RetryAfter, TelegramError

from app.settings import Settings
from bot.receiving import Keep, Poller, TokenRefusedError
from bot.taken_from_answers import chat_id
from bot.transport import AiohttpTransport, NotFoundError, seconds
from scheduler.clock import Clock
from storage import bots
from storage.inbox import Received

log = structlog.get_logger(__name__)

_BESIDE_MESSAGES: Final = 60
"""Connections for what takes no credit: edits, answers to buttons, pictures that are being uploaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The bot and its two lines to Telegram: one always waits for news, the other speaks."""

    bot: telegram.Bot
    speaking: AiohttpTransport
    listening: AiohttpTransport


class Listener:
    """A poller that can listen already, and a gate before what it brings."""

    def __init__(self, connected: Lines, *, clock: Clock, random: Random | None = None) -> None:
        self.poller = Poller(
            connected.bot,
            connected.listening,
            keep=self._keep,
            clock=clock,
            random=random or SystemRandom(),
        )
        self._task: asyncio.Task[None] | None = None
        self._keeper: asyncio.Future[Keep] = asyncio.get_running_loop().create_future()

    def begin(self) -> asyncio.Task[None]:
        """Listen, if we do not yet; return the task that does."""
        if self._task is None:
            self._task = asyncio.create_task(self.poller.run(), name="receiving")
        return self._task

    def hand_to(self, keep: Keep) -> None:
        """Open the gate: what comes, and what waits already, goes to `keep`; once is enough."""
        if not self._keeper.done():
            self._keeper.set_result(keep)

    async def stop(self) -> None:
        """Stop listening, however far the start has come; `begin` may follow."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _keep(self, updates: Sequence[Received]) -> None:
        # Shielded: a request that is given up must not close the gate for the next one.
        keep = await asyncio.shield(self._keeper)
        await keep(updates)


def lines(settings: Settings) -> Lines:
    """Return the bot, not yet connected."""
    speaking = AiohttpTransport(connections=settings.limits.sends_in_flight + _BESIDE_MESSAGES)
    listening = AiohttpTransport(connections=2)
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


async def introduced(
    connected: Lines, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> bots.Bot:
    """Return which bot this is, however long the network is away; raises TokenRefusedError."""
    wait, nameless = 1.0, False
    while True:
        try:
            await connected.bot.initialize()
            # Asked again only where its first answer was none: it is one round trip more.
            user = await connected.bot.get_me() if nameless else connected.bot.bot
        except (InvalidToken, NotFoundError):
            # Not as a cause: the library's own text of it holds the token.
            raise TokenRefusedError(TokenRefusedError.__doc__) from None
        except RetryAfter as later:
            wait = seconds(later.retry_after)
        except (NetworkError, TelegramError) as away:
            log.warning("telegram_not_reached", reason=type(away).__name__, again_in_seconds=wait)
        except (AttributeError, LookupError, OSError, OverflowError, TypeError, ValueError) as unreadable:
            # The library takes any JSON for a user, and fails where it is none.
            log.warning("telegram_not_understood", reason=type(unreadable).__name__, again_in_seconds=wait)
        else:
            if chat_id(user.id) is not None:
                # Whatever it is: the library takes other JSON for words.
                name, username = str(user.first_name or ""), str(user.username or "")
                return bots.Bot(bot_id=user.id, username=username, name=name)
            nameless = True
            log.warning("telegram_not_understood", reason="no number", again_in_seconds=wait)
        await sleep(wait)
        wait = min(30.0, 2 * wait)
