"""Messages that we start and that did not leave when they should have: they may have to wait on.

A row is looked at by the zone of whoever it is for; those are few, however many rows wait.
"""

from datetime import datetime

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    update,
)

from storage.outbox import is_open, is_unsent, state_is
from storage.prepared import Prepared
from storage.tables import enrollments, groups, outbox, people

_STARTED_BY_US = ("lesson", "reminder", "announcement")


def zones(tx: Connection, *, before: datetime) -> tuple[str, ...]:
    """Return the zones of those for whom something has waited since `before`, or may have arrived.

    A zone is the person's own, else that of the group they joined last, else empty.
    """
    return tuple(sorted(row["zone"] for row in _ZONES.rows(tx, {"before": before})))


def put_off(tx: Connection, *, zone: str, before: datetime, until: datetime) -> int:
    """Let what has waited since `before` in this zone wait until then; return how many rows that are."""
    theirs = select(outbox.c.id).join(people, people.c.id == outbox.c.person_id).where(_late(before))
    changed = tx.execute(
        update(outbox)
        .where(outbox.c.id.in_(theirs.where(_zone() == zone)))
        .values(not_before=until)
        .returning(outbox.c.id)
    )
    return len(changed.all())


def _late(before: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return and_(
        is_open(),
        is_unsent(),
        outbox.c.kind.in_([literal_column(f"'{kind}'") for kind in _STARTED_BY_US]),
        or_(outbox.c.not_before <= before, state_is("uncertain")),
    )


def _zone() -> ColumnElement[str]:
    of_group = (
        select(groups.c.zone)
        .join(enrollments, enrollments.c.group_id == groups.c.id)
        .where(enrollments.c.person_id == people.c.id)
        .order_by(enrollments.c.id.desc())
        .limit(1)
        .correlate(people)
        .scalar_subquery()
    )
    return func.coalesce(people.c.zone, of_group, "")


# Built once, because each tick runs it: building a statement costs more than running it.
_ZONES = Prepared(
    select(_zone().label("zone"))
    .join(people, people.c.id == outbox.c.person_id)
    .where(_late(bindparam("before")))
    .distinct()
)
