from dataclasses import replace

from sqlalchemy import Connection

from academy import delivering, looking_back, postponing, showing_progress, walking
from academy.messages.learning import (
    CardShown,
    LaterMenu,
    LaterSet,
    LessonList,
    LessonOffer,
    LessonStarted,
    NothingNow,
    Progress,
    QuestionRead,
    QuestionShown,
)
from academy.outgoing import RemoveButtons, Show
from academy.places import Pressed, learning
from storage import due, enrollments, people
from tests.academy.presses import MINUTE, NOW, at_step, choose, go_on
from tests.academy.school import ACADEMY, DAY, HOUR, MONDAY, Learner, screen

TUESDAY = MONDAY + DAY
ZONE = "Asia/Ulaanbaatar"


def offered(tx: Connection) -> Learner:
    """Return a learner who was offered lesson 2 on Tuesday at nine."""
    learner = at_step(tx, 1, 2)
    choose(learner, 0)
    go_on(learner, 2)
    delivering.tick(tx, now=TUESDAY, academy=ACADEMY)
    return learner


def offer_of(learner: Learner) -> LessonOffer:
    return LessonOffer(assignment_id=learner.open.id, lesson=2, lessons=3, title="Switch off", minutes=3)


def start(learner: Learner, *, message_id: int = 100) -> str:
    return walking.start(
        learner.tx,
        Pressed(person_id=learner.person_id, assignment_id=learner.open.id, screen=screen(message_id)),
        now=TUESDAY + MINUTE,
        academy=ACADEMY,
    )


def test_start_turns_the_offer_into_a_headline_and_shows_the_first_step(tx: Connection) -> None:
    learner = offered(tx)
    said = len(learner.heard())

    outcomes = [start(learner), start(learner)]

    headline = Show(message=LessonStarted(lesson=2, lessons=3, title="Switch off"), edits=screen())
    assert outcomes == ["done", "done"]
    heard = learner.heard()[said:]
    assert [heard[0], heard[2]] == [headline, headline]
    assert len(heard) == 3
    assert isinstance(heard[1], Show)
    assert isinstance(heard[1].message, QuestionShown)
    assert learner.open.started_at == TUESDAY + MINUTE


def test_start_on_a_reminder_shows_the_open_step_again(tx: Connection) -> None:
    learner = offered(tx)
    start(learner)
    said = len(learner.heard())

    start(learner, message_id=200)

    assert [type(one.message) for one in learner.heard()[said:] if isinstance(one, Show)] == [
        LessonStarted,
        QuestionShown,
    ]


def test_later_offers_only_moments_that_are_not_quiet(tx: Connection) -> None:
    learner = offered(tx)

    postponing.offer_later(
        tx,
        Pressed(person_id=learner.person_id, assignment_id=learner.open.id, screen=screen()),
        now=TUESDAY + MINUTE,
        academy=ACADEMY,
    )

    assert learner.heard()[-1] == Show(
        message=LaterMenu(
            offer=offer_of(learner),
            # 10:01, 12:30 and tomorrow at nine, where the learner is.
            choices=(TUESDAY + HOUR + MINUTE, TUESDAY + 3 * HOUR + 30 * MINUTE, TUESDAY + DAY),
            zone=ZONE,
        ),
        edits=screen(),
    )
    evening = TUESDAY + 9 * HOUR + 30 * MINUTE  # 18:30: an hour later it is quiet
    (tomorrow,) = postponing.moments(learning(tx, learner.person_id)[0], now=evening, academy=ACADEMY)
    assert tomorrow == TUESDAY + DAY


def test_postpone_brings_the_lesson_back_at_the_chosen_moment(tx: Connection) -> None:
    learner = offered(tx)
    chosen = TUESDAY + 3 * HOUR + 30 * MINUTE

    for _ in range(2):
        postponing.postpone(
            tx,
            Pressed(person_id=learner.person_id, assignment_id=learner.open.id, screen=screen()),
            at=chosen,
            now=TUESDAY + MINUTE,
            academy=ACADEMY,
        )
    waiting = (learner.last(), due.due_at(tx, learner.enrollment_id))
    delivering.tick(tx, now=chosen, academy=ACADEMY)

    assert waiting == (LaterSet(offer=offer_of(learner), at=chosen, zone=ZONE), chosen)
    assert learner.heard()[-1] == Show(message=replace(offer_of(learner), occasion="as_asked"), silent=False)
    # It took the place of the reminder, as long as the lesson is not begun.
    assert due.due_at(tx, learner.enrollment_id) is None
    walking.start(
        tx,
        Pressed(person_id=learner.person_id, assignment_id=learner.open.id, screen=screen()),
        now=chosen + MINUTE,
        academy=ACADEMY,
    )
    assert due.due_at(tx, learner.enrollment_id) == chosen + MINUTE + 3 * HOUR


def test_a_moment_nobody_offered_is_nobodys_button(tx: Connection) -> None:
    learner = offered(tx)

    outcomes = [
        postponing.postpone(
            tx,
            Pressed(person_id=learner.person_id, assignment_id=learner.open.id, screen=screen()),
            at=at,
            now=TUESDAY,
            academy=ACADEMY,
        )
        for at in (TUESDAY + 11 * HOUR, TUESDAY + 100 * DAY)
    ]

    assert outcomes == ["unknown", "unknown"]
    assert learner.open.snoozed_until is None


def test_a_moment_that_has_passed_brings_new_ones(tx: Connection) -> None:
    learner = offered(tx)

    postponing.postpone(
        tx,
        Pressed(person_id=learner.person_id, assignment_id=learner.open.id, screen=screen()),
        at=TUESDAY + HOUR,
        now=TUESDAY + 2 * HOUR,
        academy=ACADEMY,
    )

    assert isinstance(learner.last(), LaterMenu)
    assert learner.open.snoozed_until is None


def test_today_starts_what_waits_shows_what_is_open_and_says_when_nothing_is(tx: Connection) -> None:
    learner = offered(tx)

    walking.show_today(tx, person_id=learner.person_id, now=TUESDAY + MINUTE, academy=ACADEMY)
    started = (type(learner.last()), learner.open.started_at)
    walking.show_today(tx, person_id=learner.person_id, now=TUESDAY + 2 * MINUTE, academy=ACADEMY)

    assert started == (QuestionShown, TUESDAY + MINUTE)
    assert learner.heard()[-1] == learner.heard()[-2]


def test_today_without_a_lesson_says_why(tx: Connection) -> None:
    learner = at_step(tx, 1, 2)
    choose(learner, 0)
    go_on(learner, 2)
    stranger = people.add(tx, address=99, name="", language="en", now=NOW)

    walking.show_today(tx, person_id=learner.person_id, now=NOW, academy=ACADEMY)
    between = learner.last()
    enrollments.set_state(tx, learner.enrollment_id, "paused", paused_until=MONDAY + 7 * DAY)
    walking.show_today(tx, person_id=learner.person_id, now=NOW, academy=ACADEMY)
    paused = learner.last()
    enrollments.set_state(tx, learner.enrollment_id, "finished", finished_at=NOW)
    walking.show_today(tx, person_id=learner.person_id, now=NOW, academy=ACADEMY)
    finished = learner.last()
    walking.show_today(tx, person_id=stranger.id, now=NOW, academy=ACADEMY)

    assert between == NothingNow(reason="next_at", next_at=TUESDAY, zone=ZONE)
    assert paused == NothingNow(reason="paused", next_at=MONDAY + 7 * DAY, zone=ZONE)
    assert finished == NothingNow(reason="finished")
    assert Learner(tx, 0, stranger.id).last() == NothingNow(reason="not_joined")


def test_progress_says_it_all_in_words(tx: Connection) -> None:
    learner = offered(tx)

    showing_progress.show_progress(tx, person_id=learner.person_id, now=TUESDAY, academy=ACADEMY)

    assert learner.last() == Progress(
        course="Energy basics",
        done=(True, False, False),
        score_percent=100,
        first_try_percent=100,
        days_this_week=1,
        days_goal=5,
        next_at=TUESDAY + DAY,
        zone=ZONE,
        open_assignment_id=learner.open.id,
        open_lesson=2,
        enrollment_id=learner.enrollment_id,
    )


def test_a_finished_lesson_is_read_again_with_its_answers_and_nothing_counts(tx: Connection) -> None:
    learner = offered(tx)
    before = learner.given
    first = learner.given[0]

    def read(step: int, assignment_id: int = first.id) -> str:
        return looking_back.read_again(
            tx,
            Pressed(person_id=learner.person_id, assignment_id=assignment_id, step=step, screen=screen()),
            now=TUESDAY,
        )

    looking_back.list_lessons(tx, person_id=learner.person_id, now=TUESDAY, academy=ACADEMY)
    listed = learner.last()
    read(0)
    card = learner.last()
    outcomes = [read(2), read(2), read(3), read(0, learner.open.id)]

    assert listed == LessonList(
        course="Energy basics",
        finished=((first.id, 1, "What runs at night?"),),
        lessons=3,
        enrollment_id=learner.enrollment_id,
    )
    assert isinstance(card, CardShown)
    assert card.again
    # Doubled it is shown once; what is not finished is not read again.
    assert outcomes == ["done", "done", "unknown", "unknown"]
    shown = [one.message for one in learner.heard() if isinstance(one, Show)]
    reads = [one for one in shown if isinstance(one, QuestionRead)]
    assert [(one.answer, one.last) for one in reads] == [("Ventilation fans", True)]
    assert RemoveButtons(screen=screen()) in learner.heard()
    assert learner.given == before
