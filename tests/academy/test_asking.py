from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, update

from academy import asking
from academy.messages.asking import (
    AnswerFromPerson,
    Asked,
    AskPrompt,
    AskQuestion,
    NobodyToAsk,
)
from academy.messages.facilitating import AnswerSent, LearnerQuestion, Notice
from academy.messages.learning import CardShown
from academy.outgoing import RemoveButtons, Screen, Show
from learners.groups import Group
from storage import conversations, enrollments, people, questions, roles
from storage.tables import outbox
from tests.academy.doorway import BILINGUAL, Guest, guest, joined, open_group
from tests.academy.school import HOUR, MONDAY

CONTACT = "energy@city.example"
EVENING = datetime(2026, 11, 23, 12, tzinfo=UTC)  # 20:00 in Ulaanbaatar
MORNING = datetime(2026, 11, 24, 0, tzinfo=UTC)  # 08:00 there
ASKED = Asked(facilitator="Iryna Koval", typical_hours=None)


def facilitator(tx: Connection) -> Guest:
    return Guest(tx, people.add(tx, address=1, name="", language="", now=MONDAY).id)


def second_facilitator(tx: Connection, group: Group) -> Guest:
    person = people.add(tx, address=2, name="Marko Bilyk", language="en", now=MONDAY)
    roles.grant(tx, person_id=person.id, name="facilitator", group_id=group.id, now=MONDAY)
    return Guest(tx, person.id)


def ask(
    tx: Connection, learner: Guest, *, text: str = "Is 20 °C enough?", now: datetime = MONDAY
) -> LearnerQuestion:
    """Ask, and return the question as the facilitator gets it."""
    asking.ask(tx, person=learner.person, text=text, message_id=55, now=now, academy=BILINGUAL)
    brought = facilitator(tx).heard()[-1]
    assert isinstance(brought, LearnerQuestion)
    return brought


def answer(
    tx: Connection,
    helper: Guest,
    asked: LearnerQuestion,
    *,
    text: str = "Yes, it is.",
    now: datetime = MONDAY,
) -> None:
    asking.answer(
        tx, helper=helper.person, question_id=asked.question_id, text=text, now=now, academy=BILINGUAL
    )


def when(tx: Connection, person_id: int) -> list[datetime]:
    """The moments before which nothing of what is said to this person goes out."""
    rows = tx.execute(outbox.select().where(outbox.c.person_id == person_id).order_by(outbox.c.id)).mappings()
    return [row["not_before"] for row in rows]


def shown_as(tx: Connection, learner: Guest, message_id: int) -> None:
    """The last thing said to this person is on their phone, as this message."""
    rows = tx.execute(
        outbox.select().where(outbox.c.person_id == learner.person_id).order_by(outbox.c.id.desc())
    ).first()
    assert rows is not None
    tx.execute(update(outbox).where(outbox.c.id == rows.id).values(state="sent", message_id=message_id))


def test_a_question_goes_to_every_facilitator_and_the_answer_quotes_it(tx: Connection) -> None:
    group = open_group(tx)
    olena, iryna, marko = joined(tx), facilitator(tx), second_facilitator(tx, group)

    asked = ask(tx, olena)
    answer(tx, iryna, asked)
    answer(tx, marko, asked, text="Even 19 °C.")

    question = LearnerQuestion(
        question_id=asked.question_id, learner="Olena", group="Autumn", lesson="", text="Is 20 °C enough?"
    )
    assert olena.rows()[-3:] == [
        Show(message=ASKED, reply_to=55),
        Show(
            message=AnswerFromPerson(facilitator="Iryna Koval", text="Yes, it is."),
            silent=False,
            reply_to=55,
        ),
        Show(
            message=AnswerFromPerson(facilitator="Marko Bilyk", text="Even 19 °C."),
            silent=False,
            reply_to=55,
        ),
    ]
    assert iryna.rows() == [
        Show(message=question, silent=False),
        Show(message=AnswerSent(learner="Olena", again=False)),
    ]
    assert marko.rows() == [
        Show(message=question, silent=False),
        Show(message=AnswerSent(learner="Olena", again=True)),
    ]
    kept = questions.get(tx, asked.question_id)
    assert kept is not None
    assert (kept.answered_by, kept.answer) == (iryna.person_id, "Yes, it is.")


def test_one_message_asks_once_however_often_it_is_sent(tx: Connection) -> None:
    open_group(tx)
    olena, iryna = joined(tx), facilitator(tx)

    ask(tx, olena)
    ask(tx, olena)

    assert len(iryna.heard()) == 1
    assert olena.heard()[-2:] == [ASKED, ASKED]
    assert questions.unanswered(tx, enrollments.get(tx, olena.enrollment_id).group_id) == {olena.person_id: 1}


def test_the_lesson_travels_along_with_a_reply_to_a_card(tx: Connection) -> None:
    open_group(tx)
    olena, iryna = joined(tx), facilitator(tx)
    assert isinstance(olena.heard()[-1], CardShown)
    shown_as(tx, olena, 700)

    about = asking.about_shown(tx, person=olena.person, message_id=700)
    assert isinstance(about, asking.About)
    asking.ask(
        tx, person=olena.person, text="Why?", message_id=56, about=about, now=MONDAY, academy=BILINGUAL
    )

    brought = iryna.heard()[-1]
    assert isinstance(brought, LearnerQuestion)
    assert brought.lesson == "What runs at night?"
    assert (about.lesson_id, about.step_id) == ("night", "night-1")


def test_a_question_and_an_old_answer_wait_for_the_morning(tx: Connection) -> None:
    open_group(tx)
    olena, iryna = joined(tx), facilitator(tx)

    asked = ask(tx, olena)
    answer(tx, iryna, asked, now=EVENING)
    late = ask(tx, joined(tx, address=8, name="Petro"), now=EVENING)

    assert late.learner == "Petro"
    assert when(tx, olena.person_id)[-1] == MORNING
    assert when(tx, iryna.person_id) == [MONDAY, EVENING, MORNING]


def test_an_answer_within_the_hour_is_a_conversation_and_comes_at_once(tx: Connection) -> None:
    open_group(tx)
    olena, iryna = joined(tx), facilitator(tx)

    asked = ask(tx, olena, now=EVENING)
    answer(tx, iryna, asked, now=EVENING + HOUR)

    assert when(tx, olena.person_id)[-1] == EVENING + HOUR


def test_a_facilitator_whose_role_was_taken_away_answers_nobody(tx: Connection) -> None:
    group = open_group(tx)
    olena, iryna = joined(tx), facilitator(tx)
    asked = ask(tx, olena)
    roles.revoke(tx, person_id=iryna.person_id, name="facilitator", group_id=group.id)
    before = len(olena.rows())

    answer(tx, iryna, asked)

    assert iryna.heard()[-1] == Notice(what="not_allowed")
    assert len(olena.rows()) == before
    assert questions.unanswered(tx, group.id) == {olena.person_id: 1}


def test_a_facilitator_of_another_group_answers_nobody(tx: Connection) -> None:
    open_group(tx)
    other = open_group(tx, name="Water", token="b" * 22, code="WATER234")
    olena = joined(tx)
    asked = ask(tx, olena)
    person = people.add(tx, address=3, name="Eve", language="en", now=MONDAY)
    roles.grant(tx, person_id=person.id, name="facilitator", group_id=other.id, now=MONDAY)
    eve = Guest(tx, person.id)

    answer(tx, eve, asked)

    assert eve.heard() == [Notice(what="not_allowed")]


def test_a_question_of_somebody_who_was_forgotten_is_gone(tx: Connection) -> None:
    open_group(tx)
    iryna = facilitator(tx)

    asking.answer(tx, helper=iryna.person, question_id=999, text="Yes", now=MONDAY, academy=BILINGUAL)

    assert iryna.heard() == [Notice(what="button_not_in_use")]


def test_free_text_is_sent_only_after_a_yes_and_exactly_as_shown(tx: Connection) -> None:
    group = open_group(tx)
    olena, iryna = joined(tx), facilitator(tx)
    pressed = Screen(message_id=800, has_media=False)

    asking.offer(tx, person=olena.person, text="Is it cold?", message_id=57, now=MONDAY, academy=BILINGUAL)
    offered = olena.rows()[-1]
    shown_as(tx, olena, 800)
    assert asking.confirm(tx, person=olena.person, screen=pressed, now=MONDAY, academy=BILINGUAL)
    assert asking.confirm(tx, person=olena.person, screen=pressed, now=MONDAY, academy=BILINGUAL)

    assert offered == Show(
        message=AskQuestion(facilitator="Iryna Koval", text="Is it cold?", message_id=57, group_id=group.id),
        reply_to=57,
    )
    assert olena.rows()[-1] == Show(message=ASKED, edits=pressed, reply_to=57)
    assert [message.text for message in iryna.heard() if isinstance(message, LearnerQuestion)] == [
        "Is it cold?"
    ]


def test_a_yes_under_somebody_elses_message_sends_nothing(tx: Connection) -> None:
    open_group(tx)
    olena, petro, iryna = joined(tx), joined(tx, address=8, name="Petro"), facilitator(tx)
    asking.offer(tx, person=olena.person, text="Is it cold?", message_id=57, now=MONDAY, academy=BILINGUAL)
    shown_as(tx, olena, 800)

    sent = asking.confirm(
        tx,
        person=petro.person,
        screen=Screen(message_id=800, has_media=False),
        now=MONDAY,
        academy=BILINGUAL,
    )

    assert not sent
    assert iryna.heard() == []


def test_a_facilitator_who_just_types_is_told_what_there_is(tx: Connection) -> None:
    open_group(tx)
    iryna = facilitator(tx)

    asking.offer(tx, person=iryna.person, text="Hello", message_id=1, now=MONDAY, academy=BILINGUAL)

    assert iryna.heard() == [Notice(what="facilitator_here")]


def test_ask_waits_for_the_question_until_it_is_cancelled(tx: Connection) -> None:
    open_group(tx)
    olena = joined(tx)

    asking.prompt(tx, person=olena.person, now=MONDAY, academy=BILINGUAL)
    waiting = conversations.topic(tx, olena.person_id)
    asking.drop(tx, person=olena.person, screen=None, now=MONDAY)

    assert olena.heard()[-2:] == [AskPrompt(facilitator="Iryna Koval"), Notice(what="cancelled")]
    assert waiting == ("ask", {})
    assert conversations.topic(tx, olena.person_id) is None


def test_without_a_facilitator_the_academy_is_named_instead(tx: Connection) -> None:
    group = open_group(tx)
    olena, stranger = joined(tx), guest(tx, address=9)
    roles.revoke(tx, person_id=facilitator(tx).person_id, name="facilitator", group_id=group.id)

    for person in (olena.person, stranger.person):
        asking.prompt(tx, person=person, now=MONDAY, academy=BILINGUAL)
        asking.offer(tx, person=person, text="?", message_id=1, now=MONDAY, academy=BILINGUAL)
        asking.ask(tx, person=person, text="?", message_id=2, now=MONDAY, academy=BILINGUAL)

    assert olena.heard()[-3:] == [NobodyToAsk(contact=CONTACT)] * 3
    assert stranger.heard() == [NobodyToAsk(contact=CONTACT)] * 3
    assert conversations.topic(tx, olena.person_id) is None


def test_the_typical_time_to_an_answer_needs_three_answers(tx: Connection) -> None:
    open_group(tx)
    olena, iryna = joined(tx), facilitator(tx)
    group_id = enrollments.get(tx, olena.enrollment_id).group_id
    later = MONDAY + timedelta(hours=40)
    typical = []

    for number, hours in enumerate((1, 30, 5)):
        asking.ask(tx, person=olena.person, text="?", message_id=100 + number, now=MONDAY, academy=BILINGUAL)
        asked = iryna.heard()[-1]
        assert isinstance(asked, LearnerQuestion)
        answer(tx, iryna, asked, now=MONDAY + timedelta(hours=hours))
        typical.append(questions.typical_hours(tx, group_id, now=later))

    assert typical == [None, None, 5]
    assert questions.typical_hours(tx, group_id, now=MONDAY + timedelta(days=40)) is None


def test_a_question_waits_for_a_facilitator_who_has_never_written(tx: Connection) -> None:
    group = open_group(tx)
    olena = joined(tx)
    newcomer = people.add(tx, address=3, name="", language="", now=MONDAY)
    roles.grant(tx, person_id=newcomer.id, name="facilitator", group_id=group.id, now=MONDAY)
    asked = ask(tx, olena)
    helper = Guest(tx, newcomer.id)
    assert helper.heard() == []
    people.rename(tx, newcomer.id, "Petra")

    first = asking.bring_waiting(tx, helper=helper.person, now=MONDAY + HOUR, academy=BILINGUAL)
    again = asking.bring_waiting(tx, helper=helper.person, now=MONDAY + HOUR, academy=BILINGUAL)

    assert (first, again) == (1, 0)
    assert helper.heard() == [asked]


def test_the_cancel_button_goes_once_the_question_is_written(tx: Connection) -> None:
    open_group(tx)
    olena = joined(tx)
    asking.prompt(tx, person=olena.person, now=MONDAY, academy=BILINGUAL)
    shown_as(tx, olena, 31)

    asking.ask(tx, person=olena.person, text="Why?", message_id=32, now=MONDAY, academy=BILINGUAL)

    assert RemoveButtons(screen=Screen(message_id=31, has_media=False)) in olena.rows()
