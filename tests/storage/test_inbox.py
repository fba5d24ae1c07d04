from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from storage import inbox
from storage.inbox import Received, Recovered, Update

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
BOT = 4242


def update(update_id: int, sender: int = 7) -> Received:
    return Received(update_id=update_id, sender=sender, payload=f'{{"update_id": {update_id}}}')


def receive(tx: Connection, *updates: Received, hand_over: bool = True) -> list[int]:
    handed = inbox.receive(tx, bot_id=BOT, updates=updates, now=NOW, hand_over=hand_over)
    return [one.update_id for one in handed]


def claim(tx: Connection, *, now: datetime = NOW, limit: int = 10) -> tuple[Update, ...]:
    return inbox.claim(tx, now=now, limit=limit)


def numbers(updates: tuple[Update, ...]) -> list[tuple[int, int]]:
    return [(one.update_id, one.tries) for one in updates]


def test_an_update_is_kept_once_however_often_it_comes(tx: Connection) -> None:
    assert receive(tx, update(100), update(100)) == [100]
    assert receive(tx, update(100)) == []
    assert inbox.open_count(tx) == 1


def test_another_bot_may_use_the_same_number(tx: Connection) -> None:
    receive(tx, update(100))

    handed = inbox.receive(tx, bot_id=BOT + 1, updates=[update(100, sender=8)], now=NOW)

    assert numbers(handed) == [(100, 1)]


def test_a_lower_number_is_no_reason_to_drop_an_update(tx: Connection) -> None:
    receive(tx, update(900))

    assert receive(tx, update(3, sender=8)) == [3]


def test_what_is_handed_over_has_its_try_counted(tx: Connection) -> None:
    [handed] = inbox.receive(tx, bot_id=BOT, updates=[update(100)], now=NOW)

    assert handed == Update(
        id=handed.id, update_id=100, sender=7, payload='{"update_id": 100}', received_at=NOW, tries=1
    )
    assert claim(tx) == ()


def test_updates_of_one_sender_come_one_after_the_other(tx: Connection) -> None:
    handed = inbox.receive(tx, bot_id=BOT, updates=[update(1), update(2), update(3, sender=8)], now=NOW)
    assert numbers(handed) == [(1, 1), (3, 1)]
    assert receive(tx, update(4)) == []

    order: list[int] = []
    following = handed[:1]
    while following:
        assert claim(tx) == ()
        order.append(following[0].update_id)
        inbox.done(tx, id=following[0].id, now=NOW)
        following = claim(tx)

    assert order == [1, 2, 4]
    assert inbox.open_count(tx) == 1


def test_nothing_is_handed_over_when_asked_not_to(tx: Connection) -> None:
    assert receive(tx, update(1), update(2, sender=8), hand_over=False) == []
    assert numbers(claim(tx, limit=1)) == [(1, 1)]
    assert numbers(claim(tx)) == [(2, 1)]


def test_done_is_done_once(tx: Connection) -> None:
    [handed] = inbox.receive(tx, bot_id=BOT, updates=[update(1)], now=NOW)

    assert inbox.done(tx, id=handed.id, now=NOW)
    assert not inbox.done(tx, id=handed.id, now=NOW)


def test_a_failing_update_is_tried_three_times_and_set_aside(tx: Connection) -> None:
    [one] = inbox.receive(tx, bot_id=BOT, updates=[update(1), update(2)], now=NOW)
    moment = NOW
    seen = []
    for wait in (2, 10, None):
        dead = inbox.failed(tx, update_=one, now=moment, trace_id="trace")
        seen.append((one.tries, dead, inbox.next_retry_at(tx)))
        if wait is None:
            break
        moment += timedelta(seconds=wait)
        assert claim(tx, now=moment - timedelta(milliseconds=1)) == ()
        [one] = claim(tx, now=moment)

    assert seen == [
        (1, False, NOW + timedelta(seconds=2)),
        (2, False, NOW + timedelta(seconds=12)),
        (3, True, None),
    ]
    assert inbox.dead_count(tx) == 1
    assert numbers(claim(tx, now=moment)) == [(2, 1)]


def test_an_update_that_kills_the_process_twice_is_set_aside_and_no_other(tx: Connection) -> None:
    receive(tx, update(1, sender=1), update(2, sender=2), update(3, sender=3))

    first = inbox.recover(tx, now=NOW)
    innocent = inbox.take(tx, id=first.suspects[0])
    assert innocent is not None
    inbox.done(tx, id=innocent.id, now=NOW)
    guilty = inbox.take(tx, id=first.suspects[1])
    second = inbox.recover(tx, now=NOW)

    assert guilty is not None
    assert (innocent.tries, guilty.tries) == (2, 2)
    assert second == Recovered(dead=(guilty.id,), suspects=(first.suspects[2],))
    assert claim(tx) == ()


def test_suspects_are_not_claimed_with_the_others(tx: Connection) -> None:
    receive(tx, update(1, sender=1))
    receive(tx, update(2, sender=1), update(3, sender=3), hand_over=False)

    recovered = inbox.recover(tx, now=NOW)

    assert (len(recovered.suspects), numbers(claim(tx))) == (1, [(3, 1)])


def test_what_a_stopping_service_gives_back_has_no_try(tx: Connection) -> None:
    [one] = inbox.receive(tx, bot_id=BOT, updates=[update(1)], now=NOW)

    inbox.give_back(tx, update_=one, now=NOW)

    assert inbox.recover(tx, now=NOW) == Recovered(dead=(), suspects=())
    assert numbers(claim(tx)) == [(1, 1)]


def test_settled_updates_are_kept_a_week(tx: Connection) -> None:
    [one] = inbox.receive(tx, bot_id=BOT, updates=[update(1), update(2)], now=NOW)
    inbox.done(tx, id=one.id, now=NOW)
    week = timedelta(days=7)

    assert inbox.prune(tx, now=NOW + week) == 0
    assert inbox.prune(tx, now=NOW + week + timedelta(microseconds=1)) == 1
    assert inbox.open_count(tx) == 1
