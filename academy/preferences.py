"""What learners decide for themselves: when lessons come, pauses, language, pictures."""

from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from sqlalchemy import Connection

from academy import agreeing_times, delivering, slots
from academy.agenda_facts import next_at
from academy.agreeing_times import Chosen
from academy.facilitators import facilitator_name
from academy.facts import AcademyFacts
from academy.messages.joining import Help, Paused, ScheduleSet, Settings
from academy.messages.learning import NothingNow
from academy.outgoing import Screen
from academy.places import learner_of
from academy.saying import say
from academy.tongues import speakable
from learners.groups import Enrollment
from learners.people import Person
from scheduler.local_time import local_date
from scheduler.pacing import Rhythm
from scheduler.pacing import slots as slots_from
from storage import courses, enrollments, outbox, people, roles

PauseLength: TypeAlias = Literal["1w", "2w", "open"]
"""One week, two weeks, or until the learner comes back."""

_DAYS: dict[PauseLength, int | None] = {"1w": 7, "2w": 14, "open": None}


def schedule(tx: Connection, *, person: Person, now: datetime, academy: AcademyFacts) -> None:
    """Show days, hour and pauses: one message for each course under way, the oldest first."""
    under_way = [
        one for one in enrollments.of_person(tx, person.id) if one.state in {"joining", "active", "paused"}
    ]
    if not under_way:
        finished = any(one.state == "finished" for one in enrollments.of_person(tx, person.id))
        nothing = NothingNow(reason="finished" if finished else "not_joined")
        say(tx, person_id=person.id, message=nothing, now=now)
    for enrollment in reversed(under_way):
        agreeing_times.offer(tx, person=person, enrollment=enrollment, screen=None, now=now, academy=academy)


def pause(
    tx: Connection, chosen: Chosen, *, length: PauseLength, now: datetime, academy: AcademyFacts
) -> bool:
    """Pause lessons until the first learning day from 7 or 14 days from today on, or without an end.

    False when there is nothing of this person's to pause.
    """
    enrollment = agreeing_times.own(tx, chosen.person, chosen.enrollment_id)
    if enrollment is None or enrollment.state not in {"active", "paused"}:
        return False
    learner = learner_of(tx, enrollment)
    days = _DAYS[length]
    until = None if days is None else _slot_in(days, rhythm=learner.rhythm(academy), now=now)
    enrollments.set_state(tx, chosen.enrollment_id, "paused", paused_until=until)
    silence(tx, enrollment, now=now, reason="paused")
    delivering.replan(tx, enrollment_id=chosen.enrollment_id, now=now, academy=academy)
    message = Paused(enrollment_id=chosen.enrollment_id, until=until, zone=learner.zone)
    say(tx, person_id=chosen.person.id, message=message, now=now, edits=chosen.screen)
    return True


def resume(tx: Connection, chosen: Chosen, *, now: datetime, academy: AcademyFacts) -> bool:
    """Let lessons come again; twice is as good as once."""
    enrollment = agreeing_times.own(tx, chosen.person, chosen.enrollment_id)
    if enrollment is None or enrollment.state not in {"active", "paused"}:
        return False
    enrollments.set_state(tx, chosen.enrollment_id, "active")
    delivering.replan(tx, enrollment_id=chosen.enrollment_id, now=now, academy=academy)
    learner = learner_of(tx, enrollments.get(tx, chosen.enrollment_id))
    message = ScheduleSet(
        slot=slots.slot(enrollment.weekdays, enrollment.at),
        next_at=next_at(tx, learner, now=now, academy=academy),
        zone=learner.zone,
    )
    say(tx, person_id=chosen.person.id, message=message, now=now, edits=chosen.screen)
    return True


def silence(tx: Connection, enrollment: Enrollment, *, now: datetime, reason: str) -> None:
    """Take back lessons, reminders and questions of this enrollment that have not left yet."""
    for kind in ("lesson", "reminder", "review"):
        outbox.cancel(tx, now=now, reason=reason, keys_like=f"{kind}:{enrollment.id}:%")


def settings(
    tx: Connection, *, person: Person, screen: Screen | None, now: datetime, academy: AcademyFacts
) -> None:
    """Show language and text-only mode, with every language this person could read."""
    message = Settings(
        language=person.language,
        languages=_languages(tx, person, academy),
        text_only=person.text_only,
    )
    say(tx, person_id=person.id, message=message, now=now, edits=screen)


def choose_language(
    tx: Connection,
    *,
    person: Person,
    language: str,
    screen: Screen | None,
    now: datetime,
    academy: AcademyFacts,
) -> bool:
    """Speak this language from now on, beginning with the settings; False for one that is not offered."""
    if language not in _languages(tx, person, academy):
        return False
    people.set_language(tx, person.id, language)
    settings(tx, person=people.get(tx, person.id), screen=screen, now=now, academy=academy)
    return True


def choose_text_only(
    tx: Connection, *, person: Person, on: bool, screen: Screen | None, now: datetime, academy: AcademyFacts
) -> None:
    """Replace pictures by their descriptions, or show them again."""
    people.set_text_only(tx, person.id, on)
    settings(tx, person=people.get(tx, person.id), screen=screen, now=now, academy=academy)


def show_help(tx: Connection, *, person: Person, now: datetime, academy: AcademyFacts) -> None:
    """Say in five lines what can be done here, and who helps."""
    here = [one for one in enrollments.of_person(tx, person.id) if one.state != "withdrawn"]
    names = dict.fromkeys(role.name for role in roles.roles_of(tx, person.id))
    message = Help(
        facilitator=facilitator_name(tx, here[0].group_id) if here else "",
        contact=academy.contact,
        roles=tuple(names),
        joined=bool(here),
    )
    say(tx, person_id=person.id, message=message, now=now)


def _languages(tx: Connection, person: Person, academy: AcademyFacts) -> tuple[str, ...]:
    taught: list[str] = []
    for enrollment in enrollments.of_person(tx, person.id):
        taught += courses.course(tx, enrollment.course_version_id).languages
    return speakable(academy.languages, taught)


def _slot_in(days: int, *, rhythm: Rhythm, now: datetime) -> datetime:
    """Return the first slot that is at least so many days away, on the learner's calendar."""
    return next(slots_from(rhythm, first_on=local_date(now, zone=rhythm.zone) + timedelta(days=days)))
