"""A person's voice note on its way to another one: by Telegram's name of it, never through our hands."""

from academy.messages.grading import AnswerWhole
from tests.bot.test_messenger import line

NOTE = b"OggS" + b"\0" * 24 + b"OpusHead" + b"\0" * 40


async def test_a_voice_note_goes_out_by_its_name() -> None:
    async with line() as talk:
        await talk.phone.send_voice(NOTE)
        message = talk.server.world.queue.waiting()[-1].as_json()["message"]
        assert isinstance(message, dict)

        number = await talk.new(
            AnswerWhole(response_id=1, file_id=str(message["voice"]["file_id"]), seconds=12)
        )

        (shown,) = [one for one in await talk.phone.messages() if one.id == number]
        assert (shown.playing_kind, shown.text) == ("voice", "Voice note, 12 seconds")
        assert "getfile" not in talk.calls()


async def test_a_voice_note_that_cannot_be_named_any_more_leaves_its_words() -> None:
    async with line() as talk:
        number = await talk.new(AnswerWhole(response_id=1, file_id="of-another-bot", seconds=12))

        (shown,) = [one for one in await talk.phone.messages() if one.id == number]
        assert (shown.playing_kind, shown.text) == ("", "Voice note, 12 seconds")
