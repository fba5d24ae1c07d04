"""A message that may have arrived, on a facilitator's phone: what it was, and three buttons."""

from datetime import datetime
from typing import assert_never

from academy.messages.held import HeldDecided, HeldDelivery, HeldMessage, NothingHeld
from bot.callback_data import press
from bot.rich import bold, joined
from bot.screen import Button, View
from bot.screens.names import person_name
from i18n.catalog import Words
from lessons.markup import RichText


def view(message: HeldMessage, words: Words, *, now: datetime) -> View:
    """Return how `message` looks in the language of `words`."""
    match message:
        case HeldDelivery():
            return _held(message, words, now=now)
        case HeldDecided():
            return _decided(message, words)
        case NothingHeld():
            return View(text=RichText(words("Everything is decided.")))
        case _:
            assert_never(message)


def _held(message: HeldDelivery, words: Words, *, now: datetime) -> View:
    name = person_name(message.name, words)
    if message.why == "restored":
        told = words(
            "An older copy of the data was put back. This message to {name} went out before, or it did not.",
            name=name,
        )
    elif message.times > 1:
        told = words(
            "The line broke twice. This message to {name} arrived once, twice or not at all.", name=name
        )
    else:
        told = words("The line broke. This message to {name} arrived, or it did not.", name=name)
    when = words.when(message.held_at, zone=message.zone, now=now)
    number = message.delivery
    rows: list[tuple[Button, ...]] = [
        (
            Button(label=words("Send again"), press=press("h_again", number)),
            Button(label=words("It arrived"), press=press("h_came", number)),
        ),
        (
            Button(label=words("Drop it"), press=press("h_drop", number)),
            *_next(number, message.others, words),
        ),
    ]
    return View(
        text=joined(
            (
                told,
                joined(
                    (bold(_subject(message, words)), joined((message.group, when), between=", ")),
                    between="\n",
                ),
                words("Nobody can know it but {name}. Ask if you can, then decide.", name=name),
            )
        ),
        buttons=tuple(rows),
    )


def _subject(message: HeldDelivery, words: Words) -> str:
    match message.subject:
        case "lesson":
            return words("Lesson: {title}", title=message.title)
        case "reminder":
            return words("Reminder of the lesson: {title}", title=message.title)
        case "step":
            return words("Inside the lesson: {title}", title=message.title)
        case "announcement":
            return words("Announcement: {title}", title=message.title)
        case "answer":
            return words("An answer to a question")
        case "other":
            return words("A short message")
    assert_never(message.subject)


def _decided(message: HeldDecided, words: Words) -> View:
    name = person_name(message.name, words)
    match message.verdict:
        case "send_again":
            told = words("It is sent to {name} once more.", name=name)
        case "arrived":
            told = words("It counts as arrived. {name} does not get it again.", name=name)
        case "drop":
            told = words("It is dropped. {name} does not get it again.", name=name)
        case _:
            assert_never(message.verdict)
    if message.before:
        told = joined((words("This was decided before."), told), between=" ").text
    more = _next(message.delivery, message.others, words)
    return View(text=RichText(told), buttons=(more,) if more else ())


def _next(number: int, others: int, words: Words) -> tuple[Button, ...]:
    if not others:
        return ()
    return (Button(label=words("Next ({n} more)", n=others), press=press("h_next", number)),)
