from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from typing import TypeAlias

import pytest
from sqlalchemy import Connection, func, select

from academy import (
    agreeing_times,
    asking,
    delivering,
    joining,
    looking_back,
    sampling,
    showing_progress,
    walking,
)
from academy.messages.facilitating import Notice
from academy.messages.joining import (
    AlreadyJoined,
    JoinRefused,
    SampleCard,
    ScheduleOffer,
    ScheduleSet,
    Slot,
    TypeCode,
    WelcomeBack,
    ZoneOffer,
)
from academy.messages.learning import CardShown
from academy.outgoing import Show
from lessons.markup import RichText, Span
from storage import due, enrollments, groups, people, records, roles
from storage.tables import people as people_table
from tests.academy.doorway import BILINGUAL, SCREEN, TOKEN, Guest, guest, joined, open_group
from tests.academy.school import MONDAY, ULAANBAATAR

WORKDAYS = (0, 1, 2, 3, 4)
MINUTE = timedelta(minutes=1)


def offer(enrollment_id: int) -> ScheduleOffer:
    return ScheduleOffer(
        enrollment_id=enrollment_id,
        zone=ULAANBAATAR,
        choices=(
            Slot(weekdays=WORKDAYS, at="09:00"),
            Slot(weekdays=WORKDAYS, at="12:30"),
            Slot(weekdays=(0, 2, 4), at="09:00"),
        ),
    )


def test_every_button_pressed_twice_is_pressed_once(tx: Connection) -> None:
    open_group(tx)
    olena = joined(tx)
    cards = sum(isinstance(message, CardShown) for message in olena.heard())

    assert agreeing_times.choose_zone(tx, olena.chosen(), zone=None, now=MONDAY, academy=BILINGUAL)
    assert olena.agree()
    assert joining.show_notice(tx, olena.invited(), full=False, now=MONDAY, academy=BILINGUAL)

    assert cards == 1
    assert sum(isinstance(message, CardShown) for message in olena.heard()) == 1
    assert len(enrollments.of_person(tx, olena.person_id)) == 1


def test_the_link_opened_again_leads_on_to_the_open_lesson(tx: Connection) -> None:
    open_group(tx)
    olena = joined(tx)
    card = olena.heard()[-1]
    assert isinstance(card, CardShown)

    olena.start(TOKEN)
    olena.start()

    here = AlreadyJoined(group="Autumn", lesson=1, assignment_id=card.assignment_id, zone=ULAANBAATAR)
    assert olena.heard()[-2:] == [here, here]


def test_the_link_opened_again_while_joining_goes_on_where_it_was(tx: Connection) -> None:
    open_group(tx)
    olena = guest(tx)
    olena.start(TOKEN)
    olena.agree()

    olena.start(TOKEN)

    assert olena.heard()[-1] == offer(olena.enrollment_id)


Asking: TypeAlias = Callable[..., None]


@pytest.mark.parametrize(
    "asking", [walking.show_today, showing_progress.show_progress, looking_back.list_lessons]
)
def test_who_has_chosen_no_time_yet_is_led_on_to_it(tx: Connection, asking: Asking) -> None:
    open_group(tx)
    olena = guest(tx)
    olena.start(TOKEN)
    olena.agree()
    said = len(olena.rows())

    asking(tx, person_id=olena.person_id, now=MONDAY, academy=BILINGUAL)

    # A new message: whatever was tapped before has scrolled away.
    assert olena.rows()[said:] == [Show(message=offer(olena.enrollment_id))]


def test_after_a_finished_course_today_leads_on_into_the_next(tx: Connection) -> None:
    open_group(tx)
    second = "b" * 22
    open_group(tx, name="Water", token=second, code="WATER234")
    olena = joined(tx)
    enrollments.set_state(tx, olena.enrollment_id, "finished")
    waiting = records.open_assignment(tx, olena.enrollment_id)
    assert waiting is not None
    records.change(tx, waiting, replace(waiting, finished_at=MONDAY))
    olena.start(second)
    olena.agree(second)

    walking.show_today(tx, person_id=olena.person_id, now=MONDAY, academy=BILINGUAL)

    assert olena.heard()[-1] == offer(olena.enrollment_id)


def test_somebody_elses_enrollment_is_no_button(tx: Connection) -> None:
    open_group(tx)
    olena, mallory = joined(tx), guest(tx, address=666)
    before = enrollments.get(tx, olena.enrollment_id)
    pressed = mallory.chosen(olena.enrollment_id)

    assert not agreeing_times.show_offer(tx, pressed, now=MONDAY, academy=BILINGUAL)
    assert not agreeing_times.pick_days(tx, pressed, picked=frozenset({0}), now=MONDAY)
    assert not agreeing_times.pick_hour(tx, pressed, picked=frozenset({0}), now=MONDAY, academy=BILINGUAL)
    assert not agreeing_times.pick_minute(
        tx, pressed, picked=frozenset({0}), hour=9, now=MONDAY, academy=BILINGUAL
    )
    assert not agreeing_times.choose_slot(
        tx, pressed, weekdays=frozenset({0}), at=time(10), now=MONDAY, academy=BILINGUAL
    )
    assert not agreeing_times.ask_zone(tx, pressed, now=MONDAY)
    assert not agreeing_times.offer_zones(tx, pressed, page=0, now=MONDAY, academy=BILINGUAL)
    assert not agreeing_times.choose_zone(tx, pressed, zone="Asia/Hovd", now=MONDAY, academy=BILINGUAL)
    assert not joining.come_back(
        tx, person=mallory.person, group_id=before.group_id, screen=SCREEN, now=MONDAY, academy=BILINGUAL
    )

    assert mallory.heard() == []
    assert enrollments.get(tx, olena.enrollment_id) == before
    assert mallory.person.zone is None


def test_a_second_course_comes_half_an_hour_later(tx: Connection) -> None:
    open_group(tx)
    second = "b" * 22
    open_group(tx, name="Water", token=second, code="WATER234")
    olena = joined(tx)

    joined(tx, token=second)

    settled = [message for message in olena.heard() if isinstance(message, ScheduleSet)]
    assert settled[1] == ScheduleSet(slot=Slot(weekdays=WORKDAYS, at="09:30"), zone=ULAANBAATAR, moved=True)
    assert [one.at for one in enrollments.of_person(tx, olena.person_id)] == [time(9, 30), time(9)]


def test_who_left_comes_back_to_the_same_lesson(tx: Connection) -> None:
    group = open_group(tx)
    olena = joined(tx)
    first = olena.heard()[-1]
    enrollments.set_state(tx, olena.enrollment_id, "withdrawn")

    olena.start(TOKEN)
    assert joining.come_back(
        tx, person=olena.person, group_id=group.id, screen=SCREEN, now=MONDAY, academy=BILINGUAL
    )

    assert olena.heard()[-2:] == [WelcomeBack(group_id=group.id, group="Autumn", lesson=1), first]
    assert [one.state for one in enrollments.of_person(tx, olena.person_id)] == ["active"]


def test_who_left_a_group_that_is_full_now_is_told(tx: Connection) -> None:
    group = open_group(tx, capacity=1)
    olena = joined(tx)
    enrollments.set_state(tx, olena.enrollment_id, "withdrawn")
    joined(tx, address=8)

    joining.come_back(
        tx, person=olena.person, group_id=group.id, screen=SCREEN, now=MONDAY, academy=BILINGUAL
    )

    assert olena.heard()[-1] == JoinRefused(reason="full", facilitator="Iryna Koval")
    assert enrollments.get(tx, olena.enrollment_id).state == "withdrawn"


def test_who_blocked_us_is_welcomed_back(tx: Connection) -> None:
    group = open_group(tx)
    olena = joined(tx)
    due_before = due.due_at(tx, olena.enrollment_id)
    people.set_unreachable(tx, olena.person_id, since=MONDAY)
    delivering.replan(tx, enrollment_id=olena.enrollment_id, now=MONDAY, academy=BILINGUAL)
    due_while_away = due.due_at(tx, olena.enrollment_id)

    olena.start()

    assert olena.heard()[-1] == WelcomeBack(group_id=group.id, group="Autumn", lesson=1)
    assert olena.person.unreachable_since is None
    assert (due_while_away, due.due_at(tx, olena.enrollment_id)) == (None, due_before)


def test_a_facilitator_without_a_course_is_told_what_there_is(tx: Connection) -> None:
    open_group(tx)
    iryna = Guest(tx, people.add(tx, address=1, name="", language="", now=MONDAY).id)

    iryna.start()

    assert iryna.heard() == [Notice(what="facilitator_here")]


def test_an_admin_without_a_group_is_told_what_there_is(tx: Connection) -> None:
    open_group(tx)
    sarnai = guest(tx, address=2, name="Sarnai")
    roles.grant(tx, person_id=sarnai.person_id, name="admin", group_id=None, now=MONDAY)

    sarnai.start()
    asking.offer(tx, person=sarnai.person, text="Hello", message_id=1, now=MONDAY, academy=BILINGUAL)

    assert sarnai.heard() == [Notice(what="admin_here"), Notice(what="admin_here")]


# --- clocks and samples ---------------------------------------------------------------------------


def test_clocks_nearby_are_offered_as_times(tx: Connection) -> None:
    open_group(tx)
    olena = guest(tx)
    olena.start(TOKEN)
    olena.agree()

    assert agreeing_times.offer_zones(tx, olena.chosen(), page=0, now=MONDAY + MINUTE, academy=BILINGUAL)

    # 09:01 at +8; in November Hovd is at +7, Tokyo +9, Dhaka +6, Brisbane +10, Karachi +5, Sydney +11.
    assert olena.heard()[-1] == ZoneOffer(
        enrollment_id=olena.enrollment_id,
        choices=(
            ("Asia/Karachi", "06:01"),
            ("Asia/Dhaka", "07:01"),
            ("Asia/Hovd", "08:01"),
            ("Asia/Tokyo", "10:01"),
            ("Australia/Brisbane", "11:01"),
            ("Australia/Sydney", "12:01"),
        ),
        further=1,
    )


def test_another_clock_is_kept_and_lessons_follow_it(tx: Connection) -> None:
    open_group(tx)
    olena = guest(tx)
    olena.start(TOKEN)
    olena.agree()

    assert agreeing_times.choose_zone(tx, olena.chosen(), zone="Asia/Hovd", now=MONDAY, academy=BILINGUAL)
    assert not agreeing_times.choose_zone(
        tx, olena.chosen(), zone="Asia/Atlantis", now=MONDAY, academy=BILINGUAL
    )

    assert olena.person.zone == "Asia/Hovd"


def test_a_sample_keeps_nothing_but_its_place_in_the_button(tx: Connection) -> None:
    open_group(tx)
    olena = guest(tx)
    olena.start()

    shown = [
        sampling.show(tx, person=olena.person, card=card, screen=SCREEN, now=MONDAY) for card in (1, 2, 3, 0)
    ]

    assert shown == [True, True, False, False]
    assert olena.heard() == [
        TypeCode(academy="City", sample=True),
        SampleCard(
            course="Energy basics",
            card=1,
            cards=2,
            text=RichText("Nights count.", (Span(start=0, length=13, kind="bold"),)),
        ),
        SampleCard(course="Energy basics", card=2, cards=2, text=RichText("Most runs idle.")),
    ]
    assert olena.person.notice_accepted_at is None


def test_one_row_for_one_number_however_often_they_start(tx: Connection) -> None:
    open_group(tx)
    for _ in range(3):
        guest(tx).start(TOKEN)

    count = tx.execute(
        select(func.count()).select_from(people_table).where(people_table.c.address == 7)
    ).scalar_one()
    assert count == 1
    assert groups.by_token(tx, TOKEN) is not None
