"""Recordings, films and files with the real library against the preview's Bot API."""

from dataclasses import replace

import pytest

from academy.messages.cards import Enclosure, EnclosureShown
from academy.messenger import Refused, Sent
from academy.outgoing import Show
from lessons.markup import RichText
from preview.faults import RefuseWith
from tests.bot.test_messenger import Line, card, line
from tests.lessons.media_files import mp3, mp4, ogg, pdf

SHA = "e" * 64
VOICE = Enclosure(form="voice", sha256=SHA, name="fan.ogg")
AUDIO = replace(VOICE, form="audio", name="beep.mp3")
FILM = replace(VOICE, form="video", name="valve.mp4", alt="A hand.")
FORM = replace(VOICE, form="file", name="form.pdf", alt="A form.")
FORBIDDEN = RefuseWith(code=400, description="Bad Request: VOICE_MESSAGES_FORBIDDEN")


async def sent(at: Line, enclosure: Enclosure, content: bytes | None) -> int:
    if content is not None:
        at.shelf.content_[enclosure.sha256] = content
    return await at.new(replace(card("Listen."), enclosure=enclosure, transcript=RichText("It hums.")))


@pytest.mark.parametrize(
    ("enclosure", "content", "method", "stated"),
    [
        (VOICE, ogg(12.4), "sendvoice", {"duration": "12"}),
        (AUDIO, mp3(), "sendaudio", {}),
        (replace(AUDIO, name="c.m4a"), mp4(7, seen=False), "sendaudio", {"duration": "7"}),
        (
            FILM,
            mp4(3),
            "sendvideo",
            {"duration": "3", "width": "320", "height": "240", "supports_streaming": "true"},
        ),
        (FORM, pdf(), "senddocument", {"disable_content_type_detection": "true"}),
    ],
    ids=["voice", "mp3", "m4a", "video", "file"],
)
async def test_each_goes_by_its_own_call_and_is_uploaded_once(
    enclosure: Enclosure, content: bytes, method: str, stated: dict[str, str]
) -> None:
    async with line() as at:
        for _ in range(2):
            await sent(at, enclosure, content)

        calls = [request for request in at.server.requests if request.method.lower() == method]
        shown = await at.phone.last()
        path = shown.playing or shown.document
        assert path is not None
        got = await at.phone.file(path)
    assert [bool(call.uploads) for call in calls] == [True, False]
    assert {name: calls[0].values.get(name) for name in stated} == stated
    assert got == content
    assert "What is said: It hums." in shown.text
    assert shown.labels == (("Continue",),)
    assert shown.silent


async def test_what_another_bot_called_it_is_uploaded_again() -> None:
    async with line() as at:
        at.shelf.file_ids[SHA] = "AwACforeign"

        await sent(at, VOICE, ogg())

        assert at.shelf.file_ids[SHA] != "AwACforeign"
        assert at.calls() == ["sendvoice", "sendvoice"]


async def test_the_name_of_another_kind_of_file_is_uploaded_again() -> None:
    async with line() as at:
        await sent(at, FORM, ogg())
        await sent(at, VOICE, None)

        shown = await at.phone.last()
    assert at.calls() == ["senddocument", "sendvoice", "sendvoice"]
    assert shown.playing_kind == "voice"


async def test_who_takes_no_voice_messages_gets_a_file_and_others_still_a_voice() -> None:
    async with line() as at:
        at.server.faults.next("sendVoice", FORBIDDEN)
        await sent(at, VOICE, ogg())
        refused = await at.phone.last()
        await sent(at, VOICE, None)

        shown = await at.phone.last()
        assert refused.document is not None
        assert await at.phone.file(refused.document) == ogg()
        assert at.calls() == ["sendvoice", "senddocument", "sendvoice"]
    assert shown.playing_kind == "voice"


async def test_a_film_without_sound_is_shown_and_its_name_is_not_kept() -> None:
    async with line() as at:
        await sent(at, FILM, mp4(sound=False))
        await sent(at, FILM, None)

        shown = await at.phone.last()
        uploads = [bool(request.uploads) for request in at.server.requests]
    # Telegram makes an animation of it, whose name sendVideo does not take.
    assert (shown.playing_kind, uploads, at.shelf.file_ids) == ("animation", [True, True], {})


async def test_without_its_file_a_card_is_still_said_in_whole() -> None:
    long = replace(card("word " * 300), enclosure=VOICE)
    async with line() as at:
        await at.new(long)

        shown = await at.phone.last()
    assert (shown.playing, shown.document) == (None, None)
    assert shown.text.count("word") == 300


async def test_what_is_fetched_comes_with_what_it_is() -> None:
    async with line() as at:
        at.shelf.content_[SHA] = pdf()
        await at.new(EnclosureShown(enclosure=FORM))

        shown = await at.phone.last()
    assert (shown.text, shown.labels) == ("A form.", ())
    assert shown.document is not None


async def test_another_refusal_is_told_and_nothing_is_repeated() -> None:
    refusal = RefuseWith(code=400, description="Bad Request: VIDEO_CONTENT_TYPE_INVALID")
    async with line() as at:
        at.shelf.content_[SHA] = mp4()
        at.server.faults.next("sendVideo", refusal)

        outcome = await at.say(Show(message=EnclosureShown(enclosure=FILM)))

        assert isinstance(outcome, Refused)
        assert at.calls() == ["sendvideo"]


async def test_a_large_film_is_sent_in_pieces() -> None:
    async with line() as at:
        at.shelf.content_[SHA] = mp4(padding=9_000_000)

        outcome = await at.say(Show(message=EnclosureShown(enclosure=FILM)))

        assert isinstance(outcome, Sent)
