"""The parts a service is made of, for `dusal serve --only …` on many machines.

A closed set: each has one function in `app.service` that starts it, and `app.serving` opens the door.
"""

from collections.abc import Iterable
from typing import Final, Literal, TypeAlias, get_args

Part: TypeAlias = Literal["receive", "handle", "send", "web", "tick"]

PARTS: Final[tuple[Part, ...]] = get_args(Part)
"""All of them, as one process on one machine runs them."""

ALL_PARTS: Final = frozenset(PARTS)


class UnknownPartError(ValueError):
    """No part has this name."""


def chosen(written: Iterable[str]) -> frozenset[Part]:
    """Return the parts named in `written`, each name or several with commas; all without any.

    Raises UnknownPartError with the names there are.
    """
    names = [name.strip() for text in written for name in text.split(",") if name.strip()]
    known: dict[str, Part] = {part: part for part in PARTS}
    for name in names:
        if name not in known:
            raise UnknownPartError(f"there is no part {name!r}: choose among {', '.join(PARTS)}")
    return frozenset(known[name] for name in names) or ALL_PARTS
