"""How a group stands: five figures and one row for each learner, for every door alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from learners.as_shown import as_shown
from learners.groups import EnrollmentState, Group
from learners.progress import progress_of
from learners.records import LearnerRecord
from lessons.model import Course
from reports.needs_a_hand import Reason, has_started, last_active_at, reasons_for_a_hand
from reports.schedule import lessons_behind, rhythm_of
from reports.table import Column, Table
from scheduler.local_time import QuietHours


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts of people, not of lessons."""

    invited: int | None
    """As somebody said with `--expected`; None when nobody did."""
    joined: int
    """Everybody enrolled, in whatever state now."""
    started: int
    """Got past the first card."""
    finished: int
    """Finished every lesson."""
    on_schedule: int
    """Finished all lessons that are due but the newest; who is still joining or has left is not."""
    need_a_hand: int
    """Have at least one reason (`reports.needs_a_hand`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerRow:
    """One learner in the report."""

    person: int
    """The messenger's numeric id."""
    name: str
    state: EnrollmentState
    lessons_finished: int
    lessons: int
    score_percent: int | None
    """Final score so far (`learners.progress`); None while no question counts."""
    first_try_percent: int | None
    on_schedule: bool
    passed: bool
    test_percent: int | None
    """Best attempts at the tests of the course; None before the first."""
    test_passed: bool | None
    """None in a course without a test."""
    answers_waiting: int
    """Open answers that nobody has graded yet; they are in no score."""
    last_active_at: datetime
    """In the group's zone."""
    reasons: tuple[Reason, ...]
    """Why they need a hand; for the facilitator's eyes, not in the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupReport:
    """Figures, rows and the table made of them: one snapshot, so that they always agree."""

    group: str
    course: str
    figures: Figures
    learners: tuple[LearnerRow, ...]
    """In the order of the records given."""
    table: Table


def group_report(
    group: Group,
    *,
    course: Course,
    records: Sequence[LearnerRecord],
    now: datetime,
    zone: ZoneInfo,
    quiet: QuietHours,
    holidays: frozenset[date] = frozenset(),
    versions: Mapping[int, Course] | None = None,
) -> GroupReport:
    """Return how the group stands at `now`.

    `zone` is the group's. `versions` holds, by version id, the courses that enrollments are
    pinned to and that lessons were given in, where that is not `course`.
    """
    learners = tuple(
        _learner(
            record,
            course=_as_shown(record, course=course, versions=versions or {}),
            now=now,
            zone=zone,
            quiet=quiet,
            holidays=holidays,
        )
        for record in records
    )
    figures = Figures(
        invited=group.expected,
        joined=len(records),
        started=sum(has_started(record) for record in records),
        finished=sum(learner.lessons_finished == learner.lessons for learner in learners),
        on_schedule=sum(learner.on_schedule for learner in learners),
        need_a_hand=sum(bool(learner.reasons) for learner in learners),
    )
    return GroupReport(
        group=group.name,
        course=course.title,
        figures=figures,
        learners=learners,
        table=_table(group, course=course, figures=figures, learners=learners),
    )


def _as_shown(record: LearnerRecord, *, course: Course, versions: Mapping[int, Course]) -> Course:
    pinned = versions.get(record.enrollment.course_version_id, course)
    return as_shown(pinned, assignments=record.assignments, versions=versions)


def _learner(
    record: LearnerRecord,
    *,
    course: Course,
    now: datetime,
    zone: ZoneInfo,
    quiet: QuietHours,
    holidays: frozenset[date],
) -> LearnerRow:
    rhythm = rhythm_of(record, zone=zone, quiet=quiet, holidays=holidays)
    progress = progress_of(
        course,
        enrollment=record.enrollment,
        assignments=record.assignments,
        responses=record.responses,
        now=now,
        zone=rhythm.zone,
        holidays=holidays,
    )
    keeps_up = lessons_behind(record, course=course, rhythm=rhythm, now=now) == 0
    return LearnerRow(
        person=record.person.address,
        name=record.person.name,
        state=record.enrollment.state,
        lessons_finished=progress.lessons_finished,
        lessons=len(course.lessons),
        score_percent=progress.score_percent,
        first_try_percent=progress.first_try_percent,
        on_schedule=keeps_up and record.enrollment.state not in {"joining", "withdrawn"},
        passed=progress.passed,
        test_percent=progress.test_percent,
        test_passed=progress.test_passed,
        answers_waiting=progress.waiting,
        last_active_at=last_active_at(record).astimezone(zone),
        reasons=reasons_for_a_hand(record, course=course, rhythm=rhythm, now=now),
    )


def _table(group: Group, *, course: Course, figures: Figures, learners: Sequence[LearnerRow]) -> Table:
    invited = "" if figures.invited is None else f"Invited {figures.invited}. "
    return Table(
        title=f"{group.name}: {course.title}",
        columns=(
            Column("person", "Person"),
            Column("name", "Name"),
            Column("state", "State"),
            Column("lessons_finished", "Finished"),
            Column("lessons", "Lessons"),
            Column("score_percent", "Score", "%"),
            Column("first_try_percent", "First try", "%"),
            Column("on_schedule", "On schedule"),
            Column("passed", "Passed"),
            Column("last_active_at", "Last active"),
            Column("answers_waiting", "To grade"),
            Column("test_percent", "Test", "%"),
            Column("test_passed", "Test passed"),
        ),
        rows=tuple(
            (
                learner.person,
                learner.name,
                learner.state,
                learner.lessons_finished,
                learner.lessons,
                learner.score_percent,
                learner.first_try_percent,
                learner.on_schedule,
                learner.passed,
                learner.last_active_at,
                learner.answers_waiting,
                learner.test_percent,
                learner.test_passed,
            )
            for learner in learners
        ),
        notes=(
            (
                f"{invited}Joined {figures.joined}. Started {figures.started}. "
                f"On schedule {figures.on_schedule}. Finished {figures.finished}. "
                f"Need a hand {figures.need_a_hand}."
            ),
        ),
    )
