"""What to do next for one learner, decided from facts and the present moment alone.

The rule that holds everywhere here: asking twice changes nothing. `next_action` is asked again
whenever its `WaitUntil` has passed and after every act of the learner; whoever carries an action
out records the fact that makes the next answer a different one (each action says which).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from learners.groups import EnrollmentState
from scheduler.local_time import QuietHours, local_date, next_waking
from scheduler.pacing import Rhythm, is_good_moment, next_slot, welcome_from

REMIND_AFTER = timedelta(hours=3)
"""From the offer of a lesson, or the learner's last sign after it, to its one reminder."""


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
    """Ids of finished lessons."""
    open: OpenLesson | None = None
    last_assigned_on: date | None = None
    """Local date of the newest assignment, open or finished."""
    last_finished_at: datetime | None = None
    last_active_at: datetime | None = None
    """The learner's last tap or message of any kind."""
    started_at: datetime
    """When joining was complete; lessons are never due for hours before it."""
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
class WaitUntil:
    """Nothing now; ask again at `at`, which is always later than the moment that was asked about."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """Nothing, until the learner or a person who looks after them does something."""


Action: TypeAlias = SendLesson | OfferAgain | Remind | Resume | Complete | WaitUntil | Rest


def next_action(state: LearnerState, *, now: datetime) -> Action:
    """Return the one thing to do now, or when to ask again.

    What the learner is told unasked (a lesson, a reminder, the end of a pause) is never due in
    quiet hours; lessons and reminders moreover wait for a learning day.
    """
    if not state.reachable:
        return Rest()
    match state.state:
        case "joining" | "finished" | "withdrawn":
            return Rest()
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
    finished = state.finished if state.open is None else state.finished | {state.open.lesson_id}
    if finished.issuperset(state.lesson_ids):
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
        return max(since, _due_at(state, now=since))
    return next_slot(state.rhythm, after=since, after_on=state.last_assigned_on)


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
    lesson_id = next((one for one in state.lesson_ids if one not in state.finished), None)
    if lesson_id is None:
        return Complete()
    at = _due_at(state, now=now)
    return WaitUntil(at=at) if at > now else SendLesson(lesson_id=lesson_id)


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
