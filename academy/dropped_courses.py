"""A course that an admin has dropped into the chat: checked, offered, tried out, published.

It waits as a draft that only the same admin can publish, once and within ten minutes; a press of
anybody else, or too late, finds that the offer is over.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, assert_never

from sqlalchemy import Connection

from academy.course_changes import as_kept, changes, live_version
from academy.facts import AcademyFacts
from academy.messages.authoring import CourseReport, PlanChoice, PublishOffer, PublishResult
from academy.outgoing import Screen
from academy.publishing import publish_over, rehearse_publishing, short_hash
from academy.republishing import Plan
from academy.saying import remove_buttons, say
from learners.people import Person
from lessons.media import Media
from lessons.model import Course
from lessons.problems import Problem, draw
from lessons.versions import content_hash
from storage import course_drafts, courses
from storage.courses import Published, PublishOutcome, VersionTaken

DRAFT_LIVES = timedelta(minutes=10)
"""How long [Publish] under a dropped course works (guarantees C14)."""

_FIRST_PROBLEMS = 3


def offer(
    tx: Connection,
    *,
    person: Person,
    file_name: str,
    course: Course | None,
    problems: tuple[Problem, ...],
    media: Mapping[str, Media],
    now: datetime,
) -> None:
    """Report on a dropped course, and offer to publish it when it has no errors.

    `course` is None when the file has errors. The offer is one admin's, works once, and lives ten
    minutes.
    """
    errors = sum(problem.severity == "error" for problem in problems)
    drawn = tuple(draw(problem) for problem in problems)
    report = CourseReport(
        name=file_name,
        errors=errors,
        warnings=len(problems) - errors,
        first=drawn[:_FIRST_PROBLEMS],
        document="\n\n".join(drawn),
    )
    say(tx, person_id=person.id, message=report, now=now)
    if course is None or errors:
        return
    # By content, so a picture kept for a draft that nobody publishes is kept once, not twice.
    courses.keep_media(tx, media)
    draft_id = course_drafts.add(
        tx, person_id=person.id, course=course, now=now, expired_before=now - DRAFT_LIVES
    )
    offered = _offered(tx, draft_id, course, warnings=len(problems) - errors)
    say(tx, person_id=person.id, message=offered, now=now)


def offer_again(
    tx: Connection, *, person: Person, draft_id: int, screen: Screen | None, now: datetime
) -> None:
    """Show the offer anew, in place of what was pressed on the way from it."""
    course = _waiting(tx, person, draft_id, now=now)
    message = _over() if course is None else _offered(tx, draft_id, course, warnings=0)
    say(tx, person_id=person.id, message=message, now=now, edits=screen)


def stop_trial(
    tx: Connection, *, person: Person, draft_id: int, screen: Screen | None, now: datetime
) -> None:
    """[Stop]: the offer once more below the walk, which stays readable; once for each message pressed."""
    if screen is not None:
        remove_buttons(tx, person_id=person.id, screen=screen, now=now)
    course = _waiting(tx, person, draft_id, now=now)
    message = _over() if course is None else _offered(tx, draft_id, course, warnings=0)
    pressed = "gone" if screen is None else str(screen.message_id)
    say(tx, person_id=person.id, message=message, now=now, key=f"trial-over:{draft_id}:{pressed}")


def say_same(
    tx: Connection, *, person: Person, draft_id: int, index: int, screen: Screen | None, now: datetime
) -> None:
    """The admin says of the `index`th id that looks renamed that it is the same thing, or takes that back."""
    course = _waiting(tx, person, draft_id, now=now)
    if course is not None:
        said = course_drafts.renamed(tx, draft_id)
        suspected = _suspected(tx, course)
        if index < len(suspected):
            written, was = suspected[index]
            if said.pop(written, None) is None:
                said[written] = was
            course_drafts.set_renamed(tx, draft_id, said)
    offer_again(tx, person=person, draft_id=draft_id, screen=screen, now=now)


def publish_draft(
    tx: Connection,
    *,
    person: Person,
    draft_id: int,
    screen: Screen | None,
    now: datetime,
    academy: AcademyFacts,
    mark_again: bool = False,
) -> None:
    """[Publish]: at once where nobody learns an earlier version, else after the choice of a plan.

    The second half of a double tap says nothing.
    """
    if course_drafts.is_used(tx, draft_id, person_id=person.id):
        # What became of it stands there already, and "this offer is over" would deny it.
        return
    course = _waiting(tx, person, draft_id, now=now)
    if course is not None:
        renamed = course_drafts.renamed(tx, draft_id)
        plan = Plan(corrected_key=mark_again)
        rehearsed = rehearse_publishing(
            tx, course=course, plan=plan, now=now, academy=academy, renamed=renamed
        )
        moves = rehearsed.moves
        if moves.moved or moves.finished:
            live = live_version(tx, course.id)
            assert live is not None
            found = changes(tx, course=course, against=live, renamed=renamed)
            choice = PlanChoice(
                draft_id=draft_id,
                course=course.title,
                version=course.version,
                key_corrected=found.key_corrected,
                mark_again=mark_again,
                moves=moves,
            )
            say(tx, person_id=person.id, message=choice, now=now, edits=screen)
            return
    carry_out(tx, person=person, draft_id=draft_id, plan=Plan(), screen=screen, now=now, academy=academy)


def carry_out(
    tx: Connection,
    *,
    person: Person,
    draft_id: int,
    plan: Plan,
    screen: Screen | None,
    now: datetime,
    academy: AcademyFacts,
) -> None:
    """Publish the draft by this plan and say what became of it; a second press says nothing."""
    if course_drafts.is_used(tx, draft_id, person_id=person.id):
        return
    course = course_drafts.take(tx, draft_id, person_id=person.id, made_since=now - DRAFT_LIVES, now=now)
    result = _over()
    if course is not None:
        renamed = course_drafts.renamed(tx, draft_id)
        # The pictures were kept with the draft.
        done = publish_over(tx, course=course, media={}, plan=plan, now=now, academy=academy, renamed=renamed)
        result = PublishResult(
            outcome=_word(done.outcome),
            course_id=course.id,
            version=course.version,
            content_hash=short_hash(content_hash(done.course)),
            moves=done.moves,
            new_groups_only=plan.reach == "new-groups",
        )
    say(tx, person_id=person.id, message=result, now=now, edits=screen)


def _waiting(tx: Connection, person: Person, draft_id: int, *, now: datetime) -> Course | None:
    return course_drafts.waiting(tx, draft_id, person_id=person.id, made_since=now - DRAFT_LIVES)


def _suspected(tx: Connection, course: Course) -> tuple[tuple[str, str], ...]:
    """Return ids that look renamed, as written and as they were, whatever was said of them since."""
    live = live_version(tx, course.id)
    if live is None:
        return ()
    return tuple((one.id, one.was) for one in changes(tx, course=course, against=live).renamed)


def _offered(tx: Connection, draft_id: int, course: Course, *, warnings: int) -> PublishOffer:
    renamed = course_drafts.renamed(tx, draft_id)
    live = live_version(tx, course.id)
    return PublishOffer(
        draft_id=draft_id,
        course=course.title,
        course_id=course.id,
        version=course.version,
        content_hash=short_hash(content_hash(as_kept(tx, course, renamed=renamed))),
        lessons=len(course.lessons),
        questions=sum(len(lesson.questions) for lesson in course.lessons),
        languages=course.languages,
        warnings=warnings,
        learners=courses.learners(tx, course.id),
        changes=None if live is None else changes(tx, course=course, against=live, renamed=renamed),
        renames=tuple((written, was, written in renamed) for written, was in _suspected(tx, course)),
    )


def _over() -> PublishResult:
    return PublishResult(outcome="expired", course_id="", version="", content_hash="")


def _word(outcome: PublishOutcome) -> Literal["published", "unchanged", "version_taken"]:
    match outcome:
        case Published(created=True):
            return "published"
        case Published():
            return "unchanged"
        case VersionTaken():
            return "version_taken"
    assert_never(outcome)
