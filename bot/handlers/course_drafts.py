"""The buttons under a dropped course: preview, renamed ids, publish, and the plan for those in it.

Each names a draft, and a draft belongs to the admin who sent the file.
"""

from functools import wraps
from typing import Final, Protocol

from sqlalchemy import Connection

from academy import dropped_courses, trying_out
from academy.messages.facilitating import Notice
from academy.republishing import Plan, Reach
from academy.saying import say
from bot.context import Context, TapHandler
from bot.handlers.presses import BUTTON_NOT_IN_USE, number
from bot.incoming import Tap
from learners.people import Person
from learners.permissions import may

_REACH: Final[dict[str, Reach]] = {"n": "new-groups", "l": "next-lesson", "f": "also-finished"}
"""As the buttons of the plans name them."""


class _OnDraft(Protocol):
    """What is done with a press on a button of a draft, by the admin who may."""

    def __call__(
        self, tx: Connection, tap: Tap, context: Context, /, *, person: Person, draft_id: int
    ) -> str | None: ...


def on_draft(act: _OnDraft) -> TapHandler:
    """Return the handler of a button that names a draft first; who may not publish is told so."""

    @wraps(act)
    def handler(tx: Connection, tap: Tap, context: Context) -> str | None:
        draft_id = number(tap, 0)
        if draft_id is None:
            return BUTTON_NOT_IN_USE
        person = context.known()
        if not may(context.roles, "publish_course"):
            refused = Notice(what="not_allowed")
            say(tx, person_id=person.id, message=refused, now=context.now, edits=tap.screen)
            return None
        return act(tx, tap, context, person=person, draft_id=draft_id)

    return handler


@on_draft
def publish(tx: Connection, tap: Tap, context: Context, *, person: Person, draft_id: int) -> str | None:
    """[Publish], and the choice whether answers are marked again: by the admin who sent the file."""
    dropped_courses.publish_draft(
        tx,
        person=person,
        draft_id=draft_id,
        screen=tap.screen,
        now=context.now,
        academy=context.academy,
        mark_again=number(tap, 1) == 1,
    )
    return None


@on_draft
def choose_plan(tx: Connection, tap: Tap, context: Context, *, person: Person, draft_id: int) -> str | None:
    """[New groups only], [From their next lesson], [And name changed lessons]: once."""
    values = () if tap.press is None else tap.press.values
    reach = _REACH.get(values[1] if len(values) > 1 else "")
    if reach is None:
        return BUTTON_NOT_IN_USE
    plan = Plan(reach=reach, corrected_key=reach != "new-groups" and number(tap, 2) == 1)
    dropped_courses.carry_out(
        tx,
        person=person,
        draft_id=draft_id,
        plan=plan,
        screen=tap.screen,
        now=context.now,
        academy=context.academy,
    )
    return None


@on_draft
def same(tx: Connection, tap: Tap, context: Context, *, person: Person, draft_id: int) -> str | None:
    """[q-new was q-old]: they are one thing, or not after all."""
    index = number(tap, 1)
    if index is None:
        return BUTTON_NOT_IN_USE
    dropped_courses.say_same(
        tx, person=person, draft_id=draft_id, index=index, screen=tap.screen, now=context.now
    )
    return None


@on_draft
def show_offer(tx: Connection, tap: Tap, context: Context, *, person: Person, draft_id: int) -> str | None:
    """[Back]: the offer again."""
    dropped_courses.offer_again(tx, person=person, draft_id=draft_id, screen=tap.screen, now=context.now)
    return None


@on_draft
def stop(tx: Connection, tap: Tap, context: Context, *, person: Person, draft_id: int) -> str | None:
    """[Stop]: enough seen of the course."""
    dropped_courses.stop_trial(tx, person=person, draft_id=draft_id, screen=tap.screen, now=context.now)
    return None


@on_draft
def preview(tx: Connection, tap: Tap, context: Context, *, person: Person, draft_id: int) -> str | None:
    """[Preview], [Answer], [Continue] and [Next lesson]: a step of the course as a learner sees it."""
    lesson, step = number(tap, 1), number(tap, 2)
    if lesson is None or step is None:
        return BUTTON_NOT_IN_USE
    shown = trying_out.show(
        tx,
        person=person,
        draft_id=draft_id,
        lesson=lesson,
        step=step,
        answer=number(tap, 3) == 1,
        screen=tap.screen,
        now=context.now,
    )
    return None if shown else BUTTON_NOT_IN_USE


TAPS: Final[dict[str, TapHandler]] = {
    "c_publish": publish,
    "c_plans": publish,
    "c_plan": choose_plan,
    "c_same": same,
    "c_offer": show_offer,
    "c_preview": preview,
    "c_stop": stop,
}
