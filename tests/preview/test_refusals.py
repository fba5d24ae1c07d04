"""Each thing Telegram refuses has a request here, and its words are compared."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from preview.limits import RateLimits, Window
from preview.movable_clock import MovableClock
from preview.server import PreviewServer
from tests.loopback import NO_TLS
from tests.preview.pictures import png
from tests.preview.wire import OLENA, Wire

TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)
BLOCKED = (403, "Forbidden: bot was blocked by the user")
STRANGER = (403, "Forbidden: bot can't initiate conversation with a user")


def keyboard(**button: object) -> dict[str, object]:
    return {"inline_keyboard": [[{"text": "Go on", **button}]]}


BUTTON = "Bad Request: can't parse inline keyboard button: "
PARSE = "Bad Request: can't parse entities: "


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"text": "x" * 4097}, "Bad Request: message is too long"),
        ({"text": "<b>" + "я" * 4097 + "</b>", "parse_mode": "HTML"}, "Bad Request: message is too long"),
        ({"text": ""}, "Bad Request: message text is empty"),
        ({"text": " \n "}, "Bad Request: message text is empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "Bad Request: message text is empty"),
        ({}, "Bad Request: message text is empty"),
        ({"text": "x", "parse_mode": "Fancy"}, "Bad Request: unsupported parse_mode"),
        ({"text": "x", "reply_markup": keyboard(callback_data="x" * 65)}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": keyboard(callback_data="я" * 33)}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": keyboard(callback_data="")}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": keyboard(url="nonsense")}, "Bad Request: BUTTON_URL_INVALID"),
        (
            {"text": "x", "reply_markup": keyboard()},
            f"{BUTTON}Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "x", "reply_markup": keyboard(url=None)},
            f'{BUTTON}Field "url" must be of type String',
        ),
        (
            {"text": "x", "reply_markup": keyboard(callback_data="a", style="pink")},
            f"{BUTTON}invalid button style specified",
        ),
        (
            {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "b", "callback_data": "b"}]] * 101}},
            "Bad Request: reply markup is too long",
        ),
        ({"text": "x", "reply_markup": "{"}, "Bad Request: can't parse reply keyboard markup JSON object"),
        ({"text": "x", "reply_markup": "[]"}, "Bad Request: object expected as reply markup"),
        (
            {"text": "x", "reply_parameters": {"message_id": 99}},
            "Bad Request: message to be replied not found",
        ),
        (
            {"text": "ab", "entities": [{"type": "bold", "offset": 0, "length": 9}]},
            (
                "Bad Request: entity beginning at UTF-16 offset 0 ends after the end of the text "
                "at UTF-16 offset 9"
            ),
        ),
        (
            {"text": "a🌞b", "entities": [{"type": "bold", "offset": 0, "length": 2}]},
            (
                "Bad Request: entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol "
                "at byte offset 1"
            ),
        ),
        (
            {"text": "a🌞b", "entities": [{"type": "bold", "offset": 2, "length": 1}]},
            "Bad Request: entity begins in a middle of a UTF-16 symbol at byte offset 1",
        ),
        (
            {"text": "<b>x", "parse_mode": "HTML"},
            f'{PARSE}Can\'t find end tag corresponding to start tag "b"',
        ),
        ({"text": "x</b>", "parse_mode": "html"}, f"{PARSE}Unexpected end tag at byte offset 1"),
        (
            {"text": "я<b><i>x</b></i>", "parse_mode": "HTML"},
            f'{PARSE}Unmatched end tag at byte offset 9, expected "</i>", found "</b>"',
        ),
        ({"text": "<h1>x</h1>", "parse_mode": "HTML"}, f'{PARSE}Unsupported start tag "h1" at byte offset 0'),
        ({"text": "5 < 6", "parse_mode": "HTML"}, f'{PARSE}Unsupported start tag "" at byte offset 2'),
        ({"text": "a <b", "parse_mode": "HTML"}, f"{PARSE}Unclosed start tag at byte offset 2"),
        (
            {"text": "<span>x</span>", "parse_mode": "HTML"},
            f'{PARSE}Tag "span" must have class "tg-spoiler" at byte offset 0',
        ),
        (
            {"text": "<a href>x</a>", "parse_mode": "HTML"},
            f'{PARSE}Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0',
        ),
    ],
)
async def test_send_message_refuses(met: Wire, values: dict[str, object], words: str) -> None:
    assert await met.refused("sendMessage", chat_id=101, **values) == (400, words)
    assert await met.texts() == ["/start"]


@pytest.mark.parametrize(
    "values",
    [
        {"text": "x" * 4096},
        {"text": "🌞" * 4096},
        {"text": "<b>" + "x" * 4096 + "</b>", "parse_mode": "HTML"},
        {"text": "x", "reply_markup": keyboard(callback_data="я" * 32)},
        {"text": "x", "reply_parameters": {"message_id": 99, "allow_sending_without_reply": True}},
    ],
)
async def test_send_message_takes_what_just_fits(met: Wire, values: dict[str, object]) -> None:
    assert (await met.bot("sendMessage", chat_id=101, **values))["ok"]


@pytest.mark.parametrize(
    ("chat_id", "refusal"),
    [
        ("", (400, "Bad Request: chat_id is empty")),
        (999, (400, "Bad Request: chat not found")),
        ("²", (400, "Bad Request: chat not found")),
        ("9" * 5000, (400, "Bad Request: chat not found")),
        ("@nobody", (400, "Bad Request: chat not found")),
        (102, STRANGER),
    ],
)
async def test_unknown_chats_are_refused(met: Wire, chat_id: object, refusal: tuple[int, str]) -> None:
    assert await met.refused("sendMessage", chat_id=chat_id, text="x") == refusal


async def test_a_blocked_bot_cannot_write_or_edit(met: Wire) -> None:
    sent = await met.result("sendMessage", chat_id=101, text="before")
    await met.act("block")

    assert await met.refused("sendMessage", chat_id=101, text="x") == BLOCKED
    assert (
        await met.refused("editMessageText", chat_id=101, message_id=sent["message_id"], text="x") == BLOCKED
    )

    await met.act("unblock")
    assert (await met.bot("sendMessage", chat_id=101, text="after"))["ok"]


async def test_edits_are_refused(met: Wire) -> None:
    text = await met.result("sendMessage", chat_id=101, text="one", reply_markup=keyboard(callback_data="a"))
    mine = (await met.chat())["messages"][0]["id"]
    place = {"chat_id": 101, "message_id": text["message_id"]}

    assert await met.refused(
        "editMessageText", **place, text=" one ", reply_markup=keyboard(callback_data="a")
    ) == (400, NOT_MODIFIED)
    assert await met.refused("editMessageReplyMarkup", **place, reply_markup=keyboard(callback_data="a")) == (
        400,
        NOT_MODIFIED,
    )
    assert await met.refused("editMessageText", chat_id=101, message_id=77, text="x") == (
        400, "Bad Request: message to edit not found",
    )  # fmt: skip
    assert await met.refused("editMessageText", chat_id=101, text="x") == (
        400, "Bad Request: message identifier is not specified",
    )  # fmt: skip
    assert await met.refused("editMessageText", chat_id=101, message_id=mine, text="x") == (
        400, "Bad Request: message can't be edited",
    )  # fmt: skip
    assert await met.refused("editMessageText", **place, text="x" * 4097) == (
        400, "Bad Request: MESSAGE_TOO_LONG",
    )  # fmt: skip
    assert await met.refused("editMessageCaption", **place, caption="x") == (
        400, "Bad Request: there is no caption in the message to edit",
    )  # fmt: skip


async def test_pictures_and_documents_are_refused(met: Wire) -> None:
    url = f"/bot{met.server.token}/sendPhoto"

    async def photo(content: bytes, **values: str) -> tuple[int, str]:
        answer = await met.http.post(url, data={"chat_id": "101", **values}, files={"photo": content})
        return answer.json()["error_code"], answer.json()["description"]

    assert await photo(png(10, 10), caption="x" * 1025) == (400, "Bad Request: message caption is too long")
    assert await photo(b"no picture") == (400, "Bad Request: IMAGE_PROCESS_FAILED")
    assert await photo(png(1, 21)) == (400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
    heavy = png(10, 10, padding=10 * 1024 * 1024)
    assert await photo(heavy) == (
        400,
        (
            f"Bad Request: file of size {len(heavy)} bytes is too big for a photo; "
            "the maximum size is 10485760 bytes"
        ),
    )
    assert await photo(bytes(51 * 1024 * 1024 + 1)) == (413, "Request Entity Too Large")
    assert await met.refused("sendPhoto", chat_id=101) == (
        400,
        "Bad Request: there is no photo in the request",
    )
    assert await met.refused("sendPhoto", chat_id=101, photo="made-up") == (
        400, "Bad Request: wrong remote file identifier specified: Wrong string length",
    )  # fmt: skip
    assert await met.refused("sendDocument", chat_id=101) == (
        400, "Bad Request: there is no document in the request",
    )  # fmt: skip
    empty = await met.http.post(
        f"/bot{met.server.token}/sendDocument", data={"chat_id": "101"}, files={"document": b""}
    )
    assert empty.json()["description"] == "Bad Request: file must be non-empty"


async def test_get_file_is_refused(met: Wire) -> None:
    await met.http.post(
        "/phone/people/101/document", files={"file": ("big.bin", bytes(20 * 1024 * 1024 + 1))}
    )
    file_id = (await met.updates())[0]["message"]["document"]["file_id"]

    assert await met.refused("getFile", file_id=file_id) == (400, "Bad Request: file is too big")
    assert await met.refused("getFile") == (400, "Bad Request: file_id not specified")
    assert await met.refused("getFile", file_id="x") == (
        400, "Bad Request: wrong file_id or the file is temporarily unavailable",
    )  # fmt: skip
    assert await met.refused("sendPhoto", chat_id=101, photo=file_id) == (
        400, "Bad Request: type of file mismatch",
    )  # fmt: skip


async def test_callbacks_are_answered_once_and_in_time(met: Wire) -> None:
    sent = await met.result("sendMessage", chat_id=101, text="x", reply_markup=keyboard(callback_data="a"))
    for _ in range(2):
        await met.act("press", message_id=sent["message_id"], row=0, column=0, wait="0.01")
    first, second = (update["callback_query"]["id"] for update in await met.updates())

    assert await met.refused("answerCallbackQuery", callback_query_id="77") == (400, TOO_OLD)
    assert await met.refused("answerCallbackQuery", callback_query_id=first, text="x" * 201) == (
        400, "Bad Request: MESSAGE_TOO_LONG",
    )  # fmt: skip
    met.clock.advance(timedelta(seconds=150))
    assert await met.result("answerCallbackQuery", callback_query_id=first, text="x" * 200) is True
    assert await met.refused("answerCallbackQuery", callback_query_id=first) == (400, TOO_OLD)
    met.clock.advance(timedelta(seconds=1))
    assert await met.refused("answerCallbackQuery", callback_query_id=second) == (400, TOO_OLD)


async def test_deletes_are_refused(met: Wire) -> None:
    sent = await met.result("sendMessage", chat_id=101, text="x")
    assert await met.refused("deleteMessage", chat_id=101, message_id=77) == (
        400, "Bad Request: message to delete not found",
    )  # fmt: skip
    met.clock.advance(timedelta(hours=48, seconds=1))
    assert await met.refused("deleteMessage", chat_id=101, message_id=sent["message_id"]) == (
        400, "Bad Request: message can't be deleted for everyone",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("method", "values", "words"),
    [
        ("setMyCommands", {"commands": [{"command": "Übung", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        (
            "setMyCommands",
            {"commands": [{"command": "a", "description": ""}]},
            "BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        (
            "setMyCommands",
            {"commands": [{"command": "a", "description": "x"}] * 101},
            "BOT_COMMANDS_TOO_MUCH",
        ),
        ("setMyCommands", {"commands": [], "language_code": "english"}, "invalid language_code specified"),
        ("setMyDescription", {"description": "x" * 513}, "BOT_DESCRIPTION_TOO_LONG"),
        ("setWebhook", {"url": "https://example.org/hook"},
         "bad webhook: only loopback addresses are reached from here"),
        ("setWebhook", {"url": "http://127.0.0.1:9/", "secret_token": "no spaces"},
         "secret token contains illegal characters"),
        ("sendChatAction", {"chat_id": 101, "action": "dance"}, "wrong parameter action in request"),
        ("setMessageReaction", {"chat_id": 101, "message_id": 77}, "message to react not found"),
    ],
)  # fmt: skip
async def test_other_methods_refuse(met: Wire, method: str, values: dict[str, object], words: str) -> None:
    assert await met.refused(method, **values) == (400, f"Bad Request: {words}")


async def test_tokens_and_methods_are_checked(wire: Wire) -> None:
    async def answer(path: str) -> tuple[int, dict[str, object]]:
        got = await wire.http.get(path)
        return got.status_code, got.json()

    unknown = {"ok": False, "error_code": 404, "description": "Not Found"}
    assert await answer("/bot1000000001:another-token-altogether/getMe") == (
        401, {"ok": False, "error_code": 401, "description": "Unauthorized"},
    )  # fmt: skip
    assert await answer("/botnonsense/getMe") == (404, unknown)
    assert await answer(f"/bot{wire.server.token}/dance") == (404, unknown)
    assert (await answer(f"/bot{wire.server.token}/GETME"))[0] == 200


async def test_too_many_requests_name_the_seconds_to_wait() -> None:
    limits = RateLimits(
        overall=(Window(count=4, seconds=60.0),),
        per_chat=(Window(count=2, seconds=30.0),),
        reply_seconds=0,
    )
    clock = MovableClock(datetime(2026, 11, 23, 8, 0, tzinfo=UTC))
    server = PreviewServer(clock=clock, people=(OLENA,), rate_limits=limits)
    async with server, httpx.AsyncClient(base_url=server.url, verify=NO_TLS) as http:
        wire = Wire(server, clock, http)
        await wire.act("text", text="/start")
        sent = await wire.result("sendMessage", chat_id=101, text="one")
        # An edit does not fill a private chat.
        await wire.result("editMessageText", chat_id=101, message_id=sent["message_id"], text="two")
        await wire.result("sendMessage", chat_id=101, text="three")

        answer = await http.post(f"/bot{server.token}/sendMessage", json={"chat_id": 101, "text": "four"})

        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "30"
        assert answer.json() == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 30",
            "parameters": {"retry_after": 30},
        }
