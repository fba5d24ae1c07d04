"""Who helps the learners of a group, by the name that learners see."""

from sqlalchemy import Connection

from storage import roles


def facilitator_name(tx: Connection, group_id: int) -> str:
    """Return the name of the facilitator named first; empty while nobody has one.

    A role can be granted before its owner ever wrote to the bot, and then has no name yet.
    """
    return next((person.name for person in roles.facilitators_of(tx, group_id) if person.name), "")
