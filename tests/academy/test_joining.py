from dataclasses import replace
from datetime import time, timedelta

import pytest
from sqlalchemy import Connection, func, select

from academy import agreeing_times, delivering, joining, sampling
from academy.messages.facilitating import Notice, OperatorAlarm
from academy.messages.joining import (
    AlreadyJoined,
    JoinRefused,
    NotJoined,
    PrivacyNotice,
    SampleCard,
    ScheduleOffer,
    ScheduleSet,
    Slot,
    TypeCode,
    Welcome,
    WelcomeBack,
    ZoneOffer,
    ZoneQuestion,
)
from academy.messages.learning import CardShown
from academy.outgoing import Show
from learners.people import Person
from lessons.markup import RichText, Span
from storage import codes, due, enrollments, groups, people, roles
from storage.tables import people as people_table
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
