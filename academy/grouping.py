"""Groups: one course for people who learn it together, and the two ways into them.

The link carries 128 random bits and is for clicking; the code has eight characters that cannot
be mistaken for one another and is for saying aloud.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, time
from random import Random
from typing import TypeAlias

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from academy.drafting import keep_drafts
from academy.facts import AcademyFacts
from learners.groups import Group
from lessons.model import Course
from storage import courses, groups

CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without 0 and O, 1, I and L: they are mistaken for one another when written or said."""

CODE_CHARS = 8
"""31 ** 8 = 8.5e11 codes; with guesses limited a hit takes longer than a group lives (A05)."""

TOKEN_BITS = 128

NAME_CHARS = 128
"""As many as the column holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCreated:
    """The group is there and may be joined."""

    group: Group
    course: Course


@dataclass(frozen=True, slots=True, kw_only=True)
class NameTaken:
    """Another group has this name."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NameUnfit:
    """The name is empty, or longer than `NAME_CHARS`."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownCourse:
    """No course of this id has been published."""

    course_id: str
    known: tuple[str, ...]
    """Ids of the courses that have."""


CreateOutcome: TypeAlias = GroupCreated | NameTaken | NameUnfit | UnknownCourse


def create_group(
    tx: Connection,
    *,
    course_id: str,
    name: str,
    zone: str | None,
    weekdays: frozenset[int] | None,
    at: time | None,
    expected: int | None,
    capacity: int,
    auto_announcements: bool = False,
    random: Random,
    now: datetime,
    academy: AcademyFacts,
) -> CreateOutcome:
    """Make a group for the latest version of a course.

    What is None comes from the academy (`zone`) or from the course's pace. At most `capacity`
    people may join, or as many as were expected, so that a flood of joiners ends somewhere (A06).
    The announcements of the course become its drafts; with `auto_announcements` those go out alone
    whose author wishes so. `random` makes the token and the code: outside of tests it is a `SystemRandom`.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_CHARS:
        return NameUnfit(name=name)
    version = courses.latest(tx, course_id)
    if version is None:
        known = dict.fromkeys(one.course_id for one in courses.versions(tx))
        return UnknownCourse(course_id=course_id, known=tuple(known))
    if groups.by_name(tx, name) is not None:
        return NameTaken(name=name)
    course = courses.course(tx, version)
    try:
        with tx.begin_nested():
            made = groups.add(
                tx,
                name=name,
                course_version_id=version,
                zone=zone or academy.zone,
                weekdays=course.pace.weekdays if weekdays is None else weekdays,
                at=course.pace.at if at is None else at,
                expected=expected,
                link_token=link_token(random),
                code=spoken_code(random),
                capacity=max(capacity, expected or 0),
                closes_at=None,
                auto_announcements=auto_announcements,
                now=now,
            )
    except IntegrityError:
        # Somebody else made it between the look and the step; an equal token or code would take
        # longer to meet than the universe has lasted.
        return NameTaken(name=name)
    keep_drafts(tx, group=made, course=course, now=now)
    return GroupCreated(group=made, course=course)


def link_token(random: Random) -> str:
    """Return 128 random bits in 22 characters that a join link may carry (A-Z a-z 0-9 _ -)."""
    return urlsafe_b64encode(random.getrandbits(TOKEN_BITS).to_bytes(TOKEN_BITS // 8)).decode().rstrip("=")


def spoken_code(random: Random) -> str:
    """Return a code to say aloud, in its plain form."""
    return "".join(random.choice(CODE_LETTERS) for _ in range(CODE_CHARS))


def shown_code(code: str) -> str:
    """Return a code as people are shown it: `K7Q4 MXPR`."""
    return f"{code[:4]} {code[4:]}"


def join_link(group: Group, *, academy: AcademyFacts) -> str:
    """Return the join link; empty while the bot's name is unknown."""
    if not academy.bot_username:
        return ""
    return f"https://t.me/{academy.bot_username}?start={group.link_token}"
