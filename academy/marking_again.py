"""A key was wrong: what was answered is marked again, and whom that changes is told.

What a response was worth before stays as a fact. Nobody who has passed stops having passed: they
stay so, and the people who follow the group are told who that is.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy.course_end import stands_of
from academy.facts import AcademyFacts
from academy.messages.versions import CorrectedQuestion, KeyCorrected, PassesKept
from academy.places import Learner, Place, learner_of
from academy.saying import say
from academy.standing import graded
from learners.progress import Progress
from lessons import grading
from lessons.keys import carried_over
from lessons.markup import parse
from lessons.model import Course
from lessons.steps import AnyQuestion
from scheduler.local_time import next_waking
from storage import courses, enrollments, groups, records, rescoring, roles, version_moves
from storage.rescoring import Scored


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedAgain:
    """What marking again has changed."""

    learners: int = 0
    """Whose score is another one; the withdrawn left out."""
    passes_kept: int = 0
    """Who would not have passed by the corrected key."""


def mark_again(
    tx: Connection,
    *,
    course: Course,
    version_id: int,
    corrected: Iterable[str],
    now: datetime,
    academy: AcademyFacts,
) -> MarkedAgain:
    """Mark every response to the corrected questions by the keys of this version.

    A response that has no meaning in the new question (its option is gone) keeps what it was worth, and
    in a test no response loses anything.
    """
    questions = tuple(corrected)
    given: defaultdict[int, list[Scored]] = defaultdict(list)
    for one in rescoring.marked(tx, course_id=course.id, question_ids=questions):
        given[one.enrollment_id].append(one)
    changed = 0
    kept: defaultdict[int, list[str]] = defaultdict(list)
    for enrollment_id, responses in given.items():
        enrollment = enrollments.get(tx, enrollment_id)
        learner = learner_of(tx, enrollment)
        stood = stands_of(tx, learner, now=now)
        said = _marked(tx, learner, responses, version_id=version_id, now=now)
        if not said:
            continue
        stands = stands_of(tx, learner, now=now)
        keeps = stood.passed and not stands.passed
        if keeps:
            version_moves.keep_pass(tx, enrollment_id, at=enrollment.finished_at or now)
        if enrollment.state == "withdrawn":
            continue
        changed += 1
        if keeps:
            kept[enrollment.group_id].append(learner.person.name)
        _tell(tx, learner, said, stood=stood, stands=stands, version_id=version_id, now=now, academy=academy)
    for group_id, names in kept.items():
        _tell_facilitators(tx, group_id, tuple(names), course=course, now=now, academy=academy)
    return MarkedAgain(learners=changed, passes_kept=sum(len(names) for names in kept.values()))


def _marked(
    tx: Connection, learner: Learner, responses: list[Scored], *, version_id: int, now: datetime
) -> tuple[CorrectedQuestion, ...]:
    """Keep the new worth of these responses; return the questions whose best answer counts differently."""
    course = courses.course_in(tx, version_id, learner.person.language)
    asked = {question.id: question for lesson in course.lessons for question in lesson.questions}
    before: dict[str, float] = {}
    after: dict[str, float] = {}
    for one in responses:
        mark = _mark(tx, learner, one, asked[one.question_id], course=course)
        score = one.score if mark is None else mark.score
        if mark is not None and (mark.score, mark.verdict) != (one.score, one.verdict):
            rescoring.add(
                tx,
                response_id=one.id,
                version_id=version_id,
                score=mark.score,
                verdict=mark.verdict,
                now=now,
            )
        before[one.question_id] = max(one.score, before.get(one.question_id, 0.0))
        after[one.question_id] = max(score, after.get(one.question_id, 0.0))
    return tuple(
        CorrectedQuestion(
            prompt=parse(asked[question_id].prompt).text,
            counts="right" if score >= 1 else "partly" if score > 0 else "wrong",
        )
        for question_id, score in after.items()
        if score != before[question_id]
    )


def _mark(
    tx: Connection, learner: Learner, given: Scored, asked: AnyQuestion, *, course: Course
) -> grading.Mark | None:
    shown = courses.course_in(tx, given.course_version_id, learner.person.language)
    was = next((step for lesson in shown.lessons for step in lesson.steps if step.id == asked.id), None)
    assignment = records.assignment(tx, given.assignment_id)
    if was is None or assignment is None:
        return None
    response = carried_over(was, asked, response=given.response)
    if response is None:
        return None
    place = Place(
        learner=Learner(
            person=learner.person, enrollment=learner.enrollment, group=learner.group, course=course
        ),
        assignment=assignment,
    )
    outcome = graded(place, asked, response)
    if not isinstance(outcome, grading.Mark):
        return None
    in_test = shown.lesson(assignment.lesson_id).test is not None
    # A test that was passed opens lessons: a mistake of ours never closes them again.
    return None if in_test and outcome.score < given.score else outcome


def _tell(
    tx: Connection,
    learner: Learner,
    questions: tuple[CorrectedQuestion, ...],
    *,
    stood: Progress,
    stands: Progress,
    version_id: int,
    now: datetime,
    academy: AcademyFacts,
) -> None:
    if learner.person.unreachable_since is not None:
        return
    rhythm = learner.rhythm(academy)
    message = KeyCorrected(
        course=learner.course.title,
        questions=questions,
        score_percent=stands.score_percent,
        passed="kept"
        if stood.passed and not stands.passed
        else "now"
        if stands.passed > stood.passed
        else "",
    )
    say(
        tx,
        person_id=learner.person.id,
        message=message,
        now=now,
        kind="notice",
        key=f"corrected:{version_id}:{learner.enrollment.id}",
        not_before=next_waking(now, zone=rhythm.zone, quiet=rhythm.quiet),
    )


def _tell_facilitators(
    tx: Connection,
    group_id: int,
    names: tuple[str, ...],
    *,
    course: Course,
    now: datetime,
    academy: AcademyFacts,
) -> None:
    """Name those who stay passed to whoever follows the group, else to the admins."""
    group = groups.group(tx, group_id)
    message = PassesKept(group=group.name, course=course.title, pass_percent=course.pass_percent, names=names)
    for person in roles.facilitators_of(tx, group_id) or roles.admins(tx):
        zone = ZoneInfo(person.zone or group.zone)
        say(
            tx,
            person_id=person.id,
            message=message,
            now=now,
            kind="notice",
            not_before=next_waking(now, zone=zone, quiet=academy.quiet),
        )
