"""Who was shown learners' records, and when: what an academy must be able to tell (guarantees G07).

A row names people and groups by their numbers and holds nothing of what was shown. It is written in the
transaction that shows it, or just before where that one only reads.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, exists, insert, or_, select

from learners.people import RoleName
from storage.prepared import Prepared
from storage.tables import accesses, enrollments, groups, people

ONE_ACCESS: Final = timedelta(minutes=15)
"""Whoever is shown the same again within this time of the row has it once."""

KEPT: Final = timedelta(days=365.25)
"""Twelve months; then a row goes."""

What: TypeAlias = Literal["figures", "hands", "answer", "name", "report", "answers", "update"]
"""`figures` and `hands` are /group, `answer` and `name` are /grade, the others commands of an operator."""

OF_A_GROUP: Final[tuple[What, ...]] = ("figures", "hands", "report", "answers")
"""What shows a whole group; the rest shows one learner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who was shown something."""

    role: RoleName | Literal["operator"]
    """`operator` is whoever may run commands on this computer."""
    person_id: int | None
    """None for an operator, whom nobody asks for a name."""


OPERATOR: Final = Viewer(role="operator", person_id=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What was shown: a group's records, or one learner's."""

    what: What
    group_id: int | None
    """None for an update, which belongs to no group."""
    learner_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One row of the list an operator reads."""

    accessed_at: datetime
    role: str
    person: int | None
    """The messenger's number; None for an operator, and after erasing."""
    name: str | None
    what: str
    group: str | None
    learner: int | None
    """The messenger's number; None where it was the whole group, and after erasing."""


def note(tx: Connection, *, viewer: Viewer, shown: Shown, now: datetime) -> None:
    """Note that this was shown, unless a row younger than `ONE_ACCESS` says so already."""
    values = {
        "role": viewer.role,
        "person_id": viewer.person_id,
        "what": shown.what,
        "group_id": shown.group_id,
        "learner_id": shown.learner_id,
    }
    same = [accesses.c[name] == value for name, value in values.items()]
    before = select(accesses.c.id).where(accesses.c.accessed_at > now - ONE_ACCESS, *same)
    if tx.execute(before.limit(1)).first() is None:
        tx.execute(insert(accesses).values(accessed_at=now, **values))


def listing(
    tx: Connection, *, group_id: int | None = None, person_id: int | None = None
) -> tuple[Access, ...]:
    """Return every access, oldest first: of one group, and by or to one person, where that is given."""
    viewers, learners = people.alias("viewers"), people.alias("learners")
    query = (
        select(
            accesses.c.accessed_at,
            accesses.c.role,
            viewers.c.address.label("person"),
            viewers.c.name,
            accesses.c.what,
            groups.c.name.label("group"),
            learners.c.address.label("learner"),
        )
        .select_from(
            accesses.outerjoin(viewers, viewers.c.id == accesses.c.person_id)
            .outerjoin(groups, groups.c.id == accesses.c.group_id)
            .outerjoin(learners, learners.c.id == accesses.c.learner_id)
        )
        .order_by(accesses.c.accessed_at, accesses.c.id)
    )
    if group_id is not None:
        query = query.where(accesses.c.group_id == group_id)
    if person_id is not None:
        query = query.where(or_(accesses.c.person_id == person_id, showed(person_id)))
    return tuple(Access(**row) for row in tx.execute(query).mappings())


def showed(person_id: int) -> ColumnElement[bool]:
    """Return the condition that this person was shown: alone, or as one of a group they had joined."""
    in_group = exists().where(
        enrollments.c.person_id == person_id,
        enrollments.c.group_id == accesses.c.group_id,
        enrollments.c.joined_at <= accesses.c.accessed_at,
    )
    return or_(accesses.c.learner_id == person_id, and_(accesses.c.what.in_(OF_A_GROUP), in_group))


def prune(tx: Connection, *, now: datetime) -> int:
    """Delete what is older than `KEPT`; return how many rows that were."""
    return len(_PRUNE.rows(tx, {"cutoff": now - KEPT}))


# Built once, because each tick runs it: building a statement costs more than running it.
_PRUNE = Prepared(
    delete(accesses).where(accesses.c.accessed_at < bindparam("cutoff")).returning(accesses.c.id)
)
