"""The picture of /group: five figures as labelled bars on one scale.

All words are given; this file knows none. The number stands at each bar, so that nothing has to
be read off a length.
"""

from dataclasses import dataclass

from reports.pictures.lettering import fitting_size, lines, page, text_at
from reports.pictures.palette import ATTENTION, DONE, INK, QUIET_INK, TRACK

WIDTH = 1000
_MARGIN = 60
_ROOM = WIDTH - 2 * _MARGIN
_TOP = 290
_STEP = 176


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One figure."""

    label: str
    value: int
    attention: bool = False
    """Drawn in the other colour: people to look after, not progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPicture:
    """What the picture shows, in the facilitator's language."""

    group: str
    course: str
    bars: tuple[Bar, ...]
    """From top to bottom, never empty."""
    whole: int
    """How many people the full width of a bar stands for: those invited, else those who joined."""


def group_svg(picture: GroupPicture) -> str:
    """Return the picture as SVG, 1000 wide and 1190 high with five bars."""
    height = _TOP + _STEP * len(picture.bars) + 20
    whole = max(picture.whole, 1, *(bar.value for bar in picture.bars))
    parts = _heading(picture)
    for index, bar in enumerate(picture.bars):
        parts += _bar(bar, top=_TOP + index * _STEP, whole=whole)
    return page("".join(parts), width=WIDTH, height=height)


def _heading(picture: GroupPicture) -> list[str]:
    size = fitting_size(picture.group, sizes=(64, 56, 48), room=_ROOM, most=1, weight="bold")
    group = lines(picture.group, size=size, room=_ROOM, most=1, weight="bold")
    course = lines(picture.course, size=38, room=_ROOM, most=2)
    return [
        *(text_at(_MARGIN, 126, line, size=size, fill=INK, weight="bold") for line in group),
        *(
            text_at(_MARGIN, 190 + index * 48, line, size=38, fill=QUIET_INK)
            for index, line in enumerate(course)
        ),
    ]


def _bar(bar: Bar, *, top: float, whole: int) -> list[str]:
    fill = ATTENTION if bar.attention else DONE
    number = str(bar.value)
    label = lines(bar.label, size=44, room=_ROOM - 160, most=1)
    track = f'<rect x="{_MARGIN}" y="{top + 72:g}" height="44" rx="22"'
    parts = [
        *(text_at(_MARGIN, top + 44, line, size=44, fill=INK) for line in label),
        text_at(WIDTH - _MARGIN, top + 46, number, size=60, fill=fill, weight="bold", anchor="end"),
        f'{track} width="{_ROOM}" fill="{TRACK}"/>',
    ]
    if bar.value > 0:
        # Never shorter than it is high: one person of five hundred is still to be seen.
        parts.append(f'{track} width="{max(44, _ROOM * bar.value / whole):.1f}" fill="{fill}"/>')
    return parts
