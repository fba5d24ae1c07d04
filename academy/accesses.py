"""Noting who is shown learners' records, and the list of it.

Noted is what somebody asked to see: figures, lists, answers to grade, reports. What a learner sends to
their facilitator, and what the service tells by itself, is not.
"""

from datetime import datetime

from sqlalchemy import Connection

from learners.groups import Group
from learners.people import Person
from reports.table import Column, Table
from storage import accesses, roles
from storage.accesses import Shown, Viewer


def note_shown(tx: Connection, *, to: Person, shown: Shown, now: datetime) -> None:
    """Note what a facilitator or an admin is shown, in the transaction that shows it."""
    # Of both roles, the one in this group: an admin's has none.
    facilitates = any(role.group_id == shown.group_id for role in roles.roles_of(tx, to.id))
    viewer = Viewer(role="facilitator" if facilitates else "admin", person_id=to.id)
    accesses.note(tx, viewer=viewer, shown=shown, now=now)


def accesses_table(tx: Connection, *, group: Group | None, person: Person | None) -> Table:
    """Return every access, oldest first; of one group, and by or to one person, where that is given."""
    found = accesses.listing(
        tx,
        group_id=None if group is None else group.id,
        person_id=None if person is None else person.id,
    )
    return Table(
        title="Who was shown what",
        columns=(
            Column("accessed_at", "Shown"),
            Column("role", "Role"),
            Column("person", "Person"),
            Column("name", "Name"),
            Column("what", "What"),
            Column("group", "Group"),
            Column("learner", "Learner"),
        ),
        rows=tuple(
            (one.accessed_at, one.role, one.person, one.name or None, one.what, one.group, one.learner)
            for one in found
        ),
    )
