from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from storage import dead_updates, inbox
from storage.dead_updates import DeadUpdate
from storage.inbox import MOST_TRIES, Received

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOT = 4242


def failing(tx: Connection, number: int = 7, *, trace: str = "a1b2c3d4e5f60718") -> None:
    """Receive an update and let it fail until it is set aside."""
    update = Received(update_id=number, sender=42, payload='{"text": "my secret"}')
    [first] = inbox.receive(tx, bot_id=BOT, updates=[update], now=NOW)
    for tries in range(1, MOST_TRIES + 1):
        at = NOW + tries * HOUR
        inbox.failed(tx, update_=first, now=at, trace_id=trace, reason="KeyError")
        if tries < MOST_TRIES:
            [first] = inbox.claim(tx, now=at + HOUR, limit=10)


def test_a_listing_says_what_happened_and_nothing_of_what_was_written(tx: Connection) -> None:
    failing(tx)

    assert dead_updates.dead_updates(tx) == (
        DeadUpdate(
            trace="a1b2c3d4e5f60718",
            update_id=7,
            person=42,
            received_at=NOW,
            set_aside_at=NOW + 3 * HOUR,
            tries=3,
            why="KeyError",
        ),
    )
    assert dead_updates.contents(tx, "a1b2c3d4e5f60718") == '{"text": "my secret"}'
    assert dead_updates.contents(tx, "another") is None


def test_what_ended_the_process_twice_says_so(tx: Connection) -> None:
    inbox.receive(tx, bot_id=BOT, updates=[Received(update_id=7, sender=42, payload="{}")], now=NOW)
    [suspect] = inbox.recover(tx, now=NOW).suspects
    inbox.take(tx, id=suspect)

    [dead] = inbox.recover(tx, now=NOW + HOUR).dead

    [listed] = dead_updates.dead_updates(tx)
    assert (listed.why, listed.tries, listed.set_aside_at) == ("crash", 2, NOW + HOUR)
    assert (listed.trace, listed.trace[:6]) == (dead_updates.trace_of(tx, id=dead), "crash-")


def test_once_more_is_once_and_a_failure_sets_it_aside_at_once(tx: Connection) -> None:
    failing(tx)

    assert dead_updates.handle_again(tx, "a1b2c3d4e5f60718", now=NOW + 9 * HOUR) is True
    assert dead_updates.handle_again(tx, "a1b2c3d4e5f60718", now=NOW + 9 * HOUR) is False
    [again] = inbox.claim(tx, now=NOW + 9 * HOUR, limit=10)
    assert inbox.failed(tx, update_=again, now=NOW + 9 * HOUR, trace_id="second", reason="OSError") is True

    assert [(one.trace, one.why) for one in dead_updates.dead_updates(tx)] == [("second", "OSError")]


def test_once_more_and_a_crash_sets_it_aside_at_once(tx: Connection) -> None:
    failing(tx)
    dead_updates.handle_again(tx, "a1b2c3d4e5f60718", now=NOW)
    [again] = inbox.claim(tx, now=NOW, limit=10)

    assert inbox.recover(tx, now=NOW).dead == (again.id,)


def test_once_more_and_it_works(tx: Connection) -> None:
    failing(tx)
    dead_updates.handle_again(tx, "a1b2c3d4e5f60718", now=NOW)
    [again] = inbox.claim(tx, now=NOW, limit=10)

    assert inbox.done(tx, id=again.id, now=NOW) is True
    assert dead_updates.dead_updates(tx) == ()


def test_a_dropped_one_keeps_its_number_and_nothing_else(tx: Connection) -> None:
    failing(tx)

    assert dead_updates.drop(tx, "a1b2c3d4e5f60718") is True
    assert dead_updates.drop(tx, "a1b2c3d4e5f60718") is False

    again = Received(update_id=7, sender=42, payload='{"text": "my secret"}')
    assert inbox.receive(tx, bot_id=BOT, updates=[again], now=NOW) == ()
    assert inbox.claim(tx, now=NOW + 99 * HOUR, limit=10) == ()
    assert dead_updates.contents(tx, "a1b2c3d4e5f60718") is None


def test_what_was_set_aside_goes_after_seven_days(tx: Connection) -> None:
    failing(tx)

    assert inbox.prune(tx, now=NOW + inbox.KEPT) == 0
    assert inbox.prune(tx, now=NOW + inbox.KEPT + timedelta(seconds=1)) == 1
    assert dead_updates.dead_updates(tx) == ()
