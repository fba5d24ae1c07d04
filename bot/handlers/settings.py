"""Doors to /settings, /privacy and /help."""

from sqlalchemy import Connection

from academy import preferences, privacy
from bot.context import CommandHandler, Context, TapHandler
from bot.handlers.reading import chosen, number, on_enrollment, speaker, still_in_use, text
from bot.incoming import Command, Tap


def _settings(tx: Connection, command: Command, context: Context) -> None:
    person = speaker(tx, command.sender, context)
    preferences.settings(tx, person=person, screen=None, now=context.now, academy=context.academy)


def _help(tx: Connection, command: Command, context: Context) -> None:
    person = speaker(tx, command.sender, context)
    preferences.show_help(tx, person=person, now=context.now, academy=context.academy)


def _privacy(tx: Connection, command: Command, context: Context) -> None:
    person = speaker(tx, command.sender, context)
    privacy.notice(tx, person=person, now=context.now, academy=context.academy)


def _language(tx: Connection, tap: Tap, context: Context) -> str | None:
    return still_in_use(
        preferences.choose_language(
            tx,
            person=speaker(tx, tap.sender, context),
            language=text(tap, 0),
            screen=tap.screen,
            now=context.now,
            academy=context.academy,
        )
    )


def _text_only(tx: Connection, tap: Tap, context: Context) -> str | None:
    preferences.choose_text_only(
        tx,
        person=speaker(tx, tap.sender, context),
        on=number(tap, 0) == 1,
        screen=tap.screen,
        now=context.now,
        academy=context.academy,
    )
    return None


def _notice(tx: Connection, tap: Tap, context: Context) -> str | None:
    privacy.notice(
        tx,
        person=speaker(tx, tap.sender, context),
        full=number(tap, 0) == 1,
        screen=tap.screen,
        now=context.now,
        academy=context.academy,
    )
    return None


def _my_data(tx: Connection, tap: Tap, context: Context) -> str | None:
    person = speaker(tx, tap.sender, context)
    privacy.my_data(tx, person=person, now=context.now, academy=context.academy)
    return None


def _ask_leave(tx: Connection, tap: Tap, context: Context) -> str | None:
    return still_in_use(privacy.ask_leave(tx, chosen(tx, tap, context), now=context.now))


def _ask_erase(tx: Connection, tap: Tap, context: Context) -> str | None:
    privacy.ask_erase(tx, person=speaker(tx, tap.sender, context), screen=tap.screen, now=context.now)
    return None


def _erase(tx: Connection, tap: Tap, context: Context) -> str | None:
    privacy.erase(tx, person=speaker(tx, tap.sender, context), screen=tap.screen, now=context.now)
    return None


COMMANDS: dict[str, CommandHandler] = {"settings": _settings, "privacy": _privacy, "help": _help}

TAPS: dict[str, TapHandler] = {
    "s_lang": _language,
    "s_text": _text_only,
    "s_notice": _notice,
    "s_data": _my_data,
    "s_leave": _ask_leave,
    "s_left": on_enrollment(privacy.leave),
    "s_erase": _ask_erase,
    "s_erased": _erase,
}
