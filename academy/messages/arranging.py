"""What an `order` or a `match` shows on top of its question."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    """How far somebody has come; what is still to be placed are the choices that are not picked."""

    lines: tuple[str, ...]
    """What was placed so far, in order: `1. Close the windows`, `Office – 20 °C`."""
    count: int
    """How many there are to place."""
    left: str = ""
    """`match`: what the next one belongs to; empty for `order`, and when everything is placed."""
    before: int
    """What was placed, as the buttons carry it (`academy.arrangement.as_number`): a press on anything
    that was drawn for another state changes nothing."""
