"""Bringing updates to the bot's own address: in order per person, until it says 2xx.

Only loopback addresses are reached, over plain HTTP: nothing here ever leaves the machine.
"""

import asyncio
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from preview.refusals import WEBHOOK_SECRET, WEBHOOK_URL, bad_request
from preview.updates import Update, UpdateQueue

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
ANSWER_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a webhook leads, as the bot set it."""

    url: str
    secret: str
    max_connections: int
    allowed: tuple[str, ...] | None

    @property
    def host(self) -> str:
        """The host without a port."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The port, 80 when the address names none."""
        return urlsplit(self.url).port or 80


def checked_address(
    url: str, *, secret: str, max_connections: int, allowed: tuple[str, ...] | None
) -> Address:
    """Return the address; refuses what does not lead to this machine, and secrets of other letters."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK:
        raise bad_request(WEBHOOK_URL)
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad_request(WEBHOOK_SECRET)
    return Address(url=url, secret=secret, max_connections=min(max(max_connections, 1), 100), allowed=allowed)


class Webhook:
    """Delivers what waits in a queue to an address, one person's updates one after the other."""

    def __init__(self, queue: UpdateQueue, *, pause_seconds: float = 1.0) -> None:
        self._queue = queue
        self._pause_seconds = pause_seconds
        self.address: Address | None = None
        self.last_error: tuple[datetime, str] | None = None
        self._task: asyncio.Task[None] | None = None
        self._couriers: dict[int, asyncio.Task[None]] = {}

    async def set(self, address: Address | None) -> None:
        """Begin to deliver to `address`, or stop with None; anything under way is broken off."""
        await self.stop()
        self.address, self.last_error = address, None
        if address is not None:
            self._queue.release()
            self._task = asyncio.create_task(self._deliver(address))

    async def stop(self) -> None:
        """Break off everything."""
        tasks = [task for task in (self._task, *self._couriers.values()) if task is not None]
        self._task = None
        self._couriers = {}
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    async def _deliver(self, address: Address) -> None:
        while True:
            seen = self._queue.changes.revision
            for update in self._queue.waiting():
                free = len(self._couriers) < address.max_connections
                if free and update.person_id not in self._couriers:
                    courier = asyncio.create_task(self._deliver_all_of(update.person_id, address))
                    self._couriers[update.person_id] = courier
                    courier.add_done_callback(partial(self._gone, update.person_id))
            await self._queue.changes.until(partial(self._has_news, seen), seconds=3600)

    def _has_news(self, seen: int) -> bool:
        return self._queue.changes.revision != seen

    def _gone(self, person_id: int, courier: asyncio.Task[None]) -> None:
        if self._couriers.get(person_id) is courier:
            del self._couriers[person_id]
        self._queue.changes.bump()

    async def _deliver_all_of(self, person_id: int, address: Address) -> None:
        pause = self._pause_seconds
        while update := next((u for u in self._queue.waiting() if u.person_id == person_id), None):
            problem = await _post(update, address)
            if problem is None:
                self._queue.confirm(update.id)
                pause = self._pause_seconds
                continue
            self.last_error = (update.at, problem)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


async def _post(update: Update, address: Address) -> str | None:
    """Return None when the bot took the update, else what Telegram would note as the last error."""
    body = json.dumps(update.as_json(), ensure_ascii=False).encode()
    parts = urlsplit(address.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    if address.secret:
        headers["X-Telegram-Bot-Api-Secret-Token"] = address.secret
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            status = await _exchange(address, _head(target, headers) + body)
    except (OSError, ValueError, IndexError, TimeoutError):
        return "Connection refused or broken off"
    if 200 <= status < 300:
        return None
    return f"Wrong response from the webhook: {status}"


def _head(target: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"POST {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _exchange(address: Address, request: bytes) -> int:
    """Return the status of the answer."""
    reader, writer = await asyncio.open_connection(address.host, address.port)
    try:
        writer.write(request)
        await writer.drain()
        status = int((await reader.readline()).split()[1])
        await reader.read()
    finally:
        writer.close()
    return status
