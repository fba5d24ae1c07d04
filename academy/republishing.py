"""A course that people are in gets a new version, and everybody goes on where they are.

A lesson that somebody has begun is finished in the version it began in; what comes after it comes
from the new one. What was answered, and to which version, is never rewritten. All of it happens in
the transaction that makes the version, so it happens once or not at all.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias

from sqlalchemy import Connection

from academy import drafting
from academy.agenda_facts import state_of
from academy.delivering import replan
from academy.facts import AcademyFacts
from academy.marking_again import mark_again
from academy.messages.versions import LessonsChanged, Moves
from academy.places import Learner, learner_of
from academy.saying import say
from learners.groups import Enrollment
from learners.records import Assignment
from lessons.differences import difference
from lessons.model import Course, Lesson
from lessons.steps import Choose, ChooseAll
from scheduler.agenda import lessons_to_come
from scheduler.local_time import next_waking
from storage import courses, due, enrollments, groups, records, version_moves
from storage.crash_points import crash_here

Reach: TypeAlias = Literal["new-groups", "next-lesson", "also-finished"]

LESSONS_NAMED = 5
"""Changed lessons that one message offers to read again; the others are in /lessons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a new version means to those who learn an earlier one."""

    reach: Reach = "next-lesson"
    """Nobody but new groups; everybody from their next lesson; and finished lessons named to them too."""
    corrected_key: bool = False
    """The right answers that changed were wrong: mark again what was answered. Never with `new-groups`."""


def republish(
    tx: Connection, *, before_id: int, version_id: int, plan: Plan, now: datetime, academy: AcademyFacts
) -> Moves:
    """Carry out the plan for everybody in earlier versions; return what became of them.

    `before_id` is the version that was the newest before: what changed since is what was corrected.
    """
    course = courses.course(tx, version_id)
    people = version_moves.on_other_versions(tx, course_id=course.id, version_id=version_id)
    here = [one for one in people if one.state != "withdrawn"]
    finished = sum(one.state == "finished" for one in here)
    if plan.reach == "new-groups":
        return Moves(stay=len(here) - finished, finished=finished)
    for group_id in version_moves.pin_groups(tx, course_id=course.id, version_id=version_id):
        drafting.keep_drafts(tx, group=groups.group(tx, group_id), course=course, now=now)
    corrected = difference(courses.course(tx, before_id), course).corrected if plan.corrected_key else ()
    under_way = completed = 0
    for one in people:
        if one.state == "finished":
            continue
        where = _move(
            tx, one, course=course, version_id=version_id, corrected=frozenset(corrected), academy=academy
        )
        under_way += where == "under_way" and one.state != "withdrawn"
        completed += where == "over" and one.state != "withdrawn"
        plan_ahead(tx, enrollment_id=one.id, over=where == "over", now=now, academy=academy)
    crash_here("inside_publish")
    named = 0
    if plan.reach == "also-finished":
        named = sum(_name_changed(tx, one, version_id=version_id, now=now, academy=academy) for one in here)
    marked = mark_again(
        tx, course=course, version_id=version_id, corrected=corrected, now=now, academy=academy
    )
    return Moves(
        moved=len(here) - finished,
        under_way=under_way,
        completed=completed,
        finished=finished,
        named=named,
        scored_anew=marked.learners,
        passes_kept=marked.passes_kept,
    )


def move(
    tx: Connection,
    *,
    enrollment_id: int,
    version_id: int,
    now: datetime,
    academy: AcademyFacts,
    keep_under_way: bool = True,
) -> None:
    """Let this enrollment go on in another version of its course.

    A lesson that was offered and not begun comes in the new version, if that has it. With
    `keep_under_way=False` a lesson under way changes over too, at the step that has the same id,
    and a step whose words changed is tried anew: for an author who tries their own course, never
    for a learner.
    """
    course = courses.course(tx, version_id)
    enrollment = enrollments.get(tx, enrollment_id)
    where = _move(
        tx, enrollment, course=course, version_id=version_id, corrected=frozenset(), academy=academy
    )
    waiting = records.open_assignment(tx, enrollment_id)
    if not keep_under_way and waiting is not None and waiting.course_version_id != version_id:
        lesson = lesson_in(course, waiting.lesson_id)
        if lesson is not None:
            _change_over(tx, waiting, lesson=lesson, version_id=version_id)
    plan_ahead(tx, enrollment_id=enrollment_id, over=where == "over", now=now, academy=academy)


def plan_ahead(
    tx: Connection, *, enrollment_id: int, over: bool, now: datetime, academy: AcademyFacts
) -> None:
    """Plan anew; a course that is `over` because its last lessons were removed ends in waking hours."""
    replan(tx, enrollment_id=enrollment_id, now=now, academy=academy)
    if over and due.due_at(tx, enrollment_id) == now:
        rhythm = learner_of(tx, enrollments.get(tx, enrollment_id)).rhythm(academy)
        due.set_due(tx, enrollment_id, next_waking(now, zone=rhythm.zone, quiet=rhythm.quiet))


def lesson_in(course: Course, lesson_id: str) -> Lesson | None:
    """Return the lesson with this id, or None when the course has none."""
    return next((lesson for lesson in course.lessons if lesson.id == lesson_id), None)


def same_place(before: Lesson, after: Lesson, *, step: int) -> int:
    """Return the index of the step to go on with in `after`, for somebody at `step` of `before`.

    It is the step with the same id; where that is gone, the next one that is still there, and the
    last step when none is.
    """
    places = {one.id: index for index, one in enumerate(after.steps)}
    for one in before.steps[step:]:
        if one.id in places:
            return places[one.id]
    return len(after.steps) - 1


def _move(
    tx: Connection,
    enrollment: Enrollment,
    *,
    course: Course,
    version_id: int,
    corrected: frozenset[str],
    academy: AcademyFacts,
) -> Literal["between", "under_way", "over"]:
    """Pin the enrollment to the version; return where that leaves the learner."""
    version_moves.pin(tx, enrollment.id, version_id=version_id)
    given = records.assignments_of(tx, enrollment.id)
    waiting = next((one for one in given if one.finished_at is None), None)
    if waiting is None:
        learner = learner_of(tx, enrollment, course_version_id=version_id)
        return "between" if lessons_to_come(state_of(tx, learner, academy=academy)) else "over"
    if waiting.course_version_id == version_id:
        return "between"
    lesson = lesson_in(course, waiting.lesson_id)
    if lesson is None:
        return "under_way"
    if waiting.started_at is None:
        version_moves.give_in(tx, waiting, version_id=version_id, step=0)
        return "between"
    shown = courses.course(tx, waiting.course_version_id).lesson(waiting.lesson_id)
    if corrected & {question.id for question in lesson.questions} and _walks_alike(shown, lesson):
        # The rest of the lesson would be marked by the wrong key otherwise.
        version_moves.give_in(tx, waiting, version_id=version_id, step=waiting.step)
    return "under_way"


def _walks_alike(before: Lesson, after: Lesson) -> bool:
    """Return whether every button drawn for one lesson means the same in the other."""
    return [_buttons(step) for step in before.steps] == [_buttons(step) for step in after.steps] and (
        before.test == after.test
    )


def _buttons(step: object) -> tuple[object, ...]:
    match step:
        case Choose(options=options) | ChooseAll(options=options):
            return (getattr(step, "id", ""), type(step), tuple(option.text for option in options))
        case _:
            listed = tuple(getattr(step, name, None) for name in ("items", "pairs", "options"))
            return (getattr(step, "id", ""), type(step), listed)


def _change_over(tx: Connection, given: Assignment, *, lesson: Lesson, version_id: int) -> None:
    before = courses.course(tx, given.course_version_id).lesson(given.lesson_id)
    step = same_place(before, lesson, step=given.step)
    same = given.step < len(before.steps) and before.steps[given.step] == lesson.steps[step]
    if version_moves.give_in(tx, given, version_id=version_id, step=step, anew=not same) and not same:
        version_moves.forget_responses(tx, given.id, lesson.steps[step].id)


def _name_changed(
    tx: Connection, enrollment: Enrollment, *, version_id: int, now: datetime, academy: AcademyFacts
) -> bool:
    """Name the finished lessons that read differently now; return whether there are any."""
    learner = learner_of(tx, enrollment, course_version_id=version_id)
    until = enrollment.paused_until if enrollment.state == "paused" else now
    if until is None or learner.person.unreachable_since is not None or enrollment.state == "joining":
        return False
    changed = _changed_for(tx, learner)
    if not changed:
        return False
    rhythm = learner.rhythm(academy)
    say(
        tx,
        person_id=learner.person.id,
        message=LessonsChanged(
            course=learner.course.title,
            lessons=changed[:LESSONS_NAMED],
            more=max(0, len(changed) - LESSONS_NAMED),
        ),
        now=now,
        kind="notice",
        key=f"changed:{version_id}:{enrollment.id}",
        not_before=next_waking(max(now, until), zone=rhythm.zone, quiet=rhythm.quiet),
    )
    return True


def _changed_for(tx: Connection, learner: Learner) -> tuple[tuple[int, int, str], ...]:
    """Return assignment, number and title of the finished lessons whose steps are others now."""
    given = {
        one.lesson_id: one
        for one in records.assignments_of(tx, learner.enrollment.id)
        if one.finished_at is not None
    }
    found = []
    for number, lesson in enumerate(learner.course.lessons, start=1):
        if lesson.id not in given or lesson.test is not None:
            continue
        version = given[lesson.id].course_version_id
        shown = courses.course_in(tx, version, learner.person.language).lesson(lesson.id)
        if replace(shown, facilitator_notes="", needs=()) != replace(lesson, facilitator_notes="", needs=()):
            found.append((given[lesson.id].id, number, lesson.title))
    return tuple(found)
