"""Marking what was put in order and what was put together.

Both kinds are answered by the same thing: the indexes of the author's list, each once, in the order
in which they were placed. For `order` that is the list the learner made; for `match` the right side
that was given to the first left side, to the second, and so on. Right is always 0, 1, 2, …
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from lessons.steps import Match, Order

PLACES_MOST = 8
"""More cannot be kept in mind, and their letters would not fit on a phone."""

_SEPARATORS = re.compile(r"[\s.,;:)/>→-]+")
_LETTERS = {letter: index for index, letter in enumerate("abcdefgh")} | {
    # The same keys on a Cyrillic keyboard: by their looks first, then by their sound.
    letter: index
    for index, letters in enumerate(("а", "вб", "с", "д", "е", "ф", "г", "н"))
    for letter in letters
}
_TYPED_CHARS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Everything placed, by index in the author's order."""

    places: tuple[int, ...]


def neighbours_right(places: Sequence[int]) -> int:
    """Return how many neighbours are the right way round: the earlier one first."""
    return sum(one < next_one for one, next_one in pairwise(places))


def order_score(places: Sequence[int]) -> float:
    """Return the share of neighbours that are the right way round, 0..1.

    `(0, 2, 1, 3)`, one swap in four, has two of its three neighbours the right way round: 0.67. A
    list backwards has none. The rule is our judgement: counting only what *directly* follows the
    right thing, as "relative to the next item" of Moodle's ordering question does, gives that one
    swap nothing. Needs two places or more.
    """
    return neighbours_right(places) / (len(places) - 1)


def match_score(places: Sequence[int]) -> float:
    """Return the share of pairs that belong together, 0..1."""
    return sum(place == index for index, place in enumerate(places)) / len(places)


def is_whole(question: Order | Match, places: Sequence[int]) -> bool:
    """Tell whether everything was placed, and once."""
    return sorted(places) == list(range(count_of(question)))


def count_of(question: Order | Match) -> int:
    """Return how many things there are to place."""
    return len(question.items if isinstance(question, Order) else question.pairs)


def lines_of(question: Order | Match, places: Sequence[int]) -> tuple[str, ...]:
    """Return what was placed so far, a line for each: `1. Close the windows`, `Office – 20 °C`."""
    match question:
        case Order(items=items):
            return tuple(f"{number}. {items[place]}" for number, place in enumerate(places, start=1))
        case Match(pairs=pairs):
            return tuple(
                f"{pair.left} – {pairs[place].right}" for pair, place in zip(pairs, places, strict=False)
            )


def right_lines(question: Order | Match) -> tuple[str, ...]:
    """Return the right answer, a line for each."""
    return lines_of(question, range(count_of(question)))


def read_positions(typed: str, *, count: int) -> tuple[int, ...] | None:
    """Return typed numbers or letters as positions from 0, or None unless each stands there once.

    `2 1 3`, `B, A, C`, `bac` and `2) 1) 3)` are the same; a Cyrillic В is taken for the B on the button.
    """
    signs = _SEPARATORS.sub("", typed[:_TYPED_CHARS].casefold())
    found = [_LETTERS.get(sign, int(sign) - 1 if sign.isdecimal() else -1) for sign in signs]
    return tuple(found) if sorted(found) == list(range(count)) else None


def written(places: Sequence[int]) -> str:
    """Return places in the form in which a response is kept: `2,0,1`."""
    return ",".join(str(place) for place in places)


def places_in(kept: str) -> tuple[int, ...]:
    """Return the places of a kept response; what is no number is left out."""
    return tuple(int(place) for place in kept.split(",") if place.isdecimal())
