import json
from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from learners.groups import Enrollment, EnrollmentState, Group
from learners.people import Person
from learners.records import Assignment, LearnerRecord, Response
from lessons.model import Course, Lesson
from lessons.steps import TrueFalse
from reports.completion import Figures, GroupReport, group_report
from reports.exports import to_json, to_text
from reports.needs_a_hand import Reason
from scheduler.local_time import QuietHours

ZONE = ZoneInfo("Asia/Ulaanbaatar")
QUIET = QuietHours(start=time(19), end=time(8))
WORKDAYS = frozenset({0, 1, 2, 3, 4})
COURSE = Course(
    id="water",
    title="Water",
    language="en",
    version="1.0.0",
    lessons=tuple(
        Lesson(id=name, title=name, steps=(TrueFalse(id=f"q-{name}", prompt="?", answer=True),))
        for name in ("one", "two", "three", "four", "five")
    ),
)
GROUP = Group(
    id=1,
    name="Autumn",
    course_version_id=1,
    zone="Asia/Ulaanbaatar",
    weekdays=WORKDAYS,
    at=time(9),
    expected=8,
    link_token="t" * 22,
    code="ABCDEFGH",
    capacity=500,
    closes_at=None,
    created_at=datetime(2026, 11, 20, tzinfo=UTC),
)


def there(day: int, clock: str = "09:00") -> datetime:
    return datetime.combine(date(2026, 11, day), time.fromisoformat(clock), tzinfo=ZONE).astimezone(UTC)


def learner(
    address: int,
    *given: Assignment,
    state: EnrollmentState = "active",
    paused_until: datetime | None = None,
    responses: tuple[Response, ...] = (),
    questions: int = 0,
) -> LearnerRecord:
    """Joined on Monday 23 November at nine."""
    person = Person(id=address, address=address, name=f"Person {address}", language="en", zone=None)
    enrollment = Enrollment(
        id=address,
        person_id=address,
        group_id=1,
        course_version_id=1,
        weekdays=WORKDAYS,
        at=time(9),
        state=state,
        joined_at=there(23),
        started_at=there(23),
        paused_until=paused_until,
    )
    return LearnerRecord(
        person=person,
        enrollment=enrollment,
        assignments=given,
        responses=responses,
        unanswered_questions=questions,
    )


def done(lesson_id: str, day: int) -> Assignment:
    return replace(waiting(lesson_id, day, step=1), started_at=there(day), finished_at=there(day, "09:05"))


def waiting(lesson_id: str, day: int, *, step: int = 0) -> Assignment:
    return Assignment(
        id=day,
        enrollment_id=1,
        lesson_id=lesson_id,
        course_version_id=1,
        assigned_at=there(day),
        assigned_on=date(2026, 11, day),
        step=step,
    )


def answer(lesson_id: str, score: float, day: int, *, try_number: int = 1) -> Response:
    return Response(
        assignment_id=day,
        lesson_id=lesson_id,
        question_id=f"q-{lesson_id}",
        try_number=try_number,
        response="1",
        score=score,
        verdict="right" if score == 1 else "wrong",
        answered_at=there(day, "09:04"),
    )


def report(*records: LearnerRecord, now: datetime) -> GroupReport:
    return group_report(GROUP, course=COURSE, records=records, now=now, zone=ZONE, quiet=QUIET)


ALL_FIVE = tuple(done(lesson.id, day) for lesson, day in zip(COURSE.lessons, range(23, 28), strict=True))


def test_the_five_figures_after_a_week() -> None:
    keeps_up = learner(1, done("one", 23), done("two", 24), done("three", 25), waiting("four", 26))
    went_quiet = learner(2, done("one", 23), waiting("two", 24))
    never_began = learner(3, waiting("one", 23))
    did_all = learner(4, *ALL_FIVE, state="finished")
    left = learner(5, done("one", 23), waiting("two", 24), state="withdrawn")

    figures = report(keeps_up, went_quiet, never_began, did_all, left, now=there(26, "18:00")).figures

    # By Thursday evening the quiet one has two slots behind a waiting lesson: 25 and 26 November.
    assert figures == Figures(invited=8, joined=5, started=4, finished=1, on_schedule=2, need_a_hand=2)


@pytest.mark.parametrize(
    ("now", "on_schedule"),
    [
        pytest.param(there(25, "08:59"), True, id="yesterday's lesson may wait"),
        pytest.param(there(25), False, id="until the next one would have come"),
    ],
)
def test_on_schedule_ends_when_the_next_lesson_would_have_come(now: datetime, on_schedule: bool) -> None:
    row = report(learner(1, done("one", 23), waiting("two", 24)), now=now).learners[0]

    assert row.on_schedule is on_schedule


def test_who_finishes_a_waiting_lesson_is_on_schedule_again() -> None:
    late = replace(done("two", 24), finished_at=there(27, "10:00"))

    row = report(learner(1, done("one", 23), late), now=there(27, "10:01")).learners[0]

    assert (row.on_schedule, row.reasons) == (True, ())


@pytest.mark.parametrize(
    ("record", "now", "reasons"),
    [
        pytest.param(learner(1, waiting("one", 23)), there(26, "08:59"), (), id="began two days ago"),
        pytest.param(
            learner(1, waiting("one", 23)), there(26), (Reason.NEVER_STARTED,), id="three days past joining"
        ),
        pytest.param(
            learner(1, done("one", 23), waiting("two", 24)),
            there(25, "12:00"),
            (),
            id="one lesson behind",
        ),
        pytest.param(
            learner(1, done("one", 23), waiting("two", 24)),
            there(26, "12:00"),
            (Reason.BEHIND,),
            id="two lessons behind",
        ),
        pytest.param(
            learner(1, done("one", 23), waiting("two", 24)),
            there(27, "07:00"),
            (Reason.SILENT, Reason.BEHIND),
            id="silent on 24, 25 and 26",
        ),
        pytest.param(
            learner(
                1,
                done("one", 23),
                done("two", 24),
                responses=(answer("one", 0, 23), answer("one", 1, 23, try_number=2), answer("two", 0, 24)),
            ),
            there(24, "12:00"),
            (Reason.LOW_SCORE,),
            id="wrong first tries in the last two lessons",
        ),
        pytest.param(
            learner(
                1, done("one", 23), done("two", 24), responses=(answer("one", 1, 23), answer("two", 0, 24))
            ),
            there(24, "12:00"),
            (),
            id="half of them right",
        ),
        pytest.param(
            learner(1, *ALL_FIVE, state="finished", questions=1),
            there(30, "12:00"),
            (Reason.QUESTION_WAITING,),
            id="finished, with a question",
        ),
        pytest.param(
            learner(1, done("one", 23), waiting("two", 24), state="paused"),
            there(30, "12:00"),
            (),
            id="a pause is agreed silence",
        ),
        pytest.param(
            learner(1, done("one", 23), waiting("two", 24), paused_until=there(30, "08:00")),
            there(30, "12:00"),
            (),
            id="just back from a pause",
        ),
    ],
)
def test_reasons_for_a_hand(record: LearnerRecord, now: datetime, reasons: tuple[Reason, ...]) -> None:
    assert report(record, now=now).learners[0].reasons == reasons


def test_who_blocked_the_bot_cannot_be_reached() -> None:
    record = learner(1, done("one", 23))
    blocked = replace(record, person=replace(record.person, unreachable_since=there(24)))

    assert report(blocked, now=there(24, "12:00")).learners[0].reasons == (Reason.NOT_REACHABLE,)


def test_a_sign_of_any_kind_ends_the_silence() -> None:
    record = learner(1, done("one", 23), waiting("two", 24))
    looked_in = replace(record, person=replace(record.person, last_active_at=there(26, "20:00")))

    assert report(looked_in, now=there(27, "07:00")).learners[0].reasons == (Reason.BEHIND,)


def test_the_report_as_json_and_text() -> None:
    record = learner(7, done("one", 23), responses=(answer("one", 0, 23), answer("one", 1, 23, try_number=2)))

    made = report(record, now=there(23, "12:00"))

    assert json.loads(to_json(made)) == {
        "figures": {
            "invited": 8,
            "joined": 1,
            "started": 1,
            "on_schedule": 1,
            "finished": 0,
            "need_a_hand": 0,
        },
        "learners": [
            {
                "person": 7,
                "name": "Person 7",
                "state": "active",
                "lessons_finished": 1,
                "lessons": 5,
                "score_percent": 100,
                "first_try_percent": 0,
                "on_schedule": True,
                "passed": False,
                "last_active_at": "2026-11-23T09:05:00+08:00",
                "answers_waiting": 0,
                "test_percent": None,
                "test_passed": None,
            }
        ],
    }
    assert to_text(made.table).splitlines()[-1] == (
        "Invited 8. Joined 1. Started 1. On schedule 1. Finished 0. Need a hand 0."
    )


def test_reasons_are_never_exported() -> None:
    made = report(learner(1, waiting("one", 23)), now=there(27))

    assert made.learners[0].reasons == (Reason.NEVER_STARTED,)
    assert "never_started" not in to_json(made) + to_text(made.table)


def test_each_learner_is_measured_by_their_own_version() -> None:
    shorter = replace(COURSE, lessons=COURSE.lessons[:1])
    old = learner(1, done("one", 23))
    old = replace(old, enrollment=replace(old.enrollment, course_version_id=9))

    made = group_report(
        GROUP, course=COURSE, records=(old,), now=there(24), zone=ZONE, quiet=QUIET, versions={9: shorter}
    )

    assert (made.learners[0].lessons, made.figures.finished) == (1, 1)
