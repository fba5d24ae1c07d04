"""Courses dropped into the chat: what is read, what is refused, and by whom."""

import zipfile
from io import BytesIO
from random import Random

import pytest
from sqlalchemy import Connection
from telegram.error import TimedOut

from academy.messages.authoring import CourseReport, FileRefused, PublishOffer, PublishResult
from academy.messages.facilitating import Notice
from academy.outgoing import Screen
from bot.callback_data import press
from bot.context import Context
from bot.direct_exchange import TooLargeError
from bot.files import Fetch
from bot.handlers import authoring, course_drafts
from bot.incoming import FileSent, Sender, Tap
from learners.people import Person
from storage import courses, people, roles
from tests.academy.cohort import NOW, shown
from tests.academy.school import ACADEMY
from tests.app.scripting import COURSE as TEA

SENDER = Sender(address=60, name="Admin", language="en")
COURSE = TEA.encode()
BROKEN = COURSE.replace(b"answer: true", b"anwser: true")


class Telegram:
    """Gives one content for every file, and counts how often it is asked."""

    def __init__(self, content: bytes | Exception | None) -> None:
        self.content = content
        self.asked = 0

    async def __call__(self, file_id: str, *, limit_bytes: int) -> bytes | None:
        self.asked += 1
        if isinstance(self.content, Exception):
            raise self.content
        if self.content is not None and len(self.content) > limit_bytes:
            raise TooLargeError
        return self.content


def file(name: str = "tea.yaml", *, size: int = 100, forwarded: bool = False) -> FileSent:
    return FileSent(
        sender=SENDER, file_id="f", file_name=name, size_bytes=size, message_id=5, forwarded=forwarded
    )


def zipped(content: bytes) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("course.yaml", content)
    return packed.getvalue()


def admin(tx: Connection) -> Person:
    person = people.add(tx, address=60, name="Admin", language="en", now=NOW)
    roles.grant(tx, person_id=person.id, name="admin", group_id=None, now=NOW)
    return person


def context(tx: Connection, person: Person) -> Context:
    return Context(
        now=NOW,
        academy=ACADEMY,
        person=person,
        read_roles=lambda: roles.roles_of(tx, person.id),
        random=Random(1),
    )


@pytest.mark.parametrize(
    ("sent", "telegram", "refused", "asked"),
    [
        pytest.param(file("tea.pdf"), Telegram(b""), FileRefused(reason="type"), 0, id="wrong type"),
        pytest.param(file("tea"), Telegram(b""), FileRefused(reason="type"), 0, id="no type"),
        pytest.param(
            file(forwarded=True), Telegram(COURSE), FileRefused(reason="forwarded"), 0, id="forwarded"
        ),
        pytest.param(
            file(size=2**20 + 1),
            Telegram(COURSE),
            FileRefused(reason="too_large", limit_megabytes=1),
            0,
            id="a text of more than 1 MB is not even fetched",
        ),
        pytest.param(
            file("TEA.ZIP", size=20 * 2**20 + 1),
            Telegram(COURSE),
            FileRefused(reason="too_large", limit_megabytes=20),
            0,
            id="a zip of more than 20 MB is not even fetched",
        ),
        pytest.param(
            file(size=1),
            Telegram(b"x" * (2**20 + 1)),
            FileRefused(reason="too_large", limit_megabytes=1),
            1,
            id="larger than it claimed",
        ),
        pytest.param(file(), Telegram(None), FileRefused(reason="gone"), 1, id="gone"),
        pytest.param(file(), Telegram(TimedOut()), FileRefused(reason="out_of_reach"), 1, id="no network"),
    ],
)
async def test_a_file_that_is_not_read_says_why(
    sent: FileSent, telegram: Telegram, refused: FileRefused, asked: int
) -> None:
    fetch: Fetch = telegram

    assert await authoring.prepare(sent, fetch=fetch) == refused
    assert telegram.asked == asked


@pytest.mark.parametrize(("name", "content"), [("tea.yaml", COURSE), ("tea.zip", zipped(COURSE))])
async def test_a_dropped_course_is_checked_offered_and_published(
    tx: Connection, name: str, content: bytes
) -> None:
    person = admin(tx)
    prepared = await authoring.prepare(file(name), fetch=Telegram(content))

    authoring.file_sent(tx, file(name), context(tx, person), prepared)
    offer = shown(tx, person)[-1].message
    assert isinstance(offer, PublishOffer)
    tap = Tap(
        sender=SENDER,
        callback_id="1",
        press=press("c_publish", offer.draft_id),
        screen=Screen(message_id=8, has_media=False),
    )
    course_drafts.publish(tx, tap, context(tx, person))

    assert (offer.course_id, offer.version, offer.lessons, offer.questions) == ("tea", "1.0.0", 1, 1)
    result = shown(tx, person)[-1].message
    assert result == PublishResult(
        outcome="published", course_id="tea", version="1.0.0", content_hash=offer.content_hash
    )
    version = courses.latest(tx, "tea")
    assert version is not None
    assert courses.course(tx, version).title == "Tea"


async def test_a_broken_course_is_reported_and_nothing_is_offered(tx: Connection) -> None:
    person = admin(tx)
    prepared = await authoring.prepare(file(), fetch=Telegram(BROKEN))

    authoring.file_sent(tx, file(), context(tx, person), prepared)

    (report,) = (said.message for said in shown(tx, person))
    assert isinstance(report, CourseReport)
    assert report.errors == 1  # `anwser` is unknown, so `answer` is not told to be missing
    assert "--> tea.yaml:13:9" in report.first[0]
    assert "`anwser`" in report.document


async def test_a_bomb_is_not_unpacked(tx: Connection) -> None:
    person = admin(tx)
    bomb = zipped(b"a" * 50_000_000)
    prepared = await authoring.prepare(file("bomb.zip", size=len(bomb)), fetch=Telegram(bomb))

    authoring.file_sent(tx, file("bomb.zip"), context(tx, person), prepared)

    (report,) = (said.message for said in shown(tx, person))
    assert isinstance(report, CourseReport)
    assert (report.errors, report.warnings) == (1, 0)


async def test_somebody_whose_role_was_taken_away_publishes_nothing(tx: Connection) -> None:
    person = admin(tx)
    prepared = await authoring.prepare(file(), fetch=Telegram(COURSE))
    authoring.file_sent(tx, file(), context(tx, person), prepared)
    offer = shown(tx, person)[-1].message
    assert isinstance(offer, PublishOffer)
    roles.revoke(tx, person_id=person.id, name="admin", group_id=None)

    authoring.file_sent(tx, file(), context(tx, person), prepared)
    tap = Tap(sender=SENDER, callback_id="1", press=press("c_publish", offer.draft_id), screen=None)
    course_drafts.publish(tx, tap, context(tx, person))

    assert [said.message for said in shown(tx, person)[-2:]] == [
        FileRefused(reason="not_admin"),
        Notice(what="not_allowed"),
    ]
    assert courses.latest(tx, "tea") is None
