"""Who helps the learners of a group, by the name that learners see, and what they find here themselves."""

from sqlalchemy import Connection

from academy.messages.facilitating import Notice
from learners.people import Person
from storage import roles


def facilitator_name(tx: Connection, group_id: int) -> str:
    """Return the name of the facilitator named first; empty while nobody has one.

    A role can be granted before its owner ever wrote to the bot, and then has no name yet.
    """
    return roles.facilitator_name(tx, group_id)


def place_of_staff(tx: Connection, person: Person) -> Notice:
    """Return what is here for somebody who has a role and learns nothing."""
    facilitates = any(role.name == "facilitator" for role in roles.roles_of(tx, person.id))
    return Notice(what="facilitator_here" if facilitates else "admin_here")
