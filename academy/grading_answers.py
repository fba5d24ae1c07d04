"""Open answers graded by a person: one after the other, each once, and the learner is told at once.

A button names the version of the answer and the round of grading it was drawn for. Of two
facilitators the first one counts; an answer that was changed meanwhile is shown again before anybody
grades it.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, TypeAlias

from sqlalchemy import Connection

from academy.accesses import note_shown
from academy.asking import shown_on
from academy.facts import AcademyFacts
from academy.grade_messages import standing_before, tell_learner
from academy.messages import Message
from academy.messages.facilitating import Notice
from academy.messages.grading import (
    AnswerToGrade,
    AnswerWhole,
    CommentPrompt,
    GradedBefore,
    GradeKept,
    Level,
    NothingToGrade,
)
from academy.open_standing import level_text, told
from academy.outgoing import Screen
from academy.reporting import groups_for
from academy.saying import remove_buttons, say
from academy.tidying import take_buttons_off
from learners.people import Person
from learners.permissions import may
from lessons.markup import parse
from lessons.model import Lesson
from lessons.steps import Open
from storage import conversations, courses, groups, open_answers, people, roles
from storage.accesses import Shown, What
from storage.open_answers import OpenAnswer

TOPIC: Final = "grade_comment"
"""The conversation topic after [Add a comment]: the next text goes along with the grade."""

KEPT_CHARS: Final = 800
"""Of a comment."""

ANSWER_CHARS: Final = 1000
"""A longer answer is shown by itself: with its question and its levels it would not fit."""

GradeOutcome: TypeAlias = Literal["done", "unknown", "not_allowed"]
"""`unknown`: the answer is gone with its learner, or the button is none of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grading:
    """Who pressed a button of which answer, on which message."""

    person: Person
    response_id: int
    screen: Screen | None


def open_next(
    tx: Connection,
    *,
    person: Person,
    group_id: int | None = None,
    after: int = 0,
    pressed: Screen | None = None,
    now: datetime,
) -> None:
    """Show the oldest answer that waits behind response `after`.

    Without a group: in every group in which this person may grade. Two presses on one message within
    a minute are a double tap and show it once.
    """
    group_ids = _groups(tx, person) if group_id is None else (group_id,)
    key = None
    if pressed is not None:
        key = f"grade_next:{person.id}:{pressed.message_id}:{int(now.timestamp()) // 60}"
    answer = open_answers.next_waiting(tx, group_ids=group_ids, after=after)
    if answer is None:
        left = open_answers.waiting(tx, group_ids=group_ids).answers
        say(tx, person_id=person.id, message=NothingToGrade(put_off=left), now=now, key=key)
        return
    _show(tx, answer, to=person, group_ids=group_ids, key=key, now=now)


def grade(
    tx: Connection,
    on: Grading,
    *,
    version: int,
    round_: int,
    level: int,
    now: datetime,
    academy: AcademyFacts,
) -> GradeOutcome:
    """One level of the rubric: it counts if nobody was faster, and the next answer comes."""
    answer = _gradable(tx, on)
    if isinstance(answer, str):
        return answer
    _, asked = _asked(tx, answer, language=on.person.language)
    levels = levels_of(asked)
    if not 0 <= level < len(levels) or not 1 <= round_ <= answer.round + 1:
        return "unknown"
    card = _card_on(tx, on)
    before = standing_before(tx, answer, now=now)
    kept = open_answers.grade(
        tx,
        answer.response_id,
        version=version,
        round_=round_,
        points=levels[level].points,
        of_points=asked.points,
        comment="" if card is None else card.comment,
        by=on.person.id,
        now=now,
    )
    if not kept:
        return _too_late(tx, on, round_=round_, now=now)
    tell_learner(tx, answer, by=on.person, before=before, again=round_ > 1, now=now, academy=academy)
    grade_now = told(tx, answer.response_id, asked)
    assert grade_now is not None
    message = GradeKept(response_id=answer.response_id, grade=grade_now)
    say(tx, person_id=on.person.id, message=message, now=now, edits=on.screen)
    if round_ == 1:
        open_next(tx, person=on.person, after=answer.response_id, pressed=on.screen, now=now)
    return "done"


def show_name(tx: Connection, on: Grading, *, now: datetime) -> GradeOutcome:
    """[Show name]: whose answer it is, in place."""
    answer = _gradable(tx, on)
    if isinstance(answer, str):
        return answer
    card = _card_on(tx, on)
    if card is None:
        return "unknown"
    _note(tx, answer, to=on.person, what="name", now=now)
    named = replace(card, learner=people.get(tx, answer.person_id).name)
    say(tx, person_id=on.person.id, message=named, now=now, edits=on.screen)
    return "done"


def ask_comment(tx: Connection, on: Grading, *, now: datetime) -> GradeOutcome:
    """[Add a comment]: the next text of this person goes along with the grade."""
    answer = _gradable(tx, on)
    if isinstance(answer, str):
        return answer
    if on.screen is None or _card_on(tx, on) is None:
        return "unknown"
    state = {"response_id": answer.response_id, "message_id": on.screen.message_id}
    conversations.expect(tx, on.person.id, TOPIC, state, now=now)
    say(tx, person_id=on.person.id, message=CommentPrompt(), now=now)
    return "done"


def comment(tx: Connection, *, person: Person, text: str, now: datetime) -> None:
    """Take the comment: the answer comes again with it, and with the buttons."""
    state = conversations.topic(tx, person.id)
    conversations.clear(tx, person.id)
    numbers = (
        {} if state is None else {key: value for key, value in state[1].items() if isinstance(value, int)}
    )
    screen = Screen(message_id=numbers.get("message_id", 0), has_media=False)
    on = Grading(person=person, response_id=numbers.get("response_id", 0), screen=screen)
    card = _card_on(tx, on)
    answer = _gradable(tx, on)
    if card is None or isinstance(answer, str):
        say(tx, person_id=person.id, message=Notice(what="button_not_in_use"), now=now)
        return
    take_buttons_off(tx, person_id=person.id, wanted=_is_prompt, now=now)
    remove_buttons(tx, person_id=person.id, screen=screen, now=now)
    _note(tx, answer, to=person, what="answer", now=now)
    say(tx, person_id=person.id, message=replace(card, comment=text.strip()[:KEPT_CHARS]), now=now)


def _is_prompt(message: Message) -> bool:
    return isinstance(message, CommentPrompt)


def drop_comment(tx: Connection, *, person: Person, screen: Screen | None, now: datetime) -> None:
    """[Cancel] below the wish for a comment."""
    state = conversations.topic(tx, person.id)
    if state is not None and state[0] == TOPIC:
        conversations.clear(tx, person.id)
    say(tx, person_id=person.id, message=Notice(what="cancelled"), now=now, edits=screen)


def later(tx: Connection, on: Grading, *, now: datetime) -> GradeOutcome:
    """[Later]: this one waits, the next one comes."""
    answer = _gradable(tx, on)
    if isinstance(answer, str):
        return answer
    if on.screen is not None:
        remove_buttons(tx, person_id=on.person.id, screen=on.screen, now=now)
    open_next(tx, person=on.person, after=answer.response_id, pressed=on.screen, now=now)
    return "done"


def again(tx: Connection, on: Grading, *, now: datetime) -> GradeOutcome:
    """[Change the grade]: the answer comes back with its buttons, and the grade that stands."""
    answer = _gradable(tx, on)
    if isinstance(answer, str):
        return answer
    _note(tx, answer, to=on.person, what="answer", now=now)
    card = _card(tx, answer, to=on.person, group_ids=(answer.group_id,))
    say(tx, person_id=on.person.id, message=card, now=now, edits=on.screen)
    return "done"


def levels_of(asked: Open) -> tuple[Level, ...]:
    """Return what can be given, ascending from nothing; without a rubric none, half and all of the points."""
    if not asked.rubric:
        return tuple(Level(points=points, text="") for points in (0, asked.points / 2, asked.points))
    levels = tuple(Level(points=one.points, text=level_text(asked, one.points)) for one in asked.rubric)
    return levels if levels[0].points == 0 else (Level(points=0, text=""), *levels)


def _too_late(tx: Connection, on: Grading, *, round_: int, now: datetime) -> GradeOutcome:
    """Say who graded it, or show the answer as it was changed; a second tap of one's own says nothing."""
    answer = open_answers.get(tx, on.response_id)
    if answer is None:
        return "unknown"
    _, asked = _asked(tx, answer, language=on.person.language)
    grade_now = told(tx, answer.response_id, asked)
    newest = open_answers.newest_grade(tx, answer.response_id)
    if newest is None or grade_now is None or answer.round < round_:
        _note(tx, answer, to=on.person, what="answer", now=now)
        card = _card(tx, answer, to=on.person, group_ids=(answer.group_id,))
        say(tx, person_id=on.person.id, message=replace(card, changed=True), now=now, edits=on.screen)
        return "done"
    if newest.graded_by == on.person.id:
        return "done"
    by = "" if newest.graded_by is None else people.get(tx, newest.graded_by).name
    message = GradedBefore(response_id=answer.response_id, facilitator=by, grade=grade_now)
    say(tx, person_id=on.person.id, message=message, now=now, edits=on.screen)
    open_next(tx, person=on.person, after=answer.response_id, pressed=on.screen, now=now)
    return "done"


def _show(
    tx: Connection,
    answer: OpenAnswer,
    *,
    to: Person,
    group_ids: Collection[int],
    key: str | None,
    now: datetime,
) -> None:
    """Say the answer and its buttons; what is long or spoken comes first and by itself."""
    _note(tx, answer, to=to, what="answer", now=now)
    card = _card(tx, answer, to=to, group_ids=group_ids)
    if not card.answer:
        voice = answer.voice
        whole = AnswerWhole(response_id=answer.response_id, text=answer.text)
        if voice is not None:
            whole = replace(whole, file_id=voice.file_id, file_kind=voice.kind, seconds=voice.seconds)
        say(tx, person_id=to.id, message=whole, now=now, key=None if key is None else f"{key}:whole")
    say(tx, person_id=to.id, message=card, now=now, key=key)


def _note(tx: Connection, answer: OpenAnswer, *, to: Person, what: What, now: datetime) -> None:
    shown = Shown(what=what, group_id=answer.group_id, learner_id=answer.person_id)
    note_shown(tx, to=to, shown=shown, now=now)


def _card(tx: Connection, answer: OpenAnswer, *, to: Person, group_ids: Collection[int]) -> AnswerToGrade:
    lesson, asked = _asked(tx, answer, language=to.language)
    waiting = open_answers.waiting(tx, group_ids=group_ids).answers
    return AnswerToGrade(
        response_id=answer.response_id,
        version=answer.version,
        round=answer.round + 1,
        group=groups.group(tx, answer.group_id).name,
        lesson=lesson.title,
        question=parse(asked.prompt).text,
        answer=answer.text if len(answer.text) <= ANSWER_CHARS else "",
        seconds=None if answer.voice is None else answer.voice.seconds,
        levels=levels_of(asked),
        of_points=asked.points,
        learner=None if asked.hide_name else people.get(tx, answer.person_id).name,
        before=told(tx, answer.response_id, asked),
        others=max(0, waiting - (answer.round == 0)),
    )


def _asked(tx: Connection, answer: OpenAnswer, *, language: str) -> tuple[Lesson, Open]:
    """Return the lesson and the question in the version in which it was asked."""
    lesson = courses.course_in(tx, answer.course_version_id, language).lesson(answer.lesson_id)
    asked = next(step for step in lesson.steps if step.id == answer.question_id)
    assert isinstance(asked, Open)
    return lesson, asked


def _gradable(tx: Connection, on: Grading) -> OpenAnswer | GradeOutcome:
    """Return the answer if it is there and this person may grade it; the role is read now."""
    answer = open_answers.get(tx, on.response_id)
    if answer is None:
        return "unknown"
    held = roles.roles_of(tx, on.person.id)
    return answer if may(held, "answer_question", group_id=answer.group_id) else "not_allowed"


def _groups(tx: Connection, person: Person) -> tuple[int, ...]:
    held = roles.roles_of(tx, person.id)
    return tuple(group.id for group in groups_for(tx, roles=held, action="answer_question"))


def _card_on(tx: Connection, on: Grading) -> AnswerToGrade | None:
    """Return what the pressed message shows, if it shows this answer."""
    if on.screen is None:
        return None
    shown = shown_on(tx, person_id=on.person.id, message_id=on.screen.message_id)
    mine = isinstance(shown, AnswerToGrade) and shown.response_id == on.response_id
    return shown if mine and isinstance(shown, AnswerToGrade) else None
