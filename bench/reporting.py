"""What a group's report costs when the academy has grown, beside counting everything.

And what it costs to keep the sums that it reads: a response with its share of them, beside a bare one.
"""

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta
from datetime import time as wall_time
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, insert, select

from academy import reporting
from bench.academies import FACTS
from bench.children import Children
from bench.figures import Figure, Measured, Pair
from bench.summing import upkeep
from lessons.model import Course, Lesson
from lessons.steps import Choose, Option
from reports.completion import GroupReport, group_report
from storage import courses, groups, report_facts, summaries
from storage.database import Database
from storage.sqlite_connections import writing_engine
from storage.tables import assignments, enrollments, people, responses
from storage.tables import summaries as summed

LARGE = int(os.environ.get("BENCH_RESPONSES", "1000000"))
"""10,000,000 takes 2 GB of disk and some minutes to fill."""
SMALL = LARGE // 10
GROUP = 200
LESSONS, QUESTIONS = 50, 2
EACH = LESSONS * QUESTIONS
_ALIKE = 6
"""Learners this far apart answer alike: one in three is wrong, every second one goes on."""
ROUNDS = 3
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


async def measure(children: Children, scratch: Path) -> Measured:
    return await asyncio.to_thread(_measure, scratch)


def _measure(scratch: Path) -> Measured:
    small, large = _filled(scratch / "small.db", SMALL), _filled(scratch / "large.db", LARGE)
    _prove(large)
    report = [(_report(large), _report(small)) for _ in range(ROUNDS)]
    counted = [_count_everything(large) for _ in range(ROUNDS)]
    again = [_count_again(large) for _ in range(ROUNDS)]
    # Learners of the first group, who have finished the course.
    kept = [upkeep(small, learners=range(1, GROUP, 10)) for _ in range(ROUNDS)]
    small.close()
    large.close()
    return Measured(
        command="report",
        figures=(
            Figure(
                title=f"report of a group of {GROUP}, {LARGE:,} responses kept",
                anchor=f"{SMALL:,} kept",
                unit="ms",
                pairs=tuple(Pair(here=1000 * here, anchor=1000 * anchor) for here, anchor in report),
                at_most=1.5,
            ),
            Figure(
                title="the same",
                anchor="GROUP BY over all of them",
                unit="ms",
                pairs=tuple(
                    Pair(here=1000 * here, anchor=1000 * everything)
                    for (here, _), everything in zip(report, counted, strict=True)
                ),
                at_most=0.01 * 10_000_000 / LARGE,
            ),
            Figure(
                title="the same",
                anchor="counted from every response of the group",
                unit="ms",
                pairs=tuple(
                    Pair(here=1000 * here, anchor=1000 * everything)
                    for (here, _), everything in zip(report, again, strict=True)
                ),
            ),
            Figure(
                title="a response with its share of the upkeep, 100 a commit",
                anchor="without it",
                unit="µs",
                pairs=tuple(Pair(here=1e6 * one.here, anchor=1e6 * one.anchor) for one in kept),
                at_most=2.5,
            ),
        ),
        notes=(
            f"report (CPU): the five figures and every learner of one group of {GROUP}, as /group and "
            f"`dusal report completion` make them, each learner with {EACH} responses in {LESSONS} lessons, "
            "every second one still in the last of them, in an academy with ten times as many responses and "
            "in a smaller one; the anchor counts and averages every response by lesson. Before it is "
            "measured, the report is compared with one counted from every response. The second target is a "
            "hundredth at ten million, and is drawn to the size measured here. Upkeep: a lesson of "
            f"{QUESTIONS} questions is added to its learner's sums when it is finished, so each response "
            "bears its share of that.",
        ),
    )


def _course() -> Course:
    lessons = tuple(
        Lesson(
            id=f"lesson-{number}",
            title=f"Lesson {number}",
            steps=tuple(
                Choose(
                    id=f"q-{number}-{question}",
                    prompt="Which one?",
                    options=(Option(text="This", right=True), Option(text="That", right=False)),
                )
                for question in range(QUESTIONS)
            ),
        )
        for number in range(LESSONS)
    )
    return Course(id="bench", title="Bench", language="en", version="1.0.0", lessons=lessons)


def _filled(path: Path, kept: int) -> Connection:
    """Return a connection to an academy in which everybody is at the end of the course."""
    made = Database.open(f"sqlite:///{path}")
    made.prepare(now=NOW)
    made.close()
    connection = writing_engine(path, patience_seconds=5, polite=False).connect()
    with connection.begin():
        published = courses.publish(connection, course=_course(), media={}, now=NOW)
        assert isinstance(published, courses.Published)
        for number in range(kept // EACH // GROUP):
            _group(connection, number, version=published.version_id)
        _sum_up(connection)
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return connection


def _group(tx: Connection, number: int, *, version: int) -> None:
    begun = NOW - timedelta(days=LESSONS + 1)
    group = groups.add(
        tx,
        name=f"Group {number}",
        course_version_id=version,
        zone="UTC",
        weekdays=frozenset(range(7)),
        at=wall_time(12),
        expected=None,
        link_token=f"{number:022}",
        code=f"{number:08}",
        capacity=GROUP,
        closes_at=None,
        now=begun,
    )
    first = number * GROUP + 1
    learners = range(first, first + GROUP)
    tx.execute(
        insert(people),
        [
            {
                "id": one,
                "address": 10_000 + one,
                "name": f"Person {one}",
                "language": "en",
                "created_at": begun,
            }
            for one in learners
        ],
    )
    tx.execute(
        insert(enrollments),
        [
            {
                "id": one,
                "person_id": one,
                "group_id": group.id,
                "course_version_id": version,
                "weekdays": "0123456",
                "at": "12:00",
                "state": "active" if _goes_on(one) else "finished",
                "joined_at": begun,
                "started_at": begun,
                "finished_at": None if _goes_on(one) else NOW,
            }
            for one in learners
        ],
    )
    tx.execute(
        insert(assignments),
        [_assignment(one, lesson, version) for one in learners for lesson in range(LESSONS)],
    )
    tx.execute(
        insert(responses),
        [
            _response(one, lesson, question)
            for one in learners
            for lesson in range(LESSONS)
            for question in range(QUESTIONS)
            if not (_goes_on(one) and lesson == LESSONS - 1 and question)
        ],
    )


def _goes_on(learner: int) -> bool:
    """Whether this learner is still in the last lesson, with one question answered."""
    return learner % 2 == 0


def _sum_up(tx: Connection) -> None:
    """Count the first learners, and give each other one the sums of whoever answered alike."""
    for learner in range(1, _ALIKE + 1):
        summaries.rebuild(tx, learner)
    kept = [column for column in summed.columns if column is not summed.c.enrollment_id]
    alike = summed.c.enrollment_id == 1 + (enrollments.c.id - 1) % _ALIKE
    others = select(enrollments.c.id, *kept).join(summed, alike).where(enrollments.c.id > _ALIKE)
    tx.execute(insert(summed).from_select(["enrollment_id", *(column.name for column in kept)], others))


def _assignment(learner: int, lesson: int, version: int) -> dict[str, object]:
    at = NOW - timedelta(days=LESSONS - lesson)
    over = not (_goes_on(learner) and lesson == LESSONS - 1)
    return {
        "id": learner * LESSONS + lesson,
        "enrollment_id": learner,
        "lesson_id": f"lesson-{lesson}",
        "course_version_id": version,
        "assigned_at": at,
        "assigned_on": at.date(),
        "started_at": at,
        "finished_at": at if over else None,
        "step": QUESTIONS if over else 1,
    }


def _response(learner: int, lesson: int, question: int) -> dict[str, object]:
    right = (learner + lesson + question) % 3 != 0
    return {
        "assignment_id": learner * LESSONS + lesson,
        "question_id": f"q-{lesson}-{question}",
        "try_number": 1,
        "response": "0" if right else "1",
        "score": float(right),
        "verdict": "right" if right else "wrong",
        "answered_at": NOW - timedelta(days=LESSONS - lesson),
    }


def _report(connection: Connection) -> float:
    begun = time.process_time()
    with connection.begin():
        group = groups.all_groups(connection)[-1]
        report = reporting.completion(connection, group=group, now=NOW, academy=FACTS)
    assert report.figures.finished == GROUP // 2
    return time.process_time() - begun


def _count_again(connection: Connection) -> float:
    begun = time.process_time()
    with connection.begin():
        assert _counted(connection).figures.finished == GROUP // 2
    return time.process_time() - begun


def _counted(tx: Connection) -> GroupReport:
    """Return the same report from every response of the group."""
    group = groups.all_groups(tx)[-1]
    return group_report(
        group,
        course=courses.course(tx, group.course_version_id),
        records=report_facts.learner_records(tx, group.id),
        now=NOW,
        zone=ZoneInfo(group.zone),
        quiet=FACTS.quiet,
    )


def _prove(connection: Connection) -> None:
    """Stop here when what is added up is not what the responses give."""
    with connection.begin():
        group = groups.all_groups(connection)[-1]
        summed_up = reporting.completion(connection, group=group, now=NOW, academy=FACTS)
        assert summed_up == _counted(connection)


def _count_everything(connection: Connection) -> float:
    begun = time.process_time()
    with connection.begin():
        by_lesson = (
            select(
                assignments.c.lesson_id,
                func.count(),
                func.count(assignments.c.enrollment_id.distinct()),
                func.avg(responses.c.score),
            )
            .join(assignments, assignments.c.id == responses.c.assignment_id)
            .group_by(assignments.c.lesson_id)
        )
        assert len(connection.execute(by_lesson).all()) == LESSONS
    return time.process_time() - begun
