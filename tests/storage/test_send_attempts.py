"""Order and ownership of what is sent, on both databases."""

import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from sqlalchemy import Connection, create_engine, insert, select, update

from scheduler.budget import WHOLE_BOT
from storage import bots, outbox, reachability, recovery, send_attempts, sending_limits
from storage.bots import Bot
from storage.outbox import DeliveryState
from storage.send_attempts import Claimed, ReplacedError, Room
from storage.tables import metadata, people

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
BOT = 4242
MINUTE = timedelta(minutes=1)
PLENTY = Room(credits=10, repeatable=10)
PRIORITY = {"reply": 0, "lesson": 1, "announcement": 2}


@pytest.fixture
def epoch(tx: Connection) -> int:
    bots.bind(tx, bot=Bot(bot_id=BOT, username="dusal_bot", name="Dusal"), now=NOW)
    return bots.next_epoch(tx, bot_id=BOT)


def person(tx: Connection, address: int) -> int:
    statement = insert(people).values(address=address, language="mn", created_at=NOW)
    return int(tx.execute(statement.returning(people.c.id)).scalar_one())


def add(
    tx: Connection,
    person_id: int,
    text: str,
    *,
    kind: str = "reply",
    at: datetime = NOW,
    repeatable: bool = False,
) -> int:
    made = outbox.add(
        tx,
        person_id=person_id,
        kind=kind,
        priority=PRIORITY[kind],
        content=text,
        now=NOW,
        key=text,
        not_before=at,
        repeatable=repeatable,
    )
    assert made is not None
    return made


def claim(tx: Connection, epoch: int, *, room: Room = PLENTY, now: datetime = NOW) -> list[Claimed]:
    return list(send_attempts.claim(tx, bot_id=BOT, epoch=epoch, now=now, room=room))


def said(claimed: list[Claimed]) -> list[str]:
    return [one.content for one in claimed]


def sent(tx: Connection, epoch: int, one: Claimed, *, message_id: int | None = None) -> bool:
    return send_attempts.close(
        tx, claimed=one, epoch=epoch, outcome="sent", state="sent", now=NOW, message_id=message_id
    )


def uncertain(tx: Connection, epoch: int, one: Claimed, *, state: DeliveryState = "uncertain") -> bool:
    return send_attempts.close(
        tx, claimed=one, epoch=epoch, outcome="uncertain", state=state, now=NOW, not_before=NOW + MINUTE
    )


def test_claimed_rows_say_everything_the_sender_needs(tx: Connection, epoch: int) -> None:
    ann = person(tx, 7)
    row = add(tx, ann, "hello")

    assert claim(tx, epoch) == [
        Claimed(
            delivery=row,
            attempt=1,
            person_id=ann,
            address=7,
            language="mn",
            kind="reply",
            content="hello",
            repeatable=False,
            resent=False,
            not_before=NOW,
            key="hello",
            decided_at=NOW,
        )
    ]
    assert claim(tx, epoch) == []


def test_replies_go_before_lessons_before_announcements(tx: Connection, epoch: int) -> None:
    kinds = ("announcement", "lesson", "reply", "announcement", "reply")
    for address, kind in enumerate(kinds, start=1):
        add(tx, person(tx, address), f"{kind} {address}", kind=kind)

    claimed = claim(tx, epoch)

    assert said(claimed) == ["reply 3", "reply 5", "lesson 2", "announcement 1", "announcement 4"]


def test_a_person_gets_one_at_a_time_in_the_order_decided(tx: Connection, epoch: int) -> None:
    ann = person(tx, 7)
    add(tx, ann, "lesson", kind="lesson")
    add(tx, ann, "first reply")
    add(tx, ann, "second reply")

    order: list[str] = []
    while batch := claim(tx, epoch):
        order += said(batch)
        assert claim(tx, epoch) == []
        sent(tx, epoch, batch[0])

    assert order == ["first reply", "second reply", "lesson"]


def test_what_is_planned_for_later_holds_nobody_up(tx: Connection, epoch: int) -> None:
    ann = person(tx, 7)
    add(tx, ann, "tomorrow", kind="announcement", at=NOW + timedelta(days=1))
    add(tx, ann, "now", kind="announcement")

    assert said(claim(tx, epoch)) == ["now"]
    assert outbox.next_at(tx, now=NOW) == NOW + timedelta(days=1)


def test_room_is_kept_apart_for_messages_and_edits(tx: Connection, epoch: int) -> None:
    for address in range(1, 5):
        add(tx, person(tx, address), f"message {address}")
        add(tx, person(tx, address + 10), f"edit {address}", repeatable=True)

    claimed = claim(tx, epoch, room=Room(credits=1, repeatable=2))
    more = claim(tx, epoch, room=Room(credits=0, repeatable=8))

    assert said(claimed) == ["message 1", "edit 1"]
    assert said(more) == ["edit 2", "edit 3", "edit 4"]


def test_at_most_so_many_are_claimed_together(tx: Connection, epoch: int) -> None:
    for address in range(1, 5):
        add(tx, person(tx, address), f"message {address}")

    assert said(claim(tx, epoch, room=Room(credits=4, repeatable=8, most=1))) == ["message 1"]


def test_chats_that_are_spaced_out_wait_and_may_still_be_answered(tx: Connection, epoch: int) -> None:
    ann, ben = person(tx, 7), person(tx, 8)
    add(tx, ann, "lesson for ann", kind="lesson")
    add(tx, ben, "reply to ben")

    assert said(claim(tx, epoch, room=Room(credits=4, repeatable=4, busy=(7, 8), full=(8,)))) == []
    assert said(claim(tx, epoch, room=Room(credits=4, repeatable=4, busy=(7, 8)))) == ["reply to ben"]
    assert said(claim(tx, epoch)) == ["lesson for ann"]


def test_a_paused_chat_waits_and_the_others_do_not(tx: Connection, epoch: int) -> None:
    add(tx, person(tx, 7), "to ann")
    add(tx, person(tx, 8), "to ben")
    sending_limits.pause(tx, bot_id=BOT, address=7, until=NOW + 2 * MINUTE)
    sending_limits.pause(tx, bot_id=BOT, address=7, until=NOW + MINUTE)

    assert said(claim(tx, epoch)) == ["to ben"]
    assert outbox.next_at(tx, now=NOW) == NOW + 2 * MINUTE
    assert said(claim(tx, epoch, now=NOW + MINUTE)) == []
    assert said(claim(tx, epoch, now=NOW + 2 * MINUTE)) == ["to ann"]


def test_a_paused_bot_sends_nothing(tx: Connection, epoch: int) -> None:
    add(tx, person(tx, 7), "to ann")
    sending_limits.pause(tx, bot_id=BOT, address=WHOLE_BOT, until=NOW + MINUTE)

    assert said(claim(tx, epoch)) == []
    assert outbox.due_count(tx, now=NOW) == 0
    assert outbox.due_count(tx, now=NOW + MINUTE) == 1
    assert said(claim(tx, epoch, now=NOW + MINUTE)) == ["to ann"]


def test_nothing_is_started_with_somebody_unreachable(tx: Connection, epoch: int) -> None:
    ann = person(tx, 7)
    tx.execute(update(people).values(unreachable_since=NOW))
    add(tx, ann, "lesson", kind="lesson")

    assert claim(tx, epoch) == []
    assert [(row.state, row.reason) for row in outbox.listing(tx)] == [("refused", "unreachable")]
    add(tx, ann, "answer")
    assert said(claim(tx, epoch)) == ["answer"]


def test_becoming_unreachable_refuses_what_we_had_started(tx: Connection, epoch: int) -> None:
    ann = person(tx, 7)
    add(tx, ann, "lesson", kind="lesson")
    add(tx, ann, "answer")

    reachability.refuse_unreachable(tx, person_id=ann, now=NOW)

    assert [(row.kind, row.state) for row in outbox.listing(tx)] == [
        ("lesson", "refused"),
        ("reply", "waiting"),
    ]
    assert tx.execute(select(people.c.unreachable_since)).scalar_one() == NOW


def test_another_epoch_claims_and_settles_nothing(tx: Connection, epoch: int) -> None:
    add(tx, person(tx, 7), "to ann")
    add(tx, person(tx, 8), "to ben")
    mine = claim(tx, epoch, room=Room(credits=1, repeatable=1, most=1))
    newer = bots.next_epoch(tx, bot_id=BOT)

    with pytest.raises(ReplacedError):
        claim(tx, epoch)
    recovery.recover(tx, epoch=newer, now=NOW, quarantine=MINUTE)

    assert not sent(tx, epoch, mine[0])
    assert [row.state for row in outbox.listing(tx)] == ["uncertain", "waiting"]


def test_after_a_crash_a_message_is_sent_once_more_and_then_held(tx: Connection, epoch: int) -> None:
    row = add(tx, person(tx, 7), "to ann")
    claim(tx, epoch)

    second = bots.next_epoch(tx, bot_id=BOT)
    assert recovery.recover(tx, epoch=second, now=NOW, quarantine=MINUTE) == {"uncertain": 1}
    assert claim(tx, second) == []
    assert outbox.next_at(tx, now=NOW) == NOW + MINUTE
    resent = claim(tx, second, now=NOW + MINUTE)
    assert [(one.attempt, one.resent) for one in resent] == [(2, True)]

    third = bots.next_epoch(tx, bot_id=BOT)
    assert recovery.recover(tx, epoch=third, now=NOW, quarantine=MINUTE) == {"held": 1}
    assert claim(tx, third, now=NOW + timedelta(days=1)) == []
    [held] = outbox.listing(tx)
    assert (held.delivery, held.state, held.attempts, held.maybe_doubled) == (row, "held", 2, True)


def test_edits_simply_wait_again_after_a_crash(tx: Connection, epoch: int) -> None:
    add(tx, person(tx, 7), "edit", repeatable=True)
    for _ in range(4):
        assert said(claim(tx, epoch)) == ["edit"]
        epoch = bots.next_epoch(tx, bot_id=BOT)
        assert recovery.recover(tx, epoch=epoch, now=NOW, quarantine=MINUTE) == {"waiting": 1}

    assert [row.maybe_doubled for row in outbox.listing(tx)] == [False]


def test_uncertain_ones_are_sent_again_one_by_one(tx: Connection, epoch: int) -> None:
    for address in (1, 2):
        add(tx, person(tx, address), f"to {address}")
    for one in claim(tx, epoch):
        uncertain(tx, epoch, one)
    add(tx, person(tx, 3), "to 3")
    later = NOW + MINUTE

    assert said(claim(tx, epoch, now=later)) == ["to 1", "to 3"]
    assert said(claim(tx, epoch, now=later, room=Room(credits=4, repeatable=4, resend=False))) == []
    assert said(claim(tx, epoch, now=later)) == ["to 2"]


def test_what_may_have_been_sent_holds_up_what_follows_it_but_not_a_reply(tx: Connection, epoch: int) -> None:
    ann = person(tx, 7)
    add(tx, ann, "part one", kind="lesson")
    add(tx, ann, "part two", kind="lesson")
    [one] = claim(tx, epoch)
    uncertain(tx, epoch, one)
    add(tx, ann, "reply")

    [reply] = claim(tx, epoch)
    sent(tx, epoch, reply)

    assert (reply.content, claim(tx, epoch)) == ("reply", [])
    [again] = claim(tx, epoch, now=NOW + MINUTE)
    sent(tx, epoch, again)
    assert (again.content, said(claim(tx, epoch, now=NOW + MINUTE))) == ("part one", ["part two"])


def test_an_attempt_that_did_not_happen_is_not_counted_but_numbered(tx: Connection, epoch: int) -> None:
    add(tx, person(tx, 7), "to ann")
    [first] = claim(tx, epoch)
    send_attempts.close(
        tx, claimed=first, epoch=epoch, outcome="not_sent", state="waiting", now=NOW, counted=False
    )

    [second] = claim(tx, epoch)

    assert (first.attempt, second.attempt) == (1, 2)
    assert send_attempts.outcomes_before(tx, claimed=second) == {"not_sent": 1}
    assert [row.attempts for row in outbox.listing(tx)] == [1]


def test_the_newest_content_of_a_message_is_found(tx: Connection, epoch: int) -> None:
    ann, ben = person(tx, 7), person(tx, 8)
    for content in ("card 1", "card 2"):
        add(tx, ann, content, repeatable=True)
        [one] = claim(tx, epoch)
        sent(tx, epoch, one, message_id=55)

    assert outbox.find_by_message(tx, person_id=ann, message_id=55) == "card 2"
    assert outbox.find_by_message(tx, person_id=ben, message_id=55) is None
    assert outbox.find_by_message(tx, person_id=ann, message_id=56) is None


def test_only_what_has_not_left_is_cancelled(tx: Connection, epoch: int) -> None:
    for address in (1, 2, 3):
        outbox.add(
            tx,
            person_id=person(tx, address),
            kind="announcement",
            priority=2,
            content="{}",
            now=NOW,
            key=f"announcement:12:{address}",
            not_before=NOW,
        )
    [one] = claim(tx, epoch, room=Room(credits=1, repeatable=1, most=1))
    sent(tx, epoch, one)

    cancelled = outbox.cancel(tx, keys_like="announcement:12:%", now=NOW, reason="undone")

    assert cancelled == 2
    assert outbox.counts(tx) == {"sent": 1, "cancelled": 2}
    with pytest.raises(ValueError, match="what to cancel"):
        outbox.cancel(tx, now=NOW, reason="undone")


@pytest.mark.parametrize(
    ("verdict", "state"), [("send_again", "waiting"), ("arrived", "sent"), ("drop", "cancelled")]
)
def test_a_person_decides_what_is_held(
    tx: Connection, epoch: int, verdict: Literal["send_again", "arrived", "drop"], state: str
) -> None:
    row = add(tx, person(tx, 7), "to ann")
    [one] = claim(tx, epoch)
    uncertain(tx, epoch, one, state="held")

    first = outbox.decide_held(tx, delivery=row, verdict=verdict, now=NOW)
    second = outbox.decide_held(tx, delivery=row, verdict="drop", now=NOW)

    assert (first, second, [listed.state for listed in outbox.listing(tx)]) == (True, False, [state])


def test_moving_to_an_address_that_is_taken_is_refused(tx: Connection, epoch: int) -> None:
    ann, ben = person(tx, 7), person(tx, 8)

    assert not reachability.move(tx, person_id=ann, to=8)
    assert reachability.move(tx, person_id=ben, to=-1009)
    assert tx.execute(select(people.c.address).order_by(people.c.id)).scalars().all() == [7, -1009]


def test_claiming_never_reads_the_whole_outbox(tmp_path: Path) -> None:
    plans: list[str] = []

    class Explained(sqlite3.Cursor):
        """Asks how each statement would be done, with its parameters as they are."""

        def execute(self, sql: str, given: Any = (), /) -> Any:
            if sql.startswith(("SELECT", "UPDATE")):
                told = sqlite3.Cursor(self.connection).execute(f"EXPLAIN QUERY PLAN {sql}", given)
                plans.extend(row[3] for row in told.fetchall())
            return super().execute(sql, given)

    class Explaining(sqlite3.Connection):
        def cursor(self, factory: Any = Explained) -> Any:
            return super().cursor(factory)

        def execute(self, sql: str, given: Any = (), /) -> sqlite3.Cursor:
            done: sqlite3.Cursor = self.cursor().execute(sql, given)
            return done

    address = f"sqlite:///{tmp_path / 'test.db'}"
    engine = create_engine(address, connect_args={"factory": Explaining})
    metadata.create_all(engine)

    with engine.begin() as tx:
        bots.bind(tx, bot=Bot(bot_id=BOT, username="dusal_bot", name="Dusal"), now=NOW)
        epoch = bots.next_epoch(tx, bot_id=BOT)
        add(tx, person(tx, 7), "to ann")
        plans.clear()
        assert said(claim(tx, epoch)) == ["to ann"]
        assert claim(tx, epoch) == []
        outbox.next_at(tx, now=NOW)
        recovery.recover(tx, epoch=epoch + 1, now=NOW, quarantine=MINUTE)
    engine.dispose()

    assert [plan for plan in plans if re.match(r"SCAN outbox(?! USING)", plan)] == []
    assert "SEARCH outbox USING INDEX ix_outbox_waiting (priority=? AND not_before<?)" in plans
