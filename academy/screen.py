"""Where a press came from; apart from everything that is said, so that listening need not wait for that."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """The message a tap came from: what may be edited in place."""

    message_id: int
    has_media: bool
    """A picture's caption is edited by another call than a text."""
