"""What a press under an announcement led to, and what the announcement says."""

from typing import Literal, TypeAlias

from pydantic import TypeAdapter

from academy.messages.facilitating import Announcement
from storage.announcements import KeptAnnouncement

Outcome: TypeAlias = Literal["done", "closed", "nobody", "too_late", "past"]
"""What a press led to.

- `done`: it had its effect.
- `closed`: the draft was sent, replaced or dropped before; nothing happened.
- `nobody`: nobody would get it, so nothing was sent.
- `too_late`: every copy is out; there is nothing left to undo.
- `past`: that moment is over.
"""

_CONTENT = TypeAdapter(Announcement)


def content_of(kept: KeptAnnouncement) -> Announcement:
    """Return what learners get."""
    return _CONTENT.validate_json(kept.content)


def as_content(announcement: Announcement) -> str:
    """Return the announcement as it is kept."""
    return _CONTENT.dump_json(announcement).decode()
