"""How questions that come again look: as in their lesson, with where they are from above them.

Their buttons are the lesson's own with another first letter: `v_pick` for `l_pick`.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from academy.messages.reviewing import (
    FreshSet,
    NothingToReview,
    ReviewFeedback,
    ReviewingMessage,
    ReviewOffer,
    ReviewOver,
    ReviewShown,
)
from bot.callback_data import Press, press
from bot.rich import bold, joined
from bot.screen import Button, View
from bot.screens import steps, verdicts
from i18n.catalog import Words
from lessons.markup import RichText


def view(message: ReviewingMessage, words: Words, *, now: datetime) -> View:
    """Return how `message` looks; `now` is for "tomorrow"."""
    match message:
        case ReviewShown():
            return _question(message, words)
        case ReviewFeedback():
            return _as_review(verdicts.feedback(message.feedback, words))
        case ReviewOffer():
            return _offer(message, words)
        case ReviewOver():
            return _over(message, words, now=now)
        case NothingToReview():
            return _nothing(message, words, now=now)
        case FreshSet():
            return _fresh(message, words, now=now)
        case _:
            assert_never(message)


def _question(message: ReviewShown, words: Words) -> View:
    asked = message.question
    heading = words("Quick question from lesson {lesson}", lesson=message.lesson)
    shown = _as_review(steps.question(asked, words, heading=heading))
    label = words("Go on to the lesson") if message.to_lesson else words("Enough for now")
    out = Button(label=label, press=press("v_stop", asked.assignment_id, asked.step))
    return replace(shown, buttons=(*shown.buttons, (out,)))


def _as_review(shown: View) -> View:
    return replace(shown, buttons=tuple(tuple(_button(one) for one in row) for row in shown.buttons))


def _button(button: Button) -> Button:
    if button.press is None or not button.press.verb.startswith("l_"):
        return button
    return replace(button, press=Press(f"v{button.press.verb[1:]}", button.press.values))


def _offer(message: ReviewOffer, words: Words) -> View:
    start = Button(label=words("Start"), press=press("v_begin", message.round_id), style="primary")
    return View(
        text=joined(
            (
                bold(words("Do you still know it? “{course}”", course=message.course)),
                words("A few quick questions, about 3 minutes."),
            )
        ),
        buttons=((start,), (Button(label=words("Not now"), press=press("v_not", message.round_id)),)),
    )


def _over(message: ReviewOver, words: Words, *, now: datetime) -> View:
    if message.left:
        return View(text=RichText(words("Enough for now. More whenever you like: /review")))
    done = words("That was practice for today.")
    return View(text=joined((bold(done), _more(message.next_at, words, zone=message.zone, now=now))))


def _nothing(message: NothingToReview, words: Words, *, now: datetime) -> View:
    more = _more(message.next_at, words, zone=message.zone, now=now)
    match message.reason:
        case "later":
            text = words("Nothing to practise today.")
        case "enough":
            text = words("You have practised enough for today.")
        case "not_yet":
            text = words("Nothing to practise yet. Questions come back some days after you answered them.")
        case "known":
            text = words("You know every question so far. Nothing to practise.")
        case "never":
            text = words("The questions of this course do not come back. Read lessons again with /lessons")
        case _:
            assert_never(message.reason)
    return View(text=joined((text, more), between=" "))


def _fresh(message: FreshSet, words: Words, *, now: datetime) -> View:
    again = Button(label=words("Keep it fresh"), press=press("v_fresh", message.enrollment_id, 2))
    if not message.on:
        text = words("No more questions come by themselves. Practise whenever you like: /review")
        return View(text=RichText(text), buttons=((again,),))
    if message.next_at is None:
        return View(text=RichText(words("All 4 rounds of questions have come. More: /review")))
    when = words.when(message.next_at, zone=message.zone, now=now)
    stop = Button(label=words("Stop these questions"), press=press("v_fresh", message.enrollment_id, 0))
    return View(
        text=RichText(words("Agreed. The next questions come {when}.", when=when)), buttons=((stop,),)
    )


def _more(at: datetime | None, words: Words, *, zone: str, now: datetime) -> str:
    """Return on which day more questions come; without a day, nothing."""
    if at is None:
        return ""
    there = ZoneInfo(zone)
    if at.astimezone(there).date() <= now.astimezone(there).date() + timedelta(days=1):
        return words("More questions tomorrow.")
    return words("More questions on {date}.", date=words.date(at, zone=zone))
