from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from academy import reporting
from academy.messages.facilitating import GroupHands, GroupSummary, Hand
from learners.people import Role
from learners.records import Response
from lessons.model import Pair, Translation
from reports.completion import Figures
from storage import groups, people, records
from tests.academy.cohort import NOW, cohort, facilitator, member, shown
from tests.academy.school import ACADEMY, ENERGY, ULAANBAATAR, join

MONGOLIAN = Translation(language="mn", pairs=(Pair(source="Energy basics", target="Эрчим хүч"),))
BOT = replace(ACADEMY, bot_username="dusal_bot")


def test_the_report_counts_what_was_done(tx: Connection) -> None:
    learner = member(tx, 1)
    member(tx, 2)
    given = records.assign(
        tx,
        enrollment_id=learner.enrollment_id,
        lesson_id="night",
        course_version_id=learner.enrollment.course_version_id,
        at=NOW,
        on=NOW.date(),
    )
    assert given is not None
    records.add_response(
        tx,
        Response(
            assignment_id=given.id,
            lesson_id="night",
            question_id="q-fans",
            try_number=1,
            response="0",
            score=1.0,
            verdict="right",
            answered_at=NOW,
        ),
    )
    records.change(tx, given, replace(given, step=3, started_at=NOW, finished_at=NOW))
    group = groups.by_name(tx, "Autumn")
    assert group is not None

    report = reporting.completion(tx, group=group, now=NOW + timedelta(hours=1), academy=ACADEMY)

    assert report.figures == Figures(
        invited=None, joined=2, started=1, finished=0, on_schedule=2, need_a_hand=0
    )
    # One lesson of three; its one question right at the first try.
    assert [
        (row.person, row.lessons_finished, row.lessons, row.score_percent) for row in report.learners
    ] == [(1, 1, 3, 100), (2, 0, 3, None)]


def test_the_summary_shows_the_reports_figures_and_the_ways_in(tx: Connection) -> None:
    group = cohort(tx)
    person = facilitator(tx, group)
    four_days_on = NOW + timedelta(days=4)
    report = reporting.completion(tx, group=group, now=four_days_on, academy=BOT)

    reporting.show_group(tx, person=person, group=group, now=four_days_on, academy=BOT)

    assert shown(tx, person)[-1].message == GroupSummary(
        group_id=group.id,
        group="Autumn",
        course="Energy basics",
        figures=report.figures,
        hands=reporting.hands_of(report)[:3],
        zone=ULAANBAATAR,
        code="CODE Autumn",
        link="https://t.me/dusal_bot?start=token-Autumn",
    )


def test_whoever_never_wrote_reads_the_course_in_the_words_around_it(tx: Connection) -> None:
    join(tx, course=replace(ENERGY, translations=(MONGOLIAN,)), now=NOW)
    group = groups.by_name(tx, "Autumn")
    assert group is not None
    granted = people.add(tx, address=50, name="", language="", now=NOW)
    mongolian = replace(ACADEMY, languages=("mn", "en"))

    reporting.show_group(tx, person=granted, group=group, now=NOW, academy=mongolian)

    summary = shown(tx, granted)[-1].message
    assert isinstance(summary, GroupSummary)
    assert summary.course == "Эрчим хүч"


def test_those_with_most_reasons_come_first(tx: Connection) -> None:
    member(tx, 1)
    gone = member(tx, 2)
    people.set_unreachable(tx, gone.person_id, since=NOW)
    group = groups.by_name(tx, "Autumn")
    assert group is not None
    person = facilitator(tx, group)

    reporting.show_hands(
        tx, person=person, group=group, screen=None, now=NOW + timedelta(days=3), academy=ACADEMY
    )

    assert shown(tx, person)[-1].message == GroupHands(
        group="Autumn",
        hands=(
            Hand(name="Learner 2", reasons=("not_reachable", "never_started"), last_active_at=NOW),
            Hand(name="Learner 1", reasons=("never_started",), last_active_at=NOW),
        ),
        more=0,
        zone=ULAANBAATAR,
    )


def test_a_facilitator_sees_own_groups_and_an_admin_all(tx: Connection) -> None:
    group = cohort(tx)
    other = groups.add(
        tx,
        name="Spring",
        course_version_id=group.course_version_id,
        zone="UTC",
        weekdays=group.weekdays,
        at=group.at,
        expected=None,
        link_token="t",
        code="c",
        capacity=1,
        closes_at=None,
        now=NOW,
    )
    facilitates = (Role(name="facilitator", group_id=other.id),)

    assert reporting.groups_for(tx, roles=facilitates, action="see_group") == (other,)
    assert reporting.groups_for(tx, roles=(Role(name="admin", group_id=None),), action="see_group") == (
        group,
        other,
    )
    assert reporting.groups_for(tx, roles=(), action="see_group") == ()
