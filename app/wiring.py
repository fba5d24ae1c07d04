"""The composition root: the only place that knows which part is joined to which.

Everything is built from plain values and handed down; nothing here decides anything.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import SystemRandom
from time import monotonic

from academy.facts import AcademyFacts
from app.drawing import Drawing
from app.listening import Lines, Listener
from app.sender import Sender
from app.sending_gate import SendingGate
from app.settings import Settings, facts
from bot.all_handlers import all_handlers
from bot.commands import Menus
from bot.files import TelegramFiles
from bot.messenger import TelegramMessenger
from bot.pace_limit import PaceLimit
from bot.receiving import Webhook
from bot.routing import Router, RoutingFacts
from scheduler.budget import Budget
from scheduler.clock import Clock
from storage import bots, courses
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
    router: Router
    listener: Listener | None
    """None in webhook mode."""
    webhook: Webhook | None
    """None in polling mode."""
    menus: Menus
    academy: Callable[[], AcademyFacts]
    clock: Clock


def join(
    settings: Settings,
    *,
    connected: Lines,
    listener: Listener | None,
    me: bots.Bot,
    database: Database,
    clock: Clock,
    restarted: bool = False,
) -> Parts:
    """Return all parts for a bot that has told its name, on a database that is started.

    `restarted` says that an earlier process may have sent until a moment ago: the first second
    then passes in silence, so that both together stay inside Telegram's limit.
    """
    known = replace(facts(settings), bot_username=me.username)

    def academy() -> AcademyFacts:
        return known

    messenger = TelegramMessenger(
        connected.bot, academy=academy, media=StoredMedia(database, bot_id=me.bot_id), draw=Drawing()
    )
    budget = Budget(
        rate_per_second=settings.limits.messages_per_second,
        chat_seconds=settings.limits.seconds_per_chat,
        credits=settings.limits.sends_in_flight,
    )
    if restarted:
        budget.pacer.free_at = monotonic() + 1.0
    gate = SendingGate()
    sender = Sender(
        database,
        messenger,
        bot_id=me.bot_id,
        clock=clock,
        budget=budget,
        quarantine=settings.limits.quarantine,
        gate=gate,
    )
    router = Router(
        connected.bot,
        database,
        all_handlers(),
        RoutingFacts(
            bot_id=me.bot_id,
            academy=academy,
            clock=clock,
            random=SystemRandom(),
            after_commit=sender.wake,
            fetch=TelegramFiles(connected.bot, connected.speaking),
            hand_over=sender,
        ),
        pace=PaceLimit(seconds=monotonic, per_minute=settings.limits.updates_per_minute),
        in_hand=None if database.file is None else InHand(in_hand_file(database.file)),
    )
    secret = settings.telegram.webhook.secret.get_secret_value()
    return Parts(
        lines=connected,
        me=me,
        database=database,
        sender=sender,
        gate=gate,
        router=router,
        listener=listener,
        webhook=None if listener is not None else Webhook(secret=secret, keep=router.keep, clock=clock),
        menus=Menus(connected.bot),
        academy=academy,
        clock=clock,
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
