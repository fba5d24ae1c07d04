"""Telegram's webhook: each person's updates in their order, different people's side by side.

An update that was not answered with 200 comes again, one whose 200 got lost too, and now and then
one comes much later that had been taken long before.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from functools import partial
from random import Random
from typing import Final

from bot.receiving import Webhook
from faults.simulation.loop import VirtualLoop
from faults.simulation.template import SECRET
from preview.updates import Update, UpdateQueue

_HEADERS: Final = {"x-telegram-bot-api-secret-token": SECRET}
_ANSWER_SECONDS: Final = 60.0
_LONGEST_PAUSE_SECONDS: Final = 60.0


class Door:
    """Where updates are posted: the webhook of the life that runs, if one does."""

    def __init__(self, webhook: Callable[[], Webhook | None], *, life: Callable[[], int]) -> None:
        self.webhook = webhook
        self.life = life


class Postman:
    """Brings what waits in the queue."""

    def __init__(
        self,
        queue: UpdateQueue,
        door: Door,
        *,
        loop: VirtualLoop,
        random: Random,
        repeated: Callable[[], bool],
        is_theirs: Callable[[Update], bool],
        on_break: Callable[[Callable[[], None]], None],
    ) -> None:
        self.under_way = 0
        self._queue = queue
        self._door = door
        self._loop = loop
        self._random = random
        self._repeated = repeated
        self._is_theirs = is_theirs
        self._on_break = on_break
        self._couriers: dict[int, asyncio.Task[None]] = {}
        self._late: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Deliver for ever."""
        while True:
            seen = self._queue.changes.revision
            for update in self._queue.waiting():
                if update.person_id not in self._couriers:
                    courier = asyncio.create_task(self._all_of(update.person_id))
                    self._couriers[update.person_id] = courier
            await self._queue.changes.until(partial(self._has_news, seen), seconds=3600)

    def _has_news(self, seen: int) -> bool:
        return self._queue.changes.revision != seen

    async def _all_of(self, person: int) -> None:
        pause = 1.0
        while update := next((one for one in self._queue.waiting() if one.person_id == person), None):
            await asyncio.sleep(self._random.expovariate(30))
            if await self._post(update) == 200 and self._random.random() > 0.01:
                self._queue.confirm(update.id)
                pause = 1.0
                if self._repeated():
                    self._late.add(asyncio.create_task(self._again(update)))
                continue
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
        del self._couriers[person]

    async def _again(self, update: Update) -> None:
        await asyncio.sleep(self._random.choice((0.0, 0.1, 5, 120)))
        if self._is_theirs(update):
            await self._post(update)

    async def _post(self, update: Update) -> int:
        """Return the status of the answer; 0 for none."""
        webhook, life = self._door.webhook(), self._door.life()
        if webhook is None:
            return 0
        answer: asyncio.Future[int] = self._loop.create_future()
        body = json.dumps(update.as_json()).encode()

        def told(status: int) -> None:
            if not answer.done():
                answer.set_result(status)

        async def accept() -> None:
            told((await webhook.accept(_HEADERS, _stream(body))).status)

        self._on_break(lambda: told(0))
        self.under_way += 1
        try:
            self._loop.create_task(accept(), context=self._loop.context(life))
            async with asyncio.timeout(_ANSWER_SECONDS):
                return await answer
        except TimeoutError:
            return 0
        finally:
            self.under_way -= 1


async def _stream(body: bytes) -> AsyncIterator[bytes]:
    yield body
