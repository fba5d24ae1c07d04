"""Announcements: drafts, what was confirmed, and what became of each copy.

Every change of state compares and sets, so that of two presses one finds the draft open and the
other finds it closed (guarantees D16). The copies are rows of the outbox under the key
`announcement:<id>:<person>`, and nothing else counts them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    String,
    bindparam,
    cast,
    func,
    insert,
    literal,
    select,
    update,
)

from storage import conflicts
from storage.prepared import Prepared
from storage.row_changes import change_row
from storage.tables import announcements, enrollments, outbox

AnnouncementState: TypeAlias = Literal["draft", "sending", "done", "cancelled"]


TOO_LATE = "too_late"
"""Why a copy was held back: its announcement had no use any more."""

_CANCELLABLE = ("waiting", "uncertain")
"""Has not left, or is to be sent once more: neither happens any more once it is cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnnouncement:
    """One announcement as it is kept."""

    id: int
    group_id: int
    author_id: int | None
    """None when it came from the command line, or when its author was erased."""
    content: str
    """`academy.messages.facilitating.Announcement` as JSON."""
    state: AnnouncementState
    created_at: datetime
    send_at: datetime | None
    confirmed_at: datetime | None
    control_message_id: int | None
    """The author's message that shows the report; None when there is none to edit."""
    reported: str
    """The report said last, as its author keeps it; empty before the first."""
    bundled: str | None = None
    """The course's own id of it; None for what a person wrote."""
    planned_at: datetime | None = None
    """When a bundled one is to be offered; None while that cannot be said."""
    offered_at: datetime | None = None
    send_wall: str | None = None
    """`send_at` as it was chosen, by the group's clock: `2026-11-24 09:00`."""
    useful_until: datetime | None = None
    """Nobody is told by itself after this; None for no end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """How many copies share one fate."""

    state: str
    """State of the outbox row."""
    reason: str
    """Empty when there is none."""
    count: int
    last_not_before: datetime
    """The latest moment at which one of them may go."""


def key(announcement_id: int, person_id: int) -> str:
    """Return the key under which one person is told once."""
    return f"announcement:{announcement_id}:{person_id}"


def add(
    tx: Connection,
    *,
    group_id: int,
    author_id: int | None,
    content: str,
    send_at: datetime | None,
    now: datetime,
    useful_until: datetime | None = None,
) -> int:
    """Return the id of a new draft."""
    made: int = tx.execute(
        insert(announcements)
        .values(
            group_id=group_id,
            author_id=author_id,
            content=content,
            state="draft",
            created_at=now,
            send_at=send_at,
            useful_until=useful_until,
        )
        .returning(announcements.c.id)
    ).scalar_one()
    return made


def add_bundled(tx: Connection, *, group_id: int, bundled: str, content: str, now: datetime) -> None:
    """Keep a draft that came with the course, once for each group."""
    statement = conflicts.insert(tx, announcements).values(
        group_id=group_id, content=content, state="draft", created_at=now, bundled=bundled
    )
    tx.execute(
        statement.on_conflict_do_nothing(index_elements=[announcements.c.group_id, announcements.c.bundled])
    )


def to_plan(tx: Connection) -> tuple[KeptAnnouncement, ...]:
    """Return the bundled drafts without a moment in groups in which somebody has begun."""
    return tuple(KeptAnnouncement(**row) for row in _TO_PLAN.rows(tx, {}))


def to_offer(tx: Connection, *, now: datetime) -> tuple[KeptAnnouncement, ...]:
    """Return the bundled drafts whose moment has come and that nobody was shown yet."""
    return tuple(KeptAnnouncement(**row) for row in _TO_OFFER.rows(tx, {"now": now}))


def next_planned_at(tx: Connection, *, now: datetime) -> datetime | None:
    """Return the next moment after `now` at which a bundled draft is to be offered; None for never."""
    row = _NEXT_PLANNED.one_or_none(tx, {"now": now})
    return None if row is None else row["planned_at"]


def plan(tx: Connection, announcement_id: int, *, planned_at: datetime) -> bool:
    """Set when a bundled draft is to be offered; False when it is no draft any more."""
    return _change(tx, announcement_id, "draft", planned_at=planned_at)


def mark_offered(tx: Connection, announcement_id: int, *, now: datetime) -> bool:
    """Note that facilitators were shown it; False when it is no draft any more."""
    return _change(tx, announcement_id, "draft", offered_at=now)


def claim(tx: Connection, announcement_id: int, *, author_id: int) -> bool:
    """Let a draft that came with the course be this person's; False when it is somebody's already."""
    statement = (
        update(announcements)
        .where(
            announcements.c.id == announcement_id,
            announcements.c.state == "draft",
            announcements.c.author_id.is_(None),
        )
        .values(author_id=author_id)
        .returning(announcements.c.id)
    )
    return tx.execute(statement).one_or_none() is not None


def get(tx: Connection, announcement_id: int) -> KeptAnnouncement | None:
    """Return the announcement, or None: for numbers that came in a button."""
    row = _GET.one_or_none(tx, {"given": announcement_id})
    return None if row is None else KeptAnnouncement(**row)


def under_way(tx: Connection) -> tuple[KeptAnnouncement, ...]:
    """Return the announcements that are being sent, oldest first."""
    return tuple(KeptAnnouncement(**row) for row in _UNDER_WAY.rows(tx, {}))


def schedule(tx: Connection, announcement_id: int, *, send_at: datetime | None) -> bool:
    """Set when a draft is to go, None for at once; False when it is no draft any more."""
    return _change(tx, announcement_id, "draft", send_at=send_at)


def discard(tx: Connection, announcement_id: int) -> bool:
    """Close a draft that nobody will send; False when it is no draft any more."""
    return _change(tx, announcement_id, "draft", state="cancelled")


def confirm(
    tx: Connection,
    announcement_id: int,
    *,
    control_message_id: int | None,
    now: datetime,
    send_wall: str | None = None,
) -> bool:
    """Take a draft for sending, once; False when it is no draft any more."""
    return _change(
        tx,
        announcement_id,
        "draft",
        state="sending",
        confirmed_at=now,
        control_message_id=control_message_id,
        send_wall=send_wall,
    )


def move(
    tx: Connection, announcement: KeptAnnouncement, *, send_at: datetime, moments: Mapping[int, datetime]
) -> None:
    """Let the copies that wait go at another moment, each at its person's; who has none keeps the old one."""
    _change(tx, announcement.id, "sending", send_at=send_at)
    waiting = _waiting(announcement).add_columns(outbox.c.person_id)
    for row in tx.execute(waiting).all():
        if row.person_id in moments:
            at = moments[row.person_id]
            change_row(tx, outbox, row.id, not_before=at)


def finish(tx: Connection, announcement_id: int, state: Literal["done", "cancelled"]) -> bool:
    """End the sending; False when it was not under way."""
    return _change(tx, announcement_id, "sending", state=state)


def keep_report(tx: Connection, announcement_id: int, reported: str) -> None:
    """Remember what the author was told last."""
    change_row(tx, announcements, announcement_id, reported=reported)


def copies(tx: Connection, announcement: KeptAnnouncement) -> tuple[Copies, ...]:
    """Return the fates of the copies, each once; empty before the confirmation."""
    reason = func.coalesce(outbox.c.reason, "")
    rows = tx.execute(
        select(
            outbox.c.state,
            reason.label("reason"),
            func.count().label("count"),
            # A MAX of the column type, so that it comes back as a moment and not as a number.
            func.max(outbox.c.not_before, type_=outbox.c.not_before.type).label("last_not_before"),
        )
        .select_from(_copies(announcement))
        .where(enrollments.c.group_id == announcement.group_id)
        .group_by(outbox.c.state, reason)
        .order_by(outbox.c.state, reason)
    )
    return tuple(Copies(**row) for row in rows.mappings())


def cancel_waiting(tx: Connection, announcement: KeptAnnouncement, *, reason: str, now: datetime) -> int:
    """Cancel the copies that still wait or were to be repeated; return how many."""
    return _cancel(tx, _waiting(announcement), reason=reason, now=now)


def cancel_leavers(tx: Connection, announcement: KeptAnnouncement, *, reason: str, now: datetime) -> int:
    """Cancel the waiting copies of people who have left the group since; return how many."""
    left = _waiting(announcement).where(enrollments.c.state == "withdrawn")
    return _cancel(tx, left, reason=reason, now=now)


def hold_back(tx: Connection, announcement: KeptAnnouncement, *, now: datetime) -> int:
    """Keep the copies that still wait from leaving, and end the sending; return how many they are."""
    held = _cancel(tx, _waiting(announcement), reason=TOO_LATE, now=now)
    if held:
        finish(tx, announcement.id, "cancelled")
    return held


def send_anyway(tx: Connection, announcement: KeptAnnouncement, *, moments: Mapping[int, datetime]) -> int:
    """Let the copies that were held back wait again, each for its person's moment; return how many.

    Who has no moment stays untold. 0 when nothing is held back (any more): then nothing changes.
    """
    held = tx.execute(_held_back(announcement)).all()
    wanted = [row for row in held if row.person_id in moments]
    if not wanted or not _change(tx, announcement.id, "cancelled", state="sending", useful_until=None):
        return 0
    for row in wanted:
        again = {"state": "waiting", "reason": None, "settled_at": None, "not_before": moments[row.person_id]}
        change_row(tx, outbox, row.id, **again)
    return len(wanted)


def drop_late(tx: Connection, announcement: KeptAnnouncement) -> int:
    """Drop the copies that were held back; return how many, 0 when they are sent or dropped already."""
    held = [row.id for row in tx.execute(_held_back(announcement))]
    tx.execute(update(outbox).where(outbox.c.id.in_(held)).values(reason="cancelled"))
    return len(held)


def _held_back(announcement: KeptAnnouncement) -> Select[tuple[int, int]]:
    return (
        select(outbox.c.id, outbox.c.person_id)
        .select_from(_copies(announcement))
        .where(
            enrollments.c.group_id == announcement.group_id,
            outbox.c.state == "cancelled",
            outbox.c.reason == TOO_LATE,
        )
    )


def _waiting(announcement: KeptAnnouncement) -> Select[tuple[int]]:
    return (
        select(outbox.c.id)
        .select_from(_copies(announcement))
        .where(enrollments.c.group_id == announcement.group_id, outbox.c.state.in_(_CANCELLABLE))
    )


def _cancel(tx: Connection, found: Select[tuple[int]], *, reason: str, now: datetime) -> int:
    # Asked for twice on purpose: on PostgreSQL the sender may claim a copy between the two.
    cancelled = tx.execute(
        update(outbox)
        .where(outbox.c.id.in_(found), outbox.c.state.in_(_CANCELLABLE))
        .values(state="cancelled", reason=reason, settled_at=now)
        .returning(outbox.c.id)
    )
    return len(cancelled.all())


def _copies(announcement: KeptAnnouncement) -> FromClause:
    # By the whole key, person by person: that is an index look-up on both databases, while a
    # comparison by prefix would read the whole outbox.
    prefix = literal(key(announcement.id, 0).removesuffix("0"))
    return enrollments.join(
        outbox,
        (outbox.c.person_id == enrollments.c.person_id)
        & (outbox.c.key == prefix + cast(enrollments.c.person_id, String)),
    )


def _change(tx: Connection, announcement_id: int, expected: AnnouncementState, **values: object) -> bool:
    changed = tx.execute(
        update(announcements)
        .where(announcements.c.id == announcement_id, announcements.c.state == expected)
        .values(**values)
        .returning(announcements.c.id)
    )
    return changed.one_or_none() is not None


def _bundled_drafts(*conditions: ColumnElement[bool]) -> Prepared:
    return Prepared(
        select(announcements)
        .where(announcements.c.state == "draft", announcements.c.bundled.is_not(None), *conditions)
        .order_by(announcements.c.id),
        by_name=True,
    )


# Built once, because each tick runs most of them: building a statement costs more than running it.
_GET = Prepared(select(announcements).where(announcements.c.id == bindparam("given")), by_name=True)
_UNDER_WAY = Prepared(
    select(announcements).where(announcements.c.state == "sending").order_by(announcements.c.id),
    by_name=True,
)
_TO_PLAN = _bundled_drafts(
    announcements.c.planned_at.is_(None),
    select(enrollments.c.id)
    .where(enrollments.c.group_id == announcements.c.group_id, enrollments.c.started_at.is_not(None))
    .exists(),
)
_TO_OFFER = _bundled_drafts(
    announcements.c.planned_at <= bindparam("now"), announcements.c.offered_at.is_(None)
)
_NEXT_PLANNED = Prepared(
    select(announcements.c.planned_at)
    .where(announcements.c.state == "draft", announcements.c.planned_at > bindparam("now"))
    .order_by(announcements.c.planned_at)
    .limit(1),
    by_name=True,
)
