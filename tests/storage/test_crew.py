"""Handlers on many machines: they share the inbox, and what a dead one had in hand comes back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, create_engine, delete, select, text
from sqlalchemy.exc import OperationalError

from storage.crew import Crew
from storage.database import Database
from storage.inbox import MOST_CRASHES, Received, claim, done, failed, give_back, receive, recover, take
from storage.lease_names import HANDLERS
from storage.tables import inbox

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
BOT, OURS, THEIRS = 4242, 11, 22


@pytest.fixture(scope="module")
def server(postgresql_url: str) -> Iterator[Engine]:
    """A database of its own, as the service uses it."""
    made = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with made.connect() as connection:
        connection.execute(text("CREATE DATABASE crew"))
        url = made.url.set(database="crew")
        database = Database.open(url.render_as_string(hide_password=False))
        database.prepare(now=NOW)
        database.close()
        engine = create_engine(url, isolation_level="REPEATABLE READ")
        yield engine
        engine.dispose()
        connection.execute(text("DROP DATABASE crew WITH (FORCE)"))
    made.dispose()


@pytest.fixture
def filled(server: Engine) -> Engine:
    """Two updates each of three people, none of them in hand."""
    with server.begin() as tx:
        tx.execute(delete(inbox))
        updates = [Received(update_id=number, sender=number % 3, payload="{}") for number in range(6)]
        receive(tx, bot_id=BOT, updates=updates, now=NOW, hand_over=False)
    return server


def in_hand(tx: Connection) -> dict[int, tuple[int | None, int]]:
    """Return handler and tries of what is in somebody's hands, by the update's number."""
    rows = tx.execute(
        select(inbox.c.update_id, inbox.c.handler, inbox.c.tries).where(
            inbox.c.state == "new", inbox.c.tries > 0, inbox.c.retry_at.is_(None)
        )
    )
    return {row.update_id: (row.handler, row.tries) for row in rows}


def test_two_handlers_share_the_work_and_nobody_waits_for_the_other(filled: Engine) -> None:
    with filled.begin() as first, filled.begin() as second:
        ours = claim(first, now=NOW, limit=2, handler=OURS)
        theirs = claim(second, now=NOW, limit=2, handler=THEIRS)

    assert [update.update_id for update in ours] == [0, 1]
    # Nothing of the people whose oldest one is just being taken.
    assert [update.update_id for update in theirs] == [2]


def test_what_was_taken_meanwhile_is_not_taken_again(filled: Engine) -> None:
    with filled.connect() as late:
        # The snapshot is of a moment at which all was free.
        late.execute(select(inbox.c.id)).all()
        with filled.begin() as early:
            claim(early, now=NOW, limit=3, handler=THEIRS)
        with pytest.raises(OperationalError, match="could not serialize"):
            claim(late, now=NOW, limit=3, handler=OURS)
        late.rollback()

        assert claim(late, now=NOW, limit=3, handler=OURS) == ()


def test_a_handler_without_its_lock_is_given_up_after_a_while(filled: Engine) -> None:
    moment = 100.0
    crew = Crew(OURS, seconds=lambda: moment)
    with filled.begin() as tx:
        claim(tx, now=NOW, limit=3, handler=THEIRS)

    with filled.connect() as theirs, filled.connect() as tx:
        theirs.execute(
            text("SELECT pg_advisory_lock(:space, :number)"), {"space": HANDLERS, "number": THEIRS}
        )
        while_alive = crew.missing(tx)
        theirs.invalidate()
        missing = crew.missing(tx)
        given_up = {}
        for moment in (100.0, 104.9, 105.0):
            given_up[moment] = crew.given_up(missing)
        # Back for a moment: the wait begins anew.
        crew.given_up(frozenset())
        moment = 106.0
        after_all = crew.given_up(missing)

    assert while_alive == frozenset()
    assert missing == {THEIRS}
    assert given_up == {100.0: frozenset(), 104.9: frozenset(), 105.0: {THEIRS}}
    assert after_all == frozenset()


def test_of_several_that_look_one_takes_what_is_left_and_a_second_crash_sets_it_aside(
    filled: Engine,
) -> None:
    with filled.begin() as tx:
        mine = claim(tx, now=NOW, limit=3, handler=THEIRS)

    with filled.begin() as first, filled.begin() as second:
        found = recover(first, now=NOW, of={THEIRS}, handler=OURS)
        nothing = recover(second, now=NOW, of={THEIRS}, handler=33)
    with filled.begin() as tx:
        taken = take(tx, id=found.suspects[0], handler=OURS)
        held = in_hand(tx)
    with filled.begin() as tx:
        later = recover(tx, now=NOW, of={OURS}, handler=33)

    assert found.suspects == tuple(update.id for update in mine)
    assert nothing.suspects == ()
    assert taken is not None
    assert taken.tries == MOST_CRASHES
    assert held == {0: (OURS, 2), 1: (OURS, 1), 2: (OURS, 1)}
    assert later.dead == (mine[0].id,)
    assert later.suspects == (mine[1].id, mine[2].id)


def test_what_another_handler_has_taken_over_is_neither_given_back_nor_failed(filled: Engine) -> None:
    with filled.begin() as tx:
        slow = claim(tx, now=NOW, limit=1, handler=THEIRS)[0]
        recover(tx, now=NOW, of={THEIRS}, handler=OURS)
        take(tx, id=slow.id, handler=OURS)

        give_back(tx, update_=slow, now=NOW)
        failed(tx, update_=slow, now=NOW, trace_id="a")

        assert in_hand(tx) == {0: (OURS, 2)}


def test_effects_of_the_slow_one_and_of_the_one_that_took_over_are_never_both_kept(filled: Engine) -> None:
    with filled.begin() as tx:
        slow = claim(tx, now=NOW, limit=1, handler=THEIRS)[0]

    with filled.begin() as first:
        assert done(first, id=slow.id, now=NOW)
    with filled.begin() as second:
        assert not done(second, id=slow.id, now=NOW)


def test_a_claim_of_which_we_never_heard_is_given_back_at_the_second_look(filled: Engine) -> None:
    crew = Crew(OURS)
    with filled.begin() as tx:
        known, lost = claim(tx, now=NOW, limit=2, handler=OURS)

    with filled.begin() as tx:
        looks = [crew.forgotten(tx, in_hand=[known.id]) for _ in range(2)]
        crew.give_back_forgotten(tx, now=NOW + timedelta(seconds=1))
        again = claim(tx, now=NOW + timedelta(seconds=2), limit=3, handler=OURS)

    assert looks == [False, True]
    assert [(update.update_id, update.tries) for update in again] == [(lost.update_id, 1), (2, 1)]
