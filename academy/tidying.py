"""Used buttons disappear also where no press told us which message they stand on.

Somebody who types an answer has not tapped anything: the message is looked for among those they
were shown last.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from academy.messages import Message
from academy.messages.learning import CardShown, QuestionShown
from academy.outgoing import OUTGOING, Screen, Show
from academy.saying import remove_buttons
from storage import outbox

LOOKED_THROUGH: Final = 10
"""The message that was answered is nearly always the newest."""


def take_buttons_off(
    tx: Connection, *, person_id: int, wanted: Callable[[Message], bool], now: datetime
) -> None:
    """Take the buttons off the newest message that is `wanted`; nothing happens when it is not found."""
    for message_id, content in outbox.newest_shown(tx, person_id=person_id, limit=LOOKED_THROUGH):
        shown = OUTGOING.validate_json(content)
        if isinstance(shown, Show) and wanted(shown.message):
            screen = Screen(message_id=message_id, has_media=_has_media(shown.message))
            remove_buttons(tx, person_id=person_id, screen=screen, now=now)
            return


def _has_media(message: Message) -> bool:
    if isinstance(message, CardShown) and message.enclosure is not None:
        return True
    return isinstance(message, (CardShown, QuestionShown)) and message.picture is not None
