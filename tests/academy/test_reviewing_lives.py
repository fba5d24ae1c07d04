"""Random lives: whatever a learner does and wherever we are interrupted, questions are few, and said once."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select

from academy import delivering, preferences
from academy.agreeing_times import Chosen
from academy.course_end import stands_of
from academy.messages.reviewing import ReviewFeedback, ReviewOffer, ReviewShown
from academy.outgoing import Show
from academy.places import learner_of
from academy.practice_rounds import begin, go_on, stop
from academy.practising import Pick, ShowAnswer, press
from learners.progress import Progress
from scheduler.local_time import is_quiet, local_date
from storage import courses as stored
from storage import due, records, reviews, version_moves
from storage.tables import outbox, review_rounds
from tests.academy.practice_desk import AGAIN, MINUTE, join, keep_fresh, lately, on, review, start, walk
from tests.academy.school import ACADEMY, DAY, HOUR, LESSONS, MONDAY, Learner, screen

HERE = ZoneInfo("Asia/Ulaanbaatar")


class Life:
    """One learner for some months, with a service that is interrupted now and then."""

    def __init__(self, tx: Connection, random: Random) -> None:
        self.tx, self.random = tx, random
        self.learner = join(tx)
        self.now = MONDAY + MINUTE
        self.offered: list[datetime] = []

    def live(self, *, days: int) -> None:
        end = MONDAY + days * DAY
        while self.now < end:
            self.now += timedelta(minutes=self.random.choice((5, 60, 300, 1440, 1440, 4000)))
            self._tick()
            for _ in range(self.random.randrange(6)):
                self.now += MINUTE
                self._act()

    def _tick(self) -> None:
        while (due_at := due.next_due_at(self.tx)) is not None and due_at <= self.now:
            if self.random.random() < 0.3:
                lost = self.tx.begin_nested()
                delivering.tick(self.tx, now=max(due_at, self.now), academy=ACADEMY)
                lost.rollback()
            delivering.tick(self.tx, now=self.now, academy=ACADEMY)

    def _act(self) -> None:
        if is_quiet(self.now, zone=HERE, quiet=ACADEMY.quiet) and self.random.random() < 0.8:
            return
        acts: list[Callable[[], object]] = [
            self._lesson,
            self._review,
            self._answer,
            self._answer,
            self._pause,
        ]
        self.random.choice(acts)()

    def _lesson(self) -> None:
        if records.open_assignment(self.tx, self.learner.enrollment_id) is None:
            if self.learner.enrollment.state == "finished":
                keep_fresh(self.learner, now=self.now, on=self.random.random() < 0.8, edit=True)
            return
        start(self.learner, now=self.now, message_id=self.random.randrange(3))
        while reviews.waiting(self.tx, self.learner.enrollment_id) and self.learner.open.started_at is None:
            if not self._answer():
                return
        walk(self.learner, now=self.now)

    def _review(self) -> None:
        review(self.learner, now=self.now)

    def _answer(self) -> bool:
        """Do something with the question or the offer on the phone; False when there is none."""
        said = [one.message for one in lately(self.learner) if isinstance(one, Show)]
        if isinstance(said[-1], ReviewOffer):
            begin(
                self.tx,
                person_id=self.learner.person_id,
                round_id=said[-1].round_id,
                screen=screen(),
                now=self.now,
            )
        if not any(isinstance(one, (ReviewShown, ReviewFeedback)) for one in said):
            return False
        pressed = on(self.learner, message_id=self.random.randrange(200, 300))
        if self.random.random() < 0.3:
            return stop(self.tx, pressed, now=self.now, academy=ACADEMY) == "done"
        press(self.tx, pressed, self.random.choice((Pick(1, 0), Pick(1, 1), ShowAnswer())), now=self.now)
        press(self.tx, pressed, ShowAnswer(), now=self.now)
        return go_on(self.tx, pressed, now=self.now, academy=ACADEMY) == "done"

    def _pause(self) -> None:
        if self.random.random() < 0.3:
            chosen = Chosen(
                person=self.learner.person, enrollment_id=self.learner.enrollment_id, screen=screen()
            )
            preferences.pause(self.tx, chosen, length="1w", now=self.now, academy=ACADEMY)


@pytest.mark.parametrize("seed", [2])
def test_a_day_has_one_round_of_five_and_nothing_is_said_twice_or_at_night(tx: Connection, seed: int) -> None:
    life = Life(tx, Random(seed))

    life.live(days=120)

    learner = life.learner
    rounds = reviews.rounds_of(tx, learner.enrollment_id)
    assert {one.occasion for one in rounds} == {"lesson", "asked", "fresh"}
    assert len({one.held_on for one in rounds}) == len(rounds)
    assert all(len(reviews.in_round(tx, one.id)) <= 5 for one in rounds)
    started = [
        (row.kind, row.not_before)
        for row in tx.execute(select(outbox.c.kind, outbox.c.not_before, outbox.c.key))
        if row.kind != "reply"
    ]
    assert not [at for _, at in started if is_quiet(at, zone=HERE, quiet=ACADEMY.quiet)]
    assert max(Counter(local_date(at, zone=HERE) for _, at in started).values()) <= 2
    offered = [one.message.round_id for one in shown(learner) if isinstance(one.message, ReviewOffer)]
    assert len(set(offered)) == len(offered)
    assert {one.id for one in rounds if one.occasion == "fresh"} == set(offered)
    assert standing(learner) == without_reviews(learner)


def shown(learner: Learner) -> list[Show]:
    return [one for one in learner.heard() if isinstance(one, Show)]


def standing(learner: Learner) -> Progress:
    return stands_of(learner.tx, learner_of(learner.tx, learner.enrollment), now=MONDAY + 200 * DAY)


def without_reviews(learner: Learner) -> Progress:
    """Progress after every round and answer of this kind has been taken away."""
    learner.tx.execute(review_rounds.delete())
    return standing(learner)


def test_a_question_that_a_new_version_drops_does_not_come_and_an_open_one_can_be_answered(
    tx: Connection,
) -> None:
    learner = join(tx)
    walk(learner, now=MONDAY + MINUTE)
    delivering.tick(tx, now=MONDAY + DAY, academy=ACADEMY)
    walk(learner, now=MONDAY + DAY + MINUTE)
    review(learner, now=MONDAY + 3 * DAY)
    (first, *_) = reviews.waiting(tx, learner.enrollment_id)
    dropped = replace(AGAIN.lessons[1], steps=tuple(AGAIN.lessons[1].steps[1:]))
    changed = replace(AGAIN, version="2.0.0", lessons=(AGAIN.lessons[0], dropped, AGAIN.lessons[2]))
    made = stored.publish(tx, course=changed, media={}, now=MONDAY)
    assert isinstance(made, stored.Published)

    version_moves.pin(tx, learner.enrollment_id, version_id=made.version_id)
    outcome = press(tx, on(learner), ShowAnswer(), now=MONDAY + 3 * DAY)
    stop(tx, on(learner), now=MONDAY + 3 * DAY, academy=ACADEMY)
    review(learner, now=MONDAY + 9 * DAY + HOUR)

    assert first.question_id == "q-today"
    assert outcome == "done"
    asked = [one.question_id for one in reviews.waiting(tx, learner.enrollment_id)]
    assert asked == ["q-flat", "q-fans"]
    assert LESSONS[1].questions[0].id == "q-today"
