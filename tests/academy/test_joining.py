from dataclasses import replace
from datetime import time, timedelta

import pytest
from sqlalchemy import Connection

from academy import agreeing_times, joining, sampling
from academy.messages.facilitating import OperatorAlarm
from academy.messages.joining import (
    JoinRefused,
    NotJoined,
    PrivacyNotice,
    ScheduleOffer,
    ScheduleSet,
    Slot,
    TypeCode,
    Welcome,
    ZoneQuestion,
)
from academy.messages.learning import CardShown
from academy.outgoing import Show
from learners.people import Person
from lessons.markup import RichText, Span
from storage import codes, enrollments, people, roles
from tests.academy.doorway import BILINGUAL, CODE, SCREEN, TOKEN, Guest, guest, joined, open_group
from tests.academy.school import HOUR, MONDAY, ULAANBAATAR

WORKDAYS = (0, 1, 2, 3, 4)
MINUTE = timedelta(minutes=1)


def welcome(group_id: int, *, language: str = "en", others: tuple[str, ...] = ("uk", "mn")) -> Welcome:
    return Welcome(
        name="Olena",
        group_id=group_id,
        group="Autumn",
        course="Energy basics",
        academy="City",
        lessons=3,
        minutes=4,
        facilitator="Iryna Koval",
        language=language,
        other_languages=others,
        invitation=TOKEN,
    )


def notice(group_id: int, *, full: bool = False) -> PrivacyNotice:
    return PrivacyNotice(
        group_id=group_id,
        facilitator="Iryna Koval",
        academy="City",
        contact="energy@city.example",
        keep_months=12,
        full=full,
        invitation=TOKEN,
    )


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


def test_four_taps_lead_from_the_link_to_the_first_card(tx: Connection) -> None:
    group = open_group(tx)
    olena = guest(tx)

    olena.start(TOKEN)
    assert joining.show_notice(tx, olena.invited(), full=False, now=MONDAY, academy=BILINGUAL)
    assert olena.agree()
    enrollment = olena.enrollment_id
    assert agreeing_times.choose_slot(
        tx, olena.chosen(), weekdays=frozenset(WORKDAYS), at=time(12, 30), now=MONDAY, academy=BILINGUAL
    )
    assert agreeing_times.choose_zone(tx, olena.chosen(), zone=None, now=MONDAY, academy=BILINGUAL)

    slot = Slot(weekdays=WORKDAYS, at="12:30")
    first = CardShown(
        assignment_id=1,
        step=0,
        lesson=1,
        lessons=3,
        card=1,
        cards=2,
        title="What runs at night?",
        text=RichText("Nights count.", (Span(start=0, length=13, kind="bold"),)),
    )
    shown = olena.rows()[-1]
    assert isinstance(shown, Show)
    assert isinstance(shown.message, CardShown)
    assert olena.rows() == [
        Show(message=welcome(group.id)),
        Show(message=notice(group.id), edits=SCREEN),
        Show(message=offer(enrollment), edits=SCREEN),
        Show(message=ZoneQuestion(enrollment_id=enrollment, local_time="09:00"), edits=SCREEN),
        Show(message=ScheduleSet(slot=slot, zone=ULAANBAATAR), edits=SCREEN),
        Show(message=replace(first, assignment_id=shown.message.assignment_id)),
    ]
    kept = enrollments.get(tx, enrollment)
    assert (kept.state, kept.weekdays, kept.at) == ("active", frozenset(WORKDAYS), time(12, 30))
    assert olena.person == Person(
        id=olena.person_id,
        address=7,
        name="Olena",
        language="en",
        zone=ULAANBAATAR,
        notice_accepted_at=MONDAY,
    )


@pytest.mark.parametrize("typed", ["K7Q4MXPR", "k7q4 mxpr", "K7Q4-MXPR", " k7q4–mxpr ", "К7Q4МХРR"])
def test_a_code_is_read_as_people_type_it(tx: Connection, typed: str) -> None:
    group = open_group(tx)
    olena = guest(tx)

    assert olena.types(typed)

    assert olena.heard() == [welcome(group.id)]


def test_a_pasted_link_is_as_good_as_an_opened_one(tx: Connection) -> None:
    group = open_group(tx)
    olena = guest(tx)

    assert olena.types(f"Here: https://t.me/city_bot?start={TOKEN}")

    assert olena.heard() == [welcome(group.id)]


def test_the_course_speaks_the_language_of_the_phone(tx: Connection) -> None:
    group = open_group(tx)
    olena = guest(tx, claimed="uk")

    olena.start(TOKEN)

    assert olena.heard() == [welcome(group.id, language="uk", others=("en", "mn"))]
    assert olena.person.language == "uk"


def test_another_language_is_one_tap_away_in_the_same_message(tx: Connection) -> None:
    group = open_group(tx)
    olena = guest(tx)
    olena.start(TOKEN)

    assert joining.choose_language(tx, olena.invited(), language="mn", now=MONDAY, academy=BILINGUAL)

    assert olena.rows()[1:] == [
        Show(message=welcome(group.id, language="mn", others=("en", "uk")), edits=SCREEN)
    ]
    assert olena.person.language == "mn"
    assert not joining.choose_language(tx, olena.invited(), language="tlh", now=MONDAY, academy=BILINGUAL)


def test_who_says_no_is_told_that_nothing_is_kept(tx: Connection) -> None:
    open_group(tx)
    olena = guest(tx)
    olena.start(TOKEN)

    joining.decline(tx, person=olena.person, screen=SCREEN, now=MONDAY)

    assert olena.rows()[-1] == Show(message=NotJoined(), edits=SCREEN)
    assert people.to_forget(tx, now=MONDAY) == ((olena.person, MONDAY),)
    assert olena.person.name == ""
    assert enrollments.of_person(tx, olena.person_id) == ()


def test_who_says_no_can_come_back_at_once(tx: Connection) -> None:
    open_group(tx)
    olena = guest(tx)
    olena.start(TOKEN)
    joining.decline(tx, person=olena.person, screen=SCREEN, now=MONDAY)

    olena.start(TOKEN)

    assert people.to_forget(tx, now=MONDAY) == ()


def test_a_facilitator_who_says_no_keeps_the_role(tx: Connection) -> None:
    group = open_group(tx)
    iryna = Guest(tx, people.add(tx, address=1, name="", language="", now=MONDAY).id)
    iryna.start(TOKEN)

    joining.decline(tx, person=iryna.person, screen=SCREEN, now=MONDAY)

    assert iryna.heard()[-1] == NotJoined(known=True)
    assert people.to_forget(tx, now=MONDAY) == ()
    assert [role.group_id for role in roles.roles_of(tx, iryna.person_id)] == [group.id]


# --- refused --------------------------------------------------------------------------------------


def test_a_wrong_link_and_a_wrong_code_are_not_in_use(tx: Connection) -> None:
    olena = guest(tx)

    olena.start("A" * 22)
    olena.types("AAAA BBBB")

    assert olena.heard() == [JoinRefused(reason="unknown"), JoinRefused(reason="unknown")]


def test_only_the_holder_of_the_link_hears_that_a_group_has_closed(tx: Connection) -> None:
    open_group(tx, closes_at=MONDAY)
    olena = guest(tx)

    olena.start(TOKEN)
    olena.types(CODE)

    assert olena.heard() == [
        JoinRefused(reason="closed", closed_at=MONDAY, zone=ULAANBAATAR, facilitator="Iryna Koval"),
        JoinRefused(reason="unknown"),
    ]
    assert codes.wrong_since(tx, address=7, since=MONDAY - HOUR) == 1


def test_a_full_group_says_so(tx: Connection) -> None:
    open_group(tx, capacity=1)
    joined(tx, address=8)
    olena = guest(tx)

    olena.start(TOKEN)

    assert olena.heard() == [JoinRefused(reason="full", facilitator="Iryna Koval")]


def test_the_last_place_is_taken_once(tx: Connection) -> None:
    open_group(tx, capacity=1)
    olena, petro = guest(tx), guest(tx, address=8)
    olena.start(TOKEN)
    petro.start(TOKEN)

    assert petro.agree()
    assert olena.agree()

    assert olena.heard()[-1] == JoinRefused(reason="full", facilitator="Iryna Koval")
    assert olena.person.notice_accepted_at is None


def test_a_group_that_closes_while_somebody_reads_the_notice(tx: Connection) -> None:
    open_group(tx, closes_at=MONDAY + MINUTE)
    olena = guest(tx)
    olena.start(TOKEN)

    assert olena.agree(now=MONDAY + MINUTE)

    assert enrollments.of_person(tx, olena.person_id) == ()


def test_after_five_wrong_codes_in_an_hour_not_even_the_right_one_is_looked_at(tx: Connection) -> None:
    group = open_group(tx)
    olena, petro = guest(tx), guest(tx, address=8)

    for number in range(5):
        olena.types(f"AAAABBB{number + 2}", now=MONDAY + number * MINUTE)
    olena.types(CODE, now=MONDAY + 10 * MINUTE)
    petro.types(CODE, now=MONDAY + 10 * MINUTE)
    olena.types(CODE, now=MONDAY + HOUR + MINUTE)

    assert olena.heard() == [
        *[JoinRefused(reason="unknown")] * 5,
        JoinRefused(reason="too_many_tries"),
        welcome(group.id),
    ]
    assert petro.heard() == [welcome(group.id)]


def test_a_hundred_wrong_codes_in_an_hour_close_the_door_and_alarm_the_admins(tx: Connection) -> None:
    open_group(tx)
    admin = Guest(tx, people.add(tx, address=2, name="Admin", language="en", now=MONDAY).id)
    roles.grant(tx, person_id=admin.person_id, name="admin", group_id=None, now=MONDAY)

    for number in range(20):
        stranger = guest(tx, address=1000 + number)
        for last in "23456":
            stranger.types(f"AAAABBB{last}")
    olena = guest(tx)
    olena.types(CODE)

    assert olena.heard() == [JoinRefused(reason="too_many_tries")]
    assert admin.heard() == [OperatorAlarm(what="code_guessing", count=100, hours=1)]
    olena.start(TOKEN)
    assert isinstance(olena.heard()[-1], Welcome)


@pytest.mark.parametrize(
    "payload",
    ["", "hello", "x" * 64, "x" * 500, "ref_12345", "../../etc", "'; drop table people", "дусал", "\u202e"],
)
def test_whatever_stands_behind_start_is_answered_by_asking_for_the_code(
    tx: Connection, payload: str
) -> None:
    olena = guest(tx)

    olena.start(payload)

    there = sampling.sample(tx, language="en") is not None
    assert olena.heard() == [TypeCode(academy="City", sample=there)]
    assert codes.all_wrong_since(tx, since=MONDAY - HOUR) == 0


def test_a_made_up_invitation_opens_nothing(tx: Connection) -> None:
    open_group(tx)
    olena = guest(tx)

    for token in ("", "1", CODE, "A" * 22, TOKEN.swapcase()):
        assert not joining.show_notice(tx, olena.invited(token), full=True, now=MONDAY, academy=BILINGUAL)
        assert not olena.agree(token)

    assert olena.heard() == []
    assert enrollments.of_person(tx, olena.person_id) == ()


# --- again, twice, by others ----------------------------------------------------------------------
