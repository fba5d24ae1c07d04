"""Doors to asking a person: /ask, the text after it, and the buttons under a question."""

from sqlalchemy import Connection

from academy import asking
from bot.context import CommandHandler, Context, TapHandler, TypedHandler
from bot.handlers.presses import BUTTON_NOT_IN_USE
from bot.handlers.reading import speaker, still_in_use
from bot.incoming import Command, PhotoSent, Tap, Typed


def _ask(tx: Connection, command: Command, context: Context) -> None:
    person = speaker(tx, command.sender, context)
    if command.argument:
        asking.ask(
            tx,
            person=person,
            text=command.argument,
            message_id=command.message_id,
            now=context.now,
            academy=context.academy,
        )
    else:
        asking.prompt(tx, person=person, now=context.now, academy=context.academy)


def _question(tx: Connection, typed: Typed | PhotoSent, context: Context) -> None:
    person = context.known()
    words = typed.text.text if isinstance(typed, Typed) else typed.caption.text
    asking.ask(
        tx, person=person, text=words, message_id=typed.message_id, now=context.now, academy=context.academy
    )


def _send(tx: Connection, tap: Tap, context: Context) -> str | None:
    if tap.screen is None:
        return BUTTON_NOT_IN_USE
    person = speaker(tx, tap.sender, context)
    return still_in_use(
        asking.confirm(tx, person=person, screen=tap.screen, now=context.now, academy=context.academy)
    )


def _drop(tx: Connection, tap: Tap, context: Context) -> str | None:
    asking.drop(tx, person=speaker(tx, tap.sender, context), screen=tap.screen, now=context.now)
    return None


COMMANDS: dict[str, CommandHandler] = {"ask": _ask}

TAPS: dict[str, TapHandler] = {
    "q_send": _send,
    "q_no": _drop,
    "q_cancel": _drop,
}

TYPED: dict[str, TypedHandler] = {asking.TOPIC: _question}
