"""A learner asks a person, and the person's answer comes back as a reply to the question.

The lesson and the step travel along. All facilitators of the group get the question; the first
answer counts, later ones are passed on too. What we bring somebody unasked keeps their quiet
hours; an answer to a question of the last hour is part of a conversation and comes at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy.facilitators import facilitator_name, place_of_staff
from academy.facts import AcademyFacts, QuietHours
from academy.messages import Message
from academy.messages.asking import (
    AnswerFromPerson,
    Asked,
    AskPrompt,
    AskQuestion,
    NobodyToAsk,
)
from academy.messages.facilitating import AnswerSent, LearnerQuestion, Notice
from academy.messages.learning import CardShown, Feedback, QuestionShown
from academy.messages.reviewing import ReviewFeedback, ReviewShown
from academy.messages.surveying import OpenKept, SurveyShown
from academy.messages.testing import AnswerKept
from academy.outgoing import OUTGOING, Screen, Show
from academy.places import place_of
from academy.reviewing import at_review
from academy.saying import say
from academy.tidying import take_buttons_off
from learners.groups import Enrollment, Group
from learners.people import Person
from scheduler.local_time import QuietHours as Quiet
from scheduler.local_time import next_waking
from storage import conversations, courses, enrollments, groups, outbox, people, questions, reviews, roles

TOPIC: Final = "ask"
"""The conversation topic after /ask: the next text is the question."""

IN_CONVERSATION: Final = timedelta(hours=1)
LONGEST_QUESTION: Final = 3000
"""Characters passed on; the facilitator's message has the learner's name and lesson around them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a question is about, as far as it is known."""

    group_id: int | None = None
    """None means the course the person is in."""
    lesson_id: str | None = None
    step_id: str | None = None


NOTHING_IN_PARTICULAR: Final = About()


def prompt(tx: Connection, *, person: Person, now: datetime, academy: AcademyFacts) -> None:
    """Ask for the question; the next text of this person is sent as it is."""
    group = _group(tx, person, None)
    if group is None or not roles.facilitators_of(tx, group.id):
        say(tx, person_id=person.id, message=NobodyToAsk(contact=academy.contact), now=now)
        return
    conversations.expect(tx, person.id, TOPIC, {}, now=now)
    say(tx, person_id=person.id, message=AskPrompt(facilitator=facilitator_name(tx, group.id)), now=now)


def offer(
    tx: Connection, *, person: Person, text: str, message_id: int, now: datetime, academy: AcademyFacts
) -> None:
    """Ask whether a text that nothing expected is meant for the facilitator."""
    group = _group(tx, person, None)
    if group is None and roles.roles_of(tx, person.id):
        say(tx, person_id=person.id, message=place_of_staff(tx, person), now=now)
        return
    if group is None or not roles.facilitators_of(tx, group.id):
        say(tx, person_id=person.id, message=NobodyToAsk(contact=academy.contact), now=now)
        return
    message = AskQuestion(
        facilitator=facilitator_name(tx, group.id),
        text=text[:LONGEST_QUESTION],
        message_id=message_id,
        group_id=group.id,
    )
    say(tx, person_id=person.id, message=message, now=now, reply_to=message_id)


def confirm(tx: Connection, *, person: Person, screen: Screen, now: datetime, academy: AcademyFacts) -> bool:
    """Send the text that this screen shows; False when it shows no question of this person any more.

    The text is read from what we said, not from the button: it is exactly what was shown.
    """
    shown = shown_on(tx, person_id=person.id, message_id=screen.message_id)
    if not isinstance(shown, AskQuestion):
        return False
    about = About(group_id=shown.group_id, lesson_id=shown.lesson_id, step_id=shown.step_id)
    ask(
        tx,
        person=person,
        text=shown.text,
        message_id=shown.message_id,
        about=about,
        screen=screen,
        now=now,
        academy=academy,
    )
    return True


def drop(tx: Connection, *, person: Person, screen: Screen | None, now: datetime) -> None:
    """Send nothing: after [No] or [Cancel]."""
    _expect_nothing(tx, person)
    say(tx, person_id=person.id, message=Notice(what="cancelled"), now=now, edits=screen)


def ask(
    tx: Connection,
    *,
    person: Person,
    text: str,
    message_id: int | None,
    about: About = NOTHING_IN_PARTICULAR,
    screen: Screen | None = None,
    now: datetime,
    academy: AcademyFacts,
) -> None:
    """Send a question to every facilitator of the group; one message of a learner asks once."""
    if _expect_nothing(tx, person):
        take_buttons_off(tx, person_id=person.id, wanted=_is_prompt, now=now)
    group = pass_on(
        tx, person=person, text=text, message_id=message_id, about=about, now=now, academy=academy
    )
    if group is None:
        say(tx, person_id=person.id, message=NobodyToAsk(contact=academy.contact), now=now, edits=screen)
        return
    message = Asked(
        facilitator=facilitator_name(tx, group.id),
        typical_hours=questions.typical_hours(tx, group.id, now=now),
    )
    say(tx, person_id=person.id, message=message, now=now, edits=screen, reply_to=message_id)


def pass_on(
    tx: Connection,
    *,
    person: Person,
    text: str,
    message_id: int | None,
    about: About,
    now: datetime,
    academy: AcademyFacts,
) -> Group | None:
    """Bring words of a learner to every facilitator and return the group; None while it has none."""
    group = _group(tx, person, about.group_id)
    helpers = () if group is None else roles.facilitators_of(tx, group.id)
    if group is None or not helpers:
        return None
    asked, new = questions.ask(
        tx,
        person_id=person.id,
        group_id=group.id,
        lesson_id=about.lesson_id,
        step_id=about.step_id,
        text=text[:LONGEST_QUESTION],
        message_id=message_id,
        now=now,
    )
    if new:
        # A bot cannot write first: who has never written gets what waits with their first /start.
        for helper in (one for one in helpers if one.name):
            _bring(tx, asked, to=helper, group=group, learner=person, now=now, academy=academy)
    return group


def answer(
    tx: Connection, *, helper: Person, question_id: int, text: str, now: datetime, academy: AcademyFacts
) -> None:
    """Bring a facilitator's answer to the learner, as a reply to their question.

    The role is read now: somebody whose role was taken away is told so, and nothing is sent.
    """
    asked = questions.get(tx, question_id)
    if asked is None or not _may_answer(tx, helper, asked):
        what = Notice(what="not_allowed" if asked is not None else "button_not_in_use")
        say(tx, person_id=helper.id, message=what, now=now)
        return
    first = questions.answer(tx, question_id, by=helper.id, text=text, now=now)
    learner = people.get(tx, asked.person_id)
    brought = AnswerFromPerson(facilitator=helper.name, text=text)
    talking = now - asked.asked_at <= IN_CONVERSATION
    say(
        tx,
        person_id=learner.id,
        message=brought,
        now=now,
        kind="reply" if talking else "notice",
        silent=False,
        reply_to=asked.message_id,
        not_before=None if talking else waking(tx, learner, asked.group_id, now=now, quiet=academy.quiet),
    )
    say(tx, person_id=helper.id, message=AnswerSent(learner=learner.name, again=not first), now=now)


def bring_waiting(tx: Connection, *, helper: Person, now: datetime, academy: AcademyFacts) -> int:
    """Bring a facilitator the questions that nobody has answered; return how many were new to them."""
    brought = 0
    for role in roles.roles_of(tx, helper.id):
        if role.group_id is None:
            continue
        group = groups.group(tx, role.group_id)
        for asked in questions.waiting(tx, group.id):
            learner = people.get(tx, asked.person_id)
            brought += _bring(tx, asked, to=helper, group=group, learner=learner, now=now, academy=academy)
    return brought


def about_shown(tx: Connection, *, person: Person, message_id: int) -> About | LearnerQuestion | None:
    """Return what one of our messages to this person is about; None when it is none of ours.

    A question of a learner, shown to a facilitator, comes back whole: a reply to it answers it.
    """
    match shown_on(tx, person_id=person.id, message_id=message_id):
        case None:
            return None
        case LearnerQuestion() as shown:
            return shown
        case CardShown(assignment_id=assignment_id, step=step):
            return _about_step(tx, person, assignment_id, step)
        case QuestionShown(assignment_id=assignment_id, step=step):
            return _about_step(tx, person, assignment_id, step)
        case Feedback(assignment_id=assignment_id, step=step):
            return _about_step(tx, person, assignment_id, step)
        case AnswerKept(assignment_id=assignment_id, step=step):
            return _about_step(tx, person, assignment_id, step)
        case SurveyShown(assignment_id=assignment_id, step=step):
            return _about_step(tx, person, assignment_id, step)
        case OpenKept(assignment_id=assignment_id, step=step):
            return _about_step(tx, person, assignment_id, step)
        case ReviewShown(question=asked):
            return _about_review(tx, person, asked.assignment_id)
        case ReviewFeedback(feedback=said):
            return _about_review(tx, person, said.assignment_id)
        case _:
            return NOTHING_IN_PARTICULAR


def is_open_question(tx: Connection, *, person: Person, message_id: int) -> bool:
    """Return whether that message of ours asks for a typed answer: replying to it may be the answer."""
    shown = shown_on(tx, person_id=person.id, message_id=message_id)
    if isinstance(shown, SurveyShown):
        return shown.form == "reflect" and not shown.answered
    if isinstance(shown, ReviewShown):
        shown = shown.question
    return isinstance(shown, QuestionShown) and shown.form in {"number", "text", "order", "match", "open"}


def _expect_nothing(tx: Connection, person: Person) -> bool:
    """Return whether a question was expected; it is not any more."""
    waiting = conversations.topic(tx, person.id)
    if waiting is None or waiting[0] != TOPIC:
        return False
    conversations.clear(tx, person.id)
    return True


def _is_prompt(message: Message) -> bool:
    return isinstance(message, AskPrompt)


def _about_step(tx: Connection, person: Person, assignment_id: int, step: int) -> About:
    place = place_of(tx, person_id=person.id, assignment_id=assignment_id)
    if place is None:
        return NOTHING_IN_PARTICULAR
    steps = place.lesson.steps
    return About(
        group_id=place.learner.group.id,
        lesson_id=place.lesson.id,
        step_id=steps[step].id if 0 <= step < len(steps) else None,
    )


def _about_review(tx: Connection, person: Person, review_id: int) -> About:
    review = reviews.review(tx, review_id)
    at = None if review is None else at_review(tx, review, person_id=person.id)
    if at is None:
        return NOTHING_IN_PARTICULAR
    return About(
        group_id=at.place.learner.group.id,
        lesson_id=at.place.lesson.id,
        step_id=at.standing.asked.id,
    )


def shown_on(tx: Connection, *, person_id: int, message_id: int) -> object:
    """Return what one of our messages to this person shows now; None when it is none of ours."""
    content = outbox.find_by_message(tx, person_id=person_id, message_id=message_id)
    if content is None:
        return None
    outgoing = OUTGOING.validate_json(content)
    return outgoing.message if isinstance(outgoing, Show) else NOTHING_IN_PARTICULAR


def _group(tx: Connection, person: Person, group_id: int | None) -> Group | None:
    """Return the group a question goes to: the one given if the person is in it, else their newest."""
    here: list[Enrollment] = [
        one for one in enrollments.of_person(tx, person.id) if one.state not in {"joining", "withdrawn"}
    ]
    wanted = [one for one in here if one.group_id == group_id]
    under_way = [one for one in here if one.state in {"active", "paused"}]
    for enrollment in (*wanted, *under_way, *here):
        return groups.group(tx, enrollment.group_id)
    return None


def _bring(
    tx: Connection,
    asked: questions.Asked,
    *,
    to: Person,
    group: Group,
    learner: Person,
    now: datetime,
    academy: AcademyFacts,
) -> bool:
    """Say a learner's question to a facilitator; False when they were told before."""
    message = LearnerQuestion(
        question_id=asked.id,
        learner=learner.name,
        group=group.name,
        lesson=_lesson_title(tx, asked, group, language=to.language),
        text=asked.text,
    )
    said = say(
        tx,
        person_id=to.id,
        message=message,
        now=now,
        kind="notice",
        silent=False,
        key=f"question:{asked.id}:{to.id}",
        not_before=waking(tx, to, group.id, now=now, quiet=academy.quiet),
    )
    return said is not None


def _lesson_title(tx: Connection, asked: questions.Asked, group: Group, *, language: str) -> str:
    if asked.lesson_id is None:
        return ""
    versions = [
        one.course_version_id
        for one in enrollments.of_person(tx, asked.person_id)
        if one.group_id == group.id
    ]
    course = courses.course_in(tx, versions[0] if versions else group.course_version_id, language)
    return next((lesson.title for lesson in course.lessons if lesson.id == asked.lesson_id), "")


def _may_answer(tx: Connection, helper: Person, asked: questions.Asked) -> bool:
    return any(
        role.name == "admin" or role.group_id == asked.group_id for role in roles.roles_of(tx, helper.id)
    )


def waking(tx: Connection, person: Person, group_id: int, *, now: datetime, quiet: QuietHours) -> datetime:
    """Return the first moment from `now` on that is outside the quiet hours where this person is."""
    zone = person.zone or groups.group(tx, group_id).zone
    return next_waking(now, zone=ZoneInfo(zone), quiet=Quiet(start=quiet.start, end=quiet.end))
