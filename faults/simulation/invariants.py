"""What must always hold: looked at when a request leaves, when it arrives, and after each commit.

Read from the tables with plain SQL, on purpose not with the product's own functions: what those
believe is what is checked. The letters are those of docs/guarantees.md.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from faults.simulation.journal import Journal
from faults.simulation.telegram import CREATING, Asked

QUIET_FROM, QUIET_TO = time(19), time(8)
_GRACE_SECONDS: Final = 180.0
"""What was decided before a boundary may still be on its way after it."""
_STARTED_BY_US: Final = ("lesson", "reminder")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_ROW: Final = """
SELECT o.state, o.kind, o.priority, o.person_id, o.not_before, o.maybe_doubled, p.address, p.zone,
       (SELECT max(claimed_at) FROM send_attempts a WHERE a.outbox_id = o.id),
       (SELECT g.zone FROM enrollments e JOIN groups g ON g.id = e.group_id WHERE e.person_id = p.id LIMIT 1),
       p.unreachable_since, o.created_at
FROM outbox o JOIN people p ON p.id = o.person_id WHERE o.id = ?
"""
_OVERTAKEN: Final = """
SELECT id, state FROM outbox WHERE person_id = :person AND id <> :id AND (
  state = 'sending'
  OR (state = 'uncertain' AND id < :id AND priority <= :priority)
  OR (state = 'waiting' AND id < :id AND priority = :priority AND not_before <= :claimed_at)
) LIMIT 1
"""
_COUNTS: Final = """
SELECT (SELECT count(*) FROM responses), (SELECT count(*) FROM inbox WHERE state = 'done'),
       (SELECT count(*) FROM assignments), (SELECT count(*) FROM people)
"""
_TWO_A_DAY: Final = """
SELECT enrollment_id, assigned_on FROM assignments WHERE asked = 0
GROUP BY enrollment_id, assigned_on HAVING count(*) > 1 LIMIT 1
"""
_TWO_UNDER_WAY: Final = """
SELECT person_id FROM outbox WHERE state = 'sending' GROUP BY person_id HAVING count(*) > 1 LIMIT 1
"""


class Invariants:
    """Watches one simulation."""

    def __init__(
        self,
        raw: sqlite3.Connection,
        *,
        journal: Journal,
        seconds: Callable[[], float],
        clock: Callable[[], datetime],
    ) -> None:
        self.copies: defaultdict[tuple[int, int], list[object]] = defaultdict(list)
        """Of each delivery, by id and when it was made: the attempts by which a message was accepted.

        By both, because SQLite gives the id of an erased row to the next one.
        """
        self.gone_at: dict[int, float] = {}
        """Addresses of people who were erased, and when; taken out by whoever has seen to it."""
        self.retired: list[str] = []
        """Names of people who were erased: nobody is told them any more."""
        self._raw = raw
        self._journal = journal
        self._seconds = seconds
        self._clock = clock
        self._wait: dict[int, float] = {}
        self._refused: tuple[int, float] | None = None
        self._changes = 0
        self._held: set[tuple[int, int]] = set()
        """Deliveries that were held at some time: a person may have had them sent once more."""
        self._seen = self._counts()
        self._known = self._addresses()

    # --- requests ------------------------------------------------------------------------------

    def leaves(self, asked: Asked) -> None:
        """I8 for everything, I4 and I6 for what is said."""
        told = str(asked.call.values)
        for secret in (*self._journal.secrets, *self.retired):
            if secret in told:
                self._journal.breaks("I8", f"{asked.method} to {asked.chat} tells {secret}")
        if asked.delivery is None:
            return
        now = self._seconds()
        chat = asked.chat
        until = max(self._wait.get(chat, 0.0), self._wait.get(0, 0.0))
        if now < until:
            self._journal.breaks("I6", f"said to {chat} {until - now:.2f} s too early after 429")
        if now - self.gone_at.get(chat, now) > 5:
            self._journal.breaks("I6", f"said to {chat}, who was erased")
        row = self._raw.execute(_ROW, (asked.delivery,)).fetchone()
        if row is None:
            return
        state, kind, priority, person, _, _, _, zone, claimed_at, group_zone, unreachable, _ = row
        if state != "sending":
            self._journal.breaks("I6", f"delivery {asked.delivery} is {state} and is said")
        if unreachable is not None and kind != "reply" and unreachable < claimed_at:
            self._journal.breaks("I6", f"delivery {asked.delivery} goes to somebody who has blocked us")
        given = {"person": person, "id": asked.delivery, "priority": priority, "claimed_at": claimed_at}
        other = self._raw.execute(_OVERTAKEN, given).fetchone()
        if other is not None:
            self._journal.breaks(
                "I4", f"delivery {asked.delivery} goes before {other[0]}, which is {other[1]}"
            )
        if kind in _STARTED_BY_US and asked.method in CREATING:
            self._not_at_night(asked.delivery, kind, zone or group_zone)

    def arrived(self, asked: Asked, message_id: int) -> None:
        """I2: how many copies there are, and whether the second one is known."""
        if asked.delivery is None:
            self._journal.breaks("I1", f"message {message_id} belongs to no delivery")
            return
        row = self._raw.execute(_ROW, (asked.delivery,)).fetchone()
        if row is None:
            # Erased while it was on its way.
            return
        copies = self.copies[asked.delivery, row[-1]]
        if asked.attempt in copies:
            return
        copies.append(asked.attempt)
        if len(copies) > 2 + ((asked.delivery, row[-1]) in self._held):
            self._journal.breaks("I2", f"delivery {asked.delivery} arrived {len(copies)} times")
        if len(copies) > 1 and not row[5]:
            self._journal.breaks("I2", f"delivery {asked.delivery} arrived twice and is not marked")

    def told_to_wait(self, asked: Asked, seconds: int) -> None:
        """Remember until when nothing may be said: to this chat, or, as two are told so, to any."""
        if asked.delivery is None:
            return
        now = self._seconds()
        self._journal.note("told to wait", asked.chat, seconds, asked.delivery)
        self._wait[asked.chat] = max(self._wait.get(asked.chat, 0.0), now + seconds)
        before, self._refused = self._refused, (asked.chat, now)
        if before is not None and before[0] != asked.chat and now - before[1] < 0.9:
            # What was claimed before the second refusal is on its way.
            self._journal.note("everybody waits", seconds)

    def restarted(self) -> None:
        """What the service that was killed had not yet put down, it cannot know."""
        self._wait.clear()

    def _not_at_night(self, delivery: int, kind: str, zone: str | None) -> None:
        now = self._clock().astimezone(ZoneInfo(zone or "UTC"))
        quiet = now.time() >= QUIET_FROM or now.time() < QUIET_TO
        before = (now - timedelta(seconds=_GRACE_SECONDS)).time()
        if quiet and (before >= QUIET_FROM or before < QUIET_TO):
            self._journal.breaks("I6", f"delivery {delivery}, a {kind}, goes out at {now:%H:%M} in {zone}")

    # --- commits -------------------------------------------------------------------------------

    def committed(self) -> None:
        """I3, I4, I5: cheap enough for each commit."""
        if self._raw.total_changes == self._changes:
            return
        self._changes = self._raw.total_changes
        self._held.update(self._raw.execute("SELECT id, created_at FROM outbox WHERE state = 'held'"))
        if (person := self._raw.execute(_TWO_UNDER_WAY).fetchone()) is not None:
            self._journal.breaks("I4", f"two messages to person {person[0]} are under way")
        responses, done, assignments, people = before = self._seen
        self._seen = now = self._counts()
        if now == before:
            return
        if now[0] > responses and now[1] - done < now[0] - responses:
            self._journal.breaks(
                "I3", f"{now[0] - responses} answers were kept for {now[1] - done} updates handled"
            )
        if now[2] != assignments and (twice := self._raw.execute(_TWO_A_DAY).fetchone()):
            self._journal.breaks("I5", f"enrollment {twice[0]} was given two lessons on {twice[1]}")
        if now[3] != people:
            self._people_changed()

    def republished(self) -> None:
        """Take what a publication changed as it is."""
        self._seen = self._counts()

    def _people_changed(self) -> None:
        known = self._addresses()
        for address in sorted(self._known - known):
            self.gone_at[address] = self._seconds()
        for address in known - self._known:
            self.gone_at.pop(address, None)
        self._known = known

    def _addresses(self) -> set[int]:
        return {address for (address,) in self._raw.execute("SELECT address FROM people")}

    def _counts(self) -> tuple[int, int, int, int]:
        counts: tuple[int, int, int, int] = self._raw.execute(_COUNTS).fetchone()
        return counts
