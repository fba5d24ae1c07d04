"""Rounds of questions that come again: asked for, walked through, left, and wished for afterwards.

A round leads on by itself: to the next question, to the lesson it stands before, or to its end.
Nobody is told how many questions there are, here or anywhere.
"""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy import agreeing_times, reviewing
from academy.agenda_facts import state_of
from academy.delivering import replan
from academy.facts import AcademyFacts
from academy.messages.learning import NothingNow
from academy.messages.reviewing import FreshSet, NothingToReview, ReviewOver
from academy.opening import open_lesson
from academy.outgoing import Screen
from academy.places import Learner, Pressed, PressOutcome, learner_of, learning, place_at
from academy.practising import open_at
from academy.reviewing import AtReview
from academy.saying import remove_buttons, say
from scheduler.agenda import next_review_at
from scheduler.practice import A_DAY, due
from storage import enrollments, reviews

REASONS: tuple[Literal["later", "enough", "not_yet", "known", "never"], ...] = (
    "later",
    "enough",
    "known",
    "not_yet",
    "never",
)
"""What is said to somebody in several courses: the first of these that is true in one of them."""


def ask(tx: Connection, *, person_id: int, now: datetime, academy: AcademyFacts) -> None:
    """/review: the question that waits, up to five of those that are due, or when there will be one."""
    courses = learning(tx, person_id)
    if not courses and not agreeing_times.lead_on(tx, person_id=person_id, now=now, academy=academy):
        say(tx, person_id=person_id, message=NothingNow(reason="not_joined"), now=now)
    for learner in courses:
        found = reviewing.waiting_on(tx, learner, now=now) or _choose(tx, learner, now=now)
        if found is not None and reviewing.show_new(tx, found, screen=None, now=now):
            return
    if courses:
        nothing = [_nothing(tx, learner, now=now) for learner in courses]
        first = min(nothing, key=lambda one: REASONS.index(one.reason))
        say(tx, person_id=person_id, message=first, now=now)


def begin(
    tx: Connection, *, person_id: int, round_id: int, screen: Screen | None, now: datetime
) -> PressOutcome:
    """[Start] on the offer of a round: its first question comes."""
    learner = _owner(tx, person_id=person_id, round_id=round_id)
    if learner is None:
        return "unknown"
    if screen is not None:
        remove_buttons(tx, person_id=person_id, screen=screen, now=now)
    found = reviewing.waiting_on(tx, learner, now=now)
    if found is None or found.round_id != round_id:
        return "passed"
    return "done" if reviewing.show_new(tx, found, screen=screen, now=now) else "unknown"


def leave_out(
    tx: Connection, *, person_id: int, round_id: int, screen: Screen | None, now: datetime
) -> PressOutcome:
    """[Not now] on the offer of a round: nothing is asked, and nothing is said of it again."""
    learner = _owner(tx, person_id=person_id, round_id=round_id)
    if learner is None:
        return "unknown"
    for one in reviews.in_round(tx, round_id):
        reviews.finish(tx, one.id, now=now)
    over = ReviewOver(left=True, zone=learner.zone)
    key = f"left:{round_id}" if screen is None else None
    say(tx, person_id=person_id, message=over, now=now, edits=screen, key=key)
    return "done"


def go_on(tx: Connection, pressed: Pressed, *, now: datetime, academy: AcademyFacts) -> PressOutcome:
    """[Continue] below a verdict: the next question, the lesson, or the end of the round."""
    at = open_at(tx, pressed, now=now)
    if not isinstance(at, AtReview):
        return at
    if not at.standing.closed:
        return "unknown"
    if not reviews.finish(tx, at.review.id, now=now):
        return "passed"
    if pressed.screen is not None:
        remove_buttons(tx, person_id=pressed.person_id, screen=pressed.screen, now=now)
    following = next((one for one in _in_round(tx, at) if one.finished_at is None), None)
    if following is not None and reviewing.show_new(tx, following, screen=pressed.screen, now=now):
        return "done"
    _lead_on(tx, at, left=False, screen=pressed.screen, now=now, academy=academy)
    return "done"


def stop(tx: Connection, pressed: Pressed, *, now: datetime, academy: AcademyFacts) -> PressOutcome:
    """[Go on to the lesson], [Enough for now]: what is left of the round rests."""
    at = open_at(tx, pressed, now=now)
    if not isinstance(at, AtReview):
        return at
    if not reviews.finish(tx, at.review.id, now=now, skipped=not at.standing.given):
        return "passed"
    for one in _in_round(tx, at):
        reviews.finish(tx, one.id, now=now)
    if pressed.screen is not None:
        remove_buttons(tx, person_id=pressed.person_id, screen=pressed.screen, now=now)
    _lead_on(tx, at, left=True, screen=pressed.screen, now=now, academy=academy)
    return "done"


def keep_fresh(
    tx: Connection,
    *,
    person_id: int,
    enrollment_id: int,
    on: bool,
    edit: bool,
    screen: Screen | None,
    now: datetime,
    academy: AcademyFacts,
) -> PressOutcome:
    """[Keep it fresh] after the course, and its end; pressed twice it is one wish."""
    enrollment = enrollments.by_id(tx, enrollment_id)
    if enrollment is None or enrollment.person_id != person_id or enrollment.state != "finished":
        return "unknown"
    if not learner_of(tx, enrollment).course.asked_again:
        return "unknown"
    if on != (enrollment.fresh_since is not None):
        enrollments.keep_fresh(tx, enrollment_id, since=now if on else None)
        replan(tx, enrollment_id=enrollment_id, now=now, academy=academy)
    learner = learner_of(tx, enrollments.get(tx, enrollment_id))
    message = FreshSet(
        enrollment_id=enrollment_id,
        on=on,
        next_at=next_review_at(state_of(tx, learner, academy=academy), now=now),
        zone=learner.zone,
    )
    if edit and screen is not None:
        say(tx, person_id=person_id, message=message, now=now, edits=screen)
    else:
        key = None if screen is None else f"fresh:{enrollment_id}:{screen.message_id}"
        say(tx, person_id=person_id, message=message, now=now, key=key)
    return "done"


def _choose(tx: Connection, learner: Learner, *, now: datetime) -> reviews.Review | None:
    """Return the first of the questions that are put into today's round; None when nothing is due."""
    held = reviews.held_on(tx, learner.enrollment.id, on=reviewing.today_of(learner, now=now))
    had = () if held is None else reviews.in_round(tx, held.id)
    before = {one.question_id for one in had}
    chosen = due(
        reviewing.history_of(tx, learner.enrollment.id),
        among=[one for one in learner.course.asked_again if one not in before],
        now=now,
        zone=ZoneInfo(learner.zone),
        most=A_DAY - len(had),
    )
    if not chosen:
        return None
    if held is None:
        held = reviewing.hold(tx, learner, chosen, occasion="asked", now=now)
        assert held is not None
    else:
        version = learner.enrollment.course_version_id
        reviews.put_in(tx, held.id, chosen, course_version_id=version)
    return next(one for one in reviews.in_round(tx, held.id) if one.finished_at is None)


def _nothing(tx: Connection, learner: Learner, *, now: datetime) -> NothingToReview:
    among = learner.course.asked_again
    if not among:
        return NothingToReview(reason="never")
    history = reviewing.history_of(tx, learner.enrollment.id)
    if not {one.question_id for one in history.encounters} & set(among):
        return NothingToReview(reason="not_yet")
    at = reviewing.next_at(tx, learner, now=now)
    if at is None:
        return NothingToReview(reason="known")
    today = reviewing.today_of(learner, now=now)
    held = reviews.held_on(tx, learner.enrollment.id, on=today)
    reason: Literal["later", "enough"] = "later" if held is None else "enough"
    return NothingToReview(reason=reason, next_at=at, zone=learner.zone)


def _in_round(tx: Connection, at: AtReview) -> tuple[reviews.Review, ...]:
    return reviews.in_round(tx, at.review.round_id)


def _lead_on(
    tx: Connection, at: AtReview, *, left: bool, screen: Screen | None, now: datetime, academy: AcademyFacts
) -> None:
    """Open the lesson the round stands before; without one, say that it is over."""
    waiting = reviewing.waiting_lesson(tx, at.review)
    if at.review.occasion == "lesson" and waiting is not None:
        open_lesson(tx, place_at(tx, waiting), screen=screen, now=now, academy=academy)
        return
    learner = learner_of(tx, enrollments.get(tx, at.review.enrollment_id))
    coming = None if left else reviewing.next_at(tx, learner, now=now)
    over = ReviewOver(left=left, next_at=coming, zone=learner.zone)
    say(tx, person_id=learner.person.id, message=over, now=now)


def _owner(tx: Connection, *, person_id: int, round_id: int) -> Learner | None:
    held = reviews.round_of(tx, round_id)
    enrollment = None if held is None else enrollments.by_id(tx, held.enrollment_id)
    if enrollment is None or enrollment.person_id != person_id:
        return None
    return None if enrollment.state in {"joining", "withdrawn"} else learner_of(tx, enrollment)
