"""Who leads, on a real PostgreSQL and with clocks that stand still until they are told."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import URL, create_engine, delete, make_url, text

from storage import schema
from storage.database import Database
from storage.errors import AlreadyRunningError, PoolerError, SchemaIsNewerError, StillRunningError
from storage.lock_session import LockSession
from storage.tables import leases
from tests.storage.shared_sessions import shared_sessions

LEASE = 10.0
NOW = datetime(2026, 11, 23, tzinfo=UTC)


class Machine:
    """One process on a machine with a clock of its own."""

    def __init__(self, server: URL, name: str, *, seconds: float) -> None:
        self.seconds = seconds
        self.session = LockSession(
            server, lease_seconds=LEASE, names={"send"}, seconds=lambda: self.seconds, name=name
        )

    @property
    def leads(self) -> bool:
        return self.session.leases["send"].is_trusted

    def cut_off(self, server: URL) -> None:
        """End the server's side of its connection; it is told nothing before it asks again."""
        engine = create_engine(server)
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": self.session._backend})
        engine.dispose()


@pytest.fixture(scope="module")
def database(postgresql_url: str) -> Iterator[Database]:
    """A database of its own for all tests here: locks are seen in one database only."""
    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE locks"))
        made = Database.open(
            make_url(postgresql_url).set(database="locks").render_as_string(hide_password=False)
        )
        made.prepare(now=NOW)
        yield made
        made.close()
        connection.execute(text("DROP DATABASE locks WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def server(database: Database) -> URL:
    database.run_here(lambda tx: tx.execute(delete(leases)).close())
    assert database.server is not None
    return database.server


@pytest.fixture
async def two(server: URL) -> AsyncIterator[tuple[Machine, Machine]]:
    """One that leads, and one that has seen its first sign of life at once."""
    holder, other = Machine(server, "holder", seconds=1000.0), Machine(server, "other", seconds=50.0)
    async with AsyncExitStack() as stack:
        for machine in (holder, other):
            await machine.session.open()
            stack.push_async_callback(machine.session.close)
        yield holder, other


async def test_the_first_leads_and_the_second_stands_by(two: tuple[Machine, Machine]) -> None:
    assert [machine.leads for machine in two] == [True, False]


async def test_a_lease_given_back_is_taken_at_once(two: tuple[Machine, Machine]) -> None:
    holder, other = two

    await holder.session.release("send")
    await other.session.go_round()

    assert [machine.leads for machine in two] == [False, True]


async def test_who_gets_the_lock_waits_until_the_holder_no_longer_believes_itself(
    two: tuple[Machine, Machine], server: URL
) -> None:
    holder, other = two

    # The lock is free now, and nobody has told its holder.
    holder.cut_off(server)
    led = {}
    for passed in (0.0, 7.9, 8.0, 9.9, 10.0):
        holder.seconds, other.seconds = 1000.0 + passed, 50.0 + passed
        await other.session.go_round()
        led[passed] = [machine.leads for machine in two]

    assert led == {
        0.0: [True, False],
        7.9: [True, False],
        8.0: [False, False],
        9.9: [False, False],
        10.0: [False, True],
    }


async def test_each_beat_is_waited_for_anew(two: tuple[Machine, Machine], server: URL) -> None:
    holder, other = two

    holder.seconds, other.seconds = 1006.0, 56.0
    await holder.session.go_round()
    other.seconds = 57.0
    await other.session.go_round()
    holder.cut_off(server)
    led = {}
    for seconds in (66.9, 67.0):
        other.seconds = seconds
        await other.session.go_round()
        led[seconds] = other.leads

    # Seen first at 57 by its own clock; the holder believes itself until 1006 + 8 by its own.
    assert led == {66.9: False, 67.0: True}


async def test_a_line_that_is_back_in_time_changes_nothing(two: tuple[Machine, Machine], server: URL) -> None:
    holder, other = two
    term = holder.session.leases["send"].term

    holder.cut_off(server)
    holder.seconds = 1003.0
    with pytest.raises(psycopg.OperationalError):
        await holder.session.go_round()
    await holder.session.drop()
    await holder.session.go_round()
    holder.seconds, other.seconds = 1010.0, 60.0
    await other.session.go_round()

    assert [machine.leads for machine in two] == [True, False]
    assert holder.session.leases["send"].term == term


async def test_who_was_replaced_is_a_standby_and_may_lead_again(
    two: tuple[Machine, Machine], server: URL
) -> None:
    holder, other = two
    holder.cut_off(server)
    other.seconds = 60.0
    await other.session.go_round()
    await other.session.go_round()
    assert other.leads

    holder.seconds = 1011.0
    with pytest.raises(psycopg.OperationalError):
        await holder.session.go_round()
    await holder.session.drop()
    await holder.session.go_round()
    holder.session.end_what_is_over()
    after_waking = [machine.leads for machine in two]
    await other.session.release("send")
    await holder.session.go_round()

    assert after_waking == [False, True]
    assert holder.leads
    assert holder.session.leases["send"].term == 2


async def test_the_server_lets_go_of_a_holder_it_hears_nothing_from(
    two: tuple[Machine, Machine], server: URL
) -> None:
    engine = create_engine(server)
    with engine.connect() as connection:
        # Set for each of our sessions by itself; 10 s are not waited for here.
        asked = await two[0].session._ask("SHOW idle_session_timeout", ())
        everybody = connection.execute(text("SHOW idle_session_timeout")).scalar_one()
    engine.dispose()

    assert (asked, everybody) == (("10s",), "0")


async def test_a_pooler_that_shares_sessions_is_refused(server: URL) -> None:
    async with shared_sessions(server) as address:
        session = LockSession(address, lease_seconds=LEASE, names={"send"})
        with pytest.raises(PoolerError, match="transaction mode"):
            await session.open()


async def test_tables_are_not_changed_under_services_of_another_version(
    two: tuple[Machine, Machine], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "KNOWN_VERSION", "0002")
    monkeypatch.setattr(schema, "_FIRST_COMMAND_SECONDS", 0.0)

    with pytest.raises(StillRunningError, match="stop them all"):
        database.prepare(now=NOW)


async def test_a_service_refuses_tables_of_another_version(
    server: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "KNOWN_VERSION", "0000")
    session = LockSession(server, lease_seconds=LEASE, names={"send"})

    with pytest.raises(SchemaIsNewerError, match="database is version 0001, this program knows 0000"):
        await session.open()


async def test_a_command_that_wants_the_database_to_itself_is_refused_beside_a_service(
    two: tuple[Machine, Machine], database: Database
) -> None:
    with pytest.raises(AlreadyRunningError):
        database.hold(now=NOW).__enter__()
