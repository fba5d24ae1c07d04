"""Announcements that came with a course: send, edit or leave what was offered.

The first facilitator who presses makes the draft theirs; from there on it is an announcement like
any other. The role is asked for at every press.
"""

from sqlalchemy import Connection

from academy import announcing, drafting
from academy.messages.facilitating import Notice
from academy.saying import say
from bot.context import N_, Context, TapHandler
from bot.handlers.presses import BUTTON_NOT_IN_USE, number
from bot.incoming import Tap
from learners.permissions import may
from storage import announcements, groups
from storage.announcements import KeptAnnouncement

_CLOSED = N_("This announcement was sent or dropped before.")


def release(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Send to 22]."""
    kept = _taken(tx, tap, context)
    if isinstance(kept, str):
        return kept
    outcome = announcing.confirm(tx, kept=kept, screen=tap.screen, now=context.now, academy=context.academy)
    if outcome == "nobody":
        return N_("Nobody would get it, so it was not sent.")
    return None if outcome == "done" else _CLOSED


def rewrite(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Edit]: write another text in place of the course's."""
    kept = _taken(tx, tap, context)
    if isinstance(kept, str):
        return kept
    group = groups.group(tx, kept.group_id)
    announcing.begin(
        tx, person=context.known(), group=group, screen=tap.screen, now=context.now, replaces=kept.id
    )
    return None


def leave(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Not now]."""
    kept = _taken(tx, tap, context)
    if isinstance(kept, str):
        return kept
    outcome = announcing.drop(tx, kept=kept, screen=tap.screen, now=context.now)
    return None if outcome == "done" else _CLOSED


def _taken(tx: Connection, tap: Tap, context: Context) -> KeptAnnouncement | str:
    """Return the draft, now this person's, or the toast that says why it is not."""
    announcement_id = number(tap, 0)
    offered = None if announcement_id is None else announcements.get(tx, announcement_id)
    if offered is None or offered.bundled is None:
        return BUTTON_NOT_IN_USE
    person = context.known()
    if not may(context.roles, "announce", group_id=offered.group_id):
        say(tx, person_id=person.id, message=Notice(what="not_allowed"), now=context.now, edits=tap.screen)
        return N_("This needs a role that you do not have.")
    kept = drafting.take(tx, offered.id, by=person)
    return _CLOSED if kept is None or kept.state != "draft" else kept


TAPS: dict[str, TapHandler] = {"n_release": release, "n_rewrite": rewrite, "n_pass": leave}
