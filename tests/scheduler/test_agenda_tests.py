"""Courses with tests and needs, lived through: nothing is lost, nothing waits for ever.

Which lesson comes when is never worked out here; only what must hold for every one that came.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.agenda import (
    Complete,
    LearnerState,
    OpenLesson,
    SendLesson,
    WaitUntil,
    coming,
    lessons_to_come,
    next_action,
    next_lesson_at,
    next_lesson_id,
)
from scheduler.local_time import QuietHours
from scheduler.pacing import learning_day_after, learning_days_between
from tests.scheduler.test_agenda_properties import LESSONS, beginnings, is_quiet, wall_clock

ZONE = ZoneInfo("Asia/Ulaanbaatar")
MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)  # 09:00 in Ulaanbaatar
BEGUN = LearnerState(
    lesson_ids=("one", "two", "test", "four"),
    weekdays=frozenset(range(5)),
    at=time(9),
    zone=ZONE,
    quiet=QuietHours(start=time(19), end=time(8)),
    state="active",
    started_at=MONDAY,
    last_finished_at=MONDAY + timedelta(minutes=10),
    last_assigned_on=date(2026, 11, 23),
)


def day(number: int, *, hour: int = 9) -> datetime:
    return datetime(2026, 11, number, hour, tzinfo=ZONE)


def test_a_lesson_that_needs_a_test_waits_and_the_next_one_comes() -> None:
    failed = replace(
        BEGUN,
        finished=frozenset({"one", "two"}),
        needs={"four": frozenset({"test"})},
        lesson_ids=("one", "two", "test", "four", "five"),
        again={"test": (date(2026, 11, 23), 2)},
    )

    assert next_action(failed, now=day(24)) == SendLesson(lesson_id="five")


def test_a_test_comes_again_after_its_learning_days() -> None:
    failed = replace(
        BEGUN, finished=frozenset({"one", "two", "four"}), again={"test": (date(2026, 11, 26), 2)}
    )

    # Thursday the 26th, then Friday, and Monday is the second learning day after it.
    assert next_action(failed, now=day(27)) == WaitUntil(at=day(30))
    assert coming(failed, now=day(27)) == (day(30), "test")
    assert next_action(failed, now=day(30)) == SendLesson(lesson_id="test")


@pytest.mark.parametrize("learning_days", [0, 1])
def test_the_soonest_a_test_comes_again_by_itself_is_the_next_learning_day(learning_days: int) -> None:
    failed = replace(
        BEGUN, finished=frozenset({"one", "two", "four"}), again={"test": (date(2026, 11, 23), learning_days)}
    )

    assert next_action(failed, now=day(23, hour=12)) == WaitUntil(at=day(24))


def test_whoever_asks_gets_the_test_again_at_once() -> None:
    failed = replace(BEGUN, finished=frozenset({"one", "two"}), again={"test": (date(2026, 11, 23), 5)})

    assert next_lesson_id(failed, on=None) == "test"
    assert next_lesson_id(failed, on=date(2026, 11, 23)) == "four"


def test_what_needs_a_test_that_is_lost_never_comes_and_the_course_ends() -> None:
    lost = replace(
        BEGUN,
        finished=frozenset({"one", "two", "test"}),
        failed=frozenset({"test"}),
        needs={"four": frozenset({"test"}), "five": frozenset({"four"})},
        lesson_ids=("one", "two", "test", "four", "five"),
    )

    assert lessons_to_come(lost) == ()
    assert next_action(lost, now=day(24)) == Complete()
    assert next_lesson_at(lost, now=day(24)) is None


def test_a_need_that_is_not_in_the_course_holds_nobody_up() -> None:
    removed = replace(BEGUN, finished=frozenset({"one"}), needs={"two": frozenset({"gone"})})

    assert next_action(removed, now=day(24)) == SendLesson(lesson_id="two")


def test_the_learning_day_after_knows_weekends() -> None:
    assert learning_day_after(BEGUN.rhythm, day=date(2026, 11, 26), count=0) == date(2026, 11, 26)
    assert learning_day_after(BEGUN.rhythm, day=date(2026, 11, 26), count=2) == date(2026, 11, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a course asks and what one learner does in its tests."""

    needs: dict[str, frozenset[str]]
    outcomes: dict[str, tuple[bool, ...]]
    """Test → passed or not, one for each attempt that is allowed."""
    retake_after: int


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Needs always name earlier lessons, as the reader makes sure of."""
    needs = {
        lesson_id: draw(st.frozensets(st.sampled_from(LESSONS[:number]), max_size=2))
        for number, lesson_id in enumerate(LESSONS)
        if number
    }
    tests = draw(st.sets(st.sampled_from(LESSONS), max_size=3))
    return Plan(
        needs={lesson_id: needed for lesson_id, needed in needs.items() if needed},
        outcomes={one: tuple(draw(st.lists(st.booleans(), min_size=1, max_size=3))) for one in sorted(tests)},
        retake_after=draw(st.integers(0, 4)),
    )


@dataclass(slots=True)
class Life:
    """A learner who finishes each lesson ten minutes after it came."""

    state: LearnerState
    plan: Plan
    now: datetime
    given: list[tuple[str, datetime, frozenset[str]]] = field(default_factory=list)
    """Lesson, moment, and what was finished and not failed by then."""

    def live(self) -> None:
        for _ in range(200):
            action = next_action(self.state, now=self.now)
            match action:
                case WaitUntil(at=at):
                    assert at > self.now, "asking again would never end"
                    assert next_lesson_at(self.state, now=self.now) == at, "what is said is what comes"
                    self.now = at
                case SendLesson(lesson_id=lesson_id):
                    self._give(lesson_id)
                case Complete():
                    return
                case _:
                    raise AssertionError(f"nothing else was to happen: {action}")
        raise AssertionError("the course does not end")

    def _give(self, lesson_id: str) -> None:
        on = self.now.astimezone(self.state.zone).date()
        open_door = self.state.finished - self.state.failed
        self.given.append((lesson_id, self.now, open_door))
        opened = OpenLesson(lesson_id=lesson_id, assigned_at=self.now, assigned_on=on)
        waiting = replace(self.state, open=opened, last_assigned_on=on)
        assert not isinstance(next_action(waiting, now=self.now), SendLesson), "two lessons wait"
        self.now += timedelta(minutes=10)
        finished_on = self.now.astimezone(self.state.zone).date()
        self.state = replace(self.state, last_assigned_on=on, last_finished_at=self.now)
        outcomes = self.plan.outcomes.get(lesson_id, (True,))
        taken = sum(one == lesson_id for one, _, _ in self.given)
        again = {one: wait for one, wait in self.state.again.items() if one != lesson_id}
        if outcomes[taken - 1]:
            self.state = replace(self.state, finished=self.state.finished | {lesson_id}, again=again)
        elif taken == len(outcomes):
            self.state = replace(
                self.state,
                finished=self.state.finished | {lesson_id},
                failed=self.state.failed | {lesson_id},
                again=again,
            )
        else:
            wait = (finished_on, self.plan.retake_after)
            self.state = replace(self.state, again={**again, lesson_id: wait})


def locked(plan: Plan) -> frozenset[str]:
    """Return what needs a test that this learner never passes, directly or by another lesson."""
    lost = {one for one, outcomes in plan.outcomes.items() if not any(outcomes)}
    shut: set[str] = set()
    for lesson_id in LESSONS:
        if plan.needs.get(lesson_id, frozenset()) & (shut | (lost - shut)):
            shut.add(lesson_id)
    return frozenset(shut)


@given(state=beginnings(), plan=plans())
@settings(max_examples=150, deadline=None)
def test_every_lesson_that_may_come_comes_once_its_needs_are_met(state: LearnerState, plan: Plan) -> None:
    life = Life(state=replace(state, needs=plan.needs), plan=plan, now=state.started_at)

    life.live()

    counts = {one: sum(given == one for given, _, _ in life.given) for one in LESSONS}
    wanted = {
        one: 0 if one in locked(plan) else (outcomes.index(True) + 1 if True in outcomes else len(outcomes))
        for one in LESSONS
        for outcomes in (plan.outcomes.get(one, (True,)),)
    }
    assert counts == wanted
    assert all(plan.needs.get(one, frozenset()) <= done for one, _, done in life.given)


@given(state=beginnings(), plan=plans())
@settings(max_examples=150, deadline=None)
def test_one_lesson_a_day_at_a_good_moment_and_a_test_only_after_its_days(
    state: LearnerState, plan: Plan
) -> None:
    life = Life(state=replace(state, needs=plan.needs), plan=plan, now=state.started_at)

    life.live()

    dates = [moment.astimezone(state.zone).date() for _, moment, _ in life.given]
    assert dates == sorted(set(dates)), "two lessons on one local date"
    assert all(one.weekday() in state.weekdays and one not in state.holidays for one in dates)
    assert not any(is_quiet(wall_clock(moment, state), state.quiet) for _, moment, _ in life.given)
    for one in plan.outcomes:
        attempts = [on for (given, _, _), on in zip(life.given, dates, strict=True) if given == one]
        for before, after in pairwise(attempts):
            between = learning_days_between(state.rhythm, after_on=before, before_on=after)
            assert between + 1 >= plan.retake_after
