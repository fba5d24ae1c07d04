"""Announcements of a course: when they are due in a group, who is shown them, what each reader gets."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from academy import announcing, delivering, drafting
from academy.grouping import GroupCreated, create_group
from academy.messages.facilitating import Announcement, AnnounceReady
from learners.groups import Group
from learners.people import Person
from lessons.markup import RichText, Span
from lessons.model import BundledAnnouncement, Course, Lesson, Pair, Translation
from lessons.steps import Say
from scheduler.local_time import QuietHours
from scheduler.pacing import Rhythm
from storage import announcements, courses, enrollments, people, roles
from tests.academy.cohort import shown
from tests.academy.school import ACADEMY, DAY, MONDAY, ULAANBAATAR, Learner

ZONE = ZoneInfo(ULAANBAATAR)
MINUTE = timedelta(minutes=1)
LESSONS = tuple(
    Lesson(id=one, title=one.title(), steps=(Say(id=f"{one}-1", text="Read."),))
    for one in ("one", "two", "three")
)
COURSE = Course(
    id="told",
    title="Told",
    language="en",
    version="1.0.0",
    lessons=LESSONS,
    announcements=(
        BundledAnnouncement(id="two", when="before_lesson", lesson="two", days=0, text="Hello **{name}**."),
    ),
    translations=(
        Translation(language="mn", pairs=(Pair(source="Hello **{name}**.", target="Сайн уу, **{name}**."),)),
    ),
)
WORKDAYS = Rhythm(
    weekdays=frozenset(range(5)), at=time(9), zone=ZONE, quiet=QuietHours(start=time(19), end=time(8))
)
TUESDAY = MONDAY + DAY


def grouped(tx: Connection, *, course: Course = COURSE, auto: bool = False) -> Group:
    courses.publish(tx, course=course, media={}, now=MONDAY)
    made = create_group(
        tx,
        course_id=course.id,
        name="Autumn",
        zone=ULAANBAATAR,
        weekdays=None,
        at=None,
        expected=None,
        capacity=50,
        auto_announcements=auto,
        random=Random(1),
        now=MONDAY,
        academy=ACADEMY,
    )
    assert isinstance(made, GroupCreated)
    return made.group


def facilitator(tx: Connection, group: Group, *, address: int = 50, name: str = "Iryna") -> Person:
    person = people.add(tx, address=address, name=name, language="en", now=MONDAY)
    roles.grant(tx, person_id=person.id, name="facilitator", group_id=group.id, now=MONDAY)
    return person


def begun(tx: Connection, group: Group, *, address: int = 7, language: str = "en") -> Learner:
    person = people.add(tx, address=address, name=f"Learner {address}", language=language, now=MONDAY)
    made = enrollments.enroll(tx, person_id=person.id, group=group, now=MONDAY)
    delivering.begin(tx, enrollment_id=made.id, now=MONDAY, academy=ACADEMY)
    return Learner(tx, made.id, person.id)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ({"when": "start"}, datetime(2026, 11, 26, 1, tzinfo=UTC)),
        ({"when": "start", "at": time(12, 30)}, datetime(2026, 11, 26, 4, 30, tzinfo=UTC)),
        # Thursday, Friday, Monday are the days of the three lessons.
        ({"when": "before_lesson", "lesson": "three", "days": 1}, datetime(2026, 11, 27, 1, tzinfo=UTC)),
        ({"when": "before_lesson", "lesson": "two", "days": 9}, datetime(2026, 11, 26, 1, tzinfo=UTC)),
        ({"when": "after_lesson", "lesson": "two"}, datetime(2026, 11, 30, 1, tzinfo=UTC)),
        ({"when": "end"}, datetime(2026, 12, 1, 1, tzinfo=UTC)),
        ({"when": "day", "days": 1}, datetime(2026, 11, 26, 1, tzinfo=UTC)),
        ({"when": "day", "days": 5}, datetime(2026, 12, 2, 1, tzinfo=UTC)),
        # 21:00 is quiet, and 08:00 is the end of it.
        ({"when": "day", "days": 1, "at": time(21)}, datetime(2026, 11, 27, 0, tzinfo=UTC)),
    ],
)
def test_days_are_learning_days_of_the_group(written: dict[str, object], moment: datetime) -> None:
    announced = replace(BundledAnnouncement(id="x", when="start", text="Hi."), **written)  # type: ignore[arg-type]  # fields of the parameters

    at = drafting.planned_at(announced, course=COURSE, first_on=date(2026, 11, 26), rhythm=WORKDAYS)

    assert at == moment


def test_a_draft_waits_for_the_first_learner_and_is_offered_once(tx: Connection) -> None:
    group = grouped(tx)
    iryna = facilitator(tx, group)

    nobody = drafting.tick(tx, now=MONDAY + 9 * DAY, academy=ACADEMY)
    begun(tx, group)
    too_early = drafting.tick(tx, now=TUESDAY - MINUTE, academy=ACADEMY)
    planned = announcements.next_planned_at(tx, now=MONDAY)
    offered = drafting.tick(tx, now=TUESDAY, academy=ACADEMY)
    again = drafting.tick(tx, now=TUESDAY + MINUTE, academy=ACADEMY)

    assert (nobody, too_early, planned, offered, again) == (0, 0, TUESDAY, 1, 0)
    preview, ready = shown(tx, iryna)
    assert isinstance(preview.message, Announcement)
    assert preview.message.text.text == "Hello Iryna."
    assert isinstance(ready.message, AnnounceReady)
    assert (ready.message.group, ready.message.people) == ("Autumn", 1)
    assert (preview.silent, ready.silent) == (False, True)


def test_without_a_facilitator_it_waits_for_one(tx: Connection) -> None:
    group = grouped(tx)
    begun(tx, group)
    # Named and never written: the bot has no chat with them yet.
    facilitator(tx, group, name="")

    waited = drafting.tick(tx, now=TUESDAY, academy=ACADEMY)
    iryna = facilitator(tx, group, address=51)
    offered = drafting.tick(tx, now=TUESDAY + DAY, academy=ACADEMY)

    assert (waited, offered) == (0, 1)
    assert len(shown(tx, iryna)) == 2


def test_each_reader_gets_their_language_and_their_name(tx: Connection) -> None:
    group = grouped(tx)
    iryna = facilitator(tx, group)
    olena, bold = begun(tx, group), begun(tx, group, address=8, language="mn")
    drafting.tick(tx, now=TUESDAY, academy=ACADEMY)
    (_, ready) = shown(tx, iryna)
    assert isinstance(ready.message, AnnounceReady)

    kept = drafting.take(tx, ready.message.announcement_id, by=iryna)
    assert kept is not None
    outcome = announcing.confirm(tx, kept=kept, screen=None, now=TUESDAY, academy=ACADEMY)

    told = [learner.last() for learner in (olena, bold)]
    assert outcome == "done"
    assert [one.text for one in told if isinstance(one, Announcement)] == [
        RichText("Hello Learner 7.", (Span(start=6, length=9, kind="bold"),)),
        RichText("Сайн уу, Learner 8.", (Span(start=9, length=9, kind="bold"),)),
    ]


def test_one_facilitator_has_it_and_the_other_is_too_late(tx: Connection) -> None:
    group = grouped(tx)
    iryna, petro = facilitator(tx, group), facilitator(tx, group, address=51, name="Petro")
    begun(tx, group)
    drafting.tick(tx, now=TUESDAY, academy=ACADEMY)
    ready = shown(tx, petro)[1].message
    assert isinstance(ready, AnnounceReady)

    first = drafting.take(tx, ready.announcement_id, by=iryna)
    second = drafting.take(tx, ready.announcement_id, by=petro)
    once_more = drafting.take(tx, ready.announcement_id, by=iryna)

    assert (first is None, second is None, once_more is None) == (False, True, False)


@pytest.mark.parametrize(
    ("wished", "allowed", "late", "alone"),
    [
        (True, True, timedelta(0), True),
        (True, False, timedelta(0), False),
        (False, True, timedelta(0), False),
        # After two days of absence "tomorrow" may be over: a person looks at it first.
        (True, True, 2 * DAY, False),
    ],
)
def test_it_goes_alone_only_where_both_say_so_and_in_time(
    tx: Connection, *, wished: bool, allowed: bool, late: timedelta, alone: bool
) -> None:
    written = replace(COURSE.announcements[0], auto=wished)
    group = grouped(tx, course=replace(COURSE, announcements=(written,)), auto=allowed)
    iryna, olena = facilitator(tx, group), begun(tx, group)

    done = drafting.tick(tx, now=TUESDAY + late, academy=ACADEMY)

    assert done == 1
    assert isinstance(olena.last(), Announcement) is alone
    assert len(shown(tx, iryna)) == (0 if alone else 2)


def test_what_the_course_has_dropped_the_group_drops_too(tx: Connection) -> None:
    group = grouped(tx)
    iryna = facilitator(tx, group)
    announcements.add_bundled(tx, group_id=group.id, bundled="gone", content="{}", now=MONDAY)
    begun(tx, group)

    drafting.tick(tx, now=TUESDAY, academy=ACADEMY)

    assert len(shown(tx, iryna)) == 2


def test_making_drafts_twice_makes_them_once(tx: Connection) -> None:
    group = grouped(tx)
    iryna = facilitator(tx, group)
    begun(tx, group)

    drafting.keep_drafts(tx, group=group, course=COURSE, now=MONDAY)
    drafting.tick(tx, now=TUESDAY, academy=ACADEMY)

    assert len(shown(tx, iryna)) == 2
