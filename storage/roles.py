"""Who may do more than learn: facilitators of a group, and admins.

Read in the transaction that acts on it, never remembered: a role that was taken away is gone at
the next press (guarantees A03).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, Connection, ScalarSelect, bindparam, delete, select

from learners.people import Person, Role, RoleName
from storage.conflicts import insert
from storage.people import PERSON, person_of
from storage.prepared import Prepared
from storage.tables import groups, people, roles


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedRole:
    """One row of the list an operator reads."""

    address: int
    """The messenger's numeric id."""
    person: str
    """Empty until the person has written to the bot."""
    role: RoleName
    group: str | None
    """None for an admin."""
    granted_at: datetime


def roles_of(tx: Connection, person_id: int) -> tuple[Role, ...]:
    """Return everything this person may do beyond learning, in the order it was granted."""
    found = _ROLES_OF.rows(tx, {"given": person_id})
    return tuple(Role(name=row[roles.c.role], group_id=row[roles.c.group_id]) for row in found)


def grant(tx: Connection, *, person_id: int, name: RoleName, group_id: int | None, now: datetime) -> bool:
    """Give a role; False when the person had it already."""
    statement = (
        insert(tx, roles)
        .values(person_id=person_id, role=name, group_id=group_id, granted_at=now)
        .on_conflict_do_nothing()
        .returning(roles.c.id)
    )
    return tx.execute(statement).scalar_one_or_none() is not None


def revoke(tx: Connection, *, person_id: int, name: RoleName, group_id: int | None) -> bool:
    """Take a role away; False when the person did not have it."""
    statement = (
        delete(roles)
        .where(
            roles.c.person_id == person_id,
            roles.c.role == name,
            # IS NOT DISTINCT FROM: the group of an admin is NULL.
            roles.c.group_id.is_not_distinct_from(group_id),
        )
        .returning(roles.c.id)
    )
    return tx.execute(statement).scalar_one_or_none() is not None


def facilitators_of(tx: Connection, group_id: int) -> tuple[Person, ...]:
    """Return the people who follow this group, in the order they were named."""
    return tuple(person_of(row) for row in _FACILITATORS_OF.rows(tx, {"given": group_id}))


def facilitator_name(tx: Connection, group_id: int) -> str:
    """Return the name of the facilitator named first who has one; empty when nobody does."""
    return _FACILITATOR_NAME.one(tx, {"given": group_id})["facilitator"] or ""


def facilitator_name_of(group_id: ColumnElement[int]) -> ScalarSelect[str]:
    """Return the same as part of another query, for the group in `group_id`."""
    helpers = people.alias("helpers")
    return (
        select(helpers.c.name)
        .join(roles, roles.c.person_id == helpers.c.id)
        .where(roles.c.role == "facilitator", roles.c.group_id == group_id, helpers.c.name != "")
        .order_by(roles.c.id)
        .limit(1)
        .scalar_subquery()
    )


def admins(tx: Connection) -> tuple[Person, ...]:
    """Return the admins, in the order they were named."""
    return tuple(person_of(row) for row in _ADMINS.rows(tx, {}))


def all_roles(tx: Connection) -> tuple[GrantedRole, ...]:
    """Return every role, in the order it was granted."""
    query = (
        select(
            people.c.address,
            people.c.name.label("person"),
            roles.c.role,
            groups.c.name.label("group"),
            roles.c.granted_at,
        )
        .select_from(roles.join(people).outerjoin(groups))
        .order_by(roles.c.id)
    )
    return tuple(GrantedRole(**row) for row in tx.execute(query).mappings())


def staff(tx: Connection) -> tuple[tuple[Person, frozenset[RoleName]], ...]:
    """Return everybody with a role, once, with the names of their roles."""
    query = (
        select(*PERSON, roles.c.role.label("role_name")).select_from(roles.join(people)).order_by(roles.c.id)
    )
    found: dict[int, tuple[Person, frozenset[RoleName]]] = {}
    for row in tx.execute(query).mappings():
        person = person_of(row)
        _, names = found.get(person.id, (person, frozenset()))
        found[person.id] = (person, names | {row["role_name"]})
    return tuple(found.values())


def _people(*conditions: ColumnElement[bool]) -> Prepared:
    return Prepared(select(*PERSON).select_from(roles.join(people)).where(*conditions).order_by(roles.c.id))


# Built once, because each press or tick runs them: building a statement costs more than running it.
_FACILITATORS_OF = _people(roles.c.role == "facilitator", roles.c.group_id == bindparam("given"))
_ADMINS = _people(roles.c.role == "admin")
_ROLES_OF = Prepared(
    select(roles.c.role, roles.c.group_id).where(roles.c.person_id == bindparam("given")).order_by(roles.c.id)
)
_FACILITATOR_NAME = Prepared(
    select(facilitator_name_of(bindparam("given", type_=BigInteger)).label("facilitator"))
)
