"""A clock in doubt stops sending, planning and erasing, until Telegram's clock agrees or a person restarts.

Taps are still taken in, because they would be lost; what they bring is said afterwards.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import structlog
from telegram.error import TelegramError

from app.listening import Lines
from app.sending_gate import SendingGate
from app.stopped import ClockWrongError
from bot.transport import AiohttpTransport
from scheduler.clock_watch import JUMP, ClockWatch, HeardTime, Reading, ahead, refusal, system_reading

log = structlog.get_logger(__name__)

REASON: Final = "clock"
"""The name under which the gate is shut."""

ASK_AGAIN_SECONDS: Final = 30.0


class ClockGuard:
    """Shuts the gate when the system's clock jumps, and opens it once the clock is believed again."""

    def __init__(
        self,
        watch: ClockWatch,
        *,
        gate: SendingGate,
        heard: Callable[[], HeardTime | None],
        ask: Callable[[], Awaitable[object]],
        set_right: Callable[[timedelta], Awaitable[object]],
    ) -> None:
        """Take who watches, and what to do.

        `heard` returns what time the messenger said last, `ask` makes it say something, and
        `set_right` plans anew what was planned while the clock was wrong by so much.
        """
        self._watch = watch
        self._gate = gate
        self._heard = heard
        self._ask = ask
        self._set_right = set_right
        self._wrong_by: timedelta | None = None
        self._asked: asyncio.Task[None] | None = None
        self.jumps = 0
        """How often the clock has jumped since the start."""
        self.last_jump: timedelta | None = None

    @property
    def believed(self) -> bool:
        """Whether the clock may be planned by; looks first."""
        self.look()
        return self._wrong_by is None

    def look(self) -> None:
        """Compare the clocks, which takes a microsecond: called before anything is sent."""
        news = self._watch.look(self._heard() if self._watch.doubt is not None else None)
        if news == "jumped":
            assert self._watch.doubt is not None
            self._wrong_by = self._watch.doubt
            if abs(self._wrong_by) > JUMP:
                # Set back to where it was, it is no news for anybody.
                self.last_jump = self._wrong_by
                self.jumps += 1
            if self._asked is not None:
                # What was asked before the jump says nothing about it: ask anew, and at once.
                self._asked.cancel()
                self._asked = None
            log.error("clock_jumped", seconds=round(self._wrong_by.total_seconds()))
            says = (
                f"the computer's clock jumped by {in_words(self._wrong_by)}; sending goes on by itself once"
                " Telegram's clock agrees, or after a restart"
            )
            self._gate.shut(REASON, says=says)

    async def tick(self) -> None:
        """Ask for the time while the clock is in doubt, and go on once it is believed again.

        What `set_right` raises is raised, and the gate stays shut until the next call.
        """
        self.look()
        if self._wrong_by is None:
            return
        if self._watch.doubt is not None:
            if self._asked is None or self._asked.done():
                self._asked = asyncio.create_task(self._ask_for_time(), name="asking for the time")
            return
        await self._set_right(self._wrong_by)
        log.info("clock_confirmed", seconds=round(self._wrong_by.total_seconds()))
        self._wrong_by = None
        self._gate.open_again(REASON)

    async def _ask_for_time(self) -> None:
        try:
            await self._ask()
        except (TelegramError, AttributeError, LookupError, TypeError, ValueError) as away:
            # The last four: the library takes any JSON for an answer, and fails where it is none.
            log.info("time_not_told", error=type(away).__name__)
        self.look()
        if self._watch.doubt is not None:
            await asyncio.sleep(ASK_AGAIN_SECONDS)

    async def stop(self) -> None:
        """Ask no more."""
        if self._asked is not None:
            self._asked.cancel()
            await asyncio.gather(self._asked, return_exceptions=True)


def check(heard: HeardTime | None, *, reading: Reading | None = None) -> None:
    """Look at the clock before anything is begun; raises ClockWrongError when it cannot be right.

    A difference that is smaller than that is told in the log: a person may have set it so.
    """
    reading = reading or system_reading()
    if (words := refusal(reading, heard)) is not None:
        raise ClockWrongError(words)
    if heard is not None and abs(off := ahead(reading, heard)) > JUMP:
        log.warning("clock_differs", ahead_of_telegram_seconds=round(off.total_seconds()))


def newest(*transports: AiohttpTransport) -> HeardTime | None:
    """Return what time the newest answer on any of these lines said it was."""
    heard = [told for told in (one.heard_time for one in transports) if told is not None]
    return max(heard, key=lambda told: told.elapsed, default=None)


def heard_on(lines: Lines) -> Callable[[], HeardTime | None]:
    """Return a function that returns what time Telegram said last, on either line."""
    return lambda: newest(lines.speaking, lines.listening)


def in_words(jumped: timedelta) -> str:
    """Return "2 days 3 hours", with its sign, for a log.

    >>> in_words(-timedelta(hours=1, minutes=7))
    '-1 hours 7 minutes'
    """
    seconds = abs(jumped)
    hours, minutes = seconds.seconds // 3600, seconds.seconds % 3600 // 60
    parts = ((seconds.days, "days"), (hours, "hours"), (minutes, "minutes"))
    told = " ".join(f"{count} {unit}" for count, unit in parts if count)
    return f"-{told}" if told and jumped < timedelta(0) else told or "0 minutes"
