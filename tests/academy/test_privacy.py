import json
from datetime import timedelta

from sqlalchemy import Connection, delete, select, update

from academy import asking, preferences, privacy
from academy.messages.facilitating import Notice
from academy.messages.joining import EraseQuestion, LeaveQuestion, Left, MyData, PrivacyNotice
from academy.outgoing import Show
from storage import codes, due, enrollments, people, personal_data
from storage.tables import inbox, metadata, outbox, send_attempts
from tests.academy.doorway import BILINGUAL, SCREEN, TOKEN, Guest, guest, joined, open_group
from tests.academy.school import MONDAY

MINUTE = timedelta(minutes=1)


def settle_everything(tx: Connection) -> None:
    """As the sender does: whatever was to be said has been said."""
    tx.execute(update(outbox).values(state="sent", settled_at=MONDAY))


def whole_database(tx: Connection) -> str:
    return "\n".join(str(tuple(row)) for table in metadata.sorted_tables for row in tx.execute(select(table)))


def test_every_table_that_points_at_a_person_is_registered() -> None:
    registered = {holding.table.name for holding in personal_data.HOLDINGS}
    personal = {"people"}
    for _ in metadata.tables:  # as often as needed for references of references
        personal |= {
            table.name
            for table in metadata.tables.values()
            for column in table.columns
            if column.name in {"address", "sender", "person_id", "author_id", "enrollment_id"}
            or any(key.column.table.name in personal for key in column.foreign_keys)
        }

    assert personal == registered


def test_the_notice_names_who_sees_what_and_offers_to_leave(tx: Connection) -> None:
    open_group(tx)
    olena = joined(tx)

    privacy.notice(tx, person=olena.person, now=MONDAY, academy=BILINGUAL)

    assert olena.heard()[-1] == PrivacyNotice(
        group_id=0,
        facilitator="Iryna Koval",
        academy="City",
        contact="energy@city.example",
        keep_months=12,
        joining=False,
        leave=((olena.enrollment_id, "Autumn"),),
    )


def test_the_notice_is_there_before_joining(tx: Connection) -> None:
    stranger = guest(tx)

    privacy.notice(tx, person=stranger.person, now=MONDAY, academy=BILINGUAL)

    assert stranger.heard() == [
        PrivacyNotice(
            group_id=0,
            facilitator="",
            academy="City",
            contact="energy@city.example",
            keep_months=12,
            joining=False,
        )
    ]


def test_my_data_is_everything_of_mine_and_nothing_of_others(tx: Connection) -> None:
    open_group(tx)
    learners = [joined(tx, address=address) for address in (7001, 7002, 7003)]
    for learner, word in zip(learners, ("boiler", "chimney", "radiator"), strict=True):
        people.rename(tx, learner.person_id, f"Name of {word}")
        asking.ask(
            tx,
            person=learner.person,
            text=f"Why the {word}?",
            message_id=50,
            now=MONDAY,
            academy=BILINGUAL,
        )

    privacy.my_data(tx, person=learners[1].person, now=MONDAY, academy=BILINGUAL)

    message = learners[1].heard()[-1]
    assert isinstance(message, MyData)
    document = json.loads(message.document)
    rows = {kept["table"]: kept["rows"] for kept in document["kept"] if kept["rows"]}
    assert rows["people"][0]["name"] == "Name of chimney"
    assert rows["people"][0]["address"] == 7002
    assert [row["text"] for row in rows["questions_asked"]] == ["Why the chimney?"]
    assert [row["group"] for row in rows["enrollments"]] == ["Autumn"]
    assert [row["lesson_id"] for row in rows["assignments"]] == ["night"]
    for other in ("boiler", "radiator", "7001", "7003"):
        assert other not in message.document


def test_an_update_is_exported_without_the_words_it_replied_to(tx: Connection) -> None:
    iryna = guest(tx, address=1)
    payload = {
        "update_id": 1,
        "message": {"text": "Yes", "reply_to_message": {"text": "Petro asks: is it warm?"}},
    }
    tx.execute(
        inbox.insert().values(
            bot_id=1,
            update_id=1,
            sender=1,
            payload=json.dumps(payload),
            received_at=MONDAY,
            state="done",
        )
    )

    privacy.my_data(tx, person=iryna.person, now=MONDAY, academy=BILINGUAL)

    message = iryna.heard()[-1]
    assert isinstance(message, MyData)
    kept = {one["table"]: one["rows"] for one in json.loads(message.document)["kept"]}
    assert kept["inbox"] == [
        {"received_at": "2026-11-23T01:00:00+00:00", "payload": {"update_id": 1, "message": {"text": "Yes"}}}
    ]


def test_leaving_works_at_once_and_stops_what_was_waiting(tx: Connection) -> None:
    open_group(tx)
    olena = joined(tx)

    assert privacy.ask_leave(tx, olena.chosen(), now=MONDAY)
    assert privacy.leave(tx, olena.chosen(), now=MONDAY, academy=BILINGUAL)
    assert not privacy.leave(tx, olena.chosen(), now=MONDAY, academy=BILINGUAL)

    assert olena.rows()[-2:] == [
        Show(message=LeaveQuestion(enrollment_id=olena.enrollment_id, group="Autumn"), edits=SCREEN),
        Show(message=Left(group="Autumn"), edits=SCREEN),
    ]
    assert enrollments.get(tx, olena.enrollment_id).state == "withdrawn"
    assert due.due_at(tx, olena.enrollment_id) is None


def test_nobody_leaves_for_somebody_else(tx: Connection) -> None:
    open_group(tx)
    olena, mallory = joined(tx), guest(tx, address=666)
    pressed = mallory.chosen(olena.enrollment_id)

    assert not privacy.ask_leave(tx, pressed, now=MONDAY)
    assert not privacy.leave(tx, pressed, now=MONDAY, academy=BILINGUAL)
    assert not preferences.pause(tx, pressed, length="1w", now=MONDAY, academy=BILINGUAL)
    assert not preferences.resume(tx, pressed, now=MONDAY, academy=BILINGUAL)

    assert mallory.heard() == []
    assert enrollments.get(tx, olena.enrollment_id).state == "active"


def test_after_erasing_no_trace_is_left_and_others_keep_theirs(tx: Connection) -> None:
    open_group(tx)
    olena, petro = joined(tx, address=700_000_001), joined(tx, address=700_000_002, name="Petro")
    people.rename(tx, olena.person_id, "Olena Kovalenko")
    for learner, text in ((olena, "Where is the secret valve?"), (petro, "And the pump?")):
        asking.ask(tx, person=learner.person, text=text, message_id=50, now=MONDAY, academy=BILINGUAL)
    tx.execute(
        inbox.insert().values(
            bot_id=1,
            update_id=1,
            sender=700_000_001,
            payload='{"from": {"id": 700000001, "first_name": "Olena"}}',
            received_at=MONDAY,
            state="done",
        )
    )
    settle_everything(tx)

    privacy.ask_erase(tx, person=olena.person, screen=SCREEN, now=MONDAY)
    asked = olena.rows()[-1]
    privacy.erase(tx, person=olena.person, screen=SCREEN, now=MONDAY)

    assert asked == Show(message=EraseQuestion(), edits=SCREEN)
    assert olena.rows() == [Show(message=Notice(what="erased"), edits=SCREEN)]
    assert privacy.sweep(tx, now=MONDAY) == 0  # the last word has not been said yet
    settle_everything(tx)
    assert privacy.sweep(tx, now=MONDAY + MINUTE) == 1

    left = whole_database(tx)
    for trace in ("700000001", "Olena", "Kovalenko", "secret valve"):
        assert trace not in left
    assert "And the pump?" in left
    assert enrollments.get(tx, petro.enrollment_id).state == "active"


def test_who_cannot_be_reached_is_forgotten_without_the_last_word(tx: Connection) -> None:
    open_group(tx)
    olena = joined(tx)
    privacy.erase(tx, person=olena.person, screen=SCREEN, now=MONDAY)

    assert privacy.sweep(tx, now=MONDAY + timedelta(hours=23)) == 0
    assert privacy.sweep(tx, now=MONDAY + timedelta(days=1)) == 1

    assert people.by_address(tx, 7) is None


def test_erasing_oneself_does_not_reset_the_limit_of_all(tx: Connection) -> None:
    mallory = guest(tx, address=666)
    for last in "23456":
        mallory.types(f"AAAABBB{last}")

    privacy.erase(tx, person=mallory.person, screen=SCREEN, now=MONDAY)
    settle_everything(tx)
    privacy.sweep(tx, now=MONDAY)

    assert "666" not in whole_database(tx)
    assert codes.all_wrong_since(tx, since=MONDAY - MINUTE) == 5


def test_a_visitor_who_never_agreed_is_forgotten_after_a_day(tx: Connection) -> None:
    group = open_group(tx)
    visitor, olena = guest(tx, address=8), joined(tx)
    visitor.start(TOKEN)
    settle_everything(tx)

    assert privacy.sweep(tx, now=MONDAY + timedelta(hours=23)) == 0
    assert privacy.sweep(tx, now=MONDAY + timedelta(days=1)) == 1

    assert people.by_address(tx, 8) is None
    assert people.by_address(tx, 7) == olena.person
    assert people.by_address(tx, 1) is not None, f"the facilitator of {group.name} has a role and stays"


def test_learners_go_a_year_after_their_last_course_and_facilitators_stay(tx: Connection) -> None:
    open_group(tx)
    finished, learning, silent = (joined(tx, address=address) for address in (7, 8, 9))
    year = timedelta(days=365.25)
    enrollments.set_state(tx, finished.enrollment_id, "finished", finished_at=MONDAY)
    for active in (finished, learning):
        people.arrived(tx, people.get(tx, active.person_id).address, now=MONDAY + timedelta(days=300))
    people.arrived(tx, people.get(tx, silent.person_id).address, now=MONDAY)
    settle_everything(tx)

    assert privacy.sweep(tx, now=MONDAY + year - MINUTE) == 0
    assert privacy.sweep(tx, now=MONDAY + year) == 2

    kept = [people.by_address(tx, address) is not None for address in (1, 7, 8, 9)]
    assert kept == [True, False, True, False]


def test_erased_and_back_within_the_minute_is_somebody_new(tx: Connection) -> None:
    open_group(tx)
    olena = joined(tx)
    privacy.erase(tx, person=olena.person, screen=SCREEN, now=MONDAY)

    people.add(tx, address=7, name="Olena", language="en", now=MONDAY)
    Guest(tx, olena.person_id).start(TOKEN)
    tx.execute(delete(send_attempts))
    settle_everything(tx)

    assert privacy.sweep(tx, now=MONDAY + MINUTE) == 0
    assert olena.person.notice_accepted_at is None
    assert enrollments.of_person(tx, olena.person_id) == ()
