"""A course dropped into the chat: what is offered, to whom it is open, and what becomes of it."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from academy import dropped_courses, publishing, trying_out
from academy.messages.authoring import (
    CourseReport,
    PlanChoice,
    PublishOffer,
    PublishResult,
    TrialStep,
)
from academy.messages.learning import CardShown, QuestionRead, QuestionShown
from academy.messages.versions import Change, CourseChanges, Moves
from academy.outgoing import Screen
from academy.republishing import Plan
from learners.people import Person
from lessons.media import Media
from lessons.model import Course
from lessons.problems import Problem
from lessons.versions import content_hash
from storage import courses, people
from storage.tables import course_versions
from tests.academy.cohort import NOW, shown
from tests.academy.school import ACADEMY, ENERGY, FANS, LESSONS, join

PICTURE = "ab" * 32
PNG = Media(mime="image/png", content=b"\x89PNG")
OTHER_TITLE = replace(ENERGY, title="Energy for beginners")
NEXT = replace(OTHER_TITLE, version="1.1.0")
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
MINUTE = timedelta(minutes=1)


def admin(tx: Connection, address: int = 60) -> Person:
    return people.add(tx, address=address, name="Admin", language="en", now=NOW)


def versions(tx: Connection) -> int:
    return tx.execute(select(func.count()).select_from(course_versions)).scalar_one()


def publish(
    tx: Connection, person: Person, draft: int, *, now: datetime = NOW, mark_again: bool = False
) -> None:
    dropped_courses.publish_draft(
        tx, person=person, draft_id=draft, screen=SCREEN, now=now, academy=ACADEMY, mark_again=mark_again
    )


def carry_out(tx: Connection, person: Person, draft: int, plan: Plan, *, now: datetime = NOW) -> None:
    dropped_courses.carry_out(
        tx, person=person, draft_id=draft, plan=plan, screen=SCREEN, now=now, academy=ACADEMY
    )


def preview(
    tx: Connection, person: Person, draft: int, lesson: int, step: int, *, answer: bool = False
) -> bool:
    return trying_out.show(
        tx,
        person=person,
        draft_id=draft,
        lesson=lesson,
        step=step,
        answer=answer,
        screen=SCREEN,
        now=NOW,
    )


def offered(tx: Connection, person: Person, course: Course = ENERGY, *, now: datetime = NOW) -> int:
    dropped_courses.offer(
        tx, person=person, file_name="energy.yaml", course=course, problems=(), media={PICTURE: PNG}, now=now
    )
    offer = shown(tx, person)[-1].message
    assert isinstance(offer, PublishOffer)
    return offer.draft_id


def test_a_clean_course_is_offered_with_what_is_new_in_it(tx: Connection) -> None:
    join(tx, address=1)
    person = admin(tx)

    dropped_courses.offer(
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
        changes=CourseChanges(
            course_id="energy",
            version="1.1.0",
            against="1.0.0",
            learners=1,
            changes=(Change(what="course", id="title"),),
        ),
    )


def test_a_course_with_errors_is_reported_and_not_offered(tx: Connection) -> None:
    person = admin(tx)
    errors = tuple(replace(WARNING, severity="error", code="E101", line=line) for line in range(1, 6))

    dropped_courses.offer(
        tx, person=person, file_name="energy.yaml", course=None, problems=errors, media={}, now=NOW
    )

    (report,) = (said.message for said in shown(tx, person))
    assert isinstance(report, CourseReport)
    assert (report.errors, report.warnings, len(report.first), report.document.count("E101")) == (5, 0, 3, 5)


def test_publish_under_a_dropped_course_works_once(tx: Connection) -> None:
    person = admin(tx)
    draft = offered(tx, person)

    publish(tx, person, draft)
    publish(tx, person, draft, now=NOW)

    results = [said.message for said in shown(tx, person) if isinstance(said.message, PublishResult)]
    assert results == [
        PublishResult(
            outcome="published", course_id="energy", version="1.0.0", content_hash=content_hash(ENERGY)[:12]
        )
    ]
    assert versions(tx) == 1
    assert courses.stored_media(tx, PICTURE) == ("image/png", b"\x89PNG")


def test_publish_is_for_the_same_admin_and_for_ten_minutes(tx: Connection) -> None:
    person, other = admin(tx), admin(tx, address=61)
    draft = offered(tx, person)

    publish(tx, other, draft)
    publish(tx, person, draft, now=NOW + timedelta(minutes=10, seconds=1))

    expired = PublishResult(outcome="expired", course_id="", version="", content_hash="")
    assert [shown(tx, other)[-1].message, shown(tx, person)[-1].message] == [expired, expired]
    assert versions(tx) == 0


def test_publishing_again_or_over_a_taken_version_says_so(tx: Connection) -> None:
    person = admin(tx)
    publishing.publish(tx, course=ENERGY, media={}, now=NOW)

    for course in (ENERGY, OTHER_TITLE):
        draft = offered(tx, person, course)
        publish(tx, person, draft, now=NOW)

    results = [said.message.outcome for said in shown(tx, person) if isinstance(said.message, PublishResult)]
    assert results == ["unchanged", "version_taken"]


def test_an_offer_tells_what_changes_for_whom(tx: Connection) -> None:
    join(tx, address=1)
    person = admin(tx)
    flipped = replace(
        FANS, options=tuple(replace(one, right=not one.right) for one in FANS.options[:2]) + FANS.options[2:]
    )
    first = replace(LESSONS[0], steps=(*LESSONS[0].steps[:2], flipped))

    draft = offered(tx, person, replace(NEXT, lessons=(first, LESSONS[1])))

    offer = shown(tx, person)[-1].message
    assert isinstance(offer, PublishOffer)
    assert (offer.draft_id, offer.learners) == (draft, 1)
    assert offer.changes == CourseChanges(
        course_id="energy",
        version="1.1.0",
        against="1.0.0",
        learners=1,
        changes=(
            Change(what="course", id="title"),
            Change(
                what="lesson",
                id="night",
                how="changed",
                number=1,
                was_number=1,
                title="What runs at night?",
                ahead=1,
            ),
            Change(
                what="lesson",
                id="heat",
                how="removed",
                number=3,
                was_number=3,
                title="One degree less",
                ahead=1,
            ),
            Change(what="question", id="q-fans", how="key", number=1, aspects=("key",)),
            Change(what="question", id="q-kwh", how="removed"),
            Change(what="question", id="q-valve", how="removed"),
        ),
        key_corrected=True,
    )


def test_publish_over_a_live_course_asks_for_a_plan_and_then_works_once(tx: Connection) -> None:
    learner = join(tx, address=1)
    person = admin(tx)
    draft = offered(tx, person, NEXT)

    publish(tx, person, draft)
    choice = shown(tx, person)[-1].message
    asked = versions(tx)
    for _ in range(2):
        carry_out(tx, person, draft, Plan(), now=NOW + MINUTE)

    assert choice == PlanChoice(
        draft_id=draft,
        course="Energy for beginners",
        version="1.1.0",
        key_corrected=False,
        moves=Moves(moved=1),
    )
    assert asked == 1
    results = [one.message for one in shown(tx, person) if isinstance(one.message, PublishResult)]
    assert results == [
        PublishResult(
            outcome="published",
            course_id="energy",
            version="1.1.0",
            content_hash=content_hash(NEXT)[:12],
            moves=Moves(moved=1),
        )
    ]
    assert learner.enrollment.course_version_id == courses.latest(tx, "energy")


def test_a_plan_is_for_the_same_admin_and_for_ten_minutes(tx: Connection) -> None:
    learner = join(tx, address=1)
    before = learner.enrollment.course_version_id
    person, other = admin(tx), admin(tx, address=61)
    draft = offered(tx, person, NEXT)

    carry_out(tx, other, draft, Plan())
    carry_out(tx, person, draft, Plan(), now=NOW + 10 * MINUTE + timedelta(seconds=1))

    expired = PublishResult(outcome="expired", course_id="", version="", content_hash="")
    assert [shown(tx, one)[-1].message for one in (other, person)] == [expired, expired]
    assert learner.enrollment.course_version_id == before


def test_two_admins_with_the_same_file_move_people_once(tx: Connection) -> None:
    join(tx, address=1)
    person, other = admin(tx), admin(tx, address=61)
    drafts = [offered(tx, one, NEXT) for one in (person, other)]

    carry_out(tx, person, drafts[0], Plan())
    carry_out(tx, other, drafts[1], Plan())

    results = [shown(tx, one)[-1].message for one in (person, other)]
    assert [(one.outcome, one.moves) for one in results if isinstance(one, PublishResult)] == [
        ("published", Moves(moved=1)),
        ("unchanged", Moves()),
    ]


def test_an_id_that_looks_renamed_is_asked_about_and_kept(tx: Connection) -> None:
    join(tx, address=1)
    person = admin(tx)
    renamed = replace(LESSONS[0], steps=(*LESSONS[0].steps[:2], replace(FANS, id="q-ventilation")))
    course = replace(NEXT, lessons=(renamed, *LESSONS[1:]))
    draft = offered(tx, person, course)
    first = shown(tx, person)[-1].message

    dropped_courses.say_same(tx, person=person, draft_id=draft, index=0, screen=SCREEN, now=NOW)
    second = shown(tx, person)[-1].message
    carry_out(tx, person, draft, Plan())
    # The next version has the new id again, and nobody needs to be asked again.
    offered(tx, person, replace(course, version="1.2.0"))

    assert isinstance(first, PublishOffer)
    assert isinstance(second, PublishOffer)
    third = shown(tx, person)[-1].message
    assert isinstance(third, PublishOffer)
    assert first.renames == (("q-ventilation", "q-fans", False),)
    assert second.renames == (("q-ventilation", "q-fans", True),)
    assert (third.renames, third.changes) == (
        (),
        CourseChanges(course_id="energy", version="1.2.0", against="1.1.0", learners=1, changes=()),
    )
    kept = courses.course(tx, courses.latest(tx, "energy") or 0)
    assert [one.id for one in kept.lessons[0].questions] == ["q-fans"]


def test_a_dropped_course_is_walked_through_and_nothing_is_kept(tx: Connection) -> None:
    person, other = admin(tx), admin(tx, address=61)
    draft = offered(tx, person)

    seen = [preview(tx, person, draft, 0, step) for step in range(4)]
    preview(tx, person, draft, 0, 2, answer=True)
    foreign = preview(tx, other, draft, 0, 0)
    beyond = preview(tx, person, draft, 3, 0)

    assert (seen, foreign, beyond) == ([True, True, True, False], False, False)
    walked = [one.message for one in shown(tx, person) if isinstance(one.message, TrialStep)]
    assert [(one.lesson, one.step, one.last_step, one.last_lesson) for one in walked] == [
        (0, 0, False, False),
        (0, 1, False, False),
        (0, 2, True, False),
        (0, 2, True, False),
    ]
    assert isinstance(walked[0].shown, CardShown)
    assert walked[0].shown.text.text == "Nights count."
    assert isinstance(walked[2].shown, QuestionShown)
    assert sorted(one.text for one in walked[2].shown.choices) == [
        "Emergency lighting",
        "Sleeping computers",
        "Ventilation fans",
    ]
    assert isinstance(walked[3].shown, QuestionRead)
    assert walked[3].shown.answer == "Ventilation fans"
    assert [one.has_answer for one in walked] == [False, False, True, False]
    for table in ("enrollments", "assignments", "responses", "groups"):
        assert tx.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0
