"""What facilitators and admins are told of messages that nobody can know to have arrived."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

Subject: TypeAlias = Literal["lesson", "reminder", "step", "announcement", "answer", "other"]
"""What the message was about; `step` is somewhere inside a lesson."""
HeldVerdict: TypeAlias = Literal["send_again", "arrived", "drop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDelivery:
    """A message that may have arrived, and the buttons that decide about it."""

    kind: Literal["held_delivery"] = "held_delivery"
    delivery: int
    name: str
    """Whom it was for; may be empty."""
    group: str
    """Empty where no group looks after this person."""
    subject: Subject
    title: str
    """Of the lesson, or the first words of an announcement; empty when there are none."""
    times: int
    """How often it may have arrived."""
    held_at: datetime
    zone: str
    """In which the moment is shown."""
    others: int
    """How many more wait to be decided."""
    why: Literal["line", "restored"] = "line"
    """The line broke, or an older copy of the data was put back, which does not know what was sent since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDecided:
    """What was decided about it."""

    kind: Literal["held_decided"] = "held_decided"
    delivery: int
    name: str
    verdict: HeldVerdict
    before: bool
    """Somebody had decided otherwise before: that counts."""
    others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingHeld:
    """Everything is decided."""

    kind: Literal["nothing_held"] = "nothing_held"


HeldMessage: TypeAlias = HeldDelivery | HeldDecided | NothingHeld
