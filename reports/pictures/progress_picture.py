"""The picture of /progress: lessons as numbered dots, the share done, and a few facts.

It decorates a message that says the same in words, so nothing is lost where pictures are off.
All words are given; this file knows none.
"""

from dataclasses import dataclass
from math import ceil, pi
from typing import Literal, TypeAlias, assert_never

from reports.pictures.lettering import fitting_size, lines, page, text_at
from reports.pictures.palette import CARD, DONE, INK, ON_DONE, OUTLINE, QUIET_INK, TRACK

Dot: TypeAlias = Literal["finished", "open", "ahead"]

WIDTH = 1000
_MARGIN = 60
_ROOM = WIDTH - 2 * _MARGIN
_CARD_TOP = 560
_CARD_HEIGHT = 340
_CARD_PADDING = 24
_FACT_HEIGHT = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A small heading and what it says."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressPicture:
    """What the picture shows, in the learner's language."""

    course: str
    dots: tuple[Dot, ...]
    """One per lesson in course order, never empty."""
    share: str
    """In the middle of the ring, such as `40%`; up to five letters stay large."""
    share_words: str
    """Beside the ring, such as `4 of 10 lessons`."""
    facts: tuple[Fact, ...] = ()
    """Score, first tries, this week, next lesson: at most four are shown."""


def progress_svg(picture: ProgressPicture) -> str:
    """Return the picture as SVG, 1000 wide and, with four facts, 1250 high."""
    facts = picture.facts[:4]
    height = _CARD_TOP + _CARD_HEIGHT + 50 + _FACT_HEIGHT * ceil(len(facts) / 2)
    parts = [*_title(picture.course), *_ring(picture), *_dots(picture.dots), *_facts(facts)]
    return page("".join(parts), width=WIDTH, height=height)


def _title(course: str) -> list[str]:
    size = fitting_size(course, sizes=(60, 54, 48, 42), room=_ROOM, most=2, weight="bold")
    shown = lines(course, size=size, room=_ROOM, most=2, weight="bold")
    first = 130 if len(shown) == 1 else 106
    return [
        text_at(_MARGIN, first + index * size * 1.2, line, size=size, fill=INK, weight="bold")
        for index, line in enumerate(shown)
    ]


def _ring(picture: ProgressPicture) -> list[str]:
    x, y, radius, thick = _MARGIN + 150, 370, 124, 44
    around = 2 * pi * radius
    done = around * picture.dots.count("finished") / len(picture.dots)
    circle = f'<circle cx="{x}" cy="{y}" r="{radius}" fill="none" stroke-width="{thick}"'
    parts = [f'{circle} stroke="{TRACK}"/>']
    if done:
        parts.append(
            f'{circle} stroke="{DONE}" stroke-dasharray="{done:.2f} {around - done + 1:.2f}" '
            f'transform="rotate(-90 {x} {y})"/>'
        )
    size = fitting_size(
        picture.share, sizes=(74, 66, 58, 50, 40), room=2 * (radius - thick / 2) - 30, most=1, weight="bold"
    )
    parts.append(
        text_at(x, y + size * 0.36, picture.share, size=size, fill=INK, weight="bold", anchor="middle")
    )
    left = x + 150 + 60
    room = WIDTH - _MARGIN - left
    size = fitting_size(picture.share_words, sizes=(64, 56, 48, 42), room=room, most=3, weight="bold")
    shown = lines(picture.share_words, size=size, room=room, most=3, weight="bold")
    top = y + size * 0.36 - (len(shown) - 1) * size * 0.6
    parts += [
        text_at(left, top + index * size * 1.2, line, size=size, fill=INK, weight="bold")
        for index, line in enumerate(shown)
    ]
    return parts


def _dots(dots: tuple[Dot, ...]) -> list[str]:
    """Draw the lessons in rows that fill one white card, as large as their number allows."""
    wide, high = _ROOM - 2 * _CARD_PADDING, _CARD_HEIGHT - 2 * _CARD_PADDING
    columns = max(range(5, 26), key=lambda some: min(wide / some, high / ceil(len(dots) / some)))
    rows = ceil(len(dots) / columns)
    step_x = wide / columns
    step_y = min(high / rows, step_x)
    radius = min(step_x, step_y) * 0.4
    first_y = _CARD_TOP + _CARD_HEIGHT / 2 - (rows - 1) * step_y / 2
    # A short course is centred; the last row of a long one begins where the others begin.
    first_x = _MARGIN + _CARD_PADDING + max(0, columns - len(dots)) / 2 * step_x + step_x / 2
    parts = [
        f'<rect x="{_MARGIN}" y="{_CARD_TOP}" width="{_ROOM}" height="{_CARD_HEIGHT}" rx="36" fill="{CARD}"/>'
    ]
    for index, dot in enumerate(dots):
        row, column = divmod(index, columns)
        parts += _dot(
            dot, number=index + 1, x=first_x + column * step_x, y=first_y + row * step_y, radius=radius
        )
    return parts


def _dot(dot: Dot, *, number: int, x: float, y: float, radius: float) -> list[str]:
    circle = f'<circle cx="{x:.1f}" cy="{y:.1f}"'
    match dot:
        case "finished":
            shape, ink = f'{circle} r="{radius:.1f}" fill="{DONE}"/>', ON_DONE
        case "open":
            line = radius * 0.16
            stroke = f'stroke="{DONE}" stroke-width="{line:.1f}"'
            shape = f'{circle} r="{radius - line / 2:.1f}" fill="{CARD}" {stroke}/>'
            ink = DONE
        case "ahead":
            shape = f'{circle} r="{radius - 1.5:.1f}" fill="{CARD}" stroke="{OUTLINE}" stroke-width="3"/>'
            ink = QUIET_INK
        case _:
            assert_never(dot)
    size = radius * 0.86
    return [
        shape,
        text_at(x, y + size * 0.36, str(number), size=size, fill=ink, weight="bold", anchor="middle"),
    ]


def _facts(facts: tuple[Fact, ...]) -> list[str]:
    parts = []
    gap = 40
    for index, fact in enumerate(facts):
        row, column = divmod(index, 2)
        # A last fact without a neighbour has the whole row.
        room = _ROOM if index == len(facts) - 1 and column == 0 else (_ROOM - gap) / 2
        x = _MARGIN + column * (_ROOM + gap) / 2
        y = _CARD_TOP + _CARD_HEIGHT + 80 + row * _FACT_HEIGHT
        small = fitting_size(fact.label, sizes=(34, 31, 28, 25), room=room, most=1)
        label = lines(fact.label, size=small, room=room, most=1)
        parts += [text_at(x, y, line, size=small, fill=QUIET_INK) for line in label]
        parts += _value(fact.value, x=x, y=y, room=room)
    return parts


def _value(value: str, *, x: float, y: float, room: float) -> list[str]:
    """Draw it large on one line, or smaller on two: a date is not cut off before its hour."""
    size = fitting_size(value, sizes=(52, 46, 40), room=room, most=1, weight="bold")
    shown = lines(value, size=size, room=room, most=1, weight="bold")
    if " ".join(shown) != " ".join(value.split()):
        size = 33
        shown = lines(value, size=size, room=room, most=2, weight="bold")
    first = y + 12 + size
    return [
        text_at(x, first + index * size * 1.2, line, size=size, fill=INK, weight="bold")
        for index, line in enumerate(shown)
    ]
