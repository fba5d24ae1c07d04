"""The door through which the academy speaks: any messenger can stand behind it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from academy.outgoing import Outgoing


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """To whom, and how they wish to read."""

    person_id: int
    address: int
    language: str
    """BCP 47; empty means the academy's first language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The messenger took it."""

    message_id: int | None
    """None for an edit or a deletion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The messenger will not take it, now or later."""

    reason: str
    """`blocked`, `not_found`, `refused`, `token`: machine word; the messenger's text is in `detail`."""
    detail: str = ""
    unreachable: bool = False
    """Nothing will reach this person until they write again."""
    moved_to: int | None = None
    """The chat has another address now; say it once more there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """Surely not sent: may be repeated, and no attempt is used up."""

    reason: str
    retry_after_seconds: float | None = None
    """Given by the messenger (429); None means back off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertain:
    """May have been sent; nobody can know (guarantees 2)."""

    reason: str


Outcome: TypeAlias = Sent | Refused | NotSent | Uncertain


class Messenger(Protocol):
    """Speaks one outgoing thing to one person."""

    async def send(self, outgoing: Outgoing, to: Recipient, *, now: datetime) -> Outcome:
        """Return what became of it; never raises for what the network or the messenger does."""
        ...
