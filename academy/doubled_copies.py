"""A press on the second copy of a message: it counts as on the first, and the surplus copy goes.

Both copies carry the same buttons, so what is pressed counts once whichever it is. Here only the
chat is put in order: a press on a message whose number we do not know proves that it arrived, and
where we know of another copy, that it arrived twice (guarantees D20).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from pydantic import ValidationError
from sqlalchemy import Connection

from academy.messages import Message
from academy.outgoing import OUTGOING, Delete, RemoveButtons, Screen, Show
from academy.saying import keep
from learners.people import Person
from storage import doubled, outbox
from storage.doubled import InDoubt

DELETABLE: Final = timedelta(hours=48)
"""Bot API, deleteMessage: a bot's own messages can be deleted for so long."""


def settle_doubt(
    tx: Connection, *, person: Person, screen: Screen, carries: Callable[[Message], bool], now: datetime
) -> None:
    """Look whose copy was pressed, if this person has messages in doubt.

    `carries` says whether a message has the button that was pressed. Called after the press had its
    effect: the surplus copy is not what anybody waits for.
    """
    if person.in_doubt_since is None:
        return
    if now - person.in_doubt_since > DELETABLE:
        doubled.trust(tx, person_id=person.id)
        return
    if outbox.find_by_message(tx, person_id=person.id, message_id=screen.message_id) is not None:
        return
    candidates = doubled.in_doubt(tx, person_id=person.id)
    matching = [one for one in candidates if _carries(one, carries)]
    if len(matching) != 1:
        # Of two that carry the button either may be the one pressed: that proves nothing of the other.
        return
    pressed = matching[0]
    if pressed.message_id is None:
        if not doubled.arrived(tx, delivery=pressed.delivery, message_id=screen.message_id, now=now):
            return
    else:
        _clear_away(tx, pressed, surplus=pressed.message_id, person=person, screen=screen, now=now)
    if len(candidates) == 1:
        doubled.trust(tx, person_id=person.id)


def _carries(one: InDoubt, carries: Callable[[Message], bool]) -> bool:
    try:
        outgoing = OUTGOING.validate_json(one.content)
    except ValidationError:  # written by a program that knew other messages
        return False
    return isinstance(outgoing, Show) and carries(outgoing.message)


def _clear_away(
    tx: Connection, pressed: InDoubt, *, surplus: int, person: Person, screen: Screen, now: datetime
) -> None:
    """Note the copies, and take the one away that was not pressed; after two days only its buttons."""
    doubled.proved(
        tx,
        delivery=pressed.delivery,
        person_id=person.id,
        surplus=surplus,
        message_id=screen.message_id,
    )
    young = pressed.settled_at is not None and now - pressed.settled_at < DELETABLE
    left = RemoveButtons(screen=Screen(message_id=surplus, has_media=screen.has_media))
    keep(
        tx,
        person_id=person.id,
        outgoing=Delete(message_id=surplus) if young else left,
        kind="reply",
        now=now,
    )
