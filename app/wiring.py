"""The composition root: the only place that knows which part is joined to which.

Everything is built from plain values and handed down; nothing here decides anything.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from random import Random, SystemRandom
from time import monotonic

from academy.facts import AcademyFacts
from app.drawing import Drawing
from app.leading import Alone, Leading
from app.listening import Lines, Listener
from app.safekeeping import Safekeeping
from app.sender import Sender
from app.sending_gate import SendingGate, Trust
from app.service_parts import ALL_PARTS, Part
from app.settings import Settings, facts
from bot.all_handlers import all_handlers
from bot.commands import Menus
from bot.files import TelegramFiles
from bot.intake import Intake
from bot.messenger import Draw, TelegramMessenger
from bot.pace_limit import PaceLimit
from bot.receiving import Keep, Webhook
from bot.routing import Router
from bot.routing_facts import RoutingFacts
from scheduler.budget import Budget, silence_seconds
from scheduler.clock import Clock, system_clock
from storage import bots, courses
from storage.crew import Crew
from storage.database import Database
from storage.in_hand import InHand, in_hand_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of one running service, joined together."""

    lines: Lines
    me: bots.Bot
    database: Database
    sender: Sender
    gate: SendingGate
    """Shut while nothing may be sent."""
    safekeeping: Safekeeping
    router: Router
    listener: Listener | None
    """None in webhook mode."""
    webhook: Webhook | None
    """None in polling mode, and where nothing is received."""
    keep: Keep
    """Takes in what comes."""
    leading: Leading
    """Whether we do what only one process may do."""
    chosen: frozenset[Part]
    """What this process does; everything, unless there are many."""
    menus: Menus
    academy: Callable[[], AcademyFacts]
    clock: Clock
    in_hand: InHand | None
    """None on PostgreSQL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What the computer gives beside time and disk; a simulation gives its own."""

    monotonic: Callable[[], float] = monotonic
    random: Random = field(default_factory=SystemRandom)
    draw: Draw = field(default_factory=Drawing)


def join(
    settings: Settings,
    *,
    connected: Lines,
    listener: Listener | None,
    me: bots.Bot,
    database: Database,
    clock: Clock,
    last_claimed_at: datetime | None = None,
    machine: Machine | None = None,
    data: Path | None = None,
    chosen: frozenset[Part] = ALL_PARTS,
    leading: Leading | None = None,
) -> Parts:
    """Return all parts for a bot that has told its name, on a database that is started.

    `last_claimed_at` is when an earlier process last sent something: until a second after that nothing is
    sent, so that both together stay inside Telegram's limit. `data` is where files lie that have no SQLite
    database to lie beside.
    """
    known = replace(facts(settings), bot_username=me.username)
    computer = machine or Machine()
    leading = leading or Alone()

    def academy() -> AcademyFacts:
        return known

    messenger = TelegramMessenger(
        connected.bot, academy=academy, media=StoredMedia(database, bot_id=me.bot_id), draw=computer.draw
    )
    budget = Budget(
        rate_per_second=settings.limits.messages_per_second,
        chat_seconds=settings.limits.seconds_per_chat,
        credits=settings.limits.sends_in_flight,
    )
    if last_claimed_at is not None:
        ago_seconds = (clock() - last_claimed_at).total_seconds()
        budget.pacer.free_at = computer.monotonic() + silence_seconds(ago_seconds)
    gate = SendingGate()
    gate.look_first(Trust(gate, leading=leading).look)
    safekeeping = Safekeeping(database, data=data)
    sender = Sender(
        database,
        messenger,
        bot_id=me.bot_id,
        clock=clock,
        budget=budget,
        quarantine=settings.limits.quarantine,
        held_kinds=settings.limits.held_kinds,
        gate=gate,
        monotonic=computer.monotonic,
        # Whoever moves a clock on purpose, in a preview, moves Telegram's pauses along with it.
        steady_pauses=clock is system_clock or machine is not None,
        noted=lambda claimed, outcome: safekeeping.note(claimed, outcome, at=clock()),
        replaced=lambda: leading.step_down("send"),
    )
    in_hand = None if database.file is None else InHand(in_hand_file(database.file))
    router = Router(
        connected.bot,
        database,
        all_handlers(),
        RoutingFacts(
            bot_id=me.bot_id,
            academy=academy,
            clock=clock,
            random=computer.random,
            after_commit=sender.wake,
            fetch=TelegramFiles(connected.bot, connected.speaking),
            hand_over=sender,
        ),
        pace=PaceLimit(seconds=computer.monotonic, per_minute=settings.limits.updates_per_minute),
        in_hand=in_hand,
        crew=None if leading.handler is None else Crew(leading.handler),
    )
    keep = router.keep if "handle" in chosen else Intake(database, bot_id=me.bot_id, clock=clock).keep
    secret = settings.telegram.webhook.secret.get_secret_value()
    return Parts(
        lines=connected,
        me=me,
        database=database,
        sender=sender,
        gate=gate,
        safekeeping=safekeeping,
        router=router,
        listener=listener,
        webhook=None
        if listener is not None or "receive" not in chosen
        else Webhook(secret=secret, keep=keep, clock=clock),
        keep=keep,
        leading=leading,
        chosen=chosen,
        menus=Menus(connected.bot),
        academy=academy,
        clock=clock,
        in_hand=in_hand,
    )


class StoredMedia:
    """Media of courses, from the database (bot.attachments.MediaStore)."""

    def __init__(self, database: Database, *, bot_id: int) -> None:
        self._database = database
        self._bot_id = bot_id

    async def file_id(self, sha256: str) -> str | None:
        """Return Telegram's name of something this bot has uploaded before."""
        return await self._database.read(lambda tx: courses.file_id(tx, self._bot_id, sha256))

    async def content(self, sha256: str) -> bytes | None:
        """Return the thing itself."""
        found = await self._database.read(lambda tx: courses.stored_media(tx, sha256))
        return None if found is None else found[1]

    async def keep_file_id(self, sha256: str, file_id: str) -> None:
        """Remember Telegram's name, so that everything is uploaded once."""
        await self._database.run(lambda tx: courses.keep_file_id(tx, self._bot_id, sha256, file_id))
