"""What Telegram hands us is on disk before Telegram is told that we have it.

Polling confirms a batch with the next request, a webhook with its 200: neither happens before
the commit. An update is kept even when it means nothing to us, so that confirming is never a
decision. Waiting updates are never dropped.
"""

import asyncio
import hmac
import json
from collections import deque
from collections.abc import AsyncIterable, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Final

import structlog
import telegram
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.transport import AiohttpTransport, NotFoundError, seconds
from bot.updates import ALLOWED_UPDATES, is_too_deep, sender_address, update_id, without_our_words
from scheduler.clock import Clock
from storage.inbox import Received
from storage.outage import AWAY as DATABASE_AWAY

log = structlog.get_logger(__name__)

POLL_SECONDS: Final = 50
"""Bot API server: longer waits are cut to 50 s."""

BATCH: Final = 100
"""Bot API, getUpdates.limit."""

MAX_BODY_BYTES: Final = 1024 * 1024
"""A webhook body is one update, a few kilobytes; more is not from Telegram."""

BODY_SECONDS: Final = 10.0
"""Longest time a webhook body may take to arrive."""

_DATABASE_AGAIN_SECONDS: Final = 10.0
"""Longest pause while nothing can be kept: once it can, everything goes on within 30 seconds."""

_HASTY_SECONDS: Final = 0.5
_IN_VAIN: Final = 5
"""Answers in a row that bring nothing new at once, after which there is a second between two requests."""

CONFLICTS: Final = 3
CONFLICT_SECONDS: Final = 60.0
"""So many 409 within so long mean that another program polls with the same token."""


class ReceivingStoppedError(Exception):
    """Receiving cannot go on by itself; the text says what to do."""


class TokenRefusedError(ReceivingStoppedError):
    """Telegram does not know this token (any more): get one from @BotFather for the settings."""


class OtherReceiverError(ReceivingStoppedError):
    """Another program receives this bot's updates: look for a server or laptop with the same token."""


Keep = Callable[[Sequence[Received]], Awaitable[None]]
"""Commits the updates that are not there yet, and hands them on; raises when it could not."""


def received(update: object) -> Received | None:
    """Return what is kept of an update; None for one without a number, which cannot be confirmed."""
    number = update_id(update)
    if number is None:
        return None
    try:
        payload = json.dumps(without_our_words(update))
    except RecursionError:
        payload = "null"
    if is_too_deep(update, payload=payload):
        payload = "null"
    return Received(update_id=number, sender=sender_address(update), payload=payload)


class Poller:
    """Asks Telegram for updates, one long request after the other."""

    def __init__(
        self,
        bot: telegram.Bot,
        transport: AiohttpTransport,
        *,
        keep: Keep,
        clock: Clock,
        random: Random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        poll_seconds: int = POLL_SECONDS,
    ) -> None:
        self._url = f"{bot.base_url}/"
        self._transport = transport
        self._keep = keep
        self._clock = clock
        self._random = random
        self._sleep = sleep
        self._poll_seconds = poll_seconds
        self._failures = 0
        self._conflicts: deque[float] = deque()
        self._confirmed: list[int] = []
        self._in_vain = 0
        self.heard_at: datetime | None = None
        """When Telegram last answered; for /health."""

    async def run(self) -> None:
        """Receive until cancelled; raises ReceivingStoppedError when that has no sense any more."""
        offset: int | None = None
        webhook_removed = False
        while True:
            try:
                if not webhook_removed:
                    # Telegram answers getUpdates with 409 while a webhook is set. What waits is kept.
                    await self._transport.call(f"{self._url}deleteWebhook", {}, read_seconds=20)
                    webhook_removed = True
                offset = await self._poll(offset)
            except (InvalidToken, NotFoundError) as refused:
                raise TokenRefusedError(TokenRefusedError.__doc__) from refused
            except Conflict as conflict:
                self._note_conflict(conflict)
                await self._back_off("conflict")
            except RetryAfter as later:
                await self._sleep(seconds(later.retry_after))
            except TelegramError as failure:
                await self._back_off(failure.message)
            except DATABASE_AWAY:
                # The database has said so itself, and may be back at any moment.
                self._failures += 1
                await self._sleep(min(_DATABASE_AGAIN_SECONDS, float(self._failures)))
            except Exception:
                # An edge: whatever the database says, the batch stays unconfirmed and comes again.
                log.exception("updates_not_kept")
                await self._back_off("not kept")

    async def _poll(self, offset: int | None) -> int | None:
        """Return the offset that confirms what has just been committed; None when nothing came."""
        asked: dict[str, object] = {
            "timeout": self._poll_seconds,
            "limit": BATCH,
            "allowed_updates": ALLOWED_UPDATES,
        }
        if offset is not None:
            asked["offset"] = offset
        begun = asyncio.get_running_loop().time()
        found = await self._transport.call(
            f"{self._url}getUpdates", asked, read_seconds=self._poll_seconds + 10.0
        )
        updates = [kept for kept in map(received, found if isinstance(found, list) else []) if kept]
        if updates:
            await self._keep(updates)
            # What came is handed on before the next request is put together: somebody is waiting.
            await asyncio.sleep(0)
        elif found:
            await self._back_off("updates without numbers")
        # A negative offset would tell Telegram to forget everything before it (Bot API, getUpdates).
        confirmed = [update.update_id for update in updates if update.update_id > 0]
        await self._not_in_a_hurry(confirmed, seconds=asyncio.get_running_loop().time() - begun)
        self._failures = 0
        self.heard_at = self._clock()
        # Not the highest number ever seen: after a quiet week numbers start anywhere, and an offset
        # above them would confirm updates unread. Once a batch is confirmed, none is needed.
        return confirmed[-1] + 1 if confirmed else None

    async def _not_in_a_hurry(self, confirmed: list[int], *, seconds: float) -> None:
        """Pause where a server says the same again and again, or says nothing without waiting for it."""
        if confirmed and confirmed != self._confirmed:
            self._in_vain = 0
        elif seconds < _HASTY_SECONDS:
            self._in_vain += 1
        self._confirmed = confirmed
        if self._in_vain > _IN_VAIN:
            await self._sleep(1.0)

    def _note_conflict(self, conflict: Conflict) -> None:
        moment = asyncio.get_running_loop().time()
        self._conflicts.append(moment)
        while self._conflicts[0] < moment - CONFLICT_SECONDS:
            self._conflicts.popleft()
        if len(self._conflicts) >= CONFLICTS:
            raise OtherReceiverError(
                f"{OtherReceiverError.__doc__} A new token from @BotFather shuts it out."
            ) from conflict

    async def _back_off(self, reason: str) -> None:
        """Wait 1, 2, 4 … 60 seconds, less a random part, so that many bots do not return at once."""
        self._failures += 1
        limit = min(60.0, 2.0 ** min(self._failures - 1, 6))
        log.warning("receiving_failed", reason=reason, failures=self._failures)
        await self._sleep(limit * self._random.uniform(0.5, 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a webhook request is answered."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


class Webhook:
    """Takes updates that Telegram posts."""

    def __init__(self, *, secret: str, keep: Keep, clock: Clock, body_seconds: float = BODY_SECONDS) -> None:
        if not secret:
            raise ValueError("a webhook needs a secret: without it anybody can post updates")
        self._secret = secret.encode()
        self._keep = keep
        self._clock = clock
        self._body_seconds = body_seconds
        self.heard_at: datetime | None = None
        """When Telegram last posted; for /health."""
        self.refused = 0
        """Requests without the secret: counted, never logged."""

    async def accept(self, headers: Mapping[str, str], body: AsyncIterable[bytes]) -> Reply:
        """Return 200 once the update is on disk; anything else makes Telegram post it again.

        The secret is compared before a byte of the body is read.
        """
        given = headers.get("x-telegram-bot-api-secret-token", "")
        if not hmac.compare_digest(given.encode(errors="replace"), self._secret):
            self.refused += 1
            return Reply(status=403)
        try:
            async with asyncio.timeout(self._body_seconds):
                content = await _read(body)
        except TimeoutError:
            return Reply(status=408)
        if content is None:
            return Reply(status=413)
        try:
            update = received(json.loads(content))
        except (ValueError, RecursionError):
            update = None
        if update is None:
            return Reply(status=400)
        try:
            await self._keep([update])
        except DATABASE_AWAY:
            return Reply(status=503, headers={"Retry-After": "5"})
        except Exception:
            # An edge: Telegram posts it again, and answers 200 only to what is on disk.
            log.exception("update_not_kept", update_id=update.update_id)
            return Reply(status=503, headers={"Retry-After": "5"})
        self.heard_at = self._clock()
        return Reply(status=200)


async def set_webhook(bot: telegram.Bot, *, url: str, secret: str) -> None:
    """Tell Telegram where to post; what waits is posted too."""
    await bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED_UPDATES)


async def _read(body: AsyncIterable[bytes]) -> bytes | None:
    read = bytearray()
    async for part in body:
        read += part
        if len(read) > MAX_BODY_BYTES:
            return None
    return bytes(read)
