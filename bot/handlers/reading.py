"""Reading a press: whose it is, which values it carries, and what to say when it is none of ours.

Buttons come back from a client, so any value may be missing or made up (guarantees A01): what no
button of ours carries raises ValueError, which `bot.handling` answers once for all.
"""

from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from academy import joining
from academy.agreeing_times import Chosen
from academy.facts import AcademyFacts
from bot.context import Context, TapHandler
from bot.handlers.presses import BUTTON_NOT_IN_USE as NOT_IN_USE
from bot.incoming import Sender, Tap
from learners.people import Person


class _OnEnrollment(Protocol):
    """What the academy does with such a press; False when it is not this person's enrollment."""

    def __call__(
        self, tx: Connection, chosen: Chosen, /, *, now: datetime, academy: AcademyFacts
    ) -> bool: ...


def speaker(tx: Connection, sender: Sender, context: Context) -> Person:
    """Return who is speaking; somebody new gets a row, so that an answer can wait for them.

    A row made by granting a role has no name and no language before its owner's first words.
    """
    if context.person is not None and context.person.name and context.person.language:
        return context.person
    return joining.visitor(
        tx,
        address=sender.address,
        name=sender.name,
        language=sender.language,
        now=context.now,
        academy=context.academy,
    )


def still_in_use(done: bool) -> str | None:
    """Return the toast for a press that did nothing, None for one that did something."""
    return None if done else NOT_IN_USE


def chosen(tx: Connection, tap: Tap, context: Context) -> Chosen:
    """Return a press on a screen of an enrollment, whose number is the button's first value."""
    return Chosen(person=speaker(tx, tap.sender, context), enrollment_id=number(tap, 0), screen=tap.screen)


def on_enrollment(act: _OnEnrollment) -> TapHandler:
    """Return the handler of a button that names an enrollment and nothing else."""

    def pressed(tx: Connection, tap: Tap, context: Context) -> str | None:
        return still_in_use(act(tx, chosen(tx, tap, context), now=context.now, academy=context.academy))

    return pressed


def text(tap: Tap, position: int) -> str:
    """Return the value at `position` as it came; raises ValueError when it is missing."""
    if tap.press is None or position >= len(tap.press.values):
        raise ValueError("a value is missing")
    return tap.press.values[position]


def number(tap: Tap, position: int) -> int:
    """Return the value at `position` as a number a database can hold; raises ValueError for any other."""
    if tap.press is None:
        raise ValueError("a value is missing")
    value = tap.press.number(position)
    if not 0 <= value < 2**53:
        raise ValueError("no button of ours carries this number")
    return value


def days(tap: Tap, position: int) -> frozenset[int]:
    """Return the weekdays at `position`, written like `024`; raises ValueError for anything else."""
    digits = text(tap, position)
    if len(digits) > 7 or not set(digits) <= set("0123456"):
        raise ValueError("a week has seven days")
    return frozenset(int(digit) for digit in digits)
