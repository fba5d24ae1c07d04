"""How the academy speaks: by a row in the outbox, in the transaction that decided it."""

from datetime import datetime

from sqlalchemy import Connection

from academy.messages import Message
from academy.outgoing import (
    OUTGOING,
    PRIORITY,
    Kind,
    Outgoing,
    RemoveButtons,
    Screen,
    Show,
    is_repeatable,
)
from storage import outbox


def say(
    tx: Connection,
    *,
    person_id: int,
    message: Message,
    now: datetime,
    kind: Kind = "reply",
    silent: bool = True,
    edits: Screen | None = None,
    reply_to: int | None = None,
    key: str | None = None,
    not_before: datetime | None = None,
) -> int | None:
    """Return the delivery's id, or None when `key` has been said already.

    With `edits` the message takes the place of the one on that screen.
    """
    shown = Show(message=message, silent=silent, edits=edits, reply_to=reply_to)
    return keep(tx, person_id=person_id, outgoing=shown, kind=kind, now=now, key=key, not_before=not_before)


def remove_buttons(tx: Connection, *, person_id: int, screen: Screen, now: datetime) -> None:
    """Take the used buttons off a message and leave its words."""
    keep(tx, person_id=person_id, outgoing=RemoveButtons(screen=screen), kind="reply", now=now)


def keep(
    tx: Connection,
    *,
    person_id: int,
    outgoing: Outgoing,
    kind: Kind,
    now: datetime,
    key: str | None = None,
    not_before: datetime | None = None,
) -> int | None:
    """Put one outgoing thing into the outbox; None when `key` is there already."""
    return outbox.add(
        tx,
        person_id=person_id,
        kind=kind,
        priority=PRIORITY[kind],
        content=OUTGOING.dump_json(outgoing).decode(),
        now=now,
        key=key,
        not_before=not_before or now,
        repeatable=is_repeatable(outgoing),
    )
