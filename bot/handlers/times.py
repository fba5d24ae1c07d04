"""Doors to days, hour and clock: the pickers that joining and /schedule share, and pauses."""

from datetime import time

from sqlalchemy import Connection

from academy import agreeing_times, preferences
from academy.preferences import PauseLength
from bot.context import CommandHandler, Context, TapHandler
from bot.handlers.presses import BUTTON_NOT_IN_USE
from bot.handlers.reading import chosen, days, number, on_enrollment, speaker, still_in_use, text
from bot.incoming import Command, Tap

_LENGTHS: dict[str, PauseLength] = {"1w": "1w", "2w": "2w", "open": "open"}


def _schedule(tx: Connection, command: Command, context: Context) -> None:
    person = speaker(tx, command.sender, context)
    preferences.schedule(tx, person=person, now=context.now, academy=context.academy)


def _days(tx: Connection, tap: Tap, context: Context) -> str | None:
    on, picked = chosen(tx, tap, context), days(tap, 1)
    return still_in_use(agreeing_times.pick_days(tx, on, picked=picked, now=context.now))


def _hours(tx: Connection, tap: Tap, context: Context) -> str | None:
    on, picked = chosen(tx, tap, context), days(tap, 1)
    return still_in_use(
        agreeing_times.pick_hour(tx, on, picked=picked, now=context.now, academy=context.academy)
    )


def _minutes(tx: Connection, tap: Tap, context: Context) -> str | None:
    return still_in_use(
        agreeing_times.pick_minute(
            tx,
            chosen(tx, tap, context),
            picked=days(tap, 1),
            hour=number(tap, 2),
            now=context.now,
            academy=context.academy,
        )
    )


def _slot(tx: Connection, tap: Tap, context: Context) -> str | None:
    return still_in_use(
        agreeing_times.choose_slot(
            tx,
            chosen(tx, tap, context),
            weekdays=days(tap, 1),
            at=time(*divmod(number(tap, 2), 60)),
            now=context.now,
            academy=context.academy,
        )
    )


def _ask_zone(tx: Connection, tap: Tap, context: Context) -> str | None:
    return still_in_use(agreeing_times.ask_zone(tx, chosen(tx, tap, context), now=context.now))


def _confirm_zone(tx: Connection, tap: Tap, context: Context) -> str | None:
    on = chosen(tx, tap, context)
    return still_in_use(
        agreeing_times.choose_zone(tx, on, zone=None, now=context.now, academy=context.academy)
    )


def _zones(tx: Connection, tap: Tap, context: Context) -> str | None:
    on, page = chosen(tx, tap, context), number(tap, 1)
    return still_in_use(
        agreeing_times.offer_zones(tx, on, page=page, now=context.now, academy=context.academy)
    )


def _zone(tx: Connection, tap: Tap, context: Context) -> str | None:
    on, zone = chosen(tx, tap, context), text(tap, 1)
    return still_in_use(
        agreeing_times.choose_zone(tx, on, zone=zone, now=context.now, academy=context.academy)
    )


def _pause(tx: Connection, tap: Tap, context: Context) -> str | None:
    length = _LENGTHS.get(text(tap, 1))
    if length is None:
        return BUTTON_NOT_IN_USE
    on = chosen(tx, tap, context)
    return still_in_use(preferences.pause(tx, on, length=length, now=context.now, academy=context.academy))


COMMANDS: dict[str, CommandHandler] = {"schedule": _schedule}

TAPS: dict[str, TapHandler] = {
    "j_choices": on_enrollment(agreeing_times.show_offer),
    "j_days": _days,
    "j_hours": _hours,
    "j_minutes": _minutes,
    "j_slot": _slot,
    "j_clock": _ask_zone,
    "j_yes": _confirm_zone,
    "j_zones": _zones,
    "j_zone": _zone,
    "s_pause": _pause,
    "s_resume": on_enrollment(preferences.resume),
}
