"""Whatever is posted: the service stays up, others are served, and the log names nobody (U02, U15, L04)."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from bot.all_handlers import all_handlers
from storage.tables import inbox, outbox, people
from tests.attacks.siege import ADMIN, FACILITATOR, Siege, besieged, human, message

LEARNER, STRANGER = 8_000_001, 8_000_002
CANARY = "Kanarienvogel"
FUZZ = settings(
    max_examples=6,
    deadline=None,
    database=None,
    # Without shrinking: each example posts to a service that remembers the ones before.
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40) | st.sampled_from((
    "", "\0", "\ud800", "\udfff\ud800",
    "\u202e" + CANARY, "e" + "\u0301" * 10_000, CANARY * 400, "/", "//", "/\0",
    "/start " + "\0" * 70, "/start@other_bot x", "👩‍👩‍👧‍👦" * 600, "=1+1", "%_%", "{0.__class__}", "{name}",
    "' OR 1=1 --", "<script>", "../../x", "\r\n[forged] line", "\x1b[31m",
))  # fmt: skip
ANY_NUMBER = st.integers() | st.sampled_from((
    0, -1, 1, 2**31, 2**52 - 1, 2**52, 2**53, 2**63 - 1, 2**63, -(2**63), 10**40, -1001234567890,
))  # fmt: skip
LEAF = st.none() | st.booleans() | ANY_NUMBER | st.floats() | ANY_TEXT
ANYTHING = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)
SENDERS = st.sampled_from((LEARNER, STRANGER, FACILITATOR, ADMIN))
ENTITIES = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(("bold", "text_link", "pre", "custom_emoji", "")) | LEAF,
            "offset": st.integers(-5, 5000) | LEAF,
            "length": st.integers(-5, 5000) | LEAF,
        },
        optional={
            "url": st.sampled_from(("https://a.example", "javascript:alert(1)", "https://\ud800")) | LEAF
        },
    ),
    max_size=5,
)


@st.composite
def updates(draw: st.DrawFn) -> dict[str, Any]:
    """Return an update that nearly is one: the real shape with a few values replaced by anything."""
    sender = draw(SENDERS)
    update: dict[str, Any] = json.loads(json.dumps(draw(st.sampled_from(list(SHAPES)))(draw, sender)))
    for _ in range(draw(st.integers(0, 3))):
        _spoil(update, draw)
    return update


def _text(draw: st.DrawFn, sender: int) -> object:
    return message(sender, text=draw(ANY_TEXT), entities=draw(ENTITIES))


def _reply(draw: st.DrawFn, sender: int) -> object:
    replied = {"message_id": draw(st.integers(1, 40)), "text": CANARY}
    return message(sender, text=draw(ANY_TEXT), reply_to_message=replied)


def _named(draw: st.DrawFn, sender: int) -> object:
    made = message(sender, text="/start")
    made["message"]["from"] = human(sender, first_name=draw(ANY_TEXT), language_code=draw(ANY_TEXT))  # type: ignore[index]  # as made above
    return made


def _picture(draw: st.DrawFn, sender: int) -> object:
    sizes = [{"file_id": draw(ANY_TEXT), "width": 1, "height": 1}]
    return message(sender, photo=sizes, caption=draw(ANY_TEXT), caption_entities=draw(ENTITIES))


def _file(draw: st.DrawFn, sender: int) -> object:
    name = draw(ANY_TEXT | st.sampled_from(("a.yaml", "a.zip", "../../a.zip")))
    return message(
        sender, document={"file_id": draw(ANY_TEXT), "file_name": name, "file_size": draw(ANY_NUMBER)}
    )


def _other(draw: st.DrawFn, sender: int) -> object:
    return message(sender, **{draw(st.sampled_from(("voice", "sticker", "contact", "story", "poll"))): {}})


def _press(draw: st.DrawFn, sender: int) -> object:
    values = st.lists(st.text("0123456789abcxyz-_+ １", max_size=12), max_size=5)
    made_up = st.builds(lambda verb, parts: ":".join((verb, *parts)), st.sampled_from(VERBS), values)
    shown = {"message_id": draw(st.integers(1, 40)), "date": 1, "chat": {"id": sender, "type": "private"}}
    query = {
        "id": draw(st.text("0123456789", min_size=1, max_size=20)),
        "from": human(sender),
        "message": shown,
    }
    return {"callback_query": {**query, "data": draw(made_up | ANY_TEXT)}}


def _group(draw: st.DrawFn, sender: int) -> object:
    made = message(sender, text=f"/start {CANARY}", sender_chat={"id": -100123, "type": "channel"})
    made["message"]["chat"] = {"id": -100123, "type": draw(st.sampled_from(("group", "supergroup")))}  # type: ignore[index]  # as made above
    return made


def _member(draw: st.DrawFn, sender: int) -> object:
    chat = draw(st.sampled_from(({"id": sender, "type": "private"}, {"id": -77, "type": "group"})))
    status = draw(st.sampled_from(("member", "kicked", "left", "administrator")))
    return {
        "my_chat_member": {
            "from": human(sender),
            "chat": chat,
            "date": 1,
            "new_chat_member": {"status": status},
        }
    }


def _foreign(draw: st.DrawFn, sender: int) -> object:
    kinds = (
        "edited_message",
        "channel_post",
        "business_message",
        "inline_query",
        "chat_join_request",
        "new_kind",
    )
    return {draw(st.sampled_from(kinds)): {"from": human(sender), "text": CANARY, "chat": {"id": sender}}}


def _of_a_bot(draw: st.DrawFn, sender: int) -> object:
    made = message(sender, text="/start")
    made["message"]["from"] = human(sender, is_bot=True)  # type: ignore[index]  # as made above
    return made


SHAPES = (_text, _reply, _named, _picture, _file, _other, _press, _group, _member, _foreign, _of_a_bot)
VERBS = sorted(all_handlers().taps)


def _spoil(update: dict[str, Any], draw: st.DrawFn) -> None:
    """Replace or take away one value, somewhere."""
    places = list(_places(update))
    if not places:
        return
    holder, key = draw(st.sampled_from(places))
    if draw(st.booleans()):
        holder[key] = draw(ANYTHING)
    elif isinstance(holder, dict):
        del holder[key]


def _places(value: Any) -> Iterator[tuple[Any, Any]]:  # JSON
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(inner, (dict, list)):
            yield from _places(inner)


@pytest.fixture
async def siege(ready_database_url: str) -> AsyncIterator[Siege]:
    async with besieged(ready_database_url) as running:
        await running.join("Ann", number=LEARNER)
        yield running


@FUZZ
@given(st.data())
async def test_any_update_leaves_the_service_as_it_was(siege: Siege, data: st.DataObject) -> None:
    batch = data.draw(st.lists(updates(), min_size=15, max_size=25))

    statuses = await asyncio.gather(*map(siege.throw, batch))
    await siege.settled()

    assert set(statuses) == {200}
    await siege.still_serves()
    assert CANARY not in siege.logged.getvalue()
    assert "Mallory" not in siege.logged.getvalue()
    assert "Traceback" not in siege.logged.getvalue()


@FUZZ
@given(body=st.binary(max_size=60) | ANYTHING.map(lambda value: json.dumps(value).encode()))
async def test_any_body_is_answered_and_changes_nothing(siege: Siege, body: bytes) -> None:
    before = await siege.service.parts.database.read(_rows)

    status = await siege.post(body)

    assert status == 400
    assert await siege.service.parts.database.read(_rows) == before


async def test_an_update_that_comes_five_times_has_one_effect(siege: Siege) -> None:
    first = {"update_id": 41, **message(STRANGER, text="/help")}
    # A number below one seen before is no repetition: after a quiet week Telegram starts anywhere.
    second = {"update_id": 7, **message(STRANGER, text="/privacy")}
    before = await siege.service.parts.database.read(_rows)

    await asyncio.gather(*(siege.post(update) for update in (first, second, first, second, first)))
    await siege.settled()
    await asyncio.gather(*(siege.post(update) for update in (second, first)))
    await siege.settled()

    after = await siege.service.parts.database.read(_rows)
    assert {name: after[name] - before[name] for name in after} == {"inbox": 2, "outbox": 2, "people": 1}


def _rows(tx: Connection) -> Mapping[str, int]:
    return {
        table.name: int(tx.execute(select(func.count()).select_from(table)).scalar_one())
        for table in (inbox, outbox, people)
    }
