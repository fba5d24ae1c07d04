"""Free text is never an error: what it means, in the order in which meanings are tried.

Somebody who has not joined types a code. Otherwise: what a conversation expects; a reply to one
of our messages; the answer to an open question; a join code of another group; and at last a
question to a person, who is asked for before anything is sent.
"""

from collections.abc import Mapping

from sqlalchemy import Connection

from academy import answering, asking, invitations, joining, open_answers, practising, surveying
from academy.messages.facilitating import LearnerQuestion, Notice
from academy.saying import say
from bot.context import Context, TypedHandler
from bot.handlers.reading import speaker
from bot.incoming import PhotoSent, Typed
from learners.people import Person
from storage import conversations


def chain(topics: Mapping[str, TypedHandler]) -> TypedHandler:
    """Return the handler of everything typed that is no command; `topics` are all parts' TYPED."""

    def read(tx: Connection, typed: Typed | PhotoSent, context: Context) -> None:
        person = speaker(tx, typed.sender, context)
        waiting = conversations.topic(tx, person.id)
        # Whoever a topic waits for is known to its part, with or without a notice: an admin writes too.
        if waiting is not None and waiting[0] in topics:
            topics[waiting[0]](tx, typed, context)
        elif person.notice_accepted_at is None and not context.roles:
            _from_visitor(tx, typed, context, person)
        elif not _replied(tx, typed, context, person):
            _unasked(tx, typed, context, person)

    return read


def _from_visitor(tx: Connection, typed: Typed | PhotoSent, context: Context, person: Person) -> None:
    entered = joining.enter(
        tx,
        person=person,
        text=_words(typed),
        claimed=typed.sender.language,
        now=context.now,
        academy=context.academy,
    )
    if not entered:
        joining.ask_code(tx, person=person, now=context.now, academy=context.academy)


def _replied(tx: Connection, typed: Typed | PhotoSent, context: Context, person: Person) -> bool:
    """Take a reply to one of our messages; False when it is none, or none that we remember."""
    words = _words(typed)
    if typed.reply_to is None or not words:
        return False
    about = asking.about_shown(tx, person=person, message_id=typed.reply_to)
    if about is None:
        return False
    if isinstance(about, LearnerQuestion):
        asking.answer(
            tx,
            helper=person,
            question_id=about.question_id,
            text=words,
            now=context.now,
            academy=context.academy,
        )
        return True
    if asking.is_open_question(tx, person=person, message_id=typed.reply_to) and _answered(
        tx, typed, context, person
    ):
        return True
    if about.lesson_id is None:
        return False
    asking.ask(
        tx,
        person=person,
        text=words,
        message_id=typed.message_id,
        about=about,
        now=context.now,
        academy=context.academy,
    )
    return True


def _unasked(tx: Connection, typed: Typed | PhotoSent, context: Context, person: Person) -> None:
    words = _words(typed)
    if isinstance(typed, PhotoSent):
        # A picture cannot be passed on yet; its caption can, but that is not what was meant.
        say(tx, person_id=person.id, message=Notice(what="unsupported_content"), now=context.now)
    elif not _answered(tx, typed, context, person) and not _joins(tx, words, context, person):
        asking.offer(
            tx,
            person=person,
            text=words,
            message_id=typed.message_id,
            now=context.now,
            academy=context.academy,
        )


def _answered(tx: Connection, typed: Typed | PhotoSent, context: Context, person: Person) -> bool:
    words, number, now = _words(typed), typed.message_id, context.now
    return (
        practising.typed(tx, person_id=person.id, text=words, now=now)
        or answering.typed(tx, person_id=person.id, text=words, now=now)
        or open_answers.typed(
            tx, person_id=person.id, text=words, message_id=number, now=now, academy=context.academy
        )
        or surveying.typed(tx, person_id=person.id, text=words, message_id=number, now=now)
    )


def _joins(tx: Connection, words: str, context: Context, person: Person) -> bool:
    if not invitations.looks_meant(words) and invitations.link_token(words) is None:
        return False
    return joining.enter(tx, person=person, text=words, now=context.now, academy=context.academy)


def _words(typed: Typed | PhotoSent) -> str:
    return (typed.text if isinstance(typed, Typed) else typed.caption).text
