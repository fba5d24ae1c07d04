import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.outgoing import Screen
from bot.callback_data import Press
from bot.incoming import (
    Command,
    Edited,
    FileSent,
    Ignored,
    OtherContent,
    PhotoSent,
    Reachability,
    Sender,
    Tap,
    Typed,
    VoiceSent,
)
from bot.updates import parse, rich_text, sender_address, update_id
from lessons.markup import RichText, Span

OLENA = Sender(address=42, name="Olena K.", language="uk")
PERSON = {"id": 42, "is_bot": False, "first_name": "Olena", "last_name": "K.", "language_code": "uk"}
CHAT = {"id": 42, "type": "private", "first_name": "Olena"}


def message(**content: Any) -> dict[str, Any]:
    return {
        "update_id": 7,
        "message": {"message_id": 100, "date": 1_790_000_000, "from": PERSON, "chat": CHAT, **content},
    }


def tap(**content: Any) -> dict[str, Any]:
    shown = {"message_id": 90, "date": 1_790_000_000, "chat": CHAT, "text": "Card"}
    query = {"id": "9001", "from": PERSON, "message": shown, "data": "l_next:1z:0", **content}
    return {"update_id": 8, "callback_query": query}


@pytest.mark.parametrize(
    ("update", "incoming"),
    [
        pytest.param(
            message(text="/start K7Q4MXPR"),
            Command(sender=OLENA, name="start", argument="K7Q4MXPR", message_id=100),
            id="command",
        ),
        pytest.param(
            message(text="/Ask@DusalBot  why?"),
            Command(sender=OLENA, name="ask", argument="why?", message_id=100),
            id="command to this bot by name",
        ),
        pytest.param(
            message(text="/ask\nwhy is it\ncold?"),
            Command(sender=OLENA, name="ask", argument="why is it\ncold?", message_id=100),
            id="command with lines",
        ),
        pytest.param(
            message(text="/ 5 kWh"),
            Typed(sender=OLENA, text=RichText("/ 5 kWh"), message_id=100, reply_to=None),
            id="a slash is no command",
        ),
        pytest.param(
            message(text="150 kWh", reply_to_message={"message_id": 90}),
            Typed(sender=OLENA, text=RichText("150 kWh"), message_id=100, reply_to=90),
            id="typed as a reply",
        ),
        pytest.param(
            tap(),
            Tap(
                sender=OLENA,
                callback_id="9001",
                press=Press("l_next", ("1z", "0")),
                screen=Screen(message_id=90, has_media=False),
            ),
            id="tap",
        ),
        pytest.param(
            tap(
                message={
                    "message_id": 91,
                    "date": 1,
                    "chat": CHAT,
                    "photo": [{"file_id": "A"}],
                    "caption": "",
                }
            ),
            Tap(
                sender=OLENA,
                callback_id="9001",
                press=Press("l_next", ("1z", "0")),
                screen=Screen(message_id=91, has_media=True),
            ),
            id="tap under a picture",
        ),
        pytest.param(
            tap(message={"message_id": 90, "date": 0, "chat": CHAT}),
            Tap(sender=OLENA, callback_id="9001", press=Press("l_next", ("1z", "0")), screen=None),
            id="tap on a message Telegram no longer shows",
        ),
        pytest.param(
            tap(data="кнопка\ud800"),
            Tap(
                sender=OLENA,
                callback_id="9001",
                press=None,
                screen=Screen(message_id=90, has_media=False),
            ),
            id="data no button of ours carries",
        ),
        pytest.param(
            tap(message={"message_id": 5, "date": 1, "chat": {"id": -100, "type": "supergroup"}}),
            Tap(sender=OLENA, callback_id="9001", press=None, screen=None),
            id="tap in a group",
        ),
        pytest.param(
            message(photo=[{"file_id": "small"}, {"file_id": "large"}], caption="Our school"),
            PhotoSent(
                sender=OLENA, file_id="large", caption=RichText("Our school"), message_id=100, reply_to=None
            ),
            id="photo",
        ),
        pytest.param(
            message(document={"file_id": "F1", "file_name": "course\u202e.yaml", "file_size": 12_000}),
            FileSent(
                sender=OLENA,
                file_id="F1",
                file_name="course.yaml",
                size_bytes=12_000,
                message_id=100,
                forwarded=False,
            ),
            id="file",
        ),
        pytest.param(
            message(document={"file_id": "F1"}, forward_origin={"type": "hidden_user"}),
            FileSent(sender=OLENA, file_id="F1", file_name="", size_bytes=0, message_id=100, forwarded=True),
            id="forwarded file without name",
        ),
        pytest.param(
            message(animation={"file_id": "G"}, document={"file_id": "G"}),
            OtherContent(sender=OLENA, message_id=100),
            id="an animation is no document",
        ),
        pytest.param(
            message(voice={"file_id": "V", "duration": 12}),
            VoiceSent(sender=OLENA, file_id="V", kind="voice", seconds=12, message_id=100),
            id="voice",
        ),
        pytest.param(
            message(audio={"file_id": "A", "duration": True}),
            VoiceSent(sender=OLENA, file_id="A", kind="audio", seconds=0, message_id=100),
            id="audio whose length is no number",
        ),
        pytest.param(
            message(voice={"file_id": "V" * 300}),
            OtherContent(sender=OLENA, message_id=100),
            id="voice under a name that is none",
        ),
        pytest.param(
            {
                "update_id": 1,
                "my_chat_member": {"from": PERSON, "chat": CHAT, "new_chat_member": {"status": "kicked"}},
            },
            Reachability(sender=OLENA, reachable=False),
            id="blocked",
        ),
        pytest.param(
            {
                "update_id": 1,
                "my_chat_member": {"from": PERSON, "chat": CHAT, "new_chat_member": {"status": "member"}},
            },
            Reachability(sender=OLENA, reachable=True),
            id="unblocked",
        ),
        pytest.param(
            {
                "update_id": 1,
                "my_chat_member": {
                    "from": PERSON,
                    "chat": {"id": -1001, "type": "supergroup"},
                    "new_chat_member": {"status": "member"},
                },
            },
            Ignored(reason="group", leave_chat=-1001),
            id="added to a group by strangers",
        ),
        pytest.param(
            message(text="hello", chat={"id": -1001, "type": "supergroup"}),
            Ignored(reason="group"),
            id="said in a group",
        ),
        pytest.param(
            message(text="hello", sender_chat={"id": -1001}), Ignored(reason="group"), id="anonymous admin"
        ),
        pytest.param(
            message(text="hello", **{"from": {**PERSON, "is_bot": True}}),
            Ignored(reason="no sender"),
            id="another bot",
        ),
        pytest.param(message(pinned_message={}), Ignored(reason="service message"), id="service message"),
        pytest.param({"update_id": 1, "poll": {"id": "1"}}, Ignored(reason="kind"), id="another kind"),
        pytest.param(
            {"update_id": 1, "edited_message": message(text="/start x")["message"]},
            Edited(sender=OLENA, text=RichText("/start x"), message_id=100),
            id="an edited text is never a command",
        ),
        pytest.param(
            {"update_id": 1, "edited_message": message(caption="x")["message"]},
            Ignored(reason="edit"),
            id="an edited caption",
        ),
        pytest.param({"update_id": 1, "edited_message": {}}, Ignored(reason="no sender"), id="an empty edit"),
        pytest.param(None, Ignored(reason="malformed"), id="null"),
        pytest.param([], Ignored(reason="malformed"), id="a list"),
        pytest.param(tap(id=""), Ignored(reason="malformed"), id="a tap that cannot be answered"),
    ],
)
def test_parse(update: object, incoming: object) -> None:
    assert parse(update) == incoming


def test_a_language_that_is_none_is_left_out() -> None:
    typed = parse(message(text="hi", **{"from": {"id": 42, "language_code": "mn'; --"}}))

    assert isinstance(typed, Typed)
    assert typed.sender == Sender(address=42, name="", language="")


def test_formatting_is_read_in_code_points() -> None:
    text = "😀 see the plan here"
    entities = [
        {"type": "bold", "offset": 3, "length": 3},
        {"type": "text_link", "offset": 16, "length": 4, "url": "https://example.org/"},
        {"type": "text_link", "offset": 7, "length": 3, "url": "tg://user?id=1"},
        {"type": "mention", "offset": 0, "length": 2},
        {"type": "bold", "offset": 1, "length": 3},
        {"type": "italic", "offset": 5, "length": 4},
        {"type": "italic", "offset": 19, "length": 400},
    ]

    assert rich_text(text, entities) == RichText(
        text,
        (
            Span(start=2, length=3, kind="bold"),
            Span(start=15, length=4, kind="link", url="https://example.org/"),
        ),
    )


def test_half_characters_and_nul_are_replaced_in_place() -> None:
    assert rich_text("a\0b\ud800c", None) == RichText("a\ufffdb\ufffdc")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = (
    "message", "callback_query", "my_chat_member", "from", "chat", "id", "text", "entities", "data", "date",
    "message_id", "photo", "document", "file_id", "type", "offset", "length", "new_chat_member", "status",
    "caption", "url", "first_name", "language_code", "reply_to_message", "update_id",
)  # fmt: skip
TELEGRAM_LIKE = st.recursive(
    JSON | st.sampled_from(["private", "bold", "/start x", "member", 42, "l_next:1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=9),
    max_leaves=40,
)


def changed(update: dict[str, Any], path: list[str], value: object) -> dict[str, Any]:
    """Return a copy of `update` with one value replaced, as deep as the path goes."""
    copy = json.loads(json.dumps(update))
    part = copy
    for name in path[:-1]:
        if not isinstance(part.get(name), dict):
            break
        part = part[name]
    part[path[-1]] = value
    return copy  # type: ignore[no-any-return]  # JSON


@given(JSON | TELEGRAM_LIKE)
def test_nothing_that_comes_in_raises(update: object) -> None:
    parse(update)
    update_id(update)
    sender_address(update)


@given(
    st.sampled_from([message(text="/start x", entities=[{"type": "bold", "offset": 0, "length": 2}]), tap()]),
    st.lists(st.sampled_from(FIELDS), min_size=1, max_size=4),
    JSON,
)
def test_no_single_odd_value_raises(update: dict[str, Any], path: list[str], value: object) -> None:
    odd = changed(update, path, value)

    parse(odd)
    update_id(odd)
    sender_address(odd)


@pytest.mark.parametrize("number", [None, "7", True, 1.5, 2**63])
def test_a_number_that_cannot_be_confirmed_is_none(number: object) -> None:
    assert update_id({"update_id": number}) is None


def test_the_sender_is_named_for_the_order_of_handling() -> None:
    found = [sender_address(message(text="x")), sender_address(tap()), sender_address({"poll": {}})]

    assert found == [42, 42, 0]
