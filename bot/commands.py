"""The commands people see in the menu: name, words, and for whom; the one home of that list.

A menu is no permission: whoever types a command is checked when it is handled. Telegram shows
the menu of a chat before the general one, so facilitators and admins have one of their own.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import structlog
import telegram
from telegram import BotCommand, BotCommandScopeChat, BotCommandScopeDefault
from telegram.error import TelegramError

from academy.facts import AcademyFacts
from bot.context import N_
from bot.limits import BOT_DESCRIPTION_CHARS, COMMAND_DESCRIPTION_CHARS
from i18n.catalog import Words, translator
from learners.people import Person, RoleName

log = structlog.get_logger(__name__)

Audience: TypeAlias = Literal["everybody"] | RoleName


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """One line of the menu."""

    name: str
    """Without slash: Bot API, 1–32 of a–z, 0–9 and underscore."""
    words: str
    """What the menu says, in English; at most 256 characters in every language."""
    audience: Audience = "everybody"


MENU: tuple[MenuEntry, ...] = (
    MenuEntry(name="today", words=N_("Today's lesson")),
    MenuEntry(name="progress", words=N_("My progress")),
    MenuEntry(name="review", words=N_("Practise")),
    MenuEntry(name="lessons", words=N_("All my lessons")),
    MenuEntry(name="schedule", words=N_("Days, time, pause")),
    MenuEntry(name="ask", words=N_("Ask a person")),
    MenuEntry(name="settings", words=N_("Settings")),
    MenuEntry(name="privacy", words=N_("My data")),
    MenuEntry(name="help", words=N_("Help")),
    MenuEntry(name="group", words=N_("My group"), audience="facilitator"),
    MenuEntry(name="grade", words=N_("Answers to grade"), audience="facilitator"),
    MenuEntry(name="announce", words=N_("Write to my group"), audience="facilitator"),
    MenuEntry(name="courses", words=N_("Courses"), audience="admin"),
)
"""In the order shown: what is used most comes first. /start is Telegram's own and needs no line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Somebody whose menu is longer."""

    person: Person
    roles: frozenset[RoleName]


def menu(words: Words, roles: Iterable[RoleName] = ()) -> tuple[tuple[str, str], ...]:
    """Return name and words of each entry for somebody with these roles; an admin sees everything."""
    held = frozenset(roles)
    return tuple(
        (entry.name, words(entry.words)[:COMMAND_DESCRIPTION_CHARS])
        for entry in MENU
        if entry.audience == "everybody" or entry.audience in held or "admin" in held
    )


def description(words: Words, academy: AcademyFacts) -> str:
    """Return what an empty chat shows before START is tapped."""
    text = words(
        "Short lessons from {academy}, 3 to 5 minutes each, on the days you choose."
        " No app, no password.\nTap START.",
        academy=academy.name,
    )
    return text[:BOT_DESCRIPTION_CHARS]


class Menus:
    """Tells Telegram the menus; each of them again only when it has changed."""

    def __init__(self, bot: telegram.Bot) -> None:
        self._bot = bot
        self._told: dict[str, str] = {}
        self._with_longer_menu: set[int] = set()

    async def register(self, academy: AcademyFacts, staff: Sequence[Staff] = ()) -> None:
        """Bring menus and descriptions up to date; a refusal is logged, because lessons go on without.

        Whoever had a longer menu and is not among the staff any more gets the general one again.
        """
        languages = ("", *academy.languages)
        for language in languages:
            words = translator(language or academy.languages[0])
            await self._tell_menu(f"default/{language}", menu(words), language=language)
            await self._tell_description(language, description(words, academy))
        for member in staff:
            words = translator(member.person.language or academy.languages[0])
            address = member.person.address
            await self._tell_menu(f"chat/{address}", menu(words, member.roles), address=address)
        addresses = {member.person.address for member in staff}
        for former in self._with_longer_menu - addresses:
            await self._forget(former)
        self._with_longer_menu |= addresses

    async def _forget(self, address: int) -> None:
        try:
            await self._bot.delete_my_commands(scope=BotCommandScopeChat(address))
        except TelegramError as refused:
            # It is tried again the next time: the person stays in the set.
            log.warning("menu_not_removed", address=address, error=type(refused).__name__)
            return
        self._told.pop(f"chat/{address}", None)
        self._with_longer_menu.discard(address)

    async def _tell_menu(
        self, place: str, entries: tuple[tuple[str, str], ...], *, language: str = "", address: int = 0
    ) -> None:
        if self._knows(place, entries):
            return
        scope = BotCommandScopeChat(address) if address else BotCommandScopeDefault()
        commands = [BotCommand(name, words) for name, words in entries]
        try:
            await self._bot.set_my_commands(commands, scope=scope, language_code=_code(language))
        except TelegramError as refused:
            self._told.pop(place, None)
            log.warning("menu_not_set", place=place, error=type(refused).__name__)

    async def _tell_description(self, language: str, text: str) -> None:
        place = f"description/{language}"
        if self._knows(place, text):
            return
        try:
            await self._bot.set_my_description(text, language_code=_code(language))
        except TelegramError as refused:
            self._told.pop(place, None)
            log.warning("description_not_set", language=language, error=type(refused).__name__)

    def _knows(self, place: str, content: object) -> bool:
        """Return whether Telegram was told this already, and take it as told from now on."""
        digest = hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
        known = self._told.get(place) == digest
        self._told[place] = digest
        return known


def _code(language: str) -> str | None:
    """Return the two-letter code Telegram takes; None means everybody else."""
    return language.split("-", maxsplit=1)[0].lower() or None
