from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import Connection

from academy import agreeing_times, preferences, slots
from academy.facts import QuietHours
from academy.messages.joining import (
    DaysPicker,
    Help,
    HourPicker,
    MinutePicker,
    Paused,
    ScheduleOffer,
    ScheduleSet,
    Settings,
    Slot,
)
from academy.messages.learning import NothingNow
from academy.outgoing import Show
from storage import due, enrollments
from tests.academy.doorway import BILINGUAL, SCREEN, guest, joined, open_group
from tests.academy.school import MONDAY, ULAANBAATAR

WORKDAYS = (0, 1, 2, 3, 4)
NINE = Slot(weekdays=WORKDAYS, at="09:00")
NEXT_MONDAY = datetime(2026, 11, 30, 1, tzinfo=UTC)  # 09:00 in Ulaanbaatar
TOMORROW = datetime(2026, 11, 24, 1, tzinfo=UTC)


def test_schedule_shows_what_is_agreed_and_two_other_rhythms(tx: Connection) -> None:
    open_group(tx)
    olena = joined(tx)

    preferences.schedule(tx, person=olena.person, now=MONDAY, academy=BILINGUAL)

    assert olena.rows()[-1] == Show(
        message=ScheduleOffer(
            enrollment_id=olena.enrollment_id,
            zone=ULAANBAATAR,
            choices=(Slot(weekdays=WORKDAYS, at="12:30"), Slot(weekdays=(0, 2, 4), at="09:00")),
            current=NINE,
        )
    )


def test_schedule_without_a_group_says_so(tx: Connection) -> None:
    stranger = guest(tx)

    preferences.schedule(tx, person=stranger.person, now=MONDAY, academy=BILINGUAL)

    assert stranger.heard() == [NothingNow(reason="not_joined")]


def test_two_courses_have_a_message_each_with_their_names(tx: Connection) -> None:
    open_group(tx)
    open_group(tx, name="Water", token="b" * 22, code="WATER234")
    olena = joined(tx)
    joined(tx, token="b" * 22)
    before = len(olena.heard())

    preferences.schedule(tx, person=olena.person, now=MONDAY, academy=BILINGUAL)

    offers = [message for message in olena.heard()[before:] if isinstance(message, ScheduleOffer)]
    assert [(offer.course, offer.current) for offer in offers] == [
        ("Energy basics", NINE),
        ("Energy basics", Slot(weekdays=WORKDAYS, at="09:30")),
    ]


def test_days_hours_and_minutes_travel_along_and_nothing_is_kept_before_the_end(tx: Connection) -> None:
    open_group(tx)
    olena = joined(tx)
    picked = frozenset({1, 3})

    assert agreeing_times.pick_days(tx, olena.chosen(), picked=picked, now=MONDAY)
    assert agreeing_times.pick_hour(tx, olena.chosen(), picked=picked, now=MONDAY, academy=BILINGUAL)
    assert agreeing_times.pick_minute(
        tx, olena.chosen(), picked=picked, hour=16, now=MONDAY, academy=BILINGUAL
    )
    between = enrollments.get(tx, olena.enrollment_id)
    assert agreeing_times.choose_slot(
        tx, olena.chosen(), weekdays=picked, at=time(16, 45), now=MONDAY, academy=BILINGUAL
    )

    here = olena.enrollment_id
    assert olena.rows()[-4:] == [
        Show(message=DaysPicker(enrollment_id=here, picked=(1, 3)), edits=SCREEN),
        Show(message=HourPicker(enrollment_id=here, picked=(1, 3), hours=tuple(range(8, 19))), edits=SCREEN),
        Show(message=MinutePicker(enrollment_id=here, picked=(1, 3), hour=16), edits=SCREEN),
        Show(
            # Lesson 1 was given on Monday, so the next one can come on Tuesday.
            message=ScheduleSet(
                slot=Slot(weekdays=(1, 3), at="16:45"),
                next_at=datetime(2026, 11, 24, 8, 45, tzinfo=UTC),
                zone=ULAANBAATAR,
            ),
            edits=SCREEN,
        ),
    ]
    assert between.at == time(9)


@pytest.mark.parametrize(
    ("weekdays", "at"),
    [
        pytest.param(frozenset(), time(9), id="no day"),
        pytest.param(frozenset({0}), time(7, 59), id="before eight"),
        pytest.param(frozenset({0}), time(19), id="quiet begins"),
        pytest.param(frozenset({0}), time(0), id="midnight"),
    ],
)
def test_what_no_button_offers_changes_nothing(tx: Connection, weekdays: frozenset[int], at: time) -> None:
    open_group(tx)
    olena = joined(tx)
    before = enrollments.get(tx, olena.enrollment_id)

    done = agreeing_times.choose_slot(
        tx, olena.chosen(), weekdays=weekdays, at=at, now=MONDAY, academy=BILINGUAL
    )

    assert not done
    assert enrollments.get(tx, olena.enrollment_id) == before


def test_quiet_hours_of_any_shape_leave_only_waking_choices() -> None:
    siesta = QuietHours(start=time(12), end=time(16, 30))
    night = QuietHours(start=time(18, 30), end=time(8, 30))
    never = QuietHours(start=time(0), end=time(0))

    assert slots.offered(weekdays=frozenset({0}), at=time(13), quiet=siesta) == (
        Slot(weekdays=(0,), at="16:30"),
        Slot(weekdays=(0, 2, 4), at="16:30"),
    )
    assert slots.hours(night) == tuple(range(8, 19))
    assert slots.minutes(night, 8) == (30, 45)
    assert slots.minutes(night, 18) == (0, 15)
    assert slots.hours(never) == tuple(range(24))


def test_courses_step_aside_until_a_free_half_hour() -> None:
    quiet = QuietHours(start=time(19), end=time(8))
    workdays = frozenset(WORKDAYS)

    def free(at: time, *taken: tuple[frozenset[int], time]) -> time:
        return slots.free(at, weekdays=workdays, taken=taken, quiet=quiet)

    assert free(time(9)) == time(9)
    assert free(time(9), (workdays, time(9)), (frozenset({4}), time(9, 30))) == time(10)
    assert free(time(9), (frozenset({5, 6}), time(9))) == time(9)
    assert free(time(18, 45), (workdays, time(18, 45))) == time(8, 15)


def test_pauses_end_at_the_learners_hour_and_resume_with_one_tap(tx: Connection) -> None:
    open_group(tx)
    olena = joined(tx)
    here = olena.enrollment_id

    for length in ("1w", "2w", "open"):
        assert preferences.pause(
            tx,
            olena.chosen(),
            length=length,
            now=MONDAY,
            academy=BILINGUAL,
        )
    paused = enrollments.get(tx, here).state
    assert preferences.resume(tx, olena.chosen(), now=MONDAY, academy=BILINGUAL)
    assert preferences.resume(tx, olena.chosen(), now=MONDAY, academy=BILINGUAL)

    back = Show(message=ScheduleSet(slot=NINE, next_at=TOMORROW, zone=ULAANBAATAR), edits=SCREEN)
    assert olena.rows()[-5:] == [
        Show(message=Paused(enrollment_id=here, until=NEXT_MONDAY, zone=ULAANBAATAR), edits=SCREEN),
        Show(
            message=Paused(enrollment_id=here, until=NEXT_MONDAY + timedelta(days=7), zone=ULAANBAATAR),
            edits=SCREEN,
        ),
        Show(message=Paused(enrollment_id=here, until=None, zone=ULAANBAATAR), edits=SCREEN),
        back,
        back,
    ]
    assert paused == "paused"
    assert enrollments.get(tx, here).state == "active"


def test_a_pause_ends_on_a_day_on_which_lessons_come(tx: Connection) -> None:
    open_group(tx)
    olena = joined(tx)
    saturday = MONDAY + timedelta(days=5)

    assert preferences.pause(tx, olena.chosen(), length="1w", now=saturday, academy=BILINGUAL)

    # A week later is a Saturday, and she learns on workdays.
    until = datetime(2026, 12, 7, 1, tzinfo=UTC)  # Monday 09:00 in Ulaanbaatar
    assert olena.heard()[-1] == Paused(enrollment_id=olena.enrollment_id, until=until, zone=ULAANBAATAR)
    assert due.due_at(tx, olena.enrollment_id) == until


def test_settings_are_shown_again_at_once_in_the_new_language(tx: Connection) -> None:
    open_group(tx)
    olena = joined(tx)

    assert preferences.choose_language(
        tx, person=olena.person, language="mn", screen=SCREEN, now=MONDAY, academy=BILINGUAL
    )
    preferences.choose_text_only(
        tx, person=olena.person, on=True, screen=SCREEN, now=MONDAY, academy=BILINGUAL
    )
    assert not preferences.choose_language(
        tx, person=olena.person, language="xx", screen=SCREEN, now=MONDAY, academy=BILINGUAL
    )

    languages = ("en", "mn", "uk")
    assert olena.rows()[-2:] == [
        Show(message=Settings(language="mn", languages=languages, text_only=False), edits=SCREEN),
        Show(message=Settings(language="mn", languages=languages, text_only=True), edits=SCREEN),
    ]
    assert (olena.person.language, olena.person.text_only) == ("mn", True)


def test_help_names_the_facilitator_and_what_else_somebody_may_do(tx: Connection) -> None:
    open_group(tx)
    olena = joined(tx)
    iryna = replace(olena, person_id=olena.person_id - 1)

    preferences.show_help(tx, person=olena.person, now=MONDAY, academy=BILINGUAL)
    preferences.show_help(tx, person=iryna.person, now=MONDAY, academy=BILINGUAL)

    contact = "energy@city.example"
    assert olena.heard()[-1] == Help(facilitator="Iryna Koval", contact=contact)
    assert iryna.heard()[-1] == Help(facilitator="", contact=contact, roles=("facilitator",), joined=False)
