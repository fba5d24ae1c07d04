"""What every handler is given beside the transaction and what came in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import TypeAlias

from sqlalchemy import Connection

from academy.facts import AcademyFacts
from bot.incoming import Command, PhotoSent, Tap, Typed
from learners.people import Person, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The moment, the academy, and who is speaking."""

    now: datetime
    academy: AcademyFacts
    person: Person | None
    """None when the sender's number is not known to us."""
    read_roles: Callable[[], tuple[Role, ...]]
    random: Random
    """For join codes and tokens it is a `SystemRandom`; tests give a seeded one."""

    @property
    def roles(self) -> tuple[Role, ...]:
        """What the person may do; read when it matters, which for a learner's press it does not.

        In the same transaction: a role that was taken away is gone at the next press.
        """
        return self.read_roles()

    def known(self) -> Person:
        """Return the person; raises LookupError where routing should have turned a stranger away."""
        if self.person is None:
            raise LookupError("this handler is for people we know")
        return self.person


CommandHandler: TypeAlias = Callable[[Connection, Command, Context], None]
TapHandler: TypeAlias = Callable[[Connection, Tap, Context], str | None]
"""Returns a toast in English, marked with N_, or None; at most 200 characters in every language."""
TypedHandler: TypeAlias = Callable[[Connection, Typed | PhotoSent, Context], None]


def N_(text: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark `text` for translation; it is translated where it is shown."""
    return text
