"""/group: how a group stands, and who needs a hand. The role is asked for at every press."""

from typing import Final

from sqlalchemy import Connection

from academy import reporting
from academy.messages.facilitating import GroupChoice, Notice
from academy.saying import say
from bot.context import N_, CommandHandler, Context, TapHandler
from bot.handlers.presses import number
from bot.incoming import Command, Tap
from learners.groups import Group
from learners.permissions import may


def group(tx: Connection, _command: Command, context: Context) -> None:
    """/group: the figures, or first the question which group."""
    person = context.known()
    groups = reporting.groups_for(tx, roles=context.roles, action="see_group")
    match groups:
        case ():
            say(tx, person_id=person.id, message=_refusal(context), now=context.now)
        case (only,):
            reporting.show_group(tx, person=person, group=only, now=context.now, academy=context.academy)
        case _:
            choice = GroupChoice(purpose="group", groups=tuple((one.id, one.name) for one in groups))
            say(tx, person_id=person.id, message=choice, now=context.now)


def show(tx: Connection, tap: Tap, context: Context) -> str | None:
    """The figures of this group, as they are now: a new message, because it carries a new picture."""
    chosen = _group(tx, tap, context)
    if chosen is None:
        return N_("This needs a role that you do not have.")
    reporting.show_group(tx, person=context.known(), group=chosen, now=context.now, academy=context.academy)
    return None


def hands(tx: Connection, tap: Tap, context: Context) -> str | None:
    """Everybody in this group who needs a hand."""
    chosen = _group(tx, tap, context)
    if chosen is None:
        return N_("This needs a role that you do not have.")
    reporting.show_hands(
        tx, person=context.known(), group=chosen, screen=None, now=context.now, academy=context.academy
    )
    return None


def _group(tx: Connection, tap: Tap, context: Context) -> Group | None:
    group_id = number(tap, 0)
    if group_id is None or not may(context.roles, "see_group", group_id=group_id):
        return None
    return reporting.find_group(tx, group_id)


def _refusal(context: Context) -> Notice:
    is_admin = any(role.name == "admin" for role in context.roles)
    return Notice(what="no_group" if is_admin else "not_allowed")


COMMANDS: Final[dict[str, CommandHandler]] = {"group": group}
TAPS: Final[dict[str, TapHandler]] = {"g_show": show, "g_hands": hands}
