"""Announcements that travel with a course: drafts of each group, offered when their day has come.

Their days are counted on the group's own calendar: its first day is that on which its first learner
began, and every learning day after that brings one lesson more. A draft goes out by a facilitator's
press; alone it goes only where both the author and whoever made the group have said so.
"""

from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy import announcing
from academy.announcement_outcomes import as_content
from academy.audience import audience
from academy.bundled import announcement_in, content_for, picture_of
from academy.facts import AcademyFacts
from academy.messages.facilitating import Announcement, AnnounceReady
from academy.saying import say
from learners.groups import Group
from learners.people import Person
from lessons.markup import parse
from lessons.model import BundledAnnouncement, Course
from scheduler.local_time import at_local_time, local_date, next_waking
from scheduler.pacing import Rhythm, slots
from storage import announcements, courses, enrollments, groups, roles
from storage.announcements import KeptAnnouncement

TOO_LATE_TO_GO_ALONE = timedelta(days=1)
"""After so long an absence of the service a person looks at it first: "tomorrow" may be over."""


def keep_drafts(tx: Connection, *, group: Group, course: Course, now: datetime) -> None:
    """Make a draft of each announcement of the course that the group does not have yet."""
    for written in course.announcements:
        content = Announcement(text=parse(written.text), picture=picture_of(written, course))
        announcements.add_bundled(
            tx, group_id=group.id, bundled=written.id, content=as_content(content), now=now
        )


def tick(tx: Connection, *, now: datetime, academy: AcademyFacts) -> int:
    """Plan the drafts of groups that have begun, and offer or send what is due; return how many that was."""
    for kept in announcements.to_plan(tx):
        _plan(tx, kept, academy=academy)
    return sum(_offer(tx, kept, now=now, academy=academy) for kept in announcements.to_offer(tx, now=now))


def planned_at(written: BundledAnnouncement, *, course: Course, first_on: date, rhythm: Rhythm) -> datetime:
    """Return the moment of an announcement in a group whose first day was `first_on`.

    `end` and `after_lesson` are the learning day after that lesson, `before_lesson` so many
    learning days before it, though never before the first day.
    """
    ids = [lesson.id for lesson in course.lessons]
    lesson = ids.index(written.lesson) if written.lesson in ids else 0
    match written.when:
        case "start":
            day = 0
        case "end":
            day = len(ids)
        case "after_lesson":
            day = lesson + 1
        case "before_lesson":
            day = max(0, lesson - written.days)
        case "day":
            day = written.days - 1
    moment = at_local_time(
        _day(rhythm, first_on=first_on, count=day), written.at or rhythm.at, zone=rhythm.zone
    )
    return next_waking(moment, zone=rhythm.zone, quiet=rhythm.quiet)


def take(tx: Connection, announcement_id: int, *, by: Person) -> KeptAnnouncement | None:
    """Return the draft, now this person's to send, edit or drop; None when somebody was faster."""
    kept = announcements.get(tx, announcement_id)
    if kept is None or kept.bundled is None:
        return None
    announcements.claim(tx, kept.id, author_id=by.id)
    return announcing.find(tx, kept.id, author=by)


def _day(rhythm: Rhythm, *, first_on: date, count: int) -> date:
    """Return the group's day number `count`, 0 for the first, which need not be a learning day."""
    if count == 0:
        return first_on
    later = slots(rhythm, first_on=first_on + timedelta(days=1))
    return local_date(next(islice(later, count - 1, None)), zone=rhythm.zone)


def _plan(tx: Connection, kept: KeptAnnouncement, *, academy: AcademyFacts) -> None:
    group = groups.group(tx, kept.group_id)
    course = courses.course(tx, group.course_version_id)
    first_at = enrollments.first_started_at(tx, group.id)
    written = announcement_in(course, kept.bundled or "")
    if written is None or first_at is None:
        # The course has dropped it since: so does the group.
        announcements.discard(tx, kept.id)
        return
    rhythm = Rhythm(weekdays=group.weekdays, at=group.at, zone=ZoneInfo(group.zone), quiet=academy.quiet)
    first_on = local_date(first_at, zone=rhythm.zone)
    at = planned_at(written, course=course, first_on=first_on, rhythm=rhythm)
    announcements.plan(tx, kept.id, planned_at=at)


def _offer(tx: Connection, kept: KeptAnnouncement, *, now: datetime, academy: AcademyFacts) -> bool:
    group = groups.group(tx, kept.group_id)
    written = announcement_in(courses.course(tx, group.course_version_id), kept.bundled or "")
    if written is None:
        return announcements.discard(tx, kept.id)
    assert kept.planned_at is not None
    alone = written.auto and group.auto_announcements and now - kept.planned_at < TOO_LATE_TO_GO_ALONE
    if alone and announcing.confirm(tx, kept=kept, screen=None, now=now, academy=academy) == "done":
        return True
    readers = [
        person
        for person in roles.facilitators_of(tx, group.id)
        # Who never wrote to the bot has no chat with it yet.
        if person.name and person.unreachable_since is None
    ]
    if not readers or not announcements.mark_offered(tx, kept.id, now=now):
        return False
    heard = audience(tx, group=group, send_at=None, now=now, academy=academy)
    for person in readers:
        zone = ZoneInfo(person.zone or group.zone)
        awake = next_waking(now, zone=zone, quiet=academy.quiet)
        ready = AnnounceReady(announcement_id=kept.id, group=group.name, people=len(heard.hearers))
        shown: tuple[Announcement | AnnounceReady, ...] = (content_for(tx, kept, person=person), ready)
        for part, message in enumerate(shown):
            say(
                tx,
                person_id=person.id,
                message=message,
                now=now,
                kind="notice",
                # One buzz for the two: what stands below it is about the one above.
                silent=part > 0,
                key=f"ready:{kept.id}:{person.id}:{part}",
                not_before=awake,
            )
    return True
