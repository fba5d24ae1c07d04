import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select

from academy import saying
from academy.messages.joining import TypeCode
from academy.messenger import NotSent, Outcome, Recipient, Refused, Sent, Uncertain
from academy.outgoing import Kind, Outgoing, Screen
from academy.sending import Claim
from app.sender import Sender
from app.stopped import TokenTakenBackError
from scheduler.budget import WHOLE_BOT, Budget
from storage import bots, outbox
from storage.bots import Bot
from storage.database import Database
from storage.send_attempts import ReplacedError
from storage.tables import people

START = datetime(2026, 11, 23, 1, tzinfo=UTC)
BOT = 4242


class RecordingMessenger:
    """Answers what it was told to answer, else `Sent`; holds answers back while `gate` is closed."""

    def __init__(self) -> None:
        self.calls: list[int] = []
        self.outcomes: dict[int, list[Outcome]] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.called = asyncio.Event()
        self.most_at_once = 0
        self._at_once = 0

    async def send(self, outgoing: Outgoing, to: Recipient, *, now: datetime) -> Outcome:
        self.calls.append(to.address)
        self.called.set()
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await self.gate.wait()
        self._at_once -= 1
        given = self.outcomes.get(to.address, [])
        return given.pop(0) if given else Sent(message_id=len(self.calls))


class Academy:
    """A database, a set clock, and a sender between them and the messenger."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.messenger = RecordingMessenger()
        self.now = START
        self.sender = self.new_sender()

    def new_sender(self, budget: Budget | None = None) -> Sender:
        return Sender(
            self.database,
            self.messenger,
            bot_id=BOT,
            clock=lambda: self.now,
            # Pacing has tests of its own: here nothing waits for it.
            budget=budget or Budget(rate_per_second=10_000, chat_seconds=0),
        )

    async def say(self, *addresses: int, edits: Screen | None = None, kind: Kind = "reply") -> None:
        def write(tx: Connection) -> None:
            for address in addresses:
                known = tx.execute(people.select().where(people.c.address == address)).one_or_none()
                person = (
                    known.id
                    if known
                    else tx.execute(
                        insert(people).values(address=address, created_at=START).returning(people.c.id)
                    ).scalar_one()
                )
                saying.say(
                    tx, person_id=person, message=TypeCode(academy="A"), now=self.now, edits=edits, kind=kind
                )

        await self.database.run(write)
        self.sender.wake()

    async def edit_claimed(self, address: int) -> Claim:
        """Decide an edit, and claim it in the same transaction."""

        def decide(tx: Connection) -> Claim:
            person = tx.execute(select(people.c.id).where(people.c.address == address)).scalar_one()
            screen = Screen(message_id=1, has_media=False)
            saying.say(tx, person_id=person, message=TypeCode(academy="B"), now=START, edits=screen)
            return self.sender.claim_edit(tx, address=address, now=START)

        return await self.database.run(decide)

    async def move_clock(self, by: timedelta) -> None:
        self.now += by
        self.sender.wake()

    async def until(self, **wanted: int) -> None:
        """Wait until the outbox holds exactly so many rows in each state."""
        async with asyncio.timeout(20):
            while await self.database.read(outbox.counts) != wanted:  # noqa: ASYNC110
                await asyncio.sleep(0)

    async def until_called(self, times: int) -> None:
        """Wait until so many calls have left."""
        async with asyncio.timeout(20):
            while len(self.messenger.calls) < times:  # noqa: ASYNC110
                await asyncio.sleep(0)

    async def finish(self, running: asyncio.Task[None]) -> None:
        self.sender.stop()
        async with asyncio.timeout(20):
            await running


@pytest.fixture
async def academy(database: Database) -> Academy:
    await database.run(
        lambda tx: bots.bind(tx, bot=Bot(bot_id=BOT, username="dusal_bot", name="Dusal"), now=START)
    )
    made = Academy(database)
    await made.sender.take_over()
    return made


async def test_everybody_gets_their_message_once(academy: Academy) -> None:
    await academy.say(*range(1, 41))
    running = asyncio.create_task(academy.sender.run())

    await academy.until(sent=40)
    await academy.finish(running)

    assert sorted(academy.messenger.calls) == list(range(1, 41))
    assert academy.messenger.most_at_once <= 4


async def test_it_pauses_once_what_waited_is_on_its_way(academy: Academy) -> None:
    await academy.say(1, 2)

    running = asyncio.create_task(academy.sender.run())
    async with asyncio.timeout(20):
        await academy.sender.paused.wait()
    await academy.finish(running)

    assert sorted(academy.messenger.calls) == [1, 2]


async def test_it_pauses_where_nothing_may_be_sent(academy: Academy) -> None:
    await academy.sender.stand_by()

    running = asyncio.create_task(academy.sender.run())
    async with asyncio.timeout(20):
        await academy.sender.paused.wait()
    await academy.finish(running)


async def test_no_more_messages_than_credits_are_under_way(academy: Academy) -> None:
    academy.messenger.gate.clear()
    await academy.say(*range(1, 11))
    running = asyncio.create_task(academy.sender.run())

    await academy.until_called(4)
    assert await academy.database.read(outbox.counts) == {"sending": 4, "waiting": 6}
    academy.messenger.gate.set()
    await academy.until(sent=10)
    await academy.finish(running)

    assert academy.messenger.most_at_once == 4


async def test_edits_leave_while_every_credit_is_taken(academy: Academy) -> None:
    academy.messenger.gate.clear()
    await academy.say(1, 2, 3, 4)
    running = asyncio.create_task(academy.sender.run())
    await academy.until(sending=4)

    await academy.say(5, 6, edits=Screen(message_id=1, has_media=False))
    await academy.until_called(6)
    academy.messenger.gate.set()
    await academy.until(sent=6)
    await academy.finish(running)

    assert academy.messenger.most_at_once == 6


@pytest.mark.parametrize("kind", ["reply", "announcement"])
async def test_who_was_told_before_gets_more_while_a_broadcast_fills_the_pace(
    academy: Academy, kind: Kind
) -> None:
    academy.sender = academy.new_sender(Budget(rate_per_second=100, chat_seconds=0.05))
    await academy.sender.take_over()
    await academy.say(*range(1, 61), kind="announcement")
    running = asyncio.create_task(academy.sender.run())

    await academy.until_called(10)
    # Before all of them by its moment, as the second of two messages to each would be.
    academy.now -= timedelta(seconds=1)
    await academy.say(1, kind=kind)
    academy.now += timedelta(seconds=1)
    await academy.until(sent=61)
    await academy.finish(running)

    # The broadcast's last message leaves as number sixty.
    assert academy.messenger.calls.index(1, 1) < 50


async def test_a_commit_wakes_the_loop(academy: Academy) -> None:
    running = asyncio.create_task(academy.sender.run())
    await asyncio.sleep(0)

    await academy.say(1)
    await academy.until(sent=1)
    await academy.finish(running)


async def test_retry_after_is_obeyed_on_the_services_own_clock(academy: Academy) -> None:
    academy.messenger.outcomes[1] = [NotSent(reason="429", retry_after_seconds=30)]
    await academy.say(1, 2)
    running = asyncio.create_task(academy.sender.run())
    await academy.until(waiting=1, sent=1)

    await academy.move_clock(timedelta(seconds=29))
    await academy.say(3)
    await academy.until(waiting=1, sent=2)
    calls_before_the_end = academy.messenger.calls.count(1)
    await academy.move_clock(timedelta(seconds=1))
    await academy.until(sent=3)
    await academy.finish(running)

    assert (calls_before_the_end, academy.messenger.calls.count(1)) == (1, 2)


async def test_a_clock_that_is_put_forward_ends_no_pause_early(academy: Academy) -> None:
    elapsed = 0.0
    budget = Budget(rate_per_second=10_000, chat_seconds=0)
    academy.sender = Sender(
        academy.database,
        academy.messenger,
        bot_id=BOT,
        clock=lambda: academy.now,
        budget=budget,
        monotonic=lambda: elapsed,
        steady_pauses=True,
    )
    await academy.sender.take_over()
    academy.messenger.outcomes[1] = [NotSent(reason="too many requests", retry_after_seconds=30)]
    await academy.say(1)
    running = asyncio.create_task(academy.sender.run())
    async with asyncio.timeout(20):
        while budget.chat_free_at(1, reply=True, now=0.0) < 30:  # noqa: ASYNC110
            await asyncio.sleep(0)

    await academy.move_clock(timedelta(minutes=1))
    elapsed = 29.0
    await academy.say(2)
    await academy.until(waiting=1, sent=1)
    assert academy.messenger.calls == [1, 2]
    elapsed = 30.0
    academy.sender.wake()
    await academy.until(sent=2)
    await academy.finish(running)

    assert academy.messenger.calls == [1, 2, 1]


async def test_uncertain_is_sent_again_once_and_marked(academy: Academy) -> None:
    academy.messenger.outcomes[1] = [Uncertain(reason="timed out")]
    await academy.say(1)
    running = asyncio.create_task(academy.sender.run())
    await academy.until(uncertain=1)

    await academy.move_clock(timedelta(seconds=60))
    await academy.until(sent=1)
    await academy.finish(running)

    [row] = await academy.database.read(outbox.listing)
    assert (row.attempts, row.maybe_doubled, academy.messenger.calls) == (2, True, [1, 1])


async def test_one_chat_that_fails_for_ever_keeps_nobody_else_waiting(academy: Academy) -> None:
    academy.messenger.outcomes[1] = [NotSent(reason="away")] * 50
    running = asyncio.create_task(academy.sender.run())
    for number in range(6):
        await academy.say(1, *range(10 * number + 2, 10 * number + 5))
        await academy.until(waiting=number + 1, sent=3 * (number + 1))
        await academy.move_clock(timedelta(minutes=2))
    await academy.finish(running)

    assert sum(address != 1 for address in academy.messenger.calls) == 18
    # Tried again and again, in between, and only the first of the six that wait for it.
    assert 1 < academy.messenger.calls.count(1) <= 7


async def test_a_raising_messenger_is_uncertain_and_the_loop_goes_on(academy: Academy) -> None:
    class Raising(RecordingMessenger):
        async def send(self, outgoing: Outgoing, to: Recipient, *, now: datetime) -> Outcome:
            if to.address == 1:
                raise ZeroDivisionError
            return await super().send(outgoing, to, now=now)

    academy.messenger = Raising()
    academy.sender = academy.new_sender()
    await academy.sender.take_over()
    await academy.say(1, 2)
    running = asyncio.create_task(academy.sender.run())

    await academy.until(uncertain=1, sent=1)
    await academy.finish(running)

    assert [row.reason for row in await academy.database.read(outbox.listing)] == ["ZeroDivisionError", None]


async def test_stopping_waits_for_what_is_under_way_and_claims_nothing_more(academy: Academy) -> None:
    academy.messenger.gate.clear()
    await academy.say(*range(1, 11))
    running = asyncio.create_task(academy.sender.run())
    await academy.until_called(4)

    academy.sender.stop()
    academy.messenger.gate.set()
    async with asyncio.timeout(20):
        await running

    assert await academy.database.read(outbox.counts) == {"sent": 4, "waiting": 6}


async def test_a_refused_token_stops_everything_and_loses_nothing(academy: Academy) -> None:
    academy.messenger.outcomes[1] = [Refused(reason="token")]
    await academy.say(1)

    with pytest.raises(TokenTakenBackError):
        async with asyncio.timeout(20):
            await academy.sender.run()

    assert await academy.database.read(outbox.counts) == {"waiting": 1}


async def test_a_replaced_sender_stops_by_itself(academy: Academy) -> None:
    await academy.new_sender().take_over()
    await academy.say(1)

    with pytest.raises(ReplacedError):
        async with asyncio.timeout(20):
            await academy.sender.run()

    assert academy.messenger.calls == []


async def test_an_edit_is_taken_over_from_the_transaction_that_decided_it(academy: Academy) -> None:
    running = asyncio.create_task(academy.sender.run())
    await academy.say(7)
    await academy.until(sent=1)

    reserved = academy.sender.reserve_edit(7)
    claimed = await academy.edit_claimed(7)
    states = await academy.database.read(outbox.counts)
    academy.sender.start_reserved(claimed)
    await academy.until(sent=2)

    assert (reserved, len(claimed.deliveries), states) == (True, 1, {"sent": 1, "sending": 1})
    assert academy.messenger.calls == [7, 7]
    await academy.finish(running)


async def test_what_is_claimed_when_everybody_has_to_wait_is_given_back_and_stopping_waits_for_nothing(
    academy: Academy,
) -> None:
    budget = Budget(rate_per_second=10_000, chat_seconds=0)
    academy.sender = academy.new_sender(budget)
    await academy.sender.take_over()
    running = asyncio.create_task(academy.sender.run())
    await academy.say(7)
    await academy.until(sent=1)

    assert academy.sender.reserve_edit(7)
    claimed = await academy.edit_claimed(7)
    budget.pause(WHOLE_BOT, until=time.monotonic() + 3600)
    academy.sender.start_reserved(claimed)
    await academy.until(sent=1, waiting=1)
    await academy.finish(running)

    assert academy.messenger.calls == [7]


async def test_nothing_is_reserved_before_taking_over_or_after_stopping(academy: Academy) -> None:
    fresh = academy.new_sender()
    before = fresh.reserve_edit(7)

    await fresh.take_over()
    between = fresh.reserve_edit(7)
    fresh.start_reserved(None)
    fresh.stop()

    assert (before, between, fresh.reserve_edit(7)) == (False, True, False)
