from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from storage import inbox, outbox, people, runs, wrong_clock
from storage.inbox import Received
from storage.tables import inbox as updates
from storage.tables import outbox as rows
from storage.tables import sending_limits

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WRONG = NOW + timedelta(days=3652)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def add(tx: Connection, *, written: datetime, not_before: datetime, kind: str = "reply") -> int:
    person = people.by_address(tx, 5) or people.add(tx, address=5, name="Bold", language="en", now=NOW)
    made = outbox.add(
        tx,
        person_id=person.id,
        kind=kind,
        priority=0,
        content="{}",
        now=written,
        key=None,
        not_before=not_before,
    )
    assert made is not None
    return made


def not_before(tx: Connection, delivery: int) -> datetime:
    moment: datetime = tx.execute(select(rows.c.not_before).where(rows.c.id == delivery)).scalar_one()
    return moment


def test_what_a_wrong_clock_has_written_waits_no_longer_than_it_was_meant_to(tx: Connection) -> None:
    at_once = add(tx, written=WRONG, not_before=WRONG)
    in_a_minute = add(tx, written=WRONG, not_before=WRONG + MINUTE)
    planned = add(tx, written=WRONG, not_before=WRONG + MINUTE, kind="announcement")
    right = add(tx, written=NOW - HOUR, not_before=NOW + HOUR)

    mended = wrong_clock.put_right(tx, now=NOW)

    assert mended == 2
    assert [not_before(tx, one) for one in (at_once, in_a_minute, planned, right)] == [
        NOW,
        NOW + MINUTE,
        WRONG + MINUTE,
        NOW + HOUR,
    ]


def test_pauses_and_second_tries_are_put_right(tx: Connection) -> None:
    for address, until in ((1, WRONG), (2, NOW + 5 * MINUTE)):
        tx.execute(insert(sending_limits).values(bot_id=4, address=address, paused_until=until))
    inbox.receive(tx, bot_id=4, updates=[Received(update_id=1, sender=1, payload="{}")], now=NOW)
    tx.execute(update(updates).values(retry_at=WRONG))

    mended = wrong_clock.put_right(tx, now=NOW)

    assert mended == 2
    paused = {row.address: row.paused_until for row in tx.execute(select(sending_limits))}
    assert paused == {1: NOW + HOUR, 2: NOW + 5 * MINUTE}
    assert inbox.next_retry_at(tx) == NOW


def test_a_run_without_an_end_was_a_crash(tx: Connection) -> None:
    moments = [NOW - 2 * HOUR, NOW - 50 * MINUTE, NOW - 40 * MINUTE, NOW - 30 * MINUTE, NOW]
    numbers = [runs.begin(tx, now=moment) for moment in moments]
    runs.end(tx, run=numbers[2], now=NOW - 35 * MINUTE)

    assert runs.crashes(tx, since=NOW - HOUR, before_run=numbers[-1]) == 2


def test_runs_are_forgotten_after_a_week(tx: Connection) -> None:
    runs.begin(tx, now=NOW - timedelta(days=8))

    latest = runs.begin(tx, now=NOW)

    assert runs.crashes(tx, since=NOW - timedelta(days=30), before_run=latest) == 0
