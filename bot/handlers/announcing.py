"""/announce: write, look, test, schedule, send, undo. The role is asked for at every press."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from academy import announcement_control, announcing, reporting
from academy.announcement_outcomes import Outcome
from academy.messages.facilitating import GroupChoice, Notice
from academy.outgoing import Screen
from academy.saying import say
from bot.context import N_, CommandHandler, Context, TapHandler, TypedHandler
from bot.handlers.presses import BUTTON_NOT_IN_USE, number
from bot.incoming import Command, PhotoSent, Tap, Typed
from bot.limits import TELEGRAM
from bot.screens.announcing import AT_ONCE
from learners.groups import Group
from learners.permissions import may
from storage import conversations
from storage.announcements import KeptAnnouncement

_TOASTS: Final[dict[Outcome, str | None]] = {
    "done": None,
    "closed": N_("This announcement was sent or dropped before."),
    "nobody": N_("Nobody would get it, so it was not sent."),
    "too_late": N_("All of them are out already."),
    "past": N_("That moment is over. Choose a later one."),
}


def announce(tx: Connection, _command: Command, context: Context) -> None:
    """/announce: to which group?"""
    person = context.known()
    groups = reporting.groups_for(tx, roles=context.roles, action="announce")
    match groups:
        case ():
            _not_allowed(tx, context, screen=None)
        case (group,):
            announcing.begin(tx, person=person, group=group, screen=None, now=context.now)
        case _:
            choice = GroupChoice(purpose="announce", groups=tuple((group.id, group.name) for group in groups))
            say(tx, person_id=person.id, message=choice, now=context.now)


def group_chosen(tx: Connection, tap: Tap, context: Context) -> str | None:
    """Write to this group."""
    group = _group(tx, number(tap, 0), context)
    if group is None:
        return _not_allowed(tx, context, screen=tap.screen)
    # The picture of /group cannot turn into a text: then the prompt is a message of its own.
    screen = tap.screen if tap.screen is not None and not tap.screen.has_media else None
    announcing.begin(tx, person=context.known(), group=group, screen=screen, now=context.now)
    return None


def written(tx: Connection, incoming: Typed | PhotoSent, context: Context) -> None:
    """The text, or the picture with its text, has come."""
    person = context.known()
    expected = conversations.topic(tx, person.id)
    state = expected[1] if expected is not None else {}
    group = _group(tx, _whole(state.get("group")), context)
    if group is None:
        conversations.clear(tx, person.id)
        _not_allowed(tx, context, screen=None)
        return
    announcing.compose(
        tx,
        author=person,
        group=group,
        text=incoming.caption if isinstance(incoming, PhotoSent) else incoming.text,
        photo_file_id=incoming.file_id if isinstance(incoming, PhotoSent) else None,
        replaces=_whole(state.get("replaces")) or 0,
        limits=TELEGRAM,
        now=context.now,
        academy=context.academy,
    )


def stop(tx: Connection, tap: Tap, context: Context) -> str | None:
    """Write nothing after all."""
    announcing.stop_writing(tx, person=context.known(), screen=tap.screen, now=context.now)
    return N_("Cancelled.")


def edit(tx: Connection, tap: Tap, context: Context) -> str | None:
    """Write another text in place of this one."""
    kept = _kept(tx, tap, context)
    if isinstance(kept, str):
        return kept
    if kept.state != "draft":
        return _TOASTS["closed"]
    group = reporting.find_group(tx, kept.group_id)
    assert group is not None
    announcing.begin(
        tx, person=context.known(), group=group, screen=tap.screen, now=context.now, replaces=kept.id
    )
    return None


def at(tx: Connection, tap: Tap, context: Context) -> str | None:
    """Send it at this moment, or at once after all."""
    kept = _kept(tx, tap, context)
    if isinstance(kept, str):
        return kept
    minutes = number(tap, 1)
    if minutes is None or minutes > _LAST_MINUTE:
        return BUTTON_NOT_IN_USE
    send_at = None if minutes == AT_ONCE else _EPOCH + timedelta(minutes=minutes)
    return _TOASTS[
        announcement_control.schedule(
            tx, kept=kept, send_at=send_at, screen=tap.screen, now=context.now, academy=context.academy
        )
    ]


def undo(tx: Connection, tap: Tap, context: Context) -> str | None:
    """Call back what is not out yet."""
    return _closing(tx, tap, context, announcing.undo)


def drop(tx: Connection, tap: Tap, context: Context) -> str | None:
    """Throw the draft away."""
    return _closing(tx, tap, context, announcing.drop)


def _press(verb: Callable[..., Outcome]) -> TapHandler:
    def pressed(tx: Connection, tap: Tap, context: Context) -> str | None:
        kept = _kept(tx, tap, context)
        if isinstance(kept, str):
            return kept
        return _TOASTS[verb(tx, kept=kept, screen=tap.screen, now=context.now, academy=context.academy)]

    return pressed


def _closing(tx: Connection, tap: Tap, context: Context, verb: Callable[..., Outcome]) -> str | None:
    kept = _kept(tx, tap, context)
    if isinstance(kept, str):
        return kept
    return _TOASTS[verb(tx, kept=kept, screen=tap.screen, now=context.now)]


def _kept(tx: Connection, tap: Tap, context: Context) -> KeptAnnouncement | str:
    """Return the announcement a button points at, or the toast for somebody who may not press it."""
    announcement_id = number(tap, 0)
    kept = None
    if announcement_id is not None:
        kept = announcing.find(tx, announcement_id, author=context.known())
    if kept is None:
        return BUTTON_NOT_IN_USE
    if not may(context.roles, "announce", group_id=kept.group_id):
        return _not_allowed(tx, context, screen=tap.screen)
    return kept


def _group(tx: Connection, group_id: int | None, context: Context) -> Group | None:
    """Return the group if this person may write to it."""
    if group_id is None or not may(context.roles, "announce", group_id=group_id):
        return None
    return reporting.find_group(tx, group_id)


def _not_allowed(tx: Connection, context: Context, *, screen: Screen | None) -> str:
    say(tx, person_id=context.known().id, message=Notice(what="not_allowed"), now=context.now, edits=screen)
    return N_("This needs a role that you do not have.")


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MINUTE: Final = 2**27
"""In the year 2225: beyond it a datetime might not hold the moment."""

COMMANDS: Final[dict[str, CommandHandler]] = {"announce": announce}
TAPS: Final[dict[str, TapHandler]] = {
    "n_group": group_chosen,
    "n_stop": stop,
    "n_edit": edit,
    "n_at": at,
    "n_undo": undo,
    "n_drop": drop,
    "n_control": _press(announcement_control.show),
    "n_test": _press(announcement_control.test_send),
    "n_who": _press(announcement_control.show_names),
    "n_when": _press(announcement_control.offer_moments),
    "n_send": _press(announcing.confirm),
}
TYPED: Final[dict[str, TypedHandler]] = {announcing.TOPIC: written}
