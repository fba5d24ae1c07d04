"""How a group stands: five figures and one row for each learner, for every door alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from learners.as_shown import as_shown
from learners.groups import EnrollmentState, Group
from learners.records import LearnerRecord
from learners.summary import SummedLearner, has_passed, summary_of
from lessons.model import Course
from reports.needs_a_hand import Reason, last_active_at, reasons_for_a_hand
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
    """Return how the group stands at `now`, counted from everything its learners did.

    `zone` is the group's. `versions` holds, by version id, the courses that enrollments are
    pinned to and that lessons were given in, where that is not `course`.
    """
    known = versions or {}
    return summed_report(
        group,
        course=course,
        learners=[_summed(record, course=course, versions=known) for record in records],
        now=now,
        zone=zone,
        quiet=quiet,
        holidays=holidays,
        versions=known,
    )


def summed_report(
    group: Group,
    *,
    course: Course,
    learners: Sequence[SummedLearner],
    now: datetime,
    zone: ZoneInfo,
    quiet: QuietHours,
    holidays: frozenset[date] = frozenset(),
    versions: Mapping[int, Course] | None = None,
) -> GroupReport:
    """Return the same of learners whose facts have been added up already.

    `versions` holds the courses that enrollments are pinned to, where that is not `course`.
    """
    known = versions or {}
    rows = tuple(
        _row(
            learner,
            course=known.get(learner.enrollment.course_version_id, course),
            now=now,
            zone=zone,
            quiet=quiet,
            holidays=holidays,
        )
        for learner in learners
    )
    figures = Figures(
        invited=group.expected,
        joined=len(rows),
        started=sum(learner.summary.begun for learner in learners),
        finished=sum(row.lessons_finished == row.lessons for row in rows),
        on_schedule=sum(row.on_schedule for row in rows),
        need_a_hand=sum(bool(row.reasons) for row in rows),
    )
    return GroupReport(
        group=group.name,
        course=course.title,
        figures=figures,
        learners=rows,
        table=_table(group, course=course, figures=figures, learners=rows),
    )


def _summed(record: LearnerRecord, *, course: Course, versions: Mapping[int, Course]) -> SummedLearner:
    pinned = versions.get(record.enrollment.course_version_id, course)
    shown = as_shown(pinned, assignments=record.assignments, versions=versions)
    return SummedLearner(
        person=record.person,
        enrollment=record.enrollment,
        summary=summary_of(shown, assignments=record.assignments, responses=record.responses),
        unanswered_questions=record.unanswered_questions,
    )


def _row(
    learner: SummedLearner,
    *,
    course: Course,
    now: datetime,
    zone: ZoneInfo,
    quiet: QuietHours,
    holidays: frozenset[date],
) -> LearnerRow:
    """`course` is the version the learner is in: how many lessons there are, and what passes."""
    person, enrollment, summary = learner.person, learner.enrollment, learner.summary
    rhythm = rhythm_of(learner, zone=zone, quiet=quiet, holidays=holidays)
    lessons = len(course.lessons)
    behind = lessons_behind(learner, lessons=lessons, rhythm=rhythm, now=now)
    return LearnerRow(
        person=person.address,
        name=person.name,
        state=enrollment.state,
        lessons_finished=summary.lessons_over,
        lessons=lessons,
        score_percent=summary.score_percent,
        first_try_percent=summary.first_try_percent,
        on_schedule=not behind and enrollment.state not in {"joining", "withdrawn"},
        passed=has_passed(summary, course=course, enrollment=enrollment),
        test_percent=summary.test_percent,
        test_passed=summary.tests_passed,
        answers_waiting=summary.waiting,
        last_active_at=last_active_at(learner).astimezone(zone),
        reasons=reasons_for_a_hand(learner, behind=behind, rhythm=rhythm, now=now),
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
