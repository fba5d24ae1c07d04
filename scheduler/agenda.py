"""What to do next for one learner, decided from facts and the present moment alone.

The rule that holds everywhere here: asking twice changes nothing. `next_action` is asked again
whenever its `WaitUntil` has passed and after every act of the learner; whoever carries an action
out records the fact that makes the next answer a different one (each action says which).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from learners.groups import EnrollmentState
from scheduler.local_time import QuietHours, local_date, next_waking
from scheduler.pacing import Rhythm, is_good_moment, learning_day_after, next_slot, welcome_from

REMIND_AFTER = timedelta(hours=3)
"""From the offer of a lesson, or the learner's last sign after it, to its one reminder."""
FRESH_AFTER_DAYS = (7, 21, 45, 84)
"""Days from the wish to each round after the course: further and further apart, over three months."""
FRESH_APART_DAYS = 7
"""Between two rounds at least, also when the hour of one passed while nobody could send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLesson:
    """The one lesson that was given and is not finished."""

    lesson_id: str
    assigned_at: datetime
    assigned_on: date
    """Local date on which it was given."""
    started_at: datetime | None = None
    reminded_at: datetime | None = None
    """When the reminder came, or the offer that took its place."""
    snoozed_until: datetime | None = None
    """Set by [Later]; kept after the lesson has been offered again, then not later than `reminded_at`."""

    @property
    def is_put_off(self) -> bool:
        """Whether it waits for a moment that the learner chose."""
        if self.snoozed_until is None or self.started_at is not None:
            return False
        return self.reminded_at is None or self.reminded_at < self.snoozed_until

    @property
    def is_reminded(self) -> bool:
        """Whether its one reminder has come.

        An offer that was asked for stands for it only while the lesson is not begun: whoever
        begins then and stops inside is reminded like everybody else.
        """
        if self.reminded_at is None:
            return False
        asked_for = self.snoozed_until is not None and self.snoozed_until <= self.reminded_at
        return not (asked_for and self.started_at is not None and self.started_at >= self.reminded_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepFresh:
    """A learner who has finished wants a few questions from time to time."""

    since_on: date
    """Local date on which they said so."""
    given: int = 0
    """Rounds that came since then; at most `len(FRESH_AFTER_DAYS)`."""
    last_on: date | None = None
    """Local date of the newest round of any kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerState:
    """All that the agenda needs to know about one enrollment."""

    lesson_ids: tuple[str, ...]
    """Of the version the enrollment is pinned to, in the author's order; never empty."""
    weekdays: frozenset[int]
    """0 = Monday to 6 = Sunday; never empty."""
    at: time
    """Wall-clock time of lessons."""
    zone: ZoneInfo
    """The learner's own, else the group's."""
    quiet: QuietHours
    holidays: frozenset[date] = frozenset()
    state: EnrollmentState
    paused_until: datetime | None = None
    """While paused: when lessons come back, None for "when the learner says so". While active:
    the end of the last pause, if it is kept; hours that passed before it are not made up for."""
    finished: frozenset[str] = frozenset()
    """Ids of lessons that are over: finished, and a test passed or out of attempts."""
    needs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Lesson id → the lessons that have to be `finished` before it; only for lessons that need some."""
    failed: frozenset[str] = frozenset()
    """Tests among `finished` that were not passed: what needs them never comes."""
    again: Mapping[str, tuple[date, int]] = field(default_factory=dict)
    """Test that comes again → local date of the last attempt, and learning days to let pass after it."""
    open: OpenLesson | None = None
    last_assigned_on: date | None = None
    """Local date of the newest assignment, open or finished."""
    last_finished_at: datetime | None = None
    last_active_at: datetime | None = None
    """The learner's last tap or message of any kind."""
    started_at: datetime
    """When joining was complete; lessons are never due for hours before it."""
    fresh: KeepFresh | None = None
    """Only for those who have finished and asked for it."""
    reachable: bool = True
    """False after the learner blocked the bot: nothing is started then."""

    @property
    def rhythm(self) -> Rhythm:
        """Days and hour, as pacing wants them."""
        return Rhythm(
            weekdays=self.weekdays, at=self.at, zone=self.zone, quiet=self.quiet, holidays=self.holidays
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SendLesson:
    """Give this lesson now. Record: an assignment, on today's local date."""

    lesson_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAgain:
    """Offer the open lesson again, as the learner asked by [Later].

    Record: `reminded_at` = now, and keep `snoozed_until`. The offer that was asked for takes the
    place of the reminder; without that, both would come at once.
    """

    lesson_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remind:
    """Remind of the open lesson, once. Record: `reminded_at`."""

    lesson_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """The pause is over. Record: state active, and keep `paused_until` if the row can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complete:
    """Every lesson is finished. Record: state finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReview:
    """Offer this round of questions after the course. Record: a round, on today's local date."""

    number: int
    """1 to 4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitUntil:
    """Nothing now; ask again at `at`, which is always later than the moment that was asked about."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """Nothing, until the learner or a person who looks after them does something."""


Action: TypeAlias = SendLesson | OfferAgain | Remind | Resume | Complete | SendReview | WaitUntil | Rest


def next_action(state: LearnerState, *, now: datetime) -> Action:
    """Return the one thing to do now, or when to ask again.

    What the learner is told unasked (a lesson, a reminder, the end of a pause) is never due in
    quiet hours; lessons and reminders moreover wait for a learning day.
    """
    if not state.reachable:
        return Rest()
    match state.state:
        case "joining" | "withdrawn":
            return Rest()
        case "finished":
            return Rest() if state.fresh is None else _keep_fresh(state, state.fresh, now=now)
        case "paused":
            return _while_paused(state, now=now)
        case "active":
            if state.open is not None:
                return _while_open(state, state.open, now=now)
            return _next_lesson(state, now=now)


def next_lesson_at(state: LearnerState, *, now: datetime) -> datetime | None:
    """Return when the next new lesson will come if nothing else happens, for saying it in words.

    A waiting lesson is taken as finished now. None when no lesson follows by itself: the course
    is over, left, or paused without an end.
    """
    if state.open is not None:
        state = replace(state, finished=state.finished | {state.open.lesson_id})
    if not lessons_to_come(state):
        return None
    since = now
    match state.state:
        case "finished" | "withdrawn":
            return None
        case "paused":
            if state.paused_until is None:
                return None
            since = max(now, state.paused_until)
        case "joining" | "active":
            pass
    if state.open is None:
        return max(since, _due_with_lesson(state, now=since)[0])
    after_on = _latest(state.last_assigned_on, _first_on(state) - timedelta(days=1))
    return next_slot(state.rhythm, after=since, after_on=after_on)


def coming(state: LearnerState, *, now: datetime) -> tuple[datetime, str] | None:
    """Return when which lesson comes next to an active learner with no open one; None when none does.

    A moment that is not later than `now` means: now.
    """
    if state.state != "active" or state.open is not None or not lessons_to_come(state):
        return None
    return _due_with_lesson(state, now=now)


def lessons_to_come(state: LearnerState) -> tuple[str, ...]:
    """Return the lessons that may still come now or later, in the author's order.

    Not among them is what needs a test that can not be passed any more, directly or by another lesson.
    """
    locked: set[str] = set(state.failed)
    known = set(state.lesson_ids)
    coming = []
    for lesson_id in state.lesson_ids:
        needs = state.needs.get(lesson_id, frozenset()) & known
        if needs & locked:
            locked.add(lesson_id)
        elif lesson_id not in state.finished:
            coming.append(lesson_id)
    return tuple(coming)


def next_lesson_id(state: LearnerState, *, on: date | None) -> str | None:
    """Return the lesson to give on a local date: the first whose needs are met; None when none is.

    With `on` None the days until a test comes again are not waited for: the learner asks for it.
    """
    for lesson_id in lessons_to_come(state):
        # A need that is not in the course (any more) holds nobody up.
        needs = state.needs.get(lesson_id, frozenset()) & set(state.lesson_ids)
        if needs <= state.finished and (on is None or _again_on(state, lesson_id) <= on):
            return lesson_id
    return None


def next_review_at(state: LearnerState, *, now: datetime) -> datetime | None:
    """Return when the next round after the course is due, not before `now`; None when none is to come."""
    if state.state != "finished" or state.fresh is None or state.fresh.given >= len(FRESH_AFTER_DAYS):
        return None
    last_on = state.fresh.last_on
    after_on = state.fresh.since_on + timedelta(days=FRESH_AFTER_DAYS[state.fresh.given] - 1)
    if last_on is not None:
        after_on = max(after_on, last_on + timedelta(days=FRESH_APART_DAYS - 1))
    slot = next_slot(state.rhythm, after=state.started_at, after_on=after_on)
    return slot if slot > now else welcome_from(state.rhythm, moment=now)


def _keep_fresh(state: LearnerState, wish: KeepFresh, *, now: datetime) -> Action:
    at = next_review_at(state, now=now)
    if at is None:
        return Rest()
    return WaitUntil(at=at) if at > now else SendReview(number=wish.given + 1)


def _while_paused(state: LearnerState, *, now: datetime) -> Action:
    if state.paused_until is None:
        return Rest()
    at = next_waking(max(now, state.paused_until), zone=state.zone, quiet=state.quiet)
    return WaitUntil(at=at) if at > now else Resume()


def _while_open(state: LearnerState, lesson: OpenLesson, *, now: datetime) -> Action:
    if lesson.is_put_off and lesson.snoozed_until is not None:
        # The learner chose this moment, so it need not be a learning day.
        at = next_waking(max(now, lesson.snoozed_until), zone=state.zone, quiet=state.quiet)
        return WaitUntil(at=at) if at > now else OfferAgain(lesson_id=lesson.lesson_id)
    if lesson.is_reminded:
        return Rest()
    signs = (lesson.assigned_at, lesson.started_at, state.last_active_at)
    last_sign_at = max(sign for sign in signs if sign is not None)
    at = welcome_from(state.rhythm, moment=max(now, last_sign_at + REMIND_AFTER))
    return WaitUntil(at=at) if at > now else Remind(lesson_id=lesson.lesson_id)


def _next_lesson(state: LearnerState, *, now: datetime) -> Action:
    if not lessons_to_come(state):
        return Complete()
    at, lesson_id = _due_with_lesson(state, now=now)
    return WaitUntil(at=at) if at > now else SendLesson(lesson_id=lesson_id)


def _due_with_lesson(state: LearnerState, *, now: datetime) -> tuple[datetime, str]:
    """Return when the next lesson is due and which one; not later than `now` means: now.

    Where nothing but a test to be taken again is left, its day is waited for.
    """
    at = _due_at(state, now=now)
    lesson_id = next_lesson_id(state, on=local_date(max(at, now), zone=state.zone))
    if lesson_id is None:
        first_on = _first_on(state)
        later = replace(state, last_assigned_on=_latest(state.last_assigned_on, first_on - timedelta(days=1)))
        at = _due_at(later, now=now)
        lesson_id = next_lesson_id(state, on=max(first_on, local_date(max(at, now), zone=state.zone)))
    assert lesson_id is not None
    return at, lesson_id


def _first_on(state: LearnerState) -> date:
    """Return the first local date on which one of the lessons to come may come."""
    candidates = [
        _again_on(state, lesson_id)
        for lesson_id in lessons_to_come(state)
        if state.needs.get(lesson_id, frozenset()) & set(state.lesson_ids) <= state.finished
    ]
    return min(candidates, default=date.min + timedelta(days=1))


def _again_on(state: LearnerState, lesson_id: str) -> date:
    """Return the first local date on which a lesson may come; long ago for all that were not failed."""
    if lesson_id not in state.again:
        return date.min + timedelta(days=1)
    last_on, learning_days = state.again[lesson_id]
    return learning_day_after(state.rhythm, day=last_on, count=learning_days)


def _latest(day: date | None, other: date) -> date:
    return other if day is None else max(day, other)


def _due_at(state: LearnerState, *, now: datetime) -> datetime:
    """Return when the next lesson is due; a moment that is not later than `now` means: now."""
    rhythm = state.rhythm
    since = state.last_finished_at or state.started_at
    slot = next_slot(rhythm, after=since, after_on=state.last_assigned_on)
    if state.paused_until is not None and slot < state.paused_until:
        # A slot at the very end of the pause counts.
        slot = next_slot(
            rhythm, after=state.paused_until - timedelta(microseconds=1), after_on=state.last_assigned_on
        )
    if slot > now:
        return slot
    # The hour passed while nobody could send: late, but welcome, and once for all hours missed.
    moment = welcome_from(rhythm, moment=now)
    today = local_date(moment, zone=state.zone)
    if state.last_assigned_on is not None and today <= state.last_assigned_on:
        # A journey west, or clocks set back over midnight, can repeat a date.
        return next_slot(rhythm, after=moment, after_on=state.last_assigned_on)
    assert is_good_moment(rhythm, moment=moment)
    return moment
