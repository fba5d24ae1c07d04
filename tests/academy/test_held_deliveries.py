from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, update

from academy import delivering, held_deliveries, privacy, saying
from academy.held_deliveries import Deciding, HeldOutcome
from academy.messages.asking import AnswerFromPerson
from academy.messages.facilitating import Announcement, Notice
from academy.messages.held import HeldDecided, HeldDelivery, HeldVerdict, NothingHeld
from academy.outgoing import Kind
from learners.people import Person
from lessons.markup import RichText
from storage import enrollments, groups, held, outbox, people, restored, roles
from storage.tables import announcements
from storage.tables import outbox as outbox_rows
from tests.academy.cohort import facilitator, shown
from tests.academy.school import ACADEMY, HOUR, MONDAY, ULAANBAATAR, Learner, join, screen

NOW = MONDAY + HOUR
MINUTE = timedelta(minutes=1)


def newest(tx: Connection) -> int:
    return outbox.listing(tx)[-1].delivery


def hold(tx: Connection, learner: Learner) -> int:
    """Say something on whose way the line broke twice."""
    saying.say(tx, person_id=learner.person_id, message=Notice(what="cancelled"), now=NOW)
    return broken(tx, newest(tx))


def broken(tx: Connection, delivery: int, *, attempts: int = 2) -> int:
    values = {"state": "held", "attempts": attempts, "settled_at": NOW, "held_for": None}
    tx.execute(update(outbox_rows).where(outbox_rows.c.id == delivery).values(**values))
    return delivery


def helper(tx: Connection, *, address: int = 50, group: str = "Autumn") -> Person:
    found = groups.by_name(tx, group)
    assert found is not None
    return facilitator(tx, found, address=address)


def admin(tx: Connection, *, address: int = 60) -> Person:
    person = people.add(tx, address=address, name="Delger", language="en", now=NOW)
    roles.grant(tx, person_id=person.id, name="admin", group_id=None, now=NOW)
    return person


def tell(tx: Connection, *, minutes: int = 0) -> int:
    return held_deliveries.tell(tx, now=NOW + minutes * MINUTE, academy=ACADEMY)


def decide(tx: Connection, person: Person, delivery: int, verdict: HeldVerdict) -> HeldOutcome:
    on = Deciding(person=person, delivery=delivery, screen=screen())
    return held_deliveries.decide(tx, on, verdict=verdict, now=NOW)


def heard(tx: Connection, person: Person) -> list[object]:
    return [show.message for show in shown(tx, person)]


def state(tx: Connection, delivery: int) -> str:
    return next(row.state for row in outbox.listing(tx) if row.delivery == delivery)


def message_of(delivery: int, learner: Learner, *, others: int = 0) -> HeldDelivery:
    return HeldDelivery(
        delivery=delivery,
        name=learner.person.name,
        group="Autumn",
        subject="other",
        title="",
        times=2,
        held_at=NOW,
        zone=ULAANBAATAR,
        others=others,
    )


def test_a_facilitator_of_the_group_is_told_once(tx: Connection) -> None:
    learner = join(tx)
    iryna, delger = helper(tx), admin(tx)
    delivery = hold(tx, learner)

    assert [tell(tx), tell(tx), tell(tx, minutes=120)] == [1, 0, 0]

    assert heard(tx, iryna) == [message_of(delivery, learner)]
    assert heard(tx, delger) == []
    assert shown(tx, iryna)[0].silent is False


def test_the_admins_are_told_where_no_facilitator_has_written_yet(tx: Connection) -> None:
    learner, delger = join(tx), admin(tx)
    silent = people.add(tx, address=51, name="", language="", now=NOW)
    roles.grant(tx, person_id=silent.id, name="facilitator", group_id=group_id(tx), now=NOW)
    delivery = hold(tx, learner)

    assert tell(tx) == 1

    assert heard(tx, delger) == [message_of(delivery, learner)]


def group_id(tx: Connection, name: str = "Autumn") -> int:
    found = groups.by_name(tx, name)
    assert found is not None
    return found.id


def test_who_learns_nowhere_is_a_matter_of_the_admins(tx: Connection) -> None:
    delger = admin(tx)
    stranger = people.add(tx, address=9, name="Tuya", language="en", now=NOW)
    saying.say(tx, person_id=stranger.id, message=Notice(what="cancelled"), now=NOW)
    delivery = broken(tx, newest(tx), attempts=1)

    assert tell(tx) == 1

    (told,) = heard(tx, delger)
    assert isinstance(told, HeldDelivery)
    assert (told.delivery, told.name, told.group, told.times, told.zone) == (delivery, "Tuya", "", 1, "UTC")


def test_several_come_as_one_message_to_page_through(tx: Connection) -> None:
    learners = [join(tx, address=number) for number in (7, 8, 9)]
    iryna = helper(tx)
    first, second, third = [hold(tx, learner) for learner in learners]

    assert tell(tx) == 1
    for delivery in (first, second, third):
        on = Deciding(person=iryna, delivery=delivery, screen=screen())
        assert held_deliveries.show_next(tx, on, now=NOW, academy=ACADEMY) == "done"

    assert heard(tx, iryna) == [
        message_of(first, learners[0], others=2),
        message_of(second, learners[1], others=2),
        message_of(third, learners[2], others=2),
        message_of(first, learners[0], others=2),
    ]


def test_a_burst_is_told_once_an_hour(tx: Connection) -> None:
    learner = join(tx)
    iryna = helper(tx)
    first = hold(tx, learner)
    told = [tell(tx)]
    second = hold(tx, learner)

    told += [tell(tx, minutes=1), tell(tx, minutes=59), tell(tx, minutes=60), tell(tx, minutes=61)]

    assert told == [1, 0, 0, 1, 0]
    assert heard(tx, iryna) == [
        message_of(first, learner),
        message_of(second, learner, others=1),
    ]


@pytest.mark.parametrize(
    ("verdict", "became"), [("send_again", "waiting"), ("arrived", "sent"), ("drop", "cancelled")]
)
def test_the_first_decision_counts_whoever_presses_later(
    tx: Connection, verdict: HeldVerdict, became: str
) -> None:
    learner = join(tx)
    iryna, petro = helper(tx), helper(tx, address=51)
    delivery = hold(tx, learner)
    tell(tx)
    other: HeldVerdict = "drop" if verdict != "drop" else "send_again"

    outcomes = [decide(tx, iryna, delivery, verdict) for _ in range(2)]
    outcomes.append(decide(tx, petro, delivery, other))

    decided = HeldDecided(delivery=delivery, name="Learner 7", verdict=verdict, before=False, others=0)
    assert (outcomes, state(tx, delivery)) == (["done"] * 3, became)
    assert heard(tx, iryna)[1:] == [decided, decided]
    assert heard(tx, petro)[1:] == [replace(decided, before=True)]
    doubled = next(row.maybe_doubled for row in outbox.listing(tx) if row.delivery == delivery)
    assert doubled is (verdict == "send_again")


def test_what_is_held_again_is_told_again(tx: Connection) -> None:
    learner = join(tx)
    iryna = helper(tx)
    delivery = hold(tx, learner)
    tell(tx)
    decide(tx, iryna, delivery, "send_again")
    broken(tx, delivery, attempts=3)

    assert tell(tx, minutes=61) == 1

    last = heard(tx, iryna)[-1]
    assert isinstance(last, HeldDelivery)
    assert (last.delivery, last.times) == (delivery, 3)


def test_nobody_decides_without_the_role(tx: Connection) -> None:
    learner = join(tx)
    iryna = helper(tx)
    join(tx, address=8, group="Spring")
    foreign = helper(tx, address=52, group="Spring")
    delivery = hold(tx, learner)
    tell(tx)
    roles.revoke(tx, person_id=iryna.id, name="facilitator", group_id=group_id(tx))

    outcomes = [decide(tx, person, delivery, "drop") for person in (iryna, foreign, learner.person)]
    paging = Deciding(person=foreign, delivery=delivery, screen=screen())

    assert outcomes == ["not_allowed"] * 3
    assert held_deliveries.show_next(tx, paging, now=NOW, academy=ACADEMY) == "not_allowed"
    assert state(tx, delivery) == "held"


def test_a_made_up_number_is_no_delivery(tx: Connection) -> None:
    learner, delger = join(tx), admin(tx)
    saying.say(tx, person_id=learner.person_id, message=Notice(what="cancelled"), now=NOW)

    assert decide(tx, delger, newest(tx), "drop") == "unknown"
    assert decide(tx, delger, 2**52, "drop") == "unknown"


def test_the_last_one_decided_leaves_nothing(tx: Connection) -> None:
    learner = join(tx)
    iryna = helper(tx)
    delivery = hold(tx, learner)
    tell(tx)
    decide(tx, iryna, delivery, "arrived")

    held_deliveries.show_next(
        tx, Deciding(person=iryna, delivery=delivery, screen=screen()), now=NOW, academy=ACADEMY
    )

    assert heard(tx, iryna)[-1] == NothingHeld()


def test_a_facilitator_is_shown_what_waits_at_their_first_word(tx: Connection) -> None:
    learner = join(tx)
    delivery = hold(tx, learner)
    assert tell(tx) == 0

    iryna = helper(tx)
    held_deliveries.bring_waiting(tx, helper=iryna, now=NOW, academy=ACADEMY)

    assert heard(tx, iryna) == [message_of(delivery, learner)]
    assert held.count(tx) == 1


def test_a_message_about_something_held_is_told_to_nobody(tx: Connection) -> None:
    learner = join(tx)
    iryna = helper(tx)
    hold(tx, learner)
    tell(tx)
    broken(tx, newest(tx))

    assert tell(tx, minutes=120) == 0
    assert len(heard(tx, iryna)) == 1


def test_what_is_held_after_an_old_copy_was_put_back_says_so(tx: Connection) -> None:
    learner = join(tx)
    iryna = helper(tx)
    saying.say(tx, person_id=learner.person_id, message=Notice(what="cancelled"), now=NOW)
    restored.hold_what_was_due(tx, now=NOW)

    tell(tx)

    (told,) = heard(tx, iryna)
    assert isinstance(told, HeldDelivery)
    assert (told.why, told.times) == ("restored", 1)


def test_it_waits_for_the_morning(tx: Connection) -> None:
    learner = join(tx)
    iryna = helper(tx)
    hold(tx, learner)

    held_deliveries.tell(tx, now=MONDAY + 13 * HOUR, academy=ACADEMY)  # 22:00 in Ulaanbaatar

    (row,) = [one for one in outbox.listing(tx) if one.person == iryna.address]
    assert row.not_before == MONDAY + 23 * HOUR  # 08:00


def test_it_says_which_lesson_or_announcement_and_not_what_people_wrote(tx: Connection) -> None:
    learner = join(tx)
    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=NOW, academy=ACADEMY)
    card = newest(tx)
    notice = tx.execute(
        insert(announcements)
        .values(group_id=group_id(tx), content="{}", state="sending", created_at=NOW)
        .returning(announcements.c.id)
    ).scalar_one()
    spoken: list[tuple[object, Kind, str | None]] = [
        (
            Announcement(text=RichText("The hall is closed on Monday,\nso we meet in the library instead.")),
            "announcement",
            f"announcement:{notice}:{learner.person_id}",
        ),
        (AnswerFromPerson(facilitator="Iryna", text="Your boiler is old."), "reply", None),
    ]
    numbers = [card]
    for message, kind, key in spoken:
        said = saying.say(tx, person_id=learner.person_id, message=message, now=NOW, kind=kind, key=key)  # type: ignore[arg-type]  # as listed
        assert said is not None
        numbers.append(said)
    iryna = helper(tx)
    for number in numbers:
        broken(tx, number)
    tell(tx)

    for number in numbers[:-1]:
        on = Deciding(person=iryna, delivery=number, screen=screen())
        held_deliveries.show_next(tx, on, now=NOW, academy=ACADEMY)

    told = [message for message in heard(tx, iryna) if isinstance(message, HeldDelivery)]
    assert [(one.subject, one.title) for one in told] == [
        ("step", "What runs at night?"),
        ("announcement", "The hall is closed on Monday, so we meet in the library ins…"),
        ("answer", ""),
    ]


def test_who_is_erased_is_not_named_any_more(tx: Connection) -> None:
    learner = join(tx)
    iryna = helper(tx)
    hold(tx, learner)
    tell(tx)
    enrollments.set_state(tx, learner.enrollment_id, "withdrawn")

    privacy.erase(tx, person=learner.person, screen=None, now=NOW)

    assert heard(tx, iryna) == []
