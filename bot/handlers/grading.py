"""/grade: answers that a person reads, one after the other. The role is asked for at every press."""

from collections.abc import Callable
from typing import Final, assert_never

from sqlalchemy import Connection

from academy import grading_answers, reporting
from academy.grading_answers import GradeOutcome, Grading
from academy.messages.facilitating import Notice
from academy.saying import say
from bot.context import N_, CommandHandler, Context, TapHandler, TypedHandler
from bot.handlers.pointers import numbers
from bot.handlers.presses import BUTTON_NOT_IN_USE
from bot.incoming import Command, PhotoSent, Tap, Typed
from learners.permissions import may

_NOT_YOURS: Final = N_("This needs a role that you do not have.")


def _grade(tx: Connection, _command: Command, context: Context) -> None:
    """/grade: the oldest answer of all groups one looks after."""
    person = context.known()
    if reporting.groups_for(tx, roles=context.roles, action="answer_question"):
        grading_answers.open_next(tx, person=person, now=context.now)
        return
    is_admin = any(role.name == "admin" for role in context.roles)
    refusal = Notice(what="no_group" if is_admin else "not_allowed")
    say(tx, person_id=person.id, message=refusal, now=context.now)


def _open(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Grade]: the oldest answer of one group."""
    (group_id,) = numbers(tap, 1)
    if not may(context.roles, "answer_question", group_id=group_id):
        return _NOT_YOURS
    grading_answers.open_next(
        tx, person=context.known(), group_id=group_id, pressed=tap.screen, now=context.now
    )
    return None


def _level(tx: Connection, tap: Tap, context: Context) -> str | None:
    """One level of the rubric; the button says which version of the answer it grades, and how often."""
    response_id, version, round_, level = numbers(tap, 4)
    outcome = grading_answers.grade(
        tx,
        _on(tap, context, response_id),
        version=version,
        round_=round_,
        level=level,
        now=context.now,
        academy=context.academy,
    )
    return _toast(outcome)


def _on_answer(act: Callable[..., GradeOutcome]) -> TapHandler:
    """Return the handler of a button that names an answer and nothing else."""

    def handler(tx: Connection, tap: Tap, context: Context) -> str | None:
        (response_id,) = numbers(tap, 1)
        return _toast(act(tx, _on(tap, context, response_id), now=context.now))

    return handler


def _drop(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Cancel] below the wish for a comment."""
    grading_answers.drop_comment(tx, person=context.known(), screen=tap.screen, now=context.now)
    return None


def _comment(tx: Connection, typed: Typed | PhotoSent, context: Context) -> None:
    words = typed.text.text if isinstance(typed, Typed) else typed.caption.text
    grading_answers.comment(tx, person=context.known(), text=words, now=context.now)


def _on(tap: Tap, context: Context, response_id: int) -> Grading:
    return Grading(person=context.known(), response_id=response_id, screen=tap.screen)


def _toast(outcome: GradeOutcome) -> str | None:
    match outcome:
        case "done":
            return None
        case "unknown":
            return BUTTON_NOT_IN_USE
        case "not_allowed":
            return _NOT_YOURS
        case _:
            assert_never(outcome)


COMMANDS: Final[dict[str, CommandHandler]] = {"grade": _grade}
TAPS: Final[dict[str, TapHandler]] = {
    "g_grade": _open,
    "g_level": _level,
    "g_name": _on_answer(grading_answers.show_name),
    "g_comment": _on_answer(grading_answers.ask_comment),
    "g_later": _on_answer(grading_answers.later),
    "g_again": _on_answer(grading_answers.again),
    "g_uncomment": _drop,
}
TYPED: Final[dict[str, TypedHandler]] = {grading_answers.TOPIC: _comment}
