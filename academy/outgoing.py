"""One thing to be said to one person: what the outbox keeps and the messenger speaks."""

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from pydantic import ConfigDict, Field, TypeAdapter

from academy.messages import Message
from academy.screen import Screen

__all__ = [
    "OUTGOING",
    "PRIORITY",
    "Delete",
    "Kind",
    "Outgoing",
    "RemoveButtons",
    "Screen",
    "Show",
    "is_repeatable",
]

Kind: TypeAlias = Literal["reply", "lesson", "reminder", "announcement", "notice"]
"""`reply` answers what the person just did; `notice` is started by us but is not a lesson."""

PRIORITY: dict[Kind, int] = {"reply": 0, "lesson": 1, "reminder": 1, "notice": 1, "announcement": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """Say `message`: as a new message, or in place of `edits`."""

    action: Literal["show"] = "show"
    message: Annotated[Message, Field(discriminator="kind")]
    silent: bool = True
    """False only for what may buzz: lesson offers, reminders, announcements, answers by people."""
    edits: Screen | None = None
    reply_to: int | None = None
    """The person's own message to quote, if it still exists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveButtons:
    """Take the used buttons off a message and leave its words."""

    action: Literal["remove_buttons"] = "remove_buttons"
    screen: Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Remove one of our own messages (the messenger allows it for 48 hours)."""

    action: Literal["delete"] = "delete"
    message_id: int


Outgoing: TypeAlias = Show | RemoveButtons | Delete

OUTGOING: TypeAdapter[Outgoing] = TypeAdapter(
    Annotated[Outgoing, Field(discriminator="action")],
    # Built at its first use: a quarter of a second that neither a start nor a command has to wait for.
    config=ConfigDict(defer_build=True),
)


def is_repeatable(outgoing: Outgoing) -> bool:
    """Return whether saying it twice does no harm: edits, button removals, deletions.

    Only what creates a message takes one of the sender's credits (guarantees 4.1).
    """
    return not isinstance(outgoing, Show) or outgoing.edits is not None
