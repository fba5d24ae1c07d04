from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection, func, select

from academy import publishing
from academy.messages.authoring import CourseLine, CourseList
from academy.outgoing import Screen
from learners.people import Person
from lessons.media import Media
from lessons.model import Pair, Translation
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


def test_the_same_content_is_published_once(tx: Connection) -> None:
    first = publishing.publish(tx, course=ENERGY, media={PICTURE: PNG}, now=NOW)
    again = publishing.publish(tx, course=ENERGY, media={PICTURE: PNG}, now=NOW + timedelta(days=1))

    assert isinstance(first, Published)
    assert isinstance(again, Published)
    assert (first.created, again.created, again.version_id) == (True, False, first.version_id)
    assert versions(tx) == 1
    assert courses.stored_media(tx, PICTURE) == ("image/png", b"\x89PNG")
    assert courses.course(tx, first.version_id) == ENERGY


def test_the_same_version_with_other_content_is_refused_and_changes_nothing(tx: Connection) -> None:
    first = publishing.publish(tx, course=ENERGY, media={}, now=NOW)

    refused = publishing.publish(tx, course=OTHER_TITLE, media={PICTURE: PNG}, now=NOW)

    assert isinstance(first, Published)
    assert isinstance(refused, VersionTaken)
    assert refused.taken.content_hash == content_hash(ENERGY)
    assert versions(tx) == 1
    assert courses.stored_media(tx, PICTURE) is None
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
