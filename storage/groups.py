"""Groups: one course, one join link, one code to say aloud."""

from datetime import datetime, time

from sqlalchemy import Connection, bindparam, insert, select, update

from learners.groups import Group
from storage.columns import digits_of, weekdays_of
from storage.prepared import Prepared, Record
from storage.row_changes import change_row
from storage.tables import assignments, enrollments, groups


def group_of(row: Record) -> Group:
    """Return the group of a row selected with all columns of `groups`."""
    return Group(
        id=row[groups.c.id],
        name=row[groups.c.name],
        course_version_id=row[groups.c.course_version_id],
        zone=row[groups.c.zone],
        weekdays=weekdays_of(row[groups.c.weekdays]),
        at=time.fromisoformat(row[groups.c.at]),
        expected=row[groups.c.expected],
        link_token=row[groups.c.link_token],
        code=row[groups.c.code],
        capacity=row[groups.c.capacity],
        closes_at=row[groups.c.closes_at],
        auto_announcements=row[groups.c.auto_announcements],
        created_at=row[groups.c.created_at],
    )


def group(tx: Connection, group_id: int) -> Group:
    """Return the group; raises NoResultFound when there is none."""
    return group_of(_GET.one(tx, {"given": group_id}))


def by_id(tx: Connection, group_id: int) -> Group | None:
    """Return the group, or None: for numbers that came in a button."""
    return _found(tx, _GET, group_id)


def by_name(tx: Connection, name: str) -> Group | None:
    """Return the group with exactly this name, or None."""
    return _found(tx, _BY_NAME, name)


def by_token(tx: Connection, token: str) -> Group | None:
    """Return the group of a join link, or None. Tokens know upper from lower case."""
    return _found(tx, _BY_TOKEN, token)


def by_code(tx: Connection, code: str) -> Group | None:
    """Return the group of a code in its plain form (eight capitals and digits), or None."""
    return _found(tx, _BY_CODE, code)


def add(
    tx: Connection,
    *,
    name: str,
    course_version_id: int,
    zone: str,
    weekdays: frozenset[int],
    at: time,
    expected: int | None,
    link_token: str,
    code: str,
    capacity: int,
    closes_at: datetime | None,
    auto_announcements: bool = False,
    now: datetime,
) -> Group:
    """Return the new group; raises IntegrityError when its name, token or code is taken."""
    row = {
        "name": name,
        "course_version_id": course_version_id,
        "zone": zone,
        "weekdays": digits_of(weekdays),
        "at": f"{at:%H:%M}",
        "expected": expected,
        "link_token": link_token,
        "code": code,
        "capacity": capacity,
        "closes_at": closes_at,
        "auto_announcements": auto_announcements,
        "created_at": now,
    }
    return group_of(_ADD.one(tx, row))


def hold(tx: Connection, group_id: int) -> None:
    """Let nobody else take a place in the group until this transaction ends.

    SQLite has one writer and needs nothing. On PostgreSQL a lock alone would let whoever waited for it
    count the places as they were when their transaction began; a row that was written makes it fail
    instead, and be run again (`storage.postgresql`).
    """
    if tx.dialect.name != "sqlite":
        tx.execute(update(groups).where(groups.c.id == group_id).values(capacity=groups.c.capacity))


def close_at(tx: Connection, group_id: int, *, at: datetime | None) -> None:
    """Let nobody join from this moment on; None lets people join for ever. Whoever is in stays."""
    change_row(tx, groups, group_id, closes_at=at)


def all_groups(tx: Connection) -> tuple[Group, ...]:
    """Return every group, oldest first."""
    return tuple(group_of(row) for row in tx.execute(select(groups).order_by(groups.c.id)).mappings())


def with_lessons_under_way(tx: Connection) -> tuple[Group, ...]:
    """Return the groups in which somebody has begun a lesson and not finished it, oldest first."""
    inside = (
        select(enrollments.c.group_id)
        .join(assignments, assignments.c.enrollment_id == enrollments.c.id)
        .where(
            assignments.c.started_at.is_not(None),
            assignments.c.finished_at.is_(None),
            enrollments.c.state == "active",
        )
    )
    query = select(groups).where(groups.c.id.in_(inside)).order_by(groups.c.id)
    return tuple(group_of(row) for row in tx.execute(query).mappings())


def _found(tx: Connection, by: Prepared, given: int | str) -> Group | None:
    row = by.one_or_none(tx, {"given": given})
    return None if row is None else group_of(row)


# Built once, because each press runs one: building a statement costs more than running it.
_GET = Prepared(select(groups).where(groups.c.id == bindparam("given")))
_BY_NAME = Prepared(select(groups).where(groups.c.name == bindparam("given")))
_BY_TOKEN = Prepared(select(groups).where(groups.c.link_token == bindparam("given")))
_BY_CODE = Prepared(select(groups).where(groups.c.code == bindparam("given")))
_ADD = Prepared(
    insert(groups)
    .values(
        {
            column.name: bindparam(column.name, type_=column.type)
            for column in groups.c
            if column is not groups.c.id
        }
    )
    .returning(groups)
)
