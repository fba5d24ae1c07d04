"""One simulation, from its seed to its verdict: what happens, in what order, and how it ends.

Time is passed in steps while anything is under way, and in leaps from one thing that is due to the
next while all is quiet: nothing that matters lies within a leap.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from academy.publishing import publish_over
from app.settings import facts
from faults.simulation import template
from faults.simulation.database import Disk, short
from faults.simulation.ending import at_the_end
from faults.simulation.invariants import Invariants
from faults.simulation.journal import Broken, Journal, listened
from faults.simulation.loop import EndlessError, VirtualLoop
from faults.simulation.people import Crowd
from faults.simulation.postman import Door, Postman
from faults.simulation.process import Process
from faults.simulation.quiet import next_moment, nothing_is_due
from faults.simulation.standings import Facts, shown_as_counted
from faults.simulation.telegram import SimulatedTelegram
from faults.simulation.weather import CALM, Fate, Weather, drawn
from preview.limits import STRICT_RATE_LIMITS
from preview.people import BotAccount
from preview.world import World

_REST_SECONDS: Final = 3600.0
_STEPS_TO_JOIN: Final = 5
_JOIN_IN_PEACE: Final = 0.5
"""How often nothing goes wrong while people join: whoever is stopped there never gets to a lesson."""
_LONG: Final = (3 * 3600.0, 10 * 3600.0, 20 * 3600.0, 30 * 3600.0, 3 * 86400.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How a simulation ended."""

    seed: int
    weather: Weather
    broken: Broken | None
    digest: str
    """Of all events in their order: equal for equal runs."""
    steps: int
    lives: int
    days: float
    """Simulated."""
    counts: Mapping[str, int]
    """How much of what there was in the end: so that nobody simulates an empty room."""
    last: tuple[str, ...]
    """The last events, oldest first."""


def play(seed: int, *, disk: Disk, folder: Path, weather: Weather | None = None) -> Played:
    """Return how the simulation of this seed ended; never raises for what it finds."""
    made = template.template(folder)
    disk.fill(made.content)
    random = Random(f"{seed}/all")
    chosen = weather or drawn(Random(f"{seed}/weather"))

    loop = VirtualLoop(Random(f"{seed}/loop"))
    simulation = Simulation(seed, made, loop=loop, disk=disk, folder=folder, random=random, weather=chosen)
    journal = simulation.journal
    with listened(journal):
        try:
            loop.run_until_complete(simulation.run())
        except EndlessError as endless:
            journal.breaks("raised", str(endless))
        finally:
            loop.close()
    return Played(
        seed=seed, weather=chosen, broken=journal.broken, digest=journal.digest, steps=journal.step,
        lives=simulation.process.life, days=loop.time() / 86400, last=journal.last,
        counts=simulation.counts(),
    )  # fmt: skip


class Simulation:
    """The world of one seed; also whose luck it is (`Luck`, `Fortune`)."""

    def __init__(
        self,
        seed: int,
        made: template.Template,
        *,
        loop: VirtualLoop,
        disk: Disk,
        folder: Path,
        random: Random,
        weather: Weather,
    ) -> None:
        self.journal = Journal(loop.time)
        self.journal.secrets = (template.TOKEN, template.SECRET)
        self._loop = loop
        self.disk = disk
        self._made = made
        self._random = random
        self._weather = weather
        self._ahead = timedelta()
        """How far the computer's clock is ahead of the true time."""
        self._away_until = 0.0
        self._start_at: float | None = None
        self._in_database = 0
        self.compared = 0
        """Standings that were shown and counted once more."""
        self._published = 1
        self.world = World(
            bot=BotAccount(token=template.TOKEN, username="city_bot", name="City"),
            clock=self.true_time,
            rate_limits=STRICT_RATE_LIMITS,
            monotonic=loop.time,
        )
        self.telegram = SimulatedTelegram(
            self.world, loop=loop, random=Random(f"{seed}/telegram"), journal=self.journal, fortune=self
        )
        self.invariants = Invariants(disk.raw, journal=self.journal, seconds=loop.time, clock=self.clock)
        self.facts = Facts(disk.raw, journal=self.journal)
        self.telegram.watcher = self.invariants
        self.process = Process(
            template.settings(polling=weather.polling),
            loop=loop,
            disk=disk,
            telegram=self.telegram,
            folder=folder,
            luck=self,
            random=Random(f"{seed}/service"),
            journal=self.journal,
            clock=self.clock,
            committed=self.invariants.committed,
        )
        self.crowd = Crowd(
            self.world,
            random=Random(f"{seed}/people"),
            journal=self.journal,
            learners=weather.learners,
            token=made.token,
        )
        self.postman = Postman(
            self.world.queue,
            Door(lambda: self.process.webhook, life=lambda: self.process.life),
            loop=loop,
            random=Random(f"{seed}/postman"),
            repeated=lambda: self._happens(self._weather.repeated),
            is_theirs=self.crowd.is_theirs,
            on_break=self.process.on_break,
        )

    def counts(self) -> dict[str, int]:
        """Return how much there is of what, by the tables and by what arrived."""
        copies = self.invariants.copies.values()
        return {
            "responses": self.disk.raw.execute("SELECT count(*) FROM responses").fetchone()[0],
            "lessons": self.disk.raw.execute("SELECT count(*) FROM assignments").fetchone()[0],
            "finished": self.disk.raw.execute(
                "SELECT count(*) FROM assignments WHERE finished_at IS NOT NULL"
            ).fetchone()[0],
            "compared": self.compared,
            "messages": len(copies),
            "doubled": sum(len(one) > 1 for one in copies),
            "held": self.disk.raw.execute("SELECT count(*) FROM outbox WHERE state = 'held'").fetchone()[0],
            "announced": self.disk.raw.execute(
                "SELECT count(*) FROM outbox WHERE kind = 'announcement'"
            ).fetchone()[0],
        }

    # --- time ----------------------------------------------------------------------------------

    def true_time(self) -> datetime:
        return template.START + timedelta(microseconds=round(1e6 * self._loop.time()))

    def clock(self) -> datetime:
        """Return what the service's computer takes for the time."""
        return self.true_time() + self._ahead

    # --- luck ----------------------------------------------------------------------------------

    def fate(self, method: str) -> Fate | None:
        chance = self._random.random()
        for fate, amount in self._weather.fates.items():
            chance -= amount
            if chance < 0:
                return fate
        return None

    def killed_now(self) -> None:
        if self._happens(self._weather.kill_at_request):
            self.process.kill_soon()

    async def before_commit(self) -> None:
        self._in_database += 1
        try:
            await asyncio.sleep(short(self._random))
        finally:
            self._in_database -= 1

    def runs_in_vain(self) -> bool:
        return self._happens(self._weather.in_vain)

    def is_away(self) -> bool:
        now = self._loop.time()
        if self._happens(self._weather.away):
            self._away_until = now + self._random.choice((0.01, 1, 7))
            self.journal.note("database away")
        return now < self._away_until

    async def after_commit(self) -> None:
        self.journal.note("commit", self._loop.life())
        if self._happens(self._weather.kill_after_commit):
            self.process.kill_soon()
        await asyncio.sleep(short(self._random))

    def _happens(self, chance: float) -> bool:
        return chance > 0 and self._random.random() < chance

    # --- what happens --------------------------------------------------------------------------

    async def run(self) -> None:
        """Let everything happen, come to rest, and look at what is left."""
        if not self._weather.polling:
            self._loop.in_world(self.postman.run())
        self.process.start()
        self.crowd.arrive()
        weather = self._weather
        if self._random.random() < _JOIN_IN_PEACE:
            self._weather = CALM
        for _ in range(_STEPS_TO_JOIN):
            await self.pass_time(self._random.choice((2, 4, 9)))
            self.crowd.go_on()
        await self.pass_time(3)
        self._weather = weather
        for _ in range(self._weather.doings):
            if self.journal.broken:
                return
            await self._something()
            await self.pass_time(self._gap())
            self.facts.look()
        # From here on nothing goes wrong.
        self._weather, self._start_at = CALM, self._loop.time()
        await self.pass_time(_REST_SECONDS)
        for learner in self.crowd.learners:
            learner.type("/progress")
        await self.pass_time(300)
        if self.journal.broken is None:
            shown_as_counted(self, course=self._made.versions[0])
            at_the_end(self)

    async def _something(self) -> None:
        weather, chance = self._weather, self._random.random()
        happenings: tuple[tuple[float, Callable[[], None]], ...] = (
            (weather.kill, self._kill),
            (weather.move_clock, self._move_clock),
            (weather.publish, self._publish),
        )
        for amount, happens in happenings:
            chance -= amount
            if chance < 0:
                happens()
                return
        if chance < weather.stop:
            self._start_at = self._loop.time() + self._downtime()
            await self.process.stop()
            return
        self.crowd.somebody_does_something()

    def _kill(self) -> None:
        self._start_at = self._loop.time() + self._downtime()
        self.process.kill()

    def _move_clock(self) -> None:
        self._ahead = timedelta(seconds=self._random.choice((-600, -60, -2, 2, 60, 600)))
        self.journal.note("clock", self._ahead.total_seconds())

    def _publish(self) -> None:
        if self._published == len(self._made.versions):
            return
        course = self._made.versions[self._published]
        self._published += 1
        plan = template.plan(corrected=self._random.random() < 0.5)
        academy, now = facts(template.settings(polling=True)), self.clock()
        done = self.disk.run(
            lambda tx: publish_over(tx, course=course, media={}, plan=plan, now=now, academy=academy)
        )
        self.invariants.republished()
        self.journal.note("publish", course.version, done.moves)

    def _downtime(self) -> float:
        random = self._random
        if random.random() < 0.7:
            return random.choice((0.2, 1, 5, 30, 200))
        return random.choice((1800.0, 8 * 3600.0, 30 * 3600.0))

    def _gap(self) -> float:
        random, chance = self._random, self._random.random()
        if chance < self._weather.long_waits:
            if self._happens(self._weather.numbers_restart):
                self.world.queue.number_from(random.randrange(1, 2**31))
            return random.choice(_LONG)
        return random.choice((0.01, 0.3, 1, 3, 3, 8, 20, 70, 400))

    # --- passing time --------------------------------------------------------------------------

    async def pass_time(self, seconds: float) -> None:
        """Let the time pass; whatever falls due on the way happens."""
        until = self._loop.time() + seconds
        while (now := self._loop.time()) < until and self.journal.broken is None:
            self.crowd.begin_anew_if_erased(self.invariants.gone_at, retired=self.invariants.retired)
            if not self.process.runs:
                self._down(until)
            elif self._is_quiet():
                soon = self._next_moment()
                moment = until if soon is None else min(until, soon)
                if moment > now + 1:
                    self._loop.leap(moment)
            await asyncio.sleep(min(0.25, max(0.001, until - self._loop.time())))

    def _down(self, until: float) -> None:
        self.process.reap()
        self.invariants.restarted()
        now = self._loop.time()
        if self._start_at is None:
            self._start_at = now + self._downtime()
        if self._start_at <= now:
            self._start_at = None
            self.process.start()
        else:
            self._loop.leap(min(until, self._start_at))

    def _is_quiet(self) -> bool:
        return (
            self.process.service is not None
            and not self.telegram.under_way
            and not self.postman.under_way
            and not self._in_database
            and not self.world.queue.waiting()
            and nothing_is_due(self.disk.raw, now=self.clock())
        )

    def _next_moment(self) -> float | None:
        """Return on the loop's clock when something is due next."""
        moment = next_moment(self.disk.raw, now=self.clock())
        return None if moment is None else (moment - self._ahead - template.START).total_seconds()
