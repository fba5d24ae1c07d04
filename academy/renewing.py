"""An edited course takes the place of the one that is being tried out, under everybody in it.

Only the preview is wired to this. A learner of a real course never changes over inside a lesson;
an author wants to see the new words where they are.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from academy import placing
from academy.facts import AcademyFacts
from academy.places import place_at
from academy.republishing import lesson_in, move
from academy.standing import where_they_stand
from learners.groups import Enrollment
from learners.records import Assignment
from lessons.media import Media
from lessons.model import Course
from storage import courses, enrollments, groups, people, records, trial_records, version_moves

VERSION_CHARS = 24
"""Of the author's version that is kept: a column holds 32, and the number of the save comes behind it."""


def preview_version(version: str, *, save: int) -> str:
    """Return the version under which a save is published in a preview: `1.2.0+3`."""
    return f"{version[:VERSION_CHARS]}+{save}"


def renew(
    tx: Connection,
    *,
    course: Course,
    media: Mapping[str, Media],
    group_id: int,
    now: datetime,
    academy: AcademyFacts,
) -> None:
    """Publish the course and let the group and everybody in it go on in it, at the same step.

    Where the step is gone it is the one that took its place, where the lesson is gone the next
    one; the step is shown when it reads differently now. The version must be a new one
    (`preview_version`).
    """
    group = groups.group(tx, group_id)
    known = courses.course(tx, group.course_version_id)
    # The course stays the same one for the preview, whatever its author calls it now.
    published = courses.publish(tx, course=replace(course, id=known.id), media=media, now=now)
    assert isinstance(published, courses.Published)
    version_moves.pin_groups(tx, course_id=known.id, version_id=published.version_id)
    for enrollment in enrollments.in_group(tx, group_id):
        _renew(tx, enrollment, before=known, after=course, version_id=published.version_id, now=now,
               academy=academy)  # fmt: skip


def _renew(
    tx: Connection,
    enrollment: Enrollment,
    *,
    before: Course,
    after: Course,
    version_id: int,
    now: datetime,
    academy: AcademyFacts,
) -> None:
    if enrollment.state == "withdrawn":
        # Whoever left has left; coming back they find the new course.
        version_moves.pin(tx, enrollment.id, version_id=version_id)
        return
    waiting = records.open_assignment(tx, enrollment.id)
    lesson_id = None if waiting is None else _goes_to(waiting, before=before, after=after)
    if lesson_id is not None:
        version_moves.pin(tx, enrollment.id, version_id=version_id)
        placing.jump(
            tx,
            person=people.get(tx, enrollment.person_id),
            group_id=enrollment.group_id,
            lesson_id=lesson_id,
            step=0,
            now=now,
            academy=academy,
        )
        return
    shown = None
    if waiting is not None and waiting.started_at is not None:
        shown = where_they_stand(tx, place_at(tx, waiting))
    if enrollment.state == "finished":
        # A lesson that was added is one to come.
        trial_records.go_on(tx, enrollment.id)
    move(
        tx, enrollment_id=enrollment.id, version_id=version_id, now=now, academy=academy, keep_under_way=False
    )
    again = records.open_assignment(tx, enrollment.id)
    if shown is not None and again is not None and where_they_stand(tx, place_at(tx, again)) != shown:
        placing.show_again(tx, enrollment_id=enrollment.id, now=now)


def _goes_to(waiting: Assignment, *, before: Course, after: Course) -> str | None:
    """Return the lesson to begin with when the present one cannot go on; None when it can.

    A lesson that is gone leads into the next one. A test that changed under way begins anew, for
    its questions were drawn from another pool.
    """
    there = lesson_in(after, waiting.lesson_id)
    was = lesson_in(before, waiting.lesson_id)
    if there is not None:
        drawn = there.test is not None or (was is not None and was.test is not None)
        return there.id if drawn and waiting.started_at is not None and there != was else None
    order = [lesson.id for lesson in before.lessons]
    following = order[order.index(waiting.lesson_id) :] if waiting.lesson_id in order else []
    kept = {lesson.id for lesson in after.lessons}
    return next((one for one in following if one in kept), after.lessons[-1].id)
