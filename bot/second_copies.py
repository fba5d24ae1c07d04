"""Whether a pressed message is the second copy of another: it has the button that was pressed."""

from datetime import datetime

from sqlalchemy import Connection

from academy.doubled_copies import settle_doubt
from academy.messages import Message
from bot import screens
from bot.callback_data import Press
from bot.incoming import Tap
from i18n.catalog import translator
from learners.people import Person


def see_to_copies(tx: Connection, tap: Tap, *, person: Person, now: datetime) -> None:
    """Put the chat in order after a press on a message that may have arrived twice."""
    press = tap.press
    if press is None or tap.screen is None:
        return
    settle_doubt(
        tx,
        person=person,
        screen=tap.screen,
        carries=lambda message: _has_button(message, press, now=now),
        now=now,
    )


def _has_button(message: Message, press: Press, *, now: datetime) -> bool:
    # What a button carries is the same in every language.
    shown = screens.view(message, translator("en"), now=now)
    return any(button.press == press for row in shown.buttons for button in row)
