"""What people may ask of us about their own data: the notice, a copy, leaving, being forgotten."""

import json
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from academy import delivering
from academy.agreeing_times import Chosen, own
from academy.facilitators import facilitator_name
from academy.facts import AcademyFacts
from academy.messages.facilitating import Notice
from academy.messages.joining import EraseQuestion, LeaveQuestion, Left, MyData, PrivacyNotice
from academy.outgoing import Screen
from academy.preferences import silence
from academy.saying import say
from learners.people import Person
from storage import accesses, codes, conversations, enrollments, groups, outbox, people, personal_data

VISITOR_STAYS: Final = timedelta(days=1)
"""How long the number of somebody who never agreed is kept after they last wrote."""
LAST_WORD_WITHIN: Final = timedelta(days=1)
"""Somebody who cannot be reached is forgotten without the last word."""
A_MONTH: Final = timedelta(days=30.4375)
"""A twelfth of a year of 365.25 days."""
GUESSES_STAY: Final = timedelta(hours=1)


def notice(
    tx: Connection,
    *,
    person: Person,
    full: bool = False,
    screen: Screen | None = None,
    now: datetime,
    academy: AcademyFacts,
) -> None:
    """Show what is kept, who sees it and how long, and what can be done about it."""
    here = [one for one in enrollments.of_person(tx, person.id) if one.state != "withdrawn"]
    message = PrivacyNotice(
        group_id=0,
        facilitator=facilitator_name(tx, here[0].group_id) if here else "",
        academy=academy.name,
        contact=academy.contact,
        keep_months=academy.keep_months,
        full=full,
        joining=False,
        leave=tuple((one.id, groups.group(tx, one.group_id).name) for one in here),
    )
    say(tx, person_id=person.id, message=message, now=now, edits=screen)


def my_data(tx: Connection, *, person: Person, now: datetime, academy: AcademyFacts) -> None:
    """Send a file with everything kept about this person, and nothing about others."""
    document = {
        "academy": academy.name,
        "made_at": now.isoformat(),
        "kept": personal_data.export(tx, person),
    }
    text = json.dumps(document, ensure_ascii=False, indent=2)
    say(tx, person_id=person.id, message=MyData(document=text), now=now)


def ask_leave(tx: Connection, chosen: Chosen, *, now: datetime) -> bool:
    """Ask once before leaving a group; False when this person is not in it."""
    enrollment = own(tx, chosen.person, chosen.enrollment_id)
    if enrollment is None:
        return False
    name = groups.group(tx, enrollment.group_id).name
    message = LeaveQuestion(enrollment_id=chosen.enrollment_id, group=name)
    say(tx, person_id=chosen.person.id, message=message, now=now, edits=chosen.screen)
    return True


def leave(tx: Connection, chosen: Chosen, *, now: datetime, academy: AcademyFacts) -> bool:
    """Leave a group at once: nothing more comes from it, and what was done is kept for a return."""
    enrollment = own(tx, chosen.person, chosen.enrollment_id)
    if enrollment is None:
        return False
    enrollments.set_state(tx, chosen.enrollment_id, "withdrawn")
    silence(tx, enrollment, now=now, reason="left")
    conversations.clear(tx, chosen.person.id)
    delivering.replan(tx, enrollment_id=chosen.enrollment_id, now=now, academy=academy)
    left = Left(group=groups.group(tx, enrollment.group_id).name)
    say(tx, person_id=chosen.person.id, message=left, now=now, edits=chosen.screen)
    return True


def ask_erase(tx: Connection, *, person: Person, screen: Screen | None, now: datetime) -> None:
    """Say what goes and what stays, and ask once."""
    say(tx, person_id=person.id, message=EraseQuestion(), now=now, edits=screen)


def erase(tx: Connection, *, person: Person, screen: Screen | None, now: datetime) -> None:
    """Erase everything about this person at once; their number goes with the last word."""
    outbox.cancel(tx, now=now, reason="erased", person_id=person.id)
    personal_data.erase(tx, person)
    people.forget_at(tx, person.id, at=now)
    say(tx, person_id=person.id, message=Notice(what="erased"), now=now, edits=screen)


def sweep(tx: Connection, *, now: datetime, keep_months: int = 12) -> int:
    """Forget those whose time has come and who have heard the last word; return how many.

    Visitors who never agreed go a day after they last wrote, as "nothing is kept" says; learners
    go `keep_months` after their last course, as the notice says (0 keeps them for ever). What is only kept
    for a while goes as well.
    """
    people.forget_visitors(tx, silent_since=now - VISITOR_STAYS, now=now)
    if keep_months:
        people.forget_after(tx, cutoff=now - keep_months * A_MONTH, now=now)
    forgotten = 0
    for person, wished_at in people.to_forget(tx, now=now):
        if personal_data.has_more_to_hear(tx, person) and wished_at > now - LAST_WORD_WITHIN:
            continue
        personal_data.forget(tx, person)
        forgotten += 1
    codes.drop_before(tx, now - GUESSES_STAY)
    accesses.prune(tx, now=now)
    return forgotten
