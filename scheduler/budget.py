"""How soon the next message may leave, inside the messenger's limits.

Pure state machines: they are told the time (seconds of a monotonic clock) and never read one,
wait, or send. Limits by Telegram: about 30 messages a second in bulk, one a second to one chat
with short bursts tolerated, `retry_after` binding (https://core.telegram.org/bots/faq).
"""

import heapq
import math
from dataclasses import dataclass, field

CATCH_UP_SECONDS = 0.009
"""How much of a late start is made up for."""
FIRST_WINDOW = 8
"""Messages under way at once while it is not known how fast they come back: slow start, as TCP has it
(RFC 5681, 3.1). Each needs a connection of its own, and opening sixty at once holds up the first."""
WINDOW_GROWTH = 0.5
"""Messages by which that grows with each that is settled: by half in the time of one round trip."""
COLD_SECONDS = 50.0
"""After so long without a message its connections are closed (bot.transport.KEEP_ALIVE_SECONDS)."""
WHOLE_BOT = 0
"""Stands for an address where a pause concerns every chat; no chat has this number."""
LEAVES_WITHIN_SECONDS = 0.1
"""From a claim to its request. Where a commit takes longer, one claim after the other keeps the pace far
below the limit anyway."""
REPLY_BURST = 4
"""Messages that may answer one chat at once, before replies too are paced."""


def even_fraction(rate_per_second: int) -> float:
    """Return which part of the allowed rate is used: spaced evenly, every sliding second stays inside.

    What is missing to 1 is for starts that are made up for and for differences on the way: a second holds
    the promise while fraction + catch-up + differences <= 1 (speed.md, section 3). Hundreds a second keep
    a process busy enough for differences of ten milliseconds.
    """
    return 0.99 if rate_per_second <= 100 else 0.98


def silence_seconds(since_last_claim_seconds: float) -> float:
    """Return how long a new process sends nothing, so that it and the one before share one limit.

    Counted from the last claim on record, by the clock on the wall. What lies in the future (the clock was
    set back) says nothing: a whole second from now is enough in any case, 0 after 1.1 of them.
    """
    if since_last_claim_seconds < 0:
        return 1.0
    return min(1.0, max(0.0, 1.0 + LEAVES_WITHIN_SECONDS - since_last_claim_seconds))


@dataclass(slots=True, kw_only=True)
class Pacer:
    """Even pacing: never more than `rate_per_second` starts in any window of one second.

    There is no burst to begin with, unlike in a token bucket: a full bucket lets up to twice the
    rate through in its first second.
    """

    rate_per_second: int
    """What the messenger allows, at least 1; the pacer stays just below it."""
    free_at: float = 0.0
    """When the next start may be. An earlier process may have sent until a moment ago: begin
    `silence_seconds` later than now to stay inside the limit across a restart."""

    def next_free_at(self, now: float) -> float:
        """Return when the next message may start: `now` at the earliest."""
        return max(now, self.free_at)

    def took(self, now: float) -> None:
        """Note a start at `now`, which must not be earlier than `next_free_at` said.

        Raises ValueError when it is: somebody sent without asking.
        """
        if now < self.free_at:
            raise ValueError("a message left before the pacer was free")
        # Planned starts are an even grid; a wake-up that came late moves the grid only by what
        # exceeds the catch-up, or each late wake-up would cost rate.
        planned = max(self.free_at, now - CATCH_UP_SECONDS)
        self.free_at = planned + 1 / (even_fraction(self.rate_per_second) * self.rate_per_second)


@dataclass(slots=True, kw_only=True)
class Budget:
    """Everything that decides when one more message may leave one bot.

    A credit is taken for each message under way: any of them may arrive twice after a crash, so
    their number is the promise about doubles (guarantees 4.1). Edits, button removals and
    deletions may be repeated without harm: they take no credit, but they are paced.
    """

    rate_per_second: int = 30
    """To all chats together."""
    chat_seconds: float = 1.0
    """Distance between two messages to one chat."""
    credits: int = 4
    pacer: Pacer = field(init=False)
    under_way: int = field(init=False, default=0)
    """Credits taken and not given back."""
    _spaced_until: dict[int, float] = field(init=False, default_factory=dict)
    _ends: list[tuple[float, int]] = field(init=False, default_factory=list)
    """The same as a heap, the next end first; with ends that have been put off since."""
    _bursting: set[int] = field(init=False, default_factory=set)
    """Chats that got more than one message within their distance."""
    _paused_until: dict[int, float] = field(init=False, default_factory=dict)
    _window: float = field(init=False, default=FIRST_WINDOW)
    _warm_until: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.pacer = Pacer(rate_per_second=self.rate_per_second)

    @property
    def has_credit(self) -> bool:
        """Whether one more message may be under way."""
        return self.under_way < self.credits

    def credits_left(self, now: float) -> int:
        """Return how many more messages may be begun, after a silence only as many as a new start."""
        if not self.under_way and now > self._warm_until:
            self._window = FIRST_WINDOW
        return min(int(self._window), self.credits) - self.under_way

    def chat_free_at(self, address: int, *, reply: bool, now: float) -> float:
        """Return when this chat may get its next message, `now` at the earliest.

        A reply may use the burst; what we start ourselves waits for the full spacing. The pace
        of the whole bot (`bot_free_at`) and its credits come on top.
        """
        ahead = (REPLY_BURST - 1) * self.chat_seconds if reply else 0.0
        return max(now, self._spaced_until.get(address, 0.0) - ahead, self._paused_until.get(address, 0.0))

    def bot_free_at(self, now: float) -> float:
        """Return when any chat may get a message, `now` at the earliest: the pace, and a pause of all."""
        return max(self.pacer.next_free_at(now), self._paused_until.get(WHOLE_BOT, 0.0))

    def is_paused(self, now: float) -> bool:
        """Return whether a pause of the whole bot is not over: unlike the pace, it may last for an hour."""
        return self._paused_until.get(WHOLE_BOT, 0.0) > now

    def busy(self, now: float) -> frozenset[int]:
        """Return the chats that we may not start anything with at `now`."""
        self._forget_past(now)
        return frozenset((*self._spaced_until, *self._paused_until))

    def full(self, now: float) -> frozenset[int]:
        """Return those of them that may not even be answered."""
        self._forget_past(now)
        waiting = (*self._bursting, *self._paused_until)
        return frozenset(chat for chat in waiting if self.chat_free_at(chat, reply=True, now=now) > now)

    def next_chat_free_at(self, now: float) -> float:
        """Return when the first of the chats that have to wait at `now` may get more; infinity for none."""
        answers = (self.chat_free_at(chat, reply=True, now=now) for chat in self.full(now))
        return min((*self._ends[:1], *((moment, 0) for moment in answers)), default=(math.inf, 0))[0]

    def took(self, address: int, *, now: float, credit: bool = True) -> None:
        """Note that a message to this chat starts at `now`.

        Raises ValueError when no credit was left, or the pacer was not free.
        """
        if credit and not self.has_credit:
            raise ValueError("a message left without a credit")
        self.pacer.took(now)
        self.under_way += credit
        if not credit:
            # Edits do not fill a private chat, and a learner who taps quickly must not wait for them.
            return
        before = self._spaced_until.get(address, 0.0)
        if before > now:
            self._bursting.add(address)
        until = max(now, before) + self.chat_seconds
        self._spaced_until[address] = until
        heapq.heappush(self._ends, (until, address))

    def give_back(self, *, now: float) -> None:
        """Give one credit back: the outcome of its message is committed."""
        if self.under_way == 0:
            raise ValueError("a credit was given back that nobody took")
        self.under_way -= 1
        self._window = min(self._window + WINDOW_GROWTH, self.credits)
        self._warm_until = now + COLD_SECONDS

    def pause(self, address: int, *, until: float) -> None:
        """Send nothing to this chat, or with `WHOLE_BOT` to any, before `until`.

        A shorter pause never ends a longer one early.
        """
        self._paused_until[address] = max(until, self._paused_until.get(address, 0.0))

    def _forget_past(self, now: float) -> None:
        """Drop the chats whose distance is over, without looking through the thousand that are busy."""
        for over in [chat for chat, until in self._paused_until.items() if until <= now]:
            del self._paused_until[over]
        while self._ends and self._ends[0][0] <= now:
            _, address = heapq.heappop(self._ends)
            if self._spaced_until.get(address, math.inf) <= now:
                del self._spaced_until[address]
                self._bursting.discard(address)
