"""A test from its offer to its result: what is drawn, what is kept, what counts."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from academy import answering, delivering, helping, walking
from academy.course_end import stands_of
from academy.messages.learning import CourseDone, LessonOffer, QuestionShown
from academy.messages.testing import AboutTest, AnsweredInTest, AnswerKept, FinalTestDone
from academy.places import Pressed, learner_of
from lessons.markup import RichText
from lessons.model import Course, FinalTest, Lesson
from lessons.steps import Say, TrueFalse
from storage import enrollments, records
from tests.academy.school import ACADEMY, DAY, MONDAY, Learner, join, screen

MINUTE = timedelta(minutes=1)
POOL = tuple(
    TrueFalse(
        id=f"q-{n}", prompt=f"Is {n} a number?", answer=True, explain=f"{n} is.", hints=("Count.",), tries=3
    )
    for n in range(6)
)
FINAL = Lesson(
    id="final",
    title="Final",
    minutes=5,
    steps=(Say(id="final-1", text="Now."), *POOL),
    needs=("one",),
    test=FinalTest(draw=2, pass_percent=80, attempts=2, retake_after_days=1),
)
ONE = Lesson(id="one", title="One", minutes=3, steps=(Say(id="one-1", text="Read."),))
COURSE = Course(
    id="tested", title="Tested", language="en", version="1.0.0", lessons=(ONE, FINAL), pass_percent=50
)


def offered(tx: Connection, *, course: Course = COURSE, address: int = 7) -> Learner:
    """Return a learner to whom the test was offered on Tuesday at nine."""
    learner = join(tx, course=course, address=address)
    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)
    go_on(learner, now=MONDAY + MINUTE)
    delivering.tick(tx, now=MONDAY + DAY, academy=ACADEMY)
    return learner


def pressed(learner: Learner) -> Pressed:
    waiting = learner.open
    return Pressed(person_id=learner.person_id, assignment_id=waiting.id, step=waiting.step, screen=screen())


def go_on(learner: Learner, *, now: datetime) -> None:
    assert walking.go_on(learner.tx, pressed(learner), now=now, academy=ACADEMY) == "done"


def start(learner: Learner, *, now: datetime) -> None:
    walking.start(learner.tx, pressed(learner), now=now, academy=ACADEMY)
    go_on(learner, now=now)


def answer(learner: Learner, marks: str, *, now: datetime) -> None:
    """Answer one question for each sign: `+` right, `-` wrong."""
    for mark in marks:
        outcome = answering.choose(
            learner.tx, pressed(learner), try_number=1, option=int(mark == "+"), now=now, academy=ACADEMY
        )
        assert outcome == "done"
        go_on(learner, now=now)


def test_the_offer_says_what_it_is_and_nothing_is_drawn_yet(tx: Connection) -> None:
    learner = offered(tx)

    assert learner.last() == LessonOffer(
        assignment_id=learner.open.id,
        lesson=2,
        lessons=2,
        title="Final",
        minutes=5,
        test=AboutTest(questions=2, pass_percent=80, attempt=1, attempts=2),
    )
    assert learner.open.drawn == ()


def test_starting_draws_once_and_the_questions_stay_drawn(tx: Connection) -> None:
    learner = offered(tx)

    start(learner, now=MONDAY + DAY)
    first = learner.last()
    drawn = learner.open.drawn
    walking.show_today(tx, person_id=learner.person_id, now=MONDAY + DAY + MINUTE, academy=ACADEMY)

    assert len(drawn) == 2
    assert isinstance(first, QuestionShown)
    assert (first.question, first.questions, first.has_hint, first.in_test) == (1, 2, False, True)
    assert learner.last() == first
    assert learner.open.drawn == drawn


def test_learners_get_different_questions(tx: Connection) -> None:
    drawn = set()
    for address in range(7, 17):
        learner = offered(tx, address=address)
        start(learner, now=MONDAY + DAY)
        drawn.add(learner.open.drawn)

    assert len(drawn) > 3


def test_an_answer_is_kept_without_a_verdict_and_has_no_second_try(tx: Connection) -> None:
    learner = offered(tx)
    start(learner, now=MONDAY + DAY)
    step = learner.open.step

    answering.choose(tx, pressed(learner), try_number=1, option=0, now=MONDAY + DAY, academy=ACADEMY)
    kept = learner.last()
    second = answering.choose(tx, pressed(learner), try_number=2, option=1, now=MONDAY + DAY, academy=ACADEMY)
    hint = helping.show_hint(tx, pressed(learner), number=1, now=MONDAY + DAY, academy=ACADEMY)

    prompt = next(one.prompt for one in POOL if one.id == learner.open.drawn[0])
    assert kept == AnswerKept(
        assignment_id=learner.open.id, step=step, prompt=RichText(prompt), chosen="False", last=False
    )
    assert (second, hint) == ("unknown", "unknown")


def test_the_result_has_every_answer_with_its_reason(tx: Connection) -> None:
    learner = offered(tx)
    start(learner, now=MONDAY + DAY)
    given = learner.open

    answer(learner, "+-", now=MONDAY + DAY)

    right, wrong = (next(one for one in POOL if one.id == identity) for identity in given.drawn)
    assert learner.last() == FinalTestDone(
        assignment_id=given.id,
        enrollment_id=learner.enrollment_id,
        title="Final",
        percent=50,
        pass_percent=80,
        passed=False,
        answers=(
            AnsweredInTest(
                prompt=RichText(right.prompt),
                verdict="right",
                chosen="True",
                answer="True",
                explain=RichText(right.explain),
            ),
            AnsweredInTest(
                prompt=RichText(wrong.prompt),
                verdict="wrong",
                chosen="False",
                answer="True",
                explain=RichText(wrong.explain),
            ),
        ),
        read_again=((1, "One"),),
        attempts_left=1,
        next_at=MONDAY + 2 * DAY,
        again_at=MONDAY + 2 * DAY,
        zone="Asia/Ulaanbaatar",
    )
    assert learner.enrollment.state == "active"


def test_a_score_says_nothing_of_a_test_under_way_and_the_best_attempt_counts(tx: Connection) -> None:
    learner = offered(tx)

    def stands(now: datetime) -> tuple[int | None, bool | None, bool]:
        known = learner_of(tx, enrollments.get(tx, learner.enrollment_id))
        found = stands_of(tx, known, now=now)
        return found.score_percent, found.test_passed, found.passed

    start(learner, now=MONDAY + DAY)
    answering.choose(tx, pressed(learner), try_number=1, option=0, now=MONDAY + DAY, academy=ACADEMY)
    under_way = stands(MONDAY + DAY)
    go_on(learner, now=MONDAY + DAY)
    answer(learner, "+", now=MONDAY + DAY)
    failed = stands(MONDAY + DAY)
    delivering.tick(tx, now=MONDAY + 2 * DAY, academy=ACADEMY)
    start(learner, now=MONDAY + 2 * DAY)
    first, second = (one.drawn for one in learner.given if one.lesson_id == "final")
    answer(learner, "++", now=MONDAY + 2 * DAY)

    assert under_way == (None, False, False)
    assert failed == (50, False, False)
    # Six are in the pool, so the second two are new.
    assert not set(first) & set(second)
    assert [one.passed for one in learner.given] == [False, False, True]
    assert stands(MONDAY + 2 * DAY) == (100, True, True)
    assert isinstance(learner.last(), CourseDone)
    assert learner.enrollment.state == "finished"


def test_a_worse_attempt_lowers_nothing(tx: Connection) -> None:
    hard = replace(FINAL, test=FinalTest(draw=2, pass_percent=100, attempts=2))
    learner = offered(tx, course=replace(COURSE, id="hard", lessons=(ONE, hard)))
    start(learner, now=MONDAY + DAY)
    answer(learner, "+-", now=MONDAY + DAY)
    delivering.tick(tx, now=MONDAY + 2 * DAY, academy=ACADEMY)
    start(learner, now=MONDAY + 2 * DAY)

    answer(learner, "--", now=MONDAY + 2 * DAY)

    done = learner.last()
    assert isinstance(done, CourseDone)
    assert (done.score_percent, done.passed, done.done) == (50, False, None)
    assert [one.attempt for one in learner.given] == [1, 1, 2]


def test_a_test_may_be_the_first_lesson(tx: Connection) -> None:
    first = replace(FINAL, needs=())
    learner = join(tx, course=replace(COURSE, id="placed", lessons=(first, ONE)))

    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)

    assert len(learner.open.drawn) == 2
    assert learner.open.started_at == MONDAY


def test_a_reminder_comes_for_each_attempt(tx: Connection) -> None:
    learner = offered(tx)
    for day in (1, 2):
        delivering.tick(tx, now=MONDAY + day * DAY + timedelta(hours=3), academy=ACADEMY)
        start(learner, now=MONDAY + day * DAY + timedelta(hours=4))
        answer(learner, "--", now=MONDAY + day * DAY + timedelta(hours=4))
        delivering.tick(tx, now=MONDAY + (day + 1) * DAY, academy=ACADEMY)

    kinds = [kind for _, kind, _, _ in learner.rows]
    assert kinds.count("lesson") == 2
    assert kinds.count("reminder") == 2
    assert records.open_assignment(tx, learner.enrollment_id) is None
