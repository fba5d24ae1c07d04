"""Buttons under a dropped course: whatever they carry, and whoever presses them."""

from random import Random

import pytest
from sqlalchemy import Connection

from academy import dropped_courses
from academy.messages.authoring import PlanChoice, PublishOffer, PublishResult, TrialStep
from academy.messages.facilitating import Notice
from academy.messages.versions import Moves
from academy.outgoing import Screen
from bot.callback_data import Press, press
from bot.context import Context
from bot.handlers import course_drafts
from bot.handlers.presses import BUTTON_NOT_IN_USE
from bot.incoming import Sender, Tap
from learners.people import Person
from storage import courses, people, roles
from tests.academy.cohort import NOW, shown
from tests.academy.school import ACADEMY, join
from tests.academy.thirty import FIRST, SECOND


def admin(tx: Connection, address: int = 60) -> Person:
    person = people.add(tx, address=address, name="Admin", language="en", now=NOW)
    roles.grant(tx, person_id=person.id, name="admin", group_id=None, now=NOW)
    return person


def tap(tx: Connection, person: Person, pressed: Press) -> str | None:
    """Press a button as the router would hand it on; return the toast."""
    context = Context(
        now=NOW,
        academy=ACADEMY,
        person=person,
        read_roles=lambda: roles.roles_of(tx, person.id),
        random=Random(1),
    )
    screen = Screen(message_id=8, has_media=False)
    sender = Sender(address=person.address, name=person.name, language="en")
    heard = Tap(sender=sender, callback_id="1", press=pressed, screen=screen)
    return course_drafts.TAPS[pressed.verb](tx, heard, context)


def dropped(tx: Connection, person: Person) -> int:
    """Return the draft of a new version of a course that one person learns."""
    join(tx, address=1, course=FIRST, now=NOW)
    dropped_courses.offer(
        tx, person=person, file_name="town.yaml", course=SECOND, problems=(), media={}, now=NOW
    )
    offer = shown(tx, person)[-1].message
    assert isinstance(offer, PublishOffer)
    return offer.draft_id


def test_from_publish_to_plan_to_published(tx: Connection) -> None:
    person = admin(tx)
    draft = dropped(tx, person)

    toasts = [
        tap(tx, person, pressed)
        for pressed in (
            press("c_preview", draft, 0, 0),
            press("c_stop", draft),
            press("c_publish", draft),
            press("c_plans", draft, 1),
            press("c_plan", draft, "f", 1),
            press("c_plan", draft, "f", 1),
        )
    ]

    assert toasts == [None] * 6
    said = [one.message for one in shown(tx, person)][2:]
    assert [type(message) for message in said] == [
        TrialStep,
        PublishOffer,
        PlanChoice,
        PlanChoice,
        PublishResult,
    ]
    assert [one.mark_again for one in said if isinstance(one, PlanChoice)] == [False, True]
    assert isinstance(said[-1], PublishResult)
    assert said[-1].moves == Moves(moved=1)


@pytest.mark.parametrize(
    "values",
    [
        ("c_publish",),
        ("c_publish", "-"),
        ("c_plan", "1"),
        ("c_plan", "1", "x", "0"),
        ("c_same", "1"),
        ("c_preview", "1"),
        ("c_preview", "1", "0", "zzzzzzzzzzzzzzzz"),
        ("c_preview", "zz", "0", "0"),
        ("c_offer",),
    ],
)
def test_what_no_button_of_ours_carries_is_no_longer_in_use(tx: Connection, values: tuple[str, ...]) -> None:
    person = admin(tx)
    before = len(shown(tx, person))

    toast = tap(tx, person, Press(values[0], values[1:]))

    assert toast == BUTTON_NOT_IN_USE
    assert len(shown(tx, person)) == before


def test_another_admin_is_told_that_the_offer_is_not_theirs_to_use(tx: Connection) -> None:
    person, other = admin(tx), admin(tx, address=61)
    draft = dropped(tx, person)

    toasts = [
        tap(tx, other, pressed)
        for pressed in (
            press("c_publish", draft),
            press("c_plan", draft, "l", 0),
            press("c_same", draft, 0),
            press("c_offer", draft),
            press("c_stop", draft),
            press("c_preview", draft, 0, 0),
        )
    ]

    over = PublishResult(outcome="expired", course_id="", version="", content_hash="")
    assert toasts == [*[None] * 5, BUTTON_NOT_IN_USE]
    assert [one.message for one in shown(tx, other)] == [over] * 5
    assert [one.version for one in courses.versions(tx)] == ["1.0.0"]


def test_whoever_lost_the_role_presses_in_vain(tx: Connection) -> None:
    person = admin(tx)
    draft = dropped(tx, person)
    roles.revoke(tx, person_id=person.id, name="admin", group_id=None)

    for pressed in (press("c_plan", draft, "l", 0), press("c_preview", draft, 0, 0)):
        tap(tx, person, pressed)

    assert [one.message for one in shown(tx, person)][-2:] == [Notice(what="not_allowed")] * 2
    assert [one.version for one in courses.versions(tx)] == ["1.0.0"]
