"""Who facilitates, who administers: given by number, also before that person has ever written."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection

from academy import announcing
from learners.groups import Group
from learners.people import RoleName
from reports.table import Column, Table
from storage import groups, outbox, people, questions, roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """The role is there; `new` is False when the person had it before."""

    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """The role is gone; `held` is False when the person did not have it."""

    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownGroup:
    """No group has this name."""

    name: str
    known: tuple[str, ...]
    """Names of the groups there are."""


GrantOutcome: TypeAlias = Granted | UnknownGroup
RevokeOutcome: TypeAlias = Revoked | UnknownGroup


def find_group(tx: Connection, name: str) -> Group | UnknownGroup:
    """Return the group of this name, or which names there are."""
    found = groups.by_name(tx, " ".join(name.split()))
    if found is not None:
        return found
    return UnknownGroup(name=name, known=tuple(group.name for group in groups.all_groups(tx)))


def grant(
    tx: Connection, *, address: int, role: RoleName, group_name: str | None, now: datetime
) -> GrantOutcome:
    """Give a role to the person with this number; `group_name` is None for an admin."""
    group_id = None
    if group_name is not None:
        group = find_group(tx, group_name)
        if isinstance(group, UnknownGroup):
            return group
        group_id = group.id
    person = people.add(tx, address=address, name="", language="", now=now)
    return Granted(new=roles.grant(tx, person_id=person.id, name=role, group_id=group_id, now=now))


def revoke(
    tx: Connection, *, address: int, role: RoleName, group_name: str | None, now: datetime
) -> RevokeOutcome:
    """Take a role away; it is gone at that person's next press, and with it what still waits under it.

    Announcements that are not out yet are called back, and questions of learners stay unread.
    """
    group_id = None
    if group_name is not None:
        group = find_group(tx, group_name)
        if isinstance(group, UnknownGroup):
            return group
        group_id = group.id
    person = people.by_address(tx, address)
    if person is None or not roles.revoke(tx, person_id=person.id, name=role, group_id=group_id):
        return Revoked(held=False)
    announcing.withdraw(tx, author=person, now=now)
    for asked in () if group_id is None else questions.waiting(tx, group_id):
        outbox.cancel(tx, keys_like=f"question:{asked.id}:{person.id}", now=now, reason="role")
    return Revoked(held=True)


def roles_table(tx: Connection) -> Table:
    """Return every role, in the order it was granted."""
    return Table(
        title="Roles",
        columns=(
            Column("person", "Person"),
            Column("name", "Name"),
            Column("role", "Role"),
            Column("group", "Group"),
            Column("granted_at", "Granted"),
        ),
        rows=tuple(
            (held.address, held.person or None, held.role, held.group, held.granted_at)
            for held in roles.all_roles(tx)
        ),
    )
