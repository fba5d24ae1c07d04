"""Doors to joining: /start, and the buttons from the welcome to the first lesson.

These buttons work for strangers too: until somebody agrees, the button carries all there is.
"""

from sqlalchemy import Connection

from academy import joining, sampling
from academy.joining import Invited
from bot.context import CommandHandler, Context, TapHandler
from bot.handlers.reading import number, speaker, still_in_use, text
from bot.incoming import Command, Tap


def _start(tx: Connection, command: Command, context: Context) -> None:
    joining.start(
        tx,
        person=speaker(tx, command.sender, context),
        payload=command.argument,
        claimed=command.sender.language,
        now=context.now,
        academy=context.academy,
    )


def _language(tx: Connection, tap: Tap, context: Context) -> str | None:
    return still_in_use(
        joining.choose_language(
            tx,
            _invited(tx, tap, context),
            language=text(tap, 1),
            now=context.now,
            academy=context.academy,
        )
    )


def _notice(tx: Connection, tap: Tap, context: Context) -> str | None:
    invited = _invited(tx, tap, context)
    return still_in_use(
        joining.show_notice(tx, invited, full=False, now=context.now, academy=context.academy)
    )


def _whole_notice(tx: Connection, tap: Tap, context: Context) -> str | None:
    invited = _invited(tx, tap, context)
    return still_in_use(joining.show_notice(tx, invited, full=True, now=context.now, academy=context.academy))


def _agree(tx: Connection, tap: Tap, context: Context) -> str | None:
    invited = _invited(tx, tap, context)
    return still_in_use(joining.agree(tx, invited, now=context.now, academy=context.academy))


def _decline(tx: Connection, tap: Tap, context: Context) -> str | None:
    joining.decline(tx, person=speaker(tx, tap.sender, context), screen=tap.screen, now=context.now)
    return None


def _come_back(tx: Connection, tap: Tap, context: Context) -> str | None:
    return still_in_use(
        joining.come_back(
            tx,
            person=speaker(tx, tap.sender, context),
            group_id=number(tap, 0),
            screen=tap.screen,
            now=context.now,
            academy=context.academy,
        )
    )


def _code(tx: Connection, tap: Tap, context: Context) -> str | None:
    person = speaker(tx, tap.sender, context)
    joining.ask_code(tx, person=person, screen=tap.screen, now=context.now, academy=context.academy)
    return None


def _sample(tx: Connection, tap: Tap, context: Context) -> str | None:
    person = speaker(tx, tap.sender, context)
    return still_in_use(
        sampling.show(tx, person=person, card=number(tap, 0), screen=tap.screen, now=context.now)
    )


def _invited(tx: Connection, tap: Tap, context: Context) -> Invited:
    return Invited(person=speaker(tx, tap.sender, context), invitation=text(tap, 0), screen=tap.screen)


COMMANDS: dict[str, CommandHandler] = {"start": _start}

TAPS: dict[str, TapHandler] = {
    "j_lang": _language,
    "j_start": _notice,
    "j_more": _whole_notice,
    "j_agree": _agree,
    "j_no": _decline,
    "j_back": _come_back,
    "j_code": _code,
    "j_sample": _sample,
}
