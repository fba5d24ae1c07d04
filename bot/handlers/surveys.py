"""Presses on polls, scales and moments to think; voice notes, and messages that were changed."""

from sqlalchemy import Connection

from academy import open_answers, surveying
from bot.context import Context, TapHandler
from bot.handlers.pointers import on_step, step, toast
from bot.incoming import Edited, Tap, VoiceSent
from storage.open_answers import Voice


def voice_sent(tx: Connection, voice: VoiceSent, context: Context) -> bool:
    """Return whether a question waited for it."""
    return open_answers.spoken(
        tx,
        person_id=context.known().id,
        voice=Voice(file_id=voice.file_id, kind=voice.kind, seconds=voice.seconds),
        message_id=voice.message_id,
        now=context.now,
        academy=context.academy,
    )


def text_edited(tx: Connection, edited: Edited, context: Context) -> None:
    """Take the new words of an answer; a change of anything else has no effect."""
    open_answers.edited(
        tx,
        person_id=context.known().id,
        text=edited.text.text,
        message_id=edited.message_id,
        now=context.now,
    )


def _choose(tx: Connection, tap: Tap, context: Context) -> str | None:
    """One option of a poll, or one number of a scale."""
    on, (option,) = step(tap, context, more=1)
    return toast(surveying.choose(tx, on, option=option, now=context.now, academy=context.academy))


TAPS: dict[str, TapHandler] = {
    "l_note": _choose,
    "l_skip": on_step(surveying.skip),
    "l_share": on_step(surveying.share),
}
