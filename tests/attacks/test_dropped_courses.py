"""Files dropped into the chat by somebody who wishes us ill, or is clumsy: a sentence each (C01–C14)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import Connection, func, select

from academy import granting
from bot.course_reading import read_apart
from preview.phone_client import Phone
from storage.tables import course_drafts, course_versions, media
from tests.attacks.bad_courses import HEAD, SVG, TEA, linked, pictured, png, slow, zipped
from tests.attacks.siege import ADMIN, FACILITATOR, START, Siege, besieged, message


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def siege(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Siege]:
    async with besieged(f"sqlite:///{tmp_path_factory.mktemp('courses') / 'dusal.db'}") as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def admin(siege: Siege) -> Phone:
    """The admin's phone; whatever an earlier test took away from them is given back."""
    await siege.service.parts.database.run(
        lambda tx: granting.grant(tx, address=ADMIN, role="admin", group_name=None, now=START)
    )
    return await siege.staff("Delger", ADMIN)


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("bomb.yaml", b"a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n", "E007"),
        ("deep.yaml", b"a: " + b"[" * 50_000, "E013"),
        ("slip.zip", zipped({"../course.yaml": TEA}), "cannot be used"),
        ("link.zip", linked(), "is a link or a device"),
        ("bomb.zip", lambda: zipped({"course.yaml": b"#" * 50_000_000}), "too large when unpacked"),
        ("svg.zip", pictured(SVG), "is not a png, jpg or webp"),
        ("wide.zip", pictured(png(50_000, 50_000)), "too many for Telegram"),
        ("tea.pdf", TEA, "This file was not read."),
        ("tea.yaml\u202egnp.", TEA, "This file was not read."),
        ("large.yaml", b"#" * (2**20 + 1), "larger than 1 MB"),
        ("large.zip", lambda: b"PK" + b"\0" * (21 * 2**20), "larger than 20 MB"),
    ],
    ids=["yaml", "depth", "slip", "link", "zip", "svg", "wide", "pdf", "turned", "1 MB", "20 MB"],
)  # fmt: skip
async def test_a_file_that_is_no_course_gets_one_sentence_and_leaves_nothing(
    siege: Siege, admin: Phone, name: str, content: bytes | Callable[[], bytes], told: str
) -> None:
    given = content if isinstance(content, bytes) else content()
    before, kept = len(await admin.messages()), await siege.service.parts.database.read(_kept)

    await admin.send_document(name, given)
    await siege.settled()

    (_, said) = (await admin.messages())[before:]
    assert told in said.text
    assert said.labels == ()
    assert await siege.service.parts.database.read(_kept) == kept


async def test_a_reading_that_takes_minutes_is_broken_off() -> None:
    started = asyncio.get_running_loop().time()

    reading = await read_apart("slow.yaml", slow(), cpu_seconds=1)

    assert [problem.message for problem in reading.problems] == [
        "reading it takes too long, or too much memory"
    ]
    assert asyncio.get_running_loop().time() - started < 20


async def test_while_a_course_is_read_taps_are_answered(siege: Siege, admin: Phone) -> None:
    witness = await siege.phones.add("Bat")
    before = len(await admin.messages())
    lags: list[float] = []
    watch = asyncio.create_task(_watch(lags))

    await admin.send_document("slow.yaml", HEAD + b"".join(b"k%d: v\n" % n for n in range(60_000)))
    served = 0
    while len(await admin.messages()) == before + 1:
        await witness.write("/help")
        served += 1
        # `_refresh` waits for the next change of this phone, not for the admin's.
        while len(await witness.messages()) < 2 * served:
            await witness._refresh(wait=1.0)
    watch.cancel()
    await siege.settled()

    assert served > 5
    assert max(lags) < 1.0
    await siege.still_serves()


async def test_only_the_admin_who_sent_it_publishes_and_once(siege: Siege, admin: Phone) -> None:
    other = await siege.staff("Saraa", FACILITATOR)
    versions, drafts, _ = await siege.service.parts.database.read(_kept)
    await admin.send_document("tea.yaml", TEA)
    await siege.settled()
    offer = await admin.last()
    (data,) = (one for one in _presses(siege, admin) if one.startswith("c_publish"))

    foreign = await other.press_data((await other.last()).id, data)
    await siege.settled()
    refused = await other.last()
    await siege.service.parts.database.run(
        lambda tx: granting.grant(tx, address=FACILITATOR, role="admin", group_name=None, now=START)
    )
    await other.press_data(refused.id, data)
    await siege.settled()
    another = await other.last()
    assert await siege.service.parts.database.read(_kept) == (versions, drafts + 1, 0)
    await admin.press_data(offer.id, data)
    await admin.press_data(offer.id, data)
    await siege.settled()

    assert foreign == ""
    assert refused.text == "This needs a role that you do not have. An admin can give it to you."
    assert another.text.startswith("This offer is over.")
    assert [said.text.split("\n")[0] for said in await admin.messages()][-1].startswith("Published.")
    assert await siege.service.parts.database.read(_kept) == (versions + 1, drafts + 1, 0)


async def test_an_offer_ends_after_ten_minutes_and_with_the_role(siege: Siege, admin: Phone) -> None:
    versions, _, _ = await siege.service.parts.database.read(_kept)
    await admin.send_document("tea.yaml", TEA.replace(b"1.0.0", b"1.1.0"))
    await siege.settled()
    siege.clock.advance(timedelta(minutes=10, seconds=1))
    late = await siege.tap(admin, "Publish")
    await admin.send_document("tea.yaml", TEA.replace(b"1.0.0", b"1.2.0"))
    await siege.settled()
    await siege.service.parts.database.run(
        lambda tx: granting.revoke(tx, address=ADMIN, role="admin", group_name=None, now=START)
    )
    revoked = await siege.tap(admin, "Publish")
    await admin.send_document("tea.yaml", TEA.replace(b"1.0.0", b"1.3.0"))
    await siege.settled()
    stranger = await admin.last()

    assert late.text.startswith("This offer is over.")
    assert revoked.text == "This needs a role that you do not have. An admin can give it to you."
    assert stranger.text == "Courses are managed by the academy's admins. Your file was not read."
    assert (await siege.service.parts.database.read(_kept))[0] == versions


async def test_a_file_that_is_forwarded_or_from_a_group_is_not_even_fetched(
    siege: Siege, admin: Phone
) -> None:
    file = {"file_id": "BQACAgI", "file_name": "tea.yaml", "file_size": 10}
    origin = {"type": "user", "date": 1, "sender_user": {"id": 1, "is_bot": False, "first_name": "M"}}
    grouped = message(ADMIN, document=file)
    grouped["message"] |= {"chat": {"id": -100, "type": "supergroup"}}  # type: ignore[operator]  # as made above
    asked = len([call for call in siege.server.requests if call.method.lower() == "getfile"])

    await siege.throw(message(ADMIN, document=file, forward_origin=origin))
    await siege.throw(grouped)
    await siege.settled()

    assert [call for call in siege.server.requests if call.method.lower() == "getfile"][asked:] == []


def _presses(siege: Siege, phone: Phone) -> list[str]:
    shown = list(siege.server.world.chats[phone.id].messages.values())[-1]
    return [str(button["callback_data"]) for row in shown.buttons for button in row]


def _kept(tx: Connection) -> tuple[int, ...]:
    counts = (select(func.count()).select_from(table) for table in (course_versions, course_drafts, media))
    return tuple(int(tx.execute(count).scalar_one()) for count in counts)


async def _watch(lags: list[float]) -> None:
    """Note how much later than asked for the loop comes round."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + 0.005
        await asyncio.sleep(0.005)
        lags.append(loop.time() - due)
