from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from academy import delivering, walking
from academy.messages.learning import (
    CardShown,
    CourseDone,
    LessonOffer,
    NothingNow,
    Reminder,
)
from academy.outgoing import Show
from academy.places import Pressed
from academy.saying import say
from lessons.markup import RichText, Span
from storage import due, enrollments, people, records
from tests.academy.school import ACADEMY, DAY, HOUR, MONDAY, Learner, join, screen

MINUTE = timedelta(minutes=1)


def begun(tx: Connection, *, address: int = 7, group: str = "Autumn", zone: str | None = None) -> Learner:
    learner = join(tx, address=address, group=group, zone=zone)
    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)
    return learner


def tick(tx: Connection, now: datetime) -> int:
    return delivering.tick(tx, now=now, academy=ACADEMY)


def finish_open(learner: Learner, now: datetime) -> None:
    waiting = learner.open
    records.change(learner.tx, waiting, replace(waiting, started_at=now, finished_at=now))
    delivering.replan(learner.tx, enrollment_id=learner.enrollment_id, now=now, academy=ACADEMY)


def test_begin_gives_lesson_1_and_its_first_card_at_once(tx: Connection) -> None:
    learner = begun(tx)

    assert learner.heard() == [
        Show(
            message=CardShown(
                assignment_id=learner.open.id,
                step=0,
                lesson=1,
                lessons=3,
                card=1,
                cards=2,
                title="What runs at night?",
                text=RichText("Nights count.", (Span(start=0, length=13, kind="bold"),)),
            )
        )
    ]
    assert (learner.open.assigned_on, learner.open.started_at) == (date(2026, 11, 23), MONDAY)
    assert (learner.enrollment.state, learner.enrollment.started_at) == ("active", MONDAY)
    # Three hours to the reminder of a lesson that is under way.
    assert due.due_at(tx, learner.enrollment_id) == MONDAY + 3 * HOUR


def test_begin_twice_shows_the_place_and_gives_nothing_new(tx: Connection) -> None:
    learner = begun(tx)

    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY + HOUR, academy=ACADEMY)

    assert len(learner.given) == 1
    assert learner.enrollment.started_at == MONDAY
    assert [type(one.message) for one in learner.heard() if isinstance(one, Show)] == [CardShown, CardShown]


def test_tick_offers_the_next_lesson_once_and_only_it_buzzes(tx: Connection) -> None:
    learner = begun(tx)
    finish_open(learner, MONDAY + MINUTE)

    early = tick(tx, MONDAY + DAY - MINUTE)
    on_time = tick(tx, MONDAY + DAY)
    again = tick(tx, MONDAY + DAY)

    assert (early, on_time, again) == (0, 1, 0)
    assert learner.heard()[1:] == [
        Show(
            message=LessonOffer(
                assignment_id=learner.open.id, lesson=2, lessons=3, title="Switch off", minutes=3
            ),
            silent=False,
        )
    ]
    assert learner.open.started_at is None


def test_an_unfinished_lesson_waits_alone_with_one_reminder(tx: Connection) -> None:
    learner = begun(tx)

    for day in range(5):
        for hour in range(24):
            tick(tx, MONDAY + day * DAY + hour * HOUR)

    assert len(learner.given) == 1
    kinds = [kind for _, kind, _, _ in learner.rows]
    assert kinds == ["reply", "reminder"]
    message = learner.last()
    assert isinstance(message, Reminder)
    assert message == Reminder(
        offer=LessonOffer(
            assignment_id=learner.open.id, lesson=1, lessons=3, title="What runs at night?", minutes=4
        ),
        variant=learner.enrollment_id % 6,
        started=True,
    )
    assert learner.open.reminded_at == MONDAY + 3 * HOUR


def test_two_courses_of_one_person_never_speak_at_the_same_minute(tx: Connection) -> None:
    first, second = begun(tx, group="Energy"), begun(tx, group="Water")
    assert first.person_id == second.person_id
    for learner in (first, second):
        finish_open(learner, MONDAY + MINUTE)

    tick(tx, MONDAY + DAY)
    both = [at for _, kind, at, _ in first.rows if kind == "lesson"]
    tick(tx, MONDAY + DAY + 10 * MINUTE)
    apart = [at for _, kind, at, _ in first.rows if kind == "lesson"]

    assert both == [MONDAY + DAY]
    assert apart == [MONDAY + DAY, MONDAY + DAY + 10 * MINUTE]


def test_at_most_two_messages_a_day_that_nobody_asked_for(tx: Connection) -> None:
    learner = begun(tx)
    finish_open(learner, MONDAY + MINUTE)
    for minutes in (60, 30):
        say(
            tx,
            person_id=learner.person_id,
            message=NothingNow(reason="finished"),
            now=MONDAY + DAY - minutes * MINUTE,
            kind="announcement",
        )

    tick(tx, MONDAY + DAY)
    held_back = len(learner.given)
    tick(tx, MONDAY + 2 * DAY)

    assert held_back == 1
    assert [one.assigned_on for one in learner.given] == [date(2026, 11, 23), date(2026, 11, 25)]


def test_nothing_is_started_for_somebody_who_cannot_be_reached(tx: Connection) -> None:
    learner = begun(tx)
    finish_open(learner, MONDAY + MINUTE)
    people.set_unreachable(tx, learner.person_id, since=MONDAY + HOUR)

    tick(tx, MONDAY + DAY)
    blocked = (len(learner.heard()), due.due_at(tx, learner.enrollment_id))
    people.set_unreachable(tx, learner.person_id, since=None)
    delivering.replan(tx, enrollment_id=learner.enrollment_id, now=MONDAY + DAY + HOUR, academy=ACADEMY)
    tick(tx, MONDAY + DAY + HOUR)

    assert blocked == (1, None)
    assert [one.lesson_id for one in learner.given] == ["night", "switch"]


def test_a_pause_ends_by_itself_with_the_lesson_that_waits(tx: Connection) -> None:
    learner = begun(tx)
    finish_open(learner, MONDAY + MINUTE)
    tick(tx, MONDAY + DAY)
    enrollments.set_state(tx, learner.enrollment_id, "paused", paused_until=MONDAY + 7 * DAY)
    delivering.replan(tx, enrollment_id=learner.enrollment_id, now=MONDAY + DAY + HOUR, academy=ACADEMY)

    for day in range(2, 7):
        tick(tx, MONDAY + day * DAY + 5 * HOUR)
    silent = len(learner.heard())
    tick(tx, MONDAY + 7 * DAY)

    assert silent == 2
    assert learner.heard()[2:] == [
        Show(
            message=LessonOffer(
                assignment_id=learner.open.id,
                lesson=2,
                lessons=3,
                title="Switch off",
                minutes=3,
                occasion="back",
            ),
            silent=False,
        )
    ]
    assert learner.enrollment.state == "active"


def test_a_pause_that_ends_between_lessons_says_when_the_next_one_comes(tx: Connection) -> None:
    learner = begun(tx)
    finish_open(learner, MONDAY + MINUTE)
    enrollments.set_state(tx, learner.enrollment_id, "paused", paused_until=MONDAY + 2 * DAY + HOUR)
    delivering.replan(tx, enrollment_id=learner.enrollment_id, now=MONDAY + HOUR, academy=ACADEMY)

    tick(tx, MONDAY + 2 * DAY + HOUR)

    assert learner.last() == NothingNow(reason="back", next_at=MONDAY + 3 * DAY, zone="Asia/Ulaanbaatar")


def test_replan_follows_another_hour(tx: Connection) -> None:
    learner = begun(tx)
    finish_open(learner, MONDAY + MINUTE)
    enrollments.set_slot(tx, learner.enrollment_id, weekdays=frozenset({2}), at=time(12, 30))

    delivering.replan(tx, enrollment_id=learner.enrollment_id, now=MONDAY + HOUR, academy=ACADEMY)

    # Wednesday 12:30 in Ulaanbaatar.
    assert due.due_at(tx, learner.enrollment_id) == MONDAY + 2 * DAY + 3 * HOUR + 30 * MINUTE


def test_an_enrollment_that_is_gone_is_forgotten(tx: Connection) -> None:
    due.set_due(tx, 4711, MONDAY)

    assert tick(tx, MONDAY) == 1
    assert due.due_at(tx, 4711) is None


def test_a_finished_course_is_closed_even_if_its_end_was_not_told(tx: Connection) -> None:
    learner = begun(tx)
    for day, lesson in enumerate(("night", "switch", "heat")):
        given = learner.given
        if lesson not in {one.lesson_id for one in given}:
            records.assign(
                tx,
                enrollment_id=learner.enrollment_id,
                lesson_id=lesson,
                course_version_id=learner.enrollment.course_version_id,
                at=MONDAY,
                on=date(2026, 11, 23 + day),
            )
        finish_open(learner, MONDAY + day * DAY)

    tick(tx, MONDAY + 3 * DAY)

    assert learner.enrollment.state == "finished"
    assert learner.last() == CourseDone(
        course="Energy basics",
        lessons=3,
        score_percent=0,
        passed=False,
        facilitator="",
        pass_percent=70,
        enrollment_id=learner.enrollment_id,
    )


def test_the_open_step_is_shown_again_after_an_absence(tx: Connection) -> None:
    learner, absent, back = (begun(tx, address=number) for number in (1, 2, 3))
    # The last sign of life is written now and then: a press can be later than it.
    people.arrived(tx, people.get(tx, learner.person_id).address, now=MONDAY + MINUTE + timedelta(seconds=20))
    people.arrived(tx, people.get(tx, back.person_id).address, now=MONDAY + 10 * MINUTE)
    people.arrived(tx, people.get(tx, absent.person_id).address, now=MONDAY - 2 * DAY)
    since, now = MONDAY + MINUTE, MONDAY + 10 * MINUTE

    short = delivering.show_open_again(tx, since=since, now=since + 2 * MINUTE, academy=ACADEMY)
    shown = delivering.show_open_again(tx, since=since, now=now, academy=ACADEMY)
    again = delivering.show_open_again(tx, since=since, now=now + MINUTE, academy=ACADEMY)

    assert (short, shown, again) == (0, 1, 0)
    assert learner.heard() == [learner.heard()[0]] * 2
    assert (len(absent.heard()), len(back.heard())) == (1, 1)


def test_at_night_only_somebody_who_was_just_here_sees_the_step_again(tx: Connection) -> None:
    lately, earlier = begun(tx, address=1), begun(tx, address=2)
    night = MONDAY + 12 * HOUR  # 21:00 in Ulaanbaatar
    people.arrived(tx, people.get(tx, lately.person_id).address, now=night - 10 * MINUTE)
    people.arrived(tx, people.get(tx, earlier.person_id).address, now=night - 3 * HOUR)

    shown = delivering.show_open_again(tx, since=night - 5 * MINUTE, now=night, academy=ACADEMY)

    assert shown == 1
    assert (len(lately.heard()), len(earlier.heard())) == (2, 1)


def test_start_puts_the_reminder_off(tx: Connection) -> None:
    learner = begun(tx)
    finish_open(learner, MONDAY + MINUTE)
    tick(tx, MONDAY + DAY)
    people.arrived(tx, people.get(tx, learner.person_id).address, now=MONDAY + DAY + 2 * HOUR + 30 * MINUTE)
    walking.start(
        tx,
        Pressed(person_id=learner.person_id, assignment_id=learner.open.id, screen=screen()),
        now=MONDAY + DAY + 2 * HOUR + 30 * MINUTE,
        academy=ACADEMY,
    )

    # Three hours after having been here.
    assert due.due_at(tx, learner.enrollment_id) == MONDAY + DAY + 5 * HOUR + 30 * MINUTE
