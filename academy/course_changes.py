"""What a new version would change, told of the people who are in the course.

Nothing is published here; the numbers are those of the moment they are asked for.
"""

from collections.abc import Mapping

from sqlalchemy import Connection

from academy.messages.versions import Change, CourseChanges
from lessons.differences import LessonChange, StepChange, difference
from lessons.model import Course
from lessons.renaming import with_ids
from storage import courses, renamed_ids, version_moves
from storage.courses import CourseVersion


def as_kept(tx: Connection, course: Course, *, renamed: Mapping[str, str]) -> Course:
    """Return the course under the ids it is kept under: those known already, and `renamed` besides.

    `renamed` maps an id as written to the one it had.
    """
    return with_ids(course, {**renamed_ids.of_course(tx, course.id), **renamed})


def live_version(tx: Connection, course_id: str, *, version: str | None = None) -> CourseVersion | None:
    """Return the version published last, or the one the author called `version`; None when there is none."""
    known = courses.versions(tx, course_id=course_id)
    if version is None:
        return known[-1] if known else None
    return next((one for one in known if one.version == version), None)


def changes(
    tx: Connection, *, course: Course, against: CourseVersion, renamed: Mapping[str, str] | None = None
) -> CourseChanges:
    """Return what changed since `against`, in course order, with the people each change meets."""
    after = as_kept(tx, course, renamed=renamed or {})
    before = courses.course(tx, against.id)
    found = difference(before, after)
    stand = version_moves.standing_in_lessons(tx, course_id=course.id)
    answers = version_moves.answers_to(
        tx, course_id=course.id, question_ids=(*found.removed_questions, *found.corrected)
    )
    numbers = {lesson.id: number for number, lesson in enumerate(after.lessons, start=1)}
    told = [Change(what="course", id=name) for name in found.fields if name != "media"]
    told += [_lesson(change, stand=stand) for change in found.lessons]
    told += [
        _step(change, lesson=numbers.get(change.lesson_id, 0), answers=answers.get(change.id, 0))
        for change in found.steps
        if change.is_asked
    ]
    told += [
        Change(what="translation", id=one.language, how=one.what, count=one.pairs)
        for one in found.translations
    ]
    told += [
        Change(what="renamed", id=one.new, was=one.old, how=one.what, title=one.title)
        for one in found.renamed
    ]
    return CourseChanges(
        course_id=course.id,
        version=course.version,
        against=against.version,
        learners=stand.learners,
        changes=tuple(told),
        new_ids=len(found.new_ids),
        key_corrected=bool(found.corrected),
    )


def _lesson(change: LessonChange, *, stand: version_moves.Standing) -> Change:
    past, inside = stand.past.get(change.id, 0), stand.inside.get(change.id, 0)
    return Change(
        what="lesson",
        id=change.id,
        how=change.what,
        number=change.number,
        was_number=change.was_number,
        title=change.title,
        past=past,
        inside=inside,
        ahead=max(0, stand.going - stand.past_and_going.get(change.id, 0) - inside),
    )


def _step(change: StepChange, *, lesson: int, answers: int) -> Change:
    return Change(
        what="question",
        id=change.id,
        how="key" if "key" in change.aspects else change.what,
        number=lesson,
        aspects=change.aspects,
        answers=answers,
    )
