"""Questions come again some days after their lesson: chosen, shown, and never in a heap.

What is chosen follows from the answers (`scheduler.practice`); here it is read and put into a
round. A round belongs to a local day and a day has one, so nothing is asked twice. Nothing
here touches what a lesson counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy.messages.reviewing import ReviewFeedback, ReviewOffer, ReviewShown
from academy.outgoing import Screen
from academy.places import Learner, Place, learner_of
from academy.presenting import question
from academy.saying import say
from academy.standing import Standing, feedback
from learners.records import Assignment, Response
from scheduler.local_time import at_local_time, local_date
from scheduler.practice import (
    A_DAY,
    BEFORE_A_LESSON,
    Encounter,
    History,
    Tried,
    due,
    least_remembered,
    next_due_on,
    rating_of,
)
from storage import enrollments, records, reviews

NOT_MARKED = frozenset({"noted", "waiting"})
"""Verdicts that say nothing about what somebody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtReview:
    """A learner at a question that came again, and what they have said to it this time."""

    review: reviews.Review
    place: Place
    """The lesson the question is from, with the review in place of the assignment."""
    standing: Standing


def at_review(tx: Connection, review: reviews.Review, *, person_id: int) -> AtReview | None:
    """Return where this question stands; None when it is another person's, or they have left."""
    enrollment = enrollments.get(tx, review.enrollment_id)
    if enrollment.person_id != person_id or enrollment.state in {"joining", "withdrawn"}:
        return None
    learner = learner_of(tx, enrollment, course_version_id=review.course_version_id)
    for lesson in learner.course.lessons:
        for asked in lesson.questions:
            if asked.id == review.question_id:
                assignment = Assignment(
                    id=review.id,
                    enrollment_id=enrollment.id,
                    lesson_id=lesson.id,
                    course_version_id=review.course_version_id,
                    assigned_at=enrollment.joined_at,
                    assigned_on=date.min,
                    step=lesson.steps.index(asked),
                    hints_shown=review.hints_shown,
                    try_number=review.try_number,
                    picked=review.picked,
                    placed=review.placed,
                )
                given = reviews.responses_to(tx, review.id)
                return AtReview(
                    review=review,
                    place=Place(learner=learner, assignment=assignment),
                    standing=Standing(asked=asked, given=given),
                )
    return None


def show(
    tx: Connection, at: AtReview, *, now: datetime, edits: Screen | None = None, key: str | None = None
) -> None:
    """Show the question, or what is said of the last answer once it is over."""
    reviews.mark_asked(tx, at.review.id, now=now)
    message: ReviewShown | ReviewFeedback
    if at.standing.closed:
        message = ReviewFeedback(feedback=feedback(at.place, at.standing))
    else:
        lesson = at.place.lesson
        message = ReviewShown(
            question=question(tx, at.place, at.standing.asked),
            lesson=at.place.learner.number_of(lesson.id),
            title=lesson.title,
            to_lesson=at.review.occasion == "lesson" and waiting_lesson(tx, at.review) is not None,
        )
    say(tx, person_id=at.place.learner.person.id, message=message, now=now, edits=edits, key=key)


def show_verdict(
    tx: Connection, review_id: int, *, person_id: int, screen: Screen | None, now: datetime
) -> None:
    """Say the verdict on the latest response, in place of the question where there is one."""
    review = reviews.review(tx, review_id)
    assert review is not None
    at = at_review(tx, review, person_id=person_id)
    assert at is not None
    message = ReviewFeedback(feedback=feedback(at.place, at.standing))
    say(tx, person_id=person_id, message=message, now=now, edits=screen)


def show_new(tx: Connection, review: reviews.Review, *, screen: Screen | None, now: datetime) -> bool:
    """Show a question as a new message, once for each message it was asked for on; False without it."""
    person_id = enrollments.get(tx, review.enrollment_id).person_id
    at = at_review(tx, review, person_id=person_id)
    if at is None:
        return False
    show(tx, at, now=now, key=None if screen is None else f"review:{review.id}:{screen.message_id}")
    return True


def waiting_lesson(tx: Connection, review: reviews.Review) -> Assignment | None:
    """Return the lesson that a question stands before; None when it has begun, or none waits."""
    waiting = records.open_assignment(tx, review.enrollment_id)
    return None if waiting is None or waiting.started_at is not None else waiting


def prepare(tx: Connection, learner: Learner, *, now: datetime) -> None:
    """Choose the questions that come before the lesson which is given now; none on a day that had some.

    Here and not where the lesson is started: the ticker may take the time to read every answer,
    somebody who pressed [Start] looks at the screen (docs/decisions/0021).
    """
    among = learner.course.asked_again
    enrollment_id, today = learner.enrollment.id, today_of(learner, now=now)
    if not among or reviews.held_on(tx, enrollment_id, on=today) is not None:
        return
    reviews.finish_all(tx, enrollment_id, now=now)
    chosen = due(
        history_of(tx, enrollment_id),
        among=among,
        now=now,
        zone=ZoneInfo(learner.zone),
        most=BEFORE_A_LESSON,
    )
    if chosen:
        hold(tx, learner, chosen, occasion="lesson", now=now)


def ask_first(tx: Connection, place: Place, *, screen: Screen | None, now: datetime) -> bool:
    """Return whether a question comes before this lesson; it is shown then."""
    learner = place.learner
    left = waiting_on(tx, learner, now=now)
    return left is not None and left.occasion == "lesson" and show_new(tx, left, screen=screen, now=now)


def waiting_on(tx: Connection, learner: Learner, *, now: datetime) -> reviews.Review | None:
    """Return the question that comes next today; None when none waits.

    A round that was left lying is today's from now on, unless today has had its own.
    """
    waiting = reviews.waiting(tx, learner.enrollment.id)
    if not waiting:
        return None
    newest = waiting[-1].round_id
    held = reviews.round_of(tx, newest)
    if held is None or not reviews.move(tx, held, on=today_of(learner, now=now)):
        reviews.finish_all(tx, learner.enrollment.id, now=now)
        return None
    return next(one for one in waiting if one.round_id == newest)


def hold(
    tx: Connection, learner: Learner, chosen: Sequence[str], *, occasion: reviews.Occasion, now: datetime
) -> reviews.Round | None:
    """Return today's round with these questions in it; None when today has one."""
    held = reviews.hold(
        tx, enrollment_id=learner.enrollment.id, on=today_of(learner, now=now), occasion=occasion, now=now
    )
    if held is not None:
        reviews.put_in(tx, held.id, chosen, course_version_id=learner.enrollment.course_version_id)
    return held


def offer_round(tx: Connection, learner: Learner, *, number: int, now: datetime) -> bool:
    """Return whether today's round after the course was made by this call.

    It is offered once; a course without a question to ask has a round that nobody hears of.
    """
    enrollment = learner.enrollment
    assert enrollment.fresh_since is not None
    reviews.finish_all(tx, enrollment.id, now=now)
    chosen = least_remembered(
        history_of(tx, enrollment.id), among=learner.course.asked_again, now=now, most=A_DAY
    )
    held = hold(tx, learner, chosen, occasion="fresh", now=now)
    if held is None:
        return False
    if chosen:
        say(
            tx,
            person_id=learner.person.id,
            message=ReviewOffer(round_id=held.id, course=learner.course.title),
            now=now,
            kind="notice",
            silent=False,
            # A wish that was taken back and made again begins anew.
            key=f"review:{enrollment.id}:{int(enrollment.fresh_since.timestamp())}:{number}",
        )
    return True


def history_of(tx: Connection, enrollment_id: int) -> History:
    """Return what this learner did with every question, in lessons and later."""
    asked: dict[tuple[int, str], list[Response]] = {}
    for response in records.responses_of(tx, enrollment_id):
        if response.verdict not in NOT_MARKED:
            asked.setdefault((response.assignment_id, response.question_id), []).append(response)
    past = reviews.past(tx, enrollment_id)
    times = (*asked.values(), *(one.responses for one in past if one.responses))
    return History(
        encounters=tuple(_encounter(tries) for tries in times),
        left_out={one.question_id: one.left_out_at for one in past if one.left_out_at is not None},
    )


def next_at(tx: Connection, learner: Learner, *, now: datetime) -> datetime | None:
    """Return the learner's hour on the next day with a question, later than today; None without one."""
    zone = ZoneInfo(learner.zone)
    day = next_due_on(
        history_of(tx, learner.enrollment.id),
        among=learner.course.asked_again,
        after=today_of(learner, now=now),
        zone=zone,
    )
    return None if day is None else at_local_time(day, time(12), zone=zone)


def today_of(learner: Learner, *, now: datetime) -> date:
    """Return the date on the learner's calendar."""
    return local_date(now, zone=ZoneInfo(learner.zone))


def _encounter(tries: Sequence[Response]) -> Encounter:
    return Encounter(
        question_id=tries[0].question_id,
        at=tries[-1].answered_at,
        rating=rating_of([Tried(verdict=one.verdict, hints=one.hints) for one in tries]),
    )
