"""Who learns in which group, on which days, and how it stands."""

from datetime import datetime, time
from functools import cache

from sqlalchemy import Connection, bindparam, func, select

from learners.groups import Enrollment, EnrollmentState, Group
from storage import summaries
from storage.columns import digits_of, weekdays_of
from storage.conflicts import insert_given
from storage.prepared import Prepared, Record
from storage.row_changes import change_row
from storage.tables import due, enrollments


def enrollment_of(row: Record) -> Enrollment:
    """Return the enrollment of a row selected with all columns of `enrollments`."""
    return Enrollment(
        id=row[enrollments.c.id],
        person_id=row[enrollments.c.person_id],
        group_id=row[enrollments.c.group_id],
        course_version_id=row[enrollments.c.course_version_id],
        weekdays=weekdays_of(row[enrollments.c.weekdays]),
        at=time.fromisoformat(row[enrollments.c.at]),
        state=row[enrollments.c.state],
        joined_at=row[enrollments.c.joined_at],
        started_at=row[enrollments.c.started_at],
        paused_until=row[enrollments.c.paused_until],
        finished_at=row[enrollments.c.finished_at],
        passed_at=row[enrollments.c.passed_at],
        fresh_since=row[enrollments.c.fresh_since],
    )


def get(tx: Connection, enrollment_id: int) -> Enrollment:
    """Return the enrollment; raises NoResultFound when there is none."""
    return enrollment_of(_GET.one(tx, {"given": enrollment_id}))


def by_id(tx: Connection, enrollment_id: int) -> Enrollment | None:
    """Return the enrollment, or None: for numbers that came in a button."""
    row = _GET.one_or_none(tx, {"given": enrollment_id})
    return None if row is None else enrollment_of(row)


def with_due(tx: Connection, *, above: int, limit: int) -> tuple[tuple[Enrollment, datetime | None], ...]:
    """Return enrollments with a number above, by number, and when each is looked at again (None: not)."""
    found = tx.execute(
        select(enrollments, due.c.due_at)
        .outerjoin(due, due.c.enrollment_id == enrollments.c.id)
        .where(enrollments.c.id > above)
        .order_by(enrollments.c.id)
        .limit(limit)
    )
    return tuple((enrollment_of(row), row[due.c.due_at]) for row in found.mappings())


def of_person(tx: Connection, person_id: int) -> tuple[Enrollment, ...]:
    """Return the person's enrollments in every state, newest first."""
    return tuple(enrollment_of(row) for row in _OF_PERSON.rows(tx, {"given": person_id}))


def in_group(tx: Connection, group_id: int) -> tuple[Enrollment, ...]:
    """Return the group's enrollments in every state, in the order people joined."""
    found = tx.execute(
        select(enrollments).where(enrollments.c.group_id == group_id).order_by(enrollments.c.id)
    )
    return tuple(enrollment_of(row) for row in found.mappings())


def first_started_at(tx: Connection, group_id: int) -> datetime | None:
    """Return when the group's first learner began, whoever it was; None before."""
    # A MIN of the column type, so that it comes back as a moment and not as a number.
    first: datetime | None = _FIRST_STARTED.one(tx, {"given": group_id})["first"]
    return first


def count(tx: Connection, group_id: int) -> int:
    """Return how many places of the group are taken: everybody but those who left."""
    taken: int = _COUNT.one(tx, {"given": group_id})["taken"]
    return taken


def joined_since(tx: Connection, group_id: int, *, since: datetime) -> int:
    """Return how many people have joined the group after `since`."""
    joined: int = _JOINED_SINCE.one(tx, {"given": group_id, "since": since})["joined"]
    return joined


def enroll(tx: Connection, *, person_id: int, group: Group, now: datetime) -> Enrollment:
    """Return the person's enrollment in the group, made in state `joining` if need be.

    One for each person and group: somebody who left and comes back finds what was there.
    """
    row = {
        "person_id": person_id,
        "group_id": group.id,
        "course_version_id": group.course_version_id,
        "weekdays": digits_of(group.weekdays),
        "at": f"{group.at:%H:%M}",
        "state": "joining",
        "joined_at": now,
    }
    enrolled = enrollment_of(_enroll(tx.dialect.name).one(tx, row))
    summaries.rebuild(tx, enrolled.id)
    return enrolled


def set_slot(tx: Connection, enrollment_id: int, *, weekdays: frozenset[int], at: time) -> None:
    """Keep the days and the wall-clock time the learner chose."""
    change_row(tx, enrollments, enrollment_id, weekdays=digits_of(weekdays), at=f"{at:%H:%M}")


def keep_fresh(tx: Connection, enrollment_id: int, *, since: datetime | None) -> None:
    """Keep that this learner wants questions after the course from now on; None for not any more."""
    change_row(tx, enrollments, enrollment_id, fresh_since=since)


def set_state(
    tx: Connection,
    enrollment_id: int,
    state: EnrollmentState,
    *,
    paused_until: datetime | None = None,
    finished_at: datetime | None = None,
    started_at: datetime | None = None,
) -> None:
    """Keep the state; `paused_until` is always replaced, the other two only when given."""
    values: dict[str, object] = {"state": state, "paused_until": paused_until}
    if finished_at is not None:
        values["finished_at"] = finished_at
    if started_at is not None:
        values["started_at"] = started_at
    change_row(tx, enrollments, enrollment_id, **values)


# Built once, because each press runs some of them: building a statement costs more than running it.
_GET = Prepared(select(enrollments).where(enrollments.c.id == bindparam("given")))
_OF_PERSON = Prepared(
    select(enrollments).where(enrollments.c.person_id == bindparam("given")).order_by(enrollments.c.id.desc())
)
_FIRST_STARTED = Prepared(
    select(func.min(enrollments.c.started_at, type_=enrollments.c.started_at.type).label("first")).where(
        enrollments.c.group_id == bindparam("given")
    )
)
_COUNT = Prepared(
    select(func.count().label("taken"))
    .select_from(enrollments)
    .where(enrollments.c.group_id == bindparam("given"), enrollments.c.state != "withdrawn")
)
_JOINED_SINCE = Prepared(
    select(func.count().label("joined"))
    .select_from(enrollments)
    .where(enrollments.c.group_id == bindparam("given"), enrollments.c.joined_at > bindparam("since"))
)


@cache
def _enroll(dialect: str) -> Prepared:
    kept = ("person_id", "group_id", "course_version_id", "weekdays", "at", "state", "joined_at")
    made = insert_given(dialect, enrollments, *kept)
    # Setting a column to itself changes nothing and makes RETURNING give the row that is there.
    return Prepared(
        made.on_conflict_do_update(
            index_elements=[enrollments.c.person_id, enrollments.c.group_id],
            set_={"state": enrollments.c.state},
        ).returning(enrollments)
    )
