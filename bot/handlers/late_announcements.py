"""Announcements whose time was over: whoever may write to the group decides; asked at every press."""

from typing import Final

from sqlalchemy import Connection

from academy import late_announcements
from bot.context import N_, Context, TapHandler
from bot.handlers.presses import BUTTON_NOT_IN_USE, number
from bot.incoming import Tap
from learners.permissions import may
from storage import announcements
from storage.announcements import KeptAnnouncement

_CLOSED: Final = N_("This announcement was sent or dropped before.")
_NOT_YOURS: Final = N_("This needs a role that you do not have.")


def send_anyway(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Send to 22]."""
    kept = _kept(tx, tap, context)
    if isinstance(kept, str):
        return kept
    outcome = late_announcements.send_anyway(
        tx, kept=kept, by=context.known(), screen=tap.screen, now=context.now, academy=context.academy
    )
    return None if outcome == "done" else _CLOSED


def drop(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Drop it]."""
    kept = _kept(tx, tap, context)
    if isinstance(kept, str):
        return kept
    outcome = late_announcements.drop(tx, kept=kept, by=context.known(), screen=tap.screen, now=context.now)
    return None if outcome == "done" else _CLOSED


def _kept(tx: Connection, tap: Tap, context: Context) -> KeptAnnouncement | str:
    announcement_id = number(tap, 0)
    kept = None if announcement_id is None else announcements.get(tx, announcement_id)
    if kept is None:
        return BUTTON_NOT_IN_USE
    return kept if may(context.roles, "announce", group_id=kept.group_id) else _NOT_YOURS


TAPS: Final[dict[str, TapHandler]] = {"n_anyway": send_anyway, "n_over": drop}
