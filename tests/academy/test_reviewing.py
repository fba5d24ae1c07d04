"""Questions before a lesson, and /review: few, once, and without any effect on the course."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection, func, select

from academy import delivering, practising
from academy.answering import choose
from academy.course_end import stands_of
from academy.messages.learning import CardShown, LessonOffer, Picture, PictureShown, QuestionShown
from academy.messages.reviewing import NothingToReview, ReviewFeedback, ReviewOver, ReviewShown
from academy.outgoing import RemoveButtons, Show
from academy.places import Pressed, learner_of
from academy.practising import Check, Pick, ShowAnswer, Tick, TryAgain
from learners.progress import Progress
from storage import personal_data, records, reviews
from storage.tables import outbox, review_responses, review_rounds
from storage.tables import reviews as reviews_table
from tests.academy.practice_desk import (
    AGAIN,
    MINUTE,
    do,
    go_on,
    join,
    live_until,
    on,
    questions_on,
    review,
    shown,
    start,
    stop,
    walk,
)
from tests.academy.school import ACADEMY, DAY, ENERGY, FANS, HOUR, LESSONS, MONDAY, Learner, screen

WEDNESDAY = MONDAY + 2 * DAY
THURSDAY = MONDAY + 3 * DAY


def at_lesson_3(tx: Connection) -> Learner:
    """Wednesday at nine: lesson 3 was offered; lesson 1 was answered right, lesson 2 was given up."""
    learner = join(tx)
    walk(learner, now=MONDAY + MINUTE)
    live_until(tx, MONDAY + DAY)
    walk(learner, now=MONDAY + DAY + MINUTE)
    live_until(tx, WEDNESDAY)
    return learner


def standing(learner: Learner) -> Progress:
    return stands_of(learner.tx, learner_of(learner.tx, learner.enrollment), now=WEDNESDAY)


def test_two_questions_at_most_come_before_a_lesson_and_no_message_more(tx: Connection) -> None:
    learner = at_lesson_3(tx)

    offered = learner.last()
    before = len(learner.rows)
    outcome = start(learner, now=WEDNESDAY + MINUTE)

    # Three are due: both of lesson 2, which were not known, come before the one that was.
    assert isinstance(offered, LessonOffer)
    assert questions_on(learner) == [("lesson", ["q-today", "q-flat"])]
    assert outcome == "done"
    assert (shown(learner).lesson, shown(learner).to_lesson) == (2, True)
    assert learner.open.started_at is None
    # The headline and the question: answers to a press, and silent.
    assert [(kind, one.silent) for _, kind, _, one in learner.rows[before:] if isinstance(one, Show)] == [
        ("reply", True),
        ("reply", True),
    ]


def test_a_question_is_answered_explained_and_leads_to_the_lesson(tx: Connection) -> None:
    learner = at_lesson_3(tx)
    start(learner, now=WEDNESDAY + MINUTE)
    scored = standing(learner)

    do(learner, Tick(1, 2, on=True), now=WEDNESDAY + MINUTE)
    assert [choice.picked for choice in shown(learner).question.choices].count(True) == 1
    do(learner, Check(1), now=WEDNESDAY + MINUTE)
    wrong = learner.last()
    do(learner, TryAgain(), now=WEDNESDAY + MINUTE)
    for option, ticked in ((2, False), (0, True), (1, True)):
        do(learner, Tick(2, option, on=ticked), now=WEDNESDAY + MINUTE)
    do(learner, Check(2), now=WEDNESDAY + MINUTE)
    right = learner.last()
    go_on(learner, now=WEDNESDAY + MINUTE)
    do(learner, Pick(1, 1), now=WEDNESDAY + MINUTE)
    assert go_on(learner, now=WEDNESDAY + MINUTE) == "done"

    assert isinstance(wrong, ReviewFeedback)
    assert wrong.feedback.verdict == "not_yet"
    assert isinstance(right, ReviewFeedback)
    assert right.feedback.verdict == "right"
    lesson = learner.last()
    assert isinstance(lesson, CardShown)
    assert (lesson.lesson, learner.open.started_at) == (3, WEDNESDAY + MINUTE)
    # Nothing that a lesson counts has changed (I7).
    assert standing(learner) == scored
    past = reviews.past(tx, learner.enrollment_id)
    assert [(one.question_id, [given.score for given in one.responses]) for one in past] == [
        ("q-today", [pytest.approx(0.0), 1.0]),
        ("q-flat", [1.0]),
    ]


def test_whoever_leaves_a_question_out_is_in_the_lesson_and_it_rests(tx: Connection) -> None:
    learner = at_lesson_3(tx)
    start(learner, now=WEDNESDAY + MINUTE)

    assert stop(learner, now=WEDNESDAY + MINUTE) == "done"

    assert isinstance(learner.last(), CardShown)
    assert [
        (one.question_id, one.left_out_at is not None) for one in reviews.past(tx, learner.enrollment_id)
    ] == [("q-today", True), ("q-flat", False)]
    # The day has had its round; the day after, the one that was left out is not among them.
    review(learner, now=THURSDAY)
    assert questions_on(learner)[1] == ("asked", ["q-flat", "q-fans"])


def test_presses_that_come_twice_late_or_from_others_change_nothing(tx: Connection) -> None:
    learner = at_lesson_3(tx)
    other = join(tx, address=8)
    start(learner, now=WEDNESDAY + MINUTE)
    start(learner, now=WEDNESDAY + MINUTE)
    said = [one for one in learner.heard() if isinstance(one, Show) and isinstance(one.message, ReviewShown)]
    first = on(learner)

    assert len(said) == 1
    assert do(learner, ShowAnswer(), by=other, now=WEDNESDAY + MINUTE) == "unknown"
    assert do(learner, Tick(1, 9, on=True), now=WEDNESDAY + MINUTE) == "unknown"
    assert do(learner, Pick(1, 0), now=WEDNESDAY + MINUTE) == "unknown"
    assert go_on(learner, now=WEDNESDAY + MINUTE) == "unknown"
    assert do(learner, ShowAnswer(), now=WEDNESDAY + MINUTE) == "done"
    assert do(learner, ShowAnswer(), now=WEDNESDAY + MINUTE) == "done"
    assert tx.execute(select(func.count()).select_from(review_responses)).scalar_one() == 1
    assert go_on(learner, now=WEDNESDAY + MINUTE) == "done"
    assert practising.press(tx, first, ShowAnswer(), now=WEDNESDAY + MINUTE) == "passed"
    assert isinstance(learner.heard()[-1], RemoveButtons)
    assert practising.press(tx, replace(first, step=9), ShowAnswer(), now=WEDNESDAY) == "unknown"
    assert practising.press(tx, replace(first, assignment_id=999), ShowAnswer(), now=WEDNESDAY) == "unknown"


def test_another_answer_to_the_same_try_does_not_count(tx: Connection) -> None:
    learner = join(tx)
    walk(learner, now=MONDAY + MINUTE)
    review(learner, now=WEDNESDAY)

    assert do(learner, Pick(1, 1), now=WEDNESDAY) == "done"
    assert do(learner, Pick(1, 1), now=WEDNESDAY) == "done"
    assert do(learner, Pick(1, 0), now=WEDNESDAY) == "counted"
    assert do(learner, Pick(3, 0), now=WEDNESDAY) == "unknown"
    (past,) = reviews.past(tx, learner.enrollment_id)
    assert [one.response for one in past.responses] == ["1"]


def test_questions_that_were_left_lying_belong_to_the_day_on_which_they_are_answered(tx: Connection) -> None:
    learner = at_lesson_3(tx)

    start(learner, now=THURSDAY + 2 * HOUR)

    (held,) = reviews.rounds_of(tx, learner.enrollment_id)
    assert (held.held_on.isoformat(), shown(learner).lesson) == ("2026-11-26", 2)


def test_a_day_has_one_round_of_five_by_constraint(tx: Connection) -> None:
    learner = at_lesson_3(tx)
    (held,) = reviews.rounds_of(tx, learner.enrollment_id)
    enrollment_id = learner.enrollment_id

    again = reviews.hold(tx, enrollment_id=enrollment_id, on=held.held_on, occasion="asked", now=WEDNESDAY)

    version = learner.enrollment.course_version_id
    reviews.put_in(tx, held.id, ["a", "q-flat", "b", "a", "c"], course_version_id=version)
    assert again is None
    assert [one.question_id for one in reviews.in_round(tx, held.id)] == ["q-today", "q-flat", "a", "b", "c"]


def test_review_gives_the_rest_of_the_day_and_then_says_when_there_is_more(tx: Connection) -> None:
    learner = at_lesson_3(tx)
    start(learner, now=WEDNESDAY + MINUTE)
    stop(learner, now=WEDNESDAY + MINUTE)

    review(learner, now=WEDNESDAY + HOUR)
    assert (shown(learner).lesson, shown(learner).to_lesson) == (1, False)
    do(learner, Pick(1, 0), now=WEDNESDAY + HOUR)
    go_on(learner, now=WEDNESDAY + HOUR)
    over = learner.last()
    nothing = review(learner, now=WEDNESDAY + HOUR)

    assert questions_on(learner) == [("lesson", ["q-today", "q-flat", "q-fans"])]
    assert isinstance(over, ReviewOver)
    assert not over.left
    assert isinstance(nothing, NothingToReview)
    assert (nothing.reason, nothing.next_at) == ("enough", over.next_at)
    assert nothing.next_at is not None
    assert nothing.next_at.date() == (THURSDAY).date()


def test_review_without_anything_to_ask_says_why(tx: Connection) -> None:
    learner = join(tx)
    never = join(tx, course=replace(ENERGY, id="plain"), address=8, group="Spring")

    not_yet = review(learner, now=MONDAY + MINUTE)
    plain = review(never, now=MONDAY + MINUTE)
    walk(learner, now=MONDAY + MINUTE)
    later = review(learner, now=MONDAY + HOUR)

    assert not_yet == NothingToReview(reason="not_yet")
    assert plain == NothingToReview(reason="never")
    assert isinstance(later, NothingToReview)
    assert (later.reason, later.next_at) == ("later", MONDAY.replace(day=25, hour=4))


def test_words_belong_to_the_question_that_was_shown_last(tx: Connection) -> None:
    learner = at_lesson_3(tx)
    start(learner, now=WEDNESDAY + MINUTE)
    stop(learner, now=WEDNESDAY + MINUTE)
    walk(learner, now=WEDNESDAY + MINUTE)
    review(learner, now=MONDAY + 7 * DAY)
    while shown(learner).question.form != "number":
        do(learner, ShowAnswer(), now=MONDAY + 7 * DAY)
        go_on(learner, now=MONDAY + 7 * DAY)
    arrive(tx, learner)

    odd = practising.typed(tx, person_id=learner.person_id, text="many", now=MONDAY + 7 * DAY)
    arrive(tx, learner)
    taken = practising.typed(tx, person_id=learner.person_id, text="150", now=MONDAY + 7 * DAY)
    over = learner.last()
    again = practising.typed(tx, person_id=learner.person_id, text="150", now=MONDAY + 7 * DAY)

    assert (odd, taken, again) == (True, True, False)
    assert isinstance(over, ReviewFeedback)
    assert over.feedback.verdict == "right"


def test_words_are_the_lessons_when_its_question_came_later(tx: Connection) -> None:
    learner = join(tx, course=replace(AGAIN, lessons=AGAIN.lessons[::-1]))
    records.advance(tx, learner.open, to_step=1)
    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)
    assert isinstance(learner.last(), QuestionShown)
    held = reviews.hold(
        tx, enrollment_id=learner.enrollment_id, on=MONDAY.date(), occasion="asked", now=MONDAY
    )
    assert held is not None
    reviews.put_in(tx, held.id, ["q-valve"], course_version_id=learner.enrollment.course_version_id)
    review(learner, now=MONDAY)
    arrive(tx, learner)
    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)
    arrive(tx, learner)

    assert not practising.typed(tx, person_id=learner.person_id, text="valve", now=MONDAY)


def test_the_picture_of_a_question_is_fetched_once_for_each_message(tx: Connection) -> None:
    seen = replace(FANS, review=True, image="media/fan.png", alt="A fan")
    first = replace(LESSONS[0], steps=(*LESSONS[0].steps[:2], seen))
    course = replace(ENERGY, lessons=(first, *LESSONS[1:]), media={"media/fan.png": "0" * 64})
    learner = join(tx, course=course)
    choose_and_finish(learner)
    review(learner, now=WEDNESDAY)

    outcomes = [practising.fetch_picture(tx, on(learner), now=WEDNESDAY) for _ in range(2)]

    assert outcomes == ["done", "done"]
    shown_alone = [one.message for one in learner.heard() if isinstance(one, Show)]
    assert shown_alone.count(PictureShown(picture=Picture(sha256="0" * 64, alt="A fan"))) == 1


def choose_and_finish(learner: Learner) -> None:
    """Answer the one question of lesson 1 right."""
    records.advance(learner.tx, learner.open, to_step=2)
    pressed = Pressed(person_id=learner.person_id, assignment_id=learner.open.id, step=2, screen=screen())
    choose(learner.tx, pressed, try_number=1, option=0, now=MONDAY, academy=ACADEMY)


def test_a_course_that_asks_nothing_again_keeps_nothing(tx: Connection) -> None:
    learner = join(tx, course=ENERGY)
    walk(learner, now=MONDAY + MINUTE)
    live_until(tx, MONDAY + DAY)
    walk(learner, now=MONDAY + DAY)
    live_until(tx, WEDNESDAY)

    start(learner, now=WEDNESDAY)

    assert questions_on(learner) == []
    assert isinstance(learner.last(), CardShown)


def test_everything_is_in_my_data_and_goes_with_it(tx: Connection) -> None:
    learner = at_lesson_3(tx)
    start(learner, now=WEDNESDAY + MINUTE)
    do(learner, ShowAnswer(), now=WEDNESDAY + MINUTE)

    exported = [one for one in personal_data.export(tx, learner.person) if isinstance(one, dict)]
    rows = {one["table"]: len(kept) for one in exported if isinstance(kept := one["rows"], list)}
    personal_data.erase(tx, learner.person)

    assert (rows["review_responses"], rows["reviews"], rows["review_rounds"]) == (1, 2, 1)
    for table in (review_responses, reviews_table, review_rounds):
        assert tx.execute(select(func.count()).select_from(table)).scalar_one() == 0


def arrive(tx: Connection, learner: Learner) -> None:
    """Let everything said so far have a place on the phone."""
    for number, _, _, _ in learner.rows:
        tx.execute(
            outbox.update()
            .where(outbox.c.id == number, outbox.c.message_id.is_(None))
            .values(message_id=1000 + number)
        )
