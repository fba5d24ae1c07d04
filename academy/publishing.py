"""A course becomes a version that never changes; people keep the version they began.

Two doors lead here: the command line, which has read the course itself, and a file dropped into
the chat, which waits as a draft until the same admin confirms it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, assert_never

from sqlalchemy import Connection

from academy.messages.authoring import (
    CourseLine,
    CourseList,
    CourseReport,
    PublishOffer,
    PublishResult,
)
from academy.outgoing import Screen
from academy.saying import say
from learners.people import Person
from lessons.media import Media
from lessons.model import Course
from lessons.problems import Problem, draw
from lessons.versions import content_hash
from reports.table import Column, Table
from storage import course_drafts, courses
from storage.courses import CourseVersion, Published, PublishOutcome, VersionTaken

DRAFT_LIVES = timedelta(minutes=10)
"""How long [Publish] under a dropped course works (guarantees C14)."""

HASH_DIGITS = 12
"""Hex digits of the content hash that people are shown: 48 bits, enough to tell versions apart."""

_FIRST_PROBLEMS = 3
_COURSES_LISTED = 20


def publish(tx: Connection, *, course: Course, media: Mapping[str, Media], now: datetime) -> PublishOutcome:
    """Publish the course; the same content again changes nothing.

    The author's version with other content comes back as `VersionTaken`, and nothing is stored.
    `media` maps sha256 to the pictures the course names.
    """
    return courses.publish(tx, course=course, media=media, now=now)


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


def offer(
    tx: Connection,
    *,
    person: Person,
    file_name: str,
    course: Course | None,
    problems: tuple[Problem, ...],
    media: Mapping[str, Media],
    now: datetime,
) -> None:
    """Report on a dropped course, and offer to publish it when it has no errors.

    `course` is None when the file has errors. The offer is one admin's, works once, and lives ten
    minutes.
    """
    errors = sum(problem.severity == "error" for problem in problems)
    drawn = tuple(draw(problem) for problem in problems)
    report = CourseReport(
        name=file_name,
        errors=errors,
        warnings=len(problems) - errors,
        first=drawn[:_FIRST_PROBLEMS],
        document="\n\n".join(drawn),
    )
    say(tx, person_id=person.id, message=report, now=now)
    if course is None or errors:
        return
    # By content, so a picture kept for a draft that nobody publishes is kept once, not twice.
    courses.keep_pictures(tx, media)
    draft_id = course_drafts.add(
        tx, person_id=person.id, course=course, now=now, expired_before=now - DRAFT_LIVES
    )
    offered = PublishOffer(
        draft_id=draft_id,
        course=course.title,
        course_id=course.id,
        version=course.version,
        content_hash=short_hash(content_hash(course)),
        lessons=len(course.lessons),
        questions=sum(len(lesson.questions) for lesson in course.lessons),
        languages=course.languages,
        warnings=len(problems) - errors,
        learners=courses.learners(tx, course.id),
    )
    say(tx, person_id=person.id, message=offered, now=now)


def publish_draft(
    tx: Connection, *, person: Person, draft_id: int, screen: Screen | None, now: datetime
) -> None:
    """Publish the draft and say what became of it; the second half of a double tap says nothing."""
    if course_drafts.is_used(tx, draft_id, person_id=person.id):
        # What became of it stands there already, and "this offer is over" would deny it.
        return
    course = course_drafts.take(tx, draft_id, person_id=person.id, made_since=now - DRAFT_LIVES, now=now)
    if course is None:
        result = PublishResult(outcome="expired", course_id="", version="", content_hash="")
    else:
        # The pictures were kept with the draft.
        outcome = publish(tx, course=course, media={}, now=now)
        result = PublishResult(
            outcome=_word(outcome),
            course_id=course.id,
            version=course.version,
            content_hash=short_hash(content_hash(course)),
        )
    say(tx, person_id=person.id, message=result, now=now, edits=screen)


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


def _word(outcome: PublishOutcome) -> Literal["published", "unchanged", "version_taken"]:
    match outcome:
        case Published(created=True):
            return "published"
        case Published():
            return "unchanged"
        case VersionTaken():
            return "version_taken"
    assert_never(outcome)
