"""Announcements that came with the course: what each reader gets, in their language and with names in it.

A facilitator's own text goes to everybody as it was written; this is about the course's words only.
"""

from sqlalchemy import Connection

from academy.announcement_outcomes import content_of
from academy.facilitators import facilitator_name
from academy.messages.facilitating import Announcement
from academy.messages.learning import Picture
from academy.wording import values
from learners.groups import Group
from learners.people import Person
from lessons.markup import parse
from lessons.model import BundledAnnouncement, Course
from lessons.placeholders import filled
from storage import courses, enrollments, groups, records
from storage.announcements import KeptAnnouncement


def announcement_in(course: Course, announcement_id: str) -> BundledAnnouncement | None:
    """Return the announcement with this id, or None when the course has none (any more)."""
    return next((one for one in course.announcements if one.id == announcement_id), None)


def content_for(tx: Connection, kept: KeptAnnouncement, *, person: Person) -> Announcement:
    """Return what this person gets of an announcement.

    Somebody who does not learn in the group, such as a facilitator who looks at it first, reads
    their own name where a learner reads theirs.
    """
    group = groups.group(tx, kept.group_id)
    course = courses.course_in(tx, group.course_version_id, person.language)
    written = None if kept.bundled is None else announcement_in(course, kept.bundled)
    if written is None:
        return content_of(kept)
    put_in = values(
        person=person,
        group=group,
        course=course,
        facilitator=facilitator_name(tx, group.id),
        lesson_id=_last_given(tx, person, group),
    )
    return Announcement(text=filled(parse(written.text), put_in), picture=picture_of(written, course))


def picture_of(written: BundledAnnouncement, course: Course) -> Picture | None:
    """Return the picture of an announcement; None when it has none."""
    digest = None if written.image is None else course.media.get(written.image)
    return None if digest is None else Picture(sha256=digest, alt=written.alt)


def _last_given(tx: Connection, person: Person, group: Group) -> str:
    for enrollment in enrollments.of_person(tx, person.id):
        if enrollment.group_id == group.id:
            given = records.assignments_of(tx, enrollment.id)
            return given[-1].lesson_id if given else ""
    return ""
