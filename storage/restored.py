"""What an older database that was put back must not do: say again what has been said since.

`sent.log` knows what was sent; here it meets the rows. What it knows counts as sent. What it does not
know and was due is held for a person, because the log may be cut or another machine's; edits of
messages that nobody looks at any more are dropped. Everything here may be done twice.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Final, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Connection, String, cast, func, insert, literal_column, select, update

from storage.erased_log import Erased
from storage.outbox import PRIORITIES, is_open
from storage.prepared import Prepared
from storage.sent_log import Recorded, SentLine
from storage.tables import announcements, assignments, bots, enrollments, groups, inbox, outbox, people

T = TypeVar("T")

REASON: Final = "restored"
"""Why a row is held, dropped or counts as sent without an attempt."""
_BATCH: Final = 500


def is_older(tx: Connection, recorded: Recorded) -> bool:
    """Return whether this database has forgotten something that `recorded`, the end of sent.log, knows.

    Each start, stop and half minute in between is counted in the database first and in the log then,
    so a log that has counted further belongs to a later database. Within the half minute the rows
    tell: what was sent had been claimed before, in a transaction that is on disk.
    """
    bound = tx.execute(select(bots.c.sent_tally, bots.c.restored_at)).one_or_none()
    if bound is None:
        return False
    if bound.restored_at is not None or recorded.tally > bound.sent_tally:
        return True
    if recorded.tally < bound.sent_tally:
        # The log has lost its end, or another machine has sent since.
        return False
    return any(_forgot(tx, line) for line in recorded.lines)


def begin(tx: Connection, *, now: datetime) -> None:
    """Note that this database is an older one, until `finish`."""
    tx.execute(update(bots).where(bots.c.restored_at.is_(None)).values(restored_at=now))


def finish(tx: Connection, *, recorded: Recorded, now: datetime) -> None:
    """Note that it has been dealt with: this database counts on from where the log is."""
    counted = func.max if tx.dialect.name == "sqlite" else func.greatest
    tx.execute(
        update(bots).values(
            restored_at=None, sent_tally=counted(bots.c.sent_tally, recorded.tally), alive_at=now
        )
    )


def is_waiting(tx: Connection) -> bool:
    """Return whether this is an older database that nobody has dealt with yet."""
    return tx.execute(select(bots.c.restored_at)).scalar_one_or_none() is not None


def tally(tx: Connection) -> int:
    """Return how far this database has counted."""
    return tx.execute(select(bots.c.sent_tally)).scalar_one_or_none() or 0


def count_as_sent(tx: Connection, lines: Sequence[SentLine]) -> int:
    """Settle the rows that were sent after this database was copied; return how many.

    What only may have arrived is held.
    """
    settled = 0
    for some in _batches(lines):
        known = {(line.delivery, line.decided_at): line for line in some}
        rows = tx.execute(
            select(outbox.c.id, outbox.c.created_at).where(
                is_open(), outbox.c.id.in_([line.delivery for line in some])
            )
        ).all()
        for row in rows:
            line = known.get((row.id, row.created_at))
            if line is None:
                continue
            state = "sent" if line.became == "sent" else "held"
            tx.execute(
                update(outbox)
                .where(outbox.c.id == row.id)
                .values(state=state, reason=REASON, settled_at=line.at)
            )
            settled += 1
    return settled


def remember(tx: Connection, lines: Sequence[SentLine]) -> int:
    """Keep as sent what would be decided, and said, once more; return how many messages that are.

    That is what follows from the clock alone: the next lesson of each enrollment, the reminder of the
    one that is open, announcements. What somebody does from now on is answered like everything.
    """
    unknown = [line for line in lines if line.key is not None]
    kept = 0
    asked_for_next: set[str] = set()
    for some in _batches(unknown):
        rows = tx.execute(
            select(outbox.c.key, outbox.c.reason).where(outbox.c.key.in_([line.key for line in some]))
        )
        said = {row.key: row.reason for row in rows}
        named = select(people.c.id).where(people.c.id.in_([line.person_id for line in some]))
        living = set(tx.execute(named).scalars())
        for line in some:
            assert line.key is not None
            parts = line.key.split(":")
            if line.key in said:
                if parts[0] in _NEXT_OF_ENROLLMENT and said[line.key] == REASON:
                    # Kept by a start that was killed before it had finished.
                    asked_for_next.add(parts[1])
                continue
            if line.person_id not in living:
                continue
            if parts[0] in _NEXT_OF_ENROLLMENT:
                # Only the first: those after it follow from what was learned since, which is forgotten,
                # and whoever learns it again gets them again.
                if parts[1] in asked_for_next:
                    continue
                asked_for_next.add(parts[1])
            if not _is_decided_again(tx, parts, person_id=line.person_id):
                continue
            tx.execute(insert(outbox).values(_as_sent(line)))
            said[line.key] = REASON
            kept += 1
    return kept


def hold_what_was_due(tx: Connection, *, now: datetime) -> int:
    """Leave to a person whatever could be sent by now; return how many messages that are."""
    due = (is_open(), outbox.c.not_before <= now)
    tx.execute(
        update(outbox)
        .where(*due, outbox.c.repeatable)
        .values(state="cancelled", reason=REASON, settled_at=now)
    )
    held = tx.execute(
        update(outbox)
        .where(*due, ~outbox.c.repeatable)
        .values(state="held", reason=REASON, settled_at=now)
        .returning(outbox.c.id)
    )
    return len(held.all())


def set_updates_aside(tx: Connection, *, now: datetime) -> int:
    """Set aside what had come in and was not handled yet; return how many updates that are.

    It was handled, and answered, after this database was copied.
    """
    aside = tx.execute(
        update(inbox)
        .where(inbox.c.state == "new")
        .values(
            state="dead",
            reason=REASON,
            trace_id=literal_column("'r-'") + cast(inbox.c.id, String),
            retry_at=None,
            handled_at=now,
        )
        .returning(inbox.c.id)
    )
    return len(aside.all())


def wishing_to_be_forgotten(tx: Connection) -> tuple[Erased, ...]:
    """Return who has asked to be erased, and is not gone yet."""
    rows = _WISHING.rows(tx, {})
    return tuple(Erased(person_id=row[people.c.id], created_at=row[people.c.created_at]) for row in rows)


def still_here(tx: Connection, erased: Collection[Erased]) -> tuple[int, ...]:
    """Return those of the erased who are in this database, in ascending order."""
    found: list[int] = []
    for some in _batches(sorted(erased)):
        rows = tx.execute(
            select(people.c.id, people.c.created_at).where(people.c.id.in_([one.person_id for one in some]))
        )
        wanted = set(some)
        found += [row.id for row in rows if Erased(person_id=row.id, created_at=row.created_at) in wanted]
    return tuple(sorted(found))


def say_restored(tx: Connection, *, now: datetime) -> None:
    """Note in a database that was put in place that it is older than what was sent."""
    tx.execute(update(bots).values(restored_at=now))


def _forgot(tx: Connection, line: SentLine) -> bool:
    row = tx.execute(
        select(outbox.c.state, outbox.c.attempts).where(
            outbox.c.id == line.delivery, outbox.c.created_at == line.decided_at
        )
    ).one_or_none()
    if row is not None:
        return bool(row.state == "waiting" and row.attempts == 0)
    # Erasing takes away what was said, so a row that is missing tells nothing of those who asked for it.
    here = select(people.c.id).where(people.c.id == line.person_id, people.c.forget_at.is_(None))
    return tx.execute(here).one_or_none() is not None


def _as_sent(line: SentLine) -> dict[str, object]:
    return {
        "person_id": line.person_id,
        "kind": line.kind,
        "priority": PRIORITIES[1],
        # What it said is not known any more; nothing reads the words of what has been said.
        "content": "{}",
        "key": line.key,
        "not_before": line.at,
        "state": "sent",
        "reason": REASON,
        "created_at": line.decided_at,
        "settled_at": line.at,
        "maybe_doubled": False,
    }


_Asked: TypeAlias = Callable[[Connection, Sequence[str], int], bool]


def _is_decided_again(tx: Connection, parts: Sequence[str], *, person_id: int) -> bool:
    asked = _DECIDED_AGAIN.get(parts[0])
    return asked is not None and asked(tx, parts, person_id)


def _enrollment(tx: Connection, parts: Sequence[str], person_id: int) -> bool:
    """The number may be given to another one from now on: only those that are there now count."""
    return _exists(tx, enrollments.c.id == int(parts[1]), enrollments.c.person_id == person_id)


def _open_assignment(tx: Connection, parts: Sequence[str], _person_id: int) -> bool:
    """A reminder of a lesson that is given anew comes anew."""
    return _exists(
        tx,
        assignments.c.enrollment_id == int(parts[1]),
        assignments.c.lesson_id == parts[2],
        assignments.c.attempt == int(parts[3]),
    )


def _announcement(tx: Connection, parts: Sequence[str], _person_id: int) -> bool:
    return _exists(tx, announcements.c.id == int(parts[1]))


def _group(tx: Connection, parts: Sequence[str], _person_id: int) -> bool:
    return _exists(tx, groups.c.id == int(parts[1]))


def _person(_tx: Connection, _parts: Sequence[str], _person_id: int) -> bool:
    """Whoever is told is there: that has been asked already."""
    return True


def _exists(tx: Connection, *conditions: ColumnElement[bool]) -> bool:
    return tx.execute(select(1).where(*conditions)).first() is not None


_NEXT_OF_ENROLLMENT: Final = frozenset({"lesson", "finished", "back"})
_DECIDED_AGAIN: Final[dict[str, _Asked]] = {
    "lesson": _enrollment,
    "finished": _enrollment,
    "back": _enrollment,
    "review": _enrollment,
    "reminder": _open_assignment,
    "announcement": _announcement,
    "ready": _announcement,
    "late": _announcement,
    "to_grade": _group,
    "alarm": _person,
}
"""What the clock decides, by the first word of its key; the other keys answer what somebody did."""


def follows_the_clock(key: str) -> bool:
    """Return whether a message of this key would be decided once more without anybody doing anything."""
    return key.partition(":")[0] in _DECIDED_AGAIN


def _batches(all_of_them: Sequence[T]) -> Iterator[Sequence[T]]:
    for first in range(0, len(all_of_them), _BATCH):
        yield all_of_them[first : first + _BATCH]


# Built once, because each tick runs it: building a statement costs more than running it.
_WISHING = Prepared(select(people.c.id, people.c.created_at).where(people.c.forget_at.is_not(None)))
