"""Messages that may have arrived: told once to whoever looks after the person, and decided once.

Nobody can know what became of them, so a person decides (guarantees 4.1), here or with `dusal
outbox --decide`. What is held shows up as one message to page through, never as a burst: at most one
an hour for each who decides. The role is read at each press, and the first decision counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sqlalchemy import Connection

from academy.facts import AcademyFacts, QuietHours
from academy.held_subjects import is_of_the_decision, subject_of
from academy.messages.held import HeldDecided, HeldDelivery, HeldVerdict, NothingHeld
from academy.outgoing import OUTGOING, Outgoing, Screen, Show
from academy.saying import say
from learners.people import Person
from learners.permissions import may
from scheduler.local_time import next_waking
from storage import announcements, enrollments, groups, held, outbox, restored, roles
from storage.held import ADMINS, Held

HeldOutcome: TypeAlias = Literal["done", "unknown", "not_allowed"]
"""`unknown`: the message is gone with its reader, or the button is none of ours."""

_BURST: Final = 3600
"""Seconds in which whoever decides hears of it once; what comes meanwhile is one tap away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """Who pressed a button of which held delivery, on which message."""

    person: Person
    delivery: int
    screen: Screen | None


def tell(tx: Connection, *, now: datetime, academy: AcademyFacts) -> int:
    """Tell of what is held and nobody knows of; return how many messages that took.

    Where nobody can be told, it waits for the first /start of somebody who may decide.
    """
    of_group: dict[int, list[Held]] = {}
    for one in held.untold(tx):
        outgoing = _outgoing(one)
        if isinstance(outgoing, Show) and not is_of_the_decision(outgoing.message):
            of_group.setdefault(_group_of(tx, one), []).append(one)
    return sum(
        _tell_group(tx, group_id, found, now=now, academy=academy) for group_id, found in of_group.items()
    )


def bring_waiting(tx: Connection, *, helper: Person, now: datetime, academy: AcademyFacts) -> None:
    """Show the first one that waits for this person, if any does: at their /start."""
    found = held.undecided(tx, held_for=_scope(tx, helper))
    first = held.get(tx, found[0]) if found else None
    if first is not None:
        message = _shown(tx, first, to=helper, others=len(found) - 1, academy=academy)
        say(tx, person_id=helper.id, message=message, now=now, kind="notice")


def decide(tx: Connection, on: Deciding, *, verdict: HeldVerdict, now: datetime) -> HeldOutcome:
    """Send it again, take it for arrived, or drop it; the first decision counts."""
    found = _decidable(tx, on)
    if isinstance(found, str):
        return found
    decided = outbox.decide_held(tx, delivery=on.delivery, verdict=verdict, now=now)
    stands = verdict if decided else _verdict_of(found)
    message = HeldDecided(
        delivery=on.delivery,
        name=found.name,
        verdict=stands,
        before=stands != verdict,
        others=len(held.undecided(tx, held_for=_scope(tx, on.person))),
    )
    say(tx, person_id=on.person.id, message=message, now=now, edits=on.screen)
    return "done"


def show_next(tx: Connection, on: Deciding, *, now: datetime, academy: AcademyFacts) -> HeldOutcome:
    """[Next]: the one behind this, and behind the last one the first."""
    found = _decidable(tx, on)
    if isinstance(found, str):
        return found
    waiting = held.undecided(tx, held_for=_scope(tx, on.person))
    behind = next((number for number in waiting if number > on.delivery), waiting[0] if waiting else None)
    following = None if behind is None else held.get(tx, behind)
    if following is None:
        say(tx, person_id=on.person.id, message=NothingHeld(), now=now, edits=on.screen)
        return "done"
    message = _shown(tx, following, to=on.person, others=len(waiting) - 1, academy=academy)
    say(tx, person_id=on.person.id, message=message, now=now, edits=on.screen)
    return "done"


def _tell_group(
    tx: Connection, group_id: int, found: Sequence[Held], *, now: datetime, academy: AcademyFacts
) -> int:
    deciders = _deciders(tx, group_id)
    said = 0
    for person in deciders:
        waiting = held.undecided(tx, held_for=_scope(tx, person))
        # Those of this group are not noted yet, so they are not among the waiting.
        message = _shown(tx, found[0], to=person, others=len(waiting) + len(found) - 1, academy=academy)
        hour = int(now.timestamp()) // _BURST
        said += (
            say(
                tx,
                person_id=person.id,
                message=message,
                now=now,
                kind="notice",
                silent=False,
                key=f"held:{group_id}:{person.id}:{hour}",
                not_before=next_waking(now, zone=_zone(tx, person, group_id, academy), quiet=_quiet(academy)),
            )
            is not None
        )
    if said or not deciders:
        held.told(tx, [one.delivery for one in found], held_for=group_id)
    return said


def _decidable(tx: Connection, on: Deciding) -> Held | HeldOutcome:
    """Return the delivery if it was told of and this person may decide about it; the role is read now."""
    found = held.get(tx, on.delivery)
    if found is None:
        return "unknown"
    allowed = may(roles.roles_of(tx, on.person.id), "decide_held", group_id=found.held_for or None)
    return found if allowed else "not_allowed"


def _verdict_of(decided: Held) -> HeldVerdict:
    """Return what was decided, by what became of it."""
    match decided.state:
        case "cancelled":
            return "drop"
        case "sent" if decided.reason == "arrived":
            return "arrived"
        case _:
            return "send_again"


def _scope(tx: Connection, person: Person) -> tuple[int, ...] | None:
    """Return the groups for which this person decides; None for all."""
    held_roles = roles.roles_of(tx, person.id)
    if any(role.name == "admin" for role in held_roles):
        return None
    return tuple(role.group_id for role in held_roles if role.group_id is not None)


def _deciders(tx: Connection, group_id: int) -> tuple[Person, ...]:
    """Return the facilitators of a group, else the admins; a bot cannot write first, so those it knows."""
    helpers = roles.facilitators_of(tx, group_id) if group_id != ADMINS else ()
    known = tuple(person for person in helpers if person.name)
    return known or tuple(person for person in roles.admins(tx) if person.name)


def _group_of(tx: Connection, one: Held) -> int:
    """Return the group that a delivery belongs to, ADMINS when none does."""
    kind, _, rest = (one.key or "").partition(":")
    number = rest.partition(":")[0]
    if kind in {"lesson", "reminder"} and number.isdigit():
        enrollment = enrollments.by_id(tx, int(number))
        return ADMINS if enrollment is None else enrollment.group_id
    if kind == "announcement" and number.isdigit():
        announcement = announcements.get(tx, int(number))
        return ADMINS if announcement is None else announcement.group_id
    here = [found for found in enrollments.of_person(tx, one.person_id) if found.state != "withdrawn"]
    return here[0].group_id if here else ADMINS


def _shown(tx: Connection, one: Held, *, to: Person, others: int, academy: AcademyFacts) -> HeldDelivery:
    group_id = one.held_for if one.held_for is not None else _group_of(tx, one)
    group = groups.by_id(tx, group_id) if group_id != ADMINS else None
    outgoing = _outgoing(one)
    subject, title = subject_of(tx, outgoing.message) if isinstance(outgoing, Show) else ("other", "")
    assert one.settled_at is not None
    return HeldDelivery(
        delivery=one.delivery,
        name=one.name,
        group="" if group is None else group.name,
        subject=subject,
        title=title,
        times=max(1, one.attempts),
        held_at=one.settled_at,
        zone=str(_zone(tx, to, group_id, academy)),
        others=others,
        why="restored" if one.reason == restored.REASON else "line",
    )


def _outgoing(one: Held) -> Outgoing | None:
    try:
        return OUTGOING.validate_json(one.content)
    except ValidationError:  # written by a program that knew other messages
        return None


def _zone(tx: Connection, person: Person, group_id: int, academy: AcademyFacts) -> ZoneInfo:
    group = groups.by_id(tx, group_id) if group_id != ADMINS else None
    return ZoneInfo(person.zone or (academy.zone if group is None else group.zone))


def _quiet(academy: AcademyFacts) -> QuietHours:
    return QuietHours(start=academy.quiet.start, end=academy.quiet.end)
