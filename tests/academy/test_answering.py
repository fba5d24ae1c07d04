from dataclasses import replace

from sqlalchemy import Connection, func, select, update

from academy import answering, delivering, helping
from academy.messages.learning import (
    Choice,
    CourseDone,
    Feedback,
    LessonDone,
    NotRead,
    OptionResult,
    QuestionShown,
)
from academy.outgoing import RemoveButtons, Screen, Show
from academy.presenting import order_shown
from learners.records import Response
from lessons.markup import RichText, Span
from lessons.model import Course, Pair, Translation
from storage import records
from storage.tables import outbox
from tests.academy.presses import NOW, at_step, choose, go_on, pressed, responses
from tests.academy.school import ACADEMY, DAY, ENERGY, FANS, LESSONS, MONDAY, join, screen


def test_continue_takes_the_button_away_and_brings_the_next_step(tx: Connection) -> None:
    learner = at_step(tx, 1, 1)

    outcome = go_on(learner, 1)

    assert outcome == "done"
    assert learner.heard()[1:] == [
        RemoveButtons(screen=screen()),
        Show(
            message=QuestionShown(
                assignment_id=learner.open.id,
                step=2,
                question=1,
                questions=1,
                form="choose",
                prompt=RichText("What uses the most at night?"),
                choices=tuple(
                    Choice(index=index, text=FANS.options[index].text)
                    for index in order_shown(FANS, enrollment_id=learner.enrollment_id)
                ),
                has_hint=True,
            )
        ),
    ]


def test_a_wrong_first_try_says_why_and_leaves_a_second(tx: Connection) -> None:
    learner = at_step(tx, 1, 2)

    outcome = choose(learner, 1)

    assert outcome == "done"
    assert learner.heard()[1:] == [
        Show(
            message=Feedback(
                assignment_id=learner.open.id,
                step=2,
                verdict="not_yet",
                prompt=RichText("What uses the most at night?"),
                chosen="Sleeping computers",
                why=RichText("About 2 W each."),
                hint=RichText("What can you hear at 20:00?"),
                last=True,
            ),
            edits=screen(),
        )
    ]
    assert responses(learner) == [("q-fans", 1, "1", 0.0, "wrong")]
    assert (learner.open.try_number, learner.open.hints_shown) == (2, 1)


def test_out_of_tries_the_answer_is_shown_and_explained(tx: Connection) -> None:
    learner = at_step(tx, 1, 2)
    choose(learner, 1)

    choose(learner, 2, try_number=2)

    assert learner.last() == Feedback(
        assignment_id=learner.open.id,
        step=2,
        verdict="answer",
        prompt=RichText("What uses the most at night?"),
        chosen="Emergency lighting",
        answer="Ventilation fans",
        why=RichText("About 3% of the load."),
        explain=RichText(
            "Look for what is big and runs all night.", (Span(start=21, length=3, kind="bold"),)
        ),
        last=True,
        try_number=2,
    )


def test_try_again_shows_the_question_in_the_same_order(tx: Connection) -> None:
    learner = at_step(tx, 1, 1)
    go_on(learner, 1)
    before = learner.last()
    choose(learner, 1)

    helping.try_again(tx, pressed(learner), now=NOW, academy=ACADEMY)

    assert isinstance(before, QuestionShown)
    assert learner.last() == replace(
        before,
        try_number=2,
        has_hint=False,
        hint=RichText("What can you hear at 20:00?"),
        hints_shown=1,
    )


def test_the_last_continue_finishes_the_lesson_and_says_what_is_next(tx: Connection) -> None:
    learner = at_step(tx, 1, 2)
    choose(learner, 0)

    outcome = go_on(learner, 2)

    assert outcome == "done"
    assert learner.last() == LessonDone(
        done=1, lessons=3, next_at=MONDAY + DAY, zone="Asia/Ulaanbaatar", first=True
    )
    assert responses(learner) == [("q-fans", 1, "0", 1.0, "right")]
    assert learner.given[0].finished_at == NOW


def test_the_last_lesson_finishes_the_course(tx: Connection) -> None:
    learner = join(tx, course=replace(ENERGY, lessons=LESSONS[:1]))
    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)
    for step in (0, 1):
        go_on(learner, step)
    choose(learner, 0)

    go_on(learner, 2)

    assert learner.last() == CourseDone(
        course="Energy basics",
        lessons=1,
        score_percent=100,
        passed=True,
        facilitator="",
        pass_percent=70,
        enrollment_id=learner.enrollment_id,
    )
    assert (learner.enrollment.state, learner.enrollment.finished_at) == ("finished", NOW)


def test_show_answer_ends_the_question_with_nothing(tx: Connection) -> None:
    learner = at_step(tx, 1, 2)

    helping.show_answer(tx, pressed(learner), now=NOW, academy=ACADEMY)
    helping.show_answer(tx, pressed(learner), now=NOW, academy=ACADEMY)

    assert records.responses_of(tx, learner.enrollment_id) == (
        Response(
            assignment_id=learner.open.id,
            lesson_id="night",
            question_id="q-fans",
            try_number=1,
            response="",
            score=0.0,
            verdict="shown",
            answered_at=NOW,
        ),
    )
    message = learner.last()
    assert isinstance(message, Feedback)
    assert (message.verdict, message.chosen, message.answer) == ("answer", "", "Ventilation fans")


def test_a_hint_is_shown_once_however_often_it_is_pressed(tx: Connection) -> None:
    learner = at_step(tx, 1, 2)

    for _ in range(2):
        helping.show_hint(tx, pressed(learner), number=1, now=NOW, academy=ACADEMY)
    unknown = helping.show_hint(tx, pressed(learner), number=2, now=NOW, academy=ACADEMY)

    assert learner.open.hints_shown == 1
    assert unknown == "unknown"


def test_ticks_are_kept_until_check_and_told_apart_in_words(tx: Connection) -> None:
    learner = at_step(tx, 2, 0)
    for option, on in ((0, True), (2, True), (2, True), (1, True), (1, False)):
        answering.tick(tx, pressed(learner), try_number=1, option=option, on=on, now=NOW, academy=ACADEMY)

    answering.check(tx, pressed(learner), try_number=1, now=NOW, academy=ACADEMY)
    first = learner.last()
    answering.check(tx, pressed(learner), try_number=2, now=NOW, academy=ACADEMY)
    second = learner.last()

    wrong = OptionResult(text="Server cooling", result="wrong", why=RichText("Ask IT first."))
    assert isinstance(first, Feedback)
    assert isinstance(second, Feedback)
    # While a try is left, what was missed is not given away.
    assert (first.verdict, first.options, first.missing, first.answer) == ("not_yet", (wrong,), True, "")
    assert second.options == (
        OptionResult(text="Hall lights", result="right", why=RichText("")),
        OptionResult(text="Coffee machine", result="missed", why=RichText("")),
        wrong,
    )
    # One right pick less one wrong pick.
    assert responses(learner) == [
        ("q-today", 1, "0,2", 0.0, "wrong"),
        ("q-today", 2, "0,2", 0.0, "wrong"),
    ]


def test_check_with_nothing_ticked_uses_no_try(tx: Connection) -> None:
    learner = at_step(tx, 2, 0)

    assert answering.check(tx, pressed(learner), try_number=1, now=NOW, academy=ACADEMY) == "done"
    assert responses(learner) == []


def test_true_or_false_has_one_try(tx: Connection) -> None:
    learner = at_step(tx, 2, 1)

    choose(learner, 0)

    message = learner.last()
    assert isinstance(message, Feedback)
    assert (message.verdict, message.chosen, message.answer) == ("answer", "False", "True")


def test_a_number_is_read_and_echoed_and_nonsense_uses_no_try(tx: Connection) -> None:
    learner = at_step(tx, 3, 1)

    taken = [
        answering.typed(tx, person_id=learner.person_id, text=text, now=NOW)
        for text in ("about a lot", "150 MWh", "≈151 kWh", "151")
    ]

    # The last one comes after the question was answered: it is no answer any more.
    assert taken == [True, True, True, False]
    assert [one.message for one in learner.heard()[1:] if isinstance(one, Show)] == [
        NotRead(reason="number_expected", typed="about a lot"),
        NotRead(reason="wrong_unit", typed="150 MWh", unit="kWh"),
        Feedback(
            assignment_id=learner.open.id,
            step=1,
            verdict="right",
            prompt=RichText("How many kWh in 30 nights?"),
            chosen="151 kWh",
            answer="150 kWh",
            typed=True,
            form="number",
        ),
    ]
    assert responses(learner) == [("q-kwh", 1, "≈151 kWh", 1.0, "right")]


def test_the_buttons_under_a_question_go_when_it_is_answered_by_typing(tx: Connection) -> None:
    learner = at_step(tx, 3, 0)
    go_on(learner, 0)
    newest = tx.execute(select(func.max(outbox.c.id))).scalar_one()
    tx.execute(update(outbox).where(outbox.c.id == newest).values(state="sent", message_id=77))

    answering.typed(tx, person_id=learner.person_id, text="150", now=NOW)

    assert learner.heard()[-2] == RemoveButtons(screen=Screen(message_id=77, has_media=False))


def test_words_typed_at_a_card_are_no_answer(tx: Connection) -> None:
    learner = at_step(tx, 1, 0)

    assert answering.typed(tx, person_id=learner.person_id, text="valve", now=NOW) is False


def test_every_learner_has_an_order_of_their_own_that_never_changes() -> None:
    orders = {order_shown(FANS, enrollment_id=number) for number in range(200)}

    assert len(orders) == 6
    assert order_shown(FANS, enrollment_id=1) == order_shown(FANS, enrollment_id=1)
    kept = {order_shown(replace(FANS, keep_last=True), enrollment_id=number)[-1] for number in range(50)}
    assert kept == {2}
    assert order_shown(replace(FANS, shuffle=False), enrollment_id=3) == (0, 1, 2)


def test_the_course_is_shown_in_the_learners_language(tx: Connection) -> None:
    pairs = (Pair(source="**Nights count.**", target="Шөнө чухал."),)
    course = Course(
        id="energy-mn",
        title="Energy basics",
        language="en",
        version="1.0.0",
        lessons=LESSONS,
        translations=(Translation(language="mn", pairs=pairs),),
    )
    learner = join(tx, course=course, language="mn")

    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)

    (shown,) = learner.heard()
    assert isinstance(shown, Show)
    assert getattr(shown.message, "text", None) == RichText("Шөнө чухал.")
