"""The agenda lived through: whole courses, in every zone, with outages and learners who vanish.

Only invariants are stated; nothing here computes when a lesson should come.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.agenda import (
    Complete,
    LearnerState,
    OfferAgain,
    OpenLesson,
    Remind,
    Rest,
    Resume,
    SendLesson,
    SendReview,
    WaitUntil,
    next_action,
)
from scheduler.local_time import QuietHours

ODD_ZONES = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Nuuk",
    "America/Santiago",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Asia/Ulaanbaatar",
    "Australia/Lord_Howe",
    "Europe/Skopje",
    "Pacific/Apia",
)
ZONES = (st.sampled_from(ODD_ZONES) | st.sampled_from(sorted(available_timezones()))).map(ZoneInfo)
CLOCK_CHANGES = tuple(
    datetime.fromisoformat(f"{text} 12:00").replace(tzinfo=UTC)
    for text in (
        "2011-12-26",
        "2015-03-25",
        "2016-09-20",
        "2023-03-22",
        "2024-04-23",
        "2024-10-29",
        "2026-02-12",
        "2026-03-16",
        "2026-03-26",
        "2026-10-01",
        "2026-10-22",
    )
)
FROM_2005_TO_2036 = st.integers(1_104_537_600, 2_114_380_800).map(lambda at: datetime.fromtimestamp(at, UTC))
STARTS = st.sampled_from(CLOCK_CHANGES) | FROM_2005_TO_2036
CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 45)))
LESSONS = ("one", "two", "three", "four", "five", "six")
MINUTES = (st.integers(0, 15) | st.integers(0, 60 * 14) | st.integers(0, 60 * 24 * 6)).map(
    lambda minutes: timedelta(minutes=minutes)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What one learner does with each lesson, and when the service is down."""

    finish_after: tuple[timedelta | None, ...]
    """From the offer; None: never."""
    snooze_for: tuple[timedelta | None, ...]
    start_after: tuple[timedelta | None, ...] = (None,) * len(LESSONS)
    """From the offer to the first step; None: finished in one go, or never begun."""
    outages: tuple[tuple[timedelta, timedelta], ...]
    """Uptime before it, and its length."""


HABITS = st.builds(
    Habits,
    finish_after=st.tuples(*[MINUTES] * len(LESSONS)),
    snooze_for=st.tuples(*[st.none() | MINUTES] * len(LESSONS)),
    outages=st.lists(st.tuples(MINUTES, MINUTES), max_size=6).map(tuple),
)


@st.composite
def beginnings(draw: st.DrawFn) -> LearnerState:
    """Learners who have just joined and wait for their first lesson."""
    start = draw(STARTS)
    zone = draw(ZONES)
    first_on = start.astimezone(zone).date()
    return LearnerState(
        lesson_ids=LESSONS,
        weekdays=draw(st.frozensets(st.integers(0, 6), min_size=1)),
        at=draw(CLOCKS),
        zone=zone,
        quiet=QuietHours(start=draw(CLOCKS), end=draw(CLOCKS)),
        holidays=frozenset(
            first_on + timedelta(days=ahead) for ahead in draw(st.sets(st.integers(0, 20), max_size=5))
        ),
        state="active",
        started_at=start,
    )


@dataclass(slots=True)
class Life:
    """Runs the loop of the service and of one learner, and writes down what was started."""

    state: LearnerState
    habits: Habits
    now: datetime
    lessons: list[tuple[str, datetime]] = field(default_factory=list)
    reminders: list[tuple[str, datetime]] = field(default_factory=list)
    asked_for: list[datetime] = field(default_factory=list)
    complete: bool = False

    def live(self, *, most_actions: int = 200) -> None:
        for _ in range(most_actions):
            action = next_action(self.state, now=self.now)
            match action:
                case WaitUntil(at=at):
                    assert at > self.now, "asking again would never end"
                    self._let_time_pass(at)
                case Rest():
                    if not self._let_time_pass(None):
                        return
                case SendLesson(lesson_id=lesson_id):
                    self._send(lesson_id)
                case OfferAgain():
                    assert self.state.open is not None
                    self.asked_for.append(self.now)
                    self._change_open(reminded_at=self.now)
                case Remind(lesson_id=lesson_id):
                    self.reminders.append((lesson_id, self.now))
                    self._change_open(reminded_at=self.now)
                case Complete():
                    self.complete = True
                    return
                case Resume() | SendReview():
                    raise AssertionError("nobody paused, nobody wished for more")
                case _:
                    assert_never(action)
        raise AssertionError("the course does not end")

    def _send(self, lesson_id: str) -> None:
        assert self.state.open is None, "two lessons wait"
        self.lessons.append((lesson_id, self.now))
        on = self.now.astimezone(self.state.zone).date()
        snooze = self.habits.snooze_for[LESSONS.index(lesson_id)]
        given = OpenLesson(
            lesson_id=lesson_id,
            assigned_at=self.now,
            assigned_on=on,
            snoozed_until=self.now + snooze if snooze else None,
        )
        self.state = replace(self.state, open=given, last_assigned_on=on)

    def _change_open(self, **changes: datetime | None) -> None:
        assert self.state.open is not None
        self.state = replace(self.state, open=replace(self.state.open, **changes))  # type: ignore[arg-type]  # moments only

    def _let_time_pass(self, until: datetime | None) -> bool:
        """Move to the next thing that happens; False when nothing will."""
        starts_at, finishes_at = (
            self._from_offer(self.habits.start_after),
            self._from_offer(self.habits.finish_after),
        )
        begun = self.state.open is not None and self.state.open.started_at is not None
        if starts_at is not None and not begun and (until is None or starts_at <= until):
            self.now = starts_at
            self._change_open(started_at=self.now)
            self.state = replace(self.state, last_active_at=self.now)
            return True
        if finishes_at is not None and (until is None or finishes_at <= until):
            assert self.state.open is not None
            self.now = finishes_at
            self.state = replace(
                self.state,
                finished=self.state.finished | {self.state.open.lesson_id},
                open=None,
                last_finished_at=self.now,
                last_active_at=self.now,
            )
            return True
        if until is None:
            return False
        self.now = self._after_outage(until)
        return True

    def _from_offer(self, habit: tuple[timedelta | None, ...]) -> datetime | None:
        """Return when the learner does something with the open lesson; None for never."""
        if self.state.open is None:
            return None
        after = habit[LESSONS.index(self.state.open.lesson_id)]
        return None if after is None else max(self.now, self.state.open.assigned_at + after)

    def _after_outage(self, moment: datetime) -> datetime:
        begins = self.state.started_at
        for uptime, length in self.habits.outages:
            begins += uptime
            if begins <= moment < begins + length:
                return begins + length
            begins += length
        return moment


def wall_clock(moment: datetime, state: LearnerState) -> time:
    return moment.astimezone(state.zone).time()


def is_quiet(at: time, quiet: QuietHours) -> bool:
    if quiet.start <= quiet.end:
        return quiet.start <= at < quiet.end
    return not quiet.end <= at < quiet.start


@given(state=beginnings(), habits=HABITS)
@settings(max_examples=300, deadline=None)
def test_whoever_finishes_gets_every_lesson_once_in_order_and_at_a_good_moment(
    state: LearnerState, habits: Habits
) -> None:
    life = Life(state=state, habits=habits, now=state.started_at)

    life.live()

    assert life.complete
    assert [lesson_id for lesson_id, _ in life.lessons] == list(LESSONS)
    dates = [moment.astimezone(state.zone).date() for _, moment in life.lessons]
    assert len(set(dates)) == len(dates), "two lessons on one local date"
    assert all(day.weekday() in state.weekdays and day not in state.holidays for day in dates)
    reminded = [lesson_id for lesson_id, _ in life.reminders]
    assert len(set(reminded)) == len(reminded), "two reminders for one lesson"
    started_by_us = [moment for _, moment in life.lessons + life.reminders] + life.asked_for
    assert not any(is_quiet(wall_clock(moment, state), state.quiet) for moment in started_by_us)


@given(state=beginnings(), silent_from=st.integers(0, len(LESSONS) - 1), habits=HABITS)
@settings(max_examples=100, deadline=None)
def test_whoever_falls_silent_gets_one_lesson_one_nudge_and_then_nothing(
    state: LearnerState, silent_from: int, habits: Habits
) -> None:
    finishes = habits.finish_after[:silent_from] + (None,) * (len(LESSONS) - silent_from)
    life = Life(state=state, habits=replace(habits, finish_after=finishes), now=state.started_at)

    life.live()

    assert not life.complete
    assert [lesson_id for lesson_id, _ in life.lessons] == list(LESSONS[: silent_from + 1])
    waiting = LESSONS[silent_from]
    nudges = [moment for lesson_id, moment in life.reminders if lesson_id == waiting]
    offered_at = life.lessons[-1][1]
    asked_for = [moment for moment in life.asked_for if moment >= offered_at]
    assert len(nudges) + len(asked_for) == 1


@given(state=beginnings(), stops_in=st.integers(0, len(LESSONS) - 1), begins_after=MINUTES, habits=HABITS)
@settings(max_examples=100, deadline=None)
def test_whoever_stops_inside_a_lesson_gets_exactly_one_reminder(
    state: LearnerState, stops_in: int, begins_after: timedelta, habits: Habits
) -> None:
    never = (None,) * (len(LESSONS) - stops_in)
    finishes = habits.finish_after[:stops_in] + never
    begins = (None,) * stops_in + (begins_after,) + never[1:]
    stopping = replace(habits, finish_after=finishes, start_after=begins)
    life = Life(state=state, habits=stopping, now=state.started_at)

    life.live()

    assert life.state.open is not None
    assert life.state.open.started_at is not None
    (reminded_at,) = [moment for lesson_id, moment in life.reminders if lesson_id == LESSONS[stops_in]]
    # It may have come before the lesson was begun; else it leaves three hours to come back by oneself.
    assert reminded_at <= life.state.open.started_at or (
        reminded_at >= life.state.open.started_at + timedelta(hours=3)
    )
    there = reminded_at.astimezone(state.zone)
    assert not is_quiet(there.time(), state.quiet)
    assert there.weekday() in state.weekdays
    assert there.date() not in state.holidays
    assert next_action(life.state, now=life.now + timedelta(days=3650)) == Rest()


@given(state=beginnings())
@settings(max_examples=200, deadline=None)
def test_without_outages_the_hour_is_the_agreed_one_on_every_learners_clock(state: LearnerState) -> None:
    prompt = Habits(
        finish_after=(timedelta(minutes=5),) * len(LESSONS), snooze_for=(None,) * len(LESSONS), outages=()
    )
    life = Life(state=state, habits=prompt, now=state.started_at)

    life.live()

    for _, moment in life.lessons:
        shown = moment.astimezone(state.zone)
        if is_quiet(state.at, state.quiet) or not exists(shown.date(), state.at, state.zone):
            continue
        assert shown.time() == state.at


@given(
    state=beginnings(),
    habits=HABITS,
    journeys=st.lists(ZONES, min_size=len(LESSONS), max_size=len(LESSONS)),
)
@settings(max_examples=100, deadline=None)
def test_a_travelling_learner_never_gets_two_lessons_for_one_date(
    state: LearnerState, habits: Habits, journeys: list[ZoneInfo]
) -> None:
    life = Life(state=state, habits=habits, now=state.started_at)
    given_on: list[date] = []
    for zone in journeys:
        life.state = replace(life.state, zone=zone)
        known = len(life.lessons)
        while len(life.lessons) == known:
            life_step(life)
        given_on.append(life.lessons[-1][1].astimezone(zone).date())

    assert given_on == sorted(set(given_on))


def life_step(life: Life) -> None:
    """Carry out one action of the agenda."""
    try:
        life.live(most_actions=1)
    except AssertionError as stop:
        if str(stop) != "the course does not end":
            raise


def exists(day: date, at: time, zone: ZoneInfo) -> bool:
    """Return whether the clock on the wall ever showed this time on this date."""
    shown = datetime.combine(day, at, tzinfo=zone).astimezone(UTC).astimezone(zone)
    return (shown.date(), shown.time()) == (day, at)
