"""What the learner hears of a grade: the grade itself, and the result it may complete.

Like any answer of a person it quotes the learner's own message, comes at once in a conversation, and
keeps quiet hours otherwise.
"""

from datetime import datetime

from sqlalchemy import Connection

from academy.asking import IN_CONVERSATION, waking
from academy.course_end import stands_of
from academy.delivering import replan
from academy.facts import AcademyFacts
from academy.messages import Message
from academy.messages.surveying import AnswerGraded, FinalResult
from academy.open_standing import told
from academy.places import Learner, learner_of, place_at
from academy.saying import say
from learners.people import Person
from learners.progress import Progress
from lessons.markup import parse
from lessons.steps import Open
from storage import enrollments, records
from storage.open_answers import OpenAnswer


def tell_learner(
    tx: Connection,
    answer: OpenAnswer,
    *,
    by: Person,
    before: Progress,
    again: bool,
    now: datetime,
    academy: AcademyFacts,
) -> None:
    """Say the grade that was just kept, and the result of the course where that changes it.

    `before` is how the learner stood without this grade; `again`: it takes the place of an earlier one.
    """
    assignment = records.assignment(tx, answer.assignment_id)
    assert assignment is not None
    place = place_at(tx, assignment)
    asked = next(step for step in place.lesson.steps if step.id == answer.question_id)
    assert isinstance(asked, Open)
    grade = told(tx, answer.response_id, asked)
    assert grade is not None
    message = AnswerGraded(facilitator=by.name, grade=grade, question=parse(asked.prompt).text, again=again)
    _bring(tx, answer, message, quotes=True, now=now, academy=academy)
    learner = learner_of(tx, enrollments.get(tx, answer.enrollment_id))
    result = _result(learner, stands_of(tx, learner, now=now), before=before)
    if result is not None:
        _bring(tx, answer, result, quotes=False, now=now, academy=academy)
    # A test may be passed or to be taken again only now.
    replan(tx, enrollment_id=answer.enrollment_id, now=now, academy=academy)


def standing_before(tx: Connection, answer: OpenAnswer, *, now: datetime) -> Progress:
    """Return how the learner stands now, to be compared with how the grade makes them stand."""
    return stands_of(tx, learner_of(tx, enrollments.get(tx, answer.enrollment_id)), now=now)


def _result(learner: Learner, stands: Progress, *, before: Progress) -> FinalResult | None:
    """Return the result of a finished course in which nothing waits any more, where it is another one."""
    same = (stands.score_percent, stands.passed) == (before.score_percent, before.passed)
    if not stands.finished or stands.waiting or (same and not before.waiting):
        return None
    return FinalResult(
        course=learner.course.title,
        score_percent=stands.score_percent,
        passed=stands.passed,
        pass_percent=learner.course.pass_percent,
    )


def _bring(
    tx: Connection,
    answer: OpenAnswer,
    message: Message,
    *,
    quotes: bool,
    now: datetime,
    academy: AcademyFacts,
) -> None:
    person = learner_of(tx, enrollments.get(tx, answer.enrollment_id)).person
    talking = now - answer.answered_at <= IN_CONVERSATION
    say(
        tx,
        person_id=person.id,
        message=message,
        now=now,
        kind="reply" if talking else "notice",
        silent=False,
        reply_to=answer.message_id if quotes else None,
        not_before=None if talking else waking(tx, person, answer.group_id, now=now, quiet=academy.quiet),
    )
