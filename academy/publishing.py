"""A course becomes a version that never changes; those who are in it go on by a plan.

Two doors lead here: the command line, which has read the course itself, and a file dropped into
the chat (`academy.dropped_courses`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from academy.course_changes import as_kept
from academy.facts import AcademyFacts
from academy.messages.authoring import CourseLine, CourseList
from academy.messages.versions import Moves
from academy.republishing import Plan, republish
from academy.saying import say
from learners.people import Person
from lessons.media import Media
from lessons.model import Course
from reports.table import Column, Table
from storage import courses, renamed_ids
from storage.courses import CourseVersion, Published, PublishOutcome

HASH_DIGITS = 12
"""Hex digits of the content hash that people are shown: 48 bits, enough to tell versions apart."""

_COURSES_LISTED = 20


def publish(tx: Connection, *, course: Course, media: Mapping[str, Media], now: datetime) -> PublishOutcome:
    """Publish the course; the same content again changes nothing.

    The author's version with other content comes back as `VersionTaken`, and nothing is stored.
    `media` maps sha256 to the pictures the course names.
    """
    return courses.publish(tx, course=course, media=media, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Republished:
    """What became of a course, and of those who learn an earlier version of it."""

    outcome: PublishOutcome
    course: Course
    """As it is kept: with the ids that answers are recorded under."""
    moves: Moves
    """All zero when nothing was published, or nobody learns an earlier version."""


def publish_over(
    tx: Connection,
    *,
    course: Course,
    media: Mapping[str, Media],
    plan: Plan,
    now: datetime,
    academy: AcademyFacts,
    renamed: Mapping[str, str] | None = None,
) -> Republished:
    """Publish the course and carry out the plan for those who are in it: all of it, or nothing.

    The same content again does nothing, whatever the plan: of two who publish it at once, one moves
    people. `renamed` maps ids as written to the ids they had; it is remembered for later versions.
    """
    course = as_kept(tx, course, renamed=renamed or {})
    before = courses.latest(tx, course.id)
    outcome = publish(tx, course=course, media=media, now=now)
    if not isinstance(outcome, Published) or not outcome.created:
        return Republished(outcome=outcome, course=course, moves=Moves())
    renamed_ids.remember(tx, course.id, renamed or {})
    if before is None:
        return Republished(outcome=outcome, course=course, moves=Moves())
    moves = republish(
        tx, before_id=before, version_id=outcome.version_id, plan=plan, now=now, academy=academy
    )
    return Republished(outcome=outcome, course=course, moves=moves)


def rehearse_publishing(
    tx: Connection,
    *,
    course: Course,
    plan: Plan,
    now: datetime,
    academy: AcademyFacts,
    renamed: Mapping[str, str] | None = None,
) -> Republished:
    """Return what `publish_over` would come to, and leave everything as it is."""
    attempt = tx.begin_nested()
    try:
        return publish_over(tx, course=course, media={}, plan=plan, now=now, academy=academy, renamed=renamed)
    finally:
        attempt.rollback()


def short_hash(content_hash: str) -> str:
    """Return the digits of a content hash that people are shown."""
    return content_hash[:HASH_DIGITS]


def newest_versions(tx: Connection) -> tuple[CourseVersion, ...]:
    """Return the version of each course that new groups get, in the order courses first came."""
    newest: dict[str, CourseVersion] = {}
    for version in courses.versions(tx):
        newest[version.course_id] = version
    return tuple(newest.values())


def versions_table(tx: Connection) -> Table:
    """Return every published version, oldest first, with how many people learn it or began it."""
    rows = []
    for version in courses.versions(tx):
        course = courses.course(tx, version.id)
        rows.append(
            (
                version.course_id,
                version.version,
                short_hash(version.content_hash),
                course.title,
                len(course.lessons),
                " ".join(course.languages),
                courses.learners_of_version(tx, version.id),
                version.published_at,
            )
        )
    return Table(
        title="Courses",
        columns=(
            Column("course", "Course"),
            Column("version", "Version"),
            Column("content_hash", "Content"),
            Column("title", "Title"),
            Column("lessons", "Lessons"),
            Column("languages", "Languages"),
            Column("learners", "Learners"),
            Column("published_at", "Published"),
        ),
        rows=tuple(rows),
    )


def list_courses(tx: Connection, *, person: Person, now: datetime) -> None:
    """Say what is published, newest course first."""
    newest = newest_versions(tx)[::-1]
    lines = []
    for version in newest[:_COURSES_LISTED]:
        course = courses.course_in(tx, version.id, person.language)
        lines.append(
            CourseLine(
                title=course.title,
                course_id=course.id,
                version=course.version,
                lessons=len(course.lessons),
                learners=courses.learners(tx, course.id),
            )
        )
    listed = CourseList(courses=tuple(lines), more=len(newest) - len(lines))
    say(tx, person_id=person.id, message=listed, now=now)
