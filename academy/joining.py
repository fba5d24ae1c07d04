"""From a link or a code to the first card: four taps, no typing.

Until the privacy notice is accepted nothing is decided from what is kept: every button carries
the invitation itself, and it is looked up again at every press. So a button works twice, late,
out of order, and after the group was closed, and a made-up one opens nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Final

from sqlalchemy import Connection

from academy import agreeing_times, asking, delivering, held_deliveries, invitations, sampling
from academy.agenda_facts import next_at, state_of
from academy.facilitators import facilitator_name, place_of_staff
from academy.facts import AcademyFacts
from academy.messages.joining import (
    AlreadyJoined,
    JoinRefused,
    NotJoined,
    PrivacyNotice,
    TypeCode,
    Welcome,
    WelcomeBack,
)
from academy.outgoing import Screen
from academy.places import learner_of
from academy.saying import remove_buttons, say
from academy.tongues import detect, speakable
from learners.groups import Enrollment, Group
from learners.people import Person
from scheduler.agenda import lessons_to_come
from storage import courses, enrollments, groups, people, records, roles

NOTICE_VERSION: Final = "2026-11"
"""Changes with the words of the notice, so that it is known which one somebody accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """A press on one of the screens before joining, with the invitation it carried."""

    person: Person
    invitation: str
    """A join link's token, as the button gave it back: looked up anew, not believed."""
    screen: Screen | None


def visitor(
    tx: Connection, *, address: int, name: str, language: str, now: datetime, academy: AcademyFacts
) -> Person:
    """Return the person behind this number; a new one is spoken to in the phone's language if we can."""
    return people.add(tx, address=address, name=name, language=detect(language, academy.languages), now=now)


def start(
    tx: Connection, *, person: Person, payload: str, claimed: str, now: datetime, academy: AcademyFacts
) -> None:
    """Answer `/start`, with what came behind it: a link's token, a code, nothing, or anything at all.

    `claimed` is the phone's language: the group's course may be taught in it even if the academy
    does not otherwise speak it.
    """
    if not enter(tx, person=person, text=payload, claimed=claimed, now=now, academy=academy):
        _without_code(tx, person=person, now=now, academy=academy)
    if person.unreachable_since is not None:
        back_in_reach(tx, person=person, now=now, academy=academy)


def enter(
    tx: Connection, *, person: Person, text: str, claimed: str = "", now: datetime, academy: AcademyFacts
) -> bool:
    """Try a typed text as a code or as a pasted link; False when it is shaped like neither."""
    token, code = invitations.link_token(text), invitations.plain_code(text)
    if token is None and code is None:
        return False
    if token is None and invitations.guessed_too_often(tx, person, now=now):
        say(tx, person_id=person.id, message=JoinRefused(reason="too_many_tries"), now=now)
        return True
    group = groups.by_token(tx, token) if token is not None else groups.by_code(tx, code or "")
    if group is not None and _went_in(tx, person=person, group=group, screen=None, now=now, academy=academy):
        return True
    how: invitations.How = "link" if token is not None else "code"
    refused = invitations.refusal(tx, group, how=how, now=now)
    if refused is not None and refused.reason == "unknown" and how == "code":
        invitations.count_wrong(tx, person, now=now)
    if refused is not None or group is None:
        say(tx, person_id=person.id, message=refused or JoinRefused(reason="unknown"), now=now)
        return True
    language = person.language
    if person.notice_accepted_at is None:
        language = detect(claimed or person.language, _languages(tx, group, academy))
        people.set_language(tx, person.id, language)
        people.forget_at(tx, person.id, at=None)
    welcome = _welcome(tx, person, group, language=language, academy=academy)
    say(tx, person_id=person.id, message=welcome, now=now)
    return True


def back_in_reach(tx: Connection, *, person: Person, now: datetime, academy: AcademyFacts) -> None:
    """Let lessons come again to somebody who had blocked us: nobody looked at them meanwhile."""
    people.set_unreachable(tx, person.id, since=None)
    for enrollment in enrollments.of_person(tx, person.id):
        delivering.replan(tx, enrollment_id=enrollment.id, now=now, academy=academy)


def ask_code(
    tx: Connection, *, person: Person, screen: Screen | None = None, now: datetime, academy: AcademyFacts
) -> None:
    """Ask for the code; a look at a sample lesson is offered beside it when there is one."""
    there = sampling.sample(tx, language=person.language) is not None
    say(tx, person_id=person.id, message=TypeCode(academy=academy.name, sample=there), now=now, edits=screen)


def choose_language(
    tx: Connection, invited: Invited, *, language: str, now: datetime, academy: AcademyFacts
) -> bool:
    """Say the welcome again in another language; False when the button is not in use any more."""
    person = invited.person
    group = groups.by_token(tx, invited.invitation)
    if group is None or language not in _languages(tx, group, academy):
        return False
    people.set_language(tx, person.id, language)
    if (refused := invitations.refusal(tx, group, how="link", now=now)) is not None:
        say(tx, person_id=person.id, message=refused, now=now, edits=invited.screen)
    else:
        welcome = _welcome(tx, person, group, language=language, academy=academy)
        say(tx, person_id=person.id, message=welcome, now=now, edits=invited.screen)
    return True


def show_notice(
    tx: Connection, invited: Invited, *, full: bool, now: datetime, academy: AcademyFacts
) -> bool:
    """Show what is kept, who sees it and how long, before anything is agreed."""
    person = invited.person
    group = groups.by_token(tx, invited.invitation)
    if group is None:
        return False
    if _went_in(tx, person=person, group=group, screen=invited.screen, now=now, academy=academy):
        return True
    message = invitations.refusal(tx, group, how="link", now=now) or PrivacyNotice(
        group_id=group.id,
        facilitator=facilitator_name(tx, group.id),
        academy=academy.name,
        contact=academy.contact,
        keep_months=academy.keep_months,
        full=full,
        invitation=invited.invitation,
    )
    say(tx, person_id=person.id, message=message, now=now, edits=invited.screen)
    return True


def decline(tx: Connection, *, person: Person, screen: Screen | None, now: datetime) -> None:
    """Keep nothing of somebody who does not agree, once they have been told so.

    Somebody who learns elsewhere or facilitates is kept: they only do not join here.
    """
    known = person.notice_accepted_at is not None or bool(roles.roles_of(tx, person.id))
    say(tx, person_id=person.id, message=NotJoined(known=known), now=now, edits=screen)
    if not known:
        people.rename(tx, person.id, "")
        people.forget_at(tx, person.id, at=now)


def agree(tx: Connection, invited: Invited, *, now: datetime, academy: AcademyFacts) -> bool:
    """Accept the notice, take a place in the group, and ask for days and time."""
    person = invited.person
    group = groups.by_token(tx, invited.invitation)
    if group is None:
        return False
    if _went_in(tx, person=person, group=group, screen=invited.screen, now=now, academy=academy):
        return True
    groups.hold(tx, group.id)
    if (refused := invitations.refusal(tx, group, how="link", now=now)) is not None:
        say(tx, person_id=person.id, message=refused, now=now, edits=invited.screen)
        return True
    people.accept_notice(tx, person.id, version=NOTICE_VERSION, now=now)
    enrollment = enrollments.enroll(tx, person_id=person.id, group=group, now=now)
    invitations.count_joined(tx, group, now=now)
    agreeing_times.offer(
        tx, person=person, enrollment=enrollment, screen=invited.screen, now=now, academy=academy
    )
    return True


def come_back(
    tx: Connection,
    *,
    person: Person,
    group_id: int,
    screen: Screen | None,
    now: datetime,
    academy: AcademyFacts,
) -> bool:
    """Take up a group again that was left, at the lesson that comes next; False when never in it."""
    enrollment = _enrollment(tx, person, group_id)
    if enrollment is None:
        return False
    if enrollment.state == "withdrawn":
        group = groups.group(tx, group_id)
        groups.hold(tx, group_id)
        if enrollments.count(tx, group_id) >= group.capacity:
            full = JoinRefused(reason="full", facilitator=facilitator_name(tx, group_id))
            say(tx, person_id=person.id, message=full, now=now, edits=screen)
            return True
        people.accept_notice(tx, person.id, version=NOTICE_VERSION, now=now)
    if enrollment.state == "joining" or enrollment.started_at is None:
        enrollments.set_state(tx, enrollment.id, "joining")
        again = enrollments.get(tx, enrollment.id)
        agreeing_times.offer(tx, person=person, enrollment=again, screen=screen, now=now, academy=academy)
        return True
    if enrollment.finished_at is not None:
        enrollments.set_state(tx, enrollment.id, "finished")
        again = enrollments.get(tx, enrollment.id)
        group = groups.group(tx, group_id)
        _lead_on(tx, person=person, enrollment=again, group=group, screen=screen, now=now, academy=academy)
        return True
    enrollments.set_state(tx, enrollment.id, "active")
    if records.open_assignment(tx, enrollment.id) is None:
        agreeing_times.settle(tx, enrollment_id=enrollment.id, screen=screen, now=now, academy=academy)
        return True
    if screen is not None:
        remove_buttons(tx, person_id=person.id, screen=screen, now=now)
    delivering.begin(tx, enrollment_id=enrollment.id, now=now, academy=academy)
    return True


def _went_in(
    tx: Connection,
    *,
    person: Person,
    group: Group,
    screen: Screen | None,
    now: datetime,
    academy: AcademyFacts,
) -> bool:
    """Lead on somebody who is in this group already, or was; False for everybody else."""
    enrollment = _enrollment(tx, person, group.id)
    if enrollment is None:
        return False
    _lead_on(tx, person=person, enrollment=enrollment, group=group, screen=screen, now=now, academy=academy)
    return True


def _lead_on(
    tx: Connection,
    *,
    person: Person,
    enrollment: Enrollment,
    group: Group,
    screen: Screen | None,
    now: datetime,
    academy: AcademyFacts,
) -> None:
    if enrollment.state == "joining":
        agreeing_times.offer(
            tx, person=person, enrollment=enrollment, screen=screen, now=now, academy=academy
        )
        return
    away = enrollment.state == "withdrawn" or person.unreachable_since is not None
    here = _where(tx, enrollment, now=now, academy=academy)
    message = WelcomeBack(group_id=group.id, group=here.group, lesson=here.lesson) if away else here
    say(tx, person_id=person.id, message=message, now=now, edits=screen)


def _without_code(tx: Connection, *, person: Person, now: datetime, academy: AcademyFacts) -> None:
    found = enrollments.of_person(tx, person.id)
    here = next((one for one in found if one.state != "withdrawn"), found[0] if found else None)
    if here is not None:
        group = groups.group(tx, here.group_id)
        _lead_on(tx, person=person, enrollment=here, group=group, screen=None, now=now, academy=academy)
    elif roles.roles_of(tx, person.id):
        say(tx, person_id=person.id, message=place_of_staff(tx, person), now=now)
        asking.bring_waiting(tx, helper=person, now=now, academy=academy)
        held_deliveries.bring_waiting(tx, helper=person, now=now, academy=academy)
    else:
        people.forget_at(tx, person.id, at=None)
        ask_code(tx, person=person, now=now, academy=academy)


def _welcome(
    tx: Connection, person: Person, group: Group, *, language: str, academy: AcademyFacts
) -> Welcome:
    course = courses.course_in(tx, group.course_version_id, language)
    return Welcome(
        name=person.name,
        group_id=group.id,
        group=group.name,
        course=course.title,
        academy=academy.name,
        lessons=len(course.lessons),
        minutes=round(median(lesson.minutes for lesson in course.lessons)),
        facilitator=facilitator_name(tx, group.id),
        language=language,
        other_languages=tuple(one for one in _languages(tx, group, academy) if one != language),
        invitation=group.link_token,
    )


def _languages(tx: Connection, group: Group, academy: AcademyFacts) -> tuple[str, ...]:
    return speakable(courses.course(tx, group.course_version_id).languages, academy.languages)


def _enrollment(tx: Connection, person: Person, group_id: int) -> Enrollment | None:
    return next((one for one in enrollments.of_person(tx, person.id) if one.group_id == group_id), None)


def _where(tx: Connection, enrollment: Enrollment, *, now: datetime, academy: AcademyFacts) -> AlreadyJoined:
    learner = learner_of(tx, enrollment)
    waiting = records.open_assignment(tx, enrollment.id)
    state = state_of(tx, learner, academy=academy)
    done = len(state.finished.intersection(state.lesson_ids))
    lessons = len(learner.course.lessons)
    return AlreadyJoined(
        group=learner.group.name,
        lesson=min(done + 1, lessons),
        finished=not lessons_to_come(state),
        assignment_id=None if waiting is None else waiting.id,
        next_at=next_at(tx, learner, now=now, academy=academy) if waiting is None else None,
        zone=learner.zone,
    )
