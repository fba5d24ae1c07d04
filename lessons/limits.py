"""What a course is measured against; apart from the course itself, which is larger to import."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the messenger can carry; given to the checks, so that a course fails before it is sent."""

    text_chars: int
    """UTF-16 units of one message."""
    caption_chars: int
    button_chars: int
    """Longest option that gets a button of its own; longer options are lettered."""
    picture_bytes: int
