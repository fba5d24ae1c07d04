"""Announcing through the handlers, and what Telegram is asked for in the end."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest
import telegram
from sqlalchemy import Connection, select

from academy import announcing
from academy.messages.facilitating import (
    AnnounceCancelled,
    AnnounceControl,
    Announcement,
    AnnouncePrompt,
    AnnounceSending,
    GroupChoice,
    Notice,
)
from academy.messenger import Recipient, Sent
from academy.outgoing import OUTGOING, Screen
from bot.all_handlers import all_handlers
from bot.callback_data import Press, press
from bot.context import Context
from bot.incoming import Command, PhotoSent, Sender, Tap, Typed
from bot.messenger import TelegramMessenger
from bot.transport import AiohttpTransport
from learners.groups import Group
from learners.people import Person
from lessons.markup import RichText, Span
from preview.limits import NO_RATE_LIMITS
from preview.movable_clock import MovableClock
from preview.people import Person as PhoneOwner
from preview.phone_client import Phones
from preview.server import PreviewServer
from storage import announcements, groups, people, roles
from storage.tables import outbox
from tests.academy.cohort import NOW, cohort, facilitator, shown
from tests.academy.school import ACADEMY
from tests.loopback import bot_at
from tests.preview.pictures import png

HANDLERS = all_handlers()
SENDER = Sender(address=50, name="Iryna", language="en")
CONTROL = Screen(message_id=900, has_media=False)
TEXT = RichText("Bring 𝐨𝐧𝐞 bill 😀 tomorrow.", (Span(start=6, length=3, kind="bold"),))


def context(tx: Connection, person: Person) -> Context:
    return Context(
        now=NOW,
        academy=ACADEMY,
        person=person,
        read_roles=lambda: roles.roles_of(tx, person.id),
        random=Random(1),
    )


def tapped(tx: Connection, person: Person, pressed: Press) -> str | None:
    tap = Tap(sender=SENDER, callback_id="1", press=pressed, screen=CONTROL)
    return HANDLERS.taps[pressed.verb](tx, tap, context(tx, person))


def commanded(tx: Connection, person: Person, name: str) -> None:
    command = Command(sender=SENDER, name=name, argument="", message_id=1)
    HANDLERS.commands[name](tx, command, context(tx, person))


def typed(tx: Connection, person: Person, text: RichText) -> None:
    assert HANDLERS.free_text is not None
    HANDLERS.free_text(tx, Typed(sender=SENDER, text=text, message_id=2, reply_to=None), context(tx, person))


def drafted(tx: Connection, person: Person) -> int:
    commanded(tx, person, "announce")
    typed(tx, person, TEXT)
    control = shown(tx, person)[-1].message
    assert isinstance(control, AnnounceControl)
    return control.announcement_id


def another_group(tx: Connection, like: Group) -> Group:
    return groups.add(
        tx,
        name="Spring",
        course_version_id=like.course_version_id,
        zone="UTC",
        weekdays=like.weekdays,
        at=like.at,
        expected=None,
        link_token="t",
        code="c",
        capacity=1,
        closes_at=None,
        now=NOW,
    )


def copies(tx: Connection) -> list[str]:
    return [
        row.state
        for row in tx.execute(
            select(outbox.c.state).where(outbox.c.kind == "announcement").order_by(outbox.c.id)
        )
    ]


def test_from_the_command_to_sending_and_back(tx: Connection) -> None:
    person = facilitator(tx, cohort(tx))

    one = drafted(tx, person)
    toasts = [
        tapped(tx, person, press("n_who", one)),
        tapped(tx, person, press("n_when", one)),
        tapped(tx, person, press("n_control", one)),
        tapped(tx, person, press("n_test", one)),
        tapped(tx, person, press("n_send", one)),
        tapped(tx, person, press("n_send", one)),
        tapped(tx, person, press("n_undo", one)),
        tapped(tx, person, press("n_undo", one)),
    ]

    closed = "This announcement was sent or dropped before."
    assert toasts == [None, None, None, None, None, closed, None, closed]
    assert [type(said.message) for said in shown(tx, person)] == [
        AnnouncePrompt,
        Announcement,
        AnnounceControl,
        AnnounceControl,
        AnnounceControl,
        AnnounceControl,
        AnnounceControl,
        Announcement,
        AnnounceSending,
        AnnounceCancelled,
    ]
    assert copies(tx) == ["cancelled"] * 4


def test_a_role_taken_away_counts_at_the_next_press(tx: Connection) -> None:
    group = cohort(tx)
    person = facilitator(tx, group)
    one = drafted(tx, person)
    roles.revoke(tx, person_id=person.id, name="facilitator", group_id=group.id)

    toast = tapped(tx, person, press("n_send", one))

    assert toast == "This needs a role that you do not have."
    assert shown(tx, person)[-1].message == Notice(what="not_allowed")
    assert copies(tx) == []


def test_a_role_taken_away_while_writing_counts_too(tx: Connection) -> None:
    group = cohort(tx)
    person = facilitator(tx, group)
    commanded(tx, person, "announce")
    roles.revoke(tx, person_id=person.id, name="facilitator", group_id=group.id)

    typed(tx, person, TEXT)

    assert shown(tx, person)[-1].message == Notice(what="not_allowed")
    assert announcements.get(tx, 1) is None


def test_a_facilitator_of_two_groups_is_asked_which(tx: Connection) -> None:
    group = cohort(tx)
    person = facilitator(tx, group)
    spring = another_group(tx, group)
    roles.grant(tx, person_id=person.id, name="facilitator", group_id=spring.id, now=NOW)

    commanded(tx, person, "announce")
    tapped(tx, person, press("n_group", spring.id))

    choice, prompt = (said.message for said in shown(tx, person))
    assert choice == GroupChoice(purpose="announce", groups=((group.id, "Autumn"), (spring.id, "Spring")))
    assert prompt == AnnouncePrompt(group="Spring")


@pytest.mark.parametrize(
    "pressed",
    [
        pytest.param(press("n_send", 999), id="unknown"),
        pytest.param(Press("n_send"), id="without a number"),
        pytest.param(Press("n_send", ("z" * 40,)), id="a number too large"),
        pytest.param(press("n_send", 1), id="somebody else's"),
    ],
)
def test_a_button_of_nobodys_is_not_in_use(tx: Connection, pressed: Press) -> None:
    group = cohort(tx)
    drafted(tx, facilitator(tx, group))
    other = facilitator(tx, group, address=51)

    assert tapped(tx, other, pressed) == "This button is no longer in use."
    assert copies(tx) == []


def test_a_moment_out_of_reach_is_not_in_use(tx: Connection) -> None:
    person = facilitator(tx, cohort(tx))
    one = drafted(tx, person)

    assert tapped(tx, person, press("n_at", one, 2**40)) == "This button is no longer in use."


@pytest.mark.parametrize("with_picture", [False, True])
async def test_preview_test_and_delivery_are_the_same_request(tx: Connection, *, with_picture: bool) -> None:
    person = facilitator(tx, cohort(tx))
    commanded(tx, person, "announce")
    async with (
        PreviewServer(
            clock=MovableClock(datetime(2026, 11, 23, 2, tzinfo=UTC)),
            people=(
                PhoneOwner(id=50, first_name="Iryna", language_code="en"),
                PhoneOwner(id=1, first_name="Olena", language_code="en"),
            ),
            rate_limits=NO_RATE_LIMITS,
        ) as server,
        AiohttpTransport(read_seconds=5) as transport,
        Phones(server.url) as phones,
    ):
        for name, number in (("Iryna", 50), ("Olena", 1)):
            await (await phones.add(name, number=number)).write("/start")
        bot = bot_at(server.url, token=server.token, over=transport)
        if with_picture:
            photo = PhotoSent(
                sender=SENDER, file_id=await _uploaded(bot), caption=TEXT, message_id=2, reply_to=None
            )
            assert HANDLERS.free_text is not None
            HANDLERS.free_text(tx, photo, context(tx, person))
        else:
            typed(tx, person, TEXT)
        control = shown(tx, person)[-1].message
        assert isinstance(control, AnnounceControl)
        tapped(tx, person, press("n_test", control.announcement_id))
        tapped(tx, person, press("n_send", control.announcement_id))
        said = _announcements(tx, to=person.id) + _announcements(tx, to=_learner(tx))
        assert len(said) == 3
        messenger = TelegramMessenger(bot, academy=lambda: ACADEMY, media=_NoMedia(), draw=_no_drawing)
        before = len(server.requests)

        for content, address in zip(said, (50, 50, 1), strict=True):
            outcome = await messenger.send(
                OUTGOING.validate_json(content),
                # A learner's language changes no word of what a person wrote.
                Recipient(person_id=1, address=address, language="mn" if address == 1 else "en"),
                now=NOW,
            )
            assert isinstance(outcome, Sent)

        made = server.requests[before:]

    requests = [(call.method, {**call.values, "chat_id": 0}, call.uploads) for call in made]
    assert [int(str(call.values["chat_id"])) for call in made] == [50, 50, 1]
    assert requests[0] == requests[1] == requests[2]
    assert re.fullmatch("(?i)sendPhoto" if with_picture else "(?i)sendMessage", requests[0][0])


def test_the_text_of_a_scheduled_draft_can_be_replaced_and_keeps_its_moment(tx: Connection) -> None:
    person = facilitator(tx, cohort(tx))
    one = drafted(tx, person)
    noon = datetime(2026, 11, 23, 4, tzinfo=UTC)
    tapped(tx, person, press("n_at", one, int(noon.timestamp()) // 60))

    tapped(tx, person, press("n_edit", one))
    typed(tx, person, replace(TEXT, text="Other words."))

    control = shown(tx, person)[-1].message
    assert isinstance(control, AnnounceControl)
    assert control.send_at == noon
    assert tapped(tx, person, press("n_send", one)) == "This announcement was sent or dropped before."
    assert announcing.find(tx, control.announcement_id, author=person) is not None


class _NoMedia:
    """No pictures of courses are needed."""

    async def file_id(self, sha256: str) -> str | None:
        return None

    async def content(self, sha256: str) -> bytes | None:
        return None

    async def keep_file_id(self, sha256: str, file_id: str) -> None:
        raise AssertionError("nothing to keep")


async def _no_drawing(svg: str) -> bytes | None:
    return None


async def _uploaded(bot: telegram.Bot) -> str:
    message = await bot.send_photo(50, png(8, 8))
    return message.photo[-1].file_id


def _announcements(tx: Connection, *, to: int) -> list[str]:
    rows = tx.execute(select(outbox.c.content).where(outbox.c.person_id == to).order_by(outbox.c.id))
    return [row.content for row in rows if '"kind":"announcement"' in row.content]


def _learner(tx: Connection) -> int:
    found = people.by_address(tx, 1)
    assert found is not None
    return found.id
