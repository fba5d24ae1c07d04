"""What a learner sees of an `order` or a `match`: shuffled once for them, and as far as they have come.

The order on the screen follows from the enrollment and the question, so it needs no table; it is
never the right one, which pressing from top to bottom would find.
"""

from dataclasses import replace
from hashlib import sha256
from typing import TypeVar

from academy.messages.arranging import Arranged
from academy.messages.learning import Choice
from academy.places import Place
from academy.wording import rich
from lessons.arranging import count_of, lines_of, read_positions, written
from lessons.steps import AnyQuestion, Match, Order

_Asked = TypeVar("_Asked", bound=AnyQuestion)


def digest_order(count: int, *, question_id: str, enrollment_id: int) -> list[int]:
    """Return the indexes below `count` as one learner sees them, always the same for them.

    A digest instead of a random generator: `random.shuffle` may change between Python versions,
    and an option that moves under somebody's finger is a wrong answer.
    """

    def place_in_line(index: int) -> bytes:
        return sha256(f"{enrollment_id}:{question_id}:{index}".encode()).digest()

    return sorted(range(count), key=place_in_line)


def shown_order(asked: Order | Match, *, enrollment_id: int) -> tuple[int, ...]:
    """Return the author's indexes in the order in which they are shown: never the right one."""
    count = count_of(asked)
    order = digest_order(count, question_id=asked.id, enrollment_id=enrollment_id)
    return (*order[1:], order[0]) if order == list(range(count)) else tuple(order)


def choices(place: Place, asked: Order | Match) -> tuple[Choice, ...]:
    """Return everything that is placed, in the order shown; what has its place already is picked."""
    plain = worded(place, asked)
    texts = plain.items if isinstance(plain, Order) else tuple(pair.right for pair in plain.pairs)
    return tuple(
        Choice(index=index, text=texts[index], picked=index in place.assignment.placed)
        for index in shown_order(asked, enrollment_id=place.assignment.enrollment_id)
    )


def arranged(place: Place, asked: AnyQuestion) -> Arranged | None:
    """Return how far the learner has come; None for every other kind of question."""
    if not isinstance(asked, (Order, Match)):
        return None
    plain, placed, count = worded(place, asked), place.assignment.placed, count_of(asked)
    is_next = isinstance(plain, Match) and len(placed) < count
    return Arranged(
        lines=lines_of(plain, placed),
        count=count,
        left=plain.pairs[len(placed)].left if isinstance(plain, Match) and is_next else "",
        before=as_number(placed),
    )


def worded(place: Place, asked: _Asked) -> _Asked:
    """Return an `order` or `match` with its texts as the learner reads them, without formatting.

    They stand in lines and on buttons, where a `-` at the start is a dash and no list. Other kinds
    come back as they are.
    """
    match asked:
        case Order():
            return replace(asked, items=tuple(rich(item, place).text for item in asked.items))
        case Match():
            pairs = tuple(
                replace(pair, left=rich(pair.left, place).text, right=rich(pair.right, place).text)
                for pair in asked.pairs
            )
            return replace(asked, pairs=pairs)
        case _:
            return asked


def typed_places(place: Place, asked: Order | Match, typed: str) -> str:
    """Return typed letters or numbers, `2 1 3`, in the form a response is kept in; empty for other words.

    They are the places on the screen, from top to bottom, as they were before anything was placed.
    """
    positions = read_positions(typed, count=count_of(asked))
    if positions is None:
        return ""
    shown = shown_order(asked, enrollment_id=place.assignment.enrollment_id)
    return written(tuple(shown[position] for position in positions))


def as_number(placed: tuple[int, ...]) -> int:
    """Return what was placed as one number, a digit for each: `(2, 0)` is 31; 0 for nothing."""
    return int("".join(str(place + 1) for place in placed) or "0")
