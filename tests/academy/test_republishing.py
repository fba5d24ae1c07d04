"""Thirty learners in different places, republished six ways: everybody ends where the plan says."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine

from academy import delivering, publishing, walking
from academy.messages.learning import CourseDone
from academy.messages.versions import CorrectedQuestion, KeyCorrected, LessonsChanged, Moves, PassesKept
from academy.places import Pressed
from academy.publishing import Republished
from academy.reporting import completion
from academy.republishing import Plan
from learners.people import Person
from lessons.model import BundledAnnouncement, Course
from storage import courses, enrollments, groups, people, personal_data, records
from storage.courses import Published
from tests.academy.cohort import shown
from tests.academy.school import ACADEMY, Learner, screen
from tests.academy.thirty import FIRST, NOW, SECOND, SHORTER, facilitator, lesson, stands, thirty

DAY = timedelta(days=1)

UNCHANGED = {
    **dict.fromkeys((1, 2), "1.0.0 - > a"),
    3: "1.0.0 a@1.0.0:0 > b",
    **dict.fromkeys((4, 5), "1.0.0 a@1.0.0:1 > b"),
    **dict.fromkeys((6, 7, 8, 28), "1.0.0 - > b"),
    **dict.fromkeys((9, 10, 11), "1.0.0 b@1.0.0:offered > c"),
    **dict.fromkeys((12, 29), "1.0.0 b@1.0.0:0 > c"),
    **dict.fromkeys((13, 14), "1.0.0 b@1.0.0:1 > c"),
    **dict.fromkeys((15, 16, 17, 30), "1.0.0 - > c"),
    18: "1.0.0 c@1.0.0:0 > d",
    19: "1.0.0 c@1.0.0:1 > d",
    **dict.fromkeys((20, 21), "1.0.0 d@1.0.0:offered > -"),
    22: "1.0.0 d@1.0.0:0 > -",
    23: "1.0.0 d@1.0.0:1 > -",
    **dict.fromkeys((24, 25, 26, 27), "1.0.0 - > -"),
}

FROM_NEXT_LESSON = {
    **dict.fromkeys((1, 2), "2.0.0 - > a"),
    3: "2.0.0 a@1.0.0:0 > new",
    **dict.fromkeys((4, 5), "2.0.0 a@1.0.0:1 > new"),
    **dict.fromkeys((6, 7, 8, 28), "2.0.0 - > new"),
    **dict.fromkeys((9, 10, 11), "2.0.0 b@2.0.0:offered > new"),
    **dict.fromkeys((12, 29), "2.0.0 b@1.0.0:0 > new"),
    **dict.fromkeys((13, 14), "2.0.0 b@1.0.0:1 > new"),
    **dict.fromkeys((15, 16, 17, 30), "2.0.0 - > new"),
    18: "2.0.0 c@1.0.0:0 > new",
    19: "2.0.0 c@1.0.0:1 > new",
    **dict.fromkeys((20, 21), "2.0.0 d@2.0.0:offered > new"),
    22: "2.0.0 d@1.0.0:0 > new",
    23: "2.0.0 d@1.0.0:1 > new",
    **dict.fromkeys((24, 25, 26, 27), "1.0.0 - > -"),
}

WITH_THE_CORRECTED_KEY = {
    **FROM_NEXT_LESSON,
    # Inside the lesson whose key was wrong: what they answer from now on is marked by the right one.
    **dict.fromkeys((12, 29), "2.0.0 b@2.0.0:0 > new"),
    **dict.fromkeys((13, 14), "2.0.0 b@2.0.0:1 > new"),
}

SHORTENED = {
    **dict.fromkeys((1, 2), "3.0.0 - > a"),
    3: "3.0.0 a@1.0.0:0 > b",
    **dict.fromkeys((4, 5), "3.0.0 a@1.0.0:1 > b"),
    **dict.fromkeys((6, 7, 8, 28), "3.0.0 - > b"),
    **dict.fromkeys((9, 10, 11), "3.0.0 b@3.0.0:offered > -"),
    **dict.fromkeys((12, 29), "3.0.0 b@1.0.0:0 > -"),
    **dict.fromkeys((13, 14), "3.0.0 b@1.0.0:1 > -"),
    **dict.fromkeys((15, 16, 17, 30), "3.0.0 - > -"),
    18: "3.0.0 c@1.0.0:0 > -",
    19: "3.0.0 c@1.0.0:1 > -",
    **dict.fromkeys((20, 21), "3.0.0 d@1.0.0:offered > -"),
    22: "3.0.0 d@1.0.0:0 > -",
    23: "3.0.0 d@1.0.0:1 > -",
    **dict.fromkeys((24, 25, 26, 27), "1.0.0 - > -"),
}

# 29 are here, 4 of them have finished. Under way: 3 in a, 4 in b (one of them paused), 2 in c, 2 in d.
NEXT = Moves(moved=25, under_way=11, finished=4)
WAYS: dict[str, tuple[Course, Plan, dict[int, str], Moves]] = {
    "new-groups": (SECOND, Plan(reach="new-groups"), UNCHANGED, Moves(stay=25, finished=4)),
    "next-lesson": (SECOND, Plan(), FROM_NEXT_LESSON, NEXT),
    # b changed for 15 to 27, and d besides for those who have finished.
    "also-finished": (SECOND, Plan(reach="also-finished"), FROM_NEXT_LESSON, replace(NEXT, named=13)),
    # q-b: 14, 16, 26 and 27 gain; 15, 18 to 25 lose. 25 falls from 75% to 50%.
    "corrected-key": (
        SECOND,
        Plan(corrected_key=True),
        WITH_THE_CORRECTED_KEY,
        replace(NEXT, scored_anew=13, passes_kept=1),
    ),
    "also-finished and corrected-key": (
        SECOND,
        Plan(reach="also-finished", corrected_key=True),
        WITH_THE_CORRECTED_KEY,
        replace(NEXT, named=13, scored_anew=13, passes_kept=1),
    ),
    # 15, 16 and 17 have nothing left; whoever is inside c or d finishes that first.
    "next-lesson of a shorter course": (SHORTER, Plan(), SHORTENED, replace(NEXT, under_way=13, completed=3)),
}


@pytest.fixture(scope="module")
def town(tables: Engine) -> Iterator[tuple[Connection, dict[int, Learner]]]:
    """A transaction with the thirty in it: placing them takes longer than what a test does with them."""
    with tables.connect() as connection, connection.begin() as transaction:
        yield connection, thirty(connection)
        transaction.rollback()


@pytest.fixture
def tx(town: tuple[Connection, dict[int, Learner]]) -> Iterator[Connection]:
    """That transaction, put back at the end of the test to where it stood."""
    with town[0].begin_nested() as savepoint:
        yield town[0]
        savepoint.rollback()


@pytest.fixture
def learners(town: tuple[Connection, dict[int, Learner]]) -> dict[int, Learner]:
    return town[1]


def republished(tx: Connection, course: Course, plan: Plan, *, now: datetime = NOW) -> Republished:
    return publishing.publish_over(tx, course=course, media={}, plan=plan, now=now, academy=ACADEMY)


def person(learner: Learner) -> Person:
    return learner.person


def told(tx: Connection, learner: Learner) -> list[object]:
    return [said.message for said in shown(tx, person(learner))]


@pytest.mark.parametrize("way", WAYS)
def test_everybody_ends_where_the_plan_says(tx: Connection, learners: dict[int, Learner], way: str) -> None:
    course, plan, expected, moves = WAYS[way]

    done = republished(tx, course, plan)

    assert {number: stands(tx, one) for number, one in learners.items()} == expected
    assert done.moves == moves


@pytest.mark.parametrize("way", WAYS)
def test_the_same_publish_a_second_time_does_nothing(
    tx: Connection, learners: dict[int, Learner], way: str
) -> None:
    course, plan, expected, _ = WAYS[way]
    republished(tx, course, plan)
    said = {number: len(one.rows) for number, one in learners.items()}

    again = republished(tx, course, plan, now=NOW + DAY)

    assert isinstance(again.outcome, Published)
    assert (again.outcome.created, again.moves) == (False, Moves())
    assert {number: stands(tx, one) for number, one in learners.items()} == expected
    assert {number: len(one.rows) for number, one in learners.items()} == said


def test_a_rehearsal_tells_the_numbers_and_leaves_everything(
    tx: Connection, learners: dict[int, Learner]
) -> None:
    course, plan, _, moves = WAYS["also-finished and corrected-key"]

    rehearsed = publishing.rehearse_publishing(tx, course=course, plan=plan, now=NOW, academy=ACADEMY)

    assert rehearsed.moves == moves
    assert {number: stands(tx, one) for number, one in learners.items()} == UNCHANGED
    assert all(one.rows == [] for one in learners.values())
    assert [one.version for one in courses.versions(tx)] == ["1.0.0"]


def test_new_groups_get_the_newest_version_and_old_ones_what_the_plan_says(
    tx: Connection, learners: dict[int, Learner]
) -> None:
    group_id = learners[1].enrollment.group_id
    first = groups.group(tx, group_id).course_version_id

    republished(tx, SECOND, Plan(reach="new-groups"))
    kept = groups.group(tx, group_id).course_version_id
    republished(tx, SHORTER, Plan())

    assert kept == first
    assert groups.group(tx, group_id).course_version_id == courses.latest(tx, "town")


def test_announcements_that_come_with_the_new_version_become_drafts(
    tx: Connection, learners: dict[int, Learner]
) -> None:
    group_id = learners[1].enrollment.group_id
    bills = BundledAnnouncement(id="bills", when="before_lesson", lesson="d", days=1, text="Bring a bill.")

    republished(tx, replace(SECOND, announcements=(bills,)), Plan())

    drafts = tx.exec_driver_sql("SELECT group_id, bundled, state FROM announcements").all()
    assert [tuple(row) for row in drafts] == [(group_id, "bills", "draft")]


def test_finished_lessons_that_changed_are_named_to_their_learners(
    tx: Connection, learners: dict[int, Learner]
) -> None:
    given = {one.lesson_id: one.id for one in learners[24].given}

    republished(tx, SECOND, Plan(reach="also-finished"))

    # `b` is the third lesson now, and `d` the fourth.
    assert told(tx, learners[24]) == [
        LessonsChanged(course="Town", lessons=((given["b"], 3, "Lesson b"), (given["d"], 4, "Lesson d")))
    ]
    heard = {number for number, one in learners.items() if told(tx, one)}
    assert heard == set(range(15, 28))


def test_a_corrected_key_tells_exactly_those_it_changes(tx: Connection, learners: dict[int, Learner]) -> None:
    saraa = facilitator(tx, learners)
    right, wrong = (CorrectedQuestion(prompt="Which, in b?", counts=counts) for counts in ("right", "wrong"))

    republished(tx, SECOND, Plan(corrected_key=True))

    said = {number: told(tx, one) for number, one in learners.items()}
    corrected = KeyCorrected(course="Town", questions=(wrong,), score_percent=50)
    gained = replace(corrected, questions=(right,))
    assert {number: messages for number, messages in said.items() if messages} == {
        14: [replace(gained, score_percent=100)],
        15: [corrected],  # q-a right, q-b wrong
        16: [replace(gained, score_percent=100)],
        18: [corrected],
        19: [corrected],
        # c was removed: what was answered there is kept, and counts no more.
        **{number: [corrected] for number in (20, 21, 22, 23)},
        24: [replace(corrected, score_percent=75)],
        25: [replace(corrected, score_percent=50, passed="kept")],
        26: [replace(gained, score_percent=50)],
        27: [replace(gained, score_percent=75, passed="now")],
    }
    assert [one.message for one in shown(tx, saraa)] == [
        PassesKept(group="Town hall", course="Town", pass_percent=70, names=("Learner 25",))
    ]


def test_what_an_answer_was_worth_stays_a_fact(tx: Connection, learners: dict[int, Learner]) -> None:
    republished(tx, SECOND, Plan(corrected_key=True))

    facts = tx.exec_driver_sql(
        "SELECT r.score, s.score, s.verdict FROM responses r JOIN rescored s ON s.response_id = r.id"
        " ORDER BY r.id"
    ).all()

    # In the order of the learners: 14, 15, 16, 18 to 23, 24, 25, 26, 27, 30.
    lost, won = (1.0, 0.0, "wrong"), (0.0, 1.0, "right")
    assert [tuple(row) for row in facts] == [won, lost, won, *[lost] * 6, lost, lost, won, won, won]
    counts = {one.question_id: one.score for one in records.responses_of(tx, learners[16].enrollment_id)}
    assert counts == {"q-a": 1.0, "q-b": 1.0}


def test_notices_wait_for_the_end_of_quiet_hours(tx: Connection, learners: dict[int, Learner]) -> None:
    people.set_zone(tx, learners[16].person_id, "Europe/Skopje")

    republished(tx, SECOND, Plan(reach="also-finished", corrected_key=True))

    at = [(kind, not_before) for _, kind, not_before, _ in learners[16].rows]
    assert at == [("notice", datetime(2026, 11, 23, 7, tzinfo=UTC))] * 2  # 08:00 in Skopje
    assert {not_before for _, _, not_before, _ in learners[15].rows} == {NOW}


def test_who_paused_is_told_when_the_pause_is_over(tx: Connection, learners: dict[int, Learner]) -> None:
    back = datetime(2026, 11, 26, 20, tzinfo=UTC)  # 04:00 in Ulaanbaatar
    enrollments.set_state(tx, learners[15].enrollment_id, "paused", paused_until=back)
    enrollments.set_state(tx, learners[16].enrollment_id, "paused")

    done = republished(tx, SECOND, Plan(reach="also-finished"))

    assert done.moves.named == 12
    assert [at for _, _, at, _ in learners[15].rows] == [datetime(2026, 11, 27, tzinfo=UTC)]
    assert learners[16].rows == []


def test_who_is_erased_is_named_to_nobody(tx: Connection, learners: dict[int, Learner]) -> None:
    saraa = facilitator(tx, learners)
    republished(tx, SECOND, Plan(corrected_key=True))
    assert [type(one.message) for one in shown(tx, saraa)] == [PassesKept]

    personal_data.erase(tx, learners[25].person)

    assert shown(tx, saraa) == []
    left = tx.exec_driver_sql("SELECT count(*) FROM rescored").scalar_one()
    assert left == 13  # 14 responses were marked again, one of them theirs


def test_who_has_nothing_left_hears_in_the_morning_that_the_course_is_over(
    tx: Connection, learners: dict[int, Learner]
) -> None:
    night = datetime(2026, 11, 23, 15, tzinfo=UTC)  # 23:00 in Ulaanbaatar
    republished(tx, SHORTER, Plan(), now=night)

    delivering.tick(tx, now=night, academy=ACADEMY)
    at_night = told(tx, learners[15])
    delivering.tick(tx, now=night + timedelta(hours=9), academy=ACADEMY)

    assert at_night == []
    (message,) = told(tx, learners[15])
    assert isinstance(message, CourseDone)
    assert (message.lessons, message.score_percent, message.passed) == (2, 100, True)
    assert learners[15].enrollment.state == "finished"


def test_a_lesson_that_was_removed_is_finished_and_the_following_one_comes(
    tx: Connection, learners: dict[int, Learner]
) -> None:
    republished(tx, SECOND, Plan())
    at_question = learners[23]  # at the last step of d, as it was

    delivering.tick(tx, now=NOW + DAY, academy=ACADEMY)
    pressed = Pressed(
        person_id=learners[19].person_id, assignment_id=learners[19].open.id, step=0, screen=screen()
    )
    outcome = walking.go_on(tx, pressed, now=NOW, academy=ACADEMY)

    assert outcome == "passed"  # the question of c, which the course no longer has
    assert stands(tx, at_question) == "2.0.0 d@1.0.0:1 > new"
    assert stands(tx, learners[6]) == "2.0.0 new@2.0.0:offered > b"


def test_figures_are_right_with_people_in_two_versions(tx: Connection, learners: dict[int, Learner]) -> None:
    republished(tx, replace(SECOND, lessons=(*SECOND.lessons, lesson("e"))), Plan())
    group = groups.group(tx, learners[1].enrollment.group_id)

    report = completion(tx, group=group, now=NOW, academy=ACADEMY)

    finished = [row for row in report.learners if row.state == "finished"]
    assert [(row.lessons_finished, row.lessons, row.score_percent, row.passed) for row in finished] == [
        (4, 4, 100, True),
        (4, 4, 75, True),
        (4, 4, 25, False),
        (4, 4, 50, False),
    ]
    # 15 has a and b behind them, in the first version; the new course has five lessons.
    fifteen = next(row for row in report.learners if row.name == "Learner 15")
    assert (fifteen.lessons_finished, fifteen.lessons, fifteen.score_percent) == (2, 5, 100)
    # 1 and 2 are still joining, and 3 looks at the first card.
    figures = report.figures
    assert (figures.joined, figures.started, figures.finished) == (30, 27, 4)


def test_an_earlier_version_that_was_skipped_is_left_too(
    tx: Connection, learners: dict[int, Learner]
) -> None:
    republished(tx, replace(FIRST, version="1.1.0", summary="Said better."), Plan(reach="new-groups"))

    done = republished(tx, SECOND, Plan())

    assert done.moves == NEXT
    assert {number: stands(tx, one) for number, one in learners.items()} == FROM_NEXT_LESSON
