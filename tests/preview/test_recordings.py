"""Voice messages, audio, video and files: what Telegram makes of them, and what it refuses."""

from typing import Any

import pytest

from preview.phone_client import Phones
from tests.lessons.media_files import mp3, mp4, ogg, pdf, webp
from tests.preview.wire import Wire


async def upload(wire: Wire, method: str, part: str, content: bytes, **values: str) -> dict[str, Any]:
    answer = await wire.http.post(
        f"/bot{wire.server.token}/{method}",
        data={"chat_id": "101", **values},
        files={part: ("media/a.bin", content)},
    )
    body = answer.json()
    assert body["ok"], body
    return dict(body["result"])


@pytest.mark.parametrize(
    ("method", "part", "content", "made", "mime"),
    [
        ("sendVoice", "voice", ogg(), "voice", "audio/ogg"),
        ("sendVoice", "voice", mp3(), "voice", "audio/mpeg"),
        ("sendVoice", "voice", pdf(), "document", "application/octet-stream"),
        ("sendAudio", "audio", mp3(), "audio", "audio/mpeg"),
        ("sendAudio", "audio", mp4(seen=False), "audio", "audio/mp4"),
        # Audio must be mp3 or m4a (Bot API, sendAudio).
        ("sendAudio", "audio", ogg(), "document", "application/octet-stream"),
        ("sendVideo", "video", mp4(), "video", "video/mp4"),
        ("sendVideo", "video", mp4(sound=False), "animation", "video/mp4"),
        ("sendVideo", "video", b"\x1aE\xdf\xa3webm", "document", "application/octet-stream"),
    ],
)
async def test_a_recording_is_what_its_bytes_are(
    met: Wire, method: str, part: str, content: bytes, made: str, mime: str
) -> None:
    sent = await upload(met, method, part, content, duration="3", width="320", height="240")

    kinds = {"voice", "audio", "video", "animation", "document"} & set(sent)
    assert kinds - {"document"} == ({made} - {"document"})
    assert sent[made]["mime_type"] == mime
    assert sent[made]["file_size"] == len(content)
    file = await met.result("getFile", file_id=sent[made]["file_id"])
    fetched = await met.http.get(f"/file/bot{met.server.token}/{file['file_path']}")
    assert fetched.content == content


@pytest.mark.parametrize("kind", ["voice", "audio", "video"])
async def test_what_is_missing_or_of_another_kind_is_refused(met: Wire, kind: str) -> None:
    method = f"send{kind.title()}"
    form = await upload(met, "sendDocument", "document", pdf())

    assert await met.refused(method, chat_id=101) == (400, f"Bad Request: there is no {kind} in the request")
    assert await met.refused(method, chat_id=101, **{kind: form["document"]["file_id"]}) == (
        400,
        "Bad Request: type of file mismatch",
    )
    assert await met.refused(method, chat_id=101, **{kind: "made-up"}) == (
        400,
        "Bad Request: wrong remote file identifier specified: Wrong string length",
    )
    assert await met.refused(method, chat_id=101, **{kind: "made-up", "caption": "x" * 1025}) == (
        400,
        "Bad Request: message caption is too long",
    )
    empty = await met.http.post(
        f"/bot{met.server.token}/{method}", data={"chat_id": "101"}, files={kind: b""}
    )
    assert empty.json()["description"] == "Bad Request: file must be non-empty"


@pytest.mark.parametrize(
    "chunk",
    [
        (b"VP8L", b"\x2f" + (199 | 99 << 14).to_bytes(4, "little") + bytes(8)),
        (b"VP8X", bytes(4) + (199).to_bytes(3, "little") + (99).to_bytes(3, "little")),
        (b"VP8 ", b"\0\0\0\x9d\x01\x2a" + (200).to_bytes(2, "little") + (100).to_bytes(2, "little")),
    ],
)
async def test_a_webp_is_a_photo(met: Wire, chunk: tuple[bytes, bytes]) -> None:
    sent = await upload(met, "sendPhoto", "photo", webp(chunk))

    assert [(size["width"], size["height"]) for size in sent["photo"]] == [(90, 45), (200, 100)]


async def test_more_than_fifty_megabytes_are_refused(met: Wire) -> None:
    answer = await met.http.post(
        f"/bot{met.server.token}/sendVideo",
        data={"chat_id": "101"},
        files={"video": ("v.mp4", bytes(52 * 1024 * 1024))},
    )

    assert (answer.status_code, answer.json()["description"]) == (413, "Request Entity Too Large")


async def test_the_phone_shows_what_can_be_played_and_what_is_folded(met: Wire) -> None:
    entity = [{"type": "expandable_blockquote", "offset": 8, "length": 7}]
    await upload(met, "sendVoice", "voice", ogg(), duration="2", caption="🌞 hums")
    await met.result("sendMessage", chat_id=101, text="Look 🌞\nIt hums 🌞", entities=entity)

    async with Phones(met.server.url) as phones:
        phone = await phones.add("Olena", number=101)
        _, voice, folded = await phone.messages()
        assert voice.playing is not None
        played = await met.http.get(voice.playing)
    assert (voice.playing_kind, voice.text) == ("voice", "🌞 hums")
    assert (played.content, played.headers["content-type"]) == (ogg(), "audio/ogg")
    assert folded.folded == ("It hums",)


async def test_a_voice_message_of_a_person_reaches_the_bot(met: Wire) -> None:
    async with Phones(met.server.url) as phones:
        phone = await phones.add("Olena", number=101)
        await phone.send_voice(ogg())

    (update,) = (one for one in await met.updates() if "voice" in one["message"])
    assert update["message"]["voice"]["mime_type"] == "audio/ogg"
    assert (await met.chat())["messages"][-1]["playing"]["kind"] == "voice"
