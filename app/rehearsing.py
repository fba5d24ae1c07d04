"""A whole course, played by a few learners through the real bot, before anybody learns from it.

Nothing here says what the bot will do: everything told was read from the phones and from what the
service kept. Players know the right answers only from the course, as its author does.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import get_args
from zoneinfo import ZoneInfo

from app.furnishing import furnish, speaking
from app.player import Habit as WayToPlay
from app.player import LostError, Player
from app.rehearsal_records import (
    Results,
    SentMessage,
    never_asked,
    results,
    sent_messages,
    shown_in,
    undelivered,
)
from app.settings import Settings
from app.trial import Trial, trial
from lessons.model import Course
from lessons.reader import Reading
from lessons.translations import apply
from preview.limits import NO_RATE_LIMITS
from preview.movable_clock import MovableClock
from preview.phone_client import NotShownError, Phone, Phones
from scheduler.local_time import at_local_time
from scheduler.rehearsal import Habit, Prompt, acts_at
from storage.database import Database

JOINS_AT = time(8, 30)
HABITS: tuple[Habit, ...] = get_args(Habit)

_LONGEST_SECONDS = 300.0
"""For one lesson, or one stop of the clock: it takes less than ten, so this is a bot that hangs."""
_FIRST_ADDRESS = 6_000_001
_PROMPTS: tuple[Prompt, ...] = get_args(Prompt)
_WAYS: dict[Habit, WayToPlay] = {"keen": "right", "busy": "second_try", "late": "twice", "silent": "right"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """How one learner is played."""

    habit: Habit
    language: str
    """One of the course's."""


def cast_for(course: Course, habits: tuple[Habit, ...]) -> tuple[Role, ...]:
    """Return one learner for each habit, and for each translation one who answers everything right.

    More would only be the same again: how many there will be is reckoned (scheduler.rehearsal).
    """
    first, *others = course.languages
    return (
        *(Role(habit=habit, language=first) for habit in dict.fromkeys(habits)),
        *(Role(habit="keen", language=language) for language in others),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message that a learner got."""

    at: datetime
    """In the group's zone."""
    kind: str
    """Why it came by itself, `lesson` or `reminder`; else what it shows in the end: `card`, `feedback`."""
    silent: bool
    by_itself: bool
    """The bot began; everything else answers a tap."""
    words: str
    """As the phone showed them at the end, on one line."""


@dataclass(slots=True, kw_only=True)
class Played:
    """One learner and what came of it."""

    name: str
    habit: Habit
    language: str
    said: list[Said] = field(default_factory=list)
    finished: int = 0
    """Lessons."""
    completed: bool = False
    stuck: str = ""
    """What the phone showed when nothing could be done any more; empty when that did not happen."""
    refused: list[str] = field(default_factory=list)
    """Ids of questions whose right answer was not taken as right."""

    def note(self, reached: Results, *, answered: frozenset[str]) -> None:
        """Add what the database knows; `answered` are the questions answered as the course says."""
        self.finished, self.completed = len(reached.finished), reached.completed
        self.refused = sorted(answered - reached.taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a rehearsal found."""

    course: Course
    zone: ZoneInfo
    played: tuple[Played, ...]
    undelivered: int
    """Messages that Telegram would have refused."""
    never_asked: tuple[str, ...]
    """Ids of questions that nobody was asked, though somebody finished the lesson."""


async def rehearse(
    reading: Reading, *, settings: Settings, cast: tuple[Role, ...], zone: ZoneInfo, on: date, url: str
) -> Rehearsal:
    """Play the course of `reading` from its first day `on` to its end; `url` is an empty database.

    They join half an hour before nine, and the first lesson comes as soon as they have joined.
    """
    course = reading.course
    assert course is not None
    spoken = speaking(settings, course)
    academy = spoken.academy.model_copy(update={"zone": zone.key})
    shown = spoken.model_copy(update={"academy": academy})
    clock = MovableClock(at_local_time(on, JOINS_AT, zone=zone))
    async with trial(
        shown, database_url=url, start=clock(), clock=clock, rate_limits=NO_RATE_LIMITS
    ) as running:
        furnished = await furnish(running, reading)
        async with Phones(running.server.url) as phones:
            stage = _Stage(trial=running, phones=phones, course=course, zone=zone)
            for role in cast:
                await stage.seat(role)
            await stage.join(token=furnished.token)
            await stage.play_on()
            return await stage.found()


@dataclass(slots=True, kw_only=True)
class _Actor:
    played: Played
    player: Player
    by_itself: set[int] = field(default_factory=set)
    """Messages that came without a tap."""
    seen: int = 0
    """The newest message that was there after the last act."""
    acts_at: datetime | None = None

    @property
    def phone(self) -> Phone:
        return self.player.phone


@dataclass(slots=True, kw_only=True)
class _Stage:
    """One performance."""

    trial: Trial
    phones: Phones
    course: Course
    zone: ZoneInfo
    actors: list[_Actor] = field(default_factory=list)

    async def seat(self, role: Role) -> None:
        """Give one more learner a phone."""
        number = len(self.actors)
        name = f"{role.habit.capitalize()} {number + 1}"
        phone = await self.phones.add(name, language=role.language, number=_FIRST_ADDRESS + number)
        actor = _Actor(
            played=Played(name=name, habit=role.habit, language=role.language),
            player=Player(
                phone=phone,
                course=apply(self.course, role.language),
                settled=self.trial.mover.settled,
                habit=_WAYS[role.habit],
                over=partial(self._is_over, phone.id),
            ),
        )
        self.actors.append(actor)

    async def join(self, *, token: str) -> None:
        """Let everybody join by the link, and play the first lesson."""
        await asyncio.gather(
            *(self._act(actor, before=self._first_minute(actor, token)) for actor in self.actors)
        )

    async def _first_minute(self, actor: _Actor, token: str) -> None:
        await actor.phone.write(f"/start {token}")
        # Welcome, privacy, days and hour, time zone: the first button says yes to each.
        for _ in range(4):
            await self.trial.mover.settled()
            await actor.phone.press_at((await actor.phone.last()).id, row=0, column=0)

    async def play_on(self) -> None:
        """Move the clock from one thing to the next, until nothing more comes."""
        end = self.trial.clock() + timedelta(days=30 + 7 * len(self.course.lessons))
        while True:
            planned = [actor.acts_at for actor in self.actors if actor.acts_at is not None]
            due = await self.trial.service.next_due_at()
            coming = min((moment for moment in (*planned, due) if moment is not None), default=None)
            if coming is None or coming > end:
                return
            async with asyncio.timeout(_LONGEST_SECONDS):
                await self.trial.mover.advance(to=max(coming, self.trial.clock()))
            sent = await self._database().read(sent_messages)
            for actor in self.actors:
                await self._look(actor, sent)
            ready = [
                actor
                for actor in self.actors
                if actor.acts_at is not None and actor.acts_at <= self.trial.clock()
            ]
            for actor in ready:
                actor.acts_at = None
            # Together, as people do: one waits for the bot while another taps.
            await asyncio.gather(*(self._act(actor) for actor in ready))

    async def _look(self, actor: _Actor, sent: dict[tuple[int, int], SentMessage]) -> None:
        """See what came by itself, and decide when to act on it."""
        new = [one for one in await actor.phone.messages() if one.from_bot and one.id > actor.seen]
        if not new or actor.played.stuck:
            return
        actor.seen = new[-1].id
        actor.by_itself.update(one.id for one in new)
        for message in new:
            known = sent.get((actor.phone.id, message.id))
            for prompt in _PROMPTS:
                if known is not None and known.kind == prompt:
                    now = self.trial.clock()
                    actor.acts_at = acts_at(actor.played.habit, prompt, at=now) or actor.acts_at

    async def _act(self, actor: _Actor, *, before: Awaitable[None] | None = None) -> None:
        """Play what is on the phone; a player who cannot go on is a finding, not a fault of ours."""
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                if before is not None:
                    await before
                await actor.player.play()
            actor.seen = (await actor.phone.last()).id
        except (LostError, NotShownError) as lost:
            actor.played.stuck = str(lost)
        except TimeoutError:
            actor.played.stuck = await actor.phone.screen()

    async def _is_over(self, address: int) -> bool:
        return not (await self._database().read(partial(results, address=address))).in_a_lesson

    async def found(self) -> Rehearsal:
        """Return what the phones and the database hold at the end."""
        database = self._database()
        sent = await database.read(sent_messages)
        reached = []
        for actor in self.actors:
            actor.played.said = await self._said(actor, sent)
            one = await database.read(partial(results, address=actor.phone.id))
            actor.played.note(one, answered=actor.player.answered)
            reached.append(one)
        return Rehearsal(
            course=self.course,
            zone=self.zone,
            played=tuple(actor.played for actor in self.actors),
            undelivered=await database.read(undelivered),
            never_asked=never_asked(self.course, reached),
        )

    async def _said(self, actor: _Actor, sent: dict[tuple[int, int], SentMessage]) -> list[Said]:
        messages = [one for one in await actor.phone.messages() if one.from_bot]
        became = await self._database().read(
            partial(shown_in, address=actor.phone.id, messages=[one.id for one in messages])
        )
        told = []
        for message in messages:
            known = sent.get((actor.phone.id, message.id))
            by_itself = message.id in actor.by_itself
            if known is not None:
                told.append(
                    Said(
                        at=known.at.astimezone(self.zone),
                        kind=known.kind if by_itself else became.get(message.id, known.kind),
                        silent=message.silent,
                        by_itself=by_itself,
                        words=" ".join(message.text.split()),
                    )
                )
        return told

    def _database(self) -> Database:
        return self.trial.service.parts.database
