"""Lessons that are offered, put off and begun."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from academy.messages.learning import LaterMenu, LaterSet, LessonOffer, LessonStarted, Reminder
from bot.callback_data import press
from bot.rich import bold, joined
from bot.screen import Button, View
from bot.screens import tests
from i18n.catalog import Words
from lessons.markup import RichText


def offer(message: LessonOffer, words: Words) -> View:
    """Return the one message that buzzes at the learner's hour."""
    return View(
        text=joined(
            (
                _headline(message, words),
                _minutes(message, words),
                tests.about(message.test, words) if message.test is not None else "",
            )
        ),
        buttons=(
            (Button(label=words("Start"), press=press("l_start", message.assignment_id), style="primary"),),
            (Button(label=words("Later"), press=press("l_later", message.assignment_id)),),
        ),
    )


def later_menu(message: LaterMenu, words: Words, *, now: datetime) -> View:
    """Return the offer with its other moments."""
    moments = tuple(
        Button(
            label=_moment(moment, words, zone=message.zone, now=now),
            press=press("l_at", message.offer.assignment_id, int(moment.timestamp()) // 60),
        )
        for moment in message.choices
    )
    rows = tuple(moments[first : first + 2] for first in range(0, len(moments), 2))
    return View(
        text=joined((_headline(message.offer, words), words("When suits you better?"))),
        buttons=(*rows, (_start_now(message.offer, words),)),
    )


def later_set(message: LaterSet, words: Words, *, now: datetime) -> View:
    """Return the offer with the moment at which it comes back."""
    when = words.when(message.at, zone=message.zone, now=now)
    return View(
        text=joined((_headline(message.offer, words), words("It comes back {when}.", when=when))),
        buttons=((_start_now(message.offer, words),),),
    )


def reminder(message: Reminder, words: Words) -> View:
    """Return one nudge, in one of its wordings."""
    begin = press("l_start", message.offer.assignment_id)
    if message.started:
        return View(
            text=RichText(_go_on(message, words)),
            buttons=((Button(label=words("Continue"), press=begin, style="primary"),),),
        )
    return View(
        text=RichText(_begin(message, words)),
        buttons=(
            (Button(label=words("Start"), press=begin, style="primary"),),
            (Button(label=words("Later"), press=press("l_later", message.offer.assignment_id)),),
        ),
    )


def started(message: LessonStarted, words: Words) -> View:
    """Return what stays of an offer: which lesson it was."""
    return View(
        text=bold(
            words(
                "Lesson {lesson} of {lessons}: {title}",
                lesson=message.lesson,
                lessons=message.lessons,
                title=message.title,
            )
        )
    )


def _headline(offered: LessonOffer, words: Words) -> RichText:
    lesson, title = offered.lesson, offered.title
    match offered.occasion:
        case "new" | "as_asked":
            return bold(words("Lesson {lesson}: {title}", lesson=lesson, title=title))
        case "still_here":
            return bold(words("Lesson {lesson} is still here: {title}", lesson=lesson, title=title))
        case "back":
            return joined(
                (
                    words("Your lessons are back."),
                    bold(words("Lesson {lesson}: {title}", lesson=lesson, title=title)),
                )
            )


def _minutes(offered: LessonOffer, words: Words) -> str:
    if offered.occasion == "as_asked":
        return words.plural(
            "At the time you chose. About {n} minute.",
            "At the time you chose. About {n} minutes.",
            n=offered.minutes,
        )
    return words.plural("About {n} minute.", "About {n} minutes.", n=offered.minutes)


def _begin(message: Reminder, words: Words) -> str:
    lesson, title, n = message.offer.lesson, message.offer.title, message.offer.minutes
    match message.variant % 6:
        case 0:
            return words.plural(
                "Ready when you are, and done in {n} minute. Lesson {lesson}: {title}",
                "Ready when you are, and done in {n} minutes. Lesson {lesson}: {title}",
                n=n,
                lesson=lesson,
                title=title,
            )
        case 1:
            return words.plural(
                "{n} minute is enough for lesson {lesson}: {title}",
                "{n} minutes are enough for lesson {lesson}: {title}",
                n=n,
                lesson=lesson,
                title=title,
            )
        case 2:
            return words.plural(
                "One idea in {n} minute. Lesson {lesson}: {title}",
                "One idea in {n} minutes. Lesson {lesson}: {title}",
                n=n,
                lesson=lesson,
                title=title,
            )
        case 3:
            return words.plural(
                "A good moment for {n} minute? Lesson {lesson}: {title}",
                "A good moment for {n} minutes? Lesson {lesson}: {title}",
                n=n,
                lesson=lesson,
                title=title,
            )
        case 4:
            return words.plural(
                "Fits into a short break of {n} minute. Lesson {lesson}: {title}",
                "Fits into a short break of {n} minutes. Lesson {lesson}: {title}",
                n=n,
                lesson=lesson,
                title=title,
            )
        case _:
            return words.plural(
                "{n} minute today. Lesson {lesson}: {title}",
                "{n} minutes today. Lesson {lesson}: {title}",
                n=n,
                lesson=lesson,
                title=title,
            )


def _go_on(message: Reminder, words: Words) -> str:
    lesson, title = message.offer.lesson, message.offer.title
    match message.variant % 3:
        case 0:
            return words(
                "Go on where you stopped. You are in the middle of lesson {lesson}: {title}",
                lesson=lesson,
                title=title,
            )
        case 1:
            return words("Your place is kept. Lesson {lesson} is open: {title}", lesson=lesson, title=title)
        case _:
            return words("A few steps are left in lesson {lesson}: {title}", lesson=lesson, title=title)


def _start_now(offered: LessonOffer, words: Words) -> Button:
    return Button(label=words("Start now"), press=press("l_start", offered.assignment_id), style="primary")


def _moment(moment: datetime, words: Words, *, zone: str, now: datetime) -> str:
    """Return the label of a moment; it is read from when the menu is drawn, seconds after the tap."""
    if moment - now <= timedelta(minutes=61):
        return words("In 1 hour")
    there = ZoneInfo(zone)
    days = (moment.astimezone(there).date() - now.astimezone(there).date()).days
    if days == 0:
        return words("At {time}", time=words.clock(moment, zone=zone))
    if days == 1:
        return words("Tomorrow {time}", time=words.clock(moment, zone=zone))
    day = words.day_name(moment.astimezone(there).weekday())
    return words("{day} {time}", day=day, time=words.clock(moment, zone=zone))
