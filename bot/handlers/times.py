"""Doors to days, hour and clock: the pickers that joining and /schedule share, and pauses."""

from datetime import time

from sqlalchemy import Connection

from academy import agreeing_times, preferences
from academy.agreeing_times import Chosen
from academy.preferences import PauseLength
from bot.context import CommandHandler, Context, TapHandler
from bot.handlers.presses import BUTTON_NOT_IN_USE
from bot.handlers.reading import days, number, speaker, still_in_use, text
from bot.incoming import Command, Tap

_LENGTHS: dict[str, PauseLength] = {"1w": "1w", "2w": "2w", "open": "open"}


def _schedule(tx: Connection, command: Command, context: Context) -> None:
    person = speaker(tx, command.sender, context)
    preferences.schedule(tx, person=person, now=context.now, academy=context.academy)


def _choices(tx: Connection, tap: Tap, context: Context) -> str | None:
    chosen = _chosen(tx, tap, context)
    return still_in_use(agreeing_times.show_offer(tx, chosen, now=context.now, academy=context.academy))


def _days(tx: Connection, tap: Tap, context: Context) -> str | None:
    chosen = _chosen(tx, tap, context)
    return still_in_use(agreeing_times.pick_days(tx, chosen, picked=days(tap, 1), now=context.now))


def _hours(tx: Connection, tap: Tap, context: Context) -> str | None:
    chosen, picked = _chosen(tx, tap, context), days(tap, 1)
    return still_in_use(
        agreeing_times.pick_hour(tx, chosen, picked=picked, now=context.now, academy=context.academy)
    )


def _minutes(tx: Connection, tap: Tap, context: Context) -> str | None:
    return still_in_use(
        agreeing_times.pick_minute(
            tx,
            _chosen(tx, tap, context),
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
            _chosen(tx, tap, context),
            weekdays=days(tap, 1),
            at=time(*divmod(number(tap, 2), 60)),
            now=context.now,
            academy=context.academy,
        )
    )


def _ask_zone(tx: Connection, tap: Tap, context: Context) -> str | None:
    return still_in_use(agreeing_times.ask_zone(tx, _chosen(tx, tap, context), now=context.now))


def _confirm_zone(tx: Connection, tap: Tap, context: Context) -> str | None:
    chosen = _chosen(tx, tap, context)
    return still_in_use(
        agreeing_times.choose_zone(tx, chosen, zone=None, now=context.now, academy=context.academy)
    )


def _zones(tx: Connection, tap: Tap, context: Context) -> str | None:
    chosen, page = _chosen(tx, tap, context), number(tap, 1)
    return still_in_use(
        agreeing_times.offer_zones(tx, chosen, page=page, now=context.now, academy=context.academy)
    )


def _zone(tx: Connection, tap: Tap, context: Context) -> str | None:
    chosen, zone = _chosen(tx, tap, context), text(tap, 1)
    return still_in_use(
        agreeing_times.choose_zone(tx, chosen, zone=zone, now=context.now, academy=context.academy)
    )


def _pause(tx: Connection, tap: Tap, context: Context) -> str | None:
    length = _LENGTHS.get(text(tap, 1))
    if length is None:
        return BUTTON_NOT_IN_USE
    chosen = _chosen(tx, tap, context)
    return still_in_use(
        preferences.pause(tx, chosen, length=length, now=context.now, academy=context.academy)
    )


def _resume(tx: Connection, tap: Tap, context: Context) -> str | None:
    chosen = _chosen(tx, tap, context)
    return still_in_use(preferences.resume(tx, chosen, now=context.now, academy=context.academy))


def _chosen(tx: Connection, tap: Tap, context: Context) -> Chosen:
    return Chosen(person=speaker(tx, tap.sender, context), enrollment_id=number(tap, 0), screen=tap.screen)


COMMANDS: dict[str, CommandHandler] = {"schedule": _schedule}

TAPS: dict[str, TapHandler] = {
    "j_choices": _choices,
    "j_days": _days,
    "j_hours": _hours,
    "j_minutes": _minutes,
    "j_slot": _slot,
    "j_clock": _ask_zone,
    "j_yes": _confirm_zone,
    "j_zones": _zones,
    "j_zone": _zone,
    "s_pause": _pause,
    "s_resume": _resume,
}
