"""Who learns in which group, on which days, and how it stands."""

from datetime import datetime, time

from sqlalchemy import Connection, bindparam, func, select, update

from learners.groups import Enrollment, EnrollmentState, Group
from storage import summaries
from storage.columns import digits_of, weekdays_of
from storage.conflicts import insert
from storage.prepared import Prepared, Record
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
    found = tx.execute(
        select(enrollments).where(enrollments.c.person_id == person_id).order_by(enrollments.c.id.desc())
    )
    return tuple(enrollment_of(row) for row in found.mappings())


def in_group(tx: Connection, group_id: int) -> tuple[Enrollment, ...]:
    """Return the group's enrollments in every state, in the order people joined."""
    found = tx.execute(
        select(enrollments).where(enrollments.c.group_id == group_id).order_by(enrollments.c.id)
    )
    return tuple(enrollment_of(row) for row in found.mappings())


def first_started_at(tx: Connection, group_id: int) -> datetime | None:
    """Return when the group's first learner began, whoever it was; None before."""
    # A MIN of the column type, so that it comes back as a moment and not as a number.
    first: datetime | None = tx.execute(_FIRST_STARTED, {"given": group_id}).scalar_one()
    return first


def count(tx: Connection, group_id: int) -> int:
    """Return how many places of the group are taken: everybody but those who left."""
    return tx.execute(
        select(func.count())
        .select_from(enrollments)
        .where(enrollments.c.group_id == group_id, enrollments.c.state != "withdrawn")
    ).scalar_one()


def joined_since(tx: Connection, group_id: int, *, since: datetime) -> int:
    """Return how many people have joined the group after `since`."""
    return tx.execute(
        select(func.count())
        .select_from(enrollments)
        .where(enrollments.c.group_id == group_id, enrollments.c.joined_at > since)
    ).scalar_one()


def enroll(tx: Connection, *, person_id: int, group: Group, now: datetime) -> Enrollment:
    """Return the person's enrollment in the group, made in state `joining` if need be.

    One for each person and group: somebody who left and comes back finds what was there.
    """
    made = insert(tx, enrollments).values(
        person_id=person_id,
        group_id=group.id,
        course_version_id=group.course_version_id,
        weekdays=digits_of(group.weekdays),
        at=f"{group.at:%H:%M}",
        state="joining",
        joined_at=now,
    )
    # Setting a column to itself changes nothing and makes RETURNING give the row that is there.
    statement = made.on_conflict_do_update(
        index_elements=[enrollments.c.person_id, enrollments.c.group_id],
        set_={"state": enrollments.c.state},
    ).returning(enrollments)
    enrolled = enrollment_of(tx.execute(statement).mappings().one())
    summaries.rebuild(tx, enrolled.id)
    return enrolled


def set_slot(tx: Connection, enrollment_id: int, *, weekdays: frozenset[int], at: time) -> None:
    """Keep the days and the wall-clock time the learner chose."""
    tx.execute(
        update(enrollments)
        .where(enrollments.c.id == enrollment_id)
        .values(weekdays=digits_of(weekdays), at=f"{at:%H:%M}")
    )


def keep_fresh(tx: Connection, enrollment_id: int, *, since: datetime | None) -> None:
    """Keep that this learner wants questions after the course from now on; None for not any more."""
    tx.execute(update(enrollments).where(enrollments.c.id == enrollment_id).values(fresh_since=since))


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
    tx.execute(update(enrollments).where(enrollments.c.id == enrollment_id).values(**values))


# Built once, because each press runs it: building a statement costs more than running it.
_GET = Prepared(select(enrollments).where(enrollments.c.id == bindparam("given")))
_FIRST_STARTED = select(func.min(enrollments.c.started_at, type_=enrollments.c.started_at.type)).where(
    enrollments.c.group_id == bindparam("given")
)
