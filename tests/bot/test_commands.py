from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

from academy.facts import AcademyFacts
from bot.commands import MENU, Menus, Staff, description, menu
from bot.transport import AiohttpTransport
from i18n.catalog import translator
from learners.people import Person
from preview.faults import RefuseWith
from preview.movable_clock import MovableClock
from preview.people import Person as PhoneOwner
from preview.phone_client import Phones
from preview.server import PreviewServer
from tests.loopback import bot_at

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ACADEMY = AcademyFacts(name="Lviv City Council", languages=("en", "mn"))
IRYNA = Person(id=7, address=102, name="Iryna", language="en", zone=None)
EVERYBODY = ["today", "progress", "review", "lessons", "schedule", "ask", "settings", "privacy", "help"]


@asynccontextmanager
async def menus() -> AsyncIterator[tuple[Menus, PreviewServer, Phones]]:
    async with (
        PreviewServer(clock=MovableClock(NOW), people=(PhoneOwner(id=102, first_name="Iryna"),)) as server,
        AiohttpTransport() as transport,
        Phones(server.url) as phones,
    ):
        bot = bot_at(server.url, token=server.token, over=transport)
        yield Menus(bot), server, phones


def asked(server: PreviewServer) -> list[str]:
    return [call.method for call in server.requests]


async def test_everybody_sees_the_menu_and_facilitators_a_longer_one() -> None:
    async with menus() as (at, _, phones):
        await at.register(ACADEMY, [Staff(person=IRYNA, roles=frozenset({"facilitator"}))])

        olena = await (await phones.add("Olena", number=101)).menu()
        iryna = await (await phones.add("Iryna", number=102)).menu()
    assert olena == EVERYBODY
    assert iryna == [*EVERYBODY, "group", "grade", "announce"]


async def test_what_has_not_changed_is_not_told_again() -> None:
    async with menus() as (at, server, _):
        await at.register(ACADEMY)
        first = len(asked(server))
        await at.register(ACADEMY)
        again = len(asked(server))
        await at.register(replace(ACADEMY, name="Ulaanbaatar"))

        assert (first, again) == (6, 6)
        assert asked(server)[6:] == ["setMyDescription"] * 3


async def test_a_refusal_is_told_again_next_time_and_stops_nothing() -> None:
    async with menus() as (at, server, _):
        server.faults.next("setMyCommands", RefuseWith(code=400, description="Bad Request: no"))
        await at.register(ACADEMY)
        await at.register(ACADEMY)

        assert asked(server).count("setMyCommands") == 4


async def test_without_a_role_the_menu_is_the_general_one_again() -> None:
    async with menus() as (at, _, phones):
        await at.register(ACADEMY, [Staff(person=IRYNA, roles=frozenset({"facilitator"}))])
        await at.register(ACADEMY)

        iryna = await (await phones.add("Iryna", number=102)).menu()
    assert iryna == EVERYBODY


async def test_a_longer_menu_that_could_not_be_taken_away_is_tried_again() -> None:
    async with menus() as (at, server, phones):
        await at.register(ACADEMY, [Staff(person=IRYNA, roles=frozenset({"facilitator"}))])
        server.faults.next("deleteMyCommands", RefuseWith(code=400, description="Bad Request: no"))
        await at.register(ACADEMY)
        still = await (await phones.add("Iryna", number=102)).menu()
        await at.register(ACADEMY)
        await at.register(ACADEMY)

        assert still == [*EVERYBODY, "group", "grade", "announce"]
        assert await (await phones.add("Iryna", number=102)).menu() == EVERYBODY
        assert asked(server).count("deleteMyCommands") == 2


def test_an_admin_sees_everything() -> None:
    names = [name for name, _ in menu(translator("en"), {"admin"})]

    assert names == [entry.name for entry in MENU]


def test_the_description_names_the_academy() -> None:
    assert description(translator("en"), ACADEMY) == (
        "Short lessons from Lviv City Council, 3 to 5 minutes each, on the days you choose."
        " No app, no password.\nTap START."
    )
