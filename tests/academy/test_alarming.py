from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, update

from academy import alarming
from academy.alarming import Seen
from academy.facts import AcademyFacts, QuietHours
from academy.messages.facilitating import OperatorAlarm
from academy.messages.joining import TypeCode
from academy.saying import say
from learners.people import Person
from storage import due, inbox, people, roles
from storage.inbox import Received
from storage.tables import inbox as updates
from storage.tables import outbox
from tests.academy.cohort import shown
from tests.academy.school import ACADEMY, DAY, HOUR

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NOTHING_SEEN = Seen()


def admin(tx: Connection, address: int = 70, *, name: str = "Admin") -> Person:
    person = people.add(tx, address=address, name=name, language="en", now=NOON)
    roles.grant(tx, person_id=person.id, name="admin", group_id=None, now=NOON)
    return person


def look(tx: Connection, *, seen: Seen = NOTHING_SEEN, now: datetime = NOON) -> list[OperatorAlarm]:
    return list(alarming.look(tx, seen=seen, now=now, academy=ACADEMY))


def say_something(tx: Connection, *, not_before: datetime) -> int:
    person = people.add(tx, address=80, name="Bold", language="en", now=NOON)
    made = say(tx, person_id=person.id, message=TypeCode(academy="A"), now=NOON, not_before=not_before)
    assert made is not None
    return made


def test_nothing_is_wrong_with_an_empty_academy(tx: Connection) -> None:
    admin(tx)

    assert look(tx) == []


@pytest.mark.parametrize(
    ("seen", "alarms"),
    [
        (Seen(paused_for=9 * MINUTE, paused_because="clock"), []),
        (
            Seen(paused_for=10 * MINUTE, paused_because="clock"),
            [OperatorAlarm(what="sending_paused", reason="clock")],
        ),
        (Seen(jumped_by=-DAY), [OperatorAlarm(what="clock_jump", hours=24)]),
        (Seen(jumped_by=6 * MINUTE), [OperatorAlarm(what="clock_jump", hours=1)]),
        (Seen(disk_free_percent=3), [OperatorAlarm(what="disk_nearly_full", count=3)]),
    ],
)
def test_what_the_process_has_seen(tx: Connection, seen: Seen, alarms: list[OperatorAlarm]) -> None:
    assert look(tx, seen=seen) == alarms


def test_nothing_was_sent_today_although_something_was_due(tx: Connection) -> None:
    say_something(tx, not_before=NOON - 61 * MINUTE)
    due.set_due(tx, 1, NOON - 2 * HOUR)

    assert look(tx) == [OperatorAlarm(what="nothing_sent", count=2)]


@pytest.mark.parametrize(
    ("seen", "sent_at"),
    [
        pytest.param(Seen(last_sent_at=NOON - 3 * HOUR), None, id="this process has sent something"),
        pytest.param(Seen(), NOON - 3 * HOUR, id="the process before it has"),
    ],
)
def test_something_was_sent_today(tx: Connection, seen: Seen, sent_at: datetime | None) -> None:
    first = say_something(tx, not_before=NOON - 2 * HOUR)
    due.set_due(tx, 1, NOON - 2 * HOUR)
    if sent_at is not None:
        tx.execute(update(outbox).where(outbox.c.id == first).values(state="sent", settled_at=sent_at))

    assert look(tx, seen=seen) == []


def test_what_fell_due_before_the_start_is_given_an_hour(tx: Connection) -> None:
    due.set_due(tx, 1, NOON - 2 * DAY)

    assert look(tx, seen=Seen(up_for=59 * MINUTE)) == []
    assert look(tx, seen=Seen(up_for=HOUR)) == [OperatorAlarm(what="nothing_sent", count=1)]


def test_what_was_sent_yesterday_is_not_today(tx: Connection) -> None:
    first = say_something(tx, not_before=NOON - 2 * DAY)
    due.set_due(tx, 1, NOON - 2 * HOUR)
    tx.execute(update(outbox).where(outbox.c.id == first).values(state="sent", settled_at=NOON - 13 * HOUR))

    seen = Seen(last_sent_at=NOON - 13 * HOUR)
    assert look(tx, seen=seen) == [OperatorAlarm(what="nothing_sent", count=1)]


def test_what_has_waited_for_less_than_an_hour_is_no_alarm(tx: Connection) -> None:
    say_something(tx, not_before=NOON - 59 * MINUTE)

    assert look(tx) == []


def test_updates_that_were_set_aside_since_yesterday(tx: Connection) -> None:
    for number in (1, 2, 3):
        received = Received(update_id=number, sender=1, payload="{}")
        inbox.receive(tx, bot_id=1, updates=[received], now=NOON)
    dead = update(updates).where(updates.c.update_id < 3)
    tx.execute(dead.values(state="dead", handled_at=NOON - 23 * HOUR))
    tx.execute(dead.where(updates.c.update_id < 2).values(handled_at=NOON - 25 * HOUR))

    assert look(tx) == [OperatorAlarm(what="set_aside", count=1)]


@pytest.mark.parametrize(
    ("away", "crashes", "alarms"),
    [
        (None, 0, ()),
        (23 * HOUR, 2, ()),
        (30 * HOUR, 0, (OperatorAlarm(what="updates_may_be_lost", hours=30),)),
        (MINUTE, 3, (OperatorAlarm(what="restarts", count=3),)),
    ],
)
def test_what_is_told_of_the_time_before_a_start(
    away: timedelta | None, crashes: int, alarms: tuple[OperatorAlarm, ...]
) -> None:
    assert alarming.at_start(away=away, crashes=crashes) == alarms


def test_the_same_alarm_comes_once_an_hour_to_each_admin(tx: Connection) -> None:
    first, second = admin(tx), admin(tx, 71)
    nameless = admin(tx, 72, name="")
    restarts = (OperatorAlarm(what="restarts", count=3),)

    said = [
        alarming.tell(tx, alarms=restarts, now=NOON + minute * MINUTE, academy=ACADEMY)
        for minute in (0, 1, 59, 60)
    ]

    assert said == [2, 0, 0, 2]
    assert [one.message for one in shown(tx, first)] == [*restarts, *restarts]
    assert len(shown(tx, second)) == 2
    assert shown(tx, nameless) == [], "who never wrote has no chat with the bot"


def test_another_alarm_is_not_held_up_and_some_come_once_a_day(tx: Connection) -> None:
    admin(tx)
    full, jump = OperatorAlarm(what="disk_nearly_full", count=3), OperatorAlarm(what="clock_jump", hours=1)

    said = [
        alarming.tell(tx, alarms=(full, jump), now=NOON + hour * HOUR, academy=ACADEMY) for hour in (0, 1, 12)
    ]

    assert said == [2, 1, 2]


def test_an_alarm_does_not_buzz_at_night(tx: Connection) -> None:
    person = admin(tx)
    night = AcademyFacts(
        name="City",
        zone="Asia/Ulaanbaatar",
        quiet=QuietHours(start=ACADEMY.quiet.start, end=ACADEMY.quiet.end),
    )
    alarm = (OperatorAlarm(what="restarts", count=3),)

    alarming.tell(tx, alarms=alarm, now=NOON, academy=night)
    alarming.tell(tx, alarms=alarm, now=NOON + 16 * HOUR, academy=night)

    # 20:00 and 12:00 in Ulaanbaatar.
    assert [one.silent for one in shown(tx, person)] == [True, False]
