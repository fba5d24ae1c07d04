"""The PostgreSQL server goes away, answers of COMMIT get lost, transactions collide."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Connection, make_url, select, update
from sqlalchemy.exc import OperationalError

from academy.messages.joining import TypeCode
from academy.messenger import Outcome, Recipient, Sent
from academy.outgoing import Outgoing
from academy.saying import say
from app.sender import Sender
from app.sending_gate import SendingGate
from faults.postgresql import run
from faults.postgresql_server import CuttingProxy
from faults.schooling import taught
from scheduler.budget import Budget
from scheduler.clock import system_clock
from storage import bots, enrollments, groups, people
from storage.bots import Bot
from storage.database import Database
from storage.tables import outbox, send_attempts
from storage.tables import people as people_table

pytestmark = pytest.mark.fault

SEED = 20261123
NOW = datetime(2026, 1, 5, 9, 12, tzinfo=UTC)
BOT = Bot(bot_id=4242, username="dusal_bot", name="Dusal")


class Post:
    """A messenger that delivers everything, and remembers it."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []

    async def send(self, outgoing: Outgoing, to: Recipient, *, now: datetime) -> Outcome:
        self.sent.append(outgoing)
        return Sent(message_id=len(self.sent))


@pytest.fixture
def url(ready_postgresql_url: str) -> str:
    return ready_postgresql_url


@asynccontextmanager
async def proxy_to(url: str) -> AsyncIterator[CuttingProxy]:
    parsed = make_url(url)
    folder = parsed.query["host"]
    assert isinstance(folder, str)
    proxy = CuttingProxy(
        socket=Path(folder) / ".s.PGSQL.5432", random=Random(SEED), database=parsed.database or ""
    )
    door = await asyncio.start_server(proxy.take, "127.0.0.1", 0)
    proxy.port = door.sockets[0].getsockname()[1]
    yield proxy
    door.close()
    await proxy.stop()


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database.open(url)
    yield database
    database.close()


async def test_a_service_outlives_restarts_and_lost_answers(tmp_path: Path) -> None:
    found = await run("small", SEED, tmp_path)

    assert [one for one in found if not one.holds] == []
    assert len(found) == 2


@pytest.mark.parametrize("where", ["before", "after"])
async def test_what_was_claimed_by_a_commit_without_an_answer_is_sent_once(url: str, where: str) -> None:
    async with proxy_to(url) as proxy:
        database, gate, post = Database.open(proxy.url), SendingGate(), Post()
        await database.start()
        await database.run(lambda tx: bots.bind(tx, bot=BOT, now=NOW))
        sender = Sender(
            database, post, bot_id=BOT.bot_id, clock=system_clock, gate=gate,
            budget=Budget(rate_per_second=500, chat_seconds=0),
        )  # fmt: skip
        await sender.take_over()
        await database.run(speak)
        gate.shut("test", says="nothing is claimed yet")
        sending = asyncio.create_task(sender.run())
        proxy.next_one = "before" if where == "before" else "after"
        gate.open_again("test")
        async with asyncio.timeout(20):
            while (await database.read(states)) != ["sent"]:  # noqa: ASYNC110 - the sender's own commits
                await asyncio.sleep(0.05)
        sender.stop()
        await sending
        tried = await database.read(attempts)
        await database.stop()

    assert len(post.sent) == 1
    # Its number says that the first claim was found in the table, though nobody had told us.
    assert tried == (
        [(1, "not_sent", "commit"), (2, "sent", None)] if where == "after" else [(1, "sent", None)]
    )


def speak(tx: Connection) -> None:
    person = people.add(tx, address=7, name="Bold", language="en", now=NOW)
    say(tx, person_id=person.id, message=TypeCode(academy="City"), now=NOW)


def states(tx: Connection) -> list[str]:
    return list(tx.execute(select(outbox.c.state)).scalars())


def attempts(tx: Connection) -> list[tuple[int, str, str | None]]:
    found = tx.execute(
        select(send_attempts.c.number, send_attempts.c.outcome, send_attempts.c.reason).order_by(
            send_attempts.c.number
        )
    )
    return [(row.number, row.outcome, row.reason) for row in found]


def test_the_last_place_of_a_group_is_given_once(url: str, tmp_path: Path) -> None:
    from academy.facts import AcademyFacts

    taught(url, tmp_path, learners=1, now=NOW, academy=AcademyFacts(name="City"), begun=False, at=time(9))
    both_have_looked = threading.Barrier(2)
    tries = {8: 0, 9: 0}

    def join(tx: Connection, address: int) -> bool:
        group = groups.by_name(tx, "Tale")
        assert group is not None
        tries[address] += 1
        if tries[address] == 1:
            both_have_looked.wait(10)
        groups.hold(tx, group.id)
        if enrollments.count(tx, group.id) >= 2:
            return False
        person = people.add(tx, address=address, name="", language="en", now=NOW)
        enrollments.enroll(tx, person_id=person.id, group=group, now=NOW)
        return True

    joined: list[bool] = []
    with opened(url) as database:
        threads = [
            threading.Thread(
                target=lambda who=who: joined.append(database.run_here(lambda tx: join(tx, who)))
            )
            for who in tries
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sorted(joined) == [False, True]


def test_a_deadlock_is_run_again_until_both_have_happened(url: str) -> None:
    both_hold_one = threading.Barrier(2)
    tries: list[int] = []

    def add(tx: Connection) -> None:
        for address in (1, 2):
            people.add(tx, address=address, name="", language="en", now=NOW)

    def rename(tx: Connection, *order: int) -> None:
        tries.append(order[0])
        for address in order:
            tx.execute(
                update(people_table)
                .where(people_table.c.address == address)
                .values(name=people_table.c.name + str(order[0]))
            )
            if address == order[0] and len(tries) <= 2:
                both_hold_one.wait(10)

    with opened(url) as database:
        database.run_here(add)
        threads = [
            threading.Thread(target=lambda order=order: database.run_here(lambda tx: rename(tx, *order)))
            for order in ((1, 2), (2, 1))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        names = database.read_here(lambda tx: set(tx.execute(select(people_table.c.name)).scalars()))

    assert names in ({"12"}, {"21"})
    assert len(tries) > 2


def test_a_collision_that_never_ends_is_told_after_five_tries(url: str) -> None:
    tries: list[int] = []
    with opened(url) as database:
        database.run_here(lambda tx: people.add(tx, address=1, name="", language="en", now=NOW))

        def other(number: int) -> None:
            database.run_here(lambda tx: tx.execute(update(people_table).values(name=str(number))).close())

        def collide(tx: Connection) -> None:
            tx.execute(select(people_table.c.name)).all()
            tries.append(len(tries))
            changing = threading.Thread(target=other, args=(len(tries),))
            changing.start()
            changing.join()
            tx.execute(update(people_table).values(name="ours"))

        with pytest.raises(OperationalError, match="could not serialize"):
            database.run_here(collide)

    assert len(tries) == 5
