"""A saved course takes the place of the one on the phones of a preview."""

from dataclasses import replace

from sqlalchemy import Connection

from academy import placing, renewing, walking
from academy.answering import choose
from academy.messages import Message
from academy.messages.learning import CardShown, Feedback, LessonOffer, QuestionShown
from academy.outgoing import RemoveButtons, Show
from academy.places import Pressed
from learners.records import Assignment
from lessons.model import Course, FinalTest, Lesson
from lessons.steps import Image, Say
from storage import courses, enrollments, groups, records
from storage.tables import outbox
from tests.academy.school import ACADEMY, ENERGY, FANS, FLAT, KWH, MONDAY, TODAY, VALVE, Learner, join, screen

NIGHT, SWITCH, HEAT = ENERGY.lessons


def save(learner: Learner, *lessons: Lesson, number: int = 2, media: dict[str, str] | None = None) -> None:
    course = replace(
        ENERGY,
        lessons=lessons,
        version=renewing.preview_version(ENERGY.version, save=number),
        media=media or {},
    )
    renewing.renew(
        learner.tx,
        course=course,
        media={},
        group_id=learner.enrollment.group_id,
        now=MONDAY,
        academy=ACADEMY,
    )


def at(tx: Connection, lesson_id: str, step: int) -> Learner:
    """A learner who sees this step, on message 50."""
    learner = join(tx)
    jump(learner, lesson_id, step)
    tx.execute(outbox.update().values(message_id=50, state="sent"))
    return learner


def jump(learner: Learner, lesson_id: str, step: int) -> None:
    outcome = placing.jump(
        learner.tx,
        person=learner.person,
        group_id=learner.enrollment.group_id,
        lesson_id=lesson_id,
        step=step,
        now=MONDAY,
        academy=ACADEMY,
    )
    assert outcome == "done"


def here(learner: Learner) -> tuple[str, str, str]:
    """Lesson, step and version at which the learner is."""
    open_: Assignment = learner.open
    course: Course = courses.course(learner.tx, open_.course_version_id)
    return open_.lesson_id, course.lesson(open_.lesson_id).steps[open_.step].id, course.version


def told(learner: Learner) -> list[tuple[type[Message], int | None]]:
    """What was shown since the jump: the kind of message, and which message it took the place of."""
    return [
        (type(one.message), one.edits.message_id if one.edits else None)
        for one in learner.heard()[1:]
        if isinstance(one, Show)
    ]


def test_new_words_take_the_place_of_the_old_at_the_same_step(tx: Connection) -> None:
    learner = at(tx, "night", 1)

    save(learner, replace(NIGHT, steps=(NIGHT.steps[0], Say(id="night-2", text="All runs."), FANS)), SWITCH)

    assert here(learner) == ("night", "night-2", "1.0.0+2")
    assert told(learner) == [(CardShown, 50)]
    shown = learner.last()
    assert isinstance(shown, CardShown)
    assert shown.text.text == "All runs."
    assert enrollments.get(tx, learner.enrollment_id).course_version_id == courses.latest(tx, "energy")
    assert groups.group(tx, learner.enrollment.group_id).course_version_id == courses.latest(tx, "energy")


def test_a_step_with_a_picture_comes_anew(tx: Connection) -> None:
    shown = Image(id="plan", path="plan.png", alt="The plan", text="Look.")
    learner = at(tx, "night", 0)
    save(learner, replace(NIGHT, steps=(NIGHT.steps[0], shown)), media={"plan.png": "a" * 64})
    jump(learner, "night", 1)
    tx.execute(outbox.update().values(message_id=60, state="sent"))

    again = replace(shown, text="Look closely.")
    save(learner, replace(NIGHT, steps=(NIGHT.steps[0], again)), media={"plan.png": "a" * 64}, number=3)

    taken_off, newest = learner.heard()[-2:]
    assert isinstance(taken_off, RemoveButtons)
    assert isinstance(newest, Show)
    assert (type(newest.message), newest.edits) == (CardShown, None)


def test_a_step_that_moved_is_followed(tx: Connection) -> None:
    learner = at(tx, "night", 2)

    save(learner, replace(NIGHT, steps=(Say(id="new", text="Dark."), *NIGHT.steps)), SWITCH, HEAT)

    assert here(learner) == ("night", "q-fans", "1.0.0+2")
    assert learner.open.step == 3


def test_what_reads_the_same_is_not_shown_again(tx: Connection) -> None:
    learner = at(tx, "night", 1)

    save(learner, NIGHT, SWITCH, replace(HEAT, title="Two degrees less"))

    assert here(learner) == ("night", "night-2", "1.0.0+2")
    assert told(learner) == []


def test_an_answer_stays_with_its_question(tx: Connection) -> None:
    learner = at(tx, "switch", 1)
    pressed = Pressed(person_id=learner.person_id, assignment_id=learner.open.id, step=1, screen=screen(50))
    choose(tx, pressed, try_number=1, option=1, now=MONDAY, academy=ACADEMY)

    save(learner, NIGHT, replace(SWITCH, steps=(Say(id="new", text="Now."), TODAY, FLAT)), HEAT)

    assert here(learner) == ("switch", "q-flat", "1.0.0+2")
    assert [one.question_id for one in records.responses_of(tx, learner.enrollment_id)] == ["q-flat"]
    assert isinstance(learner.last(), Feedback)


def test_a_question_that_changed_is_asked_anew(tx: Connection) -> None:
    learner = at(tx, "switch", 1)
    pressed = Pressed(person_id=learner.person_id, assignment_id=learner.open.id, step=1, screen=screen(50))
    choose(tx, pressed, try_number=1, option=1, now=MONDAY, academy=ACADEMY)

    save(learner, NIGHT, replace(SWITCH, steps=(TODAY, replace(FLAT, prompt="Is it so?"))), HEAT)

    assert records.responses_of(tx, learner.enrollment_id) == ()
    shown = learner.last()
    assert isinstance(shown, QuestionShown)
    assert (shown.prompt.text, shown.try_number) == ("Is it so?", 1)


def test_a_step_that_is_gone_leads_to_the_one_in_its_place(tx: Connection) -> None:
    learner = at(tx, "heat", 1)

    save(learner, NIGHT, SWITCH, replace(HEAT, steps=(HEAT.steps[0], VALVE)))

    assert here(learner) == ("heat", "q-valve", "1.0.0+2")
    assert KWH.id not in [
        one.id for one in courses.course(tx, learner.open.course_version_id).lessons[2].steps
    ]


def test_a_lesson_that_is_gone_leads_to_the_next(tx: Connection) -> None:
    learner = at(tx, "switch", 1)

    save(learner, NIGHT, HEAT)

    assert here(learner) == ("heat", "heat-1", "1.0.0+2")
    assert isinstance(learner.last(), CardShown)


def test_the_last_lesson_gone_leads_to_the_one_before(tx: Connection) -> None:
    learner = at(tx, "heat", 2)

    save(learner, NIGHT, SWITCH)

    assert here(learner) == ("switch", "q-today", "1.0.0+2")


def test_a_test_that_changed_under_way_begins_anew(tx: Connection) -> None:
    final = Lesson(
        id="final", title="Final test", steps=(FANS, FLAT), test=FinalTest(draw=2, pass_percent=50)
    )
    learner = at(tx, "night", 0)
    save(learner, NIGHT, final)
    jump(learner, "final", 0)
    offered = learner.last()
    assert isinstance(offered, LessonOffer)
    start = Pressed(person_id=learner.person_id, assignment_id=learner.open.id, screen=None)
    assert walking.start(tx, start, now=MONDAY, academy=ACADEMY) == "done"
    begun = learner.open
    assert begun.drawn == ("q-fans", "q-flat")

    save(learner, NIGHT, replace(final, steps=(FANS, FLAT, VALVE)), number=3)

    again = learner.open
    assert (again.started_at, again.drawn) == (None, ())
    assert learner.last() == offered


def test_who_had_finished_gets_the_lesson_that_was_added(tx: Connection) -> None:
    learner = at(tx, "heat", 2)
    records.change(tx, learner.open, replace(learner.open, finished_at=MONDAY))
    enrollments.set_state(tx, learner.enrollment_id, "finished", finished_at=MONDAY)

    more = Lesson(id="more", title="More", steps=(Say(id="more-1", text="More."),))
    save(learner, *ENERGY.lessons, more)

    assert learner.enrollment.state == "active"
    assert enrollments.get(tx, learner.enrollment_id).finished_at is None


def test_who_left_has_left(tx: Connection) -> None:
    learner = at(tx, "switch", 1)
    enrollments.set_state(tx, learner.enrollment_id, "withdrawn")

    save(learner, NIGHT, HEAT)

    assert learner.enrollment.state == "withdrawn"
    assert learner.enrollment.course_version_id == courses.latest(tx, "energy")
    assert told(learner) == []


def test_each_save_is_a_version_of_its_own(tx: Connection) -> None:
    learner = at(tx, "night", 0)

    save(learner, SWITCH, NIGHT)
    save(learner, NIGHT, SWITCH, HEAT, number=3)

    assert [one.version for one in courses.versions(tx)] == ["1.0.0", "1.0.0+2", "1.0.0+3"]
    assert here(learner) == ("night", "night-1", "1.0.0+3")


def test_a_long_version_of_the_author_still_fits() -> None:
    assert (
        renewing.preview_version("1.0.0-a-name-that-nobody-needs", save=12) == "1.0.0-a-name-that-nobody+12"
    )
