from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from academy import announcing, delivering
from academy.replanning import Replanned, replan_announcements, replan_some
from lessons.markup import RichText
from storage import announcements, bots, due, records
from storage.bots import Bot
from storage.tables import outbox
from tests.academy.cohort import NOW, cohort
from tests.academy.school import ACADEMY, DAY, HOUR, MONDAY, Learner, join

NOBODY_MOVED = timedelta(0)


def waiting(tx: Connection, address: int) -> Learner:
    """Somebody whose second lesson is due on Tuesday at nine."""
    learner = join(tx, address=address)
    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)
    records.change(tx, learner.open, replace(learner.open, started_at=MONDAY, finished_at=MONDAY))
    delivering.replan(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)
    return learner


def test_moments_of_other_rules_are_replaced_and_told(tx: Connection) -> None:
    learners = [waiting(tx, address) for address in (7, 8, 9)]
    # As an older edition of the rules had it, with summer time in Ulaanbaatar.
    due.set_due(tx, learners[1].enrollment_id, MONDAY + DAY - HOUR)

    found = replan_some(tx, after=0, now=MONDAY + HOUR, academy=ACADEMY)

    assert found == Replanned(last=None, moved=1, most=HOUR)
    assert {due.due_at(tx, learner.enrollment_id) for learner in learners} == {MONDAY + DAY}


def test_it_goes_on_where_it_stopped(tx: Connection) -> None:
    learners = [waiting(tx, address) for address in (7, 8, 9)]

    first = replan_some(tx, after=0, now=MONDAY, academy=ACADEMY, limit=2)
    assert first.last is not None
    second = replan_some(tx, after=first.last, now=MONDAY, academy=ACADEMY, limit=2)

    assert first == Replanned(last=learners[1].enrollment_id, moved=0, most=NOBODY_MOVED)
    assert second == Replanned(last=None, moved=0, most=NOBODY_MOVED)


def test_whoever_was_planned_for_years_ahead_by_a_wrong_clock_comes_back(tx: Connection) -> None:
    learner = waiting(tx, 7)
    due.set_due(tx, learner.enrollment_id, MONDAY + 3652 * DAY)

    replan_some(tx, after=0, now=MONDAY + HOUR, academy=ACADEMY)

    assert due.due_at(tx, learner.enrollment_id) == MONDAY + DAY


def test_the_rules_it_was_planned_by_are_remembered(tx: Connection) -> None:
    assert bots.zone_rules(tx) == ""
    bots.bind(tx, bot=Bot(bot_id=1, username="a_bot", name="A"), now=MONDAY)

    bots.note_zone_rules(tx, version="system 2025b, tzdata 2026.6")

    assert bots.zone_rules(tx) == "system 2025b, tzdata 2026.6"


def test_a_scheduled_announcement_keeps_its_hour_when_the_rules_change(tx: Connection) -> None:
    group = cohort(tx)
    nine = datetime(2026, 11, 24, 1, tzinfo=UTC)
    announcing.announce(tx, group=group, text=RichText("Soup."), send_at=nine, now=NOW, academy=ACADEMY)
    (kept,) = announcements.under_way(tx)
    # As an older edition of the rules had it: what was nine then is eight now.
    an_hour_late = {person: at + HOUR for person, at in moments(tx).items()}
    announcements.move(tx, kept, send_at=nine + HOUR, moments=an_hour_late)

    first = replan_announcements(tx, now=NOW, academy=ACADEMY)
    second = replan_announcements(tx, now=NOW, academy=ACADEMY)

    assert kept.send_wall == "2026-11-24 09:00"
    assert (first, second) == (1, 0)
    assert moments(tx) == {person: at - HOUR for person, at in an_hour_late.items()}


def moments(tx: Connection) -> dict[int, datetime]:
    """When each copy goes, by person."""
    copies = select(outbox.c.person_id, outbox.c.not_before).where(outbox.c.kind == "announcement")
    return {row.person_id: row.not_before for row in tx.execute(copies)}
