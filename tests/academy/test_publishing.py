from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from academy import publishing
from academy.messages.authoring import CourseLine, CourseList, CourseReport, PublishOffer, PublishResult
from academy.outgoing import Screen
from learners.people import Person
from lessons.media import Media
from lessons.model import Course, Pair, Translation
from lessons.problems import Problem
from lessons.versions import content_hash
from storage import courses, people
from storage.courses import Published, VersionTaken
from storage.tables import course_versions
from tests.academy.cohort import NOW, shown
from tests.academy.school import ENERGY, join

PICTURE = "ab" * 32
PNG = Media(mime="image/png", content=b"\x89PNG")
OTHER_TITLE = replace(ENERGY, title="Energy for beginners")
SCREEN = Screen(message_id=70, has_media=False)
WARNING = Problem(
    path="energy.yaml",
    line=3,
    column=1,
    severity="warning",
    code="W201",
    message="a card is long",
    fix="split it",
)


def admin(tx: Connection, address: int = 60) -> Person:
    return people.add(tx, address=address, name="Admin", language="en", now=NOW)


def versions(tx: Connection) -> int:
    return tx.execute(select(func.count()).select_from(course_versions)).scalar_one()


def offered(tx: Connection, person: Person, course: Course = ENERGY, *, now: datetime = NOW) -> int:
    publishing.offer(
        tx, person=person, file_name="energy.yaml", course=course, problems=(), media={PICTURE: PNG}, now=now
    )
    offer = shown(tx, person)[-1].message
    assert isinstance(offer, PublishOffer)
    return offer.draft_id


def test_the_same_content_is_published_once(tx: Connection) -> None:
    first = publishing.publish(tx, course=ENERGY, media={PICTURE: PNG}, now=NOW)
    again = publishing.publish(tx, course=ENERGY, media={PICTURE: PNG}, now=NOW + timedelta(days=1))

    assert isinstance(first, Published)
    assert isinstance(again, Published)
    assert (first.created, again.created, again.version_id) == (True, False, first.version_id)
    assert versions(tx) == 1
    assert courses.picture(tx, PICTURE) == ("image/png", b"\x89PNG")
    assert courses.course(tx, first.version_id) == ENERGY


def test_the_same_version_with_other_content_is_refused_and_changes_nothing(tx: Connection) -> None:
    first = publishing.publish(tx, course=ENERGY, media={}, now=NOW)

    refused = publishing.publish(tx, course=OTHER_TITLE, media={PICTURE: PNG}, now=NOW)

    assert isinstance(first, Published)
    assert isinstance(refused, VersionTaken)
    assert refused.taken.content_hash == content_hash(ENERGY)
    assert versions(tx) == 1
    assert courses.picture(tx, PICTURE) is None
    assert courses.latest(tx, "energy") == first.version_id


def test_another_version_is_the_latest_and_leaves_the_first_as_it_was(tx: Connection) -> None:
    first = publishing.publish(tx, course=ENERGY, media={}, now=NOW)
    second = publishing.publish(tx, course=replace(OTHER_TITLE, version="1.1.0"), media={}, now=NOW)

    assert isinstance(first, Published)
    assert isinstance(second, Published)
    assert courses.latest(tx, "energy") == second.version_id
    assert courses.course(tx, first.version_id).title == "Energy basics"
    assert courses.course(tx, second.version_id).title == "Energy for beginners"


def test_a_course_speaks_the_nearest_language_it_has(tx: Connection) -> None:
    pair = Pair(source="Energy basics", target="Эрчим хүч")
    made = publishing.publish(
        tx,
        course=replace(ENERGY, translations=(Translation(language="mn", pairs=(pair,)),)),
        media={},
        now=NOW,
    )
    assert isinstance(made, Published)

    titles = [
        courses.course_in(tx, made.version_id, language).title for language in ("mn", "mn-MN", "de", "")
    ]

    assert titles == ["Эрчим хүч", "Эрчим хүч", "Energy basics", "Energy basics"]


def test_telegrams_name_of_a_picture_belongs_to_one_bot_and_the_newest_wins(tx: Connection) -> None:
    courses.keep_file_id(tx, 1, PICTURE, "old")
    courses.keep_file_id(tx, 1, PICTURE, "new")

    assert (courses.file_id(tx, 1, PICTURE), courses.file_id(tx, 2, PICTURE)) == ("new", None)


def test_a_clean_course_is_offered_with_who_keeps_the_earlier_version(tx: Connection) -> None:
    join(tx, address=1)
    person = admin(tx)

    publishing.offer(
        tx,
        person=person,
        file_name="energy.yaml",
        course=replace(OTHER_TITLE, version="1.1.0"),
        problems=(WARNING,),
        media={},
        now=NOW,
    )

    report, offer = (said.message for said in shown(tx, person))
    assert isinstance(report, CourseReport)
    assert (report.name, report.errors, report.warnings, len(report.first)) == ("energy.yaml", 0, 1, 1)
    assert "W201" in report.document
    assert isinstance(offer, PublishOffer)
    assert offer == PublishOffer(
        draft_id=offer.draft_id,
        course="Energy for beginners",
        course_id="energy",
        version="1.1.0",
        content_hash=content_hash(replace(OTHER_TITLE, version="1.1.0"))[:12],
        lessons=3,
        questions=5,
        languages=("en",),
        warnings=1,
        learners=1,
    )


def test_a_course_with_errors_is_reported_and_not_offered(tx: Connection) -> None:
    person = admin(tx)
    errors = tuple(replace(WARNING, severity="error", code="E101", line=line) for line in range(1, 6))

    publishing.offer(
        tx, person=person, file_name="energy.yaml", course=None, problems=errors, media={}, now=NOW
    )

    (report,) = (said.message for said in shown(tx, person))
    assert isinstance(report, CourseReport)
    assert (report.errors, report.warnings, len(report.first), report.document.count("E101")) == (5, 0, 3, 5)


def test_publish_under_a_dropped_course_works_once(tx: Connection) -> None:
    person = admin(tx)
    draft = offered(tx, person)

    publishing.publish_draft(tx, person=person, draft_id=draft, screen=SCREEN, now=NOW)
    publishing.publish_draft(tx, person=person, draft_id=draft, screen=SCREEN, now=NOW)

    results = [said.message for said in shown(tx, person) if isinstance(said.message, PublishResult)]
    assert results == [
        PublishResult(
            outcome="published", course_id="energy", version="1.0.0", content_hash=content_hash(ENERGY)[:12]
        )
    ]
    assert versions(tx) == 1
    assert courses.picture(tx, PICTURE) == ("image/png", b"\x89PNG")


def test_publish_is_for_the_same_admin_and_for_ten_minutes(tx: Connection) -> None:
    person, other = admin(tx), admin(tx, address=61)
    draft = offered(tx, person)

    publishing.publish_draft(tx, person=other, draft_id=draft, screen=SCREEN, now=NOW)
    publishing.publish_draft(
        tx, person=person, draft_id=draft, screen=SCREEN, now=NOW + timedelta(minutes=10, seconds=1)
    )

    expired = PublishResult(outcome="expired", course_id="", version="", content_hash="")
    assert [shown(tx, other)[-1].message, shown(tx, person)[-1].message] == [expired, expired]
    assert versions(tx) == 0


def test_publishing_again_or_over_a_taken_version_says_so(tx: Connection) -> None:
    person = admin(tx)
    publishing.publish(tx, course=ENERGY, media={}, now=NOW)

    for course in (ENERGY, OTHER_TITLE):
        draft = offered(tx, person, course)
        publishing.publish_draft(tx, person=person, draft_id=draft, screen=SCREEN, now=NOW)

    results = [said.message.outcome for said in shown(tx, person) if isinstance(said.message, PublishResult)]
    assert results == ["unchanged", "version_taken"]


def test_courses_lists_the_latest_versions_in_the_readers_language(tx: Connection) -> None:
    person = admin(tx)
    join(tx, address=1)
    publishing.publish(tx, course=replace(OTHER_TITLE, version="1.1.0"), media={}, now=NOW)

    publishing.list_courses(tx, person=person, now=NOW)

    assert shown(tx, person)[-1].message == CourseList(
        courses=(
            CourseLine(
                title="Energy for beginners", course_id="energy", version="1.1.0", lessons=3, learners=1
            ),
        )
    )
