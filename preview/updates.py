"""Updates on their way to the bot: numbered, kept until confirmed, fetched by one poller."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from preview import limits
from preview.changes import Changes
from preview.refusals import CONFLICT_POLLER, Refusal

NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds that come only when asked for (Bot API, getUpdates)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One thing that happened."""

    id: int
    kind: str
    """message, callback_query, my_chat_member, edited_message."""
    person_id: int
    at: datetime
    content: dict[str, object]

    def as_json(self) -> dict[str, object]:
        """Return the Bot API's Update."""
        return {"update_id": self.id, self.kind: self.content}


class UpdateQueue:
    """What the bot has not confirmed yet, oldest first."""

    def __init__(self, *, clock: Callable[[], datetime], first_id: int = 100_000_001) -> None:
        self._clock = clock
        self._next_id = first_id
        self._waiting: list[Update] = []
        self.changes = Changes()
        self.allowed: frozenset[str] | None = None
        """Kinds the bot asked for; None stands for the default."""
        self._poller: asyncio.Event | None = None
        """Set when somebody else begins to poll."""

    def put(self, kind: str, content: dict[str, object], *, person_id: int) -> Update | None:
        """Number an update and keep it; None when the bot did not ask for its kind."""
        wanted = kind not in NOT_BY_DEFAULT if self.allowed is None else kind in self.allowed
        if not wanted:
            return None
        update = Update(id=self._next_id, kind=kind, person_id=person_id, at=self._clock(), content=content)
        self._next_id += 1
        self._waiting.append(update)
        self.changes.bump()
        return update

    def number_from(self, first_id: int) -> None:
        """Go on with other numbers, as Telegram does after a week without updates (Bot API, Update)."""
        self._next_id = first_id

    def waiting(self) -> tuple[Update, ...]:
        """Return what is neither confirmed nor too old, oldest first."""
        now = self._clock()
        self._waiting = [
            update for update in self._waiting if (now - update.at).total_seconds() <= _lifetime(update.kind)
        ]
        return tuple(self._waiting)

    def confirm(self, update_id: int) -> None:
        """Forget one update."""
        self._waiting = [update for update in self._waiting if update.id != update_id]
        self.changes.bump()

    def confirm_before(self, offset: int) -> None:
        """Forget all updates below `offset`; a negative one keeps that many at the end."""
        if offset < 0:
            self._waiting = self._waiting[offset:]
        elif offset > 0:
            self._waiting = [update for update in self._waiting if update.id >= offset]
        self.changes.bump()

    def clear(self) -> None:
        """Forget all updates (`drop_pending_updates`)."""
        self._waiting = []
        self.changes.bump()

    async def poll(self, *, offset: int, limit: int, seconds: float) -> list[dict[str, object]]:
        """Confirm what lies below `offset` and return up to `limit` updates.

        Waits up to `seconds` for a first one. A poller that is still waiting when another one
        comes is sent away with 409: the newer one wins, as on the real server.
        """
        if self._poller is not None:
            self._poller.set()
        taken_over = self._poller = asyncio.Event()
        self.changes.wake()
        try:
            self.confirm_before(offset)
            await self.changes.until(lambda: bool(self.waiting()) or taken_over.is_set(), seconds=seconds)
            if taken_over.is_set():
                raise Refusal(409, CONFLICT_POLLER)
            return [update.as_json() for update in self.waiting()[:limit]]
        finally:
            if self._poller is taken_over:
                self._poller = None

    def release(self) -> None:
        """Send a waiting poller away, because the server stops or a webhook takes over."""
        if self._poller is not None:
            self._poller.set()
            self.changes.wake()


def _lifetime(kind: str) -> int:
    return limits.CALLBACK_SECONDS if kind == "callback_query" else limits.UPDATE_SECONDS
