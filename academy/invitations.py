"""Who may come in: join links, codes to say aloud, and the limits that make guessing slow.

A link's token is 128 bits and says by itself that its holder was invited. A code is short enough
to be said aloud, so a wrong one, and one whose group has closed, get the same answer and count
against the same limits (guarantees A05).
"""

import re
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from sqlalchemy import Connection

from academy.facilitators import facilitator_name
from academy.messages.facilitating import ManyJoined, OperatorAlarm
from academy.messages.joining import JoinRefused
from academy.saying import say
from learners.groups import Group
from learners.people import Person
from storage import codes, enrollments, roles

How: TypeAlias = Literal["link", "code"]
"""How somebody came: holding the link, or with a code."""

TRIES_OF_ONE: Final = 5
TRIES_OF_ALL: Final = 100
TRY_WINDOW: Final = timedelta(hours=1)
"""Guarantees A05: a code of eight letters then takes centuries to guess."""

MANY_JOIN: Final = 100
"""So many within an hour are a crowd: somebody may have passed the link on (guarantees A06)."""

_CODE = re.compile(r"[2-9A-HJKMNP-Z]{8}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_IN_LINK = re.compile(r"[?&]start=([A-Za-z0-9_-]{1,64})(?![A-Za-z0-9_-])")
# Letters that look the same on a Cyrillic keyboard, where many readers of a spoken code type.
_LOOK_ALIKE = str.maketrans("АВЕКМНРСТУХ", "ABEKMHPCTYX")


def link_token(text: str) -> str | None:
    """Return the token of a join link, alone or inside a pasted address; None for anything else."""
    if (link := _IN_LINK.search(text)) is not None:
        text = link[1]
    return text if _TOKEN.fullmatch(text) else None


def plain_code(text: str) -> str | None:
    """Return a code as it is kept: `k7q4 mxpr` and `K7Q4-MXPR` give `K7Q4MXPR`; None for anything else."""
    if len(text) > 40:  # no reading of somebody's essay
        return None
    code = re.sub(r"[\s\-\u2010-\u2015]", "", text).upper().translate(_LOOK_ALIKE)
    return code if _CODE.fullmatch(code) else None


def looks_meant(text: str) -> bool:
    """Return whether a text is a code and not a word of eight letters: digits, capitals or a gap."""
    stripped = text.strip()
    return plain_code(text) is not None and (
        any(character.isdigit() for character in stripped) or stripped == stripped.upper()
    )


def refusal(tx: Connection, group: Group | None, *, how: How, now: datetime) -> JoinRefused | None:
    """Return why nobody gets in, None when the door is open.

    A typed code of a closed group is as unknown as one that never was (A05).
    """
    if group is None:
        return JoinRefused(reason="unknown")
    if group.closes_at is not None and group.closes_at <= now:
        if how == "code":
            return JoinRefused(reason="unknown")
        return JoinRefused(
            reason="closed",
            closed_at=group.closes_at,
            zone=group.zone,
            facilitator=facilitator_name(tx, group.id),
        )
    if enrollments.count(tx, group.id) >= group.capacity:
        return JoinRefused(reason="full", facilitator=facilitator_name(tx, group.id))
    return None


def guessed_too_often(tx: Connection, person: Person, *, now: datetime) -> bool:
    """Return whether the next code is not even looked at: this person, or everybody, tried too many."""
    since = now - TRY_WINDOW
    return (
        codes.wrong_since(tx, address=person.address, since=since) >= TRIES_OF_ONE
        or codes.all_wrong_since(tx, since=since) >= TRIES_OF_ALL
    )


def count_wrong(tx: Connection, person: Person, *, now: datetime) -> None:
    """Count a wrong code; the admins are told once when the limit of all is reached."""
    codes.record_wrong(tx, address=person.address, now=now)
    wrong = codes.all_wrong_since(tx, since=now - TRY_WINDOW)
    if wrong == TRIES_OF_ALL:
        for admin in roles.admins(tx):
            alarm = OperatorAlarm(what="code_guessing", count=wrong, hours=1)
            say(tx, person_id=admin.id, message=alarm, now=now, kind="notice")


def count_joined(tx: Connection, group: Group, *, now: datetime) -> None:
    """Tell whoever looks after the group, and the admins, once a crowd has joined within an hour."""
    joined = enrollments.joined_since(tx, group.id, since=now - TRY_WINDOW)
    if joined != MANY_JOIN:
        return
    told = {person.id: person for person in (*roles.facilitators_of(tx, group.id), *roles.admins(tx))}
    for person in told.values():
        message = ManyJoined(group=group.name, people=joined)
        say(tx, person_id=person.id, message=message, now=now, kind="notice", silent=False)
