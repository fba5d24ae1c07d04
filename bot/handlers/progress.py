"""/progress, /lessons, and reading finished lessons again."""

from dataclasses import replace

from sqlalchemy import Connection

from academy import looking_back, showing_progress
from bot.context import CommandHandler, Context, TapHandler
from bot.handlers.pointers import lesson, numbers, step, toast
from bot.incoming import Command, Tap


def show_progress(tx: Connection, _: Command, context: Context) -> None:
    """Say how far the learner is."""
    showing_progress.show_progress(tx, person_id=context.known().id, now=context.now, academy=context.academy)


def list_lessons(tx: Connection, _: Command, context: Context) -> None:
    """List the lessons that can be read again."""
    looking_back.list_lessons(tx, person_id=context.known().id, now=context.now, academy=context.academy)


def list_anew(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Lessons to read again]."""
    (enrollment_id,) = numbers(tap, 1)
    outcome = looking_back.list_anew(
        tx, person_id=context.known().id, enrollment_id=enrollment_id, now=context.now
    )
    return toast(outcome)


def turn_page(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Earlier] and [Later ones] below the list."""
    enrollment_id, page = numbers(tap, 2)
    outcome = looking_back.turn_page(
        tx,
        person_id=context.known().id,
        enrollment_id=enrollment_id,
        page=page,
        screen=tap.screen,
        now=context.now,
    )
    return toast(outcome)


def read_lesson(tx: Connection, tap: Tap, context: Context) -> str | None:
    """One lesson of the list: its first step."""
    pressed, _ = lesson(tap, context)
    return toast(looking_back.read_again(tx, pressed, now=context.now))


def read_on(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Continue] while reading again; the button names the step it stands under."""
    pressed, _ = step(tap, context)
    following = replace(pressed, step=pressed.step + 1)
    return toast(looking_back.read_again(tx, following, now=context.now))


COMMANDS: dict[str, CommandHandler] = {"progress": show_progress, "lessons": list_lessons}
TAPS: dict[str, TapHandler] = {
    "l_lessons": list_anew,
    "l_page": turn_page,
    "l_lesson": read_lesson,
    "l_read": read_on,
}
